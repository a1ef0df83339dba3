//! What finding a pattern in some order costs: how many rows come to be on the way.
//!
//! The numbers of labels, of types and of the nodes that have relationships of a type are exact or nearly so; how many
//! nodes pass a condition is guessed: see [`super::selectivity`]. Orders are made in [`super::order`].

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use super::index;
use super::order::Known;
use super::selectivity::{Nodes, each_key};
use crate::graph::{Direction, Graph};
use crate::plan::*;

/// What is known of a pattern before it is solved.
pub(super) struct Estimates<'p> {
    pub(super) pattern: &'p Pattern,
    pub(super) nodes: Vec<NodeEstimate>,
    relationships: Vec<RelationshipEstimate>,
    joints: Vec<Joint>,
    lookups: Vec<Lookup>,
    node_count: f64,
    /// The places of nodes and relationships in the order of their names: they decide ties.
    pub(super) node_ranks: Vec<usize>,
    pub(super) ranks: Vec<usize>,
}

pub(super) struct NodeEstimate {
    /// How many nodes have the labels, and how many of these pass the conditions.
    labelled: f64,
    rows: f64,
    /// How many nodes are looked at to find those that pass: all, or what an index gives.
    looked_at: f64,
    /// The share of the nodes met that passes, labels not counted.
    selectivity: f64,
    labels: Vec<Arc<str>>,
    /// Whether anything but the pattern's own conditions reads it.
    read: bool,
    /// The properties that conditions ask for, as often as they do.
    keys: Vec<Arc<str>>,
}

/// An equality between nodes of the pattern.
struct Joint {
    nodes: Vec<usize>,
    /// The share of rows that is likely to pass.
    selectivity: f64,
}

/// How a node can be found in an index once others are known.
struct Lookup {
    node: usize,
    needs: Vec<usize>,
    rows: f64,
}

struct RelationshipEstimate {
    /// Relationships of a node at the left end, and at the right.
    fan_out: [f64; 2],
    /// The share of these that ends in a node with the labels of the other end.
    labelled: [f64; 2],
    read: bool,
}

const ALL: f64 = 1e12;
/// What looking at a node in a scan costs, beside making a row.
const LOOK: f64 = 0.02;
/// What counting a relationship costs, beside making a row.
const COUNT: f64 = 0.1;
/// Ties of larger patterns are decided by what was written first: making names would take too long.
const NAMED: usize = 32;

impl<'p> Estimates<'p> {
    /// `read` says of a slot whether anything outside the pattern reads it; `known`, whether it is set before.
    pub(super) fn new(
        graph: &Graph,
        pattern: &'p Pattern,
        conditions: &[Expr],
        read: impl Fn(Slot) -> bool,
        known: impl Fn(Slot) -> bool,
    ) -> Estimates<'p> {
        // The conditions on one node alone, by its slot, and those between several nodes.
        let mut own: HashMap<Slot, Vec<&Expr>> = HashMap::new();
        let mut between: Vec<(&Expr, Vec<Slot>)> = Vec::new();
        for condition in conditions {
            let mut unknown = concerned(condition, &known);
            match (unknown.len(), &condition.kind) {
                (1, _) => own.entry(unknown.remove(0)).or_default().push(condition),
                (2.., ExprKind::Compare(Comparison::Equal, ..)) => between.push((condition, unknown)),
                _ => {}
            }
        }
        let of_node = |node: &PatternNode| {
            let own = own.get(&node.slot).map_or(&[][..], Vec::as_slice);
            NodeEstimate::new(node.slot, own, graph, read(node.slot))
        };
        let nodes: Vec<NodeEstimate> = pattern.nodes.iter().map(of_node).collect();
        let place = |slot: Slot| pattern.nodes.iter().position(|node| node.slot == slot);
        let mut joints = Vec::new();
        for (condition, slots) in &between {
            let Some(places) = slots.iter().map(|slot| place(*slot)).collect::<Option<Vec<_>>>() else { continue };
            let share = |at: &usize| nodes[*at].scope(pattern.nodes[*at].slot, graph).selectivity(condition);
            let selectivity = places.iter().map(share).fold(1.0, f64::min);
            joints.push(Joint { nodes: places, selectivity });
        }
        let mut lookups = Vec::new();
        if graph.rules().any(|rule| rule.kind.is_index()) {
            for (at, node) in pattern.nodes.iter().enumerate() {
                let about =
                    between.iter().filter(|(_, slots)| slots.contains(&node.slot)).map(|(condition, _)| *condition);
                let about: Vec<&Expr> = about.collect();
                if !about.is_empty() {
                    let own = own.get(&node.slot).into_iter().flatten().copied();
                    let all: Vec<&Expr> = about.into_iter().chain(own).collect();
                    lookups.extend(nodes[at].lookup(at, node.slot, &all, graph, &place, &known));
                }
            }
        }
        let relationships = pattern.relationships.iter();
        let relationships = relationships.map(|r| RelationshipEstimate::new(r, &nodes, graph, read(r.slot))).collect();
        let node_count = graph.node_count().max(1) as f64;
        let (node_ranks, ranks) = ranks(pattern, &nodes);
        Estimates { pattern, nodes, relationships, joints, lookups, node_count, node_ranks, ranks }
    }

    /// How many nodes are looked at to find a node, and how many pass.
    pub(super) fn scanned(&self, node: usize, known: &Known) -> (f64, f64) {
        let estimate = &self.nodes[node];
        let of_index = self
            .lookups
            .iter()
            .filter(|lookup| lookup.node == node && lookup.needs.iter().all(|other| known.nodes[*other]));
        let looked_at = of_index.map(|lookup| lookup.rows).fold(estimate.looked_at, f64::min);
        (looked_at, estimate.rows)
    }

    pub(super) fn scan(&self, node: usize, known: &mut Known) {
        let (looked_at, rows) = self.scanned(node, known);
        let kept = rows * self.joined(known, &[node]);
        known.cost += known.rows * (looked_at * LOOK + kept);
        known.rows *= kept;
        known.nodes[node] = true;
    }

    /// The share of rows that passes the equalities that are known once these nodes are.
    fn joined(&self, known: &Known, new: &[usize]) -> f64 {
        let is_met = |joint: &&Joint| {
            let all = joint.nodes.iter().all(|node| known.nodes[*node] || new.contains(node));
            all && joint.nodes.iter().any(|node| !known.nodes[*node])
        };
        self.joints.iter().filter(is_met).map(|joint| joint.selectivity).product()
    }

    /// From the known end; where both are known, from the left.
    pub(super) fn starts_left(&self, index: usize, known: &Known) -> bool {
        let relationship = &self.pattern.relationships[index];
        known.nodes[relationship.left] || (relationship.bound && !known.nodes[relationship.right])
    }

    /// How many rows following a relationship makes of one, before and after the conditions on its end.
    pub(super) fn rows(&self, index: usize, known: &Known) -> (f64, f64) {
        let relationship = &self.pattern.relationships[index];
        if relationship.bound {
            return (1.0, 1.0);
        }
        let from_left = self.starts_left(index, known);
        let estimate = &self.relationships[index];
        let side = usize::from(!from_left);
        let end = if from_left { relationship.right } else { relationship.left };
        let closing = known.nodes[relationship.left] && known.nodes[relationship.right];
        let length = relationship.several.as_ref().map(|several| several.length);
        let steps = length.map_or(1.0, |length| length.maximum.unwrap_or(16).min(16) as f64);
        let made = match (&relationship.kind, &relationship.choice) {
            // A search for paths between two nodes waits until both are narrowed down.
            (Connection::Chosen(_), _) => ALL,
            (_, Some(_)) if closing => 1.0,
            (_, Some(_)) => 1e9,
            (_, None) if steps <= 1.0 => estimate.fan_out[side].max(0.01),
            // However many ways there are, they lead to no more ends than there are nodes.
            (_, None) => estimate.fan_out[side].max(0.01).powf(steps).min(self.node_count),
        };
        if closing {
            let nodes = self.nodes[end].labelled.max(1.0);
            return (made, if steps <= 1.0 { made / nodes } else { made });
        }
        (made, made * estimate.labelled[side] * self.nodes[end].selectivity)
    }

    pub(super) fn follow(&self, index: usize, known: &mut Known) {
        let relationship = &self.pattern.relationships[index];
        let (made, kept) = self.rows(index, known);
        let end = if self.starts_left(index, known) { relationship.right } else { relationship.left };
        let only_counted = relationship.several.is_none()
            && !known.nodes[end]
            && !self.nodes[end].read
            && !self.relationships[index].read
            && self.is_last(index, end, known);
        if only_counted {
            known.cost += known.rows * (1.0 + if self.nodes[end].selectivity < 1.0 { made * COUNT } else { 0.0 });
        } else {
            let kept = kept * self.joined(known, &[relationship.left, relationship.right]);
            known.cost += known.rows * (made * COUNT + kept);
            known.rows *= kept;
        }
        known.nodes[relationship.left] = true;
        known.nodes[relationship.right] = true;
        known.done[index] = true;
    }

    /// Whether nothing else is joined to the end.
    fn is_last(&self, index: usize, end: usize, known: &Known) -> bool {
        let others = self.pattern.relationships.iter().enumerate();
        !others.into_iter().any(|(other, r)| other != index && !known.done[other] && (r.left == end || r.right == end))
    }
}

/// The places of nodes and relationships in the order of their names.
fn ranks(pattern: &Pattern, nodes: &[NodeEstimate]) -> (Vec<usize>, Vec<usize>) {
    if pattern.nodes.len() > NAMED {
        return ((0..pattern.nodes.len()).collect(), (0..pattern.relationships.len()).collect());
    }
    let names: Vec<String> = nodes.iter().map(NodeEstimate::name).collect();
    let of_relationships = pattern.relationships.iter().map(|r| relationship_name(r, &names)).collect::<Vec<_>>();
    (places(&names), places(&of_relationships))
}

/// For each name how many others come before it; the same for equal names.
fn places(names: &[String]) -> Vec<usize> {
    names.iter().map(|name| names.iter().filter(|other| *other < name).count()).collect()
}

fn relationship_name(relationship: &PatternRelationship, nodes: &[String]) -> String {
    let (left, right) = (&nodes[relationship.left], &nodes[relationship.right]);
    let (first, second) = if left <= right { (left, right) } else { (right, left) };
    let forwards = match relationship.direction {
        Direction::Outgoing => left <= right,
        Direction::Incoming => right <= left,
        Direction::Both => true,
    };
    format!("{first}{}{forwards}{second}", relationship.types.join("|"))
}

/// Whether a relationship can be followed when these nodes are known and these relationships have been followed.
pub(super) type CanFollow<'a> = dyn Fn(usize, &[bool], &[bool]) -> bool + 'a;

/// Costs that differ only by rounding are the same.
pub(super) fn compare(a: f64, b: f64) -> Ordering {
    if (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) { Ordering::Equal } else { a.total_cmp(&b) }
}

impl NodeEstimate {
    fn new(slot: Slot, own: &[&Expr], graph: &Graph, read: bool) -> NodeEstimate {
        let labels: Vec<Arc<str>> = own.iter().filter_map(|c| labels_of(c, slot)).flatten().cloned().collect();
        let count = |label: &Arc<str>| graph.label(label).map_or(0, |label| graph.label_count(label)) as f64;
        let labelled = labels.iter().map(count).min_by(f64::total_cmp).unwrap_or(graph.node_count() as f64);
        let rarest = labels.iter().min_by(|a, b| count(a).total_cmp(&count(b)));
        let label = rarest.and_then(|label| graph.label(label));
        let scope = Nodes { graph, slot, label, count: labelled };
        let selectivity: f64 = own.iter().map(|condition| scope.selectivity(condition)).product();
        let mut keys = Vec::new();
        own.iter().for_each(|condition| each_key(condition, &mut |key| keys.push(key.clone())));
        let mut rows = labelled * selectivity;
        let mut looked_at = labelled;
        if graph.rules().next().is_some()
            && let Some(seek) = labels.iter().find_map(|label| index::best_seek(slot, label, own, graph))
        {
            if seek.next.is_none() {
                rows = rows.min(labelled / graph.index_distinct(&seek.index).unwrap_or(1) as f64);
            }
            looked_at = rows;
        }
        NodeEstimate { labelled, rows, looked_at, selectivity, labels, read, keys }
    }

    fn scope<'g>(&self, slot: Slot, graph: &'g Graph) -> Nodes<'g> {
        let ids = self.labels.iter().filter_map(|label| graph.label(label));
        Nodes { graph, slot, label: ids.min_by_key(|label| graph.label_count(*label)), count: self.labelled }
    }

    /// The index that finds the node when other nodes of the pattern are known.
    fn lookup(
        &self,
        node: usize,
        slot: Slot,
        conditions: &[&Expr],
        graph: &Graph,
        place: &dyn Fn(Slot) -> Option<usize>,
        known: &dyn Fn(Slot) -> bool,
    ) -> Option<Lookup> {
        let seek = self.labels.iter().find_map(|label| index::best_seek(slot, label, conditions, graph))?;
        let mut slots = Vec::new();
        seek.expressions().into_iter().for_each(|value| slots.extend(concerned(value, known)));
        let needs: Vec<usize> = slots.into_iter().map(place).collect::<Option<_>>()?;
        let rows = match &seek.next {
            None => self.labelled / graph.index_distinct(&seek.index).unwrap_or(1) as f64,
            Some(_) => self.labelled * 0.3,
        };
        (!needs.is_empty()).then_some(Lookup { node, needs, rows })
    }

    /// Decides ties.
    fn name(&self) -> String {
        let sorted = |names: &[Arc<str>]| {
            let mut names: Vec<&str> = names.iter().map(|name| &**name).collect();
            names.sort_unstable();
            names.join(":")
        };
        format!("({} {} {})", sorted(&self.labels), sorted(&self.keys), self.read)
    }
}

fn labels_of(condition: &Expr, slot: Slot) -> Option<&Vec<Arc<str>>> {
    match &condition.kind {
        ExprKind::HasLabels(base, labels) if matches!(base.kind, ExprKind::Slot(s) if s == slot) => Some(labels),
        _ => None,
    }
}

/// The slots that an expression speaks of and that are not known yet, each once.
fn concerned(expr: &Expr, known: &dyn Fn(Slot) -> bool) -> Vec<Slot> {
    let mut slots = Vec::new();
    expr.each_slot(&mut |slot| {
        if !known(slot) && !slots.contains(&slot) {
            slots.push(slot);
        }
    });
    slots
}

impl RelationshipEstimate {
    fn new(relationship: &PatternRelationship, nodes: &[NodeEstimate], graph: &Graph, read: bool) -> Self {
        let side = |left: bool| {
            let (from, to) = match left {
                true => (&nodes[relationship.left], &nodes[relationship.right]),
                false => (&nodes[relationship.right], &nodes[relationship.left]),
            };
            let direction = if left { relationship.direction } else { relationship.direction.reverse() };
            fan_out(&relationship.types, direction, from, to, graph)
        };
        let (left, right) = (side(true), side(false));
        RelationshipEstimate { fan_out: [left.0, right.0], labelled: [left.1, right.1], read }
    }
}

/// How many relationships a node has, and which share of them ends in a node with the labels.
fn fan_out(
    types: &[Arc<str>],
    direction: Direction,
    from: &NodeEstimate,
    to: &NodeEstimate,
    graph: &Graph,
) -> (f64, f64) {
    let types: Vec<_> = match types {
        [] => graph.types().collect(),
        named => named.iter().filter_map(|name| graph.type_id(name)).collect(),
    };
    let directions: &[Direction] = match direction {
        Direction::Both => &[Direction::Outgoing, Direction::Incoming],
        Direction::Outgoing => &[Direction::Outgoing],
        Direction::Incoming => &[Direction::Incoming],
    };
    let (mut total, mut labelled) = (0.0, 0.0);
    for relationship_type in types {
        for direction in directions {
            let owners = graph.owners_estimate(*direction, relationship_type).unwrap_or(0) as f64;
            let starts = match (from.labels.is_empty(), owners > 0.0) {
                (true, true) => owners,
                (true, false) => graph.node_count() as f64,
                (false, _) => owners.max(from.labelled),
            };
            let count = graph.type_count(relationship_type) as f64 / starts.max(1.0);
            let share: f64 = to
                .labels
                .iter()
                .map(|label| {
                    graph.label(label).map_or(0.0, |l| graph.ends_with_label(*direction, relationship_type, l))
                })
                .fold(1.0, f64::min);
            total += count;
            labelled += count * share;
        }
    }
    (total, if total > 0.0 { (labelled / total).max(0.001) } else { 1.0 })
}
