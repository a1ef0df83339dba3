//! `CREATE RELATIONSHIP TYPE`, `CREATE LABEL`, and DROP of either.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::separated_list1;
use nom::sequence::preceded;

use super::input::{Parsed, Tokens, keyword, name, report, symbol};
use super::lexer::{Symbol, TokenKind};
use crate::ast::{Declaration, Meaning, Name};
use crate::diagnostic::{Detail, Diagnostic};
use crate::graph::{Effect, FailureDirection};

/// Whether such a statement starts here.
pub(super) fn starts_declaration(input: Tokens) -> bool {
    let at = match (input.is_word(0, "CREATE"), input.is_word(1, "OR") && input.is_word(2, "REPLACE")) {
        (true, true) => 3,
        (true, false) => 1,
        (false, _) => usize::from(input.is_word(0, "DROP")),
    };
    let of_type = input.is_word(at, "RELATIONSHIP") && input.is_word(at + 1, "TYPE");
    at > 0 && (of_type || starts_label(input.skip(at)))
}

/// `CREATE label = (a)` names a path.
fn starts_label(input: Tokens) -> bool {
    input.is_word(0, "LABEL") && !input.is_symbol(1, Symbol::Equal)
}

pub(super) fn declaration(input: Tokens) -> Parsed<Declaration> {
    let replace = input.is_word(1, "OR");
    let drops = input.is_word(0, "DROP");
    let rest = input.skip(if replace { 3 } else { 1 });
    if starts_label(rest) {
        return cut(|rest| label(rest, drops, replace)).parse(rest.skip(1));
    }
    let (rest, types) = cut(names).parse(rest.skip(2))?;
    if drops {
        return Ok((rest, Declaration::Drop { types }));
    }
    let (rest, parts) = parts(rest)?;
    Ok((rest, Declaration::Create { replace, types, parts }))
}

/// The labels, and what names their nodes.
fn label(input: Tokens, drops: bool, replace: bool) -> Parsed<Declaration> {
    let (rest, labels) = separated_list1(symbol(Symbol::Comma), name("a label")).parse(input)?;
    if drops {
        return Ok((rest, Declaration::DropLabel { labels }));
    }
    let (rest, _) = (keyword("NAMED"), keyword("BY")).parse(rest)?;
    let (rest, named_by) = separated_list1(symbol(Symbol::Comma), name("a property key")).parse(rest)?;
    Ok((rest, Declaration::CreateLabel { replace, labels, named_by }))
}

fn names(input: Tokens) -> Parsed<Vec<Name>> {
    separated_list1(symbol(Symbol::Comma), name("a relationship type")).parse(input)
}

fn parts(input: Tokens) -> Parsed<Vec<Meaning>> {
    let mut rest = input;
    let mut parts: Vec<Meaning> = Vec::new();
    loop {
        let (after, part) = part(rest)?;
        let Some(part) = part else { return Ok((rest, parts)) };
        if parts.iter().any(|known| std::mem::discriminant(known) == std::mem::discriminant(&part)) {
            let message = "this is said for the second time";
            return report(Diagnostic::syntax(Detail::UnexpectedSyntax, rest.until(after), message));
        }
        parts.push(part);
        rest = after;
    }
}

/// The part that begins here, if one does.
fn part(input: Tokens) -> Parsed<Option<Meaning>> {
    let rest = input.skip(1);
    let said = |meaning| Ok((rest, Some(meaning)));
    match input.word(0).to_ascii_uppercase().as_str() {
        "NAMED" => cut(text).map(|text| Some(Meaning::Named(text))).parse(rest),
        "DESCRIBED" => cut(text).map(|text| Some(Meaning::Described(text))).parse(rest),
        "INVERSE" => {
            let (rest, name) = cut(name("the name of the inverse")).parse(rest)?;
            let (rest, phrase) = opt(preceded(keyword("NAMED"), cut(text))).parse(rest)?;
            Ok((rest, Some(Meaning::Inverse { name, phrase })))
        }
        "FAILURE" => cut(failure).map(|failure| Some(Meaning::Failure(failure))).parse(rest),
        "ORDERS" => cut(failure).map(|direction| Some(Meaning::Orders(direction))).parse(rest),
        "FAILS" => said(Meaning::Effect(Effect::Fails)),
        "DEGRADES" => said(Meaning::Effect(Effect::Degrades)),
        "SYMMETRIC" => said(Meaning::Symmetric),
        "TRANSITIVE" => said(Meaning::Transitive),
        "KIND" => {
            let (rest, _) = cut(keyword("OF")).parse(rest)?;
            cut(names).map(|names| Some(Meaning::KindOf(names))).parse(rest)
        }
        _ => {
            let parts = [
                "NAMED",
                "INVERSE",
                "FAILURE",
                "FAILS",
                "DEGRADES",
                "ORDERS",
                "SYMMETRIC",
                "TRANSITIVE",
                "KIND",
                "DESCRIBED",
            ];
            parts.into_iter().for_each(|part| input.expect(part));
            Ok((input, None))
        }
    }
}

fn failure(input: Tokens) -> Parsed<FailureDirection> {
    let directions =
        [("ALONG", FailureDirection::Along), ("AGAINST", FailureDirection::Against), ("NONE", FailureDirection::None)];
    match directions.into_iter().find(|(word, _)| input.is_word(0, word)) {
        Some((_, direction)) => Ok((input.skip(1), direction)),
        None => {
            directions.into_iter().for_each(|(word, _)| input.expect(word));
            input.fail("NONE")
        }
    }
}

fn text(input: Tokens) -> Parsed<String> {
    match input.kind(0) {
        Some(TokenKind::String(text)) => Ok((input.skip(1), text.to_string())),
        _ => input.fail("a text in quotes"),
    }
}
