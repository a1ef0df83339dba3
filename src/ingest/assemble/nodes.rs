//! Names of a graph → its nodes, the same in each run over the same text.

use std::collections::HashMap;

use crate::graph::{Graph, NodeId, Value, fold};

/// The label of what a glossary only speaks of.
pub(in crate::ingest) const CONCEPT: &str = "Concept";

/// A node and how it is spelled.
type Spelled = (NodeId, String);

/// Finds nodes by name. What is found for a name stays so while concepts are added.
#[derive(Default)]
pub(super) struct Nodes {
    identifiers: HashMap<String, NodeId>,
    /// Names, not other names, as spelled.
    names: HashMap<String, NodeId>,
    /// Other names as spelled; none if several nodes have it.
    aliases: HashMap<String, Option<NodeId>>,
    /// Folded names and other names of what is defined; none if several nodes have it.
    folded: HashMap<String, Option<Spelled>>,
    /// Folded names of what is only spoken of.
    concepts: HashMap<String, NodeId>,
}

impl Nodes {
    pub(super) fn of(graph: &Graph) -> Nodes {
        let mut nodes = Nodes::default();
        let stated = graph.key("identifiers");
        for node in graph.nodes() {
            // What a tool's file states is one with a term only if people say so, not because it is called alike.
            if stated.is_some_and(|key| !graph.property(node, key).is_null()) {
                continue;
            }
            if let Some(identifier) = graph.property_by_name(node, "identifier").as_str() {
                nodes.identifiers.entry(identifier.to_string()).or_insert(node);
            }
            let Some(name) = graph.property_by_name(node, "name").as_str().map(str::to_string) else { continue };
            nodes.names.entry(name.clone()).or_insert(node);
            if is_concept(graph, node) {
                nodes.concepts.entry(fold(&name)).or_insert(node);
                continue;
            }
            nodes.define(node, &name, &aliases(graph, node));
        }
        nodes
    }

    /// Notes how a defined node is called.
    pub(super) fn define(&mut self, node: NodeId, name: &str, aliases: &[String]) {
        self.names.entry(name.to_string()).or_insert(node);
        for alias in aliases {
            let known = self.aliases.entry(alias.clone()).or_insert(Some(node));
            *known = known.filter(|known| *known == node);
        }
        for name in aliases.iter().map(String::as_str).chain([name]) {
            let known = self.folded.entry(fold(name)).or_insert_with(|| Some((node, name.to_string())));
            if known.as_ref().is_some_and(|(other, _)| *other != node) {
                *known = None;
            }
        }
    }

    pub(super) fn add_concept(&mut self, node: NodeId, name: &str) {
        self.names.entry(name.to_string()).or_insert(node);
        self.concepts.entry(fold(name)).or_insert(node);
    }

    pub(super) fn identified(&self, identifier: &str) -> Option<NodeId> {
        self.identifiers.get(identifier).copied()
    }

    /// The node of this name, as spelled.
    pub(super) fn named(&self, name: &str) -> Option<NodeId> {
        self.names.get(name).copied()
    }

    /// The one node whose name or other name this is in another spelling.
    pub(super) fn alike(&self, name: &str) -> Option<NodeId> {
        let folded = fold(name);
        let defined = self.folded.get(&folded).map(|known| known.as_ref().map(|(node, _)| *node));
        defined.unwrap_or_else(|| self.concepts.get(&folded).copied())
    }

    /// What a relation means by a name that no entry of its glossary has.
    pub(super) fn meant(&self, name: &str) -> Meant {
        if let Some(node) = self.names.get(name).copied().or_else(|| self.aliases.get(name).copied().flatten()) {
            return Meant::Node(node);
        }
        let folded = fold(name);
        match self.folded.get(&folded) {
            Some(None) => Meant::Several,
            Some(Some((node, spelled))) if !is_common_word_for(name, spelled) => Meant::Node(*node),
            Some(Some(_)) | None => self.concepts.get(&folded).map_or(Meant::Nothing, |node| Meant::Node(*node)),
        }
    }
}

/// What a name stands for.
pub(super) enum Meant {
    Node(NodeId),
    /// Which one cannot be told.
    Several,
    Nothing,
}

/// `compute` is no name of what is called `Compute`.
fn is_common_word_for(name: &str, spelled: &str) -> bool {
    let mut letters = spelled.chars();
    let is_capitalised = letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase);
    is_capitalised && name.starts_with(char::is_lowercase)
}

pub(in crate::ingest) fn is_concept(graph: &Graph, node: NodeId) -> bool {
    graph.label(CONCEPT).is_some_and(|label| graph.has_label(node, label))
}

pub(in crate::ingest) fn aliases(graph: &Graph, node: NodeId) -> Vec<String> {
    texts(graph, node, "aliases")
}

/// The texts of a property that is a list.
pub(in crate::ingest) fn texts(graph: &Graph, node: NodeId, key: &str) -> Vec<String> {
    match graph.property_by_name(node, key) {
        Value::List(items) => items.iter().filter_map(|item| item.as_str().map(str::to_string)).collect(),
        _ => Vec::new(),
    }
}
