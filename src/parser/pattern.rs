//! Patterns: `p = (a:Label {key: value})-[r:TYPE*1..3]->(b)`. Groups and what stands before a path are in `path`.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::separated_list1;

use super::atom::map;
use super::expression::optional_where;
use super::input::{Parsed, Problem, Tokens, nested, report, symbol, variable};
use super::label::{Bearer, optional_labels};
use super::lexer::{Symbol, TokenKind};
use super::lookahead::{is_dash, is_left_head, is_right_head, opens_path};
use super::path::{path_pattern, quantity};
use crate::ast::{
    Direction, Expression, ExpressionKind, LabelExpression, Length, Name, NodePattern, PathPattern, RelationshipPattern,
};
use crate::diagnostic::{Detail, Diagnostic};

/// `pattern, pattern, …`
pub(super) fn patterns(input: Tokens) -> Parsed<Vec<PathPattern>> {
    separated_list1(symbol(Symbol::Comma), path_pattern).parse(input)
}

/// `(variable:Label:Label {key: value} WHERE condition)`
pub(super) fn node(input: Tokens) -> Parsed<NodePattern> {
    if !input.is_symbol(0, Symbol::LeftParenthesis) {
        return input.fail("a node pattern '(…)'");
    }
    if opens_path(input) {
        let message = "a path in parentheses stands alone, or is repeated";
        let diagnostic = Diagnostic::syntax(Detail::UnexpectedSyntax, input.here(), message);
        return report(diagnostic.help("put a quantifier behind it: ((a)-->(b)){1,3}"));
    }
    let (rest, variable) = opt(variable("a variable")).parse(input.skip(1))?;
    let (rest, labels) = optional_labels(rest, Bearer::Node)?;
    let (rest, properties) = opt(properties).parse(rest)?;
    let (rest, condition) = optional_where(rest)?;
    let (rest, _) = cut(symbol(Symbol::RightParenthesis)).parse(rest)?;
    let condition = condition.map(Box::new);
    Ok((rest, NodePattern { variable, labels, properties, condition, span: input.until(rest) }))
}

/// A map or a parameter.
fn properties(input: Tokens) -> Parsed<Expression> {
    let (rest, kind) = match input.kind(0) {
        Some(TokenKind::Parameter(name)) => (input.skip(1), ExpressionKind::Parameter(name.to_string())),
        Some(TokenKind::Symbol(Symbol::LeftBrace)) => nested(input, map)?,
        _ => return input.fail("'{'"),
    };
    Ok((rest, Expression::new(kind, input.until(rest))))
}

/// `-[variable:TYPE|OTHER *1..3 {key: value} WHERE condition]->{1,3}` and its shorter forms.
pub(super) fn relationship(input: Tokens) -> Parsed<RelationshipPattern> {
    let left = is_left_head(input, 0);
    let rest = input.skip(usize::from(left));
    if !is_dash(rest, 0) {
        return input.fail("a relationship");
    }
    let (rest, details) = opt(details).parse(rest.skip(1))?;
    if !is_dash(rest, 0) {
        return missing_dash(rest);
    }
    let right = is_right_head(rest, 1);
    let rest = rest.skip(1 + usize::from(right));
    let direction = match (left, right) {
        (true, false) => Direction::Incoming,
        (false, true) => Direction::Outgoing,
        _ => Direction::Both,
    };
    let Details { variable, types, length, properties, condition } = details.unwrap_or_default();
    let (after, quantity) = quantity(rest)?;
    if quantity.is_some() && length.is_some() {
        return invalid_length(rest, "this relationship says twice how often it is repeated");
    }
    let span = input.until(after);
    let found = RelationshipPattern { variable, types, length, properties, condition, direction, quantity, span };
    Ok((after, found))
}

fn missing_dash<'t>(input: Tokens<'t>) -> Parsed<'t, RelationshipPattern> {
    input.expect("'-'");
    Err(nom::Err::Failure(Problem::Unexpected))
}

/// What stands in the brackets.
#[derive(Default)]
struct Details {
    variable: Option<Name>,
    types: Option<LabelExpression>,
    length: Option<Length>,
    properties: Option<Expression>,
    condition: Option<Box<Expression>>,
}

fn details(input: Tokens) -> Parsed<Details> {
    let (rest, _) = symbol(Symbol::LeftBracket)(input)?;
    let (rest, variable) = opt(variable("a variable")).parse(rest)?;
    let (rest, types) = optional_labels(rest, Bearer::Relationship)?;
    let (rest, length) = length(rest)?;
    let (rest, properties) = opt(properties).parse(rest)?;
    let (rest, condition) = optional_where(rest)?;
    let (rest, _) = cut(symbol(Symbol::RightBracket)).parse(rest)?;
    Ok((rest, Details { variable, types, length, properties, condition: condition.map(Box::new) }))
}

/// `*`, `*2`, `*2..`, `*..3`, `*2..3`, or nothing.
fn length(input: Tokens) -> Parsed<Option<Length>> {
    if !input.is_symbol(0, Symbol::Star) {
        return match input.kind(0) {
            Some(TokenKind::Symbol(Symbol::DotDot) | TokenKind::Integer(_) | TokenKind::Float(_)) => {
                invalid_length(input, "a range of lengths needs a '*' before it")
            }
            _ => {
                input.expect("'*'");
                Ok((input, None))
            }
        };
    }
    let (rest, minimum) = bound(input.skip(1));
    let (rest, maximum) = match rest.is_symbol(0, Symbol::DotDot) {
        true => bound(rest.skip(1)),
        false => (rest, minimum),
    };
    match rest.kind(0) {
        None | Some(TokenKind::Symbol(Symbol::RightBracket | Symbol::LeftBrace) | TokenKind::Parameter(_)) => {
            Ok((rest, Some(Length { minimum, maximum })))
        }
        _ if rest.is_word(0, "WHERE") => Ok((rest, Some(Length { minimum, maximum }))),
        _ => invalid_length(rest, "the length of a relationship is '*' with one number or a range of them"),
    }
}

fn bound(input: Tokens) -> (Tokens, Option<u64>) {
    match input.kind(0) {
        Some(TokenKind::Integer(bound)) => (input.skip(1), Some(*bound)),
        _ => (input, None),
    }
}

fn invalid_length<'t, T>(input: Tokens<'t>, message: &str) -> Parsed<'t, T> {
    let diagnostic = Diagnostic::syntax(Detail::InvalidRelationshipPattern, input.here(), message);
    report(diagnostic.help("write *, *2, *2.., *..3 or *2..3, with whole numbers from 0 on"))
}
