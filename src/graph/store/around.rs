//! [`Around`]: the relationships of a node in one direction.

use std::ops::Range;

use super::super::{NodeId, RelationshipId, TypeId};
use super::Adjacent;
use super::adjacency::Adjacency;
use super::delta::{Half, Patch};
use super::ordered;
use super::trie::Trie;

/// The relationships that leave or reach a node, sorted by type, neighbour and id: those of the base without the
/// removed ones, merged with those that were added.
#[derive(Clone, Debug)]
pub struct Around<'a> {
    /// `None`: nothing.
    adjacency: Option<&'a Adjacency>,
    /// By type.
    patches: &'a [Trie<Patch>],
    node: usize,
    incoming: bool,
    /// The type whose list is being read, the end of those to be read, and what is left of the list in the base.
    relationship_type: usize,
    end: usize,
    places: Range<usize>,
    patched: Option<Patched<'a>>,
}

/// What is left of a list that has changed.
#[derive(Clone, Debug)]
struct Patched<'a> {
    patch: &'a Patch,
    /// The next one of the base and the next one of the added ones.
    kept: Option<Adjacent>,
    next: Option<&'a Half>,
    added: ordered::Iter<'a, Half>,
}

impl<'a> Around<'a> {
    /// Nothing.
    pub(in crate::graph) fn none() -> Around<'a> {
        Around {
            adjacency: None,
            patches: &[],
            node: 0,
            incoming: false,
            relationship_type: 0,
            end: 0,
            places: 0..0,
            patched: None,
        }
    }

    /// `only`: of this type.
    pub(super) fn new(
        adjacency: &'a Adjacency,
        patches: &'a [Trie<Patch>],
        node: NodeId,
        incoming: bool,
        only: Option<TypeId>,
    ) -> Self {
        let (relationship_type, end) = match only {
            Some(only) => (only.index(), only.index() + 1),
            None => (0, adjacency.types.len().max(patches.len())),
        };
        let node = node.index();
        let adjacent = Some(adjacency);
        let mut around =
            Around { adjacency: adjacent, patches, node, incoming, relationship_type, end, ..Around::none() };
        around.enter(adjacency);
        around
    }

    /// Begins with the list of the type.
    fn enter(&mut self, adjacency: &'a Adjacency) {
        let lists = adjacency.types.get(self.relationship_type);
        self.places = lists.map_or(0..0, |lists| lists.lists(self.incoming).range(self.node));
        let patch = self.patches.get(self.relationship_type).and_then(|patches| patches.get(self.node));
        self.patched = patch.map(|patch| {
            let mut added = patch.added.iter();
            Patched { patch, kept: None, next: added.next(), added }
        });
    }

    fn next_of_type(&mut self, adjacency: &'a Adjacency) -> Option<Adjacent> {
        let (t, incoming) = (self.relationship_type, self.incoming);
        let mut base = self.places.by_ref().map(|place| adjacency.adjacent(t, incoming, place));
        let Some(Patched { patch, kept, next, added }) = &mut self.patched else { return base.next() };
        let half = |a: &Adjacent| (a.neighbour.index() as u32, a.relationship.index() as u32);
        if kept.is_none() {
            *kept = base.find(|a| !patch.removed.contains(&half(a)));
        }
        match (*kept, *next) {
            (Some(old), Some(new)) if half(&old) < *new => kept.take(),
            (_, Some((neighbour, relationship))) => {
                *next = added.next();
                Some(Adjacent {
                    relationship_type: TypeId::from(t as u32),
                    neighbour: NodeId::new(*neighbour as usize),
                    relationship: RelationshipId::new(*relationship as usize),
                })
            }
            (_, None) => kept.take(),
        }
    }
}

impl Iterator for Around<'_> {
    type Item = Adjacent;

    #[inline]
    fn next(&mut self) -> Option<Adjacent> {
        let adjacency = self.adjacency?;
        loop {
            if let Some(next) = self.next_of_type(adjacency) {
                return Some(next);
            }
            if self.relationship_type + 1 >= self.end {
                return None;
            }
            self.relationship_type += 1;
            self.enter(adjacency);
        }
    }
}
