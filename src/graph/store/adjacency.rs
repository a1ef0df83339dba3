//! [`Adjacency`]: who is joined to whom, as compressed sparse rows (CSR) by relationship type and direction.
//!
//! All relationships stand in one order: by type, start, end and id. The place of a relationship in this order is its
//! position. Bytes a relationship:
//!
//! | array | bytes |
//! |---|---|
//! | ends, by position | 4 |
//! | starts, sorted by end and start | 4 |
//! | the how-manieth of its start's list each of them is | 1, or 2 or 4 where a node has more than 256 or 65,536 |
//! | together, as built in bulk: a position is an id | **9** |
//! | ids by position and back ([`Ids`]), once changes were merged | 0.4 more, and 8 for each run of ids |
//!
//! and 4 bytes a direction for each node between the first and the last one that has relationships of the type; where
//! most nodes of this range have none, for each node that has some, and 12 bytes for every 64 nodes of the range. The
//! start of a relationship is not stored: it is found by binary search among the offsets.

use std::sync::{Arc, OnceLock};

use super::super::{NodeId, RelationshipId, TypeId};
use super::bitmap::bits_from;
use super::ids::{Ids, Runs};
use super::ranks::Ranks;
use super::repetitions::Repetitions;
use super::{Adjacent, Relationship};

#[derive(Clone, Debug, Default)]
pub(crate) struct Adjacency {
    /// By type.
    pub(crate) types: Vec<TypeAdjacency>,
    /// `None`: a relationship's position is its id.
    pub(crate) ids: Option<Ids>,
}

/// The relationships of one type. A clone shares the arrays.
#[derive(Clone, Debug, Default)]
pub(crate) struct TypeAdjacency {
    /// The position of the first one.
    pub(crate) first: u32,
    pub(crate) outgoing: Arc<Lists>,
    pub(crate) incoming: Arc<Lists>,
    /// Which one of its start's `outgoing` list each relationship in `incoming` is.
    pub(crate) incoming_ranks: Arc<Ranks>,
    /// Found when first needed.
    pub(crate) repetitions: Arc<OnceLock<Repetitions>>,
}

/// A list of neighbours for each node of a range, or for some nodes of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    pub(crate) first_node: u32,
    /// Which nodes of the range have a list; `None`: all.
    pub(crate) owners: Option<Owners>,
    /// Where each list begins, and where the last one ends; empty if there are no lists.
    pub(crate) offsets: Vec<u32>,
    pub(crate) neighbours: Vec<u32>,
}

impl Lists {
    /// The place of the node's list among the neighbours.
    #[inline]
    pub(crate) fn range(&self, node: usize) -> std::ops::Range<usize> {
        let at = node.wrapping_sub(self.first_node as usize);
        let at = match &self.owners {
            None => at,
            Some(owners) => match owners.number(at) {
                Some(at) => at,
                None => return 0..0,
            },
        };
        match self.offsets.get(at..at.saturating_add(2)) {
            Some([start, end]) => *start as usize..*end as usize,
            _ => 0..0,
        }
    }

    #[inline]
    pub(crate) fn of(&self, node: usize) -> &[u32] {
        &self.neighbours[self.range(node)]
    }

    /// The node in whose list a place lies.
    fn owner(&self, place: usize) -> u32 {
        self.node(self.offsets.partition_point(|offset| *offset as usize <= place) - 1)
    }

    /// The node that has the list of this number.
    pub(super) fn node(&self, number: usize) -> u32 {
        self.first_node + self.owners.as_ref().map_or(number, |owners| owners.at(number)) as u32
    }

    /// Drops the empty lists where there are many and the offsets weigh against the neighbours.
    pub(super) fn compact(mut self) -> Lists {
        let nodes = self.offsets.len().saturating_sub(1);
        let is_owner = |bounds: &[u32]| bounds[0] < bounds[1];
        let owners = self.offsets.windows(2).filter(|bounds| is_owner(bounds)).count();
        if nodes <= 2 * owners || 2 * nodes <= self.neighbours.len() {
            return self;
        }
        let mut words = vec![0_u64; nodes.div_ceil(64)];
        let mut offsets = Vec::with_capacity(owners + 1);
        for (at, bounds) in self.offsets.windows(2).enumerate().filter(|(_, bounds)| is_owner(bounds)) {
            words[at / 64] |= 1 << (at % 64);
            offsets.push(bounds[0]);
        }
        offsets.push(self.neighbours.len() as u32);
        self.offsets = offsets;
        self.owners = Some(Owners::new(words));
        self
    }

    /// Where the lists of the nodes begin when each node owns as many places as it occurs.
    pub(super) fn offsets_of<'a>(owners: impl Iterator<Item = &'a [u32]> + Clone) -> Lists {
        let all = || owners.clone().flatten();
        let (Some(first), Some(last)) = (all().min(), all().max()) else { return Lists::default() };
        let mut offsets = vec![0_u32; (last - first) as usize + 2];
        for owner in all() {
            offsets[(owner - first) as usize + 1] += 1;
        }
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        Lists { first_node: *first, owners: None, offsets, neighbours: Vec::new() }
    }

    /// The length of the longest list.
    pub(super) fn longest(&self) -> u32 {
        self.offsets.windows(2).map(|bounds| bounds[1] - bounds[0]).max().unwrap_or(0)
    }

    fn bytes(&self) -> usize {
        let owners = self.owners.as_ref().map_or(0, Owners::bytes);
        (self.offsets.len() + self.neighbours.len()) * size_of::<u32>() + owners
    }
}

/// Which nodes of a range have a list, and the how-manieth list it is.
#[derive(Clone, Debug)]
pub(crate) struct Owners {
    /// A bit a node.
    pub(crate) words: Vec<u64>,
    /// How many bits stand before each word.
    ranks: Vec<u32>,
}

impl Owners {
    pub(crate) fn new(words: Vec<u64>) -> Owners {
        let mut before = 0;
        let count = |word: &u64| {
            let rank = before;
            before += word.count_ones();
            rank
        };
        let ranks = words.iter().map(count).collect();
        Owners { words, ranks }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.words) + size_of_val(&*self.ranks)
    }

    pub(crate) fn count(&self) -> usize {
        let last = self.words.last().map_or(0, |word| word.count_ones());
        (self.ranks.last().unwrap_or(&0) + last) as usize
    }

    /// Which of the 64 places from `start` on have a list, the first one as the lowest bit.
    pub(super) fn bits_from(&self, start: usize) -> u64 {
        bits_from(start, |at| self.words.get(at).copied().unwrap_or(0))
    }

    /// The number of the node's list.
    pub(super) fn number(&self, at: usize) -> Option<usize> {
        let word = *self.words.get(at / 64)?;
        (word >> (at % 64) & 1 == 1).then(|| self.before(at))
    }

    /// The nodes that have lists, in order.
    pub(super) fn nodes(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(at * 64 + bit)
            })
        })
    }

    /// How many lists stand before the one of this node, whether it has one or not.
    pub(super) fn before(&self, at: usize) -> usize {
        let Some(word) = self.words.get(at / 64) else { return self.count() };
        let below = word & ((1 << (at % 64)) - 1);
        (self.ranks[at / 64] + below.count_ones()) as usize
    }

    /// The node that has the list of this number.
    pub(super) fn at(&self, number: usize) -> usize {
        let word = self.ranks.partition_point(|rank| *rank as usize <= number) - 1;
        let mut bits = self.words[word];
        for _ in self.ranks[word] as usize..number {
            bits &= bits - 1;
        }
        word * 64 + bits.trailing_zeros() as usize
    }
}

impl TypeAdjacency {
    pub(crate) fn lists(&self, incoming: bool) -> &Lists {
        if incoming { &self.incoming } else { &self.outgoing }
    }

    pub(crate) fn len(&self) -> usize {
        self.outgoing.neighbours.len()
    }
}

impl Adjacency {
    /// How many relationships there are, deleted ones not counted.
    pub(crate) fn len(&self) -> usize {
        self.types.last().map_or(0, |last| last.first as usize + last.len())
    }

    pub(crate) fn id(&self, position: u32) -> RelationshipId {
        RelationshipId::new(self.ids.as_ref().map_or(position, |ids| ids.id(position)) as usize)
    }

    /// Appends the ids of a type's relationships, by position.
    pub(super) fn add_ids(&self, of_type: &TypeAdjacency, into: &mut Runs) {
        let (first, count) = (of_type.first, of_type.len() as u32);
        match &self.ids {
            None => into.push_run(first, count),
            Some(ids) => into.extend((first..first + count).map(|position| ids.id(position))),
        }
    }

    /// The ids of all live relationships by position; `None`: each position is an id.
    pub(crate) fn live_ids(&self) -> Option<Runs> {
        self.ids.as_ref().map(|ids| ids.first(self.len())).filter(|ids| !ids.is_identity())
    }

    /// Type and ends of a relationship; `None` if it was deleted.
    pub(crate) fn relationship(&self, id: usize) -> Option<Relationship> {
        let (position, relationship_type) = self.position(id)?;
        let lists = &self.types[relationship_type];
        let place = (position - lists.first) as usize;
        Some(Relationship {
            relationship_type: TypeId::from(relationship_type as u32),
            start: NodeId::new(lists.outgoing.owner(place) as usize),
            end: NodeId::new(lists.outgoing.neighbours[place] as usize),
        })
    }

    /// The type of a relationship; `None` if it was deleted.
    pub(crate) fn type_id_of(&self, id: usize) -> Option<TypeId> {
        self.position(id).map(|(_, relationship_type)| TypeId::from(relationship_type as u32))
    }

    /// Where a relationship lies among all, and the number of its type.
    fn position(&self, id: usize) -> Option<(u32, usize)> {
        let position = self.ids.as_ref().map_or(id as u32, |ids| ids.position(id as u32));
        // Types without relationships begin where the next one does: the last one is meant.
        ((position as usize) < self.len()).then(|| (position, self.types.partition_point(|t| t.first <= position) - 1))
    }

    /// The relationship at a place of a type's lists, seen from the node that owns the list.
    pub(crate) fn adjacent(&self, relationship_type: usize, incoming: bool, place: usize) -> Adjacent {
        let lists = &self.types[relationship_type];
        let neighbour = lists.lists(incoming).neighbours[place] as usize;
        let place =
            if incoming { lists.outgoing.range(neighbour).start + lists.incoming_ranks.get(place) } else { place };
        Adjacent {
            relationship_type: TypeId::from(relationship_type as u32),
            neighbour: NodeId::new(neighbour),
            relationship: self.id(lists.first + place as u32),
        }
    }

    pub(crate) fn degree(&self, node: usize, incoming: bool) -> usize {
        self.types.iter().map(|t| t.lists(incoming).range(node).len()).sum()
    }

    pub(crate) fn bytes(&self) -> usize {
        let of_type = |t: &TypeAdjacency| t.outgoing.bytes() + t.incoming.bytes() + t.incoming_ranks.bytes();
        self.types.iter().map(of_type).sum::<usize>() + self.ids.as_ref().map_or(0, Ids::bytes)
    }
}
