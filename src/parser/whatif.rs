//! `WHATIF`: what is supposed, and the statement that is run under it.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::sequence::preceded;

use super::clause::starts_clause;
use super::input::{Parsed, Tokens, name, symbol};
use super::lexer::Symbol;
use super::statement::query;
use super::walk::{start, starts_walk, walk};
use crate::ast::{Relation, StatementBody, Supposition, WhatIf};

pub(super) fn what_if(input: Tokens) -> Parsed<WhatIf> {
    let mut rest = input.skip(1);
    let mut suppositions = Vec::new();
    while rest.is_word(0, "REMOVE") || rest.is_word(0, "ADD") {
        let one = if rest.is_word(0, "ADD") { add } else { remove };
        let mut more = rest.skip(1);
        loop {
            let supposition;
            (more, supposition) = cut(one).parse(more)?;
            suppositions.push(supposition);
            match symbol(Symbol::Comma)(more) {
                Ok((after, _)) => more = after,
                Err(_) => break,
            }
        }
        rest = more;
    }
    if suppositions.is_empty() {
        rest.expect("REMOVE");
        return rest.fail("ADD");
    }
    let (rest, body) = match starts_walk(rest) {
        true => walk.map(StatementBody::Walk).parse(rest)?,
        false if starts_clause(rest) => query.map(StatementBody::Query).parse(rest)?,
        false => return rest.fail("a statement"),
    };
    Ok((rest, WhatIf { suppositions, body: Box::new(body) }))
}

/// A removed term ends where something else is supposed, or the statement begins.
fn stops(rest: Tokens) -> bool {
    let word = |word| rest.is_word(0, word);
    rest.is_symbol(0, Symbol::Comma) || word("ADD") || word("REMOVE") || starts_walk(rest) || starts_clause(rest)
}

fn remove(input: Tokens) -> Parsed<Supposition> {
    match starts_relation(input) {
        true => relation.map(Supposition::RemoveRelation).parse(input),
        false => start(input, &stops).map(|(rest, start)| (rest, Supposition::Remove(start))),
    }
}

fn add(input: Tokens) -> Parsed<Supposition> {
    relation.map(Supposition::Add).parse(input)
}

/// `(term)-…`
fn starts_relation(input: Tokens) -> bool {
    input.is_symbol(0, Symbol::LeftParenthesis)
        && input.partner(0).is_some_and(|close| input.skip(close + 1).is_symbol(0, Symbol::Minus))
}

pub(super) fn relation(input: Tokens) -> Parsed<Relation> {
    let (rest, start) = end_of_relation(input)?;
    let (rest, _) = symbol(Symbol::Minus)(rest)?;
    let (rest, _) = symbol(Symbol::LeftBracket)(rest)?;
    let (rest, relation_type) = opt(preceded(symbol(Symbol::Colon), cut(name("a relationship type")))).parse(rest)?;
    let (rest, _) = symbol(Symbol::RightBracket)(rest)?;
    let (rest, _) = symbol(Symbol::Minus)(rest)?;
    let (rest, _) = symbol(Symbol::Greater)(rest)?;
    let (rest, end) = end_of_relation(rest)?;
    Ok((rest, Relation { start, relation_type, end }))
}

fn end_of_relation(input: Tokens) -> Parsed<crate::ast::Start> {
    let (_, _) = symbol(Symbol::LeftParenthesis)(input)?;
    let Some(close) = input.partner(0) else { return input.fail("')'") };
    let inside = nom::Input::take(&input, close).skip(1);
    let (left, start) = start(inside, &|_| false)?;
    match left.is_empty() {
        true => Ok((input.skip(close + 1), start)),
        false => left.fail("')'"),
    }
}
