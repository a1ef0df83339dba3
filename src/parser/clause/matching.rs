//! MATCH, OPTIONAL MATCH, UNWIND, and GQL's FOR, LET, FILTER, NEXT and FINISH.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::{many0, separated_list0, separated_list1};
use nom::sequence::{delimited, preceded};

use super::call::call_body;
use super::starts_clause;
use crate::ast::words::is_reserved;
use crate::ast::{ClauseKind, Counting, For, Ignored, Match, Position, Unwind};
use crate::parser::atom::dotted_name;
use crate::parser::expression::{condition, expression, optional_where};
use crate::parser::input::{Parsed, Problem, Tokens, keyword, name, symbol, variable};
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
    let (rest, hints) = many0(hint).parse(rest)?;
    let (rest, condition) = optional_where(rest)?;
    Ok((rest, ClauseKind::Match(Match { optional, repeatable, patterns, hints, condition })))
}

/// `USING [RANGE | TEXT | POINT] INDEX [SEEK] n:Label(key, …)`, `USING SCAN n:Label`, `USING JOIN ON n, m`
fn hint(input: Tokens) -> Parsed<Ignored> {
    // That a hint could stand here need not be said where something else is wrong.
    if !input.is_word(0, "USING") {
        return Err(nom::Err::Error(Problem::Unexpected));
    }
    let rest = input.skip(1);
    if rest.is_word(0, "JOIN") {
        let (rest, _) = cut(keyword("ON")).parse(rest.skip(1))?;
        let (rest, _) = cut(separated_list1(symbol(Symbol::Comma), variable("a variable"))).parse(rest)?;
        return Ok((rest, input.ignored_until(rest)));
    }
    let kind = ["RANGE", "TEXT", "POINT"].iter().any(|kind| rest.is_word(0, kind) && rest.is_word(1, "INDEX"));
    let rest = rest.skip(usize::from(kind));
    let scan = rest.is_word(0, "SCAN");
    let (rest, _) = if scan { (rest.skip(1), rest.here()) } else { cut(keyword("INDEX")).parse(rest)? };
    let seek = !scan && rest.is_word(0, "SEEK") && !rest.is_symbol(1, Symbol::Colon);
    let labelled = (variable("a variable"), symbol(Symbol::Colon), name("a label or type"));
    let (rest, _) = cut(labelled).parse(rest.skip(usize::from(seek)))?;
    if scan {
        return Ok((rest, input.ignored_until(rest)));
    }
    let keys = separated_list1(symbol(Symbol::Comma), name("a property key"));
    let keys = delimited(symbol(Symbol::LeftParenthesis), keys, symbol(Symbol::RightParenthesis));
    let (rest, _) = cut(keys).parse(rest)?;
    Ok((rest, input.ignored_until(rest)))
}

/// `USE graph`, `USE folder.graph`, `USE graph.byName('…')`
pub(super) fn using(input: Tokens) -> Parsed<ClauseKind> {
    let rest = input.skip(1);
    let graph = (
        dotted_name("the name of a graph"),
        opt(delimited(
            symbol(Symbol::LeftParenthesis),
            separated_list0(symbol(Symbol::Comma), expression),
            symbol(Symbol::RightParenthesis),
        )),
    );
    let (rest, _) = cut(graph).parse(rest)?;
    Ok((rest, ClauseKind::Use(input.ignored_until(rest))))
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
    let (rest, variable) = cut(preceded(keyword("AS"), name("a variable after AS"))).parse(rest)?;
    Ok((rest, ClauseKind::Unwind(Unwind { list, variable })))
}
