//! Comments that allow a finding: `kenning: allow RULE, RULE` in the spelling that a format has for comments.
//!
//! At the head of a file, above everything but front matter and declarations, a comment holds for the file. On a line of
//! its own it holds for the line below and for the entry that begins next; after other text for that line and for the
//! entry that the line is part of. A comment that allows nothing is a finding itself.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::super::Finding;
use super::rules::allowed;
use super::{CheckedText, rule_named, sort};
use crate::glossary::Entry;
use crate::graph::alike;

/// What begins a comment, by the names of formats. Sheets and documents of Office programs have none.
const OPENERS: &[(&[&str], &str)] = &[
    (&["markdown", "html", "docbook", "rdfxml", "graphml"], "<!--"),
    (&["rst"], ".."),
    (&["asciidoc"], "//"),
    (&["text", "csv", "yaml-terms", "backstage", "turtle", "graph"], "#"),
    // A member of any name: "comment": "kenning: allow RULE".
    (&["json-terms", "jsonld", "node-link"], "\""),
];

const MARK: &str = "kenning:";

struct Comment<'a> {
    line: usize,
    /// The rules it allows, and whether that was needed.
    names: Vec<(&'a str, bool)>,
    /// Lines of the file; none means all of them.
    covers: Option<Vec<RangeInclusive<usize>>>,
}

/// The findings that no comment allows, and those about comments.
pub fn apply(findings: Vec<Finding>, texts: &[CheckedText], entries: &[Entry]) -> Vec<Finding> {
    let mut lines: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for entry in entries {
        lines.entry(&entry.place.file).or_default().push(entry.place.line);
    }
    lines.values_mut().for_each(|lines| lines.sort_unstable());
    let mut comments: BTreeMap<&str, Vec<Comment>> = BTreeMap::new();
    for text in texts.iter().filter(|text| text.text.contains(MARK)) {
        let entries = lines.get(text.path).map_or(&[][..], Vec::as_slice);
        comments.insert(text.path, comments_of(text, entries));
    }
    let mut left = findings;
    left.retain(|finding| !comments.get_mut(&*finding.file).is_some_and(|comments| is_allowed(finding, comments)));
    for (path, comments) in &comments {
        left.extend(comments.iter().flat_map(|comment| unused(path, comment)));
    }
    sort(&mut left);
    left
}

fn is_allowed(finding: &Finding, comments: &mut [Comment]) -> bool {
    let mut allowed = false;
    for comment in comments {
        let covers = comment.covers.as_ref();
        if covers.is_none_or(|lines| lines.iter().any(|lines| lines.contains(&finding.line))) {
            for (_, used) in comment.names.iter_mut().filter(|(name, _)| *name == finding.rule) {
                *used = true;
                allowed = true;
            }
        }
    }
    allowed
}

fn unused(path: &str, comment: &Comment) -> Vec<Finding> {
    let rule = &allowed::RULE;
    let mut found = super::Found::new(rule);
    for (name, _) in comment.names.iter().filter(|(_, used)| !used) {
        if rule_named(name).is_some() {
            found.at(path, comment.line, format!("the comment allows `{name}`, which is not found here"));
            continue;
        }
        let near = alike(name, super::RULES.iter().map(|rule| rule.name));
        let help = near.first().map_or("`kenning help rules` lists the rules".into(), |near| format!("did you mean {near}?"));
        found.helped(path, comment.line, format!("the comment allows `{name}`, which is not a rule"), help);
    }
    found.finish()
}

/// The comments of a text, whose entries begin on these lines.
fn comments_of<'a>(text: &CheckedText<'a>, entries: &[usize]) -> Vec<Comment<'a>> {
    let Some((_, opener)) = OPENERS.iter().find(|(formats, _)| formats.contains(&text.format)) else {
        return Vec::new();
    };
    let lines: Vec<&str> = text.text.lines().collect();
    let head = head(&lines, opener);
    let is_code = code_lines(&lines, text.format);
    let mut comments = Vec::new();
    for (at, line) in lines.iter().enumerate().filter(|(at, _)| !is_code(*at)) {
        let Some((before, names)) = comment(line, opener) else { continue };
        let number = at + 1;
        let covers = match before.is_empty() {
            _ if at < head => None,
            true => Some(below(number, &lines, opener, entries)),
            false => around(number, entries),
        };
        comments.push(Comment { line: number, names: names.into_iter().map(|name| (name, false)).collect(), covers });
    }
    comments
}

/// What stands before the comment of a line, and the rules it allows.
fn comment<'a>(line: &'a str, opener: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let (before, after) = line.split_once(MARK)?;
    let before = before.trim_end().strip_suffix(opener)?.trim();
    let list = after.trim_start().strip_prefix("allow")?;
    let list = list.split(['"', '>']).next().unwrap_or("").trim_end_matches(['-', ' ']);
    let names: Vec<&str> =
        list.split([',', ' ', '\t']).map(str::trim).filter(|name| !name.is_empty()).collect();
    (list.is_empty() || list.starts_with([' ', '\t'])).then_some((before, names)).filter(|(_, names)| !names.is_empty())
}

/// How many lines are the head of a file: comments, blank lines, front matter, declarations.
fn head(lines: &[&str], opener: &str) -> usize {
    let mut at = 0;
    if lines.first().is_some_and(|line| line.trim_end() == "---")
        && let Some(end) = lines[1..].iter().position(|line| line.trim_end() == "---")
        && opener == "<!--"
    {
        at = end + 2;
    }
    while let Some(line) = lines.get(at).map(|line| line.trim()) {
        let is_directive = opener == ".." && line.contains("::");
        let closing = match line {
            "" | "---" => "",
            _ if line.starts_with("<!--") => "-->",
            _ if line.starts_with("<!DOCTYPE") && line.contains('[') => "]>",
            _ if line.starts_with("<!") || line.starts_with("<?") => ">",
            _ if line.starts_with(opener) && opener != "\"" && !is_directive => "",
            _ => break,
        };
        at += lines[at..].iter().position(|line| line.contains(closing)).map_or(lines.len(), |lines| lines + 1);
    }
    at.min(lines.len())
}

/// Whether a line is part of a code block of Markdown: pages about kenning show comments there.
fn code_lines(lines: &[&str], format: &str) -> impl Fn(usize) -> bool + use<> {
    let is_fence = |line: &&str| line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
    let mut inside = false;
    let code: Vec<bool> = lines
        .iter()
        .map(|line| {
            inside ^= is_fence(line);
            inside && format == "markdown"
        })
        .collect();
    move |at| code[at]
}

/// The line below a comment, and the entry that begins next; behind the last entry, that one.
fn below(number: usize, lines: &[&str], opener: &str, entries: &[usize]) -> Vec<RangeInclusive<usize>> {
    let is_text = |line: &&str| !line.trim().is_empty() && comment(line, opener).is_none();
    let next_line = lines[number..].iter().position(|line| is_text(line)).map_or(number, |skipped| number + skipped + 1);
    let next = entries.partition_point(|line| *line <= number);
    let entry = if next < entries.len() { next } else { next.saturating_sub(1) };
    std::iter::once(next_line..=next_line).chain(extent(entry, entries)).collect()
}

/// The line, and the entry it is part of; above the first entry, the whole file.
fn around(number: usize, entries: &[usize]) -> Option<Vec<RangeInclusive<usize>>> {
    let entry = entries.partition_point(|line| *line <= number).checked_sub(1)?;
    Some(std::iter::once(number..=number).chain(extent(entry, entries)).collect())
}

/// From where an entry begins to where the next one does.
fn extent(entry: usize, entries: &[usize]) -> Option<RangeInclusive<usize>> {
    let start = *entries.get(entry)?;
    let end = entries[entry..].iter().find(|line| **line > start).map_or(usize::MAX, |line| line - 1);
    Some(start..=end)
}
