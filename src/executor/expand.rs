//! From nodes over one relationship, or over relationships that are set already.

use super::around::{node_at, relationships, taken, type_ids};
use super::batch::{Batch, ROWS};
use super::cursor::{BoxedCursor, Cursor, Flow};
use super::neighbours::{Followed, Found, is_read};
use super::scan::FIRST_ROWS;
use super::source::{Argument, Input, Source};
use super::vector::{Data, NULL, Vector};
use super::{Result, Row, Run};
use crate::diagnostic::an;
use crate::functions::invalid_type;
use crate::graph::{Direction, Graph, NodeId, RelationshipId, Value};
use crate::plan::{PathLength, Slot, Step};

/// One relationship.
pub(super) struct Expand<'p> {
    input: Input<'p>,
    argument: Argument,
    step: &'p Step,
    followed: Followed,
    /// Whether anybody reads the relationship.
    with_relationship: bool,
    batch: Batch,
    from: Vec<u32>,
    to: Vec<u32>,
    /// The input row whose neighbours are given next.
    row: usize,
    /// The neighbours of the row before that have not been given.
    found: Found,
    given: usize,
    most: usize,
}

impl<'p> Expand<'p> {
    pub(super) fn new(input: Input<'p>, argument: Argument, step: &'p Step, run: &Run) -> Expand<'p> {
        let with_relationship = is_read(step.relationship, run) || !step.distinct_from.is_empty();
        Expand {
            input,
            argument,
            step,
            followed: Followed::new(step),
            with_relationship,
            batch: Batch::default(),
            from: Vec::new(),
            to: Vec::new(),
            row: 0,
            found: Found::default(),
            given: 0,
            most: FIRST_ROWS,
        }
    }

    /// Takes the next batch of the input.
    fn advance(&mut self, run: &mut Run) -> Result<bool> {
        let Some(batch) = self.input.next(run)? else { return Ok(false) };
        self.from = nodes(&batch, self.step.from)?;
        if self.step.to_bound {
            self.to = nodes(&batch, self.step.to)?;
        }
        (self.batch, self.row) = (batch, 0);
        Ok(true)
    }

    /// Adds the rows that follow from input rows until there are enough.
    fn fill(&mut self, out: &mut Found, places: &mut Vec<u32>, run: &mut Run) -> Result<()> {
        let lists = self.followed.lists(self.batch.len - self.row, run.graph());
        loop {
            let end = self.found.len().min(self.given + self.most - out.len());
            out.neighbours.extend_from_slice(&self.found.neighbours[self.given..end]);
            out.relationships.extend_from_slice(&self.found.relationships[self.given..end]);
            places.resize(out.len(), self.row.wrapping_sub(1) as u32);
            self.given = end;
            if self.given < self.found.len() || self.row == self.batch.len {
                return Ok(());
            }
            run.budget.tick()?;
            self.found.clear();
            self.given = 0;
            let from = self.from[self.row];
            if from != NULL && !self.argument.is_done(&self.batch, self.row) {
                match self.step.to_bound {
                    false => lists.add(from, self.with_relationship, &mut self.found),
                    true if self.to[self.row] == NULL => {}
                    true => lists.add_between(from, self.to[self.row], &mut self.found),
                }
                self.found.leave_out(&taken_in(&self.batch, self.row, &self.step.distinct_from));
            }
            self.row += 1;
        }
    }
}

impl Source for Expand<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        loop {
            if self.given == self.found.len() && self.row == self.batch.len && !self.advance(run)? {
                return Ok(None);
            }
            let (mut out, mut places) = (Found::default(), Vec::new());
            self.fill(&mut out, &mut places, run)?;
            self.most = (self.most * 4).min(ROWS);
            if out.len() > 0 {
                let mut batch = self.batch.spread(places);
                if !self.step.to_bound {
                    batch.set(self.step.to, Vector::nodes(out.neighbours));
                }
                if self.with_relationship {
                    batch.set(self.step.relationship, Data::Relationships(out.relationships).into());
                }
                return Ok(Some(batch));
            }
        }
    }
}

/// The nodes in a slot, by number.
fn nodes(batch: &Batch, slot: Slot) -> Result<Vec<u32>> {
    let vector = &batch.columns[slot];
    if let Some(Data::Nodes(nodes)) = vector.flat().as_deref() {
        return Ok(nodes.clone());
    }
    let number = |row: usize| match vector.value(row) {
        Value::Node(node) => Ok(node.index() as u32),
        Value::Null => Ok(NULL),
        other => Err(invalid_type(format!("a pattern starts from a node, not from {}", an(other.type_name())))),
    };
    match vector {
        Vector::Same(_) => Ok(vec![number(0)?; batch.len]),
        Vector::Each { .. } => (0..batch.len).map(number).collect(),
    }
}

/// The relationships that other parts of the pattern have taken in a row.
fn taken_in(batch: &Batch, row: usize, slots: &[Slot]) -> Vec<u32> {
    let mut taken = Vec::new();
    for slot in slots {
        match batch.value(row, *slot) {
            Value::Relationship(relationship) => taken.push(relationship.index() as u32),
            Value::List(items) => taken.extend(relationships(&items).map(|relationship| relationship.index() as u32)),
            _ => {}
        }
    }
    taken
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
