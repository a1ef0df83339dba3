//! Names and strings as the lexer reads them.

use std::fmt::{Display, Formatter, Result, Write};

use crate::ast::words::{is_plain_name, is_reserved};

/// A name of a variable: keywords are in backquotes.
pub(super) struct Variable<'a>(pub &'a str);

/// A label, type, key or alias: keywords are names here.
pub(super) struct Schema<'a>(pub &'a str);

pub(super) struct Quoted<'a>(pub &'a str);

impl Display for Variable<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        name(f, self.0, !is_reserved(self.0))
    }
}

impl Display for Schema<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        name(f, self.0, true)
    }
}

fn name(f: &mut Formatter, name: &str, bare: bool) -> Result {
    match bare && is_plain_name(name) {
        true => f.write_str(name),
        false => write!(f, "`{}`", name.replace('`', "``")),
    }
}

/// A string literal in single quotes. Control characters are escaped, so that it stays on one line.
impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str("'")?;
        for character in self.0.chars() {
            match character {
                '\'' => f.write_str("\\'"),
                '\\' => f.write_str("\\\\"),
                '\u{8}' => f.write_str("\\b"),
                '\u{c}' => f.write_str("\\f"),
                '\n' => f.write_str("\\n"),
                '\r' => f.write_str("\\r"),
                '\t' => f.write_str("\\t"),
                _ if character.is_control() => write!(f, "\\u{:04X}", character as u32),
                _ => f.write_char(character),
            }?;
        }
        f.write_str("'")
    }
}

/// The name of a parameter: keywords and numbers need no backquotes.
pub(super) struct Parameter<'a>(pub &'a str);

impl Display for Parameter<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match !self.0.is_empty() && self.0.bytes().all(|byte| byte.is_ascii_digit()) {
            true => f.write_str(self.0),
            false => Schema(self.0).fmt(f),
        }
    }
}
