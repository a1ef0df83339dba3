//! Expressions that bring their own variable: comprehensions, quantifiers and `reduce`.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::sequence::{preceded, terminated};

use super::expression::{condition, expression, optional_where};
use super::input::{Parsed, Tokens, keyword, symbol, variable};
use super::lexer::Symbol;
use super::path::{path_variable, relationships_pattern};
use crate::ast::{Expression, ExpressionKind, Name, Quantifier};

/// `variable IN list [WHERE condition] [| result]`
pub(super) fn list_comprehension(input: Tokens) -> Parsed<ExpressionKind> {
    let (rest, (variable, list)) = range(input)?;
    let (rest, condition) = optional_where(rest)?;
    let (rest, result) = opt(preceded(symbol(Symbol::Bar), cut(expression))).parse(rest)?;
    let kind = ExpressionKind::ListComprehension {
        variable,
        list: Box::new(list),
        condition: condition.map(Box::new),
        result: result.map(Box::new),
    };
    Ok((rest, kind))
}

/// `variable IN list`
fn range(input: Tokens) -> Parsed<(Name, Expression)> {
    (terminated(variable("a variable"), keyword("IN")), cut(expression)).parse(input)
}

/// `[path =] pattern [WHERE condition] | result`
pub(super) fn pattern_comprehension(input: Tokens) -> Parsed<ExpressionKind> {
    let (rest, variable) = path_variable(input)?;
    let (rest, mut pattern) = relationships_pattern(rest)?;
    if variable.is_some() {
        pattern.span = input.until(rest);
    }
    pattern.variable = variable;
    let (rest, condition) = optional_where(rest)?;
    let (rest, result) = preceded(symbol(Symbol::Bar), cut(expression)).parse(rest)?;
    let kind = ExpressionKind::PatternComprehension {
        pattern: Box::new(pattern),
        condition: condition.map(Box::new),
        result: Box::new(result),
    };
    Ok((rest, kind))
}

/// `variable IN list [WHERE condition])`, from behind the opening parenthesis on.
pub(super) fn quantifier(input: Tokens, quantifier: Quantifier) -> Parsed<ExpressionKind> {
    let (rest, (variable, list)) = range(input)?;
    let (rest, condition) = optional_where(rest)?;
    let (rest, _) = cut(symbol(Symbol::RightParenthesis)).parse(rest)?;
    let condition = condition.map(Box::new);
    Ok((rest, ExpressionKind::Quantifier { quantifier, variable, list: Box::new(list), condition }))
}

/// `accumulator = initial, variable IN list | step)`, from behind the opening parenthesis on; with `every`, a condition
/// follows the step.
pub(super) fn reduce(input: Tokens, every: bool) -> Parsed<ExpressionKind> {
    let (rest, accumulator) = terminated(variable("a variable"), symbol(Symbol::Equal)).parse(input)?;
    let (rest, initial) = cut(terminated(expression, symbol(Symbol::Comma))).parse(rest)?;
    let (rest, (variable, list)) = cut(range).parse(rest)?;
    let (rest, step) = cut(preceded(symbol(Symbol::Bar), expression)).parse(rest)?;
    let (rest, condition) = match every {
        true => cut(preceded(symbol(Symbol::Comma), condition)).map(Some).parse(rest)?,
        false => (rest, None),
    };
    let (rest, _) = cut(symbol(Symbol::RightParenthesis)).parse(rest)?;
    let kind = ExpressionKind::Reduce {
        accumulator,
        initial: Box::new(initial),
        variable,
        list: Box::new(list),
        step: Box::new(step),
        condition: condition.map(Box::new),
    };
    Ok((rest, kind))
}
