//! What is wrong with glossaries, and with graphs made of them.
//!
//! ```text
//! files → gather → entries, terms → graph ─→ RULES → findings → comments that allow → levels → findings
//! ```
//!
//! A rule is a file of `rules/` and a row of [`RULES`]; a test runs its example. Rules look at the entries as they were
//! read, at the graph made of them, or at both; what readers could not read they report themselves, by a rule of
//! `rules/reading.rs`. Nothing is printed here, and no file is opened.

mod allow;
mod entries;
mod found;
mod levels;
mod rules;

#[cfg(test)]
mod tests;

use super::Finding;
use super::gather::Terminology;
use crate::diagnostic::Severity;
use crate::graph::Graph;
pub use allow::apply as apply_comments;
use entries::Entries;
use found::Found;
pub use levels::{Levels, Wanted};
pub(in crate::ingest) use rules::{defined, folder, reading};
pub use rules::{RULES, rule_named};

/// A kind of fault.
pub struct Rule {
    /// As reports, `--deny` and comments name it; it never changes.
    pub name: &'static str,
    pub severity: Severity,
    /// What it reports, in a sentence.
    pub says: &'static str,
    /// What goes wrong because of it.
    pub why: &'static str,
    /// What to try.
    pub help: &'static str,
    /// Files in which it finds something, each with its name.
    pub example: &'static [(&'static str, &'static str)],
    find: &'static [Find],
}

/// Where a rule looks.
enum Find {
    /// In the entries as they were read.
    Entries(fn(&Entries, &mut Found)),
    /// In the graph.
    Graph(fn(&Graph, &mut Found)),
    /// In a graph whose entries are not at hand.
    GraphAlone(fn(&Graph, &mut Found)),
}

/// A text that was checked, for what its comments allow and what its links point at.
#[derive(Clone, Copy, Debug)]
pub struct CheckedText<'a> {
    pub path: &'a str,
    /// The name of its format, which decides how comments are written.
    pub format: &'a str,
    pub text: &'a str,
}

/// What is wrong with a graph made of glossaries earlier: less can be told than of their files.
pub fn check_graph(graph: &Graph) -> Vec<Finding> {
    run(|find, found| match find {
        Find::Graph(find) | Find::GraphAlone(find) => find(graph, found),
        Find::Entries(_) => {}
    })
}

/// What is wrong with glossaries, and with the graph that was made of them and of what else was read.
pub fn check_glossaries(terminology: &Terminology, graph: &Graph, texts: &[CheckedText]) -> Vec<Finding> {
    let entries = Entries::new(terminology, texts);
    run(|find, found| match find {
        Find::Graph(find) => find(graph, found),
        Find::Entries(find) => find(&entries, found),
        Find::GraphAlone(_) => {}
    })
}

fn run(mut find: impl FnMut(&Find, &mut Found)) -> Vec<Finding> {
    let mut all = Vec::new();
    for rule in RULES {
        let mut found = Found::new(rule);
        rule.find.iter().for_each(|one| find(one, &mut found));
        all.extend(found.finish());
    }
    sort(&mut all);
    all
}

/// What was not read of a file, or why it was not read at all.
pub fn not_read(severity: Severity, file: &str, line: usize, what: String, help: Option<String>) -> Finding {
    let rule = if severity == Severity::Error { &reading::UNREADABLE } else { &reading::NOT_READ };
    let mut found = Found::new(rule);
    found.helped(file, line, what, help.unwrap_or_default());
    let [finding] = <[Finding; 1]>::try_from(found.finish()).expect("one was reported");
    finding
}

/// By file and line; what is found twice is listed once.
pub fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| (&a.file, a.line, a.rule, &a.what).cmp(&(&b.file, b.line, b.rule, &b.what)));
    findings.dedup_by(|a, b| (&a.file, a.line, a.rule, &a.what) == (&b.file, b.line, b.rule, &b.what));
}
