//! The relations of a glossary → relationships: of one type and one direction, each once, with the surest evidence.

use std::collections::HashMap;

use super::super::extract::{Extracted, Extraction};
use super::nodes::is_concept;
use super::{Assembler, type_name};
use crate::diagnostic::Diagnostic;
use crate::glossary::Entry;
use crate::graph::{Direction, Graph, MENTIONS, NodeId, RelationshipId, TypeId, Value};

type Outcome<T> = Result<T, Diagnostic>;

/// How sure it is that a mention means a relation: by its name alone, and where the markup points at it.
const MENTION_CONFIDENCE: f64 = 0.3;
const MARKED_CONFIDENCE: f64 = 0.5;

/// A relationship that is to be in the graph.
pub(super) struct Wanted {
    start: NodeId,
    name: String,
    end: NodeId,
    evidence: String,
    file: String,
    line: usize,
    rule: String,
    confidence: f64,
}

/// Each once, in the order first stated.
#[derive(Default)]
pub(super) struct WantedRelations {
    all: Vec<Wanted>,
    places: HashMap<(NodeId, String, NodeId), usize>,
}

impl WantedRelations {
    /// Of what is stated twice the surer stands, else the first.
    fn add(&mut self, wanted: Wanted) {
        let place = *self.places.entry((wanted.start, wanted.name.clone(), wanted.end)).or_insert(self.all.len());
        match self.all.get_mut(place) {
            Some(known) if known.confidence < wanted.confidence => *known = wanted,
            Some(_) => {}
            None => self.all.push(wanted),
        }
    }

    fn has(&self, start: NodeId, name: &str, end: NodeId) -> bool {
        self.places.contains_key(&(start, name.to_string(), end))
    }
}

impl Assembler<'_> {
    /// First what is stated: a mention says nothing more of two terms that are related.
    pub(super) fn relations(&mut self, extraction: &Extraction, nodes: &[Option<NodeId>], least: f64) -> Outcome<()> {
        let stated = self.stated(extraction, nodes, least)?;
        stated.all.iter().try_for_each(|wanted| self.relate(wanted))?;
        self.forget(false)?;
        let mentions = self.mentions(extraction, nodes, least)?;
        mentions.all.iter().try_for_each(|wanted| self.relate(wanted))?;
        self.forget(true)
    }

    fn stated(&mut self, extraction: &Extraction, nodes: &[Option<NodeId>], least: f64) -> Outcome<WantedRelations> {
        let mut wanted = WantedRelations::default();
        let glossary = self.glossary;
        for (at, found) in extraction.entries.iter().enumerate() {
            let Some(node) = nodes[at] else { continue };
            for relation in found.relations.iter().filter(|relation| relation.confidence >= least) {
                self.budget.tick()?;
                let end = relation.target_entry.and_then(|entry| nodes[entry]);
                let Some(end) = end.or_else(|| self.concept(&relation.target)) else { continue };
                let (name, start, end) = self.canonical(&relation.relation, node, end, &wanted);
                if start == end {
                    continue;
                }
                let file = relation.file.as_deref().unwrap_or(&glossary.entries[at].place.file).to_string();
                let (evidence, rule) = (relation.evidence.to_string(), relation.rule.to_string());
                let (line, confidence) = (relation.line, relation.confidence);
                wanted.add(Wanted { start, name, end, evidence, file, line, rule, confidence });
            }
        }
        Ok(wanted)
    }

    /// The type and the ends that a relation is kept with: `used_by` is `USES` turned round, and what holds both ways
    /// is kept as it was stated first.
    fn canonical(
        &self,
        relation: &str,
        start: NodeId,
        end: NodeId,
        wanted: &WantedRelations,
    ) -> (String, NodeId, NodeId) {
        let name = type_name(relation);
        let is_symmetric = self.types.iter().any(|row| row.name == name && row.symmetric);
        if is_symmetric {
            return if wanted.has(end, &name, start) { (name, end, start) } else { (name, start, end) };
        }
        match self.types.iter().find(|row| row.inverse == name) {
            Some(row) => (row.name.clone(), end, start),
            None => (name, start, end),
        }
    }

    fn mentions(&self, extraction: &Extraction, nodes: &[Option<NodeId>], least: f64) -> Outcome<WantedRelations> {
        let mut wanted = WantedRelations::default();
        let entries = std::iter::zip(&self.glossary.entries, &extraction.entries).enumerate();
        for (at, (entry, found)) in entries {
            self.budget.tick()?;
            if let Some(node) = nodes[at] {
                self.mentions_of(node, entry, found, nodes, least, &mut wanted);
            }
        }
        Ok(wanted)
    }

    fn mentions_of(
        &self,
        node: NodeId,
        entry: &Entry,
        found: &Extracted,
        nodes: &[Option<NodeId>],
        least: f64,
        wanted: &mut WantedRelations,
    ) {
        for mention in &found.mentions {
            let (rule, confidence) =
                if mention.marked { ("reference", MARKED_CONFIDENCE) } else { ("mention", MENTION_CONFIDENCE) };
            let end = nodes[mention.entry].filter(|end| *end != node && confidence >= least);
            let Some(end) = end.filter(|end| !self.is_related(node, *end)) else { continue };
            wanted.add(Wanted {
                start: node,
                name: MENTIONS.into(),
                end,
                evidence: mention.evidence.to_string(),
                file: entry.place.file.to_string(),
                line: mention.line,
                rule: rule.into(),
                confidence,
            });
        }
    }

    /// Whether more is known of the two than that one speaks of the other.
    fn is_related(&self, a: NodeId, b: NodeId) -> bool {
        let (a, b) = match self.graph.degree(a, Direction::Both) <= self.graph.degree(b, Direction::Both) {
            true => (a, b),
            false => (b, a),
        };
        self.graph.adjacent(a, Direction::Both, None).any(|adjacent| {
            adjacent.neighbour == b && &**self.graph.relationship_type(adjacent.relationship) != MENTIONS
        })
    }

    /// Creates the relationship, or brings the one that is there up to date; a curated one stays.
    fn relate(&mut self, wanted: &Wanted) -> Outcome<()> {
        self.budget.tick()?;
        let Wanted { start, name, end, .. } = wanted;
        let relationship_type = self.graph.intern_type(name);
        let there = between(self.graph, *start, relationship_type, *end);
        if there.iter().any(|id| self.graph.property_by_name(*id, "rule").is_null()) {
            return Ok(());
        }
        let ours = there.into_iter().find(|id| self.is_ours(*id));
        if ours.is_none() && self.is_contradicted(*start, relationship_type, *end) {
            let (start, end) = (self.text(*start, "name"), self.text(*end, "name"));
            let conflict = format!("'{start}' {name} '{end}': the graph says it the other way round");
            self.done.conflicts.push(conflict);
            return Ok(());
        }
        if let Some(row) = self.types.iter().find(|row| row.name == *name)
            && self.graph.semantics().get(name).is_none()
        {
            self.graph.declare(row.clone());
        }
        let id = ours.unwrap_or_else(|| self.graph.create_relationship(*start, relationship_type, *end));
        self.found.insert(id);
        let mut changed = self.set(id, "evidence", Value::from(&*wanted.evidence));
        changed |= self.set(id, "source", Value::from(&*self.glossary.source));
        changed |= self.set(id, "file", Value::from(&*wanted.file));
        changed |= self.set(id, "line", Value::Integer(wanted.line as i64));
        changed |= self.set(id, "rule", Value::from(&*wanted.rule));
        changed |= self.set(id, "confidence", Value::Float(wanted.confidence));
        match ours {
            None => {
                self.budget.charge(size_of::<Wanted>() + wanted.evidence.len())?;
                self.done.relations_added += 1;
            }
            Some(_) => self.done.relations_changed += usize::from(changed),
        }
        Ok(())
    }

    /// Whether this source stated the relationship.
    fn is_ours(&self, id: RelationshipId) -> bool {
        self.text(id, "source") == self.glossary.source
    }

    /// Whether people say the same of the two the other way round, of a type where only one can be true.
    fn is_contradicted(&self, start: NodeId, relationship_type: TypeId, end: NodeId) -> bool {
        let name = self.graph.type_name(relationship_type);
        let directed = self.graph.semantics().get(name).is_some_and(|row| row.transitive && !row.symmetric);
        let turned = || between(self.graph, end, relationship_type, start);
        directed && turned().iter().any(|id| self.graph.property_by_name(*id, "rule").is_null())
    }

    /// Relations that this source stated before and does not state now, and what was only spoken of in these.
    fn forget(&mut self, mentions: bool) -> Outcome<()> {
        let is_old = |id: &RelationshipId| {
            (&**self.graph.relationship_type(*id) == MENTIONS) == mentions
                && !self.found.contains(id)
                && !self.graph.property_by_name(*id, "rule").is_null()
                && self.is_ours(*id)
        };
        let old: Vec<RelationshipId> = self.graph.relationships().filter(is_old).collect();
        for id in old {
            self.budget.tick()?;
            self.done.relations_removed += 1;
            self.done.terms_removed += take_out(self.graph, id);
        }
        Ok(())
    }
}

/// Deletes a relationship, and the concepts of which then nothing but the name is known; how many these are.
pub(in crate::ingest) fn take_out(graph: &mut Graph, id: RelationshipId) -> usize {
    let shape = graph.relationship(id);
    graph.delete_relationship(id);
    let mut taken = 0;
    for node in [shape.start, shape.end] {
        let is_left_over = !graph.is_deleted(node.into())
            && is_concept(graph, node)
            && graph.degree(node, Direction::Both) == 0
            && graph.properties(node).len() == 1;
        if is_left_over {
            graph.delete_node(node);
            taken += 1;
        }
    }
    taken
}

/// The relationships of a type that lead from the one node to the other.
pub(in crate::ingest) fn between(
    graph: &Graph,
    start: NodeId,
    relationship_type: TypeId,
    end: NodeId,
) -> Vec<RelationshipId> {
    let types = [relationship_type];
    let adjacent = graph.adjacent(start, Direction::Outgoing, Some(&types));
    adjacent.filter(|adjacent| adjacent.neighbour == end).map(|adjacent| adjacent.relationship).collect()
}
