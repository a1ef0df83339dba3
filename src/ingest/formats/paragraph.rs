//! [`ParagraphBuilder`]: pieces of text → a [`Paragraph`], white space folded and places kept.

use crate::glossary::{Paragraph, Reference};

#[derive(Default)]
pub(super) struct ParagraphBuilder {
    paragraph: Paragraph,
    /// White space was read since the last word.
    space: bool,
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

    /// Where the next text will stand, for [`ParagraphBuilder::refer`].
    pub(super) fn mark(&self) -> usize {
        self.paragraph.text.len()
    }

    /// The text pushed since the mark refers to the target.
    pub(super) fn refer(&mut self, mark: usize, target: impl Into<String>) {
        let words = &self.paragraph.text[mark..];
        let start = mark + (words.len() - words.trim_start().len());
        let target = target.into();
        if start < self.paragraph.text.len() && !target.is_empty() {
            self.paragraph.references.push(Reference { span: start..self.paragraph.text.len(), target });
        }
    }

    /// The paragraph, unless it is empty; the builder begins the next one.
    pub(super) fn finish(&mut self) -> Option<Paragraph> {
        let paragraph = std::mem::take(self).paragraph;
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
