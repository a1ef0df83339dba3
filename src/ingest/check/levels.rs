//! [`Levels`]: which findings count as errors, and which do not count, as the command line says.

use super::super::Finding;
use super::rule_named;
use crate::diagnostic::Severity;

/// Findings that `--deny` or `--allow` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Errors, warnings or notes.
    All(Severity),
    Rule(&'static str),
}

impl Wanted {
    /// `warnings`, `notes`, or the name of a rule.
    pub fn read(text: &str) -> Option<Wanted> {
        match text {
            "warnings" => Some(Wanted::All(Severity::Warning)),
            "notes" => Some(Wanted::All(Severity::Note)),
            name => rule_named(name).map(|rule| Wanted::Rule(rule.name)),
        }
    }

    fn covers(self, finding: &Finding) -> bool {
        match self {
            Wanted::All(severity) => finding.severity == severity,
            Wanted::Rule(name) => finding.rule == name,
        }
    }
}

/// What the command line says about levels. A rule that is named beats a whole level, and to deny beats to allow.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    pub deny: Vec<Wanted>,
    pub allow: Vec<Wanted>,
}

impl Levels {
    /// The findings that count, those that are denied as errors.
    pub fn apply(&self, findings: Vec<Finding>) -> Vec<Finding> {
        findings.into_iter().filter_map(|finding| self.level(finding)).collect()
    }

    fn level(&self, finding: Finding) -> Option<Finding> {
        let names = |wanted: &Wanted| matches!(wanted, Wanted::Rule(_)) && wanted.covers(&finding);
        let covers = |wanted: &Wanted| wanted.covers(&finding);
        let is_named = (self.deny.iter().any(names), self.allow.iter().any(names));
        let is_covered = (self.deny.iter().any(covers), self.allow.iter().any(covers));
        match (is_named, is_covered) {
            ((true, _), _) | ((false, false), (true, _)) => Some(Finding { severity: Severity::Error, ..finding }),
            ((false, true), _) | (_, (false, true)) => None,
            ((false, false), (false, false)) => Some(finding),
        }
    }
}
