//! Answers in batches.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::database::{Connection, Database};
use crate::diagnostic::Detail;
use crate::engine::RunOptions;
use crate::graph::Graph;
use crate::graph::{Entity, NodeId, Value};
use crate::limits::Limits;
use crate::result::AnswerStream;

fn database() -> Database {
    let database = Database::in_memory(Graph::new());
    run(&database, "UNWIND range(1, 100) AS i CREATE (:A {n: i})");
    database
}

fn run(database: &Database, text: &str) {
    database.run(text, &RunOptions::default()).expect("it can be run");
}

fn stream(database: &Database, text: &str, limits: Limits) -> AnswerStream {
    database.connect().stream(text, &RunOptions { limits, ..RunOptions::default() }).expect("it can be run")
}

fn integers(stream: &mut AnswerStream, most: usize) -> Vec<i64> {
    let batch = stream.next(most).expect("no limit").expect("there are more rows");
    batch.rows.iter().filter_map(|row| row[0].as_integer()).collect()
}

#[test]
fn a_stream_can_be_sent_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&stream(&database(), "RETURN 1", Limits::default()));
}

#[test]
fn a_stream_keeps_its_snapshot() {
    let database = database();
    let mut open = stream(&database, "MATCH (a:A) RETURN a.n, a", Limits::default());
    assert_eq!(integers(&mut open, 2), [1, 2]);
    run(&database, "MATCH (a:A) DETACH DELETE a");
    run(&database, "CREATE (:A {n: -1})");
    let batch = open.next(usize::MAX).expect("no limit").expect("98 rows");
    assert_eq!(batch.rows.len(), 98);
    let last = Entity::Node(NodeId::new(99));
    assert_eq!(batch.entities.named_property(last, "n"), Value::Integer(100));
    assert!(!batch.entities.is_deleted(last));
    assert!(open.next(1).expect("no limit").is_none());
    assert!(open.summary().is_some());
}

#[test]
fn changes_are_made_before_the_first_batch_and_stay_if_no_batch_is_taken() {
    let database = database();
    drop(stream(&database, "UNWIND [1, 2, 3] AS i CREATE (b:B {n: i}) RETURN b.n", Limits::default()));
    let mut open = stream(&database, "MATCH (b:B) SET b.n = b.n + 10 RETURN b.n", Limits::default());
    assert_eq!(database.run("MATCH (b:B) RETURN sum(b.n)", &RunOptions::default()).unwrap().rows[0][0], 36i64.into());
    assert_eq!(integers(&mut open, 2), [11, 12]);
    assert_eq!(integers(&mut open, 2), [13]);
    assert!(open.summary().is_none());
    assert!(open.next(2).unwrap().is_none());
    assert_eq!(open.summary().expect("it is drained").changes.properties_set, 3);
}

#[test]
fn rows_are_made_as_they_are_taken() {
    let endless = "UNWIND range(1, 9000000000000000000) AS i RETURN i";
    let limits = Limits { memory: Some(1 << 16), ..Limits::default() };
    let mut open = stream(&database(), endless, limits);
    for batch in 0..1000 {
        assert_eq!(integers(&mut open, 10)[0], batch * 10 + 1);
    }
    // All rows at once would be too many; rows that were given away count no more.
    assert_eq!(open.next(usize::MAX).unwrap_err()[0].detail, Detail::MemoryLimit);
    assert!(open.next(1).expect("it has failed").is_none());
    assert!(open.summary().is_none());
}

#[test]
fn limits_hold_between_batches() {
    let text = "MATCH (a:A) RETURN a.n";
    let limits = Limits::default();
    let mut open = stream(&database(), text, limits.clone());
    assert_eq!(integers(&mut open, 1), [1]);
    limits.cancel.store(true, Ordering::Relaxed);
    assert_eq!(open.next(1).unwrap_err()[0].detail, Detail::Interrupted);
    let limits = Limits { time: Some(Duration::from_millis(200)), ..Limits::default() };
    let mut open = stream(&database(), text, limits);
    assert_eq!(integers(&mut open, 1), [1]);
    std::thread::sleep(Duration::from_millis(250));
    assert_eq!(open.next(1).unwrap_err()[0].detail, Detail::TimeLimit);
}

#[test]
fn a_table_is_given_in_parts() {
    let database = database();
    run(&database, "MATCH (a:A), (b:A) WHERE b.n = a.n + 1 CREATE (a)-[:NEXT]->(b)");
    let text = "CALL algo.degree() YIELD node, degree RETURN degree, node";
    let whole = database.run(text, &RunOptions::default()).expect("it can be run").rows;
    let mut open = stream(&database, text, Limits::default());
    let mut rows = Vec::new();
    while let Some(batch) = open.next(33).expect("no limit") {
        rows.extend(batch.rows);
    }
    assert_eq!(rows.len(), 100);
    assert_eq!(whole, rows.into());
}

#[test]
fn a_collected_stream_is_the_answer() {
    let database = database();
    for text in ["MATCH (a:A) WHERE a.n < 4 RETURN a", "RETURN 1 LIMIT 0", "PROFILE RETURN 1", "EXPLAIN RETURN 1"] {
        let whole = database.run(text, &RunOptions::default()).expect("it can be run");
        let collected = stream(&database, text, Limits::default()).collect().expect("no limit");
        assert_eq!((&collected.columns, &collected.rows), (&whole.columns, &whole.rows), "{text}");
        assert_eq!(collected.plan.is_some(), whole.plan.is_some(), "{text}");
    }
    let mut open = stream(&database, "MATCH (a:A) RETURN a.n", Limits::default());
    assert_eq!(integers(&mut open, 10).len(), 10);
    assert_eq!(open.collect().expect("no limit").rows.len(), 90);
}
