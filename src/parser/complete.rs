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
    missing(text).is_none()
}

/// What the text still needs, in words: `')'`, `something after AND`; `None` if it is complete.
pub fn missing(text: &str) -> Option<String> {
    let trimmed = text.trim_end();
    if trimmed.ends_with(';') || trimmed.is_empty() || text[trimmed.len()..].matches('\n').count() > 1 {
        return None;
    }
    let mut tokens = tokens(text);
    let is_open = |token: &&Token| matches!(&token.kind, TokenKind::Error(error) if error.open);
    if let Some(open) = tokens.iter().find(is_open) {
        let opened = open.span.text(text);
        let quote = opened.chars().next().unwrap_or_default();
        return Some(if opened.starts_with("/*") { "the closing */".into() } else { format!("the closing {quote}") });
    }
    tokens.retain(|token| token.kind != TokenKind::Comment);
    let is_end = |token: &Token| token.kind == TokenKind::Symbol(Symbol::Semicolon);
    let words = Words { text, tokens: tokens.split(is_end).next_back()? };
    match words.is_walk() {
        _ if words.are_a_walk_without_operands() => None,
        true => words.missing_in_walk(),
        false => words.missing_bracket().or_else(|| words.missing_operand()).or_else(|| words.missing_clause()),
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

    /// What must follow the token.
    fn after(&self, token: &Token) -> String {
        format!("something after {}", token.span.text(self.text))
    }

    fn missing_in_walk(&self) -> Option<String> {
        let last = self.tokens.len() - 1;
        let comma = self.tokens[last].kind == TokenKind::Symbol(Symbol::Comma);
        let open = comma || self.is_one_of(last, &["TO", "VIA", "DEPTH"]) || self.is_one_of(last, WALKS);
        open.then(|| self.after(&self.tokens[last]))
    }

    /// The bracket that closes the last open one.
    fn missing_bracket(&self) -> Option<String> {
        let mut open = Vec::new();
        for token in self.tokens {
            let TokenKind::Symbol(symbol) = token.kind else { continue };
            open.extend(symbol.closer());
            if symbol.is_closer() {
                open.pop();
            }
        }
        open.pop().map(|closer| closer.quoted().to_string())
    }

    fn missing_operand(&self) -> Option<String> {
        self.needs_more().then(|| self.tokens.last().map(|last| self.after(last))).flatten()
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

    /// What must follow the last clause outside of all brackets, if it cannot end a query: MATCH alone says nothing yet.
    fn missing_clause(&self) -> Option<String> {
        let mut unfinished = None;
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
                unfinished = Some(token);
            } else if self.is_one_of(index, CLOSING_CLAUSES) || self.ends(index) {
                unfinished = None;
            }
        }
        unfinished.map(|clause| format!("RETURN or another clause after {}", clause.span.text(self.text)))
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
