//! Distances along the shortest paths between two nodes: two searches, one from each end, until they meet.
//!
//! Each search visits about as many nodes as lie within half the distance, which on most graphs is far fewer than
//! one search would visit (Pohl 1971). Each grows by a whole layer at a time, the smaller front first.

use super::Result;
use super::follow::Follow;
use crate::graph::{Graph, NodeId};
use crate::limits::Budget;

/// Distances from a node, of the nodes that have been reached.
pub(super) struct Distances(Vec<u32>);

impl Distances {
    /// Of so many nodes none has been reached. Pages of memory that no search looks at are never touched.
    pub(super) fn none(nodes: usize) -> Distances {
        Distances(vec![0; nodes])
    }

    pub(super) fn get(&self, node: NodeId) -> Option<u64> {
        self.0[node.index()].checked_sub(1).map(u64::from)
    }

    /// Whether the node had not been reached before.
    pub(super) fn reach(&mut self, node: NodeId, distance: u64) -> bool {
        let known = &mut self.0[node.index()];
        let new = *known == 0;
        if new {
            // There are fewer nodes than 32 bits can count, and no distance is longer.
            *known = distance as u32 + 1;
        }
        new
    }

    /// Forgets these nodes.
    pub(super) fn forget(&mut self, nodes: impl IntoIterator<Item = u32>) {
        nodes.into_iter().for_each(|node| self.0[node as usize] = 0);
    }
}

/// The distances from one node of all nodes on the shortest paths to another one, and of some others; `None` if there
/// is no path of at most this length.
pub(super) fn between(
    graph: &Graph,
    follow: &Follow,
    (from, to): (NodeId, NodeId),
    longest: Option<u64>,
    budget: &Budget,
) -> Result<Option<Distances>> {
    let mut ahead = Search::new(graph, follow.clone(), from);
    if from == to {
        return Ok(Some(ahead.distances));
    }
    let mut back = Search::new(graph, follow.turned(), to);
    loop {
        if ahead.layer.is_empty()
            || back.layer.is_empty()
            || longest.is_some_and(|longest| ahead.depth + back.depth >= longest)
        {
            return Ok(None);
        }
        let met = match ahead.layer.len() <= back.layer.len() {
            true => ahead.grow(graph, &back.distances, budget)?,
            false => back.grow(graph, &ahead.distances, budget)?,
        };
        if met {
            break;
        }
    }
    // From where they met on to the end, over falling distances from the end.
    let meets = |node: &u32| {
        let node = NodeId::new(*node as usize);
        ahead.distances.get(node) == Some(ahead.depth) && back.distances.get(node) == Some(back.depth)
    };
    let shorter = if ahead.layer.len() <= back.layer.len() { &ahead.layer } else { &back.layer };
    let layer: Vec<u32> = shorter.iter().copied().filter(meets).collect();
    let mut distances = ahead.distances;
    fall(graph, follow, layer, (ahead.depth, back.depth), (&back.distances, &mut distances), budget)?;
    Ok(Some(distances))
}

/// Sets the distances of the nodes on all shortest paths that lead on to an end, over falling distances from that end,
/// from nodes at some distance from the start and from the end. Returns the nodes reached.
pub(super) fn fall(
    graph: &Graph,
    follow: &Follow,
    mut layer: Vec<u32>,
    (mut depth, left): (u64, u64),
    (back, distances): (&Distances, &mut Distances),
    budget: &Budget,
) -> Result<Vec<u32>> {
    let mut reached = Vec::new();
    for left in (0..left).rev() {
        depth += 1;
        let mut next = Vec::new();
        for node in layer {
            budget.tick()?;
            follow.each(graph, node, |end| {
                let node = NodeId::new(end as usize);
                if back.get(node) == Some(left) && distances.reach(node, depth) {
                    next.push(end);
                }
            });
        }
        reached.extend_from_slice(&next);
        layer = next;
    }
    Ok(reached)
}

/// A breadth-first search from one end.
struct Search {
    follow: Follow,
    distances: Distances,
    /// The nodes at the greatest distance.
    layer: Vec<u32>,
    depth: u64,
}

impl Search {
    fn new(graph: &Graph, follow: Follow, start: NodeId) -> Search {
        let mut distances = Distances::none(graph.node_bound());
        distances.reach(start, 0);
        Search { follow, distances, layer: vec![start.index() as u32], depth: 0 }
    }

    /// Visits the next layer; whether the other search has been at one of its nodes.
    fn grow(&mut self, graph: &Graph, other: &Distances, budget: &Budget) -> Result<bool> {
        self.depth += 1;
        let (mut next, mut met) = (Vec::new(), false);
        for node in &self.layer {
            budget.tick()?;
            self.follow.each(graph, *node, |end| {
                let node = NodeId::new(end as usize);
                if self.distances.reach(node, self.depth) {
                    met |= other.get(node).is_some();
                    next.push(end);
                }
            });
        }
        self.layer = next;
        Ok(met)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Direction;
    use crate::limits::Limits;
    use proptest::prelude::*;

    /// The distances from a node by one search.
    fn from_one_end(graph: &Graph, follow: &Follow, from: NodeId) -> Vec<Option<u64>> {
        let mut distances = vec![None; graph.node_bound()];
        distances[from.index()] = Some(0);
        let mut queue = std::collections::VecDeque::from([from]);
        while let Some(node) = queue.pop_front() {
            let next = distances[node.index()].map(|distance: u64| distance + 1);
            follow.each(graph, node.index() as u32, |end| {
                if distances[end as usize].is_none() {
                    distances[end as usize] = next;
                    queue.push_back(NodeId::new(end as usize));
                }
            });
        }
        distances
    }

    proptest! {
        #[test]
        fn two_searches_find_what_one_finds(
            pairs in prop::collection::vec((0..9_usize, 0..9_usize, 0..2_u32), 0..24),
            merged in 0..24_usize,
            both in any::<bool>(),
            longest in prop::option::of(0..6_u64),
        ) {
            let mut graph = Graph::new();
            let nodes: Vec<NodeId> = (0..9).map(|_| graph.create_node()).collect();
            let types = ["T", "U"].map(|name| graph.intern_type(name));
            for (at, (start, end, kind)) in pairs.into_iter().enumerate() {
                if at == merged {
                    graph.commit();
                    graph.merge();
                }
                graph.create_relationship(nodes[start], types[kind as usize], nodes[end]);
            }
            let direction = if both { Direction::Both } else { Direction::Outgoing };
            let follow = Follow::new(direction, Some(vec![types[0]]));
            let budget = Budget::start(&Limits::default());
            let one = nodes.iter().map(|node| from_one_end(&graph, &follow, *node)).collect::<Vec<_>>();
            let back = nodes.iter().map(|node| from_one_end(&graph, &follow.turned(), *node)).collect::<Vec<_>>();
            for (a, b) in nodes.iter().flat_map(|a| nodes.iter().map(move |b| (*a, *b))) {
                let found = between(&graph, &follow, (a, b), longest, &budget).unwrap();
                let distance = one[a.index()][b.index()].filter(|d| longest.is_none_or(|longest| *d <= longest));
                prop_assert_eq!(found.as_ref().and_then(|found| found.get(b)), distance);
                let (Some(found), Some(distance)) = (found, distance) else { continue };
                for node in &nodes {
                    let (ahead, left) = (one[a.index()][node.index()], back[b.index()][node.index()]);
                    if ahead.zip(left).is_some_and(|(ahead, left)| ahead + left == distance) {
                        prop_assert_eq!(found.get(*node), ahead);
                    }
                    // What is not on a path may be unknown, but never wrong.
                    prop_assert!(found.get(*node).is_none_or(|found| Some(found) == ahead));
                }
            }
        }
    }
}
