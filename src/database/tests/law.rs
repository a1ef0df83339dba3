//! A database with a file is the graph of its committed statements, whatever happened in between.
//!
//! `LAW_SEED=n cargo test --lib database::tests::law` runs the one program that failed; `LAW_PROGRAMS=10000` more.

use std::path::Path;

use super::plain::{Plain, check, dump};
use super::statements::{reading, writing};
use super::*;
use crate::limits::Limits;
use crate::storage::Durability;
use crate::storage::simulated::{Random, SimulatedDisk, Survival};

pub(super) const PATH: &str = "/g.kenning";
pub(super) const COPY: &str = "/copy.kenning";

pub(super) fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What was done, printed if the test fails.
pub(super) struct Trace {
    pub(super) reproduce: String,
    pub(super) lines: Vec<String>,
}

impl Trace {
    pub(super) fn new(reproduce: String) -> Trace {
        Trace { reproduce, lines: Vec::new() }
    }

    fn note(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{}\n  {}", self.reproduce, self.lines.join("\n  "));
        }
    }
}

/// A database and what it should be.
struct World {
    random: Random,
    trace: Trace,
    disk: SimulatedDisk,
    options: Options,
    database: Database,
    follower: Database,
    connections: Vec<LocalConnection>,
    /// The open transaction of each connection.
    open: Vec<Option<Open>>,
    /// The committed statements.
    plain: Plain,
    sequence: u64,
}

/// What an open transaction should see.
struct Open {
    plain: Plain,
    began_at: u64,
    read_only: bool,
    has_read: bool,
    /// It has met a conflict: it can only be rolled back.
    conflicted: bool,
    writes: bool,
    changed: bool,
}

fn open(disk: &SimulatedDisk, options: &Options) -> Database {
    Database::open_on(Arc::new(disk.clone()), Path::new(PATH), options).unwrap_or_else(|error| panic!("{error:?}"))
}

impl World {
    fn new(seed: u64) -> World {
        let mut random = Random(seed);
        let disk = SimulatedDisk::new(seed);
        let durability = if random.one_in(4) { Durability::Off } else { Durability::Full };
        let options = Options { create: true, durability, ..Options::default() };
        let database = open(&disk, &options);
        let count = 1 + random.below(3);
        World {
            connections: (0..count).map(|_| database.connect()).collect(),
            open: (0..count).map(|_| None).collect(),
            follower: open(&disk, &Options::default()),
            trace: Trace::new(format!("LAW_SEED={seed} cargo test --lib database::tests::law")),
            random,
            disk,
            options,
            database,
            plain: Plain::new(),
            sequence: 0,
        }
    }

    fn step(&mut self) {
        match self.random.below(40) {
            0 => self.checkpoint(),
            1 => self.backup(),
            2 => self.reopen(),
            3 => self.follow(),
            4 => self.merge(),
            5..8 => self.begin(),
            8..11 => self.commit(),
            11 => self.rollback(),
            12..16 => self.run(reading),
            _ => self.run(writing),
        }
        assert_eq!(self.database.sequence(), self.sequence, "the number of commits");
        check(&self.database.snapshot());
        assert_eq!(dump(&self.database.snapshot()), dump(&self.plain.graph));
        for (connection, open) in self.connections.iter().zip(&self.open) {
            let Some(open) = open else { continue };
            assert_eq!(dump(&connection.graph()), dump(&open.plain.graph), "what a transaction sees");
        }
    }

    /// Runs a statement on some connection.
    fn run(&mut self, statement: fn(&mut Random) -> String) {
        let at = self.random.below(self.connections.len());
        let statement = statement(&mut self.random);
        self.trace.note(format!("{at}> {statement}"));
        let expected = self.expected(at, &statement);
        let options = self.run_options(&expected);
        let ran = self.connections[at].run(&statement, &options);
        let ran = ran.map(|result| result.rows.into_vec()).map_err(|errors| errors[0].detail.to_string());
        assert_eq!(format!("{ran:?}"), format!("{expected:?}"));
    }

    /// A statement that must wait for a writer on the same thread does not wait for long.
    fn run_options(&self, expected: &super::plain::Outcome) -> RunOptions {
        let waits = expected.as_ref().is_err_and(|detail| detail == "DatabaseLocked");
        let limits = Limits { time: waits.then_some(Duration::ZERO), ..Limits::default() };
        RunOptions { limits, ..RunOptions::default() }
    }

    /// What a statement gives; its changes are made to what is expected of the database.
    fn expected(&mut self, at: usize, statement: &str) -> super::plain::Outcome {
        let busy = self.open.iter().flatten().any(|open| open.writes);
        let Some(open) = &mut self.open[at] else {
            let (writes, _) = self.plain.kind(statement)?;
            if writes && busy {
                return Err("DatabaseLocked".into());
            }
            let (outcome, commits) = self.plain.run(statement);
            self.sequence += commits.len() as u64;
            return outcome;
        };
        let (writes, commits) = open.plain.kind(statement)?;
        if writes && !open.writes {
            if open.read_only {
                return Err("ReadOnly".into());
            }
            if busy {
                return Err("DatabaseLocked".into());
            }
            if open.has_read && open.began_at != self.sequence {
                open.conflicted = true;
                return Err("TransactionConflict".into());
            }
            (open.writes, open.plain) = (true, self.plain.clone());
        }
        if commits {
            return Err("TransactionOpen".into());
        }
        open.has_read |= !writes;
        let (outcome, commits) = open.plain.run(statement);
        open.changed |= !commits.is_empty();
        outcome
    }

    fn begin(&mut self) {
        let at = self.random.below(self.connections.len());
        if self.open[at].is_none() {
            let read_only = self.random.one_in(4);
            self.trace.note(format!("{at}> BEGIN{}", if read_only { " READ ONLY" } else { "" }));
            self.connections[at].begin(read_only).expect("none is open");
            let plain = self.plain.clone();
            let (has_read, conflicted, writes, changed) = (false, false, false, false);
            let began_at = self.sequence;
            self.open[at] = Some(Open { plain, began_at, read_only, has_read, conflicted, writes, changed });
        }
    }

    fn commit(&mut self) {
        let at = self.random.below(self.connections.len());
        if let Some(open) = self.open[at].take() {
            self.trace.note(format!("{at}> COMMIT"));
            if open.conflicted {
                let error = self.connections[at].commit().expect_err("it has met a conflict");
                assert_eq!(error.detail.to_string(), "TransactionConflict");
                return self.connections[at].rollback().expect("it is open still");
            }
            self.connections[at].commit().expect("the disk works");
            if open.changed {
                self.plain = open.plain;
                self.sequence += 1;
            }
        }
    }

    fn rollback(&mut self) {
        let at = self.random.below(self.connections.len());
        if self.open[at].take().is_some() {
            self.trace.note(format!("{at}> ROLLBACK"));
            self.connections[at].rollback().expect("one is open");
        }
    }

    /// What the upkeep does when much has changed; nobody must be writing, since it waits for the working graph.
    fn merge(&mut self) {
        if !self.open.iter().flatten().any(|open| open.writes) {
            self.trace.note("merge");
            self.database.shared.merge().expect("nobody writes");
        }
    }

    fn checkpoint(&mut self) {
        self.trace.note("checkpoint");
        self.database.checkpoint().expect("the disk works");
    }

    fn backup(&mut self) {
        self.trace.note("backup");
        let from = if self.random.one_in(2) { &self.database } else { &self.follower };
        from.backup(Path::new(COPY), true).expect("the disk works");
        let disk: Arc<dyn crate::storage::Disk> = Arc::new(self.disk.clone());
        let copy = Database::open_on(disk, Path::new(COPY), &Options::default()).expect("it is whole");
        assert_eq!((copy.sequence(), dump(&copy.snapshot())), (self.sequence, dump(&self.plain.graph)), "the copy");
    }

    /// Another process that reads sees the last commit.
    fn follow(&mut self) {
        self.trace.note("follow");
        self.follower.run("RETURN 1", &RunOptions::default()).expect("the disk works");
        assert_eq!(self.follower.sequence(), self.sequence, "the follower");
        assert_eq!(dump(&self.follower.snapshot()), dump(&self.plain.graph), "the follower");
    }

    /// Ends all transactions, and the process in one way or another.
    fn reopen(&mut self) {
        let (kind, seed) = (self.random.below(4), self.random.next());
        self.trace.note(["close", "drop", "kill", "crash"][kind]);
        let survival = [Survival::Nothing, Survival::Some, Survival::Everything][self.random.below(3)];
        let before = self.disk.state().clone();
        self.connections.clear();
        self.open.iter_mut().for_each(|open| *open = None);
        match kind {
            0 => {
                self.database.close().expect("the disk works");
                let closed = self.database.run("CREATE (:A)", &RunOptions::default()).expect_err("it is closed");
                assert_eq!(closed[0].detail.to_string(), "ReadOnly");
            }
            1 => {}
            2 => self.disk = before.killed(),
            // Without syncing, commits may be lost: that is tested with faults.
            _ if self.options.durability == Durability::Full => self.disk = before.crashed(survival, seed),
            _ => self.disk = before.crashed(Survival::Everything, seed),
        }
        let other = Database::in_memory(Graph::new());
        drop(std::mem::replace(&mut self.database, other));
        self.database = open(&self.disk, &self.options);
        self.follower = open(&self.disk, &Options::default());
        self.connections = self.open.iter().map(|_| self.database.connect()).collect();
        check(&self.database.snapshot());
    }
}

#[test]
fn a_database_is_the_graph_of_its_committed_statements() {
    let first = number("LAW_SEED");
    let programs = number("LAW_PROGRAMS").unwrap_or(60);
    let mut commits = 0;
    for seed in first.map_or(1..=programs, |seed| seed..=seed) {
        let mut world = World::new(seed);
        for _ in 0..40 + world.random.below(80) {
            world.step();
        }
        world.reopen();
        world.follow();
        commits += world.sequence;
    }
    println!("{programs} programs, {commits} commits");
}
