//! Changing a graph: every change goes into the delta and the journal.

use std::sync::Arc;

use super::super::symbols::{KeyId, LabelId, TypeId};
use super::super::{NodeId, RelationSemantics, RelationshipId, Value};
use super::delta::Delta;
use super::schema::Ruled;
use super::{Adjacent, Around, Direction, Entity, Graph, Relationship, Rule};

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
    /// What was said about a relationship type before.
    Meaning(String, Option<Box<RelationSemantics>>),
    AddRule(Arc<Rule>),
    /// And where among the rules it stood.
    DropRule(usize, Ruled),
}

impl Undo {
    /// The node that was changed, if it was one that still may be there.
    pub(super) fn node(&self) -> Option<NodeId> {
        match self {
            Undo::CreateNode(node)
            | Undo::Property(Entity::Node(node), ..)
            | Undo::AddLabel(node, _)
            | Undo::RemoveLabel(node, ..)
            | Undo::DeleteNode(node) => Some(*node),
            Undo::CreateRelationship(_)
            | Undo::Property(Entity::Relationship(_), ..)
            | Undo::DeleteRelationship(_)
            | Undo::Meaning(..)
            | Undo::AddRule(_)
            | Undo::DropRule(..) => None,
        }
    }
}

/// Writing. Every change is journalled; ids given must be of live entities.
impl Graph {
    /// Says what a relationship type means, in the place of what was said before.
    pub fn declare(&mut self, semantics: RelationSemantics) {
        let name = semantics.name.clone();
        let before = self.semantics.forget(&name).map(Box::new);
        self.version += 1;
        self.planning += 1;
        self.semantics.declare(semantics);
        self.log(Undo::Meaning(name, before));
    }

    /// Forgets what a relationship type means; whether anything was said.
    pub fn undeclare(&mut self, relationship_type: &str) -> bool {
        let before = self.semantics.forget(relationship_type).map(Box::new);
        let known = before.is_some();
        self.planning += 1;
        self.log(Undo::Meaning(relationship_type.to_string(), before));
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
        self.delta.relationships.push(Relationship { relationship_type, start, end });
        self.link(relationship);
        self.log(Undo::CreateRelationship(relationship));
        relationship
    }

    /// Sets a property; null removes it.
    pub fn set_property(&mut self, entity: impl Into<Entity>, key: KeyId, value: Value) {
        let entity = entity.into();
        let before = self.replace_property(entity, key, value);
        self.log(Undo::Property(entity, key, before));
        if let Entity::Node(node) = entity {
            self.note(node);
        }
    }

    pub fn add_label(&mut self, node: NodeId, label: LabelId) {
        if !self.has_label(node, label) {
            let last = self.node_labels(node).len();
            self.insert_label(node, label, last);
            self.log(Undo::AddLabel(node, label));
            self.note(node);
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
        Arc::make_mut(&mut self.deleted_relationships).insert(relationship.index());
        self.log(Undo::DeleteRelationship(relationship));
    }

    /// Deletes a node that has no relationships any more.
    pub fn delete_node(&mut self, node: NodeId) {
        debug_assert_eq!(self.degree(node, Direction::Both), 0, "a node is deleted after its relationships");
        self.clear_properties(Entity::Node(node));
        for label in self.node_labels(node).to_vec() {
            self.remove_label(node, label);
        }
        Arc::make_mut(&mut self.deleted_nodes).insert(node.index());
        self.live_nodes -= 1;
        self.log(Undo::DeleteNode(node));
    }

    /// Starts a transaction.
    pub fn begin(&mut self) {
        self.journal.clear();
        self.began_clean = self.delta.is_empty();
    }

    /// A point of the transaction to which [`Graph::rollback_to`] leads back.
    pub fn savepoint(&self) -> Savepoint {
        Savepoint(self.journal.len())
    }

    /// Keeps what was changed since [`Graph::begin`].
    pub fn commit(&mut self) {
        self.journal = Vec::new();
        self.named = self.names_so_far();
        self.merge_if_large();
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
            self.undo(undo);
        }
        self.version += 1;
    }

    /// Undoes what was changed since [`Graph::begin`].
    pub fn rollback(&mut self) {
        self.rollback_to(Savepoint(0));
        if self.began_clean {
            // What is left says what the base says.
            self.delta = Delta::new(self.base.node_bound, self.base.relationship_bound);
        }
    }

    pub(super) fn log(&mut self, undo: Undo) {
        self.version += 1;
        self.journal.push(undo);
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
            Undo::AddLabel(node, label) => {
                self.take_label(node, label);
            }
            Undo::RemoveLabel(node, label, at) => self.insert_label(node, label, at),
            Undo::DeleteNode(node) => {
                Arc::make_mut(&mut self.deleted_nodes).remove(node.index());
                self.live_nodes += 1;
            }
            Undo::DeleteRelationship(relationship) => {
                Arc::make_mut(&mut self.deleted_relationships).remove(relationship.index());
                self.link(relationship);
            }
            Undo::Meaning(name, before) => {
                self.planning += 1;
                self.semantics.forget(&name);
                before.into_iter().for_each(|before| self.semantics.declare(*before));
            }
            Undo::AddRule(rule) => {
                self.rules.retain(|ruled| ruled.rule.name != rule.name);
                self.planning += 1;
            }
            Undo::DropRule(at, ruled) => {
                self.rules.insert(at, ruled);
                self.planning += 1;
            }
        }
    }

    fn clear_properties(&mut self, entity: Entity) {
        for (key, _) in self.properties_of(entity) {
            self.set_property(entity, key, Value::Null);
        }
    }

    fn replace_property(&mut self, entity: Entity, key: KeyId, value: Value) -> Value {
        let base = &self.base;
        let properties = match entity {
            Entity::Node(node) => self.delta.node_properties.edit(node.index(), || base.node_properties(node)),
            Entity::Relationship(relationship) => self
                .delta
                .relationship_properties
                .edit(relationship.index(), || base.relationship_properties(relationship)),
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

    fn insert_label(&mut self, node: NodeId, label: LabelId, at: usize) {
        self.edit_labels(node).insert(at, label);
        Arc::make_mut(&mut self.by_label[label.index()]).insert(node.index());
        self.label_counts[label.index()] += 1;
        self.planning += u64::from(self.label_counts[label.index()] == 1);
    }

    /// Where among the node's labels it stood, if it has it.
    fn take_label(&mut self, node: NodeId, label: LabelId) -> Option<usize> {
        let at = self.node_labels(node).iter().position(|l| *l == label)?;
        self.edit_labels(node).remove(at);
        Arc::make_mut(&mut self.by_label[label.index()]).remove(node.index());
        self.label_counts[label.index()] -= 1;
        self.planning += u64::from(self.label_counts[label.index()] == 0);
        Some(at)
    }

    fn edit_labels(&mut self, node: NodeId) -> &mut Vec<LabelId> {
        let base = &self.base;
        self.delta.labels.edit(node.index(), || base.label_sets.of(node.index()).to_vec())
    }

    /// Enters a relationship into the lists of both its nodes.
    fn link(&mut self, id: RelationshipId) {
        let (outgoing, incoming) = self.edit_ends(id);
        insert_sorted(outgoing.0, outgoing.1);
        insert_sorted(incoming.0, incoming.1);
        let relationship_type = outgoing.1.relationship_type;
        self.type_counts[relationship_type.index()] += 1;
        self.planning += u64::from(self.type_counts[relationship_type.index()] == 1);
        self.live_relationships += 1;
    }

    /// Takes a relationship out of the lists of both its nodes.
    fn unlink(&mut self, id: RelationshipId) {
        let (outgoing, incoming) = self.edit_ends(id);
        remove_sorted(outgoing.0, outgoing.1);
        remove_sorted(incoming.0, incoming.1);
        let relationship_type = outgoing.1.relationship_type;
        self.type_counts[relationship_type.index()] -= 1;
        self.planning += u64::from(self.type_counts[relationship_type.index()] == 0);
        self.live_relationships -= 1;
    }

    /// The list of the start and that of the end, to be changed, and the relationship as it stands in each.
    fn edit_ends(&mut self, id: RelationshipId) -> (Listing<'_>, Listing<'_>) {
        let Relationship { relationship_type, start, end } = self.relationship(id);
        let adjacency = &self.base.adjacency;
        let in_base = |node, incoming| move || Around::of_base(adjacency, node, incoming).collect();
        let seen = |neighbour| Adjacent { relationship_type, neighbour, relationship: id };
        (
            (self.delta.outgoing.edit(start.index(), in_base(start, false)), seen(end)),
            (self.delta.incoming.edit(end.index(), in_base(end, true)), seen(start)),
        )
    }
}

/// A list of relationships and one of them.
type Listing<'a> = (&'a mut Vec<Adjacent>, Adjacent);

fn insert_sorted(list: &mut Vec<Adjacent>, item: Adjacent) {
    let at = list.partition_point(|a| *a < item);
    list.insert(at, item);
}

fn remove_sorted(list: &mut Vec<Adjacent>, item: Adjacent) {
    if let Ok(at) = list.binary_search(&item) {
        list.remove(at);
    }
}
