//! Result rows, and the end of a query that returns none.

use super::batch::Batch;
use super::source::{Input, Source};
use super::vector::Vector;
use super::{Result, Run};
use crate::plan::Slot;
use crate::result::Rows;

/// The columns' values in order.
pub(super) struct Produce<'p> {
    input: Input<'p>,
    columns: &'p [Slot],
}

impl<'p> Produce<'p> {
    pub(super) fn new(input: Input<'p>, columns: &'p [Slot]) -> Produce<'p> {
        Produce { input, columns }
    }
}

impl Source for Produce<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        let Some(batch) = self.input.next(run)? else { return Ok(None) };
        let columns = self.columns.iter().map(|slot| batch.columns[*slot].clone());
        Ok(Some(Batch::new(batch.len, columns.chain([batch.origin().clone()]).collect())))
    }
}

/// Takes all rows and gives none.
pub(super) struct Drain<'p> {
    input: Input<'p>,
}

impl<'p> Drain<'p> {
    pub(super) fn new(input: Input<'p>) -> Drain<'p> {
        Drain { input }
    }
}

impl Source for Drain<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        while self.input.next(run)?.is_some() {
            run.budget.check()?;
        }
        Ok(None)
    }
}

/// The rows of an answer: result rows without what they come from.
pub(super) fn rows(batches: Vec<Batch>) -> Rows {
    let width = batches.first().map_or(0, |batch| batch.columns.len());
    let len = batches.iter().map(|batch| batch.len).sum();
    if width <= 1 {
        return Rows::from(vec![Vec::new(); len]);
    }
    let column = |at: usize| Vector::concat(batches.iter().map(|batch| (&batch.columns[at], batch.len))).into_column();
    Rows::of(len, (0..width - 1).map(column).collect())
}
