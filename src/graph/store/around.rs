//! [`Around`]: the relationships of a node in one direction, from the base or from the delta.

use std::ops::Range;
use std::slice;

use super::super::NodeId;
use super::Adjacent;
use super::adjacency::Adjacency;

/// The relationships that leave or reach a node, sorted by type, neighbour and id.
#[derive(Clone, Debug)]
pub struct Around<'a>(Source<'a>);

#[derive(Clone, Debug)]
enum Source<'a> {
    Listed(slice::Iter<'a, Adjacent>),
    Base {
        adjacency: &'a Adjacency,
        node: usize,
        incoming: bool,
        /// The type whose list is being read, and what is left of it.
        relationship_type: usize,
        places: Range<usize>,
    },
}

impl<'a> Around<'a> {
    pub(super) fn listed(list: &'a [Adjacent]) -> Around<'a> {
        Around(Source::Listed(list.iter()))
    }

    /// Nothing.
    pub(in crate::graph) fn none() -> Around<'a> {
        Around(Source::Listed([].iter()))
    }

    pub(super) fn of_base(adjacency: &'a Adjacency, node: NodeId, incoming: bool) -> Around<'a> {
        let node = node.index();
        let places = adjacency.types.first().map_or(0..0, |first| first.lists(incoming).range(node));
        Around(Source::Base { adjacency, node, incoming, relationship_type: 0, places })
    }
}

impl Iterator for Around<'_> {
    type Item = Adjacent;

    fn next(&mut self) -> Option<Adjacent> {
        match &mut self.0 {
            Source::Listed(list) => list.next().copied(),
            Source::Base { adjacency, node, incoming, relationship_type, places } => loop {
                if let Some(place) = places.next() {
                    return Some(adjacency.adjacent(*relationship_type, *incoming, place));
                }
                // Past the last type nothing follows, however often one asks.
                let next = adjacency.types.get(*relationship_type + 1)?;
                *relationship_type += 1;
                *places = next.lists(*incoming).range(*node);
            },
        }
    }
}
