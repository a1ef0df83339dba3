//! Highlighting: the parts of a statement that have a colour.

use std::ops::Range;

use crate::parser::is_keyword;
use crate::parser::lexer::{Symbol, Token, TokenKind, tokens};

/// The kind of a highlighted part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Keyword,
    String,
    Number,
    Parameter,
    Comment,
    /// A bracket without a partner, or a character that no statement has.
    Wrong,
}

/// Returns the byte ranges of a text that have a colour, in order.
pub(crate) fn parts(text: &str) -> Vec<(Range<usize>, Part)> {
    let tokens = tokens(text);
    let lonely = lonely_brackets(&tokens);
    let part = |index: usize| if lonely[index] { Some(Part::Wrong) } else { part(&tokens, index, text) };
    (0..tokens.len()).filter_map(|index| Some((tokens[index].span.range(), part(index)?))).collect()
}

fn part(tokens: &[Token], index: usize, text: &str) -> Option<Part> {
    let token = &tokens[index];
    match &token.kind {
        TokenKind::Word if is_keyword(token.span.text(text)) && !is_name(tokens, index) => Some(Part::Keyword),
        TokenKind::Word | TokenKind::QuotedName(_) | TokenKind::Symbol(_) => None,
        TokenKind::String(_) => Some(Part::String),
        TokenKind::Integer(_) | TokenKind::Float(_) => Some(Part::Number),
        TokenKind::Parameter(_) => Some(Part::Parameter),
        TokenKind::Comment => Some(Part::Comment),
        // An open quote is most likely still being typed.
        TokenKind::Error(error) => Some(if error.open { Part::String } else { Part::Wrong }),
    }
}

/// After a dot or colon any word is a name.
fn is_name(tokens: &[Token], index: usize) -> bool {
    let before = index.checked_sub(1).map(|before| &tokens[before].kind);
    matches!(before, Some(TokenKind::Symbol(Symbol::Dot | Symbol::Colon)))
}

/// For each token whether it is a bracket without a partner.
fn lonely_brackets(tokens: &[Token]) -> Vec<bool> {
    let mut lonely = vec![false; tokens.len()];
    let mut open: Vec<(usize, Symbol)> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let TokenKind::Symbol(symbol) = token.kind else { continue };
        if let Some(closer) = symbol.closer() {
            open.push((index, closer));
        } else if symbol.is_closer() {
            match open.last() {
                Some((_, closer)) if *closer == symbol => {
                    open.pop();
                }
                _ => lonely[index] = true,
            }
        }
    }
    for (index, _) in open {
        lonely[index] = true;
    }
    lonely
}
