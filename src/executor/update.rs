//! The updating operators. Each takes all rows of its input before it changes anything.
//!
//! Changes are made for a batch of rows at once where it makes no difference: what the statement writes is computed in
//! columns first, then the graph is changed in bulk ([`batch`] says which expressions may be computed so). What does
//! not fit, and a batch in which an expression fails, is done row by row: nothing has been changed for it by then, and
//! the first row that fails raises its error.

mod batch;
mod create;
mod delete;
mod independent;
mod maps;
mod merge;
mod properties;
mod table;
mod writes;

#[cfg(test)]
mod laws;

use super::batch::Batch;
use super::source::{Input, Source};
use super::{Result, Row, Run, row_bytes};
use crate::plan::Operator;

/// Applies an updating operator to the rows of its input.
pub(super) struct Update<'p> {
    input: Input<'p>,
    operator: &'p Operator,
    done: Option<std::vec::IntoIter<Batch>>,
}

impl<'p> Update<'p> {
    pub(super) fn new(input: Input<'p>, operator: &'p Operator) -> Update<'p> {
        Update { input, operator, done: None }
    }

    #[inline(never)]
    fn apply(&self, batches: Vec<Batch>, run: &mut Run) -> Result<Vec<Batch>> {
        match self.operator {
            Operator::Merge { merge: clause, matching, .. } => merge::merge_all(clause, matching, batches, run),
            Operator::Create { creations, .. } => create::create_all(creations, batches, run),
            Operator::Set { actions, .. } => writes::set_all(actions, batches, run),
            Operator::Remove { actions, .. } => writes::remove_all(actions, batches, run),
            Operator::Delete { detach, targets, .. } => {
                delete::delete(*detach, targets, &batches, run)?;
                Ok(batches)
            }
            _ => Ok(batches),
        }
    }
}

impl Source for Update<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        if self.done.is_none() {
            let batches = self.input.all(run)?;
            self.done = Some(self.apply(batches, run)?.into_iter());
        }
        Ok(self.done.as_mut().and_then(Iterator::next))
    }
}

/// Changes the graph for each row of a batch alone, and perhaps the row.
fn each_row(batch: &Batch, run: &mut Run, mut change: impl FnMut(&mut Row, &mut Run) -> Result<()>) -> Result<Batch> {
    let budget = run.budget;
    let mut hold = budget.hold();
    let mut rows: Vec<Row> = Vec::with_capacity(batch.len);
    for at in 0..batch.len {
        budget.tick()?;
        let mut row = batch.row(at);
        hold.add(row_bytes(&row))?;
        change(&mut row, run)?;
        rows.push(row);
    }
    Ok(Batch::of_rows(rows, batch.columns.len()))
}
