//! What a relationship type means: how it reads, what its inverse is called, and which way a failure travels.
//!
//! Semantics are data kept with the graph. Tracing reads this table; nothing else decides direction.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What one relationship type means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationSemantics {
    /// The relationship type: `PROVIDES_TO`.
    pub name: String,
    /// How it reads from start to end: `provides to`.
    pub phrase: String,
    /// The type name of the reverse reading: `RECEIVES_FROM`. A symmetric type is its own inverse.
    pub inverse: String,
    /// How it reads from end to start: `receives from`.
    pub inverse_phrase: String,
    /// Whether `a T b` says `b T a` too.
    #[serde(default)]
    pub symmetric: bool,
    /// Whether `a T b` and `b T c` say `a T c`.
    #[serde(default)]
    pub transitive: bool,
    /// Which way a failure travels.
    pub failure: FailureDirection,
    /// What happens to the one that a failure reaches.
    #[serde(default)]
    pub effect: Effect,
    #[serde(default)]
    pub description: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureDirection {
    /// When the start fails, the end suffers: the end needs the start.
    Along,
    /// When the end fails, the start suffers: the start needs the end.
    Against,
    /// Not at all.
    None,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    Degrades,
    #[default]
    Fails,
}

/// The semantics of a graph's relationship types, by type name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Semantics {
    types: BTreeMap<String, RelationSemantics>,
}

impl Semantics {
    pub fn declare(&mut self, semantics: RelationSemantics) {
        self.types.insert(semantics.name.clone(), semantics);
    }

    pub fn get(&self, type_name: &str) -> Option<&RelationSemantics> {
        self.types.get(type_name)
    }

    /// All declared types, by name.
    pub fn iter(&self) -> impl Iterator<Item = &RelationSemantics> {
        self.types.values()
    }

    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// How a type reads from start to end: its phrase, or its name in lower-case words.
    pub fn phrase(&self, type_name: &str) -> String {
        self.get(type_name).map_or_else(|| words(type_name), |s| s.phrase.clone())
    }

    /// How a type reads from end to start.
    pub fn inverse_phrase(&self, type_name: &str) -> String {
        self.get(type_name).map_or_else(|| format!("is the end of {}", words(type_name)), |s| s.inverse_phrase.clone())
    }
}

/// `DEPENDS_ON` reads "depends on".
fn words(type_name: &str) -> String {
    type_name.replace('_', " ").to_lowercase()
}
