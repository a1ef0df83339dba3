//! Patterns: `p = (a:Label {key: value})-[r:TYPE*1..3]->(b)`.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::{many0, many1, separated_list1};
use nom::sequence::{preceded, terminated};

use super::atom::map;
use super::expression::labels;
use super::input::{Parsed, Problem, Tokens, name, nested, report, symbol, variable};
use super::lexer::{Symbol, TokenKind};
use super::lookahead::{is_dash, is_left_head, is_right_head};
use crate::ast::{
    Connection, Direction, Expression, ExpressionKind, LabelExpression, Length, Name, NodePattern, PathPattern,
    PathStep, RelationshipPattern, Shortest,
};
use crate::diagnostic::{Detail, Diagnostic, Span};

/// `pattern, pattern, …`
pub(super) fn patterns(input: Tokens) -> Parsed<Vec<PathPattern>> {
    separated_list1(symbol(Symbol::Comma), path_pattern).parse(input)
}

/// `[variable =] pattern`, where the pattern may be one of the shortest paths.
pub(super) fn path_pattern(input: Tokens) -> Parsed<PathPattern> {
    let (rest, variable) = path_variable(input)?;
    let (rest, mut path) = match shortest(rest) {
        Some(_) => shortest_path(rest)?,
        None => element(rest)?,
    };
    path.variable = variable;
    path.span = input.until(rest);
    Ok((rest, path))
}

/// `variable =`, if it is there.
pub(super) fn path_variable(input: Tokens) -> Parsed<Option<Name>> {
    match input.is_symbol(1, Symbol::Equal) {
        true => terminated(variable("a variable for the path"), symbol(Symbol::Equal)).map(Some).parse(input),
        false => Ok((input, None)),
    }
}

fn shortest(input: Tokens) -> Option<Shortest> {
    match input.word(0).to_ascii_uppercase().as_str() {
        "SHORTESTPATH" => Some(Shortest::One),
        "ALLSHORTESTPATHS" => Some(Shortest::All),
        _ => None,
    }
}

/// `shortestPath(pattern)` or `allShortestPaths(pattern)`
pub(super) fn shortest_path(input: Tokens) -> Parsed<PathPattern> {
    let (rest, _) = cut(symbol(Symbol::LeftParenthesis)).parse(input.skip(1))?;
    let (rest, path) = cut(terminated(element, symbol(Symbol::RightParenthesis))).parse(rest)?;
    Ok((rest, PathPattern { shortest: shortest(input), span: input.until(rest), ..path }))
}

/// Nodes and relationships; superfluous parentheses around the whole are dropped.
fn element(input: Tokens) -> Parsed<PathPattern> {
    if input.is_symbol(0, Symbol::LeftParenthesis) && input.is_symbol(1, Symbol::LeftParenthesis) {
        return nested(input.skip(1), |inside| {
            terminated(element, cut(symbol(Symbol::RightParenthesis))).parse(inside)
        });
    }
    let (rest, start) = node(input)?;
    let (rest, steps) = many0(step).parse(rest)?;
    Ok((rest, plain(start, steps, input.until(rest))))
}

/// A pattern with at least one relationship, as expressions have it.
pub(super) fn relationships_pattern(input: Tokens) -> Parsed<PathPattern> {
    let (rest, (start, steps)) = cut((node, many1(step))).parse(input)?;
    Ok((rest, plain(start, steps, input.until(rest))))
}

fn plain(start: NodePattern, steps: Vec<PathStep>, span: Span) -> PathPattern {
    PathPattern { variable: None, selector: None, mode: None, shortest: None, start, steps, condition: None, span }
}

fn step(input: Tokens) -> Parsed<PathStep> {
    let (rest, (relationship, node)) = (relationship, cut(node)).parse(input)?;
    Ok((rest, PathStep { connection: Connection::Relationship(relationship), node }))
}

/// `(variable:Label:Label {key: value})`
fn node(input: Tokens) -> Parsed<NodePattern> {
    if !input.is_symbol(0, Symbol::LeftParenthesis) {
        return input.fail("a node pattern '(…)'");
    }
    let (rest, variable) = opt(variable("a variable")).parse(input.skip(1))?;
    let (rest, labels) = labels(rest)?;
    let (rest, properties) = opt(properties).parse(rest)?;
    let (rest, _) = cut(symbol(Symbol::RightParenthesis)).parse(rest)?;
    Ok((
        rest,
        NodePattern { variable, labels: conjunction(labels), properties, condition: None, span: input.until(rest) },
    ))
}

fn conjunction(names: Vec<Name>) -> Option<LabelExpression> {
    let mut names: Vec<_> = names.into_iter().map(LabelExpression::Name).collect();
    if names.len() > 1 { Some(LabelExpression::And(names)) } else { names.pop() }
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

/// `-[variable:TYPE|OTHER *1..3 {key: value}]->` and its shorter forms.
fn relationship(input: Tokens) -> Parsed<RelationshipPattern> {
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
    let Details { variable, types, length, properties } = details.unwrap_or_default();
    let span = input.until(rest);
    Ok((
        rest,
        RelationshipPattern { variable, types, length, properties, condition: None, direction, quantity: None, span },
    ))
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
}

fn details(input: Tokens) -> Parsed<Details> {
    let (rest, _) = symbol(Symbol::LeftBracket)(input)?;
    let (rest, variable) = opt(variable("a variable")).parse(rest)?;
    let (rest, types) = opt(types).parse(rest)?;
    let (rest, length) = length(rest)?;
    let (rest, properties) = opt(properties).parse(rest)?;
    let (rest, _) = cut(symbol(Symbol::RightBracket)).parse(rest)?;
    Ok((rest, Details { variable, types, length, properties }))
}

/// `:TYPE|OTHER|:THIRD`
fn types(input: Tokens) -> Parsed<LabelExpression> {
    let bar = terminated(symbol(Symbol::Bar), opt(symbol(Symbol::Colon)));
    let first = symbol(Symbol::Colon);
    let type_name = |what| cut(name(what));
    let (rest, first) = preceded(first, type_name("a relationship type after ':'")).parse(input)?;
    let (rest, others) = many0(preceded(bar, type_name("a relationship type after '|'"))).parse(rest)?;
    if others.is_empty() {
        return Ok((rest, LabelExpression::Name(first)));
    }
    Ok((rest, LabelExpression::Or(std::iter::once(first).chain(others).map(LabelExpression::Name).collect())))
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
