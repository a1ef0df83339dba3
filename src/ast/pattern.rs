//! Patterns: the drawn part of a query.

use super::{Expression, LabelExpression, Name};
use crate::diagnostic::Span;

/// `p = SHORTEST 2 TRAIL (a)-[r]->(b)…`, or the older `p = shortestPath((a)-[r]->(b))`, which has no selector.
#[derive(Clone, Debug)]
pub struct PathPattern {
    pub variable: Option<Name>,
    pub selector: Option<Selector>,
    pub mode: Option<PathMode>,
    pub shortest: Option<Shortest>,
    pub start: NodePattern,
    /// Each connection with the node at its far end, left to right. Where the text draws no node beside a group,
    /// an anonymous one stands here.
    pub steps: Vec<PathStep>,
    /// `((a)-->(b) WHERE condition)`: looked at for each path, before the selector chooses among them.
    pub condition: Option<Box<Expression>>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PathStep {
    pub connection: Connection,
    pub node: NodePattern,
}

/// What joins two nodes of a path.
#[derive(Clone, Debug, PartialEq)]
pub enum Connection {
    Relationship(RelationshipPattern),
    Group(GroupPattern),
}

/// `((a)-[r]->(b) WHERE condition){2,5}`: a path repeated end to end. The condition is looked at in each round.
#[derive(Clone, Debug)]
pub struct GroupPattern {
    /// With neither selector nor condition of its own.
    pub pattern: Box<PathPattern>,
    pub condition: Option<Box<Expression>>,
    pub quantity: Quantity,
    pub span: Span,
}

/// `{n}`, `{n,m}`, `{n,}`, `{,m}`, `+`, `*`: how often. No maximum: without an upper end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    pub minimum: u64,
    pub maximum: Option<u64>,
}

/// Which of the paths between each two end nodes are wanted.
#[derive(Clone, Debug)]
pub struct Selector {
    pub kind: SelectorKind,
    /// `COST BY key`: "short" means a small sum of this property of the relationships, not few relationships.
    /// Only with the kinds that say SHORTEST.
    pub cost: Option<Name>,
    pub span: Span,
}

/// Each count is an integer literal or a parameter; missing, it is 1.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectorKind {
    /// `ALL`, which says what holds anyway.
    All,
    /// `ANY`, `ANY 3`
    Any { count: Option<Box<Expression>> },
    /// `ALL SHORTEST`
    AllShortest,
    /// `ANY SHORTEST`, `SHORTEST 3`
    Shortest { count: Option<Box<Expression>> },
    /// `SHORTEST 2 GROUPS`: all paths of the two smallest lengths.
    ShortestGroups { count: Option<Box<Expression>> },
}

/// What a path may use twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathMode {
    /// Anything.
    Walk,
    /// No relationship.
    Trail,
    /// No node.
    Acyclic,
    /// No node, but that it may end where it starts.
    Simple,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortest {
    /// `shortestPath(…)`
    One,
    /// `allShortestPaths(…)`
    All,
}

/// `(variable:Label {key: value} WHERE condition)`
#[derive(Clone, Debug)]
pub struct NodePattern {
    pub variable: Option<Name>,
    pub labels: Option<LabelExpression>,
    /// A map literal or a parameter.
    pub properties: Option<Expression>,
    pub condition: Option<Box<Expression>>,
    pub span: Span,
}

/// `-[variable:TYPE|OTHER *1..3 {key: value} WHERE condition]->{2,5}`
#[derive(Clone, Debug)]
pub struct RelationshipPattern {
    pub variable: Option<Name>,
    /// None means every type.
    pub types: Option<LabelExpression>,
    /// openCypher's `*1..3`. Never together with a quantity.
    pub length: Option<Length>,
    pub properties: Option<Expression>,
    pub condition: Option<Box<Expression>>,
    pub direction: Direction,
    /// GQL's `{2,5}`, `+` or `*` behind the arrow.
    pub quantity: Option<Quantity>,
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

impl NodePattern {
    /// `()`
    pub fn anonymous(span: Span) -> NodePattern {
        NodePattern { variable: None, labels: None, properties: None, condition: None, span }
    }
}

impl PathStep {
    /// The relationship, unless this is a group.
    pub fn relationship(&self) -> Option<&RelationshipPattern> {
        match &self.connection {
            Connection::Relationship(relationship) => Some(relationship),
            Connection::Group(_) => None,
        }
    }
}

impl PathPattern {
    /// The nodes from left to right, those inside groups left out.
    pub fn nodes(&self) -> impl Iterator<Item = &NodePattern> {
        std::iter::once(&self.start).chain(self.steps.iter().map(|step| &step.node))
    }

    /// The relationships from left to right, those inside groups left out.
    pub fn relationships(&self) -> impl Iterator<Item = &RelationshipPattern> {
        self.steps.iter().filter_map(PathStep::relationship)
    }
}

impl PartialEq for PathPattern {
    fn eq(&self, other: &PathPattern) -> bool {
        (&self.variable, &self.selector, self.mode, self.shortest, &self.start, &self.steps, &self.condition)
            == (
                &other.variable,
                &other.selector,
                other.mode,
                other.shortest,
                &other.start,
                &other.steps,
                &other.condition,
            )
    }
}

impl PartialEq for Selector {
    fn eq(&self, other: &Selector) -> bool {
        (&self.kind, &self.cost) == (&other.kind, &other.cost)
    }
}

impl PartialEq for GroupPattern {
    fn eq(&self, other: &GroupPattern) -> bool {
        (&self.pattern, &self.condition, self.quantity) == (&other.pattern, &other.condition, other.quantity)
    }
}

impl PartialEq for NodePattern {
    fn eq(&self, other: &NodePattern) -> bool {
        (&self.variable, &self.labels, &self.properties, &self.condition)
            == (&other.variable, &other.labels, &other.properties, &other.condition)
    }
}

impl PartialEq for RelationshipPattern {
    fn eq(&self, other: &RelationshipPattern) -> bool {
        (&self.variable, &self.types, self.length, &self.properties, &self.condition)
            == (&other.variable, &other.types, other.length, &other.properties, &other.condition)
            && (self.direction, self.quantity) == (other.direction, other.quantity)
    }
}
