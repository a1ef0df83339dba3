//! Operands: literals, names, calls, and everything in brackets.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::{many1, separated_list0, separated_list1};
use nom::sequence::{delimited, preceded, terminated};

use super::clause::starts_clause;
use super::comprehension::{list_comprehension, pattern_comprehension, quantifier, reduce};
use super::expression::{case_test, condition, expression, optional_where};
use super::input::{Parsed, Tokens, ends_like_variable, keyword, name, nested, nested_by, report, symbol, variable};
use super::lexer::{Symbol, TokenKind};
use super::lookahead::{call_name, is_list_comprehension, is_map_projection, is_pattern, is_pattern_comprehension};
use super::path::{relationships_pattern, shortest_path};
use super::pattern::patterns;
use super::statement::query;
use super::types::type_expression;
use crate::ast::words::{is_plain_name, is_reserved};
use crate::ast::{Expression, ExpressionKind, Literal, MapProjectionItem, Name, Quantifier, Subquery};
use crate::diagnostic::{Detail, Diagnostic};

pub(super) fn atom(input: Tokens) -> Parsed<Expression> {
    let literal = |literal| Ok((input.skip(1), ExpressionKind::Literal(literal)));
    let (rest, kind) = match input.kind(0) {
        Some(TokenKind::Integer(magnitude)) => match i64::try_from(*magnitude) {
            Ok(value) => literal(Literal::Integer(value)),
            Err(_) => report(too_large(input)),
        },
        Some(TokenKind::Float(value)) => literal(Literal::Float(*value)),
        Some(TokenKind::String(text)) => literal(Literal::String(text.to_string())),
        Some(TokenKind::Parameter(name)) => Ok((input.skip(1), ExpressionKind::Parameter(name.to_string()))),
        Some(TokenKind::Symbol(Symbol::LeftParenthesis)) if is_pattern(input) => {
            relationships_pattern.map(|path| ExpressionKind::Pattern(Box::new(path))).parse(input)
        }
        Some(TokenKind::Symbol(Symbol::LeftParenthesis)) => return nested(input, parenthesised),
        Some(TokenKind::Symbol(Symbol::LeftBracket)) => nested(input, brackets),
        Some(TokenKind::Symbol(Symbol::LeftBrace)) => nested(input, map),
        Some(TokenKind::QuotedName(_)) => call_or_variable(input),
        Some(TokenKind::Word) => word(input),
        _ => input.fail("an expression"),
    }?;
    Ok((rest, Expression::new(kind, input.until(rest))))
}

fn too_large(input: Tokens) -> Diagnostic {
    let message = "this integer is too large: the largest is 9223372036854775807";
    Diagnostic::syntax(Detail::IntegerOverflow, input.here(), message)
}

/// What stands in parentheses stands where they stand.
fn parenthesised(input: Tokens) -> Parsed<Expression> {
    let (rest, mut inner) = cut(condition).parse(input.skip(1))?;
    let (rest, _) = cut(symbol(Symbol::RightParenthesis)).parse(rest)?;
    inner.span = input.until(rest);
    Ok((rest, inner))
}

/// A list, or one of the two comprehensions.
fn brackets(input: Tokens) -> Parsed<ExpressionKind> {
    let inside = input.skip(1);
    let content = |inside| match inside {
        _ if is_list_comprehension(input) => list_comprehension(inside),
        _ if is_pattern_comprehension(input) => pattern_comprehension(inside),
        _ => separated_list0(symbol(Symbol::Comma), expression).map(ExpressionKind::List).parse(inside),
    };
    cut(terminated(content, symbol(Symbol::RightBracket))).parse(inside)
}

/// `{key: value, …}`
pub(super) fn map(input: Tokens) -> Parsed<ExpressionKind> {
    let entries = separated_list0(symbol(Symbol::Comma), map_entry).map(ExpressionKind::Map);
    braces(entries).parse(input)
}

fn map_entry(input: Tokens) -> Parsed<(Name, Expression)> {
    let (rest, key) = name("a property key")(input)?;
    let (rest, value) = cut(preceded(symbol(Symbol::Colon), expression)).parse(rest)?;
    Ok((rest, (key, value)))
}

pub(super) fn braces<'t, T>(
    content: impl Parser<Tokens<'t>, Output = T, Error = super::input::Problem>,
) -> impl Parser<Tokens<'t>, Output = T, Error = super::input::Problem> {
    delimited(symbol(Symbol::LeftBrace), cut(content), cut(symbol(Symbol::RightBrace)))
}

/// An unquoted word: a literal, a construct with its own syntax, a call, or a variable.
fn word(input: Tokens) -> Parsed<ExpressionKind> {
    let literal = |literal| Ok((input.skip(1), ExpressionKind::Literal(literal)));
    let opens = input.is_symbol(1, Symbol::LeftParenthesis);
    let braces = input.is_symbol(1, Symbol::LeftBrace);
    match input.word(0).to_ascii_uppercase().as_str() {
        "TRUE" => literal(Literal::Boolean(true)),
        "FALSE" => literal(Literal::Boolean(false)),
        "NULL" => literal(Literal::Null),
        "CASE" if !ends_like_variable(input) => nested(input, case),
        "EXISTS" if braces => nested_by(3, input.skip(1), |brace| subquery(brace, ExpressionKind::Exists)),
        "COUNT" if braces && !is_map_projection(input.skip(1)) => {
            nested_by(3, input.skip(1), |brace| subquery(brace, ExpressionKind::Count))
        }
        "COLLECT" if braces && !is_map_projection(input.skip(1)) => nested_by(3, input.skip(1), collect),
        "CAST" if opens => nested(input.skip(2), cast),
        "EXISTS" if opens && is_pattern(input.skip(2)) => nested(input, exists_function),
        "COUNT" if opens && input.is_symbol(2, Symbol::Star) => count_star(input),
        "ALL" if ranges(input) => nested(input.skip(2), |inside| quantifier(inside, Quantifier::All)),
        "ANY" if ranges(input) => nested(input.skip(2), |inside| quantifier(inside, Quantifier::Any)),
        "NONE" if ranges(input) => nested(input.skip(2), |inside| quantifier(inside, Quantifier::None)),
        "SINGLE" if ranges(input) => nested(input.skip(2), |inside| quantifier(inside, Quantifier::Single)),
        "REDUCE" if accumulates(input) => nested(input.skip(2), |inside| reduce(inside, false)),
        "ALLREDUCE" if accumulates(input) => nested(input.skip(2), |inside| reduce(inside, true)),
        "TRIM" if opens && starts_trim(input.skip(2)) => nested(input, trim),
        "PROPERTY_EXISTS" if opens && input.is_symbol(3, Symbol::Comma) && input.is_name(4) => property_exists(input),
        "SHORTESTPATH" | "ALLSHORTESTPATHS" if opens => {
            let (rest, path) = nested_by(2, input, shortest_path)?;
            Ok((rest, ExpressionKind::ShortestPath(Box::new(path))))
        }
        "ALL" | "EXISTS" if opens => nested(input, |input| call(input, 1)),
        _ => call_or_variable(input),
    }
}

/// Whether `word(variable IN` stands here.
fn ranges(input: Tokens) -> bool {
    input.is_symbol(1, Symbol::LeftParenthesis) && input.is_name(2) && input.is_word(3, "IN")
}

/// Whether `word(variable =` stands here.
fn accumulates(input: Tokens) -> bool {
    input.is_symbol(1, Symbol::LeftParenthesis) && input.is_name(2) && input.is_symbol(3, Symbol::Equal)
}

/// The ends that `trim(… FROM text)` may name, and the functions that trim there.
const TRIMS: [(&str, &str); 3] = [("BOTH", "btrim"), ("LEADING", "ltrim"), ("TRAILING", "rtrim")];

/// Whether `BOTH`, `LEADING` or `TRAILING`, or the characters to take away and FROM stand here.
fn starts_trim(input: Tokens) -> bool {
    let goes_on = !matches!(input.kind(1), Some(TokenKind::Symbol(_)) | None);
    let names_an_end = TRIMS.iter().any(|(word, _)| input.is_word(0, word)) && goes_on;
    names_an_end || !input.is_word(0, "FROM") && input.is_word(1, "FROM")
}

/// `trim([BOTH | LEADING | TRAILING] [characters] FROM text)`
fn trim(input: Tokens) -> Parsed<ExpressionKind> {
    let inside = input.skip(2);
    let end = TRIMS.iter().find(|(word, _)| inside.is_word(0, word));
    let inside = inside.skip(usize::from(end.is_some()));
    let (rest, characters) = match inside.is_word(0, "FROM") {
        true => (inside, None),
        false => cut(expression).map(Some).parse(inside)?,
    };
    let (rest, text) = cut(preceded(keyword("FROM"), expression)).parse(rest)?;
    let (rest, _) = cut(symbol(Symbol::RightParenthesis)).parse(rest)?;
    let function = Name::new(end.map_or("btrim", |(_, function)| function), input.here());
    let arguments = std::iter::once(text).chain(characters).collect();
    Ok((rest, ExpressionKind::Call { function, distinct: false, arguments }))
}

/// `property_exists(variable, key)`: the key is written as a name.
fn property_exists(input: Tokens) -> Parsed<ExpressionKind> {
    let (rest, entity) = variable("a variable")(input.skip(2))?;
    let (rest, key) = preceded(symbol(Symbol::Comma), name("a property key")).parse(rest)?;
    let (rest, _) = cut(symbol(Symbol::RightParenthesis)).parse(rest)?;
    let function = Name::new(input.word(0), input.here());
    let key = Expression::new(ExpressionKind::Literal(Literal::String(key.text)), key.span);
    let arguments = vec![Expression::new(ExpressionKind::Variable(entity.text), entity.span), key];
    Ok((rest, ExpressionKind::Call { function, distinct: false, arguments }))
}

fn call_or_variable(input: Tokens) -> Parsed<ExpressionKind> {
    if let Some(length) = call_name(input).filter(|_| !is_reserved(input.word(0))) {
        return nested(input, |input| call(input, length));
    }
    let (rest, variable) = variable("an expression")(input)?;
    if rest.is_symbol(0, Symbol::LeftBrace) {
        return nested(rest, |rest| map_projection(rest, variable));
    }
    Ok((rest, ExpressionKind::Variable(variable.text)))
}

/// `name.space.function([DISTINCT] argument, …)`, where the name takes so many tokens.
fn call(input: Tokens, length: usize) -> Parsed<ExpressionKind> {
    let (rest, function) = dotted_name("the name of a function").parse(input)?;
    debug_assert_eq!(rest.at - input.at, length);
    let (rest, distinct) = opt(keyword("DISTINCT")).parse(rest.skip(1))?;
    let arguments = separated_list0(symbol(Symbol::Comma), expression);
    let (rest, arguments) = cut(terminated(arguments, symbol(Symbol::RightParenthesis))).parse(rest)?;
    Ok((rest, ExpressionKind::Call { function, distinct: distinct.is_some(), arguments }))
}

/// A dotted name in one piece. Parts that are no plain names keep their backquotes, so that the dots are clear.
pub(super) fn dotted_name<'t>(
    what: &'static str,
) -> impl Parser<Tokens<'t>, Output = Name, Error = super::input::Problem> {
    move |input: Tokens<'t>| {
        let (rest, parts) = separated_list1(symbol(Symbol::Dot), name(what)).parse(input)?;
        let part = |part: Name| match is_plain_name(&part.text) {
            true => part.text,
            false => format!("`{}`", part.text.replace('`', "``")),
        };
        let text = parts.into_iter().map(part).collect::<Vec<_>>().join(".");
        Ok((rest, Name::new(text, input.until(rest))))
    }
}

/// `exists((a)-->(b))`: the one function that takes a pattern.
fn exists_function(input: Tokens) -> Parsed<ExpressionKind> {
    let function = Name::new(input.word(0), input.here());
    let inside = input.skip(2);
    let (rest, path) = relationships_pattern(inside)?;
    let pattern = Expression::new(ExpressionKind::Pattern(Box::new(path)), inside.until(rest));
    let (rest, _) = cut(symbol(Symbol::RightParenthesis)).parse(rest)?;
    Ok((rest, ExpressionKind::Call { function, distinct: false, arguments: vec![pattern] }))
}

fn count_star(input: Tokens) -> Parsed<ExpressionKind> {
    let (rest, _) = cut(symbol(Symbol::RightParenthesis)).parse(input.skip(3))?;
    Ok((rest, ExpressionKind::CountStar))
}

/// `CASE [operand] WHEN … THEN … [ELSE …] END`
fn case(input: Tokens) -> Parsed<ExpressionKind> {
    let input = input.skip(1);
    let (rest, operand) = match input.is_word(0, "WHEN") {
        true => (input, None),
        false => cut(expression).map(|operand| Some(Box::new(operand))).parse(input)?,
    };
    let tests = |input| match operand.is_some() {
        true => separated_list1(symbol(Symbol::Comma), case_test).parse(input),
        false => condition.map(|condition| vec![condition]).parse(input),
    };
    let branch = (preceded(keyword("WHEN"), cut(tests)), preceded(cut(keyword("THEN")), cut(expression)));
    let (rest, branches) = cut(many1(branch)).parse(rest)?;
    let (rest, otherwise) = opt(preceded(keyword("ELSE"), cut(expression))).parse(rest)?;
    let (rest, _) = cut(keyword("END")).parse(rest)?;
    Ok((rest, ExpressionKind::Case { operand, branches, otherwise: otherwise.map(Box::new) }))
}

/// `variable {.key, .*, key: value, other}`, from the brace on.
fn map_projection(input: Tokens, variable: Name) -> Parsed<ExpressionKind> {
    let items = braces(separated_list0(symbol(Symbol::Comma), map_projection_item));
    items.map(|items| ExpressionKind::MapProjection { variable: variable.clone(), items }).parse(input)
}

fn map_projection_item(input: Tokens) -> Parsed<MapProjectionItem> {
    if input.is_symbol(0, Symbol::Dot) && input.is_symbol(1, Symbol::Star) {
        return Ok((input.skip(2), MapProjectionItem::AllProperties));
    }
    if input.is_symbol(0, Symbol::Dot) {
        return cut(name("a property key or '*' after '.'")).map(MapProjectionItem::Property).parse(input.skip(1));
    }
    if input.is_name(0) && input.is_symbol(1, Symbol::Colon) {
        return map_entry(input).map(|(rest, (key, value))| (rest, MapProjectionItem::Entry(key, value)));
    }
    input.expect("'.key'");
    input.expect("'key: value'");
    variable("a variable").map(MapProjectionItem::Variable).parse(input)
}

/// `operand AS type)`, from behind the opening parenthesis on.
fn cast(input: Tokens) -> Parsed<ExpressionKind> {
    let (rest, operand) = cut(expression).parse(input)?;
    let (rest, type_) = cut(preceded(keyword("AS"), type_expression)).parse(rest)?;
    let (rest, _) = cut(symbol(Symbol::RightParenthesis)).parse(rest)?;
    Ok((rest, ExpressionKind::Cast { operand: Box::new(operand), type_ }))
}

/// The braces of `EXISTS {…}` and `COUNT {…}`.
fn subquery(input: Tokens, kind: fn(Box<Subquery>) -> ExpressionKind) -> Parsed<ExpressionKind> {
    braces(subquery_body).map(|body| kind(Box::new(body))).parse(input)
}

fn subquery_body(input: Tokens) -> Parsed<Subquery> {
    if !starts_clause(input) || input.is_symbol(1, Symbol::Equal) {
        input.expect("a clause");
        let (rest, patterns) = patterns(input)?;
        let (rest, condition) = optional_where(rest)?;
        return Ok((rest, Subquery::Pattern { patterns, condition }));
    }
    query.map(Subquery::Query).parse(input)
}

/// The braces of `COLLECT {…}`.
fn collect(input: Tokens) -> Parsed<ExpressionKind> {
    braces(query).map(|query| ExpressionKind::Collect(Box::new(query))).parse(input)
}
