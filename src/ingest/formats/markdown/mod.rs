//! Markdown: a page per term with front matter (Hugo, Jekyll), or a page of many terms: as definition lists, as tables,
//! a heading each, or a word in bold each.
//!
//! `walk` makes blocks of the parser's events, `front` reads the front matter, `shortcodes` removes what the site
//! generator would fill in, `page` tells the terms of a page apart.

mod front;
mod html;
mod mixed;
mod page;
mod shortcodes;
mod walk;

use super::super::check::defined;
use super::super::finding::Findings;
use super::columns::{is_glossary_title, is_see_also};
use super::source::SourceText;
use super::unread::Unread;
use super::{Format, Reader, entry_place, name, stem};
use crate::glossary::{Entry, StatedRelation};
use front::Front;
pub(super) use html::FORMAT as HTML;
pub(in crate::ingest) use page::slug;
pub(super) use walk::target;
use walk::{Block, walk};

pub(super) const FORMAT: Format = Format {
    name: "markdown",
    what: "Markdown: a page per term with front matter, definition lists, tables, headings",
    suffixes: &["md", "markdown", "mdx", "qmd"],
    looks_like,
    example: "\
# Glossary of the coast

## lighthouse

A tower with a lamp that guides ships into a [harbour](#harbour).

## harbour

A place where ships lie safely.
",
    read: Reader::Each(read),
};

fn looks_like(text: &str) -> bool {
    text.starts_with("---\n") || text.starts_with("# ") || text.contains("\n## ") || text.contains("\n: ")
}

fn read(file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let document = walk(file);
    let front = document.front.as_ref().map(|(yaml, at)| Front::read(yaml, *at, file, findings)).unwrap_or_default();
    let stem = stem(&file.path);
    // The page of a section, as Hugo names it.
    if stem == "_index" {
        return Vec::new();
    }
    let mut unread = Unread::default();
    let entries = match &front.title {
        Some(title) if !page::is_of_many(title, stem, &document.blocks, file) => {
            // Templates and fragments begin with an underscore.
            let is_page = !stem.starts_with('_');
            is_page
                .then(|| term_page(title, &front, document.blocks, file, findings, &mut unread))
                .flatten()
                .into_iter()
                .collect()
        }
        title => {
            let glossary = title.as_deref().is_some_and(is_glossary_title);
            page::entries(document.blocks, glossary, file, findings, &mut unread)
        }
    };
    unread.report(&entries, file, findings);
    entries
}

/// The entry of a page that is about one term.
fn term_page(
    title: &str,
    front: &Front,
    blocks: Vec<Block>,
    file: &SourceText,
    findings: &mut Findings,
    unread: &mut Unread,
) -> Option<Entry> {
    let mut entry = Entry {
        headwords: vec![name(title)],
        other_names: front.other_names.iter().map(name).collect(),
        identifier: Some(front.id.as_deref().unwrap_or_else(|| page_name(&file.path)).into()),
        link: front.link.clone(),
        relations: front.relations.clone(),
        place: entry_place(&file.path, front.title_line),
        ..Entry::default()
    };
    define(&mut entry, blocks, unread);
    if entry.paragraphs.is_empty() {
        entry.paragraphs.extend(front.short_description.clone());
    }
    if entry.paragraphs.is_empty() {
        findings.found(
            &defined::EMPTY,
            &file.place(0..0),
            format!("'{title}' has no definition: its page has no text"),
        );
        return None;
    }
    Some(entry)
}

/// The file's name, or its folder's if every page has a folder.
fn page_name(path: &str) -> &str {
    let folder = path.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder);
    match stem(path) {
        "index" | "README" if !folder.is_empty() => folder.rsplit(['/', '\\']).next().unwrap_or(folder),
        stem => stem,
    }
}

/// Adds the text of blocks to an entry; sections of pointers become relations.
fn define(entry: &mut Entry, blocks: impl IntoIterator<Item = Block>, unread: &mut Unread) {
    let mut points = false;
    let mut continues = false;
    for block in blocks {
        match block {
            Block::Heading(heading) => points = is_see_also(&heading.paragraph.text),
            Block::Text(text) if points && text.paragraph.references.is_empty() => unread.paragraph(&text.paragraph),
            Block::Text(text) if points => {
                let relations = text.paragraph.references.iter().map(|reference| StatedRelation {
                    relation: "see_also".into(),
                    target: reference.target.clone(),
                    evidence: text.paragraph.text.clone(),
                    line: text.paragraph.line_at(reference.span.start),
                    file: None,
                });
                entry.relations.extend(relations);
            }
            Block::Text(text) => match entry.paragraphs.last_mut() {
                Some(last) if continues && goes_on(&last.text, &text.paragraph.text) => last.append(text.paragraph),
                _ => entry.paragraphs.push(text.paragraph),
            },
            Block::More => {
                continues = true;
                continue;
            }
            Block::Term(term) | Block::Definition(term) => entry.paragraphs.push(term),
            Block::Unread(text) => unread.paragraph(&text),
            Block::Table(rows) => unread.table(&rows),
        }
        continues = false;
    }
}

/// The mark that ends a page's summary may stand in the middle of a sentence.
fn goes_on(before: &str, after: &str) -> bool {
    !before.ends_with(['.', '!', '?', ':', ';']) && after.starts_with(char::is_lowercase)
}
