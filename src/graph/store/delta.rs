//! [`Delta`]: what has changed since the base was made.

use std::sync::Arc;

use super::super::symbols::{KeyId, LabelId, TypeId};
use super::super::{NodeId, Relationship, RelationshipId, Value};
use super::ordered::OrderedSet;
use super::trie::Trie;

/// Entities made since, and what holds instead of what the base says. Each property key and each relationship type has
/// a map of its own: a change to one leaves the arrays of all others as they are. Copying the delta copies a reference
/// a key and type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delta {
    /// The number of nodes made since.
    pub(crate) nodes: usize,
    /// The relationships made since, by id.
    pub(crate) relationships: Trie<Relationship>,
    /// The labels of a node in order of addition.
    pub(crate) labels: Trie<Arc<[LabelId]>>,
    /// By key and node; null if a value of the base was removed.
    pub(crate) node_properties: Vec<Trie<Value>>,
    /// By key and relationship.
    pub(crate) relationship_properties: Vec<Trie<Value>>,
    /// By type and start.
    pub(crate) outgoing: Vec<Trie<Patch>>,
    /// By type and end.
    pub(crate) incoming: Vec<Trie<Patch>>,
}

/// A relationship as one of its nodes sees it: the other end and the id.
pub(crate) type Half = (u32, u32);

/// How the list of a node's relationships of a type differs from the base's. A hub's list is not copied for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patch {
    pub(crate) added: OrderedSet<Half>,
    /// Only what the base has.
    pub(crate) removed: OrderedSet<Half>,
}

impl Patch {
    pub(crate) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    /// Whether both are surely equal.
    pub(crate) fn is_same(&self, other: &Patch) -> bool {
        self.added.is_same(&other.added) && self.removed.is_same(&other.removed)
    }
}

/// The item of a number, made together with all before it if it is not there yet.
pub(crate) fn grown<T: Default>(items: &mut Vec<T>, number: usize) -> &mut T {
    if items.len() <= number {
        items.resize_with(number + 1, T::default);
    }
    &mut items[number]
}

impl Delta {
    pub(crate) fn is_empty(&self) -> bool {
        self.size() == 0
    }

    /// The number of new entities and of changed properties, label sets and lists.
    pub(crate) fn size(&self) -> usize {
        let properties = self.node_properties.iter().chain(&self.relationship_properties).map(Trie::len);
        let lists = self.outgoing.iter().chain(&self.incoming).map(Trie::len);
        self.nodes + self.relationships.len() + self.labels.len() + properties.chain(lists).sum::<usize>()
    }

    pub(crate) fn node_properties(&self, key: KeyId) -> Option<&Trie<Value>> {
        self.node_properties.get(key.index()).filter(|changes| !changes.is_empty())
    }

    pub(crate) fn relationship_properties(&self, key: KeyId) -> Option<&Trie<Value>> {
        self.relationship_properties.get(key.index()).filter(|changes| !changes.is_empty())
    }

    pub(crate) fn lists(&self, incoming: bool) -> &[Trie<Patch>] {
        if incoming { &self.incoming } else { &self.outgoing }
    }

    /// The changes to the lists of a type, if there are any.
    pub(crate) fn patches(&self, incoming: bool, relationship_type: TypeId) -> Option<&Trie<Patch>> {
        self.lists(incoming).get(relationship_type.index()).filter(|patches| !patches.is_empty())
    }

    pub(crate) fn patches_mut(&mut self, incoming: bool, relationship_type: TypeId) -> &mut Trie<Patch> {
        let lists = if incoming { &mut self.incoming } else { &mut self.outgoing };
        grown(lists, relationship_type.index())
    }

    #[inline]
    pub(crate) fn patch(&self, node: NodeId, incoming: bool, relationship_type: TypeId) -> Option<&Patch> {
        self.lists(incoming).get(relationship_type.index())?.get(node.index())
    }

    /// Changes the list of a node; a patch that has become empty is dropped.
    pub(crate) fn edit(
        &mut self,
        node: NodeId,
        incoming: bool,
        relationship_type: TypeId,
        change: impl FnOnce(&mut Patch),
    ) {
        let patches = self.patches_mut(incoming, relationship_type);
        let patch = patches.entry(node.index(), Patch::default);
        change(patch);
        if patch.is_empty() {
            patches.remove(node.index());
        }
    }

    /// Forgets the newest node.
    pub(crate) fn pop_node(&mut self, node: NodeId) {
        self.nodes -= 1;
        self.labels.remove(node.index());
        self.node_properties.iter_mut().for_each(|changes| _ = changes.remove(node.index()));
    }

    /// Forgets the newest relationship.
    pub(crate) fn pop_relationship(&mut self, relationship: RelationshipId) {
        self.relationships.remove(relationship.index());
        self.relationship_properties.iter_mut().for_each(|changes| _ = changes.remove(relationship.index()));
    }
}
