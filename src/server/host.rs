//! [`Host`]: what all doors of a server share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::settings::Settings;
use super::users::Users;
use crate::database::Database;
use crate::graph::Graph;
use crate::procedures::{TableProcedure, dbms};

/// The database that is served, its users, limits and counters.
pub(crate) struct Host {
    pub(crate) database: Database,
    /// What drivers find under the name of [`SYSTEM`]: an empty graph that only lists the databases.
    pub(crate) system: Database,
    /// The name of the database, by which drivers ask for it.
    pub(crate) name: String,
    pub(crate) users: Users,
    pub(crate) settings: Settings,
    pub(crate) counters: Counters,
    /// Cancelled once the server is to end.
    pub(crate) closing: CancellationToken,
    /// The connections, which are waited for at the end.
    pub(crate) tasks: TaskTracker,
    /// Places for statements that run. The connection that holds the writer needs none: others wait for it.
    pub(crate) slots: Semaphore,
    /// Places for passwords that are being verified: each takes 19 MiB and a core.
    pub(crate) verifying: Semaphore,
    connection: AtomicU64,
}

/// The database of which drivers ask what there is.
pub(crate) const SYSTEM: &str = "system";

/// What SHOW DATABASES answers.
fn databases(name: &str, settings: &Settings) -> TableProcedure {
    let address = settings.bolt.map(|address| address.to_string()).unwrap_or_default();
    let access = if settings.read_only { "read-only" } else { "read-write" };
    TableProcedure {
        name: "dbms.databases".into(),
        parameters: Vec::new(),
        yields: dbms::DATABASE.iter().map(|(name, types)| (name.to_string(), *types)).collect(),
        rows: vec![dbms::database(name, &address, access)],
    }
}

/// Passwords that are verified at once.
const VERIFYING: usize = 2;

impl Host {
    pub(crate) fn new(database: Database, name: String, users: Users, settings: Settings) -> Arc<Host> {
        if settings.read_only {
            database.forbid_changes();
        }
        let system = Database::in_memory(Graph::new());
        system.forbid_changes();
        for listing in [&database, &system] {
            listing.engine().register(databases(&name, &settings));
        }
        let slots = Semaphore::new(settings.statements_at_once);
        Arc::new(Host {
            slots,
            system,
            verifying: Semaphore::new(VERIFYING),
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
