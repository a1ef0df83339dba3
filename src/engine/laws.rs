//! Statements run by several threads answer as those run row by row. In the tests of this crate, a few nodes are worth
//! a thread.

use proptest::prelude::*;

use super::*;
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
        let mut engine = Engine::new(graph);
        for text in STATEMENTS {
            let options = RunOptions::default();
            let rows = RunOptions { without: vec!["run over columns"], cache: false, ..options.clone() };
            let mut answer = |options| engine.run(text, options).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).rows;
            prop_assert_eq!(answer(&options), answer(&rows), "{}", text);
        }
    }
}
