//! LOAD CSV.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::sequence::preceded;

use crate::ast::{ClauseKind, LoadCsv};
use crate::diagnostic::{Detail, Diagnostic};
use crate::parser::expression::expression;
use crate::parser::input::{Parsed, Tokens, keyword, name, report};
use crate::parser::lexer::TokenKind;

/// `LOAD CSV [WITH HEADERS] FROM file AS variable [FIELDTERMINATOR ';'] [IGNORE EXTRA FIELDS]`
pub(super) fn load(input: Tokens) -> Parsed<ClauseKind> {
    let (rest, _) = cut(keyword("CSV")).parse(input.skip(1))?;
    let (rest, headers) = opt(preceded(keyword("WITH"), cut(keyword("HEADERS")))).parse(rest)?;
    let (rest, source) = cut(preceded(keyword("FROM"), expression)).parse(rest)?;
    let (rest, variable) = cut(preceded(keyword("AS"), name("a variable after AS"))).parse(rest)?;
    let (rest, terminator) = opt(preceded(keyword("FIELDTERMINATOR"), cut(terminator))).parse(rest)?;
    let extra = (keyword("IGNORE"), cut(keyword("EXTRA")), cut(keyword("FIELDS")));
    let (rest, ignores_extra) = opt(extra).map(|extra| extra.is_some()).parse(rest)?;
    let headers = headers.is_some();
    Ok((rest, ClauseKind::LoadCsv(LoadCsv { headers, source, variable, terminator, ignores_extra })))
}

fn terminator(input: Tokens) -> Parsed<char> {
    let Some(TokenKind::String(text)) = input.kind(0) else { return input.fail("a character in quotes, such as ';'") };
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) if character.is_ascii() && !"\"\r\n".contains(character) => {
            Ok((input.skip(1), character))
        }
        _ => {
            let message = "fields end with one ASCII character that is no quote and no line end";
            let error = Diagnostic::syntax(Detail::InvalidArgumentValue, input.here(), message);
            report(error.help("for example FIELDTERMINATOR ';' or FIELDTERMINATOR '\\t'"))
        }
    }
}
