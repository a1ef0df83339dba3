//! [`Change`]: one step of a committed transaction, for the redo log.
//!
//! A transaction's changes are derived from the same journal that undoes them, and [`Graph::apply`] repeats them on a
//! graph in the state the transaction began with. Ids are part of a change: repeating it gives the same ids, or fails.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use super::super::symbols::{KeyId, LabelId, TypeId};
use super::super::{Decision, LabelNaming, NodeId, RelationSemantics, RelationshipId, Subject, Value};
use super::bulk::{EntityKind, PropertyColumn};
use super::write::Undo;
use super::{Direction, Entity, Graph, Relationship, Rule};

/// One step of a transaction. Names come before the first change that uses their number.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The next label, relationship type or property key has this name.
    Label(Arc<str>),
    Type(Arc<str>),
    Key(Arc<str>),
    CreateNode(NodeId),
    CreateRelationship(RelationshipId, Relationship),
    /// Null removes the property.
    SetProperty(Entity, KeyId, Value),
    AddLabel(NodeId, LabelId),
    RemoveLabel(NodeId, LabelId),
    DeleteNode(NodeId),
    DeleteRelationship(RelationshipId),
    /// Nodes that do not have the label, whose numbers ascend.
    AddLabels(LabelId, Vec<u32>),
    /// Nodes that have the label, whose numbers ascend.
    RemoveLabels(LabelId, Vec<u32>),
    /// Nodes with consecutive ids from the first one on, with the same labels.
    CreateNodes {
        first: NodeId,
        count: usize,
        labels: Arc<[LabelId]>,
        columns: Vec<PropertyColumn>,
    },
    /// Relationships with consecutive ids from the first one on, of the same type.
    CreateRelationships {
        first: RelationshipId,
        relationship_type: TypeId,
        ends: Vec<(NodeId, NodeId)>,
        columns: Vec<PropertyColumn>,
    },
    /// Nodes whose numbers ascend.
    DeleteNodes(Vec<NodeId>),
    /// Relationships whose numbers ascend.
    DeleteRelationships(Vec<RelationshipId>),
    /// A property of several entities, whose numbers ascend; null removes it.
    SetProperties {
        kind: EntityKind,
        key: KeyId,
        entities: Vec<u32>,
        values: Vec<Value>,
    },
    Declare(Box<RelationSemantics>),
    Undeclare(String),
    NameBy(LabelNaming),
    /// The nodes of this label go by what is guessed.
    ForgetNaming(String),
    Decide(Box<Decision>),
    ForgetDecision(Subject),
    AddRule(Rule),
    DropRule(Arc<str>),
}

/// How many names were in the changes given out so far; later ones are new to whoever repeats the changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) labels: usize,
    pub(super) types: usize,
    pub(super) keys: usize,
}

impl Graph {
    /// What was changed since [`Graph::begin`], in order; names first. A property changed twice has its last value
    /// in both places.
    pub fn changes(&self) -> Vec<Change> {
        let labels = self.labels().skip(self.named.labels).map(|label| Change::Label(self.label_name(label).clone()));
        let types = self.types().skip(self.named.types).map(|t| Change::Type(self.type_name(t).clone()));
        let keys = self.keys().skip(self.named.keys).map(|key| Change::Key(self.key_name(key).clone()));
        let steps = self.journal.iter().map(|undo| self.redo(undo));
        labels.chain(types).chain(keys).chain(steps).collect()
    }

    /// How many steps a transaction has made so far.
    pub fn change_count(&self) -> usize {
        self.journal.len()
    }

    /// Whether there is something to roll back: a step, or a name that a statement that failed has left behind.
    pub fn has_uncommitted(&self) -> bool {
        !self.journal.is_empty() || self.named != self.names_so_far()
    }

    /// Makes the versions of this graph later than those of another one, which it takes the place of: what was computed
    /// for a version of the other does not hold for this one.
    pub fn supersede(&mut self, other: &Graph) {
        self.version = self.version.max(other.version) + 1;
        self.planning = self.planning.max(other.planning) + 1;
        self.naming = self.naming.max(other.naming) + 1;
    }

    pub(super) fn names_so_far(&self) -> Named {
        Named { labels: self.labels.len(), types: self.types.len(), keys: self.keys.len() }
    }

    fn redo(&self, undo: &Undo) -> Change {
        match undo {
            Undo::CreateNode(node) => Change::CreateNode(*node),
            Undo::CreateRelationship(id) => Change::CreateRelationship(*id, self.relationship(*id)),
            Undo::Property(entity, key, _) => Change::SetProperty(*entity, *key, self.property(*entity, *key)),
            Undo::AddLabel(node, label) => Change::AddLabel(*node, *label),
            Undo::RemoveLabel(node, label, _) => Change::RemoveLabel(*node, *label),
            Undo::AddLabels(label, nodes) => Change::AddLabels(*label, nodes.clone()),
            Undo::RemoveLabels(label, nodes, _) => Change::RemoveLabels(*label, nodes.clone()),
            Undo::DeleteNode(node) => Change::DeleteNode(*node),
            Undo::DeleteRelationship(id) => Change::DeleteRelationship(*id),
            Undo::CreateNodes { first, count, labels, keys } => {
                let columns = keys.iter().map(|key| self.column_of(EntityKind::Node, *key, *first, *count));
                Change::CreateNodes {
                    first: NodeId::new(*first as usize),
                    count: *count as usize,
                    labels: labels.clone(),
                    columns: columns.collect(),
                }
            }
            Undo::CreateRelationships { first, count, keys } => {
                let ids = (*first..*first + *count).map(|id| RelationshipId::new(id as usize));
                let shapes: Vec<Relationship> = ids.map(|id| self.relationship(id)).collect();
                let columns = keys.iter().map(|key| self.column_of(EntityKind::Relationship, *key, *first, *count));
                Change::CreateRelationships {
                    first: RelationshipId::new(*first as usize),
                    relationship_type: shapes[0].relationship_type,
                    ends: shapes.iter().map(|shape| (shape.start, shape.end)).collect(),
                    columns: columns.collect(),
                }
            }
            Undo::DeleteNodes(nodes, _) => {
                Change::DeleteNodes(nodes.iter().map(|node| NodeId::new(*node as usize)).collect())
            }
            Undo::DeleteRelationships(ids) => {
                Change::DeleteRelationships(ids.iter().map(|id| RelationshipId::new(*id as usize)).collect())
            }
            Undo::Properties { kind, key, entities, .. } => {
                let values = entities.iter().map(|entity| self.property(kind.entity(*entity), *key)).collect();
                Change::SetProperties { kind: *kind, key: *key, entities: entities.clone(), values }
            }
            Undo::Meaning(name, _) => match self.semantics.get(name) {
                Some(meaning) => Change::Declare(Box::new(meaning.clone())),
                None => Change::Undeclare(name.clone()),
            },
            Undo::Naming(label, _) => match self.semantics.naming(label) {
                Some(naming) => Change::NameBy(naming.clone()),
                None => Change::ForgetNaming(label.clone()),
            },
            Undo::Decision(subject, _) => match self.semantics.decision(subject) {
                Some(decision) => Change::Decide(Box::new(decision.clone())),
                None => Change::ForgetDecision(subject.clone()),
            },
            Undo::AddRule(rule) => Change::AddRule(Rule::clone(rule)),
            Undo::DropRule(_, ruled) => Change::DropRule(ruled.rule.name.clone()),
        }
    }

    /// Repeats a change. An error, which says what does not fit, leaves the graph as it was.
    pub fn apply(&mut self, change: Change) -> Result<(), &'static str> {
        match change {
            Change::Label(name) => _ = self.intern_label(&name),
            Change::Type(name) => _ = self.intern_type(&name),
            Change::Key(name) => _ = self.intern_key(&name),
            Change::CreateNode(node) => {
                check(node.index() == self.node_bound(), "a new node does not have the next id")?;
                self.create_node();
            }
            Change::CreateRelationship(id, shape) => {
                check(id.index() == self.relationship_bound(), "a new relationship does not have the next id")?;
                check(shape.relationship_type.index() < self.types.len(), "a relationship type is unknown")?;
                self.check_live(shape.start.into())?;
                self.check_live(shape.end.into())?;
                self.create_relationship(shape.start, shape.relationship_type, shape.end);
            }
            Change::SetProperty(entity, key, value) => {
                self.check_live(entity)?;
                check(key.index() < self.keys.len(), "a property key is unknown")?;
                self.set_property(entity, key, value);
            }
            Change::AddLabel(node, label) => {
                self.check_live(node.into())?;
                check(label.index() < self.labels.len(), "a label is unknown")?;
                self.add_label(node, label);
            }
            Change::RemoveLabel(node, label) => {
                self.check_live(node.into())?;
                check(label.index() < self.labels.len(), "a label is unknown")?;
                self.remove_label(node, label);
            }
            Change::AddLabels(label, nodes) => {
                self.check_labelled(label, &nodes, false)?;
                self.add_labels(label, nodes);
            }
            Change::RemoveLabels(label, nodes) => {
                self.check_labelled(label, &nodes, true)?;
                self.remove_labels(label, nodes);
            }
            Change::DeleteNode(node) => {
                self.check_live(node.into())?;
                check(self.degree(node, Direction::Both) == 0, "a deleted node still has relationships")?;
                self.delete_node(node);
            }
            Change::DeleteRelationship(id) => {
                self.check_live(id.into())?;
                self.delete_relationship(id);
            }
            Change::CreateNodes { first, count, labels, columns } => {
                check(first.index() == self.node_bound(), "a new node does not have the next id")?;
                check(labels.iter().all(|label| label.index() < self.labels.len()), "a label is unknown")?;
                check(all_differ(&labels), "a label is given twice")?;
                self.check_columns(&columns, count)?;
                self.create_nodes(count, labels, columns);
            }
            Change::CreateRelationships { first, relationship_type, ends, columns } => {
                check(first.index() == self.relationship_bound(), "a new relationship does not have the next id")?;
                check(relationship_type.index() < self.types.len(), "a relationship type is unknown")?;
                for (start, end) in &ends {
                    self.check_live((*start).into())?;
                    self.check_live((*end).into())?;
                }
                self.check_columns(&columns, ends.len())?;
                self.create_relationships(relationship_type, &ends, columns);
            }
            Change::DeleteNodes(nodes) => {
                check(nodes.is_sorted_by(|a, b| a < b), "deleted nodes are out of order")?;
                for node in &nodes {
                    self.check_live((*node).into())?;
                    check(self.degree(*node, Direction::Both) == 0, "a deleted node still has relationships")?;
                }
                self.delete_nodes(&nodes);
            }
            Change::DeleteRelationships(ids) => {
                check(ids.is_sorted_by(|a, b| a < b), "deleted relationships are out of order")?;
                ids.iter().try_for_each(|id| self.check_live((*id).into()))?;
                self.delete_relationships(&ids);
            }
            Change::SetProperties { kind, key, entities, values } => {
                check(entities.is_sorted_by(|a, b| a < b), "changed nodes or relationships are out of order")?;
                check(entities.len() == values.len(), "there is not a value for each node or relationship")?;
                entities.iter().try_for_each(|entity| self.check_live(kind.entity(*entity)))?;
                check(key.index() < self.keys.len(), "a property key is unknown")?;
                self.set_properties(kind, key, entities, values);
            }
            Change::Declare(meaning) => self.declare(*meaning),
            Change::Undeclare(name) => _ = self.undeclare(&name),
            Change::NameBy(naming) => {
                check(!naming.named_by.is_empty(), "no property names the nodes of a label")?;
                self.name_by(naming);
            }
            Change::ForgetNaming(label) => _ = self.forget_naming(&label),
            Change::Decide(decision) => {
                decision.fault().map_or(Ok(()), Err)?;
                self.decide(*decision);
            }
            Change::ForgetDecision(subject) => _ = self.forget_decision(&subject),
            Change::AddRule(rule) => {
                let known = rule.label.index() < self.labels.len()
                    && rule.keys.iter().all(|key| key.index() < self.keys.len())
                    && !rule.keys.is_empty();
                check(known, "an index or constraint is about an unknown label or property key")?;
                check(self.rule(&rule.name).is_none(), "there is an index or constraint of this name already")?;
                // Properties have their last values already, which may break a rule that was made before they were set.
                self.add_unchecked(rule);
            }
            Change::DropRule(name) => {
                check(self.drop_rule(&name), "there is no index or constraint of this name")?;
            }
        }
        Ok(())
    }

    fn check_columns(&self, columns: &[PropertyColumn], count: usize) -> Result<(), &'static str> {
        let keys: Vec<KeyId> = columns.iter().map(|(key, _)| *key).collect();
        check(keys.iter().all(|key| key.index() < self.keys.len()), "a property key is unknown")?;
        check(all_differ(&keys), "a property key is given twice")?;
        check(columns.iter().all(|(_, values)| values.len() == count), "there is not a value for each new entity")
    }

    /// Whether live nodes, whose numbers ascend, all have a label, or all do not.
    fn check_labelled(&self, label: LabelId, nodes: &[u32], have_it: bool) -> Result<(), &'static str> {
        check(label.index() < self.labels.len(), "a label is unknown")?;
        check(nodes.is_sorted_by(|a, b| a < b), "nodes whose labels change are out of order")?;
        for node in nodes.iter().map(|node| NodeId::new(*node as usize)) {
            self.check_live(node.into())?;
            check(self.has_label(node, label) == have_it, "a node has other labels than before the change")?;
        }
        Ok(())
    }

    fn check_live(&self, entity: Entity) -> Result<(), &'static str> {
        let exists = match entity {
            Entity::Node(node) => node.index() < self.node_bound(),
            Entity::Relationship(relationship) => relationship.index() < self.relationship_bound(),
        };
        check(exists && !self.is_deleted(entity), "a changed node or relationship does not exist")
    }
}

fn all_differ<T: Eq + Hash>(items: &[T]) -> bool {
    let mut seen = HashSet::new();
    items.iter().all(|item| seen.insert(item))
}

pub(super) fn check(holds: bool, what: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(what) }
}
