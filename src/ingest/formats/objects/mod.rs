//! Glossaries in YAML and JSON: a list of objects with a term and a definition, or an object whose members are terms.
//!
//! ```text
//! text → trees → where the terms are (find) → entries (entry)
//! ```
//!
//! The names of members tell what they hold, as the titles of a table's columns do (see `member`). A list whose objects
//! have no definition is not a glossary: it may be an edge list.

mod entry;
mod find;
mod member;
mod text;
mod tree;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::super::check::reading;
use super::super::finding::Findings;
use super::columns::Column;
use super::source::SourceText;
use super::unread::Unread;
use super::{Format, Reader};
use crate::formats::{Problem, yaml};
use crate::glossary::Entry;
use find::{Terms, find, is_of_terms};
use tree::{Member, Tree};

pub(super) const YAML: Format = Format {
    name: "yaml-terms",
    what: "YAML: a list of objects with term and definition, or an object of terms",
    suffixes: &["yaml", "yml"],
    looks_like: |text| {
        let is_whole = || {
            let (documents, problem) = documents(text);
            is_of_terms(&documents) || (problem.is_some() && names_terms(text))
        };
        is_of_terms(&documents(beginning(text)).0) || is_whole()
    },
    example: "\
- term: mole
  definition: A wall that shelters a harbour.
  synonyms: [breakwater]
- term: harbour
  definition: A place where ships lie safely.
",
    read: Reader::Each(|file, findings| read(documents(file.text), file, findings)),
};

pub(super) const JSON: Format = Format {
    name: "json-terms",
    what: "JSON: a list of objects with term and definition, an object of terms, or an object a line",
    suffixes: &["json", "jsonl", "ndjson"],
    looks_like: |text| {
        let may_be = || text.trim_start().starts_with(['[', '{']);
        let is_of_terms = || {
            let (values, problem) = values(text);
            is_of_terms(&values) || (problem.is_some() && names_terms(text))
        };
        may_be() && is_of_terms()
    },
    example: "\
[
  {\"term\": \"mole\", \"definition\": \"A wall that shelters a harbour.\", \"synonyms\": [\"breakwater\"]},
  {\"term\": \"harbour\", \"definition\": \"A place where ships lie safely.\"}
]
",
    read: Reader::Each(|file, findings| read(values(file.text), file, findings)),
};

/// Whether a text that is broken seems to be a glossary: then it is to be said that it is broken.
fn names_terms(text: &str) -> bool {
    let has = |name: &str| text.contains(&format!("{name}:")) || text.contains(&format!("\"{name}\""));
    has("term") && has("definition")
}

/// Trees, and what is wrong with the text after them.
type Parsed<'a> = (Vec<Tree<'a>>, Option<Problem>);

fn documents(text: &str) -> Parsed<'_> {
    let (documents, problem) = yaml::documents(text);
    (documents.into_iter().map(Tree::Yaml).collect(), problem)
}

/// The beginning of a YAML text up to the end of a line: most files can be told by it.
fn beginning(text: &str) -> &str {
    const BEGINNING: usize = 1 << 16;
    let end = memchr::memrchr(b'\n', &text.as_bytes()[..text.len().min(BEGINNING)]).unwrap_or(0);
    if text.len() <= BEGINNING { text } else { &text[..end] }
}

/// One value, or one a line.
fn values(text: &str) -> Parsed<'_> {
    use crate::formats::json::Json;
    let problem = match Json::parse(text) {
        Ok(value) => return (vec![Tree::Json(value)], None),
        Err(problem) => problem,
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let mut values = Vec::new();
    for (at, line) in lines {
        match Json::parse(line) {
            Ok(value) if value.is_object() => values.push(Tree::Json(value)),
            Ok(_) | Err(_) if values.is_empty() => return (values, Some(problem)),
            Ok(_) | Err(_) => return (values, Some(Problem::at(at + 1, "not a JSON object"))),
        }
    }
    (values, None)
}

fn read((trees, problem): Parsed, file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    if let Some(Problem::Wrong(wrong)) = problem {
        let at = file.offset(wrong.line, 1);
        findings.error(&file.place(at..at), wrong.what, "what follows is not read", wrong.help);
    }
    let mut entries = Vec::new();
    let mut unread = BTreeMap::new();
    let mut beside = Vec::new();
    for found in find(trees, &mut beside).into_iter().take_while(|_| file.goes_on()) {
        match found {
            Ok(Terms::List(items)) => {
                items.iter().for_each(|item| note_unread(item, file, &mut unread));
                entries.extend(of_list(items, file, findings));
            }
            Ok(Terms::Map(members)) => {
                members.iter().for_each(|member| note_unread(&member.value, file, &mut unread));
                let each = members.into_iter().take_while(|_| file.goes_on());
                entries.extend(each.map(|member| entry::of_member(&member, file)));
            }
            Err(tree) => {
                let at = file.offset(tree.line(file), 1);
                findings.warning(&file.place(at..at), "no terms with definitions", "it is left out", None);
            }
        }
    }
    for (name, line) in unread {
        let at = file.offset(line, 1);
        findings.found(&reading::COLUMN, &file.place(at..at), format!("member '{name}' is not read"));
    }
    note_beside(&beside, &entries, file, findings);
    entries
}

/// Reports texts beside the members that hold the terms. Numbers, versions and dates are about the file.
fn note_beside(beside: &[Member], entries: &[Entry], file: &SourceText, findings: &mut Findings) {
    let mut unread = Unread::default();
    for member in beside {
        // The title of the file.
        if member::meaning(&member.name, file.titles) == Column::Headword {
            continue;
        }
        match member.value.text() {
            Some(text) if text.contains(' ') => unread.text(member.line(file), &format!("{}: {text}", member.name)),
            None if member.value.is_list() || member.value.is_map() => unread.text(member.line(file), &member.name),
            _ => {}
        }
    }
    unread.report(entries, file, findings);
}

/// Notes the line of the first member of each name that is not known. A comment is not one.
fn note_unread(object: &Tree, file: &SourceText, unread: &mut BTreeMap<String, usize>) {
    for member in object.members() {
        let is_inner = member::language(&member.name).is_some();
        let is_known = is_inner || member::meaning(&member.name, file.titles) != Column::Other;
        let is_comment = || member.value.text().is_some_and(|text| text.starts_with("kenning:"));
        if !is_known && !unread.contains_key(&member.name) && !is_comment() {
            unread.insert(member.name.to_string(), member.line(file));
        }
    }
}

fn of_list(items: Vec<Tree>, file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let mut entries = Vec::new();
    for item in items.into_iter().take_while(|_| file.goes_on()) {
        let entry = entry::of_object(&item, file);
        if entry.headwords.is_empty() {
            let at = file.offset(item.line(file), 1);
            findings.error(&file.place(at..at), "an item without a term", "it is left out", None);
        } else {
            entries.push(entry);
        }
    }
    entries
}
