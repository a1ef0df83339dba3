//! From nodes over relationships: one step, several steps, reachability, and relationships that are set already.

use std::sync::Arc;

use super::cursor::{BoxedCursor, Cursor, Flow, properties_match, property_values};
use super::{Result, Row, Run};
use crate::functions::invalid_type;
use crate::graph::{Adjacent, Direction, Entity, Graph, NodeId, RelationshipId, TypeId, Value};
use crate::plan::{Expr, PathLength, Slot, Step};

/// The node in a slot; `None` if the slot is null.
pub(super) fn node_at(row: &Row, slot: Slot) -> Result<Option<NodeId>> {
    match &row[slot] {
        Value::Node(node) => Ok(Some(*node)),
        Value::Null => Ok(None),
        other => Err(invalid_type(format!("a pattern starts from a node, not from a {}", other.type_name()))),
    }
}

/// The step's types as the graph numbers them; `None` for every type, empty if the graph knows none of them.
pub(super) fn type_ids(step: &Step, graph: &Graph) -> Option<Vec<TypeId>> {
    if step.types.is_empty() {
        return None;
    }
    Some(step.types.iter().filter_map(|name| graph.type_id(name)).collect())
}

/// Relationships that may not occur again: those of the other parts of the pattern.
fn taken(row: &Row, slots: &[Slot]) -> Vec<RelationshipId> {
    let mut taken = Vec::new();
    for slot in slots {
        match &row[*slot] {
            Value::Relationship(relationship) => taken.push(*relationship),
            Value::List(items) => taken.extend(relationships(items)),
            _ => {}
        }
    }
    taken
}

fn relationships(items: &[Value]) -> impl Iterator<Item = RelationshipId> + '_ {
    items.iter().filter_map(|item| match item {
        Value::Relationship(relationship) => Some(*relationship),
        _ => None,
    })
}

/// One relationship.
pub(super) struct Expand<'p> {
    flow: Flow<'p>,
    step: &'p Step,
    found: Vec<Adjacent>,
    next: usize,
}

impl<'p> Expand<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, step: &'p Step) -> Expand<'p> {
        Expand { flow: Flow::new(input), step, found: Vec::new(), next: 0 }
    }

    fn fill(&mut self, run: &Run) -> Result<()> {
        self.found.clear();
        self.next = 0;
        let step = self.step;
        let row = self.flow.row();
        let Some(from) = node_at(row, step.from)? else { return Ok(()) };
        let target = if step.to_bound { Some(node_at(row, step.to)?) } else { None };
        let taken = taken(row, &step.distinct_from);
        let types = type_ids(step, run.graph());
        let adjacent = run.graph().adjacent(from, step.direction, types.as_deref());
        self.found.extend(
            adjacent
                .filter(|a| target.is_none_or(|target| target == Some(a.neighbour)))
                .filter(|a| !taken.contains(&a.relationship)),
        );
        Ok(())
    }
}

impl Cursor for Expand<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        while self.next >= self.found.len() {
            if !self.flow.advance(run)? {
                return Ok(None);
            }
            self.fill(run)?;
        }
        run.budget.tick()?;
        let adjacent = self.found[self.next];
        self.next += 1;
        Ok(Some(self.flow.with([
            (self.step.to, Value::Node(adjacent.neighbour)),
            (self.step.relationship, Value::Relationship(adjacent.relationship)),
        ])))
    }
}

/// Every trail (no relationship twice) of an allowed length, depth first.
pub(super) struct ExpandVariable<'p> {
    flow: Flow<'p>,
    step: &'p Step,
    length: PathLength,
    properties: &'p [(Arc<str>, Expr)],
    walk: Option<TrailWalk>,
    target: Option<Option<NodeId>>,
}

impl<'p> ExpandVariable<'p> {
    pub(super) fn new(
        input: BoxedCursor<'p>,
        step: &'p Step,
        length: PathLength,
        properties: &'p [(Arc<str>, Expr)],
    ) -> ExpandVariable<'p> {
        ExpandVariable { flow: Flow::new(input), step, length, properties, walk: None, target: None }
    }

    fn start(&mut self, run: &mut Run) -> Result<Option<TrailWalk>> {
        let step = self.step;
        let row = self.flow.row();
        let wanted = property_values(self.properties, row, run)?;
        let Some(from) = node_at(row, step.from)? else { return Ok(None) };
        self.target = if step.to_bound { Some(node_at(row, step.to)?) } else { None };
        let around = Around {
            direction: step.direction,
            types: type_ids(step, run.graph()),
            wanted,
            taken: taken(row, &step.distinct_from),
        };
        Ok(Some(TrailWalk::new(from, around, self.length)))
    }
}

impl Cursor for ExpandVariable<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            let Some(walk) = &mut self.walk else {
                if !self.flow.advance(run)? {
                    return Ok(None);
                }
                self.walk = self.start(run)?;
                continue;
            };
            let Some(end) = walk.next(run)? else {
                self.walk = None;
                continue;
            };
            if self.target.is_some_and(|target| target != Some(end)) {
                continue;
            }
            let list = relationship_list(&walk.trail, self.step.reversed);
            let values = [(self.step.to, Value::Node(end)), (self.step.relationship, list)];
            return Ok(Some(self.flow.with(values)));
        }
    }
}

/// The relationships in the order in which the pattern is drawn.
pub(super) fn relationship_list(trail: &[RelationshipId], reversed: bool) -> Value {
    let value = |relationship: &RelationshipId| Value::Relationship(*relationship);
    if reversed { Value::list(trail.iter().rev().map(value)) } else { Value::list(trail.iter().map(value)) }
}

/// Which relationships a search may take.
pub(super) struct Around {
    pub direction: Direction,
    pub types: Option<Vec<TypeId>>,
    pub wanted: Vec<(Arc<str>, Value)>,
    pub taken: Vec<RelationshipId>,
}

impl Around {
    pub(super) fn adjacent(&self, node: NodeId, run: &Run) -> Vec<Adjacent> {
        let allowed = |a: &Adjacent| {
            !self.taken.contains(&a.relationship)
                && (self.wanted.is_empty() || properties_match(Entity::Relationship(a.relationship), &self.wanted, run))
        };
        run.graph().adjacent(node, self.direction, self.types.as_deref()).filter(allowed).collect()
    }
}

/// A depth-first walk over all trails from a node.
struct TrailWalk {
    around: Around,
    length: PathLength,
    start: NodeId,
    started: bool,
    trail: Vec<RelationshipId>,
    /// For each node on the trail, what is still to be tried from it.
    pending: Vec<std::vec::IntoIter<Adjacent>>,
}

impl TrailWalk {
    fn new(start: NodeId, around: Around, length: PathLength) -> TrailWalk {
        TrailWalk { around, length, start, started: false, trail: Vec::new(), pending: Vec::new() }
    }

    /// The end of the next trail, which then stands in `trail`.
    fn next(&mut self, run: &mut Run) -> Result<Option<NodeId>> {
        if !self.started {
            self.started = true;
            self.descend(self.start, run);
            if self.length.minimum == 0 {
                return Ok(Some(self.start));
            }
        }
        loop {
            run.budget.tick()?;
            let Some(pending) = self.pending.last_mut() else { return Ok(None) };
            let Some(adjacent) = pending.next() else {
                self.pending.pop();
                self.trail.pop();
                continue;
            };
            if self.trail.contains(&adjacent.relationship) {
                continue;
            }
            self.trail.push(adjacent.relationship);
            self.descend(adjacent.neighbour, run);
            if self.trail.len() as u64 >= self.length.minimum {
                return Ok(Some(adjacent.neighbour));
            }
        }
    }

    /// Lines up what follows a node, unless the trail is as long as it may be.
    fn descend(&mut self, node: NodeId, run: &Run) {
        let full = self.length.maximum.is_some_and(|maximum| self.trail.len() as u64 >= maximum);
        let next = if full { Vec::new() } else { self.around.adjacent(node, run) };
        self.pending.push(next.into_iter());
    }
}

/// Every node that some trail of an allowed length reaches, once: a breadth-first search with visited nodes.
/// Used where nothing but the end nodes is asked for; see the optimizer's rule for when that is the same.
pub(super) struct Reach<'p> {
    flow: Flow<'p>,
    step: &'p Step,
    length: PathLength,
    properties: &'p [(Arc<str>, Expr)],
    found: Vec<NodeId>,
    next: usize,
}

impl<'p> Reach<'p> {
    pub(super) fn new(
        input: BoxedCursor<'p>,
        step: &'p Step,
        length: PathLength,
        properties: &'p [(Arc<str>, Expr)],
    ) -> Reach<'p> {
        Reach { flow: Flow::new(input), step, length, properties, found: Vec::new(), next: 0 }
    }

    fn search(&mut self, run: &mut Run) -> Result<()> {
        self.found.clear();
        self.next = 0;
        let step = self.step;
        let row = self.flow.row();
        let wanted = property_values(self.properties, row, run)?;
        let Some(from) = node_at(row, step.from)? else { return Ok(()) };
        let target = if step.to_bound { Some(node_at(row, step.to)?) } else { None };
        let around = Around {
            direction: step.direction,
            types: type_ids(step, run.graph()),
            wanted,
            taken: taken(row, &step.distinct_from),
        };
        let mut visited = vec![false; run.graph().node_bound()];
        let mut frontier = vec![from];
        if self.length.minimum == 0 {
            visited[from.index()] = true;
            self.found.push(from);
        }
        let mut depth = 0;
        while !frontier.is_empty() && self.length.maximum.is_none_or(|maximum| depth < maximum) {
            depth += 1;
            let mut following = Vec::new();
            for node in frontier {
                for adjacent in around.adjacent(node, run) {
                    run.budget.tick()?;
                    let seen = &mut visited[adjacent.neighbour.index()];
                    if !*seen {
                        *seen = true;
                        self.found.push(adjacent.neighbour);
                        following.push(adjacent.neighbour);
                    }
                }
            }
            frontier = following;
        }
        if let Some(target) = target {
            self.found.retain(|node| Some(*node) == target);
        }
        Ok(())
    }
}

impl Cursor for Reach<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        while self.next >= self.found.len() {
            if !self.flow.advance(run)? {
                return Ok(None);
            }
            self.search(run)?;
        }
        let node = self.found[self.next];
        self.next += 1;
        Ok(Some(self.flow.with([(self.step.to, Value::Node(node))])))
    }
}

/// The ends of a relationship, or of a list of relationships in a row, that is set already.
pub(super) struct ExpandBound<'p> {
    flow: Flow<'p>,
    step: &'p Step,
    length: Option<PathLength>,
    found: Vec<(NodeId, NodeId)>,
}

impl<'p> ExpandBound<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, step: &'p Step, length: Option<PathLength>) -> ExpandBound<'p> {
        ExpandBound { flow: Flow::new(input), step, length, found: Vec::new() }
    }

    /// The pairs of ends that fit the pattern: two for an undirected relationship that is no loop.
    fn ends(&mut self, run: &Run) -> Result<Vec<(NodeId, NodeId)>> {
        let (step, length) = (self.step, self.length);
        let row = self.flow.row();
        let trail: Vec<RelationshipId> = match (&row[step.relationship], length) {
            (Value::Relationship(relationship), None) => vec![*relationship],
            (Value::List(items), Some(length)) => {
                let trail: Vec<_> = relationships(items).collect();
                let count = trail.len() as u64;
                if count < length.minimum || length.maximum.is_some_and(|maximum| count > maximum) {
                    return Ok(vec![]);
                }
                trail
            }
            (Value::Null, _) => return Ok(vec![]),
            (other, _) => {
                return Err(invalid_type(format!("a relationship is expected, not a {}", other.type_name())));
            }
        };
        let taken = taken(row, &step.distinct_from);
        let types = type_ids(step, run.graph());
        let graph = run.graph();
        let allowed = |r: &RelationshipId| {
            let shape = graph.relationship(*r);
            !taken.contains(r) && types.as_ref().is_none_or(|types| types.contains(&shape.relationship_type))
        };
        if !trail.iter().all(allowed) {
            return Ok(vec![]);
        }
        let Some(first) = trail.first() else {
            // No relationship at all: both ends are the same node, which must be known.
            let known = node_at(row, step.from)?;
            return Ok(known.map(|node| vec![(node, node)]).unwrap_or_default());
        };
        let shape = graph.relationship(*first);
        let mut starts = match step.direction {
            Direction::Outgoing => vec![shape.start],
            Direction::Incoming => vec![shape.end],
            Direction::Both => vec![shape.start, shape.end],
        };
        starts.dedup();
        let ends = starts.into_iter().filter_map(|start| Some((start, follow(graph, &trail, start, step.direction)?)));
        Ok(ends.collect())
    }
}

/// The node that the relationships lead to, taken one after the other, if each continues the one before.
fn follow(graph: &Graph, trail: &[RelationshipId], start: NodeId, direction: Direction) -> Option<NodeId> {
    trail.iter().try_fold(start, |node, relationship| {
        let shape = graph.relationship(*relationship);
        match direction {
            Direction::Outgoing => (shape.start == node).then_some(shape.end),
            Direction::Incoming => (shape.end == node).then_some(shape.start),
            Direction::Both => (shape.start == node || shape.end == node).then(|| shape.other(node)),
        }
    })
}

impl Cursor for ExpandBound<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            if let Some((from, to)) = self.found.pop() {
                let step = self.step;
                let row = self.flow.row();
                let fits = |slot: Slot, node: NodeId| match &row[slot] {
                    Value::Node(known) => *known == node,
                    _ => true,
                };
                let bound_fits = (!step.from_bound || fits(step.from, from)) && (!step.to_bound || fits(step.to, to));
                if bound_fits && (step.from != step.to || from == to) {
                    return Ok(Some(self.flow.with([(step.from, Value::Node(from)), (step.to, Value::Node(to))])));
                }
                continue;
            }
            if !self.flow.advance(run)? {
                return Ok(None);
            }
            self.found = self.ends(run)?;
            self.found.reverse();
        }
    }
}
