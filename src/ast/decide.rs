//! Statements by which people correct what was read from a source, once and for good.

use super::{Relation, Start};
use crate::graph::{Decision, Verdict};

/// `REJECT (a)-[:T]->(b) BY 'Ann' ON '2026-11-30' BECAUSE 'it is only said of tests'`; with `DROP DECISION` before it,
/// the sources are believed again.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction {
    pub drops: bool,
    pub ruling: Ruling,
    pub by: Option<String>,
    pub on: Option<String>,
    pub because: Option<String>,
}

/// What is decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Ruling {
    /// `REJECT (a)-[:T]->(b)`; without a type, of any type.
    Reject(Relation),
    /// `ACCEPT (a)-[:T]->(b)`
    Accept(Relation),
    /// `RENAME TERM a TO b`
    Rename { term: Start, to: Start },
    /// `MERGE TERM a INTO b`
    Merge { term: Start, into: Start },
    /// `SPLIT TERM a FROM b`
    Split { name: Start, from: Start },
}

impl Correction {
    /// The decision as it is written, where every term is a name; `None` if only a graph could say what is meant.
    pub fn told(&self) -> Option<Decision> {
        let name = |start: &Start| match start {
            Start::Term(term) => Some(term.text.clone()),
            Start::Parameter(_) | Start::Walk(_) => None,
        };
        let (verdict, term, relation_type, other) = match &self.ruling {
            Ruling::Reject(relation) => {
                (Verdict::Reject, &relation.start, relation.relation_type.as_ref(), &relation.end)
            }
            Ruling::Accept(relation) => {
                (Verdict::Accept, &relation.start, relation.relation_type.as_ref(), &relation.end)
            }
            Ruling::Rename { term, to } => (Verdict::Rename, term, None, to),
            Ruling::Merge { term, into } => (Verdict::Merge, term, None, into),
            Ruling::Split { name, from } => (Verdict::Split, name, None, from),
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let decision = Decision {
            verdict,
            term: name(term)?,
            relation_type: relation_type.map_or_else(String::new, |name| name.text.clone()),
            other: name(other)?,
            by: text(&self.by),
            on: text(&self.on),
            because: text(&self.because),
        };
        (!self.drops && decision.fault().is_none()).then_some(decision)
    }
}
