//! Filter and project.

use super::batch::Batch;
use super::source::{Input, Source};
use super::{Result, Run, kernels};
use crate::plan::{Expr, Slot};

pub(super) struct Filter<'p> {
    input: Input<'p>,
    condition: &'p Expr,
}

impl<'p> Filter<'p> {
    pub(super) fn new(input: Input<'p>, condition: &'p Expr) -> Filter<'p> {
        Filter { input, condition }
    }
}

impl Source for Filter<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        while let Some(batch) = self.input.next(run)? {
            let kept = kernels::filter(self.condition, &batch, run);
            if !kept.is_empty() || kept.failure.is_some() {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }
}

/// Sets slots, one after the other.
pub(super) struct Project<'p> {
    input: Input<'p>,
    items: &'p [(Slot, Expr)],
}

impl<'p> Project<'p> {
    pub(super) fn new(input: Input<'p>, items: &'p [(Slot, Expr)]) -> Project<'p> {
        Project { input, items }
    }
}

impl Source for Project<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        Ok(self.input.next(run)?.map(|batch| kernels::project(self.items, batch, run)))
    }
}
