//! Statements: a query, a walk, a change of indexes or constraints, and going on after an error to find the next one.

use nom::combinator::{cut, opt};
use nom::multi::{many0, many1};
use nom::sequence::terminated;
use nom::{Err, Parser};

use super::clause::{clause, listed_call, surely_starts_clause};
use super::decide::{correction, starts_correction};
use super::declare::{declaration, starts_declaration};
use super::error::diagnostic;
use super::input::{Parsed, Problem, Tokens, end, keyword};
use super::lexer::{Symbol, TokenKind};
use super::schema::{schema, starts_schema};
use super::transaction::{control, starts_control};
use super::walk::{listing, starts_walk, walk};
use super::whatif::what_if;
use crate::ast::{
    Clause, ClauseKind, Mode, Name, Projection, Query, SingleQuery, Statement, StatementBody, Union, With,
};
use crate::diagnostic::{Diagnostic, Kind};

/// More errors in one statement are not reported: they are rarely worth reading.
const MAXIMUM_ERRORS: usize = 10;

/// Single queries joined by UNION, up to where no clause follows.
pub(super) fn query(input: Tokens) -> Parsed<Query> {
    let (mut rest, first) = single_query(input)?;
    let mut query = Query { parts: vec![first], unions: Vec::new() };
    loop {
        let (after, Some(union)) = opt(union).parse(rest)? else { return Ok((rest, query)) };
        query.unions.push(union);
        let part;
        (rest, part) = cut(single_query).parse(after)?;
        query.parts.push(part);
    }
}

fn single_query(input: Tokens) -> Parsed<SingleQuery> {
    many1(clause).map(|clauses| SingleQuery { clauses }).parse(input)
}

fn union(input: Tokens) -> Parsed<Union> {
    let (rest, (_, all)) = (keyword("UNION"), opt(keyword("ALL"))).parse(input)?;
    let distinct = all.is_none() && rest.is_word(0, "DISTINCT");
    let rest = rest.skip(usize::from(distinct));
    Ok((rest, Union { all: all.is_some(), span: input.until(rest) }))
}

/// All of the input as one statement, or its errors.
pub(super) fn statement(input: Tokens) -> Result<Statement, Vec<Diagnostic>> {
    match terminated(any_statement, end).parse(input) {
        Ok((_, statement)) => Ok(statement),
        // At a limit nobody looks for further errors.
        Err(Err::Failure(Problem::Reported(error))) if error.kind == Kind::Stopped => Err(vec![*error]),
        // No clauses follow in a statement about the schema.
        Err(problem) if starts_schema(input.skip(mode(input).1)) => Err(vec![diagnostic(input, problem).0]),
        Err(problem) => Err(errors(input, problem)),
    }
}

/// How the statement is to be run, and how many words stand before it: EXPLAIN or PROFILE, and options on either side.
pub(super) fn mode(input: Tokens) -> (Mode, usize) {
    let before = options(input);
    let mode = match input.word(before).to_ascii_uppercase().as_str() {
        "EXPLAIN" => Mode::Explain,
        "PROFILE" => Mode::Profile,
        _ => return (Mode::Run, before),
    };
    (mode, before + 1 + options(input.skip(before + 1)))
}

/// How many words `CYPHER 25 name=value …` or `USING PERIODIC COMMIT 500` takes, if it stands here.
fn options(input: Tokens) -> usize {
    if ["USING", "PERIODIC", "COMMIT"].iter().enumerate().all(|(at, word)| input.is_word(at, word)) {
        return 3 + usize::from(matches!(input.kind(3), Some(TokenKind::Integer(_))));
    }
    if !input.is_word(0, "CYPHER") {
        return 0;
    }
    let version = matches!(input.kind(1), Some(TokenKind::Integer(_) | TokenKind::Float(_)));
    let mut words = 1 + usize::from(version);
    while input.is_name(words) && input.is_symbol(words + 1, Symbol::Equal) {
        words += 3;
    }
    words
}

fn any_statement(input: Tokens) -> Parsed<Statement> {
    let (mode, words) = mode(input);
    let ignored =
        |from: Tokens| Some(options(from)).filter(|words| *words > 0).map(|w| from.ignored_until(from.skip(w)));
    let behind = (mode != Mode::Run).then(|| input.skip(1));
    let options = ignored(input).or_else(|| behind.and_then(ignored));
    let rest = input.skip(words);
    if let Some((name, after)) = listing(rest) {
        let (rest, query) = listed(after, name)?;
        return Ok((rest, Statement { options, mode, body: StatementBody::Query(query) }));
    }
    let (rest, body) = match starts_walk(rest) {
        true => walk.map(StatementBody::Walk).parse(rest)?,
        false if rest.is_word(0, "WHATIF") => what_if.map(StatementBody::WhatIf).parse(rest)?,
        false if starts_correction(rest) => correction.map(StatementBody::Correction).parse(rest)?,
        false if starts_declaration(rest) => declaration.map(StatementBody::Declaration).parse(rest)?,
        false if starts_schema(rest) => schema.map(StatementBody::Schema).parse(rest)?,
        false if starts_control(rest) => control.map(StatementBody::Transaction).parse(rest)?,
        false if rest.is_empty() => return rest.fail("a statement"),
        false => query.map(StatementBody::Query).parse(rest)?,
    };
    Ok((rest, Statement { options, mode, body }))
}

/// A listing and the clauses that take its rows.
fn listed(input: Tokens, procedure: Name) -> Parsed<Query> {
    let (rest, call) = listed_call(input, procedure)?;
    let (rest, mut clauses) = many0(clause).parse(rest)?;
    // Sorted and cut, a listing is still one: nothing else need be returned.
    if let Some(Clause { kind: ClauseKind::With(With { projection, .. }), span }) = clauses.last()
        && projection.star
    {
        let all = Projection { star: true, ..Projection::default() };
        clauses.push(Clause { kind: ClauseKind::Return(all), span: *span });
    }
    clauses.insert(0, call);
    Ok((rest, Query { parts: vec![SingleQuery { clauses }], unions: Vec::new() }))
}

/// The error, and those of the clauses after it.
fn errors(input: Tokens, problem: Err<super::input::Problem>) -> Vec<Diagnostic> {
    let (first, mut rest) = diagnostic(input, problem);
    let mut errors = vec![first];
    while let Some(border) = border(rest)
        && errors.len() < MAXIMUM_ERRORS
    {
        let Err(problem) = terminated(query, end).parse(border) else { break };
        let (error, after) = diagnostic(border, problem);
        // A border inside a broken clause is no progress.
        if after.at <= border.at && errors.iter().any(|known| known.span == error.span) {
            break;
        }
        errors.push(error);
        rest = after;
    }
    errors
}

/// The next place where a clause seems to start: its keyword, not used as a name.
fn border(mut input: Tokens) -> Option<Tokens> {
    while !input.is_empty() {
        if surely_starts_clause(input) && !input.is_used_as_name() {
            return Some(input);
        }
        input = input.skip(1);
    }
    None
}
