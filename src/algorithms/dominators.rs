//! Dominators: what every way from a root to a node goes through.

use super::network::{NONE, Network};
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// The dominator tree of what is reached from a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dominators {
    pub root: u32,
    /// By node: its immediate dominator, the last node that every way from the root to it goes through. [`NONE`] for
    /// the root and for nodes that are not reached.
    pub immediate: Vec<u32>,
    /// The nodes reached, each after its immediate dominator.
    pub order: Vec<u32>,
}

impl Dominators {
    pub fn reaches(&self, node: u32) -> bool {
        node == self.root || self.immediate[node as usize] != NONE
    }

    /// The dominators of a node from its immediate one up to the root.
    pub fn of(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let above = |node: &u32| Some(self.immediate[*node as usize]).filter(|up| *up != NONE);
        std::iter::successors(above(&node), move |node| above(node))
    }

    /// What each node dominates.
    pub fn subtrees(&self) -> Subtrees {
        let mut below = vec![0; self.immediate.len()];
        for node in self.order.iter().skip(1).rev() {
            below[self.immediate[*node as usize] as usize] += below[*node as usize] + 1;
        }
        // By node: its place in preorder, and the next free one among those that it dominates.
        let mut place = vec![0; self.immediate.len()];
        let mut next = vec![0; self.immediate.len()];
        let mut preorder = vec![self.root; self.order.len()];
        next[self.root as usize] = 1;
        for node in self.order.iter().skip(1).map(|node| *node as usize) {
            let up = self.immediate[node] as usize;
            (place[node], next[node]) = (next[up], next[up] + 1);
            next[up] += below[node] + 1;
            preorder[place[node] as usize] = node as u32;
        }
        Subtrees { below, place, preorder }
    }
}

/// By dominator: the nodes that are not reached any more without it.
pub struct Subtrees {
    below: Vec<u32>,
    place: Vec<u32>,
    /// The nodes reached, so that what a node dominates follows it.
    preorder: Vec<u32>,
}

impl Subtrees {
    /// How many other nodes are not reached any more without this one.
    pub fn count(&self, by: u32) -> u32 {
        self.below[by as usize]
    }

    /// The nodes that are not reached any more without this one, by number; of a node that is reached itself.
    pub fn dominated(&self, by: u32) -> Vec<u32> {
        let from = self.place[by as usize] as usize + 1;
        let mut dominated = self.preorder[from..from + self.count(by) as usize].to_vec();
        dominated.sort_unstable();
        dominated
    }
}

/// The dominators of what is reached from the root. The method of Cooper, Harvey and Kennedy ("A Simple, Fast
/// Dominance Algorithm", 2001) over arrays; petgraph's, of the same method, keeps hash sets of predecessors and cannot
/// be interrupted.
pub fn dominators(network: &Network, root: u32, budget: &Budget) -> Result<Dominators, Diagnostic> {
    let order = reverse_postorder(network, root, budget)?;
    budget.charge(4 * network.len() * size_of::<u32>())?;
    let mut rank = vec![NONE; network.len()];
    order.iter().enumerate().for_each(|(at, node)| rank[*node as usize] = at as u32);
    let (offsets, predecessors) = predecessors(network, &order, &rank, budget)?;
    // By rank. The root dominates itself until the end.
    let mut immediate = vec![NONE; order.len()];
    immediate[0] = 0;
    let mut changed = true;
    while changed {
        changed = false;
        for at in 1..order.len() {
            budget.tick()?;
            let mut known =
                predecessors[offsets[at]..offsets[at + 1]].iter().filter(|p| immediate[**p as usize] != NONE);
            let Some(first) = known.next() else { continue };
            let common = known.fold(*first, |common, p| meet(&immediate, common, *p));
            changed |= std::mem::replace(&mut immediate[at], common) != common;
        }
    }
    let mut by_node = vec![NONE; network.len()];
    for (at, node) in order.iter().enumerate().skip(1) {
        by_node[*node as usize] = order[immediate[at] as usize];
    }
    Ok(Dominators { root, immediate: by_node, order })
}

/// The lowest common ancestor in the tree so far; ranks fall on the way up.
fn meet(immediate: &[u32], mut a: u32, mut b: u32) -> u32 {
    while a != b {
        if a > b {
            a = immediate[a as usize];
        } else {
            b = immediate[b as usize];
        }
    }
    a
}

fn reverse_postorder(network: &Network, root: u32, budget: &Budget) -> Result<Vec<u32>, Diagnostic> {
    let mut seen = vec![false; network.len()];
    seen[root as usize] = true;
    let mut order = Vec::new();
    let mut path = vec![(root, network.edges(root))];
    while let Some((node, edges)) = path.last_mut() {
        budget.tick()?;
        let unseen = |edge: &usize| !seen[network.target(*edge) as usize];
        match edges.find(unseen) {
            Some(edge) => {
                let target = network.target(edge);
                seen[target as usize] = true;
                path.push((target, network.edges(target)));
            }
            None => {
                order.push(*node);
                path.pop();
            }
        }
    }
    budget.charge(size_of_val(order.as_slice()))?;
    order.reverse();
    Ok(order)
}

/// For each rank the ranks of its predecessors: where they begin, and all of them.
fn predecessors(
    network: &Network,
    order: &[u32],
    rank: &[u32],
    budget: &Budget,
) -> Result<(Vec<usize>, Vec<u32>), Diagnostic> {
    let mut next = vec![0; order.len() + 1];
    for node in order {
        network.targets(*node).iter().for_each(|target| next[rank[*target as usize] as usize + 1] += 1);
    }
    for at in 1..next.len() {
        next[at] += next[at - 1];
    }
    let offsets = next.clone();
    let mut predecessors = vec![0; offsets[order.len()]];
    budget.charge(size_of_val(predecessors.as_slice()) + 2 * size_of_val(next.as_slice()))?;
    for (from, node) in order.iter().enumerate() {
        budget.tick()?;
        for target in network.targets(*node) {
            let at = &mut next[rank[*target as usize] as usize];
            predecessors[*at] = from as u32;
            *at += 1;
        }
    }
    Ok((offsets, predecessors))
}
