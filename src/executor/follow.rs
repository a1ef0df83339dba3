//! [`Follow`]: which relationships of a node are followed, whatever they are called.

use crate::graph::{Adjacent, Direction, Graph, NeighbourLists, NodeId, TypeId};

/// Which relationships are followed.
#[derive(Clone)]
pub(super) struct Follow {
    pub direction: Direction,
    /// `None`: of every type.
    pub types: Option<Vec<TypeId>>,
}

impl Follow {
    pub(super) fn turned(&self) -> Follow {
        Follow { direction: self.direction.reverse(), types: self.types.clone() }
    }

    /// The sorted neighbours as they lie in the store: of one type in one direction, where nothing has changed.
    pub(super) fn listed<'g>(&self, graph: &'g Graph, node: u32) -> Option<&'g [u32]> {
        match (self.direction, self.types.as_deref()) {
            (_, Some([])) => Some(&[]),
            (Direction::Outgoing | Direction::Incoming, Some([one])) => {
                graph.neighbours(NodeId::new(node as usize), self.direction, *one)
            }
            _ => None,
        }
    }

    /// The sorted neighbours of all nodes, if nothing has changed.
    pub(super) fn lists<'g>(&self, graph: &'g Graph) -> Option<NeighbourLists<'g>> {
        match (self.direction, self.types.as_deref()) {
            (Direction::Outgoing | Direction::Incoming, Some([one])) => graph.neighbour_lists(self.direction, *one),
            _ => None,
        }
    }

    pub(super) fn adjacent<'g>(&'g self, graph: &'g Graph, node: u32) -> impl Iterator<Item = Adjacent> + 'g {
        graph.adjacent(NodeId::new(node as usize), self.direction, self.types.as_deref())
    }

    /// Calls `visit` with each neighbour, once for each relationship.
    pub(super) fn each(&self, graph: &Graph, node: u32, mut visit: impl FnMut(u32)) {
        match self.listed(graph, node) {
            Some(neighbours) => neighbours.iter().for_each(|neighbour| visit(*neighbour)),
            None => self.adjacent(graph, node).for_each(|a| visit(a.neighbour.index() as u32)),
        }
    }
}
