//! [`Graph`]: nodes and relationships with labels, types and properties.
//!
//! A graph is a [`base`] in columns, shared by all its snapshots, and a [`delta`] of the changes since; every read sees
//! both as one. Adjacency is described in [`adjacency`], properties in [`column`]. Ids are dense and never reused:
//! a deleted entity leaves its id behind, without properties, so that it can still be named.
//! Between [`Graph::begin`] and [`Graph::commit`] every change is journalled and [`Graph::rollback`] undoes it. A delta
//! that has outgrown its bound is merged into a new base at the end of [`Graph::commit`].

pub(crate) mod adjacency;
mod around;
pub(crate) mod base;
pub(crate) mod bitmap;
mod builder;
mod change;
pub(crate) mod column;
pub(crate) mod column_builder;
mod delta;
pub(crate) mod dictionary;
mod fast;
pub(crate) mod ids;
mod merge;
mod names;
pub(crate) mod ranks;
mod repetitions;
mod schema;
pub(crate) mod sorting;
mod statistics;
mod write;

#[cfg(test)]
mod laws;

use std::sync::Arc;

use super::symbols::{KeyId, LabelId, Symbols, TypeId};
use super::{NodeId, RelationshipId, Semantics, Value};
pub use around::Around;
pub use bitmap::Bitmap;
pub(crate) use builder::Names;
pub use builder::{AddedRelationship, GraphBuilder};
pub use change::Change;
pub use column::{Column, Data, Rows};
pub use dictionary::Dictionary;
pub use fast::{GraphBytes, NeighbourLists, RelationshipLists};
pub use repetitions::Repetitions;
pub use schema::{Bounds, Rule, RuleKind, Seek, Violation};

use base::Base;
use change::Named;
use delta::Delta;
use schema::Ruled;
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

#[derive(Clone, Debug)]
pub struct Graph {
    labels: Symbols<LabelId>,
    types: Symbols<TypeId>,
    keys: Symbols<KeyId>,
    base: Arc<Base>,
    delta: Delta,
    /// The live nodes of each label.
    by_label: Vec<Arc<Bitmap>>,
    label_counts: Vec<usize>,
    /// How many relationships of each type there are.
    type_counts: Vec<usize>,
    deleted_nodes: Arc<Bitmap>,
    deleted_relationships: Arc<Bitmap>,
    live_nodes: usize,
    live_relationships: usize,
    semantics: Semantics,
    rules: Vec<Ruled>,
    /// How many entries the indexes have beside what is sorted.
    noted: usize,
    journal: Vec<Undo>,
    named: Named,
    /// Whether the delta was empty when the journal began.
    began_clean: bool,
    version: u64,
    planning: u64,
    /// How many nodes and relationships there were when `planning` last grew for it.
    planned_size: usize,
}

impl Default for Graph {
    fn default() -> Graph {
        Graph::new()
    }
}

/// Reading.
impl Graph {
    pub fn new() -> Graph {
        Graph {
            labels: Symbols::new(),
            types: Symbols::new(),
            keys: Symbols::new(),
            base: Arc::default(),
            delta: Delta::default(),
            by_label: Vec::new(),
            label_counts: Vec::new(),
            type_counts: Vec::new(),
            deleted_nodes: Arc::default(),
            deleted_relationships: Arc::default(),
            live_nodes: 0,
            live_relationships: 0,
            semantics: Semantics::default(),
            rules: Vec::new(),
            noted: 0,
            journal: Vec::new(),
            named: Named::default(),
            began_clean: false,
            version: 0,
            planning: 0,
            planned_size: 0,
        }
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
        self.label_counts[label.index()]
    }

    pub fn type_count(&self, relationship_type: TypeId) -> usize {
        self.type_counts[relationship_type.index()]
    }

    pub fn is_deleted(&self, entity: Entity) -> bool {
        match entity {
            Entity::Node(node) => self.deleted_nodes.contains(node.index()),
            Entity::Relationship(relationship) => self.deleted_relationships.contains(relationship.index()),
        }
    }

    /// The node's labels in order of addition.
    pub fn node_labels(&self, node: NodeId) -> &[LabelId] {
        self.delta.labels.get(node.index()).map_or_else(|| self.base.label_sets.of(node.index()), Vec::as_slice)
    }

    pub fn has_label(&self, node: NodeId, label: LabelId) -> bool {
        self.by_label[label.index()].contains(node.index())
    }

    pub fn relationship(&self, relationship: RelationshipId) -> Relationship {
        match relationship.index().checked_sub(self.base.relationship_bound) {
            Some(new) => self.delta.relationships[new],
            None => self.base.relationship(relationship),
        }
    }

    /// The name of a relationship's type.
    pub fn relationship_type(&self, relationship: RelationshipId) -> &Arc<str> {
        self.type_name(self.relationship(relationship).relationship_type)
    }

    /// The property's value; null if it is not set.
    pub fn property(&self, entity: impl Into<Entity>, key: KeyId) -> Value {
        let entity = entity.into();
        match (self.changed_properties(entity), entity) {
            (Some(properties), _) => match properties.binary_search_by_key(&key, |(k, _)| *k) {
                Ok(at) => properties[at].1.clone(),
                Err(_) => Value::Null,
            },
            (None, Entity::Node(node)) => self.base.node_value(node, key),
            (None, Entity::Relationship(relationship)) => self.base.relationship_value(relationship, key),
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
        match (self.changed_properties(entity), entity) {
            (Some(properties), _) => properties.clone(),
            (None, Entity::Node(node)) => self.base.node_properties(node),
            (None, Entity::Relationship(relationship)) => self.base.relationship_properties(relationship),
        }
    }

    fn changed_properties(&self, entity: Entity) -> Option<&Properties> {
        match entity {
            Entity::Node(node) => self.delta.node_properties.get(node.index()),
            Entity::Relationship(relationship) => self.delta.relationship_properties.get(relationship.index()),
        }
    }

    /// The node's relationships in the direction, of the given types (`None`: of every type).
    /// A loop is met once, whatever the direction.
    pub fn adjacent<'a>(
        &'a self,
        node: NodeId,
        direction: Direction,
        types: Option<&'a [TypeId]>,
    ) -> impl Iterator<Item = Adjacent> + 'a {
        let outgoing = (direction != Direction::Incoming).then(|| self.around(node, false));
        let incoming = (direction != Direction::Outgoing).then(|| self.around(node, true));
        let both = direction == Direction::Both;
        let incoming = incoming.into_iter().flatten().filter(move |a| !(both && a.neighbour == node));
        let all = outgoing.into_iter().flatten().chain(incoming);
        all.filter(move |a| types.is_none_or(|types| types.contains(&a.relationship_type)))
    }

    /// The relationships that leave the node, sorted by type, neighbour and id.
    pub(super) fn outgoing(&self, node: NodeId) -> Around<'_> {
        self.around(node, false)
    }

    /// The relationships that reach the node, sorted by type, neighbour and id.
    pub(super) fn incoming(&self, node: NodeId) -> Around<'_> {
        self.around(node, true)
    }

    fn around(&self, node: NodeId, incoming: bool) -> Around<'_> {
        match self.delta.list(node, incoming) {
            Some(list) => Around::listed(list),
            None => Around::of_base(&self.base.adjacency, node, incoming),
        }
    }

    /// How many relationships leave (or reach) the node, loops counted both ways.
    pub fn degree(&self, node: NodeId, direction: Direction) -> usize {
        let count = |incoming| match self.delta.list(node, incoming) {
            Some(list) => list.len(),
            None => self.base.adjacency.degree(node.index(), incoming),
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
