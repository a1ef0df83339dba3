//! CALL … YIELD and CALL { … }.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::{separated_list0, separated_list1};
use nom::sequence::{delimited, preceded, terminated};

use crate::ast::{Call, CallSubquery, Clause, ClauseKind, Imports, Name, Yield, YieldItem};
use crate::parser::atom::{braces, dotted_name};
use crate::parser::expression::{expression, optional_where};
use crate::parser::input::{Parsed, Tokens, keyword, name, nested_by, symbol, variable};
use crate::parser::lexer::Symbol;
use crate::parser::statement::query;
use crate::parser::transaction::in_transactions;

pub(super) fn call(input: Tokens) -> Parsed<ClauseKind> {
    call_body(input.skip(1), false)
}

/// From behind CALL on: a procedure's name, or the brackets of a subquery.
pub(super) fn call_body(input: Tokens, optional: bool) -> Parsed<ClauseKind> {
    if input.is_symbol(0, Symbol::LeftBrace) || input.is_symbol(0, Symbol::LeftParenthesis) {
        return nested_by(3, input, |input| subquery(input, optional));
    }
    let (rest, procedure) = cut(dotted_name("the name of a procedure")).parse(input)?;
    let arguments = separated_list0(symbol(Symbol::Comma), expression);
    let arguments = delimited(symbol(Symbol::LeftParenthesis), cut(arguments), cut(symbol(Symbol::RightParenthesis)));
    let (rest, arguments) = opt(arguments).parse(rest)?;
    let (rest, yields) = opt(preceded(keyword("YIELD"), cut(yields))).parse(rest)?;
    Ok((rest, ClauseKind::Call(Call { optional, procedure, arguments, yields })))
}

/// The call of a procedure without arguments whose name is known: from YIELD or WHERE on.
pub(in crate::parser) fn listed_call(input: Tokens, procedure: Name) -> Parsed<Clause> {
    let (rest, yields) = match input.is_word(0, "YIELD") {
        true => cut(yields).parse(input.skip(1))?,
        false => {
            let (rest, condition) = optional_where(input)?;
            (rest, Yield { star: true, items: Vec::new(), condition })
        }
    };
    let call = Call { optional: false, procedure, arguments: Some(Vec::new()), yields: Some(yields) };
    Ok((rest, Clause { kind: ClauseKind::Call(call), span: input.until(rest) }))
}

/// `(variable, …) { query } [IN TRANSACTIONS …]`
fn subquery(input: Tokens, optional: bool) -> Parsed<ClauseKind> {
    let (rest, imports) = match input.is_symbol(0, Symbol::LeftParenthesis) {
        true => cut(terminated(imports, symbol(Symbol::RightParenthesis))).parse(input.skip(1))?,
        false => (input, Imports::None),
    };
    let (rest, query) = cut(braces(query)).parse(rest)?;
    let (rest, in_transactions) = opt(in_transactions).parse(rest)?;
    Ok((rest, ClauseKind::CallSubquery(CallSubquery { optional, imports, query, in_transactions })))
}

/// `*`, or variables, or nothing.
fn imports(input: Tokens) -> Parsed<Imports> {
    match input.is_symbol(0, Symbol::Star) {
        true => Ok((input.skip(1), Imports::All)),
        false => separated_list0(symbol(Symbol::Comma), variable("a variable")).map(Imports::Names).parse(input),
    }
}

/// `*`, `-` for nothing at all, or fields; from behind YIELD on.
fn yields(input: Tokens) -> Parsed<Yield> {
    let star = input.is_symbol(0, Symbol::Star);
    let (rest, items) = match star || input.is_symbol(0, Symbol::Minus) {
        true => (input.skip(1), Vec::new()),
        false => separated_list1(symbol(Symbol::Comma), yield_item).parse(input)?,
    };
    let (rest, condition) = optional_where(rest)?;
    Ok((rest, Yield { star, items, condition }))
}

fn yield_item(input: Tokens) -> Parsed<YieldItem> {
    let (rest, field) = name("a field of the procedure")(input)?;
    let (rest, alias) = opt(preceded(keyword("AS"), cut(name("a variable after AS")))).parse(rest)?;
    Ok((rest, YieldItem { field, alias }))
}
