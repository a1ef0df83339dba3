//! SKIP and LIMIT, for each row of the argument.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::batch::{Batch, picks};
use super::evaluate::row_count;
use super::source::{Argument, Input, Source, mark, open};
use super::{Result, Run};
use crate::plan::{Expr, Operator};

/// How many rows of a row of the argument have been seen; these come in ascending order.
#[derive(Default)]
struct Seen {
    origin: usize,
    rows: usize,
}

impl Seen {
    /// How many rows have come before this one.
    fn before(&mut self, origin: usize) -> usize {
        if origin != self.origin {
            *self = Seen { origin, rows: 0 };
        }
        self.rows += 1;
        self.rows - 1
    }
}

/// How many rows a plan skips or gives, which no row has a say in.
struct Count<'p> {
    expression: &'p Expr,
    word: &'static str,
    known: Option<usize>,
}

impl Count<'_> {
    fn get(&mut self, run: &mut Run) -> Result<usize> {
        if let Some(known) = self.known {
            return Ok(known);
        }
        let mut row = run.spare_row();
        let count = row_count(self.expression, self.word, &mut row, run)?;
        run.spare.push(row);
        self.known = Some(count);
        Ok(count)
    }
}

pub(super) struct Skip<'p> {
    input: Input<'p>,
    argument: Argument,
    count: Count<'p>,
    seen: Seen,
}

impl<'p> Skip<'p> {
    pub(super) fn new(input: Input<'p>, argument: Argument, count: &'p Expr) -> Skip<'p> {
        let count = Count { expression: count, word: "SKIP", known: None };
        Skip { input, argument, count, seen: Seen::default() }
    }
}

impl Source for Skip<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        let count = self.count.get(run)?;
        while let Some(batch) = self.input.next(run)? {
            let kept = if self.argument.len() == 1 {
                let left = count.saturating_sub(self.seen.rows).min(batch.len);
                self.seen.rows += left;
                batch.slice(left..batch.len)
            } else {
                let rows = 0..batch.len as u32;
                let kept = rows.filter(|row| self.seen.before(batch.origin_of(*row as usize)) >= count);
                batch.pick(&picks(kept.collect()))
            };
            if !kept.is_empty() {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }
}

/// Stops its input once all rows that are wanted have come, unless the input changes the graph.
pub(super) struct Limit<'p> {
    input: Input<'p>,
    argument: Argument,
    count: Count<'p>,
    seen: Seen,
    /// Marks the rows of the argument that have had all their rows.
    done: Option<Arc<[AtomicBool]>>,
}

impl<'p> Limit<'p> {
    pub(super) fn new(input: &'p Operator, argument: &Argument, count: &'p Expr, run: &Run) -> Limit<'p> {
        let (inner, done) = match input.writes() {
            true => (argument.clone(), None),
            false => {
                let (inner, done) = argument.to_be_done();
                (inner, Some(done))
            }
        };
        let count = Count { expression: count, word: "LIMIT", known: None };
        Limit { input: open(input, &inner, run), argument: argument.clone(), count, seen: Seen::default(), done }
    }

    /// Whether no row is wanted any more.
    fn is_over(&self, count: usize) -> bool {
        count == 0 || (self.argument.len() == 1 && self.seen.rows >= count)
    }

    fn kept(&mut self, batch: &Batch, count: usize) -> Batch {
        if self.argument.len() == 1 {
            let kept = count.saturating_sub(self.seen.rows).min(batch.len);
            self.seen.rows += kept;
            return batch.slice(0..kept);
        }
        let mut kept = Vec::new();
        for row in 0..batch.len {
            let origin = batch.origin_of(row);
            let before = self.seen.before(origin);
            if before < count {
                kept.push(row as u32);
            }
            if before + 1 >= count
                && let Some(done) = &self.done
            {
                mark(done, origin);
            }
        }
        batch.pick(&picks(kept))
    }
}

impl Source for Limit<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        let count = self.count.get(run)?;
        let writes = self.done.is_none();
        while writes || !self.is_over(count) {
            let Some(batch) = self.input.next(run)? else { return Ok(None) };
            let kept = self.kept(&batch, count);
            if !kept.is_empty() {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }
}
