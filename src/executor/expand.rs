//! From nodes over one relationship, or over relationships that are set already.

use super::around::{node_at, relationships, taken, type_ids};
use super::cursor::{BoxedCursor, Cursor, Flow};
use super::{Result, Row, Run};
use crate::diagnostic::an;
use crate::functions::invalid_type;
use crate::graph::{Adjacent, Direction, Graph, NodeId, RelationshipId, Value};
use crate::plan::{PathLength, Slot, Step};

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
                return Err(invalid_type(format!("a relationship is expected, not {}", an(other.type_name()))));
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
                    _ => false,
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
