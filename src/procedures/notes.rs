//! What is said besides the rows, in the same words everywhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Effect, Graph, GraphView, Hop, KeyId, NodeId, RelationshipId, TypeId, Value, names_apart};

/// How the relationships of a graph say what they rest on.
pub(super) struct Grounds<'g> {
    graph: &'g Graph,
    evidence: Option<KeyId>,
    source: Option<KeyId>,
    stated_by: Option<KeyId>,
    place: Option<(KeyId, KeyId)>,
}

impl Grounds<'_> {
    pub fn of(graph: &Graph) -> Grounds<'_> {
        let [evidence, source, stated_by] = ["evidence", "source", "stated_by"].map(|name| graph.key(name));
        let place = graph.key("file").zip(graph.key("line"));
        Grounds { graph, evidence, source, stated_by, place }
    }

    /// Whether no relationship says anything.
    pub fn are_silent(&self) -> bool {
        let source = self.source.is_none() && self.stated_by.is_none() && self.place.is_none();
        source && self.evidence.is_none()
    }

    /// The evidence of a relationship and its source: the place in a file if it has one, and the format that states it.
    pub fn get(&self, relationship: RelationshipId) -> (Value, Value) {
        let property = |key: Option<KeyId>| key.map_or(Value::Null, |key| self.graph.property(relationship, key));
        let place = self.place.map(|(file, line)| (property(Some(file)), property(Some(line))));
        let source = match place {
            Some((Value::String(file), Value::Integer(line))) => Value::from(format!("{file}:{line}")),
            _ => property(self.source),
        };
        let source = match (property(self.stated_by), &source) {
            (Value::String(format), Value::String(source)) => Value::from(format!("{source}, stated by {format}")),
            (Value::String(format), _) => Value::from(format!("stated by {format}")),
            _ => source,
        };
        (property(self.evidence), source)
    }

    /// The evidence of several relationships, and its sources.
    pub fn joined(&self, hops: &[Hop]) -> (Value, Value) {
        let (mut evidence, mut sources): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for hop in hops {
            let (said, source) = self.get(hop.relationship);
            evidence.extend(said.as_str().map(str::to_string));
            sources.extend(source.as_str().map(str::to_string).filter(|source| !sources.contains(source)));
        }
        let text = |parts: Vec<String>, between| match parts.is_empty() {
            true => Value::Null,
            false => Value::from(parts.join(between)),
        };
        (text(evidence, " "), text(sources, "; "))
    }
}

pub(super) fn counted(number: usize, singular: &str, plural: &str) -> String {
    format!("{number} {}", if number == 1 { singular } else { plural })
}

pub(super) fn terms_text(number: usize) -> String {
    counted(number, "term", "terms")
}

pub(super) fn hops_text(number: usize) -> String {
    counted(number, "hop", "hops")
}

pub(super) fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::Fails => "fails",
        Effect::Degrades => "degrades",
    }
}

/// These properties of a hop's relationship, as far as it has them; null for none.
pub(super) fn shown(graph: &Graph, hop: &Hop, keys: &[KeyId]) -> Value {
    let property = |key: &KeyId| (graph.key_name(*key).clone(), graph.property(hop.relationship, *key));
    let has = keys.iter().map(property).filter(|(_, value)| !value.is_null());
    let properties: BTreeMap<_, _> = has.collect();
    if properties.is_empty() { Value::Null } else { Value::map(properties) }
}

/// The names of nodes, in their order: all of a few, else the first and how many more.
pub(super) fn names(graph: &Graph, nodes: impl ExactSizeIterator<Item = NodeId>) -> String {
    const AT_MOST: usize = 8;
    let count = nodes.len();
    let shown = if count > AT_MOST + 1 { AT_MOST } else { count };
    let mut names = names_apart(graph, &nodes.take(shown).collect::<Vec<_>>());
    if shown < count {
        names.push(format!("and {} more", count - shown));
    }
    names.join(", ")
}

/// What was searched in vain.
pub(super) fn searched(view: &GraphView, via: Option<&[TypeId]>) -> String {
    /// More names than these say less than their number.
    const AT_MOST: usize = 6;
    let graph = view.graph();
    let followed = view.types_in_use();
    let silent = via.into_iter().flatten().copied().filter(|t| view.orientation(*t).is_none()).collect();
    let silent = type_names(graph, &silent);
    let followed = match followed.len() {
        0 => String::new(),
        number if number > AT_MOST => format!("any of the {number} types that carry failure"),
        _ => type_names(graph, &followed),
    };
    match (followed.as_str(), silent.as_str()) {
        ("", "") => "there is no relation of a type that carries failure".to_string(),
        ("", silent) => format!("no failure travels over {silent}"),
        (followed, "") => format!("no relation leads on over {followed}"),
        (followed, silent) => format!("no relation leads on over {followed}, and no failure travels over {silent}"),
    }
}

/// The names of types, in order.
pub(super) fn type_names(graph: &Graph, types: &BTreeSet<TypeId>) -> String {
    let names: BTreeSet<&str> = types.iter().map(|t| &**graph.type_name(*t)).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}
