//! What the binder knows of a value's type before the query runs.

use crate::graph::{TypeSet, Value};

/// The types a value may have and, if it is a list, the types its elements may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Type {
    pub set: TypeSet,
    /// Meaningful if `set` has lists in it. Elements that are lists themselves may hold anything.
    pub element: TypeSet,
}

impl Type {
    pub const ANY: Type = Type::of(TypeSet::ANY);
    pub const NODE: Type = Type::of(TypeSet::NODE);
    pub const RELATIONSHIP: Type = Type::of(TypeSet::RELATIONSHIP);
    pub const PATH: Type = Type::of(TypeSet::PATH);
    pub const BOOLEAN: Type = Type::of(TypeSet::BOOLEAN);

    pub const fn of(set: TypeSet) -> Type {
        Type { set, element: TypeSet::ANY }
    }

    pub const fn list_of(element: TypeSet) -> Type {
        Type { set: TypeSet::LIST, element }
    }

    pub fn of_value(value: &Value) -> Type {
        Type::of(TypeSet::of(value))
    }

    /// What an element of it may be.
    pub fn element(self) -> Type {
        if self.set == TypeSet::LIST { Type::of(self.element) } else { Type::ANY }
    }

    /// The type of a value that may come from either.
    pub fn or(self, other: Type) -> Type {
        let element = match (self.set, other.set) {
            (TypeSet::LIST, TypeSet::LIST) if !self.element.is_empty() && !other.element.is_empty() => {
                self.element.or(other.element)
            }
            _ => TypeSet::ANY,
        };
        // Null can be anything, and an unknown side makes the whole unknown.
        if self.set.is_empty() {
            return Type { set: other.set, element };
        }
        Type { set: self.set.or(other.set), element }
    }

    pub fn may_be(self, set: TypeSet) -> bool {
        self.set.may_be(set)
    }
}
