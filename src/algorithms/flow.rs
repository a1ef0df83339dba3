//! The greatest flow between two nodes, and the least that separates them: relationships or nodes.

use super::network::Network;
use crate::diagnostic::Diagnostic;
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
    let mut residual = Residual::new(network.len());
    for source in network.numbers() {
        for edge in network.edges(source) {
            residual.add(source, network.target(edge), network.weight(edge));
        }
    }
    let value = residual.fill(from, to, budget)?;
    let by_edge = (0..network.edge_count()).map(|edge| network.weight(edge) - residual.arcs[2 * edge].left).collect();
    let on_source_side = residual.levels.iter().map(|level| *level != UNMET).collect();
    Ok(Flow { value, by_edge, on_source_side })
}

/// The fewest nodes without which the one does not reach the other; of several sets the one next to the source.
/// `None` if an edge leads straight from one to the other.
pub fn node_cut(network: &Network, from: u32, to: u32, budget: &Budget) -> Result<Option<Vec<u32>>, Diagnostic> {
    if network.targets(from).contains(&to) {
        return Ok(None);
    }
    // Each node is an arc from its entry to its exit.
    let (entry, exit) = (|node: u32| 2 * node, |node: u32| 2 * node + 1);
    let mut residual = Residual::new(2 * network.len());
    for node in network.numbers() {
        residual.add(entry(node), exit(node), if node == from || node == to { f64::INFINITY } else { 1.0 });
    }
    for source in network.numbers() {
        network.targets(source).iter().for_each(|target| residual.add(exit(source), entry(*target), f64::INFINITY));
    }
    residual.fill(exit(from), entry(to), budget)?;
    let met = |place: u32| residual.levels[place as usize] != UNMET;
    Ok(Some(network.numbers().filter(|node| met(entry(*node)) && !met(exit(*node))).collect()))
}

const UNMET: u32 = u32::MAX;

/// Half of a pair: what is taken from one arc is given to the other.
struct Arc {
    to: u32,
    left: f64,
}

/// What can still flow. The arc against arc `a` is `a ^ 1`.
struct Residual {
    nodes: usize,
    arcs: Vec<Arc>,
    /// Where the arcs of each node begin among `around`, and the arcs.
    offsets: Vec<usize>,
    around: Vec<u32>,
    /// By node: its distance from the source over arcs with something left.
    levels: Vec<u32>,
}

impl Residual {
    fn new(nodes: usize) -> Residual {
        Residual { nodes, arcs: Vec::new(), offsets: Vec::new(), around: Vec::new(), levels: Vec::new() }
    }

    fn add(&mut self, from: u32, to: u32, capacity: f64) {
        self.arcs.push(Arc { to, left: capacity });
        self.arcs.push(Arc { to: from, left: 0.0 });
    }

    fn index(&mut self) {
        let from = |arcs: &[Arc], arc: usize| arcs[arc ^ 1].to as usize;
        let mut next = vec![0; self.nodes + 1];
        (0..self.arcs.len()).for_each(|arc| next[from(&self.arcs, arc) + 1] += 1);
        for at in 1..next.len() {
            next[at] += next[at - 1];
        }
        self.offsets = next.clone();
        self.around = vec![0; self.arcs.len()];
        for arc in 0..self.arcs.len() {
            let at = &mut next[from(&self.arcs, arc)];
            self.around[*at] = arc as u32;
            *at += 1;
        }
    }

    /// Lets flow what can; the levels are then those of the last search, which does not meet the sink.
    fn fill(&mut self, from: u32, to: u32, budget: &Budget) -> Result<f64, Diagnostic> {
        budget.charge(self.arcs.len() * (size_of::<Arc>() + size_of::<u32>()) + self.nodes * 3 * size_of::<usize>())?;
        self.index();
        let mut value = 0.0;
        while self.measure(from, to, budget)? {
            let mut next = self.offsets.clone();
            while let Some(more) = self.push(from, to, &mut next, budget)? {
                value += more;
            }
        }
        Ok(value)
    }

    /// Measures the levels; whether the sink is met.
    fn measure(&mut self, from: u32, sink: u32, budget: &Budget) -> Result<bool, Diagnostic> {
        self.levels = vec![UNMET; self.nodes];
        self.levels[from as usize] = 0;
        let mut queue = vec![from];
        let mut at = 0;
        while let Some(node) = queue.get(at).copied() {
            at += 1;
            let level = self.levels[node as usize] + 1;
            // Beyond the sink no way is of use.
            if self.levels[sink as usize] <= level {
                break;
            }
            budget.tick()?;
            for arc in &self.around[self.offsets[node as usize]..self.offsets[node as usize + 1]] {
                let Arc { to, left } = self.arcs[*arc as usize];
                if left > 0.0 && self.levels[to as usize] == UNMET {
                    self.levels[to as usize] = level;
                    queue.push(to);
                }
            }
        }
        Ok(self.levels[sink as usize] != UNMET)
    }

    /// Sends as much as one way to the sink takes, each step one level further; `None` if no way is left.
    /// `next` says for each node from which arc on there is something to look at.
    fn push(&mut self, from: u32, to: u32, next: &mut [usize], budget: &Budget) -> Result<Option<f64>, Diagnostic> {
        let mut way: Vec<u32> = Vec::new();
        let mut node = from;
        while node != to {
            budget.tick()?;
            let (end, level) = (self.offsets[node as usize + 1], self.levels[node as usize]);
            let at = &mut next[node as usize];
            if *at < end {
                let arc = self.around[*at];
                let Arc { to, left } = self.arcs[arc as usize];
                if left > 0.0 && self.levels[to as usize] == level + 1 {
                    way.push(arc);
                    node = to;
                } else {
                    *at += 1;
                }
                continue;
            }
            // A dead end: back, and not here again.
            let Some(arc) = way.pop() else { return Ok(None) };
            node = self.arcs[arc as usize ^ 1].to;
            next[node as usize] += 1;
        }
        let amount = way.iter().map(|arc| self.arcs[*arc as usize].left).fold(f64::INFINITY, f64::min);
        for arc in way {
            self.arcs[arc as usize].left -= amount;
            self.arcs[arc as usize ^ 1].left += amount;
        }
        Ok(Some(amount))
    }
}
