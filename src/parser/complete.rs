//! Is the input finished? What the shell asks at the end of each line.

use super::lexer::{Symbol, Token, TokenKind, tokens};
use crate::ast::WORDS;

/// Words that need something behind them.
const NEEDS_MORE: &[&str] = &[
    "AND",
    "AS",
    "BY",
    "CALL",
    "CASE",
    "CONTAINS",
    "CREATE",
    "DELETE",
    "DEPTH",
    "DETACH",
    "DISTINCT",
    "ELSE",
    "ENDS",
    "EXPLAIN",
    "FIELDTERMINATOR",
    "FROM",
    "IN",
    "IS",
    "LIMIT",
    "MATCH",
    "MERGE",
    "NOT",
    "ON",
    "OPTIONAL",
    "OR",
    "ORDER",
    "PROFILE",
    "REMOVE",
    "RETURN",
    "SET",
    "SKIP",
    "STARTS",
    "THEN",
    "UNION",
    "UNWIND",
    "VIA",
    "WHEN",
    "WHERE",
    "WITH",
    "XOR",
    "YIELD",
];

/// The clauses that cannot end a query, and those that can.
const OPEN_CLAUSES: &[&str] = &["LOAD", "MATCH", "UNWIND", "WITH"];
const CLOSING_CLAUSES: &[&str] = &["CALL", "CREATE", "DELETE", "MERGE", "REMOVE", "RETURN", "SET"];

const WALKS: &[&str] = &["SHOW", "DEPS", "IMPACT", "WHY", "FIND"];

/// Whether the text may be run as it stands: no bracket, quote, comment or clause is open.
/// A semicolon or an empty line at the end always finishes it.
pub fn is_complete(text: &str) -> bool {
    let trimmed = text.trim_end();
    if trimmed.ends_with(';') || trimmed.is_empty() || text[trimmed.len()..].matches('\n').count() > 1 {
        return true;
    }
    let mut tokens = tokens(text);
    if tokens.iter().any(|token| matches!(&token.kind, TokenKind::Error(error) if error.open)) {
        return false;
    }
    tokens.retain(|token| token.kind != TokenKind::Comment);
    let is_end = |token: &Token| token.kind == TokenKind::Symbol(Symbol::Semicolon);
    let Some(last) = tokens.split(is_end).next_back() else { return true };
    let words = Words { text, tokens: last };
    match words.is_walk() {
        _ if words.are_a_walk_without_operands() => true,
        true => words.walk_is_complete(),
        false => words.brackets_are_closed() && !words.needs_more() && words.last_clause_is_closed(),
    }
}

/// The tokens of the last statement.
struct Words<'t> {
    text: &'t str,
    tokens: &'t [Token<'t>],
}

impl Words<'_> {
    fn is_one_of(&self, index: usize, words: &[&str]) -> bool {
        let Some(token) = self.tokens.get(index) else { return false };
        let word = token.span.text(self.text);
        token.kind == TokenKind::Word && words.iter().any(|candidate| candidate.eq_ignore_ascii_case(word))
    }

    fn is_walk(&self) -> bool {
        let mode = usize::from(self.is_one_of(0, &["EXPLAIN", "PROFILE"]));
        self.is_one_of(mode, WALKS)
    }

    /// Whether nothing but the keyword of a walking statement stands there, and it needs nothing: ORDER is no half of
    /// ORDER BY where a statement begins.
    fn are_a_walk_without_operands(&self) -> bool {
        let mode = usize::from(self.is_one_of(0, &["EXPLAIN", "PROFILE"]));
        WORDS.iter().any(|word| {
            let keywords = || word.keyword.split(' ');
            mode + keywords().count() == self.tokens.len()
                && keywords().enumerate().all(|(at, keyword)| self.is_one_of(mode + at, &[keyword]))
                && word.operands.iter().all(|operand| operand.optional)
        })
    }

    fn walk_is_complete(&self) -> bool {
        let last = self.tokens.len() - 1;
        let comma = self.tokens[last].kind == TokenKind::Symbol(Symbol::Comma);
        !comma && !self.is_one_of(last, &["TO", "VIA", "DEPTH"]) && !self.is_one_of(last, WALKS)
    }

    fn brackets_are_closed(&self) -> bool {
        let mut open = 0usize;
        for token in self.tokens {
            let TokenKind::Symbol(symbol) = token.kind else { continue };
            open += usize::from(symbol.closer().is_some());
            open = open.saturating_sub(usize::from(symbol.is_closer()));
        }
        open == 0
    }

    /// Whether the last token is an operator, a comma or a word that goes on.
    fn needs_more(&self) -> bool {
        let Some((last, before)) = self.tokens.split_last() else { return false };
        match last.kind {
            TokenKind::Word => !self.is_name(before.len()) && self.is_one_of(before.len(), NEEDS_MORE),
            TokenKind::Symbol(Symbol::Star) => !self.follows(before.len(), &["RETURN", "WITH", "YIELD", "DISTINCT"]),
            TokenKind::Symbol(Symbol::Minus) => !self.follows(before.len(), &["YIELD"]),
            TokenKind::Symbol(symbol) => !symbol.is_closer(),
            _ => false,
        }
    }

    fn follows(&self, index: usize, words: &[&str]) -> bool {
        index > 0 && self.is_one_of(index - 1, words)
    }

    /// Whether the word stands where any word is a name.
    fn is_name(&self, index: usize) -> bool {
        let before = index.checked_sub(1).map(|before| &self.tokens[before].kind);
        matches!(before, Some(TokenKind::Symbol(Symbol::Dot | Symbol::Colon | Symbol::Bar)))
            || self.follows(index, &["AS"])
    }

    /// Whether the last clause outside of all brackets is one that can end a query: MATCH alone says nothing yet.
    fn last_clause_is_closed(&self) -> bool {
        let mut closed = true;
        let mut open = 0usize;
        for (index, token) in self.tokens.iter().enumerate() {
            if let TokenKind::Symbol(symbol) = token.kind {
                open += usize::from(symbol.closer().is_some());
                open = open.saturating_sub(usize::from(symbol.is_closer()));
            }
            let name = self.is_name(index) || self.follows(index, &["STARTS", "ENDS", "ON"]);
            if open > 0 || name {
                continue;
            }
            if self.is_one_of(index, OPEN_CLAUSES) || self.binds(index) {
                closed = false;
            } else if self.is_one_of(index, CLOSING_CLAUSES) || self.ends(index) {
                closed = true;
            }
        }
        closed
    }

    /// Whether `LET variable =` or `FOR variable IN` stands here: these words are names elsewhere.
    fn binds(&self, index: usize) -> bool {
        let equal = || self.tokens.get(index + 2).is_some_and(|t| t.kind == TokenKind::Symbol(Symbol::Equal));
        (self.is_one_of(index, &["LET"]) && equal())
            || (self.is_one_of(index, &["FOR"]) && self.is_one_of(index + 2, &["IN"]))
    }

    /// Whether FINISH is the last word, or `FOREACH (` stands here.
    fn ends(&self, index: usize) -> bool {
        let opens = || self.tokens.get(index + 1).is_some_and(|t| t.kind == TokenKind::Symbol(Symbol::LeftParenthesis));
        (self.is_one_of(index, &["FINISH"]) && index + 1 == self.tokens.len())
            || (self.is_one_of(index, &["FOREACH"]) && opens())
    }
}
