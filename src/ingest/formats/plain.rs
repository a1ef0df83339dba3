//! Plain text: paragraphs with blank lines between, a headword and then its definition.
//!
//! A paragraph is a headword if it is one short line that does not end as a sentence does; one right below a headword
//! is its definition all the same. A definition that no headword stands above begins an entry that has none (texts
//! copied from web pages lose theirs): the first of the text, one after two blank lines, one after another such.
//! Where the lines of a paragraph are indented below the first one, that one is the headword.

use super::super::check::reading;
use super::super::finding::Findings;
use super::paragraph::ParagraphBuilder;
use super::source::SourceText;
use super::{Format, Reader, entry_place, is_comment, name};
use crate::glossary::Entry;

pub(super) const FORMAT: Format = Format {
    name: "text",
    what: "plain text: a headword, a blank line, its definition",
    suffixes: &["txt", "text"],
    looks_like: |_| true,
    example: "\
lighthouse

A tower with a lamp that warns ships.


A place where ships lie safely.
",
    read: Reader::Each(read),
};

/// A headword is no longer than this, in bytes.
const LONGEST_HEADWORD: usize = 100;

/// Lines without a blank one between.
struct Block<'a> {
    /// Where the text begins.
    start: usize,
    text: &'a str,
    /// How many blank lines stand above.
    blank_above: usize,
}

fn read(file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for block in blocks(file.text).take_while(|_| file.goes_on()) {
        let line = file.line(block.start);
        let new_entry = |headword: &str| {
            let headwords = Some(headword).filter(|text| !text.is_empty()).map(name);
            Entry {
                headwords: headwords.into_iter().collect(),
                place: entry_place(&file.path, line),
                ..Entry::default()
            }
        };
        let last = entries.last().filter(|entry| !entry.headwords.is_empty() && block.blank_above < 2);
        let wants_definition = last.is_some_and(|entry| entry.paragraphs.is_empty());
        let mut builder = ParagraphBuilder::default();
        if let Some((headword, definition)) = headword_above_indented(block.text) {
            entries.push(new_entry(headword));
            builder.push(definition, line + 1);
        } else if !wants_definition && is_headword(block.text) {
            entries.push(new_entry(block.text.trim().trim_end_matches(':').trim_end()));
        } else {
            if last.is_none() {
                let place = file.place(block.start..block.start + block.text.len());
                findings.found(&reading::NO_NAME, &place, "a definition without a headword");
                entries.push(new_entry(""));
            }
            builder.push(block.text, line);
        }
        entries.last_mut().expect("one was pushed, or there was one").paragraphs.extend(builder.finish());
    }
    entries
}

/// `term`, and its definition on the lines below, indented.
fn headword_above_indented(text: &str) -> Option<(&str, &str)> {
    let (headword, definition) = text.split_once('\n')?;
    let is_indented = |line: &str| line.starts_with([' ', '\t']);
    let fits = !is_indented(headword) && is_headword(headword) && definition.lines().all(is_indented);
    fits.then(|| (headword.trim_end_matches(':').trim_end(), definition))
}

fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    let mut lines = text.split_inclusive('\n').scan(0, |at, line| {
        *at += line.len();
        Some((*at - line.len(), line))
    });
    std::iter::from_fn(move || {
        let mut blank_above = 0;
        let is_blank = |line: &str| line.trim().is_empty() || is_comment(line);
        let (start, first) = lines.find(|(_, line)| {
            let blank = is_blank(line);
            blank_above += usize::from(blank);
            !blank
        })?;
        let mut length = first.len();
        let mut ahead = lines.clone();
        while let Some((_, line)) = ahead.next().filter(|(_, line)| !is_blank(line)) {
            length += line.len();
            lines = ahead.clone();
        }
        Some(Block { start, text: text[start..start + length].trim_end(), blank_above })
    })
}

/// One short line that does not end a sentence.
fn is_headword(text: &str) -> bool {
    !text.contains('\n') && text.len() <= LONGEST_HEADWORD && !text.ends_with(['.', '!', '?', ';', ','])
}
