//! The walking statements: everyday questions in everyday words. The binder turns each into a procedure call.

use super::Name;

/// A term as typed: bare words (`Block Storage`) joined by single spaces, or a quoted string's content.
pub type Term = Name;

#[derive(Clone, Debug, PartialEq)]
pub enum Walk {
    /// `SHOW term`
    Show { term: Term },
    /// `DEPS term [DEPTH n] [VIA type, …]`
    Deps { term: Term, options: TraceOptions },
    /// `IMPACT term [DEPTH n] [VIA type, …]`
    Impact { term: Term, options: TraceOptions },
    /// `WHY term TO term [ALL] [VIA type, …]`
    Why { from: Term, to: Term, all: bool, via: Vec<Name> },
    /// `SHOW INDEXES`
    ShowIndexes,
    /// `SHOW CONSTRAINTS`
    ShowConstraints,
    /// `FIND text`
    Find { text: Term },
}

/// In any order in the text, each at most once.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceOptions {
    /// At most this many relations from the start.
    pub depth: Option<u64>,
    /// Only over these relationship types: a type name (`PROVIDES_TO`) or its human name, as typed.
    pub via: Vec<Name>,
}
