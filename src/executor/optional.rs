//! OPTIONAL MATCH: the rows of an inner plan for each row, or the row itself with nulls where there are none.

use super::batch::{Batch, picks};
use super::source::{Argument, Input, Source, open};
use super::vector::Vector;
use super::{Result, Run};
use crate::plan::{Operator, Slot};

pub(super) struct Optional<'p> {
    input: Input<'p>,
    inner: &'p Operator,
    slots: &'p [Slot],
    outer: Outer<'p>,
}

impl<'p> Optional<'p> {
    pub(super) fn new(input: Input<'p>, inner: &'p Operator, slots: &'p [Slot]) -> Optional<'p> {
        Optional { input, inner, slots, outer: Outer::default() }
    }
}

impl Source for Optional<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        while let Some((rows, bounds)) = self.outer.next(&mut self.input, self.inner, run)? {
            let found = rows.map(|rows| self.outer.returned(rows)).unwrap_or_default();
            let all = self.outer.with_missing(found, bounds, self.slots);
            if all.is_some() {
                return Ok(all);
            }
        }
        Ok(None)
    }
}

/// The rows for which a plan is run, a batch at a time, and how far it is.
#[derive(Default)]
pub(super) struct Outer<'p> {
    batch: Batch,
    /// The plan as it runs for the batch, until it gives no more rows.
    inner: Option<Input<'p>>,
    /// All rows before this one have had all of theirs.
    next: usize,
    /// Where each row of the last batch of the plan comes from.
    origins: Vec<u32>,
}

/// Rows of the outer batch, from one to before another.
pub(super) type Bounds = std::ops::Range<usize>;

impl<'p> Outer<'p> {
    /// The next rows of the plan, and those of the outer rows among which they come: the last of these may have more.
    /// Without rows: what is left of the batch of outer rows. `None` when the input gives no more.
    pub(super) fn next(
        &mut self,
        input: &mut Input<'p>,
        plan: &'p Operator,
        run: &mut Run,
    ) -> Result<Option<(Option<Batch>, Bounds)>> {
        let inner = match &mut self.inner {
            Some(inner) => inner,
            none => {
                let Some(batch) = input.next(run)? else { return Ok(None) };
                (self.batch, self.next) = (batch, 0);
                none.insert(open(plan, &Argument::new(self.batch.clone()), run))
            }
        };
        let from = self.next;
        match inner.next(run)? {
            Some(rows) => {
                self.origins = (0..rows.len).map(|row| rows.origin_of(row) as u32).collect();
                self.next = self.origins.last().map_or(from, |last| *last as usize + 1);
                Ok(Some((Some(rows), from..self.next)))
            }
            None => {
                self.inner = None;
                self.origins.clear();
                Ok(Some((None, from..self.batch.len)))
            }
        }
    }

    /// Rows of the plan, coming from where the outer rows do.
    pub(super) fn returned(&self, mut rows: Batch) -> Batch {
        let origin = self.outer_of(&self.origins).origin().clone();
        if let Some(last) = rows.columns.last_mut() {
            *last = origin;
        }
        rows
    }

    /// The outer rows at these places.
    fn outer_of(&self, places: &[u32]) -> Batch {
        self.batch.spread(places.to_vec())
    }

    /// The outer row of each row of the plan.
    pub(super) fn outer_rows(&self) -> Batch {
        self.outer_of(&self.origins)
    }

    /// The rows found, and among them, in order, the outer rows of these bounds that none was found for, with nulls in
    /// these slots.
    pub(super) fn with_missing(&self, found: Batch, bounds: Bounds, slots: &[Slot]) -> Option<Batch> {
        let mut has_rows = vec![false; bounds.len()];
        for origin in &self.origins {
            if let Some(place) = (*origin as usize).checked_sub(bounds.start) {
                has_rows[place] = true;
            }
        }
        let missing: Vec<u32> =
            bounds.clone().filter(|row| !has_rows[row - bounds.start]).map(|row| row as u32).collect();
        if missing.is_empty() {
            return (!found.is_empty()).then_some(found);
        }
        let mut blanks = self.outer_of(&missing);
        slots.iter().for_each(|slot| blanks.set(*slot, Vector::default()));
        if found.is_empty() {
            return Some(blanks);
        }
        let mut order = Vec::with_capacity(found.len + blanks.len);
        let mut next = 0;
        for (row, origin) in self.origins.iter().enumerate() {
            while next < missing.len() && missing[next] < *origin {
                order.push((found.len + next) as u32);
                next += 1;
            }
            order.push(row as u32);
        }
        order.extend((next..missing.len()).map(|next| (found.len + next) as u32));
        Some(Batch::concat(&[found, blanks], |_| true).pick(&picks(order)))
    }
}
