//! [`Host`]: what all doors of a server share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::settings::Settings;
use super::users::Users;
use crate::database::Database;

/// The database that is served, its users, limits and counters.
pub(crate) struct Host {
    pub(crate) database: Database,
    /// The name of the database, by which drivers ask for it.
    pub(crate) name: String,
    pub(crate) users: Users,
    pub(crate) settings: Settings,
    pub(crate) counters: Counters,
    /// Cancelled once the server is to end.
    pub(crate) closing: CancellationToken,
    /// The connections, which are waited for at the end.
    pub(crate) tasks: TaskTracker,
    connection: AtomicU64,
}

impl Host {
    pub(crate) fn new(database: Database, name: String, users: Users, settings: Settings) -> Arc<Host> {
        if settings.read_only {
            database.forbid_changes();
        }
        Arc::new(Host {
            database,
            name,
            users,
            settings,
            counters: Counters::default(),
            closing: CancellationToken::new(),
            tasks: TaskTracker::new(),
            connection: AtomicU64::new(0),
        })
    }

    /// A number that no other connection of this server has.
    pub(crate) fn next_connection(&self) -> u64 {
        self.connection.fetch_add(1, Relaxed)
    }
}

/// What the server has done so far.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) bolt_connections: Gauge,
    pub(crate) http_connections: Gauge,
    /// Statements that were started.
    pub(crate) statements: AtomicU64,
    /// Statements that run or whose rows are being taken.
    pub(crate) running: Gauge,
    pub(crate) failures: AtomicU64,
    pub(crate) rows: AtomicU64,
    pub(crate) refused_passwords: AtomicU64,
}

impl Counters {
    /// Counts a failure, if it is one.
    pub(crate) fn count<T, E>(&self, result: Result<T, E>) -> Result<T, E> {
        if result.is_err() {
            self.failures.fetch_add(1, Relaxed);
        }
        result
    }
}

/// How many there are now, and how many there have been.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    now: AtomicU64,
    ever: AtomicU64,
}

impl Gauge {
    pub(crate) fn now(&self) -> u64 {
        self.now.load(Relaxed)
    }

    pub(crate) fn ever(&self) -> u64 {
        self.ever.load(Relaxed)
    }

    /// Counts one until it is dropped.
    pub(crate) fn enter<'g>(&'g self) -> impl Drop + use<'g> {
        self.now.fetch_add(1, Relaxed);
        self.ever.fetch_add(1, Relaxed);
        Leaving(self)
    }
}

struct Leaving<'g>(&'g Gauge);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Relaxed);
    }
}
