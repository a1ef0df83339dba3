//! The elementary cycles of a network: those that meet no node twice.

use std::collections::VecDeque;

use super::components::strong;
use super::network::Network;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// Cycles, the shortest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cycles {
    /// Each as its nodes, from its lowest number or from the node asked for.
    pub cycles: Vec<Vec<u32>>,
    /// Whether these are all.
    pub complete: bool,
}

/// The elementary cycles, or those through a node, up to a number: the shortest ones (from 8 edges more than the
/// shortest on, among those of similar length the first ones found). Two cycles differ in their nodes or the order of
/// these, not only in a parallel edge.
///
/// Johnson's method with a bound on the length (as Gupta and Suzumura extended it in 2021), which is raised until
/// there are enough cycles or no longer ones are possible.
pub fn cycles(network: &Network, through: Option<u32>, at_most: usize, budget: &Budget) -> Result<Cycles, Diagnostic> {
    let parts = parts(network, through, budget)?;
    let longest = parts.iter().map(|part| part.nodes.len()).max().unwrap_or(0);
    let mut found: Vec<Vec<u32>> = Vec::new();
    let shortest = match through {
        Some(node) => parts.first().map_or(1, |part| part.shortest_through(node)),
        None => 1,
    };
    let (mut bound, mut settled) = (shortest.min(longest), 0);
    loop {
        let mut longer: Vec<Vec<u32>> = Vec::new();
        let wanted = at_most.saturating_sub(found.len());
        for part in &parts {
            let kept = |cycle: &[u32]| cycle.len() > settled;
            part.collect(through, bound, wanted.saturating_add(1), kept, &mut longer, budget)?;
        }
        longer.sort_by_key(Vec::len);
        let complete = longer.len() <= wanted;
        longer.truncate(wanted);
        found.append(&mut longer);
        if !complete || bound >= longest {
            return Ok(Cycles { cycles: found, complete });
        }
        settled = bound;
        bound = (bound + 1 + (bound - shortest) / 8 * 4).min(longest);
    }
}

/// A strongly connected part with a cycle in it.
struct Part {
    /// The network's numbers, in order.
    nodes: Vec<u32>,
    /// By place among `nodes`: the places that edges lead to, each once.
    targets: Vec<Vec<u32>>,
    /// By place: the places that edges come from.
    sources: Vec<Vec<u32>>,
    /// By place: how many edges lead to the node that cycles are to go through; empty if any cycle will do.
    back: Vec<usize>,
}

fn parts(network: &Network, through: Option<u32>, budget: &Budget) -> Result<Vec<Part>, Diagnostic> {
    let components = strong(network, budget)?;
    let mut place = vec![0; network.len()];
    let mut parts = Vec::new();
    for (component, nodes) in components.groups().iter().enumerate() {
        let wanted = through.is_none_or(|node| components.of[node as usize] as usize == component);
        if !wanted || (nodes.len() == 1 && !network.targets(nodes[0]).contains(&nodes[0])) {
            continue;
        }
        nodes.iter().enumerate().for_each(|(at, node)| place[*node as usize] = at as u32);
        let inside = |target: &&u32| components.of[**target as usize] as usize == component;
        let mut targets = Vec::new();
        for node in nodes {
            budget.tick()?;
            let mut of_node: Vec<u32> =
                network.targets(*node).iter().filter(inside).map(|target| place[*target as usize]).collect();
            of_node.sort_unstable();
            of_node.dedup();
            budget.charge(2 * (size_of::<Vec<u32>>() + size_of_val(of_node.as_slice())))?;
            targets.push(of_node);
        }
        let mut sources = vec![Vec::new(); targets.len()];
        for (source, targets) in targets.iter().enumerate() {
            budget.tick()?;
            targets.iter().for_each(|target| sources[*target as usize].push(source as u32));
        }
        let root = through.and_then(|node| nodes.binary_search(&node).ok());
        let back = root.map_or(Vec::new(), |root| distances_to(root, &sources));
        parts.push(Part { nodes: nodes.to_vec(), targets, sources, back });
    }
    Ok(parts)
}

/// By place: how many edges lead from there to the root at least.
fn distances_to(root: usize, sources: &[Vec<u32>]) -> Vec<usize> {
    let mut distances = vec![usize::MAX; sources.len()];
    distances[root] = 0;
    let mut queue = VecDeque::from([root]);
    while let Some(node) = queue.pop_front() {
        for source in sources[node].iter().map(|source| *source as usize) {
            if distances[source] == usize::MAX {
                distances[source] = distances[node] + 1;
                queue.push_back(source);
            }
        }
    }
    distances
}

impl Part {
    /// The length of the shortest cycle through a node of the part.
    fn shortest_through(&self, node: u32) -> usize {
        let Ok(root) = self.nodes.binary_search(&node) else { return 1 };
        self.targets[root].iter().map(|target| self.back[*target as usize] + 1).min().unwrap_or(1)
    }

    /// Adds cycles no longer than the bound until there are enough.
    fn collect(
        &self,
        through: Option<u32>,
        bound: usize,
        enough: usize,
        kept: impl Fn(&[u32]) -> bool,
        found: &mut Vec<Vec<u32>>,
        budget: &Budget,
    ) -> Result<(), Diagnostic> {
        let through = through.and_then(|node| self.nodes.binary_search(&node).ok());
        let roots = through.map_or(0..self.nodes.len(), |root| root..root + 1);
        let mut search = Search::new(self, bound);
        for root in roots {
            if found.len() >= enough {
                break;
            }
            if search.left.is_gone(root as u32) {
                continue;
            }
            search.from(root as u32, budget, |cycle| {
                if kept(cycle) {
                    budget.charge(size_of_val(cycle) + size_of::<Vec<u32>>())?;
                    found.push(cycle.iter().map(|at| self.nodes[*at as usize]).collect());
                }
                Ok(found.len() < enough)
            })?;
            // A cycle belongs to its lowest node, unless all go through the one.
            if through.is_none() {
                search.left.remove(self, root as u32, budget)?;
            }
        }
        Ok(())
    }
}

/// What is left of a part while its nodes are taken away, one after the other. A node that no edge leads to or from any
/// more goes with them: it is on no cycle. Without this each node of one long ring would be the start of a search.
struct Left {
    gone: Vec<bool>,
    /// By node: the edges to it and from it among what is left.
    into: Vec<u32>,
    out: Vec<u32>,
}

impl Left {
    fn of(part: &Part) -> Left {
        let count = |ends: &[Vec<u32>]| ends.iter().map(|ends| ends.len() as u32).collect();
        Left { gone: vec![false; part.targets.len()], into: count(&part.sources), out: count(&part.targets) }
    }

    fn is_gone(&self, node: u32) -> bool {
        self.gone[node as usize]
    }

    fn remove(&mut self, part: &Part, node: u32, budget: &Budget) -> Result<(), Diagnostic> {
        let mut going = vec![node];
        while let Some(node) = going.pop() {
            let node = node as usize;
            if std::mem::replace(&mut self.gone[node], true) {
                continue;
            }
            for (others, counts) in [(&part.targets[node], &mut self.into), (&part.sources[node], &mut self.out)] {
                for other in others {
                    budget.tick()?;
                    counts[*other as usize] -= 1;
                    if counts[*other as usize] == 0 {
                        going.push(*other);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The lock of a node on the path: no second visit is of use.
const ON_PATH: usize = 0;

/// Searches for cycles from one root after the other.
struct Search<'p> {
    targets: &'p [Vec<u32>],
    bound: usize,
    /// By node: how far the root is from it, if there is one root only.
    back: &'p [usize],
    path: Vec<u32>,
    /// By node: it is of no use on a path that has so many nodes or more.
    lock: Vec<usize>,
    /// By node: those to look at again when its lock is loosened.
    waiting: Vec<Vec<u32>>,
    /// By node: whether it waits for its targets.
    waits: Vec<bool>,
    touched: Vec<u32>,
    /// The nodes that the search may still meet.
    left: Left,
}

/// A node on the path.
struct Step {
    next: usize,
    /// The fewest edges in which the root was reached from here; above the bound if it was not.
    back: usize,
}

impl<'p> Search<'p> {
    fn new(part: &'p Part, bound: usize) -> Search<'p> {
        let Part { targets, back, .. } = part;
        let (lock, waiting) = (vec![usize::MAX; targets.len()], vec![Vec::new(); targets.len()]);
        let (waits, left) = (vec![false; targets.len()], Left::of(part));
        Search { targets, bound, back, path: Vec::new(), lock, waiting, waits, touched: Vec::new(), left }
    }

    /// Gives out the cycles from the root over the nodes that are left, until told to stop.
    fn from(
        &mut self,
        root: u32,
        budget: &Budget,
        mut give: impl FnMut(&[u32]) -> Result<bool, Diagnostic>,
    ) -> Result<(), Diagnostic> {
        for node in self.touched.drain(..) {
            self.lock[node as usize] = usize::MAX;
            self.waiting[node as usize].clear();
            self.waits[node as usize] = false;
        }
        let mut steps = vec![self.enter(root)];
        while let Some(step) = steps.last_mut() {
            budget.tick()?;
            let node = self.path[self.path.len() - 1];
            let Some(target) = self.targets[node as usize].get(step.next).copied() else {
                let left = step.back;
                steps.pop();
                self.leave(node, left, budget)?;
                if let Some(above) = steps.last_mut() {
                    above.back = above.back.min(left.saturating_add(1));
                }
                continue;
            };
            step.next += 1;
            if target == root {
                step.back = 1;
                if !give(&self.path)? {
                    self.path.clear();
                    return Ok(());
                }
            } else if !self.left.is_gone(target)
                && self.path.len() < self.lock[target as usize].min(self.use_of(target))
            {
                let step = self.enter(target);
                steps.push(step);
            }
        }
        Ok(())
    }

    /// From how many nodes before it on a node cannot be on a cycle within the bound, whatever is on the path.
    fn use_of(&self, node: u32) -> usize {
        match self.back.get(node as usize) {
            Some(distance) => (self.bound + 1).saturating_sub(*distance),
            None => self.bound,
        }
    }

    fn enter(&mut self, node: u32) -> Step {
        self.path.push(node);
        self.touched.push(node);
        self.lock[node as usize] = ON_PATH;
        Step { next: 0, back: usize::MAX }
    }

    /// Takes the last node off the path and notes when it may be of use again.
    fn leave(&mut self, node: u32, back: usize, budget: &Budget) -> Result<(), Diagnostic> {
        let length = self.path.len();
        self.path.pop();
        if !std::mem::replace(&mut self.waits[node as usize], true) {
            for target in self.targets[node as usize].iter().filter(|target| !self.left.is_gone(**target)) {
                budget.tick()?;
                self.waiting[*target as usize].push(node);
                self.touched.push(*target);
            }
        }
        // If the root was not reached: not before the path is shorter, or a way on from here is loosened. Otherwise:
        // with fewer nodes before it and `back` edges after it a cycle is within the bound.
        let lock = |back: usize| (self.bound + 1).saturating_sub(back);
        self.lock[node as usize] = if back == usize::MAX { length - 1 } else { lock(back) };
        let mut loosened = Vec::new();
        if back < usize::MAX {
            loosened.extend(self.waiting[node as usize].iter().map(|other| (*other, back + 1)));
        }
        while let Some((node, back)) = loosened.pop() {
            budget.tick()?;
            let (lock, before) = (lock(back), self.lock[node as usize]);
            // Those on the path are told when they leave it.
            if before != ON_PATH && before < lock {
                self.lock[node as usize] = lock;
                loosened.extend(self.waiting[node as usize].iter().map(|other| (*other, back + 1)));
            }
        }
        Ok(())
    }
}
