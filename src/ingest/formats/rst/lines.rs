//! Text → [`Line`]s.

/// A line without its indentation and trailing white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// In the file, counted from 1.
    pub number: usize,
    /// The byte of the file at which the text begins.
    pub start: usize,
    /// In columns; a tab goes on to the next multiple of eight.
    pub indent: usize,
    pub text: &'a str,
}

impl<'a> Line<'a> {
    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// What is left of the line when so many bytes of its text are taken away.
    pub(super) fn after(&self, bytes: usize) -> Line<'a> {
        let rest = &self.text[bytes..];
        let text = rest.trim_start();
        let taken = bytes + rest.len() - text.len();
        Line { start: self.start + taken, indent: self.indent + taken, text, ..*self }
    }
}

pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let mut found = Vec::new();
    for (number, line) in text.split('\n').enumerate() {
        found.push(cut(number + 1, start, line));
        start += line.len() + 1;
    }
    found
}

fn cut(number: usize, start: usize, line: &str) -> Line<'_> {
    let mut indent = 0;
    let mut bytes = 0;
    for c in line.chars().take_while(|c| c.is_whitespace()) {
        indent = if c == '\t' { (indent / 8 + 1) * 8 } else { indent + 1 };
        bytes += c.len_utf8();
    }
    Line { number, start: start + bytes, indent, text: line.trim() }
}

/// The smallest indentation of a line that is not blank.
pub(super) fn base(lines: &[Line]) -> usize {
    lines.iter().filter(|line| !line.is_blank()).map(|line| line.indent).min().unwrap_or(0)
}

/// How many lines from the first one are blank or indented by more than `indent`, without blank ones at the end.
pub(super) fn indented(lines: &[Line], indent: usize) -> usize {
    let inside = lines.iter().take_while(|line| line.is_blank() || line.indent > indent).count();
    inside - lines[..inside].iter().rev().take_while(|line| line.is_blank()).count()
}
