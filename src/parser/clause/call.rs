//! CALL … YIELD.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::{separated_list0, separated_list1};
use nom::sequence::{delimited, preceded};

use crate::ast::{Call, ClauseKind, Yield, YieldItem};
use crate::parser::atom::dotted_name;
use crate::parser::expression::{expression, optional_where};
use crate::parser::input::{Parsed, Tokens, keyword, name, symbol, variable};
use crate::parser::lexer::Symbol;

pub(super) fn call(input: Tokens) -> Parsed<ClauseKind> {
    let (rest, procedure) = cut(dotted_name("the name of a procedure")).parse(input.skip(1))?;
    let arguments = separated_list0(symbol(Symbol::Comma), expression);
    let arguments = delimited(symbol(Symbol::LeftParenthesis), cut(arguments), cut(symbol(Symbol::RightParenthesis)));
    let (rest, arguments) = opt(arguments).parse(rest)?;
    let (rest, yields) = opt(preceded(keyword("YIELD"), cut(yields))).parse(rest)?;
    Ok((rest, ClauseKind::Call(Call { optional: false, procedure, arguments, yields })))
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
    let (rest, alias) = opt(preceded(keyword("AS"), cut(variable("a variable after AS")))).parse(rest)?;
    Ok((rest, YieldItem { field, alias }))
}
