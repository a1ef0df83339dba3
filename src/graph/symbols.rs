//! Dense ids for the names of labels, relationship types and property keys.

use std::marker::PhantomData;
use std::sync::Arc;

use hashbrown::HashMap;

macro_rules! symbol_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(super) u32);

        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<u32> for $name {
            fn from(index: u32) -> Self {
                $name(index)
            }
        }
    };
}

symbol_id!(
    /// A label's number in its graph, in order of first use.
    LabelId
);
symbol_id!(
    /// A relationship type's number in its graph, in order of first use.
    TypeId
);
symbol_id!(
    /// A property key's number in its graph, in order of first use.
    KeyId
);

/// Names numbered in order of first use. Numbers are never given up.
#[derive(Clone, Debug)]
pub(crate) struct Symbols<Id> {
    names: Vec<Arc<str>>,
    ids: HashMap<Arc<str>, u32>,
    id: PhantomData<Id>,
}

impl<Id> Default for Symbols<Id> {
    fn default() -> Self {
        Symbols { names: Vec::new(), ids: HashMap::new(), id: PhantomData }
    }
}

impl<Id: From<u32>> Symbols<Id> {
    pub(crate) fn new() -> Self {
        Symbols::default()
    }

    pub(crate) fn find(&self, name: &str) -> Option<Id> {
        self.ids.get(name).map(|&index| Id::from(index))
    }

    pub(crate) fn intern(&mut self, name: &str) -> Id {
        if let Some(&index) = self.ids.get(name) {
            return Id::from(index);
        }
        let index = self.names.len() as u32;
        let name: Arc<str> = Arc::from(name);
        self.names.push(name.clone());
        self.ids.insert(name, index);
        Id::from(index)
    }

    pub(crate) fn name(&self, index: usize) -> &Arc<str> {
        &self.names[index]
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}
