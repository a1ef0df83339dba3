//! Statements that correct what was read. Terms that a keyword follows are in quotes, whatever they are.

use std::fmt::{Display, Formatter, Result};

use super::text::Quoted;
use crate::ast::{Correction, Ruling, Start};

impl Display for Correction {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(if self.drops { "DROP DECISION " } else { "" })?;
        self.ruling.fmt(f)?;
        let parts = [("BY", &self.by), ("ON", &self.on), ("BECAUSE", &self.because)];
        let mut given = parts.into_iter().filter_map(|(word, text)| text.as_deref().map(|text| (word, text)));
        given.try_for_each(|(word, text)| write!(f, " {word} {}", Quoted(text)))
    }
}

impl Display for Ruling {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            Ruling::Reject(relation) => write!(f, "REJECT {relation}"),
            Ruling::Accept(relation) => write!(f, "ACCEPT {relation}"),
            Ruling::Rename { term, to } => write!(f, "RENAME TERM {} TO {}", Told(term), Told(to)),
            Ruling::Merge { term, into } => write!(f, "MERGE TERM {} INTO {}", Told(term), Told(into)),
            Ruling::Split { name, from } => write!(f, "SPLIT TERM {} FROM {}", Told(name), Told(from)),
        }
    }
}

struct Told<'a>(&'a Start);

impl Display for Told<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self.0 {
            Start::Term(term) => Quoted(&term.text).fmt(f),
            other => other.fmt(f),
        }
    }
}
