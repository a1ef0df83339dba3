//! [`Database`]: a graph that many read while one writes, and that keeps what it is told.
//!
//! ```text
//! connection → transaction → engine over a snapshot, or over the working graph
//!                                 commit → log → snapshot published
//! ```
//!
//! Readers take the published snapshot, an `Arc<Graph>` that never changes. There is one working graph; a writer holds
//! it from its first change to the end of its transaction. A commit hands its changes to the log; once they are durable
//! the snapshot with them is published, so that no reader sees what a crash could take back. `writer` lends the working
//! graph, `commit` queues commits and lets one of the waiting writers append all of them at once, `upkeep` merges and
//! checkpoints in the background, `local` is the [`Connection`] to a database of this process.
//!
//! ```
//! use kenning::database::Database;
//! use kenning::engine::RunOptions;
//! use kenning::graph::Graph;
//!
//! let database = Database::in_memory(Graph::new());
//! let options = RunOptions::default();
//! let mut transaction = database.begin_write(&options.limits).unwrap();
//! transaction.run("CREATE (:Service {name: 'mail'})", &options).unwrap();
//! let before = database.snapshot();
//! transaction.commit().unwrap();
//! assert_eq!((before.node_count(), database.snapshot().node_count()), (0, 1));
//! ```

mod commit;
mod connection;
mod file;
mod local;
mod status;
#[cfg(test)]
mod tests;
mod transaction;
mod upkeep;
mod writer;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::diagnostic::Diagnostic;
use crate::engine::{Engine, RunOptions, Stage};
use crate::graph::Graph;
use crate::limits::{Budget, Limits};
use crate::result::QueryResult;
use commit::Commits;
pub use connection::{Canceller, Connection, Schema, TransactionState};
use file::Backing;
pub use file::Options;
pub use local::LocalConnection;
pub use status::{ReaderStatus, Status};
pub use transaction::{ReadTransaction, WriteTransaction};
use upkeep::Upkeep;
use writer::WriterSlot;

/// A graph with its readers, its writer and, if it has one, its file. Clones share all of it.
#[derive(Clone)]
pub struct Database {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Engine,
    /// What readers get: the state after the last durable commit.
    published: RwLock<Published>,
    writer: WriterSlot,
    commits: Commits,
    upkeep: Upkeep,
    readers: Mutex<status::Readers>,
    file: RwLock<Backing>,
    notices: Mutex<Vec<String>>,
    /// Whether every change is refused, whatever stands behind the graph.
    read_only: AtomicBool,
}

/// A snapshot, and how many commits led to it.
#[derive(Clone)]
struct Published {
    graph: Arc<Graph>,
    sequence: u64,
}

impl Database {
    /// A database without a file: it lasts as long as the process.
    pub fn in_memory(graph: Graph) -> Database {
        Database::with_file(graph, Backing::Memory, 0)
    }

    /// A graph after `sequence` commits.
    fn with_file(mut graph: Graph, file: Backing, sequence: u64) -> Database {
        graph.commit();
        let commits = Commits::default();
        commits.restart(sequence);
        let published = Published { graph: Arc::new(graph.clone()), sequence };
        let shared = Shared {
            engine: Engine::new(),
            published: RwLock::new(published),
            writer: WriterSlot::new(graph, commits.generation()),
            commits,
            upkeep: Upkeep::default(),
            readers: Mutex::default(),
            file: RwLock::new(file),
            notices: Mutex::default(),
            read_only: AtomicBool::new(false),
        };
        Database { shared: Arc::new(shared) }
    }

    /// The state after the last commit. It stays as it is for as long as it is held, and costs a writer nothing.
    pub fn snapshot(&self) -> Arc<Graph> {
        self.shared.published().graph
    }

    /// How many commits led to the snapshot; it grows with every commit.
    pub fn sequence(&self) -> u64 {
        self.shared.published().sequence
    }

    /// The pipeline that this database's statements run through.
    pub fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    pub fn connect(&self) -> LocalConnection {
        LocalConnection::new(self.clone())
    }

    /// Runs one statement as a transaction of its own.
    pub fn run(&self, statement: &str, options: &RunOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        self.connect().run(statement, options)
    }

    /// Prints what a stage of the pipeline makes of the statement.
    pub fn explain(&self, statement: &str, stage: Stage) -> Result<String, Vec<Diagnostic>> {
        self.shared.engine.explain(&self.snapshot(), statement, stage)
    }

    /// Starts a transaction that reads the present state, whatever is committed meanwhile.
    pub fn begin_read(&self) -> ReadTransaction {
        ReadTransaction::new(self.shared.clone())
    }

    /// Starts a transaction that may change the graph, once no other one does. The limits end the waiting.
    pub fn begin_write(&self, limits: &Limits) -> Result<WriteTransaction, Diagnostic> {
        let budget = Budget::start(limits);
        Ok(WriteTransaction::new(self.shared.lend(budget.watch())?))
    }
}

impl Shared {
    fn published(&self) -> Published {
        self.published.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn publish(&self, published: Published) {
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = published;
    }
}

/// Locks a mutex whose data is whole at any moment, so that a panic elsewhere is no reason to stop.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
