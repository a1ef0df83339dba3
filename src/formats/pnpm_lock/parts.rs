//! The entries of a pnpm-lock.yaml, parsed one by one: a large lock is never held as a tree.

use std::borrow::Cow;

use crate::formats::blocks::{blocks, moved};
use crate::formats::problem::Problem;
use crate::formats::sheet::Sheet;
use crate::formats::yaml::{self, Yaml};

pub(super) const CONFLICT: &str = "if it is a merge conflict: resolve it with pnpm install";

/// A lock: a document of its small sections, and the entries of the large ones.
pub(super) struct Parts<'t> {
    pub document: Yaml,
    pub packages: Vec<Part<'t>>,
    /// None in version 6, whose packages are both.
    pub snapshots: Option<Vec<Part<'t>>>,
}

/// An entry of `packages` or `snapshots`.
#[derive(Clone)]
pub(super) struct Part<'t> {
    pub key: Cow<'t, str>,
    pub line: usize,
    body: Body<'t>,
}

#[derive(Clone)]
enum Body<'t> {
    Text(&'t str),
    Value(Yaml),
}

impl Part<'_> {
    /// What it says, and how much is to be added to its lines.
    pub(super) fn read(&self, sheet: &Sheet) -> Result<(Yaml, usize), Problem> {
        match &self.body {
            Body::Value(value) => Ok((value.clone(), 0)),
            Body::Text(text) => {
                // The snapshots of a package share its entry, however long that is.
                for _ in 0..text.len() / 64 {
                    sheet.tick()?;
                }
                let yaml = yaml::document(text).map_err(|problem| moved(problem, self.line - 1, CONFLICT))?;
                match yaml.entries().into_iter().next() {
                    Some((_, value)) => Ok((value, self.line - 1)),
                    None => Err(Problem::at(self.line, "not an entry: it has no key")),
                }
            }
        }
    }
}

/// The documents of the file: pnpm 11 and later put what configures it into a first one.
pub(super) fn parts<'t>(sheet: &Sheet<'t>) -> Result<Vec<Parts<'t>>, Problem> {
    let text = sheet.text;
    // pnpm writes no aliases; one means something in its whole document.
    if text.contains(": &") || text.contains(": *") {
        return whole(text);
    }
    let mut found = Vec::new();
    let (mut start, mut first_line) = (0, 1);
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if line.trim_end() == "---" {
            found.extend(in_parts(sheet, &text[start..at], first_line)?);
            (start, first_line) = (at + line.len(), number + 2);
        }
        at += line.len();
    }
    found.extend(in_parts(sheet, &text[start..], first_line)?);
    Ok(found)
}

fn whole(text: &str) -> Result<Vec<Parts<'static>>, Problem> {
    let (documents, problem) = yaml::documents(text);
    let part = |(key, value): (Yaml, Yaml)| Part {
        line: key.line(),
        key: Cow::Owned(key.as_str().unwrap_or_default().to_string()),
        body: Body::Value(value),
    };
    let section = |document: &Yaml, name: &str| {
        document.get(name).map(|section| section.entries().into_iter().map(part).collect::<Vec<Part>>())
    };
    match problem {
        Some(problem) => Err(problem),
        None => Ok(documents
            .into_iter()
            .map(|document| Parts {
                packages: section(&document, "packages").unwrap_or_default(),
                snapshots: section(&document, "snapshots"),
                document,
            })
            .collect()),
    }
}

/// A document; `None` if it has nothing.
fn in_parts<'t>(sheet: &Sheet<'t>, text: &'t str, first_line: usize) -> Result<Option<Parts<'t>>, Problem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    // The text without its large sections, in which each line keeps its number.
    let mut rest = String::new();
    let mut line = 1;
    let (mut packages, mut snapshots) = (Vec::new(), None);
    for (start, block) in blocks(text, first_line, 0) {
        let large = match block.lines().next().map(str::trim_end) {
            Some("packages:") => Some(&mut packages),
            Some("snapshots:") => Some(snapshots.insert(Vec::new())),
            Some(_) | None => None,
        };
        if let Some(large) = large {
            *large = entries(sheet, block, start)?;
            continue;
        }
        rest.extend(std::iter::repeat_n('\n', start.saturating_sub(line)));
        rest.push_str(block);
        line = start + block.matches('\n').count();
    }
    Ok(Some(Parts { document: yaml::document(&rest)?, packages, snapshots }))
}

fn entries<'t>(sheet: &Sheet<'t>, block: &'t str, start: usize) -> Result<Vec<Part<'t>>, Problem> {
    let is_content = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let indent =
        block.lines().skip(1).find(is_content).map_or(0, |line| line.len() - line.trim_start_matches(' ').len());
    let mut entries = Vec::new();
    // All other lines of the section are deeper than the first.
    for (line, text) in blocks(block, start, indent).into_iter().filter(|(line, _)| *line > start) {
        sheet.tick()?;
        sheet.charge(size_of::<Part>())?;
        let key = match key_of(text) {
            Some(key) => Cow::Borrowed(key),
            None => {
                let yaml = yaml::document(text).map_err(|problem| moved(problem, line - 1, CONFLICT))?;
                let first = yaml.entries().into_iter().next();
                let key = first.and_then(|(key, _)| key.as_str().map(str::to_string));
                Cow::Owned(key.ok_or_else(|| Problem::at(line, "not an entry: it has no key"))?)
            }
        };
        entries.push(Part { key, line, body: Body::Text(text) });
    }
    Ok(entries)
}

/// The key as pnpm writes it, plain or in single quotes; `None` if it takes more to read it.
fn key_of(text: &str) -> Option<&str> {
    let first = text.lines().next()?.trim();
    match first.strip_prefix('\'') {
        Some(rest) => rest.split_once("':").map(|(key, _)| key).filter(|key| !key.contains('\'')),
        None if first.starts_with(['"', '?', '&', '*', '!', '{', '[', '|', '>', '@', '`', '%', '-']) => None,
        None => first
            .split_once(": ")
            .map(|(key, _)| key)
            .or_else(|| first.strip_suffix(':'))
            .filter(|key| !key.contains(" #")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_without_parsing() {
        for (text, key) in [
            ("  ms@2.0.0:\n    x: 1\n", Some("ms@2.0.0")),
            ("  ms@2.0.0: {}\n", Some("ms@2.0.0")),
            ("  '@a/b@1.0.0(c@1)':\n", Some("@a/b@1.0.0(c@1)")),
            ("  a@https://x.org/a.tgz: {}\n", Some("a@https://x.org/a.tgz")),
            ("  'a''b': {}\n", None),
            ("  \"a\": {}\n", None),
            ("  a\n", None),
        ] {
            assert_eq!(key_of(text), key, "{text}");
        }
    }
}
