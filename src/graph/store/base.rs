//! [`Base`]: the part of a graph that does not change, in columns.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::symbols::{KeyId, LabelId};
use super::super::{NodeId, Relationship, RelationshipId, TypeId, Value};
use super::adjacency::Adjacency;
use super::bitmap::Bitmap;
use super::column::Column;
use super::trie::Trie;

/// Columns by key; keys without values have none.
pub(crate) type Columns = Vec<Option<Arc<Column>>>;

/// Everything up to certain ids, shared by all snapshots of the graph.
#[derive(Clone, Debug, Default)]
pub(crate) struct Base {
    pub(crate) node_bound: usize,
    pub(crate) relationship_bound: usize,
    pub(crate) label_sets: Arc<LabelSets>,
    pub(crate) adjacency: Arc<Adjacency>,
    pub(crate) node_columns: Columns,
    pub(crate) relationship_columns: Columns,
    /// Type and ends of relationships that this process deleted, by id: an answer may still hold them. A file does not
    /// keep them.
    pub(crate) deleted: Vec<(RelationshipId, Relationship)>,
    pub(crate) deleted_nodes: Bitmap,
}

/// The labels of each node as the number of its set of labels.
#[derive(Clone, Debug, Default)]
pub(crate) struct LabelSets {
    /// The distinct sets, each in order of addition.
    pub(crate) sets: Vec<Vec<LabelId>>,
    /// By node.
    pub(crate) of_node: Vec<u32>,
}

impl LabelSets {
    /// The number of the set and the count of nodes of each run of nodes with the same labels.
    pub(crate) fn runs(&self) -> impl Iterator<Item = (u32, usize)> + '_ {
        self.of_node.chunk_by(|a, b| a == b).map(|run| (run[0], run.len()))
    }

    /// The labels of this many nodes, with changes.
    pub(crate) fn patched(&self, bound: usize, changes: &Trie<Arc<[LabelId]>>) -> LabelSets {
        let mut builder = LabelSetsBuilder::starting_with(self);
        builder.push(&[], bound - self.of_node.len());
        // Nodes that were created together share their labels.
        let mut last: Option<(&Arc<[LabelId]>, u32)> = None;
        for (node, labels) in changes.iter() {
            let known = last.filter(|(of, _)| Arc::ptr_eq(of, labels)).map(|(_, number)| number);
            let number = known.unwrap_or_else(|| builder.number(labels));
            last = Some((labels, number));
            builder.sets.of_node[node] = number;
        }
        builder.finish()
    }

    pub(crate) fn of(&self, node: usize) -> &[LabelId] {
        self.of_node.get(node).map_or(&[], |set| &self.sets[*set as usize])
    }
}

/// Numbers sets of labels.
#[derive(Debug, Default)]
pub(crate) struct LabelSetsBuilder {
    sets: LabelSets,
    numbers: HashMap<Vec<LabelId>, u32>,
}

impl LabelSetsBuilder {
    /// Gives the next nodes these labels.
    pub(crate) fn push(&mut self, labels: &[LabelId], count: usize) {
        if count > 0 {
            let number = self.number(labels);
            self.sets.of_node.extend(std::iter::repeat_n(number, count));
        }
    }

    /// Goes on with the labels of nodes as they are.
    pub(super) fn starting_with(sets: &LabelSets) -> LabelSetsBuilder {
        let numbers = sets.sets.iter().cloned().zip(0..).collect();
        LabelSetsBuilder { sets: sets.clone(), numbers }
    }

    pub(super) fn of(&self, node: usize) -> &[LabelId] {
        self.sets.of(node)
    }

    /// Gives a node other labels.
    pub(super) fn set(&mut self, node: usize, labels: &[LabelId]) {
        self.sets.of_node[node] = self.number(labels);
    }

    fn number(&mut self, labels: &[LabelId]) -> u32 {
        // The node before often has the same labels, which is quicker to see than to look up.
        if let Some(last) = self.sets.of_node.last()
            && self.sets.sets[*last as usize] == labels
        {
            return *last;
        }
        if let Some(number) = self.numbers.get(labels) {
            return *number;
        }
        let number = self.sets.sets.len() as u32;
        self.sets.sets.push(labels.to_vec());
        self.numbers.insert(labels.to_vec(), number);
        number
    }

    pub(crate) fn len(&self) -> usize {
        self.sets.of_node.len()
    }

    pub(crate) fn finish(mut self) -> LabelSets {
        self.sets.of_node.shrink_to_fit();
        self.sets
    }
}

impl Base {
    /// Type and ends of a relationship. Of one that was deleted before the file was opened, only the id is known, and
    /// no answer can hold it: a loop at the first node, of the first type, is returned then rather than a panic.
    pub(crate) fn relationship(&self, id: RelationshipId) -> Relationship {
        let node = NodeId::new(0);
        let unknown = Relationship { relationship_type: TypeId::from(0), start: node, end: node };
        self.known_relationship(id).unwrap_or(unknown)
    }

    /// Type and ends of a relationship that is live or was deleted by this process.
    pub(super) fn known_relationship(&self, id: RelationshipId) -> Option<Relationship> {
        self.adjacency.relationship(id.index()).or_else(|| {
            let at = self.deleted.binary_search_by_key(&id, |(id, _)| *id).ok()?;
            Some(self.deleted[at].1)
        })
    }

    /// The type of a relationship: that of [`Base::relationship`].
    pub(super) fn type_id_of(&self, id: RelationshipId) -> TypeId {
        self.adjacency.type_id_of(id.index()).unwrap_or_else(|| self.relationship(id).relationship_type)
    }

    /// The count of ids whose relationships are deleted.
    pub(super) fn deleted_relationships(&self) -> usize {
        self.relationship_bound - self.adjacency.len()
    }

    pub(super) fn has_node_values(&self, key: KeyId) -> bool {
        column(&self.node_columns, key).is_some()
    }

    pub(super) fn has_relationship_values(&self, key: KeyId) -> bool {
        column(&self.relationship_columns, key).is_some()
    }

    pub(crate) fn node_value(&self, node: NodeId, key: KeyId) -> Value {
        value(&self.node_columns, node.index(), key)
    }

    pub(crate) fn relationship_value(&self, relationship: RelationshipId, key: KeyId) -> Value {
        value(&self.relationship_columns, relationship.index(), key)
    }
}

pub(crate) fn column(columns: &Columns, key: KeyId) -> Option<&Column> {
    columns.get(key.index())?.as_deref()
}

fn value(columns: &Columns, entity: usize, key: KeyId) -> Value {
    column(columns, key).map_or(Value::Null, |column| column.value(entity))
}
