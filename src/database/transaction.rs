//! Transactions of a program: one that reads, one that writes.

use std::sync::Arc;

use super::writer::Lease;
use super::{Shared, status};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::engine::{Prepared, RunOptions};
use crate::graph::Graph;
use crate::limits::{Budget, Watch};
use crate::result::QueryResult;

/// Reads one state of the graph for as long as it is held.
pub struct ReadTransaction {
    shared: Arc<Shared>,
    graph: Arc<Graph>,
    sequence: u64,
    /// The generation of commits when it began, or one before it.
    generation: u64,
    /// Lists it among the readers of the database.
    _entry: status::Entry,
}

impl ReadTransaction {
    pub(super) fn new(shared: Arc<Shared>) -> ReadTransaction {
        let generation = shared.commits.generation();
        let published = shared.published();
        let entry = status::Entry::new(&shared, published.sequence);
        ReadTransaction { graph: published.graph, sequence: published.sequence, generation, shared, _entry: entry }
    }

    /// How many commits led to the state that it reads.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Whether a transaction that writes began with the state that this one reads.
    pub(super) fn is_present_to(&self, writing: &WriteTransaction) -> bool {
        writing.lease.origin() == (self.generation, self.sequence)
    }

    pub fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    /// Runs a statement; one that changes the graph is an error.
    pub fn run(&self, statement: &str, options: &RunOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        let prepared = self.prepare(statement, options)?;
        if prepared.writes() {
            return Err(vec![read_only()]);
        }
        self.shared.engine.read(&self.graph, &prepared, options)
    }

    pub(super) fn prepare(&self, statement: &str, options: &RunOptions) -> Result<Arc<Prepared>, Vec<Diagnostic>> {
        self.shared.engine.prepare(&self.graph, statement, options)
    }
}

/// Changes the graph; dropped without a commit, it is rolled back.
pub struct WriteTransaction {
    lease: Lease,
}

impl WriteTransaction {
    pub(super) fn new(lease: Lease) -> WriteTransaction {
        WriteTransaction { lease }
    }

    /// The graph with the changes made so far.
    pub fn graph(&self) -> &Graph {
        &self.lease
    }

    /// The graph, to be changed without statements. Indexes follow; constraints are not checked.
    pub fn graph_mut(&mut self) -> &mut Graph {
        &mut self.lease
    }

    /// Runs a statement. One that fails leaves the transaction as it was before the statement.
    pub fn run(&mut self, statement: &str, options: &RunOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        let prepared = self.prepare(statement, options)?;
        self.run_prepared(&prepared, options)
    }

    pub(super) fn prepare(&self, statement: &str, options: &RunOptions) -> Result<Arc<Prepared>, Vec<Diagnostic>> {
        self.lease.shared().engine.prepare(&self.lease, statement, options)
    }

    /// A statement that was prepared for an earlier state: others may have committed since its plan was made.
    pub(super) fn renewed(
        &self,
        prepared: Arc<Prepared>,
        statement: &str,
        options: &RunOptions,
    ) -> Result<Arc<Prepared>, Vec<Diagnostic>> {
        if prepared.holds_for(&self.lease) { Ok(prepared) } else { self.prepare(statement, options) }
    }

    pub(super) fn run_prepared(
        &mut self,
        prepared: &Prepared,
        options: &RunOptions,
    ) -> Result<QueryResult, Vec<Diagnostic>> {
        let shared = self.lease.shared().clone();
        if prepared.commits() {
            return Err(vec![commits_by_itself()]);
        }
        if self.lease.is_broken() {
            return Err(vec![broken()]);
        }
        match prepared.writes() {
            true => self.lease.changing(|graph| shared.engine.write(graph, prepared, options, None)),
            false => shared.engine.read(&Arc::new(Graph::clone(&self.lease)), prepared, options),
        }
    }

    /// Runs a statement that is all of the transaction, and commits it.
    pub(super) fn run_whole(
        mut self,
        prepared: &Prepared,
        options: &RunOptions,
    ) -> Result<QueryResult, Vec<Diagnostic>> {
        let (shared, generation) = (self.lease.shared().clone(), self.lease.generation());
        let budget = Budget::start(&options.limits);
        let commit = |graph: &mut Graph| {
            let ticket = shared.submit(graph, generation, budget.watch())?;
            shared.wait(&ticket)?;
            graph.begin();
            Ok(())
        };
        let result = self.lease.changing(|graph| shared.engine.write(graph, prepared, options, Some(&commit)))?;
        self.commit_within(budget.watch()).map_err(|error| vec![error])?;
        Ok(result)
    }

    /// Makes the changes durable and visible to others; an error undoes them.
    pub fn commit(self) -> Result<(), Diagnostic> {
        self.commit_within(&Watch::default())
    }

    /// As [`WriteTransaction::commit`], unless the watch stops it before anything is written.
    pub fn commit_within(mut self, watch: &Watch) -> Result<(), Diagnostic> {
        if self.lease.is_broken() {
            return Err(broken());
        }
        let (shared, generation) = (self.lease.shared().clone(), self.lease.generation());
        let ticket = shared.submit(&mut self.lease, generation, watch)?;
        // The next writer goes on while this commit is written.
        drop(self);
        shared.wait(&ticket)?;
        shared.keep_up();
        Ok(())
    }

    /// Undoes the changes.
    pub fn rollback(self) {}
}

pub(super) fn read_only() -> Diagnostic {
    let message = "this transaction only reads, and the statement changes the graph";
    Diagnostic::runtime(Kind::TransactionError, Detail::ReadOnly, message)
}

fn broken() -> Diagnostic {
    let message = "a statement of this transaction ended in a defect of kenning, so that it cannot go on";
    Diagnostic::runtime(Kind::TransactionError, Detail::TransactionConflict, message).help("ROLLBACK undoes it")
}

fn commits_by_itself() -> Diagnostic {
    let message = "CALL { … } IN TRANSACTIONS commits by itself, but a transaction is open";
    Diagnostic::runtime(Kind::TransactionError, Detail::TransactionOpen, message)
        .help("COMMIT or ROLLBACK first, then run it")
}
