//! **text → parser → ast** → binder → planner → optimizer → executor
//!
//! The text becomes [`lexer`] tokens, which nom combinators turn into the syntax tree. The parser knows the
//! grammar and nothing else: no scopes, no types, no graph. Its errors are diagnostics in the user's words, several
//! in one run; time is linear in the text, and depth is limited instead of overflowing the stack.
//!
//! `input` holds the token input and the small combinators, `lookahead` every decision that needs more than one
//! token, `expression` the operators, `atom` and `comprehension` the operands, `path`, `pattern` and `label` the
//! patterns, `types` the types, `clause` the clauses, `walk` the walking statements, `whatif` suppositions before them,
//! `declare` what relationship types mean, `schema` indexes and constraints, `statement` what holds them together and
//! the recovery after errors, `error` the messages.
//! Tests are in `tests`; `arbitrary` makes random trees for the print/parse round trip.

mod atom;
mod clause;
mod complete;
mod comprehension;
mod decide;
mod declare;
mod error;
mod expression;
mod format;
mod input;
mod keywords;
mod label;
pub mod lexer;
mod lookahead;
mod path;
mod pattern;
mod schema;
mod statement;
mod transaction;
mod types;
mod walk;
mod whatif;

#[cfg(test)]
mod tests;

pub use clause::{CLAUSES, Starter};
pub use complete::{is_complete, missing};
pub use format::format;
pub use keywords::{KEYWORDS, is_keyword};
pub use walk::STATEMENTS;

use nom::Parser;
use nom::sequence::terminated;

use crate::ast::{Expression, Start, Statement, StatementBody, Walk};
use crate::diagnostic::{Detail, Diagnostic, Span};
use crate::limits::Watch;
use input::State;
use lexer::{Lexer, Symbol, Token, TokenKind};

/// Errors of one text beyond this number are not reported.
const MAXIMUM_ERRORS: usize = 10;

/// The statements of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    pub statements: Vec<ParsedStatement>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ParsedStatement {
    pub statement: Statement,
    /// Without the semicolon.
    pub span: Span,
}

/// Parses statements separated by semicolons; empty ones are skipped.
pub fn parse(text: &str) -> Result<Script, Vec<Diagnostic>> {
    let mut statements = Vec::new();
    let mut errors = Vec::new();
    for tokens in statement_tokens(text)? {
        let span = whole(&tokens);
        match statement::statement(State::new(text, tokens).all()) {
            Ok(statement) => statements.push(ParsedStatement { statement, span }),
            Err(more) => errors.extend(more),
        }
        if errors.len() >= MAXIMUM_ERRORS {
            errors.truncate(MAXIMUM_ERRORS);
            break;
        }
    }
    if errors.is_empty() { Ok(Script { statements }) } else { Err(errors) }
}

/// Parses exactly one statement, with or without a semicolon at its end.
pub fn parse_statement(text: &str) -> Result<Statement, Vec<Diagnostic>> {
    parse_statement_within(text, &Watch::default())
}

/// As [`parse_statement`], until the watch stops it.
pub fn parse_statement_within(text: &str, watch: &Watch) -> Result<Statement, Vec<Diagnostic>> {
    let mut statements = statement_tokens(text)?;
    let first = statements.next().unwrap_or_default();
    watch.check().map_err(|error| vec![error])?;
    let statement = statement::statement(State::watched(text, first, watch.clone()).all())?;
    match statements.next() {
        None => Ok(statement),
        Some(second) => {
            let message = "expected the end, found a second statement";
            Err(vec![Diagnostic::syntax(Detail::UnexpectedSyntax, whole(&second), message)])
        }
    }
}

/// Whether a walking statement reads the term back as it is without quotes.
pub fn is_bare_term(term: &str) -> bool {
    let Ok(Statement { body: StatementBody::Walk(Walk::Word(walk)), .. }) =
        parse_statement(&format!("WHY {term} TO {term}, {term}"))
    else {
        return false;
    };
    let is_term = |start: &Start| matches!(start, Start::Term(name) if name.text == term);
    let counts = walk.operands.iter().map(Vec::len);
    counts.eq([1, 2]) && walk.options.is_empty() && walk.operands.iter().flatten().all(is_term)
}

/// Parses an expression, such as the value of a parameter.
pub fn parse_expression(text: &str) -> Result<Expression, Vec<Diagnostic>> {
    check_length(text)?;
    let tokens = Lexer::new(text).filter(|token| token.kind != TokenKind::Comment).collect();
    let state = State::new(text, tokens);
    match terminated(expression::expression, input::end).parse(state.all()) {
        Ok((_, expression)) => Ok(expression),
        Err(problem) => Err(vec![error::diagnostic(state.all(), problem).0]),
    }
}

/// The places of the statements of a text, whether or not they are free of errors.
pub fn split(text: &str) -> Vec<Span> {
    // A text that is too long has no places.
    statement_tokens(text).into_iter().flatten().map(|tokens| whole(&tokens)).collect()
}

/// The tokens of each statement that is not empty, without comments.
fn statement_tokens(text: &str) -> Result<impl Iterator<Item = Vec<Token<'_>>>, Vec<Diagnostic>> {
    check_length(text)?;
    let mut lexer = Lexer::new(text);
    Ok(std::iter::from_fn(move || {
        loop {
            let mut tokens = Vec::new();
            let mut ended = false;
            for token in lexer.by_ref() {
                ended = token.kind == TokenKind::Symbol(Symbol::Semicolon);
                match token.kind {
                    TokenKind::Comment => {}
                    _ if ended => break,
                    _ => tokens.push(token),
                }
            }
            if !tokens.is_empty() || !ended {
                return (!tokens.is_empty()).then_some(tokens);
            }
        }
    }))
}

/// Spans have 32 bits.
fn check_length(text: &str) -> Result<(), Vec<Diagnostic>> {
    match u32::try_from(text.len()) {
        Ok(_) => Ok(()),
        Err(_) => {
            let message = "the text is longer than 4 GB";
            Err(vec![Diagnostic::syntax(Detail::UnexpectedSyntax, Span::default(), message)])
        }
    }
}

fn whole(tokens: &[Token]) -> Span {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => Span::default(),
    }
}
