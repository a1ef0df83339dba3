//! A graph → into another one: what `kenning a.kenning b.kenning` opens and `kenning ingest` adds.
//!
//! Two nodes are one where they share an identifier, and terms of glossaries where they share the name, as when the
//! files themselves are read. Any other node is known again by its number in the graph it came from. What the target
//! says stays; the other graph fills in what is missing. Adding the same graph twice changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::assemble::{Assembled, is_concept, set, text};
use super::state::{declare_guessed, guessed};
use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, NodeId, RelationSemantics, RelationshipId, Value};
use crate::limits::Budget;

/// Properties of nodes whose lists are joined.
const JOINED: &[&str] = &["aliases", "identifiers", "merged", "also_in"];

/// The property that knows a node again that nothing else identifies: the name of its graph and its number there. Not
/// among its identifiers: those say that a file states it, and it would be forgotten with that.
const GRAPH_ID: &str = "graph_id";

/// A graph that is added to another, and its name.
pub struct Addition<'a> {
    pub name: &'a str,
    pub graph: &'a Graph,
    /// Identifiers that do not make two nodes one.
    pub apart: &'a BTreeSet<String>,
}

/// Puts a graph into another; the caller commits. After an error, a limit, it has made a part of the changes.
pub fn unite(graph: &mut Graph, addition: &Addition, budget: &Budget) -> Result<Assembled, Diagnostic> {
    let mut union = Union { graph, addition, done: Assembled::default(), budget };
    union.declarations();
    let nodes = union.nodes()?;
    union.relationships(&nodes)?;
    Ok(union.done)
}

struct Union<'a> {
    graph: &'a mut Graph,
    addition: &'a Addition<'a>,
    done: Assembled,
    budget: &'a Budget,
}

/// What tells the relationships apart that join the same two nodes: type, source, line, evidence.
type Key = (NodeId, String, NodeId, String, i64, String);

impl Union<'_> {
    /// What types mean and what names labels. Two graphs that disagree are told of: answers depend on it.
    fn declarations(&mut self) {
        let Addition { name, graph: other, .. } = self.addition;
        // In a graph that declares nothing, the names of its types say what they mean: that has to be kept.
        let mut declared: Vec<RelationSemantics> = other.semantics().iter().cloned().collect();
        let is_guess = declared.is_empty();
        if is_guess {
            let used = other.types().filter(|kind| other.type_count(*kind) > 0);
            declared.extend(used.filter_map(|kind| guessed(other.type_name(kind))));
        }
        if !declared.is_empty() {
            declare_guessed(self.graph);
        }
        for row in &declared {
            match self.graph.semantics().get(&row.name) {
                None => self.graph.declare(row.clone()),
                Some(known) if is_guess || known == row => {}
                Some(_) => self.done.conflicts.push(format!("{name} says otherwise what {} means", row.name)),
            }
        }
        for naming in other.semantics().namings() {
            match self.graph.semantics().naming(&naming.label) {
                None => self.graph.name_by(naming.clone()),
                Some(known) if known == naming => {}
                Some(_) => self.done.conflicts.push(format!("{name} names {} by another property", naming.label)),
            }
        }
        for decision in other.semantics().decisions() {
            match self.graph.semantics().decision(&decision.subject()) {
                None => self.graph.decide(decision.clone()),
                Some(known) if known.agrees_with(decision) => {}
                Some(_) => self.done.conflicts.push(format!("{name} decides otherwise about {}", decision.term)),
            }
        }
        if other.rules().any(|rule| rule.kind.is_constraint()) {
            self.done.conflicts.push(format!("the constraints of {name} are left out"));
        }
    }

    /// The node that each node becomes.
    fn nodes(&mut self) -> Result<HashMap<NodeId, NodeId>, Diagnostic> {
        let other = self.addition.graph;
        let mut known = Known::of(self.graph, self.budget)?;
        let mut nodes = HashMap::new();
        for node in other.nodes() {
            self.budget.tick()?;
            let identity = Identity::of(other, node, self.addition);
            let there = known.find(&identity);
            let here = self.node(node, &identity, there);
            known.add(&identity, here);
            nodes.insert(node, here);
        }
        Ok(nodes)
    }

    fn node(&mut self, node: NodeId, identity: &Identity, there: Option<NodeId>) -> NodeId {
        let other = self.addition.graph;
        let here = there.unwrap_or_else(|| self.graph.create_node());
        let mut changed = false;
        for label in other.node_labels(node) {
            let label = self.graph.intern_label(other.label_name(*label));
            if !self.graph.has_label(here, label) {
                self.graph.add_label(here, label);
                changed = true;
            }
        }
        for (key, value) in other.properties(node) {
            changed |= self.fill(here, key, value);
        }
        if let Identity::Numbered(number) = identity {
            changed |= self.fill(here, GRAPH_ID, Value::from(&**number));
        }
        match there {
            None => self.done.terms_added += 1,
            Some(_) => self.done.terms_changed += usize::from(changed),
        }
        here
    }

    /// Sets what is missing. Of two values the target's stays, and the other one is told of under `merged`.
    fn fill(&mut self, node: NodeId, key: &str, value: Value) -> bool {
        match (self.graph.property_by_name(node, key), value) {
            (Value::Null, value) => set(self.graph, node, key, value),
            (here, value) if here == value => false,
            (Value::List(here), Value::List(more)) if JOINED.contains(&key) => {
                let new = more.iter().filter(|item| !here.contains(item)).cloned();
                let all: Vec<Value> = here.iter().cloned().chain(new).collect();
                all.len() > here.len() && set(self.graph, node, key, Value::list(all))
            }
            // Where it is stated first is its place; the other one is a further place.
            (_, _) if ["source", "file", "line"].contains(&key) => false,
            (_, value) => {
                let said = value.as_str().map_or_else(|| format!("{value:?}"), str::to_string);
                let sentence = format!("{} says {key}: {said}", self.addition.name);
                self.fill(node, "merged", Value::list([Value::from(&*sentence)]))
            }
        }
    }

    fn relationships(&mut self, nodes: &HashMap<NodeId, NodeId>) -> Result<(), Diagnostic> {
        let other = self.addition.graph;
        let mut there: BTreeMap<Key, Vec<RelationshipId>> = BTreeMap::new();
        for id in self.graph.relationships() {
            self.budget.tick()?;
            let shape = self.graph.relationship(id);
            there.entry(key(self.graph, id, shape.start, shape.end)).or_default().push(id);
        }
        there.values_mut().for_each(|ids| ids.reverse());
        for id in other.relationships() {
            self.budget.tick()?;
            let shape = other.relationship(id);
            let (start, end) = (nodes[&shape.start], nodes[&shape.end]);
            let known = there.get_mut(&key(other, id, start, end)).and_then(Vec::pop);
            let here = known.unwrap_or_else(|| {
                let kind = self.graph.intern_type(other.relationship_type(id));
                self.graph.create_relationship(start, kind, end)
            });
            let mut changed = false;
            for (key, value) in other.properties(id) {
                changed |= self.graph.property_by_name(here, key).is_null() && set(self.graph, here, key, value);
            }
            match known {
                None => self.done.relations_added += 1,
                Some(_) => self.done.relations_changed += usize::from(changed),
            }
        }
        Ok(())
    }
}

fn key(graph: &Graph, id: RelationshipId, start: NodeId, end: NodeId) -> Key {
    let line = graph.property_by_name(id, "line").as_integer().unwrap_or(0);
    let name = graph.relationship_type(id).to_string();
    (start, name, end, text(graph, id, "source"), line, text(graph, id, "evidence"))
}

/// By what a node is known again in another graph.
enum Identity {
    /// Identifiers that a file states.
    Stated(Vec<String>),
    /// The name of a term.
    Term(String),
    /// The name of the graph and the number in it.
    Numbered(String),
}

impl Identity {
    fn of(graph: &Graph, node: NodeId, addition: &Addition) -> Identity {
        if let Some(mut identifiers) = identifiers(graph, node) {
            identifiers.retain(|identifier| !addition.apart.contains(identifier));
            return Identity::Stated(identifiers);
        }
        match term(graph, node) {
            Some(name) => Identity::Term(name),
            None => Identity::Numbered(match graph.property_by_name(node, GRAPH_ID).as_str() {
                Some(known) => known.to_string(),
                None => format!("{}#{}", addition.name, node.index()),
            }),
        }
    }
}

fn identifiers(graph: &Graph, node: NodeId) -> Option<Vec<String>> {
    match graph.property_by_name(node, "identifiers") {
        Value::List(all) => Some(all.iter().filter_map(|one| one.as_str().map(str::to_string)).collect()),
        _ => None,
    }
}

/// The name of what a glossary defines or speaks of.
fn term(graph: &Graph, node: NodeId) -> Option<String> {
    let is_term = is_concept(graph, node) || !graph.property_by_name(node, "definition").is_null();
    let name = text(graph, node, "name");
    (is_term && !name.is_empty()).then_some(name)
}

/// The nodes of a graph by what they are known by; of several the first.
struct Known {
    identified: HashMap<String, NodeId>,
    terms: HashMap<String, NodeId>,
    numbered: HashMap<String, NodeId>,
}

impl Known {
    fn of(graph: &Graph, budget: &Budget) -> Result<Known, Diagnostic> {
        let mut known = Known { identified: HashMap::new(), terms: HashMap::new(), numbered: HashMap::new() };
        for node in graph.nodes() {
            budget.tick()?;
            if let Some(identifiers) = identifiers(graph, node) {
                for identifier in identifiers {
                    known.identified.entry(identifier).or_insert(node);
                }
            } else if let Some(name) = term(graph, node) {
                known.terms.entry(name).or_insert(node);
            } else if let Some(number) = graph.property_by_name(node, GRAPH_ID).as_str() {
                known.numbered.entry(number.to_string()).or_insert(node);
            }
        }
        Ok(known)
    }

    fn find(&self, identity: &Identity) -> Option<NodeId> {
        match identity {
            Identity::Stated(identifiers) => identifiers.iter().find_map(|one| self.identified.get(one).copied()),
            Identity::Term(name) => self.terms.get(name).copied(),
            Identity::Numbered(number) => self.numbered.get(number).copied(),
        }
    }

    /// Only identifiers: two nodes of one graph with one name stay two.
    fn add(&mut self, identity: &Identity, node: NodeId) {
        if let Identity::Stated(identifiers) = identity {
            for identifier in identifiers {
                self.identified.entry(identifier.clone()).or_insert(node);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::LabelNaming;
    use crate::limits::Limits;

    /// Nodes `(label, properties)` and relationships `(start, type, end)`.
    fn graph(nodes: &[(&str, &[(&str, Value)])], relationships: &[(usize, &str, usize)]) -> Graph {
        let mut graph = Graph::new();
        let mut ids = Vec::new();
        for (label, properties) in nodes {
            let node = graph.create_node();
            let label = graph.intern_label(label);
            graph.add_label(node, label);
            properties.iter().for_each(|(key, value)| _ = set(&mut graph, node, key, value.clone()));
            ids.push(node);
        }
        for (start, kind, end) in relationships {
            let kind = graph.intern_type(kind);
            graph.create_relationship(ids[*start], kind, ids[*end]);
        }
        graph.commit();
        graph
    }

    fn add(target: &mut Graph, name: &str, other: &Graph) -> Assembled {
        let apart = BTreeSet::new();
        let addition = Addition { name, graph: other, apart: &apart };
        let done = unite(target, &addition, &Budget::start(&Limits::default())).expect("it is small");
        target.commit();
        done
    }

    fn name(text: &'static str) -> (&'static str, Value) {
        ("name", Value::from(text))
    }

    fn known_as(identifier: &str) -> (&'static str, Value) {
        ("identifiers", Value::list([Value::from(identifier)]))
    }

    #[test]
    fn an_identifier_joins_and_a_bare_name_does_not() {
        let mut target =
            graph(&[("Package", &[name("ssl"), known_as("pkg:deb/ssl")]), ("Person", &[name("Ann")])], &[]);
        let other = graph(
            &[
                ("Library", &[name("libssl"), known_as("pkg:deb/ssl"), ("license", Value::from("Apache-2.0"))]),
                ("Person", &[name("Ann")]),
            ],
            &[(1, "LIKES", 0)],
        );
        let done = add(&mut target, "b.kenning", &other);
        assert_eq!((done.terms_added, done.terms_changed, done.relations_added), (1, 1, 1));
        let ssl = target.nodes().next().expect("there is one");
        assert_eq!(target.node_labels(ssl).len(), 2);
        assert_eq!(text(&target, ssl, "license"), "Apache-2.0");
        assert_eq!(text(&target, ssl, "name"), "ssl");
        assert_eq!(
            target.property_by_name(ssl, "merged"),
            Value::list([Value::from("b.kenning says name: libssl")]),
            "what was put aside is told"
        );
    }

    #[test]
    fn the_same_graph_again_changes_nothing() {
        let other = graph(
            &[
                ("Term", &[name("mole"), ("definition", Value::from("A wall."))]),
                ("Person", &[name("Ann")]),
                ("Person", &[name("Ann")]),
                ("Package", &[name("ssl"), known_as("pkg:deb/ssl")]),
            ],
            &[(1, "LIKES", 0), (1, "LIKES", 0), (2, "LIKES", 3)],
        );
        let mut target = Graph::new();
        let done = add(&mut target, "a.kenning", &other);
        assert_eq!((done.terms_added, done.relations_added), (4, 3));
        assert_eq!(add(&mut target, "a.kenning", &other), Assembled::default());
    }

    #[test]
    fn terms_of_glossaries_are_one_by_name() {
        let mut target = graph(&[("Term", &[name("mole"), ("definition", Value::from("A wall."))])], &[]);
        let other = graph(&[("Term", &[name("mole"), ("definition", Value::from("An animal."))])], &[]);
        let done = add(&mut target, "b.kenning", &other);
        assert_eq!((done.terms_added, done.terms_changed), (0, 1));
        let mole = target.nodes().next().expect("there is one");
        assert_eq!(text(&target, mole, "definition"), "A wall.");
    }

    #[test]
    fn what_types_mean_and_what_names_labels_comes_along() {
        let mut other = graph(&[("Host", &[("ip", Value::from("10.0.0.1"))])], &[]);
        let naming = LabelNaming { label: "Host".into(), named_by: vec!["ip".into()] };
        other.name_by(naming.clone());
        other.declare(RelationSemantics { phrase: "feeds".into(), ..RelationSemantics::new("FEEDS") });
        other.commit();
        let mut target = Graph::new();
        target.declare(RelationSemantics { phrase: "gives food to".into(), ..RelationSemantics::new("FEEDS") });
        let done = add(&mut target, "b.kenning", &other);
        assert_eq!(target.semantics().naming("Host"), Some(&naming));
        assert_eq!(target.semantics().phrase("FEEDS"), "gives food to");
        assert_eq!(done.conflicts, ["b.kenning says otherwise what FEEDS means"]);
    }
}
