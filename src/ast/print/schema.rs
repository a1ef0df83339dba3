//! Statements about indexes and constraints.

use std::fmt::{Display, Formatter, Result};

use super::separated;
use super::text::{Schema, Variable};
use crate::ast::{DropRule, NewRule, RuleKind, SchemaChange, VariableKey};

impl Display for SchemaChange {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            SchemaChange::Create(rule) => rule.fmt(f),
            SchemaChange::Drop(rule) => rule.fmt(f),
        }
    }
}

impl Display for NewRule {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(match self.kind {
            RuleKind::Index => "CREATE INDEX ",
            RuleKind::Unique | RuleKind::NotNull => "CREATE CONSTRAINT ",
        })?;
        self.name.iter().try_for_each(|name| write!(f, "{} ", Schema(&name.text)))?;
        f.write_str(if self.if_not_exists { "IF NOT EXISTS " } else { "" })?;
        write!(f, "FOR ({}:{}) ", Variable(&self.variable.text), Schema(&self.label.text))?;
        f.write_str(match self.kind {
            RuleKind::Index => "ON ",
            RuleKind::Unique | RuleKind::NotNull => "REQUIRE ",
        })?;
        match (self.kind, self.keys.as_slice()) {
            (RuleKind::Unique | RuleKind::NotNull, [key]) => key.fmt(f)?,
            (_, keys) => {
                f.write_str("(")?;
                separated(f, ", ", keys)?;
                f.write_str(")")?;
            }
        }
        f.write_str(match self.kind {
            RuleKind::Index => "",
            RuleKind::Unique => " IS UNIQUE",
            RuleKind::NotNull => " IS NOT NULL",
        })
    }
}

impl Display for VariableKey {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "{}.{}", Variable(&self.variable.text), Schema(&self.key.text))
    }
}

impl Display for DropRule {
    fn fmt(&self, f: &mut Formatter) -> Result {
        let what = if self.constraint { "CONSTRAINT" } else { "INDEX" };
        write!(f, "DROP {what} {}{}", Schema(&self.name.text), if self.if_exists { " IF EXISTS" } else { "" })
    }
}
