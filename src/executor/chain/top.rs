//! [`Sieve`]: lets through the rows that may be among the first by a sort key; the others are never made.

use super::super::evaluate::{evaluate, row_count};
use super::super::{Result, Row, Run};
use super::groups::whole_column;
use super::{Batch, Context};
use crate::graph::{Column, Data, Value};
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

    /// The rows of a batch that may be among the first. Some of them may still turn out not to be.
    pub(super) fn passing(
        &mut self,
        column: Option<(Slot, &Column)>,
        batch: &Batch,
        row: &mut Row,
        run: &mut Run,
    ) -> Result<Vec<u32>> {
        let likely = column.and_then(|(slot, column)| self.not_behind(column, batch.ids(slot)));
        let mut passing = likely.unwrap_or_else(|| (0..batch.len as u32).collect());
        let mut kept = 0;
        for next in 0..passing.len() {
            let at = passing[next];
            let value = match column {
                Some((slot, column)) => column.value(batch.ids(slot)[at as usize] as usize),
                None => {
                    batch.fill(at as usize, row);
                    evaluate(&self.top.key, row, run)?
                }
            };
            if self.passes(value) {
                passing[kept] = at;
                kept += 1;
            }
        }
        passing.truncate(kept);
        Ok(passing)
    }

    fn passes(&mut self, value: Value) -> bool {
        let order = |a: &Value, b: &Value| if self.top.descending { b.order(a) } else { a.order(b) };
        if self.best.len() == self.limit && order(&value, &self.best[self.limit - 1]).is_gt() {
            return false;
        }
        let place = self.best.partition_point(|other| order(other, &value).is_le());
        self.best.insert(place, value);
        self.best.truncate(self.limit);
        true
    }

    /// The nodes whose integer, date or time is not behind the last of the best so far; `None` if that is not known.
    fn not_behind(&self, column: &Column, nodes: &[u32]) -> Option<Vec<u32>> {
        let values = column.data().integers()?;
        let worst = self.best.get(self.limit - 1)?;
        let worst = match column.data() {
            Data::Temporal(array) => array.key_of(worst)?.0,
            _ => worst.as_integer()?,
        };
        let descending = self.top.descending;
        let (mut kept, mut row) = (Vec::new(), 0);
        column.each_slot(nodes, |slot| {
            let is_behind = match slot {
                Some(slot) if descending => values[slot] < worst,
                Some(slot) => values[slot] > worst,
                None => !descending,
            };
            if !is_behind {
                kept.push(row);
            }
            row += 1;
        });
        Some(kept)
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
