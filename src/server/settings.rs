//! [`Settings`]: what a server is started with.

use std::net::SocketAddr;
use std::time::Duration;

use super::tls::Tls;
use crate::limits::Limits;

/// Addresses, names and limits of a server. The defaults are those of the command line.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Where Bolt drivers connect; `None` does not listen.
    pub(crate) bolt: Option<SocketAddr>,
    /// Where HTTP clients connect; `None` does not listen.
    pub(crate) http: Option<SocketAddr>,
    /// Names besides those of this machine by which HTTP clients may call the server: `graph.example.org`.
    pub(crate) hosts: Vec<String>,
    /// What the server calls itself to drivers. Some refuse a name that does not start with `Neo4j/`.
    pub(crate) agent: String,
    /// Certificate and key of both doors.
    pub(crate) tls: Option<Tls>,
    /// Whether every change is refused.
    pub(crate) read_only: bool,
    /// Whether assistants may change the graph, too, if their user may.
    pub(crate) assistants_write: bool,
    /// Time and memory of one statement.
    pub(crate) statement: Limits,
    /// Rows that one statement may answer.
    pub(crate) rows: Option<u64>,
    /// Rows of an answer that an assistant is shown, whatever it asks for.
    pub(crate) assistant_rows: Option<u64>,
    /// Open connections of both doors together.
    pub(crate) connections: usize,
    /// Statements that run at once; more wait.
    pub(crate) statements_at_once: usize,
    /// Bytes of one request, after which it is refused.
    pub(crate) message: usize,
    /// Time that a client has to authenticate.
    pub(crate) hello: Duration,
    /// Time that a connection may be idle.
    pub(crate) idle: Duration,
    /// Time that an open transaction of an HTTP client lasts without a request.
    pub(crate) transaction_idle: Duration,
    /// Time that open statements get once the server is told to end.
    pub(crate) grace: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            bolt: Some(SocketAddr::from(([127, 0, 0, 1], 7687))),
            http: Some(SocketAddr::from(([127, 0, 0, 1], 7474))),
            hosts: Vec::new(),
            agent: format!("kenning/{}", env!("CARGO_PKG_VERSION")),
            tls: None,
            read_only: false,
            assistants_write: false,
            statement: Limits { time: Some(Duration::from_secs(60)), ..Limits::default() },
            rows: None,
            assistant_rows: None,
            connections: 2000,
            statements_at_once: 64,
            message: 16 << 20,
            hello: Duration::from_secs(10),
            idle: Duration::from_secs(3600),
            transaction_idle: Duration::from_secs(60),
            grace: Duration::from_secs(5),
        }
    }
}
