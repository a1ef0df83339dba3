//! Arrays for loops over the whole graph.
//!
//! What is not touched by the delta is given as slices; where the delta has a say the answer is `None`, and the
//! caller takes the general way.

use super::super::symbols::{KeyId, LabelId, TypeId};
use super::super::{NodeId, RelationshipId};
use super::adjacency::{Adjacency, Lists, TypeAdjacency};
use super::base::column;
use super::bitmap::Bitmap;
use super::column::Column;
use super::repetitions::Repetitions;
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

    /// As [`Graph::neighbour_lists`], with the relationships.
    pub fn relationship_lists(&self, direction: Direction, relationship_type: TypeId) -> Option<RelationshipLists<'_>> {
        let incoming = direction == Direction::Incoming;
        let changed = if incoming { &self.delta.incoming } else { &self.delta.outgoing };
        let adjacency = &self.base.adjacency;
        let lists = adjacency.types.get(relationship_type.index());
        changed.is_empty().then_some(RelationshipLists { adjacency, lists, incoming })
    }

    fn lists(&self, direction: Direction, relationship_type: TypeId) -> Option<&Lists> {
        debug_assert_ne!(direction, Direction::Both, "both directions have no common array");
        let lists = self.base.adjacency.types.get(relationship_type.index())?;
        Some(lists.lists(direction == Direction::Incoming))
    }

    /// Loops and parallel relationships of the type; `None` if the relationships of any node have changed.
    pub fn repetitions(&self, relationship_type: TypeId) -> Option<&Repetitions> {
        const NONE: &Repetitions = &Repetitions { loops: Vec::new(), parallel: false };
        let lists = self.base.adjacency.types.get(relationship_type.index());
        self.delta.outgoing.is_empty().then(|| lists.map_or(NONE, |lists| lists.repetitions()))
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

    /// Bytes of the base's arrays: of relationships, of properties, of labels, and of indexes.
    pub fn bytes(&self) -> GraphBytes {
        let columns = self.base.node_columns.iter().chain(&self.base.relationship_columns);
        GraphBytes {
            adjacency: self.base.adjacency.bytes(),
            properties: columns.flatten().map(|column| column.bytes()).sum(),
            labels: self.by_label.iter().map(|bitmap| bitmap.bytes()).sum::<usize>()
                + size_of_val(self.base.label_sets.of_node.as_slice()),
            indexes: self.index_bytes(),
        }
    }
}

/// What the arrays of a graph take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphBytes {
    pub adjacency: usize,
    pub properties: usize,
    pub labels: usize,
    /// Of those that have been made.
    pub indexes: usize,
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

/// The relationships of every node, over one type in one direction: by neighbour and id.
#[derive(Clone, Copy)]
pub struct RelationshipLists<'a> {
    adjacency: &'a Adjacency,
    /// `None`: the type has no relationships.
    lists: Option<&'a TypeAdjacency>,
    incoming: bool,
}

impl<'a> RelationshipLists<'a> {
    /// The neighbours of a node, each with the relationship to it.
    pub fn of(self, node: usize) -> impl Iterator<Item = (u32, RelationshipId)> + use<'a> {
        let lists = self.lists.into_iter();
        lists.flat_map(move |lists| self.places(lists, lists.lists(self.incoming).range(node)))
    }

    /// The neighbour and the relationship at a place among those of all nodes.
    #[inline]
    pub fn at(self, place: usize) -> (u32, RelationshipId) {
        let lists = self.lists.expect("only a type with relationships has places");
        self.place(lists, place)
    }

    /// The relationships between a node and one of its neighbours.
    pub fn between(self, node: usize, neighbour: u32) -> impl Iterator<Item = RelationshipId> + use<'a> {
        let lists = self.lists.into_iter();
        lists.flat_map(move |lists| {
            let range = lists.lists(self.incoming).range(node);
            let sorted = &lists.lists(self.incoming).neighbours[range.clone()];
            let from = sorted.partition_point(|other| *other < neighbour);
            let count = sorted[from..].partition_point(|other| *other == neighbour);
            let from = range.start + from;
            self.places(lists, from..from + count).map(|(_, relationship)| relationship)
        })
    }

    fn places(
        self,
        lists: &'a TypeAdjacency,
        places: std::ops::Range<usize>,
    ) -> impl Iterator<Item = (u32, RelationshipId)> + use<'a> {
        places.map(move |place| self.place(lists, place))
    }

    #[inline]
    fn place(self, lists: &TypeAdjacency, place: usize) -> (u32, RelationshipId) {
        let TypeAdjacency { first, outgoing, incoming_ranks, .. } = lists;
        let neighbour = lists.lists(self.incoming).neighbours[place];
        let place = match self.incoming {
            true => outgoing.range(neighbour as usize).start + incoming_ranks.get(place),
            false => place,
        };
        (neighbour, self.adjacency.id(first + place as u32))
    }
}

impl<'a> NeighbourLists<'a> {
    pub fn of(self, node: usize) -> &'a [u32] {
        self.0.of(node)
    }

    /// Gives out all nodes that have neighbours, in order, with their neighbours.
    #[inline]
    pub fn for_each(self, mut each: impl FnMut(usize, &'a [u32])) {
        let Lists { first_node, owners, offsets, neighbours } = self.0;
        let first = *first_node as usize;
        let mut give = |number: usize, node: usize| {
            let list = offsets[number] as usize..offsets[number + 1] as usize;
            if !list.is_empty() {
                each(node, &neighbours[list]);
            }
        };
        match owners {
            None => (0..offsets.len().saturating_sub(1)).for_each(|number| give(number, first + number)),
            Some(owners) => owners.nodes().enumerate().for_each(|(number, at)| give(number, first + at)),
        }
    }

    /// The neighbours of a node, and the place of the first of them among those of all nodes.
    #[inline]
    pub fn placed(self, node: usize) -> (usize, &'a [u32]) {
        let range = self.0.range(node);
        (range.start, &self.0.neighbours[range])
    }

    pub fn degree(self, node: usize) -> usize {
        self.0.range(node).len()
    }

    /// How many neighbours each of the nodes has.
    pub fn degrees(self, nodes: &[u32]) -> Vec<u64> {
        let Lists { first_node, owners: None, offsets, .. } = self.0 else {
            return nodes.iter().map(|node| self.degree(*node as usize) as u64).collect();
        };
        let degree = |node: &u32| match offsets.get(node.wrapping_sub(*first_node) as usize..) {
            Some([start, end, ..]) => u64::from(end - start),
            _ => 0,
        };
        nodes.iter().map(degree).collect()
    }

    /// How many neighbours the nodes before this one have together.
    pub fn before(self, node: usize) -> usize {
        let Lists { first_node, owners, offsets, .. } = self.0;
        let at = node.saturating_sub(*first_node as usize);
        let list = owners.as_ref().map_or(at, |owners| owners.before(at));
        offsets.get(list).or(offsets.last()).map_or(0, |offset| *offset as usize)
    }

    /// The nodes that may have neighbours lie in this range.
    pub fn range(self) -> std::ops::Range<usize> {
        let Lists { first_node, owners, offsets, .. } = self.0;
        let first = *first_node as usize;
        let nodes = match owners {
            Some(owners) => owners.words.len() * u64::BITS as usize,
            None => offsets.len().saturating_sub(1),
        };
        first..first + nodes
    }

    /// Which of the nodes `64 * word` and following may have neighbours: a bit a node.
    pub fn owners(self, word: usize) -> u64 {
        let range = self.range();
        let (start, end) = (word * 64, word * 64 + 64);
        if end <= range.start || range.end <= start {
            return 0;
        }
        match &self.0.owners {
            Some(owners) if start < range.start => owners.bits_from(0) << (range.start - start),
            Some(owners) => owners.bits_from(start - range.start),
            None => {
                let from = u64::MAX << range.start.saturating_sub(start);
                from & u64::MAX >> end.saturating_sub(range.end)
            }
        }
    }

    /// Whether all nodes that may have neighbours are in the set.
    pub fn lie_in(self, nodes: &Bitmap) -> bool {
        let range = self.range();
        (range.start / 64..range.end.div_ceil(64)).all(|word| self.owners(word) & !nodes.bits_from(word * 64) == 0)
    }

    /// The neighbours of all lists, one list after the other.
    pub fn neighbours(self) -> &'a [u32] {
        &self.0.neighbours
    }

    /// The first node that may have neighbours, where each node's list begins from this node on and where the last
    /// one ends, and all neighbours; `None` if so few nodes have neighbours that only theirs are kept.
    pub fn arrays(self) -> Option<(u32, &'a [u32], &'a [u32])> {
        let Lists { first_node, owners, offsets, neighbours } = self.0;
        owners.is_none().then_some((*first_node, offsets, neighbours))
    }
}
