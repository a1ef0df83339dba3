//! PageRank: how often a walker comes by who follows edges and now and then jumps.

use super::components::strong;
use super::network::{Network, Reversed};
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// How the walker goes.
pub struct Walk<'w> {
    /// With which probability the walker follows an edge rather than jumps: from 0 to below 1.
    pub damping: f64,
    /// How little the ranks of a part may change in a round, as a share of their sum.
    pub tolerance: f64,
    /// The most rounds over a part with cycles.
    pub rounds: usize,
    /// Where the walker jumps to, all equally likely; `None`: to every node.
    pub jumps: Option<&'w [u32]>,
}

/// The ranks of all nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranks {
    /// By node; their sum is 1.
    pub ranks: Vec<f64>,
    /// The most rounds that a part took.
    pub rounds: usize,
    /// Whether all parts came within the tolerance.
    pub converged: bool,
}

/// PageRank (Page, Brin, Motwani and Winograd, 1999); from a node without edges the walker jumps. Weights say how
/// likely each edge is taken.
///
/// The ranks solve a system of linear equations in which a jump from a node without edges only scales the solution.
/// It is solved part by part along the condensation: a node outside of cycles is done at once, and a part with cycles
/// in rounds of its own (Gauss and Seidel). Power iteration over all would need as many rounds as its slowest part.
pub fn pagerank(network: &Network, walk: &Walk, budget: &Budget) -> Result<Ranks, Diagnostic> {
    let nodes = network.len();
    let groups = strong(network, budget)?.groups();
    let reversed = network.reversed(budget)?;
    budget.charge(nodes * (4 * size_of::<f64>() + 2 * size_of::<u32>()))?;
    let jumps = jumps(nodes, walk.jumps);
    let factors: Vec<f64> = network.numbers().map(|node| factor(network, node, walk.damping)).collect();
    let mut system = System { network, reversed, jumps, factors, ranks: vec![0.0; nodes], passed: vec![0.0; nodes] };
    let (mut most, mut converged) = (0, true);
    // Edges lead to lower numbers: the highest part depends on no other.
    for part in (0..groups.len()).rev() {
        let members = groups.of(part);
        if let [node] = members
            && !network.targets(*node).contains(node)
        {
            budget.tick()?;
            system.solve(*node);
            continue;
        }
        let rounds = system.settle(members, walk, budget)?;
        most = most.max(rounds.unwrap_or(walk.rounds));
        converged &= rounds.is_some();
    }
    let mut ranks = system.ranks;
    let sum: f64 = ranks.iter().sum();
    if sum > 0.0 {
        ranks.iter_mut().for_each(|rank| *rank /= sum);
    }
    Ok(Ranks { ranks, rounds: most, converged })
}

fn jumps(nodes: usize, to: Option<&[u32]>) -> Vec<f64> {
    let Some(to) = to else { return vec![1.0; nodes] };
    let mut jumps = vec![0.0; nodes];
    to.iter().for_each(|node| jumps[*node as usize] = 1.0);
    jumps
}

/// What a unit of weight passes on of a node's rank.
fn factor(network: &Network, node: u32, damping: f64) -> f64 {
    let edges = network.edges(node);
    let sum = if network.is_weighted() { edges.map(|edge| network.weight(edge)).sum() } else { edges.len() as f64 };
    if sum > 0.0 { damping / sum } else { 0.0 }
}

struct System<'n> {
    network: &'n Network<'n>,
    reversed: Reversed,
    jumps: Vec<f64>,
    factors: Vec<f64>,
    ranks: Vec<f64>,
    /// By node: what it passes on over an edge of weight 1.
    passed: Vec<f64>,
}

impl System<'_> {
    /// The rank of a node, given those that it depends on.
    fn solve(&mut self, node: u32) {
        let passed = |source: &u32| self.passed[*source as usize];
        let sources = self.reversed.sources(node);
        let received: f64 = match self.network.is_weighted() {
            false => sources.iter().map(passed).sum(),
            true => {
                let edges = self.reversed.edges(node).iter();
                edges.zip(sources).map(|(edge, source)| passed(source) * self.network.weight(*edge as usize)).sum()
            }
        };
        let at = node as usize;
        self.ranks[at] = self.jumps[at] + received;
        self.passed[at] = self.ranks[at] * self.factors[at];
    }

    /// Solves a part in rounds; how many it took, unless they did not suffice.
    fn settle(&mut self, members: &[u32], walk: &Walk, budget: &Budget) -> Result<Option<usize>, Diagnostic> {
        for round in 1..=walk.rounds {
            let (mut changed, mut sum) = (0.0, 0.0);
            for node in members {
                budget.tick()?;
                let before = self.ranks[*node as usize];
                self.solve(*node);
                let after = self.ranks[*node as usize];
                changed += (after - before).abs();
                sum += after;
            }
            if changed <= walk.tolerance * sum {
                return Ok(Some(round));
            }
        }
        Ok(None)
    }
}
