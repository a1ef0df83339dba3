//! `kenning check g.kenning`: every checksum and every invariant of a database file.
//!
//! Reading a file already checks all that a look-up relies on: checksums, lengths, ids, the order of lists, the log's
//! sequence. What is checked here beyond that are redundant parts that must agree, such as the two directions of
//! relationships, or an index and its properties: a defect of kenning would show there.

use std::collections::HashSet;
use std::path::Path;

use super::base::merged;
use super::disk::{Access, Disk, RealDisk};
use super::io_error;
use super::reader::{Recovery, load};
use crate::diagnostic::Diagnostic;
use crate::graph::store::base::Base;
use crate::graph::{Column, Data, Direction, Entity, Graph, NodeId, RuleKind, Value};
use crate::limits::Watch;

/// How many problems are reported.
const MOST: usize = 100;

/// What was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    pub recovery: Recovery,
    /// What does not hold, a sentence each; the first hundred.
    pub problems: Vec<String>,
}

/// Checks a database file. An error: it cannot be read at all.
pub fn check(path: &Path) -> Result<Checked, Diagnostic> {
    let name = path.display().to_string();
    let file = RealDisk.open(path, Access::Read).map_err(|error| io_error(&name, &error))?;
    let (graph, state) = load(&*file, &name, &Watch::default())?;
    Ok(Checked { recovery: state.recovery(), problems: check_graph(&graph) })
}

/// The problems of a graph.
pub(super) fn check_graph(graph: &Graph) -> Vec<String> {
    let mut problems = Problems(Vec::new());
    check_counts(graph, &mut problems);
    check_directions(graph, &mut problems);
    let merged = merged(graph);
    if let Some(base) = merged.clean_base() {
        check_adjacency(base, &merged, &mut problems);
        check_columns(base, &merged, &mut problems);
        check_label_sets(base, &mut problems);
    }
    check_rules(&merged, &mut problems);
    problems.0
}

struct Problems(Vec<String>);

impl Problems {
    fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds && self.0.len() < MOST {
            self.0.push(what());
        }
    }
}

fn check_counts(graph: &Graph, problems: &mut Problems) {
    let nodes = graph.nodes().count();
    problems.check(nodes == graph.node_count(), || format!("there are {nodes} nodes, not {}", graph.node_count()));
    let relationships = graph.relationships().count();
    let counted = graph.relationship_count();
    problems.check(relationships == counted, || format!("there are {relationships} relationships, not {counted}"));
    for label in graph.labels() {
        let bearers = graph.nodes().filter(|node| graph.node_labels(*node).contains(&label)).count();
        let (listed, counted) = (graph.nodes_with_label(label).count(), graph.label_count(label));
        problems.check(bearers == listed && listed == counted, || {
            let name = graph.label_name(label);
            format!("{bearers} nodes have the label {name}, {listed} are listed, {counted} were counted")
        });
    }
    let mut types = vec![0; graph.types().count()];
    for relationship in graph.relationships() {
        types[graph.relationship(relationship).relationship_type.index()] += 1;
    }
    for t in graph.types() {
        let (found, counted) = (types[t.index()], graph.type_count(t));
        problems.check(found == counted, || {
            format!("{found} relationships have the type {}, {counted} were counted", graph.type_name(t))
        });
    }
}

/// Each relationship is in the list of its start and in that of its end, and nothing else is.
fn check_directions(graph: &Graph, problems: &mut Problems) {
    let mut listed = [(0_usize, 0_u64); 2];
    for node in (0..graph.node_bound()).map(NodeId::new) {
        for (number, direction) in [Direction::Outgoing, Direction::Incoming].into_iter().enumerate() {
            for adjacent in graph.adjacent(node, direction, None) {
                let shape = graph.relationship(adjacent.relationship);
                let (own, other) = if number == 0 { (shape.start, shape.end) } else { (shape.end, shape.start) };
                let agrees = own == node
                    && other == adjacent.neighbour
                    && shape.relationship_type == adjacent.relationship_type
                    && !graph.is_deleted(Entity::Relationship(adjacent.relationship));
                problems.check(agrees, || {
                    let (id, node) = (adjacent.relationship.index(), node.index());
                    format!("relationship {id} is in a list of node {node}, but it joins others or is deleted")
                });
                listed[number].0 += 1;
                // A sum of hashes: the same set of relationships gives the same sum in any order.
                listed[number].1 = listed[number].1.wrapping_add(mix(adjacent.relationship.index() as u64));
            }
        }
    }
    problems.check(listed[0] == listed[1], || "the lists of the two directions hold different relationships".into());
    let count = graph.relationship_count();
    problems.check(listed[0].0 == count, || format!("{} relationships are in lists, not {count}", listed[0].0));
}

fn mix(number: u64) -> u64 {
    let number = (number ^ number >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number ^ number >> 29
}

/// Ranks lead from each entry of an end's list to another entry of the start's list.
fn check_adjacency(base: &Base, graph: &Graph, problems: &mut Problems) {
    for (t, lists) in base.adjacency.types.iter().enumerate() {
        let mut reached = vec![false; lists.outgoing.neighbours.len()];
        for end in 0..base.node_bound {
            for place in lists.incoming.range(end) {
                let start = lists.incoming.neighbours[place] as usize;
                let at = lists.outgoing.range(start).start + lists.incoming_ranks.get(place);
                let fits = lists.outgoing.neighbours.get(at) == Some(&(end as u32))
                    && !std::mem::replace(&mut reached[at], true);
                problems
                    .check(fits, || format!("relationship type {t}: an incoming entry of node {end} has a wrong rank"));
            }
        }
    }
    for node in (0..base.node_bound).map(NodeId::new).filter(|node| graph.is_deleted(Entity::Node(*node))) {
        let free = graph.degree(node, Direction::Both) == 0;
        problems.check(free, || format!("the deleted node {} has relationships", node.index()));
    }
}

fn check_columns(base: &Base, graph: &Graph, problems: &mut Problems) {
    for (columns, nodes) in [(&base.node_columns, true), (&base.relationship_columns, false)] {
        for (key, column) in columns.iter().enumerate() {
            let Some(column) = column else { continue };
            check_dictionary(column, key, problems);
            for index in (0..column.bound()).filter(|index| column.slot(*index).is_some()) {
                let entity = if nodes {
                    NodeId::new(index).into()
                } else {
                    Entity::Relationship(crate::graph::RelationshipId::new(index))
                };
                problems.check(!graph.is_deleted(entity), || format!("the deleted {entity:?} has a property"));
            }
        }
    }
}

/// Equal strings have equal codes: grouping and joining compare codes.
fn check_dictionary(column: &Column, key: usize, problems: &mut Problems) {
    let Data::Text { dictionary, .. } = column.data() else { return };
    let distinct: HashSet<&str> = (0..dictionary.len() as u32).map(|code| dictionary.get(code)).collect();
    problems.check(distinct.len() == dictionary.len(), || format!("property key {key}: a string is stored twice"));
}

fn check_label_sets(base: &Base, problems: &mut Problems) {
    let sets: HashSet<&Vec<_>> = base.label_sets.sets.iter().collect();
    problems.check(sets.len() == base.label_sets.sets.len(), || "a set of labels is stored twice".into());
}

/// Indexes are what sorting gives anew, and the graph keeps its constraints.
fn check_rules(graph: &Graph, problems: &mut Problems) {
    let mut anew = graph.clone();
    anew.restore_rules(graph.rules().map(|rule| (rule.clone(), None)).collect());
    for ((rule, kept), (_, sorted)) in graph.sorted_rules().zip(anew.sorted_rules()) {
        let name = &rule.name;
        problems.check(kept == sorted, || format!("the index {name} does not fit the properties"));
        let values = |node: NodeId| -> Vec<Value> { rule.keys.iter().map(|key| graph.property(node, *key)).collect() };
        let broken = match rule.kind {
            RuleKind::Index => false,
            RuleKind::Unique => sorted.windows(2).any(|pair| {
                let [a, b] = [pair[0], pair[1]].map(|node| values(NodeId::new(node as usize)));
                a == b
            }),
            RuleKind::NotNull => graph.nodes_with_label(rule.label).any(|node| values(node).iter().any(Value::is_null)),
        };
        problems.check(!broken, || format!("the graph breaks the constraint {name}"));
    }
}
