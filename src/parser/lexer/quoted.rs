//! Quoted texts: strings in single or double quotes, names in backquotes.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::CharIndices;

use super::{LexError, TokenKind, open};
use crate::diagnostic::{Detail, Diagnostic, Span};

/// A string literal: the rest starts with its quote.
pub(super) fn string(rest: &str, at: usize) -> (TokenKind<'_>, usize) {
    let quote = rest.as_bytes()[0];
    let mut end = 1;
    let mut escapes = false;
    loop {
        // Quotes and backslashes are ASCII, so looking at bytes cannot hit the middle of a character.
        match rest.as_bytes().get(end) {
            None => return (unclosed(at, quote as char), rest.len()),
            Some(b'\\') => {
                escapes = true;
                end += 1 + rest[end + 1..].chars().next().map_or(0, char::len_utf8);
            }
            Some(byte) if *byte == quote => break,
            Some(_) => end += 1,
        }
    }
    let content = &rest[1..end];
    let kind = match escapes {
        false => TokenKind::String(Cow::Borrowed(content)),
        true => match unescape(content, at + 1) {
            Ok(text) => TokenKind::String(Cow::Owned(text)),
            Err(diagnostic) => TokenKind::Error(Box::new(LexError { diagnostic, open: false })),
        },
    };
    (kind, end + 1)
}

/// A name in backquotes; a doubled backquote stands for one.
pub(super) fn name(rest: &str, at: usize) -> (TokenKind<'_>, usize) {
    let mut end = 1;
    let mut doubled = false;
    loop {
        match rest[end..].find('`') {
            None => return (unclosed(at, '`'), rest.len()),
            Some(offset) if rest[end + offset + 1..].starts_with('`') => {
                doubled = true;
                end += offset + 2;
            }
            Some(offset) => {
                end += offset;
                break;
            }
        }
    }
    let content = &rest[1..end];
    let name = if doubled { Cow::Owned(content.replace("``", "`")) } else { Cow::Borrowed(content) };
    (TokenKind::QuotedName(name), end + 1)
}

fn unclosed(at: usize, quote: char) -> TokenKind<'static> {
    let diagnostic = Diagnostic::syntax(
        Detail::UnexpectedSyntax,
        Span::new(at, at + 1),
        format!("the {quote} opened here is never closed"),
    );
    open(diagnostic.help(format!("add the closing {quote}")))
}

fn unescape(content: &str, at: usize) -> Result<String, Diagnostic> {
    let mut text = String::with_capacity(content.len());
    let mut characters = content.char_indices().peekable();
    while let Some((start, character)) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        let Some((_, escape)) = characters.next() else { break };
        text.push(match escape {
            '\\' | '\'' | '"' | '`' => escape,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' | 'U' => unicode(&mut characters, escape)
                .ok_or_else(|| invalid_unicode(Span::new(at + start, at + start + 2), escape))?,
            _ => return Err(unknown_escape(Span::new(at + start, at + start + 1 + escape.len_utf8()), escape)),
        });
    }
    Ok(text)
}

/// The character of `\uXXXX` or `\UXXXXXXXX`; two of the short form may make up one character, as in JSON.
fn unicode(characters: &mut Peekable<CharIndices>, escape: char) -> Option<char> {
    let code = hexadecimal(characters, if escape == 'u' { 4 } else { 8 })?;
    if !(0xD800..0xDC00).contains(&code) {
        return char::from_u32(code);
    }
    characters.next_if(|(_, next)| *next == '\\')?;
    characters.next_if(|(_, next)| *next == 'u')?;
    let low = hexadecimal(characters, 4)?.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    char::from_u32(0x10000 + ((code - 0xD800) << 10) + low)
}

fn hexadecimal(characters: &mut Peekable<CharIndices>, digits: u32) -> Option<u32> {
    let mut code: u32 = 0;
    for _ in 0..digits {
        let digit = characters.next()?.1.to_digit(16)?;
        code = code.checked_mul(16)?.checked_add(digit)?;
    }
    Some(code)
}

fn invalid_unicode(span: Span, escape: char) -> Diagnostic {
    let digits = if escape == 'u' { 4 } else { 8 };
    let message = format!("\\{escape} needs {digits} hexadecimal digits that name a character");
    Diagnostic::syntax(Detail::InvalidUnicodeLiteral, span, message)
}

fn unknown_escape(span: Span, escape: char) -> Diagnostic {
    Diagnostic::syntax(Detail::UnexpectedSyntax, span, format!("there is no escape \\{}", escape.escape_debug()))
        .help("write \\\\ for a backslash; the others are \\' \\\" \\b \\f \\n \\r \\t \\uXXXX \\UXXXXXXXX")
}
