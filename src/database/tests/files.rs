//! Databases with a file.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::law::PATH;
use super::plain::dump;
use super::*;
use crate::database::Options;
use crate::storage::simulated::{Fault, SimulatedDisk};

/// A folder for one test, removed at its end.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Folder {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("kenning-database-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder can be made");
        Folder(path)
    }

    pub(super) fn file(&self) -> PathBuf {
        self.0.join("g.kenning")
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("it is there");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub(super) fn open(&self, options: Options) -> Database {
        Database::open(&self.file(), &options).unwrap_or_else(|error| panic!("{error:?}"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(super) const CREATE: Options =
    Options { read_only: false, create: true, wait: Duration::ZERO, durability: crate::storage::Durability::Full };

#[test]
fn what_was_committed_is_there_after_a_close_and_after_none() {
    let folder = Folder::new();
    let database = folder.open(CREATE);
    assert_eq!(database.take_notices().len(), 1, "a new file is reported");
    let mut connection = database.connect();
    rows(&mut connection, "CREATE (:A {k: 'one'})");
    rows(&mut connection, "BEGIN");
    rows(&mut connection, "CREATE (:A {k: 'two'}), (:A {k: 'three'})");
    rows(&mut connection, "COMMIT");
    rows(&mut connection, "BEGIN");
    rows(&mut connection, "MATCH (n) DETACH DELETE n");
    // A crash: nothing is closed, and the lock goes with the process.
    drop(connection);
    drop(database);
    let database = folder.open(Options::default());
    assert_eq!(count(&mut database.connect()), 3);
    rows(&mut database.connect(), "CREATE INDEX ak FOR (n:A) ON (n.k)");
    database.close().expect("it closes");
    assert_eq!(fails(&mut database.connect(), "CREATE (:B)"), "ReadOnly");
    assert_eq!(folder.names(), ["g.kenning"], "one file after a clean close");
    let mut connection = folder.open(Options { read_only: true, ..Options::default() }).connect();
    assert_eq!(rows(&mut connection, "SHOW INDEXES").len(), 1);
    assert_eq!(fails(&mut connection, "CREATE (:B)"), "ReadOnly");
}

#[test]
fn a_reader_follows_the_writer_of_another_process_and_takes_over_when_it_is_gone() {
    let folder = Folder::new();
    let writer = folder.open(CREATE);
    let reader = folder.open(Options::default());
    rows(&mut writer.connect(), "UNWIND range(1, 10) AS i CREATE (:A {i: i})");
    assert_eq!(count(&mut reader.connect()), 10);
    assert_eq!(fails(&mut reader.connect(), "CREATE (:B)"), "DatabaseLocked");
    let (mut open, mut other) = (reader.connect(), reader.connect());
    rows(&mut open, "BEGIN");
    assert_eq!(count(&mut open), 10);
    rows(&mut writer.connect(), "CREATE (:A)");
    writer.checkpoint().expect("it can be written");
    rows(&mut writer.connect(), "CREATE (:A)");
    assert_eq!((count(&mut open), count(&mut other)), (10, 12));
    writer.close().expect("it closes");
    rows(&mut other, "CREATE (:A)");
    assert_eq!(count(&mut other), 13);
}

#[test]
fn a_first_change_waits_for_the_writer_of_another_process() {
    let folder = Folder::new();
    let first = folder.open(CREATE);
    rows(&mut first.connect(), "CREATE (:A)");
    let waiting = std::thread::spawn({
        let second = folder.open(Options { wait: Duration::from_secs(20), ..Options::default() });
        move || {
            rows(&mut second.connect(), "CREATE (:A)");
            count(&mut second.connect())
        }
    });
    std::thread::sleep(Duration::from_millis(50));
    rows(&mut first.connect(), "CREATE (:A)");
    first.close().expect("it closes");
    assert_eq!(waiting.join().expect("no panic"), 3);
}

#[test]
fn writers_that_wait_are_all_kept() {
    let folder = Folder::new();
    let database = folder.open(CREATE);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let mut connection = database.connect();
            scope.spawn(move || {
                for number in 0..25 {
                    rows(&mut connection, &format!("CREATE (:A {{thread: {thread}, number: {number}}})"));
                }
            });
        }
    });
    assert_eq!(database.sequence(), 200);
    drop(database);
    let mut connection = folder.open(Options::default()).connect();
    let each = rows(&mut connection, "MATCH (n:A) RETURN n.thread, collect(n.number) ORDER BY n.thread");
    let numbers = Value::list((0..25).map(Value::Integer));
    assert!(each.len() == 8 && each.iter().all(|row| row[1] == numbers), "each thread's commits are in their order");
}

#[test]
fn a_commit_that_cannot_be_written_is_undone() {
    let folder = Folder::new();
    let database = folder.open(CREATE);
    let mut connection = database.connect();
    rows(&mut connection, "CREATE (:A)");
    std::fs::rename(folder.file(), folder.0.join("elsewhere.kenning")).expect("it can be moved");
    assert_eq!(fails(&mut connection, "CREATE (:A)"), "DatabaseMoved");
    assert_eq!(count(&mut connection), 1);
    std::fs::rename(folder.0.join("elsewhere.kenning"), folder.file()).expect("it can be moved back");
    rows(&mut connection, "CREATE (:A)");
    rows(&mut connection, "MATCH (a:A) SET a.k = 1");
    assert_eq!(count(&mut connection), 2);
    drop((connection, database));
    assert_eq!(count(&mut folder.open(Options::default()).connect()), 2);
}

#[test]
fn a_subquery_in_transactions_is_durable_up_to_its_error() {
    let folder = Folder::new();
    let database = folder.open(CREATE);
    let statement = "UNWIND range(0, 99) AS i CALL (i) { CREATE (:A {k: 1 / (70 - i)}) } IN TRANSACTIONS OF 20 ROWS";
    assert_eq!(fails(&mut database.connect(), statement), "DivisionByZero");
    drop(database);
    assert_eq!(count(&mut folder.open(Options::default()).connect()), 60);
}

#[test]
fn a_file_that_takes_the_place_of_another_is_read_anew() {
    let folder = Folder::new();
    let other = folder.0.join("other.kenning");
    for (path, names) in [(folder.file(), "['keep', 'drop']"), (other.clone(), "['drop', 'keep']")] {
        let database = Database::open(&path, &CREATE).expect("it opens");
        rows(&mut database.connect(), &format!("UNWIND {names} AS name CREATE (:A {{name: name}})"));
        database.close().expect("it closes");
    }
    // As many commits, nodes and bytes as before.
    let reader = folder.open(Options::default());
    assert_eq!(count(&mut reader.connect()), 2);
    std::fs::rename(&other, folder.file()).expect("it can be moved");
    rows(&mut reader.connect(), "MATCH (a:A {name: 'drop'}) DELETE a");
    drop(reader);
    let left = rows(&mut folder.open(Options::default()).connect(), "MATCH (a:A) RETURN a.name");
    assert_eq!(left, [[Value::from("keep")]]);
}

#[test]
fn a_writer_notices_that_another_file_was_copied_over_its_own() {
    let folder = Folder::new();
    let database = folder.open(CREATE);
    rows(&mut database.connect(), "CREATE (:A)");
    let copy = folder.0.join("copy.kenning");
    database.backup(&copy, false).expect("it can be copied");
    rows(&mut database.connect(), "CREATE (:A)");
    let before = database.sequence();
    std::fs::copy(&copy, folder.file()).expect("it can be copied over");
    assert_eq!(fails(&mut database.connect(), "CREATE (:A)"), "DatabaseMoved");
    assert_eq!(database.sequence(), before);
    drop(database);
    assert_eq!(count(&mut folder.open(Options::default()).connect()), 1);
}

#[test]
fn a_writer_whose_lock_was_removed_does_not_write_over_another_one() {
    let folder = Folder::new();
    let first = folder.open(CREATE);
    rows(&mut first.connect(), "CREATE (:A)");
    std::fs::remove_file(folder.0.join("g.kenning.lock")).expect("it is there");
    let second = folder.open(Options::default());
    rows(&mut second.connect(), "CREATE (:B)");
    assert_eq!(fails(&mut first.connect(), "CREATE (:A)"), "DatabaseMoved");
    drop((first, second));
    assert_eq!(count(&mut folder.open(Options::default()).connect()), 2);
}

#[test]
fn a_transaction_that_met_a_conflict_cannot_commit() {
    let database = Database::in_memory(Graph::new());
    let (mut a, mut b) = (database.connect(), database.connect());
    rows(&mut a, "BEGIN");
    assert_eq!(count(&mut a), 0);
    rows(&mut b, "CREATE (:A)");
    assert_eq!(fails(&mut a, "CREATE (:A)"), "TransactionConflict");
    assert_eq!(fails(&mut a, "COMMIT"), "TransactionConflict");
    rows(&mut a, "ROLLBACK");
    assert_eq!(count(&mut a), 1);
}

#[test]
fn a_graph_in_memory_can_be_closed_to_changes() {
    let database = Database::in_memory(Graph::new());
    database.forbid_changes();
    assert_eq!(fails(&mut database.connect(), "CREATE (:A)"), "ReadOnly");
}

#[test]
fn a_reader_gives_up_a_commit_that_was_taken_back() {
    let disk = SimulatedDisk::new(1);
    let open =
        |options: &Options| Database::open_on(Arc::new(disk.clone()), Path::new(PATH), options).expect("it opens");
    let (writer, reader) = (open(&CREATE), open(&Options::default()));
    rows(&mut writer.connect(), "CREATE (:First)");
    // It follows while a commit is written, and so before it fails, and stays there.
    let (seen, committed) = (reader.clone(), Arc::new(AtomicU64::new(writer.sequence())));
    let known = committed.clone();
    disk.watch(Box::new(move |_| {
        if seen.sequence() <= known.load(Ordering::Relaxed) {
            // Its calls of the disk fail, too.
            let _ = seen.run("RETURN 1", &RunOptions::default());
        }
    }));
    let mut taken_back = 0;
    for number in 1..20 {
        let call = disk.state().calls + number;
        disk.state().fault = Some(Fault { call, calls: 1, full: false });
        let failed = writer.run("CREATE (:Lost)", &RunOptions::default()).is_err();
        disk.state().fault = None;
        taken_back += u32::from(failed && reader.sequence() > writer.sequence());
        rows(&mut writer.connect(), &format!("CREATE (:Kept {{n: {number}}})"));
        rows(&mut reader.connect(), "RETURN 1");
        assert_eq!(dump(&reader.snapshot()), dump(&writer.snapshot()), "{number}");
        committed.store(writer.sequence(), Ordering::Relaxed);
    }
    disk.watch(Box::new(|_| {}));
    assert!(taken_back > 0, "no commit was seen and taken back");
    writer.close().expect("it closes");
    rows(&mut reader.connect(), "CREATE (:Mine)");
    assert_eq!(dump(&open(&Options::default()).snapshot()), dump(&reader.snapshot()));
}

#[test]
fn a_backup_replaces_a_file_only_if_it_may() {
    let folder = Folder::new();
    let copy = folder.0.join("copy.kenning");
    let database = folder.open(CREATE);
    rows(&mut database.connect(), "CREATE (:A)");
    let reader = folder.open(Options::default());
    for database in [database, reader, Database::in_memory(Graph::new())] {
        std::fs::write(&copy, "mine").expect("it can be written");
        assert_eq!(database.backup(&copy, false).expect_err("it is there").detail.to_string(), "FileExists");
        assert_eq!(std::fs::read(&copy).expect("it is there"), b"mine");
        database.backup(&copy, true).expect("it may be replaced");
        let copied = Database::open(&copy, &Options::default()).expect("it is whole");
        assert_eq!(dump(&copied.snapshot()), dump(&database.snapshot()));
    }
}

#[test]
fn names_of_a_failed_statement_are_forgotten() {
    let folder = Folder::new();
    let database = folder.open(CREATE);
    let mut connection = database.connect();
    rows(&mut connection, "CREATE (:A {k: 1})");
    assert_eq!(fails(&mut connection, "UNWIND [1, 0] AS x CREATE (:B {new: 1 / x})-[:R]->(:A)"), "DivisionByZero");
    // What is published then must not know the names: they come with the commit that uses them.
    database.shared.merge().expect("nobody writes");
    database.checkpoint().expect("it can be written");
    rows(&mut connection, "CREATE (:B {new: 1})-[:R]->(:A)");
    drop((connection, database));
    assert_eq!(count(&mut folder.open(Options::default()).connect()), 3);
}
