//! From each node to every node that it reaches: breadth first, with a bit for each node visited.
//!
//! While few nodes are at the front, their relationships are followed; when the front has grown large, it is cheaper
//! to ask each node not yet visited whether it has a neighbour at the front (Beamer, Asanović, Patterson 2012).

use std::ops::Range;

use super::super::Result;
use super::super::follow::Follow;
use super::ends::Ends;
use super::{BATCH, Batch, Feed, Ids};
use crate::graph::{Graph, NeighbourLists};
use crate::limits::Budget;
use crate::plan::{PathLength, Slot};

#[derive(Clone)]
pub(super) struct Reach {
    pub follow: Follow,
    pub from: Slot,
    pub to: Slot,
    pub to_bound: bool,
    pub length: PathLength,
    pub ends: Ends,
    pub wanted: Vec<Slot>,
    pub state: Found,
}

/// What one row has reached and is still to be given.
#[derive(Clone, Default)]
pub(super) struct Found {
    batch: Option<Batch>,
    row: usize,
    nodes: Vec<u32>,
    given: usize,
    /// A bit for each node that the search has visited; none are set between two searches.
    visited: Vec<u64>,
}

impl Reach {
    pub(super) fn next(&mut self, feed: &mut Feed) -> Result<Option<Batch>> {
        loop {
            let Some(batch) = feed.rest_or_next(&mut self.state.batch)? else { return Ok(None) };
            let (places, ends) = self.some(&batch, feed)?;
            let mut out = batch.pick(&places, &self.wanted);
            if !self.to_bound && self.wanted.contains(&self.to) {
                out.columns.push(Ids { slot: self.to, relationship: false, ids: ends });
            }
            match self.state.row < batch.len || self.state.given < self.state.nodes.len() {
                true => self.state.batch = Some(batch),
                false => self.state.row = 0,
            }
            if out.len > 0 {
                return Ok(Some(out));
            }
        }
    }

    /// Searches from one row after the other until there are enough nodes: the row of each, and the node.
    fn some(&mut self, batch: &Batch, feed: &mut Feed) -> Result<(Vec<u32>, Vec<u32>)> {
        let (graph, budget) = (feed.context.graph, feed.run.budget);
        let (from, target) = (batch.ids(self.from), self.to_bound.then(|| batch.ids(self.to)));
        let mut search = Search {
            sides: sides(graph, &mut self.follow, batch.len - self.state.row),
            follow: &mut self.follow,
            graph,
            length: self.length,
            visited: std::mem::take(&mut self.state.visited),
            budget,
        };
        let (mut places, mut ends) = (Vec::new(), Vec::new());
        let mut visited = 0;
        loop {
            let state = &mut self.state;
            let end = state.nodes.len().min(state.given + BATCH - ends.len());
            ends.extend_from_slice(&state.nodes[state.given..end]);
            places.resize(ends.len(), (state.row as u32).wrapping_sub(1));
            state.given = end;
            // What is wanted may be rare: what has been found is given in between.
            let is_enough = ends.len() == BATCH || (visited > 4 * BATCH && !ends.is_empty());
            if is_enough || state.row == batch.len {
                break;
            }
            let row = state.row;
            (state.row, state.given) = (row + 1, 0);
            search.reach(from[row], &mut state.nodes)?;
            visited += state.nodes.len() + 1;
            let ends = &mut self.ends;
            let is_wanted =
                |node: &u32| target.is_none_or(|target| target[row] == *node) && ends.pass(feed.context, *node);
            state.nodes.retain(is_wanted);
        }
        self.state.visited = search.visited;
        Ok((places, ends))
    }
}

/// Searches from one node after the other.
struct Search<'s, 'g> {
    graph: &'g Graph,
    follow: &'s mut Follow,
    /// Lengths from 0 or 1 on only.
    length: PathLength,
    sides: Option<Sides<'g>>,
    /// A bit for each node that has been visited; none is set between two searches.
    visited: Vec<u64>,
    budget: &'s Budget,
}

impl Search<'_, '_> {
    /// Every node that a walk of an allowed length reaches, the nearest first.
    fn reach(&mut self, from: u32, found: &mut Vec<u32>) -> Result<()> {
        let Search { graph, follow, length, sides, visited, budget } = self;
        visited.resize(graph.node_bound().div_ceil(64), 0);
        // The nodes found so far, the front last; the first one is where the walks begin.
        found.clear();
        found.push(from);
        if length.minimum == 0 {
            set(visited, from);
        }
        let mut front = 0..1;
        let mut depth = 0;
        while !front.is_empty() && length.maximum.is_none_or(|maximum| depth < maximum) {
            depth += 1;
            match sides {
                Some(sides) if sides.upward_pays(&found[front.clone()], graph.node_bound()) => {
                    from_unvisited(sides.back, found, front.clone(), visited, budget)?;
                }
                _ => {
                    for at in front.clone() {
                        budget.tick()?;
                        let node = found[at];
                        let mut visit = |end: u32| {
                            if set(visited, end) {
                                found.push(end);
                            }
                        };
                        match sides {
                            Some(sides) => sides.ahead.of(node as usize).iter().for_each(|end| visit(*end)),
                            None => follow.each(graph, node, visit),
                        }
                    }
                }
            }
            front = front.end..found.len();
            if sides.is_none() {
                *sides = self::sides(graph, follow, front.len());
            }
            budget.charge(front.len() * size_of::<u32>())?;
        }
        budget.release((found.len() - 1) * size_of::<u32>());
        // A search that found few nodes leaves few words to clear.
        if found.len() < visited.len() {
            found.iter().for_each(|node| visited[*node as usize / 64] = 0);
        } else {
            visited.fill(0);
        }
        if length.minimum > 0 {
            found.remove(0);
        }
        Ok(())
    }
}

/// The lists of neighbours forwards and backwards, if they are in arrays.
struct Sides<'g> {
    ahead: NeighbourLists<'g>,
    back: NeighbourLists<'g>,
    relationships: usize,
}

/// `nodes` more will be followed.
fn sides<'g>(graph: &'g Graph, follow: &mut Follow, nodes: usize) -> Option<Sides<'g>> {
    let [one] = *follow.types.as_deref()? else { return None };
    let (ahead, back) = (follow.lists(graph, nodes)?, follow.turned().lists(graph, 0)?);
    Some(Sides { ahead, back, relationships: graph.type_count(one) })
}

impl Sides<'_> {
    /// Whether asking the unvisited nodes is likely to look at fewer relationships.
    fn upward_pays(&self, front: &[u32], nodes: usize) -> bool {
        if front.len() * 24 < nodes {
            return false;
        }
        let ahead: usize = front.iter().map(|node| self.ahead.degree(*node as usize)).sum();
        ahead * 4 > self.relationships
    }
}

/// Adds the nodes not yet visited that have a neighbour at the front; they are visited now.
fn from_unvisited(
    back: NeighbourLists,
    found: &mut Vec<u32>,
    front: Range<usize>,
    visited: &mut [u64],
    budget: &Budget,
) -> Result<()> {
    let mut at_front = vec![0_u64; visited.len()];
    found[front].iter().for_each(|node| _ = set(&mut at_front, *node));
    for (at, word) in visited.iter_mut().enumerate() {
        budget.tick()?;
        let mut rest = back.owners(at) & !*word;
        while rest != 0 {
            let node = (at * 64) as u32 + rest.trailing_zeros();
            rest &= rest - 1;
            if back.of(node as usize).iter().any(|other| at_front[*other as usize / 64] >> (other % 64) & 1 == 1) {
                *word |= 1 << (node % 64);
                found.push(node);
            }
        }
    }
    Ok(())
}

/// Sets a node's bit; whether it was not set before.
fn set(bits: &mut [u64], node: u32) -> bool {
    let (word, bit) = (&mut bits[node as usize / 64], 1 << (node % 64));
    let new = *word & bit == 0;
    *word |= bit;
    new
}
