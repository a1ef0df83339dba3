//! [`Neighbours`]: what relationships of some types lead from a node to, read from the lists of the store.

use super::Run;
use super::follow::pays_to_update;
use crate::graph::{Direction, Graph, NodeId, RelationshipLists, TypeId};
use crate::plan::Step;

/// Which relationships are followed, and how often they have been.
#[derive(Clone)]
pub(super) struct Followed {
    direction: Direction,
    names: Vec<std::sync::Arc<str>>,
    visited: usize,
}

/// The lists of the followed types, in the order in which a node's relationships are given.
pub(super) struct Neighbours<'g> {
    graph: &'g Graph,
    direction: Direction,
    types: Option<Vec<TypeId>>,
    /// Each with whether its loops are in another list; `None` if some have changed.
    lists: Option<Vec<(RelationshipLists<'g>, bool)>>,
}

/// With more types than these, most lists of a node are empty: it is asked for what it has.
const MOST_TYPES: usize = 8;

impl Followed {
    pub(super) fn new(step: &Step) -> Followed {
        Followed { direction: step.direction, names: step.types.clone(), visited: 0 }
    }

    /// The lists as they are now, to be read for this many nodes.
    pub(super) fn lists<'g>(&mut self, nodes: usize, graph: &'g Graph) -> Neighbours<'g> {
        let named = || {
            let mut ids: Vec<TypeId> = self.names.iter().filter_map(|name| graph.type_id(name)).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let types = (!self.names.is_empty()).then(named);
        self.visited += nodes;
        let followed: Vec<TypeId> = match &types {
            Some(types) => types.clone(),
            None => graph.types().collect(),
        };
        let lists = (followed.len() <= MOST_TYPES).then(|| self.each(&followed, graph)).flatten();
        Neighbours { graph, direction: self.direction, types, lists }
    }

    fn each<'g>(&self, types: &[TypeId], graph: &'g Graph) -> Option<Vec<(RelationshipLists<'g>, bool)>> {
        let both = self.direction == Direction::Both;
        let ways = [Direction::Outgoing, Direction::Incoming].into_iter();
        let ways = ways.filter(|way| both || *way == self.direction);
        let list = |way: Direction, of_type: TypeId| {
            let whole = pays_to_update(self.visited, graph, of_type);
            let lists = graph.relationship_lists(way, of_type);
            let lists = lists.or_else(|| whole.then(|| graph.current_relationship_lists(way, of_type)))?;
            Some((lists, both && way == Direction::Incoming))
        };
        ways.flat_map(|way| types.iter().map(move |of_type| (way, *of_type))).map(|(way, t)| list(way, t)).collect()
    }
}

impl Neighbours<'_> {
    /// Adds where the node's relationships lead to, and the relationships themselves if they are wanted.
    pub(super) fn add(&self, node: u32, with_relationships: bool, into: &mut Found) {
        let Some(lists) = &self.lists else {
            for adjacent in self.graph.adjacent(NodeId::new(node as usize), self.direction, self.types.as_deref()) {
                into.push(adjacent.neighbour.index() as u32, adjacent.relationship.index() as u32);
            }
            return;
        };
        for (list, no_loops) in lists {
            if with_relationships || *no_loops {
                for (neighbour, relationship) in list.of(node as usize) {
                    if !(*no_loops && neighbour == node) {
                        into.push(neighbour, relationship.index() as u32);
                    }
                }
            } else {
                let neighbours = list.neighbours(node as usize);
                into.neighbours.extend_from_slice(neighbours);
                into.relationships.resize(into.neighbours.len(), super::vector::NULL);
            }
        }
    }

    /// Adds the relationships that lead from one node to another.
    pub(super) fn add_between(&self, node: u32, target: u32, into: &mut Found) {
        let Some(lists) = &self.lists else {
            let node = NodeId::new(node as usize);
            let all = self.graph.adjacent(node, self.direction, self.types.as_deref());
            let all = all.filter(|adjacent| adjacent.neighbour.index() == target as usize);
            return all.for_each(|adjacent| into.push(target, adjacent.relationship.index() as u32));
        };
        for (list, no_loops) in lists {
            if !(*no_loops && node == target) {
                let between = list.between(node as usize, target);
                between.for_each(|relationship| into.push(target, relationship.index() as u32));
            }
        }
    }
}

/// Neighbours of one node after the other, with the relationships that lead to them.
#[derive(Clone, Default)]
pub(super) struct Found {
    pub neighbours: Vec<u32>,
    pub relationships: Vec<u32>,
}

impl Found {
    fn push(&mut self, neighbour: u32, relationship: u32) {
        self.neighbours.push(neighbour);
        self.relationships.push(relationship);
    }

    pub(super) fn clear(&mut self) {
        self.neighbours.clear();
        self.relationships.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.neighbours.len()
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.neighbours.truncate(len);
        self.relationships.truncate(len);
    }

    /// Keeps what is not taken by other parts of the pattern.
    pub(super) fn leave_out(&mut self, taken: &[u32]) {
        if taken.is_empty() {
            return;
        }
        let kept: Vec<usize> = (0..self.len()).filter(|at| !taken.contains(&self.relationships[*at])).collect();
        self.neighbours = kept.iter().map(|at| self.neighbours[*at]).collect();
        self.relationships = kept.iter().map(|at| self.relationships[*at]).collect();
    }

    /// Leaves out each of these neighbours once.
    pub(super) fn leave_out_ends(&mut self, ends: &[u32]) {
        for end in ends {
            if let Some(at) = self.neighbours.iter().position(|neighbour| neighbour == end) {
                self.neighbours.remove(at);
                self.relationships.remove(at);
            }
        }
    }
}

/// How often each slot is named in the plan: what is named once is read by nobody.
pub(super) fn is_read(slot: usize, run: &Run) -> bool {
    run.uses.get(slot).is_none_or(|uses| *uses > 1)
}
