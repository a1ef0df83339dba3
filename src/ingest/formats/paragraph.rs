//! [`ParagraphBuilder`]: pieces of text → a [`Paragraph`], white space folded and places kept.

use crate::glossary::{Paragraph, Reference};

#[derive(Default)]
pub(super) struct ParagraphBuilder {
    paragraph: Paragraph,
    /// White space was read since the last word.
    space: bool,
    /// Paragraphs finished before.
    finished: usize,
}

/// A place in the text being built.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    finished: usize,
    at: usize,
}

impl ParagraphBuilder {
    /// Adds text of which the first character stands on `line` of the file, and each newline begins the next.
    pub(super) fn push(&mut self, text: &str, line: usize) {
        for (number, part) in text.split('\n').enumerate() {
            self.space |= number > 0;
            self.push_line(part, line + number);
        }
    }

    fn push_line(&mut self, text: &str, line: usize) {
        for (number, word) in text.split(char::is_whitespace).enumerate() {
            self.space |= number > 0;
            if word.is_empty() {
                continue;
            }
            if std::mem::take(&mut self.space) && !self.paragraph.text.is_empty() {
                self.paragraph.text.push(' ');
            }
            if self.paragraph.lines.last().is_none_or(|(_, last)| *last != line) {
                self.paragraph.lines.push((self.paragraph.text.len(), line));
            }
            self.paragraph.text.push_str(word);
        }
    }

    /// Where the next text will stand.
    pub(super) fn mark(&self) -> Mark {
        Mark { finished: self.finished, at: self.paragraph.text.len() }
    }

    /// The text pushed since the mark, as far as it stands in this paragraph.
    pub(super) fn since(&self, mark: Mark) -> &str {
        let at = if mark.finished == self.finished { mark.at } else { 0 };
        self.paragraph.text.get(at..).unwrap_or("").trim_start()
    }

    /// The text pushed since the mark refers to the target.
    pub(super) fn refer(&mut self, mark: Mark, target: impl Into<String>) {
        let end = self.paragraph.text.len();
        let start = end - self.since(mark).len();
        let target = target.into();
        if start < end && !target.is_empty() {
            self.paragraph.references.push(Reference { span: start..end, target });
        }
    }

    /// The text so far.
    pub(super) fn text(&self) -> &str {
        &self.paragraph.text
    }

    /// Takes the last so many bytes of the text, which are part of one word, back.
    pub(super) fn take_back(&mut self, bytes: usize) {
        let text = &mut self.paragraph.text;
        text.truncate(text.len() - bytes);
        if text.ends_with(' ') {
            text.pop();
            self.space = true;
        }
        self.paragraph.lines.retain(|(offset, _)| *offset <= self.paragraph.text.len());
        if self.paragraph.text.is_empty() {
            self.paragraph.lines.clear();
        }
    }

    /// The paragraph, unless it is empty; the builder begins the next one.
    pub(super) fn finish(&mut self) -> Option<Paragraph> {
        self.finished += 1;
        self.space = false;
        let paragraph = std::mem::take(&mut self.paragraph);
        (!paragraph.text.is_empty()).then_some(paragraph)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_folds_and_lines_are_kept() {
        let mut builder = ParagraphBuilder::default();
        builder.push("  A lamp\n   for a ", 7);
        let mark = builder.mark();
        builder.push(" light\nhouse", 8);
        builder.refer(mark, "lighthouse");
        builder.push(".\n", 9);
        let paragraph = builder.finish().unwrap();
        assert_eq!(paragraph.text, "A lamp for a light house.");
        assert_eq!(paragraph.lines, [(0, 7), (7, 8), (19, 9)]);
        assert_eq!(&paragraph.text[paragraph.references[0].span.clone()], "light house");
        assert!(builder.finish().is_none());
    }
}
