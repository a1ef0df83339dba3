//! What a glossary says → a graph, new or already there.
//!
//! A term becomes a node, a relation a relationship with its evidence, file, line, rule and confidence. What people have
//! put into the graph stays as it is: a curated fact beats an extracted one, and where the two disagree the conflict is
//! told. Assembling the same glossary twice changes nothing; a new version of it takes the place of the old one.

mod nodes;
mod relations;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use super::decide::{MERGED, Renamed, called_so, decided_terms, is_called_so, other_definition};
use super::extract::Extraction;
use super::terms::{Term, Terms};
use crate::diagnostic::Diagnostic;
use crate::glossary::{Entry, Glossary, Place};
use crate::graph::{Direction, Entity, Graph, NodeId, RelationSemantics, RelationshipId, Value};
use crate::limits::Budget;
pub(super) use nodes::{CONCEPT, aliases, is_concept, texts};
use nodes::{Meant, Nodes};
pub(super) use relations::{between, take_out};

const TYPES: &str = include_str!("../types.toml");

/// The label of what a glossary defines.
pub(super) const TERM: &str = "Term";

#[derive(Deserialize)]
struct Table {
    #[serde(default, rename = "type")]
    types: Vec<RelationSemantics>,
}

/// The relation types that a table declares.
pub fn read_types(text: &str) -> Result<Vec<RelationSemantics>, String> {
    toml::from_str::<Table>(text).map(|table| table.types).map_err(|error| error.to_string())
}

/// The name of the type of a relation as rules write it: `used by` is USED_BY.
pub fn type_name(relation: &str) -> String {
    relation.to_uppercase().replace([' ', '-'], "_")
}

/// The relation types of ingested glossaries.
pub fn relation_types() -> Vec<RelationSemantics> {
    static TABLE: LazyLock<Vec<RelationSemantics>> =
        LazyLock::new(|| read_types(TYPES).expect("the table is compiled in and read by a test"));
    TABLE.clone()
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
    /// Terms that an older version of the glossary defined, and that nothing else speaks of.
    pub terms_removed: usize,
    pub relations_added: usize,
    pub relations_changed: usize,
    /// Relations that an older version of the glossary stated.
    pub relations_removed: usize,
    /// Where the text and what people put into the graph disagree; the graph was kept.
    pub conflicts: Vec<String>,
    /// Decisions that say nothing about the graph any more, each with the reason.
    pub idle: Vec<String>,
}

/// The counts, without the conflicts.
impl fmt::Display for Assembled {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Assembled { terms_added, terms_changed, terms_removed, .. } = self;
        let Assembled { relations_added, relations_changed, relations_removed, .. } = self;
        write!(
            f,
            "terms: {terms_added} added, {terms_changed} changed, {terms_removed} removed; \
             relations: {relations_added} added, {relations_changed} changed, {relations_removed} removed"
        )
    }
}

impl Assembled {
    /// Counts the changes of another step, too.
    pub(super) fn add(&mut self, other: Assembled) {
        self.terms_added += other.terms_added;
        self.terms_changed += other.terms_changed;
        self.terms_removed += other.terms_removed;
        self.relations_added += other.relations_added;
        self.relations_changed += other.relations_changed;
        self.relations_removed += other.relations_removed;
        self.conflicts.extend(other.conflicts);
        self.idle.extend(other.idle);
    }
}

/// Puts what the glossary says into the graph; the caller commits. After an error, a limit, it has made a part of the
/// changes.
pub fn assemble(
    graph: &mut Graph,
    glossary: &Glossary,
    extraction: &Extraction,
    terms: &Terms,
    choice: &Choice,
    budget: &Budget,
) -> Result<Assembled, Diagnostic> {
    let mut types = relation_types();
    types.extend(choice.types.iter().cloned());
    let nodes = Nodes::of(graph);
    let terms = &*decided_terms(graph, terms, extraction, &|name| nodes.named(name).is_some());
    let renamed = Renamed::of(graph);
    let (found, done) = (BTreeSet::new(), Assembled::default());
    let mut assembler = Assembler { graph, glossary, types, nodes, renamed, found, done, budget };
    let nodes = assembler.terms(terms)?;
    let of_entry: Vec<Option<NodeId>> = terms.of_entry.iter().map(|term| term.map(|term| nodes[term])).collect();
    assembler.relations(extraction, &of_entry, choice.min_confidence)?;
    assembler.forget_terms(&nodes);
    Ok(assembler.done)
}

struct Assembler<'a> {
    graph: &'a mut Graph,
    glossary: &'a Glossary,
    types: Vec<RelationSemantics>,
    nodes: Nodes,
    renamed: Renamed,
    /// Relationships that the glossary states now.
    found: BTreeSet<RelationshipId>,
    done: Assembled,
    budget: &'a Budget,
}

/// Sets a property; whether that changed anything.
pub(super) fn set(graph: &mut Graph, entity: impl Into<Entity> + Copy, key: &str, value: Value) -> bool {
    if graph.property_by_name(entity, key) == value {
        return false;
    }
    let key = graph.intern_key(key);
    graph.set_property(entity, key, value);
    true
}

/// A property's text; empty if it has none.
pub(super) fn text(graph: &Graph, entity: impl Into<Entity> + Copy, key: &str) -> String {
    graph.property_by_name(entity, key).as_str().unwrap_or("").to_string()
}

impl Assembler<'_> {
    fn set(&mut self, entity: impl Into<Entity> + Copy, key: &str, value: Value) -> bool {
        set(self.graph, entity, key, value)
    }

    fn text(&self, entity: impl Into<Entity> + Copy, key: &str) -> String {
        text(self.graph, entity, key)
    }

    /// A node for each term. One that is called exactly so comes before one that is called alike, and no node is two
    /// terms.
    fn terms(&mut self, terms: &Terms) -> Result<Vec<NodeId>, Diagnostic> {
        let mut known: Vec<Option<NodeId>> = vec![None; terms.all.len()];
        let mut taken = BTreeSet::new();
        for exactly in [true, false] {
            for (at, term) in terms.all.iter().enumerate().filter(|(at, _)| known[*at].is_none()).collect::<Vec<_>>() {
                self.budget.tick()?;
                let node = if exactly { self.exact_node(term) } else { self.nodes.alike(&term.name) };
                let node = node.filter(|node| self.may_be(*node, &term.name) && !taken.contains(node));
                taken.extend(node);
                known[at] = node;
            }
        }
        let known = std::iter::zip(&terms.all, known);
        known
            .map(|(term, known)| {
                self.budget.tick()?;
                Ok(self.term(term, known))
            })
            .collect()
    }

    fn exact_node(&self, term: &Term) -> Option<NodeId> {
        let identifier = self.glossary.entries[term.entries[0]].identifier.as_deref();
        let identified = identifier.and_then(|identifier| self.nodes.identified(identifier));
        let ours = identified.filter(|node| self.text(*node, "source") == self.glossary.source);
        ours.or_else(|| self.nodes.named(&term.name))
    }

    /// Whether a term of this name is the node: by the node's own name, or by another name that people gave it. What
    /// a glossary lists as another name can still be a term of its own.
    fn may_be(&self, node: NodeId, name: &str) -> bool {
        let extracted = !self.graph.property_by_name(node, "line").is_null();
        crate::graph::fold(&self.text(node, "name")) == crate::graph::fold(name)
            || (!extracted && !is_concept(self.graph, node))
    }

    fn term(&mut self, term: &Term, known: Option<NodeId>) -> NodeId {
        let entry = &self.glossary.entries[term.entries[0]];
        let node = known.unwrap_or_else(|| self.create(&term.name, TERM));
        let curated =
            known.is_some() && self.graph.property_by_name(node, "line").is_null() && !is_concept(self.graph, node);
        let mut changed = match curated {
            true => self.keep_definition(node, entry, &term.name),
            false => self.define(node, term, entry),
        };
        changed |= self.add_aliases(node, &term.aliases);
        changed |= self.add_labels(node, &entry.kinds);
        let (name, aliases) = (self.text(node, "name"), aliases(self.graph, node));
        self.nodes.define(node, &name, &aliases);
        self.done.terms_changed += usize::from(changed && known.is_some());
        node
    }

    /// What people have written stays; what they have not is filled in.
    fn keep_definition(&mut self, node: NodeId, entry: &Entry, name: &str) -> bool {
        let definition = entry.definition();
        match self.graph.property_by_name(node, "definition").as_str() {
            Some(old) if old != definition && !definition.is_empty() => {
                let conflict = format!("the definition of '{name}' differs from the one in the graph");
                self.done.conflicts.push(conflict);
                false
            }
            Some(_) => false,
            None => !definition.is_empty() && self.set(node, "definition", Value::from(&*definition)),
        }
    }

    fn define(&mut self, node: NodeId, term: &Term, entry: &Entry) -> bool {
        let text = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
        let mut changed = self.set(node, "definition", text(&entry.definition()));
        changed |= self.set(node, "other_definitions", self.other_definitions(&term.entries[1..]));
        changed |= self.merged(node, term);
        changed |= self.set(node, "source", Value::from(&*self.glossary.source));
        changed |= self.set(node, "file", Value::from(&*entry.place.file));
        changed |= self.set(node, "line", Value::Integer(entry.place.line as i64));
        changed |= self.set(node, "identifier", text(entry.identifier.as_deref().unwrap_or("")));
        changed |= self.set(node, "link", text(entry.link.as_deref().unwrap_or("")));
        changed | self.promote(node)
    }

    /// What the entries say that are but other names of the term, each with its place.
    fn other_definitions(&self, entries: &[usize]) -> Value {
        let entries = entries.iter().map(|entry| &self.glossary.entries[*entry]).filter(|e| !e.paragraphs.is_empty());
        let said = entries.map(|entry| {
            let name = entry.headwords.first().map_or("", |name| name.text.as_str());
            let Place { file, line } = &entry.place;
            Value::from(&*other_definition(name, &entry.definition(), file, *line as i64))
        });
        let said: Vec<Value> = said.collect();
        if said.is_empty() { Value::Null } else { Value::list(said) }
    }

    /// Says of each entry of another name why it is the same term. What people decided is in the decisions.
    fn merged(&mut self, node: NodeId, term: &Term) -> bool {
        let mut sentences = nodes::texts(self.graph, node, MERGED);
        sentences.retain(|sentence| !is_called_so(sentence));
        for entry in term.entries[1..].iter().map(|entry| &self.glossary.entries[*entry]) {
            let name = entry.headwords.first().map_or("", |name| name.text.as_str());
            if term.aliases.iter().any(|alias| alias == name) && self.renamed.name(name) == name {
                let place = format!("{}:{}", entry.place.file, entry.place.line);
                sentences.push(called_so(name, &place, &term.name));
            }
        }
        let sentences: Vec<Value> = sentences.iter().map(|sentence| Value::from(sentence.as_str())).collect();
        self.set(node, MERGED, if sentences.is_empty() { Value::Null } else { Value::list(sentences) })
    }

    /// What was only spoken of is now defined.
    fn promote(&mut self, node: NodeId) -> bool {
        let Some(concept) = self.graph.label(CONCEPT).filter(|_| is_concept(self.graph, node)) else { return false };
        self.graph.remove_label(node, concept);
        let term = self.graph.intern_label(TERM);
        self.graph.add_label(node, term);
        true
    }

    fn add_aliases(&mut self, node: NodeId, others: &[String]) -> bool {
        let mut all = aliases(self.graph, node);
        let (name, before) = (self.text(node, "name"), all.len());
        let mut known: BTreeSet<String> = all.iter().cloned().chain([name]).collect();
        all.extend(others.iter().filter(|alias| known.insert((*alias).clone())).cloned());
        all.len() > before && self.set(node, "aliases", Value::list(all.into_iter().map(|alias| Value::from(&*alias))))
    }

    /// The kinds that the format states; SKOS's own `Concept` says no more than that it is a term.
    fn add_labels(&mut self, node: NodeId, kinds: &[String]) -> bool {
        let mut changed = false;
        for kind in kinds.iter().filter(|kind| *kind != CONCEPT) {
            let label = self.graph.intern_label(kind);
            if !self.graph.has_label(node, label) {
                self.graph.add_label(node, label);
                changed = true;
            }
        }
        changed
    }

    fn create(&mut self, name: &str, label: &str) -> NodeId {
        let node = self.graph.create_node();
        let label = self.graph.intern_label(label);
        self.graph.add_label(node, label);
        self.set(node, "name", Value::from(name));
        self.done.terms_added += 1;
        node
    }

    /// The node of what a relation points at and no entry defines; none if it has two meanings.
    fn concept(&mut self, name: &str) -> Option<NodeId> {
        let given = self.renamed.spoken(name).to_string();
        let node = match self.nodes.meant(&given) {
            Meant::Node(node) => node,
            Meant::Several => return None,
            Meant::Nothing => {
                let node = self.create(&given, CONCEPT);
                self.nodes.add_concept(node, &given);
                node
            }
        };
        if given != name {
            self.add_aliases(node, &[name.to_string()]);
        }
        Some(node)
    }

    /// Terms that this source defined before and does not define now: they stay as far as something speaks of them.
    fn forget_terms(&mut self, terms: &[NodeId]) {
        let now: BTreeSet<NodeId> = terms.iter().copied().collect();
        let source = Value::from(&*self.glossary.source);
        let is_old = |node: &NodeId| {
            !now.contains(node)
                && !self.graph.property_by_name(*node, "line").is_null()
                && self.graph.property_by_name(*node, "source") == source
        };
        let old: Vec<NodeId> = self.graph.nodes().filter(is_old).collect();
        for node in old {
            if self.graph.degree(node, Direction::Both) == 0 {
                self.graph.delete_node(node);
                self.done.terms_removed += 1;
                continue;
            }
            for key in ["definition", "other_definitions", "source", "file", "line", "identifier", "link"] {
                self.set(node, key, Value::Null);
            }
            if let Some(term) = self.graph.label(TERM) {
                self.graph.remove_label(node, term);
            }
            let concept = self.graph.intern_label(CONCEPT);
            self.graph.add_label(node, concept);
            self.done.terms_changed += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::extract::Extractor;
    use super::*;
    use crate::glossary::{Name, Paragraph, Place};
    use crate::limits::Limits;

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
        let budget = Budget::start(&Limits::default());
        let extraction = Extractor::new(Vec::new()).expect("the rules compile").extract(glossary, 1, &budget);
        let extraction = extraction.expect("it is short");
        let terms = Terms::new(glossary, &extraction);
        assemble(graph, glossary, &extraction, &terms, &Choice::default(), &budget).expect("it is short")
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
