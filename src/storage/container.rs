//! The container of a database file: magic, version, stamp, table of sections, sections; then the log.
//!
//! ```text
//! "KENNING\n"  version u32  number of sections u32
//! since version 3: id u128, sequence u64, time of the checkpoint u64, time of the last commit u64, end u64
//! for each section: kind u32, index u32, checksum u32, 0 u32, offset u64, length u64
//! checksum of all of the above u32
//! the sections, one after the other
//! the log, from `end` to the end of the file; version 2 has none
//! ```
//!
//! What comes before the log is the base. It never changes in place: a checkpoint writes a new file.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::bytes::{Reader, Writer};
use super::place::{Source, Target};
use super::{Damage, encode};

pub(super) const MAGIC: &[u8; 8] = b"KENNING\n";
pub(super) const VERSION: u32 = 3;
/// The version without log and stamp. It is read, and carried over at the first write.
pub(super) const WITHOUT_LOG: u32 = 2;
const HEAD: usize = 16;
const STAMP: usize = 48;
const ROW: usize = 32;
const CHECKSUM: usize = 4;
/// Files of fewer bytes are not worth a thread.
const WORTH_A_THREAD: u64 = 1 << 20;

/// What state of which database a base holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Random; stays with the database through checkpoints.
    pub(super) id: u128,
    /// The last commit that the base contains.
    pub(super) sequence: u64,
    /// When the base was written, in milliseconds since 1970.
    pub(super) checkpoint: u64,
    /// When the last commit that the base contains was made; 0: there was none.
    pub(super) last_commit: u64,
}

/// A section to be written.
pub(super) struct Draft<'a> {
    pub(super) kind: u32,
    pub(super) index: u32,
    pub(super) content: Writer<'a>,
}

/// Writes the sections in parallel, and at last the table. Returns the length of the base.
pub(super) fn write(out: &dyn Target, stamp: &Stamp, sections: &[Draft]) -> io::Result<u64> {
    let mut end = head_length(VERSION, sections.len()) as u64;
    let mut places = Vec::with_capacity(sections.len());
    for section in sections {
        let length = section.content.length() as u64;
        places.push((end, length));
        end += length;
    }
    let checksums = side_by_side(&places, end, |number| sections[number].content.write(out, places[number].0));
    let mut rows = Vec::with_capacity(sections.len());
    for ((section, (offset, length)), checksum) in sections.iter().zip(&places).zip(checksums) {
        let (kind, index) = (section.kind, section.index);
        rows.push(Section { kind, index, checksum: checksum?, offset: *offset, length: *length });
    }
    out.write_at(0, &table(stamp, &rows, end))?;
    Ok(end)
}

/// The stamp of a file as it is now, without looking at the rest; `None` if it has none.
pub(super) fn current_stamp(source: &dyn Source) -> io::Result<Option<Stamp>> {
    let mut start = [0; HEAD + STAMP];
    source.read_at(0, &mut start)?;
    let stamped = start.starts_with(MAGIC) && number(&start, 8) == Some(VERSION);
    Ok(stamped.then(|| stamp(&start).0))
}

/// Where the sections begin.
pub(super) fn head_length(version: u32, sections: usize) -> usize {
    let stamp = if version == WITHOUT_LOG { 0 } else { STAMP };
    HEAD.saturating_add(stamp).saturating_add(sections.saturating_mul(ROW)).saturating_add(CHECKSUM)
}

/// The bytes before the sections.
pub(super) fn table(stamp: &Stamp, rows: &[Section], end: u64) -> Vec<u8> {
    let mut table = Vec::with_capacity(head_length(VERSION, rows.len()));
    table.extend(MAGIC);
    table.extend(VERSION.to_le_bytes());
    table.extend((rows.len() as u32).to_le_bytes());
    table.extend(stamp.id.to_le_bytes());
    table.extend([stamp.sequence, stamp.checkpoint, stamp.last_commit, end].into_iter().flat_map(u64::to_le_bytes));
    for row in rows {
        table.extend([row.kind, row.index, row.checksum, 0].into_iter().flat_map(u32::to_le_bytes));
        table.extend([row.offset, row.length].into_iter().flat_map(u64::to_le_bytes));
    }
    let checksum = crc32fast::hash(&table);
    table.extend(checksum.to_le_bytes());
    table
}

/// Does something with each section, on all processors if there is enough to do, and gives what came of it in the order
/// of the sections. The longest come first, so that none is left to one processor at the end.
pub(super) fn side_by_side<T: Send>(places: &[(u64, u64)], bytes: u64, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = if bytes < WORTH_A_THREAD { 1 } else { crate::limits::cores() };
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|number| std::cmp::Reverse(places[*number].1));
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::default();
    let run = || {
        while let Some(number) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            let item = work(*number);
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((*number, item));
        }
    };
    std::thread::scope(|scope| {
        (1..threads).for_each(|_| _ = scope.spawn(run));
        run();
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, item)| item).collect()
}

/// A section of a file.
#[derive(Clone, Copy)]
pub(super) struct Section {
    pub(super) kind: u32,
    pub(super) index: u32,
    pub(super) checksum: u32,
    pub(super) offset: u64,
    pub(super) length: u64,
}

pub(super) struct Sections<'a> {
    source: &'a dyn Source,
    pub(super) version: u32,
    pub(super) stamp: Stamp,
    /// Where the log begins.
    pub(super) end: u64,
    /// In the order of the file.
    pub(super) list: Vec<Section>,
}

impl<'a> Sections<'a> {
    /// Reads the table and compares it with the length of the file.
    pub(super) fn read(source: &'a dyn Source) -> Result<Sections<'a>, Damage> {
        let wrong = |what: &str| Damage::new("header", what);
        let unreadable = |error: io::Error| Damage::unreadable("header", &error);
        let too_short = || wrong("the file ends within the table of sections");
        let file_length = source.length().map_err(unreadable)?;
        let fetch = |length: usize| -> Result<Vec<u8>, Damage> {
            let mut bytes = vec![0; length];
            source.read_at(0, &mut bytes).map_err(unreadable)?;
            Ok(bytes)
        };
        let start = fetch(file_length.min(HEAD as u64) as usize)?;
        if !start.starts_with(MAGIC) {
            return Err(wrong("this is not a kenning database"));
        }
        let (version, count) = (number(&start, 8), number(&start, 12));
        let (Some(version), Some(count)) = (version, count) else { return Err(too_short()) };
        // The version decides where the table ends, so a damaged one is found by the checksum: try both places.
        let of_version = |version: u32| -> Result<Option<Vec<u8>>, Damage> {
            let length = head_length(version, count as usize);
            if length as u64 > file_length {
                return Ok(None);
            }
            let mut table = fetch(length)?;
            let whole = Some(crc32fast::hash(&table[..length - CHECKSUM])) == number(&table, length - CHECKSUM);
            table.truncate(length - CHECKSUM);
            Ok(whole.then_some(table))
        };
        let table = match of_version(VERSION)? {
            Some(table) => Some(table),
            None => of_version(WITHOUT_LOG)?,
        };
        let Some(table) = table else {
            let known = [VERSION, WITHOUT_LOG].contains(&version);
            let short = known && (head_length(version, count as usize) as u64) > file_length;
            return Err(if short { too_short() } else { wrong("the checksum does not match") });
        };
        if version != VERSION && version != WITHOUT_LOG {
            let known = format!("only {WITHOUT_LOG} and {VERSION} are known");
            return Err(wrong(&format!("this is version {version} of the format, and {known}")));
        }
        if table.len() + CHECKSUM != head_length(version, count as usize) {
            return Err(wrong("the checksum does not match"));
        }
        let (stamp, base_end, rows) = match version {
            WITHOUT_LOG => (Stamp::default(), None, &table[HEAD..]),
            _ => {
                let (stamp, end) = stamp(&table);
                (stamp, Some(end), &table[HEAD + STAMP..])
            }
        };
        let mut list = Vec::with_capacity(count as usize);
        let mut end = head_length(version, count as usize) as u64;
        for row in rows.as_chunks::<ROW>().0 {
            let word = |at: usize| number(row, at).unwrap_or_default();
            let section = Section {
                kind: word(0),
                index: word(4),
                checksum: word(8),
                offset: long(row, 16),
                length: long(row, 24),
            };
            if section.offset != end {
                return Err(Damage::new(section.name(), "it does not follow the one before"));
            }
            end = match end.checked_add(section.length) {
                Some(end) if end <= file_length => end,
                _ => return Err(Damage::new(section.name(), "the file ends before it does")),
            };
            list.push(section);
        }
        match base_end {
            None if end != file_length => return Err(wrong("the file goes on after the last section")),
            Some(base_end) if base_end != end => return Err(wrong("the log does not follow the last section")),
            _ => {}
        }
        Ok(Sections { source, version, stamp, end, list })
    }

    /// Compares the checksums of all sections.
    pub(super) fn verify(&self) -> Result<(), Damage> {
        self.open_all(&self.list, |_, reader| reader.skip()).map(|_| ())
    }

    /// Reads a section whole and compares its checksum.
    pub(super) fn open<T>(
        &self,
        section: &Section,
        read: impl FnOnce(&mut Reader) -> Result<T, Damage>,
    ) -> Result<T, Damage> {
        let mut reader = Reader::new(section.name(), self.source, section.offset, section.length);
        let item = read(&mut reader);
        reader.finish(section.checksum, item)
    }

    /// Reads the sections side by side; of several errors, the first in the order of the file counts.
    pub(super) fn open_all<T: Send>(
        &self,
        sections: &[Section],
        read: impl Fn(&Section, &mut Reader) -> Result<T, Damage> + Sync,
    ) -> Result<Vec<T>, Damage> {
        let places: Vec<(u64, u64)> = sections.iter().map(|section| (section.offset, section.length)).collect();
        let bytes = places.iter().map(|(_, length)| length).sum();
        let open = |number: usize| {
            let section = &sections[number];
            self.open(section, |reader| read(section, reader))
        };
        side_by_side(&places, bytes, open).into_iter().collect()
    }

    /// The only section of some kinds with the same name.
    pub(super) fn one(&self, kinds: &[u32]) -> Result<Section, Damage> {
        let name = || encode::name(kinds.first().copied().unwrap_or_default(), 0);
        let mut found = self.list.iter().filter(|section| kinds.contains(&section.kind));
        match (found.next(), found.next()) {
            (Some(section), None) => Ok(*section),
            (None, _) => Err(Damage::new(name(), "it is missing")),
            (Some(_), Some(_)) => Err(Damage::new(name(), "it is there twice")),
        }
    }
}

impl Section {
    /// What it is called before the names are known.
    fn name(&self) -> String {
        encode::name(self.kind, self.index)
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    let word = |at: usize| u64::from(number(bytes, at).unwrap_or_default());
    word(at) | word(at + 4) << 32
}

fn stamp(table: &[u8]) -> (Stamp, u64) {
    let id = u128::from(long(table, 16)) | u128::from(long(table, 24)) << 64;
    let [sequence, checkpoint, last_commit, end] = [32, 40, 48, 56].map(|at| long(table, at));
    (Stamp { id, sequence, checkpoint, last_commit }, end)
}
