//! Base and delta → a new base. Ids stay as they are.
//!
//! [`Graph::merged_base`] works on a snapshot, on any thread; [`Graph::install`] gives its result to a graph that has
//! gone on since. Columns and relationship types without changes are shared by both bases.

use std::sync::Arc;

use super::super::symbols::KeyId;
use super::super::{RelationshipId, TypeId, Value};
use super::adjacency::{Adjacency, TypeAdjacency};
use super::base::{Base, Columns, LabelSets, column};
use super::current::Current;
use super::delta::{Delta, Half, Patch, grown};
use super::ids::{Ids, Runs};
use super::ordered::OrderedSet;
use super::patched::{compacted, patched};
use super::schema::MergedIndexes;
use super::trie::Trie;
use super::{Graph, Relationship};

/// A delta of fewer changes is not worth a merge.
const SMALL: usize = 10_000;
/// A larger delta is merged when it is more than this share of the base: merging costs what the base costs, so each
/// change pays for a bounded number of entities.
const SHARE: usize = 4;
/// A delta of more changes is merged in any case: a change takes about a hundred bytes.
const LARGE: usize = 1 << 21;

/// A new base made of a snapshot.
#[derive(Debug)]
pub struct Merged {
    base: Arc<Base>,
    indexes: MergedIndexes,
    /// What the snapshot had to be merged from.
    old: Arc<Base>,
    delta: Delta,
}

impl Graph {
    /// Whether the delta has outgrown its bound.
    pub fn wants_merge(&self) -> bool {
        let base = self.base.node_bound + self.base.relationship_bound;
        self.delta.size() > (base / SHARE).clamp(SMALL, LARGE)
    }

    /// Makes a new base of everything, so that no delta is left. Ids stay as they are.
    pub fn merge(&mut self) {
        if !self.delta.is_empty() {
            self.install(self.merged_base());
        }
    }

    /// A new base of everything there is now, for [`Graph::install`].
    pub fn merged_base(&self) -> Merged {
        let Base { node_columns, relationship_columns, .. } = &*self.base;
        let base = Base {
            node_bound: self.node_bound(),
            relationship_bound: self.relationship_bound(),
            label_sets: self.merged_labels(),
            adjacency: self.merged_adjacency(),
            node_columns: self.merged_columns(node_columns, &self.delta.node_properties),
            relationship_columns: self.merged_columns(relationship_columns, &self.delta.relationship_properties),
            deleted: self.deleted(),
            deleted_nodes: self.deleted_nodes.to_bitmap(),
        };
        let indexes = self.merged_indexes();
        Merged { base: Arc::new(base), indexes, old: self.base.clone(), delta: self.delta.clone() }
    }

    /// Takes over a base that was made of an earlier snapshot of this graph; what has changed since is the new delta.
    /// Takes as long as there are changes since. Not within a transaction. Returns false, and does nothing, if the
    /// graph has got another base in the meantime.
    pub fn install(&mut self, merged: Merged) -> bool {
        debug_assert!(self.journal.is_empty(), "what is merged cannot be taken back");
        let Merged { base, indexes, old, delta } = merged;
        if !Arc::ptr_eq(&self.base, &old) {
            return false;
        }
        let nodes = self.node_bound() - base.node_bound;
        self.delta = self.delta.since(&delta, nodes, &old);
        self.base = base;
        self.current = Current::default();
        self.current.grow(&self.delta);
        self.began = None;
        self.install_indexes(indexes);
        true
    }

    fn merged_labels(&self) -> Arc<LabelSets> {
        if self.delta.labels.is_empty() && self.delta.nodes == 0 {
            return self.base.label_sets.clone();
        }
        Arc::new(self.base.label_sets.patched(self.node_bound(), &self.delta.labels))
    }

    fn merged_columns(&self, columns: &Columns, changed: &[Trie<Value>]) -> Columns {
        let keys = (0..self.keys.len() as u32).map(KeyId::from);
        let merged = keys.map(|key| match changed.get(key.index()).filter(|changes| !changes.is_empty()) {
            None => columns.get(key.index()).cloned().flatten(),
            Some(changes) => {
                let changes: Vec<(u32, Value)> =
                    changes.iter().map(|(entity, value)| (entity as u32, value.clone())).collect();
                patched(column(columns, key), &changes).map(|column| Arc::new(compacted(column)))
            }
        });
        merged.collect()
    }

    fn merged_adjacency(&self) -> Arc<Adjacency> {
        let old = &self.base.adjacency;
        let types = self.types.len().max(old.types.len());
        let is_changed = |t: usize| self.delta.patches(false, TypeId::from(t as u32)).is_some();
        let new_deleted = self.deleted_relationships.count() != self.base.deleted_relationships();
        if self.delta.relationships.is_empty() && !new_deleted && !(0..types).any(is_changed) {
            return old.clone();
        }
        let threads = crate::limits::cores();
        let mut by_position = Runs::default();
        let mut merged = Vec::with_capacity(types);
        for t in 0..types {
            let first = by_position.len();
            let of_type = old.types.get(t);
            if is_changed(t) {
                let (lists, ids) =
                    self.with_source(false, TypeId::from(t as u32), |source| (source.lists(), source.ids()));
                by_position.extend(ids);
                merged.push(TypeAdjacency::from_outgoing(first, lists, threads));
            } else {
                let of_type = of_type.cloned().unwrap_or_default();
                old.add_ids(&of_type, &mut by_position);
                merged.push(TypeAdjacency { first, ..of_type });
            }
        }
        by_position.extend(self.deleted_relationships.iter().map(|id| id as u32));
        Arc::new(Adjacency { types: merged, ids: numbering(&by_position) })
    }

    fn deleted(&self) -> Vec<(RelationshipId, Relationship)> {
        let ids = self.deleted_relationships.iter().map(RelationshipId::new);
        let shape = |id: RelationshipId| match self.delta.relationships.get(id.index()) {
            Some(new) => Some(*new),
            None => self.base.known_relationship(id),
        };
        ids.filter_map(|id| Some((id, shape(id)?))).collect()
    }
}

/// Positions and ids, unless they are the same.
pub(super) fn numbering(by_position: &Runs) -> Option<Ids> {
    if by_position.is_identity() {
        return None;
    }
    Some(Ids::new(by_position).expect("every relationship is live or deleted"))
}

impl Delta {
    /// What has changed since an earlier version on the same base.
    fn since(&self, earlier: &Delta, nodes: usize, base: &Base) -> Delta {
        let mut since = Delta { nodes, ..Delta::default() };
        self.relationships.differences(&earlier.relationships, &|_, _| true, &mut |id, new, _| {
            new.into_iter().for_each(|shape| since.relationships.insert(id, *shape));
        });
        self.labels.differences(&earlier.labels, &Arc::ptr_eq, &mut |node, new, _| {
            let labels = new.cloned().unwrap_or_else(|| base.label_sets.of(node).into());
            since.labels.insert(node, labels);
        });
        let columns = [
            (&self.node_properties, &earlier.node_properties, &base.node_columns, &mut since.node_properties),
            (
                &self.relationship_properties,
                &earlier.relationship_properties,
                &base.relationship_columns,
                &mut since.relationship_properties,
            ),
        ];
        for (now, before, columns, since) in columns {
            let none = Trie::default();
            for (key, changes) in now.iter().enumerate() {
                let before = before.get(key).unwrap_or(&none);
                changes.differences(before, &is_identical, &mut |entity, new, _| {
                    let in_base = || Some(column(columns, KeyId::from(key as u32))?.value(entity));
                    let value = new.cloned().or_else(in_base).unwrap_or_default();
                    grown(since, key).insert(entity, value);
                });
            }
        }
        let lists = [
            (&self.outgoing, &earlier.outgoing, &mut since.outgoing),
            (&self.incoming, &earlier.incoming, &mut since.incoming),
        ];
        for (now, before, since) in lists {
            let none = Trie::default();
            for (t, patches) in now.iter().enumerate() {
                patches.differences(before.get(t).unwrap_or(&none), &Patch::is_same, &mut |node, new, old| {
                    let patch = Patch::since(new.unwrap_or(&Patch::default()), old.unwrap_or(&Patch::default()));
                    if !patch.is_empty() {
                        grown(since, t).insert(node, patch);
                    }
                });
            }
        }
        since
    }
}

/// Whether both are surely the same value.
fn is_identical(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Null, Value::Null) => true,
        (Value::Boolean(one), Value::Boolean(other)) => one == other,
        (Value::Integer(one), Value::Integer(other)) => one == other,
        (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
        (Value::String(one), Value::String(other)) => one == other,
        _ => false,
    }
}

impl Patch {
    /// How a list differs from what it was with an earlier patch.
    fn since(new: &Patch, old: &Patch) -> Patch {
        let mut patch = Patch::default();
        without(&new.added, &old.added, &mut patch.added);
        without(&old.removed, &new.removed, &mut patch.added);
        without(&new.removed, &old.removed, &mut patch.removed);
        without(&old.added, &new.added, &mut patch.removed);
        patch
    }
}

/// Adds what is in the first set and not in the second.
fn without(all: &OrderedSet<Half>, known: &OrderedSet<Half>, into: &mut OrderedSet<Half>) {
    if all.is_same(known) {
        return;
    }
    let mut known = known.iter().peekable();
    for half in all.iter() {
        while known.next_if(|other| *other < half).is_some() {}
        if known.peek() != Some(&half) {
            into.insert(*half);
        }
    }
}
