//! [`Client`]: one connection to a server, by Bolt. Sends requests, reads replies, and looks at Ctrl-C and the clock
//! while it waits. Knows nothing of what is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::failure::Failure;
use super::socket::{Socket, unreachable};
use super::{Address, Credentials};
use crate::bolt::chunk::Messages;
use crate::bolt::entity::TakesEntities;
use crate::bolt::message::{BEGIN, COMMIT, Fields, GOODBYE, HELLO, LOGON, PULL, RESET, ROLLBACK};
use crate::bolt::reply::{Reply, put_bare, put_request, put_route, put_run, reply};
use crate::bolt::value::{Dialect, Refused, Writer};
use crate::bolt::{Malformed, Version, handshake};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Value;
use crate::limits::Watch;
use crate::result::Entities;

/// Rows asked for at once.
const ROWS: i64 = 10_000;
/// The longest message that is read, in bytes.
const LONGEST: usize = 256 << 20;
/// How long a server may take to greet, and to stop a statement.
const GREETING: Duration = Duration::from_secs(15);

/// Takes the rows of an answer as they come, and the nodes and relationships in them before the rows.
pub(super) trait Receiver: TakesEntities {
    fn row(&mut self, row: Vec<Value>) -> Result<(), Diagnostic>;
}

/// What ended a request.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The server says no.
    Refused(Failure),
    /// A limit, the network, or what the server sent.
    Stopped(Diagnostic),
}

impl From<Diagnostic> for Trouble {
    fn from(error: Diagnostic) -> Trouble {
        Trouble::Stopped(error)
    }
}

impl Trouble {
    /// As an error of a statement that was sent.
    pub(super) fn of(self, statement: &str) -> Diagnostic {
        match self {
            Trouble::Refused(failure) => failure.diagnostic(Some(statement)),
            Trouble::Stopped(error) => error,
        }
    }
}

/// Columns and summary of an answer whose rows have been received.
#[derive(Debug, Default)]
pub(super) struct Answered {
    pub(super) columns: Vec<String>,
    pub(super) summary: Fields,
}

pub(super) struct Client {
    socket: Socket,
    messages: Messages,
    dialect: Dialect,
    pub(super) version: Version,
    pub(super) address: Address,
    /// What the server calls itself.
    pub(super) agent: String,
    pub(super) in_transaction: bool,
    /// Requests whose last reply has not come: each has exactly one that is no record.
    pending: usize,
    /// Nothing more can be asked.
    pub(super) broken: bool,
    /// Statements that this server does not know: in an open transaction they would end it.
    pub(super) unknown: BTreeSet<String>,
}

impl Client {
    pub(super) fn connect(address: &Address, credentials: &Credentials, watch: &Watch) -> Result<Client, Diagnostic> {
        let client = Client::connect_to(address, credentials, watch)?;
        match address.routed {
            true => client.routed(credentials, watch),
            false => Ok(client),
        }
    }

    fn connect_to(address: &Address, credentials: &Credentials, watch: &Watch) -> Result<Client, Diagnostic> {
        let mut socket = Socket::connect(address, watch)?;
        let failed = |error: std::io::Error| unreachable(address, &error);
        socket.write(&handshake::proposals()).map_err(failed)?;
        let (mut answer, mut had, since) = ([0; 4], 0, Instant::now());
        while had < answer.len() {
            watch.check()?;
            had += socket.read(&mut answer[had..]).map_err(failed)?.unwrap_or(0);
            if since.elapsed() > GREETING {
                return Err(no_bolt(address, "it does not answer"));
            }
        }
        let version = match handshake::agreed(answer) {
            Ok(Some(version)) => version,
            Ok(None) => return Err(no_bolt(address, "it speaks no version of Bolt from 4.4 to 5.8")),
            Err(Malformed(reason)) => return Err(no_bolt(address, &reason)),
        };
        let mut client = Client {
            socket,
            messages: Messages::new(LONGEST),
            dialect: Dialect::of(version),
            version,
            address: address.clone(),
            agent: String::new(),
            in_transaction: false,
            pending: 0,
            broken: false,
            unknown: BTreeSet::new(),
        };
        client.greet(credentials, watch)?;
        Ok(client)
    }

    fn greet(&mut self, credentials: &Credentials, watch: &Watch) -> Result<(), Diagnostic> {
        let agent = concat!("kenning/", env!("CARGO_PKG_VERSION"));
        let mut hello = Fields::from([("user_agent".to_string(), Value::from(agent))]);
        if self.version.has(5, 3) {
            hello.insert("bolt_agent".into(), Value::map([("product", Value::from(agent))]));
        }
        if self.address.routed {
            hello.insert("routing".into(), Value::map([("address", Value::from(self.place()))]));
        }
        let login = credentials.fields();
        if !self.version.has(5, 1) {
            hello.extend(login.clone());
        }
        let greeted = self.request(HELLO, Some(&hello), watch)?;
        self.agent = greeted.get("server").and_then(Value::as_str).unwrap_or_default().to_string();
        if self.version.has(5, 1) {
            self.request(LOGON, Some(&login), watch)?;
        }
        Ok(())
    }

    fn place(&self) -> String {
        format!("{}:{}", self.address.host, self.address.port)
    }

    /// The connection to the member of the cluster that this one says to write to.
    fn routed(mut self, credentials: &Credentials, watch: &Watch) -> Result<Client, Diagnostic> {
        let routing = Fields::from([("address".to_string(), Value::from(self.place()))]);
        let database = self.address.database.clone().map(|name| ("db".to_string(), Value::from(name)));
        let mut out = Vec::new();
        put_route(&mut out, &routing, &database.into_iter().collect(), &self.writer());
        let answered = self.asked(&out, watch)?;
        let Some((host, port)) = writer_in(&answered) else { return Ok(self) };
        if (host.as_str(), port) == (self.address.host.as_str(), self.address.port) {
            return Ok(self);
        }
        let address = Address { host, port, ..self.address.clone() };
        let mut client = Client::connect_to(&address, credentials, watch)?;
        client.address = self.address.clone();
        Ok(client)
    }

    fn writer(&self) -> Writer<'static> {
        static NONE: std::sync::LazyLock<Entities> = std::sync::LazyLock::new(Entities::default);
        Writer { entities: &**NONE, dialect: self.dialect }
    }

    /// Sends one request and gives what the server says to it.
    fn request(&mut self, signature: u8, fields: Option<&Fields>, watch: &Watch) -> Result<Fields, Diagnostic> {
        let mut out = Vec::new();
        match fields {
            Some(fields) => put_request(&mut out, signature, fields, &self.writer()),
            None => put_bare(&mut out, signature),
        }
        self.asked(&out, watch)
    }

    fn asked(&mut self, bytes: &[u8], watch: &Watch) -> Result<Fields, Diagnostic> {
        self.send(bytes, 1, watch)?;
        match self.receive(&mut Nobody, watch)? {
            Reply::Success(fields) => Ok(fields),
            Reply::Failure(fields) => {
                // A server that refuses a user closes the line: what it said counts, not that.
                self.interrupt();
                Err(Failure::of(&fields).diagnostic(None))
            }
            Reply::Ignored | Reply::Record(_) => Err(self.confused("the server answers what was not asked")),
        }
    }

    pub(super) fn begin(&mut self, read_only: bool, time: Option<Duration>, watch: &Watch) -> Result<(), Diagnostic> {
        let extra = self.extra(read_only, time);
        self.request(BEGIN, Some(&extra), watch)?;
        self.in_transaction = true;
        Ok(())
    }

    pub(super) fn commit(&mut self, watch: &Watch) -> Result<(), Diagnostic> {
        self.in_transaction = false;
        self.request(COMMIT, None, watch).map(drop)
    }

    pub(super) fn rollback(&mut self, watch: &Watch) -> Result<(), Diagnostic> {
        self.in_transaction = false;
        self.request(ROLLBACK, None, watch).map(drop)
    }

    /// What goes with RUN and BEGIN.
    fn extra(&self, read_only: bool, time: Option<Duration>) -> Fields {
        let mut extra = Fields::new();
        if read_only {
            extra.insert("mode".into(), Value::from("r"));
        }
        extra.extend(self.address.database.clone().map(|name| ("db".to_string(), Value::from(name))));
        let time = time.and_then(|time| i64::try_from(time.as_millis()).ok());
        extra.extend(time.map(|time| ("tx_timeout".to_string(), Value::Integer(time.max(1)))));
        extra
    }

    /// Runs a statement in the open transaction, or as one of its own, and hands its rows on as they come.
    pub(super) fn run(
        &mut self,
        statement: &str,
        parameters: &BTreeMap<String, Value>,
        read_only: bool,
        receiver: &mut dyn Receiver,
        limits: (Option<Duration>, &Watch),
    ) -> Result<Answered, Trouble> {
        let (time, watch) = limits;
        let extra = if self.in_transaction { Fields::new() } else { self.extra(read_only, time) };
        let pull = Fields::from([("n".to_string(), Value::Integer(ROWS))]);
        let mut out = Vec::new();
        put_run(&mut out, statement, parameters, &extra, &self.writer());
        put_request(&mut out, PULL, &pull, &self.writer());
        self.send(&out, 2, watch)?;
        let head = match self.receive(receiver, watch)? {
            Reply::Success(fields) => fields,
            Reply::Failure(fields) => return Err(self.refused(&fields, watch)),
            Reply::Ignored | Reply::Record(_) => return Err(self.confused("RUN is not answered").into()),
        };
        loop {
            match self.receive(receiver, watch)? {
                Reply::Record(row) => {
                    if let Err(error) = receiver.row(row) {
                        self.interrupt();
                        return Err(error.into());
                    }
                }
                Reply::Success(summary) if summary.get("has_more") == Some(&Value::Boolean(true)) => {
                    let mut out = Vec::new();
                    put_request(&mut out, PULL, &pull, &self.writer());
                    self.send(&out, 1, watch)?;
                }
                Reply::Success(summary) => return Ok(Answered { columns: columns(&head), summary }),
                Reply::Failure(fields) => return Err(self.refused(&fields, watch)),
                Reply::Ignored => return Err(self.confused("PULL is not answered").into()),
            }
        }
    }

    /// What the server refuses ends its open transaction, too.
    fn refused(&mut self, fields: &Fields, watch: &Watch) -> Trouble {
        match self.reset(watch) {
            Ok(()) => Trouble::Refused(Failure::of(fields)),
            Err(error) => Trouble::Stopped(error),
        }
    }

    /// Makes the server ready for the next statement.
    fn reset(&mut self, watch: &Watch) -> Result<(), Diagnostic> {
        self.interrupt();
        self.settle(watch)
    }

    /// Stops what runs, without waiting for the server to have stopped it.
    pub(super) fn interrupt(&mut self) {
        self.in_transaction = false;
        let mut out = Vec::new();
        put_bare(&mut out, RESET);
        self.broken |= self.socket.write(&out).is_err();
        self.pending += 1;
    }

    /// Reads what is left of a statement that was stopped.
    fn settle(&mut self, watch: &Watch) -> Result<(), Diagnostic> {
        let since = Instant::now();
        while self.pending > 0 && !self.broken {
            match self.message(watch)? {
                Some(message) => _ = self.reply(&message, &mut Nobody)?,
                None if since.elapsed() > GREETING => {
                    self.broken = true;
                    return Err(no_bolt(&self.address, "it does not stop a statement"));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Reads a message, or says which of its values kenning does not have.
    fn reply(&mut self, message: &[u8], entities: &mut dyn TakesEntities) -> Result<Result<Reply, String>, Diagnostic> {
        match reply(message, self.dialect, entities) {
            Ok(reply) => {
                self.pending -= usize::from(self.pending > 0 && !matches!(reply, Reply::Record(_)));
                Ok(Ok(reply))
            }
            Err(Refused::Value(reason)) => Ok(Err(reason)),
            Err(Refused::Malformed(Malformed(reason))) => Err(self.confused(&reason)),
        }
    }

    /// Sends bytes that hold this number of requests.
    fn send(&mut self, bytes: &[u8], requests: usize, watch: &Watch) -> Result<(), Diagnostic> {
        self.settle(watch)?;
        self.pending += requests;
        self.socket.write(bytes).map_err(|error| {
            (self.broken, self.in_transaction) = (true, false);
            unreachable(&self.address, &error)
        })
    }

    /// Waits for the next message of the statement that runs, which is stopped if it may not go on.
    fn receive(&mut self, entities: &mut dyn TakesEntities, watch: &Watch) -> Result<Reply, Diagnostic> {
        loop {
            if let Err(error) = watch.check() {
                self.interrupt();
                return Err(error);
            }
            let Some(message) = self.message(&Watch::default())? else { continue };
            return match self.reply(&message, entities)? {
                Ok(reply) => Ok(reply),
                Err(reason) => {
                    self.interrupt();
                    let message = format!("the answer holds what kenning cannot: {reason}");
                    Err(Diagnostic::runtime(Kind::TypeError, Detail::InvalidArgumentType, message))
                }
            };
        }
    }

    /// The next message; `None` if none has come for a while.
    fn message(&mut self, watch: &Watch) -> Result<Option<Vec<u8>>, Diagnostic> {
        if let Some(message) = self.messages.pop() {
            return Ok(Some(message));
        }
        watch.check()?;
        let mut buffer = [0; 64 << 10];
        match self.socket.read(&mut buffer) {
            Ok(None) => Ok(None),
            Ok(Some(count)) => match self.messages.push(&buffer[..count]) {
                Ok(()) => Ok(self.messages.pop()),
                Err(Malformed(reason)) => Err(self.confused(&reason)),
            },
            Err(error) => {
                (self.broken, self.in_transaction) = (true, false);
                Err(unreachable(&self.address, &error))
            }
        }
    }

    fn confused(&mut self, reason: &str) -> Diagnostic {
        (self.broken, self.in_transaction) = (true, false);
        let message = format!("{} does not speak Bolt as it should: {reason}", self.address);
        Diagnostic::runtime(Kind::IoError, Detail::DeviceFailure, message)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let mut out = Vec::new();
        put_bare(&mut out, GOODBYE);
        // Whether it hears is its own affair.
        _ = self.socket.write(&out);
    }
}

/// Requests that are answered without rows.
struct Nobody;

impl TakesEntities for Nobody {}

fn columns(head: &Fields) -> Vec<String> {
    let Some(Value::List(names)) = head.get("fields") else { return Vec::new() };
    names.iter().filter_map(|name| name.as_str().map(str::to_string)).collect()
}

/// The first member of a routing table that writes.
fn writer_in(answered: &Fields) -> Option<(String, u16)> {
    let Some(Value::Map(table)) = answered.get("rt") else { return None };
    let Some(Value::List(servers)) = table.get("servers") else { return None };
    let writes =
        |server: &&Value| matches!(server, Value::Map(server) if server.get("role") == Some(&Value::from("WRITE")));
    let Some(Value::Map(server)) = servers.iter().find(writes) else { return None };
    let Some(Value::List(addresses)) = server.get("addresses") else { return None };
    let (host, port) = addresses.first()?.as_str()?.rsplit_once(':')?;
    Some((host.trim_matches(['[', ']']).to_string(), port.parse().ok()?))
}

fn no_bolt(address: &Address, reason: &str) -> Diagnostic {
    let message = format!("{address} is no graph that can be opened: {reason}");
    Diagnostic::runtime(Kind::IoError, Detail::DeviceFailure, message)
        .help("check that it is the server's Bolt port, and whether it wants TLS (bolt+s://)")
}
