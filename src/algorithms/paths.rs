//! Cheapest paths: Dijkstra, A*, and the k cheapest simple paths (Yen).

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet};

use super::network::{NONE, Network};
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// A path from edge to edge. Without edges it is a single node.
#[derive(Clone, Debug, PartialEq)]
pub struct CheapPath {
    pub cost: f64,
    pub edges: Vec<usize>,
}

/// A cost in order, as no cost is NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cost(pub f64);

impl Eq for Cost {}

impl Ord for Cost {
    fn cmp(&self, other: &Cost) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Cost {
    fn partial_cmp(&self, other: &Cost) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The costs of the cheapest paths from a node.
pub struct CheapTree {
    /// By node: infinite where no path leads to.
    pub costs: Vec<f64>,
    /// By node: the last edge of its path; none for the start and for nodes that are not reached.
    pub last: Vec<Option<u32>>,
}

impl CheapTree {
    /// The path to a node, if there is one.
    pub fn path(&self, network: &Network, to: u32) -> Option<CheapPath> {
        let cost = self.costs[to as usize];
        let mut edges = Vec::new();
        let mut at = to;
        while let Some(edge) = self.last[at as usize] {
            edges.push(edge as usize);
            at = network.source(edge as usize);
        }
        edges.reverse();
        cost.is_finite().then_some(CheapPath { cost, edges })
    }
}

/// The cheapest paths from a node to all (Dijkstra). Weights are not negative. Of equally cheap paths the one stays
/// that was found first: nodes go by cost, then by number.
pub fn cheapest_from(network: &Network, from: u32, budget: &Budget) -> Result<CheapTree, Diagnostic> {
    budget.charge(network.len() * (size_of::<f64>() + size_of::<Option<u32>>()))?;
    let mut tree = CheapTree { costs: vec![f64::INFINITY; network.len()], last: vec![None; network.len()] };
    tree.costs[from as usize] = 0.0;
    let mut queue = BinaryHeap::from([Reverse((Cost(0.0), from))]);
    while let Some(Reverse((Cost(cost), node))) = queue.pop() {
        budget.tick()?;
        if cost > tree.costs[node as usize] {
            continue;
        }
        for edge in network.edges(node) {
            let (target, cost) = (network.target(edge), cost + network.weight(edge));
            if cost < tree.costs[target as usize] {
                tree.costs[target as usize] = cost;
                tree.last[target as usize] = Some(edge as u32);
                queue.push(Reverse((Cost(cost), target)));
            }
        }
    }
    Ok(tree)
}

/// What a search may not use.
struct Barred<'p> {
    /// By node.
    nodes: &'p [bool],
    /// Targets not to go to in the first step.
    first: &'p [u32],
}

/// The cheapest path between two nodes (A*). The estimate is the least that the rest can cost from a node, and never
/// falls by more than an edge weighs; 0 makes it Dijkstra's search. Also tells how many nodes were looked at.
pub fn cheapest(
    network: &Network,
    from: u32,
    to: u32,
    estimate: impl Fn(u32) -> f64,
    budget: &Budget,
) -> Result<(Option<CheapPath>, usize), Diagnostic> {
    search(network, from, to, estimate, &Barred { nodes: &[], first: &[] }, budget)
}

fn search(
    network: &Network,
    from: u32,
    to: u32,
    estimate: impl Fn(u32) -> f64,
    barred: &Barred,
    budget: &Budget,
) -> Result<(Option<CheapPath>, usize), Diagnostic> {
    // By node: its cost, the edge to it, and whether it is done.
    let mut met: HashMap<u32, (f64, u32, bool)> = HashMap::from([(from, (0.0, NONE, false))]);
    let mut queue = BinaryHeap::from([Reverse((Cost(estimate(from)), from))]);
    let mut seen = 0;
    while let Some(Reverse((_, node))) = queue.pop() {
        let Some((cost, _, done)) = met.get_mut(&node) else { continue };
        if std::mem::replace(done, true) {
            continue;
        }
        let cost = *cost;
        seen += 1;
        if node == to {
            return Ok((Some(path_back(network, cost, from, to, &met)), seen));
        }
        for edge in network.edges(node) {
            budget.tick()?;
            let target = network.target(edge);
            let is_barred = barred.nodes.get(target as usize) == Some(&true);
            let cost = cost + network.weight(edge);
            let rest = estimate(target);
            if is_barred || rest == f64::INFINITY || (node == from && barred.first.contains(&target)) {
                continue;
            }
            let known = met.get(&target).map_or(f64::INFINITY, |(cost, ..)| *cost);
            if cost < known {
                budget.charge(if known.is_finite() { 0 } else { 2 * size_of::<(u32, (f64, u32, bool))>() })?;
                met.insert(target, (cost, edge as u32, false));
                queue.push(Reverse((Cost(cost + rest), target)));
            }
        }
    }
    Ok((None, seen))
}

fn path_back(network: &Network, cost: f64, from: u32, to: u32, met: &HashMap<u32, (f64, u32, bool)>) -> CheapPath {
    let mut edges = Vec::new();
    let mut at = to;
    while at != from {
        let edge = met[&at].1 as usize;
        edges.push(edge);
        at = network.source(edge);
    }
    edges.reverse();
    CheapPath { cost, edges }
}

/// The k cheapest simple paths between two nodes, the cheapest first (Yen's method; each deviation is found by A* with
/// the true costs of the rest as its estimate, so that a search hardly leaves the path that it finds). Two paths
/// differ in a node: of parallel edges the cheapest counts, of equally cheap ones the first. Paths of equal cost are
/// in the order of their length and node numbers.
pub fn k_cheapest(
    network: &Network,
    from: u32,
    to: u32,
    k: usize,
    budget: &Budget,
) -> Result<Vec<CheapPath>, Diagnostic> {
    let rest = costs_to(network, to, budget)?;
    let estimate = |node: u32| rest[node as usize];
    let nodes_of = |path: &CheapPath| -> Vec<u32> {
        std::iter::once(from).chain(path.edges.iter().map(|edge| network.target(*edge))).collect()
    };
    let mut found: Vec<CheapPath> = Vec::new();
    let mut candidates: BTreeSet<(Cost, usize, Vec<u32>, Vec<usize>)> = BTreeSet::new();
    let mut known: HashSet<Vec<u32>> = HashSet::new();
    let offer = |path: CheapPath, known: &mut HashSet<Vec<u32>>, candidates: &mut BTreeSet<_>| {
        let nodes = nodes_of(&path);
        budget.charge(2 * size_of_val(nodes.as_slice()) + size_of_val(path.edges.as_slice()))?;
        if known.insert(nodes.clone()) {
            candidates.insert((Cost(path.cost), nodes.len(), nodes, path.edges));
        }
        Ok::<(), Diagnostic>(())
    };
    if k > 0
        && let (Some(path), _) = cheapest(network, from, to, estimate, budget)?
    {
        offer(path, &mut known, &mut candidates)?;
    }
    let mut accepted: Vec<Vec<u32>> = Vec::new();
    while let Some((Cost(cost), _, nodes, edges)) = candidates.pop_first() {
        found.push(CheapPath { cost, edges });
        accepted.push(nodes);
        if found.len() == k {
            break;
        }
        let (path, nodes) = (&found[found.len() - 1], &accepted[accepted.len() - 1]);
        let mut barred = vec![false; network.len()];
        let mut so_far = 0.0;
        for at in 0..path.edges.len() {
            budget.tick()?;
            // Deviations from all paths found that begin in the same way.
            let alike = accepted.iter().filter(|other| other.len() > at + 1 && other[..=at] == nodes[..=at]);
            let first: Vec<u32> = alike.map(|other| other[at + 1]).collect();
            let barriers = Barred { nodes: &barred, first: &first };
            if let (Some(spur), _) = search(network, nodes[at], to, estimate, &barriers, budget)? {
                let edges = path.edges[..at].iter().copied().chain(spur.edges).collect();
                offer(CheapPath { cost: so_far + spur.cost, edges }, &mut known, &mut candidates)?;
            }
            barred[nodes[at] as usize] = true;
            so_far += network.weight(path.edges[at]);
        }
    }
    Ok(found)
}

/// By node: the least cost of a path from it to the goal; infinite if there is none.
fn costs_to(network: &Network, to: u32, budget: &Budget) -> Result<Vec<f64>, Diagnostic> {
    let reversed = network.reversed(budget)?;
    budget.charge(network.len() * size_of::<f64>())?;
    let mut costs = vec![f64::INFINITY; network.len()];
    costs[to as usize] = 0.0;
    let mut queue = BinaryHeap::from([Reverse((Cost(0.0), to))]);
    while let Some(Reverse((Cost(cost), node))) = queue.pop() {
        budget.tick()?;
        if cost > costs[node as usize] {
            continue;
        }
        for (edge, source) in reversed.edges(node).iter().zip(reversed.sources(node)) {
            let cost = cost + network.weight(*edge as usize);
            if cost < costs[*source as usize] {
                costs[*source as usize] = cost;
                queue.push(Reverse((Cost(cost), *source)));
            }
        }
    }
    Ok(costs)
}
