//! A small graph and results made by hand, for the tests of the renderers.

use std::sync::Arc;

use super::Style;
use crate::graph::{Graph, NodeId, RelationshipId, Value};
use crate::result::{Changes, QueryResult, Shape, StatementType};

/// Networking provides to Compute, which has a nameless port.
pub(crate) fn small() -> (Graph, Vec<NodeId>, Vec<RelationshipId>) {
    let mut graph = Graph::new();
    let [service, core, port] = ["Service", "Core", "Port"].map(|name| graph.intern_label(name));
    let [name, number, since] = ["name", "number", "since"].map(|name| graph.intern_key(name));
    let nodes: Vec<NodeId> = (0..3).map(|_| graph.create_node()).collect();
    graph.add_label(nodes[0], service);
    graph.set_property(nodes[0], name, "Compute".into());
    graph.add_label(nodes[1], service);
    graph.add_label(nodes[1], core);
    graph.set_property(nodes[1], name, "Networking".into());
    graph.add_label(nodes[2], port);
    graph.set_property(nodes[2], number, Value::Integer(80));
    let [provides, has] = ["PROVIDES_TO", "HAS"].map(|name| graph.intern_type(name));
    let provides = graph.create_relationship(nodes[1], provides, nodes[0]);
    let has = graph.create_relationship(nodes[0], has, nodes[2]);
    graph.set_property(has, since, Value::Integer(2020));
    graph.commit();
    (graph, nodes, vec![provides, has])
}

pub(crate) fn result(shape: Shape, columns: &[&str], rows: Vec<Vec<Value>>) -> QueryResult {
    assert!(rows.iter().all(|row| row.len() == columns.len()));
    QueryResult {
        columns: columns.iter().map(|column| column.to_string()).collect(),
        rows: rows.into(),
        shape,
        changes: Changes::default(),
        warnings: Vec::new(),
        notes: Vec::new(),
        plan: None,
        plan_tree: None,
        statement_type: StatementType::Read,
        entities: Arc::new(small().0).into(),
    }
}

/// What the renderer of that name makes of the result.
pub(crate) fn rendered(name: &str, result: &QueryResult, width: Option<usize>) -> String {
    styled(name, result, &Style { width, ..Style::default() })
}

/// The same in colour.
pub(crate) fn painted(name: &str, result: &QueryResult) -> String {
    styled(name, result, &Style { colour: true, ..Style::default() })
}

fn styled(name: &str, result: &QueryResult, style: &Style) -> String {
    let mut out = Vec::new();
    (super::find(name).unwrap().write)(result, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
