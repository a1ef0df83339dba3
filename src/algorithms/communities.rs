//! Communities: groups with more edges inside than chance would give.

use super::network::{NONE, Network};
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// A division of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Communities {
    /// By node: its community, numbered by first nodes.
    pub of: Vec<u32>,
    pub count: usize,
    /// How much more weight lies inside communities than chance would give: at most 1.
    pub modularity: f64,
    /// How often groups were joined into larger ones.
    pub levels: usize,
}

/// Communities by modularity, directions aside (Blondel, Guillaume, Lambiotte and Lefebvre, 2008, "Louvain"): each node
/// moves to the neighbouring community that gains most, nodes in order and of equal gains the lowest community, until
/// none moves; then communities become nodes, and so on. A community that hangs together only through nodes that left it
/// is split at the end, which no division loses by. A higher resolution gives smaller communities. Weights are not
/// negative.
pub fn communities(network: &Network, resolution: f64, budget: &Budget) -> Result<Communities, Diagnostic> {
    let ground = Level::ground(network, budget)?;
    let mut of: Vec<u32> = network.numbers().collect();
    let mut level: Option<Level> = None;
    let mut levels = 0;
    loop {
        let current = level.as_ref().unwrap_or(&ground);
        let (group, count) = current.settle(resolution, budget)?;
        if count == current.len() {
            break;
        }
        levels += 1;
        of.iter_mut().for_each(|node| *node = group[*node as usize]);
        level = Some(current.joined(&group, count, budget)?);
    }
    let (of, count) = connected(&ground, &of, budget)?;
    let modularity = ground.modularity(&of, count, resolution);
    Ok(Communities { of, count, modularity, levels })
}

/// An undirected graph with weights, of nodes or of groups.
struct Level {
    offsets: Vec<usize>,
    neighbours: Vec<(u32, f64)>,
    /// By node: the weight of its loops, twice.
    loops: Vec<f64>,
    /// By node: the weight of all that it is an end of, loops twice.
    degrees: Vec<f64>,
    /// The sum of the degrees.
    total: f64,
}

impl Level {
    fn ground(network: &Network, budget: &Budget) -> Result<Level, Diagnostic> {
        let reversed = network.reversed(budget)?;
        budget.charge(2 * network.edge_count() * size_of::<(u32, f64)>() + network.len() * 4 * size_of::<f64>())?;
        Level::gathered(network.len(), budget, |node, add| {
            let node = node as u32;
            let leaving = network.edges(node).map(|edge| (network.target(edge), network.weight(edge)));
            let edges = reversed.edges(node).iter().map(|edge| network.weight(*edge as usize));
            let coming = reversed.sources(node).iter().copied().zip(edges);
            leaving.chain(coming).for_each(|(other, weight)| add(other, weight));
        })
    }

    /// A level of so many nodes. Each gives its neighbours, in any order and repeatedly; an inner edge of its own twice.
    fn gathered(
        nodes: usize,
        budget: &Budget,
        mut give: impl FnMut(usize, &mut dyn FnMut(u32, f64)),
    ) -> Result<Level, Diagnostic> {
        let mut level = Level {
            offsets: vec![0],
            neighbours: vec![],
            loops: vec![0.0; nodes],
            degrees: vec![0.0; nodes],
            total: 0.0,
        };
        let mut sums = Sums::new(nodes);
        for node in 0..nodes {
            budget.tick()?;
            give(node, &mut |other, weight| sums.add(other, weight));
            sums.met.sort_unstable();
            for other in &sums.met {
                let (other, weight) = (*other, sums.sum[*other as usize]);
                level.degrees[node] += weight;
                match other as usize == node {
                    true => level.loops[node] = weight,
                    false => level.neighbours.push((other, weight)),
                }
            }
            sums.clear();
            level.offsets.push(level.neighbours.len());
        }
        level.total = level.degrees.iter().sum();
        Ok(level)
    }

    fn len(&self) -> usize {
        self.degrees.len()
    }

    fn neighbours(&self, node: u32) -> &[(u32, f64)] {
        &self.neighbours[self.offsets[node as usize]..self.offsets[node as usize + 1]]
    }

    /// Moves nodes until none gains by it; the groups by node, numbered by first nodes, and how many.
    fn settle(&self, resolution: f64, budget: &Budget) -> Result<(Vec<u32>, usize), Diagnostic> {
        /// A move that gains less is taken for a rounding error: without this two nodes might swap for ever.
        const LEAST_GAIN: f64 = 1e-12;
        let nodes = self.len() as u32;
        let mut of: Vec<u32> = (0..nodes).collect();
        let mut degrees = self.degrees.clone();
        let mut sums = Sums::new(self.len());
        let mut waiting: std::collections::VecDeque<u32> = (0..nodes).collect();
        let mut is_waiting = vec![true; self.len()];
        while let Some(node) = waiting.pop_front() {
            budget.tick()?;
            is_waiting[node as usize] = false;
            let (own, degree) = (of[node as usize], self.degrees[node as usize]);
            self.neighbours(node).iter().for_each(|(other, weight)| sums.add(of[*other as usize], *weight));
            degrees[own as usize] -= degree;
            let gain = |group: u32, sum: f64| sum - resolution * degree * degrees[group as usize] / self.total;
            let mut best = (own, gain(own, sums.sum[own as usize]));
            sums.met.sort_unstable();
            for group in &sums.met {
                let gained = gain(*group, sums.sum[*group as usize]);
                if gained > best.1 + LEAST_GAIN * self.total {
                    best = (*group, gained);
                }
            }
            sums.clear();
            degrees[best.0 as usize] += degree;
            if best.0 == own {
                continue;
            }
            of[node as usize] = best.0;
            for (other, _) in self.neighbours(node) {
                if of[*other as usize] != best.0 && !std::mem::replace(&mut is_waiting[*other as usize], true) {
                    waiting.push_back(*other);
                }
            }
        }
        Ok(renumbered(&of))
    }

    /// The groups as nodes.
    fn joined(&self, group: &[u32], count: usize, budget: &Budget) -> Result<Level, Diagnostic> {
        let mut members = vec![Vec::new(); count];
        group.iter().enumerate().for_each(|(node, group)| members[*group as usize].push(node as u32));
        budget.charge(self.neighbours.len() * size_of::<(u32, f64)>())?;
        Level::gathered(count, budget, |number, add| {
            for node in &members[number] {
                add(number as u32, self.loops[*node as usize]);
                self.neighbours(*node).iter().for_each(|(other, weight)| add(group[*other as usize], *weight));
            }
        })
    }

    fn modularity(&self, of: &[u32], count: usize, resolution: f64) -> f64 {
        if self.total == 0.0 {
            return 0.0;
        }
        let (mut inside, mut degrees) = (0.0, vec![0.0; count]);
        for node in 0..self.len() as u32 {
            let own = of[node as usize];
            degrees[own as usize] += self.degrees[node as usize];
            let within = self.neighbours(node).iter().filter(|(other, _)| of[*other as usize] == own);
            inside += within.map(|(_, weight)| weight).sum::<f64>() + self.loops[node as usize];
        }
        let expected: f64 = degrees.iter().map(|degree| (degree / self.total).powi(2)).sum();
        inside / self.total - resolution * expected
    }
}

/// Sums by number, of which few are not 0.
struct Sums {
    sum: Vec<f64>,
    is_met: Vec<bool>,
    met: Vec<u32>,
}

impl Sums {
    fn new(len: usize) -> Sums {
        Sums { sum: vec![0.0; len], is_met: vec![false; len], met: Vec::new() }
    }

    fn add(&mut self, number: u32, weight: f64) {
        if !std::mem::replace(&mut self.is_met[number as usize], true) {
            self.met.push(number);
        }
        self.sum[number as usize] += weight;
    }

    fn clear(&mut self) {
        for number in self.met.drain(..) {
            (self.sum[number as usize], self.is_met[number as usize]) = (0.0, false);
        }
    }
}

fn renumbered(of: &[u32]) -> (Vec<u32>, usize) {
    let mut number = vec![NONE; of.len()];
    let mut count = 0;
    let mut renumber = |group: &u32| {
        let number = &mut number[*group as usize];
        if *number == NONE {
            *number = count;
            count += 1;
        }
        *number
    };
    let renumbered = of.iter().map(&mut renumber).collect();
    (renumbered, count as usize)
}

/// The communities with each that does not hang together split.
fn connected(ground: &Level, of: &[u32], budget: &Budget) -> Result<(Vec<u32>, usize), Diagnostic> {
    let mut part = vec![NONE; of.len()];
    let mut count = 0;
    let mut stack = Vec::new();
    for root in 0..of.len() as u32 {
        if part[root as usize] != NONE {
            continue;
        }
        part[root as usize] = count;
        stack.push(root);
        while let Some(node) = stack.pop() {
            budget.tick()?;
            for (other, _) in ground.neighbours(node) {
                if part[*other as usize] == NONE && of[*other as usize] == of[node as usize] {
                    part[*other as usize] = count;
                    stack.push(*other);
                }
            }
        }
        count += 1;
    }
    Ok((part, count as usize))
}
