//! Text → rows of fields.

use std::borrow::Cow;

use memchr::memchr;

use super::blocks::Block;
use super::{Options, Wrong};

/// A field of a row, as a place in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    start: usize,
    end: usize,
    /// It stood in quotes, which are not part of it.
    quoted: bool,
    /// It has doubled quotes.
    doubled: bool,
}

/// The rows of a block, one at a time.
pub(super) struct Rows<'b> {
    text: &'b str,
    at: usize,
    /// The line of the row last read, and where the row begins.
    line: u64,
    next_line: u64,
    row_start: usize,
    delimiter: u8,
    quote: u8,
    pub(super) fields: Vec<Field>,
}

impl<'b> Rows<'b> {
    pub(super) fn new(block: &'b Block, options: &Options) -> Rows<'b> {
        let (delimiter, quote) = (options.delimiter, options.quote);
        let (line, text) = (block.first_line, &*block.text);
        Rows { text, at: 0, line, next_line: line, row_start: 0, delimiter, quote, fields: Vec::new() }
    }

    /// Reads the next row into `fields`; false at the end. Empty lines are passed over.
    pub(super) fn advance(&mut self) -> Result<bool, Wrong> {
        let bytes = self.text.as_bytes();
        while let Some(b'\n' | b'\r') = bytes.get(self.at) {
            self.next_line += u64::from(bytes[self.at] == b'\n');
            self.at += 1;
        }
        self.line = self.next_line;
        self.row_start = self.at;
        self.fields.clear();
        if self.at == bytes.len() {
            return Ok(false);
        }
        loop {
            let field = if bytes.get(self.at) == Some(&self.quote) { self.quoted()? } else { self.plain() };
            self.fields.push(field);
            match bytes.get(self.at) {
                Some(byte) if *byte == self.delimiter => self.at += 1,
                Some(b'\n') => {
                    self.at += 1;
                    self.next_line += 1;
                    return Ok(true);
                }
                Some(b'\r') if matches!(bytes.get(self.at + 1), Some(b'\n') | None) => self.at += 1,
                None => return Ok(true),
                Some(_) => return Err(self.wrong_at(self.at, "there is text after the closing quote")),
            }
            if let Some(b'\n') = bytes.get(self.at)
                && bytes[self.at - 1] == b'\r'
            {
                self.at += 1;
                self.next_line += 1;
                return Ok(true);
            }
        }
    }

    fn plain(&mut self) -> Field {
        let bytes = self.text.as_bytes();
        let start = self.at;
        while let Some(byte) = bytes.get(self.at) {
            if *byte == self.delimiter || *byte == b'\n' {
                break;
            }
            self.at += 1;
        }
        let mut end = self.at;
        // A carriage return before the end of the line belongs to it.
        if end > start && bytes[end - 1] == b'\r' && bytes.get(end) != Some(&self.delimiter) {
            end -= 1;
        }
        Field { start, end, quoted: false, doubled: false }
    }

    fn quoted(&mut self) -> Result<Field, Wrong> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut doubled = false;
        let mut from = start;
        loop {
            let Some(found) = memchr(self.quote, &bytes[from..]) else {
                return Err(self.wrong_at(start - 1, "the quote that opens here is never closed"));
            };
            let end = from + found;
            if bytes.get(end + 1) == Some(&self.quote) {
                doubled = true;
                from = end + 2;
                continue;
            }
            self.next_line += memchr::memchr_iter(b'\n', &bytes[start..end]).count() as u64;
            self.at = end + 1;
            return Ok(Field { start, end, quoted: true, doubled });
        }
    }

    /// The field's text; `None` if it is empty without quotes or missing.
    pub(super) fn get(&self, number: usize) -> Option<Cow<'b, str>> {
        let field = self.fields.get(number)?;
        if field.start == field.end && !field.quoted {
            return None;
        }
        let text = &self.text[field.start..field.end];
        if !field.doubled {
            return Some(Cow::Borrowed(text));
        }
        let quote = char::from(self.quote);
        Some(Cow::Owned(text.replace(&format!("{quote}{quote}"), &quote.to_string())))
    }

    /// Says what is wrong with a field of the row.
    pub(super) fn wrong(&self, field: usize, what: impl Into<String>) -> Wrong {
        let start = self.fields.get(field).map_or(self.row_start, |field| field.start - usize::from(field.quoted));
        self.wrong_at(start, what)
    }

    fn wrong_at(&self, at: usize, what: impl Into<String>) -> Wrong {
        let before = &self.text[self.row_start..at];
        let lines = memchr::memchr_iter(b'\n', before.as_bytes()).count() as u64;
        let in_line = before.rsplit('\n').next().unwrap_or(before);
        Wrong { line: self.line + lines, column: in_line.chars().count() + 1, what: what.into() }
    }
}
