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
        let mut around = Vec::new();
        for node in network.numbers() {
            budget.tick()?;
            around.clear();
            let sources = reversed.as_ref().map_or(&[][..], |reversed| reversed.sources(node));
            around.extend(network.targets(node).iter().chain(sources).filter(|other| **other != node));
            // Made of a few sorted lists, which the stable sort merges.
            around.sort();
            around.dedup();
            found.neighbours.extend_from_slice(&around);
            found.offsets.push(found.neighbours.len());
        }
        Ok(found)
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
