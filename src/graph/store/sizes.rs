//! What a graph takes, and when its changes are merged.

use super::laws::{check_arrays, dump, named};
use super::*;

/// Few nodes of many have relationships: their lists are found through a bitmap.
#[test]
fn lists_of_few_nodes() {
    let mut builder = GraphBuilder::new();
    let t = builder.intern_type("T");
    builder.add_nodes(&[], 1000);
    let owners = [3, 64, 65, 127, 128, 700, 999];
    for start in owners {
        builder.add_relationships(t, &[start, start], &[999 - start, start / 2]).expect("the nodes are there");
    }
    let graph = builder.finish();
    assert!(graph.neighbour_lists(Direction::Outgoing, t).is_some_and(|lists| lists.arrays().is_none()));
    check_arrays(&graph);
    for relationship in graph.relationships() {
        let shape = graph.relationship(relationship);
        assert!(graph.adjacent(shape.start, Direction::Outgoing, None).any(|a| a.relationship == relationship));
        assert!(graph.adjacent(shape.end, Direction::Incoming, None).any(|a| a.relationship == relationship));
    }
    assert!(owners.iter().all(|node| graph.degree(NodeId::new(*node as usize), Direction::Outgoing) == 2));
    assert_eq!(graph.nodes().map(|node| graph.degree(node, Direction::Incoming)).sum::<usize>(), 14);
}

#[test]
fn a_large_delta_is_merged_when_it_is_committed() {
    let mut graph = named();
    graph.begin();
    let nodes: Vec<NodeId> = (0..9_000).map(|_| graph.create_node()).collect();
    graph.commit();
    assert!(!graph.is_clean());
    graph.begin();
    for pair in nodes.windows(2) {
        graph.create_relationship(pair[0], TypeId::from(1), pair[1]);
    }
    let before = dump(&graph);
    graph.commit();
    assert!(graph.is_clean());
    assert_eq!(dump(&graph), before);
    graph.begin();
    graph.delete_relationship(RelationshipId::new(5));
    graph.commit();
    assert!(!graph.is_clean());
    assert_eq!(graph.relationship(RelationshipId::new(5)).end, NodeId::new(6));
}

/// What the relationships cost, as built in bulk and after changes were merged.
#[test]
fn a_relationship_takes_at_most_sixteen_bytes() {
    const NODES: u32 = 4_000;
    let mut builder = GraphBuilder::new();
    let t = builder.intern_type("T");
    builder.add_nodes(&[], NODES as usize);
    let end = |n: u32| n.wrapping_mul(2_654_435_761) % NODES;
    let (starts, ends): (Vec<u32>, Vec<u32>) = (0..25 * NODES).map(|n| (n % NODES, end(n))).unzip();
    builder.add_relationships(t, &starts, &ends).expect("the nodes are there");
    let mut graph = builder.finish();
    let each = |graph: &Graph| graph.bytes().adjacency as f64 / graph.relationship_count() as f64;
    assert!(each(&graph) < 10.0, "{}", each(&graph));
    for n in 0..NODES {
        graph.create_relationship(NodeId::new(end(n + 7) as usize), t, NodeId::new(n as usize));
        if n % 3 == 0 {
            graph.delete_relationship(RelationshipId::new(n as usize * 2));
        }
    }
    let before = dump(&graph);
    graph.commit();
    graph.merge();
    assert!(graph.is_clean());
    assert_eq!(dump(&graph), before);
    assert!(each(&graph) <= 16.0, "{}", each(&graph));
}
