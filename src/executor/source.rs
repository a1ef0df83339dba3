//! From operators to sources of batches.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

use super::batch::{Batch, ROWS};
use super::cursor::{self, BoxedCursor, Cursor};
use super::vector::Vector;
use super::{
    Result, Row, Run, aggregate, call, chain, distinct, expand, filter, join, limit, optional, produce, scan, seek,
    sort, subquery, union, unwind, update,
};
use crate::diagnostic::Diagnostic;
use crate::graph::Value;
use crate::plan::Operator;

/// Gives the rows of an operator, a batch at a time; no batch is empty unless it has a failure. It may be sent on: an
/// answer is read by whoever serves the connection.
pub(super) trait Source: Send {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>>;
}

/// The rows that a plan is run for: one for a statement, many for a plan inside another one. The plan's rows say which
/// of them they come from.
#[derive(Clone)]
pub(super) struct Argument {
    pub rows: Arc<Batch>,
    /// Rows that need no further answer.
    done: Vec<Arc<[AtomicBool]>>,
}

impl Argument {
    /// Batches come from the rows in this order.
    pub fn new(rows: Batch) -> Argument {
        Argument { rows: Arc::new(rows.numbered()), done: Vec::new() }
    }

    /// The same, and what marks rows as done.
    pub fn to_be_done(&self) -> (Argument, Arc<[AtomicBool]>) {
        let marks: Arc<[AtomicBool]> = (0..self.rows.len).map(|_| AtomicBool::new(false)).collect();
        let done = self.done.iter().cloned().chain([marks.clone()]).collect();
        (Argument { rows: self.rows.clone(), done }, marks)
    }

    pub fn len(&self) -> usize {
        self.rows.len
    }

    /// Whether a row of a batch comes from one that needs no further answer.
    pub fn is_done(&self, batch: &Batch, row: usize) -> bool {
        !self.done.is_empty() && {
            let origin = batch.origin_of(row);
            self.done.iter().any(|marks| marks[origin].load(Relaxed))
        }
    }
}

/// Marks a row of the argument as done.
pub(super) fn mark(marks: &[AtomicBool], row: usize) {
    marks[row].store(true, Relaxed);
}

/// A source being read: it gives no empty batches, and raises what a row fails with when its turn comes.
pub(super) struct Input<'p> {
    source: Box<dyn Source + 'p>,
    operator: &'p Operator,
    failure: Option<Diagnostic>,
    /// What was put back, the next one last.
    back: Vec<Result<Batch>>,
}

/// A plan may be thousands of operators deep, each of which calls the one below it. With less room than this on the
/// stack, another piece of it is taken.
pub(super) const ROOM: usize = 128 << 10;
pub(super) const GROWTH: usize = 2 << 20;

impl Input<'_> {
    pub fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        if let Some(next) = self.back.pop() {
            return next.map(Some);
        }
        loop {
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            let start = run.profile.is_some().then(Instant::now);
            let next = stacker::maybe_grow(ROOM, GROWTH, || self.source.next(run));
            if let (Some(start), Some(profile)) = (start, &mut run.profile) {
                let rows = next.as_ref().map_or(0, |batch| batch.as_ref().map_or(0, |batch| batch.len));
                profile.add(self.operator, rows as u64, start.elapsed());
            }
            let Some(mut batch) = next? else { return Ok(None) };
            self.failure = batch.failure.take().map(|failure| *failure);
            if !batch.is_empty() {
                return Ok(Some(batch));
            }
        }
    }

    /// Puts a batch, or a failure, back: it comes next again.
    pub fn put_back(&mut self, next: Result<Batch>) {
        self.back.push(next);
    }

    /// All batches that are left, charged to the memory budget.
    pub fn all(&mut self, run: &mut Run) -> Result<Vec<Batch>> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next(run)? {
            run.budget.charge(batch.bytes())?;
            batches.push(batch);
        }
        Ok(batches)
    }
}

/// Opens a plan for the rows of an argument.
pub(super) fn open<'p>(operator: &'p Operator, argument: &Argument, run: &Run) -> Input<'p> {
    let source = stacker::maybe_grow(ROOM, GROWTH, || source(operator, argument, run));
    Input { source, operator, failure: None, back: Vec::new() }
}

fn source<'p>(operator: &'p Operator, argument: &Argument, run: &Run) -> Box<dyn Source + 'p> {
    use Operator::*;
    let input = |operator: &'p Operator| open(operator, argument, run);
    let argument_of = || argument.clone();
    match operator {
        Argument => Box::new(Once(Some((*argument.rows).clone()))),
        NodeScan { input: i, slot, label } => {
            Box::new(scan::NodeScan::new(input(i), argument_of(), operator, *slot, label.as_deref()))
        }
        NodeIndexSeek { input: i, seek } => Box::new(seek::NodeIndexSeek::new(input(i), argument_of(), seek)),
        Expand { input: i, step } => Box::new(expand::Expand::new(input(i), argument_of(), step, run)),
        Filter { input: i, condition } => Box::new(filter::Filter::new(input(i), condition)),
        Project { input: i, items } => Box::new(filter::Project::new(input(i), items)),
        Aggregate { input: i, aggregation } => Box::new(aggregate::Aggregate::new(i, argument_of(), aggregation, run)),
        Distinct { input: i, slots } => Box::new(distinct::Distinct::new(input(i), slots.clone())),
        Sort { input: i, keys, limit } => Box::new(sort::Sort::new(i, argument, operator, keys, limit.as_ref(), run)),
        Skip { input: i, count } => Box::new(limit::Skip::new(input(i), argument_of(), count)),
        Limit { input: i, count } => Box::new(limit::Limit::new(i, argument, count, run)),
        Unwind { input: i, unwind } => Box::new(unwind::Unwind::new(input(i), argument_of(), unwind)),
        Optional { input: i, inner, slots } => Box::new(optional::Optional::new(input(i), inner, slots)),
        Subquery { input: i, inner, columns, optional } if !inner.writes() => {
            Box::new(subquery::Subquery::new(input(i), inner, columns, *optional))
        }
        HashJoin { input: i, inner, keys, slots } => {
            Box::new(join::HashJoin::new(input(i), argument_of(), inner, keys, slots))
        }
        Call { input: i, call } => Box::new(call::Call::new(input(i), call)),
        Columns { input: i, reads, top } if argument.len() == 1 => {
            Box::new(chain::Columns::new(operator, (i, reads, top.as_ref()), argument))
        }
        Produce { input: i, columns } => Box::new(produce::Produce::new(input(i), columns)),
        Union { inputs } if argument.len() == 1 => Box::new(union::Union::new(inputs, argument_of())),
        Drain { input: i } => Box::new(produce::Drain::new(input(i))),
        DistinctRows { input: i } => Box::new(distinct::Distinct::of_rows(input(i))),
        Create { .. } | Merge { .. } | Set { .. } | Remove { .. } | Delete { .. } if argument.len() == 1 => {
            Box::new(update::Update::new(input(operator.inputs()[0]), operator))
        }
        _ if argument.len() > 1 && !works_row_by_row(operator) => Box::new(EachRow::new(operator, argument)),
        _ => Box::new(Rows::new(cursor::by_row(operator, argument, run).unwrap_or_else(cursor::none))),
    }
}

/// Whether an operator gives rows from each input row in turn, so that it can be run for all rows of an argument.
fn works_row_by_row(operator: &Operator) -> bool {
    use Operator::*;
    let itself = matches!(
        operator,
        ExpandVariable { .. }
            | Reach { .. }
            | Repeat { .. }
            | ExpandBound { .. }
            | ShortestPath { .. }
            | Choose { .. }
            | SearchPaths { .. }
            | LoadCsv { .. }
    );
    itself && !operator.writes()
}

/// One batch.
struct Once(Option<Batch>);

impl Source for Once {
    fn next(&mut self, _: &mut Run) -> Result<Option<Batch>> {
        Ok(self.0.take())
    }
}

/// The rows of an operator that gives them one at a time, in batches that grow.
struct Rows<'p> {
    cursor: BoxedCursor<'p>,
    most: usize,
}

impl<'p> Rows<'p> {
    fn new(cursor: BoxedCursor<'p>) -> Rows<'p> {
        Rows { cursor, most: 16 }
    }
}

impl Source for Rows<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        let mut rows: Vec<Row> = Vec::new();
        let mut failure = None;
        while rows.len() < self.most {
            match self.cursor.next(run) {
                Ok(Some(row)) => rows.push(row),
                Ok(None) => break,
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        self.most = (self.most * 4).min(ROWS);
        let width = rows.first().map_or(0, Vec::len);
        let batch = Batch::of_rows(rows, width);
        match failure {
            Some(failure) => Ok(Some(batch.failing(failure))),
            None if batch.is_empty() => Ok(None),
            None => Ok(Some(batch)),
        }
    }
}

/// Runs a plan anew for each row of an argument: what keeps something from one row to the next, and what changes the
/// graph.
struct EachRow<'p> {
    operator: &'p Operator,
    argument: Argument,
    next: usize,
    /// Not an [`Input`], for the profile counts what this source gives.
    current: Option<Box<dyn Source + 'p>>,
}

impl<'p> EachRow<'p> {
    fn new(operator: &'p Operator, argument: &Argument) -> EachRow<'p> {
        EachRow { operator, argument: argument.clone(), next: 0, current: None }
    }
}

impl Source for EachRow<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        loop {
            if let Some(current) = &mut self.current {
                match current.next(run)? {
                    Some(mut batch) => {
                        let origin = Value::Integer(self.next as i64 - 1);
                        if let Some(last) = batch.columns.last_mut() {
                            *last = Vector::Same(origin);
                        }
                        return Ok(Some(batch));
                    }
                    None => self.current = None,
                }
            }
            if self.next == self.argument.len() {
                return Ok(None);
            }
            let row = self.next;
            self.next += 1;
            if !self.argument.is_done(&self.argument.rows, row) {
                let own = Argument::new(self.argument.rows.slice(row..row + 1));
                self.current = Some(source(self.operator, &own, run));
            }
        }
    }
}

/// The rows of batches, one at a time, for an operator that takes them so.
pub(super) struct BatchRows<'p> {
    input: Input<'p>,
    batch: Batch,
    next: usize,
}

impl<'p> BatchRows<'p> {
    pub fn new(input: Input<'p>) -> BatchRows<'p> {
        BatchRows { input, batch: Batch::default(), next: 0 }
    }
}

impl Cursor for BatchRows<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        while self.next == self.batch.len {
            let Some(batch) = self.input.next(run)? else { return Ok(None) };
            (self.batch, self.next) = (batch, 0);
        }
        self.next += 1;
        Ok(Some(self.batch.row(self.next - 1)))
    }
}
