//! Graphs on other machines, over Bolt: every query is sent as it is, and the walking statements run here, on the part of
//! the graph that they look at.
//!
//! ```text
//! statement → query → server → rows
//!           → word → need → names, rounds of hops → picture → graph → engine → rows
//! ```
//!
//! A word gives the same rows as on a graph of this process because the same engine answers it: what is brought over is
//! every relation that it can walk from its terms. What that is, [`need`] tells from the text; [`gather`] brings it a
//! frontier a round, with statements of openCypher 9 that Neo4j, Memgraph, ArcadeDB, Neptune and kenning's own server
//! run alike. What a server does better is found out by asking it (see [`reader`]).
//!
//! What relationship types mean and what names the nodes of a label is not known to such servers: it is kept beside, in a
//! database of this machine.
//!
//! Never prints, and reads no file and no environment: whoever opens a connection brings the password and the database.
//! Tests: in each file, `tests/remote.rs` on a kenning that serves, `tests/verify/remote.py` on a real Neo4j.

mod address;
mod client;
mod connection;
mod copy;
mod failure;
mod gather;
mod names;
mod need;
mod picture;
mod reader;
mod records;
mod schema;
mod socket;
mod summary;
mod words;

use crate::bolt::message::Fields;
use crate::graph::Value;

pub(crate) use address::{Address, is_address};
pub(crate) use connection::{About, RemoteConnection};
pub(crate) use copy::copy_into;

/// Who asks.
#[derive(Clone, Default)]
pub(crate) struct Credentials {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
}

impl Credentials {
    /// As HELLO and LOGON have them.
    fn fields(&self) -> Fields {
        let text = |text: &str| Value::from(text);
        let pairs = match (&self.user, &self.password) {
            (None, None) => vec![("scheme", text("none"))],
            (user, password) => vec![
                ("scheme", text("basic")),
                ("principal", text(user.as_deref().unwrap_or_default())),
                ("credentials", text(password.as_deref().unwrap_or_default())),
            ],
        };
        pairs.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
    }
}
