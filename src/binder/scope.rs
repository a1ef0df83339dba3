//! Which variables can be seen, and where their values are.

use hashbrown::HashMap;

use super::types::Type;
use crate::plan::Slot;

#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub name: String,
    pub slot: Slot,
    pub variable_type: Type,
}

/// Variables in the order they came into scope; a later one hides an earlier one of the same name.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    variables: Vec<Variable>,
    /// Places by name, the latest last: statements that programs write have thousands of variables.
    places: HashMap<String, Vec<usize>>,
}

impl Scope {
    pub fn push(&mut self, name: &str, slot: Slot, variable_type: Type) {
        self.places.entry_ref(name).or_default().push(self.variables.len());
        self.variables.push(Variable { name: name.to_string(), slot, variable_type });
    }

    pub fn find(&self, name: &str) -> Option<&Variable> {
        self.position(name).map(|at| &self.variables[at])
    }

    /// The variable's place: places of inner scopes are not below [`Scope::len`] of the outer one.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.places.get(name)?.last().copied()
    }

    pub fn len(&self) -> usize {
        self.variables.len()
    }

    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    /// Leaves inner scopes.
    pub fn truncate(&mut self, len: usize) {
        for variable in self.variables.drain(len.min(self.variables.len())..) {
            if let Some(places) = self.places.get_mut(&variable.name) {
                places.pop();
            }
        }
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| variable.name.as_str())
    }

    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter()
    }
}
