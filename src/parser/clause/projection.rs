//! RETURN and WITH.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::separated_list1;
use nom::sequence::preceded;

use crate::ast::{ClauseKind, GroupBy, Nulls, Projection, ProjectionItem, SortItem, SourceText, With};
use crate::diagnostic::{Detail, Diagnostic};
use crate::parser::expression::{expression, optional_where};
use crate::parser::input::{Parsed, Tokens, keyword, name, report, symbol};
use crate::parser::lexer::Symbol;

pub(super) fn returning(input: Tokens) -> Parsed<ClauseKind> {
    let (rest, projection) = projection(input.skip(1))?;
    match PAGING.iter().find(|word| rest.is_word(0, word)) {
        None => Ok((rest, ClauseKind::Return(projection))),
        Some(word) => {
            let message = format!("{word} is too late here: RETURN takes ORDER BY, SKIP and LIMIT in this order");
            let diagnostic = Diagnostic::syntax(Detail::UnexpectedSyntax, rest.here(), message);
            report(diagnostic.help("to take some rows first and sort them then, write WITH … LIMIT n before RETURN"))
        }
    }
}

/// What starts the parts of [`paging`].
const PAGING: &[&str] = &["ORDER", "SKIP", "OFFSET", "LIMIT"];

pub(super) fn with(input: Tokens) -> Parsed<ClauseKind> {
    let (rest, projection) = projection(input.skip(1))?;
    let (rest, condition) = optional_where(rest)?;
    Ok((rest, ClauseKind::With(With { projection, condition })))
}

fn projection(input: Tokens) -> Parsed<Projection> {
    let (rest, distinct) = opt(keyword("DISTINCT")).parse(input)?;
    let (rest, star) = opt(symbol(Symbol::Star)).parse(rest)?;
    let items = || separated_list1(symbol(Symbol::Comma), item);
    let (rest, items) = match star {
        Some(_) => opt(preceded(symbol(Symbol::Comma), cut(items()))).map(Option::unwrap_or_default).parse(rest)?,
        None => cut(items()).parse(rest)?,
    };
    let (rest, group_by) = opt(preceded(keyword("GROUP"), cut(group_by))).parse(rest)?;
    let group_by = group_by.unwrap_or_default();
    let (rest, paging) = paging(rest)?;
    Ok((rest, Projection { distinct: distinct.is_some(), star: star.is_some(), items, group_by, ..paging }))
}

/// ORDER BY, SKIP or LIMIT as a clause of its own: all variables go on.
pub(super) fn paged(input: Tokens) -> Parsed<ClauseKind> {
    let (rest, projection) = paging(input)?;
    Ok((rest, ClauseKind::With(With { projection: Projection { star: true, ..projection }, condition: None })))
}

/// `[ORDER BY …] [SKIP n | OFFSET n] [LIMIT n]`, in a projection of nothing.
fn paging(input: Tokens) -> Parsed<Projection> {
    let (rest, order_by) = opt(preceded(keyword("ORDER"), cut(order_by))).parse(input)?;
    let skip = if rest.is_word(0, "OFFSET") { "OFFSET" } else { "SKIP" };
    let (rest, skip) = opt(preceded(keyword(skip), cut(expression))).parse(rest)?;
    let (rest, limit) = opt(preceded(keyword("LIMIT"), cut(expression))).parse(rest)?;
    let order_by = order_by.unwrap_or_default();
    Ok((rest, Projection { order_by, skip, limit, ..Projection::default() }))
}

/// `BY ALL`, `BY ()`, `BY expression, …`
fn group_by(input: Tokens) -> Parsed<GroupBy> {
    let (rest, _) = keyword("BY")(input)?;
    if rest.is_word(0, "ALL") && !rest.is_symbol(1, Symbol::LeftParenthesis) {
        return Ok((rest.skip(1), GroupBy::Implied));
    }
    if rest.is_symbol(0, Symbol::LeftParenthesis) && rest.is_symbol(1, Symbol::RightParenthesis) {
        return Ok((rest.skip(2), GroupBy::Keys(Vec::new())));
    }
    separated_list1(symbol(Symbol::Comma), expression).map(GroupBy::Keys).parse(rest)
}

fn item(input: Tokens) -> Parsed<ProjectionItem> {
    let (rest, expression) = expression(input)?;
    let text = input.until(rest).text(input.state.source);
    let (rest, alias) = opt(preceded(keyword("AS"), cut(name("a name after AS")))).parse(rest)?;
    Ok((rest, ProjectionItem { expression, alias, text: SourceText(text.to_string()) }))
}

/// From behind ORDER on.
fn order_by(input: Tokens) -> Parsed<Vec<SortItem>> {
    preceded(keyword("BY"), separated_list1(symbol(Symbol::Comma), sort_item)).parse(input)
}

fn sort_item(input: Tokens) -> Parsed<SortItem> {
    let (rest, expression) = expression(input)?;
    let descending = match rest.word(0).to_ascii_uppercase().as_str() {
        "DESC" | "DESCENDING" => Some(true),
        "ASC" | "ASCENDING" => Some(false),
        _ => None,
    };
    let rest = rest.skip(usize::from(descending.is_some()));
    let nulls = match (rest.is_word(0, "NULLS"), rest.word(1).to_ascii_uppercase().as_str()) {
        (true, "FIRST") => Some(Nulls::First),
        (true, "LAST") => Some(Nulls::Last),
        _ => None,
    };
    let rest = rest.skip(if nulls.is_some() { 2 } else { 0 });
    Ok((rest, SortItem { expression, descending: descending == Some(true), nulls }))
}
