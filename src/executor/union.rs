//! The rows of several plans, one plan after the other.

use super::batch::Batch;
use super::source::{Argument, Input, Source, open};
use super::{Result, Run};
use crate::plan::Operator;

pub(super) struct Union<'p> {
    inputs: std::slice::Iter<'p, Operator>,
    argument: Argument,
    current: Option<Input<'p>>,
}

impl<'p> Union<'p> {
    pub(super) fn new(inputs: &'p [Operator], argument: Argument) -> Union<'p> {
        Union { inputs: inputs.iter(), argument, current: None }
    }
}

impl Source for Union<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        loop {
            if let Some(current) = &mut self.current
                && let Some(batch) = current.next(run)?
            {
                return Ok(Some(batch));
            }
            let Some(input) = self.inputs.next() else { return Ok(None) };
            self.current = Some(open(input, &self.argument, run));
        }
    }
}
