//! The updating operators. Each takes all rows of its input before it changes anything.

mod create;
mod delete;
mod independent;
mod merge;
mod properties;
mod writes;

#[cfg(test)]
mod laws;

use super::cursor::{BoxedCursor, Cursor};
use super::{Result, Row, Run, row_bytes};
use crate::limits::discard;
use crate::plan::{Operator, SetAction};
use writes::Writes;

/// For how many rows changes are collected.
const BATCH: usize = 4096;

/// Applies an updating operator to the rows of its input.
pub(super) struct Update<'p> {
    input: BoxedCursor<'p>,
    operator: &'p Operator,
    rows: Option<std::vec::IntoIter<Row>>,
}

impl<'p> Update<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, operator: &'p Operator) -> Update<'p> {
        Update { input, operator, rows: None }
    }

    /// All rows of the input. A chain of updates recurses here, so that its frame must stay small.
    fn rows(&mut self, run: &mut Run) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        match self.take(&mut rows, run) {
            Ok(()) => Ok(rows),
            Err(error) => {
                discard(rows);
                Err(error)
            }
        }
    }

    fn take(&mut self, rows: &mut Vec<Row>, run: &mut Run) -> Result<()> {
        while let Some(row) = self.input.next(run)? {
            run.budget.tick()?;
            run.budget.charge(row_bytes(&row))?;
            rows.push(row);
        }
        Ok(())
    }

    #[inline(never)]
    fn apply(&self, mut rows: Vec<Row>, run: &mut Run) -> Result<Vec<Row>> {
        if let Operator::Merge { merge: clause, matching, .. } = self.operator {
            return merge::merge_all(clause, matching, rows, run);
        }
        match self.change(&mut rows, run) {
            Ok(()) => Ok(rows),
            Err(error) => {
                discard(rows);
                Err(error)
            }
        }
    }

    fn change(&self, rows: &mut [Row], run: &mut Run) -> Result<()> {
        match self.operator {
            Operator::Create { creations, .. } => create::create_all(creations, rows, run),
            Operator::Set { actions, .. } => set_all(actions, rows, run),
            Operator::Remove { actions, .. } => {
                rows.iter_mut().try_for_each(|row| properties::remove(actions, row, run))
            }
            Operator::Delete { detach, targets, .. } => delete::delete(*detach, targets, rows, run),
            _ => Ok(()),
        }
    }
}

impl Cursor for Update<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        if self.rows.is_none() {
            let rows = self.rows(run)?;
            self.rows = Some(self.apply(rows, run)?.into_iter());
        }
        Ok(self.rows.as_mut().and_then(Iterator::next))
    }
}

fn set_all(actions: &[SetAction], rows: &mut [Row], run: &mut Run) -> Result<()> {
    let collected = if rows.len() > 1 { Writes::of([actions]) } else { None };
    let Some((mut writes, [assignments])) = collected else {
        return rows.iter_mut().try_for_each(|row| properties::set(actions, row, run));
    };
    for row in rows {
        run.budget.tick()?;
        writes.add(&assignments, row, run)?;
        if writes.is_full() {
            writes.make(run)?;
        }
    }
    writes.make(run)
}
