//! Names of labels, types and keys.

use std::sync::Arc;

use super::super::symbols::{KeyId, LabelId, TypeId};
use super::{Graph, PagedBitmap};

/// Names of labels, types and keys.
impl Graph {
    pub fn label(&self, name: &str) -> Option<LabelId> {
        self.labels.find(name)
    }

    pub fn label_name(&self, label: LabelId) -> &Arc<str> {
        self.labels.name(label.index())
    }

    /// All labels ever used, in order of first use.
    pub fn labels(&self) -> impl Iterator<Item = LabelId> {
        (0..self.labels.len() as u32).map(LabelId)
    }

    pub fn type_id(&self, name: &str) -> Option<TypeId> {
        self.types.find(name)
    }

    pub fn type_name(&self, relationship_type: TypeId) -> &Arc<str> {
        self.types.name(relationship_type.index())
    }

    /// All relationship types ever used, in order of first use.
    pub fn types(&self) -> impl Iterator<Item = TypeId> {
        (0..self.types.len() as u32).map(TypeId)
    }

    pub fn key(&self, name: &str) -> Option<KeyId> {
        self.keys.find(name)
    }

    pub fn key_name(&self, key: KeyId) -> &Arc<str> {
        self.keys.name(key.index())
    }

    /// All property keys ever used, in order of first use.
    pub fn keys(&self) -> impl Iterator<Item = KeyId> {
        (0..self.keys.len() as u32).map(KeyId)
    }

    pub fn intern_label(&mut self, name: &str) -> LabelId {
        if let Some(known) = self.labels.find(name) {
            return known;
        }
        self.planning += 1;
        self.by_label.resize_with(self.labels.len() + 1, PagedBitmap::default);
        Arc::make_mut(&mut self.labels).intern(name)
    }

    pub fn intern_type(&mut self, name: &str) -> TypeId {
        if let Some(known) = self.types.find(name) {
            return known;
        }
        self.planning += 1;
        self.type_counts.resize(self.types.len() + 1, 0);
        Arc::make_mut(&mut self.types).intern(name)
    }

    pub fn intern_key(&mut self, name: &str) -> KeyId {
        if let Some(known) = self.keys.find(name) {
            return known;
        }
        self.planning += 1;
        let key = Arc::make_mut(&mut self.keys).intern(name);
        self.decide_naming(key);
        key
    }
}
