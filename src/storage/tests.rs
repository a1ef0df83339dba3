//! What is saved is opened as it was; whatever is damaged is an error that names the section.

use std::fs;
use std::sync::Mutex;

use super::*;
use crate::graph::{Direction, Entity, NodeId, RelationshipId, Value};
use crate::session::Session;

/// Everything there is to see.
fn dump(graph: &Graph) -> Vec<String> {
    let mut lines = vec![format!("{} {}", graph.node_count(), graph.relationship_count())];
    lines.extend(graph.semantics().iter().map(|semantics| format!("{semantics:?}")));
    lines.extend(graph.labels().map(|l| format!("{} {}", graph.label_name(l), graph.label_count(l))));
    lines.extend(graph.rules().map(|rule| format!("{rule:?}")));
    lines.extend(graph.types().map(|t| format!("{} {}", graph.type_name(t), graph.type_count(t))));
    for node in (0..graph.node_bound()).map(NodeId::new) {
        let around: Vec<_> = graph.adjacent(node, Direction::Both, None).collect();
        let deleted = graph.is_deleted(Entity::Node(node));
        lines.push(format!("{deleted} {:?} {:?} {around:?}", graph.node_labels(node), graph.properties(node)));
    }
    for relationship in (0..graph.relationship_bound()).map(RelationshipId::new) {
        let deleted = graph.is_deleted(Entity::Relationship(relationship));
        lines.push(format!("{deleted} {:?} {:?}", graph.relationship(relationship), graph.properties(relationship)));
    }
    lines
}

/// A small graph with everything in it: all types of values, deleted entities, ids out of order.
fn sample() -> Graph {
    let mut session = Session::new(Graph::new(), "sample");
    for statement in [
        "CREATE (a:A:B {i: 1, f: 0.5, b: true, s: 'é', l: [1, 2], m: 1})
         CREATE (b:B {i: 2, s: '', b: false, m: 'one', d: date('2026-11-23'), t: time('12:00+01:00')})
         CREATE (c {i: -3, d: localdatetime('2026-11-23T12:00'), t: localtime('01:02:03.4'),
                    z: datetime('2026-11-23T12:00[Europe/Stockholm]'), u: duration('P1M2DT3.5S')})
         CREATE (c)-[:T {i: 1}]->(a), (a)-[:S]->(b), (a)-[:T {s: 'x'}]->(b), (b)-[:T]->(b)",
        "CREATE (:A {i: 5})-[:T]->(:Gone)",
        "MATCH (g:Gone) DETACH DELETE g",
        "CREATE INDEX FOR (n:B) ON (n.i)",
        "CREATE INDEX both FOR (n:B) ON (n.s, n.m)",
        "CREATE CONSTRAINT FOR (n:A) REQUIRE n.i IS UNIQUE",
        "CREATE CONSTRAINT FOR (n:A) REQUIRE n.i IS NOT NULL",
        // Few of many nodes have relationships of this type.
        "CREATE (a:First) WITH a UNWIND range(1, 20) AS i CREATE (:N) WITH DISTINCT a CREATE (b:Last)-[:R]->(a)-[:R]->(b)",
    ] {
        session.run(statement, &Default::default()).expect("the statement is right");
    }
    let mut graph = (*session.graph()).clone();
    graph.merge();
    graph
}

fn bytes(graph: &Graph) -> Vec<u8> {
    let out = Mutex::default();
    assert!(encode::write(graph, &out).is_ok());
    out.into_inner().expect("nobody panicked")
}

#[test]
fn a_graph_comes_back_as_it_was() {
    for graph in [Graph::new(), sample(), crate::ingest::embedded_graph()] {
        let folder = std::env::temp_dir().join(format!("kenning-storage-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("there is a folder for such files");
        let path = folder.join("graph.kenning");
        save(&graph, &path).expect("it can be saved");
        let back = open(&path).expect("it can be opened");
        assert_eq!(dump(&back), dump(&graph));
        assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 1);
        assert_eq!(fs::read(&path).expect("it is there"), bytes(&back));
        assert!(info(&path).expect("it can be described").sections.len() >= 3);
        fs::remove_dir_all(&folder).expect("it can be removed");
    }
}

#[test]
fn every_changed_byte_is_found() {
    let whole = bytes(&sample());
    for at in 0..whole.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = whole.clone();
            damaged[at] ^= flip;
            let error =
                open_bytes(&damaged, "g").err().unwrap_or_else(|| panic!("byte {at} was changed and nobody saw it"));
            assert!(error.message.starts_with("g: section `"), "{}", error.message);
        }
    }
}

#[test]
fn every_cut_is_found() {
    let whole = bytes(&sample());
    for length in 0..whole.len() {
        let error = open_bytes(&whole[..length], "g").expect_err("a part of a file is no file");
        assert!(error.message.starts_with("g: section `"), "{}", error.message);
    }
    let longer = [&whole[..], b"x"].concat();
    assert!(open_bytes(&longer, "g").expect_err("it is too long").message.contains("goes on"));
}

/// Changes a byte of a section and its checksums, as a defect or an evil mind would: nothing may panic, then or later.
#[test]
fn a_section_that_lies_with_a_right_checksum_does_no_harm() {
    let whole = bytes(&sample());
    let source: &[u8] = &whole;
    let sections = container::Sections::read(&source).expect("it is whole").list;
    for (number, damaged) in sections.iter().enumerate() {
        let place = damaged.offset as usize..(damaged.offset + damaged.length) as usize;
        for at in place.clone() {
            for flip in [0x01, 0x02, 0x80, 0xff] {
                let mut changed = whole.clone();
                changed[at] ^= flip;
                let checksum = crc32fast::hash(&changed[place.clone()]).to_le_bytes();
                changed[24 + 32 * number..][..4].copy_from_slice(&checksum);
                let head = 16 + 32 * sections.len();
                let checksum = crc32fast::hash(&changed[..head]).to_le_bytes();
                changed[head..head + 4].copy_from_slice(&checksum);
                if let Ok(graph) = open_bytes(&changed, "g") {
                    dump(&graph);
                }
            }
        }
    }
}

#[test]
fn nodes_are_no_property_values() {
    let mut graph = Graph::new();
    let key = graph.intern_key("k");
    let node = graph.create_node();
    graph.set_property(node, key, Value::Node(node));
    let path = std::env::temp_dir().join(format!("kenning-wrong-{}.kenning", std::process::id()));
    assert!(save(&graph, &path).expect_err("it has no place in a file").message.contains("Node"));
    assert!(!path.exists());
}
