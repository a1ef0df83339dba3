//! Queries over a graph with more paths than anyone can list, which need only the ends of the paths, or only paths of
//! certain relationships: in every spelling a search finds them. One that lists paths is stopped by the time limit.

use std::time::Duration;

use kenning::engine::RunOptions;
use kenning::graph::{Graph, NodeId, Value};
use kenning::limits::Limits;

use crate::support::engine::Session;

const NODES: usize = 60;

/// Sixty cities, each with roads to four others; of a ring of slow roads each has `w` 0, all others have `w` 1.
fn roads(changed: bool) -> Graph {
    let mut graph = Graph::new();
    let (city, road) = (graph.intern_label("City"), graph.intern_type("ROAD"));
    let [k, w] = ["k", "w"].map(|key| graph.intern_key(key));
    let nodes: Vec<NodeId> = (0..NODES).map(|_| graph.create_node()).collect();
    for (at, node) in nodes.iter().enumerate() {
        graph.add_label(*node, city);
        graph.set_property(*node, k, Value::from(at as i64));
    }
    for (at, node) in nodes.iter().enumerate() {
        for (step, weight) in [(1, 0), (7, 1), (11, 1), (26, 1)] {
            let id = graph.create_relationship(*node, road, nodes[(at + step) % NODES]);
            graph.set_property(id, w, Value::Integer(weight));
        }
        if changed && at == NODES / 2 {
            graph.commit();
            graph.merge();
        }
    }
    graph.commit();
    graph
}

/// Each statement gives this many rows.
const SPELLINGS: &[(&str, usize)] = &[
    ("MATCH (a:City)-[*]->(b) RETURN DISTINCT a, b", NODES * NODES),
    ("MATCH (a:City)-[*]->(b) WITH DISTINCT b RETURN b.k ORDER BY b.k", NODES),
    ("MATCH (a:City)-[*]->(b) RETURN a.k, collect(DISTINCT b.k)", NODES),
    ("MATCH (a:City)-[*]-(b) RETURN a.k, count(DISTINCT b), max(b.k)", NODES),
    ("MATCH (a:City) OPTIONAL MATCH (a)-[*]->(b) RETURN a.k, collect(DISTINCT b)", NODES),
    ("MATCH (a:City) CALL (a) { MATCH (a)-[*]->(b) RETURN b } RETURN DISTINCT a, b", NODES * NODES),
    ("MATCH (a:City)-[*]->(b) RETURN b UNION MATCH (a:City)<-[*]-(b) RETURN b", NODES),
    ("MATCH p = (a:City)-[*]->(b) RETURN a, b, min(length(p))", NODES * NODES),
    ("MATCH p = ACYCLIC (a:City)-->+(b) RETURN a, b, min(length(p))", NODES * (NODES - 1)),
    ("MATCH p = ACYCLIC (a:City)-->+(b) RETURN DISTINCT a, b", NODES * (NODES - 1)),
    ("MATCH p = SIMPLE (a:City)-[]-+(b) RETURN a, count(DISTINCT b)", NODES),
    ("MATCH p = TRAIL (a:City)-->*(b) RETURN a, count(DISTINCT b)", NODES),
    ("MATCH (a:City) WHERE EXISTS { (a)-[*]->(:City {k: 7}) } RETURN a", NODES),
    ("MATCH (a:City) WHERE COUNT { (a)-[*]->(:City {k: 7}) } > 0 RETURN a", NODES),
    ("MATCH (a:City) WHERE 1 <= COUNT { (a)-[*]->(:City {k: 99}) } RETURN a", 0),
    ("MATCH (a:City) WHERE size([(a)-[*]->(b) | b]) > 0 RETURN a", NODES),
    ("MATCH (a:City) WHERE 99 IN [(a)-[*]->(b) | b.k] RETURN a", 0),
    ("MATCH (a:City) WHERE none(x IN [(a)-[*]->(b) | b.k] WHERE x > 59) RETURN a", NODES),
    ("MATCH (a:City) UNWIND [(a)-[*]->(b) | b.k] AS k RETURN DISTINCT k", NODES),
    ("MATCH (a:City)-[*]->(b) WITH a, count(*) AS c WHERE c > 0 RETURN a", NODES),
    // Conditions on every hop: the slow roads make one ring.
    ("MATCH p = (a:City {k: 3})-[rs*]->(b) WHERE all(r IN rs WHERE r.w = 0) RETURN p", NODES),
    ("MATCH p = (a:City {k: 3})-[*]->(b) WHERE none(r IN relationships(p) WHERE r.w > 0) RETURN b", NODES),
    ("MATCH p = (a:City {k: 3})-[*]->(b) WHERE NOT any(r IN relationships(p) WHERE r.w > 0) RETURN b", NODES),
    ("MATCH p = (a:City {k: 3})-[*]->(b) WITH p, b WHERE all(r IN relationships(p) WHERE r.w < 1) RETURN b", NODES),
    ("MATCH p = (a:City {k: 3})-[*]->(b) WHERE all(n IN tail(nodes(p)) WHERE n.k > 3 AND n.k < 11) RETURN b", 8),
    ("MATCH (a:City {k: 3}) WHERE COUNT { (a)-[rs*]->() WHERE all(r IN rs WHERE r.w = 0) } = 60 RETURN a", 1),
    (
        "MATCH (a:City {k: 3}) UNWIND [p = (a)-[*]->(b) WHERE all(r IN relationships(p) WHERE r.w = 0) | b] AS b RETURN b",
        NODES,
    ),
    (
        "MATCH (a:City {k: 3})((x)-[r]->(y)-[q]->(z))+(b) WHERE all(e IN r WHERE e.w = 0) AND all(e IN q WHERE e.w = 0) RETURN b",
        NODES / 2,
    ),
    ("MATCH p = (a:City {k: 3})-[*]->(b) WHERE length(p) <= 2 RETURN p", 4 + 16),
    ("MATCH p = (a:City {k: 3})-[rs*]->(b) WHERE size(rs) = 1 RETURN p", 4),
    ("MATCH (a:City)-[rs*]->(b) WHERE all(r IN rs WHERE r.w > 0) RETURN DISTINCT a.k, b.k", NODES * NODES),
    // Shortest paths, many of them.
    (
        "MATCH (a:City), (b:City) WHERE a <> b MATCH p = shortestPath((a)-[*]->(b)) RETURN length(p)",
        NODES * (NODES - 1),
    ),
    (
        "MATCH (a:City {k: 3}), (b:City) MATCH p = shortestPath((a)-[*0..]->(b)) WHERE all(r IN relationships(p) WHERE r.w = 0) RETURN p",
        NODES,
    ),
];

#[test]
fn every_spelling_is_a_search() {
    let limits = Limits { time: Some(Duration::from_secs(20)), ..Limits::default() };
    let options = RunOptions { limits, ..RunOptions::default() };
    for changed in [false, true] {
        let mut session = Session::of(roads(changed));
        for (text, rows) in SPELLINGS {
            let answer = session.result_with(text, &options).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
            assert_eq!(answer.rows.len(), *rows, "{text}");
        }
    }
}
