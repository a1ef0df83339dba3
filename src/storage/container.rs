//! The frame of a database file: magic, version, table of sections, sections.
//!
//! ```text
//! "KENNING\n"  version u32  number of sections u32
//! for each section: kind u32, index u32, checksum u32, 0 u32, offset u64, length u64
//! checksum of all of the above u32
//! the sections, one after the other, up to the end of the file
//! ```

use std::io::{self, Seek, SeekFrom, Write};

use super::bytes::Writer;
use super::{Damage, encode};

const MAGIC: &[u8; 8] = b"KENNING\n";
pub(super) const VERSION: u32 = 1;
const HEAD: usize = 16;
const ROW: usize = 32;
const CHECKSUM: usize = 4;

/// Writes sections one by one; the table, whose place is kept free, comes last.
pub(super) struct SectionWriter<'a, W> {
    out: &'a mut W,
    count: usize,
    table: Writer,
    offset: u64,
}

impl<'a, W: Write + Seek> SectionWriter<'a, W> {
    pub(super) fn new(out: &'a mut W, count: usize) -> io::Result<SectionWriter<'a, W>> {
        let head = HEAD + count * ROW + CHECKSUM;
        out.write_all(&vec![0; head])?;
        let mut table = Writer::default();
        table.bytes.extend(MAGIC);
        table.u32(VERSION);
        table.u32(count as u32);
        Ok(SectionWriter { out, count, table, offset: head as u64 })
    }

    pub(super) fn section(&mut self, kind: u32, index: u32, bytes: &[u8]) -> io::Result<()> {
        self.table.u32(kind);
        self.table.u32(index);
        self.table.u32(crc32fast::hash(bytes));
        self.table.u32(0);
        self.table.u64(self.offset);
        self.table.u64(bytes.len() as u64);
        self.offset += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        debug_assert_eq!(self.table.bytes.len(), HEAD + self.count * ROW);
        let checksum = crc32fast::hash(&self.table.bytes);
        self.table.u32(checksum);
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&self.table.bytes)?;
        self.out.seek(SeekFrom::End(0)).map(|_| ())
    }
}

/// A section of a file, its checksum compared.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    pub(super) kind: u32,
    pub(super) index: u32,
    pub(super) bytes: &'a [u8],
}

pub(super) struct Sections<'a> {
    /// In the order of the file.
    pub(super) list: Vec<Section<'a>>,
}

impl<'a> Sections<'a> {
    pub(super) fn read(file: &'a [u8]) -> Result<Sections<'a>, Damage> {
        let wrong = |what: &str| Damage::new("header", what);
        if !file.starts_with(MAGIC) {
            return Err(wrong("this is not a kenning database"));
        }
        let number = |at: usize| Some(u32::from_le_bytes(*file.get(at..)?.first_chunk()?));
        let long = |at: usize| Some(u64::from_le_bytes(*file.get(at..)?.first_chunk()?));
        let too_short = || wrong("the file ends within the table of sections");
        let version = number(8).ok_or_else(too_short)?;
        let count = number(12).ok_or_else(too_short)? as usize;
        let head = HEAD.saturating_add(count.saturating_mul(ROW));
        let checksum = number(head).ok_or_else(too_short)?;
        if crc32fast::hash(&file[..head]) != checksum {
            return Err(wrong("the checksum does not match"));
        }
        // Only now: in a damaged file the number means nothing.
        if version != VERSION {
            return Err(wrong(&format!("this is version {version} of the format, and only {VERSION} is known")));
        }
        let mut list = Vec::with_capacity(count);
        let mut end = (head + CHECKSUM) as u64;
        for at in (HEAD..head).step_by(ROW) {
            let row = || Some((number(at)?, number(at + 4)?, number(at + 8)?, long(at + 16)?, long(at + 24)?));
            let (kind, index, checksum, offset, length) = row().ok_or_else(too_short)?;
            let name = || encode::name(kind, index);
            if offset != end {
                return Err(Damage::new(name(), "it does not follow the one before"));
            }
            let bytes = usize::try_from(offset).ok().zip(usize::try_from(length).ok());
            let bytes = bytes.and_then(|(offset, length)| file.get(offset..offset.checked_add(length)?));
            let Some(bytes) = bytes else { return Err(Damage::new(name(), "the file ends before it does")) };
            if crc32fast::hash(bytes) != checksum {
                return Err(Damage::new(name(), "the checksum does not match"));
            }
            end += length;
            list.push(Section { kind, index, bytes });
        }
        if end != file.len() as u64 {
            return Err(wrong("the file goes on after the last section"));
        }
        Ok(Sections { list })
    }

    /// The only section of a kind.
    pub(super) fn one(&self, kind: u32) -> Result<Section<'a>, Damage> {
        let mut found = self.list.iter().filter(|section| section.kind == kind);
        match (found.next(), found.next()) {
            (Some(section), None) => Ok(*section),
            (None, _) => Err(Damage::new(encode::name(kind, 0), "it is missing")),
            (Some(_), Some(_)) => Err(Damage::new(encode::name(kind, 0), "it is there twice")),
        }
    }
}
