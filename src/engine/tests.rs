//! Plans that are kept, and readers beside a writer.

use std::sync::mpsc::{TryRecvError, channel};

use super::*;
use crate::database::Database;
use crate::graph::Direction;

fn ask(database: &Database, text: &str, parameters: &[(&str, Value)]) -> Vec<Vec<Value>> {
    let parameters = parameters.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    let options = RunOptions { parameters, ..RunOptions::default() };
    database.run(text, &options).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).rows.into_vec()
}

fn kept(database: &Database) -> usize {
    database.engine().plans().len()
}

#[test]
fn a_plan_is_made_once_for_each_text_and_types_of_parameters() {
    let database = Database::in_memory(Graph::new());
    ask(&database, "CREATE (:A {n: 1}), (:A {n: 2})", &[]);
    let query = "MATCH (a:A {n: $n}) RETURN a.n";
    assert_eq!(ask(&database, query, &[("n", Value::Integer(1))]), [[Value::Integer(1)]]);
    let before = kept(&database);
    assert_eq!(ask(&database, query, &[("n", Value::Integer(2))]), [[Value::Integer(2)]]);
    assert_eq!(kept(&database), before);
    assert!(ask(&database, query, &[("n", Value::from("2"))]).is_empty());
    assert_eq!(kept(&database), before + 1);
    let options = RunOptions { cache: false, ..RunOptions::default() };
    assert!(database.run("RETURN 1", &options).is_ok());
    assert_eq!(kept(&database), before + 1);
}

#[test]
fn a_new_index_or_name_makes_new_plans() {
    let database = Database::in_memory(Graph::new());
    let explained = |database: &Database, text: &str| {
        let result = database.run(text, &RunOptions::default()).expect("it can be explained");
        (result.plan.unwrap_or_default(), result.warnings.len())
    };
    let text = "EXPLAIN MATCH (a:A) WHERE a.n = 1 RETURN a";
    // Where nothing has a label, none is missed.
    ask(&database, "CREATE (:B {m: 1})", &[]);
    assert_ne!(explained(&database, text).1, 0, "the label is unknown");
    ask(&database, "CREATE (:A {n: 1})", &[]);
    let (plan, warnings) = explained(&database, text);
    assert_eq!(warnings, 0);
    assert!(!plan.contains("NodeIndexSeek"), "{plan}");
    ask(&database, "CREATE INDEX FOR (a:A) ON (a.n)", &[]);
    assert!(explained(&database, text).0.contains("NodeIndexSeek"));
    ask(&database, "DROP INDEX index_A_n", &[]);
    assert!(!explained(&database, text).0.contains("NodeIndexSeek"));
}

#[test]
fn a_graph_that_has_grown_is_planned_anew_and_not_before() {
    let database = Database::in_memory(Graph::new());
    ask(&database, "UNWIND range(1, 100) AS i CREATE (:A {n: i})", &[]);
    let version = database.snapshot().planning_version();
    ask(&database, "UNWIND range(1, 50) AS i CREATE (:A {n: i})", &[]);
    assert_eq!(database.snapshot().planning_version(), version);
    ask(&database, "UNWIND range(1, 100) AS i CREATE (:A {n: i})", &[]);
    assert_ne!(database.snapshot().planning_version(), version);
}

#[test]
fn only_so_many_plans_are_kept() {
    let database = Database::in_memory(Graph::new());
    for number in 0..300 {
        ask(&database, &format!("RETURN {number}"), &[]);
    }
    let many = kept(&database);
    assert!((128..=256).contains(&many), "{many}");
    let long = format!("RETURN '{}'", "x".repeat(1 << 16));
    ask(&database, &long, &[]);
    assert_eq!(kept(&database), many);
    (200..300).for_each(|number| _ = ask(&database, &format!("RETURN {number}"), &[]));
    assert_eq!(kept(&database), many, "those used last are kept");
}

/// A reader looks at its snapshot again and again while a writer commits, and merges, beside it.
#[test]
fn readers_keep_their_snapshot_while_a_writer_commits() {
    let database = Database::in_memory(Graph::new());
    ask(&database, "UNWIND range(1, 1000) AS i CREATE (:A {n: i})-[:T]->(:B)", &[]);
    let look = |graph: &Graph| {
        let degrees: usize = graph.nodes().map(|node| graph.degree(node, Direction::Both)).sum();
        let key = graph.key("n").expect("it is known");
        let total: i64 = graph.nodes().filter_map(|node| graph.property(node, key).as_integer()).sum();
        (graph.node_count(), graph.relationship_count(), degrees, total)
    };
    let snapshot = database.snapshot();
    let expected = look(&snapshot);
    let (stop, stopped) = channel::<()>();
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut looks = 0;
            while looks < 5 || stopped.try_recv() == Err(TryRecvError::Empty) {
                assert_eq!(look(&snapshot), expected);
                looks += 1;
            }
        });
        for round in 0..8 {
            ask(&database, "MATCH (a:A) WHERE a.n % 7 = 0 SET a.n = a.n + 1", &[]);
            ask(&database, "MATCH (a:A)-[t:T]->(b) WHERE a.n % 11 = 0 DELETE t", &[]);
            // Enough to have the changes merged now and then.
            ask(&database, "UNWIND range(1, 3000) AS i CREATE (:A {n: i})-[:T]->(:C)", &[]);
            assert!(database.snapshot().node_count() > 6000 * round);
        }
        drop(stop);
        reader.join().expect("the snapshot stays as it was");
    });
}

#[test]
fn a_supposition_is_profiled_as_it_is_and_as_supposed() {
    let database = Database::in_memory(crate::ingest::embedded_graph());
    let answer = database.run("PROFILE WHATIF REMOVE rabbitmq DEPS heat", &RunOptions::default()).expect("it runs");
    let plan = answer.plan.expect("a plan");
    let (before, after) = plan.split_once("as supposed:\n").expect("both plans");
    assert!(before.contains("as it is:\n"), "{plan}");
    assert!([before, after].iter().all(|plan| plan.contains(" ms")), "{plan}");
    assert!(!answer.rows.is_empty());
}

#[test]
fn a_profile_counts_each_row_once() {
    let database = Database::in_memory(Graph::new());
    let query = "PROFILE UNWIND [1, 2, 3] AS x CALL (x) { RETURN x AS y UNION ALL RETURN x + 1 AS y } RETURN y";
    let plan = database.run(query, &RunOptions::default()).expect("it runs").plan.expect("a plan");
    let union = plan.lines().find(|line| line.contains("Union")).expect("a union");
    assert!(union.contains(" 6 rows"), "{plan}");
}

#[test]
fn names_are_indexed_only_for_those_who_ask() {
    let database = Database::in_memory(Graph::new());
    let made = |database: &Database| database.engine().names.lock().is_ok_and(|names| names.is_some());
    ask(&database, "CREATE (:A {name: 'harbour'})", &[]);
    ask(&database, "SHOW INDEXES", &[]);
    ask(&database, "CALL db.labels()", &[]);
    assert!(!made(&database));
    ask(&database, "FIND harbour", &[]);
    assert!(made(&database));
}

#[test]
fn an_index_of_names_lasts_until_a_node_is_called_otherwise() {
    let database = Database::in_memory(Graph::new());
    let index = |database: &Database| Arc::as_ptr(&database.engine().names(&database.snapshot()));
    ask(&database, "CREATE (:A {name: 'harbour', depth: 1}), (:A {name: 'quay'})", &[]);
    let before = index(&database);
    ask(&database, "MATCH (a:A {name: 'harbour'}), (b:A {name: 'quay'}) SET a.depth = 2 CREATE (a)-[:HAS]->(b)", &[]);
    assert_eq!(index(&database), before);
    for change in [
        "MATCH (a:A {name: 'quay'}) SET a.name = 'pier'",
        "MATCH (a:A {name: 'pier'}) SET a.aliases = ['jetty']",
        "CREATE (:A)",
        "MATCH (a:A) WHERE a.name IS NULL DELETE a",
    ] {
        let before = database.engine().names(&database.snapshot());
        ask(&database, change, &[]);
        assert_ne!(index(&database), Arc::as_ptr(&before), "{change}");
    }
    assert_eq!(ask(&database, "CALL trace.find('jetty') YIELD term RETURN term.name", &[])[0][0], Value::from("pier"));
}
