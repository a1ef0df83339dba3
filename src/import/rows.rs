//! Text → rows of fields.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memrchr};

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
    /// The rows of the block that have not been read.
    pub(super) fn new(block: &'b Block, options: &Options) -> Result<Rows<'b>, Wrong> {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        let (delimiter, quote) = (options.delimiter, options.quote);
        let text = std::str::from_utf8(&block.bytes).map_err(|error| {
            let at = error.valid_up_to();
            let before = &block.bytes[..at];
            let line = memchr_iter(b'\n', before).count() as u64 + 1;
            let column = at - memrchr(b'\n', before).map_or(0, |newline| newline + 1) + 1;
            Wrong { line, column, what: "this is not UTF-8".into() }
        })?;
        let at_mark = block.start == 0 && block.bytes.starts_with(MARK);
        let at = if at_mark { MARK.len() } else { block.start };
        let line = block.lines_before + 1;
        Ok(Rows { text, at, line, next_line: line, row_start: at, delimiter, quote, fields: Vec::new() })
    }

    /// How many lines of the block have been read.
    pub(super) fn lines(&self) -> u64 {
        self.next_line - 1
    }

    /// Where the next row begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Reads a row that holds two numbers and nothing else, written as numbers are printed; otherwise reads nothing.
    pub(super) fn two_numbers(&mut self) -> Option<[i64; 2]> {
        let bytes = self.text.as_bytes();
        let (first, at) = number(bytes, self.at)?;
        if bytes.get(at) != Some(&self.delimiter) {
            return None;
        }
        let (second, at) = number(bytes, at + 1)?;
        let end = match bytes.get(at..at + 2) {
            Some([b'\n', _]) => at + 1,
            Some(b"\r\n") => at + 2,
            _ => return None,
        };
        self.line = self.next_line;
        self.row_start = self.at;
        self.next_line += 1;
        self.at = end;
        Some([first, second])
    }

    /// Reads the row that was read last once more.
    pub(super) fn step_back(&mut self) {
        self.at = self.row_start;
        self.next_line = self.line;
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
            self.next_line += memchr_iter(b'\n', &bytes[start..end]).count() as u64;
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
        let lines = memchr_iter(b'\n', before.as_bytes()).count() as u64;
        let in_line = before.rsplit('\n').next().unwrap_or(before);
        Wrong { line: self.line + lines, column: in_line.chars().count() + 1, what: what.into() }
    }
}

/// The number that stands there, and where it ends; `None` if it has leading zeros or more than eighteen digits.
fn number(bytes: &[u8], start: usize) -> Option<(i64, usize)> {
    let (mut value, mut at) = (0_i64, start);
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
        at += 1;
    }
    let plain = (1..=18).contains(&(at - start)) && (bytes[start] != b'0' || at == start + 1);
    plain.then_some((value, at))
}
