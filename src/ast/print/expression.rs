//! Expressions.

use std::fmt::{Display, Formatter, Result};

use super::label::Test;
use super::separated;
use super::text::{Parameter, Quoted, Schema, Variable};
use crate::ast::words::is_reserved;
use crate::ast::{
    BinaryOperator, ComparisonOperator, Connective, Expression, ExpressionKind, Literal, MapProjectionItem, Name,
    Quantifier, Subquery, UnaryOperator,
};

/// How tight an expression holds together, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    Xor,
    And,
    Not,
    Comparison,
    Predicate,
    Sum,
    Product,
    Power,
    Unary,
    /// `n:Label`: nothing may hang on it.
    Labels,
    Atom,
}

/// An expression where one at least so tight is asked for: in parentheses if it is looser.
struct Operand<'a>(&'a Expression, Level);

impl Display for Operand<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match level(self.0) < self.1 {
            true => write!(f, "({})", self.0),
            false => self.0.fmt(f),
        }
    }
}

/// The parts of a condition that AND joins, each as it stands in a chain of ANDs; one if there is no AND.
pub(super) fn conjuncts(condition: &Expression) -> Vec<String> {
    match &condition.kind {
        ExpressionKind::Logic { connective: Connective::And, operands } => {
            operands.iter().map(|operand| Operand(operand, tighter(Level::And)).to_string()).collect()
        }
        _ => vec![Operand(condition, Level::And).to_string()],
    }
}

fn level(expression: &Expression) -> Level {
    match &expression.kind {
        ExpressionKind::Binary { operator, .. } => binary_level(*operator),
        ExpressionKind::Logic { connective, .. } => logic_level(*connective),
        ExpressionKind::Unary { operator: UnaryOperator::Not, .. } => Level::Not,
        ExpressionKind::Unary { operator: UnaryOperator::Minus | UnaryOperator::Plus, .. } => Level::Unary,
        ExpressionKind::Literal(literal) if is_negative(literal) => Level::Unary,
        ExpressionKind::Comparison { .. } => Level::Comparison,
        ExpressionKind::IsNull { .. } | ExpressionKind::IsTyped { .. } => Level::Predicate,
        ExpressionKind::HasLabels { .. } | ExpressionKind::Pattern(_) => Level::Labels,
        _ => Level::Atom,
    }
}

fn logic_level(connective: Connective) -> Level {
    match connective {
        Connective::And => Level::And,
        Connective::Or => Level::Or,
    }
}

fn binary_level(operator: BinaryOperator) -> Level {
    use BinaryOperator::*;
    match operator {
        Xor => Level::Xor,
        In | StartsWith | EndsWith | Contains | Matches => Level::Predicate,
        Add | Subtract | Concatenate => Level::Sum,
        Multiply | Divide | Modulo => Level::Product,
        Power => Level::Power,
    }
}

/// The next tighter level: what the right operand of an operator that leans left must have.
fn tighter(level: Level) -> Level {
    match level {
        Level::Or => Level::Xor,
        Level::Xor => Level::And,
        Level::And => Level::Not,
        Level::Not => Level::Comparison,
        Level::Comparison => Level::Predicate,
        Level::Predicate => Level::Sum,
        Level::Sum => Level::Product,
        Level::Product => Level::Power,
        Level::Power => Level::Unary,
        Level::Unary | Level::Labels | Level::Atom => Level::Atom,
    }
}

fn is_negative(literal: &Literal) -> bool {
    match literal {
        Literal::Integer(value) => *value < 0,
        Literal::Float(value) => value.is_sign_negative(),
        Literal::Null | Literal::Boolean(_) | Literal::String(_) => false,
    }
}

fn is_number(expression: &Expression) -> bool {
    matches!(expression.kind, ExpressionKind::Literal(Literal::Integer(_) | Literal::Float(_)))
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match &self.kind {
            ExpressionKind::Literal(literal) => literal.fmt(f),
            ExpressionKind::Parameter(name) => write!(f, "${}", Parameter(name)),
            ExpressionKind::Variable(name) => Variable(name).fmt(f),
            ExpressionKind::List(items) => list(f, items),
            ExpressionKind::Map(entries) => {
                f.write_str("{")?;
                separated(f, ", ", entries.iter().map(|(key, value)| Entry(key, value)))?;
                f.write_str("}")
            }
            ExpressionKind::Property { base, key } => {
                write!(f, "{}.{}", Operand(base, Level::Atom), Schema(&key.text))
            }
            ExpressionKind::Index { base, index } => write!(f, "{}[{index}]", Operand(base, Level::Atom)),
            ExpressionKind::Slice { base, from, to } => {
                write!(f, "{}[{}..{}]", Operand(base, Level::Atom), Optional("", from), Optional("", to))
            }
            ExpressionKind::Unary { operator, operand } => unary(f, *operator, operand),
            ExpressionKind::Binary { operator, left, right } => {
                let level = binary_level(*operator);
                write!(f, "{} {operator} {}", Operand(left, level), Operand(right, tighter(level)))
            }
            ExpressionKind::Logic { connective, operands } => {
                let inside = tighter(logic_level(*connective));
                separated(f, connective.between(), operands.iter().map(|operand| Operand(operand, inside)))
            }
            ExpressionKind::Comparison { first, links } => {
                Operand(first, Level::Predicate).fmt(f)?;
                links
                    .iter()
                    .try_for_each(|(operator, operand)| write!(f, " {operator} {}", Operand(operand, Level::Predicate)))
            }
            ExpressionKind::IsNull { operand, negated } => {
                write!(f, "{} IS {}NULL", Operand(operand, Level::Predicate), if *negated { "NOT " } else { "" })
            }
            ExpressionKind::HasLabels { operand, labels } => {
                write!(f, "{}{}", Operand(operand, Level::Atom), Test(labels))
            }
            ExpressionKind::IsTyped { operand, type_, negated } => {
                let not = if *negated { "NOT " } else { "" };
                write!(f, "{} IS {not}:: {type_}", Operand(operand, Level::Predicate))
            }
            ExpressionKind::Cast { operand, type_ } => write!(f, "CAST({operand} AS {type_})"),
            ExpressionKind::Call { function, distinct, arguments } => {
                write!(f, "{}({}", Function(&function.text), if *distinct { "DISTINCT " } else { "" })?;
                separated(f, ", ", arguments)?;
                f.write_str(")")
            }
            ExpressionKind::CountStar => f.write_str("count(*)"),
            ExpressionKind::CaseOperand => Ok(()),
            ExpressionKind::Case { operand, branches, otherwise } => {
                write!(f, "CASE{}", Optional(" ", operand))?;
                for (tests, then) in branches {
                    let tests: Vec<String> =
                        tests.iter().map(|test| test.to_string().trim_start().to_string()).collect();
                    write!(f, " WHEN {} THEN {then}", tests.join(", "))?;
                }
                write!(f, "{} END", Optional(" ELSE ", otherwise))
            }
            ExpressionKind::ListComprehension { variable, list, condition, result } => {
                write!(f, "[{} IN {list}", Variable(&variable.text))?;
                write!(f, "{}{}]", Optional(" WHERE ", condition), Optional(" | ", result))
            }
            ExpressionKind::PatternComprehension { pattern, condition, result } => {
                write!(f, "[{pattern}{} | {result}]", Optional(" WHERE ", condition))
            }
            ExpressionKind::Quantifier { quantifier, variable, list, condition } => {
                write!(f, "{quantifier}({} IN {list}", Variable(&variable.text))?;
                write!(f, "{})", Optional(" WHERE ", condition))
            }
            ExpressionKind::Reduce { accumulator, initial, variable, list, step, condition } => {
                let function = if condition.is_some() { "allReduce" } else { "reduce" };
                write!(f, "{function}({} = {initial}, ", Variable(&accumulator.text))?;
                write!(f, "{} IN {list} | {step}", Variable(&variable.text))?;
                condition.iter().try_for_each(|condition| write!(f, ", {condition}"))?;
                f.write_str(")")
            }
            ExpressionKind::Pattern(pattern) | ExpressionKind::ShortestPath(pattern) => pattern.fmt(f),
            ExpressionKind::MapProjection { variable, items } => {
                write!(f, "{} {{", Variable(&variable.text))?;
                separated(f, ", ", items)?;
                f.write_str("}")
            }
            ExpressionKind::Exists(subquery) => write!(f, "EXISTS {{ {subquery} }}"),
            ExpressionKind::Count(subquery) => write!(f, "COUNT {{ {subquery} }}"),
            ExpressionKind::Collect(query) => write!(f, "COLLECT {{ {query} }}"),
        }
    }
}

/// A part that may be missing, with what stands before it.
struct Optional<'a>(&'a str, &'a Option<Box<Expression>>);

impl Display for Optional<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self.1 {
            Some(expression) => write!(f, "{}{expression}", self.0),
            None => Ok(()),
        }
    }
}

struct Entry<'a>(&'a Name, &'a Expression);

impl Display for Entry<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "{}: {}", Schema(&self.0.text), self.1)
    }
}

/// A single element that begins with a word and IN would read as a comprehension.
fn list(f: &mut Formatter, items: &[Expression]) -> Result {
    if let [item] = items
        && starts_with_membership(item)
    {
        return write!(f, "[({item})]");
    }
    f.write_str("[")?;
    separated(f, ", ", items)?;
    f.write_str("]")
}

fn starts_with_membership(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Binary { operator: BinaryOperator::In, left, .. } => {
            let word = matches!(
                left.kind,
                ExpressionKind::Variable(_) | ExpressionKind::Literal(Literal::Null | Literal::Boolean(_))
            );
            word || starts_with_membership(left)
        }
        ExpressionKind::Logic { operands, .. } => operands.first().is_some_and(starts_with_membership),
        ExpressionKind::Binary { left: first, .. }
        | ExpressionKind::Comparison { first, .. }
        | ExpressionKind::IsNull { operand: first, .. }
        | ExpressionKind::IsTyped { operand: first, .. } => starts_with_membership(first),
        _ => false,
    }
}

fn unary(f: &mut Formatter, operator: UnaryOperator, operand: &Expression) -> Result {
    match operator {
        UnaryOperator::Not => write!(f, "NOT {}", Operand(operand, Level::Not)),
        // A minus sign before a number is part of the number.
        UnaryOperator::Minus if is_number(operand) => write!(f, "-({operand})"),
        UnaryOperator::Minus => write!(f, "-{}", Operand(operand, Level::Unary)),
        UnaryOperator::Plus => write!(f, "+{}", Operand(operand, Level::Unary)),
    }
}

/// The name of a function: one that has its own syntax is in backquotes when it is called like any other.
struct Function<'a>(&'a str);

impl Display for Function<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        const OWN_SYNTAX: &[&str] =
            &["all", "any", "cast", "none", "single", "reduce", "shortestPath", "allShortestPaths"];
        let (first, others) = match self.0.split_once('.') {
            Some((first, _)) if first.starts_with('`') => (self.0, ""),
            Some((first, _)) => (first, &self.0[first.len()..]),
            None => (self.0, ""),
        };
        let reserved = is_reserved(first) && !self.0.eq_ignore_ascii_case("exists");
        match reserved || OWN_SYNTAX.iter().any(|own| own.eq_ignore_ascii_case(first)) {
            true => write!(f, "`{first}`{others}"),
            false => f.write_str(self.0),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            Literal::Null => f.write_str("null"),
            Literal::Boolean(value) => value.fmt(f),
            Literal::Integer(value) => value.fmt(f),
            // The shortest digits that give the same bits, always with a point or an exponent.
            Literal::Float(value) => write!(f, "{value:?}"),
            Literal::String(text) => Quoted(text).fmt(f),
        }
    }
}

impl Display for MapProjectionItem {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            MapProjectionItem::AllProperties => f.write_str(".*"),
            MapProjectionItem::Property(key) => write!(f, ".{}", Schema(&key.text)),
            MapProjectionItem::Entry(key, value) => Entry(key, value).fmt(f),
            MapProjectionItem::Variable(name) => Variable(&name.text).fmt(f),
        }
    }
}

impl Display for Subquery {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            Subquery::Pattern { patterns, condition } => {
                separated(f, ", ", patterns)?;
                condition.iter().try_for_each(|condition| write!(f, " WHERE {condition}"))
            }
            Subquery::Query(query) => query.fmt(f),
        }
    }
}

impl Connective {
    /// As it stands between two operands.
    fn between(self) -> &'static str {
        match self {
            Connective::And => " AND ",
            Connective::Or => " OR ",
        }
    }
}

impl Display for BinaryOperator {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(match self {
            BinaryOperator::Xor => "XOR",
            BinaryOperator::Add => "+",
            BinaryOperator::Subtract => "-",
            BinaryOperator::Multiply => "*",
            BinaryOperator::Divide => "/",
            BinaryOperator::Modulo => "%",
            BinaryOperator::Power => "^",
            BinaryOperator::In => "IN",
            BinaryOperator::StartsWith => "STARTS WITH",
            BinaryOperator::EndsWith => "ENDS WITH",
            BinaryOperator::Contains => "CONTAINS",
            BinaryOperator::Matches => "=~",
            BinaryOperator::Concatenate => "||",
        })
    }
}

impl Display for ComparisonOperator {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(match self {
            ComparisonOperator::Equal => "=",
            ComparisonOperator::NotEqual => "<>",
            ComparisonOperator::Less => "<",
            ComparisonOperator::LessOrEqual => "<=",
            ComparisonOperator::Greater => ">",
            ComparisonOperator::GreaterOrEqual => ">=",
        })
    }
}

impl Display for Quantifier {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(match self {
            Quantifier::All => "all",
            Quantifier::Any => "any",
            Quantifier::None => "none",
            Quantifier::Single => "single",
        })
    }
}
