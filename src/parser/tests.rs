//! Tests of the parser and, since printing is its inverse, of the printer.

mod arbitrary;
mod clauses;
mod errors;
mod expressions;
mod format;
mod gql;
mod kit;
mod lexing;
mod limits;
mod shell;
mod walks;

use super::{parse_expression, parse_statement};
use crate::ast::Statement;
use crate::diagnostic::Diagnostic;

/// The statement, which must be right.
fn statement(text: &str) -> Statement {
    parse_statement(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// The text as the printer writes it; reading that again must give the same tree.
fn canonical(text: &str) -> String {
    let tree = statement(text);
    let printed = tree.to_string();
    assert_eq!(statement(&printed), tree, "{text} is printed as {printed}");
    printed
}

/// The same for an expression.
fn canonical_expression(text: &str) -> String {
    let tree = parse_expression(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    let printed = tree.to_string();
    assert_eq!(parse_expression(&printed), Ok(tree), "{text} is printed as {printed}");
    printed
}

/// The only error of a statement.
fn error(text: &str) -> Diagnostic {
    let mut errors = parse_statement(text).expect_err(text);
    assert_eq!(errors.len(), 1, "{text}: {errors:?}");
    errors.remove(0)
}
