//! WHEN … THEN … ELSE: conditional queries.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::many1;
use nom::sequence::preceded;

use super::clause;
use crate::ast::{Clause, ClauseKind, Expression, Query, SingleQuery, When};
use crate::parser::atom::braces;
use crate::parser::expression::condition;
use crate::parser::input::{Parsed, Tokens, keyword, nested_by};
use crate::parser::lexer::Symbol;
use crate::parser::statement::query;

/// `WHEN condition THEN query … [ELSE query]`
pub(super) fn when(input: Tokens) -> Parsed<ClauseKind> {
    nested_by(3, input, |input| {
        let (rest, branches) = many1(branch).parse(input)?;
        let (rest, otherwise) = opt(preceded(keyword("ELSE"), cut(body))).parse(rest)?;
        Ok((rest, ClauseKind::When(When { branches, otherwise })))
    })
}

fn branch(input: Tokens) -> Parsed<(Expression, Query)> {
    (preceded(keyword("WHEN"), cut(condition)), preceded(cut(keyword("THEN")), cut(body))).parse(input)
}

/// `{ query }`, or clauses up to the next branch.
fn body(input: Tokens) -> Parsed<Query> {
    if input.is_symbol(0, Symbol::LeftBrace) {
        return braces(query).parse(input);
    }
    let (rest, clauses) = many1(clause_of_branch).parse(input)?;
    Ok((rest, Query { parts: vec![SingleQuery { clauses }], unions: Vec::new() }))
}

/// A clause that does not begin the next branch, and is not what follows the whole.
fn clause_of_branch(input: Tokens) -> Parsed<Clause> {
    match input.is_word(0, "WHEN") || input.is_word(0, "NEXT") {
        true => input.fail("a clause"),
        false => clause(input),
    }
}
