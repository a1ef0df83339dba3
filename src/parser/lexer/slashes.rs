//! Where `//` belongs to a term and where it begins a comment.
//!
//! In the operands of a walking statement `//` belongs to a term if a term begins there, or if there is no white
//! space before it, and none behind it: `SHOW //core:lib`, `WHY web TO //core:lib`, `DEPS https://a.org/b`. In
//! `SHOW web // the front`, in `SHOW web //front`, in conditions, in queries and between statements it begins a comment.

use super::{Symbol, TokenKind, is_white_space};
use crate::ast::{Before, WORDS};

/// What the tokens so far say of the next `//`.
pub(super) struct Slashes {
    /// For each open bracket, and before it for the statement: whether terms of a walking statement are in it.
    levels: Vec<bool>,
    /// Whether no token of the innermost level has been passed.
    starts: bool,
    /// Whether a term may begin here.
    before_term: bool,
}

impl Default for Slashes {
    fn default() -> Slashes {
        Slashes { levels: vec![false], starts: true, before_term: false }
    }
}

impl Slashes {
    /// Whether the rest of the text begins with slashes that are a part of a term; `glued` if no white space is before.
    pub(super) fn belong_to_a_term(&self, rest: &str, glued: bool) -> bool {
        let Some(behind) = rest.strip_prefix("//") else { return false };
        let Some(next) = behind.chars().next().filter(|next| !is_white_space(*next)) else { return false };
        self.levels.last() == Some(&true) && (glued || (self.before_term && next != '/'))
    }

    pub(super) fn pass(&mut self, kind: &TokenKind, text: &str) {
        match kind {
            TokenKind::Comment => return,
            TokenKind::Word => self.word(text),
            TokenKind::Symbol(symbol) => self.symbol(*symbol),
            TokenKind::QuotedName(_)
            | TokenKind::String(_)
            | TokenKind::Integer(_)
            | TokenKind::Float(_)
            | TokenKind::Parameter(_)
            | TokenKind::Error(_) => self.before_term = false,
        }
        self.starts = self.starts
            && (matches!(kind, TokenKind::Symbol(Symbol::Semicolon | Symbol::LeftParenthesis)) || goes_before(text));
    }

    fn word(&mut self, word: &str) {
        let same = |other: &str| other.eq_ignore_ascii_case(word);
        if self.starts && (same("WHATIF") || WORDS.iter().any(|row| same(row.keyword))) {
            self.set(true);
        } else if same("WHERE") {
            self.set(false);
        }
        self.before_term = self.levels.last() == Some(&true) && comes_before_a_term(word);
    }

    fn symbol(&mut self, symbol: Symbol) {
        self.before_term = symbol == Symbol::Comma;
        if symbol == Symbol::Semicolon {
            *self = Slashes::default();
        } else if symbol.closer().is_some() {
            self.levels.push(false);
            self.starts = true;
        } else if symbol.is_closer() && self.levels.len() > 1 {
            self.levels.pop();
        }
    }

    fn set(&mut self, in_terms: bool) {
        if let Some(level) = self.levels.last_mut() {
            *level = in_terms;
        }
    }
}

/// EXPLAIN and PROFILE precede a statement.
fn goes_before(word: &str) -> bool {
    ["EXPLAIN", "PROFILE"].iter().any(|other| other.eq_ignore_ascii_case(word))
}

fn comes_before_a_term(word: &str) -> bool {
    const OTHERS: [&str; 3] = ["AVOIDING", "REMOVE", "ADD"];
    let same = |other: &str| other.eq_ignore_ascii_case(word);
    let operands = WORDS.iter().flat_map(|row| row.operands).filter_map(|operand| match operand.before {
        Before::Keyword(keyword) => Some(keyword),
        Before::Nothing | Before::Comma => None,
    });
    operands.chain(WORDS.iter().map(|row| row.keyword)).chain(OTHERS).any(same)
}

#[cfg(test)]
mod tests {
    use super::super::tokens;
    use super::*;

    /// The text without its comments.
    fn said(text: &str) -> String {
        let tokens = tokens(text).into_iter().filter(|token| token.kind != TokenKind::Comment);
        let mut out = String::new();
        let mut end = 0;
        for token in tokens {
            out += if token.span.range().start > end && !out.is_empty() { " " } else { "" };
            out += token.span.text(text);
            end = token.span.range().end;
        }
        out
    }

    #[test]
    fn slashes_in_terms() {
        for text in [
            "SHOW //core:lib",
            "show //core:lib; DEPS //a, //b",
            "EXPLAIN WHY //a TO //b AVOIDING //c",
            "DEPS https://a.org//b",
            "DEPS (DEPS //a EXCEPT DEPS //b), web",
            "WHATIF REMOVE //a DEPS //b",
        ] {
            assert_eq!(said(text), text);
        }
    }

    #[test]
    fn slashes_of_comments() {
        for (text, without) in [
            ("//core:lib", ""),
            ("SHOW web //front", "SHOW web"),
            ("SHOW // the front\nweb", "SHOW web"),
            ("SHOW //\nweb", "SHOW web"),
            ("SHOW ///web", "SHOW"),
            ("SHOW web // a; b\n;//x", "SHOW web ;"),
            ("DEPS web WHERE term.a = 1//x", "DEPS web WHERE term.a = 1"),
            ("DEPS (MATCH (n), //x\n(m) RETURN n)", "DEPS (MATCH (n), (m) RETURN n)"),
            ("MATCH (show)//x\nRETURN show, //y\n1", "MATCH (show) RETURN show, 1"),
            ("RETURN 1; //SHOW //x", "RETURN 1;"),
        ] {
            assert_eq!(said(text), without, "{text}");
        }
    }
}
