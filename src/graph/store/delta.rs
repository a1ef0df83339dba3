//! [`Delta`]: what has changed since the base was made.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::symbols::LabelId;
use super::super::{NodeId, Relationship, RelationshipId};
use super::bitmap::Bitmap;
use super::{Adjacent, Properties};

/// Entities made since, and for changed entities what holds instead of what the base says. A changed entity is copied
/// from the base aspect by aspect, so that a property set on a hub does not copy its relationships. Copying the delta
/// for a new snapshot copies references.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delta {
    /// How many nodes were made since.
    pub(crate) nodes: usize,
    /// The relationships made since.
    pub(crate) relationships: Vec<Relationship>,
    pub(crate) labels: Overlay<Vec<LabelId>>,
    pub(crate) node_properties: Overlay<Properties>,
    pub(crate) relationship_properties: Overlay<Properties>,
    pub(crate) outgoing: Overlay<Vec<Adjacent>>,
    pub(crate) incoming: Overlay<Vec<Adjacent>>,
}

impl Delta {
    /// No changes on a base of this size.
    pub(crate) fn new(node_bound: usize, relationship_bound: usize) -> Delta {
        Delta {
            nodes: 0,
            relationships: Vec::new(),
            labels: Overlay::new(node_bound),
            node_properties: Overlay::new(node_bound),
            relationship_properties: Overlay::new(relationship_bound),
            outgoing: Overlay::new(node_bound),
            incoming: Overlay::new(node_bound),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.size() == 0
    }

    /// How many entities are new or changed; one that changed in several aspects counts for each.
    pub(crate) fn size(&self) -> usize {
        self.nodes
            + self.relationships.len()
            + self.labels.changed.len()
            + self.node_properties.changed.len()
            + self.relationship_properties.changed.len()
            + self.outgoing.changed.len()
            + self.incoming.changed.len()
    }

    pub(crate) fn list(&self, node: NodeId, incoming: bool) -> Option<&Vec<Adjacent>> {
        if incoming { self.incoming.get(node.index()) } else { self.outgoing.get(node.index()) }
    }

    /// Forgets the newest node.
    pub(crate) fn pop_node(&mut self, node: NodeId) {
        self.nodes -= 1;
        self.labels.forget(node.index());
        self.node_properties.forget(node.index());
        self.outgoing.forget(node.index());
        self.incoming.forget(node.index());
    }

    /// Forgets the newest relationship.
    pub(crate) fn pop_relationship(&mut self, relationship: RelationshipId) {
        self.relationships.pop();
        self.relationship_properties.forget(relationship.index());
    }
}

/// For some entities something that holds instead of what the base says. New entities, of which the base says
/// nothing, stand in an array; of the others a bit tells quickly that nothing has changed.
#[derive(Clone, Debug)]
pub(crate) struct Overlay<T> {
    bound: usize,
    new: Vec<Option<Arc<T>>>,
    touched: Bitmap,
    /// Only looked up, never gone through: no answer depends on its order.
    changed: HashMap<usize, Arc<T>>,
}

impl<T> Default for Overlay<T> {
    fn default() -> Overlay<T> {
        Overlay::new(0)
    }
}

impl<T> Overlay<T> {
    fn new(bound: usize) -> Overlay<T> {
        Overlay { bound, new: Vec::new(), touched: Bitmap::default(), changed: HashMap::new() }
    }

    /// Whether nothing is said at all, of new entities neither.
    pub(crate) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.new.is_empty()
    }

    pub(crate) fn get(&self, entity: usize) -> Option<&T> {
        if entity >= self.bound {
            return self.new.get(entity - self.bound)?.as_deref();
        }
        if !self.touched.contains(entity) {
            return None;
        }
        self.changed.get(&entity).map(|arc| &**arc)
    }

    /// The entities of which something may be said, ascending.
    pub(crate) fn entities(&self) -> impl Iterator<Item = usize> + '_ {
        self.touched.iter().chain(self.bound..self.bound + self.new.len())
    }

    fn forget(&mut self, entity: usize) {
        if entity >= self.bound {
            self.new.truncate(entity - self.bound);
        }
    }
}

impl<T: Clone> Overlay<T> {
    /// What holds for the entity, to be changed; at first as the base has it.
    pub(crate) fn edit(&mut self, entity: usize, as_in_base: impl FnOnce() -> T) -> &mut T {
        let arc = if entity >= self.bound {
            let at = entity - self.bound;
            if at >= self.new.len() {
                self.new.resize_with(at + 1, || None);
            }
            self.new[at].get_or_insert_with(|| Arc::new(as_in_base()))
        } else {
            self.touched.insert(entity);
            self.changed.entry(entity).or_insert_with(|| Arc::new(as_in_base()))
        };
        Arc::make_mut(arc)
    }
}
