//! Text in many formats → [`Glossary`].
//!
//! ```text
//! bytes → decode → text → format (by suffix and content) → reader → entries
//! ```
//!
//! A format is a file of this folder and a row of [`FORMATS`]. Readers never fail: what cannot be read is a
//! [`Finding`], the rest is read. They remove markup and keep places; what the text means is not their business. Takes
//! bytes, never paths: whoever calls reads the files. Time and memory grow with the length of the text, never faster,
//! and every reader asks the [`Budget`] whether to go on.

mod asciidoc;
mod backstage;
mod columns;
mod concepts;
mod decode;
mod delimited;
mod docbook;
mod folder;
mod form;
mod graphml;
mod markdown;
mod node_link;
mod nodes;
mod objects;
pub mod office;
mod paragraph;
mod plain;
mod rst;
mod skos;
mod source;
mod unread;
mod xml;
mod yaml;

#[cfg(test)]
mod mutations;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::SourceFile;
use super::check::reading;
use super::finding::{Finding, Findings};
use crate::diagnostic::Diagnostic;
use crate::glossary::{Entry, Glossary};
use crate::limits::Budget;
pub use columns::Titles;
pub use decode::{Decoded, decode};
pub(super) use markdown::slug;
use source::SourceText;
pub(super) use unread::quoted;

/// A file (or standard input) as it stands on disk.
#[derive(Clone, Copy, Debug)]
pub struct SourceBytes<'a> {
    /// As it is to be named in findings; its suffix helps to tell the format.
    pub path: &'a str,
    pub bytes: &'a [u8],
}

/// A format in which glossaries are kept.
pub struct Format {
    /// As `--format` names it.
    pub name: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// Endings of file names, in lower case, without the dot.
    pub suffixes: &'static [&'static str],
    /// Whether a text with one of the suffixes, or with none that is known, is of this format.
    looks_like: fn(&str) -> bool,
    /// A glossary in this format: a test reads it.
    pub example: &'static str,
    read: Reader,
}

enum Reader {
    /// Files say nothing about each other.
    Each(fn(&SourceText, &mut Findings) -> Vec<Entry>),
    /// One file may say more about an entry of another.
    Together(fn(&[SourceText], &mut Findings) -> Vec<Entry>),
}

/// In the order tried on a text: the surest signs first.
pub const FORMATS: &[Format] = &[
    rst::FORMAT,
    docbook::FORMAT,
    skos::RDF_XML,
    skos::TURTLE,
    skos::JSON_LD,
    graphml::FORMAT,
    node_link::FORMAT,
    folder::FORMAT,
    backstage::FORMAT,
    objects::YAML,
    objects::JSON,
    delimited::FORMAT,
    markdown::HTML,
    asciidoc::FORMAT,
    markdown::FORMAT,
    plain::FORMAT,
];

/// The name of the format of graph folders, which nothing else looks like.
pub const GRAPH_FOLDER: &str = folder::FORMAT.name;

/// The format that `--format` names.
pub fn format_named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name.eq_ignore_ascii_case(name))
}

/// Whether a file of this name is taken when a whole folder is read.
pub fn has_known_suffix(path: &str) -> bool {
    let suffix = suffix(path);
    FORMATS.iter().any(|format| format.suffixes.contains(&suffix.as_str()))
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Entries by file in the order given, then in the order written.
    pub glossary: Glossary,
    pub findings: Vec<Finding>,
}

/// What a reader holds while it reads, at most, in bytes: for each byte of its text, and on top for each that may be
/// markup. Measured on all formats with 100 MB of entries, of nested elements and of asterisks, and rounded up.
const HELD: (usize, usize) = (8, 48);

/// Reads the files as one glossary of the given name, each in the format told or else in its own. Fails only at a limit;
/// the bytes of the files are held, and counted, by whoever calls.
pub fn read_source(
    name: &str,
    files: &[SourceBytes],
    format: Option<&Format>,
    budget: &Budget,
) -> Result<Reading, Diagnostic> {
    read_each(name, files, &vec![format; files.len()], &Titles::default(), budget)
}

/// The same with a format told, or not, for each file, and what titles mean.
pub fn read_each(
    name: &str,
    files: &[SourceBytes],
    formats: &[Option<&Format>],
    titles: &Titles,
    budget: &Budget,
) -> Result<Reading, Diagnostic> {
    let mut decoded: Vec<Decoded> = Vec::with_capacity(files.len());
    for file in files {
        budget.check()?;
        decoded.push(decode(file.bytes));
    }
    budget.charge(decoded.iter().map(Decoded::own).sum())?;
    let named: Vec<SourceFile> = std::iter::zip(files, &decoded)
        .map(|(file, decoded)| SourceFile { path: file.path, text: &decoded.text })
        .collect();
    let mut findings = Findings::new(&named);
    let mut texts = Vec::new();
    for (number, ((file, decoded), format)) in named.iter().zip(&decoded).zip(formats).enumerate() {
        let text = SourceText::new(number, file, titles, budget);
        decoded.report(&text, &mut findings);
        if !decoded.is_unread {
            texts.push((format.unwrap_or_else(|| detect(file)), text));
        }
    }
    let entries = read_texts(texts, &mut findings, budget)?;
    Ok(Reading { glossary: Glossary { source: name.into(), entries }, findings: findings.sorted() })
}

/// Files that are read together stand where the first of them does.
fn read_texts(
    texts: Vec<(&Format, SourceText)>,
    findings: &mut Findings,
    budget: &Budget,
) -> Result<Vec<Entry>, Diagnostic> {
    let mut entries = Vec::new();
    let mut texts = std::collections::VecDeque::from(texts);
    while let Some((format, text)) = texts.pop_front() {
        let before = (entries.len(), findings.len());
        let mut together = vec![text];
        if let Reader::Together(_) = format.read {
            let (same, others): (Vec<_>, Vec<_>) = texts.into_iter().partition(|(f, _)| f.name == format.name);
            texts = others.into();
            together.extend(same.into_iter().map(|(_, text)| text));
        }
        let held = together.iter().map(|text| held(text.text)).sum();
        budget.charge(held)?;
        entries.extend(match format.read {
            Reader::Each(read) => read(&together[0], findings),
            Reader::Together(read) => read(&together, findings),
        });
        together.iter().try_for_each(SourceText::ended)?;
        budget.release(held);
        for entry in &mut entries[before.0..] {
            entry.format = format.name;
            budget.charge(entry.size())?;
        }
        if (entries.len(), findings.len()) == before {
            together.iter().for_each(|text| nothing_found(text, format, findings));
        }
    }
    Ok(entries)
}

fn held(text: &str) -> usize {
    let markup = text.bytes().filter(|byte| byte.is_ascii_punctuation() || *byte == b'\n').count();
    text.len() * HELD.0 + markup * HELD.1
}

fn nothing_found(text: &SourceText, format: &Format, findings: &mut Findings) {
    findings.found(&reading::NO_ENTRY, &text.place(0..0), format!("no entry found, read as {}", format.name));
}

/// The format of a file that is a glossary by its form, or why it is none.
pub fn glossary_format(file: &SourceFile) -> Result<&'static Format, String> {
    let format = detect(file);
    let is_sure = format.name != plain::FORMAT.name && (format.looks_like)(file.text);
    match format.name {
        _ if is_sure => Ok(format),
        "text" | "csv" => form::is_glossary(file.text).map(|()| format),
        "markdown" | "asciidoc" | "rst" => Ok(format),
        _ => Err(unlike(&suffix(file.path))),
    }
}

/// That a file is none of the formats that its name allows.
fn unlike(suffix: &str) -> String {
    let formats = FORMATS.iter().filter(|format| format.suffixes.contains(&suffix));
    let whats: Vec<&str> = formats.map(|format| format.what).collect();
    format!("its name ends in .{suffix}, but its content is not {}", whats.join(", nor "))
}

/// By suffix where it tells, then by content; a text without any sign is plain text.
fn detect(file: &SourceFile) -> &'static Format {
    let suffix = suffix(file.path);
    let by_suffix = || FORMATS.iter().filter(|format| format.suffixes.contains(&suffix.as_str()));
    by_suffix()
        .find(|format| (format.looks_like)(file.text))
        .or_else(|| by_suffix().next())
        .or_else(|| FORMATS.iter().find(|format| (format.looks_like)(file.text)))
        .unwrap_or(&plain::FORMAT)
}

/// The ending of a file name, in lower case, without the dot.
fn suffix(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').map_or(String::new(), |(_, suffix)| suffix.to_lowercase())
}

/// The file's name without folders and suffix.
fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Names in one field, with commas, semicolons or line ends between; a dash says that there is none.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    const NONE: [&str; 5] = ["", "-", "–", "—", "n/a"];
    text.split([',', ';', '\n', '\u{2028}']).map(str::trim).filter(|text| !NONE.contains(text))
}

/// Whether a line of a format that has no comments is one to `kenning check`.
fn is_comment(line: &str) -> bool {
    line.trim_start().strip_prefix('#').is_some_and(|rest| rest.trim_start().starts_with("kenning:"))
}

/// One name in no language.
fn name(text: impl Into<String>) -> crate::glossary::Name {
    crate::glossary::Name { text: text.into(), language: None }
}

/// The place of an entry.
fn entry_place(path: &Arc<str>, line: usize) -> crate::glossary::Place {
    crate::glossary::Place { file: path.clone(), line }
}
