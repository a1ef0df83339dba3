//! What there is to see of a graph, and what its indexes find.

use super::super::*;
use crate::graph::Titles;

/// Everything there is to see.
pub(in crate::graph::store) fn dump(graph: &Graph) -> Vec<String> {
    let mut lines = vec![format!("{} {}", graph.node_count(), graph.relationship_count())];
    for label in graph.labels() {
        let nodes: Vec<NodeId> = graph.nodes_with_label(label).collect();
        lines.push(format!("{label:?} {} {nodes:?}", graph.label_count(label)));
    }
    lines.extend(graph.types().map(|t| format!("{t:?} {}", graph.type_count(t))));
    let live: Vec<NodeId> = graph.nodes().collect();
    lines.push(format!("{live:?} {:?}", graph.relationships().collect::<Vec<_>>()));
    for node in (0..graph.node_bound()).map(NodeId::new) {
        let deleted = graph.is_deleted(Entity::Node(node));
        lines.push(format!("{node:?} {deleted} {:?} {:?}", graph.node_labels(node), graph.properties(node)));
        for direction in [Direction::Outgoing, Direction::Incoming, Direction::Both] {
            let around: Vec<Adjacent> = graph.adjacent(node, direction, None).collect();
            lines.push(format!("{direction:?} {} {around:?}", graph.degree(node, direction)));
        }
    }
    for relationship in (0..graph.relationship_bound()).map(RelationshipId::new) {
        let deleted = graph.is_deleted(Entity::Relationship(relationship));
        let (shape, properties) = (graph.relationship(relationship), graph.properties(relationship));
        lines.push(format!("{relationship:?} {deleted} {shape:?} {properties:?}"));
    }
    lines.extend(graph.semantics().iter().map(|meaning| format!("{meaning:?}")));
    lines.extend(graph.semantics().namings().map(|naming| format!("{naming:?}")));
    lines.extend(graph.semantics().decisions().map(|decision| format!("{decision:?}")));
    let titles = Titles::of(graph);
    lines.extend(live.iter().map(|node| format!("{:?}", titles.get(*node))));
    for rule in graph.rules() {
        lines.push(format!("{rule:?}"));
        lines.extend(searches(rule).map(|seek| format!("{seek:?} {:?}", graph.index_seek(&rule.name, &seek))));
    }
    lines
}

fn searches(rule: &Rule) -> impl Iterator<Item = Seek> + use<> {
    let values = [Value::Integer(0), Value::Integer(2), Value::Float(0.5), Value::from("a"), Value::Boolean(true)];
    let equal = values.map(|value| Seek { equal: vec![value], next: None });
    let between = Bounds::Range { from: Some(Value::Integer(1)), to: None };
    let next = [between, Bounds::Prefix("a".into())].map(|bounds| Seek { equal: vec![], next: Some(bounds) });
    let two = (rule.keys.len() > 1).then(|| Seek { equal: vec![Value::Integer(1), Value::Integer(1)], next: None });
    equal.into_iter().chain(next).chain(two)
}

/// The indexes find what going through all nodes finds.
pub(super) fn check_indexes(graph: &Graph) {
    for rule in graph.rules().filter(|rule| rule.kind.is_index()) {
        check_many_at_once(graph, rule);
        for seek in searches(rule) {
            let having = |node: &NodeId| {
                let values: Vec<Value> = rule.keys.iter().map(|key| graph.property(*node, *key)).collect();
                let all = values.iter().all(|value| !value.is_null());
                all && seek.equal.iter().zip(&values).all(|(wanted, value)| wanted.cmp(value).is_eq())
                    && match (&seek.next, values.get(seek.equal.len())) {
                        (Some(Bounds::Range { from: Some(from), .. }), Some(value)) => value.cmp(from).is_ge(),
                        (Some(Bounds::Prefix(prefix)), Some(Value::String(text))) => text.starts_with(&**prefix),
                        (None, _) => true,
                        _ => false,
                    }
            };
            let expected: Vec<NodeId> = graph.nodes_with_label(rule.label).filter(having).collect();
            assert_eq!(graph.index_seek(&rule.name, &seek), Some(expected), "{rule:?} {seek:?}");
        }
    }
}

/// Values that are looked up together find what they find alone.
fn check_many_at_once(graph: &Graph, rule: &Rule) {
    for width in 1..=rule.keys.len() {
        let alone: Vec<Seek> = searches(rule).filter(|seek| seek.next.is_none() && seek.equal.len() == width).collect();
        let again = alone.iter().rev().chain(&alone);
        let values: Vec<Value> = again.clone().flat_map(|seek| seek.equal.clone()).collect();
        let together = graph.index_seek_each(&rule.name, width, &values).expect("it is an index");
        for (at, seek) in again.enumerate() {
            let mut found = Vec::new();
            together.nodes(at, graph, &mut found);
            let expected = graph.index_seek(&rule.name, seek).expect("it is an index");
            assert!(found.into_iter().map(NodeId::from).eq(expected), "{seek:?}");
        }
    }
}
