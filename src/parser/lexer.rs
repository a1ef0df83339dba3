//! Text → tokens. Never fails: what cannot be read becomes a token that carries its diagnostic.
//!
//! The shell uses these tokens too, for highlighting, completion and for knowing when an input is finished.

mod number;
mod quoted;

use std::borrow::Cow;

use crate::ast::words::{is_name_part, is_name_start};
use crate::diagnostic::{Detail, Diagnostic, Span};

#[derive(Clone, Debug, PartialEq)]
pub struct Token<'s> {
    pub kind: TokenKind<'s>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TokenKind<'s> {
    /// A keyword or an unquoted name: only the place decides, since keywords may be names.
    Word,
    /// A name in backquotes, decoded.
    QuotedName(Cow<'s, str>),
    /// Decoded.
    String(Cow<'s, str>),
    /// At most 2⁶³: only a minus sign before it makes the largest one legal.
    Integer(u64),
    /// Finite and not negative.
    Float(f64),
    /// `$name`, `$0`: the name, decoded.
    Parameter(Cow<'s, str>),
    Symbol(Symbol),
    Comment,
    Error(Box<LexError>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct LexError {
    pub diagnostic: Diagnostic,
    /// More text could still close it: a quote or a block comment.
    pub open: bool,
}

macro_rules! symbols {
    ($($name:ident = $text:literal),* $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Symbol { $($name),* }

        impl Symbol {
            pub fn text(self) -> &'static str {
                match self { $(Symbol::$name => $text),* }
            }

            /// For messages.
            pub(super) fn quoted(self) -> &'static str {
                match self { $(Symbol::$name => concat!("'", $text, "'")),* }
            }
        }
    };
}

symbols! {
    LeftParenthesis = "(", RightParenthesis = ")", LeftBracket = "[", RightBracket = "]",
    LeftBrace = "{", RightBrace = "}", Comma = ",", Semicolon = ";", Colon = ":", Dot = ".", DotDot = "..",
    Bar = "|", Equal = "=", NotEqual = "<>", Less = "<", LessOrEqual = "<=", Greater = ">", GreaterOrEqual = ">=",
    Matches = "=~", Plus = "+", PlusEqual = "+=", Minus = "-", Star = "*", Slash = "/", Percent = "%", Caret = "^",
    // Written by other hands for an arrow's parts; no operators.
    Dash = "–", LeftArrowHead = "⟨", RightArrowHead = "⟩",
    // No symbols of the language, read as one so that the message can name the right ones.
    DoubleEqual = "==", ExclamationEqual = "!=", DoubleAmpersand = "&&", DoubleBar = "||",
}

impl Symbol {
    /// The bracket that closes this one.
    pub fn closer(self) -> Option<Symbol> {
        match self {
            Symbol::LeftParenthesis => Some(Symbol::RightParenthesis),
            Symbol::LeftBracket => Some(Symbol::RightBracket),
            Symbol::LeftBrace => Some(Symbol::RightBrace),
            _ => None,
        }
    }

    pub fn is_closer(self) -> bool {
        matches!(self, Symbol::RightParenthesis | Symbol::RightBracket | Symbol::RightBrace)
    }
}

/// Longer ones first. The dot and the slash are looked at before, for floats and comments.
const SYMBOLS: &[Symbol] = &[
    Symbol::DotDot,
    Symbol::NotEqual,
    Symbol::LessOrEqual,
    Symbol::GreaterOrEqual,
    Symbol::Matches,
    Symbol::DoubleEqual,
    Symbol::ExclamationEqual,
    Symbol::DoubleAmpersand,
    Symbol::DoubleBar,
    Symbol::PlusEqual,
    Symbol::LeftParenthesis,
    Symbol::RightParenthesis,
    Symbol::LeftBracket,
    Symbol::RightBracket,
    Symbol::LeftBrace,
    Symbol::RightBrace,
    Symbol::Comma,
    Symbol::Semicolon,
    Symbol::Colon,
    Symbol::Dot,
    Symbol::Bar,
    Symbol::Equal,
    Symbol::Less,
    Symbol::Greater,
    Symbol::Plus,
    Symbol::Minus,
    Symbol::Star,
    Symbol::Slash,
    Symbol::Percent,
    Symbol::Caret,
];

/// The tokens of the text, comments included, white space left out.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(text.len() / 4 + 4);
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if is_white_space(first) {
            at += first.len_utf8();
            continue;
        }
        let (kind, length) = token(text, at, first);
        tokens.push(Token { kind, span: Span::new(at, at + length) });
        at += length;
    }
    tokens
}

/// The token at this place and its length in bytes.
fn token(text: &str, at: usize, first: char) -> (TokenKind<'_>, usize) {
    let rest = &text[at..];
    let second = rest.as_bytes().get(1).copied();
    match first {
        '\'' | '"' => quoted::string(rest, at),
        '`' => quoted::name(rest, at),
        '$' => parameter(rest, at),
        '/' if second == Some(b'/') => (TokenKind::Comment, rest.find('\n').unwrap_or(rest.len())),
        '/' if second == Some(b'*') => block_comment(rest, at),
        '0'..='9' => number::number(rest, at),
        '.' if second.is_some_and(|byte| byte.is_ascii_digit()) => number::number(rest, at),
        _ if is_name_start(first) => (TokenKind::Word, name_length(rest)),
        _ => symbol(rest, at, first),
    }
}

fn symbol(rest: &str, at: usize, first: char) -> (TokenKind<'static>, usize) {
    if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(symbol.text())) {
        return (TokenKind::Symbol(*symbol), symbol.text().len());
    }
    let length = first.len_utf8();
    let symbol = match first {
        '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => Symbol::Dash,
        '\u{27e8}' | '\u{3008}' | '\u{fe64}' | '\u{ff1c}' => Symbol::LeftArrowHead,
        '\u{27e9}' | '\u{3009}' | '\u{fe65}' | '\u{ff1e}' => Symbol::RightArrowHead,
        _ => return (unknown_character(first, at), length),
    };
    (TokenKind::Symbol(symbol), length)
}

fn unknown_character(character: char, at: usize) -> TokenKind<'static> {
    let span = Span::new(at, at + character.len_utf8());
    if character.is_ascii() {
        return error(Detail::UnexpectedSyntax, span, format!("unexpected character {character:?}"));
    }
    let message = format!("the character {character:?} (U+{:04X}) has no meaning here", character as u32);
    error(Detail::InvalidUnicodeCharacter, span, message)
}

fn parameter(rest: &str, at: usize) -> (TokenKind<'_>, usize) {
    let name = &rest[1..];
    if name.starts_with('`') {
        let (kind, length) = quoted::name(name, at + 1);
        let kind = match kind {
            TokenKind::QuotedName(name) => TokenKind::Parameter(name),
            other => other,
        };
        return (kind, length + 1);
    }
    let length = name_length(name);
    if length == 0 {
        let span = Span::new(at, at + 1);
        return (error(Detail::UnexpectedSyntax, span, "expected the name of a parameter after '$'"), 1);
    }
    (TokenKind::Parameter(Cow::Borrowed(&name[..length])), length + 1)
}

fn block_comment(rest: &str, at: usize) -> (TokenKind<'static>, usize) {
    match rest[2..].find("*/") {
        Some(end) => (TokenKind::Comment, end + 4),
        None => {
            let diagnostic =
                Diagnostic::syntax(Detail::UnexpectedSyntax, Span::new(at, at + 2), "this comment is never closed")
                    .help("close it with */");
            (open(diagnostic), rest.len())
        }
    }
}

fn error(detail: Detail, span: Span, message: impl Into<String>) -> TokenKind<'static> {
    let diagnostic = Diagnostic::syntax(detail, span, message);
    TokenKind::Error(Box::new(LexError { diagnostic, open: false }))
}

fn open(diagnostic: Diagnostic) -> TokenKind<'static> {
    TokenKind::Error(Box::new(LexError { diagnostic, open: true }))
}

/// White space of Unicode, the control characters that separate fields, and the byte order mark.
pub(super) fn is_white_space(character: char) -> bool {
    character == ' ' || character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}' | '\u{180e}' | '\u{feff}')
}

fn name_length(text: &str) -> usize {
    text.find(|character| !is_name_part(character)).unwrap_or(text.len())
}
