//! A page of many terms → entries.

use std::sync::Arc;

use super::super::super::check::{defined, reading};
use super::super::super::finding::Findings;
use super::super::columns::{Column, Titles, is_glossary_title, is_see_also};
use super::super::source::SourceText;
use super::super::unread::Unread;
use super::super::{entry_place, listed, name, stem};
use super::walk::{Block, Heading, Text};
use super::{define, mixed};
use crate::glossary::{Entry, Paragraph, StatedRelation};

/// How a page sets its terms off.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Definition lists and tables.
    Lists,
    /// A paragraph or list item each: **term**: definition.
    Bold,
    /// A heading of this level each.
    Headings(usize),
    /// The whole page is about the term of its title.
    Page,
}

/// Whether a page with this title is about many terms. A page that is called as its file and begins with a text is about
/// the one term, whatever table comes after.
pub(super) fn is_of_many(title: &str, stem: &str, blocks: &[Block], file: &SourceText) -> bool {
    let begins_with_text = matches!(blocks.first(), Some(Block::Text(_)));
    let of_one = begins_with_text && slug(title) == stem.to_lowercase();
    is_glossary_title(title) || (has_lists(blocks, file.titles) && !of_one)
}

pub(super) fn has_lists(blocks: &[Block], known: &Titles) -> bool {
    blocks.iter().any(|block| match block {
        Block::Term(_) => true,
        Block::Table(rows) => titles(rows, known).is_some(),
        Block::Heading(_) | Block::Text(_) | Block::Definition(_) | Block::Unread(_) | Block::More => false,
    })
}

/// The entries of a page. `glossary` says whether its title or name speaks of terms: then all ways to set terms off are
/// read, a section each; else the one that sets off most.
pub(super) fn entries(
    blocks: Vec<Block>,
    glossary: bool,
    file: &SourceText,
    findings: &mut Findings,
    unread: &mut Unread,
) -> Vec<Entry> {
    let has_title =
        || blocks.iter().any(|block| matches!(block, Block::Heading(h) if is_glossary_title(&h.paragraph.text)));
    if (glossary || is_glossary_title(stem(&file.path)) || has_title()) && mixed::is_mixed(&blocks, file) {
        return mixed::entries(blocks, file, findings, unread);
    }
    match layout(&blocks, file) {
        Layout::Lists => of_lists(blocks, file, findings, unread),
        Layout::Bold => of_bold(blocks, &file.path, unread),
        Layout::Headings(level) => of_headings(blocks, level, file, findings, unread),
        Layout::Page => of_headings(blocks, 1, file, findings, unread),
    }
}

fn layout(blocks: &[Block], file: &SourceText) -> Layout {
    let stem = stem(&file.path);
    if has_lists(blocks, file.titles) {
        return Layout::Lists;
    }
    let headings = || blocks.iter().filter_map(|block| if let Block::Heading(h) = block { Some(h) } else { None });
    let mut titles = headings().filter(|heading| heading.level == 1);
    if let (Some(title), None) = (titles.next(), titles.next())
        && slug(&title.paragraph.text) == stem.to_lowercase()
        && !is_glossary_title(&title.paragraph.text)
    {
        return Layout::Page;
    }
    let (level, terms) = term_level(blocks);
    let bold = blocks.iter().filter(|block| matches!(block, Block::Text(text) if bold_term(text).is_some())).count();
    if bold > 1 && bold > terms { Layout::Bold } else { Layout::Headings(level) }
}

/// The level at which most headings have text right below, and how many.
pub(super) fn term_level(blocks: &[Block]) -> (usize, usize) {
    let mut counts = [0; 7];
    let mut above: Option<&Heading> = None;
    for block in blocks {
        match block {
            Block::Heading(heading) => above = Some(heading),
            Block::Text(_) => {
                if let Some(heading) = above.take().filter(|heading| is_term(heading)) {
                    counts[heading.level] += 1;
                }
            }
            Block::Term(_) | Block::Definition(_) | Block::Table(_) | Block::Unread(_) | Block::More => {}
        }
    }
    // A title has the introduction below it; the terms stand deeper.
    let title = usize::from(counts[1] == 1 && counts[2..].iter().any(|count| *count > 0));
    let best = (1 + title..7).rev().max_by_key(|level| counts[*level]).unwrap_or(1);
    (best, counts[best])
}

/// A letter of the alphabet, the name of the page and "See also" are no terms.
pub(super) fn is_term(heading: &Heading) -> bool {
    let text = &heading.paragraph.text;
    text.chars().count() > 1
        && !is_glossary_title(text)
        && !is_see_also(text)
        && !["0-9", "a-z", "#"].contains(&text.to_lowercase().as_str())
}

pub(super) fn of_headings(
    blocks: Vec<Block>,
    level: usize,
    file: &SourceText,
    findings: &mut Findings,
    unread: &mut Unread,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut empty = Vec::new();
    let mut open: Option<(Entry, Vec<Block>)> = None;
    let mut close = |open: Option<(Entry, Vec<Block>)>, entries: &mut Vec<Entry>, unread: &mut Unread| {
        let Some((mut entry, blocks)) = open else { return };
        let stands_alone = blocks.is_empty();
        define(&mut entry, blocks, unread);
        // Headings with others below them, and no text, divide the page.
        match entry.paragraphs.is_empty() && entry.relations.is_empty() {
            false => entries.push(entry),
            true if stands_alone => empty.push(entry),
            true => {}
        }
    };
    for block in blocks {
        match block {
            Block::Heading(heading) if heading.level <= level => {
                close(open.take(), &mut entries, unread);
                if heading.level == level && is_term(&heading) {
                    open = Some((heading_entry(heading, &file.path), Vec::new()));
                }
            }
            block => match &mut open {
                Some((_, blocks)) => blocks.push(block),
                None => pass_over(block, unread),
            },
        }
    }
    close(open, &mut entries, unread);
    if !entries.is_empty() {
        empty.iter().for_each(|entry| undefined(entry, file, findings));
    }
    entries
}

/// Notes the text of a block outside of all entries.
pub(super) fn pass_over(block: Block, unread: &mut Unread) {
    match block {
        Block::Text(Text { paragraph, .. }) | Block::Definition(paragraph) | Block::Unread(paragraph) => {
            unread.paragraph(&paragraph);
        }
        Block::Term(term) => unread.paragraph(&term),
        Block::Table(rows) => unread.table(&rows),
        Block::Heading(_) | Block::More => {}
    }
}

/// Reports a heading with nothing below it among others that have text.
pub(super) fn undefined(entry: &Entry, file: &SourceText, findings: &mut Findings) {
    let at = file.offset(entry.place.line, 1);
    let name = entry.headwords.first().map_or("", |name| name.text.as_str());
    findings.found(&defined::EMPTY, &file.place(at..at), format!("'{name}' has no definition: it is left out"));
}

pub(super) fn heading_entry(heading: Heading, path: &Arc<str>) -> Entry {
    let text = heading.paragraph.text.trim_end_matches(':').to_string();
    let id = heading.id.unwrap_or_else(|| slug(&text));
    entry(text, Some(id), heading.paragraph.line_at(0), path)
}

fn entry(headword: String, id: Option<String>, line: usize, path: &Arc<str>) -> Entry {
    let identifier = id.filter(|id| !id.is_empty()).map(Arc::from);
    Entry { headwords: vec![name(headword)], identifier, place: entry_place(path, line), ..Entry::default() }
}

/// As sites name a heading in links to it.
pub(in crate::ingest) fn slug(text: &str) -> String {
    let kept = text.trim().chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

pub(super) fn of_lists(
    blocks: Vec<Block>,
    file: &SourceText,
    findings: &mut Findings,
    unread: &mut Unread,
) -> Vec<Entry> {
    let path = &file.path;
    let mut entries: Vec<Entry> = Vec::new();
    // Whether the last block was a headword: those that follow share its definition.
    let mut in_heads = false;
    for block in blocks {
        let is_term = matches!(block, Block::Term(_));
        match block {
            Block::Term(term) if in_heads => {
                entries.last_mut().expect("a headword came before").headwords.push(name(term.text));
            }
            Block::Term(term) => entries.push(entry(term.text.clone(), Some(slug(&term.text)), term.line_at(0), path)),
            Block::Definition(paragraph) => match entries.last_mut() {
                Some(entry) => entry.paragraphs.push(paragraph),
                None => unread.paragraph(&paragraph),
            },
            Block::Table(rows) => match titles(&rows, file.titles) {
                Some(columns) => {
                    let surplus = rows.iter().flat_map(|row| row.iter().skip(columns.len())).flatten();
                    surplus.for_each(|cell| unread.paragraph(cell));
                    entries.extend(of_table(rows, &columns, file, findings));
                }
                None => unread.table(&rows),
            },
            block => pass_over(block, unread),
        }
        in_heads = is_term;
    }
    entries
}

/// What the columns of a table of terms hold.
pub(super) fn titles(rows: &[Vec<Option<Paragraph>>], known: &Titles) -> Option<Vec<Column>> {
    let titles: Vec<&str> =
        rows.first()?.iter().map(|cell| cell.as_ref().map_or("", |cell| cell.text.as_str())).collect();
    known.columns(&titles)
}

fn of_table(
    rows: Vec<Vec<Option<Paragraph>>>,
    columns: &[Column],
    file: &SourceText,
    findings: &mut Findings,
) -> Vec<Entry> {
    for (at, title) in rows.first().into_iter().flatten().enumerate() {
        let is_filled = rows[1..].iter().any(|row| row.get(at).is_some_and(Option::is_some));
        if let Some(title) = title
            && columns[at] == Column::Other
            && is_filled
        {
            let start = file.offset(title.line_at(0), 1);
            let what = format!("column '{}' is not read", title.text);
            findings.found(&reading::COLUMN, &file.place(start..start), what);
        }
    }
    rows.into_iter().skip(1).filter_map(|row| of_row(row, columns, &file.path)).collect()
}

fn of_row(row: Vec<Option<Paragraph>>, columns: &[Column], path: &Arc<str>) -> Option<Entry> {
    let line = row.iter().flatten().next()?.line_at(0);
    let mut entry = Entry { place: entry_place(path, line), ..Entry::default() };
    for (cell, column) in std::iter::zip(row, columns) {
        let Some(cell) = cell else { continue };
        match column {
            Column::Headword => entry.headwords.push(name(cell.text)),
            Column::OtherNames => entry.other_names.extend(listed(&cell.text).map(name)),
            Column::Definition => entry.paragraphs.push(cell),
            Column::Identifier => entry.identifier = Some(cell.text.into()),
            Column::Kind => entry.kinds.push(cell.text),
            Column::Relation(relation) => entry.relations.extend(related(relation, &cell)),
            Column::Link => entry.link = Some(cell.text),
            Column::Nothing | Column::Other => {}
        }
    }
    Some(entry)
}

/// What a cell names, by its links if it has some.
fn related(relation: &str, cell: &Paragraph) -> Vec<StatedRelation> {
    let linked = cell.references.iter().map(|reference| reference.target.as_str());
    let targets: Vec<&str> = if cell.references.is_empty() { listed(&cell.text).collect() } else { linked.collect() };
    let relation = |target: &str| StatedRelation {
        relation: relation.into(),
        target: target.into(),
        evidence: cell.text.clone(),
        line: cell.line_at(0),
        file: None,
    };
    targets.into_iter().map(relation).collect()
}

pub(super) fn of_bold(blocks: Vec<Block>, path: &Arc<str>, unread: &mut Unread) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for block in blocks {
        match block {
            Block::Text(text) => match bold_term(&text) {
                Some((term, rest)) => {
                    let mut entry = entry(term.into(), Some(slug(term)), text.paragraph.line_at(0), path);
                    let start = text.paragraph.text.len() - rest.len();
                    entry.paragraphs.extend(text.paragraph.from(start));
                    entries.push(entry);
                }
                None => match entries.last_mut() {
                    Some(entry) => entry.paragraphs.push(text.paragraph),
                    None => unread.paragraph(&text.paragraph),
                },
            },
            // Another section may have an introduction of its own.
            block => pass_over(block, unread),
        }
    }
    entries
}

/// `**term**: definition`, `**term:** definition`, `**term** – definition`.
pub(super) fn bold_term(text: &Text) -> Option<(&str, &str)> {
    let (bold, rest) = text.paragraph.text.split_at_checked(text.bold)?;
    let term = bold.trim_end_matches([':', '.']);
    let rest = rest.trim_start();
    let parted =
        rest.strip_prefix([':', '–', '—']).or_else(|| rest.strip_prefix("- ")).or_else(|| rest.strip_prefix("is "));
    let definition = match parted {
        Some(_) if rest.starts_with("is ") => rest,
        Some(definition) => definition,
        None if term.len() < bold.len() => rest,
        None => return None,
    };
    (!term.is_empty() && !definition.trim().is_empty()).then(|| (term.trim(), definition.trim_start()))
}
