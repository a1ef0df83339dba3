//! Streams → blocks of whole rows.

use std::io::{self, Read};

use memchr::{memchr, memrchr};

use super::{FileGroup, Options};
use crate::diagnostic::{Detail, Diagnostic, Kind};

/// How much is read at a time: enough to keep a core busy for milliseconds, little enough to lie in the cache.
const BLOCK: usize = 1 << 20;

/// Whole rows of a file.
pub(super) struct Block {
    /// The file's number in its group.
    pub(super) file: usize,
    pub(super) bytes: Vec<u8>,
    /// Where the rows begin that have not been read: after the header.
    pub(super) start: usize,
    /// How many lines stand before, within the block.
    pub(super) lines_before: u64,
}

type Open<'a> = &'a (dyn Fn(&str) -> io::Result<Box<dyn Read + Send>> + Sync);

/// The files of a group, one after the other.
pub(super) struct Group<'a> {
    files: &'a [String],
    options: &'a Options,
    open: Open<'a>,
    /// The number of the file to be opened next.
    next_file: usize,
    reader: Option<Box<dyn Read + Send>>,
    /// What was read beyond the last whole row.
    rest: Vec<u8>,
    /// A block that was looked at and put back.
    ready: Option<Block>,
    /// How many bytes were read.
    pub(super) bytes: u64,
}

impl<'a> Group<'a> {
    pub(super) fn new(group: &'a FileGroup, options: &'a Options, open: Open<'a>) -> Group<'a> {
        Group {
            files: &group.files,
            options,
            open,
            next_file: 0,
            reader: None,
            rest: Vec::new(),
            ready: None,
            bytes: 0,
        }
    }

    pub(super) fn names(&self) -> &'a [String] {
        self.files
    }

    pub(super) fn put_back(&mut self, block: Block) {
        self.ready = Some(block);
    }

    /// The next whole rows; `None` after the last file.
    pub(super) fn next(&mut self) -> Result<Option<Block>, Diagnostic> {
        if let Some(block) = self.ready.take() {
            return Ok(Some(block));
        }
        loop {
            if self.reader.is_none() {
                let Some(name) = self.files.get(self.next_file) else { return Ok(None) };
                self.reader = Some((self.open)(name).map_err(|error| failed(name, &error))?);
                self.next_file += 1;
            }
            if let Some(block) = self.read()? {
                return Ok(Some(block));
            }
        }
    }

    /// The next whole rows of the open file; `None` at its end.
    fn read(&mut self) -> Result<Option<Block>, Diagnostic> {
        let file = self.next_file - 1;
        let mut bytes = std::mem::take(&mut self.rest);
        loop {
            let Some(reader) = &mut self.reader else { return Ok(None) };
            bytes.reserve(BLOCK + 1);
            let read = reader.by_ref().take(BLOCK as u64).read_to_end(&mut bytes);
            let read = read.map_err(|error| failed(&self.files[file], &error))?;
            self.bytes += read as u64;
            let at_end = read < BLOCK;
            let whole = if at_end { bytes.len() } else { end_of_rows(&bytes, self.options) };
            if at_end {
                self.reader = None;
            }
            if whole == 0 && !at_end {
                continue;
            }
            self.rest = bytes.split_off(whole);
            if bytes.is_empty() {
                return Ok(None);
            }
            return Ok(Some(Block { file, bytes, start: 0, lines_before: 0 }));
        }
    }
}

/// Where the last row that is surely whole ends.
fn end_of_rows(bytes: &[u8], options: &Options) -> usize {
    if memchr(options.quote, bytes).is_none() {
        return memrchr(b'\n', bytes).map_or(0, |newline| newline + 1);
    }
    // A line end in quotes ends no row, and a quote opens only where a field begins.
    let (mut end, mut quoted, mut at_start) = (0, false, true);
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if quoted {
            quoted = byte != options.quote;
            // A doubled quote opens again at once.
            at_start = !quoted;
        } else if byte == options.quote && at_start {
            quoted = true;
        } else {
            at_start = byte == options.delimiter || byte == b'\n';
            if byte == b'\n' {
                end = at + 1;
            }
        }
        at += 1;
    }
    end
}

fn failed(name: &str, error: &io::Error) -> Diagnostic {
    let detail = match error.kind() {
        io::ErrorKind::NotFound => Detail::MissingFile,
        _ => Detail::CorruptFile,
    };
    Diagnostic::runtime(Kind::IoError, detail, format!("{name}: {error}")).help("nothing was written")
}
