//! petgraph 0.8's visit traits on [`GraphView`], so that its algorithms run on the graph without a copy.
//!
//! Kept in one file because petgraph 0.9 will replace these traits. A type followed both ways is two opposite edges
//! with ids of their own. Nodes are numbered without gaps even when some were deleted, as algorithms that allocate by
//! node count expect.

use petgraph::graph::DiGraph;
use petgraph::visit::{
    Data, EdgeCount, EdgeIndexable, EdgeRef, GetAdjacencyMatrix, GraphBase, GraphProp, IntoEdgeReferences, IntoEdges,
    IntoEdgesDirected, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, IntoNodeReferences,
    NodeCompactIndexable, NodeCount, NodeIndexable, Visitable,
};
use petgraph::{Directed, data::DataMap};

use super::view::{GraphView, Hop, Hops};
use super::{Direction, Entity, NodeId, RelationshipId, TypeId};

/// An edge of a view: a relationship and the way it is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HopId {
    pub relationship: RelationshipId,
    pub against: bool,
}

impl Hop {
    pub fn hop_id(self) -> HopId {
        HopId { relationship: self.relationship, against: self.against }
    }
}

impl EdgeRef for Hop {
    type NodeId = NodeId;
    type EdgeId = HopId;
    type Weight = TypeId;

    fn source(&self) -> NodeId {
        self.source
    }

    fn target(&self) -> NodeId {
        self.target
    }

    fn weight(&self) -> &TypeId {
        &self.relationship_type
    }

    fn id(&self) -> HopId {
        self.hop_id()
    }
}

impl GraphBase for GraphView<'_> {
    type EdgeId = HopId;
    type NodeId = NodeId;
}

impl Data for GraphView<'_> {
    type NodeWeight = ();
    type EdgeWeight = TypeId;
}

impl DataMap for GraphView<'_> {
    fn node_weight(&self, node: NodeId) -> Option<&()> {
        (node.index() < self.graph().node_bound() && !self.graph().is_deleted(Entity::Node(node))).then_some(&())
    }

    fn edge_weight(&self, id: HopId) -> Option<&TypeId> {
        let known = id.relationship.index() < self.graph().relationship_bound()
            && !self.graph().is_deleted(Entity::Relationship(id.relationship));
        let hop = known.then(|| self.hops_of(id.relationship).find(|hop| hop.hop_id() == id)).flatten()?;
        Some(&self.types[hop.relationship_type.index()])
    }
}

impl GraphProp for GraphView<'_> {
    type EdgeType = Directed;
}

impl NodeCount for GraphView<'_> {
    fn node_count(&self) -> usize {
        self.graph().node_count()
    }
}

impl EdgeCount for GraphView<'_> {
    fn edge_count(&self) -> usize {
        let both_ways = self.types.iter().any(|t| self.orientation(*t) == Some(Direction::Both));
        if both_ways {
            // Loops of a type followed both ways count once: only looking tells how many there are.
            return self.edge_references().count();
        }
        let in_view = self.types.iter().filter(|t| self.orientation(**t).is_some());
        in_view.map(|t| self.graph().type_count(*t)).sum()
    }
}

impl NodeIndexable for GraphView<'_> {
    fn node_bound(&self) -> usize {
        self.graph().node_count()
    }

    fn to_index(&self, node: NodeId) -> usize {
        self.dense.as_ref().map_or(node.index(), |dense| dense.number[node.index()] as usize)
    }

    fn from_index(&self, index: usize) -> NodeId {
        self.dense.as_ref().map_or_else(|| NodeId::new(index), |dense| dense.node[index])
    }
}

impl NodeCompactIndexable for GraphView<'_> {}

impl EdgeIndexable for GraphView<'_> {
    fn edge_bound(&self) -> usize {
        2 * self.graph().relationship_bound()
    }

    fn to_index(&self, id: HopId) -> usize {
        2 * id.relationship.index() + usize::from(id.against)
    }

    fn from_index(&self, index: usize) -> HopId {
        HopId { relationship: RelationshipId::new(index / 2), against: !index.is_multiple_of(2) }
    }
}

/// A bit a node: petgraph's own set, whose type it does not name.
type NodeSet = <DiGraph<(), ()> as Visitable>::Map;

impl Visitable for GraphView<'_> {
    type Map = NodeSet;

    fn visit_map(&self) -> NodeSet {
        NodeSet::with_capacity(self.graph().node_bound())
    }

    fn reset_map(&self, map: &mut NodeSet) {
        map.clear();
        map.grow(self.graph().node_bound());
    }
}

impl GetAdjacencyMatrix for GraphView<'_> {
    /// Looking through the neighbours is quick enough, and a matrix of a large graph does not fit into memory.
    type AdjMatrix = ();

    fn adjacency_matrix(&self) {}

    fn is_adjacent(&self, (): &(), a: NodeId, b: NodeId) -> bool {
        self.hops(a).any(|hop| hop.target == b)
    }
}

/// The ends of hops, seen from one node.
#[derive(Clone)]
pub struct Neighbours<'v> {
    hops: Hops<'v>,
    leaving: bool,
}

impl Iterator for Neighbours<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let leaving = self.leaving;
        self.hops.next().map(|hop| if leaving { hop.target } else { hop.source })
    }
}

impl<'v> IntoNeighbors for &'v GraphView<'_> {
    type Neighbors = Neighbours<'v>;

    fn neighbors(self, node: NodeId) -> Neighbours<'v> {
        Neighbours { hops: self.hops(node), leaving: true }
    }
}

impl<'v> IntoNeighborsDirected for &'v GraphView<'_> {
    type NeighborsDirected = Neighbours<'v>;

    fn neighbors_directed(self, node: NodeId, direction: petgraph::Direction) -> Neighbours<'v> {
        Neighbours { hops: Hops::new(self, node, direction), leaving: direction == petgraph::Direction::Outgoing }
    }
}

/// All hops of a view, by relationship.
pub struct AllHops<'v> {
    view: &'v GraphView<'v>,
    next: usize,
    /// The other way of the relationship last seen.
    pending: Option<Hop>,
}

impl Iterator for AllHops<'_> {
    type Item = Hop;

    fn next(&mut self) -> Option<Hop> {
        if let Some(hop) = self.pending.take() {
            return Some(hop);
        }
        let graph = self.view.graph();
        while self.next < graph.relationship_bound() {
            let id = RelationshipId::new(self.next);
            self.next += 1;
            if graph.is_deleted(Entity::Relationship(id)) {
                continue;
            }
            let mut hops = self.view.hops_of(id);
            if let Some(hop) = hops.next() {
                self.pending = hops.next();
                return Some(hop);
            }
        }
        None
    }
}

impl<'v> IntoEdgeReferences for &'v GraphView<'_> {
    type EdgeRef = Hop;
    type EdgeReferences = AllHops<'v>;

    fn edge_references(self) -> AllHops<'v> {
        AllHops { view: self, next: 0, pending: None }
    }
}

impl<'v> IntoEdges for &'v GraphView<'_> {
    type Edges = Hops<'v>;

    fn edges(self, node: NodeId) -> Hops<'v> {
        self.hops(node)
    }
}

impl<'v> IntoEdgesDirected for &'v GraphView<'_> {
    type EdgesDirected = Hops<'v>;

    fn edges_directed(self, node: NodeId, direction: petgraph::Direction) -> Hops<'v> {
        Hops::new(self, node, direction)
    }
}

/// The live nodes, by id.
pub struct LiveNodes<'v> {
    view: &'v GraphView<'v>,
    next: usize,
}

impl Iterator for LiveNodes<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        let node = (self.next < self.view.node_bound()).then(|| NodeIndexable::from_index(self.view, self.next));
        self.next += 1;
        node
    }
}

impl<'v> IntoNodeIdentifiers for &'v GraphView<'_> {
    type NodeIdentifiers = LiveNodes<'v>;

    fn node_identifiers(self) -> LiveNodes<'v> {
        LiveNodes { view: self, next: 0 }
    }
}

impl<'v> IntoNodeReferences for &'v GraphView<'_> {
    type NodeRef = (NodeId, ());
    type NodeReferences = std::iter::Map<LiveNodes<'v>, fn(NodeId) -> (NodeId, ())>;

    fn node_references(self) -> Self::NodeReferences {
        self.node_identifiers().map(|node| (node, ()))
    }
}

#[cfg(test)]
mod tests;
