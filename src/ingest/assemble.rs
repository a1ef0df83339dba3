//! What a glossary says → a graph, new or already there.
//!
//! A term becomes a node, a relation a relationship with its evidence, file, line, rule and confidence. What people have
//! put into the graph stays as it is: a curated fact beats an extracted one, and where the two disagree the conflict is
//! told. Assembling the same glossary twice changes nothing; a new version of it takes the place of the old one.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use super::extract::{Extracted, Extraction, Found};
use crate::glossary::{Entry, Glossary};
use crate::graph::{Direction, Graph, NodeId, RelationSemantics, RelationshipId, Value, fold};

const TYPES: &str = include_str!("types.toml");

/// How sure a relation is that only a mention shows.
pub const MENTION_CONFIDENCE: f64 = 0.3;

/// The label of what a glossary defines, and of what it only speaks of.
const TERM: &str = "Term";
const CONCEPT: &str = "Concept";

#[derive(Deserialize)]
struct Table {
    #[serde(default, rename = "type")]
    types: Vec<RelationSemantics>,
}

/// The relation types that a table declares.
pub fn read_types(text: &str) -> Result<Vec<RelationSemantics>, String> {
    toml::from_str::<Table>(text).map(|table| table.types).map_err(|error| error.to_string())
}

/// The relation types of ingested glossaries.
pub fn relation_types() -> Vec<RelationSemantics> {
    read_types(TYPES).expect("the table is compiled in and read by a test")
}

/// What to put into the graph.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Relations that are less sure are left out.
    pub min_confidence: f64,
    /// Types besides the built-in ones.
    pub types: Vec<RelationSemantics>,
}

/// What was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assembled {
    pub terms_added: usize,
    pub terms_changed: usize,
    pub relations_added: usize,
    pub relations_changed: usize,
    /// Relations that an older version of the glossary stated.
    pub relations_removed: usize,
    /// Where the text and what people put into the graph disagree; the graph was kept.
    pub conflicts: Vec<String>,
}

/// Puts what the glossary says into the graph.
pub fn assemble(graph: &mut Graph, glossary: &Glossary, extraction: &Extraction, choice: &Choice) -> Assembled {
    let mut types = relation_types();
    types.extend(choice.types.iter().cloned());
    let names = existing_names(graph);
    let mut assembler =
        Assembler { graph, source: &glossary.source, types, names, found: BTreeSet::new(), done: Assembled::default() };
    let nodes: Vec<Option<NodeId>> = std::iter::zip(&glossary.entries, &extraction.entries)
        .map(|(entry, found)| assembler.term(entry, found))
        .collect();
    for (at, found) in extraction.entries.iter().enumerate() {
        let Some(node) = nodes[at] else { continue };
        let entry = &glossary.entries[at];
        for relation in found.relations.iter().filter(|relation| relation.confidence >= choice.min_confidence) {
            let end = relation.target_entry.and_then(|entry| nodes[entry]);
            let end = end.or_else(|| assembler.concept(&relation.target));
            if let Some(end) = end {
                assembler.relation(node, end, relation, entry);
            }
        }
    }
    // After all that is stated: a mention says nothing more of two terms that are related.
    for (at, found) in extraction.entries.iter().enumerate() {
        if let Some(node) = nodes[at].filter(|_| MENTION_CONFIDENCE >= choice.min_confidence) {
            assembler.mentions(node, &glossary.entries[at], found, &nodes);
        }
    }
    assembler.forget_old();
    assembler.graph.commit();
    assembler.done
}

struct Assembler<'a> {
    graph: &'a mut Graph,
    source: &'a str,
    types: Vec<RelationSemantics>,
    /// Folded names and other names with their nodes; none if two nodes share it.
    names: HashMap<String, Option<NodeId>>,
    /// Relationships that the glossary states now.
    found: BTreeSet<RelationshipId>,
    done: Assembled,
}

fn existing_names(graph: &Graph) -> HashMap<String, Option<NodeId>> {
    let mut names = HashMap::new();
    let mut others = Vec::new();
    for node in graph.nodes() {
        if let Some(name) = graph.property_by_name(node, "name").as_str() {
            names.entry(fold(name)).and_modify(|known| *known = None).or_insert(Some(node));
        }
        if let Value::List(aliases) = graph.property_by_name(node, "aliases") {
            others.extend(aliases.iter().filter_map(|alias| Some((fold(alias.as_str()?), node))));
        }
    }
    // A name of its own beats another's other name.
    for (name, node) in others {
        names.entry(name).or_insert(Some(node));
    }
    names
}

impl Assembler<'_> {
    fn set(&mut self, entity: impl Into<crate::graph::Entity> + Copy, key: &str, value: Value) -> bool {
        if self.graph.property_by_name(entity, key) == value {
            return false;
        }
        let key = self.graph.intern_key(key);
        self.graph.set_property(entity, key, value);
        true
    }

    /// The node of an entry; none if the entry has no name.
    fn term(&mut self, entry: &Entry, found: &Extracted) -> Option<NodeId> {
        let name = found.name.as_deref()?;
        let known = self.names.get(&fold(name)).copied().flatten().filter(|node| self.may_be(*node, name));
        let node = known.unwrap_or_else(|| self.create(name, TERM));
        let curated = known.is_some() && self.graph.property_by_name(node, "line").is_null() && !self.is_concept(node);
        let definition =
            entry.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect::<Vec<_>>().join("\n");
        let before = self.graph.property_by_name(node, "definition");
        let mut changed = false;
        match (curated, before.as_str()) {
            (true, Some(old)) if old != definition => {
                self.done.conflicts.push(format!("the definition of '{name}' differs from the one in the graph"));
            }
            (true, Some(_)) => {}
            _ => {
                if !definition.is_empty() {
                    changed |= self.set(node, "definition", Value::from(&*definition));
                }
                changed |= self.set(node, "source", Value::from(self.source));
                changed |= self.set(node, "file", Value::from(&*entry.place.file));
                changed |= self.set(node, "line", Value::Integer(entry.place.line as i64));
                changed |= self.promote(node);
            }
        }
        changed |= self.add_aliases(node, name, &found.aliases);
        for alias in &found.aliases {
            self.names.entry(fold(alias)).or_insert(Some(node));
        }
        self.done.terms_changed += usize::from(changed && known.is_some());
        Some(node)
    }

    /// Whether an entry of this name is the node: by the node's own name, or by another name that people gave it. What
    /// the glossary lists as another name can still be an entry of its own.
    fn may_be(&self, node: NodeId, name: &str) -> bool {
        let own = self.graph.property_by_name(node, "name");
        let extracted = !self.graph.property_by_name(node, "line").is_null();
        own.as_str().is_some_and(|own| fold(own) == fold(name)) || (!extracted && !self.is_concept(node))
    }

    fn is_concept(&self, node: NodeId) -> bool {
        self.graph.label(CONCEPT).is_some_and(|label| self.graph.has_label(node, label))
    }

    /// What was only spoken of is now defined.
    fn promote(&mut self, node: NodeId) -> bool {
        let Some(concept) = self.graph.label(CONCEPT).filter(|label| self.graph.has_label(node, *label)) else {
            return false;
        };
        self.graph.remove_label(node, concept);
        let term = self.graph.intern_label(TERM);
        self.graph.add_label(node, term);
        true
    }

    fn add_aliases(&mut self, node: NodeId, name: &str, aliases: &[String]) -> bool {
        let mut all: Vec<Value> = match self.graph.property_by_name(node, "aliases") {
            Value::List(list) => list.iter().cloned().collect(),
            _ => Vec::new(),
        };
        let before = all.len();
        for alias in aliases.iter().filter(|alias| alias.as_str() != name) {
            if !all.iter().any(|known| known.as_str() == Some(alias.as_str())) {
                all.push(Value::from(alias.as_str()));
            }
        }
        all.len() > before && self.set(node, "aliases", Value::list(all))
    }

    fn create(&mut self, name: &str, label: &str) -> NodeId {
        let node = self.graph.create_node();
        let label = self.graph.intern_label(label);
        self.graph.add_label(node, label);
        self.set(node, "name", Value::from(name));
        self.names.insert(fold(name), Some(node));
        self.done.terms_added += 1;
        node
    }

    /// The node of what a relation points at and no entry defines.
    fn concept(&mut self, name: &str) -> Option<NodeId> {
        match self.names.get(&fold(name)) {
            Some(Some(node)) => Some(*node),
            // Two meanings: which one cannot be told.
            Some(None) => None,
            None => Some(self.create(name, CONCEPT)),
        }
    }

    /// The type and direction that a relation is kept in.
    fn canonical(&self, relation: &str) -> (String, bool) {
        let name = relation.to_uppercase();
        match self.types.iter().find(|row| row.inverse == name && !row.symmetric) {
            Some(row) => (row.name.clone(), true),
            None => (name, false),
        }
    }

    fn relation(&mut self, node: NodeId, end: NodeId, relation: &Found, entry: &Entry) {
        let (name, reversed) = self.canonical(&relation.relation);
        let (start, end) = if reversed { (end, node) } else { (node, end) };
        if start == end {
            return;
        }
        let properties = [
            ("evidence", Value::from(&*relation.evidence)),
            ("source", Value::from(self.source)),
            ("file", Value::from(&*entry.place.file)),
            ("line", Value::Integer(relation.line as i64)),
            ("rule", Value::from(&*relation.rule)),
            ("confidence", Value::Float(relation.confidence)),
        ];
        self.relate(start, &name, end, &properties);
    }

    fn mentions(&mut self, node: NodeId, entry: &Entry, found: &Extracted, nodes: &[Option<NodeId>]) {
        for mention in &found.mentions {
            let Some(end) = nodes[mention.entry].filter(|end| *end != node) else { continue };
            let stated = self.graph.adjacent(node, Direction::Both, None).any(|adjacent| {
                adjacent.neighbour == end && &**self.graph.relationship_type(adjacent.relationship) != "MENTIONS"
            });
            if stated {
                continue;
            }
            let properties = [
                ("evidence", Value::from(&*mention.evidence)),
                ("source", Value::from(self.source)),
                ("file", Value::from(&*entry.place.file)),
                ("line", Value::Integer(mention.line as i64)),
                ("rule", Value::from("mention")),
                ("confidence", Value::Float(MENTION_CONFIDENCE)),
            ];
            self.relate(node, "MENTIONS", end, &properties);
        }
    }

    /// Creates the relationship, or brings the one that is there up to date; a curated one stays.
    fn relate(&mut self, start: NodeId, name: &str, end: NodeId, properties: &[(&str, Value)]) {
        let relationship_type = self.graph.intern_type(name);
        let there: Vec<RelationshipId> = self
            .graph
            .adjacent(start, Direction::Outgoing, Some(&[relationship_type]))
            .filter(|adjacent| adjacent.neighbour == end)
            .map(|adjacent| adjacent.relationship)
            .collect();
        let extracted = |graph: &Graph, id: RelationshipId| !graph.property_by_name(id, "rule").is_null();
        if there.iter().any(|id| !extracted(self.graph, *id)) {
            return;
        }
        if let Some(id) = there.first().copied() {
            let first = self.found.insert(id);
            let mut changed = false;
            // Said twice in one glossary: the first sentence stands.
            for (key, value) in properties.iter().filter(|_| first) {
                changed |= self.set(id, key, value.clone());
            }
            self.done.relations_changed += usize::from(changed);
            return;
        }
        if self.is_contradicted(start, relationship_type, end) {
            let name_of = |node| self.graph.property_by_name(node, "name").as_str().unwrap_or("").to_string();
            let conflict =
                format!("'{}' {name} '{}': the graph says it the other way round", name_of(start), name_of(end));
            self.done.conflicts.push(conflict);
            return;
        }
        if let Some(row) = self.types.iter().find(|row| row.name == name)
            && self.graph.semantics().get(name).is_none()
        {
            self.graph.declare(row.clone());
        }
        let id = self.graph.create_relationship(start, relationship_type, end);
        self.found.insert(id);
        for (key, value) in properties {
            self.set(id, key, value.clone());
        }
        self.done.relations_added += 1;
    }

    /// Whether people say the same of the two the other way round, of a type where only one can be true.
    fn is_contradicted(&self, start: NodeId, relationship_type: crate::graph::TypeId, end: NodeId) -> bool {
        let name = self.graph.type_name(relationship_type);
        let directed = self.graph.semantics().get(name).is_some_and(|row| row.transitive && !row.symmetric);
        directed
            && self.graph.adjacent(end, Direction::Outgoing, Some(&[relationship_type])).any(|adjacent| {
                adjacent.neighbour == start && self.graph.property_by_name(adjacent.relationship, "rule").is_null()
            })
    }

    /// Relations that this source stated before and does not state now.
    fn forget_old(&mut self) {
        let source = Value::from(self.source);
        let old: Vec<RelationshipId> = self
            .graph
            .relationships()
            .filter(|id| {
                !self.found.contains(id)
                    && !self.graph.property_by_name(*id, "rule").is_null()
                    && self.graph.property_by_name(*id, "source") == source
            })
            .collect();
        for id in old {
            self.graph.delete_relationship(id);
            self.done.relations_removed += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::extract::Extractor;
    use super::*;
    use crate::glossary::{Name, Paragraph, Place};

    fn glossary(entries: &[(&str, &str)]) -> Glossary {
        let entry = |(at, (name, text)): (usize, &(&str, &str))| Entry {
            headwords: vec![Name { text: (*name).into(), language: None }],
            paragraphs: vec![Paragraph { text: (*text).into(), lines: vec![(0, at * 2 + 2)], ..Paragraph::default() }],
            place: Place { file: "garden.txt".into(), line: at * 2 + 1 },
            ..Entry::default()
        };
        Glossary { source: "garden".into(), entries: entries.iter().enumerate().map(entry).collect() }
    }

    fn put(graph: &mut Graph, glossary: &Glossary) -> Assembled {
        let extraction = Extractor::new(Vec::new()).expect("the rules compile").extract(glossary);
        assemble(graph, glossary, &extraction, &Choice::default())
    }

    /// The relationships as `start TYPE end file:line rule`, in order.
    fn relations(graph: &Graph) -> Vec<String> {
        let name = |node: NodeId| graph.property_by_name(node, "name").as_str().unwrap_or("").to_string();
        let mut rows: Vec<String> = graph
            .relationships()
            .map(|id| {
                let shape = graph.relationship(id);
                let line = graph.property_by_name(id, "line").as_integer().unwrap_or(0);
                let rule = graph.property_by_name(id, "rule");
                let rule = rule.as_str().unwrap_or("by hand");
                format!("{} {} {} {line} {rule}", name(shape.start), graph.relationship_type(id), name(shape.end))
            })
            .collect();
        rows.sort();
        rows
    }

    #[test]
    fn terms_relations_and_their_places() {
        let mut graph = Graph::new();
        let glossary =
            glossary(&[("pump", "A machine used by the sower to move water."), ("sower", "A robot near a pump.")]);
        let done = put(&mut graph, &glossary);
        assert_eq!(
            relations(&graph),
            [
                "pump IS_A machine 2 is-a",
                "pump MANAGES water 2 acts-on",
                "sower IS_A robot 4 is-a",
                "sower USES pump 2 used-by"
            ]
        );
        assert_eq!((done.terms_added, done.relations_added), (5, 4));
        assert!(graph.semantics().get("USES").is_some());
        let version = graph.version();
        assert_eq!(put(&mut graph, &glossary), Assembled::default());
        assert_eq!(graph.version(), version);
    }

    #[test]
    fn another_name_that_is_an_entry_of_its_own() {
        let mut graph = Graph::new();
        let glossary = glossary(&[
            ("Watering service (drizzle)", "A service that moves water."),
            ("drizzle", "Code name for the Watering service."),
            ("bed", "A place that needs rain and drizzle."),
        ]);
        let done = put(&mut graph, &glossary);
        assert_eq!(done.terms_changed, 0);
        assert_eq!(put(&mut graph, &glossary), Assembled::default());
    }

    #[test]
    fn a_new_version_takes_the_place_of_the_old_one() {
        let mut graph = Graph::new();
        put(&mut graph, &glossary(&[("pump", "A machine that moves water.")]));
        let done = put(&mut graph, &glossary(&[("pump", "A machine that moves milk.")]));
        assert_eq!(relations(&graph), ["pump IS_A machine 2 is-a", "pump MANAGES milk 2 acts-on"]);
        assert_eq!((done.relations_added, done.relations_removed, done.terms_changed), (1, 1, 1));
    }

    #[test]
    fn what_people_wrote_stays() {
        let mut graph = Graph::new();
        let [name, definition] = ["name", "definition"].map(|key| graph.intern_key(key));
        let [pump, machine] = ["pump", "machine"].map(|text| {
            let node = graph.create_node();
            graph.set_property(node, name, Value::from(text));
            graph.set_property(node, definition, Value::from("Written by hand."));
            node
        });
        let types = relation_types();
        types.iter().for_each(|row| graph.declare(row.clone()));
        let is_a = graph.intern_type("IS_A");
        graph.create_relationship(machine, is_a, pump);
        graph.commit();
        let done = put(&mut graph, &glossary(&[("pump", "A machine.")]));
        assert_eq!(relations(&graph), ["machine IS_A pump 0 by hand"]);
        assert_eq!(
            done.conflicts,
            [
                "the definition of 'pump' differs from the one in the graph",
                "'pump' IS_A 'machine': the graph says it the other way round"
            ]
        );
        assert_eq!(graph.property_by_name(pump, "definition"), Value::from("Written by hand."));
    }
}
