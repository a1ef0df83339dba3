//! `REJECT`, `ACCEPT`, `RENAME TERM`, `MERGE TERM`, `SPLIT TERM`, and `DROP DECISION` before one of them.

use nom::Parser;
use nom::combinator::cut;

use super::input::{Parsed, Tokens, keyword, report};
use super::lexer::{Symbol, TokenKind};
use super::walk::start;
use super::whatif::relation;
use crate::ast::{Correction, Ruling, Start};
use crate::diagnostic::{Detail, Diagnostic};

/// The parts that may follow, in any order.
const PARTS: [&str; 3] = ["BY", "ON", "BECAUSE"];

/// Whether such a statement starts here.
pub(super) fn starts_correction(input: Tokens) -> bool {
    let word = |at: usize, words: &[&str]| words.iter().any(|word| input.is_word(at, word));
    // `MERGE TERM = (a)-[:T]->(b)` names a path.
    let merges = word(0, &["MERGE"]) && word(1, &["TERM"]) && !input.is_symbol(2, Symbol::Equal);
    let drops = word(0, &["DROP"]) && word(1, &["DECISION"]);
    merges || drops || word(0, &["REJECT", "ACCEPT", "RENAME", "SPLIT"])
}

pub(super) fn correction(input: Tokens) -> Parsed<Correction> {
    let drops = input.is_word(0, "DROP");
    let (mut rest, ruling) = cut(ruling).parse(input.skip(if drops { 2 } else { 0 }))?;
    let mut given: [Option<String>; 3] = Default::default();
    while let Some(part) = PARTS.iter().position(|part| rest.is_word(0, part)) {
        if given[part].is_some() {
            let message = format!("{} stands here for the second time", PARTS[part]);
            return report(Diagnostic::syntax(Detail::UnexpectedSyntax, rest.here(), message));
        }
        let (after, text) = cut(text).parse(rest.skip(1))?;
        given[part] = Some(text);
        rest = after;
    }
    PARTS.into_iter().for_each(|part| rest.expect(part));
    let [by, on, because] = given;
    Ok((rest, Correction { drops, ruling, by, on, because }))
}

fn ruling(input: Tokens) -> Parsed<Ruling> {
    let rest = input.skip(1);
    match input.word(0).to_ascii_uppercase().as_str() {
        "REJECT" => relation.map(Ruling::Reject).parse(rest),
        "ACCEPT" => relation.map(Ruling::Accept).parse(rest),
        "RENAME" => two(rest, "TO").map(|(rest, [term, to])| (rest, Ruling::Rename { term, to })),
        "MERGE" => two(rest, "INTO").map(|(rest, [term, into])| (rest, Ruling::Merge { term, into })),
        "SPLIT" => two(rest, "FROM").map(|(rest, [name, from])| (rest, Ruling::Split { name, from })),
        _ => {
            ["REJECT", "ACCEPT", "RENAME", "MERGE"].into_iter().for_each(|word| input.expect(word));
            input.fail("SPLIT")
        }
    }
}

/// `TERM a between b`
fn two<'t>(input: Tokens<'t>, between: &'static str) -> Parsed<'t, [Start; 2]> {
    let rest = keyword("TERM")(input).map_or(input, |(rest, _)| rest);
    let (rest, first) = start(rest, &|rest| rest.is_word(0, between))?;
    let (rest, _) = keyword(between)(rest)?;
    let (rest, second) = start(rest, &starts_part)?;
    Ok((rest, [first, second]))
}

/// A term may hold the word.
fn starts_part(rest: Tokens) -> bool {
    PARTS.iter().any(|part| rest.is_word(0, part)) && matches!(rest.kind(1), Some(TokenKind::String(_)))
}

fn text(input: Tokens) -> Parsed<String> {
    match input.kind(0) {
        Some(TokenKind::String(text)) => Ok((input.skip(1), text.to_string())),
        _ => input.fail("a text in quotes"),
    }
}
