//! The shortest chains that visit no node twice: `WHY … UP TO n`.

use super::Ways;
use super::chain::shortest;
use crate::algorithms::k_cheapest;
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
    let Some(mut bound) = shortest(ways, starts, goals, budget)? else {
        return Ok(Several { chains: Vec::new(), more: false });
    };
    let mut slack = 1;
    loop {
        let near = near(ways, starts, goals, bound, budget)?;
        let mut chains = among(ways, &near.nodes, starts, goals, wanted, budget)?;
        let settled = chains.get(at_most).is_some_and(|chain| chain.len() <= bound);
        if settled || near.all {
            let more = chains.len() > at_most;
            chains.truncate(at_most);
            return Ok(Several { chains, more });
        }
        bound += slack;
        slack *= 2;
    }
}

/// The nodes on walks from a start to a goal of at most so many hops.
struct Near {
    nodes: Bitmap,
    /// No longer walk goes through others.
    all: bool,
}

fn near(ways: &Ways, starts: &[NodeId], goals: &[NodeId], bound: usize, budget: &Budget) -> Result<Near, Diagnostic> {
    let (distances, mut all) = distances(ways, starts, bound, budget)?;
    let is_within = |node: NodeId, on: usize| distances[node.index()] as usize + on <= bound;
    let mut nodes = Bitmap::default();
    let mut level: Vec<NodeId> = goals.iter().copied().filter(|goal| is_within(*goal, 0)).collect();
    level.retain(|goal| nodes.insert(goal.index()));
    let mut on = 0;
    while !level.is_empty() {
        on += 1;
        let mut before = Vec::new();
        for node in level {
            for hop in ways.hops_to(node) {
                budget.tick()?;
                if !is_within(hop.source, on) {
                    all &= distances[hop.source.index()] == FAR;
                } else if nodes.insert(hop.source.index()) {
                    before.push(hop.source);
                }
            }
        }
        level = before;
    }
    Ok(Near { nodes, all })
}

/// No node is so far away.
const FAR: u32 = u32::MAX;

/// By node: how many hops it takes from the starts, at most so many; and whether no node is further away.
fn distances(ways: &Ways, starts: &[NodeId], bound: usize, budget: &Budget) -> Result<(Vec<u32>, bool), Diagnostic> {
    let mut distances = vec![FAR; ways.graph().node_bound()];
    budget.charge(size_of_val(distances.as_slice()))?;
    let mut queue = starts.to_vec();
    queue.iter().for_each(|start| distances[start.index()] = 0);
    let mut turn = 0;
    while let Some(node) = queue.get(turn).copied() {
        let distance = distances[node.index()];
        if distance as usize >= bound {
            return Ok((distances, false));
        }
        turn += 1;
        budget.tick()?;
        let before = queue.len();
        ways.for_targets(node, |_, target| {
            if distances[target.index()] == FAR {
                distances[target.index()] = distance + 1;
                queue.push(target);
            }
        });
        budget.charge((queue.len() - before) * size_of::<NodeId>())?;
    }
    Ok((distances, true))
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
