//! The greatest flow between two nodes, and the least that separates them: relationships or nodes.

use super::network::Network;
use crate::diagnostic::Diagnostic;
use crate::graph::Bitmap;
use crate::limits::Budget;

/// The greatest flow; the weights of edges are their capacities.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    pub value: f64,
    /// By edge.
    pub by_edge: Vec<f64>,
    /// By node: whether it is still reached from the source when all that can flow flows.
    pub on_source_side: Vec<bool>,
}

impl Flow {
    /// The edges of a least cut, the one next to the source: all that is left of the ways to the sink.
    pub fn cut(&self, network: &Network) -> Vec<usize> {
        let is_here = |node: u32| self.on_source_side[node as usize];
        let leaving = |node: u32| network.edges(node).filter(|edge| !is_here(network.target(*edge)));
        let capable = |edge: &usize| network.weight(*edge) > 0.0;
        network.numbers().filter(|node| is_here(*node)).flat_map(leaving).filter(capable).collect()
    }
}

/// The greatest flow from one node to another, which differs from it (Dinic).
pub fn max_flow(network: &Network, from: u32, to: u32, budget: &Budget) -> Result<Flow, Diagnostic> {
    let left = (0..network.edge_count()).map(|edge| network.weight(edge)).collect();
    let mut pipes = Pipes { network, left, carried: Carried::none(network, budget)? };
    let (value, levels) = fill(&mut pipes, from, to, budget)?;
    let on_source_side = levels.iter().map(|level| *level != UNMET).collect();
    Ok(Flow { value, by_edge: pipes.carried.flow, on_source_side })
}

/// The fewest nodes without which the one does not reach the other; of several sets the one next to the source.
/// `None` if an edge leads straight from one to the other.
pub fn node_cut(network: &Network, from: u32, to: u32, budget: &Budget) -> Result<Option<Vec<u32>>, Diagnostic> {
    if network.targets(from).contains(&to) {
        return Ok(None);
    }
    let mut gates = Gates { network, shut: vec![false; network.len()], carried: Carried::none(network, budget)? };
    let (_, levels) = fill(&mut gates, exit(from), entry(to), budget)?;
    let met = |place: u32| levels[place as usize] != UNMET;
    Ok(Some(network.numbers().filter(|node| met(entry(*node)) && !met(exit(*node))).collect()))
}

/// What can still flow: arcs between places, those against what flows already among them. They are never laid out as
/// a graph of their own: most searches look at few of them.
trait Residual {
    fn places(&self) -> usize;

    /// The arc of this number around a place: where it leads and how much it takes; `None` past the last one.
    fn arc(&self, place: u32, number: u32) -> Option<(u32, f64)>;

    /// Gives out all arcs around a place.
    fn for_arcs(&self, place: u32, each: impl FnMut(u32, f64));

    fn push(&mut self, place: u32, number: u32, amount: f64);
}

/// What flows over edges, to be taken back.
struct Carried {
    /// By edge.
    flow: Vec<f64>,
    /// By node: the edges to it over which anything has flowed, and where they come from.
    into: Vec<Vec<(u32, u32)>>,
    listed: Bitmap,
}

impl Carried {
    fn none(network: &Network, budget: &Budget) -> Result<Carried, Diagnostic> {
        let (edges, nodes) = (network.edge_count(), network.len());
        budget.charge(2 * edges * size_of::<f64>() + nodes * (size_of::<Vec<(u32, u32)>>() + 4 * size_of::<u32>()))?;
        Ok(Carried { flow: vec![0.0; edges], into: vec![Vec::new(); nodes], listed: Bitmap::default() })
    }

    /// The place of an arc against what flows to a node: where it leads, and over which edge.
    fn back(&self, node: u32, number: usize) -> Option<(u32, usize)> {
        self.into[node as usize].get(number).map(|(edge, source)| (*source, *edge as usize))
    }

    /// Gives out all arcs against what flows to a node.
    fn for_backs(&self, node: u32, mut each: impl FnMut(u32, f64)) {
        self.into[node as usize].iter().for_each(|(edge, source)| each(*source, self.flow[*edge as usize]));
    }

    fn add(&mut self, edge: usize, source: u32, target: u32, amount: f64) {
        self.flow[edge] += amount;
        if self.listed.insert(edge) {
            self.into[target as usize].push((edge as u32, source));
        }
    }
}

/// Edges take what they weigh. Places are nodes; around each are first its edges.
struct Pipes<'n> {
    network: &'n Network<'n>,
    /// By edge: what it can still take.
    left: Vec<f64>,
    carried: Carried,
}

impl Residual for Pipes<'_> {
    fn places(&self) -> usize {
        self.network.len()
    }

    fn arc(&self, node: u32, number: u32) -> Option<(u32, f64)> {
        let (edges, number) = (self.network.edges(node), number as usize);
        if number < edges.len() {
            let edge = edges.start + number;
            return Some((self.network.target(edge), self.left[edge]));
        }
        let (source, edge) = self.carried.back(node, number - edges.len())?;
        Some((source, self.carried.flow[edge]))
    }

    #[inline]
    fn for_arcs(&self, node: u32, mut each: impl FnMut(u32, f64)) {
        let left = &self.left[self.network.edges(node)];
        self.network.targets(node).iter().zip(left).for_each(|(target, left)| each(*target, *left));
        self.carried.for_backs(node, each);
    }

    fn push(&mut self, node: u32, number: u32, amount: f64) {
        let (edges, number) = (self.network.edges(node), number as usize);
        if number < edges.len() {
            let edge = edges.start + number;
            self.left[edge] -= amount;
            self.carried.add(edge, node, self.network.target(edge), amount);
        } else if let Some((_, edge)) = self.carried.back(node, number - edges.len()) {
            self.left[edge] += amount;
            self.carried.flow[edge] -= amount;
        }
    }
}

/// Edges take everything, nodes let one through. Each node is two places: around its entry are the way to its exit and
/// the arcs back; around its exit the way back to its entry and its edges.
struct Gates<'n> {
    network: &'n Network<'n>,
    /// By node: something has passed.
    shut: Vec<bool>,
    carried: Carried,
}

fn entry(node: u32) -> u32 {
    2 * node
}

fn exit(node: u32) -> u32 {
    2 * node + 1
}

impl Gates<'_> {
    fn edge(&self, node: u32, number: u32) -> Option<usize> {
        let edges = self.network.edges(node);
        Some(edges.start + number as usize).filter(|edge| *edge < edges.end)
    }
}

impl Residual for Gates<'_> {
    fn places(&self) -> usize {
        2 * self.network.len()
    }

    fn arc(&self, place: u32, number: u32) -> Option<(u32, f64)> {
        let (node, is_exit) = (place / 2, place % 2 == 1);
        let passed = if self.shut[node as usize] { 1.0 } else { 0.0 };
        match (is_exit, number.checked_sub(1)) {
            (false, None) => Some((exit(node), 1.0 - passed)),
            (false, Some(number)) => {
                self.carried.back(node, number as usize).map(|(source, edge)| (exit(source), self.carried.flow[edge]))
            }
            (true, None) => Some((entry(node), passed)),
            (true, Some(number)) => {
                self.edge(node, number).map(|edge| (entry(self.network.target(edge)), f64::INFINITY))
            }
        }
    }

    #[inline]
    fn for_arcs(&self, place: u32, mut each: impl FnMut(u32, f64)) {
        let (node, is_exit) = (place / 2, place % 2 == 1);
        let passed = if self.shut[node as usize] { 1.0 } else { 0.0 };
        match is_exit {
            false => {
                each(exit(node), 1.0 - passed);
                self.carried.for_backs(node, |source, flow| each(exit(source), flow));
            }
            true => {
                each(entry(node), passed);
                self.network.targets(node).iter().for_each(|target| each(entry(*target), f64::INFINITY));
            }
        }
    }

    fn push(&mut self, place: u32, number: u32, amount: f64) {
        let (node, is_exit) = (place / 2, place % 2 == 1);
        match (is_exit, number.checked_sub(1)) {
            (_, None) => self.shut[node as usize] = !is_exit,
            (false, Some(number)) => {
                if let Some((_, edge)) = self.carried.back(node, number as usize) {
                    self.carried.flow[edge] -= amount;
                }
            }
            (true, Some(number)) => {
                if let Some(edge) = self.edge(node, number) {
                    self.carried.add(edge, node, self.network.target(edge), amount);
                }
            }
        }
    }
}

const UNMET: u32 = u32::MAX;

/// Lets flow what can: how much that is, and by place its distance from the source over arcs that still take
/// something; the sink has none.
fn fill(residual: &mut impl Residual, from: u32, sink: u32, budget: &Budget) -> Result<(f64, Vec<u32>), Diagnostic> {
    let mut levels = vec![UNMET; residual.places()];
    let mut next = vec![0; residual.places()];
    let mut value = 0.0;
    while measure(residual, from, sink, &mut levels, budget)? {
        next.fill(0);
        while let Some(more) = push(residual, from, sink, &levels, &mut next, budget)? {
            value += more;
        }
    }
    Ok((value, levels))
}

/// Measures the levels; whether the sink is met.
fn measure(
    residual: &impl Residual,
    from: u32,
    sink: u32,
    levels: &mut [u32],
    budget: &Budget,
) -> Result<bool, Diagnostic> {
    levels.fill(UNMET);
    levels[from as usize] = 0;
    let mut queue = vec![from];
    let mut at = 0;
    while let Some(place) = queue.get(at).copied() {
        at += 1;
        let level = levels[place as usize] + 1;
        // Beyond the sink no way is of use.
        if levels[sink as usize] <= level {
            break;
        }
        budget.tick()?;
        residual.for_arcs(place, |to, left| {
            if left > 0.0 && levels[to as usize] == UNMET {
                levels[to as usize] = level;
                queue.push(to);
            }
        });
    }
    Ok(levels[sink as usize] != UNMET)
}

/// Sends as much as one way to the sink takes, each step one level further; `None` if no way is left.
/// `next` says for each place from which arc on there is something to look at.
fn push(
    residual: &mut impl Residual,
    from: u32,
    sink: u32,
    levels: &[u32],
    next: &mut [u32],
    budget: &Budget,
) -> Result<Option<f64>, Diagnostic> {
    // The arcs taken, as places and numbers, and the least that the way so far takes.
    let mut way: Vec<(u32, u32, f64)> = Vec::new();
    let mut place = from;
    while place != sink {
        budget.tick()?;
        let number = next[place as usize];
        if let Some((to, left)) = residual.arc(place, number) {
            if left > 0.0 && levels[to as usize] == levels[place as usize] + 1 {
                let least = way.last().map_or(left, |(.., least)| least.min(left));
                way.push((place, number, least));
                place = to;
            } else {
                next[place as usize] += 1;
            }
            continue;
        }
        // A dead end: back, and not here again.
        let Some((before, ..)) = way.pop() else { return Ok(None) };
        place = before;
        next[place as usize] += 1;
    }
    let amount = way.last().map_or(0.0, |(.., least)| *least);
    way.iter().for_each(|(place, number, _)| residual.push(*place, *number, amount));
    Ok(Some(amount))
}
