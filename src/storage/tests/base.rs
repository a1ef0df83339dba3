//! What is saved is opened as it was; whatever is damaged is an error that names the section.

use std::fs;
use std::sync::Mutex;

use super::dump;
use crate::graph::temporal::{Date, DateTime, Duration, LocalDateTime, LocalTime, Time, Zone};
use crate::graph::{
    CoordinateSystem, Entity, Graph, LabelNaming, NodeId, Point, RelationSemantics, Rule, RuleKind, Value,
};
use crate::storage::container::{self, Stamp};
use crate::storage::{encode, info, open, open_bytes, save};

/// A small graph with everything in it: all types of values, deleted entities, ids out of order.
pub(super) fn sample() -> Graph {
    sample_with(true)
}

/// The same without what was added since the oldest files were written.
pub(super) fn earlier_sample() -> Graph {
    sample_with(false)
}

fn sample_with(times: bool) -> Graph {
    let mut graph = Graph::new();
    let (a, b, c) = (graph.create_node(), graph.create_node(), graph.create_node());
    for (node, name) in [(a, "A"), (a, "B"), (b, "B")] {
        let label = graph.intern_label(name);
        graph.add_label(node, label);
    }
    let (local, offset) = (LocalDateTime { date: Date { days: 20_780 }, time: LocalTime { nanos: 1_000_000 } }, 3600);
    let stockholm = match Zone::parse("Europe/Stockholm") {
        Ok(Zone::Named(zone)) => Some(zone),
        _ => None,
    };
    let numbers = Value::list([Value::Integer(1), Value::Integer(2)]);
    let of_a = [("i", 1_i64.into()), ("f", 0.5.into()), ("b", true.into()), ("s", "é".into()), ("l", numbers)];
    set(&mut graph, a.into(), of_a.into_iter().chain([("m", 1_i64.into())]).collect());
    let point = Point::new(CoordinateSystem::ALL[0], &[1.0, 2.0]).expect("it is a point");
    let map = Value::map([("x", Value::Null), ("y", Value::list([]))]);
    set(
        &mut graph,
        b.into(),
        vec![
            ("i", 2_i64.into()),
            ("s", "".into()),
            ("b", false.into()),
            ("m", "one".into()),
            ("d", local.date.into()),
            ("t", Time { local: local.time, offset }.into()),
            ("p", point.into()),
            ("o", map),
        ],
    );
    set(
        &mut graph,
        c.into(),
        vec![
            ("i", (-3_i64).into()),
            ("d", local.into()),
            ("t", local.time.into()),
            ("z", DateTime { local, offset, zone: stockholm }.into()),
            ("u", Duration { months: 1, days: 2, seconds: 3, nanos: 500_000_000 }.into()),
        ],
    );
    if times {
        set_times(&mut graph, (a, c), local, offset);
    }
    let (t, s, r) = (graph.intern_type("T"), graph.intern_type("S"), graph.intern_type("R"));
    let first = graph.create_relationship(c, t, a);
    set(&mut graph, first.into(), vec![("i", 1_i64.into())]);
    if times {
        set(&mut graph, first.into(), vec![("date", local.date.into())]);
    }
    graph.create_relationship(a, s, b);
    let third = graph.create_relationship(a, t, b);
    set(&mut graph, third.into(), vec![("s", "x".into())]);
    graph.create_relationship(b, t, b);
    let gone = graph.create_node();
    let to_gone = graph.create_relationship(a, t, gone);
    graph.commit();
    graph.merge();
    graph.delete_relationship(to_gone);
    graph.delete_node(gone);
    // Few of many nodes have relationships of this type.
    let many: Vec<_> = (0..22).map(|_| graph.create_node()).collect();
    graph.create_relationship(many[21], r, many[0]);
    graph.create_relationship(many[0], r, many[21]);
    let (key, other, third) = (graph.intern_key("i"), graph.intern_key("s"), graph.intern_key("m"));
    let (of_a, of_b) = (graph.intern_label("A"), graph.intern_label("B"));
    for (name, kind, label, keys) in [
        ("index", RuleKind::Index, of_b, vec![key]),
        ("both", RuleKind::Index, of_b, vec![other, third]),
        ("unique", RuleKind::Unique, of_a, vec![key]),
        ("there", RuleKind::NotNull, of_a, vec![key]),
    ] {
        graph.add_rule(Rule { name: name.into(), kind, label, keys }).expect("the graph keeps it");
    }
    graph.declare(RelationSemantics { transitive: true, ..RelationSemantics::new("T") });
    graph.name_by(LabelNaming { label: "B".into(), named_by: vec!["s".into(), "i".into()] });
    graph.commit();
    graph.merge();
    graph
}

pub(super) fn bytes(graph: &Graph) -> Vec<u8> {
    let out = Mutex::default();
    assert!(encode::write(graph, &Stamp::default(), &out).is_ok());
    out.into_inner().expect("nobody panicked")
}

fn set(graph: &mut Graph, entity: Entity, values: Vec<(&str, Value)>) {
    for (key, value) in values {
        let key = graph.intern_key(key);
        graph.set_property(entity, key, value);
    }
}

/// A column of each temporal type, with one offset or several.
fn set_times(graph: &mut Graph, (a, c): (NodeId, NodeId), local: LocalDateTime, offset: i32) {
    let named = |text: &str| DateTime::parse(text, &Zone::UTC).expect("it is a moment");
    let time = |offset| Time { local: local.time, offset };
    let minute = LocalTime { nanos: 60_000_000_000 };
    let summer = named("2017-07-21T12:00[Europe/Stockholm]");
    let of_a: [(&str, Value); 5] = [
        ("date", Date::MIN.into()),
        ("local time", minute.into()),
        ("local", LocalDateTime { date: Date::MAX, time: minute }.into()),
        ("time", time(offset).into()),
        ("moment", summer.into()),
    ];
    set(graph, a.into(), of_a.into());
    let winter = named("2017-01-21T12:00:00.5[Europe/Stockholm]");
    let of_c: [(&str, Value); 5] = [
        ("date", Date::MAX.into()),
        ("local time", LocalTime { nanos: 1 }.into()),
        ("local", LocalDateTime { date: Date::MIN, time: minute }.into()),
        ("time", time(-offset).into()),
        ("moment", winter.into()),
    ];
    set(graph, c.into(), of_c.into());
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

/// An earlier kenning opens a file unless there is something in it that it would lose.
#[test]
fn only_a_file_that_names_labels_has_a_section_for_it() {
    let kinds = |graph: &Graph| -> Vec<u32> {
        let bytes = bytes(graph);
        let slice = bytes.as_slice();
        let Ok(sections) = container::Sections::read(&slice) else { panic!("it is whole") };
        sections.list.iter().map(|section| section.kind).collect()
    };
    let mut graph = sample();
    assert!(kinds(&graph).contains(&encode::NAMING));
    graph.forget_naming("B");
    graph.commit();
    assert!(!kinds(&graph).contains(&encode::NAMING));
}

#[test]
fn columns_of_times_have_sections_of_their_own() {
    let bytes = bytes(&sample());
    let slice = bytes.as_slice();
    let sections = container::Sections::read(&slice).expect("it is whole").list;
    let count = |kind: u32| sections.iter().filter(|section| section.kind == kind).count();
    // One for each type, and a moment by itself; columns of several types and that of durations are not among them.
    assert_eq!((count(encode::NODE_TIMES), count(encode::RELATIONSHIP_TIMES)), (6, 1));
}

/// Before kind 15, dates and times were stored among values of any type.
#[test]
fn times_of_earlier_files_get_columns_of_their_own() {
    let old = open_bytes(include_bytes!("../../../tests/data/times-as-values.kenning"), "old").expect("it is whole");
    let value = |node: usize, key: &str| old.property_by_name(NodeId::new(node), key);
    let moment = |text: &str| Value::from(DateTime::parse(text, &Zone::UTC).expect("it is a moment"));
    assert_eq!(value(0, "moment"), moment("2017-07-21T12:00[Europe/Stockholm]"));
    assert_eq!(value(1, "moment"), moment("2017-01-21T12:00[Europe/Stockholm]"));
    assert_eq!((value(1, "date"), value(2, "date")), (Value::Null, Date::new(-9999, 1, 1).expect("it is one").into()));
    assert_eq!(value(0, "clock"), LocalTime { nanos: 86_399_999_999_999 }.into());
    let again = bytes(&old);
    let slice = again.as_slice();
    let sections = container::Sections::read(&slice).expect("it is whole").list;
    assert_eq!(sections.iter().filter(|section| section.kind == encode::NODE_TIMES).count(), 6);
    assert_eq!(dump(&open_bytes(&again, "g").expect("it is whole")), dump(&old));
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
    [sample(), super::deletions::with_runs()].iter().for_each(lie);
}

fn lie(graph: &Graph) {
    let whole = bytes(graph);
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

/// The fuzzer appends logs to this file.
#[test]
fn the_empty_file_of_the_fuzzer_is_of_this_version() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets/empty.kenning");
    let empty = bytes(&Graph::new());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &empty).expect("it can be written");
    }
    assert_eq!(fs::read(&path).expect("it is there"), empty);
}
