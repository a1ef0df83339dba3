//! The walking statements. Their terms are written as one says them: raw text up to the next option.

use nom::Parser;
use nom::combinator::cut;

use super::clause::Starter;
use super::input::{Parsed, Tokens, keyword, report, symbol};
use super::lexer::{Symbol, TokenKind};
use crate::ast::{Name, Term, TraceOptions, Walk};
use crate::diagnostic::{Detail, Diagnostic};

/// The statements besides queries, and the words that may stand before any statement.
pub const STATEMENTS: &[Starter] = &[
    Starter { keyword: "SHOW", syntax: "SHOW term", doc: "What a term is, its names and its relations." },
    Starter {
        keyword: "DEPS",
        syntax: "DEPS term [DEPTH n] [VIA type, …]",
        doc: "What a term needs, and what that needs in turn, as a tree.",
    },
    Starter {
        keyword: "IMPACT",
        syntax: "IMPACT term [DEPTH n] [VIA type, …]",
        doc: "What fails or degrades if the term fails.",
    },
    Starter {
        keyword: "WHY",
        syntax: "WHY term TO term [ALL] [VIA type, …]",
        doc: "The shortest chain from one term to another, with the evidence of each hop.",
    },
    Starter { keyword: "FIND", syntax: "FIND text", doc: "Terms by similar name and by words of their definition." },
    Starter {
        keyword: "CREATE INDEX",
        syntax: "CREATE INDEX [name] [IF NOT EXISTS] FOR (n:Label) ON (n.key, …)",
        doc: "Lets nodes of a label be found by properties without looking at all of them.",
    },
    Starter {
        keyword: "CREATE CONSTRAINT",
        syntax: "CREATE CONSTRAINT [name] [IF NOT EXISTS] FOR (n:Label) REQUIRE n.key IS UNIQUE or … IS NOT NULL",
        doc: "Refuses changes after which two nodes of a label had the same values, or one had none. What is unique is indexed.",
    },
    Starter {
        keyword: "DROP",
        syntax: "DROP INDEX name [IF EXISTS] or DROP CONSTRAINT name [IF EXISTS]",
        doc: "Removes an index or lifts a constraint.",
    },
    Starter {
        keyword: "SHOW INDEXES",
        syntax: "SHOW INDEXES or SHOW CONSTRAINTS",
        doc: "Lists them: CALL db.indexes() or CALL db.constraints(). The terms of these names stand in quotes.",
    },
    Starter { keyword: "EXPLAIN", syntax: "EXPLAIN statement", doc: "Shows the plan of a statement and runs nothing." },
    Starter {
        keyword: "PROFILE",
        syntax: "PROFILE statement",
        doc: "Runs a statement and shows rows and time of each operator.",
    },
];

/// Whether a walking statement starts here.
pub(super) fn starts_walk(input: Tokens) -> bool {
    ["SHOW", "DEPS", "IMPACT", "WHY", "FIND"].iter().any(|word| input.is_word(0, word))
}

/// A walking statement, from its keyword on.
pub(super) fn walk(input: Tokens) -> Parsed<Walk> {
    let rest = input.skip(1);
    match input.word(0).to_ascii_uppercase().as_str() {
        "SHOW" if rest.is_word(0, "INDEXES") && rest.skip(1).is_empty() => Ok((rest.skip(1), Walk::ShowIndexes)),
        "SHOW" if rest.is_word(0, "CONSTRAINTS") && rest.skip(1).is_empty() => {
            Ok((rest.skip(1), Walk::ShowConstraints))
        }
        "SHOW" => term(rest, &[]).map(|(rest, term)| (rest, Walk::Show { term })),
        "FIND" => find(rest),
        "WHY" => why(rest),
        "DEPS" => trace(rest).map(|(rest, (term, options))| (rest, Walk::Deps { term, options })),
        "IMPACT" => trace(rest).map(|(rest, (term, options))| (rest, Walk::Impact { term, options })),
        _ => input.fail("a statement"),
    }
}

fn find(input: Tokens) -> Parsed<Walk> {
    // A quoted text with more words behind it is searched as it stands, quotes and all.
    let alone = input.skip(1).is_empty();
    let (rest, text) = if alone { term(input, &[])? } else { bare(input, "words to search for", &|_| false)? };
    Ok((rest, Walk::Find { text }))
}

fn why(input: Tokens) -> Parsed<Walk> {
    let (rest, from) = term(input, &["TO"])?;
    let (rest, _) = cut(keyword("TO")).parse(rest)?;
    let (rest, to) = term(rest, &["ALL", "VIA"])?;
    let (rest, (all, via)) = options(rest, "ALL", |rest| Ok((rest, ())))?;
    Ok((rest, Walk::Why { from, to, all: all.is_some(), via }))
}

fn trace(input: Tokens) -> Parsed<(Term, TraceOptions)> {
    let (rest, term) = term(input, &["DEPTH", "VIA"])?;
    let (rest, (depth, via)) = options(rest, "DEPTH", depth)?;
    Ok((rest, (term, TraceOptions { depth, via })))
}

fn depth(input: Tokens) -> Parsed<u64> {
    match input.kind(0) {
        Some(TokenKind::Integer(depth)) => Ok((input.skip(1), *depth)),
        _ => input.fail("a whole number after DEPTH"),
    }
}

/// VIA and one more option, in any order, each at most once.
fn options<'t, T>(
    input: Tokens<'t>,
    word: &'static str,
    parse: impl Fn(Tokens<'t>) -> Parsed<'t, T>,
) -> Parsed<'t, (Option<T>, Vec<Name>)> {
    let mut rest = input;
    let mut option = None;
    let mut via = None;
    loop {
        let found = if rest.is_word(0, word) { word } else { "VIA" };
        let repeated = if found == word { option.is_some() } else { via.is_some() };
        if !rest.is_word(0, found) {
            rest.expect(word);
            rest.expect("VIA");
            return Ok((rest, (option, via.unwrap_or_default())));
        }
        if repeated {
            let message = format!("{found} stands here for the second time");
            return report(Diagnostic::syntax(Detail::UnexpectedSyntax, rest.here(), message));
        }
        if found == word {
            (rest, option) = cut(&parse).map(Some).parse(rest.skip(1))?;
        } else {
            (rest, via) = cut(|rest| types(rest, word)).map(Some).parse(rest.skip(1))?;
        }
    }
}

/// Relationship types by name or by human name, separated by commas.
fn types<'t>(input: Tokens<'t>, stop: &'static str) -> Parsed<'t, Vec<Name>> {
    let mut types = Vec::new();
    let mut rest = input;
    loop {
        let name;
        (rest, name) = text(rest, "a relationship type", &|rest| {
            rest.is_symbol(0, Symbol::Comma) || rest.is_word(0, stop) || rest.is_word(0, "VIA")
        })?;
        types.push(name);
        match symbol(Symbol::Comma)(rest) {
            Ok((after, _)) => rest = after,
            Err(_) => return Ok((rest, types)),
        }
    }
}

fn term<'t>(input: Tokens<'t>, stops: &[&'static str]) -> Parsed<'t, Term> {
    text(input, "a term", &|rest| stops.iter().any(|stop| rest.is_word(0, stop)))
}

/// A quoted text, or bare words up to where it stops.
fn text<'t>(input: Tokens<'t>, what: &'static str, stops: &dyn Fn(Tokens<'t>) -> bool) -> Parsed<'t, Name> {
    if let Some(text) = quoted(input) {
        return Ok((input.skip(1), Name::new(text, input.here())));
    }
    bare(input, what, stops)
}

/// The raw text up to where it stops, white space and comments folded to single spaces.
fn bare<'t>(input: Tokens<'t>, what: &'static str, stops: &dyn Fn(Tokens<'t>) -> bool) -> Parsed<'t, Name> {
    let mut rest = input;
    let mut text = String::new();
    let mut end = None;
    while let Some(token) = rest.first() {
        if stops(rest) {
            break;
        }
        if let TokenKind::Error(error) = &token.kind
            && error.open
        {
            let help = "put the whole term in quotes of the other kind";
            return report(error.diagnostic.clone().help(help));
        }
        if end.is_some_and(|end| end < token.span.start) {
            text.push(' ');
        }
        text.push_str(token.span.text(input.state.source));
        end = Some(token.span.end);
        rest = rest.skip(1);
    }
    if text.is_empty() {
        return cut(|input: Tokens<'t>| input.fail(what)).parse(input);
    }
    Ok((rest, Name::new(text, input.until(rest))))
}

fn quoted<'t>(input: Tokens<'t>) -> Option<&'t str> {
    match input.kind(0) {
        Some(TokenKind::String(text) | TokenKind::QuotedName(text)) => Some(text),
        _ => None,
    }
}
