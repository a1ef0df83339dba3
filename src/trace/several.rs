//! The shortest chains that visit no node twice: `WHY … UP TO n`.

use super::Ways;
use crate::algorithms::{Network, Reversed, k_cheapest};
use crate::diagnostic::Diagnostic;
use crate::graph::{Bitmap, Effect, Hop, NodeId};
use crate::limits::Budget;

/// Some of the chains between two sets of nodes.
pub struct Several {
    /// The shortest first, of equally long ones those in which less merely degrades.
    pub chains: Vec<Vec<Hop>>,
    /// Whether there are others.
    pub more: bool,
}

/// The shortest chains that visit no node twice, at most so many, from any start to any goal.
///
/// A chain of at most n hops goes only through nodes that are so near to a start and to a goal. Chains are sought among
/// these, for the length of the shortest chain first and for longer ones as long as there are too few.
pub fn several_chains(
    ways: &Ways,
    starts: &[NodeId],
    goals: &[NodeId],
    at_most: usize,
    budget: &Budget,
) -> Result<Several, Diagnostic> {
    // One more than asked for tells whether there are others.
    let wanted = at_most.saturating_add(1);
    let network = ways.reached(starts, budget)?;
    let lengths = lengths(&network, starts, goals, budget)?;
    let (shortest, longest) = (lengths.iter().min().copied(), lengths.iter().filter(|l| **l < FAR).max().copied());
    let (shortest, longest) = (shortest.unwrap_or(FAR), longest.unwrap_or(0));
    let mut slack = 0;
    loop {
        let bound = shortest.saturating_add(slack);
        let near = network.numbers().filter(|number| lengths[*number as usize] <= bound);
        let near: Bitmap = near.map(|number| network.node(number).index()).collect();
        let mut chains = among(ways, &near, starts, goals, wanted, budget)?;
        let settled = chains.get(at_most).is_some_and(|chain| chain.len() <= bound);
        if settled || bound >= longest {
            let more = chains.len() > at_most;
            chains.truncate(at_most);
            return Ok(Several { chains, more });
        }
        slack = 2 * slack + 1;
    }
}

/// No chain is so long.
const FAR: usize = usize::MAX;

/// By node: the length of the shortest walk from a start to a goal that goes through it.
fn lengths(network: &Network, starts: &[NodeId], goals: &[NodeId], budget: &Budget) -> Result<Vec<usize>, Diagnostic> {
    let numbers = |nodes: &[NodeId]| nodes.iter().filter_map(|node| network.number(*node)).collect::<Vec<u32>>();
    let reversed: Reversed = network.reversed(budget)?;
    let from = distances(network.len(), numbers(starts), |node| network.targets(node), budget)?;
    let to = distances(network.len(), numbers(goals), |node| reversed.sources(node), budget)?;
    Ok(from.into_iter().zip(to).map(|(from, to)| from.saturating_add(to)).collect())
}

fn distances<'n>(
    nodes: usize,
    mut level: Vec<u32>,
    next: impl Fn(u32) -> &'n [u32],
    budget: &Budget,
) -> Result<Vec<usize>, Diagnostic> {
    budget.charge(nodes * (size_of::<usize>() + size_of::<u32>()))?;
    let mut distances = vec![FAR; nodes];
    level.iter().for_each(|node| distances[*node as usize] = 0);
    let mut distance = 0;
    while !level.is_empty() {
        distance += 1;
        let mut further = Vec::new();
        for node in level {
            budget.tick()?;
            for other in next(node) {
                if distances[*other as usize] == FAR {
                    distances[*other as usize] = distance;
                    further.push(*other);
                }
            }
        }
        level = further;
    }
    Ok(distances)
}

/// The shortest chains through these nodes only.
fn among(
    ways: &Ways,
    nodes: &Bitmap,
    starts: &[NodeId],
    goals: &[NodeId],
    wanted: usize,
    budget: &Budget,
) -> Result<Vec<Vec<Hop>>, Diagnostic> {
    let starts: Vec<NodeId> = starts.iter().copied().filter(|start| nodes.contains(start.index())).collect();
    let network = ways.reached_among(&starts, nodes, budget)?;
    // Of equally long chains those come first in which less merely degrades.
    const WEAK: f64 = 1.0 / (1 << 20) as f64;
    let weight = |hop: Hop| 1.0 + if ways.effect(&hop) == Effect::Degrades { WEAK } else { 0.0 };
    let weights = network.hops().map(weight).collect();
    let network = network.weighted(weights);
    let mut chains: Vec<(f64, Vec<Hop>)> = Vec::new();
    for (from, to) in starts.iter().flat_map(|from| goals.iter().map(move |to| (*from, *to))) {
        let (Some(start), Some(goal)) = (network.number(from), network.number(to)) else { continue };
        let paths = k_cheapest(&network, start, goal, wanted, budget)?;
        let hops = |edges: &[usize]| edges.iter().map(|edge| network.hop(*edge)).collect();
        chains.extend(paths.iter().map(|path| (path.cost, hops(&path.edges))));
    }
    chains.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    Ok(chains.into_iter().map(|(_, hops)| hops).collect())
}
