//! [`Graph`]: nodes and relationships with labels, types and properties.
//!
//! A graph is a [`base`] in columns, shared by all its snapshots, and a [`delta`] of the changes since; every read sees
//! both as one. Adjacency is described in [`adjacency`], properties in [`column`]. Ids are dense and never reused:
//! a deleted entity leaves its id behind, without properties, so that it can still be named.
//!
//! A clone is a snapshot. It costs a reference for each label, type and property key, and a change to either side
//! copies only the path to what it touches ([`trie`], [`ordered`], [`paged`]).
//! Between [`Graph::begin`] and [`Graph::commit`] every change is journalled; [`Graph::rollback`] takes all of them
//! back. A delta that has outgrown its bound ([`Graph::wants_merge`]) is merged into a new base ([`merge`]). When a file
//! is opened, a long log goes into a new base without a delta ([`replay`]).

pub(crate) mod adjacency;
mod around;
pub(crate) mod base;
pub(crate) mod bitmap;
mod builder;
mod bulk;
mod change;
pub(crate) mod column;
pub(crate) mod column_builder;
mod current;
mod delta;
pub(crate) mod dictionary;
mod fast;
pub(crate) mod ids;
mod merge;
mod names;
pub(crate) mod ordered;
pub(crate) mod paged;
mod patched;
pub(crate) mod ranks;
mod repetitions;
mod replay;
mod schema;
pub(crate) mod sorting;
mod statistics;
pub(crate) mod temporal_array;
pub(crate) mod trie;
mod write;

#[cfg(test)]
mod laws;
mod lookup;
#[cfg(test)]
mod sizes;

use std::sync::{Arc, OnceLock};

use super::naming::Guesses;
use super::symbols::{KeyId, LabelId, Symbols, TypeId};
use super::{NodeId, RelationshipId, Semantics, Value};
pub use around::Around;
pub use bitmap::Bitmap;
pub use builder::{AddedRelationship, GraphBuilder};
pub(crate) use builder::{Deleted, Names};
pub use bulk::{EntityKind, PropertyColumn};
pub use change::Change;
pub use column::{Column, Data, Rows};
pub use dictionary::Dictionary;
pub use fast::{GraphBytes, NeighbourLists, RelationshipLists};
pub use lookup::{Bounds, IndexMatches, Seek};
pub use merge::Merged;
pub use paged::PagedBitmap;
pub use repetitions::Repetitions;
pub(crate) use replay::{Changed, Replay};
pub use schema::{Rule, RuleKind, Violation};
pub use statistics::Sample;
pub use temporal_array::TemporalArray;
pub(crate) use temporal_array::TemporalType;

use base::Base;
use change::Named;
use current::Current;
use delta::Delta;
use schema::Ruled;
use statistics::Samples;
pub use write::Savepoint;
use write::Undo;

/// A node or a relationship.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entity {
    Node(NodeId),
    Relationship(RelationshipId),
}

/// Type and ends of a relationship.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relationship {
    pub relationship_type: TypeId,
    pub start: NodeId,
    pub end: NodeId,
}

impl Relationship {
    /// The end that is not `node`; for a loop, `node` itself.
    pub fn other(&self, node: NodeId) -> NodeId {
        if self.start == node { self.end } else { self.start }
    }
}

/// A relationship as seen from one of its nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Adjacent {
    pub relationship_type: TypeId,
    pub neighbour: NodeId,
    pub relationship: RelationshipId,
}

/// Which relationships of a node: those that leave it, those that reach it, or all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    Outgoing,
    Incoming,
    Both,
}

impl Direction {
    pub fn reverse(self) -> Direction {
        match self {
            Direction::Outgoing => Direction::Incoming,
            Direction::Incoming => Direction::Outgoing,
            Direction::Both => Direction::Both,
        }
    }
}

/// Key–value pairs sorted by key.
type Properties = Vec<(KeyId, Value)>;

/// Nodes, relationships, their names, rules and semantics.
#[derive(Debug)]
pub struct Graph {
    labels: Arc<Symbols<LabelId>>,
    types: Arc<Symbols<TypeId>>,
    keys: Arc<Symbols<KeyId>>,
    base: Arc<Base>,
    delta: Delta,
    /// Arrays of the base with the delta in them, made when they are first needed.
    current: Current,
    /// The live nodes of each label.
    by_label: Vec<PagedBitmap>,
    /// The number of relationships of each type.
    type_counts: Vec<usize>,
    /// Of a part of a larger graph: types that the whole has relationships of.
    used_elsewhere: Arc<[TypeId]>,
    deleted_nodes: PagedBitmap,
    deleted_relationships: PagedBitmap,
    live_nodes: usize,
    live_relationships: usize,
    semantics: Arc<Semantics>,
    rules: Vec<Ruled>,
    journal: Vec<Undo>,
    /// The graph as the transaction found it.
    began: Option<Box<Graph>>,
    named: Named,
    version: u64,
    planning: u64,
    naming: u64,
    /// What nodes are called where nothing is declared. Another one after every change of names.
    guesses: Arc<Guesses>,
    samples: Arc<Samples>,
    /// By key, whether an index of names reads it; of the keys and declarations that there are now.
    naming_keys: Arc<OnceLock<Vec<bool>>>,
    /// The number of nodes and relationships when `planning` last grew for it.
    planned_size: usize,
}

/// A clone is a snapshot: a transaction under way stays with the original, and the clone cannot take its changes back.
impl Clone for Graph {
    fn clone(&self) -> Graph {
        Graph {
            labels: self.labels.clone(),
            types: self.types.clone(),
            keys: self.keys.clone(),
            used_elsewhere: self.used_elsewhere.clone(),
            base: self.base.clone(),
            delta: self.delta.clone(),
            current: self.current.clone(),
            by_label: self.by_label.clone(),
            type_counts: self.type_counts.clone(),
            deleted_nodes: self.deleted_nodes.clone(),
            deleted_relationships: self.deleted_relationships.clone(),
            semantics: self.semantics.clone(),
            rules: self.rules.clone(),
            guesses: self.guesses.clone(),
            samples: self.samples.clone(),
            naming_keys: self.naming_keys.clone(),
            journal: Vec::new(),
            began: None,
            ..*self
        }
    }
}

impl Default for Graph {
    fn default() -> Graph {
        Graph::new()
    }
}

/// Reading.
impl Graph {
    pub fn new() -> Graph {
        let names = Names::default();
        Graph::from_base(names, Semantics::default(), Base::default(), Deleted::default())
    }

    /// Grows with every change: an answer computed at a version holds as long as the version stands.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Grows when a name, a rule or the meaning of a type is new, when the first or the last bearer of a label or type
    /// comes or goes, and when the number of nodes or relationships has changed much: a plan made before may be wrong
    /// to warn, or no longer the best.
    pub fn planning_version(&self) -> u64 {
        self.planning
    }

    /// Grows when a node comes or goes, changes its labels, or is given another value of a property that an index of
    /// names reads, and when a label is named by another property: an index of names made before may be wrong.
    pub fn naming_version(&self) -> u64 {
        self.naming
    }

    pub(super) fn guesses(&self) -> &Guesses {
        &self.guesses
    }

    pub fn semantics(&self) -> &Semantics {
        &self.semantics
    }

    pub fn node_count(&self) -> usize {
        self.live_nodes
    }

    pub fn relationship_count(&self) -> usize {
        self.live_relationships
    }

    /// One more than the highest node id ever given: the size of an array indexed by node.
    pub fn node_bound(&self) -> usize {
        self.base.node_bound + self.delta.nodes
    }

    /// One more than the highest relationship id ever given.
    pub fn relationship_bound(&self) -> usize {
        self.base.relationship_bound + self.delta.relationships.len()
    }

    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        (0..self.node_bound()).filter(|&index| !self.deleted_nodes.contains(index)).map(NodeId::new)
    }

    pub fn relationships(&self) -> impl Iterator<Item = RelationshipId> + '_ {
        let live = |index: &usize| !self.deleted_relationships.contains(*index);
        (0..self.relationship_bound()).filter(live).map(RelationshipId::new)
    }

    pub fn nodes_with_label(&self, label: LabelId) -> impl Iterator<Item = NodeId> + '_ {
        self.by_label[label.index()].iter().map(NodeId::new)
    }

    pub fn label_count(&self, label: LabelId) -> usize {
        self.by_label[label.index()].count()
    }

    pub fn type_count(&self, relationship_type: TypeId) -> usize {
        self.type_counts[relationship_type.index()]
    }

    /// Whether there are relationships of the type, here or in the larger graph that this one is a part of.
    pub fn is_in_use(&self, relationship_type: TypeId) -> bool {
        self.type_count(relationship_type) > 0 || self.used_elsewhere.contains(&relationship_type)
    }

    pub fn is_deleted(&self, entity: Entity) -> bool {
        match entity {
            Entity::Node(node) => self.deleted_nodes.contains(node.index()),
            Entity::Relationship(relationship) => self.deleted_relationships.contains(relationship.index()),
        }
    }

    /// The ids of deleted relationships.
    pub(crate) fn deleted_relationships(&self) -> Bitmap {
        self.deleted_relationships.to_bitmap()
    }

    /// The node's labels in order of addition.
    pub fn node_labels(&self, node: NodeId) -> &[LabelId] {
        match self.delta.labels.get(node.index()) {
            Some(labels) => labels,
            None => self.base.label_sets.of(node.index()),
        }
    }

    pub fn has_label(&self, node: NodeId, label: LabelId) -> bool {
        self.by_label[label.index()].contains(node.index())
    }

    pub fn relationship(&self, relationship: RelationshipId) -> Relationship {
        match self.delta.relationships.get(relationship.index()) {
            Some(new) => *new,
            None => self.base.relationship(relationship),
        }
    }

    pub fn type_id_of(&self, relationship: RelationshipId) -> TypeId {
        match self.delta.relationships.get(relationship.index()) {
            Some(new) => new.relationship_type,
            None => self.base.type_id_of(relationship),
        }
    }

    /// The name of a relationship's type.
    pub fn relationship_type(&self, relationship: RelationshipId) -> &Arc<str> {
        self.type_name(self.type_id_of(relationship))
    }

    /// The property's value; null if it is not set.
    pub fn property(&self, entity: impl Into<Entity>, key: KeyId) -> Value {
        match entity.into() {
            Entity::Node(node) => match self.delta.node_properties(key).and_then(|new| new.get(node.index())) {
                Some(value) => value.clone(),
                None => self.base.node_value(node, key),
            },
            Entity::Relationship(relationship) => {
                let changes = self.delta.relationship_properties(key);
                match changes.and_then(|new| new.get(relationship.index())) {
                    Some(value) => value.clone(),
                    None => self.base.relationship_value(relationship, key),
                }
            }
        }
    }

    /// The property's value by the key's name; null if it is not set.
    pub fn property_by_name(&self, entity: impl Into<Entity>, key: &str) -> Value {
        self.key(key).map_or(Value::Null, |key| self.property(entity, key))
    }

    /// The properties that are set, by key name in alphabetical order.
    pub fn properties(&self, entity: impl Into<Entity>) -> Vec<(&Arc<str>, Value)> {
        let properties = self.properties_of(entity.into()).into_iter();
        let mut properties: Vec<_> = properties.map(|(key, value)| (self.key_name(key), value)).collect();
        properties.sort_by_key(|(key, _)| *key);
        properties
    }

    /// The properties that are set, by key.
    fn properties_of(&self, entity: Entity) -> Properties {
        let values = self.keys().map(|key| (key, self.property(entity, key)));
        values.filter(|(_, value)| !value.is_null()).collect()
    }

    /// The node's relationships in the direction, of the given types (`None`: of every type).
    /// A loop is met once, whatever the direction.
    pub fn adjacent<'a>(
        &'a self,
        node: NodeId,
        direction: Direction,
        types: Option<&'a [TypeId]>,
    ) -> impl Iterator<Item = Adjacent> + 'a {
        let only = types.and_then(|types| if let [only] = types { Some(*only) } else { None });
        let outgoing = (direction != Direction::Incoming).then(|| self.around(node, false, only));
        let incoming = (direction != Direction::Outgoing).then(|| self.around(node, true, only));
        let both = direction == Direction::Both;
        let incoming = incoming.into_iter().flatten().filter(move |a| !(both && a.neighbour == node));
        let all = outgoing.into_iter().flatten().chain(incoming);
        all.filter(move |a| types.is_none_or(|types| types.contains(&a.relationship_type)))
    }

    /// The relationships that leave the node, sorted by type, neighbour and id.
    pub(super) fn outgoing(&self, node: NodeId) -> Around<'_> {
        self.around(node, false, None)
    }

    /// The relationships that reach the node, sorted by type, neighbour and id.
    pub(super) fn incoming(&self, node: NodeId) -> Around<'_> {
        self.around(node, true, None)
    }

    fn around(&self, node: NodeId, incoming: bool, only: Option<TypeId>) -> Around<'_> {
        Around::new(&self.base.adjacency, self.delta.lists(incoming), node, incoming, only)
    }

    /// How many relationships leave (or reach) the node, loops counted both ways.
    pub fn degree(&self, node: NodeId, direction: Direction) -> usize {
        let count = |incoming| {
            let patches = self.delta.lists(incoming).iter().filter_map(|patches| patches.get(node.index()));
            let degree = self.base.adjacency.degree(node.index(), incoming);
            patches.fold(degree, |degree, patch| degree + patch.added.len() - patch.removed.len())
        };
        match direction {
            Direction::Outgoing => count(false),
            Direction::Incoming => count(true),
            Direction::Both => count(false) + count(true),
        }
    }
}

impl From<NodeId> for Entity {
    fn from(node: NodeId) -> Entity {
        Entity::Node(node)
    }
}

impl From<RelationshipId> for Entity {
    fn from(relationship: RelationshipId) -> Entity {
        Entity::Relationship(relationship)
    }
}
