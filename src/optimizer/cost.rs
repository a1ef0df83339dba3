//! What finding a pattern in some order costs: how many rows come to be on the way.
//!
//! The numbers of labels, of types and of the nodes that have relationships of a type are exact or nearly so; how many
//! nodes pass a condition is guessed from the distinct values of its property. An order is found for each node that
//! it may start from, the step with the fewest rows next, and the cheapest of these is taken. Ties are decided by
//! names, never by the order in which the query was typed.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use super::index;
use crate::graph::{Direction, Graph};
use crate::plan::*;

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Next {
    Follow { relationship: usize, from_left: bool },
    Scan { node: usize },
}

/// What is known of a pattern before it is solved.
pub(super) struct Estimates<'p> {
    pattern: &'p Pattern,
    nodes: Vec<NodeEstimate>,
    relationships: Vec<RelationshipEstimate>,
    node_count: f64,
}

struct NodeEstimate {
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

struct RelationshipEstimate {
    /// Relationships of a node at the left end, and at the right.
    fan_out: [f64; 2],
    /// The share of these that ends in a node with the labels of the other end.
    labelled: [f64; 2],
    read: bool,
}

/// An order and what it costs.
struct Order {
    cost: f64,
    steps: Vec<Next>,
}

/// What is known at a point of an order.
#[derive(Clone)]
struct Known {
    nodes: Vec<bool>,
    done: Vec<bool>,
    rows: f64,
    cost: f64,
}

const ALL: f64 = 1e12;
/// No more starts than this are tried, the most selective ones.
const STARTS: usize = 12;
/// A pattern of more nodes is large.
const LARGE: usize = 32;
/// What looking at a node in a scan costs, beside making a row.
const LOOK: f64 = 0.02;
/// What counting a relationship costs, beside making a row.
const COUNT: f64 = 0.1;

impl<'p> Estimates<'p> {
    /// `read` says of a slot whether anything outside the pattern reads it; `known`, whether it is set before.
    pub(super) fn new(
        graph: &Graph,
        pattern: &'p Pattern,
        conditions: &[Expr],
        read: impl Fn(Slot) -> bool,
        known: impl Fn(Slot) -> bool,
    ) -> Estimates<'p> {
        // The conditions on one node alone, by its slot.
        let mut own: HashMap<Slot, Vec<&Expr>> = HashMap::new();
        for condition in conditions {
            if let Some(slot) = concerned(condition, &known) {
                own.entry(slot).or_default().push(condition);
            }
        }
        let of_node = |node: &PatternNode| {
            let own = own.get(&node.slot).map_or(&[][..], Vec::as_slice);
            NodeEstimate::new(node.slot, own, graph, read(node.slot))
        };
        let nodes: Vec<NodeEstimate> = pattern.nodes.iter().map(of_node).collect();
        let relationships = pattern.relationships.iter();
        let relationships = relationships.map(|r| RelationshipEstimate::new(r, &nodes, graph, read(r.slot))).collect();
        Estimates { pattern, nodes, relationships, node_count: graph.node_count().max(1) as f64 }
    }

    /// The cheapest order found.
    pub(super) fn order(&self, is_known: impl Fn(usize) -> bool, can_follow: &CanFollow<'_>) -> Vec<Next> {
        let start = Known {
            nodes: (0..self.nodes.len()).map(is_known).collect(),
            done: vec![false; self.relationships.len()],
            rows: 1.0,
            cost: 0.0,
        };
        if self.followable(&start, can_follow).next().is_some() {
            return self.complete(start, Vec::new(), can_follow).steps;
        }
        let mut starts: Vec<usize> = (0..self.nodes.len()).filter(|node| !start.nodes[*node]).collect();
        starts.sort_by(|a, b| self.compare_scans(*a, *b));
        // For large patterns, trying several starts takes longer than a bad one costs.
        starts.truncate(if self.nodes.len() <= LARGE { STARTS } else { 1 });
        let orders = starts.into_iter().map(|node| {
            let mut known = start.clone();
            self.scan(node, &mut known);
            self.complete(known, vec![Next::Scan { node }], can_follow)
        });
        let named = |order: &Order| order.steps.iter().map(|step| self.step_name(step)).collect::<Vec<_>>();
        let best = orders.min_by(|a, b| compare(a.cost, b.cost).then_with(|| named(a).cmp(&named(b))));
        best.map_or_else(|| self.complete(start, Vec::new(), can_follow).steps, |order| order.steps)
    }

    fn compare_scans(&self, a: usize, b: usize) -> Ordering {
        let (x, y) = (&self.nodes[a], &self.nodes[b]);
        compare(x.rows, y.rows)
            .then(compare(x.looked_at, y.looked_at))
            .then_with(|| self.by_name(|| x.name(), || y.name()))
    }

    /// Ties of large patterns are decided by what was written first: making names would take too long.
    fn by_name(&self, a: impl Fn() -> String, b: impl Fn() -> String) -> Ordering {
        if self.nodes.len() <= LARGE { a().cmp(&b()) } else { Ordering::Equal }
    }

    fn followable<'a>(&'a self, known: &'a Known, can_follow: &'a CanFollow<'a>) -> impl Iterator<Item = usize> + 'a {
        let open = (0..known.done.len()).filter(|index| !known.done[*index]);
        open.filter(|index| can_follow(*index, &known.nodes, &known.done))
    }

    /// The steps to the end, the one with the fewest rows next.
    fn complete(&self, mut known: Known, mut steps: Vec<Next>, can_follow: &CanFollow<'_>) -> Order {
        loop {
            let next = self.followable(&known, can_follow).min_by(|a, b| {
                let (x, y) = (self.rows(*a, &known), self.rows(*b, &known));
                compare(x.1, y.1).then(compare(x.0, y.0)).then_with(|| self.by_name(|| self.name(*a), || self.name(*b)))
            });
            if let Some(relationship) = next {
                let from_left = self.starts_left(relationship, &known);
                self.follow(relationship, &mut known);
                steps.push(Next::Follow { relationship, from_left });
                continue;
            }
            let open = (0..self.nodes.len()).filter(|node| !known.nodes[*node]);
            if let Some(node) = open.min_by(|a, b| self.compare_scans(*a, *b)) {
                self.scan(node, &mut known);
                steps.push(Next::Scan { node });
                continue;
            }
            // What waits for what waits for it is followed all the same.
            let Some(relationship) = known.done.iter().position(|done| !done) else { break };
            let from_left = self.starts_left(relationship, &known);
            self.follow(relationship, &mut known);
            steps.push(Next::Follow { relationship, from_left });
        }
        Order { cost: known.cost, steps }
    }

    fn step_name(&self, step: &Next) -> String {
        match step {
            Next::Scan { node } => self.nodes[*node].name(),
            Next::Follow { relationship, .. } => self.name(*relationship),
        }
    }

    fn scan(&self, node: usize, known: &mut Known) {
        let estimate = &self.nodes[node];
        known.cost += known.rows * (estimate.looked_at * LOOK + estimate.rows);
        known.rows *= estimate.rows;
        known.nodes[node] = true;
    }

    /// From the known end; where both are known, from the left.
    fn starts_left(&self, index: usize, known: &Known) -> bool {
        let relationship = &self.pattern.relationships[index];
        known.nodes[relationship.left] || (relationship.bound && !known.nodes[relationship.right])
    }

    /// How many rows following a relationship makes of one, before and after the conditions on its end.
    fn rows(&self, index: usize, known: &Known) -> (f64, f64) {
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

    fn follow(&self, index: usize, known: &mut Known) {
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

    fn name(&self, relationship: usize) -> String {
        let relationship = &self.pattern.relationships[relationship];
        let (left, right) = (self.nodes[relationship.left].name(), self.nodes[relationship.right].name());
        let mut ends = [left.as_str(), right.as_str()];
        ends.sort_unstable();
        let forwards = match relationship.direction {
            Direction::Outgoing => left <= right,
            Direction::Incoming => right <= left,
            Direction::Both => true,
        };
        format!("{}{}{forwards}{}", ends[0], relationship.types.join("|"), ends[1])
    }
}

/// Whether a relationship can be followed when these nodes are known and these relationships have been followed.
pub(super) type CanFollow<'a> = dyn Fn(usize, &[bool], &[bool]) -> bool + 'a;

/// Costs that differ only by rounding are the same.
fn compare(a: f64, b: f64) -> Ordering {
    if (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) { Ordering::Equal } else { a.total_cmp(&b) }
}

impl NodeEstimate {
    fn new(slot: Slot, own: &[&Expr], graph: &Graph, read: bool) -> NodeEstimate {
        let labels: Vec<Arc<str>> = own.iter().filter_map(|c| labels_of(c, slot)).flatten().cloned().collect();
        let count = |label: &Arc<str>| graph.label(label).map_or(0, |label| graph.label_count(label)) as f64;
        let labelled = labels.iter().map(count).min_by(f64::total_cmp).unwrap_or(graph.node_count() as f64);
        let selectivity: f64 = own.iter().map(|condition| selectivity(condition, graph)).product();
        let keys = own.iter().flat_map(|condition| keys(condition)).collect();
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

/// The only slot that a condition speaks of and that is not known yet.
fn concerned(condition: &Expr, known: &dyn Fn(Slot) -> bool) -> Option<Slot> {
    let (mut only, mut several) = (None, false);
    condition.each_slot(&mut |slot| {
        if !known(slot) {
            several |= only.is_some_and(|other| other != slot);
            only = Some(slot);
        }
    });
    only.filter(|_| !several)
}

/// The properties that a condition asks for.
fn keys(expr: &Expr) -> Vec<Arc<str>> {
    let own = match &expr.kind {
        ExprKind::Property(_, key) => vec![key.clone()],
        _ => vec![],
    };
    own.into_iter().chain(expr.children().into_iter().flat_map(keys)).collect()
}

/// The share of nodes that is likely to pass a condition.
fn selectivity(condition: &Expr, graph: &Graph) -> f64 {
    let distinct = || {
        let column = |key: &Arc<str>| graph.key(key).and_then(|key| graph.node_column(key));
        keys(condition).iter().filter_map(column).map(|column| column.distinct_estimate()).max()
    };
    match &condition.kind {
        ExprKind::HasLabels(..) => 1.0,
        ExprKind::Compare(Comparison::Equal, ..) => distinct().map_or(0.01, |distinct| 1.0 / distinct as f64),
        ExprKind::Compare(Comparison::NotEqual, ..) => 0.9,
        ExprKind::Compare(..) => 0.3,
        ExprKind::In(_, list) => {
            let items = if let ExprKind::List(items) = &list.kind { items.len() } else { 10 };
            distinct().map_or(0.1, |distinct| (items as f64 / distinct as f64).min(1.0))
        }
        ExprKind::Text(TextTest::Contains | TextTest::EndsWith | TextTest::Matches, ..) => 0.1,
        ExprKind::Text(TextTest::StartsWith, ..) => 0.05,
        ExprKind::IsNull(_) => 0.1,
        ExprKind::And(parts) => parts.iter().map(|part| selectivity(part, graph)).product(),
        ExprKind::Or(parts) => parts.iter().map(|part| selectivity(part, graph)).sum::<f64>().min(1.0),
        ExprKind::Not(inner) => (1.0 - selectivity(inner, graph)).max(0.05),
        _ => 0.5,
    }
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
