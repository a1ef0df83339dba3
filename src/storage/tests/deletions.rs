//! Deleted entities and relationship ids in files: what they cost, that they come back, and that earlier files open.

use proptest::prelude::*;

use super::base::{bytes, earlier_sample};
use super::dump;
use crate::graph::{Entity, Graph, GraphBuilder, NodeId, RelationshipId};
use crate::storage::check::check_graph;
use crate::storage::container::Sections;
use crate::storage::{encode, open_bytes};

/// Files of [`earlier_sample`], written before relationship ids were stored as runs and deleted relationships without shapes.
const EARLIER: [&[u8]; 2] =
    [include_bytes!("../../../tests/data/version-2.kenning"), include_bytes!("../../../tests/data/version-3.kenning")];

fn kinds(file: &[u8]) -> Vec<u32> {
    Sections::read(&file).expect("it is whole").list.iter().map(|section| section.kind).collect()
}

fn reopened(graph: &Graph) -> Graph {
    let back = open_bytes(&bytes(graph), "g").expect("it opens");
    assert_eq!(dump(&back), dump(graph));
    assert_eq!(check_graph(&back), Vec::<String>::new());
    back
}

/// Relationships of two types, `count` each, as built in bulk.
pub(super) fn bulk(nodes: u32, count: u32) -> Graph {
    let mut builder = GraphBuilder::new();
    let label = builder.intern_label("Person");
    builder.add_nodes(&[label], nodes as usize);
    for (number, name) in (1..).zip(["KNOWS", "LIKES"]) {
        let t = builder.intern_type(name);
        let (starts, ends): (Vec<u32>, Vec<u32>) = (0..count)
            .map(|n| (n.wrapping_mul(2_654_435_761) % nodes, n.wrapping_mul(number * 40_503) % nodes))
            .unzip();
        builder.add_relationships(t, &starts, &ends).expect("the nodes are there");
    }
    builder.finish()
}

fn merged(mut graph: Graph, change: impl FnOnce(&mut Graph)) -> Graph {
    change(&mut graph);
    graph.commit();
    graph.merge();
    graph
}

/// A small graph whose labels and relationship ids are written as runs.
pub(super) fn with_runs() -> Graph {
    merged(bulk(9, 12), |graph| graph.delete_relationship(RelationshipId::new(3)))
}

#[test]
fn files_of_earlier_versions_open() {
    for file in EARLIER {
        assert!(kinds(file).starts_with(&[encode::NAMES, encode::LABELS, encode::DELETED]));
        assert!(kinds(file).contains(&encode::IDS));
        let graph = open_bytes(file, "g").expect("it opens");
        let named_by_nothing = merged(earlier_sample(), |graph| _ = graph.forget_naming("B"));
        assert_eq!(dump(&graph), dump(&named_by_nothing));
        let again = bytes(&reopened(&graph));
        assert!(!kinds(&again).contains(&encode::DELETED));
    }
}

#[test]
fn deleted_entities_leave_the_file() {
    let mut graph = Graph::new();
    let (label, t, key) = (graph.intern_label("N"), graph.intern_type("T"), graph.intern_key("k"));
    let kept = [graph.create_node(), graph.create_node()];
    for _ in 0..80 {
        let nodes: Vec<NodeId> = (0..1_000).map(|_| graph.create_node()).collect();
        for node in &nodes {
            graph.add_label(*node, label);
            graph.set_property(*node, key, 1_i64.into());
        }
        let created: Vec<RelationshipId> =
            nodes.iter().map(|node| graph.create_relationship(*node, t, kept[0])).collect();
        created.into_iter().for_each(|relationship| graph.delete_relationship(relationship));
        nodes.into_iter().for_each(|node| graph.delete_node(node));
        graph.commit();
    }
    graph.merge();
    let length = bytes(&graph).len();
    assert!(length < 1_000, "{length}");
    let back = reopened(&graph);
    assert_eq!((back.node_count(), back.node_bound(), back.relationship_bound()), (2, 80_002, 80_000));
}

#[test]
fn every_other_node_deleted_costs_a_bit_for_each() {
    let graph = merged(bulk(40_000, 0), |graph| {
        (0..40_000).step_by(2).for_each(|node| graph.delete_node(NodeId::new(node)));
    });
    // Labels take 4 bytes for each node.
    let length = bytes(&graph).len();
    assert!(length < 160_000 + 5_000 + 1_000, "{length}");
    reopened(&graph);
}

#[test]
fn a_deleted_relationship_costs_few_bytes() {
    let graph = bulk(1_000, 50_000);
    let before = bytes(&graph).len();
    let one = merged(graph.clone(), |graph| graph.delete_relationship(RelationshipId::new(777)));
    assert!(bytes(&one).len() < before + 100, "{} {before}", bytes(&one).len());
    assert!(one.bytes().adjacency < graph.bytes().adjacency + 40_000);
    reopened(&one);
    let many = merged(graph, |graph| {
        (0..100_000).step_by(200).for_each(|id| graph.delete_relationship(RelationshipId::new(id)));
    });
    assert!(kinds(&bytes(&many)).contains(&encode::ID_RUNS));
    assert!(bytes(&many).len() < before + 500 * 16, "{} {before}", bytes(&many).len());
    // The opened graph goes on like the one that was saved.
    let change = |graph: &mut Graph| {
        let live = (50..60_000).step_by(350).filter(|id| id % 200 != 0);
        live.for_each(|id| graph.delete_relationship(RelationshipId::new(id)));
        let t = graph.intern_type("NEW");
        (0..100).for_each(|n| _ = graph.create_relationship(NodeId::new(n * 7), t, NodeId::new(n)));
    };
    let (back, many) = (merged(reopened(&many), change), merged(many, change));
    assert_eq!(dump(&back), dump(&many));
    reopened(&back);
}

/// Nothing can refer to such a relationship; if a defect does, there is no panic.
#[test]
fn a_relationship_deleted_before_opening_has_no_shape() {
    let back = reopened(&with_runs());
    let deleted = RelationshipId::new(3);
    assert!(back.is_deleted(Entity::Relationship(deleted)));
    for id in [3, 24, 1_000_000] {
        assert_eq!(back.relationship(RelationshipId::new(id)).start, NodeId::new(0));
    }
    assert!(back.properties(Entity::Relationship(deleted)).is_empty());
}

#[test]
fn scattered_ids_are_written_one_by_one() {
    let mut graph = Graph::new();
    let t = graph.intern_type("T");
    let nodes: Vec<NodeId> = (0..50).map(|_| graph.create_node()).collect();
    for n in 0..500 {
        graph.create_relationship(nodes[n * 37 % 50], t, nodes[n * 11 % 50]);
    }
    let graph = merged(graph, |graph| graph.delete_relationship(RelationshipId::new(250)));
    assert!(kinds(&bytes(&graph)).contains(&encode::IDS));
    reopened(&graph);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn whatever_was_deleted_comes_back(
        steps in prop::collection::vec((0..30_usize, 0..30_usize, 0..3_usize, 0..120_usize, 0..8_u8), 1..80),
    ) {
        let mut graph = merged(bulk(30, 25), |_| {});
        let types = ["KNOWS", "LIKES", "NEW"].map(|name| graph.intern_type(name));
        let label = graph.intern_label("Other");
        for (start, end, t, id, what) in steps {
            let live = |node: usize| !graph.is_deleted(Entity::Node(NodeId::new(node)));
            match what {
                0..3 if live(start) && live(end) => {
                    graph.create_relationship(NodeId::new(start), types[t], NodeId::new(end));
                }
                3..5 if id < graph.relationship_bound()
                    && !graph.is_deleted(Entity::Relationship(RelationshipId::new(id))) =>
                {
                    graph.delete_relationship(RelationshipId::new(id));
                }
                5 if live(start) => {
                    let around: Vec<RelationshipId> = graph
                        .adjacent(NodeId::new(start), crate::graph::Direction::Both, None)
                        .map(|adjacent| adjacent.relationship)
                        .collect();
                    around.into_iter().for_each(|relationship| graph.delete_relationship(relationship));
                    graph.delete_node(NodeId::new(start));
                }
                6 if live(start) => graph.add_label(NodeId::new(start), label),
                7 => graph = reopened(&merged(graph, |_| {})),
                _ => {}
            }
        }
        reopened(&merged(graph, |_| {}));
    }
}
