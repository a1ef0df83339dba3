//! [`Follow`]: which relationships of a node are followed, whatever they are called.

use crate::graph::{Adjacent, Direction, Graph, NeighbourLists, NodeId, TypeId};

/// Which relationships are followed.
#[derive(Clone)]
pub(super) struct Follow {
    pub direction: Direction,
    /// `None`: of every type.
    pub types: Option<Vec<TypeId>>,
    /// The number of nodes that it has been followed from.
    visited: usize,
}

/// Bringing the lists of a type up to date copies them. It pays once a loop has visited more than one node for this
/// many relationships.
const RELATIONSHIPS_A_NODE: usize = 128;

/// Whether it pays to bring the lists of a type up to date for a loop that has visited this many nodes.
pub(super) fn pays_to_update(visited: usize, graph: &Graph, of_type: TypeId) -> bool {
    visited * RELATIONSHIPS_A_NODE >= graph.type_count(of_type)
}

impl Follow {
    pub(super) fn new(direction: Direction, types: Option<Vec<TypeId>>) -> Follow {
        Follow { direction, types, visited: 0 }
    }

    pub(super) fn turned(&self) -> Follow {
        Follow { direction: self.direction.reverse(), types: self.types.clone(), visited: self.visited }
    }

    /// The type, if one type is followed in one direction.
    fn one(&self) -> Option<(Direction, TypeId)> {
        match (self.direction, self.types.as_deref()) {
            (Direction::Outgoing | Direction::Incoming, Some([one])) => Some((self.direction, *one)),
            _ => None,
        }
    }

    /// The sorted neighbours as they are in the store: of one type in one direction, if they have not changed.
    pub(super) fn listed<'g>(&self, graph: &'g Graph, node: u32) -> Option<&'g [u32]> {
        match (self.direction, self.types.as_deref()) {
            (_, Some([])) => Some(&[]),
            (Direction::Outgoing | Direction::Incoming, Some([one])) => {
                graph.neighbours(NodeId::new(node as usize), self.direction, *one)
            }
            _ => None,
        }
    }

    /// The sorted neighbours of all nodes, if one type is followed in one direction and they are up to date, or if
    /// following it from this many more nodes makes it worth while to bring them up to date.
    pub(super) fn lists<'g>(&mut self, graph: &'g Graph, nodes: usize) -> Option<NeighbourLists<'g>> {
        let (direction, one) = self.one()?;
        self.visited += nodes;
        let whole = pays_to_update(self.visited, graph, one);
        graph.neighbour_lists(direction, one).or_else(|| whole.then(|| graph.current_neighbour_lists(direction, one)))
    }

    /// About where the neighbours of all nodes are.
    pub(super) fn estimate<'g>(&self, graph: &'g Graph) -> Option<NeighbourLists<'g>> {
        self.one().map(|(direction, one)| graph.base_neighbour_lists(direction, one))
    }

    /// Which of the nodes `64 * word` and following may have neighbours: a bit a node.
    pub(super) fn owners(&self, graph: &Graph, word: usize) -> u64 {
        self.one().map_or(u64::MAX, |(direction, one)| graph.owners(direction, one, word))
    }

    pub(super) fn adjacent<'g>(&'g self, graph: &'g Graph, node: u32) -> impl Iterator<Item = Adjacent> + 'g {
        graph.adjacent(NodeId::new(node as usize), self.direction, self.types.as_deref())
    }

    /// Whether one type is followed in one direction.
    pub(super) fn is_one(&self) -> bool {
        self.one().is_some()
    }

    /// Adds the sorted neighbours of a node whose list has changed, if one type is followed in one direction.
    pub(super) fn add_changed(&self, graph: &Graph, node: u32, into: &mut Vec<u32>) {
        if let Some((direction, one)) = self.one() {
            graph.add_neighbours(NodeId::new(node as usize), direction, one, into);
        }
    }

    /// The number of relationships that are followed from the node.
    pub(super) fn degree(&self, graph: &Graph, node: u32) -> u64 {
        match self.one() {
            Some((direction, one)) => graph.degree_by_type(NodeId::new(node as usize), direction, one) as u64,
            None => self.adjacent(graph, node).count() as u64,
        }
    }

    /// Whether a relationship is followed from the node to one for which the test holds.
    pub(super) fn any(&self, graph: &Graph, node: u32, test: impl Fn(u32) -> bool) -> bool {
        match self.listed(graph, node) {
            Some(neighbours) => neighbours.iter().any(|neighbour| test(*neighbour)),
            None => self.adjacent(graph, node).any(|adjacent| test(adjacent.neighbour.index() as u32)),
        }
    }

    /// Calls `visit` with each neighbour, once for each relationship.
    pub(super) fn each(&self, graph: &Graph, node: u32, mut visit: impl FnMut(u32)) {
        match (self.listed(graph, node), self.one()) {
            (Some(neighbours), _) => neighbours.iter().for_each(|neighbour| visit(*neighbour)),
            (None, Some((direction, one))) => {
                let mut neighbours = Vec::new();
                graph.add_neighbours(NodeId::new(node as usize), direction, one, &mut neighbours);
                neighbours.into_iter().for_each(visit);
            }
            (None, None) => self.adjacent(graph, node).for_each(|a| visit(a.neighbour.index() as u32)),
        }
    }
}
