//! Arrays for loops over the whole graph.
//!
//! Each property key and each relationship type has arrays of its own. Where the delta has no changes, they are those
//! of the base. Where it has, `current_…` brings them up to date once for this version of the graph, which copies the
//! whole array: for loops over the whole graph only. Everything else reads the base and patches it.

use super::super::Value;
use super::super::symbols::{KeyId, LabelId, TypeId};
use super::super::{NodeId, RelationshipId};
use super::adjacency::{Adjacency, Lists, TypeAdjacency};
use super::base::column;
use super::column::Column;
use super::current::{CurrentLists, Source, add_neighbours};
use super::paged::PagedBitmap;
use super::repetitions::Repetitions;
use super::trie::Trie;
use super::{Direction, Graph};

const NO_LISTS: &Lists = &Lists { first_node: 0, owners: None, offsets: Vec::new(), neighbours: Vec::new() };

impl Graph {
    /// Whether nothing has changed since the base was made: then all arrays hold as they are.
    pub fn is_clean(&self) -> bool {
        self.delta.is_empty()
    }

    /// Whether some node is deleted.
    pub fn has_deleted_nodes(&self) -> bool {
        !self.deleted_nodes.is_empty()
    }

    pub fn has_deleted_relationships(&self) -> bool {
        !self.deleted_relationships.is_empty()
    }

    /// Which of the nodes `64 * word` and following are deleted: a bit a node.
    pub fn deleted_word(&self, word: usize) -> u64 {
        self.deleted_nodes.word(word)
    }

    /// The live nodes with the label, always up to date.
    pub fn label_bitmap(&self, label: LabelId) -> &PagedBitmap {
        &self.by_label[label.index()]
    }

    /// The ends of the node's relationships of the type, sorted, one for each relationship; `None` if the list has
    /// changed. The direction is not `Both`.
    #[inline]
    pub fn neighbours(&self, node: NodeId, direction: Direction, relationship_type: TypeId) -> Option<&[u32]> {
        if self.delta.patch(node, direction == Direction::Incoming, relationship_type).is_some() {
            return None;
        }
        Some(self.lists(direction, relationship_type).of(node.index()))
    }

    /// Adds the ends of the node's relationships of the type, sorted, one for each relationship. The direction is not
    /// `Both`.
    pub fn add_neighbours(&self, node: NodeId, direction: Direction, relationship_type: TypeId, into: &mut Vec<u32>) {
        let old = self.lists(direction, relationship_type).of(node.index());
        match self.delta.patch(node, direction == Direction::Incoming, relationship_type) {
            Some(patch) => add_neighbours(old, patch, into),
            None => into.extend_from_slice(old),
        }
    }

    /// All sorted lists of neighbours of a type as one array; `None` if they have changed and nobody has brought them
    /// up to date. The direction is not `Both`.
    pub fn neighbour_lists(&self, direction: Direction, relationship_type: TypeId) -> Option<NeighbourLists<'_>> {
        let incoming = direction == Direction::Incoming;
        match self.delta.patches(incoming, relationship_type) {
            None => Some(NeighbourLists(self.lists(direction, relationship_type))),
            Some(_) => {
                let made = self.current.made_lists(relationship_type.index(), incoming);
                made.map(|current| NeighbourLists(&current.lists))
            }
        }
    }

    /// All sorted lists of neighbours of a type as one array, brought up to date. The direction is not `Both`.
    pub fn current_neighbour_lists(&self, direction: Direction, relationship_type: TypeId) -> NeighbourLists<'_> {
        match self.current_lists(direction, relationship_type) {
            None => NeighbourLists(self.lists(direction, relationship_type)),
            Some(current) => NeighbourLists(&current.lists),
        }
    }

    /// All sorted lists of neighbours of a type as they were when the base was made, for estimates.
    pub fn base_neighbour_lists(&self, direction: Direction, relationship_type: TypeId) -> NeighbourLists<'_> {
        NeighbourLists(self.lists(direction, relationship_type))
    }

    /// Which of the nodes `64 * word` and following may have relationships of the type: a bit a node.
    pub fn owners(&self, direction: Direction, relationship_type: TypeId, word: usize) -> u64 {
        let patches = self.delta.patches(direction == Direction::Incoming, relationship_type);
        let base = self.base_neighbour_lists(direction, relationship_type).owners(word);
        base | patches.map_or(0, |patches| patches.word(word))
    }

    /// Whether every node that has relationships of the type in the direction surely has the label.
    pub fn owners_have_label(&self, direction: Direction, relationship_type: TypeId, label: LabelId) -> bool {
        let nodes = self.label_bitmap(label);
        let lists = self.base_neighbour_lists(direction, relationship_type);
        let Some(patches) = self.delta.patches(direction == Direction::Incoming, relationship_type) else {
            return lists.lie_in(nodes);
        };
        let changed = patches.bounds().map_or(0..0, |(first, last)| first / 64..last / 64 + 1);
        let mut words = lists.words().chain(changed);
        words.all(|word| {
            let mut missing = (lists.owners(word) | patches.word(word)) & !nodes.word(word);
            while missing != 0 {
                let node = NodeId::new(word * 64 + missing.trailing_zeros() as usize);
                if self.degree_by_type(node, direction, relationship_type) > 0 {
                    return false;
                }
                missing &= missing - 1;
            }
            true
        })
    }

    /// The nodes whose list of neighbours of the type has changed, ascending.
    pub fn changed_lists(&self, direction: Direction, relationship_type: TypeId) -> impl Iterator<Item = NodeId> + '_ {
        let patches = self.delta.patches(direction == Direction::Incoming, relationship_type);
        patches.into_iter().flat_map(Trie::iter).map(|(node, _)| NodeId::new(node))
    }

    /// As [`Graph::neighbour_lists`], with the relationships.
    pub fn relationship_lists(&self, direction: Direction, relationship_type: TypeId) -> Option<RelationshipLists<'_>> {
        self.neighbour_lists(direction, relationship_type)?;
        Some(self.current_relationship_lists(direction, relationship_type))
    }

    /// As [`Graph::current_neighbour_lists`], with the relationships.
    pub fn current_relationship_lists(&self, direction: Direction, relationship_type: TypeId) -> RelationshipLists<'_> {
        let incoming = direction == Direction::Incoming;
        if let Some(current) = self.current_lists(direction, relationship_type) {
            let ids = self.with_source(incoming, relationship_type, |source| current.ids(source));
            return RelationshipLists(Places::Current { lists: &current.lists, ids });
        }
        let adjacency = &self.base.adjacency;
        match adjacency.types.get(relationship_type.index()) {
            Some(lists) => RelationshipLists(Places::Base { adjacency, lists, incoming }),
            None => RelationshipLists(Places::Current { lists: NO_LISTS, ids: &[] }),
        }
    }

    /// The lists of a type brought up to date, if they have changed.
    fn current_lists(&self, direction: Direction, relationship_type: TypeId) -> Option<&CurrentLists> {
        let incoming = direction == Direction::Incoming;
        self.delta.patches(incoming, relationship_type)?;
        Some(self.with_source(incoming, relationship_type, |source| {
            self.current.current_lists(relationship_type.index(), incoming, source)
        }))
    }

    /// Hands over the lists of a type with what has changed in them.
    pub(super) fn with_source<T>(
        &self,
        incoming: bool,
        relationship_type: TypeId,
        work: impl FnOnce(&Source) -> T,
    ) -> T {
        let none = Trie::default();
        let patches = self.delta.lists(incoming).get(relationship_type.index()).unwrap_or(&none);
        let adjacency = &self.base.adjacency;
        let base = adjacency.types.get(relationship_type.index());
        let id = |place| adjacency.adjacent(relationship_type.index(), incoming, place).relationship.index() as u32;
        let lists = base.map_or(NO_LISTS, |lists| lists.lists(incoming));
        work(&Source { base: lists, patches, id: &id, node_bound: self.node_bound() })
    }

    fn lists(&self, direction: Direction, relationship_type: TypeId) -> &Lists {
        debug_assert_ne!(direction, Direction::Both, "both directions have no common array");
        let lists = self.base.adjacency.types.get(relationship_type.index());
        lists.map_or(NO_LISTS, |lists| lists.lists(direction == Direction::Incoming))
    }

    /// Loops and parallel relationships of the type. After a change, parallel relationships may be reported where there
    /// are none any more.
    pub fn repetitions(&self, relationship_type: TypeId) -> &Repetitions {
        const NONE: &Repetitions = &Repetitions { loops: Vec::new(), parallel: false };
        let base = self.base.adjacency.types.get(relationship_type.index());
        match self.delta.patches(false, relationship_type) {
            Some(patches) => self.current.repetitions(relationship_type.index(), base, patches),
            None => base.map_or(NONE, |base| base.repetitions()),
        }
    }

    /// How many relationships of the type leave or reach the node; a loop counts both ways.
    pub fn degree_by_type(&self, node: NodeId, direction: Direction, relationship_type: TypeId) -> usize {
        let count = |incoming| {
            let lists = self.base.adjacency.types.get(relationship_type.index());
            let degree = lists.map_or(0, |lists| lists.lists(incoming).range(node.index()).len());
            match self.delta.patch(node, incoming, relationship_type) {
                Some(patch) => degree + patch.added.len() - patch.removed.len(),
                None => degree,
            }
        };
        match direction {
            Direction::Outgoing => count(false),
            Direction::Incoming => count(true),
            Direction::Both => count(false) + count(true),
        }
    }

    /// The base's column of the key; it holds for all nodes but [`Graph::changed_nodes`].
    pub fn node_column(&self, key: KeyId) -> Option<&Column> {
        column(&self.base.node_columns, key)
    }

    /// The column of the key, brought up to date.
    pub fn current_node_column(&self, key: KeyId) -> Option<&Column> {
        let base = self.node_column(key);
        match self.delta.node_properties(key) {
            Some(changes) => self.current.column(key.index(), base, changes),
            None => base,
        }
    }

    /// The column of the key, brought up to date, if that has been done already or if there are at most this many
    /// values to copy.
    pub fn short_node_column(&self, key: KeyId, most: usize) -> Option<&Column> {
        let length = self.node_column(key).map_or(0, |column| column.data().len());
        let is_made = self.node_column_is_clean(key) || self.current.has_column(key.index());
        if is_made || length <= most { self.current_node_column(key) } else { None }
    }

    /// The nodes for which the base's column of the key does not hold and whose value equals this one, ascending. They
    /// may be sorted by value when they are sought for the second time.
    pub fn changed_equal(&self, key: KeyId, value: &Value) -> Vec<u32> {
        let Some(changes) = self.delta.node_properties(key) else { return Vec::new() };
        self.current.equal(key.index(), changes, value)
    }

    /// The number of nodes that the base's column of the key does not hold for.
    pub fn changed_count(&self, key: KeyId) -> usize {
        self.delta.node_properties(key).map_or(0, Trie::len)
    }

    /// Whether the base's column of the key holds for every node.
    pub fn node_column_is_clean(&self, key: KeyId) -> bool {
        self.delta.node_properties(key).is_none()
    }

    /// The value of a node for which the base's column of the key does not hold.
    #[inline]
    pub fn changed_value(&self, node: NodeId, key: KeyId) -> Option<&Value> {
        self.delta.node_properties.get(key.index())?.get(node.index())
    }

    /// The nodes for which the base's column of the key does not hold, ascending, with their values.
    pub fn changed_nodes(&self, key: KeyId) -> impl Iterator<Item = (NodeId, &Value)> + '_ {
        let changes = self.delta.node_properties(key).into_iter().flat_map(Trie::iter);
        changes.map(|(node, value)| (NodeId::new(node), value))
    }

    /// The base's column of the key of relationships; [`Graph::changed_relationship_value`] comes before it.
    pub fn relationship_column(&self, key: KeyId) -> Option<&Column> {
        column(&self.base.relationship_columns, key)
    }

    /// Whether the base's column of the key holds for every relationship.
    pub fn relationship_column_is_clean(&self, key: KeyId) -> bool {
        self.delta.relationship_properties(key).is_none()
    }

    /// The value of a relationship for which the base's column of the key does not hold; null if it was removed.
    #[inline]
    pub fn changed_relationship_value(&self, relationship: RelationshipId, key: KeyId) -> Option<&Value> {
        self.delta.relationship_properties.get(key.index())?.get(relationship.index())
    }

    /// Which of the nodes `64 * word` and following the base's column of the key does not hold for: a bit a node.
    #[inline]
    pub fn changed_word(&self, key: KeyId, word: usize) -> u64 {
        self.delta.node_properties.get(key.index()).map_or(0, |changes| changes.word(word))
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
pub struct NeighbourLists<'a>(pub(super) &'a Lists);

impl Default for NeighbourLists<'_> {
    fn default() -> Self {
        NeighbourLists(NO_LISTS)
    }
}

/// The relationships of every node, over one type in one direction: by neighbour and id.
#[derive(Clone, Copy)]
pub struct RelationshipLists<'a>(Places<'a>);

#[derive(Clone, Copy)]
enum Places<'a> {
    Base {
        adjacency: &'a Adjacency,
        lists: &'a TypeAdjacency,
        incoming: bool,
    },
    /// Brought up to date, with the ids by place.
    Current {
        lists: &'a Lists,
        ids: &'a [u32],
    },
}

impl<'a> RelationshipLists<'a> {
    fn lists(self) -> &'a Lists {
        match self.0 {
            Places::Base { lists, incoming, .. } => lists.lists(incoming),
            Places::Current { lists, .. } => lists,
        }
    }

    /// The neighbours of a node, each with the relationship to it.
    pub fn of(self, node: usize) -> impl Iterator<Item = (u32, RelationshipId)> + use<'a> {
        self.lists().range(node).map(move |place| self.at(place))
    }

    /// The neighbours of a node alone.
    pub fn neighbours(self, node: usize) -> &'a [u32] {
        self.lists().of(node)
    }

    /// The neighbour and the relationship at a place among those of all nodes.
    #[inline]
    pub fn at(self, place: usize) -> (u32, RelationshipId) {
        match self.0 {
            Places::Base { adjacency, lists, incoming } => {
                let TypeAdjacency { first, outgoing, incoming_ranks, .. } = lists;
                let neighbour = lists.lists(incoming).neighbours[place];
                let place = match incoming {
                    true => outgoing.range(neighbour as usize).start + incoming_ranks.get(place),
                    false => place,
                };
                (neighbour, adjacency.id(first + place as u32))
            }
            Places::Current { lists, ids } => (lists.neighbours[place], RelationshipId::new(ids[place] as usize)),
        }
    }

    /// The relationships between a node and one of its neighbours.
    pub fn between(self, node: usize, neighbour: u32) -> impl Iterator<Item = RelationshipId> + use<'a> {
        let range = self.lists().range(node);
        let sorted = &self.lists().neighbours[range.clone()];
        let from = sorted.partition_point(|other| *other < neighbour);
        let count = sorted[from..].partition_point(|other| *other == neighbour);
        let from = range.start + from;
        (from..from + count).map(move |place| self.at(place).1)
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
    pub fn lie_in(self, nodes: &PagedBitmap) -> bool {
        self.words().all(|word| self.owners(word) & !nodes.word(word) == 0)
    }

    /// The words of 64 nodes in which nodes may have neighbours.
    fn words(self) -> std::ops::Range<usize> {
        let range = self.range();
        range.start / 64..range.end.div_ceil(64)
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
