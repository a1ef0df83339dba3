//! Bolt, the protocol of Neo4j's drivers, as bytes: what a server and a client of it share.
//!
//! ```text
//! socket → handshake → chunks → messages → packstream → values
//! ```
//!
//! Nothing here reads a socket, runs a statement or keeps a state: functions take bytes and give values, and the other
//! way round. What arrives is checked before memory is allocated for it: a length in a header is believed only as far as
//! bytes have come.
//!
//! Versions: 4.4, 5.0 to 5.4, 5.6 to 5.8, 6.0 and 6.1. Sources: the Bolt protocol documentation (neo4j.com/docs/bolt) and
//! what the drivers send.
//!
//! Tests: in each file, `tests/serve` for both ends, and the fuzz target `bolt`.

pub mod chunk;
pub mod entity;
pub mod handshake;
#[cfg(test)]
mod laws;
pub mod message;
pub mod packstream;
pub mod reply;
pub mod value;

use std::fmt;

/// Bytes that are not Bolt, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}

/// A version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version {
    pub major: u8,
    pub minor: u8,
}

impl Version {
    pub const fn new(major: u8, minor: u8) -> Version {
        Version { major, minor }
    }

    /// Whether it is this version or a later one.
    pub fn has(self, major: u8, minor: u8) -> bool {
        self >= Version::new(major, minor)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
