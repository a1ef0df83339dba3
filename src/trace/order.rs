//! In which order to start things: `ORDER`.

use std::collections::BTreeSet;

use super::Ways;
use super::net::{Net, Parts, parts};
use crate::diagnostic::Diagnostic;
use crate::graph::{Hop, NodeId};
use crate::limits::Budget;

/// The nodes of a net in layers: those of a layer need only those of the layers before, or each other.
pub struct Order {
    /// The nodes of each layer, by number in the net.
    pub layers: Vec<Vec<usize>>,
    /// For each node the cycle it lies on, as an index into `cycles`.
    pub cycle_of: Vec<Option<usize>>,
    pub cycles: Vec<Cycle>,
    /// One of the longest chains of layers, the last to start first.
    pub critical: Vec<usize>,
}

/// Nodes that need each other, and what would have to go so that they do not.
pub struct Cycle {
    pub members: Vec<NodeId>,
    pub breaks: Vec<Hop>,
    /// Whether no smaller set of relations breaks all its cycles.
    pub smallest: bool,
}

pub fn order(ways: &Ways, net: &Net, budget: &Budget) -> Result<Order, Diagnostic> {
    let parts = parts(net, budget)?;
    let (layer_of, before) = layers_of(net, &parts, budget)?;
    let deepest = layer_of.iter().copied().max().unwrap_or(0);
    let mut layers = vec![Vec::new(); if net.is_empty() { 0 } else { deepest + 1 }];
    let mut cycle_of = vec![None; net.len()];
    let mut cycles = Vec::new();
    for (part, members) in parts.members.iter().enumerate() {
        budget.tick()?;
        layers[layer_of[part]].extend(members.iter().map(|member| *member as usize));
        if parts.is_cyclic(net, part) {
            members.iter().for_each(|member| cycle_of[*member as usize] = Some(cycles.len()));
            cycles.push(cycle(ways, net, members, budget)?);
        }
    }
    layers.iter_mut().for_each(|layer| layer.sort_unstable());
    let mut critical = Vec::new();
    let mut part = layers.last().and_then(|last| last.first()).map(|node| parts.of[*node] as usize);
    while let Some(at) = part {
        critical.push(parts.members[at][0] as usize);
        part = before[at];
    }
    Ok(Order { layers, cycle_of, cycles, critical })
}

/// The layer of each part, and one of the parts that keep it from starting earlier.
fn layers_of(net: &Net, parts: &Parts, budget: &Budget) -> Result<(Vec<usize>, Vec<Option<usize>>), Diagnostic> {
    let mut layer = vec![0; parts.members.len()];
    let mut before = vec![None; parts.members.len()];
    // What a part needs has a smaller number: it is done.
    for (part, members) in parts.members.iter().enumerate() {
        for step in members.iter().flat_map(|member| net.steps(*member as usize)) {
            budget.tick()?;
            let needed = parts.of[step.target as usize] as usize;
            if needed != part && layer[needed] + 1 > layer[part] {
                layer[part] = layer[needed] + 1;
                before[part] = Some(needed);
            }
        }
    }
    Ok((layer, before))
}

fn cycle(ways: &Ways, net: &Net, members: &[u32], budget: &Budget) -> Result<Cycle, Diagnostic> {
    let mut knot = Knot::of(net, members);
    let (arcs, smallest) = knot.cut(budget)?;
    let mut breaks = Vec::new();
    for arc in arcs {
        let Arc { source, target, .. } = knot.arcs[arc];
        let (source, target) = (net.nodes[members[source] as usize], net.nodes[members[target] as usize]);
        breaks.extend(ways.hops(source).filter(|hop| hop.target == target));
    }
    ways.sort(&mut breaks);
    Ok(Cycle { members: members.iter().map(|member| net.nodes[*member as usize]).collect(), breaks, smallest })
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
    fn of(net: &Net, members: &[u32]) -> Knot {
        let mut arcs = Vec::new();
        let mut leaving = vec![Vec::new(); members.len()];
        for (source, member) in members.iter().enumerate() {
            for step in net.steps(*member as usize) {
                if let Ok(target) = members.binary_search(&step.target) {
                    leaving[source].push(arcs.len());
                    arcs.push(Arc { source, target, weight: step.parallel as usize });
                }
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
        taken.sort_by_key(|arc| (std::cmp::Reverse(self.arcs[*arc].weight), *arc));
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
