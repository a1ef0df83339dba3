//! What changed between two graphs, seen as glossaries: terms and relations by name, not by number.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Graph, NodeId, Value, fold};

/// A relation between two terms, by their names.
pub type Relation = (String, String, String);

/// What the newer graph has and the older has not, and the other way round. Everything in order of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    /// Old name, new name: the definition is the same, or the old name is now another name.
    pub renamed: Vec<(String, String)>,
    /// Terms with another definition: name, old, new.
    pub redefined: Vec<(String, String, String)>,
    pub gained: Vec<Relation>,
    pub lost: Vec<Relation>,
}

impl Difference {
    pub fn is_empty(&self) -> bool {
        *self == Difference::default()
    }
}

struct Term {
    name: String,
    definition: String,
    aliases: Vec<String>,
}

fn name(graph: &Graph, node: NodeId) -> String {
    graph.property_by_name(node, "name").as_str().unwrap_or("").to_string()
}

/// Terms by folded name; what has no name cannot be compared.
fn terms(graph: &Graph) -> BTreeMap<String, Term> {
    let term = |node: NodeId| {
        let aliases = match graph.property_by_name(node, "aliases") {
            Value::List(list) => list.iter().filter_map(|alias| Some(fold(alias.as_str()?))).collect(),
            _ => Vec::new(),
        };
        let definition = graph.property_by_name(node, "definition").as_str().unwrap_or("").to_string();
        Term { name: name(graph, node), definition, aliases }
    };
    let named = graph.nodes().map(term).filter(|term| !term.name.is_empty());
    named.map(|term| (fold(&term.name), term)).collect()
}

fn relations(graph: &Graph) -> BTreeSet<Relation> {
    let relation = |id| {
        let shape = graph.relationship(id);
        (name(graph, shape.start), graph.relationship_type(id).to_string(), name(graph, shape.end))
    };
    graph.relationships().map(relation).collect()
}

/// Compares two graphs.
pub fn difference(old: &Graph, new: &Graph) -> Difference {
    let (before, after) = (terms(old), terms(new));
    let mut removed: Vec<&Term> =
        before.iter().filter(|(key, _)| !after.contains_key(*key)).map(|(_, term)| term).collect();
    let mut added: Vec<(&String, &Term)> = after.iter().filter(|(key, _)| !before.contains_key(*key)).collect();
    let mut found = Difference::default();
    removed.retain(|old| {
        let key = fold(&old.name);
        let same =
            |new: &Term| (!old.definition.is_empty() && new.definition == old.definition) || new.aliases.contains(&key);
        let Some(at) = added.iter().position(|(_, new)| same(new)) else { return true };
        found.renamed.push((old.name.clone(), added.remove(at).1.name.clone()));
        false
    });
    found.removed = removed.iter().map(|term| term.name.clone()).collect();
    found.added = added.iter().map(|(_, term)| term.name.clone()).collect();
    for (key, old) in &before {
        if let Some(new) = after.get(key).filter(|new| new.definition != old.definition) {
            found.redefined.push((new.name.clone(), old.definition.clone(), new.definition.clone()));
        }
    }
    let (before, after) = (relations(old), relations(new));
    found.gained = after.difference(&before).cloned().collect();
    found.lost = before.difference(&after).cloned().collect();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(terms: &[(&str, &str)], relations: &[(usize, usize)]) -> Graph {
        let mut graph = Graph::new();
        let [name, definition] = ["name", "definition"].map(|key| graph.intern_key(key));
        let uses = graph.intern_type("USES");
        let mut nodes = Vec::new();
        for (text, means) in terms {
            let node = graph.create_node();
            graph.set_property(node, name, Value::from(*text));
            graph.set_property(node, definition, Value::from(*means));
            nodes.push(node);
        }
        for (start, end) in relations {
            graph.create_relationship(nodes[*start], uses, nodes[*end]);
        }
        graph.commit();
        graph
    }

    #[test]
    fn what_changed() {
        let old = graph(&[("pump", "moves water"), ("sower", "a robot"), ("hose", "a tube"), ("lid", "")], &[(0, 1)]);
        let new = graph(&[("pump", "moves milk"), ("seeder", "a robot"), ("jar", "glass"), ("lid", "")], &[(0, 3)]);
        let relation = |end: &str| ("pump".to_string(), "USES".to_string(), end.to_string());
        let expected = Difference {
            added: vec!["jar".into()],
            removed: vec!["hose".into()],
            renamed: vec![("sower".into(), "seeder".into())],
            redefined: vec![("pump".into(), "moves water".into(), "moves milk".into())],
            gained: vec![relation("lid")],
            lost: vec![relation("sower")],
        };
        assert_eq!(difference(&old, &new), expected);
        assert!(difference(&old, &old).is_empty());
    }
}
