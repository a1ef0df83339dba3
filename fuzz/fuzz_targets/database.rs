//! Any bytes as a database file, and any sections under a right table and right checksums, give a graph that can be
//! looked at, or an error that names the section.
#![no_main]

use kenning::graph::{Direction, Entity};
use kenning::storage;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<u8>, Vec<(u8, u8, Vec<u8>)>)| {
    let (bytes, sections) = input;
    look(&bytes);
    look(&assembled(&sections));
});

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
fn assembled(sections: &[(u8, u8, Vec<u8>)]) -> Vec<u8> {
    let mut file = Vec::from(b"KENNING\n");
    file.extend(2_u32.to_le_bytes());
    file.extend((sections.len() as u32).to_le_bytes());
    let mut offset = (file.len() + 32 * sections.len() + 4) as u64;
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
