//! In which order the nodes of a cycle are placed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::lists::Lists;
use super::weight::Weight;

/// Nodes looked at to know an average.
const SAMPLES: usize = 32;
/// Neighbours of each that are tested.
const TESTS: usize = 4;

/// An edge of the pattern seen from one of its nodes.
pub(super) struct Side<'g> {
    pub from: usize,
    pub to: usize,
    pub lists: Arc<Lists<'g>>,
    pub back: Arc<Lists<'g>>,
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

    /// The order that takes the fewest steps, as far as averages tell, and how many.
    pub fn order(mut self, start: Option<usize>) -> (Vec<usize>, f64) {
        let starts: Vec<usize> = match start {
            Some(start) => vec![start],
            None => self.sizes.keys().copied().collect(),
        };
        let orders = starts.into_iter().map(|start| self.beginning_at(start));
        orders.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default()
    }

    /// The next node is always one that leaves the fewest partial matches.
    fn beginning_at(&mut self, start: usize) -> (Vec<usize>, f64) {
        let (mut order, mut rows) = (vec![start], self.sizes[&start]);
        let mut cost = rows;
        while order.len() < self.sizes.len() {
            let open: Vec<usize> = self.sizes.keys().copied().filter(|node| !order.contains(node)).collect();
            let mut best: Option<(f64, f64, usize)> = None;
            for node in open {
                let (kept, steps) = self.step(node, &order);
                if best.is_none_or(|(least, fewest, _)| (kept, steps) < (least, fewest)) {
                    best = Some((kept, steps, node));
                }
            }
            let Some((kept, steps, node)) = best else { break };
            cost += rows * (1.0 + steps);
            rows *= kept;
            order.push(node);
        }
        (order, cost)
    }

    /// Into how many a partial match branches when a node is placed next, and the steps that it takes.
    fn step(&mut self, node: usize, placed: &[usize]) -> (f64, f64) {
        let size = self.sizes[&node].max(1.0);
        let (mut kept, mut steps) = (size, f64::INFINITY);
        for at in 0..self.sides.len() {
            let side = &self.sides[at];
            if side.to == node && placed.contains(&side.from) {
                let fan_out = self.fan_out(at, placed);
                kept *= (fan_out.wanted / size).min(1.0);
                steps = steps.min(fan_out.neighbours);
            }
        }
        if steps.is_finite() { (kept, steps) } else { (f64::INFINITY, size) }
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
            (Some(via), _) => spread(self.sides[via].lists.neighbours()).copied().collect(),
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
