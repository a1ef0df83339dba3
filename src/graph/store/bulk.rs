//! Many changes of one kind in one step: what a statement does for all of its rows, and what a log repeats.
//!
//! The result is that of the single changes one after another; keys, rules and names are looked at once a step, and
//! neighbours in the delta are entered together.

use std::sync::Arc;

use super::super::symbols::{KeyId, LabelId, TypeId};
use super::super::{NodeId, RelationshipId, Value};
use super::delta::{Half, Patch, grown};
use super::trie::Trie;
use super::write::{Undo, replace};
use super::{Direction, Entity, Graph, Relationship};

/// Nodes or relationships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityKind {
    Node,
    Relationship,
}

impl EntityKind {
    pub fn entity(self, number: u32) -> Entity {
        match self {
            EntityKind::Node => Entity::Node(NodeId::new(number as usize)),
            EntityKind::Relationship => Entity::Relationship(RelationshipId::new(number as usize)),
        }
    }
}

impl Entity {
    pub fn kind(self) -> EntityKind {
        match self {
            Entity::Node(_) => EntityKind::Node,
            Entity::Relationship(_) => EntityKind::Relationship,
        }
    }

    /// Its number among those of its kind.
    pub fn number(self) -> u32 {
        match self {
            Entity::Node(node) => node.index() as u32,
            Entity::Relationship(relationship) => relationship.index() as u32,
        }
    }
}

/// A property of new entities: a value for each, in their order; null where one does not have it.
pub type PropertyColumn = (KeyId, Vec<Value>);

/// Writing in bulk.
impl Graph {
    /// Creates nodes with consecutive ids and the same labels. Labels differ from each other, and so do keys. Returns
    /// the first node.
    pub fn create_nodes(&mut self, count: usize, labels: Arc<[LabelId]>, columns: Vec<PropertyColumn>) -> NodeId {
        let first = self.node_bound();
        let nodes = first..first + count;
        if count == 0 {
            return NodeId::new(first);
        }
        self.delta.nodes += count;
        self.live_nodes += count;
        if !labels.is_empty() {
            self.delta.labels.extend(nodes.clone().map(|node| (node, labels.clone())));
        }
        for label in labels.iter() {
            self.planning += u64::from(self.label_count(*label) == 0);
            self.by_label[label.index()].insert_range(nodes.clone());
        }
        let keys = columns.iter().map(|(key, _)| *key).collect();
        self.add_columns(EntityKind::Node, first, columns);
        self.enter_new_nodes(nodes, &labels);
        self.log(Undo::CreateNodes { first: first as u32, count: count as u32, labels, keys });
        NodeId::new(first)
    }

    /// Creates relationships with consecutive ids and the same type. Keys differ from each other. Returns the first
    /// relationship.
    pub fn create_relationships(
        &mut self,
        relationship_type: TypeId,
        ends: &[(NodeId, NodeId)],
        columns: Vec<PropertyColumn>,
    ) -> RelationshipId {
        let first = self.relationship_bound();
        if ends.is_empty() {
            return RelationshipId::new(first);
        }
        let shapes = ends.iter().map(|(start, end)| Relationship { relationship_type, start: *start, end: *end });
        self.delta.relationships.extend((first..).zip(shapes));
        let shapes: Vec<(u32, NodeId, NodeId)> =
            (first as u32..).zip(ends).map(|(id, (start, end))| (id, *start, *end)).collect();
        self.edit_lists(relationship_type, &shapes, |patch, half| _ = patch.added.insert(half));
        let known = &mut self.type_counts[relationship_type.index()];
        self.planning += u64::from(*known == 0);
        *known += ends.len();
        self.live_relationships += ends.len();
        let keys = columns.iter().map(|(key, _)| *key).collect();
        self.add_columns(EntityKind::Relationship, first, columns);
        self.log(Undo::CreateRelationships { first: first as u32, count: ends.len() as u32, keys });
        RelationshipId::new(first)
    }

    /// Sets a property of many entities, whose numbers ascend; null removes it.
    pub fn set_properties(&mut self, kind: EntityKind, key: KeyId, entities: Vec<u32>, values: Vec<Value>) {
        debug_assert!(entities.is_sorted_by(|a, b| a < b) && entities.len() == values.len());
        if entities.is_empty() {
            return;
        }
        let is_indexed = kind == EntityKind::Node && self.rules().any(|rule| rule.keys.contains(&key));
        if is_indexed {
            self.leave_all_indexes(&entities, Some(key));
        }
        let before = self.replace_properties(kind, key, &entities, values);
        if is_indexed {
            self.enter_all_indexes(&entities, Some(key));
        }
        self.log(Undo::Properties { kind, key, entities, before });
    }

    /// Adds a label to nodes that do not have it, and whose numbers ascend.
    pub fn add_labels(&mut self, label: LabelId, nodes: Vec<u32>) {
        debug_assert!(nodes.is_sorted_by(|a, b| a < b));
        if nodes.is_empty() {
            return;
        }
        self.leave_all_indexes(&nodes, None);
        self.edit_label_sets(&nodes, |labels| labels.push(label));
        self.planning += u64::from(self.label_count(label) == 0);
        nodes.iter().for_each(|node| _ = self.by_label[label.index()].insert(*node as usize));
        self.enter_all_indexes(&nodes, None);
        self.log(Undo::AddLabels(label, nodes));
    }

    /// Removes a label from nodes that have it, and whose numbers ascend.
    pub fn remove_labels(&mut self, label: LabelId, nodes: Vec<u32>) {
        debug_assert!(nodes.is_sorted_by(|a, b| a < b));
        if nodes.is_empty() {
            return;
        }
        self.leave_all_indexes(&nodes, None);
        let mut places = Vec::with_capacity(nodes.len());
        self.edit_label_sets(&nodes, |labels| {
            places.extend(labels.iter().position(|own| *own == label));
            labels.retain(|own| *own != label);
        });
        nodes.iter().for_each(|node| _ = self.by_label[label.index()].remove(*node as usize));
        self.planning += u64::from(self.label_count(label) == 0);
        self.enter_all_indexes(&nodes, None);
        self.log(Undo::RemoveLabels(label, nodes, places));
    }

    /// Changes the labels of nodes, whose numbers ascend. Neighbours that had the same labels share the new ones.
    fn edit_label_sets(&mut self, nodes: &[u32], mut edit: impl FnMut(&mut Vec<LabelId>)) {
        let mut edited: Vec<(usize, Arc<[LabelId]>)> = Vec::with_capacity(nodes.len());
        for node in nodes {
            let mut labels = self.node_labels(NodeId::new(*node as usize)).to_vec();
            edit(&mut labels);
            let known = edited.last().filter(|(_, last)| **last == *labels).map(|(_, last)| last.clone());
            edited.push((*node as usize, known.unwrap_or_else(|| labels.into())));
        }
        self.delta.labels.extend(edited);
    }

    /// Deletes relationships, whose ids ascend.
    pub fn delete_relationships(&mut self, relationships: &[RelationshipId]) {
        if relationships.is_empty() {
            return;
        }
        let numbers: Vec<u32> = relationships.iter().map(|id| id.index() as u32).collect();
        self.clear_all_properties(EntityKind::Relationship, &numbers);
        self.link_all(&numbers, false);
        for id in relationships {
            self.deleted_relationships.insert(id.index());
        }
        self.log(Undo::DeleteRelationships(numbers));
    }

    /// Deletes nodes that have no relationships any more, and whose ids ascend.
    pub fn delete_nodes(&mut self, nodes: &[NodeId]) {
        if nodes.is_empty() {
            return;
        }
        let numbers: Vec<u32> = nodes.iter().map(|node| node.index() as u32).collect();
        // A node without properties is in no index.
        self.clear_all_properties(EntityKind::Node, &numbers);
        let mut labels: Vec<Arc<[LabelId]>> = Vec::with_capacity(nodes.len());
        for node in nodes {
            debug_assert_eq!(self.degree(*node, Direction::Both), 0, "a node is deleted after its relationships");
            let own = self.node_labels(*node);
            let known = labels.last().filter(|last| ***last == *own).cloned();
            let own = known.unwrap_or_else(|| own.into());
            for label in own.iter() {
                self.by_label[label.index()].remove(node.index());
                self.planning += u64::from(self.label_count(*label) == 0);
            }
            self.deleted_nodes.insert(node.index());
            labels.push(own);
        }
        let nothing: Arc<[LabelId]> = Arc::new([]);
        let labelled = nodes.iter().zip(&labels).filter(|(_, labels)| !labels.is_empty());
        self.delta.labels.extend(labelled.map(|(node, _)| (node.index(), nothing.clone())));
        self.live_nodes -= nodes.len();
        self.log(Undo::DeleteNodes(numbers, labels));
    }

    /// Takes back [`Graph::delete_nodes`]; their properties come back later.
    pub(super) fn undelete_nodes(&mut self, nodes: &[u32], labels: Vec<Arc<[LabelId]>>) {
        self.live_nodes += nodes.len();
        for (node, labels) in nodes.iter().map(|node| *node as usize).zip(labels) {
            self.deleted_nodes.remove(node);
            for label in labels.iter() {
                self.by_label[label.index()].insert(node);
                self.planning += u64::from(self.label_count(*label) == 1);
            }
            if !labels.is_empty() {
                self.delta.labels.insert(node, labels);
            }
        }
    }

    /// Takes back [`Graph::delete_relationships`]; their properties come back later.
    pub(super) fn undelete_relationships(&mut self, relationships: &[u32]) {
        relationships.iter().for_each(|id| _ = self.deleted_relationships.remove(*id as usize));
        self.link_all(relationships, true);
    }

    /// Enters relationships into the lists of their nodes, or takes them out.
    fn link_all(&mut self, relationships: &[u32], enter: bool) {
        let bound = self.base.relationship_bound;
        let shape = |id: &u32| {
            let Relationship { relationship_type, start, end } = self.relationship(RelationshipId::new(*id as usize));
            (relationship_type, (*id as usize) < bound, (*id, start, end))
        };
        let mut shapes: Vec<_> = relationships.iter().map(shape).collect();
        shapes.sort_unstable_by_key(|(relationship_type, is_old, _)| (*relationship_type, *is_old));
        for alike in shapes.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
            let (relationship_type, is_old, _) = alike[0];
            let ends: Vec<(u32, NodeId, NodeId)> = alike.iter().map(|(.., ends)| *ends).collect();
            self.edit_lists(relationship_type, &ends, |patch, half| {
                _ = match (is_old, enter) {
                    (true, true) => patch.removed.remove(&half),
                    (true, false) => patch.removed.insert(half),
                    (false, true) => patch.added.insert(half),
                    (false, false) => patch.added.remove(&half),
                }
            });
            let known = &mut self.type_counts[relationship_type.index()];
            let before = *known;
            *known = if enter { before + ends.len() } else { before - ends.len() };
            // The first comes, or the last goes.
            self.planning += u64::from(before == 0 || *known == 0);
        }
        match enter {
            true => self.live_relationships += relationships.len(),
            false => self.live_relationships -= relationships.len(),
        }
    }

    /// Changes the lists of both nodes of each relationship, given as its id, start and end.
    fn edit_lists(
        &mut self,
        relationship_type: TypeId,
        relationships: &[(u32, NodeId, NodeId)],
        change: impl Fn(&mut Patch, Half),
    ) {
        self.current.type_changes(relationship_type.index());
        for incoming in [false, true] {
            let half = |(id, start, end): &(u32, NodeId, NodeId)| {
                let (node, other) = if incoming { (end, start) } else { (start, end) };
                (node.index(), (other.index() as u32, *id))
            };
            let mut halves: Vec<(usize, Half)> = relationships.iter().map(half).collect();
            halves.sort_unstable();
            let patches = self.delta.patches_mut(incoming, relationship_type);
            let by_node = halves.chunk_by(|(one, _), (other, _)| one == other).map(|halves| (halves[0].0, halves));
            patches.change_each(by_node, Patch::default, |patch, halves| {
                halves.iter().for_each(|(_, half)| change(patch, *half));
                !patch.is_empty()
            });
        }
    }

    /// Adds the values of new entities, of which the first has this number.
    fn add_columns(&mut self, kind: EntityKind, first: usize, columns: Vec<PropertyColumn>) {
        for (key, values) in columns {
            if values.iter().all(Value::is_null) {
                continue;
            }
            let present = (first..).zip(values).filter(|(_, value)| !value.is_null());
            self.changes_mut(kind, key).extend(present);
        }
    }

    /// The changes to a property, which are about to change.
    fn changes_mut(&mut self, kind: EntityKind, key: KeyId) -> &mut Trie<Value> {
        match kind {
            EntityKind::Node => {
                let changes = grown(&mut self.delta.node_properties, key.index());
                self.current.column_changes(key.index(), changes);
                changes
            }
            EntityKind::Relationship => grown(&mut self.delta.relationship_properties, key.index()),
        }
    }

    /// The values before. Leaves indexes as they are.
    fn replace_properties(&mut self, kind: EntityKind, key: KeyId, entities: &[u32], values: Vec<Value>) -> Vec<Value> {
        let base = self.base.clone();
        let in_base = |number: u32| match kind.entity(number) {
            Entity::Node(node) => base.node_value(node, key),
            Entity::Relationship(relationship) => base.relationship_value(relationship, key),
        };
        let changes = self.changes_mut(kind, key);
        if values.iter().any(Value::is_null) {
            let each = entities.iter().zip(values);
            return each
                .map(|(entity, value)| replace(changes, *entity as usize, value, || in_base(*entity)))
                .collect();
        }
        let old = |entity: &u32| match changes.get(*entity as usize) {
            Some(value) => value.clone(),
            None => in_base(*entity),
        };
        let before = entities.iter().map(old).collect();
        changes.extend(entities.iter().map(|entity| *entity as usize).zip(values));
        before
    }

    /// Removes all properties of many entities, whose numbers ascend.
    fn clear_all_properties(&mut self, kind: EntityKind, numbers: &[u32]) {
        for key in (0..self.keys.len() as u32).map(KeyId) {
            let of_key = match kind {
                EntityKind::Node => self.delta.node_properties(key).is_some() || self.base.has_node_values(key),
                EntityKind::Relationship => {
                    self.delta.relationship_properties(key).is_some() || self.base.has_relationship_values(key)
                }
            };
            if !of_key {
                continue;
            }
            let has = |number: &u32| !self.property(kind.entity(*number), key).is_null();
            let having: Vec<u32> = numbers.iter().copied().filter(has).collect();
            let nothing = vec![Value::Null; having.len()];
            self.set_properties(kind, key, having, nothing);
        }
    }

    /// Takes back [`Graph::create_nodes`]; the nodes are the newest, and as they were then.
    pub(super) fn uncreate_nodes(&mut self, first: u32, count: u32, labels: &[LabelId], keys: &[KeyId]) {
        for node in (first as usize..(first + count) as usize).rev() {
            let node = NodeId::new(node);
            debug_assert_eq!(node.index() + 1, self.node_bound());
            debug_assert_eq!(self.degree(node, Direction::Both), 0);
            self.leave_indexes(node, None);
            labels.iter().for_each(|label| _ = self.by_label[label.index()].remove(node.index()));
            keys.iter().for_each(|key| _ = self.changes_mut(EntityKind::Node, *key));
            self.delta.pop_node(node);
        }
        self.live_nodes -= count as usize;
        labels.iter().for_each(|label| self.planning += u64::from(self.label_count(*label) == 0));
    }

    /// Takes back [`Graph::create_relationships`]; the relationships are the newest, and as they were then.
    pub(super) fn uncreate_relationships(&mut self, first: u32, count: u32) {
        for id in (first as usize..(first + count) as usize).rev() {
            let id = RelationshipId::new(id);
            debug_assert_eq!(id.index() + 1, self.relationship_bound());
            self.unlink(id);
            self.delta.pop_relationship(id);
        }
    }

    /// The values of entities with consecutive numbers.
    pub(super) fn column_of(&self, kind: EntityKind, key: KeyId, first: u32, count: u32) -> PropertyColumn {
        let numbers = first as usize..(first + count) as usize;
        let changes = match kind {
            EntityKind::Node => self.delta.node_properties(key),
            EntityKind::Relationship => self.delta.relationship_properties(key),
        };
        let values = match changes {
            Some(changes) => changes.range(numbers).map(|value| value.cloned().unwrap_or_default()).collect(),
            None => vec![Value::Null; count as usize],
        };
        (key, values)
    }
}
