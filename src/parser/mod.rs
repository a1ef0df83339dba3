//! **text → parser → ast** → binder → planner → optimizer → executor
//!
//! The text becomes [`lexer`] tokens, which nom combinators turn into the syntax tree. The parser knows the
//! grammar and nothing else: no scopes, no types, no graph. Its errors are diagnostics in the user's words, several
//! in one run; time is linear in the text, and depth is limited instead of overflowing the stack.
//!
//! `input` holds the token input and the small combinators, `lookahead` every decision that needs more than one
//! token, `expression` the operators, `atom` and `comprehension` the operands, `clause` the clauses, `walk` the
//! walking statements, `statement` what holds them together and the recovery after errors, `error` the messages.
//! Tests are in `tests`; `arbitrary` makes random trees for the print/parse round trip.

mod atom;
mod clause;
mod complete;
mod comprehension;
mod error;
mod expression;
mod input;
mod keywords;
pub mod lexer;
mod lookahead;
mod pattern;
mod statement;
mod walk;

#[cfg(test)]
mod tests;

pub use clause::{CLAUSES, Starter};
pub use complete::is_complete;
pub use keywords::{KEYWORDS, is_keyword};
pub use walk::STATEMENTS;

use nom::Parser;
use nom::sequence::terminated;

use crate::ast::{Expression, Statement};
use crate::diagnostic::{Detail, Diagnostic, Span};
use input::{State, Tokens};
use lexer::{Symbol, Token, TokenKind};

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
    let state = state(text)?;
    let mut statements = Vec::new();
    let mut errors = Vec::new();
    for input in statement_inputs(&state) {
        match statement::statement(input) {
            Ok(statement) => statements.push(ParsedStatement { statement, span: whole(input) }),
            Err(more) => errors.extend(more),
        }
        state.take_furthest();
        if errors.len() >= MAXIMUM_ERRORS {
            errors.truncate(MAXIMUM_ERRORS);
            break;
        }
    }
    if errors.is_empty() { Ok(Script { statements }) } else { Err(errors) }
}

/// Parses exactly one statement, with or without a semicolon at its end.
pub fn parse_statement(text: &str) -> Result<Statement, Vec<Diagnostic>> {
    let state = state(text)?;
    let mut inputs = statement_inputs(&state);
    let Some(first) = inputs.next() else {
        let span = Span::new(text.len(), text.len());
        let error = Diagnostic::syntax(Detail::UnexpectedSyntax, span, "expected a statement, found the end");
        return Err(vec![error]);
    };
    let statement = statement::statement(first)?;
    match inputs.next() {
        None => Ok(statement),
        Some(second) => {
            let message = "expected the end, found a second statement";
            Err(vec![Diagnostic::syntax(Detail::UnexpectedSyntax, second.here(), message)])
        }
    }
}

/// Parses an expression, such as the value of a parameter.
pub fn parse_expression(text: &str) -> Result<Expression, Vec<Diagnostic>> {
    let state = state(text)?;
    let input = state.range(0, state.tokens.len());
    match terminated(expression::expression, input::end).parse(input) {
        Ok((_, expression)) => Ok(expression),
        Err(problem) => Err(vec![error::diagnostic(input, problem).0]),
    }
}

/// The places of the statements of a text, whether or not they are free of errors.
pub fn split(text: &str) -> Vec<Span> {
    match state(text) {
        Ok(state) => statement_inputs(&state).map(whole).collect(),
        // Too long to have places.
        Err(_) => Vec::new(),
    }
}

fn state(text: &str) -> Result<State<'_>, Vec<Diagnostic>> {
    if u32::try_from(text.len()).is_err() {
        let message = "the text is longer than 4 GB";
        return Err(vec![Diagnostic::syntax(Detail::UnexpectedSyntax, Span::default(), message)]);
    }
    let mut tokens = lexer::tokens(text);
    tokens.retain(|token| token.kind != TokenKind::Comment);
    Ok(State::new(text, tokens))
}

/// The input of each statement that is not empty.
fn statement_inputs<'t>(state: &'t State<'t>) -> impl Iterator<Item = Tokens<'t>> {
    let is_end = |token: &Token| token.kind == TokenKind::Symbol(Symbol::Semicolon);
    let mut start = 0;
    state.tokens.split(is_end).filter_map(move |tokens| {
        let input = state.range(start, start + tokens.len());
        start += tokens.len() + 1;
        (!tokens.is_empty()).then_some(input)
    })
}

fn whole(input: Tokens) -> Span {
    let start = input.here();
    match input.last() {
        Some(last) => start.to(last.span),
        None => start,
    }
}
