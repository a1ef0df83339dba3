//! [`Sieve`]: lets through the rows that may be among the first by a sort key; the others are never made.

use super::super::evaluate::{evaluate, row_count};
use super::super::{Result, Row, Run};
use super::groups::whole_column;
use super::{Batch, Context};
use crate::graph::{Column, Value};
use crate::plan::{ExprKind, Slot, Top};

/// The best values of the key so far: as many as rows are wanted.
pub(super) struct Sieve<'p> {
    top: &'p Top,
    limit: usize,
    /// The best one first.
    best: Vec<Value>,
}

/// Of more rows than these, the sort itself keeps the best.
const MOST: usize = 1024;

impl<'p> Sieve<'p> {
    /// `None` if it is not known how many rows are wanted, or if they are many.
    pub(super) fn new(top: &'p Top, argument: &mut Row, run: &mut Run) -> Option<Sieve<'p>> {
        let limit = row_count(&top.limit, "LIMIT", argument, run).ok()?;
        let few = (1..=MOST).contains(&limit);
        few.then(|| Sieve { top, limit, best: Vec::with_capacity(limit + 1) })
    }

    /// Whether a row of a batch may be among the first. One that is let through may still turn out not to be.
    pub(super) fn passes(
        &mut self,
        column: Option<(Slot, &Column)>,
        batch: &Batch,
        at: usize,
        row: &mut Row,
        run: &mut Run,
    ) -> Result<bool> {
        let value = match column {
            Some((slot, column)) => column.value(batch.ids(slot)[at] as usize),
            None => {
                batch.fill(at, row);
                evaluate(&self.top.key, row, run)?
            }
        };
        let order = |a: &Value, b: &Value| if self.top.descending { b.order(a) } else { a.order(b) };
        if self.best.len() == self.limit && order(&value, &self.best[self.limit - 1]).is_gt() {
            return Ok(false);
        }
        let place = self.best.partition_point(|other| order(other, &value).is_le());
        self.best.insert(place, value);
        self.best.truncate(self.limit);
        Ok(true)
    }

    /// The column of a key that is a property of a node.
    pub(super) fn column<'g>(&self, context: &Context<'g>, whole: bool) -> Option<(Slot, &'g Column)> {
        let ExprKind::Property(base, key) = &self.top.key.kind else { return None };
        let ExprKind::Slot(slot) = base.kind else { return None };
        let is_node = context.nodes.contains(&slot);
        let key = context.graph.key(key).filter(|_| is_node)?;
        Some((slot, whole_column(context.graph, key, whole)?))
    }
}
