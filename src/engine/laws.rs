//! Faster ways to run a statement answer as the row by row one does: several threads (in the tests of this crate, a few
//! nodes are worth one), and the columns of a procedure.

use proptest::prelude::*;

use super::*;
use crate::database::Database;
use crate::graph::NodeId;

/// Aggregates of every kind that is split, over one step and more, with groups by nodes, texts and integers.
const STATEMENTS: &[&str] = &[
    "MATCH (a:A)-[:R]->(b) RETURN count(*)",
    "MATCH (a:A)-[:R]->(b) RETURN b, count(a)",
    "MATCH (a)-[:R]->(b:A) RETURN b.n AS n, count(*) AS c ORDER BY c DESC LIMIT 5",
    "MATCH (a:A)-[:R]->(b) WHERE b.n > 2 RETURN a.t, b.n, count(*), count(DISTINCT b), avg(b.n)",
    "MATCH (a)-[:R]->(b)-[:R]->(c) RETURN a.t, b.t, c.n, count(DISTINCT c), avg(a.n)",
    "MATCH (a:A)-[:R]->(b:A) RETURN count(DISTINCT b), avg(a.n)",
    "MATCH (a:A)-[:R*1..2]->(b) RETURN a.n, count(DISTINCT b)",
    "MATCH (a:A) RETURN a.t, count(*), avg(a.n)",
    // Sums that floats cannot hold: they depend on the order of the rows.
    "MATCH (a) WHERE a.large > 0 RETURN avg(a.large)",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn several_threads_answer_as_one(
        nodes in prop::collection::vec((any::<bool>(), prop::option::of(0..9_i64), 0..4_u8), 200..900),
        ends in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..900),
    ) {
        let mut graph = Graph::new();
        let (label, relationship_type) = (graph.intern_label("A"), graph.intern_type("R"));
        let [number_key, text_key, large_key] = ["n", "t", "large"].map(|key| graph.intern_key(key));
        for (at, (labelled, number, text)) in nodes.iter().enumerate() {
            let node = graph.create_node();
            if *labelled {
                graph.add_label(node, label);
            }
            graph.set_property(node, number_key, number.map_or(Value::Null, Value::Integer));
            graph.set_property(node, large_key, Value::Integer((1 << 51) - 1 - 2 * (at * at) as i64));
            graph.set_property(node, text_key, Value::from(format!("t{text}").as_str()));
        }
        for (from, to) in &ends {
            let [from, to] = [from, to].map(|end| NodeId::new(end.index(nodes.len())));
            graph.create_relationship(from, relationship_type, to);
        }
        graph.commit();
        graph.merge();
        let database = Database::in_memory(graph);
        for text in STATEMENTS {
            let options = RunOptions::default();
            let rows = RunOptions { without: vec!["run over columns"], cache: false, ..options.clone() };
            let answer = |options| database.run(text, options).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).rows;
            prop_assert_eq!(answer(&options), answer(&rows), "{}", text);
        }
    }
}

/// Calls whose answers are columns, with two things that each yields.
const CALLS: &[(&str, &str, &str)] = &[
    ("trace.deps('nova')", "term", "depth"),
    ("trace.impact('keystone', {depth: 2})", "term", "effect"),
    ("trace.impactRanked('mariadb')", "term", "chains"),
    ("trace.order()", "term", "cycle"),
    ("algo.degree()", "node", "degree"),
    ("algo.pagerank({top: 20})", "node", "score"),
    ("algo.bridges()", "relationship", "cutOff"),
];

/// What is made of the yields `x` and `y`.
const TAILS: &[&str] = &[
    "RETURN x, y",
    "RETURN y, x.name AS name, id(x) % 7",
    "RETURN x.name ORDER BY y DESC, x.name LIMIT 7",
    "RETURN y AS y, count(*) AS n, collect(x)[..3], max(y) ORDER BY n DESC, y",
    "FILTER y IS NOT NULL AND x.name > 'm' RETURN DISTINCT y",
    "WITH x, y, one WHERE id(x) % 2 = one RETURN one, count(x)",
    "WITH DISTINCT y RETURN y ORDER BY y SKIP 1",
    "WITH y ORDER BY y DESC LIMIT one RETURN y",
    "RETURN count(*), count(y), one",
    "MATCH (x)--(z) RETURN y, count(z) AS n ORDER BY n, y LIMIT 5",
    "WITH x, y LIMIT 5 RETURN x, 1 / size(toString(y))",
    "RETURN 1 / (id(x) - 3)",
];

#[test]
fn columns_of_a_procedure_are_read_as_its_rows_are() {
    let database = Database::in_memory(crate::ingest::embedded_graph());
    let answer = |text: &str| {
        let answer = database.run(text, &RunOptions::default());
        answer.map(|answer| answer.rows.into_vec()).map_err(|errors| errors[0].message.clone())
    };
    for (call, x, y) in CALLS {
        for tail in TAILS {
            let columns = format!("CALL {call} YIELD {x} AS x, {y} AS y WITH x, y, 1 AS one {tail}");
            // Called for each row, a procedure gives rows.
            let rows = format!("UNWIND [1] AS one CALL {call} YIELD {x} AS x, {y} AS y {tail}");
            assert_eq!(answer(&columns), answer(&rows), "{columns}");
            let within = format!("RETURN COLLECT {{ {columns} }}");
            if let (Ok(rows), Ok(list)) = (answer(&rows), answer(&within)) {
                assert_eq!(list[0][0], Value::list(rows.into_iter().flatten()), "{within}");
            }
        }
    }
}
