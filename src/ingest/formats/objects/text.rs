//! The text of a value → paragraphs, each word with its line, Markdown links as references.

use std::sync::Arc;

use super::super::markdown;
use super::super::paragraph::ParagraphBuilder;
use super::super::source::SourceText;
use super::tree::Tree;
use crate::glossary::Paragraph;

/// The paragraphs of a text, which have blank lines between them.
pub(super) fn paragraphs(value: &Tree, language: Option<&Arc<str>>, file: &SourceText) -> Vec<Paragraph> {
    let Some(text) = value.text() else { return Vec::new() };
    let mut lines = WordLines::new(value, file);
    let parts = text.split("\n\n").filter_map(|part| paragraph(part, &mut lines));
    parts.map(|part| Paragraph { language: language.cloned(), ..part }).collect()
}

fn paragraph(text: &str, lines: &mut WordLines) -> Option<Paragraph> {
    let mut builder = ParagraphBuilder::default();
    let mut rest = text;
    while let Some(link) = Link::next_in(rest) {
        push(&mut builder, &rest[..link.start], lines);
        let mark = builder.mark();
        push(&mut builder, link.words, lines);
        if let Some(target) = markdown::target(link.address) {
            builder.refer(mark, target);
        }
        rest = &rest[link.end..];
    }
    push(&mut builder, rest, lines);
    builder.finish()
}

fn push(builder: &mut ParagraphBuilder, text: &str, lines: &mut WordLines) {
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim();
        let line = lines.next(word);
        builder.push(word, line);
        if word.len() < piece.len() {
            builder.push(" ", line);
        }
    }
}

/// `[words](address)`
struct Link<'a> {
    start: usize,
    words: &'a str,
    address: &'a str,
    end: usize,
}

impl<'a> Link<'a> {
    fn next_in(text: &'a str) -> Option<Link<'a>> {
        let middle = text.find("](")?;
        let start = text[..middle].rfind('[')?;
        let close = middle + text[middle..].find(')')?;
        Some(Link { start, words: &text[start + 1..middle], address: &text[middle + 2..close], end: close + 1 })
    }
}

/// Finds the lines of the words of a value, which the parser joins: each word is looked for behind the one before it.
struct WordLines<'x, 'a> {
    file: &'x SourceText<'a>,
    at: usize,
    /// The last line told.
    line: usize,
    /// A JSON string is on one line.
    is_one_line: bool,
}

impl<'x, 'a> WordLines<'x, 'a> {
    /// A word is not looked for further on than this: escapes can hide it.
    const NEAR: usize = 256;

    fn new(value: &Tree, file: &'x SourceText<'a>) -> WordLines<'x, 'a> {
        let line = value.line(file);
        let start = file.offset(line, 1);
        // The name of the member may hold the first word.
        let first = file.text[start..].lines().next().unwrap_or("");
        let at = start + first.find(": ").map_or(0, |colon| colon + 2);
        WordLines { file, at, line, is_one_line: matches!(value, Tree::Json(_)) }
    }

    fn next(&mut self, word: &str) -> usize {
        if self.is_one_line || word.is_empty() {
            return self.line;
        }
        let most = self.file.text.len().min(self.at + WordLines::NEAR + word.len());
        let end = (self.at..=most).rev().find(|end| self.file.text.is_char_boundary(*end)).unwrap_or(self.at);
        let near = &self.file.text[self.at..end];
        let is_begun = |at: &usize| !near[..*at].ends_with(char::is_alphanumeric);
        if let Some(found) = near.match_indices(word).map(|(at, _)| at).find(is_begun) {
            self.line = self.file.line(self.at + found);
            self.at += found + word.len();
        }
        self.line
    }
}
