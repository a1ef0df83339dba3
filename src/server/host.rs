//! [`Host`]: what all doors of a server share.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::settings::Settings;
use super::stopping::Stopping;
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
    pub(crate) users: Arc<Users>,
    pub(crate) settings: Settings,
    pub(crate) counters: Counters,
    /// Cancelled once the server is to end.
    pub(crate) closing: CancellationToken,
    /// Stops what still runs once the grace period is over.
    pub(crate) stopping: Stopping,
    /// The connections, which are waited for at the end.
    pub(crate) tasks: TaskTracker,
    /// Where Bolt answers, once it does.
    pub(crate) bolt: OnceLock<SocketAddr>,
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

/// What SHOW SETTINGS answers: what the server was started with, by the names that Neo4j has for it.
fn settings_table(settings: &Settings, asks_users: bool) -> TableProcedure {
    const TIME: &str = "a time, or none";
    const SIZE: &str = "bytes, or none";
    const ADDRESS: &str = "an address and a port, or none";
    const TRUTH: &str = "true or false";
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map_or_else(|| "none".to_string(), |value| value.to_string())
    }
    fn seconds(time: Duration) -> String {
        format!("{}s", time.as_secs_f64())
    }
    let usual = Settings::default();
    let row = |name: &str, of: &dyn Fn(&Settings) -> String, doc: &str, valid: &str| {
        dbms::setting(name, &of(settings), &of(&usual), doc, valid)
    };
    let asks = dbms::setting(
        "dbms.security.auth_enabled",
        &asks_users.to_string(),
        "false",
        "Whether users are asked for a password (--auth).",
        TRUTH,
    );
    let mut rows = vec![
        row(
            "db.transaction.timeout",
            &|s| text(s.statement.time.map(seconds)),
            "Time of a statement (--timeout).",
            TIME,
        ),
        row("db.memory.transaction.max", &|s| text(s.statement.memory), "Memory of a statement (--memory).", SIZE),
        row(
            "db.transaction.concurrent.maximum",
            &|s| s.statements_at_once.to_string(),
            "Statements that run at once (--max-statements).",
            "a number",
        ),
        asks,
        row("server.bolt.listen_address", &|s| text(s.bolt), "Where Bolt drivers connect (--bolt).", ADDRESS),
        row(
            "server.bolt.tls_level",
            &|s| if s.tls.is_some() { "REQUIRED" } else { "DISABLED" }.into(),
            "Whether connections are encrypted (--tls-cert).",
            "REQUIRED or DISABLED",
        ),
        row(
            "server.databases.read_only",
            &|s| s.read_only.to_string(),
            "Whether every change is refused (--read-only).",
            TRUTH,
        ),
        row("server.http.listen_address", &|s| text(s.http), "Where HTTP clients connect (--http).", ADDRESS),
    ];
    rows.sort();
    let yields = dbms::SETTING.iter().map(|(name, types)| (name.to_string(), *types)).collect();
    TableProcedure { name: "dbms.settings".into(), parameters: Vec::new(), yields, rows }
}

/// Passwords that are verified at once.
const VERIFYING: usize = 2;

impl Host {
    pub(crate) fn new(database: Database, name: String, users: Arc<Users>, settings: Settings) -> Arc<Host> {
        if settings.read_only {
            database.forbid_changes();
        }
        let system = Database::in_memory(Graph::new());
        system.forbid_changes();
        for listing in [&database, &system] {
            listing.engine().register(databases(&name, &settings));
            listing.engine().register(settings_table(&settings, users.are_asked()));
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
            stopping: Stopping::default(),
            tasks: TaskTracker::new(),
            bolt: OnceLock::new(),
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
    /// Calls of assistants that are being answered.
    pub(crate) calls: Gauge,
    pub(crate) failures: AtomicU64,
    pub(crate) rows: AtomicU64,
    pub(crate) refused_passwords: AtomicU64,
    /// Of statements, without the time in which clients take their rows.
    pub(crate) times: Histogram,
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
        self.add();
        Leaving(self)
    }

    pub(crate) fn add(&self) {
        self.now.fetch_add(1, Relaxed);
        self.ever.fetch_add(1, Relaxed);
    }

    pub(crate) fn remove(&self) {
        self.now.fetch_sub(1, Relaxed);
    }
}

struct Leaving<'g>(&'g Gauge);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.remove();
    }
}

/// How many durations were at most as long as each bound.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// By the first bound that is not exceeded; the last is for those beyond all bounds.
    counts: [AtomicU64; Histogram::BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Histogram {
    /// In microseconds, with how seconds are written.
    pub(crate) const BOUNDS: [(u64, &str); 12] = [
        (100, "0.0001"),
        (250, "0.00025"),
        (1_000, "0.001"),
        (2_500, "0.0025"),
        (10_000, "0.01"),
        (25_000, "0.025"),
        (100_000, "0.1"),
        (250_000, "0.25"),
        (1_000_000, "1"),
        (2_500_000, "2.5"),
        (10_000_000, "10"),
        (60_000_000, "60"),
    ];

    pub(crate) fn observe(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let bucket = Histogram::BOUNDS.partition_point(|(bound, _)| *bound < micros);
        self.counts[bucket].fetch_add(1, Relaxed);
        self.micros.fetch_add(micros, Relaxed);
    }

    /// The durations up to each bound, and last all of them.
    pub(crate) fn cumulative(&self) -> Vec<u64> {
        let mut total = 0;
        let add = |count: &AtomicU64| {
            total += count.load(Relaxed);
            total
        };
        self.counts.iter().map(add).collect()
    }

    /// The sum of all durations.
    pub(crate) fn seconds(&self) -> f64 {
        self.micros.load(Relaxed) as f64 / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_counted_by_bound() {
        let times = Histogram::default();
        for micros in [100, 101, 60_000_001] {
            times.observe(Duration::from_micros(micros));
        }
        let counts = times.cumulative();
        assert_eq!((counts[0], counts[1], counts[11], counts[12]), (1, 2, 2, 3));
        assert!((times.seconds() - 60.000_202).abs() < 1e-9);
    }
}
