//! [`LocalConnection`]: a connection to a database of this process.

use std::sync::Arc;

use super::transaction::read_only;
use super::{Canceller, Connection, Database, ReadTransaction, Schema, TransactionState, WriteTransaction};
use crate::ast::TransactionControl;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::engine::{Engine, Prepared, RunOptions};
use crate::graph::Graph;
use crate::result::{AnswerStream, Changes, QueryResult};

pub struct LocalConnection {
    database: Database,
    transaction: Option<Open>,
    canceller: Canceller,
    /// Whether BEGIN, COMMIT and ROLLBACK are no statements here.
    refuses_control: bool,
}

/// An open transaction.
struct Open {
    read_only: bool,
    /// It has met a conflict, so that it can only be rolled back.
    failed: bool,
    work: Work,
    /// What its statements changed.
    changes: Changes,
}

/// How far an open transaction is: it waits for other writers only once it writes.
enum Work {
    Reading {
        transaction: ReadTransaction,
        /// Whether a statement has read this state, so that it must still hold when the first one writes.
        has_read: bool,
    },
    Writing(WriteTransaction),
}

/// How a statement that changes nothing is answered: all at once, or in batches.
trait Read<A>: Fn(&Engine, &Arc<Graph>, &Arc<Prepared>, &RunOptions) -> Result<A, Vec<Diagnostic>> {}

impl<A, F> Read<A> for F where F: Fn(&Engine, &Arc<Graph>, &Arc<Prepared>, &RunOptions) -> Result<A, Vec<Diagnostic>> {}

impl LocalConnection {
    pub(super) fn new(database: Database) -> LocalConnection {
        LocalConnection { database, transaction: None, canceller: Canceller::default(), refuses_control: false }
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The graph as this connection sees it: with the changes of its open transaction.
    pub fn graph(&self) -> Arc<Graph> {
        match self.transaction.as_ref().map(|open| &open.work) {
            Some(Work::Reading { transaction, .. }) => transaction.graph().clone(),
            Some(Work::Writing(transaction)) => Arc::new(Graph::clone(transaction.graph())),
            None => self.database.snapshot(),
        }
    }

    /// Refuses BEGIN, COMMIT and ROLLBACK as statements: whoever talks to the connection opens transactions otherwise,
    /// and would not notice.
    pub fn refuse_control(&mut self) {
        self.refuses_control = true;
    }

    /// Whether other writers wait for the open transaction.
    pub fn holds_writer(&self) -> bool {
        matches!(&self.transaction, Some(Open { work: Work::Writing(_), .. }))
    }

    /// Runs a statement; `read` is called for one that changes nothing.
    fn answer<A: From<QueryResult>>(
        &mut self,
        statement: &str,
        options: &RunOptions,
        read: impl Read<A>,
    ) -> Result<A, Vec<Diagnostic>> {
        if let Some(open) = &mut self.transaction {
            let prepared = open.prepare(statement, options)?;
            return match prepared.transaction_control() {
                Some(control) => self.control(control).map(A::from),
                None => open.answer(&self.database, prepared, statement, options, read),
            };
        }
        self.database.shared.refresh().map_err(|error| vec![error])?;
        let snapshot = self.database.snapshot();
        let prepared = self.database.engine().prepare(&snapshot, statement, options)?;
        if let Some(control) = prepared.transaction_control() {
            return self.control(control).map(A::from);
        }
        if !prepared.writes() {
            return read(self.database.engine(), &snapshot, &prepared, options);
        }
        drop(snapshot);
        self.write_alone(prepared, statement, options).map(A::from)
    }

    /// Runs a statement that changes the graph as a transaction of its own.
    fn write_alone(
        &self,
        prepared: Arc<Prepared>,
        statement: &str,
        options: &RunOptions,
    ) -> Result<QueryResult, Vec<Diagnostic>> {
        let transaction = self.database.begin_write(&options.limits).map_err(|error| vec![error])?;
        let prepared = transaction.renewed(prepared, statement, options)?;
        transaction.run_whole(&prepared, options)
    }

    fn control(&mut self, control: TransactionControl) -> Result<QueryResult, Vec<Diagnostic>> {
        if self.refuses_control {
            return Err(vec![control_refused(self.transaction.is_some())]);
        }
        let changes = self.transaction.as_ref().map_or(Changes::default(), |open| open.changes);
        let (note, changes) = match control {
            TransactionControl::Begin { read_only } => {
                self.begin(read_only).map_err(|error| vec![error])?;
                ("the transaction is open: COMMIT keeps its changes, ROLLBACK undoes them", Changes::default())
            }
            TransactionControl::Commit => {
                self.commit().map_err(|error| vec![error])?;
                ("committed", changes)
            }
            TransactionControl::Rollback => {
                self.rollback().map_err(|error| vec![error])?;
                ("rolled back", Changes::default())
            }
        };
        Ok(QueryResult { notes: vec![note.to_string()], changes, ..QueryResult::default() })
    }
}

impl Connection for LocalConnection {
    fn run(&mut self, statement: &str, options: &RunOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        self.answer(statement, options, |engine, graph, prepared, options| engine.read(graph, prepared, options))
    }

    fn stream(&mut self, statement: &str, options: &RunOptions) -> Result<AnswerStream, Vec<Diagnostic>> {
        self.answer(statement, options, Engine::stream)
    }

    fn begin(&mut self, read_only: bool) -> Result<(), Diagnostic> {
        if self.transaction.is_some() {
            let message = "a transaction is open already, and transactions do not nest";
            let error = Diagnostic::runtime(Kind::TransactionError, Detail::TransactionOpen, message);
            return Err(error.help("COMMIT or ROLLBACK it first"));
        }
        self.database.shared.refresh()?;
        let work = Work::Reading { transaction: self.database.begin_read(), has_read: false };
        self.transaction = Some(Open { read_only, failed: false, work, changes: Changes::default() });
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Diagnostic> {
        let open = self.transaction.take().ok_or_else(no_transaction)?;
        if open.failed {
            self.transaction = Some(open);
            return Err(conflict());
        }
        match open.work {
            Work::Reading { .. } => Ok(()),
            Work::Writing(transaction) => transaction.commit(),
        }
    }

    fn rollback(&mut self) -> Result<(), Diagnostic> {
        self.transaction.take().map(drop).ok_or_else(no_transaction)
    }

    fn transaction(&self) -> TransactionState {
        match &self.transaction {
            None => TransactionState::None,
            Some(open) => TransactionState::Open { changed: !open.changes.is_empty() },
        }
    }

    fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    fn schema(&mut self) -> Result<Schema, Diagnostic> {
        let graph = self.graph();
        let labels = graph.labels().map(|label| (graph.label_name(label).clone(), graph.label_count(label)));
        let types = graph.types().map(|t| (graph.type_name(t).clone(), graph.type_count(t)));
        let keys = graph.keys().map(|key| graph.key_name(key).clone());
        Ok(Schema { labels: labels.collect(), types: types.collect(), keys: keys.collect() })
    }
}

impl Open {
    fn prepare(&self, statement: &str, options: &RunOptions) -> Result<Arc<Prepared>, Vec<Diagnostic>> {
        match &self.work {
            Work::Reading { transaction, .. } => transaction.prepare(statement, options),
            Work::Writing(transaction) => transaction.prepare(statement, options),
        }
    }

    fn answer<A: From<QueryResult>>(
        &mut self,
        database: &Database,
        prepared: Arc<Prepared>,
        statement: &str,
        options: &RunOptions,
        read: impl Read<A>,
    ) -> Result<A, Vec<Diagnostic>> {
        if let Work::Reading { transaction, has_read } = &mut self.work {
            if !prepared.writes() {
                *has_read = true;
                return read(database.engine(), transaction.graph(), &prepared, options);
            }
            if self.read_only {
                return Err(vec![read_only()]);
            }
            let writing = database.begin_write(&options.limits).map_err(|error| vec![error])?;
            if *has_read && !transaction.is_present_to(&writing) {
                self.failed = true;
                return Err(vec![conflict()]);
            }
            self.work = Work::Writing(writing);
        }
        let Work::Writing(transaction) = &mut self.work else { return Err(vec![no_transaction()]) };
        let prepared = transaction.renewed(prepared, statement, options)?;
        if !prepared.writes() {
            let graph = Arc::new(Graph::clone(transaction.graph()));
            return read(database.engine(), &graph, &prepared, options);
        }
        let result = transaction.run_prepared(&prepared, options)?;
        self.changes = self.changes.plus(result.changes);
        Ok(A::from(result))
    }
}

fn control_refused(is_open: bool) -> Diagnostic {
    let detail = if is_open { Detail::TransactionOpen } else { Detail::NoTransaction };
    let message = "transactions are not opened and ended by statements on this connection";
    Diagnostic::runtime(Kind::TransactionError, detail, message).help("use what your driver has for it")
}

fn no_transaction() -> Diagnostic {
    Diagnostic::runtime(Kind::TransactionError, Detail::NoTransaction, "no transaction is open")
        .help("BEGIN opens one; outside of it every statement is a transaction of its own")
}

fn conflict() -> Diagnostic {
    let message = "the graph has changed since this transaction read it";
    Diagnostic::runtime(Kind::TransactionError, Detail::TransactionConflict, message)
        .help("ROLLBACK and try again; a transaction whose first statement writes waits for others instead")
}
