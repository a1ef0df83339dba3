//! Decisions by looking at a few tokens, so that nothing has to be parsed twice.

use super::input::Tokens;
use super::lexer::{Symbol, TokenKind};

/// Whether a pattern with at least one relationship starts here: `(a)-->`, `(a)-[`, `(a)<--(b)`.
/// `(a) - (b)` and `(a) < -(b)` are arithmetic.
pub(super) fn is_pattern(input: Tokens) -> bool {
    if !starts_like_node(input) {
        return false;
    }
    let Some(close) = input.partner(0) else { return false };
    let mut at = close + 1;
    at += usize::from(is_left_head(input, at));
    if !is_dash(input, at) {
        return false;
    }
    at += 1;
    if input.is_symbol(at, Symbol::LeftBracket) {
        match input.partner(at) {
            Some(end) if starts_like_details(input, at + 1) => at = end + 1,
            _ => return false,
        }
    }
    if !is_dash(input, at) {
        return false;
    }
    at += 1;
    at += usize::from(is_right_head(input, at));
    input.is_symbol(at, Symbol::LeftParenthesis)
}

fn starts_like_node(input: Tokens) -> bool {
    let at = usize::from(input.is_name(1)) + 1;
    input.is_symbol(0, Symbol::LeftParenthesis) && (node_goes_on(input, at))
}

fn node_goes_on(input: Tokens, at: usize) -> bool {
    use Symbol::{Colon, LeftBrace, RightParenthesis};
    matches!(input.kind(at), Some(TokenKind::Symbol(RightParenthesis | Colon | LeftBrace) | TokenKind::Parameter(_)))
}

fn starts_like_details(input: Tokens, at: usize) -> bool {
    use Symbol::{Colon, LeftBrace, RightBracket, Star};
    input.is_name(at)
        || matches!(
            input.kind(at),
            Some(TokenKind::Symbol(RightBracket | Colon | LeftBrace | Star) | TokenKind::Parameter(_))
        )
}

pub(super) fn is_dash(input: Tokens, ahead: usize) -> bool {
    matches!(input.kind(ahead), Some(TokenKind::Symbol(Symbol::Minus | Symbol::Dash)))
}

pub(super) fn is_left_head(input: Tokens, ahead: usize) -> bool {
    matches!(input.kind(ahead), Some(TokenKind::Symbol(Symbol::Less | Symbol::LeftArrowHead)))
}

pub(super) fn is_right_head(input: Tokens, ahead: usize) -> bool {
    matches!(input.kind(ahead), Some(TokenKind::Symbol(Symbol::Greater | Symbol::RightArrowHead)))
}

/// Whether the bracket opens `[x IN list …]` and not a list whose first element is `x IN list`.
pub(super) fn is_list_comprehension(input: Tokens) -> bool {
    input.is_name(1) && input.is_word(2, "IN") && !has_comma(input)
}

/// Whether the bracket opens `[(a)-->(b) …]` or `[p = (a)-->(b) …]`.
pub(super) fn is_pattern_comprehension(input: Tokens) -> bool {
    let named = input.is_name(1) && input.is_symbol(2, Symbol::Equal);
    is_pattern(input.skip(if named { 3 } else { 1 }))
}

/// Whether a comma stands directly between this bracket and its partner, before any WHERE or bar.
fn has_comma(input: Tokens) -> bool {
    let Some(close) = input.partner(0) else { return false };
    let mut at = 1;
    while at < close {
        match input.kind(at) {
            Some(TokenKind::Symbol(Symbol::Comma)) => return true,
            Some(TokenKind::Symbol(Symbol::Bar)) => return false,
            Some(TokenKind::Word) if input.is_word(at, "WHERE") => return false,
            _ => {}
        }
        at = input.partner(at).unwrap_or(at) + 1;
    }
    false
}

/// How many tokens a dotted function name takes, if a call starts here.
pub(super) fn call_name(input: Tokens) -> Option<usize> {
    let mut length = 1;
    while input.is_symbol(length, Symbol::Dot) && input.is_name(length + 1) {
        length += 2;
    }
    input.is_symbol(length, Symbol::LeftParenthesis).then_some(length)
}
