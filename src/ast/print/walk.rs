//! The walking statements.

use std::fmt::{Display, Formatter, Result};

use super::separated;
use super::text::Quoted;
use crate::ast::{Name, TraceOptions, Walk};

/// Words that end a bare term in one of the statements, or are none by themselves.
const OPTIONS: &[&str] = &["TO", "ALL", "VIA", "DEPTH", "INDEXES", "CONSTRAINTS"];

impl Display for Walk {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            Walk::Show { term } => write!(f, "SHOW {}", Term(&term.text)),
            Walk::ShowIndexes => f.write_str("SHOW INDEXES"),
            Walk::ShowConstraints => f.write_str("SHOW CONSTRAINTS"),
            Walk::Find { text } => write!(f, "FIND {}", Term(&text.text)),
            Walk::Deps { term, options } => write!(f, "DEPS {}{options}", Term(&term.text)),
            Walk::Impact { term, options } => write!(f, "IMPACT {}{options}", Term(&term.text)),
            Walk::Why { from, to, all, via } => {
                write!(f, "WHY {} TO {}", Term(&from.text), Term(&to.text))?;
                f.write_str(if *all { " ALL" } else { "" })?;
                via_option(f, via)
            }
        }
    }
}

impl Display for TraceOptions {
    fn fmt(&self, f: &mut Formatter) -> Result {
        self.depth.iter().try_for_each(|depth| write!(f, " DEPTH {depth}"))?;
        via_option(f, &self.via)
    }
}

fn via_option(f: &mut Formatter, types: &[Name]) -> Result {
    if types.is_empty() {
        return Ok(());
    }
    f.write_str(" VIA ")?;
    separated(f, ", ", types.iter().map(|name| Term(&name.text)))
}

/// A term: bare if it reads back as it is.
struct Term<'a>(&'a str);

impl Display for Term<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match is_bare(self.0) {
            true => f.write_str(self.0),
            false => Quoted(self.0).fmt(f),
        }
    }
}

fn is_bare(term: &str) -> bool {
    let is_word_part = |character: char| character.is_alphanumeric() || "_-.+/#".contains(character);
    let is_bare_word = |word: &str| {
        let option = OPTIONS.iter().any(|option| option.eq_ignore_ascii_case(word));
        !word.is_empty() && !option && word.chars().all(is_word_part)
    };
    !term.contains("//") && term.split(' ').all(is_bare_word)
}
