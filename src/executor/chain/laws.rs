//! Groups and extremes by columns are those of rows, on values of one type each: equal ones, ones far apart, and ones
//! that have changed.

use proptest::prelude::*;

use crate::database::Database;
use crate::engine::RunOptions;
use crate::graph::temporal::laws::temporal_value;
use crate::graph::{Graph, NodeId, TemporalType, Value};

const QUERIES: [&str; 10] = [
    "MATCH (n:N) RETURN min(n.a), max(n.a), min(n.b), max(DISTINCT n.b), count(*)",
    "MATCH (n:N) RETURN n.a, count(*)",
    "MATCH (n:N) RETURN n.a, min(n.b), max(n.b)",
    "MATCH (n:N) RETURN n.a, n.b, count(*)",
    "MATCH (n:N) RETURN n.b, max(n.a) ORDER BY n.b DESC LIMIT 3",
    "MATCH (n:N) WHERE n.a < n.b RETURN n.b, count(n.a)",
    "MATCH (n:N)-[:T]->(m:N) RETURN n.a, m.b, count(*), count(DISTINCT m), min(m.a), max(n.b)",
    "MATCH (n:N)-[:T]->(m) RETURN n.a, n.b, count(DISTINCT n), count(m.a)",
    "MATCH (n:N)-[:T]->(m) RETURN m, m.b, count(DISTINCT n), min(n.a)",
    "MATCH (n)-[:T]->(m)-[:T]->(o) RETURN m.a, count(*) ORDER BY count(*) DESC, m.a LIMIT 3",
];

fn values() -> impl Strategy<Value = Vec<Value>> {
    let integer = prop_oneof![4 => -3..3_i64, 1 => any::<i64>()].prop_map(Value::Integer).boxed();
    let types = TemporalType::ALL.into_iter().map(temporal_value).chain([integer]);
    prop::sample::select(types.collect::<Vec<_>>())
        .prop_flat_map(|value| prop::collection::vec(prop_oneof![6 => value, 1 => Just(Value::Null)], 1..24))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn columns_give_what_rows_give(a in values(), b in values(), later in values(), at in 0..24_usize) {
        let mut graph = Graph::new();
        let (label, keys) = (graph.intern_label("N"), [graph.intern_key("a"), graph.intern_key("b")]);
        for number in 0..a.len().max(b.len()) {
            let node = graph.create_node();
            graph.add_label(node, label);
            for (key, column) in keys.iter().zip([&a, &b]) {
                graph.set_property(node, *key, column.get(number).cloned().unwrap_or_default());
            }
        }
        let (t, nodes) = (graph.intern_type("T"), graph.node_bound());
        for number in 0..2 * nodes {
            graph.create_relationship(NodeId::new(number * number % nodes), t, NodeId::new((at + 7 * number) % nodes));
        }
        graph.commit();
        graph.merge();
        for (number, value) in later.into_iter().enumerate().take(3) {
            let node = NodeId::new((at + 5 * number) % graph.node_bound());
            graph.set_property(node, keys[number % 2], value);
        }
        graph.commit();
        let database = Database::in_memory(graph);
        for query in QUERIES {
            let rows = |optimize: bool| {
                let answer = database.run(query, &RunOptions { optimize, cache: false, ..RunOptions::default() });
                let rows = answer.expect("it is a query").rows;
                let mut rows: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
                rows.sort();
                rows
            };
            prop_assert_eq!(rows(true), rows(false), "{}", query);
        }
    }
}

const PATTERNS: [&str; 20] = [
    "(a)-[:T]->(b)-[:T]->(a)",
    "(a)-[:T]-(b)-[:T]-(a)",
    "(a)-[:T]-(b)-[:T]-(c)",
    "(a)-[:T]->(b)<-[:T]-(c)",
    "(a)<-[:T]-(b)-[:T]->(c)-[:T]->(a)",
    "(a)-[:T]->(b)-[:T]->(c), (a)-[:T]->(c)",
    "(a)-[:T]->(b)-[:T]-(c)-[:T]-(a)",
    "(a)-[:T]-(b)-[:T]->(c)-[:T]-(a)",
    "(a)-[:T]->(b), (a)-[:T]->(b), (a)-[:T]-(b)",
    "(a)-[:T]->(a)-[:T]-(b)-[:S]->(c)",
    "(a)-[:T]->(b)-[:S|T]->(c)-[:T]->(a)",
    "(a)-[:T]->(b)-[r:T]->(c)-[:T]->(b)",
    "(a)-[:T]->(b)-[:T]->(c)<-[:T]-(d)<-[:T]-(a)",
    "(a)-[:T*1..3]->(b)",
    "(a)-[:T*0..2]-(b)<-[:S]-(c)",
    "(a)-[:S]->(b)-[:T*..2]->(a)",
    "ACYCLIC (a)-[:T*]-(b)",
    "(a)-[:T]->(b) WHERE NOT EXISTS { (b)-[:S]->() } AND NOT EXISTS { (a)-[:T]-(c:N) WHERE id(c) > 2 } AND true",
    "(a)-[:T]->(b) WHERE (NOT (b)<-[:T]-()) OR EXISTS { (b)--() }",
    "(a:N), (b:N) WHERE EXISTS { (a)-[:T]->(c) WHERE c:N AND NOT c:M } XOR EXISTS { (b)<--() }",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// No relationship comes twice in a match, whether relationships or their ends are compared: also among loops and
    /// parallels, and in lists that have changed.
    #[test]
    fn no_relationship_comes_twice(
        nodes in 1..5_usize,
        before in prop::collection::vec((0..5_usize, 0..5_usize, any::<bool>()), 0..10),
        later in prop::collection::vec((0..5_usize, 0..5_usize), 0..3),
        deleted in prop::option::of(0..10_usize),
    ) {
        let mut graph = Graph::new();
        let label = graph.intern_label("N");
        let types = [graph.intern_type("T"), graph.intern_type("S")];
        let ids: Vec<NodeId> = (0..nodes).map(|_| graph.create_node()).collect();
        ids.iter().for_each(|node| { graph.add_label(*node, label); });
        let mut relationships = Vec::new();
        for (start, end, other) in before {
            let of_type = types[usize::from(other && end > 2)];
            relationships.push(graph.create_relationship(ids[start % nodes], of_type, ids[end % nodes]));
        }
        graph.commit();
        graph.merge();
        for (start, end) in later {
            graph.create_relationship(ids[start % nodes], types[0], ids[end % nodes]);
        }
        if let Some(relationship) = deleted.and_then(|at| relationships.get(at)) {
            graph.delete_relationship(*relationship);
        }
        graph.commit();
        let database = Database::in_memory(graph);
        for pattern in PATTERNS {
            for returned in ["a, b", "a, count(*)", "count(DISTINCT b), min(id(a))"] {
                let and = if pattern.contains("WHERE") { "AND" } else { "WHERE" };
                let query = format!("MATCH {pattern} {and} id(a) <= id(b) + 1 RETURN {returned}");
                let rows = |optimize: bool| {
                    let answer = database.run(&query, &RunOptions { optimize, cache: false, ..RunOptions::default() });
                    let rows = answer.expect("it is a query").rows;
                    let mut rows: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
                    rows.sort();
                    rows
                };
                prop_assert_eq!(rows(true), rows(false), "{}", query);
            }
        }
    }
}
