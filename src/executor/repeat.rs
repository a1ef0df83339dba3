//! A pattern repeated end to end: GQL's quantified path patterns (ISO/IEC 39075, "quantified path primary").

use super::around::{node_at, relationship_list, relationships, taken};
use super::cursor::{BoxedCursor, Cursor, Flow, open};
use super::{Result, Row, Run};
use crate::graph::{NodeId, RelationshipId, Value};
use crate::plan::{PathMode, Round, Several, Step};

/// Every sequence of an allowed number of rounds, depth first.
pub(super) struct Repeat<'p> {
    flow: Flow<'p>,
    step: &'p Step,
    several: &'p Several,
    round: &'p Round,
    target: Option<Option<NodeId>>,
    taken: Vec<RelationshipId>,
    started: bool,
    /// The rounds taken.
    done: Vec<Done>,
    /// For each node between rounds, the rounds still to be tried from it.
    pending: Vec<BoxedCursor<'p>>,
}

/// A round that has been taken.
struct Done {
    end: NodeId,
    relationships: Vec<RelationshipId>,
    /// The values of the round's variables.
    values: Vec<Value>,
}

impl<'p> Repeat<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, step: &'p Step, several: &'p Several, round: &'p Round) -> Repeat<'p> {
        Repeat {
            flow: Flow::new(input),
            step,
            several,
            round,
            target: None,
            taken: vec![],
            started: false,
            done: vec![],
            pending: vec![],
        }
    }

    /// Starts from the next input row; false at the end of the input.
    fn start(&mut self, run: &mut Run) -> Result<bool> {
        self.done.clear();
        self.pending.clear();
        if !self.flow.advance(run)? {
            return Ok(false);
        }
        let row = self.flow.row();
        self.taken = taken(row, &self.step.distinct_from);
        let from = node_at(row, self.step.from)?;
        self.target = if self.step.to_bound { Some(node_at(row, self.step.to)?) } else { None };
        self.started = from.is_some();
        if let Some(from) = from {
            self.descend(from, run);
        }
        Ok(true)
    }

    /// Lines up the rounds that start at a node, unless there have been as many as there may be.
    fn descend(&mut self, node: NodeId, run: &Run) {
        let full = self.several.length.maximum.is_some_and(|maximum| self.done.len() as u64 >= maximum);
        if full {
            self.pending.push(super::cursor::none());
            return;
        }
        let argument = self.flow.with([(self.round.start, Value::Node(node))]);
        self.pending.push(open(&self.round.plan, argument, run));
    }

    /// The round that a row of its plan is, unless it takes a relationship again.
    fn take(&self, row: &Row) -> Result<Option<Done>> {
        let mut own = Vec::new();
        for slot in &self.round.relationships {
            match &row[*slot] {
                Value::Relationship(relationship) => own.push(*relationship),
                Value::List(items) => own.extend(relationships(items)),
                _ => {}
            }
        }
        let again =
            |r: &RelationshipId| self.taken.contains(r) || self.done.iter().any(|done| done.relationships.contains(r));
        if self.several.mode != PathMode::Walk && own.iter().any(again) {
            return Ok(None);
        }
        let Some(end) = node_at(row, self.round.end)? else { return Ok(None) };
        let values = self.round.collected.iter().map(|(slot, _)| row[*slot].clone()).collect();
        Ok(Some(Done { end, relationships: own, values }))
    }

    /// The row for the rounds taken so far, if it is one to give.
    fn row(&mut self) -> Result<Option<Row>> {
        if (self.done.len() as u64) < self.several.length.minimum {
            return Ok(None);
        }
        let end = match self.done.last() {
            Some(done) => Some(done.end),
            None => node_at(self.flow.row(), self.step.from)?,
        };
        let Some(end) = end.filter(|end| self.target.is_none_or(|target| target == Some(*end))) else {
            return Ok(None);
        };
        let trail: Vec<RelationshipId> = self.done.iter().flat_map(|done| done.relationships.iter().copied()).collect();
        let lists =
            self.round.collected.iter().enumerate().map(|(index, (_, slot))| {
                (*slot, Value::list(self.done.iter().map(|done| done.values[index].clone())))
            });
        let ends = [(self.step.to, Value::Node(end)), (self.step.relationship, relationship_list(&trail, false))];
        Ok(Some(self.flow.with(lists.chain(ends))))
    }
}

impl Cursor for Repeat<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            run.budget.tick()?;
            if std::mem::take(&mut self.started)
                && let Some(row) = self.row()?
            {
                return Ok(Some(row));
            }
            let Some(pending) = self.pending.last_mut() else {
                if !self.start(run)? {
                    return Ok(None);
                }
                continue;
            };
            let Some(row) = pending.next(run)? else {
                self.pending.pop();
                self.done.pop();
                continue;
            };
            let Some(done) = self.take(&row)? else { continue };
            let end = done.end;
            self.done.push(done);
            self.descend(end, run);
            if let Some(row) = self.row()? {
                return Ok(Some(row));
            }
        }
    }
}
