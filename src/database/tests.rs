//! Transactions of one process.

mod faults;
mod files;
mod history;
mod isolation;
mod law;
mod plain;
mod readers;
mod statements;
mod streams;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::*;
use crate::graph::Value;
use crate::limits::Limits;

/// Ends what runs beside a test, even if the test panics.
struct AtEnd<'a>(&'a AtomicBool);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn rows(connection: &mut LocalConnection, statement: &str) -> Vec<Vec<Value>> {
    let answer = connection.run(statement, &RunOptions::default());
    answer.unwrap_or_else(|errors| panic!("{statement}: {errors:?}")).rows.into_vec()
}

fn fails(connection: &mut LocalConnection, statement: &str) -> String {
    let errors = connection.run(statement, &RunOptions::default()).err();
    errors.unwrap_or_else(|| panic!("{statement} should fail"))[0].detail.to_string()
}

fn count(connection: &mut LocalConnection) -> i64 {
    rows(connection, "MATCH (n) RETURN count(*)")[0][0].as_integer().expect("a count")
}

#[test]
fn a_transaction_is_seen_by_others_once_it_commits() {
    let database = Database::in_memory(Graph::new());
    let (mut a, mut b) = (database.connect(), database.connect());
    rows(&mut a, "BEGIN");
    rows(&mut a, "CREATE (:A)");
    assert_eq!((count(&mut a), count(&mut b)), (1, 0));
    rows(&mut a, "CREATE (:A)");
    rows(&mut a, "COMMIT");
    assert_eq!((count(&mut a), count(&mut b)), (2, 2));
    rows(&mut a, "START TRANSACTION");
    rows(&mut a, "MATCH (n) DETACH DELETE n");
    assert_eq!((count(&mut a), count(&mut b)), (0, 2));
    rows(&mut a, "ROLLBACK");
    assert_eq!((count(&mut a), count(&mut b)), (2, 2));
}

#[test]
fn a_failed_statement_leaves_its_transaction_as_it_was_before() {
    let mut connection = Database::in_memory(Graph::new()).connect();
    rows(&mut connection, "CREATE CONSTRAINT FOR (n:A) REQUIRE n.k IS UNIQUE");
    rows(&mut connection, "BEGIN");
    rows(&mut connection, "CREATE (:A {k: 1})");
    assert_eq!(fails(&mut connection, "UNWIND [2, 3, 1] AS k CREATE (:A {k: k})"), "CreateBlockedByConstraint");
    assert_eq!(fails(&mut connection, "UNWIND [4, 0] AS k CREATE (:A {k: 1 / k})"), "DivisionByZero");
    rows(&mut connection, "CREATE (:A {k: 2})");
    rows(&mut connection, "COMMIT");
    assert_eq!(count(&mut connection), 2);
}

#[test]
fn schema_changes_are_part_of_a_transaction() {
    let mut connection = Database::in_memory(Graph::new()).connect();
    rows(&mut connection, "BEGIN");
    rows(&mut connection, "CREATE INDEX ak FOR (n:A) ON (n.k)");
    rows(&mut connection, "CREATE RELATIONSHIP TYPE USES FAILURE AGAINST");
    assert_eq!(rows(&mut connection, "SHOW INDEXES").len(), 1);
    rows(&mut connection, "ROLLBACK");
    assert_eq!(rows(&mut connection, "SHOW INDEXES").len(), 0);
    assert!(connection.graph().semantics().is_empty());
}

#[test]
fn transactions_begin_and_end_in_order() {
    let database = Database::in_memory(Graph::new());
    let mut connection = database.connect();
    assert_eq!(fails(&mut connection, "COMMIT"), "NoTransaction");
    assert_eq!(fails(&mut connection, "ROLLBACK"), "NoTransaction");
    rows(&mut connection, "BEGIN READ ONLY");
    assert_eq!(fails(&mut connection, "BEGIN"), "TransactionOpen");
    assert_eq!(fails(&mut connection, "CREATE (:A)"), "ReadOnly");
    rows(&mut connection, "COMMIT");
    rows(&mut connection, "BEGIN");
    rows(&mut connection, "CREATE (:A)");
    drop(connection);
    assert_eq!(database.snapshot().node_count(), 0, "a connection that ends rolls back");
}

#[test]
fn a_reader_that_becomes_a_writer_must_have_read_the_present() {
    let database = Database::in_memory(Graph::new());
    let (mut a, mut b) = (database.connect(), database.connect());
    rows(&mut a, "BEGIN");
    assert_eq!(count(&mut a), 0);
    rows(&mut b, "CREATE (:A)");
    assert_eq!(count(&mut a), 0, "a transaction reads one state");
    assert_eq!(fails(&mut a, "CREATE (:A)"), "TransactionConflict");
    rows(&mut a, "ROLLBACK");
    rows(&mut a, "BEGIN");
    rows(&mut b, "CREATE (:A)");
    rows(&mut a, "CREATE (:A)");
    rows(&mut a, "COMMIT");
    assert_eq!(count(&mut b), 3, "one that has read nothing may write");
}

#[test]
fn a_writer_waits_for_another_one_until_its_limit() {
    let database = Database::in_memory(Graph::new());
    let writing = database.begin_write(&Limits::default()).expect("nobody writes");
    let limits = Limits { time: Some(Duration::from_millis(50)), ..Limits::default() };
    let options = RunOptions { limits, ..RunOptions::default() };
    let errors = database.run("CREATE (:A)", &options).expect_err("somebody writes");
    assert_eq!(errors[0].detail.to_string(), "DatabaseLocked");
    drop(writing);
    assert!(database.run("CREATE (:A)", &options).is_ok());
}

#[test]
fn a_subquery_commits_some_rows_at_a_time() {
    let database = Database::in_memory(Graph::new());
    let mut connection = database.connect();
    let failing = "UNWIND [1, 2, 3, 0, 5, 6] AS x CALL (x) { CREATE (n:A {k: 6 / x}) RETURN n.k AS k } \
                   IN TRANSACTIONS OF 2 ROWS";
    assert_eq!(fails(&mut connection, failing), "DivisionByZero");
    assert_eq!(count(&mut connection), 2, "what was committed before the error stays");
    let status = |on_error: &str| {
        format!("{failing} ON ERROR {on_error} REPORT STATUS AS s RETURN x, k, s.started, s.committed, s.errorMessage")
    };
    let kept = rows(&mut connection, &status("CONTINUE"));
    let keys: Vec<Option<i64>> = kept.iter().map(|row| row[1].as_integer()).collect();
    assert_eq!(keys, [Some(6), Some(3), None, None, Some(1), Some(1)]);
    assert_eq!(count(&mut connection), 6);
    let kept = rows(&mut connection, &status("BREAK"));
    let started: Vec<&Value> = kept.iter().map(|row| &row[2]).collect();
    assert_eq!(started, [true, true, true, true, false, false].map(Value::Boolean).iter().collect::<Vec<_>>());
    assert!(kept[2][4].as_str().is_some_and(|message| message.contains("zero")), "{kept:?}");
    assert_eq!(count(&mut connection), 8);
    rows(&mut connection, "BEGIN");
    assert_eq!(fails(&mut connection, failing), "TransactionOpen");
}

#[test]
fn a_subquery_that_commits_keeps_the_constraints() {
    let mut connection = Database::in_memory(Graph::new()).connect();
    rows(&mut connection, "CREATE CONSTRAINT FOR (n:A) REQUIRE n.k IS UNIQUE");
    rows(&mut connection, "CREATE CONSTRAINT FOR (n:A) REQUIRE n.v IS NOT NULL");
    let statement = "UNWIND [1, 2, 2, null, 3] AS x CALL (x) { CREATE (:A {k: x, v: x}) } IN TRANSACTIONS OF 1 ROW";
    assert_eq!(fails(&mut connection, statement), "CreateBlockedByConstraint");
    assert_eq!(count(&mut connection), 2);
    rows(&mut connection, "MATCH (n) DELETE n");
    rows(&mut connection, &format!("{statement} ON ERROR CONTINUE"));
    assert_eq!(
        rows(&mut connection, "MATCH (n:A) RETURN collect(n.k)")[0][0],
        Value::list([1, 2, 3].map(Value::Integer))
    );
}

#[test]
fn where_a_subquery_cannot_commit() {
    let mut connection = Database::in_memory(Graph::new()).connect();
    for statement in [
        "CREATE (a) WITH a CALL { CREATE (:B) } IN TRANSACTIONS",
        "CALL { CALL { CREATE (:B) } IN TRANSACTIONS }",
        "CALL { CREATE (:B) } IN TRANSACTIONS REPORT STATUS AS s RETURN s",
    ] {
        assert_eq!(fails(&mut connection, statement), "InvalidClauseComposition", "{statement}");
    }
    assert_eq!(fails(&mut connection, "CALL { CREATE (:B) } IN TRANSACTIONS OF 0 ROWS"), "NegativeIntegerArgument");
    assert_eq!(count(&mut connection), 0);
}

#[test]
fn a_lasting_reader_is_listed() {
    let database = Database::in_memory(Graph::new());
    let reader = database.begin_read();
    database.run("CREATE (:A)", &RunOptions::default()).expect("it runs");
    let status = database.status();
    assert_eq!((status.sequence, status.readers.len(), status.readers[0].sequence), (1, 1, 0));
    assert_eq!(reader.graph().node_count(), 0);
    drop(reader);
    assert!(database.status().readers.is_empty());
}

#[test]
fn a_constraint_fails_one_transaction_of_a_subquery() {
    let mut connection = Database::in_memory(Graph::new()).connect();
    rows(&mut connection, "CREATE CONSTRAINT FOR (n:A) REQUIRE n.k IS UNIQUE");
    let statement = "UNWIND [1, 2, 2, 3] AS k CALL (k) { CREATE (:A {k: k}) } IN TRANSACTIONS OF 1 ROWS \
                     ON ERROR CONTINUE REPORT STATUS AS s RETURN s.committed";
    let kept: Vec<Value> = rows(&mut connection, statement).into_iter().flatten().collect();
    assert_eq!(kept, [true, true, false, true].map(Value::Boolean));
    assert_eq!(count(&mut connection), 3);
}
