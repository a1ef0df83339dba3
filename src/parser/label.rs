//! Label expressions: `:A:B`, `:A&!B|%`, `IS A|B`, `:$(expression)`.

use nom::Parser;
use nom::combinator::cut;
use nom::sequence::terminated;

use super::expression::expression;
use super::input::{Parsed, Tokens, name, nested, symbol};
use super::lexer::{Symbol, TokenKind};
use super::lookahead::bar_ends_operand;
use crate::ast::LabelExpression;

/// Where a label expression stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bearer {
    Node,
    Relationship,
    /// Any operand in an expression. Where a bar would end it, a bar needs parentheses to be part of the labels.
    Operand,
}

impl Bearer {
    fn first(self) -> &'static str {
        match self {
            Bearer::Relationship => "a relationship type after ':'",
            Bearer::Node | Bearer::Operand => "a label after ':'",
        }
    }

    fn next(self) -> &'static str {
        match self {
            Bearer::Relationship => "a relationship type after '|'",
            Bearer::Node | Bearer::Operand => "a label after '|'",
        }
    }

    fn inner(self) -> &'static str {
        match self {
            Bearer::Relationship => "a relationship type",
            Bearer::Node | Bearer::Operand => "a label",
        }
    }
}

/// `:labels` or `IS labels`, if it is there.
pub(super) fn optional_labels(input: Tokens, bearer: Bearer) -> Parsed<Option<LabelExpression>> {
    if !input.is_symbol(0, Symbol::Colon) && !input.is_word(0, "IS") {
        input.expect("':'");
        return Ok((input, None));
    }
    labels(input.skip(1), bearer).map(|(rest, labels)| (rest, Some(labels)))
}

/// A label expression, from behind its colon on. There is no other reading any more.
pub(super) fn labels(input: Tokens, bearer: Bearer) -> Parsed<LabelExpression> {
    cut(|input| alternatives(input, bearer, bearer.first(), bearer != Bearer::Relationship)).parse(input)
}

/// `A|B|:C`
fn alternatives<'t>(
    input: Tokens<'t>,
    bearer: Bearer,
    wanted: &'static str,
    colons: bool,
) -> Parsed<'t, LabelExpression> {
    let (mut rest, first) = conjunction(input, bearer, wanted, colons)?;
    let mut operands = vec![first];
    while rest.is_symbol(0, Symbol::Bar) && !(bearer == Bearer::Operand && bar_ends_operand(rest)) {
        let after = rest.skip(1);
        let after = after.skip(usize::from(after.is_symbol(0, Symbol::Colon)));
        let operand;
        (rest, operand) = conjunction(after, bearer, bearer.next(), colons)?;
        operands.push(operand);
    }
    Ok((rest, joined(operands, LabelExpression::Or)))
}

/// `A&B`, and where colons join, `A:B`.
fn conjunction<'t>(
    input: Tokens<'t>,
    bearer: Bearer,
    wanted: &'static str,
    colons: bool,
) -> Parsed<'t, LabelExpression> {
    let (mut rest, first) = single(input, bearer, wanted)?;
    let mut operands = vec![first];
    while rest.is_symbol(0, Symbol::Ampersand) || (colons && rest.is_symbol(0, Symbol::Colon)) {
        let wanted = if rest.is_symbol(0, Symbol::Colon) { bearer.first() } else { bearer.inner() };
        let operand;
        (rest, operand) = single(rest.skip(1), bearer, wanted)?;
        operands.push(operand);
    }
    Ok((rest, joined(operands, LabelExpression::And)))
}

fn joined(mut operands: Vec<LabelExpression>, join: fn(Vec<LabelExpression>) -> LabelExpression) -> LabelExpression {
    match operands.len() {
        1 => operands.remove(0),
        _ => join(operands),
    }
}

/// Whether `$(`, `$all(` or `$any(` stands here, and whether it is the last.
fn opens_names(input: Tokens) -> Option<bool> {
    let any = match input.kind(0)? {
        TokenKind::Symbol(Symbol::Dollar) => false,
        TokenKind::Parameter(word) if word.eq_ignore_ascii_case("all") => false,
        TokenKind::Parameter(word) if word.eq_ignore_ascii_case("any") => true,
        _ => return None,
    };
    input.is_symbol(1, Symbol::LeftParenthesis).then_some(any)
}

/// Whether a label expression can start here.
pub(super) fn starts_labels(input: Tokens) -> bool {
    use Symbol::{Exclamation, LeftParenthesis, Percent};
    input.is_name(0)
        || matches!(input.kind(0), Some(TokenKind::Symbol(Exclamation | LeftParenthesis | Percent)))
        || opens_names(input).is_some()
}

/// `A`, `!A`, `%`, `(A|B)`, `$(expression)`, `$any(expression)`, `$all(expression)`
fn single<'t>(input: Tokens<'t>, bearer: Bearer, wanted: &'static str) -> Parsed<'t, LabelExpression> {
    if input.is_symbol(0, Symbol::Exclamation) {
        let (rest, operand) = nested(input.skip(1), |rest| single(rest, bearer, bearer.inner()))?;
        return Ok((rest, LabelExpression::Not(Box::new(operand))));
    }
    if input.is_symbol(0, Symbol::Percent) {
        return Ok((input.skip(1), LabelExpression::Any));
    }
    if input.is_symbol(0, Symbol::LeftParenthesis) {
        let alternatives = |inside| alternatives(inside, bearer, bearer.inner(), false);
        return nested(input.skip(1), |inside| {
            terminated(alternatives, symbol(Symbol::RightParenthesis)).parse(inside)
        });
    }
    if let Some(any) = opens_names(input) {
        let (rest, names) =
            nested(input.skip(2), |inside| terminated(expression, symbol(Symbol::RightParenthesis)).parse(inside))?;
        return Ok((rest, LabelExpression::Dynamic { any, names: Box::new(names) }));
    }
    name(wanted).map(LabelExpression::Name).parse(input)
}
