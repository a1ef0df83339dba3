//! [`Connection`]: what the doors talk to, whether the graph is of this process or on another machine.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::diagnostic::Diagnostic;
use crate::engine::RunOptions;
use crate::result::{AnswerStream, QueryResult};

/// One user's line to a graph: statements one after the other, and at most one open transaction.
pub trait Connection {
    /// Runs one statement: in the open transaction if there is one, else as a transaction of its own. `BEGIN`,
    /// `COMMIT` and `ROLLBACK` are statements, too.
    /// What the statement changes has been kept before the first row is given; what it reads may be read as the rows
    /// are taken, all of it from one state of the graph.
    fn stream(&mut self, statement: &str, options: &RunOptions) -> Result<AnswerStream, Vec<Diagnostic>>;

    /// As [`Connection::stream`], with all rows at once.
    fn run(&mut self, statement: &str, options: &RunOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        self.stream(statement, options)?.collect()
    }

    fn begin(&mut self, read_only: bool) -> Result<(), Diagnostic>;

    /// Keeps what the transaction changed.
    fn commit(&mut self) -> Result<(), Diagnostic>;

    /// Undoes what the transaction changed.
    fn rollback(&mut self) -> Result<(), Diagnostic>;

    fn transaction(&self) -> TransactionState;

    /// Stops the statement that runs, from another thread.
    fn canceller(&self) -> Canceller;

    /// Names for completion and overviews.
    fn schema(&mut self) -> Result<Schema, Diagnostic>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionState {
    /// Every statement is a transaction of its own.
    None,
    Open {
        /// Whether it has changed something.
        changed: bool,
    },
}

/// Labels, relationship types and property keys of a graph, each with the number of its bearers where that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    pub labels: BTreeMap<Arc<str>, usize>,
    pub types: BTreeMap<Arc<str>, usize>,
    pub keys: Vec<Arc<str>>,
}

/// Stops the statement that runs on a connection.
#[derive(Clone, Debug, Default)]
pub struct Canceller(pub(super) Arc<AtomicBool>);

impl Canceller {
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// The flag to be polled, for [`crate::limits::Limits::cancel`].
    pub fn flag(&self) -> Arc<AtomicBool> {
        self.0.clone()
    }
}
