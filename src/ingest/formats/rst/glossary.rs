//! The body of a `.. glossary::` directive → entries.
//!
//! Lines at the left are headwords, those indented below them the definition; several headwords in a row share it.

use super::super::super::check::{defined, reading};
use super::super::entry_place;
use super::blocks::is_option;
use super::definition::Definer;
use super::lines::{Line, base};
use crate::glossary::Entry;

pub(super) fn entries(body: &[Line], definer: &mut Definer) -> Vec<Entry> {
    let lines = without_options(body);
    let base = base(lines);
    let mut found = Vec::new();
    let mut rest = lines;
    while let Some(at) = rest.iter().position(|line| !line.is_blank()).filter(|_| definer.context.file.goes_on()) {
        rest = &rest[at..];
        let heads = rest.iter().take_while(|line| !line.is_blank() && line.indent == base).count();
        let definition = rest[heads..].iter().take_while(|line| line.is_blank() || line.indent > base).count();
        let (head_lines, after) = rest.split_at(heads);
        let (definition, after) = after.split_at(definition);
        rest = after;
        found.extend(read_entry(head_lines, definition, definer));
    }
    found
}

/// `:sorted:` and its like stand first.
fn without_options<'b, 'a>(body: &'b [Line<'a>]) -> &'b [Line<'a>] {
    let options = body.iter().take_while(|line| is_option(line)).count();
    &body[options..]
}

fn read_entry(heads: &[Line], definition: &[Line], definer: &mut Definer) -> Option<Entry> {
    let is_comment = |line: &&Line| line.text == ".." || line.text.starts_with(".. ");
    let comments = heads.iter().filter(is_comment).count();
    let terms: Vec<_> =
        heads.iter().filter(|line| !is_comment(line)).map(|line| (line.number, classifiers(line.text).0)).collect();
    if terms.is_empty() {
        // What is indented below a comment is part of it.
        if comments == 0 {
            let line = definition.iter().find(|line| !line.is_blank())?;
            definer.found(&reading::NO_NAME, line, "a definition without a headword");
            let mut entry = entry(&[], definer);
            entry.place.line = definition.iter().find(|line| !line.is_blank())?.number;
            definer.define(definition, &mut entry);
            return Some(entry);
        }
        return None;
    }
    let mut entry = entry(&terms, definer);
    definer.define(definition, &mut entry);
    if definition.iter().all(Line::is_blank) {
        let what = format!("'{}' has no definition, or a blank line parts it from the next headword", terms[0].1);
        definer.found(&defined::EMPTY, &heads[0], &what);
    }
    Some(entry)
}

/// An entry of these headwords, each with its line.
pub(super) fn entry(terms: &[(usize, &str)], definer: &mut Definer) -> Entry {
    let headwords = terms.iter().filter_map(|(line, term)| definer.headword(term, *line)).collect();
    let line = terms.first().map_or(1, |(line, _)| *line);
    Entry { headwords, place: entry_place(&definer.context.file.path, line), ..Entry::default() }
}

/// `term : classifier : classifier`.
pub(super) fn classifiers(text: &str) -> (&str, impl Iterator<Item = &str>) {
    let mut parts = text.split(" : ");
    (parts.next().unwrap_or("").trim(), parts.map(str::trim))
}
