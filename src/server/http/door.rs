//! [`Door`]: what the requests of all connections share.

use std::hash::{BuildHasher, RandomState};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::transactions::Transactions;
use crate::server::Host;

#[derive(Clone)]
pub(super) struct Door(Arc<Shared>);

pub(super) struct Shared {
    pub(super) host: Arc<Host>,
    pub(super) transactions: Transactions,
    /// Another for every start of the server, so that no browser takes an answer of the one before for one of this.
    start: u64,
    unguessable: (RandomState, AtomicU64),
}

impl Door {
    pub(super) fn new(host: Arc<Host>) -> Door {
        let unguessable = (RandomState::new(), AtomicU64::new(0));
        let start = RandomState::new().hash_one("start");
        let transactions = Transactions::new(&host.settings);
        Door(Arc::new(Shared { host, transactions, start, unguessable }))
    }
}

impl Deref for Door {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Shared {
    /// The version of the graph, as an entity tag has it.
    pub(super) fn version(&self) -> String {
        format!("{:x}-{}", self.start, self.host.database.sequence())
    }

    /// A name that nobody can guess.
    pub(super) fn unguessable(&self) -> String {
        let (keys, count) = &self.unguessable;
        format!("{:016x}", keys.hash_one(count.fetch_add(1, Relaxed)))
    }

    /// Whether a name is that of the database. Neo4j's own default is understood, since users have it in their code.
    pub(super) fn is_database(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(&self.host.name) || name.eq_ignore_ascii_case("neo4j")
    }
}
