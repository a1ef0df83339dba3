//! Base and delta → a new base. Ids stay as they are.

use std::sync::Arc;

use super::super::symbols::KeyId;
use super::super::{NodeId, RelationshipId};
use super::adjacency::{Adjacency, TypeAdjacency};
use super::base::{Base, Columns, LabelSetsBuilder, column};
use super::column_builder::ColumnBuilder;
use super::delta::{Delta, Overlay};
use super::ids::Ids;
use super::{Graph, Properties, Relationship};

/// A delta of fewer entities is not worth a merge.
const SMALL: usize = 10_000;
/// A larger delta is merged when it is more than this share of the base: merging costs what the base costs, so each
/// change pays for a bounded number of entities.
const SHARE: usize = 4;

impl Graph {
    pub(super) fn merge_if_large(&mut self) {
        let base = self.base.node_bound + self.base.relationship_bound;
        if self.delta.size().max(self.noted) > SMALL.max(base / SHARE) {
            self.merge();
        }
    }

    /// Makes a new base of everything, so that no delta is left. Ids stay as they are.
    pub fn merge(&mut self) {
        debug_assert!(self.journal.is_empty(), "what is merged cannot be taken back");
        if self.delta.is_empty() {
            return;
        }
        let base = Base {
            node_bound: self.node_bound(),
            relationship_bound: self.relationship_bound(),
            label_sets: self.merged_labels(),
            adjacency: self.merged_adjacency(),
            node_columns: self.merged_columns(&self.base.node_columns, &self.delta.node_properties, self.node_bound()),
            relationship_columns: self.merged_columns(
                &self.base.relationship_columns,
                &self.delta.relationship_properties,
                self.relationship_bound(),
            ),
            deleted: self.deleted(),
        };
        self.delta = Delta::new(base.node_bound, base.relationship_bound);
        self.base = Arc::new(base);
        self.renew_indexes();
    }

    fn merged_labels(&self) -> Arc<super::base::LabelSets> {
        if self.delta.labels.is_empty() && self.delta.nodes == 0 {
            return self.base.label_sets.clone();
        }
        let mut sets = LabelSetsBuilder::default();
        for node in 0..self.node_bound() {
            sets.push(self.node_labels(NodeId::new(node)), 1);
        }
        Arc::new(sets.finish())
    }

    fn merged_adjacency(&self) -> Arc<Adjacency> {
        if self.delta.outgoing.is_empty() && self.delta.relationships.is_empty() {
            return self.base.adjacency.clone();
        }
        let types = self.type_counts.len();
        let (mut starts, mut ends, mut ids) =
            (vec![Vec::new(); types], vec![Vec::new(); types], vec![Vec::new(); types]);
        for node in 0..self.node_bound() {
            // Sorted by type, end and id: each type's relationships come out sorted.
            for adjacent in self.outgoing(NodeId::new(node)) {
                let t = adjacent.relationship_type.index();
                starts[t].push(node as u32);
                ends[t].push(adjacent.neighbour.index() as u32);
                ids[t].push(adjacent.relationship.index() as u32);
            }
        }
        let threads = crate::limits::cores();
        let mut first = 0;
        let lists = starts.iter().zip(ends).map(|(starts, ends)| {
            let lists = TypeAdjacency::from_sorted(first, starts, ends, threads);
            first += starts.len() as u32;
            lists
        });
        let types = lists.collect();
        let mut by_position = ids.concat();
        by_position.extend(self.deleted_relationships.iter().map(|id| id as u32));
        Arc::new(Adjacency { types, ids: numbering(by_position) })
    }

    fn merged_columns(&self, columns: &Columns, changed: &Overlay<Properties>, bound: usize) -> Columns {
        if changed.is_empty() {
            return columns.clone();
        }
        let keys = 0..self.keys.len() as u32;
        let merged = keys.map(KeyId::from).map(|key| {
            let old = column(columns, key);
            let mut builder = ColumnBuilder::default();
            for entity in 0..bound {
                match changed.get(entity) {
                    Some(properties) => {
                        if let Ok(at) = properties.binary_search_by_key(&key, |(k, _)| *k) {
                            builder.push(entity as u32, properties[at].1.clone());
                        }
                    }
                    None => {
                        if let Some((column, slot)) = old.and_then(|column| Some((column, column.slot(entity)?))) {
                            builder.push_slot(entity as u32, column.data(), slot);
                        }
                    }
                }
            }
            builder.finish().map(Arc::new)
        });
        merged.collect()
    }

    fn deleted(&self) -> Vec<(RelationshipId, Relationship)> {
        let ids = self.deleted_relationships.iter().map(RelationshipId::new);
        ids.map(|id| (id, self.relationship(id))).collect()
    }
}

/// Positions and ids, unless they are the same.
fn numbering(by_position: Vec<u32>) -> Option<Ids> {
    if by_position.iter().enumerate().all(|(at, id)| at == *id as usize) {
        return None;
    }
    Some(Ids::new(by_position).expect("every relationship is live or deleted"))
}
