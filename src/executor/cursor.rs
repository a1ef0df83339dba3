//! Operators that take and give one row at a time.

use std::time::Instant;

use super::batch::Batch;
use super::source::{Argument, BatchRows};
use super::{Result, Row, Run, chosen, count, expand, load, nested, repeat, shortest, source, trail, transactions};
use crate::graph::Value;
use crate::plan::Operator;

/// Gives the rows of an operator, one at a time.
pub(super) trait Cursor: Send {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>>;
}

pub(super) type BoxedCursor<'p> = Box<dyn Cursor + 'p>;

/// Opens a plan on an argument row. Its rows come from where the argument row does.
pub(super) fn open<'p>(operator: &'p Operator, argument: Row, run: &Run) -> BoxedCursor<'p> {
    let origin = argument.last().cloned().unwrap_or_default();
    let cursor = input(operator, &Argument::new(Batch::of_row(argument)), run);
    match origin {
        Value::Integer(0) => cursor,
        origin => Box::new(Restored { cursor, origin }),
    }
}

/// Opens a plan for the rows of an argument.
fn input<'p>(operator: &'p Operator, argument: &Argument, run: &Run) -> BoxedCursor<'p> {
    let cursor = stacker::maybe_grow(source::ROOM, source::GROWTH, || by_row(operator, argument, run));
    match (cursor, &run.profile) {
        (Some(cursor), Some(_)) => Box::new(Measured { operator, cursor }),
        (Some(cursor), None) => cursor,
        (None, _) => Box::new(BatchRows::new(source::open(operator, argument, run))),
    }
}

/// Opens an operator that gives its rows one at a time; `None` if it gives batches.
pub(super) fn by_row<'p>(operator: &'p Operator, argument: &Argument, run: &Run) -> Option<BoxedCursor<'p>> {
    use Operator::*;
    let input = |operator: &'p Operator| input(operator, argument, run);
    Some(match operator {
        CountMatches { slots, counting, plain } => {
            Box::new(count::CountMatches::new(slots, counting, plain, argument.rows.row(0)))
        }
        LoadCsv { input: i, load } => Box::new(load::LoadCsv::new(input(i), load)),
        ExpandVariable { input: i, step, several } => Box::new(trail::ExpandVariable::new(input(i), step, several)),
        Reach { input: i, step, several } => Box::new(trail::Reach::new(input(i), step, several)),
        Repeat { input: i, step, several, round } => Box::new(repeat::Repeat::new(input(i), step, several, round)),
        ExpandBound { input: i, step, length } => Box::new(expand::ExpandBound::new(input(i), step, *length)),
        ShortestPath { input: i, search } => Box::new(shortest::ShortestPath::new(input(i), search)),
        Choose { input: i, inner, choice, path, end } => {
            Box::new(nested::Choose::new(input(i), inner, choice, path, *end))
        }
        SearchPaths { input: i, search } => Box::new(chosen::SearchPaths::new(input(i), search)),
        Subquery { input: i, inner, columns, optional } if inner.writes() => {
            Box::new(nested::Subquery::new(input(i), inner, columns, *optional))
        }
        SubqueryInTransactions { input: i, inner, columns, optional, batches } => {
            Box::new(transactions::Transactions::new(input(i), inner, columns, *optional, batches))
        }
        Foreach { input: i, inner, list, slot } => Box::new(nested::Foreach::new(input(i), inner, list, *slot)),
        _ => return None,
    })
}

/// A cursor without rows.
pub(super) fn none<'p>() -> BoxedCursor<'p> {
    Box::new(None)
}

impl Cursor for Option<Row> {
    fn next(&mut self, _: &mut Run) -> Result<Option<Row>> {
        Ok(self.take())
    }
}

/// Rows that come from another row than the plan knows of.
struct Restored<'p> {
    cursor: BoxedCursor<'p>,
    origin: Value,
}

impl Cursor for Restored<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        let mut row = self.cursor.next(run)?;
        if let Some(last) = row.as_mut().and_then(|row| row.last_mut()) {
            *last = self.origin.clone();
        }
        Ok(row)
    }
}

/// Counts the rows of a cursor and the time it takes.
struct Measured<'p> {
    operator: &'p Operator,
    cursor: BoxedCursor<'p>,
}

impl Cursor for Measured<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        let start = Instant::now();
        let row = self.cursor.next(run);
        if let Some(profile) = &mut run.profile {
            profile.add(self.operator, u64::from(matches!(row, Ok(Some(_)))), start.elapsed());
        }
        row
    }
}

/// Rows that come from each input row in turn.
pub(super) struct Flow<'p> {
    input: BoxedCursor<'p>,
    row: Option<Row>,
}

impl<'p> Flow<'p> {
    pub(super) fn new(input: BoxedCursor<'p>) -> Flow<'p> {
        Flow { input, row: None }
    }

    /// The current input row with some slots set anew.
    pub(super) fn with(&self, values: impl IntoIterator<Item = (usize, Value)>) -> Row {
        let mut row = self.row.clone().unwrap_or_default();
        for (slot, value) in values {
            row[slot] = value;
        }
        row
    }

    /// The current input row; there is one once `advance` has said so.
    pub(super) fn row(&mut self) -> &mut Row {
        self.row.get_or_insert_default()
    }

    /// Moves to the next input row; false at the end.
    pub(super) fn advance(&mut self, run: &mut Run) -> Result<bool> {
        run.budget.tick()?;
        self.row = self.input.next(run)?;
        Ok(self.row.is_some())
    }
}
