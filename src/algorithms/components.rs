//! Parts of a network that hang together: strongly (each node reaches each) or weakly (directions aside).

use petgraph::unionfind::UnionFind;

use super::network::{NONE, Network};
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// Which nodes belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Components {
    /// By node: its component.
    pub of: Vec<u32>,
    pub count: usize,
}

impl Components {
    /// The nodes of every component, by number.
    pub fn members(&self) -> Vec<Vec<u32>> {
        let mut members = vec![Vec::new(); self.count];
        for (node, component) in self.of.iter().enumerate() {
            members[*component as usize].push(node as u32);
        }
        members
    }

    /// How many nodes each component has.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.count];
        self.of.iter().for_each(|component| sizes[*component as usize] += 1);
        sizes
    }
}

/// The strongly connected components (Tarjan, without recursion), in reverse topological order: an edge between two
/// components leads to the lower number. petgraph's `tarjan_scc` recurses, and neither it nor `kosaraju_scc` can be
/// interrupted.
pub fn strong(network: &Network, budget: &Budget) -> Result<Components, Diagnostic> {
    let nodes = network.len();
    budget.charge(5 * nodes * size_of::<u32>())?;
    // By node: when it was met, from 1; and the earliest node on the stack that it reaches.
    let mut met = vec![0_u32; nodes];
    let mut low = vec![0_u32; nodes];
    let mut of = vec![NONE; nodes];
    let (mut clock, mut count) = (0, 0);
    // Nodes without a component yet, and the path with the next edge to follow.
    let mut open: Vec<u32> = Vec::new();
    let mut path: Vec<(u32, usize)> = Vec::new();
    for root in network.numbers() {
        if met[root as usize] != 0 {
            continue;
        }
        path.push((root, network.edges(root).start));
        while let Some((node, next)) = path.last_mut() {
            budget.tick()?;
            let (node, edges) = (*node, network.edges(*node));
            if met[node as usize] == 0 {
                clock += 1;
                met[node as usize] = clock;
                low[node as usize] = clock;
                open.push(node);
            }
            let mut lowest = low[node as usize];
            let mut child = None;
            while *next < edges.end {
                let target = network.target(*next);
                *next += 1;
                if met[target as usize] == 0 {
                    child = Some(target);
                    break;
                }
                if of[target as usize] == NONE {
                    lowest = lowest.min(met[target as usize]);
                }
            }
            low[node as usize] = lowest;
            if let Some(child) = child {
                path.push((child, network.edges(child).start));
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                low[*parent as usize] = low[*parent as usize].min(lowest);
            }
            if lowest == met[node as usize] {
                while let Some(member) = open.pop() {
                    of[member as usize] = count;
                    if member == node {
                        break;
                    }
                }
                count += 1;
            }
        }
    }
    Ok(Components { of, count: count as usize })
}

/// The weakly connected components, numbered by their first nodes.
pub fn weak(network: &Network, budget: &Budget) -> Result<Components, Diagnostic> {
    budget.charge(3 * network.len() * size_of::<u32>())?;
    let mut sets: UnionFind<u32> = UnionFind::new(network.len());
    for node in network.numbers() {
        budget.tick()?;
        for target in network.targets(node) {
            sets.union(node, *target);
        }
    }
    let mut number = vec![NONE; network.len()];
    let mut count = 0;
    let mut component = |node| {
        let number = &mut number[sets.find_mut(node) as usize];
        if *number == NONE {
            *number = count;
            count += 1;
        }
        *number
    };
    let of = network.numbers().map(&mut component).collect();
    Ok(Components { of, count: count as usize })
}
