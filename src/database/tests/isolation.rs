//! Threads that run random transactions at the same time: their history is strictly serializable.
//!
//! `ISOLATION_TRANSACTIONS=100000 cargo test --lib database::tests::isolation` runs more of them. How threads meet
//! differs from run to run; a history that cannot be explained is printed as the cycle of its dependencies.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::SeqCst};

use super::history::{self, Element, Key, Operation, Outcome, Transaction};
use super::law::{PATH, number};
use super::*;
use crate::diagnostic::Kind;
use crate::storage::simulated::{Fault, Random, SimulatedDisk, Survival};

const THREADS: u64 = 6;
/// Transactions after which other lists are used, so that lists stay short.
const EPOCH: u64 = 300;
const LISTS: u64 = 4;

const APPEND: &str = "MATCH (n:L {k: $k}) SET n.list = n.list + $v";
const APPEND_AND_READ: &str = "MATCH (n:L {k: $k}) SET n.list = n.list + $v RETURN n.k, n.list";
const READ: &str = "MATCH (n:L {k: $k}) RETURN n.k, n.list";
const READ_ALL: &str = "MATCH (n:L) WHERE n.k >= $from AND n.k < $to RETURN n.k, n.list";
/// A statement that writes, but finds nothing to change.
const TOUCH: &str = "MERGE (n:L {k: $k}) RETURN n.k, n.list";

/// A database under test, and the order of moments.
struct Test {
    database: Database,
    moment: AtomicU64,
    element: AtomicI64,
    begun: AtomicU64,
    total: u64,
    /// Whether the disk fails now and then.
    fails: bool,
}

impl Test {
    fn new(database: Database, default: u64, fails: bool) -> Test {
        let total = number("ISOLATION_TRANSACTIONS").unwrap_or(default);
        let lists = (total / EPOCH + 2) * LISTS;
        rows(&mut database.connect(), "CREATE INDEX lk FOR (n:L) ON (n.k)");
        rows(&mut database.connect(), &format!("UNWIND range(0, {lists}) AS k CREATE (:L {{k: k, list: []}})"));
        let (moment, element, begun) = (AtomicU64::new(1), AtomicI64::new(1), AtomicU64::new(0));
        Test { database, moment, element, begun, total, fails }
    }

    fn now(&self) -> u64 {
        self.moment.fetch_add(1, SeqCst)
    }

    /// Runs all transactions on some threads. Returns what they did.
    fn run(&self) -> Vec<Transaction> {
        let worker = |seed| move || self.work(&mut Random(seed));
        std::thread::scope(|scope| {
            let threads: Vec<_> = (1..=THREADS).map(|seed| scope.spawn(worker(seed))).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        })
    }

    fn work(&self, random: &mut Random) -> Vec<Transaction> {
        let mut connection = self.database.connect();
        let mut done = Vec::new();
        loop {
            let number = self.begun.fetch_add(1, SeqCst);
            if number >= self.total {
                return done;
            }
            let first = number / EPOCH * LISTS;
            let mut user =
                User { test: self, connection: &mut connection, first, operations: Vec::new(), writes: false };
            let began = self.now();
            let outcome = user.transaction(random);
            let operations = user.operations;
            done.push(Transaction { began, ended: self.now(), operations, outcome });
        }
    }

    fn lists(database: &Database) -> BTreeMap<Key, Vec<Element>> {
        rows(&mut database.connect(), "MATCH (n:L) RETURN n.k, n.list").iter().map(|row| list(row)).collect()
    }

    fn check(&self, transactions: &[Transaction]) {
        let lists = Test::lists(&self.database);
        if let Err(error) = history::check(transactions, &lists) {
            panic!("{error}");
        }
        let committed = transactions.iter().filter(|t| t.outcome == Outcome::Committed);
        let writers = committed.clone().filter(|t| t.operations.iter().any(|o| matches!(o, Operation::Append(..))));
        let (count, committed, writers) = (transactions.len(), committed.count(), writers.count());
        println!("{count} transactions, {committed} committed, {writers} of them wrote");
        assert!(writers * if self.fails { 50 } else { 5 } > count, "most are to no purpose");
    }
}

fn list(row: &[Value]) -> (Key, Vec<Element>) {
    let Value::List(list) = &row[1] else { panic!("{row:?} is not a key and a list") };
    let elements = list.iter().map(|element| element.as_integer().expect("an element"));
    (row[0].as_integer().expect("a key") as Key, elements.collect())
}

/// A transaction under way.
struct User<'t> {
    test: &'t Test,
    connection: &'t mut LocalConnection,
    /// The first of the lists in use.
    first: u64,
    operations: Vec<Operation>,
    writes: bool,
}

impl User<'_> {
    fn transaction(&mut self, random: &mut Random) -> Outcome {
        if random.one_in(2) {
            return self.operation(random, 6).map_or_else(|errors| self.failed(&errors), |()| Outcome::Committed);
        }
        let read_only = random.one_in(4);
        self.connection.begin(read_only).expect("none is open");
        for _ in 0..1 + random.below(5) {
            if let Err(errors) = self.operation(random, if read_only { 3 } else { 6 }) {
                self.connection.rollback().expect("it is open");
                return self.failed(&errors);
            }
            if random.one_in(3) {
                std::thread::yield_now();
            }
        }
        if random.one_in(5) {
            self.connection.rollback().expect("it is open");
            // What a writer reads of others may not be durable yet, and counts only once it commits itself.
            return if self.writes { Outcome::Aborted } else { Outcome::Committed };
        }
        self.connection.commit().map_or_else(|error| self.failed(&[error]), |()| Outcome::Committed)
    }

    fn failed(&self, errors: &[Diagnostic]) -> Outcome {
        let conflict = errors[0].detail.to_string() == "TransactionConflict";
        assert!(conflict || (self.test.fails && errors[0].kind == Kind::IoError), "{errors:?}");
        Outcome::Aborted
    }

    fn operation(&mut self, random: &mut Random, kinds: usize) -> Result<(), Vec<Diagnostic>> {
        let key = self.first + random.below(LISTS as usize) as u64;
        let kind = random.below(kinds);
        let statement = [READ, READ, READ_ALL, APPEND, APPEND_AND_READ, TOUCH][kind];
        self.writes |= kind > 2;
        let element = if matches!(kind, 3 | 4) { self.test.element.fetch_add(1, SeqCst) } else { 0 };
        let parameters = [("k", key), ("from", self.first), ("to", self.first + LISTS)];
        let mut parameters: BTreeMap<String, Value> =
            parameters.into_iter().map(|(name, number)| (name.to_string(), Value::Integer(number as i64))).collect();
        parameters.insert("v".to_string(), Value::Integer(element));
        let options = RunOptions { parameters, ..RunOptions::default() };
        if element > 0 {
            // Noted before: a statement that fails must leave no trace, either.
            self.operations.push(Operation::Append(key, element));
        }
        let result = self.connection.run(statement, &options)?;
        let read = result.rows.into_vec();
        assert_eq!(read.len(), [1, 1, LISTS as usize, 0, 1, 1][kind], "{statement}");
        self.operations.extend(read.iter().map(|row| list(row)).map(|(key, list)| Operation::Read(key, list)));
        Ok(())
    }
}

#[test]
fn transactions_in_memory_are_serializable() {
    let test = Test::new(Database::in_memory(Graph::new()), 3000, false);
    let transactions = run_beside(&test, || {
        test.database.shared.merge().expect("it waits for writers");
        std::thread::sleep(Duration::from_millis(5));
    });
    test.check(&transactions);
}

/// A disk whose calls take a while, so that commits wait for each other.
fn slow_disk() -> SimulatedDisk {
    let disk = SimulatedDisk::new(1);
    disk.watch(Box::new(|_| std::thread::sleep(Duration::from_micros(100))));
    disk
}

fn open(disk: &SimulatedDisk) -> Database {
    let options = Options { create: true, ..Options::default() };
    Database::open_on(Arc::new(disk.clone()), Path::new(PATH), &options).expect("the disk works")
}

/// Runs transactions while `meanwhile` is called again and again.
fn run_beside(test: &Test, mut meanwhile: impl FnMut() + Send) -> Vec<Transaction> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(SeqCst) {
                meanwhile();
            }
        });
        let _done = AtEnd(&done);
        test.run()
    })
}

#[test]
fn transactions_of_a_file_are_serializable_and_what_a_crash_leaves_is_a_state_of_them() {
    let disk = slow_disk();
    let test = Test::new(open(&disk), 1500, false);
    let mut crashes = Vec::new();
    let mut random = Random(1);
    let mut transactions = run_beside(&test, || {
        std::thread::sleep(Duration::from_millis(20));
        if random.one_in(4) {
            test.database.checkpoint().expect("the disk works");
            test.database.shared.merge().expect("it waits for writers");
        }
        // Someone who reads what is left: everything that was committed before, and perhaps what is being committed.
        let began = test.now();
        let left = disk.state().crashed(Survival::Some, random.next());
        let operations = Test::lists(&open(&left)).into_iter().map(|(key, list)| Operation::Read(key, list)).collect();
        let ended = u64::MAX - crashes.len() as u64;
        crashes.push(Transaction { began, ended, operations, outcome: Outcome::Committed });
    });
    println!("{} crashes", crashes.len());
    transactions.extend(crashes);
    test.check(&transactions);
    let lists = Test::lists(&test.database);
    assert_eq!(Test::lists(&open(&disk.state().crashed(Survival::Nothing, 1))), lists, "all of it is durable");
}

#[test]
fn transactions_are_serializable_while_commits_fail() {
    let disk = slow_disk();
    let test = Test::new(open(&disk), 1500, true);
    let mut random = Random(1);
    let transactions = run_beside(&test, || {
        std::thread::sleep(Duration::from_millis(4));
        if random.one_in(4) {
            test.database.shared.merge().expect("it waits for writers");
        }
        let mut state = disk.state();
        // One failure at a time: a commit that fails is taken back by a few calls.
        if state.fault.is_none_or(|fault| fault.call + 8 < state.calls) {
            let call = state.calls + 1 + random.below(12) as u64;
            state.fault = Some(Fault { call, calls: 1, full: random.one_in(2) });
        }
    });
    disk.state().fault = None;
    test.check(&transactions);
    assert!(transactions.iter().any(|transaction| transaction.outcome == Outcome::Aborted));
    assert!(test.database.status().file.is_some_and(|file| !file.failed), "single failures can be taken back");
    let lists = Test::lists(&test.database);
    assert_eq!(Test::lists(&open(&disk.state().crashed(Survival::Nothing, 1))), lists, "the file is the graph");
}
