//! MATCH, OPTIONAL MATCH, UNWIND, and GQL's FOR, LET, FILTER, NEXT and FINISH.

use nom::Parser;
use nom::combinator::cut;
use nom::multi::separated_list1;
use nom::sequence::preceded;

use super::call::call_body;
use super::starts_clause;
use crate::ast::words::is_reserved;
use crate::ast::{ClauseKind, Counting, For, Match, Position, Unwind};
use crate::parser::expression::{condition, expression, optional_where};
use crate::parser::input::{Parsed, Problem, Tokens, keyword, symbol, variable};
use crate::parser::lexer::Symbol;
use crate::parser::pattern::patterns;

pub(super) fn matching(input: Tokens) -> Parsed<ClauseKind> {
    body(input.skip(1), false)
}

/// OPTIONAL MATCH and OPTIONAL CALL.
pub(super) fn optional(input: Tokens) -> Parsed<ClauseKind> {
    let rest = input.skip(1);
    if rest.is_word(0, "CALL") {
        return call_body(rest.skip(1), true);
    }
    rest.expect("CALL");
    let (rest, _) = cut(keyword("MATCH")).parse(rest)?;
    body(rest, true)
}

/// From behind MATCH on.
fn body(input: Tokens, optional: bool) -> Parsed<ClauseKind> {
    let (rest, repeatable) = match_mode(input);
    let (rest, patterns) = cut(patterns).parse(rest)?;
    let (rest, condition) = optional_where(rest)?;
    Ok((rest, ClauseKind::Match(Match { optional, repeatable, patterns, condition })))
}

/// `REPEATABLE ELEMENTS` or `DIFFERENT RELATIONSHIPS`, if it is there: whether elements may be repeated.
fn match_mode(input: Tokens) -> (Tokens, bool) {
    const SUBJECTS: [(&str, &[&str]); 2] =
        [("REPEATABLE", &["ELEMENTS", "ELEMENT"]), ("DIFFERENT", &["RELATIONSHIPS", "RELATIONSHIP", "EDGES", "EDGE"])];
    let found = SUBJECTS
        .iter()
        .find(|(word, subjects)| input.is_word(0, word) && subjects.iter().any(|subject| input.is_word(1, subject)));
    let Some((word, _)) = found else { return (input, false) };
    let rest = input.skip(2);
    (rest.skip(usize::from(rest.is_word(0, "BINDINGS"))), *word == "REPEATABLE")
}

/// `FOR variable IN list [WITH ORDINALITY position | WITH OFFSET position]`
pub(super) fn for_each(input: Tokens) -> Parsed<ClauseKind> {
    let (rest, variable) = cut(variable("a variable")).parse(input.skip(1))?;
    let (rest, list) = cut(preceded(keyword("IN"), expression)).parse(rest)?;
    let (rest, position) = position(rest)?;
    Ok((rest, ClauseKind::For(For { variable, list, position })))
}

/// The position is named right behind ORDINALITY or OFFSET; without a name, this is a WITH clause.
fn position(input: Tokens) -> Parsed<Option<Position>> {
    let counting = match input.word(1).to_ascii_uppercase().as_str() {
        "ORDINALITY" => Counting::Ordinality,
        "OFFSET" => Counting::Offset,
        _ => return Ok((input, None)),
    };
    let named = input.is_name(2) && !is_reserved(input.word(2));
    if !input.is_word(0, "WITH") || !named {
        return Ok((input, None));
    }
    variable("a variable").map(|variable| Some(Position { counting, variable })).parse(input.skip(2))
}

/// `LET variable = expression, …`
pub(super) fn let_(input: Tokens) -> Parsed<ClauseKind> {
    let definition = |input| {
        let (rest, variable) = variable("a variable")(input)?;
        let (rest, value) = cut(preceded(symbol(Symbol::Equal), expression)).parse(rest)?;
        Ok((rest, (variable, value)))
    };
    cut(separated_list1(symbol(Symbol::Comma), definition)).map(ClauseKind::Let).parse(input.skip(1))
}

/// `FILTER [WHERE] condition`
pub(super) fn filter(input: Tokens) -> Parsed<ClauseKind> {
    let rest = input.skip(1);
    cut(condition).map(ClauseKind::Filter).parse(rest.skip(usize::from(rest.is_word(0, "WHERE"))))
}

/// `NEXT`, which a clause must follow.
pub(super) fn next(input: Tokens) -> Parsed<ClauseKind> {
    let rest = input.skip(1);
    match starts_clause(rest) {
        true => Ok((rest, ClauseKind::Next)),
        false => {
            rest.expect("a clause");
            Err(nom::Err::Failure(Problem::Unexpected))
        }
    }
}

pub(super) fn finish(input: Tokens) -> Parsed<ClauseKind> {
    Ok((input.skip(1), ClauseKind::Finish))
}

pub(super) fn unwind(input: Tokens) -> Parsed<ClauseKind> {
    let (rest, list) = cut(expression).parse(input.skip(1))?;
    let (rest, variable) = cut(preceded(keyword("AS"), variable("a variable after AS"))).parse(rest)?;
    Ok((rest, ClauseKind::Unwind(Unwind { list, variable })))
}
