//! Streams → blocks of whole rows.

use std::io::{self, Read};

use memchr::{memchr, memrchr};

use super::{FileGroup, Options};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::limits::LONGEST_ROW;

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
        let mut rows = RowEnds::default();
        loop {
            let Some(reader) = &mut self.reader else { return Ok(None) };
            bytes.reserve(BLOCK + 1);
            let read = reader.by_ref().take(BLOCK as u64).read_to_end(&mut bytes);
            let read = read.map_err(|error| failed(&self.files[file], &error))?;
            self.bytes += read as u64;
            let at_end = read < BLOCK;
            let whole = if at_end { bytes.len() } else { rows.last_in(&bytes, self.options) };
            if at_end {
                self.reader = None;
            }
            if whole == 0 && !at_end {
                if bytes.len() > LONGEST_ROW {
                    return Err(endless(&self.files[file]));
                }
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

/// Looks for the ends of rows in bytes that grow: what was looked at once is not looked at again, however long a row is.
struct RowEnds {
    /// Where the last row that is surely whole ends.
    end: usize,
    /// What comes next, and whether it is in quotes or where a field begins.
    at: usize,
    quoted: bool,
    at_start: bool,
}

impl Default for RowEnds {
    fn default() -> RowEnds {
        RowEnds { end: 0, at: 0, quoted: false, at_start: true }
    }
}

impl RowEnds {
    fn last_in(&mut self, bytes: &[u8], options: &Options) -> usize {
        if self.at == 0 && memchr(options.quote, bytes).is_none() {
            let last = memrchr(b'\n', bytes);
            self.end = last.map_or(0, |newline| newline + 1);
            self.at = bytes.len();
            self.at_start = matches!(bytes.last(), None | Some(b'\n')) || bytes.last() == Some(&options.delimiter);
            return self.end;
        }
        // A line end in quotes ends no row, and a quote opens only where a field begins.
        while self.at < bytes.len() {
            if self.quoted {
                let Some(length) = memchr(options.quote, &bytes[self.at..]) else {
                    self.at = bytes.len();
                    break;
                };
                self.at += length + 1;
                self.quoted = false;
                // A doubled quote opens again at once.
                self.at_start = true;
                continue;
            }
            let byte = bytes[self.at];
            self.at += 1;
            if byte == options.quote && self.at_start {
                self.quoted = true;
            } else {
                self.at_start = byte == options.delimiter || byte == b'\n';
                if byte == b'\n' {
                    self.end = self.at;
                }
            }
        }
        self.end
    }
}

fn endless(name: &str) -> Diagnostic {
    let message = format!("{name}: a row is longer than {} MiB: perhaps a quote is never closed", LONGEST_ROW >> 20);
    let error = Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message);
    error.help("`--quote` says which character stands around fields; nothing was written")
}

fn failed(name: &str, error: &io::Error) -> Diagnostic {
    let detail = match error.kind() {
        io::ErrorKind::NotFound => Detail::MissingFile,
        _ => Detail::CorruptFile,
    };
    Diagnostic::runtime(Kind::IoError, detail, format!("{name}: {error}")).help("nothing was written")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_end_where_they_do_however_the_bytes_come() {
        let options = Options::default();
        for text in ["a,b\nc", "a,\"b\nc\"\nd,\"e", "\"a\"\"\n\"\n\"", "\n\n", "a\"b\n\"c\nd\"\n", "a,\"\n", ""] {
            let bytes = text.as_bytes();
            let at_once = RowEnds::default().last_in(bytes, &options);
            for cut in 0..=bytes.len() {
                let mut rows = RowEnds::default();
                rows.last_in(&bytes[..cut], &options);
                assert_eq!(rows.last_in(bytes, &options), at_once, "{text:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_the_reading() {
        let open = |_: &str| -> io::Result<Box<dyn Read + Send>> {
            Ok(Box::new(io::Read::chain(&b"id:ID,n\n1,\""[..], io::repeat(b'x').take(LONGEST_ROW as u64 + (2 << 20)))))
        };
        let (options, group) = (Options::default(), FileGroup::parse("A=p.csv").expect("it is a group"));
        let mut blocks = Group::new(&group, &options, &open);
        assert!(blocks.next().expect("the header is a row").is_some());
        let error = blocks.next().err().expect("the row is too long");
        assert_eq!(error.message, "p.csv: a row is longer than 64 MiB: perhaps a quote is never closed");
    }
}
