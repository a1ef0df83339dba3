//! Answers in batches: a reading plan runs while its rows are taken.

use std::sync::Arc;

use super::plans::Planned;
use super::{Engine, Prepared, RunOptions, located, measured, names, profiled, stands_for};
use crate::ast::Mode;
use crate::diagnostic::Diagnostic;
use crate::executor::{self, Inputs, Running};
use crate::graph::Graph;
use crate::limits::Budget;
use crate::result::{AnswerStream, Batch, Batches, Entities, QueryResult, Summary};

impl Engine {
    /// Starts a plan that changes nothing on a snapshot, which is kept until the last row is taken.
    pub(super) fn open(
        &self,
        graph: &Arc<Graph>,
        prepared: &Arc<Prepared>,
        options: &RunOptions,
    ) -> Result<AnswerStream, Vec<Diagnostic>> {
        let Some(Planned { plan, .. }) = &prepared.planned else { return Ok(QueryResult::default().into()) };
        let cache = self.names.clone();
        let running = executor::open(Inputs {
            plan: plan.clone(),
            graph: graph.clone(),
            parameters: options.parameters.clone(),
            clock: options.clock,
            seed: options.seed,
            budget: Budget::start(&options.limits),
            names: Arc::new(move |graph, budget| names(&cache, graph, budget)),
            files: options.files.clone(),
            profile: prepared.statement.mode == Mode::Profile,
        });
        let running = running.map_err(|error| located(&prepared.statement.body, vec![error]))?;
        let batches = Reading { running: Some(running), entities: graph.clone().into(), prepared: prepared.clone() };
        Ok(AnswerStream::new(plan.columns.clone(), plan.shape, batches))
    }
}

/// Rows that are made at once where nobody takes them.
const UNWANTED: usize = 4096;

/// The batches of a plan.
struct Reading {
    running: Option<Running>,
    /// Of the snapshot that is read.
    entities: Entities,
    prepared: Arc<Prepared>,
}

impl Batches for Reading {
    fn next(&mut self, most: usize) -> Result<Option<Batch>, Vec<Diagnostic>> {
        let Some(running) = &mut self.running else { return Ok(None) };
        let rows = running.next_batch(most).map_err(|error| located(&self.prepared.statement.body, vec![error]))?;
        Ok(rows.map(|rows| Batch { rows, entities: self.entities.clone() }))
    }

    fn summary(&mut self) -> Summary {
        let Some(mut running) = self.running.take() else { return Summary::default() };
        // A profile is of the whole statement, also for a client that does not want the rows.
        if self.prepared.statement.mode == Mode::Profile {
            while let Ok(Some(_)) = running.next_batch(UNWANTED) {}
        }
        let execution = running.finish();
        let Some(Planned { plan, warnings }) = &self.prepared.planned else { return Summary::default() };
        let statement = &self.prepared.statement;
        let profile = statement.mode == Mode::Profile;
        Summary {
            changes: execution.changes,
            warnings: warnings.clone(),
            notes: execution.notes.into_iter().chain(plan.notes.iter().cloned()).collect(),
            plan: profile.then(|| stands_for(&statement.body) + &profiled(plan, &execution.profile)),
            plan_tree: profile.then(|| measured(plan, &execution.profile)),
            statement_type: self.prepared.statement_type(),
        }
    }
}
