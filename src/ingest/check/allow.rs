//! Comments that allow a finding: `kenning: allow RULE, RULE` in the spelling that a format has for comments.
//!
//! At the head of a file, above everything but front matter and declarations, a comment holds for the file. On a line of
//! its own it holds for the line below and for the entry that begins next; after other text for that line and for the
//! entry that the line is part of. A comment that allows nothing is a finding itself.

use std::collections::{BTreeMap, HashMap};

use super::super::Finding;
use super::rules::allowed;
use super::{CheckedText, Found, RULES, rule_named, sort};
use crate::glossary::Entry;
use crate::graph::alike;

/// What begins a comment, by the names of formats. Sheets and documents of Office programs have none.
const OPENERS: &[(&[&str], &str)] = &[
    (&["markdown", "html", "docbook", "rdfxml", "graphml"], "<!--"),
    (&["rst"], ".."),
    (&["asciidoc", DECISIONS], "//"),
    (&["text", "csv", "yaml-terms", "backstage", "turtle", "graph"], "#"),
    // A member of any name: "comment": "kenning: allow RULE".
    (&["json-terms", "jsonld", "node-link"], "\""),
];

/// What files of decisions count as.
pub(super) const DECISIONS: &str = "decisions";

const MARK: &str = "kenning:";

/// What a comment covers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Cover {
    File,
    Line(usize),
    /// The entry that begins on this line.
    Entry(usize),
}

/// A rule that a comment names.
struct Allowed<'a> {
    line: usize,
    rule: &'a str,
    used: bool,
}

/// The comments of a file.
struct Comments<'a> {
    allowed: Vec<Allowed<'a>>,
    by_cover: HashMap<(Cover, &'a str), Vec<usize>>,
    /// On which lines entries begin, ascending.
    entries: Vec<usize>,
}

/// The findings that no comment allows, and those about comments.
pub(super) fn apply(findings: Vec<Finding>, texts: &[CheckedText], entries: &[Entry]) -> Vec<Finding> {
    let mut lines: HashMap<&str, Vec<usize>> = HashMap::new();
    for entry in entries {
        lines.entry(&entry.place.file).or_default().push(entry.place.line);
    }
    let mut comments: BTreeMap<&str, Comments> = BTreeMap::new();
    for text in texts.iter().filter(|text| text.text.contains(MARK)) {
        let mut entries = lines.remove(text.path).unwrap_or_default();
        entries.sort_unstable();
        entries.dedup();
        comments.insert(text.path, Comments::of(text, entries));
    }
    let mut left = findings;
    left.retain(|finding| !comments.get_mut(&*finding.file).is_some_and(|comments| comments.allow(finding)));
    for (path, comments) in &comments {
        left.extend(comments.unused(path));
    }
    sort(&mut left);
    left
}

impl<'a> Comments<'a> {
    fn of(text: &CheckedText<'a>, entries: Vec<usize>) -> Comments<'a> {
        let mut comments = Comments { allowed: Vec::new(), by_cover: HashMap::new(), entries };
        let Some((_, opener)) = OPENERS.iter().find(|(formats, _)| formats.contains(&text.format)) else {
            return comments;
        };
        let lines: Vec<&str> = text.text.lines().collect();
        let head = head(&lines, opener);
        let is_code = code_lines(&lines, text.format);
        let next = next_texts(&lines, opener);
        for (at, line) in lines.iter().enumerate().filter(|(at, _)| !is_code(*at)) {
            let Some((before, rules)) = comment(line, opener) else { continue };
            let covers = match before.is_empty() {
                _ if at < head => vec![Cover::File],
                true => comments.below(at + 1, next[at]),
                false => comments.around(at + 1),
            };
            for rule in rules {
                let number = comments.allowed.len();
                comments.allowed.push(Allowed { line: at + 1, rule, used: false });
                for cover in &covers {
                    comments.by_cover.entry((*cover, rule)).or_default().push(number);
                }
            }
        }
        comments
    }

    /// The line below a comment, and the entry that begins next; behind the last entry, that one.
    fn below(&self, line: usize, next_line: usize) -> Vec<Cover> {
        let next = self.entries.partition_point(|start| *start <= line);
        let entry = self.entries.get(next).or(self.entries.last());
        entry.map(|start| Cover::Entry(*start)).into_iter().chain([Cover::Line(next_line)]).collect()
    }

    /// The line, and the entry it is part of; above the first entry, the whole file.
    fn around(&self, line: usize) -> Vec<Cover> {
        self.entry_at(line).map_or(vec![Cover::File], |start| vec![Cover::Line(line), Cover::Entry(start)])
    }

    fn entry_at(&self, line: usize) -> Option<usize> {
        self.entries[..self.entries.partition_point(|start| *start <= line)].last().copied()
    }

    /// Whether a comment allows the finding; all that do are used.
    fn allow(&mut self, finding: &Finding) -> bool {
        let entry = self.entry_at(finding.line).map(Cover::Entry);
        let covers = [Cover::File, Cover::Line(finding.line)].into_iter().chain(entry);
        let numbers = covers.filter_map(|cover| self.by_cover.get(&(cover, finding.rule))).flatten();
        let mut allowed = false;
        for number in numbers {
            self.allowed[*number].used = true;
            allowed = true;
        }
        allowed
    }

    fn unused(&self, path: &str) -> Vec<Finding> {
        let mut found = Found::new(&allowed::RULE);
        for Allowed { line, rule, .. } in self.allowed.iter().filter(|allowed| !allowed.used) {
            if rule_named(rule).is_some() {
                found.at(path, *line, format!("the comment allows `{rule}`, which is not found here"));
                continue;
            }
            let near = alike(rule, RULES.iter().map(|rule| rule.name));
            let near = near.first().map(|near| format!("did you mean {near}?"));
            let help = near.unwrap_or_else(|| "`kenning help rules` lists the rules".into());
            found.helped(path, *line, format!("the comment allows `{rule}`, which is not a rule"), help);
        }
        found.finish()
    }
}

/// For each line the number of the next one that is neither blank nor a comment to `kenning check`.
fn next_texts(lines: &[&str], opener: &str) -> Vec<usize> {
    let mut next = lines.len();
    let mut numbers = vec![next; lines.len()];
    for (at, line) in lines.iter().enumerate().rev() {
        numbers[at] = next;
        if !line.trim().is_empty() && comment(line, opener).is_none() {
            next = at + 1;
        }
    }
    numbers
}

/// What stands before the comment of a line, and the rules it allows.
fn comment<'a>(line: &'a str, opener: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let (before, after) = line.split_once(MARK)?;
    let before = before.trim_end().strip_suffix(opener)?.trim();
    let list = after.trim_start().strip_prefix("allow")?;
    let list = list.split(['"', '>']).next().unwrap_or("").trim_end_matches(['-', ' ']);
    let names: Vec<&str> = list.split([',', ' ', '\t']).map(str::trim).filter(|name| !name.is_empty()).collect();
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
