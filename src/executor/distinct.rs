//! DISTINCT: each row of the argument has a row but once.

use super::batch::{Batch, picks};
use super::groups::Groups;
use super::source::{Input, Source};
use super::vector::Vector;
use super::{Result, Run};
use crate::plan::Slot;

pub(super) struct Distinct<'p> {
    input: Input<'p>,
    /// The slots that tell rows apart; `None`: all.
    slots: Option<Vec<Slot>>,
    seen: Option<Groups>,
}

impl<'p> Distinct<'p> {
    pub(super) fn new(input: Input<'p>, slots: Vec<Slot>) -> Distinct<'p> {
        Distinct { input, slots: Some(slots), seen: None }
    }

    /// Of result rows.
    pub(super) fn of_rows(input: Input<'p>) -> Distinct<'p> {
        Distinct { input, slots: None, seen: None }
    }
}

impl Source for Distinct<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        while let Some(batch) = self.input.next(run)? {
            let keys: Vec<Vector> = match &self.slots {
                Some(slots) => {
                    let slots = slots.iter().map(|slot| batch.columns[*slot].clone());
                    slots.chain([batch.origin().clone()]).collect()
                }
                None => batch.columns.clone(),
            };
            let seen = self.seen.get_or_insert_with(|| Groups::new(keys.len()));
            let mut next = seen.len() as u32;
            let groups = seen.of(&keys, batch.len, run)?;
            let mut first = Vec::new();
            for (row, group) in groups.into_iter().enumerate() {
                if group == next {
                    first.push(row as u32);
                    next += 1;
                }
            }
            if !first.is_empty() {
                return Ok(Some(batch.pick(&picks(first))));
            }
        }
        Ok(None)
    }
}
