//! Prints the tree as query text on one line that parses back to an equal tree.
//!
//! Keywords are upper case, names are in backquotes where they would not read as names, and there are no more
//! parentheses than the operators' precedence needs. Tests are with the parser.

mod clause;
mod decide;
mod declare;
mod expression;
mod label;
mod pattern;
mod pretty;
mod schema;
mod text;
mod transaction;
mod types;
mod walk;

pub use pretty::{Comment, pretty};

use std::fmt::{Display, Formatter, Result};

use super::{Mode, Query, SingleQuery, Statement, StatementBody};

impl Display for Statement {
    fn fmt(&self, f: &mut Formatter) -> Result {
        self.options.iter().try_for_each(|options| write!(f, "{} ", options.text))?;
        match self.mode {
            Mode::Run => {}
            Mode::Explain => f.write_str("EXPLAIN ")?,
            Mode::Profile => f.write_str("PROFILE ")?,
        }
        self.body.fmt(f)
    }
}

impl Display for StatementBody {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            StatementBody::Query(query) => query.fmt(f),
            StatementBody::Walk(walk) => walk.fmt(f),
            StatementBody::Declaration(declaration) => declaration.fmt(f),
            StatementBody::WhatIf(what_if) => what_if.fmt(f),
            StatementBody::Schema(change) => change.fmt(f),
            StatementBody::Transaction(control) => control.fmt(f),
            StatementBody::Correction(correction) => correction.fmt(f),
        }
    }
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter) -> Result {
        let mut unions = self.unions.iter();
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                let all = unions.next().is_some_and(|union| union.all);
                f.write_str(if all { " UNION ALL " } else { " UNION " })?;
            }
            part.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for SingleQuery {
    fn fmt(&self, f: &mut Formatter) -> Result {
        separated(f, " ", &self.clauses)
    }
}

/// The items with something between them.
fn separated<T: Display>(f: &mut Formatter, between: &str, items: impl IntoIterator<Item = T>) -> Result {
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        item.fmt(f)?;
    }
    Ok(())
}
