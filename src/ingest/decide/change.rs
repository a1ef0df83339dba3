//! What a decision does to a graph.

use std::sync::Arc;

use crate::graph::{
    Direction, Entity, EntitySource, Graph, NodeId, RelationSemantics, RelationshipId, Titles, Value, in_quotes,
};
use crate::ingest::assemble::{self, CONCEPT, TERM, aliases, is_concept, relation_types, set, text, texts};

/// The property that tells how a relation was found; one without it is people's own and stays.
pub(super) const RULE: &str = "rule";

/// What other names of a term say, with their places.
const OTHER_DEFINITIONS: &str = "other_definitions";
/// What was merged into a node and why: a sentence each.
pub(in crate::ingest) const MERGED: &str = "merged";

/// The relationships of a type between two nodes, also turned round if the type holds both ways.
pub fn between(graph: &Graph, start: NodeId, relation_type: &str, end: NodeId) -> Vec<RelationshipId> {
    let Some(id) = graph.type_id(relation_type) else { return Vec::new() };
    let mut found = assemble::between(graph, start, id, end);
    if start != end && graph.semantics().get(relation_type).is_some_and(|row| row.symmetric) {
        found.extend(assemble::between(graph, end, id, start));
    }
    found
}

/// Deletes relationships, and what was only spoken of in them; how many nodes that were.
pub fn reject(graph: &mut Graph, relationships: &[RelationshipId]) -> usize {
    relationships.iter().map(|id| assemble::take_out(graph, *id)).sum()
}

/// What [`accept`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    Created,
    Confirmed,
    /// It is people's own already.
    Known,
}

/// The type that a relation is kept with, and whether it is turned round: `USED_BY` is kept as `USES`.
pub fn canonical_type(graph: &Graph, name: &str) -> (String, bool) {
    let is_inverse = |row: &&RelationSemantics| row.inverse == name && row.name != name && !row.symmetric;
    let declared = graph.semantics().get(name).is_some();
    let built_in = relation_types();
    let row = graph.semantics().iter().find(is_inverse).or_else(|| built_in.iter().find(is_inverse));
    row.filter(|_| !declared).map_or_else(|| (name.to_string(), false), |row| (row.name.clone(), true))
}

/// Makes the relation people's own: no source takes it away.
pub fn accept(graph: &mut Graph, start: NodeId, relation_type: &str, end: NodeId) -> Accepted {
    let there = between(graph, start, relation_type, end);
    let is_own = |id: &RelationshipId| graph.property_by_name(*id, RULE).is_null();
    match there.first() {
        Some(_) if there.iter().any(is_own) => Accepted::Known,
        Some(id) => {
            set(graph, *id, RULE, Value::Null);
            set(graph, *id, "confidence", Value::Float(1.0));
            Accepted::Confirmed
        }
        None => {
            let known = graph.semantics().get(relation_type).is_some();
            let row = relation_types().into_iter().find(|row| row.name == relation_type && !known);
            row.into_iter().for_each(|row| graph.declare(row));
            let relation_type = graph.intern_type(relation_type);
            graph.create_relationship(start, relation_type, end);
            Accepted::Created
        }
    }
}

/// Gives the node another name; the old one becomes one of its other names.
pub fn rename(graph: &mut Graph, node: NodeId, to: &str) {
    let title = Titles::of(graph).get(node);
    let key = title.as_ref().map_or_else(|| "name".to_string(), |title| graph.key_name(title.key).to_string());
    set(graph, node, &key, Value::from(to));
    let old = title.into_iter().map(|title| title.text.to_string());
    let names: Vec<String> = aliases(graph, node).into_iter().filter(|name| name != to).chain(old).collect();
    set_names(graph, node, &names, to);
}

/// Sets the other names of a node, each once, without its own.
fn set_names(graph: &mut Graph, node: NodeId, names: &[String], own: &str) {
    let mut kept: Vec<String> = Vec::new();
    for name in names.iter().filter(|name| *name != own) {
        if !kept.contains(name) {
            kept.push(name.clone());
        }
    }
    set_texts(graph, node, "aliases", &kept);
}

fn properties(graph: &Graph, entity: impl Into<Entity>) -> Vec<(Arc<str>, Value)> {
    graph.properties(entity).into_iter().map(|(key, value)| (key.clone(), value)).collect()
}

fn set_texts(graph: &mut Graph, node: NodeId, key: &str, texts: &[String]) {
    let value = if texts.is_empty() { Value::Null } else { Value::list(texts.iter().map(|text| Value::from(&**text))) };
    set(graph, node, key, value);
}

/// How a definition of another name is kept: `name: what it says [file:line]`.
pub(in crate::ingest) fn other_definition(name: &str, definition: &str, file: &str, line: i64) -> String {
    format!("{name}: {definition} [{file}:{line}]")
}

/// Makes the first node the second: its names, labels, relationships and what the other does not have become the
/// other's.
pub fn merge(graph: &mut Graph, node: NodeId, into: NodeId) {
    let [name, kept] = [node, into].map(|node| graph.title(node).map_or_else(String::new, |title| title.to_string()));
    let mut names = aliases(graph, into);
    names.push(name.clone());
    names.extend(aliases(graph, node));
    set_names(graph, into, &names, &kept);
    let mut said = texts(graph, into, OTHER_DEFINITIONS);
    let definition = text(graph, node, "definition");
    if !definition.is_empty() && text(graph, into, "definition").is_empty() {
        for key in ["definition", "source", "file", "line", "link"] {
            let value = graph.property_by_name(node, key);
            set(graph, into, key, value);
        }
    } else if !definition.is_empty() {
        let line = graph.property_by_name(node, "line").as_integer().unwrap_or(0);
        said.push(other_definition(&name, &definition, &text(graph, node, "file"), line));
    }
    said.extend(texts(graph, node, OTHER_DEFINITIONS));
    set_texts(graph, into, OTHER_DEFINITIONS, &said);
    for (key, value) in properties(graph, node) {
        if graph.property_by_name(into, &key).is_null() {
            set(graph, into, &key, value);
        }
    }
    // What is defined is no mere concept, and stays none.
    let is_defined = !is_concept(graph, into) || !is_concept(graph, node);
    for label in graph.node_labels(node).to_vec() {
        graph.add_label(into, label);
    }
    if let Some(concept) = graph.label(CONCEPT).filter(|_| is_defined) {
        graph.remove_label(into, concept);
    }
    let adjacent: Vec<RelationshipId> =
        graph.adjacent(node, Direction::Both, None).map(|adjacent| adjacent.relationship).collect();
    for id in adjacent {
        if !graph.is_deleted(Entity::Relationship(id)) {
            bend(graph, id, node, into);
        }
    }
    graph.delete_node(node);
}

/// Leads a relationship to or from another node, unless it would lead from a node to itself or is there already.
fn bend(graph: &mut Graph, id: RelationshipId, node: NodeId, into: NodeId) {
    let shape = graph.relationship(id);
    let at = |end: NodeId| if end == node { into } else { end };
    let (start, end) = (at(shape.start), at(shape.end));
    if start != end && assemble::between(graph, start, shape.relationship_type, end).is_empty() {
        let new = graph.create_relationship(start, shape.relationship_type, end);
        for (key, value) in properties(graph, id) {
            set(graph, new, &key, value);
        }
    }
    graph.delete_relationship(id);
}

/// Makes another name of a node a node of its own, with what an entry of that name says.
pub fn split(graph: &mut Graph, name: &str, from: NodeId) -> NodeId {
    let of_name = take_name(graph, name, from);
    let node = graph.create_node();
    let is_defined = !of_name.is_empty();
    let label = graph.intern_label(if is_defined { TERM } else { CONCEPT });
    graph.add_label(node, label);
    set(graph, node, "name", Value::from(name));
    let (source, file) = (graph.property_by_name(from, "source"), graph.property_by_name(from, "file"));
    set(graph, node, "source", source);
    set(graph, node, "file", file);
    if let Some((definition, file, line)) = of_name.first().and_then(|said| parts(&said[name.len() + 2..])) {
        set(graph, node, "definition", Value::from(definition));
        set(graph, node, "file", Value::from(file));
        set(graph, node, "line", Value::Integer(line));
    }
    node
}

/// Takes another name away from a node: it belongs to another one now.
pub fn drop_name(graph: &mut Graph, name: &str, node: NodeId) {
    let own = graph.title(node).map_or_else(String::new, |title| title.to_string());
    let names: Vec<String> = aliases(graph, node).into_iter().filter(|alias| alias != name).collect();
    set_names(graph, node, &names, &own);
}

/// Takes another name away from a node; what an entry of that name says.
pub(super) fn take_name(graph: &mut Graph, name: &str, from: NodeId) -> Vec<String> {
    drop_name(graph, name, from);
    let (of_name, rest): (Vec<String>, Vec<String>) =
        texts(graph, from, OTHER_DEFINITIONS).into_iter().partition(|said| said.starts_with(&format!("{name}: ")));
    set_texts(graph, from, OTHER_DEFINITIONS, &rest);
    let mut merged = texts(graph, from, MERGED);
    if !merged.is_empty() {
        merged.retain(|sentence| !sentence.starts_with(&called(name)));
        set_texts(graph, from, MERGED, &merged);
    }
    of_name
}

/// Why a term goes by the name of another entry, in `merged`, and how that is undone.
pub(in crate::ingest) fn called_so(name: &str, place: &str, term: &str) -> String {
    let (quoted, from) = (in_quotes(name), in_quotes(term));
    format!("{}its entry at {place} is about the same; SPLIT TERM {quoted} FROM {from} parts them", called(name))
}

/// How that begins.
fn called(name: &str) -> String {
    format!("called {name} too: ")
}

/// Whether a sentence of `merged` is one of [`called_so`].
pub(in crate::ingest) fn is_called_so(sentence: &str) -> bool {
    sentence.starts_with("called ") && sentence.contains(" too: its entry at ")
}

/// `what it says [file:line]`
fn parts(said: &str) -> Option<(&str, &str, i64)> {
    let (definition, place) = said.strip_suffix(']')?.rsplit_once(" [")?;
    let (file, line) = place.rsplit_once(':')?;
    Some((definition, file, line.parse().ok()?))
}
