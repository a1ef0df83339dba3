//! Text → tokens. Never fails: what cannot be read becomes a token that carries its diagnostic.
//!
//! `//` begins a comment, except in the terms of a walking statement: `SHOW //core:lib`, `DEPS https://a.org/b`. See
//! `slashes`.
//!
//! The shell uses these tokens too, for highlighting, completion and for knowing when an input is finished.

mod number;
mod quoted;
mod slashes;

use std::borrow::Cow;

use crate::ast::words::{is_name_part, is_name_start};
use crate::diagnostic::{Detail, Diagnostic, Span};
use slashes::Slashes;

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
    Ampersand = "&", Exclamation = "!", Dollar = "$", DoubleBar = "||",
    // Written by other hands for an arrow's parts; no operators.
    Dash = "–", LeftArrowHead = "⟨", RightArrowHead = "⟩",
    // No symbols of the language, read as one so that the message can name the right ones.
    DoubleEqual = "==", ExclamationEqual = "!=", DoubleAmpersand = "&&",
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

/// The tokens of the text, comments included, white space left out.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    Lexer::new(text).collect()
}

/// The tokens one by one.
pub(super) struct Lexer<'s> {
    text: &'s str,
    at: usize,
    slashes: Slashes,
}

impl<'s> Lexer<'s> {
    pub fn new(text: &'s str) -> Lexer<'s> {
        Lexer { text, at: 0, slashes: Slashes::default() }
    }
}

impl<'s> Iterator for Lexer<'s> {
    type Item = Token<'s>;

    fn next(&mut self) -> Option<Token<'s>> {
        let rest = self.text[self.at..].trim_start_matches(is_white_space);
        let at = self.text.len() - rest.len();
        let (kind, length) = match self.slashes.belong_to_a_term(rest, at == self.at) {
            true => (TokenKind::Symbol(Symbol::Slash), 1),
            false => token(rest, at, rest.chars().next()?),
        };
        self.at = at + length;
        let token = Token { kind, span: Span::new(at, self.at) };
        self.slashes.pass(&token.kind, token.span.text(self.text));
        Some(token)
    }
}

/// The token that the rest of the text starts with, and its length in bytes.
fn token(rest: &str, at: usize, first: char) -> (TokenKind<'_>, usize) {
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
    let second = rest.as_bytes().get(1).copied();
    match ascii_symbol(first, second).or_else(|| drawn_symbol(first)) {
        Some(symbol) if first.is_ascii() => (TokenKind::Symbol(symbol), symbol.text().len()),
        Some(symbol) => (TokenKind::Symbol(symbol), first.len_utf8()),
        None => (unknown_character(first, at), first.len_utf8()),
    }
}

fn ascii_symbol(first: char, second: Option<u8>) -> Option<Symbol> {
    let pair = |byte, both, one| Some(if second == Some(byte) { both } else { one });
    match first {
        '(' => Some(Symbol::LeftParenthesis),
        ')' => Some(Symbol::RightParenthesis),
        '[' => Some(Symbol::LeftBracket),
        ']' => Some(Symbol::RightBracket),
        '{' => Some(Symbol::LeftBrace),
        '}' => Some(Symbol::RightBrace),
        ',' => Some(Symbol::Comma),
        ';' => Some(Symbol::Semicolon),
        ':' => Some(Symbol::Colon),
        '-' => Some(Symbol::Minus),
        '*' => Some(Symbol::Star),
        '/' => Some(Symbol::Slash),
        '%' => Some(Symbol::Percent),
        '^' => Some(Symbol::Caret),
        '.' => pair(b'.', Symbol::DotDot, Symbol::Dot),
        '|' => pair(b'|', Symbol::DoubleBar, Symbol::Bar),
        '+' => pair(b'=', Symbol::PlusEqual, Symbol::Plus),
        '>' => pair(b'=', Symbol::GreaterOrEqual, Symbol::Greater),
        '<' if second == Some(b'>') => Some(Symbol::NotEqual),
        '<' => pair(b'=', Symbol::LessOrEqual, Symbol::Less),
        '=' if second == Some(b'~') => Some(Symbol::Matches),
        '=' => pair(b'=', Symbol::DoubleEqual, Symbol::Equal),
        '!' => pair(b'=', Symbol::ExclamationEqual, Symbol::Exclamation),
        '&' => pair(b'&', Symbol::DoubleAmpersand, Symbol::Ampersand),
        _ => None,
    }
}

/// Dashes and arrowheads that look like those of a pattern.
fn drawn_symbol(first: char) -> Option<Symbol> {
    match first {
        '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => Some(Symbol::Dash),
        '\u{27e8}' | '\u{3008}' | '\u{fe64}' | '\u{ff1c}' => Some(Symbol::LeftArrowHead),
        '\u{27e9}' | '\u{3009}' | '\u{fe65}' | '\u{ff1e}' => Some(Symbol::RightArrowHead),
        _ => None,
    }
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
    if name.starts_with('(') {
        return (TokenKind::Symbol(Symbol::Dollar), 1);
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
