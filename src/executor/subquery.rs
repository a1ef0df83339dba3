//! CALL { … }: the result rows of an inner plan for each row.

use super::batch::Batch;
use super::optional::Outer;
use super::source::{Input, Source};
use super::{Result, Run};
use crate::plan::{Operator, Slot};

pub(super) struct Subquery<'p> {
    input: Input<'p>,
    inner: &'p Operator,
    /// Where the result's columns go. Without columns, each row stays as it is.
    columns: &'p [Slot],
    optional: bool,
    outer: Outer<'p>,
}

impl<'p> Subquery<'p> {
    pub(super) fn new(input: Input<'p>, inner: &'p Operator, columns: &'p [Slot], optional: bool) -> Subquery<'p> {
        Subquery { input, inner, columns, optional, outer: Outer::default() }
    }

    /// The outer rows with the columns of the result rows.
    fn joined(&self, rows: Batch) -> Batch {
        let mut joined = self.outer.outer_rows();
        for (slot, column) in self.columns.iter().zip(rows.columns) {
            joined.set(*slot, column);
        }
        joined
    }
}

impl Source for Subquery<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        while let Some((rows, bounds)) = self.outer.next(&mut self.input, self.inner, run)? {
            let found = rows.map(|rows| self.joined(rows)).unwrap_or_default();
            let all = match self.optional || self.columns.is_empty() {
                true => self.outer.with_missing(found, bounds, self.columns),
                false => (!found.is_empty()).then_some(found),
            };
            if all.is_some() {
                return Ok(all);
            }
        }
        Ok(None)
    }
}
