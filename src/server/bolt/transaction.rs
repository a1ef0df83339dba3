//! Transactions of a client: where they run, how long they may take, and the bookmarks between them.

use std::time::{Duration, Instant};

use super::failure::Failure;
use super::machine::Machine;
use super::summary::Wanted;
use crate::bolt::message::Fields;
use crate::graph::Value;
use crate::server::Host;
use crate::server::host::SYSTEM;

type Result<T> = std::result::Result<T, Failure>;

/// What a RUN outside of a transaction, or a BEGIN, asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    /// The name of the database, as this server knows it.
    pub(super) database: String,
    pub(super) read_only: bool,
    pub(super) time: Option<Duration>,
    pub(super) wanted: Wanted,
}

/// An open transaction.
#[derive(Debug)]
pub(super) struct Transaction {
    deadline: Option<Instant>,
    limit: Option<Duration>,
    /// When its client last asked for something.
    used: Instant,
    /// Whether its client has done nothing for too long.
    forgotten: bool,
}

impl Transaction {
    /// Time until its end; `None` if it has no limit of its own.
    pub(super) fn time_left(&self) -> Result<Option<Duration>> {
        if self.forgotten {
            return Err(Failure::timed_out("the transaction was idle for too long and was rolled back"));
        }
        let Some(deadline) = self.deadline else { return Ok(None) };
        match deadline.checked_duration_since(Instant::now()) {
            Some(left) if !left.is_zero() => Ok(Some(left)),
            _ => Err(self.timed_out()),
        }
    }

    fn timed_out(&self) -> Failure {
        let limit = self.limit.unwrap_or_default();
        Failure::timed_out(format!("the transaction took longer than its limit of {limit:?} and was rolled back"))
    }
}

impl Work {
    /// Reads the fields of a RUN or BEGIN, and waits for the bookmarks among them.
    pub(super) fn from_fields(machine: &Machine, fields: &Fields) -> Result<Work> {
        let database = database(&machine.host, fields)?;
        let read_only = match fields.get("mode").and_then(Value::as_str) {
            None | Some("w") => false,
            Some("r") => true,
            Some(other) => return Err(Failure::argument(format!("the mode is r or w, not `{other}`"))),
        };
        let time = match fields.get("tx_timeout") {
            None | Some(Value::Null | Value::Integer(0)) => None,
            Some(Value::Integer(time @ 1..)) => Some(Duration::from_millis(time.unsigned_abs())),
            Some(_) => return Err(Failure::argument("tx_timeout is milliseconds, 0 or more")),
        };
        match fields.get("tx_metadata") {
            None | Some(Value::Null) => {}
            Some(Value::Map(metadata)) => {
                tracing::debug!(connection = machine.client.number, ?metadata, "transaction");
            }
            Some(_) => return Err(Failure::argument("tx_metadata is a map")),
        }
        if let Some(other) = fields.get("imp_user").and_then(Value::as_str)
            && Some(other) != machine.client.user.as_deref()
        {
            return Err(Failure::forbidden(format!("nobody may act as `{other}` here")));
        }
        match fields.get("bookmarks") {
            None | Some(Value::Null) => {}
            Some(Value::List(bookmarks)) => wait_for(machine, bookmarks)?,
            Some(_) => return Err(Failure::bookmark("bookmarks are a list of strings")),
        }
        let wanted = machine.client.wanted.with(fields);
        Ok(Work { database, read_only, time, wanted })
    }
}

/// What drivers call the database unless told otherwise, whatever its name is.
const USUAL: &str = "neo4j";

/// The name of the database that the fields name.
fn database(host: &Host, fields: &Fields) -> Result<String> {
    match fields.get("db") {
        None | Some(Value::Null) => Ok(host.name.clone()),
        Some(Value::String(name)) => {
            if name.eq_ignore_ascii_case(SYSTEM) {
                return Ok(SYSTEM.into());
            }
            let is_ours =
                name.is_empty() || [host.name.as_str(), USUAL].iter().any(|ours| name.eq_ignore_ascii_case(ours));
            match is_ours {
                true => Ok(host.name.clone()),
                false => Err(Failure::no_database(format!(
                    "there is no database `{name}` here: the one that is served is `{}`",
                    host.name
                ))),
            }
        }
        Some(_) => Err(Failure::argument("db is the name of a database")),
    }
}

/// How long a statement waits for a bookmark that this server has not seen yet.
const BOOKMARK_PATIENCE: Duration = Duration::from_secs(1);
const BOOKMARK_PAUSE: Duration = Duration::from_millis(10);
const BOOKMARK: &str = "kenning";

/// Waits until the database has the commits that the bookmarks stand for.
fn wait_for(machine: &Machine, bookmarks: &[Value]) -> Result<()> {
    let mut wanted = 0;
    for bookmark in bookmarks {
        wanted = wanted.max(sequence_of(&machine.host.name, bookmark)?);
    }
    let started = Instant::now();
    loop {
        let present = machine.host.database.sequence();
        if present >= wanted {
            return Ok(());
        }
        if started.elapsed() > BOOKMARK_PATIENCE || machine.inbox.is_interrupted() {
            let message = format!("the bookmark stands for commit {wanted}, but this database is at commit {present}");
            return Err(Failure::bookmark_timeout(message));
        }
        std::thread::sleep(BOOKMARK_PAUSE);
    }
}

/// The count of commits that a bookmark stands for.
fn sequence_of(database: &str, bookmark: &Value) -> Result<u64> {
    let text = bookmark.as_str().ok_or_else(|| Failure::bookmark("a bookmark is a string"))?;
    let parts: Vec<&str> = text.split(':').collect();
    let sequence = match parts[..] {
        [BOOKMARK, name, sequence] if name == database => sequence.parse().ok(),
        _ => None,
    };
    sequence.ok_or_else(|| Failure::bookmark(format!("`{text}` is not a bookmark of this database")))
}

impl Machine {
    /// Stands for all commits so far.
    pub(super) fn bookmark(&self) -> Value {
        Value::from(format!("{BOOKMARK}:{}:{}", self.host.name, self.host.database.sequence()))
    }

    pub(super) fn begin(&mut self, fields: &Fields) -> Result<Vec<(&'static str, Value)>> {
        let work = Work::from_fields(self, fields)?;
        self.turn_to(&work.database);
        let line = self.line.as_mut().ok_or_else(|| Failure::protocol("nobody is logged on"))?;
        line.begin(work.read_only).map_err(|error| Failure::one(&error))?;
        let deadline = work.time.and_then(|time| Instant::now().checked_add(time));
        self.transaction = Some(Transaction { deadline, limit: work.time, used: Instant::now(), forgotten: false });
        let database = work.database.clone();
        self.client.work = work;
        Ok(if self.version.has(5, 8) { vec![("db", Value::from(database))] } else { Vec::new() })
    }

    pub(super) fn commit(&mut self) -> Result<Vec<(&'static str, Value)>> {
        let Some(transaction) = &self.transaction else { return Ok(Vec::new()) };
        transaction.time_left()?;
        let line = self.line.as_mut().ok_or_else(|| Failure::protocol("nobody is logged on"))?;
        line.commit().map_err(|errors| Failure::of(&errors, ""))?;
        self.transaction = None;
        Ok(vec![("bookmark", self.bookmark())])
    }

    /// Undoes the open transaction, if there is one.
    pub(super) fn roll_back(&mut self) {
        if self.transaction.take().is_some()
            && let Some(line) = &mut self.line
            && line.in_transaction()
        {
            let _ = line.rollback();
        }
    }

    /// Notes that the client of the open transaction has asked for something.
    pub(super) fn touch(&mut self) {
        if let Some(transaction) = &mut self.transaction {
            transaction.used = Instant::now();
        }
    }

    /// When the open transaction ends if its client does nothing: others may wait for the writer that it holds.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.line.as_ref().filter(|line| line.in_transaction())?;
        let transaction = self.transaction.as_ref()?;
        let idle = transaction.used + self.host.settings.transaction_idle;
        Some(transaction.deadline.map_or(idle, |deadline| deadline.min(idle)))
    }

    /// Ends a transaction whose time is over while its client does nothing.
    pub(super) fn expire(&mut self) {
        let is_over = self.deadline().is_some_and(|deadline| deadline <= Instant::now());
        let Some(transaction) = &mut self.transaction else { return };
        transaction.forgotten |= is_over && transaction.time_left().is_ok();
        if transaction.time_left().is_err()
            && let Some(line) = &mut self.line
            && line.in_transaction()
        {
            // It stays open here: its next message is answered with the reason.
            self.results.clear();
            let _ = line.rollback();
        }
    }

    /// The servers that a driver may use: this one, by the address that the driver came by.
    pub(super) fn route(
        &mut self,
        routing: &Fields,
        bookmarks: &[Value],
        extra: &Fields,
    ) -> Result<Vec<(&'static str, Value)>> {
        let known = database(&self.host, extra)?;
        // A driver looks for the table under the name that it asked for.
        let asked = extra.get("db").and_then(Value::as_str).filter(|name| !name.is_empty());
        let database = asked.map_or(known, str::to_string);
        for bookmark in bookmarks {
            sequence_of(&self.host.name, bookmark)?;
        }
        let address = routing.get("address").and_then(Value::as_str).map(str::to_string);
        let address = Value::from(address.unwrap_or_else(|| self.client.address()));
        let server =
            |role: &str| Value::map([("addresses", Value::list([address.clone()])), ("role", Value::from(role))]);
        let servers = Value::list(["WRITE", "READ", "ROUTE"].map(server));
        let table = [("ttl", Value::Integer(300)), ("db", Value::from(database)), ("servers", servers)];
        Ok(vec![("rt", Value::map(table))])
    }
}
