//! What changed between two graphs, seen as glossaries: terms and relations by name, not by number. A node is called by
//! what names it there: what is declared for its label, `name`, or the property that most of them go by.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{Graph, NodeId, Titles, Value, fold};

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
    /// Of several nodes of one name, all that differ, a line each.
    definition: String,
    aliases: Vec<String>,
}

/// How many nodes have no name: they cannot be compared.
pub fn nameless(graph: &Graph) -> usize {
    let titles = Titles::of(graph);
    graph.nodes().filter(|node| titles.get(*node).is_none()).count()
}

/// Terms by folded name.
fn terms(graph: &Graph) -> BTreeMap<String, Term> {
    let titles = Titles::of(graph);
    let mut terms: BTreeMap<String, Term> = BTreeMap::new();
    for node in graph.nodes() {
        let Some(title) = titles.get(node) else { continue };
        let aliases = match graph.property_by_name(node, "aliases") {
            Value::List(list) => list.iter().filter_map(|alias| Some(fold(alias.as_str()?))).collect(),
            _ => Vec::new(),
        };
        let definition = graph.property_by_name(node, "definition").as_str().unwrap_or("").to_string();
        let new = Term { name: title.text.to_string(), definition, aliases };
        match terms.entry(fold(&new.name)) {
            Entry::Vacant(vacant) => _ = vacant.insert(new),
            Entry::Occupied(known) => known.into_mut().add(new),
        }
    }
    terms
}

impl Term {
    /// Adds another term of this name.
    fn add(&mut self, other: Term) {
        let mut definitions: BTreeSet<&str> = self.definition.split('\n').chain(other.definition.split('\n')).collect();
        definitions.remove("");
        self.definition = definitions.into_iter().collect::<Vec<_>>().join("\n");
        self.name = std::mem::take(&mut self.name).min(other.name);
        self.aliases.extend(other.aliases);
    }
}

/// Those between nodes that have a name.
fn relations(graph: &Graph) -> BTreeSet<Relation> {
    let titles = Titles::of(graph);
    let name = |node: NodeId| Some(titles.get(node)?.text.to_string());
    let relation = |id| {
        let shape = graph.relationship(id);
        Some((name(shape.start)?, graph.relationship_type(id).to_string(), name(shape.end)?))
    };
    graph.relationships().filter_map(relation).collect()
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

    #[test]
    fn nodes_go_by_what_names_them() {
        let graph = |titles: &[&str]| {
            let mut graph = Graph::new();
            let (book, title) = (graph.intern_label("Book"), graph.intern_key("title"));
            let cites = graph.intern_type("CITES");
            let first = graph.create_node();
            for text in titles {
                let node = graph.create_node();
                graph.add_label(node, book);
                graph.set_property(node, title, Value::from(*text));
                graph.create_relationship(node, cites, first);
                graph.create_relationship(node, cites, node);
            }
            graph.commit();
            graph
        };
        let (old, new) = (graph(&["Dune", "Emma"]), graph(&["Dune", "Ulysses"]));
        let found = difference(&old, &new);
        assert_eq!((found.added, found.removed), (vec!["Ulysses".to_string()], vec!["Emma".to_string()]));
        // The node without a name has no part in it.
        let relation = |name: &str| (name.to_string(), "CITES".to_string(), name.to_string());
        assert_eq!((found.gained, found.lost), (vec![relation("Ulysses")], vec![relation("Emma")]));
        assert_eq!(nameless(&old), 1);
    }

    #[test]
    fn of_several_terms_of_one_name_none_hides_the_others() {
        let old = graph(&[("auth", "a library"), ("auth", "a service")], &[]);
        let new = graph(&[("auth", "a gateway"), ("auth", "a service")], &[]);
        let found = difference(&old, &new);
        assert_eq!(found.redefined, [("auth".into(), "a library\na service".into(), "a gateway\na service".into())]);
        let turned = graph(&[("auth", "a service"), ("auth", "a library")], &[]);
        assert!(difference(&old, &turned).is_empty());
    }
}
