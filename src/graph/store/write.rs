//! Changing a graph: every change goes into the delta and the journal.

use std::sync::Arc;

use super::super::naming::may_name;
use super::super::symbols::{KeyId, LabelId, TypeId};
use super::super::{Decision, LabelNaming, NodeId, RelationSemantics, RelationshipId, Subject, Value};
use super::bulk::EntityKind;
use super::delta::{Half, Patch, grown};
use super::schema::Ruled;
use super::trie::Trie;
use super::{Direction, Entity, Graph, PagedBitmap, Relationship, Rule};

/// The properties that a [`crate::graph::NameIndex`] reads besides those that name nodes.
const NAMING: [&str; 7] = ["aliases", "definition", "description", "identifier", "identifiers", "file", "line"];

/// A point of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Savepoint(pub(super) usize);

/// What takes a change back.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    CreateNode(NodeId),
    CreateRelationship(RelationshipId),
    Property(Entity, KeyId, Value),
    AddLabel(NodeId, LabelId),
    /// And where among the node's labels it stood.
    RemoveLabel(NodeId, LabelId, usize),
    DeleteNode(NodeId),
    DeleteRelationship(RelationshipId),
    /// Nodes whose numbers ascend.
    AddLabels(LabelId, Vec<u32>),
    /// And where among each node's labels it stood.
    RemoveLabels(LabelId, Vec<u32>, Vec<usize>),
    /// Nodes with consecutive numbers, with the labels and the properties that they were created with.
    CreateNodes {
        first: u32,
        count: u32,
        labels: Arc<[LabelId]>,
        keys: Vec<KeyId>,
    },
    /// Relationships of a type with consecutive numbers, with the properties that they were created with.
    CreateRelationships {
        first: u32,
        count: u32,
        keys: Vec<KeyId>,
    },
    /// Nodes, whose numbers ascend, and the labels of each.
    DeleteNodes(Vec<u32>, Vec<Arc<[LabelId]>>),
    /// Relationships, whose numbers ascend.
    DeleteRelationships(Vec<u32>),
    /// A property of several entities, whose numbers ascend.
    Properties {
        kind: EntityKind,
        key: KeyId,
        entities: Vec<u32>,
        before: Vec<Value>,
    },
    /// What was said about a relationship type before.
    Meaning(String, Option<Box<RelationSemantics>>),
    /// What was said to name the nodes of a label before.
    Naming(String, Option<LabelNaming>),
    /// What was decided about a subject before.
    Decision(Subject, Option<Box<Decision>>),
    AddRule(Arc<Rule>),
    /// And where among the rules it stood.
    DropRule(usize, Ruled),
}

impl Undo {
    /// Calls `visit` with the nodes that were changed, deleted ones included.
    pub(super) fn each_node(&self, visit: &mut dyn FnMut(NodeId)) {
        match self {
            Undo::CreateNode(node)
            | Undo::Property(Entity::Node(node), ..)
            | Undo::AddLabel(node, _)
            | Undo::RemoveLabel(node, ..)
            | Undo::DeleteNode(node) => visit(*node),
            Undo::CreateNodes { first, count, .. } => {
                (*first..*first + *count).for_each(|node| visit(NodeId::new(node as usize)));
            }
            Undo::Properties { kind: EntityKind::Node, entities, .. }
            | Undo::DeleteNodes(entities, _)
            | Undo::AddLabels(_, entities)
            | Undo::RemoveLabels(_, entities, _) => {
                entities.iter().for_each(|node| visit(NodeId::new(*node as usize)));
            }
            Undo::CreateRelationship(_)
            | Undo::Property(Entity::Relationship(_), ..)
            | Undo::DeleteRelationship(_)
            | Undo::CreateRelationships { .. }
            | Undo::DeleteRelationships(_)
            | Undo::Properties { kind: EntityKind::Relationship, .. }
            | Undo::Meaning(..)
            | Undo::Naming(..)
            | Undo::Decision(..)
            | Undo::AddRule(_)
            | Undo::DropRule(..) => {}
        }
    }
}

/// Writing. Every change is journalled; ids given must be of live entities.
impl Graph {
    /// Says what a relationship type means, in the place of what was said before.
    pub fn declare(&mut self, semantics: RelationSemantics) {
        let name = semantics.name.clone();
        let before = Arc::make_mut(&mut self.semantics).forget(&name).map(Box::new);
        self.version += 1;
        self.planning += 1;
        Arc::make_mut(&mut self.semantics).declare(semantics);
        self.log(Undo::Meaning(name, before));
    }

    /// Forgets what a relationship type means; whether anything was said.
    pub fn undeclare(&mut self, relationship_type: &str) -> bool {
        let before = Arc::make_mut(&mut self.semantics).forget(relationship_type).map(Box::new);
        let known = before.is_some();
        self.planning += 1;
        self.log(Undo::Meaning(relationship_type.to_string(), before));
        known
    }

    /// Says what names the nodes of a label, in place of what was said before.
    pub fn name_by(&mut self, naming: LabelNaming) {
        let label = naming.label.clone();
        let before = Arc::make_mut(&mut self.semantics).forget_naming(&label);
        Arc::make_mut(&mut self.semantics).name_by(naming);
        self.log(Undo::Naming(label, before));
    }

    /// Forgets what names the nodes of a label; whether anything was said.
    pub fn forget_naming(&mut self, label: &str) -> bool {
        let before = Arc::make_mut(&mut self.semantics).forget_naming(label);
        let known = before.is_some();
        self.log(Undo::Naming(label.to_string(), before));
        known
    }

    /// Keeps a decision, in place of the one about the same.
    pub fn decide(&mut self, decision: Decision) {
        let subject = decision.subject();
        let before = Arc::make_mut(&mut self.semantics).forget_decision(&subject).map(Box::new);
        Arc::make_mut(&mut self.semantics).decide(decision);
        self.log(Undo::Decision(subject, before));
    }

    /// Forgets the decision about a subject; whether there was one.
    pub fn forget_decision(&mut self, subject: &Subject) -> bool {
        let before = Arc::make_mut(&mut self.semantics).forget_decision(subject).map(Box::new);
        let known = before.is_some();
        self.log(Undo::Decision(subject.clone(), before));
        known
    }

    pub fn create_node(&mut self) -> NodeId {
        let node = NodeId::new(self.node_bound());
        self.delta.nodes += 1;
        self.live_nodes += 1;
        self.log(Undo::CreateNode(node));
        node
    }

    pub fn create_relationship(&mut self, start: NodeId, relationship_type: TypeId, end: NodeId) -> RelationshipId {
        let relationship = RelationshipId::new(self.relationship_bound());
        let shape = Relationship { relationship_type, start, end };
        self.delta.relationships.insert(relationship.index(), shape);
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
        if !self.has_label(node, label) {
            let last = self.node_labels(node).len();
            self.insert_label(node, label, last);
            self.log(Undo::AddLabel(node, label));
        }
    }

    pub fn remove_label(&mut self, node: NodeId, label: LabelId) {
        if let Some(at) = self.take_label(node, label) {
            self.log(Undo::RemoveLabel(node, label, at));
        }
    }

    pub fn delete_relationship(&mut self, relationship: RelationshipId) {
        self.clear_properties(Entity::Relationship(relationship));
        self.unlink(relationship);
        self.deleted_relationships.insert(relationship.index());
        self.log(Undo::DeleteRelationship(relationship));
    }

    /// Deletes a node that has no relationships any more.
    pub fn delete_node(&mut self, node: NodeId) {
        debug_assert_eq!(self.degree(node, Direction::Both), 0, "a node is deleted after its relationships");
        self.clear_properties(Entity::Node(node));
        for label in self.node_labels(node).to_vec() {
            self.remove_label(node, label);
        }
        self.deleted_nodes.insert(node.index());
        self.live_nodes -= 1;
        self.log(Undo::DeleteNode(node));
    }

    /// Starts a transaction.
    pub fn begin(&mut self) {
        self.journal.clear();
        self.began = Some(Box::new(self.clone()));
    }

    /// A point of the transaction to which [`Graph::rollback_to`] leads back.
    pub fn savepoint(&self) -> Savepoint {
        Savepoint(self.journal.len())
    }

    /// Keeps what was changed since [`Graph::begin`], and merges a delta that has outgrown its bound.
    pub fn commit(&mut self) {
        self.commit_unmerged();
        if self.wants_merge() {
            self.merge();
        }
    }

    /// Keeps what was changed since [`Graph::begin`]; merging is left to the caller.
    pub fn commit_unmerged(&mut self) {
        self.journal = Vec::new();
        self.began = None;
        self.named = self.names_so_far();
        let size = self.live_nodes + self.live_relationships;
        // Twice as much, or half of it, is another graph to a planner.
        if size > 2 * self.planned_size || 2 * size < self.planned_size {
            self.planned_size = size;
            self.planning += 1;
        }
    }

    /// Undoes what was changed since the savepoint.
    pub fn rollback_to(&mut self, savepoint: Savepoint) {
        while self.journal.len() > savepoint.0
            && let Some(undo) = self.journal.pop()
        {
            self.note_naming(&undo);
            self.undo(undo);
        }
        self.version += 1;
    }

    /// As [`Graph::rollback_to`]: if all of the transaction is undone, the state at its begin is taken instead, since
    /// undoing a million changes one by one takes as long as making them.
    pub fn restore(&mut self, savepoint: Savepoint) {
        match &self.began {
            Some(began) if savepoint == Savepoint(0) => {
                let began = began.clone();
                self.rollback();
                self.began = Some(began);
            }
            _ => self.rollback_to(savepoint),
        }
    }

    /// Undoes what was changed since [`Graph::begin`], names that were new included.
    pub fn rollback(&mut self) {
        let Some(began) = self.began.take() else { return self.rollback_to(Savepoint(0)) };
        // A plan made for what is taken back must not be found again.
        let planning = self.planning + u64::from(self.planning != began.planning);
        let naming = self.naming + u64::from(self.naming != began.naming);
        let version = self.version + 1;
        *self = Graph { version, planning, naming, ..*began };
    }

    pub(super) fn log(&mut self, undo: Undo) {
        self.version += 1;
        self.note_naming(&undo);
        self.journal.push(undo);
    }

    fn note_naming(&mut self, undo: &Undo) {
        if let Undo::Naming(..) = undo {
            self.naming_keys = Arc::default();
        }
        if !self.is_naming(undo) {
            return;
        }
        self.naming += 1;
        // Guesses that another snapshot shares, or that are made already, are about the graph before the change.
        if Arc::get_mut(&mut self.guesses).is_none_or(|guesses| !guesses.is_untouched()) {
            self.guesses = Arc::default();
        }
    }

    /// Whether a change is about what nodes are called.
    fn is_naming(&self, undo: &Undo) -> bool {
        match undo {
            Undo::CreateNode(_)
            | Undo::DeleteNode(_)
            | Undo::AddLabel(..)
            | Undo::RemoveLabel(..)
            | Undo::AddLabels(..)
            | Undo::RemoveLabels(..)
            | Undo::CreateNodes { .. }
            | Undo::DeleteNodes(..)
            | Undo::Naming(..) => true,
            Undo::Property(Entity::Node(_), key, _) | Undo::Properties { kind: EntityKind::Node, key, .. } => {
                self.naming_keys.get_or_init(|| self.find_naming_keys())[key.index()]
            }
            Undo::Property(Entity::Relationship(_), ..)
            | Undo::Properties { kind: EntityKind::Relationship, .. }
            | Undo::CreateRelationship(_)
            | Undo::CreateRelationships { .. }
            | Undo::DeleteRelationship(_)
            | Undo::DeleteRelationships(_)
            | Undo::Meaning(..)
            | Undo::Decision(..)
            | Undo::AddRule(_)
            | Undo::DropRule(..) => false,
        }
    }

    /// By key, whether an index of names reads it.
    fn find_naming_keys(&self) -> Vec<bool> {
        self.keys().map(|key| self.indexes_names_of(key)).collect()
    }

    fn indexes_names_of(&self, key: KeyId) -> bool {
        let key = &**self.key_name(key);
        let declared = || self.semantics.namings().any(|naming| naming.named_by.iter().any(|by| by == key));
        NAMING.contains(&key) || may_name(key) || declared()
    }

    /// Adds a new key to those of which it has been decided whether an index of names reads them.
    pub(super) fn decide_naming(&mut self, new: KeyId) {
        if self.naming_keys.get().is_some() {
            let names = self.indexes_names_of(new);
            Arc::make_mut(&mut self.naming_keys).get_mut().into_iter().for_each(|decided| decided.push(names));
        }
    }

    fn undo(&mut self, undo: Undo) {
        match undo {
            Undo::CreateNode(node) => {
                debug_assert_eq!(node.index() + 1, self.node_bound());
                self.delta.pop_node(node);
                self.live_nodes -= 1;
            }
            Undo::CreateRelationship(relationship) => {
                debug_assert_eq!(relationship.index() + 1, self.relationship_bound());
                self.unlink(relationship);
                self.delta.pop_relationship(relationship);
            }
            Undo::Property(entity, key, value) => {
                self.replace_property(entity, key, value);
            }
            Undo::CreateNodes { first, count, labels, keys } => self.uncreate_nodes(first, count, &labels, &keys),
            Undo::CreateRelationships { first, count, .. } => self.uncreate_relationships(first, count),
            Undo::DeleteNodes(nodes, labels) => self.undelete_nodes(&nodes, labels),
            Undo::DeleteRelationships(relationships) => self.undelete_relationships(&relationships),
            Undo::Properties { kind, key, entities, before } => {
                for (entity, value) in entities.into_iter().zip(before) {
                    self.replace_property(kind.entity(entity), key, value);
                }
            }
            Undo::AddLabel(node, label) => {
                self.take_label(node, label);
            }
            Undo::RemoveLabel(node, label, at) => self.insert_label(node, label, at),
            Undo::AddLabels(label, nodes) => {
                nodes.into_iter().for_each(|node| _ = self.take_label(NodeId::new(node as usize), label));
            }
            Undo::RemoveLabels(label, nodes, places) => {
                for (node, at) in nodes.into_iter().zip(places) {
                    self.insert_label(NodeId::new(node as usize), label, at);
                }
            }
            Undo::DeleteNode(node) => {
                self.deleted_nodes.remove(node.index());
                self.live_nodes += 1;
            }
            Undo::DeleteRelationship(relationship) => {
                self.deleted_relationships.remove(relationship.index());
                self.link(relationship);
            }
            Undo::Meaning(name, before) => {
                self.planning += 1;
                let semantics = Arc::make_mut(&mut self.semantics);
                semantics.forget(&name);
                before.into_iter().for_each(|before| semantics.declare(*before));
            }
            Undo::Naming(label, before) => {
                let semantics = Arc::make_mut(&mut self.semantics);
                semantics.forget_naming(&label);
                before.into_iter().for_each(|before| semantics.name_by(before));
            }
            Undo::Decision(subject, before) => {
                let semantics = Arc::make_mut(&mut self.semantics);
                semantics.forget_decision(&subject);
                before.into_iter().for_each(|before| semantics.decide(*before));
            }
            Undo::AddRule(rule) => {
                self.rules.retain(|ruled| ruled.rule.name != rule.name);
                self.planning += 1;
            }
            Undo::DropRule(at, ruled) => {
                self.rules.insert(at, ruled);
                // Changes that were undone while there was no rule have left their nodes among the changed ones.
                self.enter_changed(at);
                self.planning += 1;
            }
        }
    }

    fn clear_properties(&mut self, entity: Entity) {
        for (key, _) in self.properties_of(entity) {
            self.set_property(entity, key, Value::Null);
        }
    }

    /// The value before.
    fn replace_property(&mut self, entity: Entity, key: KeyId, value: Value) -> Value {
        match entity {
            Entity::Node(node) => {
                self.leave_indexes(node, Some(key));
                let changes = grown(&mut self.delta.node_properties, key.index());
                self.current.column_changes(key.index(), changes);
                let base = &self.base;
                let before = replace(changes, node.index(), value, || base.node_value(node, key));
                self.enter_indexes(node, Some(key));
                before
            }
            Entity::Relationship(relationship) => {
                let changes = grown(&mut self.delta.relationship_properties, key.index());
                let base = &self.base;
                replace(changes, relationship.index(), value, || base.relationship_value(relationship, key))
            }
        }
    }

    fn insert_label(&mut self, node: NodeId, label: LabelId, at: usize) {
        self.edit_labels(node, |labels| labels.insert(at, label), |nodes| _ = nodes.insert(node.index()), label);
        self.planning += u64::from(self.label_count(label) == 1);
    }

    /// Where among the node's labels it was, if the node has it.
    fn take_label(&mut self, node: NodeId, label: LabelId) -> Option<usize> {
        let at = self.node_labels(node).iter().position(|l| *l == label)?;
        self.edit_labels(node, |labels| _ = labels.remove(at), |nodes| _ = nodes.remove(node.index()), label);
        self.planning += u64::from(self.label_count(label) == 0);
        Some(at)
    }

    fn edit_labels(
        &mut self,
        node: NodeId,
        edit: impl FnOnce(&mut Vec<LabelId>),
        mark: impl FnOnce(&mut PagedBitmap),
        label: LabelId,
    ) {
        self.leave_indexes(node, None);
        let mut labels = self.node_labels(node).to_vec();
        edit(&mut labels);
        self.delta.labels.insert(node.index(), labels.into());
        mark(&mut self.by_label[label.index()]);
        self.enter_indexes(node, None);
    }

    /// Enters a relationship into the lists of both its nodes.
    fn link(&mut self, id: RelationshipId) {
        let is_old = id.index() < self.base.relationship_bound;
        let relationship_type = self.edit_ends(id, |patch, half| match is_old {
            true => _ = patch.removed.remove(&half),
            false => _ = patch.added.insert(half),
        });
        self.type_counts[relationship_type.index()] += 1;
        self.planning += u64::from(self.type_counts[relationship_type.index()] == 1);
        self.live_relationships += 1;
    }

    /// Takes a relationship out of the lists of both its nodes.
    pub(super) fn unlink(&mut self, id: RelationshipId) {
        let is_old = id.index() < self.base.relationship_bound;
        let relationship_type = self.edit_ends(id, |patch, half| match is_old {
            true => _ = patch.removed.insert(half),
            false => _ = patch.added.remove(&half),
        });
        self.type_counts[relationship_type.index()] -= 1;
        self.planning += u64::from(self.type_counts[relationship_type.index()] == 0);
        self.live_relationships -= 1;
    }

    /// Changes the list of the start and that of the end, given the relationship as each of them sees it.
    fn edit_ends(&mut self, id: RelationshipId, change: impl Fn(&mut Patch, Half)) -> TypeId {
        let Relationship { relationship_type, start, end } = self.relationship(id);
        self.current.type_changes(relationship_type.index());
        for (node, other, incoming) in [(start, end, false), (end, start, true)] {
            let half = (other.index() as u32, id.index() as u32);
            self.delta.edit(node, incoming, relationship_type, |patch| change(patch, half));
        }
        relationship_type
    }
}

/// Enters a value instead of the one of the base; the value before.
pub(super) fn replace(
    changes: &mut Trie<Value>,
    entity: usize,
    value: Value,
    in_base: impl FnOnce() -> Value,
) -> Value {
    if let Some(before) = changes.get(entity) {
        let before = before.clone();
        if value.is_null() && in_base().is_null() {
            changes.remove(entity);
        } else {
            changes.insert(entity, value);
        }
        return before;
    }
    let before = in_base();
    if !(value.is_null() && before.is_null()) {
        changes.insert(entity, value);
    }
    before
}
