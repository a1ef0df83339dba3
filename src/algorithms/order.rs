//! Orders along the edges: the condensation in layers, and topological sorting.

use super::components::{Components, strong};
use super::network::Network;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// A network with each strongly connected component made one, in layers: the edges of a component lead to lower
/// layers only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condensation {
    /// In reverse topological order: an edge between two components leads to the lower number.
    pub components: Components,
    /// By component: the length of the longest way on from it, in components; 0 where none leaves it.
    pub layers: Vec<u32>,
    /// By component: the first edge of the longest way on from it.
    pub next: Vec<Option<u32>>,
}

impl Condensation {
    /// The components of each layer, the one from which nothing leaves first.
    pub fn by_layer(&self) -> Vec<Vec<u32>> {
        let mut by_layer = vec![Vec::new(); self.layers.iter().max().map_or(0, |highest| *highest as usize + 1)];
        for (component, layer) in self.layers.iter().enumerate() {
            by_layer[*layer as usize].push(component as u32);
        }
        by_layer
    }

    /// The longest way through components, from its start; the first of several.
    pub fn longest_way(&self, network: &Network) -> Vec<u32> {
        let components = 0..self.components.count as u32;
        let start = components.max_by_key(|c| (self.layers[*c as usize], std::cmp::Reverse(*c)));
        let after = |edge: u32| self.components.of[network.target(edge as usize) as usize];
        std::iter::successors(start, |component| self.next[*component as usize].map(after)).collect()
    }
}

/// Components and their layers.
pub fn condensation(network: &Network, budget: &Budget) -> Result<Condensation, Diagnostic> {
    let components = strong(network, budget)?;
    let mut layers = vec![0; components.count];
    let mut next = vec![None; components.count];
    budget.charge(components.count * 3 * size_of::<u32>() + network.len() * size_of::<u32>())?;
    // The lower numbers are done when a component's turn comes.
    for (component, members) in components.groups().iter().enumerate() {
        for member in members {
            budget.tick()?;
            for edge in network.edges(*member) {
                let target = components.of[network.target(edge) as usize];
                let layer = layers[target as usize] + 1;
                if target as usize != component && layer > layers[component] {
                    (layers[component], next[component]) = (layer, Some(edge as u32));
                }
            }
        }
    }
    Ok(Condensation { components, layers, next })
}

/// The nodes so that every edge leads to a later one (of several orders the one that takes the lowest number first);
/// or, if there are cycles, the edges of one.
pub fn topological_sort(network: &Network, budget: &Budget) -> Result<Result<Vec<u32>, Vec<usize>>, Diagnostic> {
    budget.charge(3 * network.len() * size_of::<u32>())?;
    let mut missing = vec![0_u32; network.len()];
    network.numbers().for_each(|node| network.targets(node).iter().for_each(|target| missing[*target as usize] += 1));
    let free = network.numbers().filter(|node| missing[*node as usize] == 0).map(std::cmp::Reverse);
    let mut ready: std::collections::BinaryHeap<_> = free.collect();
    let mut order = Vec::with_capacity(network.len());
    while let Some(std::cmp::Reverse(node)) = ready.pop() {
        budget.tick()?;
        order.push(node);
        for target in network.targets(node) {
            missing[*target as usize] -= 1;
            if missing[*target as usize] == 0 {
                ready.push(std::cmp::Reverse(*target));
            }
        }
    }
    if order.len() == network.len() { Ok(Ok(order)) } else { Ok(Err(cycle_among(network, &missing))) }
}

/// A cycle among the nodes that miss predecessors: each has one among them, so going back meets a node again.
fn cycle_among(network: &Network, missing: &[u32]) -> Vec<usize> {
    let mut before = vec![None; network.len()];
    for node in network.numbers().filter(|node| missing[*node as usize] > 0) {
        for edge in network.edges(node) {
            before[network.target(edge) as usize].get_or_insert(edge);
        }
    }
    let Some(mut node) = network.numbers().find(|node| missing[*node as usize] > 0) else { return Vec::new() };
    let back = |node: u32| before[node as usize].filter(|_| missing[node as usize] > 0);
    let mut seen = vec![false; network.len()];
    while !std::mem::replace(&mut seen[node as usize], true) {
        match back(node) {
            Some(edge) => node = network.source(edge),
            None => return Vec::new(),
        }
    }
    let mut cycle = Vec::new();
    let mut at = node;
    while let Some(edge) = back(at) {
        cycle.push(edge);
        at = network.source(edge);
        if at == node {
            break;
        }
    }
    cycle.reverse();
    cycle
}
