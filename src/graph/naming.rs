//! What a node is called: by the properties declared for one of its labels, by `name`, or by the property that most
//! nodes of its label have among those that usually name things.
//!
//! [`EntitySource::title`](super::EntitySource::title) gives the result to everything that shows or looks up a node.
//! Nothing else reads `name`.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::{EntitySource, Graph, KeyId, LabelId, NodeId, Value};

/// The property that names a node unless another is declared for its label.
const NAME: &str = "name";

/// What the nodes of a label are called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelNaming {
    pub label: String,
    /// Property keys; the first of them that a node has names it. At least one.
    pub named_by: Vec<String>,
}

/// A property key that usually names things, in any case.
enum Usual {
    Key(&'static str),
    /// `productName`, `job_title`
    Ending(&'static str),
}

/// In the order in which they are tried.
const USUAL: &[Usual] = &[
    Usual::Key("name"),
    Usual::Key("title"),
    Usual::Key("label"),
    Usual::Key("id"),
    Usual::Ending("name"),
    Usual::Ending("title"),
    Usual::Key("host"),
    Usual::Key("key"),
    Usual::Key("code"),
    Usual::Key("email"),
    Usual::Key("path"),
    Usual::Key("url"),
    Usual::Key("uri"),
    Usual::Key("ip"),
    Usual::Ending("id"),
];

/// At most this many nodes of a label are looked at for a guess.
const SAMPLE: usize = 1000;

/// The place of a key in [`USUAL`].
fn rank(key: &str) -> Option<usize> {
    USUAL.iter().position(|usual| match usual {
        Usual::Key(name) => name.eq_ignore_ascii_case(key),
        Usual::Ending(ending) => {
            let start = key.len().checked_sub(ending.len());
            start.and_then(|start| key.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
        }
    })
}

/// Whether a node may be called by this property although nothing is declared.
pub(crate) fn may_name(key: &str) -> bool {
    rank(key).is_some()
}

/// The keys that most nodes of each label go by, decided when they are first needed. Holds for one naming version.
#[derive(Debug, Default)]
pub(super) struct Guesses(OnceLock<Box<[OnceLock<Option<KeyId>>]>>);

impl Guesses {
    /// Whether nothing has been decided yet.
    pub(super) fn is_untouched(&self) -> bool {
        self.0.get().is_none()
    }

    /// `None` as a label is what has none.
    fn get(&self, graph: &Graph, label: Option<LabelId>) -> Option<KeyId> {
        let all = self.0.get_or_init(|| (0..=graph.labels().count()).map(|_| OnceLock::new()).collect());
        let place = label.map_or(0, |label| label.index() + 1);
        // A label that is newer than the guesses has no nodes.
        *all.get(place)?.get_or_init(|| guess(graph, label))
    }
}

/// The first of the usual keys that more than half of the nodes have, else the one that most have.
fn guess(graph: &Graph, label: Option<LabelId>) -> Option<KeyId> {
    let nodes: Vec<NodeId> = match label {
        Some(label) => graph.nodes_with_label(label).take(SAMPLE).collect(),
        None => graph.nodes().filter(|node| graph.node_labels(*node).is_empty()).take(SAMPLE).collect(),
    };
    let own = label.map_or(String::new(), |label| graph.label_name(label).to_lowercase());
    let mut candidates: Vec<(usize, bool, &str, KeyId)> = Vec::new();
    for key in graph.keys() {
        let name = graph.key_name(key);
        // Of `contactName` and `productName`, the second names a Product.
        candidates.extend(rank(name).map(|rank| (rank, !name.to_lowercase().starts_with(&own), &**name, key)));
    }
    candidates.sort_unstable();
    let mut best = None;
    for (.., key) in candidates {
        let count = nodes.iter().filter(|node| text_of(&graph.property(**node, key)).is_some()).count();
        if 2 * count > nodes.len() {
            return Some(key);
        }
        if count > best.map_or(0, |(most, _)| most) {
            best = Some((count, key));
        }
    }
    best.map(|(_, key)| key)
}

/// A value as a name.
pub(crate) fn text_of(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Integer(number) => Some(Arc::from(number.to_string())),
        _ => None,
    }
}

/// What a node is called, and by which property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    pub text: Arc<str>,
    pub key: KeyId,
    /// Nothing declares the key, and it is not `name`.
    pub guessed: bool,
}

/// Finds what the nodes of a graph are called.
pub struct Titles<'g> {
    graph: &'g Graph,
    name: Option<KeyId>,
    /// By label: the keys declared for it. Empty if nothing is declared.
    declared: Vec<Vec<KeyId>>,
}

impl<'g> Titles<'g> {
    pub fn of(graph: &'g Graph) -> Titles<'g> {
        let mut declared = Vec::new();
        for naming in graph.semantics().namings() {
            let Some(label) = graph.label(&naming.label) else { continue };
            declared.resize_with(graph.labels().count(), Vec::new);
            declared[label.index()] = naming.named_by.iter().filter_map(|key| graph.key(key)).collect();
        }
        Titles { graph, name: graph.key(NAME), declared }
    }

    /// What the node is called; `None` if no property says.
    pub fn get(&self, node: NodeId) -> Option<Title> {
        let (graph, labels) = (self.graph, self.graph.node_labels(node));
        let title = |key: KeyId, guessed| {
            let text = text_of(&graph.property(node, key))?;
            Some(Title { text, key, guessed })
        };
        let declared = labels.iter().filter_map(|label| self.declared.get(label.index())).flatten();
        let said = declared.copied().chain(self.name).find_map(|key| title(key, false));
        said.or_else(|| self.guessed(labels).into_iter().find_map(|key| title(key, true)))
    }

    fn guessed(&self, labels: &[LabelId]) -> Vec<KeyId> {
        let guesses = self.graph.guesses();
        match labels {
            [] => guesses.get(self.graph, None).into_iter().collect(),
            labels => labels.iter().filter_map(|label| guesses.get(self.graph, Some(*label))).collect(),
        }
    }

    /// Whether any node has been called by a guess, of this graph or of a snapshot that names nodes alike.
    pub fn may_guess(&self) -> bool {
        !self.graph.guesses().is_untouched()
    }

    /// The key that most nodes of a label go by where nothing is declared.
    pub fn guess(&self, label: LabelId) -> Option<KeyId> {
        self.graph.guesses().get(self.graph, Some(label))
    }

    /// The key that most nodes without a label go by.
    pub fn guess_unlabelled(&self) -> Option<KeyId> {
        self.graph.guesses().get(self.graph, None)
    }
}

/// What a node is called: its title or, if no property names it, its number (`#7`).
pub fn name_of(source: &dyn EntitySource, node: NodeId) -> Arc<str> {
    source.title(node).unwrap_or_else(|| Arc::from(format!("#{}", node.index())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A graph of nodes, each with a label (or none) and properties.
    fn graph(nodes: &[(&str, &[(&str, Value)])]) -> Graph {
        let mut graph = Graph::new();
        for (label, properties) in nodes {
            let node = graph.create_node();
            if !label.is_empty() {
                let label = graph.intern_label(label);
                graph.add_label(node, label);
            }
            for (key, value) in *properties {
                let key = graph.intern_key(key);
                graph.set_property(node, key, value.clone());
            }
        }
        graph
    }

    fn names(graph: &Graph) -> Vec<String> {
        graph.nodes().map(|node| name_of(graph, node).to_string()).collect()
    }

    fn text(text: &str) -> Value {
        Value::from(text)
    }

    #[test]
    fn name_comes_first_and_then_the_usual_keys_in_their_order() {
        let graph = graph(&[
            ("Movie", &[("title", text("Heat")), ("tagline", text("x"))]),
            ("Movie", &[("name", text("Alien")), ("title", text("other"))]),
            ("Product", &[("supplierName", text("y")), ("productName", text("Chai"))]),
            ("", &[("label", text("a")), ("id", Value::Integer(7))]),
            ("", &[("id", Value::Integer(8))]),
            ("", &[("weight", Value::Integer(8))]),
            ("Host", &[("Host", text("db-1")), ("name", text(""))]),
        ]);
        assert_eq!(names(&graph), ["Heat", "Alien", "Chai", "7", "8", "#5", "db-1"]);
        let title = Titles::of(&graph).get(NodeId::new(0)).unwrap();
        assert!(title.guessed && &**graph.key_name(title.key) == "title");
        assert!(!Titles::of(&graph).get(NodeId::new(1)).unwrap().guessed);
    }

    #[test]
    fn a_key_that_few_nodes_have_does_not_name_the_others() {
        let person = |id: i64| ("Person", vec![("id", Value::Integer(id))]);
        let mut nodes: Vec<_> = (0..4).map(person).collect();
        nodes[2].1.push(("title", text("Dr")));
        let nodes: Vec<(&str, &[(&str, Value)])> = nodes.iter().map(|(label, all)| (*label, all.as_slice())).collect();
        assert_eq!(names(&graph(&nodes)), ["0", "1", "2", "3"]);
    }

    #[test]
    fn what_is_declared_comes_before_name() {
        let mut graph = graph(&[
            ("Movie", &[("name", text("m1")), ("title", text("Heat"))]),
            ("Movie", &[("name", text("m2")), ("label", text("Alien"))]),
            ("Movie", &[("name", text("m3"))]),
        ]);
        assert_eq!(names(&graph), ["m1", "m2", "m3"]);
        let named_by = vec!["title".into(), "label".into(), "absent".into()];
        graph.name_by(LabelNaming { label: "Movie".into(), named_by });
        assert_eq!(names(&graph), ["Heat", "Alien", "m3"]);
        assert!(graph.forget_naming("Movie") && !graph.forget_naming("Movie"));
        assert_eq!(names(&graph), ["m1", "m2", "m3"]);
    }

    #[test]
    fn a_guess_holds_until_the_nodes_change_and_not_for_other_snapshots() {
        let mut graph = graph(&[("A", &[("host", text("h"))])]);
        graph.commit();
        assert_eq!(names(&graph), ["h"]);
        let before = graph.clone();
        let version = graph.naming_version();
        let key = graph.intern_key("title");
        graph.set_property(NodeId::new(0), key, text("t"));
        assert!(graph.naming_version() > version);
        assert_eq!(names(&graph), ["t"]);
        assert_eq!(names(&before), ["h"]);
        let fresh = graph.clone();
        graph.set_property(NodeId::new(0), key, Value::Null);
        assert_eq!(names(&fresh), ["t"]);
        assert_eq!(names(&graph), ["h"]);
        let weight = graph.intern_key("weight");
        let version = graph.naming_version();
        graph.set_property(NodeId::new(0), weight, Value::Integer(1));
        assert_eq!(graph.naming_version(), version);
    }
}
