//! Crashes and failures of a simulated disk under a whole database.
//!
//! A random program of statements, transactions, checkpoints, backups and reopenings is run. Wherever the disk loses
//! power or a call fails, what is found then is the graph after some commit: none that was reported as done is missing,
//! and none that was reported as failed is there. After a failure the database shows what it showed before, and goes
//! on, or says that it must be reopened.
//!
//! `FAULT_SEED=n cargo test --lib database::tests::faults` runs the one program that failed; `FAULT_POINTS=1000000`
//! more of them.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::law::{COPY, PATH, Trace, number};
use super::plain::{Plain, check, fingerprint};
use super::statements::writing;
use super::*;
use crate::diagnostic::Kind;
use crate::storage::simulated::{Fault, Random, SimulatedDisk, State, Survival};
use crate::storage::{Disk, Durability};

#[derive(Clone, Debug)]
enum Step {
    Statement(String),
    Transaction(Vec<String>),
    RolledBack(Vec<String>),
    Checkpoint,
    /// What the upkeep does when much has changed.
    Merge,
    Backup,
    Reopen {
        close: bool,
    },
}

struct Program {
    seed: u64,
    options: Options,
    steps: Vec<Step>,
}

impl Program {
    fn new(seed: u64) -> Program {
        let random = &mut Random(seed);
        let durability = if random.one_in(5) { Durability::Off } else { Durability::Full };
        let some = |random: &mut Random| (0..1 + random.below(4)).map(|_| writing(random)).collect();
        let steps = (0..8 + random.below(10)).map(|_| match random.below(13) {
            0..6 => Step::Statement(writing(random)),
            6 | 7 => Step::Transaction(some(random)),
            8 => Step::RolledBack(some(random)),
            9 => Step::Checkpoint,
            10 => Step::Backup,
            11 => Step::Merge,
            _ => Step::Reopen { close: random.one_in(2) },
        });
        let steps = steps.collect();
        Program { seed, steps, options: Options { create: true, durability, ..Options::default() } }
    }
}

/// What may be found.
#[derive(Default)]
struct Expected {
    /// A fingerprint of the graph after each number of commits, up to the last one that may be found.
    states: Vec<u64>,
    /// The last commit that must be found.
    least: usize,
    opened: bool,
}

impl Expected {
    fn most(&self) -> usize {
        self.states.len() - 1
    }

    /// Checks that a database is in a state in which it may be.
    fn check(&self, database: &Database) {
        let (sequence, least, most) = (database.sequence() as usize, self.least, self.most());
        assert!((least..=most).contains(&sequence), "commit {sequence} is the last, not {least} to {most}");
        assert_eq!(fingerprint(&database.snapshot()), self.states[sequence], "another graph after commit {sequence}");
    }
}

static POINTS: AtomicU64 = AtomicU64::new(0);

/// Opens what a crash left, and checks that it is what it may be and that it works.
fn verify(disk: &SimulatedDisk, expected: &Mutex<Expected>) {
    if std::thread::panicking() {
        return;
    }
    POINTS.fetch_add(1, Relaxed);
    let expected = lock(expected);
    if disk.attributes(Path::new(PATH)).is_err() {
        assert!(!expected.opened, "the file is gone");
        return;
    }
    let database = Database::open_on(Arc::new(disk.clone()), Path::new(PATH), &Options::default());
    let database = database.unwrap_or_else(|error| panic!("{error:?}"));
    expected.check(&database);
    let (before, options) = (database.snapshot(), RunOptions::default());
    database.run("CREATE (:Works)", &options).unwrap_or_else(|errors| panic!("{errors:?}"));
    let again =
        Database::open_on(Arc::new(disk.state().crashed(Survival::Nothing, 0)), Path::new(PATH), &Options::default());
    let again = again.unwrap_or_else(|error| panic!("after recovery: {error:?}"));
    assert_eq!(again.snapshot().node_count(), before.node_count() + 1, "a commit after recovery is lost");
}

/// A program under way.
struct Runner<'p> {
    program: &'p Program,
    disk: SimulatedDisk,
    expected: Arc<Mutex<Expected>>,
    plain: Plain,
    database: Database,
    failures: usize,
}

impl<'p> Runner<'p> {
    fn new(program: &'p Program, disk: SimulatedDisk, expected: Arc<Mutex<Expected>>) -> Runner<'p> {
        let plain = Plain::new();
        *lock(&expected) = Expected { states: vec![fingerprint(&plain.graph)], ..Expected::default() };
        let nothing = Database::in_memory(Graph::new());
        let mut runner = Runner { program, disk, expected, plain, database: nothing, failures: 0 };
        runner.open(&[]);
        runner
    }

    /// Opens the database again; `candidates` are the graphs of the commits that may or may not be there.
    fn open(&mut self, candidates: &[Graph]) {
        self.database = Database::in_memory(Graph::new());
        let mut errors = Vec::new();
        // Faults are few: an attempt succeeds, or something is wrong.
        while errors.len() < 6 {
            match Database::open_on(Arc::new(self.disk.clone()), Path::new(PATH), &self.program.options) {
                Ok(database) => {
                    self.database = database;
                    return self.settle(candidates);
                }
                Err(error) => errors.push(error.message),
            }
        }
        panic!("it cannot be opened: {errors:?}");
    }

    fn full(&self) -> bool {
        self.program.options.durability == Durability::Full
    }

    /// Goes on with the state that the database is in.
    fn settle(&mut self, candidates: &[Graph]) {
        let mut expected = lock(&self.expected);
        expected.check(&self.database);
        expected.opened = true;
        let sequence = self.database.sequence() as usize;
        let before = expected.most() - candidates.len();
        if sequence > before {
            self.plain.graph = candidates[sequence - before - 1].clone();
        }
        expected.states.truncate(sequence + 1);
        if self.full() {
            expected.least = sequence;
        }
        check(&self.database.snapshot());
        assert_eq!(fingerprint(&self.database.connect().graph()), expected.states[sequence], "the connection");
    }

    fn run(mut self) {
        for step in &self.program.steps {
            match step {
                Step::Statement(statement) => {
                    let (outcome, commits) = self.plain.clone().run(statement);
                    let run = |database: &Database| database.run(statement, &RunOptions::default()).map(drop);
                    self.change(run, outcome.map(drop), commits);
                }
                Step::Transaction(statements) => {
                    let mut after = self.plain.clone();
                    let committed = statements.iter().filter_map(|statement| after.run_within(statement)).last();
                    let run = |database: &Database| {
                        let mut connection = begin(database, statements)?;
                        connection.commit().map_err(|error| vec![error])
                    };
                    self.change(run, Ok(()), committed.into_iter().collect());
                }
                Step::RolledBack(statements) => {
                    self.change(|database| begin(database, statements).map(drop), Ok(()), Vec::new());
                }
                Step::Checkpoint => {
                    self.io(Database::checkpoint);
                }
                Step::Merge => {
                    self.io(|database| database.shared.merge());
                }
                Step::Backup => {
                    if self.io(|database| database.backup(Path::new(COPY), true)) {
                        let disk = Arc::new(self.disk.state().killed());
                        let copy = Database::open_on(disk, Path::new(COPY), &Options::default());
                        assert_eq!(fingerprint(&copy.expect("it is whole").snapshot()), fingerprint(&self.plain.graph));
                    }
                }
                Step::Reopen { close } => {
                    if *close {
                        self.io(Database::close);
                    }
                    self.open(&[]);
                }
            }
            if self.failures == 0 && matches!(step, Step::Checkpoint | Step::Reopen { close: true }) {
                let mut expected = lock(&self.expected);
                expected.least = expected.most();
            }
        }
        drop(self.database);
        verify(&self.disk.state().killed(), &self.expected);
    }

    /// Does something that changes no graph; whether nothing failed.
    fn io(&mut self, run: impl FnOnce(&Database) -> Result<(), Diagnostic>) -> bool {
        self.change(|database| run(database).map_err(|error| vec![error]), Ok(()), Vec::new())
    }

    /// Does something that leads through the graphs of `commits` if nothing fails; whether nothing did.
    fn change(
        &mut self,
        run: impl FnOnce(&Database) -> Result<(), Vec<Diagnostic>>,
        outcome: Result<(), String>,
        commits: Vec<Graph>,
    ) -> bool {
        lock(&self.expected).states.extend(commits.iter().map(fingerprint));
        let ran = run(&self.database);
        if ran.as_ref().map(drop).map_err(|errors| errors[0].detail.to_string()) == outcome {
            let sequence = self.database.sequence() as usize;
            assert_eq!(sequence, lock(&self.expected).most(), "the number of commits");
            self.settle(&commits);
            return true;
        }
        let errors = ran.expect_err(&format!("it should fail: {outcome:?}"));
        let fault = self.disk.state().fault;
        assert!(fault.is_some() && errors[0].kind == Kind::IoError, "{errors:?}, not {outcome:?}");
        self.failures += 1;
        assert!(self.failures < 10, "it does not recover: {errors:?}");
        lock(&self.expected).check(&self.database);
        if self.database.status().file.is_some_and(|file| file.failed) {
            self.open(&commits);
        } else {
            self.settle(&commits);
        }
        false
    }
}

/// Runs statements in a transaction, those that fail too, and leaves it open.
fn begin(database: &Database, statements: &[String]) -> Result<LocalConnection, Vec<Diagnostic>> {
    let mut connection = database.connect();
    connection.begin(false).map_err(|error| vec![error])?;
    for statement in statements {
        match connection.run(statement, &RunOptions::default()) {
            Err(errors) if errors[0].kind == Kind::IoError => return Err(errors),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(connection)
}

#[test]
fn after_a_crash_nothing_acknowledged_is_missing() {
    let wanted = number("FAULT_POINTS").unwrap_or(3000);
    let first = number("FAULT_SEED");
    let mut seed = first.unwrap_or(1);
    POINTS.store(0, Relaxed);
    let mut programs = 0;
    while programs == 0 || (first.is_none() && POINTS.load(Relaxed) < wanted) {
        let program = Program::new(seed);
        let _trace = trace(&program, None);
        let (disk, expected) = (SimulatedDisk::new(seed), Arc::new(Mutex::default()));
        let expects = expected.clone();
        let crash = move |state: &State| {
            verify(&state.crashed(Survival::Nothing, seed), &expects);
            verify(&state.crashed(Survival::Some, seed ^ state.calls), &expects);
            verify(&state.crashed(Survival::Everything, seed), &expects);
        };
        disk.watch(Box::new(crash));
        Runner::new(&program, disk, expected).run();
        (seed, programs) = (seed + 1, programs + 1);
    }
    println!("{} crash points in {programs} programs", POINTS.load(Relaxed));
}

#[test]
fn after_a_failure_of_any_call_the_database_is_as_it_was() {
    let programs = number("FAULT_POINTS").map_or(4, |points| (points / 1000).max(4));
    let first = number("FAULT_SEED");
    let mut runs = 0;
    for seed in first.map_or(1..=programs, |seed| seed..=seed) {
        let program = Program::new(seed);
        let disk = SimulatedDisk::new(seed);
        Runner::new(&program, disk.clone(), Arc::default()).run();
        let calls = disk.state().calls;
        for call in 1..=calls {
            let random = &mut Random(seed ^ call << 20);
            let fault = Fault { call, calls: 1 + random.below(3) as u64, full: random.one_in(2) };
            let _trace = trace(&program, Some(fault));
            let (disk, expected) = (SimulatedDisk::new(seed), Arc::new(Mutex::default()));
            disk.state().fault = Some(fault);
            let expects: Arc<Mutex<Expected>> = expected.clone();
            disk.watch(Box::new(move |state| {
                if (call..call + 12).contains(&state.calls) {
                    verify(&state.crashed(Survival::Some, state.calls ^ seed), &expects);
                }
            }));
            Runner::new(&program, disk, expected).run();
            runs += 1;
        }
    }
    println!("{runs} failures");
}

fn trace(program: &Program, fault: Option<Fault>) -> Trace {
    let mut trace = Trace::new(format!("FAULT_SEED={} cargo test --lib database::tests::faults", program.seed));
    trace.lines.extend(program.steps.iter().map(|step| format!("{step:?}")));
    trace.lines.push(format!("{:?}, {fault:?}", program.options.durability));
    trace
}
