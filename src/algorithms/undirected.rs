//! [`Undirected`]: who is a neighbour of whom, directions aside.

use super::network::Network;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// The neighbours of each node both ways, sorted, each once, without loops.
pub struct Undirected {
    offsets: Vec<usize>,
    neighbours: Vec<u32>,
}

impl Undirected {
    pub fn of(network: &Network, budget: &Budget) -> Result<Undirected, Diagnostic> {
        // Followed both ways, edges come with those against them.
        let reversed = if network.view().is_undirected() { None } else { Some(network.reversed(budget)?) };
        budget.charge(2 * network.edge_count() * size_of::<u32>() + network.len() * size_of::<usize>())?;
        let mut found = Undirected { offsets: vec![0], neighbours: Vec::with_capacity(2 * network.edge_count()) };
        for node in network.numbers() {
            budget.tick()?;
            let start = found.neighbours.len();
            found.neighbours.extend_from_slice(network.targets(node));
            if let Some(reversed) = &reversed {
                found.neighbours.extend_from_slice(reversed.sources(node));
            }
            found.end_list(node, start);
        }
        Ok(found)
    }

    /// Sorts the list of a node, which begins at this place, and keeps each neighbour once.
    fn end_list(&mut self, node: u32, start: usize) {
        let neighbours = &mut self.neighbours;
        // Made of a few sorted lists, which the stable sort merges.
        neighbours[start..].sort();
        let mut end = start;
        for at in start..neighbours.len() {
            let other = neighbours[at];
            if other != node && (end == start || neighbours[end - 1] != other) {
                neighbours[end] = other;
                end += 1;
            }
        }
        neighbours.truncate(end);
        self.offsets.push(end);
    }

    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub fn neighbours(&self, node: u32) -> &[u32] {
        &self.neighbours[self.offsets[node as usize]..self.offsets[node as usize + 1]]
    }

    #[inline]
    pub fn degree(&self, node: u32) -> usize {
        self.neighbours(node).len()
    }
}
