//! [`Graph`]: nodes and relationships with labels, types and properties.
//!
//! Each node keeps its relationships both ways, sorted by type, neighbour and id. Ids are dense and never reused:
//! a deleted entity leaves its record behind, without properties, so that it can still be named.
//! Between [`Graph::begin`] and [`Graph::commit`] every change is journalled and [`Graph::rollback`] undoes it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::symbols::{KeyId, LabelId, Symbols, TypeId};
use super::{NodeId, RelationshipId, Semantics, Value};

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

#[derive(Clone, Debug, Default)]
struct NodeRecord {
    labels: Vec<LabelId>,
    properties: Properties,
    outgoing: Vec<Adjacent>,
    incoming: Vec<Adjacent>,
    deleted: bool,
}

#[derive(Clone, Debug)]
struct RelationshipRecord {
    shape: Relationship,
    properties: Properties,
    deleted: bool,
}

/// What takes a change back.
#[derive(Clone, Debug)]
enum Undo {
    CreateNode(NodeId),
    CreateRelationship(RelationshipId),
    Property(Entity, KeyId, Value),
    AddLabel(NodeId, LabelId),
    /// With its place among the node's labels.
    RemoveLabel(NodeId, LabelId, usize),
    DeleteNode(NodeId),
    DeleteRelationship(RelationshipId),
}

#[derive(Clone, Debug)]
pub struct Graph {
    labels: Symbols<LabelId>,
    types: Symbols<TypeId>,
    keys: Symbols<KeyId>,
    nodes: Vec<NodeRecord>,
    relationships: Vec<RelationshipRecord>,
    by_label: Vec<BTreeSet<NodeId>>,
    /// How many relationships of each type there are.
    type_counts: Vec<usize>,
    live_nodes: usize,
    live_relationships: usize,
    semantics: Semantics,
    journal: Vec<Undo>,
    version: u64,
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
            nodes: Vec::new(),
            relationships: Vec::new(),
            by_label: Vec::new(),
            type_counts: Vec::new(),
            live_nodes: 0,
            live_relationships: 0,
            semantics: Semantics::default(),
            journal: Vec::new(),
            version: 0,
        }
    }

    /// Grows with every change: an answer computed at a version holds as long as the version stands.
    pub fn version(&self) -> u64 {
        self.version
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
        self.nodes.len()
    }

    /// One more than the highest relationship id ever given.
    pub fn relationship_bound(&self) -> usize {
        self.relationships.len()
    }

    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        (0..self.nodes.len()).filter(|&index| !self.nodes[index].deleted).map(NodeId::new)
    }

    pub fn relationships(&self) -> impl Iterator<Item = RelationshipId> + '_ {
        (0..self.relationships.len()).filter(|&index| !self.relationships[index].deleted).map(RelationshipId::new)
    }

    pub fn nodes_with_label(&self, label: LabelId) -> impl Iterator<Item = NodeId> + '_ {
        self.by_label[label.index()].iter().copied()
    }

    pub fn label_count(&self, label: LabelId) -> usize {
        self.by_label[label.index()].len()
    }

    pub fn type_count(&self, relationship_type: TypeId) -> usize {
        self.type_counts[relationship_type.index()]
    }

    pub fn is_deleted(&self, entity: Entity) -> bool {
        match entity {
            Entity::Node(node) => self.nodes[node.index()].deleted,
            Entity::Relationship(relationship) => self.relationships[relationship.index()].deleted,
        }
    }

    pub fn node_labels(&self, node: NodeId) -> &[LabelId] {
        &self.nodes[node.index()].labels
    }

    pub fn has_label(&self, node: NodeId, label: LabelId) -> bool {
        self.nodes[node.index()].labels.contains(&label)
    }

    pub fn relationship(&self, relationship: RelationshipId) -> Relationship {
        self.relationships[relationship.index()].shape
    }

    /// The name of a relationship's type.
    pub fn relationship_type(&self, relationship: RelationshipId) -> &Arc<str> {
        self.type_name(self.relationship(relationship).relationship_type)
    }

    /// The property's value; null if it is not set.
    pub fn property(&self, entity: impl Into<Entity>, key: KeyId) -> Value {
        let properties = self.properties_of(entity.into());
        match properties.binary_search_by_key(&key, |(k, _)| *k) {
            Ok(at) => properties[at].1.clone(),
            Err(_) => Value::Null,
        }
    }

    /// The property's value by the key's name; null if it is not set.
    pub fn property_by_name(&self, entity: impl Into<Entity>, key: &str) -> Value {
        self.key(key).map_or(Value::Null, |key| self.property(entity, key))
    }

    /// The properties that are set, by key name in alphabetical order.
    pub fn properties(&self, entity: impl Into<Entity>) -> Vec<(&Arc<str>, &Value)> {
        let mut properties: Vec<_> =
            self.properties_of(entity.into()).iter().map(|(key, value)| (self.key_name(*key), value)).collect();
        properties.sort_by_key(|(key, _)| *key);
        properties
    }

    fn properties_of(&self, entity: Entity) -> &Properties {
        match entity {
            Entity::Node(node) => &self.nodes[node.index()].properties,
            Entity::Relationship(relationship) => &self.relationships[relationship.index()].properties,
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
        let record = &self.nodes[node.index()];
        let (outgoing, incoming): (&[Adjacent], &[Adjacent]) = match direction {
            Direction::Outgoing => (&record.outgoing, &[]),
            Direction::Incoming => (&[], &record.incoming),
            Direction::Both => (&record.outgoing, &record.incoming),
        };
        let both = direction == Direction::Both;
        let incoming = incoming.iter().filter(move |a| !(both && a.neighbour == node));
        outgoing
            .iter()
            .chain(incoming)
            .filter(move |a| types.is_none_or(|types| types.contains(&a.relationship_type)))
            .copied()
    }

    /// The relationships that leave the node, sorted by type, neighbour and id.
    pub(super) fn outgoing(&self, node: NodeId) -> &[Adjacent] {
        &self.nodes[node.index()].outgoing
    }

    /// The relationships that reach the node, sorted by type, neighbour and id.
    pub(super) fn incoming(&self, node: NodeId) -> &[Adjacent] {
        &self.nodes[node.index()].incoming
    }

    /// How many relationships leave (or reach) the node, loops counted both ways.
    pub fn degree(&self, node: NodeId, direction: Direction) -> usize {
        let record = &self.nodes[node.index()];
        match direction {
            Direction::Outgoing => record.outgoing.len(),
            Direction::Incoming => record.incoming.len(),
            Direction::Both => record.outgoing.len() + record.incoming.len(),
        }
    }
}

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
        let label = self.labels.intern(name);
        self.by_label.resize_with(self.labels.len(), BTreeSet::new);
        label
    }

    pub fn intern_type(&mut self, name: &str) -> TypeId {
        let relationship_type = self.types.intern(name);
        self.type_counts.resize(self.types.len(), 0);
        relationship_type
    }

    pub fn intern_key(&mut self, name: &str) -> KeyId {
        self.keys.intern(name)
    }
}

/// Writing. Every change is journalled; ids given must be of live entities.
impl Graph {
    pub fn declare(&mut self, semantics: super::RelationSemantics) {
        self.version += 1;
        self.semantics.declare(semantics);
    }

    pub fn create_node(&mut self) -> NodeId {
        let node = NodeId::new(self.nodes.len());
        self.nodes.push(NodeRecord::default());
        self.live_nodes += 1;
        self.log(Undo::CreateNode(node));
        node
    }

    pub fn create_relationship(&mut self, start: NodeId, relationship_type: TypeId, end: NodeId) -> RelationshipId {
        let relationship = RelationshipId::new(self.relationships.len());
        let shape = Relationship { relationship_type, start, end };
        self.relationships.push(RelationshipRecord { shape, properties: Vec::new(), deleted: false });
        self.link(relationship);
        self.log(Undo::CreateRelationship(relationship));
        relationship
    }

    /// Sets a property; null removes it.
    pub fn set_property(&mut self, entity: impl Into<Entity>, key: KeyId, value: Value) {
        let entity = entity.into();
        let before = self.replace_property(entity, key, value);
        self.log(Undo::Property(entity, key, before));
    }

    pub fn add_label(&mut self, node: NodeId, label: LabelId) {
        if self.insert_label(node, label) {
            self.log(Undo::AddLabel(node, label));
        }
    }

    pub fn remove_label(&mut self, node: NodeId, label: LabelId) {
        if let Some(place) = self.take_label(node, label) {
            self.log(Undo::RemoveLabel(node, label, place));
        }
    }

    pub fn delete_relationship(&mut self, relationship: RelationshipId) {
        self.clear_properties(Entity::Relationship(relationship));
        self.unlink(relationship);
        self.log(Undo::DeleteRelationship(relationship));
    }

    /// Deletes a node that has no relationships any more.
    pub fn delete_node(&mut self, node: NodeId) {
        debug_assert_eq!(self.degree(node, Direction::Both), 0, "a node is deleted after its relationships");
        self.clear_properties(Entity::Node(node));
        for label in self.nodes[node.index()].labels.clone() {
            self.remove_label(node, label);
        }
        self.nodes[node.index()].deleted = true;
        self.live_nodes -= 1;
        self.log(Undo::DeleteNode(node));
    }

    /// Starts a unit of change. What a unit that was never ended (its thread panicked) has changed is taken back.
    pub fn begin(&mut self) {
        if !self.journal.is_empty() {
            self.rollback();
        }
    }

    /// Keeps what was changed since [`Graph::begin`].
    pub fn commit(&mut self) {
        self.journal = Vec::new();
    }

    /// Takes back what was changed since [`Graph::begin`].
    pub fn rollback(&mut self) {
        while let Some(undo) = self.journal.pop() {
            self.undo(undo);
        }
        self.version += 1;
    }

    fn log(&mut self, undo: Undo) {
        self.version += 1;
        self.journal.push(undo);
    }

    fn undo(&mut self, undo: Undo) {
        match undo {
            Undo::CreateNode(node) => {
                debug_assert_eq!(node.index() + 1, self.nodes.len());
                self.nodes.pop();
                self.live_nodes -= 1;
            }
            Undo::CreateRelationship(relationship) => {
                debug_assert_eq!(relationship.index() + 1, self.relationships.len());
                self.unlink(relationship);
                self.relationships.pop();
            }
            Undo::Property(entity, key, value) => {
                self.replace_property(entity, key, value);
            }
            Undo::AddLabel(node, label) => {
                self.take_label(node, label);
            }
            Undo::RemoveLabel(node, label, place) => {
                self.nodes[node.index()].labels.insert(place, label);
                self.by_label[label.index()].insert(node);
            }
            Undo::DeleteNode(node) => {
                self.nodes[node.index()].deleted = false;
                self.live_nodes += 1;
            }
            Undo::DeleteRelationship(relationship) => self.link(relationship),
        }
    }

    fn clear_properties(&mut self, entity: Entity) {
        let keys: Vec<KeyId> = self.properties_of(entity).iter().map(|(key, _)| *key).collect();
        for key in keys {
            self.set_property(entity, key, Value::Null);
        }
    }

    fn replace_property(&mut self, entity: Entity, key: KeyId, value: Value) -> Value {
        let properties = match entity {
            Entity::Node(node) => &mut self.nodes[node.index()].properties,
            Entity::Relationship(relationship) => &mut self.relationships[relationship.index()].properties,
        };
        match (properties.binary_search_by_key(&key, |(k, _)| *k), value.is_null()) {
            (Ok(at), true) => properties.remove(at).1,
            (Ok(at), false) => std::mem::replace(&mut properties[at].1, value),
            (Err(_), true) => Value::Null,
            (Err(at), false) => {
                properties.insert(at, (key, value));
                Value::Null
            }
        }
    }

    fn insert_label(&mut self, node: NodeId, label: LabelId) -> bool {
        let labels = &mut self.nodes[node.index()].labels;
        let added = !labels.contains(&label);
        if added {
            labels.push(label);
            self.by_label[label.index()].insert(node);
        }
        added
    }

    /// Gives the label's place among the node's labels, if it had it.
    fn take_label(&mut self, node: NodeId, label: LabelId) -> Option<usize> {
        let labels = &mut self.nodes[node.index()].labels;
        let place = labels.iter().position(|l| *l == label)?;
        labels.remove(place);
        self.by_label[label.index()].remove(&node);
        Some(place)
    }

    /// Enters a relationship into the lists of both its nodes.
    fn link(&mut self, id: RelationshipId) {
        let record = &mut self.relationships[id.index()];
        record.deleted = false;
        let Relationship { relationship_type, start, end } = record.shape;
        insert_sorted(
            &mut self.nodes[start.index()].outgoing,
            Adjacent { relationship_type, neighbour: end, relationship: id },
        );
        insert_sorted(
            &mut self.nodes[end.index()].incoming,
            Adjacent { relationship_type, neighbour: start, relationship: id },
        );
        self.type_counts[relationship_type.index()] += 1;
        self.live_relationships += 1;
    }

    fn unlink(&mut self, id: RelationshipId) {
        let record = &mut self.relationships[id.index()];
        record.deleted = true;
        let Relationship { relationship_type, start, end } = record.shape;
        remove_sorted(
            &mut self.nodes[start.index()].outgoing,
            Adjacent { relationship_type, neighbour: end, relationship: id },
        );
        remove_sorted(
            &mut self.nodes[end.index()].incoming,
            Adjacent { relationship_type, neighbour: start, relationship: id },
        );
        self.type_counts[relationship_type.index()] -= 1;
        self.live_relationships -= 1;
    }
}

fn insert_sorted(list: &mut Vec<Adjacent>, item: Adjacent) {
    let at = list.partition_point(|a| *a < item);
    list.insert(at, item);
}

fn remove_sorted(list: &mut Vec<Adjacent>, item: Adjacent) {
    if let Ok(at) = list.binary_search(&item) {
        list.remove(at);
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
