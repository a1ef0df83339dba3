//! [`Line`]: one client's line to the database.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::Host;
use super::meter::{metered, only_cut};
use super::remote::for_client;
use super::stopping::shutdown;
use super::users::Role;
use crate::database::{Connection, LocalConnection, TransactionState};
use crate::diagnostic::{Detail, Diagnostic};
use crate::engine::RunOptions;
use crate::graph::Value;
use crate::limits::{Budget, Limits};
use crate::result::{AnswerStream, Batch, QueryResult};
use crate::session::{LocalClock, guarded};

/// A statement as a client sends it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) statement: String,
    pub(crate) parameters: BTreeMap<String, Value>,
    /// Whether the client promises to change nothing, and is held to it.
    pub(crate) read_only: bool,
    /// Less time than the server allows.
    pub(crate) time: Option<Duration>,
}

/// A connection with the limits and rights of its user. All calls block: they belong on a blocking thread.
pub(crate) struct Line {
    host: Arc<Host>,
    connection: LocalConnection,
    role: Role,
    /// Who takes the decisions that this line keeps; empty where nobody is asked for a name.
    author: String,
    /// Set to stop what runs on this line, from another thread.
    cancel: Arc<AtomicBool>,
    clock: LocalClock,
    statements: u64,
    /// Whether the client knows that its changes are not kept.
    warned: Arc<AtomicBool>,
    /// Its number among the lines that are stopped when the server ends.
    number: u64,
}

impl Line {
    pub(crate) fn new(host: Arc<Host>, role: Role) -> Line {
        let connection = host.database.connect();
        Line::over(host, connection, role)
    }

    /// A line to the database that lists databases.
    pub(crate) fn to_system(host: Arc<Host>, role: Role) -> Line {
        let connection = host.system.connect();
        Line::over(host, connection, role)
    }

    fn over(host: Arc<Host>, mut connection: LocalConnection, role: Role) -> Line {
        connection.refuse_control();
        let cancel = Arc::<AtomicBool>::default();
        let number = host.stopping.enter(cancel.clone());
        let (clock, warned) = (LocalClock::default(), Arc::default());
        let author = String::new();
        Line { host, connection, role, author, cancel, clock, statements: 0, warned, number }
    }

    /// The same line for a user of this name.
    pub(crate) fn of(mut self, user: &str) -> Line {
        self.author = user.to_string();
        self
    }

    /// The flag that stops the statement that runs; it stays set until [`Line::clear`].
    pub(crate) fn cancel_flag(&self) -> Arc<AtomicBool> {
        self.cancel.clone()
    }

    /// Forgets a cancellation.
    pub(crate) fn clear(&self) {
        self.cancel.store(false, Relaxed);
    }

    /// Starts a statement: in the open transaction, else as a transaction of its own.
    pub(crate) fn run(&mut self, request: &Request) -> Result<AnswerStream, Vec<Diagnostic>> {
        self.check_time()?;
        let options = self.options(request);
        self.host.counters.statements.fetch_add(1, Relaxed);
        let alone = self.connection.transaction() == TransactionState::None;
        let read_only = request.read_only || self.role == Role::Reader;
        let connection = &mut self.connection;
        let started = Instant::now();
        let answer = guarded(|| match alone && read_only {
            true => read_alone(connection, &request.statement, &options),
            false => connection.stream(&request.statement, &options),
        });
        let spent = started.elapsed();
        self.count_failure(answer.map(|answer| metered(answer, self.host.clone(), self.warned.clone(), alone, spent)))
    }

    /// Runs a statement and takes all of its rows.
    pub(crate) fn run_whole(&mut self, request: &Request) -> Result<QueryResult, Vec<Diagnostic>> {
        let answer = self.run(request)?;
        self.count_failure(guarded(|| answer.collect()))
    }

    /// Takes the next rows of an answer, fewer than `most` only at the end; `None` after the last.
    pub(crate) fn pull(&self, answer: &mut AnswerStream, most: usize) -> Result<Option<Batch>, Vec<Diagnostic>> {
        if let Err(errors) = self.check_time() {
            let is_done = !self.in_transaction() && !answer.end().changes.is_empty();
            return Err(if is_done { errors.into_iter().map(cut_at_shutdown).collect() } else { errors });
        }
        self.count_failure(guarded(|| answer.next(most)))
    }

    /// Refuses to go on once the server's grace period is over.
    fn check_time(&self) -> Result<(), Vec<Diagnostic>> {
        match self.host.stopping.is_over() {
            true => self.host.counters.count(Err(vec![shutdown(self.host.settings.grace)])),
            false => Ok(()),
        }
    }

    pub(crate) fn begin(&mut self, read_only: bool) -> Result<(), Diagnostic> {
        let begun = self.connection.begin(read_only || self.role == Role::Reader);
        begun.map_err(|error| self.for_client(error))
    }

    pub(crate) fn commit(&mut self) -> Result<(), Vec<Diagnostic>> {
        let connection = &mut self.connection;
        let committed = guarded(|| connection.commit().map_err(|error| vec![error]));
        self.count_failure(committed)
    }

    pub(crate) fn rollback(&mut self) -> Result<(), Diagnostic> {
        self.connection.rollback().map_err(|error| self.for_client(error))
    }

    /// Reads what other processes have written to the database file, if there are any.
    pub(crate) fn refresh(&mut self) -> Result<(), Diagnostic> {
        match self.in_transaction() {
            true => Ok(()),
            false => self.connection.begin(true).and_then(|()| self.connection.rollback()),
        }
    }

    /// The budget of work that belongs to a statement but is not done by it, such as drawing its answer.
    pub(crate) fn budget(&self) -> Budget {
        let allowed = &self.host.settings.statement;
        let limits = Limits { cancel: self.cancel.clone(), ..allowed.clone() };
        Budget::start(&limits)
    }

    /// Whether other writers wait for this line's transaction to end.
    pub(crate) fn holds_writer(&self) -> bool {
        self.connection.holds_writer()
    }

    pub(crate) fn in_transaction(&self) -> bool {
        self.connection.transaction() != TransactionState::None
    }

    fn count_failure<T>(&self, result: Result<T, Vec<Diagnostic>>) -> Result<T, Vec<Diagnostic>> {
        self.host.counters.count(result.map_err(|errors| self.explained(errors)))
    }

    /// Says why a statement was interrupted if it was the server that did it, and what a client can do.
    fn explained(&self, errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
        if self.host.stopping.is_over() && errors.iter().any(|error| error.detail == Detail::Interrupted) {
            return vec![shutdown(self.host.settings.grace)];
        }
        errors.into_iter().map(|error| self.for_client(error)).collect()
    }

    fn for_client(&self, error: Diagnostic) -> Diagnostic {
        for_client(error, &self.host.settings, self.role)
    }

    fn options(&mut self, request: &Request) -> RunOptions {
        self.statements += 1;
        let clock = self.clock.now();
        // A splitmix step apart, so that the statements of a line draw different numbers.
        let seed = (clock.nanos as u64).wrapping_add(self.statements.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let author = self.author.clone();
        let allowed = &self.host.settings.statement;
        let time = [allowed.time, request.time].into_iter().flatten().min();
        let limits = Limits { time, memory: allowed.memory, cancel: self.cancel.clone(), ..Limits::default() };
        RunOptions { parameters: request.parameters.clone(), limits, clock, seed, author, ..RunOptions::default() }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.host.stopping.leave(self.number);
    }
}

/// The shutdown of an answer whose statement was done.
fn cut_at_shutdown(error: Diagnostic) -> Diagnostic {
    only_cut(Diagnostic { help: Some("ask for the rows again once the server is back".into()), ..error })
}

/// Runs a statement that may change nothing. Its answer keeps the snapshot after the transaction has ended.
fn read_alone(
    connection: &mut LocalConnection,
    statement: &str,
    options: &RunOptions,
) -> Result<AnswerStream, Vec<Diagnostic>> {
    connection.begin(true).map_err(|error| vec![error])?;
    let answer = connection.stream(statement, options);
    connection.rollback().map_err(|error| vec![error])?;
    answer
}
