//! Damaged files with a log: an error that names the place, or a reported cut at the log's tail; never another graph.

use super::dump;
use crate::graph::{Graph, Value};
use crate::limits::Watch;
use crate::storage::container::Sections;
use crate::storage::disk::simulated::{Random, SimulatedDisk};
use crate::storage::disk::{Access, Disk};
use crate::storage::reader::{State, load};
use crate::storage::{OpenOptions, Store};
use std::path::Path;
use std::sync::Arc;

/// A file with a log, where its frames end, and what the graph is after each of them.
struct Sample {
    bytes: Vec<u8>,
    ends: Vec<u64>,
    dumps: Vec<Vec<String>>,
}

fn sample(frames: u64, nodes: usize, closed: bool) -> Sample {
    let disk = SimulatedDisk::new(7);
    let path = Path::new("/g.kenning");
    let options = OpenOptions { create: true, sync_every: None, ..OpenOptions::default() };
    let (store, _, _) = Store::open(Arc::new(disk.clone()), path, &options).expect("it is created");
    let mut graph = super::base::sample();
    store.checkpoint(&graph, 0).expect("a checkpoint can be made");
    let file = disk.open(path, Access::Read).expect("it is there");
    let end = || file.length().expect("it is open");
    let (mut ends, mut dumps) = (vec![end()], vec![dump(&graph)]);
    for sequence in 1..=frames {
        graph.begin();
        grow(&mut graph, nodes, sequence);
        let commit = Store::encode(&graph.changes()).expect("the values can be written");
        store.append(sequence, &[commit]).expect("it can be written");
        graph.commit();
        ends.push(end());
        dumps.push(dump(&graph));
    }
    if closed {
        store.close().expect("it can be closed");
    }
    let mut bytes = vec![0; end() as usize];
    file.read_at(0, &mut bytes).expect("it can be read");
    Sample { bytes, ends, dumps }
}

fn grow(graph: &mut Graph, nodes: usize, sequence: u64) {
    let (label, key) = (graph.intern_label("New"), graph.intern_key("text"));
    let relationship_type = graph.intern_type("T");
    for _ in 0..nodes {
        let node = graph.create_node();
        graph.add_label(node, label);
        graph.set_property(node, key, Value::from(format!("commit {sequence}")));
        graph.create_relationship(node, relationship_type, node);
    }
}

/// Loads the bytes; whatever comes out must be an error or the graph after some frame, with the rest reported as cut.
fn look(sample: &Sample, bytes: &[u8], what: &str) -> Option<usize> {
    let (graph, state): (Graph, State) = match load(&bytes, "g", &Watch::default()) {
        Ok(loaded) => loaded,
        Err(error) => {
            assert!(error.message.starts_with("g: section `"), "{what}: {}", error.message);
            return None;
        }
    };
    let frame = state.position.sequence as usize;
    assert_eq!(state.position.end + state.torn, bytes.len() as u64, "{what}");
    assert!(dump(&graph) == sample.dumps[frame], "{what}: another graph");
    Some(frame)
}

#[test]
fn every_flipped_byte_is_an_error_or_a_reported_cut() {
    for closed in [false, true] {
        let sample = sample(3, 1, closed);
        let base = sample.ends[0] as usize;
        for at in 0..sample.bytes.len() {
            for bit in [0x01, 0x80, 0xff, 1 << (at % 8)] {
                let mut bytes = sample.bytes.clone();
                bytes[at] ^= bit;
                let what = format!("byte {at} of {base} + log, {bit:x}, closed {closed}");
                let found = look(&sample, &bytes, &what);
                let damaged = sample.ends.iter().filter(|end| **end <= at as u64).count();
                // Only the last thing in the file can be a torn tail: the last commit, or the mark after it.
                let tail = if closed { at as u64 >= sample.ends[3] } else { at as u64 >= sample.ends[2] };
                match found {
                    Some(frame) => assert!(tail && frame == damaged - 1, "{what}: {frame} commits are left"),
                    None => assert!(!tail, "{what}: the tail is an error"),
                }
            }
        }
    }
}

#[test]
fn every_length_is_an_error_or_a_reported_cut() {
    let sample = sample(3, 1, false);
    for length in 0..sample.bytes.len() as u64 {
        let found = look(&sample, &sample.bytes[..length as usize], &format!("length {length}"));
        let whole = sample.ends.iter().rposition(|end| *end <= length);
        assert_eq!(found, whole, "length {length}");
    }
    let longer = [&sample.bytes[..], b"x"].concat();
    assert_eq!(look(&sample, &longer, "longer"), Some(3));
}

#[test]
fn random_damage_of_a_larger_file_is_found() {
    let sample = sample(40, 4, true);
    let mut random = Random(11);
    for number in 0..20_000 {
        let mut bytes = sample.bytes.clone();
        let at = random.below(bytes.len());
        bytes[at] ^= 1 + random.below(255) as u8;
        let found = look(&sample, &bytes, &format!("flip {number} of byte {at}"));
        let mark = at as u64 >= sample.ends[40];
        assert_eq!(found, mark.then_some(40), "flip {number} of byte {at}");
    }
}

/// A frame that says anything under a right checksum: an error or a graph, no panic.
#[test]
fn a_commit_that_lies_with_a_right_checksum_does_no_harm() {
    let sample = sample(1, 3, false);
    let source: &[u8] = &sample.bytes;
    let id = Sections::read(&source).expect("it is whole").stamp.id;
    let start = sample.ends[0] as usize;
    let payload = start + crate::storage::log::frame::HEADER;
    for at in payload..sample.bytes.len() {
        for byte in [0, 1, 2, 5, 0x7f, 0x80, 0xff] {
            let mut bytes = sample.bytes.clone();
            bytes[at] = byte;
            let mut hasher = crc32fast::Hasher::new();
            hasher.update(&id.to_le_bytes());
            hasher.update(&bytes[start + 4..start + 8]);
            hasher.update(&bytes[start + 12..]);
            bytes[start + 8..start + 12].copy_from_slice(&hasher.finalize().to_le_bytes());
            if let Ok((graph, _)) = load(&bytes.as_slice(), "g", &Watch::default()) {
                dump(&graph);
            }
        }
    }
}

/// What looks like many frames must not take time beyond measure.
#[test]
fn a_tail_full_of_frame_beginnings_is_searched_once() {
    let sample = sample(1, 1, false);
    let mut bytes = sample.bytes.clone();
    for _ in 0..200_000 {
        bytes.extend(crate::storage::log::frame::MAGIC);
        bytes.extend([0xff, 0, 0, 0, 1, 2, 3, 4]);
    }
    let start = std::time::Instant::now();
    assert_eq!(look(&sample, &bytes, "many beginnings"), Some(1));
    assert!(start.elapsed().as_secs() < 20);
}

/// Redundant parts that do not agree, under right checksums, as a defect of kenning would write them.
#[test]
fn parts_that_do_not_agree_are_found_by_the_check() {
    use crate::storage::check::check_graph;
    use crate::storage::encode::{INCOMING, INDEX};
    let whole = super::base::bytes(&super::base::sample());
    assert_eq!(check_graph(&load(&whole.as_slice(), "g", &Watch::default()).expect("it is whole").0), [""; 0]);
    let source: &[u8] = &whole;
    let sections = Sections::read(&source).expect("it is whole");
    let mut found = 0;
    for (number, section) in sections.list.iter().enumerate() {
        // The last bytes of an index are its nodes, those of the incoming relationships their ranks.
        if ![INDEX, INCOMING].contains(&section.kind) || section.length < 10 {
            continue;
        }
        let place = section.offset as usize..(section.offset + section.length) as usize;
        let mut rows = sections.list.clone();
        let mut bytes = whole.clone();
        let at = if section.kind == INDEX { place.end - 4 } else { place.end - 1 };
        bytes[at] ^= 1;
        rows[number].checksum = crc32fast::hash(&bytes[place]);
        let head = crate::storage::container::table(&sections.stamp, &rows, sections.end);
        bytes[..head.len()].copy_from_slice(&head);
        match load(&bytes.as_slice(), "g", &Watch::default()) {
            Ok((graph, _)) => assert!(!check_graph(&graph).is_empty(), "section {number}"),
            // A rank beyond its list is found at once.
            Err(error) => assert!(error.message.contains("rank"), "{}", error.message),
        }
        found += 1;
    }
    assert!(found >= 4);
}
