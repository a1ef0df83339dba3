//! The frame of a database file: magic, version, table of sections, sections.
//!
//! ```text
//! "KENNING\n"  version u32  number of sections u32
//! for each section: kind u32, index u32, checksum u32, 0 u32, offset u64, length u64
//! checksum of all of the above u32
//! the sections, one after the other, up to the end of the file
//! ```

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::bytes::{Reader, Writer};
use super::place::{Source, Target};
use super::{Damage, encode};

const MAGIC: &[u8; 8] = b"KENNING\n";
pub(super) const VERSION: u32 = 2;
const HEAD: usize = 16;
const ROW: usize = 32;
const CHECKSUM: usize = 4;
/// Files of fewer bytes are not worth a thread.
const WORTH_A_THREAD: u64 = 1 << 20;

/// A section to be written.
pub(super) struct Draft<'a> {
    pub(super) kind: u32,
    pub(super) index: u32,
    pub(super) content: Writer<'a>,
}

/// Writes the sections side by side, and at last the table.
pub(super) fn write(out: &dyn Target, sections: &[Draft]) -> io::Result<()> {
    let head = HEAD + sections.len() * ROW + CHECKSUM;
    let mut end = head as u64;
    let mut places = Vec::with_capacity(sections.len());
    for section in sections {
        let length = section.content.length() as u64;
        places.push((end, length));
        end += length;
    }
    let checksums = side_by_side(&places, end, |number| sections[number].content.write(out, places[number].0));
    let mut table = Vec::with_capacity(head);
    table.extend(MAGIC);
    table.extend(VERSION.to_le_bytes());
    table.extend((sections.len() as u32).to_le_bytes());
    for ((section, (offset, length)), checksum) in sections.iter().zip(&places).zip(checksums) {
        table.extend([section.kind, section.index, checksum?, 0].into_iter().flat_map(u32::to_le_bytes));
        table.extend([*offset, *length].into_iter().flat_map(u64::to_le_bytes));
    }
    let checksum = crc32fast::hash(&table);
    table.extend(checksum.to_le_bytes());
    out.write_at(0, &table)
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
    /// In the order of the file.
    pub(super) list: Vec<Section>,
}

impl<'a> Sections<'a> {
    /// Reads the table and compares it with the length of the file.
    pub(super) fn read(source: &'a dyn Source) -> Result<Sections<'a>, Damage> {
        let wrong = |what: &str| Damage::new("header", what);
        let unreadable = |error: io::Error| Damage::new("header", error.to_string());
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
        let number = |bytes: &[u8], at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
        let count = number(&start, 12).ok_or_else(too_short)? as usize;
        let head = HEAD.saturating_add(count.saturating_mul(ROW));
        if file_length < head.saturating_add(CHECKSUM) as u64 {
            return Err(too_short());
        }
        let table = fetch(head + CHECKSUM)?;
        if Some(crc32fast::hash(&table[..head])) != number(&table, head) {
            return Err(wrong("the checksum does not match"));
        }
        // Only now: in a damaged file the number means nothing.
        match number(&table, 8) {
            Some(VERSION) => {}
            version => {
                let version = version.unwrap_or_default();
                return Err(wrong(&format!("this is version {version} of the format, and only {VERSION} is known")));
            }
        }
        let mut list = Vec::with_capacity(count);
        let mut end = (head + CHECKSUM) as u64;
        for row in table[HEAD..head].as_chunks::<ROW>().0 {
            let word = |at: usize| number(row, at).unwrap_or_default();
            let long = |at: usize| u64::from(word(at)) | u64::from(word(at + 4)) << 32;
            let section =
                Section { kind: word(0), index: word(4), checksum: word(8), offset: long(16), length: long(24) };
            if section.offset != end {
                return Err(Damage::new(section.name(), "it does not follow the one before"));
            }
            end = match end.checked_add(section.length) {
                Some(end) if end <= file_length => end,
                _ => return Err(Damage::new(section.name(), "the file ends before it does")),
            };
            list.push(section);
        }
        if end != file_length {
            return Err(wrong("the file goes on after the last section"));
        }
        Ok(Sections { source, list })
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

    /// The only section of a kind.
    pub(super) fn one(&self, kind: u32) -> Result<Section, Damage> {
        let mut found = self.list.iter().filter(|section| section.kind == kind);
        match (found.next(), found.next()) {
            (Some(section), None) => Ok(*section),
            (None, _) => Err(Damage::new(encode::name(kind, 0), "it is missing")),
            (Some(_), Some(_)) => Err(Damage::new(encode::name(kind, 0), "it is there twice")),
        }
    }
}

impl Section {
    /// What it is called before the names are known.
    fn name(&self) -> String {
        encode::name(self.kind, self.index)
    }
}
