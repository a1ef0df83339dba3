//! The walking statements: everyday questions in everyday words. The binder turns each into a procedure call.

use super::{Expression, Name, OptionKind, Query, StatementBody, Word};

/// A term as typed: bare words (`Block Storage`) joined by single spaces, or a quoted string's content.
pub type Term = Name;

#[derive(Clone, Debug, PartialEq)]
pub enum Walk {
    Word(WordStatement),
    /// `left EXCEPT right` and its kin; they group to the left.
    Set {
        left: Box<Walk>,
        operator: SetOperator,
        right: Box<Walk>,
    },
    /// `(query)`: the terms of its one column. Only as an operand.
    Query(Query),
}

#[derive(Clone, Debug, PartialEq)]
pub struct WordStatement {
    pub word: &'static Word,
    /// For each operand of the word what stands there; optional ones left out are empty.
    pub operands: Vec<Vec<Start>>,
    /// In the order written, each kind at most once.
    pub options: Vec<TraceOption>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOperator {
    Union,
    Except,
    Intersect,
}

/// Where a walk starts.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    Term(Term),
    /// `$name`: a name, a node, or a list of these.
    Parameter(Name),
    /// `(MATCH … RETURN n)`, `(DEPS a EXCEPT DEPS b)`
    Walk(Box<Walk>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum TraceOption {
    /// At most this many relations from the start.
    Depth(u64),
    /// At most so many answers.
    UpTo(u64),
    All,
    Ranked,
    /// Only over these relationship types: a type name (`PROVIDES_TO`) or its human name, as typed.
    Via(Vec<Name>),
    Only(Vec<Name>),
    Hiding(Vec<Name>),
    Avoiding(Vec<Start>),
    Confidence(f64),
    Where(Expression),
    /// Only over relations whose loss means failure.
    Hard,
    /// With these properties of the relations.
    Showing(Vec<Name>),
    /// A chain for each need of the start that leads on.
    Each,
    /// The relations of parts as those of wholes with one of these labels; without any, of the outermost wholes.
    Rollup(Vec<Name>),
}

impl TraceOption {
    pub fn kind(&self) -> OptionKind {
        match self {
            TraceOption::Depth(_) => OptionKind::Depth,
            TraceOption::UpTo(_) => OptionKind::UpTo,
            TraceOption::All => OptionKind::All,
            TraceOption::Ranked => OptionKind::Ranked,
            TraceOption::Via(_) => OptionKind::Via,
            TraceOption::Only(_) => OptionKind::Only,
            TraceOption::Hiding(_) => OptionKind::Hiding,
            TraceOption::Avoiding(_) => OptionKind::Avoiding,
            TraceOption::Confidence(_) => OptionKind::Confidence,
            TraceOption::Where(_) => OptionKind::Where,
            TraceOption::Hard => OptionKind::Hard,
            TraceOption::Showing(_) => OptionKind::Showing,
            TraceOption::Each => OptionKind::Each,
            TraceOption::Rollup(_) => OptionKind::Rollup,
        }
    }
}

/// `WHATIF REMOVE term, … ADD (term)-[:TYPE]->(term), … statement`
#[derive(Clone, Debug, PartialEq)]
pub struct WhatIf {
    /// At least one, in the order written.
    pub suppositions: Vec<Supposition>,
    /// A query or a walk.
    pub body: Box<StatementBody>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Supposition {
    Remove(Start),
    RemoveRelation(Relation),
    Add(Relation),
}

/// `(term)-[:TYPE]->(term)`; without a type, of any type.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    pub start: Start,
    pub relation_type: Option<Name>,
    pub end: Start,
}
