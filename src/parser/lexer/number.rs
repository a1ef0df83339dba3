//! Number literals: `7`, `0x1F`, `0o17`, `1.5`, `.5`, `1e9`. A single `_` may part digits: `1_000_000`, `0x_FF`.

use super::{TokenKind, error, name_length};
use crate::diagnostic::{Detail, Span};

/// One more than the largest integer: legal after a minus sign.
const MAGNITUDE: u64 = 1 << 63;

pub(super) fn number(rest: &str, at: usize) -> (TokenKind<'static>, usize) {
    let bytes = rest.as_bytes();
    if bytes[0] == b'0' && matches!(bytes.get(1), Some(b'x' | b'X')) {
        return radix(rest, at, 16, "a hexadecimal number has digits 0-9 and a-f after 0x");
    }
    if bytes[0] == b'0' && matches!(bytes.get(1), Some(b'o' | b'O')) {
        return radix(rest, at, 8, "an octal number has digits 0-7 after 0o");
    }
    let whole = digits(rest);
    let mut length = whole;
    if bytes.get(length) == Some(&b'.') && bytes.get(length + 1).is_some_and(u8::is_ascii_digit) {
        length += 1 + digits(&rest[length + 1..]);
    }
    length += exponent(&rest[length..]);
    let garbage = name_length(&rest[length..]);
    let span = Span::new(at, at + length + garbage);
    if garbage > 0 {
        let message = format!("{} is no number", shorten(&rest[..length + garbage]));
        return (error(Detail::InvalidNumberLiteral, span, message), length + garbage);
    }
    let text = rest[..length].replace('_', "");
    let kind = if length == whole { integer(&text, 10, span) } else { float(&text, span) };
    (kind, length)
}

fn radix(rest: &str, at: usize, radix: u32, rule: &str) -> (TokenKind<'static>, usize) {
    let length = 2 + name_length(&rest[2..]);
    let span = Span::new(at, at + length);
    let digits = &rest[2..length];
    let parted = digits.strip_prefix('_').unwrap_or(digits).split('_');
    if !parted.clone().all(|group| !group.is_empty() && group.chars().all(|digit| digit.is_digit(radix))) {
        let message = format!("{} is no number: {rule}", shorten(&rest[..length]));
        return (error(Detail::InvalidNumberLiteral, span, message), length);
    }
    (integer(&parted.collect::<String>(), radix, span), length)
}

fn integer(digits: &str, radix: u32, span: Span) -> TokenKind<'static> {
    match u64::from_str_radix(digits, radix) {
        Ok(magnitude) if magnitude <= MAGNITUDE => TokenKind::Integer(magnitude),
        _ => overflow(span),
    }
}

/// The error for an integer beyond 64 bits.
pub(in crate::parser) fn overflow(span: Span) -> TokenKind<'static> {
    error(Detail::IntegerOverflow, span, "this integer is too large: the largest is 9223372036854775807")
}

fn float(text: &str, span: Span) -> TokenKind<'static> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => TokenKind::Float(value),
        Ok(_) => error(Detail::FloatingPointOverflow, span, "this number is too large: the largest is about 1.8e308"),
        Err(_) => error(Detail::InvalidNumberLiteral, span, format!("{} is no number", shorten(text))),
    }
}

/// The length of the digits, with single underscores between them.
fn digits(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (0..bytes.len())
        .find(|&at| !(is_digit(at) || bytes[at] == b'_' && at > 0 && is_digit(at - 1) && is_digit(at + 1)))
        .unwrap_or(bytes.len())
}

/// The length of `e9`, `E-3`: nothing if no digit follows.
fn exponent(text: &str) -> usize {
    if !text.starts_with(['e', 'E']) {
        return 0;
    }
    let sign = usize::from(text[1..].starts_with(['+', '-']));
    match digits(&text[1 + sign..]) {
        0 => 0,
        count => 1 + sign + count,
    }
}

fn shorten(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
