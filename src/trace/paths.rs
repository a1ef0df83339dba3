//! The shortest chains that visit no term twice: `WHY … UP TO n`.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::Ways;
use super::net::Net;
use crate::diagnostic::Diagnostic;
use crate::graph::{Hop, NodeId};
use crate::limits::Budget;

/// At most so many simple chains from a start to a goal, the shortest first; of equally short ones those with fewer
/// hops that merely degrade. Chains over the same nodes are one. Also whether there are no others.
///
/// Yen's algorithm; each detour is an A* search by the exact distance to the goals.
pub fn simple_chains(
    ways: &Ways,
    starts: &[NodeId],
    goals: &[NodeId],
    most: usize,
    budget: &Budget,
) -> Result<(Vec<Vec<Hop>>, bool), Diagnostic> {
    let net = Net::reached(ways, starts, budget)?;
    let goals: Vec<usize> = goals.iter().filter_map(|goal| net.number(*goal)).collect();
    let mut yen = Yen::new(ways, &net, starts.len().min(net.len()), &goals, budget)?;
    let mut found: Vec<Vec<u32>> = Vec::new();
    let mut candidates: BTreeSet<(u64, Vec<u32>, usize)> = BTreeSet::new();
    for start in 0..yen.starts {
        if let Some(candidate) = yen.detour(&[start as u32], &[], budget)? {
            candidates.insert((yen.cost(&candidate), candidate, 0));
        }
    }
    while found.len() < most
        && let Some((_, path, from)) = candidates.pop_first()
    {
        for at in from..path.len() - 1 {
            let root = &path[..=at];
            let mut barred: Vec<u32> =
                found.iter().filter(|known| known.starts_with(root)).map(|known| known[at + 1]).collect();
            barred.push(path[at + 1]);
            if let Some(candidate) = yen.detour(root, &barred, budget)? {
                budget.charge(size_of_val(candidate.as_slice()))?;
                candidates.insert((yen.cost(&candidate), candidate, at));
            }
        }
        found.push(path);
    }
    let hops = |path: &Vec<u32>| {
        let steps = path.windows(2).filter_map(|pair| net.step(pair[0] as usize, pair[1] as usize));
        steps.map(|step| step.hop).collect()
    };
    Ok((found.iter().map(hops).collect(), candidates.is_empty()))
}

struct Yen<'n> {
    ways: &'n Ways<'n>,
    net: &'n Net,
    starts: usize,
    is_goal: Vec<bool>,
    /// The cost from each node to the nearest goal, if nothing is barred.
    left: Vec<u64>,
    /// For each node whether it stands in the root of the detour being looked for.
    in_root: Vec<bool>,
}

const OUT_OF_REACH: u64 = u64::MAX;
/// What a hop costs; one that degrades costs 1 more.
const HOP: u64 = 1 << 32;

impl<'n> Yen<'n> {
    fn new(
        ways: &'n Ways<'n>,
        net: &'n Net,
        starts: usize,
        goals: &[usize],
        budget: &Budget,
    ) -> Result<Yen<'n>, Diagnostic> {
        let mut yen = Yen {
            ways,
            net,
            starts,
            is_goal: vec![false; net.len()],
            left: vec![OUT_OF_REACH; net.len()],
            in_root: vec![false; net.len()],
        };
        let sources = net.sources();
        let mut heap = BinaryHeap::new();
        for goal in goals {
            yen.is_goal[*goal] = true;
            yen.left[*goal] = 0;
            heap.push((Reverse(0), *goal));
        }
        while let Some((Reverse(cost), node)) = heap.pop() {
            if cost > yen.left[node] {
                continue;
            }
            for source in sources.of(node).iter().map(|source| *source as usize) {
                budget.tick()?;
                let more = cost + yen.step_cost(source, node);
                if more < yen.left[source] && !yen.is_goal[source] {
                    yen.left[source] = more;
                    heap.push((Reverse(more), source));
                }
            }
        }
        Ok(yen)
    }

    fn step_cost(&self, source: usize, target: usize) -> u64 {
        let degrades = self.net.step(source, target).is_some_and(|step| self.net.degrades(self.ways, step));
        HOP + u64::from(degrades)
    }

    fn cost(&self, path: &[u32]) -> u64 {
        path.windows(2).map(|pair| self.step_cost(pair[0] as usize, pair[1] as usize)).sum()
    }

    /// The cheapest path that begins with the root, does not go on to what is barred, and visits nothing twice, no
    /// second start, and no goal but at its end.
    fn detour(&mut self, root: &[u32], barred: &[u32], budget: &Budget) -> Result<Option<Vec<u32>>, Diagnostic> {
        let Some((&last, before)) = root.split_last() else { return Ok(None) };
        if self.is_goal[last as usize] {
            return Ok(None);
        }
        before.iter().for_each(|node| self.in_root[*node as usize] = true);
        let end = self.search(last as usize, barred, budget);
        before.iter().for_each(|node| self.in_root[*node as usize] = false);
        Ok(end?.map(|tail| before.iter().copied().chain(tail).collect()))
    }

    fn search(&self, from: usize, barred: &[u32], budget: &Budget) -> Result<Option<Vec<u32>>, Diagnostic> {
        // By node: the cost up to it, and where it was come from.
        let mut known: std::collections::HashMap<usize, (u64, usize)> = std::collections::HashMap::new();
        let mut heap = BinaryHeap::new();
        known.insert(from, (0, from));
        heap.push((Reverse(self.left[from]), Reverse(from)));
        while let Some((Reverse(estimate), Reverse(node))) = heap.pop() {
            let (cost, _) = known[&node];
            if estimate == OUT_OF_REACH || cost + self.left[node] < estimate {
                continue;
            }
            if self.is_goal[node] {
                return Ok(Some(trail(&known, from, node)));
            }
            for step in self.net.steps(node) {
                budget.tick()?;
                let target = step.target as usize;
                let closed = self.in_root[target]
                    || target < self.starts
                    || self.left[target] == OUT_OF_REACH
                    || (node == from && barred.contains(&step.target));
                let more = cost + HOP + u64::from(self.net.degrades(self.ways, step));
                if !closed && known.get(&target).is_none_or(|(best, _)| more < *best) {
                    known.insert(target, (more, node));
                    heap.push((Reverse(more + self.left[target]), Reverse(target)));
                }
            }
        }
        Ok(None)
    }
}

fn trail(known: &std::collections::HashMap<usize, (u64, usize)>, from: usize, to: usize) -> Vec<u32> {
    let mut path = vec![to as u32];
    let mut node = to;
    while node != from {
        node = known[&node].1;
        path.push(node as u32);
    }
    path.reverse();
    path
}
