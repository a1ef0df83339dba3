//! [`SourceText`]: a text on its way through a reader, with its lines and the limits of the reading.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use super::super::SourceFile;
use super::super::finding::Place;
use super::columns::Titles;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;
use crate::lines::Lines;

pub(super) struct SourceText<'a> {
    number: usize,
    pub path: Arc<str>,
    /// Lines end in `\n`.
    pub text: &'a str,
    lines: Lines,
    budget: &'a Budget,
    /// What titles of columns and headings mean.
    pub titles: &'a Titles,
    stopped: RefCell<Option<Diagnostic>>,
}

impl<'a> SourceText<'a> {
    pub(super) fn new(number: usize, file: &SourceFile<'a>, titles: &'a Titles, budget: &'a Budget) -> SourceText<'a> {
        let (lines, stopped) = (Lines::new(file.text), RefCell::default());
        SourceText { number, path: file.path.into(), text: file.text, lines, budget, titles, stopped }
    }

    /// Of the file among all that are read.
    pub(super) fn number(&self) -> usize {
        self.number
    }

    /// The line of a byte, counted from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.lines.line(at)
    }

    /// The byte at a line and a column in bytes, both counted from 1.
    pub(super) fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.lines.start(line.clamp(1, self.lines.line(self.text.len()))).unwrap_or(0);
        let at = (start + column.saturating_sub(1)).min(self.text.len());
        (0..=at).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }

    /// Where a finding about these bytes stands.
    pub(super) fn place(&self, bytes: Range<usize>) -> Place {
        Place { file: self.number, start: bytes.start, end: bytes.end }
    }

    /// Whether to read on: readers ask in every loop that grows with the text. Once no, it stays no, and what has been
    /// read counts for nothing.
    pub(super) fn goes_on(&self) -> bool {
        let mut stopped = self.stopped.borrow_mut();
        if stopped.is_none() {
            *stopped = self.budget.tick().err();
        }
        stopped.is_none()
    }

    /// Why the reading stopped, if it did.
    pub(super) fn ended(&self) -> Result<(), Diagnostic> {
        self.stopped.borrow().clone().map_or(Ok(()), Err)
    }
}
