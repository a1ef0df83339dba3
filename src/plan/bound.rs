//! What the binder makes: the clauses of a query with names resolved and patterns as small graphs of slots.

use std::sync::Arc;

use super::{Expr, Slot};
use crate::diagnostic::Span;
use crate::graph::Direction;
use crate::procedures::Callable;
use crate::result::Shape;

#[derive(Clone, Debug)]
pub struct BoundQuery {
    /// The single queries that `UNION` joins; at least one.
    pub parts: Vec<BoundPart>,
    /// Whether equal rows of the parts are merged (`UNION` without `ALL`).
    pub distinct: bool,
    /// Names of the columns; empty for a query that returns nothing.
    pub columns: Vec<String>,
    /// A name for each slot of the row, for people.
    pub slots: Vec<String>,
    pub shape: Shape,
    /// Whether any clause may change the graph.
    pub writes: bool,
}

#[derive(Clone, Debug)]
pub struct BoundPart {
    pub clauses: Vec<BoundClause>,
    /// Where the result's columns are found, in order.
    pub columns: Vec<Slot>,
}

#[derive(Clone, Debug)]
pub enum BoundClause {
    Match { optional: bool, pattern: Pattern, conditions: Vec<Expr> },
    Unwind { list: Expr, slot: Slot },
    Project(Projection),
    Create(Vec<Creation>),
    Merge(Merge),
    Set(Vec<SetAction>),
    Remove(Vec<RemoveAction>),
    Delete { detach: bool, targets: Vec<Expr> },
    Call(Call),
}

/// A pattern as a small graph: relationships refer to nodes by index.
#[derive(Clone, Debug, Default)]
pub struct Pattern {
    pub nodes: Vec<PatternNode>,
    pub relationships: Vec<PatternRelationship>,
    pub paths: Vec<PatternPath>,
}

/// A node to be found. Its labels and properties stand among the clause's conditions.
#[derive(Clone, Debug)]
pub struct PatternNode {
    pub slot: Slot,
    /// Whether an earlier clause has set it.
    pub bound: bool,
}

#[derive(Clone, Debug)]
pub struct PatternRelationship {
    pub slot: Slot,
    pub bound: bool,
    /// Indexes of the nodes to the left and right as drawn.
    pub left: usize,
    pub right: usize,
    /// As drawn, seen from the left node.
    pub direction: Direction,
    /// Any of these types; none means every type.
    pub types: Vec<Arc<str>>,
    pub length: Option<PathLength>,
    /// What each relationship of a variable-length one must have; the values depend on no slot of this pattern
    /// but its nodes.
    pub properties: Vec<(Arc<str>, Expr)>,
    pub shortest: Option<ShortestKind>,
}

/// How many relationships in a row; no upper end when `maximum` is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathLength {
    pub minimum: u64,
    pub maximum: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShortestKind {
    /// One shortest path.
    One,
    /// Every path of the smallest length.
    All,
}

/// A named path: its parts by index into the pattern.
#[derive(Clone, Debug)]
pub struct PatternPath {
    pub slot: Slot,
    pub start: usize,
    pub relationships: Vec<usize>,
}

/// `WITH` or `RETURN`.
#[derive(Clone, Debug)]
pub struct Projection {
    /// With aggregation: grouping keys (their slots) and aggregates. Comes before `items`.
    pub aggregation: Option<Aggregation>,
    pub items: Vec<(Slot, Expr)>,
    /// The slots that stand for the row when duplicates are dropped.
    pub distinct: Option<Vec<Slot>>,
    pub order: Vec<SortKey>,
    pub skip: Option<Expr>,
    pub limit: Option<Expr>,
    pub condition: Option<Expr>,
}

#[derive(Clone, Debug)]
pub struct Aggregation {
    pub keys: Vec<(Slot, Expr)>,
    pub aggregates: Vec<(Slot, AggregateCall)>,
}

#[derive(Clone, Debug)]
pub struct AggregateCall {
    pub function: &'static crate::functions::aggregate::Aggregate,
    pub distinct: bool,
    /// Empty for `count(*)`.
    pub arguments: Vec<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct SortKey {
    pub expression: Expr,
    pub descending: bool,
}

/// One entity that `CREATE` makes, or a path over made ones, in order.
#[derive(Clone, Debug)]
pub enum Creation {
    Node {
        slot: Slot,
        labels: Vec<Arc<str>>,
        properties: Option<Expr>,
    },
    Relationship {
        slot: Slot,
        start: Slot,
        end: Slot,
        relationship_type: Arc<str>,
        properties: Option<Expr>,
        span: Span,
    },
    Path {
        slot: Slot,
        path: Expr,
    },
}

/// `MERGE`: matches the pattern or creates it, row by row.
#[derive(Clone, Debug)]
pub struct Merge {
    pub pattern: Pattern,
    pub conditions: Vec<Expr>,
    /// The property values that the pattern asks for: none may be null.
    pub required: Vec<(Arc<str>, Expr)>,
    pub creations: Vec<Creation>,
    pub on_create: Vec<SetAction>,
    pub on_match: Vec<SetAction>,
}

#[derive(Clone, Debug)]
pub enum SetAction {
    Property {
        entity: Expr,
        key: Arc<str>,
        value: Expr,
    },
    /// `= map`: exactly these properties.
    Replace {
        entity: Expr,
        value: Expr,
    },
    /// `+= map`: these properties too.
    Extend {
        entity: Expr,
        value: Expr,
    },
    Labels {
        node: Expr,
        labels: Vec<Arc<str>>,
    },
}

#[derive(Clone, Debug)]
pub enum RemoveAction {
    Property { entity: Expr, key: Arc<str> },
    Labels { node: Expr, labels: Vec<Arc<str>> },
}

#[derive(Clone, Debug)]
pub struct Call {
    pub procedure: Callable,
    pub arguments: Vec<Expr>,
    /// Index of the procedure's field and the slot it goes to.
    pub yields: Vec<(usize, Slot)>,
    /// Whether the call yields nothing and leaves the rows as they are.
    pub void: bool,
    pub condition: Option<Expr>,
    pub span: Span,
}
