//! Betweenness: on how many of the shortest paths a node lies.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::network::Network;
use super::paths::Cost;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// By node: over all pairs of other nodes the share of their cheapest paths that go through it (Brandes, 2001; parallel
/// edges are paths of their own). With a number of samples only the paths from as many nodes count, taken evenly by
/// number, and the sums are scaled up. Weights are above 0.
pub fn betweenness(network: &Network, samples: Option<usize>, budget: &Budget) -> Result<Vec<f64>, Diagnostic> {
    let nodes = network.len();
    budget.charge(nodes * (4 * size_of::<f64>() + size_of::<u32>()))?;
    let mut between = vec![0.0; nodes];
    let mut search = Search::new(nodes);
    let samples = samples.unwrap_or(nodes).min(nodes);
    for sample in 0..samples {
        budget.tell_progress(sample, samples);
        let from = (sample as u64 * nodes as u64 / samples as u64) as u32;
        search.run(network, from, budget)?;
        search.gather(network, from, &mut between, budget)?;
    }
    if samples > 0 && samples < nodes {
        let scale = nodes as f64 / samples as f64;
        between.iter_mut().for_each(|value| *value *= scale);
    }
    Ok(between)
}

/// The cheapest paths from one node.
pub(super) struct Search {
    pub costs: Vec<f64>,
    /// By node: how many cheapest paths lead to it.
    paths: Vec<f64>,
    /// By node: what the paths beyond it count for.
    shares: Vec<f64>,
    /// The nodes reached, by cost.
    pub order: Vec<u32>,
}

impl Search {
    pub(super) fn new(nodes: usize) -> Search {
        Search { costs: vec![f64::INFINITY; nodes], paths: vec![0.0; nodes], shares: vec![0.0; nodes], order: vec![] }
    }

    pub(super) fn run(&mut self, network: &Network, from: u32, budget: &Budget) -> Result<(), Diagnostic> {
        for node in self.order.drain(..) {
            let at = node as usize;
            (self.costs[at], self.paths[at], self.shares[at]) = (f64::INFINITY, 0.0, 0.0);
        }
        (self.costs[from as usize], self.paths[from as usize]) = (0.0, 1.0);
        if network.is_weighted() { self.by_cost(network, from, budget) } else { self.by_level(network, from, budget) }
    }

    fn by_level(&mut self, network: &Network, from: u32, budget: &Budget) -> Result<(), Diagnostic> {
        self.order.push(from);
        let mut at = 0;
        while let Some(node) = self.order.get(at).copied() {
            budget.tick()?;
            at += 1;
            let (cost, paths) = (self.costs[node as usize] + 1.0, self.paths[node as usize]);
            for target in network.targets(node) {
                let known = &mut self.costs[*target as usize];
                if *known == f64::INFINITY {
                    *known = cost;
                    self.order.push(*target);
                }
                if *known == cost {
                    self.paths[*target as usize] += paths;
                }
            }
        }
        Ok(())
    }

    fn by_cost(&mut self, network: &Network, from: u32, budget: &Budget) -> Result<(), Diagnostic> {
        let mut queue = BinaryHeap::from([Reverse((Cost(0.0), from))]);
        while let Some(Reverse((Cost(cost), node))) = queue.pop() {
            budget.tick()?;
            if cost > self.costs[node as usize] {
                continue;
            }
            self.order.push(node);
            let paths = self.paths[node as usize];
            for edge in network.edges(node) {
                let (target, cost) = (network.target(edge) as usize, cost + network.weight(edge));
                if cost < self.costs[target] {
                    (self.costs[target], self.paths[target]) = (cost, 0.0);
                    queue.push(Reverse((Cost(cost), target as u32)));
                }
                if cost == self.costs[target] {
                    self.paths[target] += paths;
                }
            }
        }
        Ok(())
    }

    /// Adds for each node its share in the paths found, from the farthest back.
    fn gather(&mut self, network: &Network, from: u32, sums: &mut [f64], budget: &Budget) -> Result<(), Diagnostic> {
        for node in self.order.iter().rev() {
            budget.tick()?;
            let (cost, paths) = (self.costs[*node as usize], self.paths[*node as usize]);
            let mut share = 0.0;
            for edge in network.edges(*node) {
                let target = network.target(edge) as usize;
                if cost + network.weight(edge) == self.costs[target] {
                    share += paths / self.paths[target] * (1.0 + self.shares[target]);
                }
            }
            self.shares[*node as usize] = share;
            if *node != from {
                sums[*node as usize] += share;
            }
        }
        Ok(())
    }
}
