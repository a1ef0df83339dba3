//! Statements about indexes and constraints.

use super::Name;

#[derive(Clone, Debug, PartialEq)]
pub enum SchemaChange {
    Create(NewRule),
    Drop(DropRule),
}

/// `CREATE INDEX [name] [IF NOT EXISTS] FOR (variable:Label) ON (variable.key, …)`,
/// `CREATE CONSTRAINT [name] [IF NOT EXISTS] FOR (variable:Label) REQUIRE (variable.key, …) IS UNIQUE`, or
/// `… IS NOT NULL`
#[derive(Clone, Debug, PartialEq)]
pub struct NewRule {
    pub kind: RuleKind,
    pub name: Option<Name>,
    pub if_not_exists: bool,
    pub variable: Name,
    pub label: Name,
    /// At least one.
    pub keys: Vec<VariableKey>,
    /// Whether it was written in a form of old versions of Cypher.
    pub is_old: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    Index,
    Unique,
    NotNull,
}

/// `variable.key`
#[derive(Clone, Debug, PartialEq)]
pub struct VariableKey {
    pub variable: Name,
    pub key: Name,
}

/// `DROP INDEX name [IF EXISTS]`, `DROP CONSTRAINT name [IF EXISTS]`
#[derive(Clone, Debug, PartialEq)]
pub struct DropRule {
    pub constraint: bool,
    pub name: Name,
    pub if_exists: bool,
}
