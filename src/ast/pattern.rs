//! Patterns: the drawn part of a query.

use super::{Expression, Name};
use crate::diagnostic::Span;

/// `p = (a)-[r]->(b)…`, possibly inside `shortestPath(…)`.
#[derive(Clone, Debug)]
pub struct PathPattern {
    pub variable: Option<Name>,
    pub shortest: Option<Shortest>,
    pub start: NodePattern,
    /// Each relationship with the node at its far end, left to right.
    pub steps: Vec<(RelationshipPattern, NodePattern)>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortest {
    /// `shortestPath(…)`
    One,
    /// `allShortestPaths(…)`
    All,
}

/// `(variable:Label {key: value})`
#[derive(Clone, Debug)]
pub struct NodePattern {
    pub variable: Option<Name>,
    /// All of these.
    pub labels: Vec<Name>,
    /// A map literal or a parameter.
    pub properties: Option<Expression>,
    pub span: Span,
}

/// `-[variable:TYPE|OTHER *1..3 {key: value}]->`
#[derive(Clone, Debug)]
pub struct RelationshipPattern {
    pub variable: Option<Name>,
    /// Any of these; none means every type.
    pub types: Vec<Name>,
    pub length: Option<Length>,
    pub properties: Option<Expression>,
    pub direction: Direction,
    pub span: Span,
}

/// `*`, `*2`, `*2..`, `*..3`, `*2..3`: how many relationships in a row. Missing ends: at least 1, no upper end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    pub minimum: Option<u64>,
    pub maximum: Option<u64>,
}

/// As drawn, seen from the left node. `Both` covers `--` and `<-->`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Outgoing,
    Incoming,
    Both,
}

impl PartialEq for PathPattern {
    fn eq(&self, other: &PathPattern) -> bool {
        (&self.variable, self.shortest, &self.start, &self.steps)
            == (&other.variable, other.shortest, &other.start, &other.steps)
    }
}

impl PartialEq for NodePattern {
    fn eq(&self, other: &NodePattern) -> bool {
        (&self.variable, &self.labels, &self.properties) == (&other.variable, &other.labels, &other.properties)
    }
}

impl PartialEq for RelationshipPattern {
    fn eq(&self, other: &RelationshipPattern) -> bool {
        (&self.variable, &self.types, self.length, &self.properties, self.direction)
            == (&other.variable, &other.types, other.length, &other.properties, other.direction)
    }
}
