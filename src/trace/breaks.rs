//! The smallest set of relations that breaks all cycles of a strongly connected part.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::algorithms::Network;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// What would have to go so that some nodes do not need each other any more.
pub struct Break {
    /// Edges of the network, by number.
    pub edges: Vec<usize>,
    /// Whether no smaller set breaks all cycles.
    pub smallest: bool,
}

/// For the nodes of a strongly connected component, in order.
pub fn breaks(network: &Network, members: &[u32], budget: &Budget) -> Result<Break, Diagnostic> {
    let mut knot = Knot::of(network, members);
    budget.charge(knot.arcs.len() * size_of::<Arc>())?;
    let (arcs, smallest) = knot.cut(budget)?;
    let mut edges = Vec::new();
    for arc in arcs {
        let Arc { source, target, .. } = knot.arcs[arc];
        let (source, target) = (members[source], members[target]);
        edges.extend(network.edges(source).filter(|edge| network.target(*edge) == target));
    }
    edges.sort_unstable();
    Ok(Break { edges, smallest })
}

/// A strongly connected part, from which arcs are taken until no cycle is left.
struct Knot {
    arcs: Vec<Arc>,
    /// The arcs that leave each member.
    leaving: Vec<Vec<usize>>,
    gone: Vec<bool>,
    /// Arcs that the search has decided to keep.
    kept: Vec<bool>,
    /// How many steps the exact search may still take.
    left: usize,
}

#[derive(Clone, Copy)]
struct Arc {
    source: usize,
    target: usize,
    /// How many relations it stands for.
    weight: usize,
}

/// Knots of more arcs are not searched exactly.
const LARGEST_KNOT: usize = 400;
/// Steps of the exact search: beyond these the set found is not said to be the smallest.
const STEPS: usize = 4_000;

impl Knot {
    fn of(network: &Network, members: &[u32]) -> Knot {
        let mut arcs = Vec::new();
        let mut leaving = vec![Vec::new(); members.len()];
        for (source, member) in members.iter().enumerate() {
            let mut weights: BTreeMap<usize, usize> = BTreeMap::new();
            for target in network.targets(*member).iter().filter_map(|target| members.binary_search(target).ok()) {
                *weights.entry(target).or_default() += 1;
            }
            for (target, weight) in weights {
                leaving[source].push(arcs.len());
                arcs.push(Arc { source, target, weight });
            }
        }
        let none = vec![false; arcs.len()];
        Knot { arcs, leaving, gone: none.clone(), kept: none, left: STEPS }
    }

    /// The arcs to be taken, and whether there is no cheaper choice.
    fn cut(&mut self, budget: &Budget) -> Result<(Vec<usize>, bool), Diagnostic> {
        let bound = self.greedy(budget)?;
        if self.arcs.len() > LARGEST_KNOT {
            return Ok((bound, false));
        }
        let most = self.weight(&bound);
        for limit in 1..most {
            let mut taken = Vec::new();
            match self.search(limit, &mut taken, budget)? {
                Found::Yes => return Ok((taken, true)),
                Found::No => {}
                Found::GaveUp => return Ok((bound, false)),
            }
        }
        Ok((bound, true))
    }

    fn weight(&self, arcs: &[usize]) -> usize {
        arcs.iter().map(|arc| self.arcs[*arc].weight).sum()
    }

    /// Whether taking arcs of so much weight leaves no cycle. Of the shortest cycle one arc has to go: each is tried,
    /// and kept in all the tries after it.
    fn search(&mut self, limit: usize, taken: &mut Vec<usize>, budget: &Budget) -> Result<Found, Diagnostic> {
        budget.tick()?;
        let Some(left) = self.left.checked_sub(1) else { return Ok(Found::GaveUp) };
        self.left = left;
        let Some(cycle) = self.shortest_cycle(budget)? else { return Ok(Found::Yes) };
        let mut tried = Vec::new();
        let mut found = Found::No;
        for arc in cycle {
            if self.kept[arc] || self.arcs[arc].weight > limit {
                continue;
            }
            self.gone[arc] = true;
            taken.push(arc);
            found = self.search(limit - self.arcs[arc].weight, taken, budget)?;
            self.gone[arc] = false;
            if found != Found::No {
                break;
            }
            taken.pop();
            self.kept[arc] = true;
            tried.push(arc);
        }
        tried.into_iter().for_each(|arc| self.kept[arc] = false);
        Ok(found)
    }

    fn shortest_cycle(&self, budget: &Budget) -> Result<Option<Vec<usize>>, Diagnostic> {
        let mut best: Option<Vec<usize>> = None;
        for root in 0..self.leaving.len() {
            let shorter_than = best.as_ref().map_or(usize::MAX, Vec::len);
            if let Some(cycle) = self.cycle_through(root, shorter_than, budget)? {
                best = Some(cycle);
            }
            if best.as_ref().is_some_and(|cycle| cycle.len() <= 2) {
                break;
            }
        }
        Ok(best)
    }

    /// The shortest cycle through a member, if it is shorter than that.
    fn cycle_through(&self, root: usize, than: usize, budget: &Budget) -> Result<Option<Vec<usize>>, Diagnostic> {
        let mut came_by: Vec<Option<usize>> = vec![None; self.leaving.len()];
        let mut queue = vec![(root, 0)];
        let mut at = 0;
        while let Some((node, depth)) = queue.get(at).copied().filter(|(_, depth)| depth + 1 < than) {
            at += 1;
            for &arc in self.leaving[node].iter().filter(|arc| !self.gone[**arc]) {
                budget.tick()?;
                let target = self.arcs[arc].target;
                if target == root {
                    let mut cycle = vec![arc];
                    let mut back = node;
                    while let Some(arc) = came_by[back].filter(|_| back != root) {
                        cycle.push(arc);
                        back = self.arcs[arc].source;
                    }
                    cycle.reverse();
                    return Ok(Some(cycle));
                }
                if came_by[target].is_none() {
                    came_by[target] = Some(arc);
                    queue.push((target, depth + 1));
                }
            }
        }
        Ok(None)
    }

    /// A set of arcs that breaks all cycles, of which none could stay: members are lined up, sinks last and sources
    /// first, then those that give more than they take; what points backwards goes.
    fn greedy(&mut self, budget: &Budget) -> Result<Vec<usize>, Diagnostic> {
        let count = self.leaving.len();
        let (mut out, mut into) = (vec![0_i64; count], vec![0_i64; count]);
        let mut reaching = vec![Vec::new(); count];
        for (at, arc) in self.arcs.iter().enumerate().filter(|(_, arc)| arc.source != arc.target) {
            out[arc.source] += arc.weight as i64;
            into[arc.target] += arc.weight as i64;
            reaching[arc.target].push(at);
        }
        let rank = |out: &[i64], into: &[i64], node: usize| match (out[node], into[node]) {
            (0, _) => (1, 0, node),
            (_, 0) => (0, 0, node),
            (o, i) => (2, i - o, node),
        };
        let mut left: BTreeSet<(u8, i64, usize)> = (0..count).map(|node| rank(&out, &into, node)).collect();
        let mut place = vec![0_i64; count];
        let (mut front, mut back) = (0, count as i64);
        while let Some(first) = left.pop_first() {
            budget.tick()?;
            let (kind, _, node) = first;
            if kind == 1 {
                back -= 1;
                place[node] = back;
            } else {
                place[node] = front;
                front += 1;
            }
            for arc in self.leaving[node].iter().chain(&reaching[node]).map(|arc| self.arcs[*arc]) {
                budget.tick()?;
                let other = if arc.source == node { arc.target } else { arc.source };
                if other != node && left.remove(&rank(&out, &into, other)) {
                    let side = if arc.source == node { &mut into[other] } else { &mut out[other] };
                    *side -= arc.weight as i64;
                    left.insert(rank(&out, &into, other));
                }
            }
        }
        let backwards = |arc: &Arc| place[arc.source] >= place[arc.target];
        let mut taken: Vec<usize> = (0..self.arcs.len()).filter(|arc| backwards(&self.arcs[*arc])).collect();
        taken.iter().for_each(|arc| self.gone[*arc] = true);
        // What closes no cycle may stay after all, the heaviest first.
        taken.sort_by_key(|arc| (Reverse(self.arcs[*arc].weight), *arc));
        let mut needed = Vec::new();
        for arc in taken {
            self.gone[arc] = false;
            if self.closes(arc, budget)? {
                self.gone[arc] = true;
                needed.push(arc);
            }
        }
        self.gone.fill(false);
        needed.sort_unstable();
        Ok(needed)
    }

    /// Whether the arc lies on a cycle of what is left.
    fn closes(&self, arc: usize, budget: &Budget) -> Result<bool, Diagnostic> {
        let Arc { source, target, .. } = self.arcs[arc];
        let mut seen = vec![false; self.leaving.len()];
        let mut stack = vec![target];
        while let Some(node) = stack.pop() {
            if node == source {
                return Ok(true);
            }
            if std::mem::replace(&mut seen[node], true) {
                continue;
            }
            budget.tick()?;
            stack.extend(self.leaving[node].iter().filter(|arc| !self.gone[**arc]).map(|arc| self.arcs[*arc].target));
        }
        Ok(false)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Yes,
    No,
    /// It took too many steps.
    GaveUp,
}
