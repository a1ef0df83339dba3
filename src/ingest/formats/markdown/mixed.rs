//! A page that sets terms off in several ways: here a table, there definitions in a list, headings, words in bold.
//!
//! Each section is read in its own way. A section begins at a heading; one whose text is about its heading is a term,
//! one that only holds terms divides the page.

use super::super::super::finding::Findings;
use super::super::source::SourceText;
use super::super::unread::Unread;
use super::page::{
    bold_term, has_lists, heading_entry, is_term, of_bold, of_headings, of_lists, pass_over, term_level, undefined,
};
use super::walk::Block;
use crate::glossary::Entry;

/// How a section sets its terms off.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Lists,
    Bold,
    /// Its heading is the term.
    Heading,
    /// An introduction, a letter of the alphabet.
    Nothing,
}

/// Whether the page sets terms off in more than one way.
pub(super) fn is_mixed(blocks: &[Block], file: &SourceText) -> bool {
    let level = level(blocks, file);
    let forms: Vec<Form> = sections(blocks, level).map(|section| form(section, level, file)).collect();
    let has = |wanted: Form| forms.contains(&wanted);
    // One heading with a text may be an introduction.
    let headings = forms.iter().filter(|form| **form == Form::Heading).count() > 1;
    usize::from(has(Form::Lists)) + usize::from(has(Form::Bold)) + usize::from(headings) > 1
}

pub(super) fn entries(
    mut blocks: Vec<Block>,
    file: &SourceText,
    findings: &mut Findings,
    unread: &mut Unread,
) -> Vec<Entry> {
    let level = level(&blocks, file);
    let ends: Vec<usize> = sections(&blocks, level).map(<[Block]>::len).collect();
    let mut entries = Vec::new();
    for length in ends {
        let section: Vec<Block> = blocks.drain(..length).collect();
        entries.extend(match form(&section, level, file) {
            Form::Lists => with_bold(section, file, findings, unread),
            Form::Bold => of_bold(section, &file.path, unread),
            Form::Heading => of_headings(section, level, file, findings, unread),
            Form::Nothing => {
                nothing(section, level, file, findings, unread);
                Vec::new()
            }
        });
    }
    entries
}

/// A section that sets off no term: a heading of the terms' level with nothing below it is one without a definition.
fn nothing(mut section: Vec<Block>, level: usize, file: &SourceText, findings: &mut Findings, unread: &mut Unread) {
    let is_alone = section.len() == 1;
    match section.pop() {
        Some(Block::Heading(heading)) if is_alone && heading.level == level && is_term(&heading) => {
            undefined(&heading_entry(heading, &file.path), file, findings);
        }
        last => section.into_iter().chain(last).for_each(|block| pass_over(block, unread)),
    }
}

/// The level of headings that are terms: of those without lists of terms below.
fn level(blocks: &[Block], file: &SourceText) -> usize {
    let mut best = (0, 2);
    for level in 1..7 {
        let is_heading = |section: &&[Block]| begins_at(section, level) && form(section, level, file) == Form::Heading;
        let count = sections(blocks, level).filter(is_heading).count();
        if count > best.0 {
            best = (count, level);
        }
    }
    if best.0 == 0 { term_level(blocks).0 } else { best.1 }
}

fn begins_at(section: &[Block], level: usize) -> bool {
    matches!(section.first(), Some(Block::Heading(heading)) if heading.level == level)
}

/// The blocks from one heading of the level, or above it, to the next.
fn sections(blocks: &[Block], level: usize) -> impl Iterator<Item = &[Block]> {
    let mut rest = blocks;
    std::iter::from_fn(move || {
        let begins = |block: &Block| matches!(block, Block::Heading(heading) if heading.level <= level);
        let first = rest.first()?;
        let from = usize::from(begins(first));
        let end = rest[from..].iter().position(begins).map_or(rest.len(), |at| from + at);
        let (section, after) = rest.split_at(end.max(1));
        rest = after;
        Some(section)
    })
}

fn form(section: &[Block], level: usize, file: &SourceText) -> Form {
    if has_lists(section, file.titles) {
        return Form::Lists;
    }
    let texts: Vec<_> =
        section.iter().filter_map(|block| if let Block::Text(text) = block { Some(text) } else { None }).collect();
    // An introduction of one sentence may stand above.
    let begins_bold = texts.iter().take(2).any(|text| bold_term(text).is_some());
    let bold = texts.iter().filter(|text| bold_term(text).is_some()).count();
    if begins_bold && bold * 2 >= texts.len() && bold > 0 {
        return Form::Bold;
    }
    let is_term_heading =
        matches!(section.first(), Some(Block::Heading(heading)) if heading.level == level && is_term(heading));
    if is_term_heading && !texts.is_empty() { Form::Heading } else { Form::Nothing }
}

/// Tables and definition lists, and words in bold between them, in the order written.
fn with_bold(section: Vec<Block>, file: &SourceText, findings: &mut Findings, unread: &mut Unread) -> Vec<Entry> {
    let (bold, lists): (Vec<Block>, Vec<Block>) =
        section.into_iter().partition(|block| matches!(block, Block::Text(text) if bold_term(text).is_some()));
    let mut entries = of_lists(lists, file, findings, unread);
    entries.extend(of_bold(bold, &file.path, unread));
    entries.sort_by_key(|entry| entry.place.line);
    entries
}
