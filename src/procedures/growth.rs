//! How the work of the walking statements grows with the graph: counted in steps, not in seconds.

use super::*;
use crate::graph::{NodeId, RelationSemantics, TypeId};
use crate::limits::Limits;

/// A graph of needs among so many nodes.
fn graph(nodes: usize, needs: impl Iterator<Item = (usize, usize)>) -> Graph {
    let mut graph = Graph::new();
    graph.declare(RelationSemantics {
        failure: crate::graph::FailureDirection::Against,
        ..RelationSemantics::new("NEEDS")
    });
    let kind: TypeId = graph.intern_type("NEEDS");
    let key = graph.intern_key("name");
    let ids: Vec<NodeId> = (0..nodes)
        .map(|number| {
            let node = graph.create_node();
            graph.set_property(node, key, Value::from(&*format!("n{number}")));
            node
        })
        .collect();
    for (start, end) in needs {
        graph.create_relationship(ids[start], kind, ids[end]);
    }
    graph.commit();
    graph.merge();
    graph
}

fn ring(nodes: usize) -> Graph {
    graph(nodes, (0..nodes).map(|at| (at, (at + 1) % nodes)))
}

/// A ring with a short cut over each tenth part.
fn ring_with_short_cuts(nodes: usize) -> Graph {
    let part = nodes / 10;
    graph(nodes, (0..nodes).map(|at| (at, (at + 1) % nodes)).chain((1..9).map(|at| (at * part, (at + 1) * part))))
}

fn chain(nodes: usize) -> Graph {
    graph(nodes, (1..nodes).map(|at| (at - 1, at)))
}

/// A node that holds many others and a chain of as many.
fn broom(nodes: usize) -> Graph {
    let half = nodes / 2;
    graph(nodes, (1..half).map(|at| (0, at)).chain((half..nodes).map(|at| (if at == half { 0 } else { at - 1 }, at))))
}

/// The steps that a procedure takes, and the names in its answer.
fn work(graph: &Graph, name: &str, arguments: &[&str]) -> usize {
    let procedure = all().find(|p| p.name == name).expect("in the table");
    let names = Arc::new(NameIndex::build(graph));
    let budget = Budget::start(&Limits::default());
    let mut arguments: Vec<Value> = arguments.iter().map(|name| Value::from(*name)).collect();
    arguments.resize(procedure.parameters.len(), Value::Null);
    let output = (procedure.run)(&Context::new(graph, &|| Ok(names.clone()), &budget), &arguments).expect("no limit");
    let listed = |value: &Value| if let Value::List(items) = value { items.len() } else { 1 };
    budget.steps() as usize + output.rows.iter().flatten().map(listed).sum::<usize>()
}

#[test]
fn four_times_the_graph_is_at_most_five_times_the_work() {
    type Make = fn(usize) -> Graph;
    let cases: &[(&str, Make, &str, &[&str])] = &[
        ("ring", ring, "trace.cycles", &[]),
        ("ring", ring, "trace.cycles", &["n0"]),
        ("ring with short cuts", ring_with_short_cuts, "trace.cycles", &[]),
        ("ring", ring, "trace.critical", &[]),
        ("chain", chain, "trace.cycles", &[]),
        ("chain", chain, "trace.critical", &[]),
        ("chain", chain, "trace.critical", &["n0"]),
        ("broom", broom, "trace.critical", &[]),
        ("broom", broom, "trace.critical", &["n0"]),
        ("chain", chain, "trace.deps", &["n0"]),
        ("chain", chain, "trace.order", &[]),
        ("ring", ring, "trace.order", &[]),
        ("broom", broom, "trace.fanout", &[]),
    ];
    // Large enough that no list of names is cut in the smaller graph alone.
    const SMALL: usize = 4_000;
    for (shape, make, procedure, arguments) in cases {
        let [small, large] = [SMALL, 4 * SMALL].map(|nodes| work(&make(nodes), procedure, arguments));
        assert!(small >= 1_000, "{procedure} on a {shape} counts its steps: {small}");
        assert!(large <= 5 * small, "{procedure}{arguments:?} on a {shape}: {small} steps, then {large}");
    }
}
