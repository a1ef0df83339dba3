//! Coreness: the largest k such that a node belongs to a part in which each has k neighbours.

use super::undirected::Undirected;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// By node: its coreness, directions aside (Batagelj and Zaversnik, 2003: nodes are taken away by degree).
pub fn coreness(network: &Undirected, budget: &Budget) -> Result<Vec<u32>, Diagnostic> {
    let nodes = network.len() as u32;
    budget.charge(4 * network.len() * size_of::<u32>())?;
    let mut core: Vec<u32> = (0..nodes).map(|node| network.degree(node) as u32).collect();
    // The nodes by what is left of their degree, where each stands, and where each degree begins.
    let mut begins = vec![0_u32; core.iter().max().map_or(0, |degree| *degree as usize) + 2];
    core.iter().for_each(|degree| begins[*degree as usize + 1] += 1);
    for at in 1..begins.len() {
        begins[at] += begins[at - 1];
    }
    let (mut order, mut place) = (vec![0; core.len()], vec![0; core.len()]);
    let mut next = begins.clone();
    for node in 0..nodes {
        let at = &mut next[core[node as usize] as usize];
        (order[*at as usize], place[node as usize]) = (node, *at);
        *at += 1;
    }
    for at in 0..order.len() {
        budget.tick()?;
        let node = order[at];
        for other in network.neighbours(node) {
            let degree = core[*other as usize];
            if degree <= core[node as usize] {
                continue;
            }
            // To the front of its degree, which then begins after it.
            let front = begins[degree as usize];
            let (from, first) = (place[*other as usize], order[front as usize]);
            order.swap(from as usize, front as usize);
            (place[*other as usize], place[first as usize]) = (front, from);
            begins[degree as usize] = front + 1;
            core[*other as usize] = degree - 1;
        }
    }
    Ok(core)
}
