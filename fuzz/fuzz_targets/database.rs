//! Any bytes as a database file, any sections under a right table and right checksums, and any commits in a log with
//! right checksums give a graph that can be looked at, or an error that names the section.
#![no_main]

use kenning::graph::{Direction, Entity};
use kenning::storage;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<u8>, Vec<(u8, u8, Vec<u8>)>, Vec<Vec<u8>>)| {
    let (bytes, sections, commits) = input;
    look(&bytes);
    look(&assembled(&sections, 2));
    look(&assembled(&sections, 3));
    look(&[EMPTY, &log(&commits)].concat());
});

/// An empty database with the id 0.
static EMPTY: &[u8] = include_bytes!("empty.kenning");

/// A frame a commit.
fn log(commits: &[Vec<u8>]) -> Vec<u8> {
    let mut log = Vec::new();
    for (number, commit) in (0_u64..).zip(commits) {
        let mut payload = Vec::new();
        let mut length = commit.len();
        while length >= 0x80 {
            payload.push(length as u8 | 0x80);
            length >>= 7;
        }
        payload.push(length as u8);
        payload.extend(commit);
        let mut rest = Vec::from((number + 1).to_le_bytes());
        rest.extend(1_u32.to_le_bytes());
        rest.extend([number, 0].into_iter().flat_map(u64::to_le_bytes));
        rest.extend(&payload);
        let length = (payload.len() as u32).to_le_bytes();
        log.extend([0xf3, b'K', b'L', 0x1a]);
        log.extend(length);
        log.extend(checksum(&[&[0; 16][..], &length[..], &rest[..]].concat()).to_le_bytes());
        log.extend(rest);
    }
    log
}

fn look(bytes: &[u8]) {
    let graph = match storage::open_bytes(bytes, "g") {
        Ok(graph) => graph,
        Err(error) => return assert!(error.message.starts_with("g: section `"), "{}", error.message),
    };
    for node in graph.nodes() {
        graph.properties(node);
        graph.node_labels(node);
        for adjacent in graph.adjacent(node, Direction::Both, None) {
            graph.relationship(adjacent.relationship);
            graph.properties(Entity::Relationship(adjacent.relationship));
        }
    }
}

/// A file of these sections: kind, index and content.
fn assembled(sections: &[(u8, u8, Vec<u8>)], version: u32) -> Vec<u8> {
    let mut file = Vec::from(b"KENNING\n");
    file.extend(version.to_le_bytes());
    file.extend((sections.len() as u32).to_le_bytes());
    let stamp = if version == 2 { 0 } else { 48 };
    let mut offset = (file.len() + stamp + 32 * sections.len() + 4) as u64;
    if version == 3 {
        let end = offset + sections.iter().map(|(_, _, content)| content.len() as u64).sum::<u64>();
        file.extend([0; 40]);
        file.extend(end.to_le_bytes());
    }
    for (kind, index, content) in sections {
        let head = [u32::from(*kind), u32::from(*index), checksum(content), 0];
        file.extend(head.into_iter().flat_map(u32::to_le_bytes));
        file.extend([offset, content.len() as u64].into_iter().flat_map(u64::to_le_bytes));
        offset += content.len() as u64;
    }
    file.extend(checksum(&file).to_le_bytes());
    sections.iter().for_each(|(_, _, content)| file.extend(content));
    file
}

/// CRC-32 as of IEEE 802.3, bit by bit.
fn checksum(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(u32::MAX, step)
}
