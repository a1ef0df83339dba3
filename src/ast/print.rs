//! Prints the tree as query text on one line that parses back to an equal tree.
//!
//! Keywords are upper case, names are in backquotes where they would not read as names, and there are no more
//! parentheses than the operators' precedence needs. Tests are with the parser.

mod clause;
mod expression;
mod text;
mod walk;

use std::fmt::{Display, Formatter, Result};

use super::{
    Direction, Length, Mode, NodePattern, PathPattern, Query, RelationshipPattern, Shortest, SingleQuery, Statement,
    StatementBody,
};
use text::{Schema, Variable};

impl Display for Statement {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self.mode {
            Mode::Run => {}
            Mode::Explain => f.write_str("EXPLAIN ")?,
            Mode::Profile => f.write_str("PROFILE ")?,
        }
        match &self.body {
            StatementBody::Query(query) => query.fmt(f),
            StatementBody::Walk(walk) => walk.fmt(f),
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

impl Display for PathPattern {
    fn fmt(&self, f: &mut Formatter) -> Result {
        if let Some(variable) = &self.variable {
            write!(f, "{} = ", Variable(&variable.text))?;
        }
        match self.shortest {
            None => {}
            Some(Shortest::One) => f.write_str("shortestPath(")?,
            Some(Shortest::All) => f.write_str("allShortestPaths(")?,
        }
        self.start.fmt(f)?;
        for (relationship, node) in &self.steps {
            write!(f, "{relationship}{node}")?;
        }
        f.write_str(if self.shortest.is_some() { ")" } else { "" })
    }
}

impl Display for NodePattern {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str("(")?;
        if let Some(variable) = &self.variable {
            Variable(&variable.text).fmt(f)?;
        }
        for label in &self.labels {
            write!(f, ":{}", Schema(&label.text))?;
        }
        if let Some(properties) = &self.properties {
            let bare = self.variable.is_none() && self.labels.is_empty();
            write!(f, "{}{properties}", if bare { "" } else { " " })?;
        }
        f.write_str(")")
    }
}

impl Display for RelationshipPattern {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(if self.direction == Direction::Incoming { "<-" } else { "-" })?;
        if self.variable.is_some() || !self.types.is_empty() || self.length.is_some() || self.properties.is_some() {
            write!(f, "[{}]", Details(self))?;
        }
        f.write_str(if self.direction == Direction::Outgoing { "->" } else { "-" })
    }
}

/// What stands in a relationship's brackets.
struct Details<'a>(&'a RelationshipPattern);

impl Display for Details<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        if let Some(variable) = &self.0.variable {
            Variable(&variable.text).fmt(f)?;
        }
        for (index, name) in self.0.types.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { ":" } else { "|" }, Schema(&name.text))?;
        }
        if let Some(length) = &self.0.length {
            length.fmt(f)?;
        }
        if let Some(properties) = &self.0.properties {
            let bare = self.0.variable.is_none() && self.0.types.is_empty() && self.0.length.is_none();
            write!(f, "{}{properties}", if bare { "" } else { " " })?;
        }
        Ok(())
    }
}

impl Display for Length {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str("*")?;
        if self.minimum.is_some() && self.minimum == self.maximum {
            return self.minimum.iter().try_for_each(|length| length.fmt(f));
        }
        self.minimum.iter().try_for_each(|minimum| minimum.fmt(f))?;
        f.write_str(if self.minimum.is_some() || self.maximum.is_some() { ".." } else { "" })?;
        self.maximum.iter().try_for_each(|maximum| maximum.fmt(f))
    }
}
