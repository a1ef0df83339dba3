//! What a claim says, and the statement that decides it.
//!
//! ```text
//! NO statement        the statement finds nothing: NO CYCLES VIA needs
//! SOME statement      it finds something
//! a NEEDS b …         WHY a TO b … finds a chain
//! a NOT NEEDS b …     it finds none
//! ```

use crate::diagnostic::{Detail, Diagnostic, Span};
use crate::parser::lexer::{Token, TokenKind, tokens};

/// A statement, and whether it is to find anything.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub statement: String,
    pub finds: bool,
}

impl Claim {
    pub fn read(text: &str) -> Result<Claim, Diagnostic> {
        let tokens = tokens(text);
        let is = |at: usize, word: &str| {
            tokens.get(at).is_some_and(|token: &Token| {
                token.kind == TokenKind::Word && token.span.text(text).eq_ignore_ascii_case(word)
            })
        };
        let after = |at: usize| text[tokens[at].span.range().end..].trim().to_string();
        if is(0, "NO") || is(0, "SOME") {
            return Ok(Claim { statement: after(0), finds: is(0, "SOME") });
        }
        let Some(needs) = (1..tokens.len().saturating_sub(1)).find(|at| is(*at, "NEEDS")) else {
            return Err(no_claim(text));
        };
        let negated = needs > 1 && is(needs - 1, "NOT");
        let end = tokens[if negated { needs - 1 } else { needs }].span.range().start;
        let statement = format!("WHY {} TO {}", text[..end].trim(), after(needs));
        Ok(Claim { statement, finds: !negated })
    }
}

fn no_claim(text: &str) -> Diagnostic {
    let span = Span::new(0, text.len());
    let error = Diagnostic::syntax(Detail::UnexpectedSyntax, span, "this claims nothing");
    error.help("NO CYCLES, a NOT NEEDS b, a NEEDS b, NO statement or SOME statement, with the options of the statement")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims() {
        for (text, statement, finds) in [
            ("NO CYCLES VIA needs", "CYCLES VIA needs", false),
            ("some MATCH (n) RETURN n", "MATCH (n) RETURN n", true),
            ("web NEEDS Block Storage HARD", "WHY web TO Block Storage HARD", true),
            ("web not needs db VIA NEEDS", "WHY web TO db VIA NEEDS", false),
            ("'a NEEDS b' NEEDS 'c NOT NEEDS d'", "WHY 'a NEEDS b' TO 'c NOT NEEDS d'", true),
        ] {
            assert_eq!(Claim::read(text).unwrap(), Claim { statement: statement.into(), finds });
        }
        for text in ["", "CYCLES", "NEEDS b", "a NEEDS", "'a NEEDS b'"] {
            assert!(Claim::read(text).is_err(), "{text}");
        }
    }
}
