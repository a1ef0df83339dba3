//! [`Running`]: a reading plan that gives its rows in batches, as they are wanted.

use std::collections::BTreeMap;
use std::sync::Arc;

use self_cell::self_cell;

use super::source::{self, Input};
use super::{Access, Environment, Execution, Result, Run, produce};
use crate::functions::Clock;
use crate::graph::{Graph, NameIndex, Value};
use crate::limits::{Budget, Files};
use crate::plan::Plan;
use crate::result::Rows;
use crate::result::rows::Portions;

/// The index of names of the graph given, unless a limit stops the work on it.
pub type Names = dyn Fn(&Graph, &Budget) -> Result<Arc<NameIndex>> + Send + Sync;

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
    /// `None`: it has ended.
    source: Option<Input<'i>>,
    /// Rows of a batch that were not wanted so far.
    left: Option<Portions>,
    /// Bytes of the rows that were given last.
    held: usize,
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
        let source = source::open(&inputs.plan.root, &run.nothing(), &run);
        Progress { run, source: Some(source), left: None, held: 0 }
    })))
}

impl Running {
    /// Takes the next rows, fewer than `most` only at the end; `None` after the last. An error ends the run.
    pub fn next_batch(&mut self, most: usize) -> Result<Option<Rows>> {
        self.0.with_dependent_mut(|inputs, progress| {
            inputs.budget.release(std::mem::take(&mut progress.held));
            let batch = inputs.budget.check().and_then(|()| progress.next(most.max(1)));
            if !matches!(batch, Ok(Some(_))) {
                (progress.source, progress.left) = (None, None);
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
    /// Batches are small at first, so several may be needed; what is too much of the last is kept.
    fn next(&mut self, most: usize) -> Result<Option<Rows>> {
        let mut batches = Vec::new();
        let mut wanted = most;
        while wanted > 0 {
            let rows = match self.left.as_mut().and_then(|left| left.next(wanted)) {
                Some(rows) => rows,
                None => {
                    let Some(source) = &mut self.source else { break };
                    let Some(batch) = source.next(&mut self.run)? else {
                        self.source = None;
                        break;
                    };
                    self.left = Some(produce::rows(vec![batch]).portions());
                    continue;
                }
            };
            self.run.budget.charge(rows.bytes())?;
            self.held += rows.bytes();
            wanted -= rows.len();
            batches.push(rows);
        }
        Ok(match batches.len() {
            0 => None,
            1 => batches.pop(),
            _ => Some(Rows::from(batches.into_iter().flatten().collect::<Vec<_>>())),
        })
    }
}
