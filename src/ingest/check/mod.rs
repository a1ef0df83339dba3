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

use std::collections::HashSet;

use super::Finding;
use super::gather::{Gathered, Remark, Terminology};
use crate::diagnostic::Severity;
use crate::graph::{Decision, Graph};
use entries::Entries;
use found::Found;
pub use levels::{Levels, Wanted};
pub use rules::{RULES, rule_named};
use rules::{dangling, decisions};
pub(in crate::ingest) use rules::{defined, folder, reading};

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

/// A file of decisions: of each line its number, and what it decides or why it cannot be read.
#[derive(Clone, Debug)]
pub struct Decided<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub lines: Vec<(usize, Result<Decision, String>)>,
}

/// What is wrong with files of decisions, and which decisions did nothing to the graph that was made with them: `idle`
/// lists these with their reasons, as [`Assembled`](super::assemble::Assembled) does.
pub fn check_decisions(files: &[Decided], idle: &[String]) -> Vec<Finding> {
    let texts: Vec<CheckedText> =
        files.iter().map(|file| CheckedText { path: file.path, format: allow::DECISIONS, text: file.text }).collect();
    let mut findings = decisions::find(files, idle);
    sort(&mut findings);
    allow::apply(findings, &texts, &[])
}

/// What is wrong with a graph made of glossaries earlier: less can be told than of their files.
pub fn check_graph(graph: &Graph) -> Vec<Finding> {
    run(|find, found| match find {
        Find::Graph(find) | Find::GraphAlone(find) => find(graph, found),
        Find::Entries(_) => {}
    })
}

/// What is wrong with what was gathered, and with the graph that was made of it; what comments of the texts allow is left
/// out.
pub fn check_gathered(gathered: &Gathered, graph: &Graph, texts: &[CheckedText]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = gathered.remarks.iter().map(finding).collect();
    let Some(terminology) = &gathered.terminology else {
        findings.extend(check_graph(graph));
        sort(&mut findings);
        return findings;
    };
    findings.extend(check_glossaries(terminology, graph, texts));
    sort(&mut findings);
    said_once(&mut findings);
    allow::apply(findings, texts, &terminology.glossary.entries)
}

/// The entries that lack a definition where most have one.
pub fn undefined(terminology: &Terminology) -> Vec<usize> {
    defined::undefined(&Entries::new(terminology, &[]))
}

/// What the gathering says of a file, as a finding.
pub fn finding(remark: &Remark) -> Finding {
    if let Some(finding) = &remark.finding {
        return finding.clone();
    }
    let rule = match remark.severity {
        Severity::Error => &reading::UNREADABLE,
        Severity::Warning => &reading::NOT_READ,
        Severity::Note => &reading::TEXT,
    };
    let at_line = remark.place.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?)));
    let (file, line) = at_line.unwrap_or((&remark.place, 1));
    let mut found = Found::new(rule);
    found.helped(file, line, remark.what.clone(), remark.help.clone().unwrap_or_default());
    found.finish().remove(0)
}

fn check_glossaries(terminology: &Terminology, graph: &Graph, texts: &[CheckedText]) -> Vec<Finding> {
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

/// By file and line; what is found twice, be it in more words, is listed once.
pub fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| (&a.file, a.line, a.rule, &a.what).cmp(&(&b.file, b.line, b.rule, &b.what)));
    findings.dedup_by(|b, a| {
        (&a.file, a.line, a.rule, a.severity) == (&b.file, b.line, b.rule, b.severity) && b.what.starts_with(&a.what)
    });
}

/// A link in a sentence like "See X" dangles; that the sentence points nowhere says nothing more.
fn said_once(findings: &mut Vec<Finding>) {
    let is = |finding: &Finding, rule: &Rule| finding.rule == rule.name;
    let dangling: HashSet<(String, usize)> = findings
        .iter()
        .filter(|finding| is(finding, &dangling::REFERENCE))
        .map(|finding| (finding.file.clone(), finding.line))
        .collect();
    findings.retain(|finding| {
        !is(finding, &dangling::POINTER) || !dangling.contains(&(finding.file.clone(), finding.line))
    });
}
