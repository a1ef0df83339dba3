//! From a failed parse to a diagnostic in the user's words.

use nom::Err;

use super::clause::CLAUSES;
use super::input::{Furthest, Problem, Tokens};
use super::keywords::is_keyword;
use super::lexer::{LexError, Symbol, TokenKind};
use super::statement::mode;
use super::walk::{STATEMENTS, syntax};
use crate::ast::words::is_reserved;
use crate::diagnostic::{Detail, Diagnostic, Span};

/// Words of other languages, and what to write here.
const MISTAKES: &[(&str, &str)] = &[
    ("SELECT", "write MATCH (n) RETURN n to read from the graph"),
    ("UPDATE", "write MATCH … SET to change the graph"),
    ("FROM", "write MATCH (n:Label) to say where to read from"),
    ("GROUP", "GROUP BY stands behind the items of RETURN or WITH, before ORDER BY"),
    ("HAVING", "filter groups with WITH … WHERE"),
    ("JOIN", "write a pattern: (a)-[:TYPE]->(b)"),
    ("ELSEIF", "write another WHEN … THEN"),
    ("NOT", "put NOT and its operand in parentheses"),
    ("ORDER", "ORDER BY stands before SKIP and LIMIT"),
    ("SKIP", "SKIP stands behind ORDER BY and before LIMIT"),
];

/// The diagnostic of a problem met in this input, and the input from where it happened.
pub(super) fn diagnostic<'t>(input: Tokens<'t>, problem: Err<Problem>) -> (Diagnostic, Tokens<'t>) {
    let furthest = input.state.take_furthest();
    match problem {
        Err::Error(Problem::Reported(diagnostic)) | Err::Failure(Problem::Reported(diagnostic)) => {
            let place = diagnostic.span.map_or(0, |span| span.start);
            let mut rest = input;
            while rest.first().is_some_and(|token| token.span.start < place) {
                rest = rest.skip(1);
            }
            (*diagnostic, rest)
        }
        _ => {
            let rest = input.skip(furthest.at.saturating_sub(input.at));
            (unexpected(input, rest, &furthest), rest)
        }
    }
}

fn unexpected(input: Tokens, found: Tokens, furthest: &Furthest) -> Diagnostic {
    if let Some(diagnostic) = lexical(found, furthest) {
        return diagnostic;
    }
    let what = found_text(found);
    let diagnostic = match furthest.expected.is_empty() {
        true => Diagnostic::syntax(Detail::UnexpectedSyntax, found.here(), format!("unexpected {what}")),
        false => {
            let message = format!("expected {}, found {what}", list(&furthest.expected));
            Diagnostic::syntax(Detail::UnexpectedSyntax, found.here(), message)
        }
    };
    match help(input, found, &furthest.expected) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// What the lexer has to say about the token that was found.
fn lexical(found: Tokens, furthest: &Furthest) -> Option<Diagnostic> {
    match found.kind(0)? {
        TokenKind::Error(error) => {
            let LexError { diagnostic, .. } = &**error;
            // Where no number is asked for, it is no invalid number but simply something else.
            let value = furthest.expected.is_empty() || furthest.expected.contains(&"an expression");
            let literal = matches!(
                diagnostic.detail,
                Detail::InvalidNumberLiteral | Detail::IntegerOverflow | Detail::FloatingPointOverflow
            );
            (value || !literal).then(|| diagnostic.clone())
        }
        TokenKind::Symbol(Symbol::Dash | Symbol::LeftArrowHead | Symbol::RightArrowHead) => {
            let message = format!("the character {} is no operator", found_text(found));
            let diagnostic = Diagnostic::syntax(Detail::InvalidUnicodeCharacter, found.here(), message);
            Some(diagnostic.help("outside of patterns write the ASCII signs - < >"))
        }
        _ => None,
    }
}

fn found_text(found: Tokens) -> String {
    const SHOWN: usize = 30;
    if found.is_empty() {
        return "the end".to_string();
    }
    let text = found.here().text(found.state.source);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("'{}…'", text[..end].escape_debug()),
        None if text.starts_with('\'') => text.to_string(),
        None => format!("'{text}'"),
    }
}

/// "A, B or C"
fn list(expected: &[&str]) -> String {
    let whole = expected.iter().map(|word| match *word {
        "GROUP" => "GROUP BY",
        "ORDER" => "ORDER BY",
        word => word,
    });
    let expected: Vec<_> = whole.collect();
    match expected.as_slice() {
        [] => String::new(),
        [one] => one.to_string(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn help(input: Tokens, found: Tokens, expected: &[&str]) -> Option<String> {
    symbol_help(found)
        .or_else(|| misspelt(found, expected))
        .or_else(|| keyword_as_name(found, expected))
        .or_else(|| open_bracket(input, found, expected))
        .or_else(|| mistake(found, expected))
        .or_else(|| word_syntax(input, found))
}

fn symbol_help(found: Tokens) -> Option<String> {
    let TokenKind::Symbol(symbol) = found.kind(0)? else { return None };
    let help = match symbol {
        Symbol::DoubleEqual => "write a single =",
        Symbol::ExclamationEqual => "write <> for \"not equal\"",
        Symbol::DoubleAmpersand => "write AND",
        _ => return None,
    };
    Some(help.to_string())
}

fn mistake(found: Tokens, expected: &[&str]) -> Option<String> {
    let word = found.word(0);
    // Where a name is wanted the word is a name, and what is wrong is something else.
    let (_, help) = MISTAKES.iter().find(|(mistake, _)| mistake.eq_ignore_ascii_case(word))?;
    (!expected.contains(&"a variable")).then(|| help.to_string())
}

/// "Did you mean": one of the expected keywords, or a clause where one may start.
fn misspelt(found: Tokens, expected: &[&str]) -> Option<String> {
    let word = found.word(0).to_ascii_uppercase();
    if word.len() < 3 || is_keyword(&word) {
        return None;
    }
    let keywords = expected.iter().copied().filter(|expected| is_keyword(expected));
    let clauses = CLAUSES.iter().map(|clause| clause.keyword);
    let statements = STATEMENTS.iter().filter(|_| found.at_start()).map(|statement| statement.keyword);
    let starters = clauses.chain(statements).filter(|_| expected.contains(&"a clause"));
    let candidates = keywords.chain(starters).map(|keyword| (strsim::osa_distance(&word, keyword), keyword));
    let (distance, keyword) = candidates.min_by_key(|(distance, _)| *distance)?;
    (distance <= 2 && distance * 3 < keyword.len()).then(|| format!("did you mean {keyword}?"))
}

/// A reserved word where a variable was wanted, and followed by what follows a variable.
fn keyword_as_name(found: Tokens, expected: &[&str]) -> Option<String> {
    let word = found.word(0);
    let wanted = expected.iter().any(|expected| expected.starts_with("a variable"));
    (wanted && is_reserved(word) && found.is_used_as_name())
        .then(|| format!("{word} is a keyword: write `{word}` to use it as a name"))
}

/// Names the innermost bracket that is still open, if closing it is what was expected.
fn open_bracket(input: Tokens, found: Tokens, expected: &[&str]) -> Option<String> {
    let (at, bracket) = innermost_open(input, found)?;
    let closer = bracket.closer()?;
    if !expected.contains(&closer.quoted()) {
        return None;
    }
    let (line, column) = position(found.state.source, at);
    Some(format!("the {} opened in line {line}, column {column} needs its {}", bracket.quoted(), closer.quoted()))
}

/// How the walking statement is written, unless the error is in a query within it.
fn word_syntax(input: Tokens, found: Tokens) -> Option<String> {
    let syntax = syntax(input.skip(mode(input).1))?;
    innermost_open(input, found).is_none().then(|| syntax.to_string())
}

fn innermost_open(input: Tokens, found: Tokens) -> Option<(Span, Symbol)> {
    let mut open = Vec::new();
    let mut at = input;
    while at.at < found.at {
        if let Some(TokenKind::Symbol(symbol)) = at.kind(0) {
            if symbol.closer().is_some() {
                open.push((at.here(), *symbol));
            } else if symbol.is_closer() {
                open.pop();
            }
        }
        at = at.skip(1);
    }
    open.pop()
}

fn position(source: &str, span: Span) -> (usize, usize) {
    let before = &source[..span.range().start];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
