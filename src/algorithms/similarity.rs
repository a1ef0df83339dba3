//! Similarity: nodes that lead to the same nodes.

use super::network::Network;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// How alike two sets of targets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// What is common by all there is.
    Jaccard,
    /// What is common by the smaller set.
    Overlap,
    /// What is common by the geometric mean of the two.
    Cosine,
}

/// A node and one that has targets in common with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alike {
    pub first: u32,
    pub second: u32,
    pub similarity: f64,
    pub common: u32,
}

/// For each node, or the one given, those that have targets in common with it, the most similar first: at most as many
/// as said, and none below the least similarity; of equally similar ones those with lower numbers.
pub fn similarity(
    network: &Network,
    of: Option<u32>,
    measure: Measure,
    best: usize,
    least: f64,
    budget: &Budget,
) -> Result<Vec<Alike>, Diagnostic> {
    let sets = Sets::of(network, budget)?;
    let mut common = vec![0_u32; network.len()];
    let mut found = Vec::new();
    for first in of.map_or(network.numbers(), |node| node..node + 1) {
        let mut met = Vec::new();
        for target in sets.targets(first) {
            for second in sets.sources(*target).iter().filter(|second| **second != first) {
                budget.tick()?;
                if common[*second as usize] == 0 {
                    met.push(*second);
                }
                common[*second as usize] += 1;
            }
        }
        let alike = |second: u32| {
            let common = common[second as usize];
            let sizes = [sets.targets(first).len() as f64, sets.targets(second).len() as f64];
            Alike { first, second, similarity: measure.of(f64::from(common), sizes), common }
        };
        let mut partners: Vec<Alike> = met.iter().map(|second| alike(*second)).collect();
        partners.retain(|alike| alike.similarity >= least);
        partners.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.second.cmp(&b.second)));
        partners.truncate(best);
        met.iter().for_each(|second| common[*second as usize] = 0);
        budget.charge(size_of_val(partners.as_slice()))?;
        found.append(&mut partners);
    }
    Ok(found)
}

impl Measure {
    fn of(self, common: f64, [a, b]: [f64; 2]) -> f64 {
        match self {
            Measure::Jaccard => common / (a + b - common),
            Measure::Overlap => common / a.min(b),
            Measure::Cosine => common / (a * b).sqrt(),
        }
    }
}

/// The targets of each node, each once, and the sources of each.
struct Sets {
    ends: [Vec<usize>; 2],
    targets: Vec<u32>,
    sources: Vec<u32>,
}

impl Sets {
    fn of(network: &Network, budget: &Budget) -> Result<Sets, Diagnostic> {
        budget.charge(network.len() * 2 * size_of::<usize>() + network.edge_count() * 2 * size_of::<u32>())?;
        let (mut offsets, mut targets) = (vec![0], Vec::with_capacity(network.edge_count()));
        let mut begins = vec![0; network.len() + 1];
        for node in network.numbers() {
            budget.tick()?;
            let mut set = network.targets(node).to_vec();
            set.sort_unstable();
            set.dedup();
            set.iter().for_each(|target| begins[*target as usize + 1] += 1);
            targets.append(&mut set);
            offsets.push(targets.len());
        }
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        let (mut next, mut sources) = (begins.clone(), vec![0; targets.len()]);
        for node in network.numbers() {
            for target in &targets[offsets[node as usize]..offsets[node as usize + 1]] {
                sources[next[*target as usize]] = node;
                next[*target as usize] += 1;
            }
        }
        Ok(Sets { ends: [offsets, begins], targets, sources })
    }

    fn targets(&self, node: u32) -> &[u32] {
        &self.targets[self.ends[0][node as usize]..self.ends[0][node as usize + 1]]
    }

    fn sources(&self, node: u32) -> &[u32] {
        &self.sources[self.ends[1][node as usize]..self.ends[1][node as usize + 1]]
    }
}
