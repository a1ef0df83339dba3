//! What people decided about the terms and relations of a graph, so that reading its sources again does not undo it.
//!
//! A decision is kept with the graph as what types mean is kept: it is no node, so that nothing that is asked of the
//! graph meets it. Terms are known by the names they have in the graph.

use std::fmt::{self, Write};

use super::temporal::Date;
use serde::{Deserialize, Serialize};

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The relation does not hold, whatever a source states.
    Reject,
    /// The relation holds, whether a source states it or not.
    Accept,
    /// The term is called `other`.
    Rename,
    /// The term is the same as `other`, which it becomes another name of.
    Merge,
    /// The term is not the same as `other`, of which it was another name.
    Split,
}

/// A decision, who took it, when and why; what is not known is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub verdict: Verdict,
    pub term: String,
    /// Only of a relation.
    #[serde(default, rename = "type", skip_serializing_if = "String::is_empty")]
    pub relation_type: String,
    pub other: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// A date.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub on: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub because: String,
}

/// What a decision is about. Of two decisions about the same, the later one holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subject {
    /// Whether a relation holds: its start, its type, its end.
    Relation(String, String, String),
    /// What a term is called.
    Name(String),
    /// Whether two names mean one term.
    Same(String, String),
}

impl Decision {
    pub fn subject(&self) -> Subject {
        match self.verdict {
            Verdict::Reject | Verdict::Accept => {
                Subject::Relation(self.term.clone(), self.relation_type.clone(), self.other.clone())
            }
            Verdict::Rename => Subject::Name(self.term.clone()),
            Verdict::Merge | Verdict::Split => Subject::Same(self.term.clone(), self.other.clone()),
        }
    }

    /// Whether both say the same, whoever took them and when.
    pub fn agrees_with(&self, other: &Decision) -> bool {
        self.verdict == other.verdict && self.subject() == other.subject() && self.other == other.other
    }

    /// The statement that takes the decision, without who, when and why.
    pub fn statement(&self) -> String {
        let bare = Decision { by: String::new(), on: String::new(), because: String::new(), ..self.clone() };
        bare.to_string()
    }

    /// What is wrong with a decision that was read; `None` if nothing is.
    pub fn fault(&self) -> Option<&'static str> {
        let is_of_relation = matches!(self.verdict, Verdict::Reject | Verdict::Accept);
        match () {
            () if self.term.is_empty() || self.other.is_empty() => Some("a decision names no term"),
            () if is_of_relation == self.relation_type.is_empty() => Some("a decision has a type that does not fit it"),
            () if !is_of_relation && self.term == self.other => Some("a decision gives a term its own name"),
            () if !self.on.is_empty() && Date::parse(&self.on).is_err() => Some("a decision's date is no date"),
            () => None,
        }
    }
}

/// The decision as the statement that takes it, on one line.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (term, other) = (Quoted(&self.term), Quoted(&self.other));
        match self.verdict {
            Verdict::Reject => write!(f, "REJECT ({term})-[:{}]->({other})", Type(&self.relation_type))?,
            Verdict::Accept => write!(f, "ACCEPT ({term})-[:{}]->({other})", Type(&self.relation_type))?,
            Verdict::Rename => write!(f, "RENAME TERM {term} TO {other}")?,
            Verdict::Merge => write!(f, "MERGE TERM {term} INTO {other}")?,
            Verdict::Split => write!(f, "SPLIT TERM {term} FROM {other}")?,
        }
        let parts = [("BY", &self.by), ("ON", &self.on), ("BECAUSE", &self.because)];
        let mut given = parts.into_iter().filter(|(_, text)| !text.is_empty());
        given.try_for_each(|(word, text)| write!(f, " {word} {}", Quoted(text)))
    }
}

/// A text in quotes, with what would end its line escaped.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_char('\'')?;
        for c in self.0.chars() {
            match c {
                '\'' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                c if c.is_control() || c == '\u{2028}' || c == '\u{2029}' => write!(f, "\\u{:04x}", c as u32)?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('\'')
    }
}

/// A relationship type, in backticks unless it is a plain name.
struct Type<'a>(&'a str);

impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let is_plain = self.0.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && self.0.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if is_plain { f.write_str(self.0) } else { write!(f, "`{}`", self.0.replace('`', "``")) }
    }
}

/// Takes a decision about the term, or takes it back.
#[cfg(test)]
pub(in crate::graph) fn toggle(graph: &mut super::Graph, term: &str) {
    let (relation_type, by, on, because) = Default::default();
    let other = term.to_lowercase();
    let decision = Decision { verdict: Verdict::Rename, term: term.into(), relation_type, other, by, on, because };
    match graph.semantics().decision(&decision.subject()) {
        Some(_) => _ = graph.forget_decision(&decision.subject()),
        None => graph.decide(decision),
    }
}
