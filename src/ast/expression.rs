//! Expressions.

use super::{LabelExpression, Name, PathPattern, Query, TypeExpression};
use crate::diagnostic::Span;

/// An expression with its place. Two are equal if they say the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct Expression {
    pub kind: ExpressionKind,
    pub span: Span,
}

impl Expression {
    pub fn new(kind: ExpressionKind, span: Span) -> Expression {
        Expression { kind, span }
    }
}

impl ExpressionKind {
    /// Both operands joined. A chain of the same connective on the left gets one more operand: it leans to the left.
    pub fn logic(connective: Connective, left: Expression, right: Expression) -> ExpressionKind {
        match left.kind {
            ExpressionKind::Logic { connective: same, mut operands } if same == connective => {
                operands.push(right);
                ExpressionKind::Logic { connective, operands }
            }
            _ => ExpressionKind::Logic { connective, operands: vec![left, right] },
        }
    }

    /// Whether one more operand makes it longer instead of taller.
    pub fn goes_on_with(&self, wanted: Connective) -> bool {
        matches!(self, ExpressionKind::Logic { connective, .. } if *connective == wanted)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Expression) -> bool {
        self.kind == other.kind
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExpressionKind {
    Literal(Literal),
    /// `$name` or `$0`
    Parameter(String),
    Variable(String),
    List(Vec<Expression>),
    /// In the order written; a key may stand twice (the last wins).
    Map(Vec<(Name, Expression)>),
    /// `base.key`
    Property {
        base: Box<Expression>,
        key: Name,
    },
    /// `base[index]`
    Index {
        base: Box<Expression>,
        index: Box<Expression>,
    },
    /// `base[from..to]`
    Slice {
        base: Box<Expression>,
        from: Option<Box<Expression>>,
        to: Option<Box<Expression>>,
    },
    Unary {
        operator: UnaryOperator,
        operand: Box<Expression>,
    },
    Binary {
        operator: BinaryOperator,
        left: Box<Expression>,
        right: Box<Expression>,
    },
    /// `a AND b AND c`: at least two operands, the first of which is no such chain itself (see [`ExpressionKind::logic`]).
    Logic {
        connective: Connective,
        operands: Vec<Expression>,
    },
    /// `a < b <= c`: a chain means the conjunction of its neighbours. At least one link.
    Comparison {
        first: Box<Expression>,
        links: Vec<(ComparisonOperator, Expression)>,
    },
    /// `operand IS NULL` or, negated, `operand IS NOT NULL`
    IsNull {
        operand: Box<Expression>,
        negated: bool,
    },
    /// `operand IS [NOT] :: TYPE`
    IsTyped {
        operand: Box<Expression>,
        type_: TypeExpression,
        negated: bool,
    },
    /// `CAST(operand AS TYPE)`
    Cast {
        operand: Box<Expression>,
        type_: TypeExpression,
    },
    /// `operand:Label:Label`, `operand:A&!B`, `operand IS LABELED A`
    HasLabels {
        operand: Box<Expression>,
        labels: LabelExpression,
    },
    /// `name.space.function([DISTINCT] argument, …)`; the name as typed.
    Call {
        function: Name,
        distinct: bool,
        arguments: Vec<Expression>,
    },
    /// `count(*)`
    CountStar,
    /// `CASE [operand] WHEN … THEN … … [ELSE …] END`. With an operand, a branch has one or several values or half tests
    /// such as `< 3`, `IS NULL`, whose other half is [`ExpressionKind::CaseOperand`]; without, it has one condition.
    Case {
        operand: Option<Box<Expression>>,
        branches: Vec<(Vec<Expression>, Expression)>,
        otherwise: Option<Box<Expression>>,
    },
    /// The operand of the CASE around, which is not written: the left side of a half test.
    CaseOperand,
    /// `[variable IN list WHERE condition | result]`
    ListComprehension {
        variable: Name,
        list: Box<Expression>,
        condition: Option<Box<Expression>>,
        result: Option<Box<Expression>>,
    },
    /// `[path WHERE condition | result]`
    PatternComprehension {
        pattern: Box<PathPattern>,
        condition: Option<Box<Expression>>,
        result: Box<Expression>,
    },
    /// `all(variable IN list WHERE condition)` and its kin. Without WHERE the item itself is the condition.
    Quantifier {
        quantifier: Quantifier,
        variable: Name,
        list: Box<Expression>,
        condition: Option<Box<Expression>>,
    },
    /// `reduce(accumulator = initial, variable IN list | step)`, or `allReduce(… | step, condition)`: whether the
    /// condition holds after every step.
    Reduce {
        accumulator: Name,
        initial: Box<Expression>,
        variable: Name,
        list: Box<Expression>,
        step: Box<Expression>,
        condition: Option<Box<Expression>>,
    },
    /// `(a)-[:T]->(b)` where an expression is expected. At least one relationship.
    Pattern(Box<PathPattern>),
    /// `shortestPath(…)` or `allShortestPaths(…)` where an expression is expected.
    ShortestPath(Box<PathPattern>),
    /// `variable {.key, .*, key: value, other}`
    MapProjection {
        variable: Name,
        items: Vec<MapProjectionItem>,
    },
    /// `EXISTS { pattern, … [WHERE …] }` or `EXISTS { query }`
    Exists(Box<Subquery>),
    /// `COUNT { … }`, with the same two bodies: how many rows.
    Count(Box<Subquery>),
    /// `COLLECT { … RETURN expression }`: the list of what its one column holds.
    Collect(Box<Query>),
}

/// The body of a subquery in braces.
#[derive(Clone, Debug, PartialEq)]
pub enum Subquery {
    Pattern { patterns: Vec<PathPattern>, condition: Option<Expression> },
    Query(Query),
}

#[derive(Clone, Debug, PartialEq)]
pub enum MapProjectionItem {
    /// `.*`
    AllProperties,
    /// `.key`
    Property(Name),
    /// `key: value`
    Entry(Name, Expression),
    /// `other`, a variable that becomes the entry `other: other`
    Variable(Name),
}

#[derive(Clone, Debug)]
pub enum Literal {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    String(String),
}

/// NaN cannot be written, so bits decide: a printed tree parses back to an equal one.
impl PartialEq for Literal {
    fn eq(&self, other: &Literal) -> bool {
        use Literal::*;
        match (self, other) {
            (Null, Null) => true,
            (Boolean(a), Boolean(b)) => a == b,
            (Integer(a), Integer(b)) => a == b,
            (Float(a), Float(b)) => a.to_bits() == b.to_bits(),
            (String(a), String(b)) => a == b,
            _ => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    Not,
    Minus,
    Plus,
}

/// Joins truth values. Chains of these are long in statements that programs write, so they are lists, not trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connective {
    And,
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    Xor,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    In,
    StartsWith,
    EndsWith,
    Contains,
    /// `=~`
    Matches,
    /// `||`, of strings or lists
    Concatenate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonOperator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    All,
    Any,
    None,
    Single,
}
