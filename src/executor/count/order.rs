//! In which order the nodes of a cycle are placed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::lists::Lists;
use super::weight::Weight;

/// Looking something up in a list takes about as long as looking up this many in a set at hand.
pub(super) const LOOK_UP: usize = 16;
/// Nodes looked at to know an average.
const SAMPLES: usize = 32;
/// Neighbours of each that are tested.
const TESTS: usize = 4;
/// Orders of the same length that are kept while longer ones are tried.
const MOST_ORDERS: usize = 32;

/// An edge of the pattern seen from one of its nodes.
pub(super) struct Side<'g> {
    pub from: usize,
    pub to: usize,
    pub lists: Arc<Lists<'g>>,
    pub back: Arc<Lists<'g>>,
}

/// An order of some nodes.
#[derive(Clone, Default)]
pub(super) struct Order {
    pub nodes: Vec<usize>,
    /// By node, what placing it once takes.
    branches: Vec<Branch>,
    rows: f64,
    /// Steps in all.
    pub cost: f64,
}

/// What placing a node once takes, those before it being placed.
#[derive(Clone, Copy)]
struct Branch {
    /// How many nodes are looked at: the shortest list of neighbours.
    looked_at: f64,
    /// Steps for each of them to see whether it is in the other lists too.
    tests: f64,
    /// How many of them are.
    kept: f64,
}

impl Order {
    fn beginning_at(start: usize, size: f64) -> Order {
        let branch = Branch { looked_at: size, tests: 0.0, kept: size };
        Order { nodes: vec![start], branches: vec![branch], rows: size, cost: size }
    }

    fn then(&self, node: usize, branch: Branch) -> Order {
        let mut order = self.clone();
        order.nodes.push(node);
        order.branches.push(branch);
        order.cost += self.rows * (1.0 + branch.looked_at * (1.0 + branch.tests));
        order.rows *= branch.kept;
        order
    }

    fn places_the_same(&self, other: &Order) -> bool {
        self.nodes.iter().all(|node| other.nodes.contains(node))
    }

    /// How many nodes are looked at to place the node at `to` for each way to place the one at `from`.
    pub fn looks(&self, from: usize, to: usize) -> f64 {
        self.ways(from, to) * self.branches[to].looked_at
    }

    /// In how many ways the nodes between two places are placed.
    fn ways(&self, from: usize, to: usize) -> f64 {
        self.branches[from + 1..to].iter().map(|branch| branch.kept).product()
    }
}

/// What is known for choosing an order.
pub(super) struct Planner<'a, 'g> {
    weights: &'a BTreeMap<usize, Weight<'g>>,
    sides: &'a [Side<'g>],
    /// How many nodes each variable may stand for, at most.
    sizes: BTreeMap<usize, f64>,
    /// By side, and by the side over which its node was reached. Only looked up.
    known: HashMap<(usize, Option<usize>), FanOut>,
}

/// What a node has on average over a side.
#[derive(Clone, Copy)]
struct FanOut {
    neighbours: f64,
    /// Those that are in the domain of the variable.
    wanted: f64,
}

impl<'a, 'g> Planner<'a, 'g> {
    pub fn new(weights: &'a BTreeMap<usize, Weight<'g>>, sides: &'a [Side<'g>], node_bound: usize) -> Planner<'a, 'g> {
        let size = |node: usize| {
            let lists = sides.iter().filter(|side| side.from == node).map(|side| side.lists.range().len());
            let size = lists.min().unwrap_or(node_bound);
            weights[&node].domain.as_ref().map_or(size, |domain| domain.count().min(size)) as f64
        };
        let sizes = weights.keys().map(|node| (*node, size(*node))).collect();
        Planner { weights, sides, sizes, known: HashMap::new() }
    }

    /// The order that takes the fewest steps, as far as averages tell.
    pub fn order(mut self, start: Option<usize>) -> Order {
        let nodes: Vec<usize> = self.sizes.keys().copied().collect();
        let starts = nodes.iter().copied().filter(|node| start.is_none_or(|start| start == *node));
        let mut orders: Vec<Order> = starts.map(|start| Order::beginning_at(start, self.sizes[&start])).collect();
        for _ in 1..nodes.len() {
            let mut longer: Vec<Order> = Vec::new();
            for order in &orders {
                for node in nodes.iter().filter(|node| !order.nodes.contains(node)) {
                    let Some(branch) = self.branch(*node, order) else { continue };
                    let order = order.then(*node, branch);
                    // Of those that place the same nodes, one is enough.
                    match longer.iter_mut().find(|other| other.places_the_same(&order)) {
                        Some(other) if order.cost < other.cost => *other = order,
                        Some(_) => {}
                        None => longer.push(order),
                    }
                }
            }
            longer.sort_by(|a, b| a.cost.total_cmp(&b.cost));
            longer.truncate(MOST_ORDERS);
            orders = longer;
        }
        orders.into_iter().next().unwrap_or_default()
    }

    /// What it takes to place a node next; `None` if it has no neighbour among those placed.
    fn branch(&mut self, node: usize, order: &Order) -> Option<Branch> {
        let size = self.sizes[&node].max(1.0);
        let mut kept = size;
        // The place and the list of each neighbour, the shortest list first.
        let mut lists: Vec<(usize, f64)> = Vec::new();
        for at in 0..self.sides.len() {
            let Side { from, to, .. } = self.sides[at];
            let Some(place) = order.nodes.iter().position(|placed| *placed == from).filter(|_| to == node) else {
                continue;
            };
            let fan_out = self.fan_out(at, &order.nodes);
            // That none was wanted of some does not tell that none is.
            let wanted = fan_out.wanted.max(fan_out.neighbours / (SAMPLES * TESTS) as f64);
            kept *= (wanted / size).min(1.0);
            lists.push((place, fan_out.neighbours));
        }
        lists.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (_, looked_at) = lists.first().copied()?;
        let last = order.nodes.len();
        let test = |(place, length): &(usize, f64)| {
            let looking_up = LOOK_UP as f64 / 2.0 + 2.0 * length.max(1.0).log2();
            match *place + 1 == last {
                true => looking_up,
                // Kept at hand: marked once, and the marks taken away once.
                false => looking_up.min(1.0 + 2.0 * length / (order.ways(*place, last) * looked_at).max(1.0)),
            }
        };
        Some(Branch { looked_at, tests: lists[1..].iter().map(test).sum(), kept })
    }

    /// What follows over a side from a node placed before. A node with many neighbours is met more often: if edges to
    /// other placed nodes are known, it is looked at as these edges meet it.
    fn fan_out(&mut self, side: usize, placed: &[usize]) -> FanOut {
        let from = self.sides[side].from;
        let (sides, to) = (self.sides, self.sides[side].to);
        let met = sides
            .iter()
            .enumerate()
            .filter(|(_, other)| other.to == from && other.from != to && placed.contains(&other.from));
        let mut ways: Vec<Option<usize>> = met.map(|(at, _)| Some(at)).collect();
        if ways.is_empty() {
            ways.push(None);
        }
        let all = ways.into_iter().map(|via| self.average(side, via));
        all.max_by(|a, b| a.neighbours.total_cmp(&b.neighbours)).unwrap_or(FanOut { neighbours: 0.0, wanted: 0.0 })
    }

    fn average(&mut self, side: usize, via: Option<usize>) -> FanOut {
        if let Some(known) = self.known.get(&(side, via)) {
            return *known;
        }
        let Side { from, to, lists, .. } = &self.sides[side];
        let domain = self.weights[from].domain.as_deref();
        let nodes: Vec<u32> = match (via, domain) {
            (Some(via), _) => spread(self.sides[via].lists.sample()).copied().collect(),
            (None, Some(domain)) => {
                domain.iter().step_by((domain.count() / SAMPLES).max(1)).map(|node| node as u32).collect()
            }
            (None, None) => lists.range().step_by((lists.range().len() / SAMPLES).max(1)).collect(),
        };
        let wanted = self.weights[to].domain.as_deref();
        let (mut count, mut neighbours, mut inside) = (0.0_f64, 0.0, 0.0);
        for node in nodes.into_iter().filter(|node| domain.is_none_or(|domain| domain.contains(*node as usize))) {
            let list = lists.of(node);
            count += 1.0;
            neighbours += list.len() as f64;
            let step = (list.len() / TESTS).max(1);
            let tested = list.iter().step_by(step);
            let hits = tested.clone().filter(|other| wanted.is_none_or(|set| set.contains(**other as usize))).count();
            inside += list.len() as f64 * hits as f64 / tested.count().max(1) as f64;
        }
        let found = FanOut { neighbours: neighbours / count.max(1.0), wanted: inside / count.max(1.0) };
        self.known.insert((side, via), found);
        found
    }
}

/// Some of a list, evenly spread.
fn spread(list: &[u32]) -> impl Iterator<Item = &u32> {
    list.iter().step_by((list.len() / SAMPLES).max(1))
}
