//! Files of decisions: lines that change nothing, and lines about the same.

use std::collections::BTreeMap;

use super::super::super::Finding;
use super::super::found::Found;
use super::super::{Decided, Rule};
use super::reading;
use crate::diagnostic::Severity;
use crate::graph::{Decision, Subject};

pub(in super::super) const IDLE: Rule = Rule {
    name: "decision-idle",
    severity: Severity::Warning,
    says: "A decision does not apply: it names a term that is not there, or rejects a relation that nothing states.",
    why: "it changes nothing, and what it was about may be there under another name",
    help: "correct the name, or remove the line",
    example: &[
        ("words.csv", "term,definition\nmole,A wall in the sea.\n"),
        ("words.csv.decisions", "RENAME TERM pier TO jetty;\n"),
    ],
    find: &[],
};

pub(in super::super) const CONTRADICTED: Rule = Rule {
    name: "decision-contradicted",
    severity: Severity::Warning,
    says: "Two lines decide differently about the same, and the second has no later date.",
    why: "the second holds, and whoever took the first is not told",
    help: "agree, and keep one line; a later date (ON) says that a decision replaces an earlier one",
    example: &[
        ("words.csv", "term,definition\nmole,A wall in the sea.\nquay,A wall of stone.\n"),
        ("words.csv.decisions", "RENAME TERM mole TO jetty;\nRENAME TERM mole TO pier;\n"),
    ],
    find: &[],
};

pub(in super::super) const REPEATED: Rule = Rule {
    name: "decision-repeated",
    severity: Severity::Note,
    says: "A later line decides the same, or replaces this one by its date.",
    why: "the line changes nothing",
    help: "remove it",
    example: &[
        ("words.csv", "term,definition\nmole,A wall in the sea.\n"),
        ("words.csv.decisions", "RENAME TERM mole TO pier;\nRENAME TERM mole TO pier;\n"),
    ],
    find: &[],
};

/// A line with a decision.
struct Line<'a> {
    file: &'a str,
    line: usize,
    decision: &'a Decision,
}

/// What is wrong with the lines; `idle` are the decisions that did nothing, each with its reason, as the graph was made.
pub(in super::super) fn find(files: &[Decided], idle: &[String]) -> Vec<Finding> {
    let mut unreadable = Found::new(&reading::UNREADABLE);
    let mut lines = Vec::new();
    for Decided { path, lines: decided, .. } in files {
        for (line, decision) in decided {
            match decision {
                Ok(decision) => lines.push(Line { file: path, line: *line, decision }),
                Err(reason) => unreadable.at(path, *line, reason.clone()),
            }
        }
    }
    let mut holding: BTreeMap<Subject, &Line> = BTreeMap::new();
    let (mut contradicted, mut repeated) = (Found::new(&CONTRADICTED), Found::new(&REPEATED));
    for later in &lines {
        let Some(earlier) = holding.insert(later.decision.subject(), later) else { continue };
        let place = format!("{}:{}", later.file, later.line);
        if later.decision.agrees_with(earlier.decision) {
            repeated.at(earlier.file, earlier.line, format!("{place} decides the same"));
        } else if later.decision.on > earlier.decision.on {
            let what = format!("replaced by {place}: {}", later.decision.statement());
            repeated.at(earlier.file, earlier.line, what);
        } else {
            let what = format!("{place} decides otherwise: {}", later.decision.statement());
            contradicted.at(earlier.file, earlier.line, what);
        }
    }
    let mut found = unreadable.finish();
    found.extend(contradicted.finish());
    found.extend(repeated.finish());
    found.extend(without_effect(holding.values().copied(), idle));
    found
}

fn without_effect<'a>(lines: impl Iterator<Item = &'a Line<'a>>, idle: &[String]) -> Vec<Finding> {
    let mut found = Found::new(&IDLE);
    for Line { file, line, decision } in lines {
        let decided = format!("{decision}: ");
        if let Some(reason) = idle.iter().find_map(|idle| idle.strip_prefix(&decided)) {
            found.at(file, *line, format!("{} does not apply: {reason}", decision.statement()));
        }
    }
    found.finish()
}
