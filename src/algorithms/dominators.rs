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
        self.some_dominated(by, usize::MAX)
    }

    /// At most so many of them: those met first from the node on.
    pub fn some_dominated(&self, by: u32, at_most: usize) -> Vec<u32> {
        let from = self.place[by as usize] as usize + 1;
        let count = (self.count(by) as usize).min(at_most);
        let mut dominated = self.preorder[from..from + count].to_vec();
        dominated.sort_unstable();
        dominated
    }
}

/// The dominators of what is reached from the root, by semidominators and nearest common ancestors (Semi-NCA:
/// Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", 2005): two passes, however many cycles
/// there are. petgraph's `simple_fast` goes over the edges until nothing changes, keeps hash sets of predecessors and
/// cannot be interrupted.
pub fn dominators(network: &Network, root: u32, budget: &Budget) -> Result<Dominators, Diagnostic> {
    budget.charge(7 * network.len() * size_of::<u32>())?;
    let (order, parents) = preorder(network, root, budget)?;
    let mut rank = vec![NONE; network.len()];
    order.iter().enumerate().for_each(|(at, node)| rank[*node as usize] = at as u32);
    let (offsets, predecessors) = predecessors(network, &order, &rank, budget)?;
    // From here on nodes are numbers in preorder.
    let mut semi: Vec<u32> = (0..order.len() as u32).collect();
    let mut forest = Forest { above: parents.clone(), label: semi.clone(), path: Vec::new() };
    for at in (1..order.len()).rev() {
        budget.tick()?;
        for predecessor in &predecessors[offsets[at]..offsets[at + 1]] {
            let least = forest.least(*predecessor, at as u32, &semi);
            semi[at] = semi[at].min(semi[least as usize]);
        }
    }
    // The nearest ancestor that is not below the semidominator.
    let mut immediate = parents;
    for at in 1..order.len() {
        while immediate[at] > semi[at] {
            immediate[at] = immediate[immediate[at] as usize];
        }
    }
    let mut by_node = vec![NONE; network.len()];
    for (at, node) in order.iter().enumerate().skip(1) {
        by_node[*node as usize] = order[immediate[at] as usize];
    }
    Ok(Dominators { root, immediate: by_node, order })
}

/// The nodes whose semidominators are known, as trees whose paths become shorter with use.
struct Forest {
    /// By node: one of its ancestors; only those above it in a tree are of use.
    above: Vec<u32>,
    /// By node: of those from it up to below that ancestor the one with the least semidominator.
    label: Vec<u32>,
    path: Vec<u32>,
}

impl Forest {
    /// Of the ancestors of a node that lie behind a place in preorder, itself included, the one with the least
    /// semidominator; a node before that place is its own answer.
    fn least(&mut self, node: u32, behind: u32, semi: &[u32]) -> u32 {
        let mut top = node;
        while self.above[top as usize] > behind && self.above[top as usize] != NONE {
            self.path.push(top);
            top = self.above[top as usize];
        }
        let mut up = top;
        while let Some(node) = self.path.pop() {
            let (of_up, own) = (self.label[up as usize], self.label[node as usize]);
            if semi[of_up as usize] < semi[own as usize] {
                self.label[node as usize] = of_up;
            }
            self.above[node as usize] = self.above[up as usize];
            up = node;
        }
        self.label[node as usize]
    }
}

/// The nodes reached, as a depth-first search meets them, and by place the place of the one that it came from.
fn preorder(network: &Network, root: u32, budget: &Budget) -> Result<(Vec<u32>, Vec<u32>), Diagnostic> {
    let mut seen = vec![false; network.len()];
    seen[root as usize] = true;
    let (mut order, mut parents) = (vec![root], vec![NONE]);
    let mut path = vec![(0, network.targets(root).iter())];
    while let Some((place, targets)) = path.last_mut() {
        budget.tick()?;
        let Some(target) = targets.find(|target| !seen[**target as usize]) else {
            path.pop();
            continue;
        };
        seen[*target as usize] = true;
        parents.push(*place);
        path.push((order.len() as u32, network.targets(*target).iter()));
        order.push(*target);
    }
    Ok((order, parents))
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
