//! Arrays for loops over the whole graph.
//!
//! What is not touched by the delta is given as slices; where the delta has a say the answer is `None`, and the
//! caller takes the general way.

use super::super::symbols::{KeyId, LabelId, TypeId};
use super::super::{NodeId, RelationshipId};
use super::adjacency::Lists;
use super::base::column;
use super::bitmap::Bitmap;
use super::column::Column;
use super::{Direction, Graph};

impl Graph {
    /// Whether nothing has changed since the base was made: then all arrays hold as they are.
    pub fn is_clean(&self) -> bool {
        self.delta.is_empty()
    }

    /// Whether some node is deleted.
    pub fn has_deleted_nodes(&self) -> bool {
        !self.deleted_nodes.is_empty()
    }

    /// The live nodes with the label, always up to date.
    pub fn label_bitmap(&self, label: LabelId) -> &Bitmap {
        &self.by_label[label.index()]
    }

    /// The ends of the node's relationships of the type, sorted, one for each relationship; `None` if the node's
    /// relationships in this direction have changed. The direction is not `Both`.
    pub fn neighbours(&self, node: NodeId, direction: Direction, relationship_type: TypeId) -> Option<&[u32]> {
        if self.delta.list(node, direction == Direction::Incoming).is_some() {
            return None;
        }
        Some(self.lists(direction, relationship_type).map_or(&[], |lists| lists.of(node.index())))
    }

    /// All sorted lists of neighbours of a type as one array; `None` if the relationships of any node have changed.
    /// The direction is not `Both`.
    pub fn neighbour_lists(&self, direction: Direction, relationship_type: TypeId) -> Option<NeighbourLists<'_>> {
        let changed = if direction == Direction::Incoming { &self.delta.incoming } else { &self.delta.outgoing };
        changed.is_empty().then(|| self.lists(direction, relationship_type).map(NeighbourLists).unwrap_or_default())
    }

    fn lists(&self, direction: Direction, relationship_type: TypeId) -> Option<&Lists> {
        debug_assert_ne!(direction, Direction::Both, "both directions have no common array");
        let lists = self.base.adjacency.types.get(relationship_type.index())?;
        Some(lists.lists(direction == Direction::Incoming))
    }

    /// How many relationships of the type leave or reach the node; a loop counts both ways.
    pub fn degree_by_type(&self, node: NodeId, direction: Direction, relationship_type: TypeId) -> usize {
        let count = |incoming| match self.delta.list(node, incoming) {
            Some(list) => {
                let from = list.partition_point(|a| a.relationship_type < relationship_type);
                list[from..].partition_point(|a| a.relationship_type == relationship_type)
            }
            None => {
                let lists = self.base.adjacency.types.get(relationship_type.index());
                lists.map_or(0, |lists| lists.lists(incoming).range(node.index()).len())
            }
        };
        match direction {
            Direction::Outgoing => count(false),
            Direction::Incoming => count(true),
            Direction::Both => count(false) + count(true),
        }
    }

    /// The base's column of the key; it speaks of a node unless [`Graph::node_is_changed`].
    pub fn node_column(&self, key: KeyId) -> Option<&Column> {
        column(&self.base.node_columns, key)
    }

    /// The base's column of the key; it speaks of a relationship unless [`Graph::relationship_is_changed`].
    pub fn relationship_column(&self, key: KeyId) -> Option<&Column> {
        column(&self.base.relationship_columns, key)
    }

    /// Whether no property of any node has changed: then the columns of nodes hold as they are.
    pub fn node_columns_are_clean(&self) -> bool {
        self.delta.node_properties.is_empty()
    }

    /// Whether the node's properties have changed since the base was made, so that the columns do not hold for it.
    pub fn node_is_changed(&self, node: NodeId) -> bool {
        self.delta.node_properties.get(node.index()).is_some()
    }

    /// The nodes whose properties may have changed since the base was made: columns hold for all others.
    pub fn changed_nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.delta.node_properties.entities().map(NodeId::new)
    }

    /// Whether the relationship's properties have changed since the base was made.
    pub fn relationship_is_changed(&self, relationship: RelationshipId) -> bool {
        self.delta.relationship_properties.get(relationship.index()).is_some()
    }

    /// Bytes of the base's arrays: of relationships, of properties, and of labels.
    pub fn bytes(&self) -> GraphBytes {
        let columns = self.base.node_columns.iter().chain(&self.base.relationship_columns);
        GraphBytes {
            adjacency: self.base.adjacency.bytes(),
            properties: columns.flatten().map(|column| column.bytes()).sum(),
            labels: self.by_label.iter().map(|bitmap| bitmap.bytes()).sum::<usize>()
                + size_of_val(self.base.label_sets.of_node.as_slice()),
        }
    }
}

/// What the arrays of a graph take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphBytes {
    pub adjacency: usize,
    pub properties: usize,
    pub labels: usize,
}

/// The sorted neighbours of every node, over one type in one direction.
#[derive(Clone, Copy, Debug)]
pub struct NeighbourLists<'a>(&'a Lists);

impl Default for NeighbourLists<'_> {
    fn default() -> Self {
        const NONE: &Lists = &Lists { first_node: 0, owners: None, offsets: Vec::new(), neighbours: Vec::new() };
        NeighbourLists(NONE)
    }
}

impl<'a> NeighbourLists<'a> {
    pub fn of(self, node: usize) -> &'a [u32] {
        self.0.of(node)
    }

    pub fn degree(self, node: usize) -> usize {
        self.0.range(node).len()
    }

    /// The first node that may have neighbours, where each node's list begins from this node on and where the last
    /// one ends, and all neighbours; `None` if so few nodes have neighbours that only theirs are kept.
    pub fn arrays(self) -> Option<(u32, &'a [u32], &'a [u32])> {
        let Lists { first_node, owners, offsets, neighbours } = self.0;
        owners.is_none().then_some((*first_node, offsets, neighbours))
    }
}
