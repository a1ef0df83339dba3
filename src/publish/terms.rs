//! The terms of a site: which nodes have a page, what they are called, and how they relate.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::address::{Addresses, Identity, anchor, encoded};
use crate::diagnostic::Diagnostic;
use crate::graph::{
    Direction, Entity, Graph, GraphView, LabelId, NameIndex, NodeId, Titles, Value, doubt, fold, format_float,
};
use crate::limits::Budget;
use crate::render::{clean, value};
use crate::trace;

/// Properties that a page shows in a place of their own, or that say nothing to its readers.
const SHOWN_ELSEWHERE: &[&str] = &["name", "aliases", "definition", "source", "file", "line", "entry"];

/// A node that has a page.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) node: NodeId,
    /// What tells it from all others.
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    /// Empty if there is none.
    pub(super) definition: String,
    pub(super) labels: Vec<String>,
    /// The name of its page, without an ending.
    pub(super) address: String,
}

impl Term {
    /// The address of its page, from the root of the site.
    pub(super) fn href(&self) -> String {
        format!("terms/{}.html", encoded(&self.address))
    }

    /// The first sentence of the definition, or its beginning.
    pub(super) fn summary(&self) -> &str {
        const LONGEST: usize = 200;
        let line = self.definition.lines().next().unwrap_or_default();
        let ends = line.match_indices(". ").map(|(at, _)| at + 1);
        let sentence = ends.into_iter().find(|end| *end > 20).unwrap_or(line.len());
        match line.char_indices().nth(LONGEST) {
            Some((cut, _)) if cut < sentence => line[..cut].rsplit_once(' ').map_or(&line[..cut], |(before, _)| before),
            _ => &line[..sentence],
        }
    }
}

pub(super) struct Terms {
    pub(super) graph: Arc<Graph>,
    /// By name, as people look them up.
    pub(super) list: Vec<Term>,
    /// By number of the node: the place in the list.
    places: Vec<Option<u32>>,
    /// By number of the node, also of those without a page.
    names: Vec<String>,
    /// Whether any of them has a definition.
    pub(super) are_defined: bool,
    /// Addresses that several terms would have.
    pub(super) shared: BTreeMap<String, Vec<NodeId>>,
}

impl Terms {
    /// The terms with one of the labels, or all if none is given.
    pub(super) fn of(graph: Arc<Graph>, labels: &[LabelId], budget: &Budget) -> Result<Terms, Diagnostic> {
        budget.charge(graph.node_bound() * (size_of::<Term>() + size_of::<String>()))?;
        let names = names(&graph, budget)?;
        let is_wanted = |node: &NodeId| labels.is_empty() || labels.iter().any(|label| graph.has_label(*node, *label));
        let nodes: Vec<NodeId> = graph.nodes().filter(is_wanted).collect();
        let mut identities = Vec::with_capacity(nodes.len());
        let titles = Titles::of(&graph);
        for node in &nodes {
            budget.tick()?;
            identities.push(identity(&graph, &titles, *node));
        }
        let addresses = Addresses::of(&identities);
        let mut list = Vec::with_capacity(nodes.len());
        for (node, address) in nodes.iter().zip(addresses.of) {
            budget.tick()?;
            let text = |key: &str| graph.property_by_name(*node, key).as_str().unwrap_or_default().trim().to_string();
            let definition =
                Some(text("definition")).filter(|text| !text.is_empty()).unwrap_or_else(|| text("description"));
            budget.charge(definition.len())?;
            list.push(Term {
                node: *node,
                name: names[node.index()].clone(),
                aliases: texts(&graph.property_by_name(*node, "aliases")),
                definition,
                labels: labels_of(&graph, *node),
                address,
            });
        }
        list.sort_by_cached_key(|term| (fold(&term.name), term.name.clone(), term.node));
        let mut places = vec![None; graph.node_bound()];
        list.iter().enumerate().for_each(|(at, term)| places[term.node.index()] = Some(at as u32));
        let meant = |places: Vec<usize>| places.into_iter().map(|at| nodes[at]).collect();
        let shared = addresses.shared.into_iter().map(|(address, places)| (address, meant(places))).collect();
        let are_defined = list.iter().any(|term| !term.definition.is_empty());
        Ok(Terms { graph, list, places, names, are_defined, shared })
    }

    /// The term of a node, if it has a page.
    pub(super) fn get(&self, node: NodeId) -> Option<&Term> {
        self.places[node.index()].map(|at| &self.list[at as usize])
    }

    pub(super) fn name(&self, node: NodeId) -> &str {
        &self.names[node.index()]
    }

    /// All its relations, by phrase and name of the other end.
    pub(super) fn relations(&self, view: &GraphView, node: NodeId) -> Vec<Relation> {
        let graph = &*self.graph;
        let mut relations: Vec<Relation> = view
            .hops(node)
            .map(|hop| {
                let entity = Entity::Relationship(hop.relationship);
                let evidence = graph.property_by_name(entity, "evidence");
                let name = graph.type_name(hop.relationship_type);
                let symmetric = graph.semantics().get(name).is_some_and(|semantics| semantics.symmetric);
                let way = if hop.against && !symmetric { "-inverse" } else { "" };
                Relation {
                    phrase: trace::phrase(graph, &hop),
                    group: format!("relation-{}{way}", anchor(name)),
                    other: hop.target,
                    entity,
                    evidence: evidence.as_str().unwrap_or_default().to_string(),
                    doubt: doubt(graph, hop.relationship),
                }
            })
            .collect();
        let key =
            |relation: &Relation| (relation.phrase.clone(), relation.group.clone(), fold(self.name(relation.other)));
        relations.sort_by_cached_key(|relation| (key(relation), relation.other, relation.evidence.clone()));
        relations
    }

    /// What else is known of a term: name and value of each further property.
    pub(super) fn facts(&self, term: &Term) -> Vec<(String, String)> {
        let graph = &*self.graph;
        let title = Titles::of(graph).get(term.node).map(|title| title.key);
        let properties = graph.properties(Entity::Node(term.node));
        let told = properties.into_iter().filter(|(key, _)| {
            !SHOWN_ELSEWHERE.contains(&&***key) && title.is_none_or(|title| **graph.key_name(title) != ***key)
        });
        let told = told.map(|(key, value)| (key.to_string(), fact(graph, &value)));
        // Many glossaries identify an entry by its name.
        let repeats = |value: &str| *value == term.definition || fold(value) == fold(&term.name);
        told.filter(|(_, value)| !repeats(value)).collect()
    }
}

/// A relation as one of its ends sees it.
#[derive(Debug)]
pub(super) struct Relation {
    pub(super) phrase: String,
    /// The anchor of those of its kind: made of its type, which outlives the phrase.
    pub(super) group: String,
    pub(super) other: NodeId,
    pub(super) entity: Entity,
    /// Empty if there is none.
    pub(super) evidence: String,
    /// How sure it is, if that is little.
    pub(super) doubt: Option<f64>,
}

/// The view in which a term's hops are all its relations.
pub(super) fn everything(graph: &Graph) -> GraphView<'_> {
    GraphView::of(graph, None, Direction::Both)
}

/// More nodes of one name are told apart by their numbers: each spelling is checked against all of them.
const MANY: usize = 100;

/// What each node is called, by its number: those that share a name by what tells them apart.
fn names(graph: &Graph, budget: &Budget) -> Result<Vec<String>, Diagnostic> {
    let titles = Titles::of(graph);
    let mut names = vec![String::new(); graph.node_bound()];
    let mut twins: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
    for node in graph.nodes() {
        budget.tick()?;
        let name = match titles.get(node) {
            Some(title) => clean(&title.text).into_owned(),
            // A node that nothing names is called by its label and its number.
            None => format!("{} #{}", labels_of(graph, node).join(":"), node.index()).trim_start().to_string(),
        };
        budget.charge(2 * name.len())?;
        twins.entry(name.clone()).or_default().push(node);
        names[node.index()] = name;
    }
    twins.retain(|_, nodes| nodes.len() > 1);
    if twins.is_empty() {
        return Ok(names);
    }
    let mut hold = budget.hold();
    let index = NameIndex::build_within(graph, &mut |bytes| budget.tick().and_then(|()| hold.add(bytes)))?;
    for (name, nodes) in twins {
        let is_few = nodes.len() <= MANY;
        for node in nodes {
            budget.tick()?;
            let apart = if is_few { index.spelling(graph, node) } else { format!("{name} #{}", node.index()) };
            // An identifier may say nothing to a reader.
            names[node.index()] = if apart.starts_with(&name) { apart } else { format!("{name} ({apart})") };
        }
    }
    Ok(names)
}

fn labels_of(graph: &Graph, node: NodeId) -> Vec<String> {
    graph.node_labels(node).iter().map(|label| graph.label_name(*label).to_string()).collect()
}

fn identity(graph: &Graph, titles: &Titles, node: NodeId) -> Identity {
    let name = titles.get(node).map(|title| title.text.to_string());
    let version = match graph.property_by_name(node, "version") {
        Value::String(version) => Some(version.to_string()),
        Value::Integer(version) => Some(version.to_string()),
        Value::Float(version) => Some(format_float(version)),
        _ => None,
    };
    // What names a node is enough; without a name whatever it has.
    let keys = |key: &str| name.is_none() || ["identifier", "identifiers", "source"].contains(&key);
    let told = graph.properties(Entity::Node(node)).into_iter().filter(|(key, _)| keys(key));
    let rest = told.map(|(key, value)| format!("{key}={}\n", value::text(&value, graph))).collect();
    Identity { name, labels: labels_of(graph, node), version, rest }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().filter_map(|item| item.as_str().map(str::to_string)).collect(),
        _ => Vec::new(),
    }
}

/// A list reads better without brackets and quotes.
fn fact(graph: &Graph, value: &Value) -> String {
    match value {
        Value::List(items) => items.iter().map(|item| value::text(item, graph)).collect::<Vec<_>>().join(", "),
        value => value::text(value, graph),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries() {
        let of = |definition: &str| {
            let nobody = (String::new(), Vec::new(), Vec::new(), String::new());
            let (name, aliases, labels, address) = nobody;
            let term = Term { node: NodeId::new(0), name, aliases, definition: definition.into(), labels, address };
            term.summary().to_string()
        };
        assert_eq!(of("A machine that moves water. It hums."), "A machine that moves water.");
        assert_eq!(of("E.g. a pump. It hums.\nMore."), "E.g. a pump. It hums.");
        assert_eq!(of(""), "");
        assert_eq!(of(&"wörd ".repeat(100)).chars().count(), 199);
        assert_eq!(of(&"ö".repeat(300)).chars().count(), 200);
    }
}
