//! Readers beside a writer, of this process and of another one.
//!
//! `READERS_SECONDS=60 cargo test --lib database::tests::readers` runs them for a minute each.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Instant;

use super::files::{CREATE, Folder};
use super::law::number;
use super::plain::{check, fingerprint};
use super::*;
use crate::storage::simulated::Random;

const READERS: u64 = 8;
const ACCOUNTS: usize = 1000;
const BALANCE: i64 = 100;

fn until() -> Instant {
    Instant::now() + Duration::from_secs(number("READERS_SECONDS").unwrap_or(2))
}

/// A transaction that moves money between many accounts, and makes and removes nodes and relationships.
fn write(connection: &mut LocalConnection, random: &mut Random, number: u64) {
    let from = random.below(ACCOUNTS / 2);
    let count = if random.one_in(3) { ACCOUNTS / 2 } else { 1 + random.below(50) };
    let (to, last) = (from + ACCOUNTS / 2, (from + count).min(ACCOUNTS / 2) - 1);
    let amount = random.below(20) as i64 - 10;
    rows(connection, "BEGIN");
    rows(
        connection,
        &format!("UNWIND range({from}, {last}) AS i MATCH (a:Account {{id: i}}) SET a.balance = a.balance - {amount}"),
    );
    let span = last - from;
    rows(
        connection,
        &format!(
            "UNWIND range({to}, {}) AS i MATCH (a:Account {{id: i}}) SET a.balance = a.balance + {amount}",
            to + span
        ),
    );
    rows(
        connection,
        &format!(
            "MATCH (a:Account {{id: {from}}}), (b:Account {{id: {to}}}) CREATE (a)-[:PAYS {{n: {number}}}]->(b), (:Slip {{n: {number}}})"
        ),
    );
    match random.below(4) {
        0 => _ = rows(connection, "MATCH (s:Slip) WITH s ORDER BY s.n LIMIT 3 DELETE s"),
        1 => _ = rows(connection, "MATCH ()-[p:PAYS]->() WITH p ORDER BY p.n LIMIT 3 DELETE p"),
        2 => _ = rows(connection, &format!("MATCH (a:Account {{id: {from}}}) SET a:Busy")),
        _ => _ = rows(connection, &format!("MATCH (a:Busy {{id: {from}}}) REMOVE a:Busy")),
    }
    rows(connection, &format!("MATCH (c:Counter) SET c.n = {number}"));
    rows(connection, if random.one_in(8) { "ROLLBACK" } else { "COMMIT" });
}

/// Checks a state of the graph from within and by queries; the number of its last writer.
fn inspect(read: &ReadTransaction) -> i64 {
    let graph = read.graph();
    check(graph);
    let one = |statement: &str| {
        let answer = read.run(statement, &RunOptions::default());
        answer.unwrap_or_else(|errors| panic!("{statement}: {errors:?}")).rows.into_vec()[0][0].clone()
    };
    let total = Value::Integer(ACCOUNTS as i64 * BALANCE);
    assert_eq!(one("MATCH (a:Account) RETURN sum(a.balance)"), total, "money is neither made nor lost");
    assert_eq!(one("MATCH (a:Account) WITH a.balance AS b, count(*) AS c RETURN sum(b * c)"), total);
    let pays = Value::Integer(graph.type_id("PAYS").map_or(0, |t| graph.type_count(t)) as i64);
    assert_eq!(one("MATCH (a)-[p:PAYS]->(b) RETURN count(*)"), pays);
    assert_eq!(one("MATCH (a)<-[p:PAYS]-(b) WHERE a.id = b.id + 500 RETURN count(p.n)"), pays);
    one("MATCH (c:Counter) RETURN c.n").as_integer().expect("a number")
}

fn set_up(database: &Database) {
    let mut connection = database.connect();
    rows(&mut connection, "CREATE CONSTRAINT FOR (a:Account) REQUIRE a.id IS UNIQUE");
    rows(&mut connection, "CREATE INDEX balances FOR (a:Account) ON (a.balance)");
    rows(&mut connection, "CREATE INDEX slips FOR (s:Slip) ON (s.n)");
    let last = ACCOUNTS - 1;
    rows(&mut connection, &format!("UNWIND range(0, {last}) AS i CREATE (:Account {{id: i, balance: {BALANCE}}})"));
    rows(&mut connection, "CREATE (:Counter {n: 0})");
}

#[test]
fn readers_see_whole_states_beside_a_writer() {
    let folder = Folder::new();
    let database = folder.open(CREATE);
    set_up(&database);
    let (until, done) = (until(), AtomicBool::new(false));
    let reads = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| {
                let (mut sequence, mut last) = (0, 0);
                while !done.load(SeqCst) {
                    let read = database.begin_read();
                    let seen = inspect(&read);
                    assert!(read.sequence() >= sequence && seen >= last, "states do not go back");
                    (sequence, last) = (read.sequence(), seen);
                    let before = fingerprint(read.graph());
                    assert_eq!(inspect(&read), seen);
                    assert_eq!(fingerprint(read.graph()), before, "a state that is held does not change");
                    reads.fetch_add(1, SeqCst);
                }
            });
        }
        scope.spawn(|| {
            while !done.load(SeqCst) {
                database.checkpoint().expect("the disk works");
                database.shared.merge().expect("it waits for the writer");
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let _done = AtEnd(&done);
        let (mut connection, mut random, mut number) = (database.connect(), Random(1), 0);
        while Instant::now() < until {
            number += 1;
            write(&mut connection, &mut random, number);
        }
    });
    println!("{} commits, {} states read twice", database.sequence(), reads.load(SeqCst));
    assert!(database.sequence() > 5 && reads.load(SeqCst) > 0);
    let state = fingerprint(&database.snapshot());
    database.close().expect("the disk works");
    assert_eq!(fingerprint(&folder.open(Options::default()).snapshot()), state);
}

#[test]
fn another_process_sees_whole_commits_in_order() {
    let folder = Folder::new();
    let writer = folder.open(CREATE);
    rows(&mut writer.connect(), "CREATE INDEX FOR (n:N) ON (n.n)");
    rows(&mut writer.connect(), "CREATE (:Count {n: 0}), (:Count {n: 0})");
    let (until, done) = (until(), AtomicBool::new(false));
    let states = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let follower = folder.open(Options::default());
                let mut connection = follower.connect();
                let (mut last, mut sequence) = (0, 0);
                while !done.load(SeqCst) {
                    rows(&mut connection, "BEGIN READ ONLY");
                    let counts = rows(&mut connection, "MATCH (c:Count) RETURN c.n");
                    let n = counts[0][0].as_integer().expect("a number");
                    assert!(counts.len() == 2 && counts[0] == counts[1], "half a commit: {counts:?}");
                    let chain = rows(&mut connection, "MATCH (a:N)-[:NEXT]->(b:N) RETURN count(*), max(b.n)");
                    assert_eq!(count_of(&chain), (n - 1).max(0), "all commits before are there");
                    let found = rows(&mut connection, &format!("MATCH (a:N {{n: {n}}}) RETURN count(*)"));
                    assert_eq!(count_of(&found), i64::from(n > 0));
                    rows(&mut connection, "COMMIT");
                    assert!(n >= last && follower.sequence() >= sequence, "{n} after {last}");
                    states.fetch_add(u64::from(n > last), SeqCst);
                    (last, sequence) = (n, follower.sequence());
                    check(&follower.snapshot());
                }
            });
        }
        let _done = AtEnd(&done);
        let (mut connection, mut random, mut n) = (writer.connect(), Random(1), 0);
        while Instant::now() < until {
            n += 1;
            rows(&mut connection, "BEGIN");
            rows(&mut connection, &format!("CREATE (:N {{n: {n}}})"));
            rows(&mut connection, &format!("MATCH (a:N {{n: {n} - 1}}), (b:N {{n: {n}}}) CREATE (a)-[:NEXT]->(b)"));
            rows(&mut connection, &format!("MATCH (c:Count) SET c.n = {n}"));
            rows(&mut connection, "COMMIT");
            if random.one_in(10) {
                writer.checkpoint().expect("the disk works");
            }
        }
    });
    println!("{} commits, {} new states seen by followers", writer.sequence(), states.load(SeqCst));
    assert!(states.load(SeqCst) > 2);
}

fn count_of(rows: &[Vec<Value>]) -> i64 {
    rows[0][0].as_integer().expect("a number")
}
