//! What is saved is opened as it was; whatever is damaged is an error that names the section.

use std::fs;
use std::sync::Mutex;

use super::dump;
use crate::graph::{Graph, Value};
use crate::session::Session;
use crate::storage::container::{self, Stamp};
use crate::storage::{encode, info, open, open_bytes, save};

/// A small graph with everything in it: all types of values, deleted entities, ids out of order.
pub(super) fn sample() -> Graph {
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

pub(super) fn bytes(graph: &Graph) -> Vec<u8> {
    let out = Mutex::default();
    assert!(encode::write(graph, &Stamp::default(), &out).is_ok());
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
        let head = 64;
        assert_eq!(fs::read(&path).expect("it is there")[head..].len(), bytes(&back)[head..].len());
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
                changed[72 + 32 * number..][..4].copy_from_slice(&checksum);
                let head = 64 + 32 * sections.len();
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

/// The graph's file in version 2: a shorter header, no log.
pub(super) fn version_2(graph: &Graph) -> Vec<u8> {
    let whole = bytes(graph);
    let source: &[u8] = &whole;
    let sections = container::Sections::read(&source).expect("it is whole").list;
    let mut file = Vec::from(b"KENNING\n");
    file.extend([2, sections.len() as u32].into_iter().flat_map(u32::to_le_bytes));
    for section in &sections {
        let head = [section.kind, section.index, section.checksum, 0];
        file.extend(head.into_iter().flat_map(u32::to_le_bytes));
        file.extend([section.offset - 48, section.length].into_iter().flat_map(u64::to_le_bytes));
    }
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file.extend(&whole[sections[0].offset as usize..]);
    file
}
