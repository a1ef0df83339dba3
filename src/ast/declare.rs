//! Statements that say what relationship types mean, and what names the nodes of labels.

use super::Name;
use crate::graph::{Effect, FailureDirection};

#[derive(Clone, Debug, PartialEq)]
pub enum Declaration {
    /// `CREATE [OR REPLACE] RELATIONSHIP TYPE name, … part …`
    Create {
        replace: bool,
        /// At least one.
        types: Vec<Name>,
        /// In the order written, each kind at most once.
        parts: Vec<Meaning>,
    },
    /// `DROP RELATIONSHIP TYPE name, …`
    Drop { types: Vec<Name> },
    /// `CREATE [OR REPLACE] LABEL label, … NAMED BY key, …`
    CreateLabel {
        replace: bool,
        /// At least one.
        labels: Vec<Name>,
        /// At least one.
        named_by: Vec<Name>,
    },
    /// `DROP LABEL label, …`
    DropLabel { labels: Vec<Name> },
}

/// A part of what a type means.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// `NAMED 'provides to'`
    Named(String),
    /// `INVERSE NEEDS [NAMED 'needs']`
    Inverse { name: Name, phrase: Option<String> },
    /// `FAILURE ALONG | AGAINST | NONE`
    Failure(FailureDirection),
    /// `FAILS | DEGRADES`
    Effect(Effect),
    /// `ORDERS ALONG | AGAINST`
    Orders(FailureDirection),
    /// `SYMMETRIC`
    Symmetric,
    /// `TRANSITIVE`
    Transitive,
    /// `KIND OF DEPENDENCY, …`
    KindOf(Vec<Name>),
    /// `DESCRIBED 'a sentence'`
    Described(String),
}
