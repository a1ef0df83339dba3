//! [`Running`]: a reading plan that gives its rows in batches, as they are wanted.

use std::collections::BTreeMap;
use std::sync::Arc;

use self_cell::self_cell;

use super::cursor::{self, BoxedCursor};
use super::{Access, Environment, Execution, Result, Row, Run, row_bytes};
use crate::functions::Clock;
use crate::graph::{Graph, NameIndex, Value};
use crate::limits::{Budget, Files};
use crate::plan::Plan;
use crate::result::Rows;
use crate::result::rows::Portions;

/// The index of names of the graph given.
pub type Names = dyn Fn(&Graph) -> Arc<NameIndex> + Send + Sync;

/// What a running plan keeps: as [`Environment`], but owned.
pub struct Inputs {
    pub plan: Arc<Plan>,
    /// The snapshot that is read until the last row.
    pub graph: Arc<Graph>,
    pub parameters: BTreeMap<String, Value>,
    pub clock: Clock,
    pub seed: u64,
    pub budget: Budget,
    pub names: Arc<Names>,
    pub files: Option<Files>,
    pub profile: bool,
}

/// A plan that has given some of its rows. Dropping it stops it.
pub struct Running(Cell);

self_cell!(
    struct Cell {
        owner: Inputs,
        #[not_covariant]
        dependent: Progress,
    }
);

/// How far a plan is.
struct Progress<'i> {
    run: Run<'i>,
    source: Source<'i>,
    /// Bytes of the batch that was given last.
    held: usize,
}

/// Where the next rows come from.
enum Source<'i> {
    /// Not asked for anything so far.
    Fresh(BoxedCursor<'i>),
    Cursor(BoxedCursor<'i>),
    /// All rows, which came at once.
    Made(Portions),
    Drained,
}

/// Starts a plan that changes nothing. No row is made before the first batch is taken.
pub fn open(inputs: Inputs) -> Result<Running> {
    inputs.budget.check()?;
    Ok(Running(Cell::new(inputs, |inputs| {
        let environment = Environment {
            parameters: &inputs.parameters,
            clock: inputs.clock,
            seed: inputs.seed,
            budget: &inputs.budget,
            names: &*inputs.names,
            files: inputs.files.as_ref(),
            profile: inputs.profile,
            commit: None,
        };
        let run = Run::new(&inputs.plan, Access::Read(&inputs.graph), &environment);
        let cursor = cursor::open(&inputs.plan.root, vec![Value::Null; inputs.plan.slots.len()], &run);
        Progress { run, source: Source::Fresh(cursor), held: 0 }
    })))
}

impl Running {
    /// Takes the next rows, fewer than `most` only at the end; `None` after the last. An error ends the run.
    pub fn next_batch(&mut self, most: usize) -> Result<Option<Rows>> {
        self.0.with_dependent_mut(|inputs, progress| {
            inputs.budget.release(std::mem::take(&mut progress.held));
            let batch = inputs.budget.check().and_then(|()| progress.next(most.max(1)));
            if !matches!(batch, Ok(Some(_))) {
                progress.source = Source::Drained;
            }
            batch
        })
    }

    /// Ends the run: its notes and measures so far, without rows.
    pub fn finish(mut self) -> Execution {
        self.0.with_dependent_mut(|inputs, progress| {
            let profile = progress.run.profile.take();
            Execution {
                rows: Rows::default(),
                changes: std::mem::take(&mut progress.run.changes),
                notes: std::mem::take(&mut progress.run.notes),
                profile: profile.map_or_else(Vec::new, |profile| profile.measures(&inputs.plan)),
            }
        })
    }
}

impl Progress<'_> {
    fn next(&mut self, most: usize) -> Result<Option<Rows>> {
        match std::mem::replace(&mut self.source, Source::Drained) {
            Source::Fresh(mut cursor) => {
                self.source = match cursor.table(&mut self.run)? {
                    Some(table) => Source::Made(table.into_rows().portions()),
                    None => Source::Cursor(cursor),
                };
                self.next(most)
            }
            Source::Cursor(mut cursor) => {
                let rows = self.rows(&mut cursor, most)?;
                self.source = Source::Cursor(cursor);
                Ok((!rows.is_empty()).then(|| Rows::from(rows)))
            }
            Source::Made(mut portions) => {
                let batch = portions.next(most);
                self.source = Source::Made(portions);
                Ok(batch)
            }
            Source::Drained => Ok(None),
        }
    }

    fn rows(&mut self, cursor: &mut BoxedCursor, most: usize) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        while rows.len() < most {
            let Some(row) = cursor.next(&mut self.run)? else { break };
            let bytes = row_bytes(&row);
            self.run.budget.charge(bytes)?;
            self.held += bytes;
            rows.push(row);
        }
        Ok(rows)
    }
}
