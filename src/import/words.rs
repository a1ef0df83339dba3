//! The types of edges that state none in the format's own way: a property may name the relation.

use std::collections::BTreeMap;

use super::draft::Draft;
use crate::formats::{relation_types, stated_type};
use crate::graph::Value;

/// The type of edges of which nothing says it.
pub(super) const UNTYPED: &str = "RELATED_TO";

/// What was found out about the types of a file's edges.
#[derive(Default)]
pub(super) struct Types {
    untyped: usize,
    /// The edges that each property typed.
    typed: BTreeMap<String, usize>,
    /// The types found in words, which mean what they mean everywhere.
    found: BTreeMap<String, ()>,
}

impl Types {
    /// The type that a property names, which is removed if it says nothing more; else the type of all others.
    pub(super) fn of(&mut self, properties: &mut Vec<(String, Value)>) -> String {
        let Some((at, name)) = stated_type(properties) else {
            self.untyped += 1;
            return UNTYPED.into();
        };
        *self.typed.entry(properties[at].0.clone()).or_default() += 1;
        self.found.insert(name.to_string(), ());
        if properties[at].1.as_str().is_some_and(|text| *text == *name) {
            properties.remove(at);
        }
        name.into_owned()
    }

    /// Notes what was decided; `own` is where the format itself has the type.
    pub(super) fn say(&self, draft: &mut Draft, own: &str) {
        for (key, edges) in &self.typed {
            draft.notes.push(format!("{edges} edges have no `{own}` of their own: `{key}` names their type"));
        }
        if self.untyped > 0 {
            draft.notes.push(format!("{} edges have no `{own}`: they are of the type {UNTYPED}", self.untyped));
        }
        for semantics in relation_types().iter().filter(|row| self.found.contains_key(&row.name)) {
            draft.declare(semantics.clone());
        }
    }
}
