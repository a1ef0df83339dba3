//! [`Net`]: the hops of a view as arrays, for algorithms that meet each of them several times.

use std::collections::HashMap;

use super::Ways;
use crate::diagnostic::Diagnostic;
use crate::graph::{Effect, Hop, NodeId};
use crate::limits::Budget;

/// Nodes numbered from 0, and from each its steps, one to each neighbour, sorted by target.
pub struct Net {
    pub nodes: Vec<NodeId>,
    /// Where the steps of each node begin, and at the end of all.
    first: Vec<u32>,
    steps: Vec<Step>,
    numbers: HashMap<NodeId, u32>,
}

/// All hops from one node to another.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub target: u32,
    /// How many hops it stands for.
    pub parallel: u32,
    /// The one with the worst effect; of these the one with the smallest id.
    pub hop: Hop,
}

impl Net {
    /// All live nodes, by id.
    pub fn whole(ways: &Ways, budget: &Budget) -> Result<Net, Diagnostic> {
        let mut net = Net::empty();
        net.nodes = ways.graph().nodes().collect();
        budget.charge(net.nodes.len() * (size_of::<NodeId>() + size_of::<u32>()))?;
        // A dense array would do, but for graphs of which most nodes were deleted.
        let mut number = vec![u32::MAX; ways.graph().node_bound()];
        for (at, node) in net.nodes.iter().enumerate() {
            number[node.index()] = at as u32;
        }
        let mut own = Vec::new();
        for at in 0..net.nodes.len() {
            own.clear();
            for hop in ways.hops(net.nodes[at]) {
                budget.tick()?;
                own.push(Step { target: number[hop.target.index()], parallel: 1, hop });
            }
            net.push(ways, &mut own, budget)?;
        }
        Ok(net)
    }

    /// The nodes reached from the starts, these first, in the order of a breadth-first search.
    pub fn reached(ways: &Ways, starts: &[NodeId], budget: &Budget) -> Result<Net, Diagnostic> {
        let mut net = Net::empty();
        for start in starts {
            net.number_of(*start, budget)?;
        }
        let mut own = Vec::new();
        let mut at = 0;
        while at < net.nodes.len() {
            own.clear();
            for hop in ways.hops(net.nodes[at]) {
                budget.tick()?;
                let target = net.number_of(hop.target, budget)?;
                own.push(Step { target, parallel: 1, hop });
            }
            net.push(ways, &mut own, budget)?;
            at += 1;
        }
        Ok(net)
    }

    fn empty() -> Net {
        Net { nodes: Vec::new(), first: vec![0], steps: Vec::new(), numbers: HashMap::new() }
    }

    fn number_of(&mut self, node: NodeId, budget: &Budget) -> Result<u32, Diagnostic> {
        if let Some(number) = self.numbers.get(&node) {
            return Ok(*number);
        }
        budget.charge(size_of::<NodeId>() + 2 * size_of::<(NodeId, u32)>())?;
        let number = self.nodes.len() as u32;
        self.numbers.insert(node, number);
        self.nodes.push(node);
        Ok(number)
    }

    /// Adds the steps of the next node, parallel ones as one.
    fn push(&mut self, ways: &Ways, own: &mut [Step], budget: &Budget) -> Result<(), Diagnostic> {
        let worst_first = |step: &Step| (step.target, std::cmp::Reverse(ways.effect(&step.hop)), step.hop.relationship);
        own.sort_unstable_by_key(worst_first);
        let from = self.steps.len();
        for step in own.iter() {
            match self.steps[from..].last_mut() {
                Some(last) if last.target == step.target => last.parallel += 1,
                _ => self.steps.push(*step),
            }
        }
        budget.charge((self.steps.len() - from) * size_of::<Step>() + size_of::<u32>())?;
        self.first.push(self.steps.len() as u32);
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn steps(&self, node: usize) -> &[Step] {
        &self.steps[self.first[node] as usize..self.first[node + 1] as usize]
    }

    /// How many steps there are.
    pub fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// The number of a node, in a net of what is reached from somewhere.
    pub fn number(&self, node: NodeId) -> Option<usize> {
        self.numbers.get(&node).map(|number| *number as usize)
    }

    /// For each node the sources of the steps that reach it.
    pub fn sources(&self) -> Sources {
        let mut first = vec![0_u32; self.len() + 1];
        for step in &self.steps {
            first[step.target as usize + 1] += 1;
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        let mut next = first.clone();
        let mut sources = vec![0_u32; self.steps.len()];
        for node in 0..self.len() {
            for step in self.steps(node) {
                let place = &mut next[step.target as usize];
                sources[*place as usize] = node as u32;
                *place += 1;
            }
        }
        Sources { first, sources }
    }

    /// The step between two nodes, if there is one.
    pub fn step(&self, source: usize, target: usize) -> Option<&Step> {
        let steps = self.steps(source);
        steps.binary_search_by_key(&(target as u32), |step| step.target).ok().map(|at| &steps[at])
    }

    /// How far each node is from the first `starts` ones; `u32::MAX` for those out of reach.
    pub fn distances(&self, starts: &[usize], budget: &Budget) -> Result<Vec<u32>, Diagnostic> {
        let mut distances = vec![u32::MAX; self.len()];
        let mut queue: Vec<u32> = Vec::new();
        for start in starts {
            if std::mem::replace(&mut distances[*start], 0) != 0 {
                queue.push(*start as u32);
            }
        }
        let mut at = 0;
        while let Some(node) = queue.get(at).map(|node| *node as usize) {
            at += 1;
            for step in self.steps(node) {
                budget.tick()?;
                if distances[step.target as usize] == u32::MAX {
                    distances[step.target as usize] = distances[node] + 1;
                    queue.push(step.target);
                }
            }
        }
        Ok(distances)
    }

    /// The effect of a step.
    pub fn degrades(&self, ways: &Ways, step: &Step) -> bool {
        ways.effect(&step.hop) == Effect::Degrades
    }
}

/// The steps of a net, the other way round.
pub struct Sources {
    first: Vec<u32>,
    sources: Vec<u32>,
}

impl Sources {
    pub fn of(&self, node: usize) -> &[u32] {
        &self.sources[self.first[node] as usize..self.first[node + 1] as usize]
    }
}

/// The strongly connected parts of a net.
pub struct Parts {
    /// For each node its part. A part leads only to parts of smaller numbers.
    pub of: Vec<u32>,
    /// The nodes of each part, in order.
    pub members: Vec<Vec<u32>>,
}

impl Parts {
    /// Whether the nodes of the part lie on a cycle.
    pub fn is_cyclic(&self, net: &Net, part: usize) -> bool {
        let members = &self.members[part];
        members.len() > 1 || net.step(members[0] as usize, members[0] as usize).is_some()
    }
}

/// Tarjan's algorithm, with a stack of its own.
pub fn parts(net: &Net, budget: &Budget) -> Result<Parts, Diagnostic> {
    const NEW: u32 = u32::MAX;
    let count = net.len();
    budget.charge(count * 4 * size_of::<u32>())?;
    let (mut index, mut low) = (vec![NEW; count], vec![0_u32; count]);
    let mut parts = Parts { of: vec![NEW; count], members: Vec::new() };
    let mut open: Vec<u32> = Vec::new();
    // Nodes being visited, with the next step of each.
    let mut path: Vec<(u32, u32)> = Vec::new();
    let mut next = 0;
    for root in 0..count {
        if index[root] != NEW {
            continue;
        }
        path.push((root as u32, 0));
        while let Some((node, step)) = path.last_mut() {
            budget.tick()?;
            let at = *node as usize;
            if *step == 0 {
                (index[at], low[at]) = (next, next);
                next += 1;
                open.push(at as u32);
            }
            let Some(target) = net.steps(at).get(*step as usize).map(|step| step.target as usize) else {
                path.pop();
                if let Some((parent, _)) = path.last() {
                    low[*parent as usize] = low[*parent as usize].min(low[at]);
                }
                if low[at] == index[at] {
                    let from = open.iter().rposition(|member| *member as usize == at).unwrap_or(0);
                    let mut members = open.split_off(from);
                    members.sort_unstable();
                    members.iter().for_each(|member| parts.of[*member as usize] = parts.members.len() as u32);
                    parts.members.push(members);
                }
                continue;
            };
            *step += 1;
            if index[target] == NEW {
                path.push((target as u32, 0));
            } else if parts.of[target] == NEW {
                low[at] = low[at].min(index[target]);
            }
        }
    }
    Ok(parts)
}
