//! A statement over many rows does what it does for each of them alone, one after the other: what is collected for a
//! batch of rows, and what MERGE looks up in its table, makes no difference.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::database::Database;
use crate::engine::RunOptions;
use crate::graph::{Entity, Graph, Value};

/// Clauses on a row `r`, a map with `k`, `s` and `i`. Each has one part that can fail: of two, all rows would pass the
/// first before any fails in the second.
const CLAUSES: &[&str] = &[
    "CREATE (n:W {k: r.k, s: r.s, t: toString(r.k) + 'x'}) RETURN id(n), n.k",
    "CREATE (n:W:V {s: r.s, z: r.k}) RETURN id(n), n.z",
    "CREATE (a:W {k: r.k})-[x:R {w: r.k}]->(b:V {s: r.s}) RETURN id(a), id(x), id(b)",
    "CREATE (n {k: r.k, c: COUNT { MATCH (m) RETURN m }}) RETURN n.c",
    "MATCH (a:W {k: r.k}), (b:W {s: r.s}) CREATE (a)-[x:R {w: r.i, n: r.k}]->(b) RETURN id(a), id(b)",
    "MATCH (n:W {k: r.k}) SET n.x = r.i, n.s = r.s RETURN id(n), n.x",
    "MATCH (n:W) WHERE n.k = r.k SET n.x = n.x + 1, n.y = r.k RETURN n.x",
    "MATCH (n:W {s: r.s}) SET n.k = r.i RETURN id(n), n.k",
    "OPTIONAL MATCH (n:W {k: r.k}) SET n.x = r.s RETURN n.x",
    "MATCH (:W {k: r.k})-[x:R]->() SET x.w = r.i, x.new = r.s RETURN id(x)",
    "MATCH (n:W {k: r.k}) SET n += {x: r.s, y: r.k} RETURN n.x",
    "MATCH (n:W {k: r.k}) SET n += r RETURN n.s, n.i",
    "MATCH (n:W) SET n += {x: n.k, y: r.i, z: n.x} RETURN n.x",
    "MATCH (n:V {s: r.s}) SET n = r RETURN n.k",
    "MATCH (n:W {k: r.k}) SET n = {k: n.k, x: r.s} RETURN n.x",
    "MATCH (n:W {k: r.k})-[x:R]->(m) SET m += n {.x, .s} RETURN m.x",
    "OPTIONAL MATCH (:W {k: r.k})-[x:R]->(m) SET x = properties(m) RETURN x.s",
    "MERGE (n:W {k: r.i}) SET n += r {.s, new: r.i} RETURN n.new",
    "MATCH (n:W {k: r.k}) REMOVE n.x RETURN n.x",
    "MATCH (n:W {k: r.i}) SET n.x = coalesce(n.x, 0) + 1 RETURN n.x",
    "MATCH (n:W)-[x:R]->(m) SET m.new = coalesce(m.new, 0) + coalesce(n.new, r.i) RETURN m.new",
    "MATCH (n:W {k: r.k}) REMOVE n:V, n.s RETURN labels(n)",
    "MATCH (n:W {k: r.k}) SET n:V:Late RETURN labels(n)",
    "MATCH (n:W {k: r.k}) SET n:Late, n.x = size(labels(n)) RETURN n.x",
    "OPTIONAL MATCH (n:V {s: r.s}) SET n:W, n.k = r.i RETURN n.k",
    "MATCH (n:W), (m:V {s: r.s}) SET n.x = r.i, m.x = r.s RETURN n.x",
    "MATCH (n:W)-[x:R]->(m) WHERE n.k = r.k SET n.x = r.i, x.w = r.s, m.new = r.i REMOVE x.n RETURN x.w",
    "CREATE p = (a:W {k: r.k})-[x:R {w: r.i}]->(b:V:W {i: r.i})<-[y:R]-(:W {i: r.i}) RETURN id(a), id(y), length(p)",
    "MATCH (a:W {k: r.k}) CREATE (a)-[:R]->(b:W {i: r.i})-[:S]->(a) RETURN id(b)",
    "MATCH (a:W {k: r.k}) CREATE (b:V {new: r.s})-[x:R]->(a) RETURN id(b), id(x)",
    "MERGE (n:W {k: r.k}) RETURN id(n), n.x",
    "MERGE (n:W {k: r.k}) ON CREATE SET n.new = r.i ON MATCH SET n.x = r.i RETURN id(n), n.x, n.new",
    "MERGE (n:W {k: r.k}) ON CREATE SET n += {new: r.i, x: r.s} ON MATCH SET n.new = n.new + 1, n.x = null RETURN n.x",
    "MERGE (n:W:V {k: r.k, s: r.s}) ON MATCH SET n.x = n.k RETURN id(n), n.x",
    "MERGE (n:V {s: r.s}) ON MATCH SET n.s = 'b' RETURN id(n), n.s",
    "MERGE (n:New {k: r.k + 1}) RETURN id(n), n.k",
    "MERGE (n:W {k: toInteger(r.i / 2)}) ON CREATE SET n.new = r.i ON MATCH SET n.x = toString(r.i) RETURN id(n)",
    "MERGE (n {k: r.k}) ON MATCH SET n:V RETURN id(n), labels(n)",
    "MERGE (a:W {k: r.k})-[x:R {w: r.i}]->(b:V {s: 'a'}) RETURN id(a), id(x), id(b)",
    "MATCH (n:V {s: r.s}) DETACH DELETE n",
    "MATCH (:W {k: r.k})-[x:R]->() DELETE x",
];

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (0..4_i64).prop_map(Value::Integer),
        1 => (0..4_i32).prop_map(|number| Value::Float(f64::from(number))),
        1 => Just(Value::Float(f64::NAN)),
        2 => "[ab]{0,1}".prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::Boolean),
        1 => Just(Value::list([Value::Integer(1), Value::Integer(2)])),
        2 => Just(Value::Null),
        1 => Just(Value::map([("k", Value::Integer(1))])),
    ]
}

fn row() -> impl Strategy<Value = Value> {
    (values(), values(), 0..9_i64).prop_map(|(k, s, i)| Value::map([("k", k), ("s", s), ("i", Value::Integer(i))]))
}

/// What is to be seen of a graph.
fn dump(graph: &Graph) -> Vec<String> {
    let mut lines: Vec<String> = graph.keys().map(|key| graph.key_name(key).to_string()).collect();
    lines.sort_unstable();
    lines.extend(graph.labels().map(|label| format!("{} {}", graph.label_name(label), graph.label_count(label))));
    for node in graph.nodes() {
        lines.push(format!("{node:?} {:?} {:?}", graph.node_labels(node), graph.properties(Entity::Node(node))));
    }
    for id in graph.relationships() {
        lines.push(format!("{id:?} {:?} {:?}", graph.relationship(id), graph.properties(Entity::Relationship(id))));
    }
    for rule in graph.rules() {
        for number in 0..4 {
            let seek = crate::graph::Seek { equal: vec![Value::Integer(number)], next: None };
            lines.push(format!("{:?}", graph.index_seek(&rule.name, &seek)));
        }
    }
    lines
}

/// Runs a statement; its rows and the count of properties that it set, or the first error.
fn run(database: &Database, statement: &str, rows: Vec<Value>) -> Result<(Vec<String>, String), String> {
    let parameters = BTreeMap::from([("rows".to_string(), Value::list(rows))]);
    let options = RunOptions { parameters, ..RunOptions::default() };
    let answer = database.run(statement, &options).map_err(|errors| errors[0].message.clone())?;
    let rows = answer.rows.into_vec().iter().map(|row| format!("{row:?}")).collect();
    Ok((rows, format!("{:?}", answer.changes)))
}

proptest! {
    #[test]
    fn many_rows_or_one_by_one(
        statements in prop::collection::vec((prop::sample::select(CLAUSES), prop::collection::vec(row(), 1..12)), 1..5),
        rule in prop::option::of(prop::sample::select(vec![
            "CREATE INDEX w FOR (n:W) ON (n.k)",
            "CREATE CONSTRAINT w FOR (n:W) REQUIRE n.k IS UNIQUE",
        ])),
        merged in any::<bool>(),
    ) {
        let (many, single) = (Database::in_memory(Graph::new()), Database::in_memory(Graph::new()));
        for database in [&many, &single] {
            rule.iter().for_each(|rule| _ = run(database, rule, vec![]).expect("there is no data"));
        }
        for (number, (clause, rows)) in statements.into_iter().enumerate() {
            let statement = format!("UNWIND $rows AS r {clause}");
            let before = Graph::clone(&single.snapshot());
            let alone: Result<Vec<_>, String> =
                rows.iter().map(|row| run(&single, &statement, vec![row.clone()])).collect();
            let together = run(&many, &statement, rows);
            match (alone, together) {
                (Ok(alone), Ok((together, _))) => {
                    let alone: usize = alone.into_iter().map(|(rows, _)| rows.len()).sum();
                    prop_assert_eq!(alone, together.len());
                }
                (Err(alone), Err(together)) => {
                    // A constraint is checked at the end of a statement, so that another error may come first.
                    prop_assert!(alone == together || rule.is_some());
                    prop_assert_eq!(dump(&many.snapshot()), dump(&before));
                    return Ok(());
                }
                (alone, together) => {
                    prop_assert!(rule.is_some(), "{}: {:?} {:?}", statement, alone, together);
                    return Ok(());
                }
            }
            prop_assert_eq!(dump(&many.snapshot()), dump(&single.snapshot()), "{}", statement);
            if merged && number == 0 {
                let graph = || {
                    let mut graph = Graph::clone(&many.snapshot());
                    graph.merge();
                    graph
                };
                prop_assert_eq!(dump(&graph()), dump(&many.snapshot()));
            }
        }
    }
}
