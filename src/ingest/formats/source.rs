//! [`SourceText`]: a text on its way through a reader, with its lines.

use std::ops::Range;
use std::sync::Arc;

use super::super::SourceFile;
use super::super::finding::{Lines, Place};

pub(super) struct SourceText<'a> {
    /// Of the file among all that are read.
    number: usize,
    pub path: Arc<str>,
    /// Lines end in `\n`.
    pub text: &'a str,
    lines: Lines,
}

impl<'a> SourceText<'a> {
    pub(super) fn new(number: usize, file: &SourceFile<'a>) -> SourceText<'a> {
        SourceText { number, path: file.path.into(), text: file.text, lines: Lines::new(file.text) }
    }

    /// The line of a byte, counted from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.lines.line(at)
    }

    /// Where a finding about these bytes stands.
    pub(super) fn place(&self, bytes: Range<usize>) -> Place {
        Place { file: self.number, start: bytes.start, end: bytes.end }
    }
}
