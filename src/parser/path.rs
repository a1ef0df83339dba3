//! Paths: which of them are wanted, what they may use twice, groups, quantifiers, and the nodes left out.

use nom::combinator::cut;
use nom::sequence::terminated;
use nom::{Err, Parser};

use super::expression::optional_where;
use super::input::{Parsed, Problem, Tokens, keyword, name, nested_by, report, symbol, variable};
use super::lexer::{Symbol, TokenKind};
use super::lookahead::{is_dash, is_group, is_left_head, opens_path};
use super::pattern::{node, relationship};
use crate::ast::{
    Connection, Connective, Expression, ExpressionKind, GroupPattern, Literal, Name, NodePattern, PathMode,
    PathPattern, PathStep, Quantity, Selector, SelectorKind, Shortest,
};
use crate::diagnostic::{Detail, Diagnostic, Span};

/// `[variable =] [selector] [mode] path`, where the path may be one of the shortest paths.
pub(super) fn path_pattern(input: Tokens) -> Parsed<PathPattern> {
    let (rest, variable) = path_variable(input)?;
    let (rest, (selector, mode)) = prefix(rest)?;
    let plain = selector.is_none() && mode.is_none();
    let (rest, mut path) = match shortest(rest) {
        Some(_) if plain => shortest_path(rest)?,
        _ if opens_path(rest) && !is_group(rest) => nested_by(3, rest, alone)?,
        _ => elements(rest)?,
    };
    let twice = (variable.is_some() && path.variable.is_some())
        || (selector.is_some() && path.selector.is_some())
        || (mode.is_some() && path.mode.is_some());
    if twice {
        return refuse(input.until(rest), "this path says the same thing outside and inside of its parentheses");
    }
    path.variable = variable.or(path.variable);
    path.selector = selector.or(path.selector);
    path.mode = mode.or(path.mode);
    path.span = input.until(rest);
    Ok((rest, path))
}

fn refuse<'t, T>(span: Span, message: &str) -> Parsed<'t, T> {
    report(Diagnostic::syntax(Detail::UnexpectedSyntax, span, message))
}

/// `variable =`, if it is there.
pub(super) fn path_variable(input: Tokens) -> Parsed<Option<Name>> {
    match input.is_symbol(1, Symbol::Equal) {
        true => terminated(variable("a variable for the path"), symbol(Symbol::Equal)).map(Some).parse(input),
        false => Ok((input, None)),
    }
}

/// `SHORTEST 3 TRAIL PATHS GROUPS COST BY key`, in this order, all of it optional. A pattern begins with a
/// parenthesis, so that these words can be nothing else here.
fn prefix(input: Tokens) -> Parsed<(Option<Selector>, Option<PathMode>)> {
    let (rest, kind) = selector(input)?;
    let (rest, mode) = mode(rest);
    let noise = (kind.is_some() || mode.is_some()) && (rest.is_word(0, "PATHS") || rest.is_word(0, "PATH"));
    let rest = rest.skip(usize::from(noise));
    let grouped = rest.is_word(0, "GROUPS") || rest.is_word(0, "GROUP");
    let (rest, kind) = match kind {
        Some(SelectorKind::Shortest { count }) if grouped => {
            (rest.skip(1), Some(SelectorKind::ShortestGroups { count }))
        }
        kind => (rest, kind),
    };
    let by_length = !matches!(kind, None | Some(SelectorKind::All | SelectorKind::Any { .. }));
    let (rest, cost) = match by_length && rest.is_word(0, "COST") {
        true => {
            let (rest, _) = cut(keyword("BY")).parse(rest.skip(1))?;
            cut(name("the key of the property that holds the cost")).map(Some).parse(rest)?
        }
        false => (rest, None),
    };
    let selector = kind.map(|kind| Selector { kind, cost, span: input.until(rest) });
    Ok((rest, (selector, mode)))
}

fn selector(input: Tokens) -> Parsed<Option<SelectorKind>> {
    let shortest = input.is_word(1, "SHORTEST");
    match input.word(0).to_ascii_uppercase().as_str() {
        "ALL" if shortest => Ok((input.skip(2), Some(SelectorKind::AllShortest))),
        "ALL" => Ok((input.skip(1), Some(SelectorKind::All))),
        "ANY" if shortest => Ok((input.skip(2), Some(SelectorKind::Shortest { count: None }))),
        "ANY" => {
            let (rest, count) = count(input.skip(1))?;
            Ok((rest, Some(SelectorKind::Any { count })))
        }
        "SHORTEST" => {
            let (rest, count) = count(input.skip(1))?;
            Ok((rest, Some(SelectorKind::Shortest { count })))
        }
        _ => Ok((input, None)),
    }
}

/// A whole number or a parameter, if it is there.
fn count(input: Tokens) -> Parsed<Option<Box<Expression>>> {
    let kind = match input.kind(0) {
        Some(TokenKind::Parameter(name)) => ExpressionKind::Parameter(name.to_string()),
        Some(TokenKind::Integer(count)) => match i64::try_from(*count) {
            Ok(count) if count > 0 => ExpressionKind::Literal(Literal::Integer(count)),
            _ => return refuse(input.here(), "the number of paths is at least 1, and at most 9223372036854775807"),
        },
        _ => return Ok((input, None)),
    };
    Ok((input.skip(1), Some(Box::new(Expression::new(kind, input.here())))))
}

fn mode(input: Tokens) -> (Tokens, Option<PathMode>) {
    let mode = match input.word(0).to_ascii_uppercase().as_str() {
        "WALK" => PathMode::Walk,
        "TRAIL" => PathMode::Trail,
        "ACYCLIC" => PathMode::Acyclic,
        "SIMPLE" => PathMode::Simple,
        _ => return (input, None),
    };
    (input.skip(1), Some(mode))
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
    let inside = |inside| match opens_path(inside) && !is_group(inside) {
        true => nested_by(3, inside, alone),
        false => elements(inside),
    };
    let (rest, path) = cut(terminated(inside, symbol(Symbol::RightParenthesis))).parse(rest)?;
    Ok((rest, PathPattern { shortest: shortest(input), span: input.until(rest), ..path }))
}

/// A path in parentheses that is a whole pattern: they say nothing by themselves.
fn alone(input: Tokens) -> Parsed<PathPattern> {
    let (rest, path) = in_parentheses(input)?;
    match rest.is_symbol(0, Symbol::LeftParenthesis) || is_dash(rest, 0) || is_left_head(rest, 0) {
        true => node(input).map(|(rest, _)| (rest, path)),
        false => Ok((rest, path)),
    }
}

/// `(path WHERE condition)`
fn in_parentheses(input: Tokens) -> Parsed<PathPattern> {
    let (rest, mut path) = path_pattern(input.skip(1))?;
    let (rest, condition) = optional_where(rest)?;
    let (rest, _) = cut(symbol(Symbol::RightParenthesis)).parse(rest)?;
    path.condition = match (path.condition, condition.map(Box::new)) {
        (Some(left), Some(right)) => {
            let span = left.span.to(right.span);
            let kind = ExpressionKind::logic(Connective::And, *left, *right);
            Some(Box::new(Expression::new(kind, span)))
        }
        (one, other) => one.or(other),
    };
    path.span = input.until(rest);
    Ok((rest, path))
}

/// `((a)-->(b) WHERE condition){2,5}`
fn group(input: Tokens) -> Parsed<GroupPattern> {
    let (rest, mut pattern) = cut(in_parentheses).parse(input)?;
    if pattern.selector.is_some() || pattern.shortest.is_some() {
        return refuse(pattern.span, "paths are chosen for the whole pattern, not inside of a group");
    }
    let condition = pattern.condition.take();
    let (rest, Some(quantity)) = cut(quantity).parse(rest)? else { return rest.fail("a quantifier") };
    Ok((rest, GroupPattern { pattern: Box::new(pattern), condition, quantity, span: input.until(rest) }))
}

/// `{n}`, `{n,m}`, `{n,}`, `{,m}`, `+`, `*`, or nothing.
pub(super) fn quantity(input: Tokens) -> Parsed<Option<Quantity>> {
    let (rest, (minimum, maximum)) = match input.kind(0) {
        Some(TokenKind::Symbol(Symbol::Plus)) => (input.skip(1), (1, None)),
        Some(TokenKind::Symbol(Symbol::Star)) => (input.skip(1), (0, None)),
        Some(TokenKind::Symbol(Symbol::LeftBrace)) => {
            cut(terminated(bounds, symbol(Symbol::RightBrace))).parse(input.skip(1))?
        }
        _ => return Ok((input, None)),
    };
    if maximum.is_some_and(|maximum| maximum < minimum) {
        return refuse(input.until(rest), "the upper end of this quantifier is below its lower end");
    }
    Ok((rest, Some(Quantity { minimum, maximum })))
}

/// `n`, `n,m`, `n,`, `,m`
fn bounds(input: Tokens) -> Parsed<(u64, Option<u64>)> {
    let (rest, minimum) = bound(input);
    if !rest.is_symbol(0, Symbol::Comma) {
        rest.expect("','");
        return match minimum {
            Some(exactly) => Ok((rest, (exactly, Some(exactly)))),
            None => rest.fail("a whole number"),
        };
    }
    let (rest, maximum) = bound(rest.skip(1));
    if minimum.is_none() && maximum.is_none() {
        return rest.fail("a whole number");
    }
    Ok((rest, (minimum.unwrap_or(0), maximum)))
}

fn bound(input: Tokens) -> (Tokens, Option<u64>) {
    match input.kind(0) {
        Some(TokenKind::Integer(bound)) => (input.skip(1), Some(*bound)),
        _ => (input, None),
    }
}

/// Nodes, relationships and groups.
fn elements(input: Tokens) -> Parsed<PathPattern> {
    let (mut rest, start) = node_or_nothing(input)?;
    let mut steps = Vec::new();
    while let (after, Some(step)) = step(rest)? {
        rest = after;
        steps.push(step);
    }
    let span = input.until(rest);
    let path =
        PathPattern { variable: None, selector: None, mode: None, shortest: None, start, steps, condition: None, span };
    Ok((rest, path))
}

/// A pattern that has at least one relationship or group, as expressions have it.
pub(super) fn relationships_pattern(input: Tokens) -> Parsed<PathPattern> {
    let (rest, path) = cut(elements).parse(input)?;
    match path.steps.is_empty() {
        true => Err(Err::Failure(Problem::Unexpected)),
        false => Ok((rest, path)),
    }
}

fn step(input: Tokens) -> Parsed<Option<PathStep>> {
    let (rest, connection) = if is_group(input) {
        nested_by(3, input, group).map(|(rest, group)| (rest, Connection::Group(group)))?
    } else {
        match relationship(input) {
            Ok((rest, relationship)) => (rest, Connection::Relationship(relationship)),
            Err(Err::Error(_)) => return Ok((input, None)),
            Err(problem) => return Err(problem),
        }
    };
    let beside_group = matches!(connection, Connection::Group(_));
    let (rest, node) = match beside_group && !rest.is_symbol(0, Symbol::LeftParenthesis) {
        true => (rest, anonymous(rest)),
        false => cut(node_or_nothing).parse(rest)?,
    };
    Ok((rest, Some(PathStep { connection, node })))
}

/// The node here; where a group begins instead, one that is not drawn.
fn node_or_nothing(input: Tokens) -> Parsed<NodePattern> {
    match is_group(input) {
        true => Ok((input, anonymous(input))),
        false => node(input),
    }
}

/// A node that takes no place in the text.
fn anonymous(input: Tokens) -> NodePattern {
    let start = input.here().range().start;
    NodePattern::anonymous(Span::new(start, start))
}
