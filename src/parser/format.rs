//! Text → the same statements in one layout, with all comments.

use super::lexer::{Symbol, Token, TokenKind, tokens};
use crate::ast::{Comment, pretty};
use crate::diagnostic::Diagnostic;

/// Formats a text of statements: a clause a line, keywords in upper case, a semicolon behind each statement, an empty
/// line between them. A comment stands on a line of its own before the clause that it was in or before.
/// The statements stay the same, but for the names of columns that have no alias: they are the text of the expression.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let script = super::parse(text)?;
    let comments = comments(text);
    let mut left = comments.as_slice();
    let mut out = String::new();
    for parsed in &script.statements {
        if !out.is_empty() {
            out.push('\n');
        }
        let printed = pretty(&parsed.statement, parsed.span.end, &mut left);
        out += printed.trim_end_matches('\n');
        out += ";\n";
    }
    if !out.is_empty() && !left.is_empty() {
        out.push('\n');
    }
    for (at, comment) in left.iter().enumerate() {
        out += &format!("{}\n", comment.text);
        if comment.detached && at + 1 < left.len() {
            out.push('\n');
        }
    }
    Ok(out)
}

/// The comments of a text. One that stands behind something on its line belongs to that.
fn comments(text: &str) -> Vec<Comment<'_>> {
    let tokens = tokens(text);
    let mut comments = Vec::new();
    // The last token that belongs to a statement.
    let mut before: Option<&Token> = None;
    for token in &tokens {
        match token.kind {
            TokenKind::Comment => {
                let behind =
                    before.filter(|before| !text[before.span.range().end..token.span.range().start].contains('\n'));
                let after = &text[token.span.range().end..];
                let space = &after[..after.len() - after.trim_start().len()];
                comments.push(Comment {
                    text: token.span.text(text).trim_end(),
                    at: behind.map_or(token.span.start, |before| before.span.end - 1),
                    detached: behind.is_none() && space.matches('\n').count() > 1,
                });
            }
            TokenKind::Symbol(Symbol::Semicolon) => {}
            _ => before = Some(token),
        }
    }
    comments
}
