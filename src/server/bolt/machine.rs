//! [`Machine`]: the states of a connection, and what each message does in each of them.
//!
//! ```text
//! greeting ─HELLO→ authentication ─LOGON→ ready ─RUN→ streaming ─PULL, DISCARD→ ready
//!                                          └─BEGIN→ transaction ─COMMIT, ROLLBACK→ ready
//! ```
//!
//! After a failure all messages are ignored until a RESET. A message that cannot come in a state ends the connection.
//! The machine runs on a thread that may block; its answers are collected and sent by the one who runs it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::answer::{Answer, Progress};
use super::failure::Failure;
use super::inbox::Inbox;
use super::login::{Client, Credentials};
use super::summary::Ended;
use super::transaction::{Transaction, Work};
use crate::bolt::message::{self, Fields, Request};
use crate::bolt::value::{Dialect, Refused, Writer};
use crate::bolt::{Malformed, Version};
use crate::graph::Value;
use crate::result::{Entities, Summary};
use crate::server::host::SYSTEM;
use crate::server::users::Role;
use crate::server::{Host, Line, Request as Statement};

/// Bytes of answers that are sent together.
const FULL: usize = 128 << 10;
/// Answers that are there are not held back longer than this.
const PATIENCE: Duration = Duration::from_millis(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing has come yet.
    Greeting,
    /// The client has not said who it is.
    Authentication,
    Ready,
    /// Everything is ignored until a RESET.
    Failed,
    /// The connection ends once the answers are sent.
    Closed,
}

pub(super) struct Machine {
    pub(super) host: Arc<Host>,
    pub(super) inbox: Arc<Inbox>,
    pub(super) version: Version,
    pub(super) dialect: Dialect,
    /// Answers that are to be sent.
    pub(super) out: Vec<u8>,
    /// A name and password that wait to be verified.
    pub(super) credentials: Option<Credentials>,
    pub(super) client: Client,
    phase: Phase,
    pub(super) line: Option<Line>,
    pub(super) transaction: Option<Transaction>,
    /// Open results by number.
    pub(super) results: BTreeMap<i64, Answer>,
    next_result: i64,
    pulling: Option<Pulling>,
}

/// A PULL or DISCARD that is being answered.
#[derive(Clone, Copy)]
struct Pulling {
    result: i64,
    /// `None`: all rows.
    left: Option<u64>,
    discards: bool,
}

impl Machine {
    pub(super) fn new(host: Arc<Host>, inbox: Arc<Inbox>, version: Version, client: Client) -> Machine {
        Machine {
            host,
            inbox,
            version,
            dialect: Dialect::of(version),
            out: Vec::new(),
            credentials: None,
            client,
            phase: Phase::Greeting,
            line: None,
            transaction: None,
            results: BTreeMap::new(),
            next_result: 0,
            pulling: None,
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }

    /// Whether the client was told of a failure and has not gone on yet.
    pub(super) fn has_failed(&self) -> bool {
        self.phase == Phase::Failed
    }

    pub(super) fn is_authenticated(&self) -> bool {
        self.line.is_some()
    }

    /// Whether there is something to do.
    pub(super) fn has_work(&self) -> bool {
        !self.is_closed() && (self.pulling.is_some() || !self.inbox.is_empty())
    }

    /// Whether the client is in the middle of something, so that the server waits for it.
    pub(super) fn is_busy(&self) -> bool {
        self.transaction.is_some() || !self.results.is_empty()
    }

    /// Whether other writers wait for this connection.
    pub(super) fn holds_writer(&self) -> bool {
        self.transaction.is_some() && self.line.as_ref().is_some_and(Line::holds_writer)
    }

    /// Handles messages until there are none, or answers are to be sent.
    pub(super) fn work(&mut self) {
        self.take_messages();
        self.touch();
    }

    fn take_messages(&mut self) {
        let started = Instant::now();
        while !self.is_closed() && self.credentials.is_none() && self.out.len() < FULL {
            if !self.out.is_empty() && started.elapsed() > PATIENCE {
                return;
            }
            if let Some(pulling) = self.pulling.take() {
                self.pull(pulling);
            } else if let Some(message) = self.inbox.pop() {
                self.receive(&message);
            } else {
                return;
            }
        }
    }

    /// Ends the connection since bytes came that are no message.
    pub(super) fn refuse(&mut self, problem: String) {
        if !self.is_closed() {
            self.close_with(Failure::format(problem));
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        match message::request(bytes, self.dialect) {
            Ok(request) => self.handle(request),
            Err(Refused::Malformed(Malformed(problem))) => self.close_with(Failure::format(problem)),
            // No failure may come before LOGON: the RESET after it would skip it.
            Err(Refused::Value(problem)) if !self.is_authenticated() => self.close_with(Failure::format(problem)),
            Err(Refused::Value(problem)) => match self.ignores() {
                true => message::put_ignored(&mut self.out),
                false => self.fail(Failure::argument(problem)),
            },
        }
    }

    /// Whether messages are only ignored: after a failure, and before a RESET that has come already.
    fn ignores(&self) -> bool {
        self.phase == Phase::Failed || (self.is_authenticated() && self.inbox.is_interrupted())
    }

    fn handle(&mut self, request: Request) {
        let streaming = !self.results.is_empty();
        let in_transaction = self.transaction.is_some();
        match (self.phase, request) {
            (_, Request::Goodbye) => self.close(),
            (Phase::Ready | Phase::Failed, Request::Reset) => self.reset(),
            (Phase::Ready | Phase::Failed, _) if self.ignores() => message::put_ignored(&mut self.out),
            (Phase::Ready, Request::Run { .. } | Request::Begin(_) | Request::Route { .. })
                if !in_transaction && self.client.edition != self.host.users.edition() =>
            {
                self.close_with(Failure::expired());
            }
            (Phase::Greeting, Request::Hello(fields)) => self.hello(fields),
            (Phase::Authentication, Request::Logon(fields)) => self.logon(&fields),
            (Phase::Ready, Request::Logoff) if !streaming && !in_transaction && self.version.has(5, 1) => {
                self.line = None;
                self.phase = Phase::Authentication;
                self.succeed(&[]);
            }
            (Phase::Ready, Request::Telemetry(_)) if self.version.has(5, 4) => self.succeed(&[]),
            (Phase::Ready, Request::Route { routing, bookmarks, extra }) if !streaming && !in_transaction => {
                let routed = self.route(&routing, &bookmarks, &extra);
                self.answer(routed);
            }
            (Phase::Ready, Request::Run { statement, parameters, extra }) if in_transaction || !streaming => {
                let opened = self.run(statement, parameters, &extra);
                self.answer(opened);
            }
            (Phase::Ready, Request::Begin(extra)) if !streaming && !in_transaction => {
                let begun = self.begin(&extra);
                self.answer(begun);
            }
            (Phase::Ready, Request::Pull { n, qid }) if streaming || in_transaction => self.take(n, qid, false),
            (Phase::Ready, Request::Discard { n, qid }) if streaming || in_transaction => self.take(n, qid, true),
            (Phase::Ready, Request::Commit) if in_transaction => {
                self.results.clear();
                let committed = self.commit();
                self.answer(committed);
            }
            (Phase::Ready, Request::Rollback) if in_transaction => {
                self.results.clear();
                self.roll_back();
                self.succeed(&[]);
            }
            (_, request) => {
                let state = match (self.phase, streaming, in_transaction) {
                    (Phase::Greeting, ..) => "before HELLO",
                    (Phase::Authentication, ..) => "before LOGON",
                    (_, true, _) => "while a result is open",
                    (_, _, true) => "in a transaction",
                    _ => "outside of a transaction and without an open result",
                };
                self.close_with(Failure::protocol(format!("{} cannot come {state}", request.name())));
            }
        }
    }

    // Answers.

    fn answer(&mut self, done: Result<Vec<(&'static str, Value)>, Failure>) {
        match done {
            Ok(fields) => self.succeed(&fields),
            Err(failure) => self.fail(failure),
        }
    }

    pub(super) fn succeed(&mut self, fields: &[(&str, Value)]) {
        self.put(message::SUCCESS, fields);
    }

    fn put(&mut self, signature: u8, fields: &[(&str, Value)]) {
        let entities = Entities::default();
        let writer = Writer { entities: &*entities, dialect: self.dialect };
        message::put_summary(&mut self.out, signature, fields, &writer);
    }

    /// Reports a failure; what was open ends with it.
    pub(super) fn fail(&mut self, failure: Failure) {
        tracing::debug!(connection = self.client.number, code = failure.code(), "failure");
        self.put(message::FAILURE, &failure.fields(self.version));
        self.results.clear();
        self.roll_back();
        self.pulling = None;
        self.phase = Phase::Failed;
    }

    pub(super) fn close_with(&mut self, failure: Failure) {
        tracing::warn!(connection = self.client.number, peer = %self.client.peer, code = failure.code(), "refused");
        self.fail(failure);
        self.close();
    }

    fn close(&mut self) {
        self.results.clear();
        self.roll_back();
        self.phase = Phase::Closed;
    }

    fn reset(&mut self) {
        self.inbox.answer_reset();
        self.results.clear();
        self.roll_back();
        self.phase = Phase::Ready;
        self.succeed(&[]);
    }

    pub(super) fn await_logon(&mut self) {
        self.phase = Phase::Authentication;
    }

    /// Lets the client in.
    pub(super) fn open(&mut self, role: Role) {
        self.client.role = role;
        self.connect(Line::new(self.host.clone(), role));
        self.phase = Phase::Ready;
    }

    fn connect(&mut self, line: Line) {
        self.inbox.watch(line.cancel_flag());
        // Without users anyone may say any name.
        let user = self.client.user.as_deref().filter(|_| self.host.users.are_asked());
        self.line = Some(line.of(user.unwrap_or_default()));
    }

    /// Has what follows run in the database of this name. Nothing is open.
    pub(super) fn turn_to(&mut self, database: &str) {
        if self.client.work.database == database {
            return;
        }
        let (host, role) = (self.host.clone(), self.client.role);
        self.connect(if database == SYSTEM { Line::to_system(host, role) } else { Line::new(host, role) });
        self.client.work.database = database.into();
    }

    // Statements.

    fn run(&mut self, text: String, parameters: Fields, extra: &Fields) -> Result<Vec<(&'static str, Value)>, Failure> {
        let opened = Instant::now();
        let alone = self.transaction.is_none();
        let (read_only, time, database) = match &self.transaction {
            Some(transaction) => (false, transaction.time_left()?, None),
            None => {
                let work = Work::from_fields(self, extra)?;
                self.turn_to(&work.database);
                (work.read_only, work.time, Some(work))
            }
        };
        let request = Statement { statement: text, parameters, read_only, time };
        let line = self.line.as_mut().ok_or_else(|| Failure::protocol("nobody is logged on"))?;
        let stream = line.run(&request).map_err(|errors| Failure::of(&errors, &request.statement))?;
        let answer = Answer::new(stream, request.statement, self.host.settings.rows, opened);
        let number = if alone { 0 } else { self.next_result };
        let columns = answer.columns().iter().map(|column| Value::from(column.as_str()));
        let mut fields = vec![("fields", Value::list(columns)), ("t_first", Value::from(answer.milliseconds()))];
        match database {
            None => fields.push(("qid", Value::from(number))),
            Some(work) => {
                fields.extend(self.version.has(5, 8).then(|| ("db", Value::from(work.database.as_str()))));
                self.client.work = work;
            }
        }
        self.next_result = number + 1;
        self.results.insert(number, answer);
        Ok(fields)
    }

    /// Starts to answer a PULL or DISCARD.
    fn take(&mut self, n: i64, qid: i64, discards: bool) {
        let result = if qid == -1 { self.next_result - 1 } else { qid };
        let left = match n {
            -1 => None,
            1.. => Some(n as u64),
            _ => return self.close_with(Failure::protocol(format!("n is {n}; it is -1, or 1 or more"))),
        };
        if self.results.contains_key(&result) {
            self.pulling = Some(Pulling { result, left, discards });
        } else if let Some(Err(failure)) = self.transaction.as_ref().map(Transaction::time_left) {
            self.fail(failure);
        } else {
            self.close_with(Failure::protocol(format!("there is no open result with the number {result}")));
        }
    }

    /// Sends some of the rows that a PULL wants.
    fn pull(&mut self, pulling: Pulling) {
        if self.inbox.is_interrupted() {
            return self.fail(Failure::terminated("the statement was stopped by the client"));
        }
        let Some(line) = &self.line else { return };
        let Some(answer) = self.results.get_mut(&pulling.result) else { return };
        let all_unwanted = pulling.discards && pulling.left.is_none();
        let out = (!pulling.discards).then_some(&mut self.out);
        let progress = match all_unwanted {
            true => Ok(Progress::Ended),
            false => answer.send(line, pulling.left, out, self.dialect),
        };
        match progress {
            Ok(Progress::Going(left)) => self.pulling = Some(Pulling { left, ..pulling }),
            Ok(Progress::Paused) => self.succeed(&[("has_more", Value::Boolean(true))]),
            Ok(Progress::Ended) => {
                let summary = answer.end();
                self.ended(pulling.result, summary);
            }
            Err(failure) => self.fail(failure),
        }
    }

    fn ended(&mut self, result: i64, summary: Summary) {
        let Some(answer) = self.results.remove(&result) else { return };
        let wanted = &self.client.work.wanted;
        let ended = Ended {
            summary,
            statement: answer.statement(),
            has_columns: !answer.columns().is_empty(),
            has_rows: answer.has_rows(),
            wanted,
        };
        let mut fields = ended.fields(self.version);
        fields.push(("t_last", Value::from(answer.milliseconds())));
        fields.push(("db", Value::from(self.client.work.database.as_str())));
        if self.transaction.is_none() {
            fields.push(("bookmark", self.bookmark()));
        }
        self.succeed(&fields);
    }
}
