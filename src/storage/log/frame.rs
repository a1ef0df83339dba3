//! The bytes of a frame.
//!
//! ```text
//! magic u32  length of the payload u32  checksum u32
//! first sequence u64  number of commits u32  durable sequence u64  time u64
//! payload: for each commit its length as a varint, and its changes
//! ```
//!
//! The checksum covers everything but the magic and itself, and the database's id: a frame of another database, in a
//! property for instance, is none of this log. A frame without commits only says what is durable.

use super::changes::{Cursor, varint};
use crate::storage::Damage;

pub(in crate::storage) const MAGIC: [u8; 4] = [0xf3, b'K', b'L', 0x1a];
pub(in crate::storage) const HEADER: usize = 40;

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::storage) struct Frame {
    pub(in crate::storage) length: u32,
    checksum: u32,
    /// The sequence number of its first commit; without commits, of the next one.
    pub(in crate::storage) first: u64,
    pub(in crate::storage) count: u32,
    /// The last commit that was known to be durable when the frame was written.
    pub(in crate::storage) durable: u64,
    /// When it was written, in milliseconds since 1970.
    pub(in crate::storage) time: u64,
}

impl Frame {
    /// `None`: no frame begins with these bytes.
    pub(in crate::storage) fn parse(header: &[u8]) -> Option<Frame> {
        let header = header.first_chunk::<HEADER>()?;
        let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let long = |at: usize| u64::from(word(at)) | u64::from(word(at + 4)) << 32;
        let frame = Frame {
            length: word(4),
            checksum: word(8),
            first: long(12),
            count: word(20),
            durable: long(24),
            time: long(32),
        };
        let sensible = frame.first.checked_add(u64::from(frame.count)).is_some() && frame.durable < frame.first;
        (header.starts_with(&MAGIC) && sensible).then_some(frame)
    }

    /// The number of bytes that it takes with its header.
    pub(in crate::storage) fn size(&self) -> u64 {
        HEADER as u64 + u64::from(self.length)
    }

    /// The sequence number after its last commit.
    pub(in crate::storage) fn next(&self) -> u64 {
        self.first + u64::from(self.count)
    }

    /// Whether the checksum is that of the frame's bytes.
    pub(in crate::storage) fn is_whole(&self, id: u128, bytes: &[u8]) -> bool {
        bytes.len() as u64 == self.size() && checksum(id, bytes) == self.checksum
    }
}

fn checksum(id: u128, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&id.to_le_bytes());
    hasher.update(&bytes[4..8]);
    hasher.update(&bytes[12..]);
    hasher.finalize()
}

/// Makes a frame of commits. `None`: they are too large for one frame.
pub(in crate::storage) fn seal<C: AsRef<[u8]>>(
    id: u128,
    first: u64,
    durable: u64,
    time: u64,
    commits: &[C],
) -> Option<Vec<u8>> {
    let payload: usize = commits.iter().map(|commit| commit.as_ref().len() + 10).sum();
    let mut bytes = Vec::with_capacity(HEADER + payload);
    bytes.resize(HEADER, 0);
    for commit in commits {
        varint(&mut bytes, commit.as_ref().len() as u64);
        bytes.extend(commit.as_ref());
    }
    let length = u32::try_from(bytes.len() - HEADER).ok()?;
    bytes[..4].copy_from_slice(&MAGIC);
    bytes[4..8].copy_from_slice(&length.to_le_bytes());
    bytes[12..20].copy_from_slice(&first.to_le_bytes());
    bytes[20..24].copy_from_slice(&u32::try_from(commits.len()).ok()?.to_le_bytes());
    bytes[24..32].copy_from_slice(&durable.to_le_bytes());
    bytes[32..40].copy_from_slice(&time.to_le_bytes());
    let checksum = checksum(id, &bytes);
    bytes[8..12].copy_from_slice(&checksum.to_le_bytes());
    Some(bytes)
}

/// The commits of a payload, each as its bytes.
pub(in crate::storage) fn commits(payload: &[u8], count: u32) -> Result<Vec<&[u8]>, Damage> {
    let wrong = || Err(Damage::new("log", "the commits do not fit their frame"));
    if count as usize > payload.len() {
        return wrong();
    }
    let mut from = Cursor::new(payload);
    let mut commits = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let length = from.varint()?;
        commits.push(from.bytes(usize::try_from(length).unwrap_or(usize::MAX))?);
    }
    if from.rest.is_empty() { Ok(commits) } else { wrong() }
}
