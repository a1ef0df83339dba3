//! The tree of everything reached from a start: `DEPS` over the view of needs, `IMPACT` over the view of failures.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};

use super::Ways;
use super::met::Met;
use crate::diagnostic::Diagnostic;
use crate::graph::{Bitmap, Effect, Hop, NodeId};
use crate::limits::Budget;

/// One line of a tree, in pre-order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeRow {
    pub depth: usize,
    pub node: NodeId,
    /// The hop from its parent; none for a start. If hidden nodes lie between, the last hop of the way through them.
    pub hop: Option<Hop>,
    /// The hops of that way, as an index into [`Tree::supports`].
    pub support: Option<usize>,
    /// The node stands elsewhere in the tree with all that is below it.
    pub repeated: bool,
    /// How many shortest chains of shown nodes lead here from the starts.
    pub chains: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    pub rows: Vec<TreeRow>,
    /// Ways through hidden nodes.
    pub supports: Vec<Vec<Hop>>,
    /// How many nodes are in the tree besides the starts.
    pub shown: usize,
    /// How many more are reached but lie below the depth limit.
    pub below: usize,
    /// How many were reached but are hidden.
    pub hidden: usize,
}

impl Tree {
    /// The rows of nodes besides the starts, each once.
    pub fn first_mentions(&self) -> impl Iterator<Item = &TreeRow> {
        self.rows.iter().filter(|row| row.hop.is_some() && !row.repeated)
    }

    /// What a failure does that travels the way to the row: the mildest of what its hops do.
    pub fn effect(&self, ways: &Ways, row: &TreeRow) -> Option<Effect> {
        match row.support {
            Some(support) => self.supports[support].iter().map(|hop| ways.effect(hop)).min(),
            None => row.hop.map(|hop| ways.effect(&hop)),
        }
    }
}

/// A step from a shown node to another.
#[derive(Clone, Copy)]
struct Child {
    hop: Hop,
    support: Option<u32>,
    /// The number of the node that it leads to.
    number: u32,
}

/// How a breadth-first search met a node.
struct Visit {
    depth: usize,
    /// The first child that led to it, by place; [`START`] for a start.
    first: usize,
    chains: u64,
}

const START: usize = usize::MAX;

struct Walk<'w> {
    ways: &'w Ways<'w>,
    is_hidden: &'w dyn Fn(NodeId) -> bool,
    budget: &'w Budget,
    supports: Vec<Vec<Hop>>,
    hidden: HashSet<NodeId>,
}

/// The tree below the starts. A node is spelled out once, where it is nearest to a start, and marked as repeated
/// elsewhere. Of several relationships between the same two nodes the one with the worst effect is shown. Hidden nodes
/// are walked through; starts are never hidden.
pub fn tree(
    ways: &Ways,
    starts: &[NodeId],
    depth: Option<usize>,
    is_hidden: Option<&dyn Fn(NodeId) -> bool>,
    budget: &Budget,
) -> Result<Tree, Diagnostic> {
    let mut met = Met::none(ways.graph(), budget)?;
    // By number of a node.
    let mut visits: Vec<Visit> = Vec::new();
    for start in starts {
        if met.meet(*start).is_some() {
            visits.push(Visit { depth: 0, first: START, chains: 1 });
        }
    }
    let roots: Vec<NodeId> = met.nodes().to_vec();
    let of_starts = |node: NodeId| is_hidden.is_some_and(|is_hidden| is_hidden(node)) && !roots.contains(&node);
    let mut walk = Walk { ways, is_hidden: &of_starts, budget, supports: Vec::new(), hidden: HashSet::new() };
    let mut children: Vec<Child> = Vec::new();
    // Where the children of each node begin, and where the last ones end.
    let mut offsets = vec![0];
    // By node: one more than the number of the last one that has it as a child.
    let mut child_of: Vec<u32> = vec![0; visits.len()];
    let is_shown = |depth_of: usize| depth.is_none_or(|limit| depth_of < limit);
    while let Some((node, &Visit { depth: level, chains, .. })) =
        met.node(offsets.len() - 1).zip(visits.get(offsets.len() - 1)).filter(|(_, visit)| is_shown(visit.depth))
    {
        let parent = offsets.len() as u32;
        for (hop, support) in if is_hidden.is_some() { walk.through(node)? } else { walk.direct(node) } {
            budget.tick()?;
            let number = match (met.meet(hop.target), met.number(hop.target)) {
                (Some(number), _) => {
                    budget.charge(size_of::<Visit>() + size_of::<NodeId>() + size_of::<u32>())?;
                    visits.push(Visit { depth: level + 1, first: children.len(), chains });
                    child_of.push(0);
                    number
                }
                (None, Some(number)) => {
                    let seen = &mut visits[number as usize];
                    if seen.depth == level + 1 {
                        seen.chains = seen.chains.saturating_add(chains);
                    }
                    number
                }
                (None, None) => continue,
            };
            // Of parallel hops the first says most.
            if std::mem::replace(&mut child_of[number as usize], parent) != parent {
                budget.charge(size_of::<Child>())?;
                children.push(Child { hop, support, number });
            }
        }
        offsets.push(children.len());
    }
    let shown = visits.len() - roots.len();
    let rows = pre_order(&roots, &visits, &children, &offsets, budget)?;
    // What lies below the limit is only counted.
    let mut next = offsets.len() - 1;
    while let Some(node) = met.node(next) {
        next += 1;
        if is_hidden.is_some() {
            walk.through(node)?.into_iter().for_each(|(hop, _)| _ = met.meet(hop.target));
            continue;
        }
        budget.tick()?;
        ways.for_targets(node, |_, target| _ = met.meet(target));
    }
    let below = met.len() - visits.len();
    Ok(Tree { rows, supports: walk.supports, shown, below, hidden: walk.hidden.len() })
}

impl Walk<'_> {
    /// The hops that leave the node.
    fn direct(&self, node: NodeId) -> Vec<(Hop, Option<u32>)> {
        self.ways.sorted_hops(node).into_iter().map(|hop| (hop, None)).collect()
    }

    /// The hops to shown nodes, and the shortest ways through hidden ones to shown nodes that no hop leads to.
    fn through(&mut self, node: NodeId) -> Result<Vec<(Hop, Option<u32>)>, Diagnostic> {
        let (mut direct, hidden): (Vec<Hop>, Vec<Hop>) =
            self.ways.sorted_hops(node).into_iter().partition(|hop| !(self.is_hidden)(hop.target));
        let mut met: HashSet<NodeId> = direct.iter().map(|hop| hop.target).collect();
        // By hidden node: the hop that led to it.
        let mut came_by: HashMap<NodeId, Hop> = HashMap::new();
        let mut queue: VecDeque<NodeId> = VecDeque::new();
        for hop in hidden {
            if let Entry::Vacant(unseen) = came_by.entry(hop.target) {
                unseen.insert(hop);
                queue.push_back(hop.target);
            }
        }
        let mut ways_through: HashMap<Hop, u32> = HashMap::new();
        while let Some(between) = queue.pop_front() {
            self.hidden.insert(between);
            for hop in self.ways.sorted_hops(between) {
                self.budget.tick()?;
                if hop.target == node {
                    continue;
                }
                if (self.is_hidden)(hop.target) {
                    if let Entry::Vacant(unseen) = came_by.entry(hop.target) {
                        unseen.insert(hop);
                        queue.push_back(hop.target);
                    }
                } else if met.insert(hop.target) {
                    let mut way = vec![hop];
                    let mut back = between;
                    while back != node {
                        way.push(came_by[&back]);
                        back = came_by[&back].source;
                    }
                    way.reverse();
                    self.budget.charge(size_of_val(way.as_slice()))?;
                    let whole = Hop { source: node, ..hop };
                    ways_through.insert(whole, self.supports.len() as u32);
                    self.supports.push(way);
                    direct.push(whole);
                }
            }
        }
        self.ways.sort(&mut direct);
        Ok(direct.into_iter().map(|hop| (hop, ways_through.get(&hop).copied())).collect())
    }
}

fn pre_order(
    roots: &[NodeId],
    visits: &[Visit],
    children: &[Child],
    offsets: &[usize],
    budget: &Budget,
) -> Result<Vec<TreeRow>, Diagnostic> {
    let below = |number: usize| offsets.get(number..number + 2).map_or(0..0, |bounds| bounds[0]..bounds[1]);
    budget.charge((roots.len() + children.len()) * size_of::<TreeRow>())?;
    let mut rows = Vec::with_capacity(roots.len() + children.len());
    // For each node of the way from the root, the children that are left.
    let mut path = Vec::new();
    for (number, root) in roots.iter().enumerate() {
        rows.push(TreeRow { depth: 0, node: *root, hop: None, support: None, repeated: false, chains: 1 });
        path.push(below(number));
        while let Some(left) = path.last_mut() {
            budget.tick()?;
            let Some(at) = left.next() else {
                path.pop();
                continue;
            };
            let Child { hop, support, number } = children[at];
            let visit = &visits[number as usize];
            let repeated = visit.first != at;
            let support = support.map(|support| support as usize);
            rows.push(TreeRow {
                depth: path.len(),
                node: hop.target,
                hop: Some(hop),
                support,
                repeated,
                chains: visit.chains,
            });
            if !repeated {
                path.push(below(number as usize));
            }
        }
    }
    Ok(rows)
}

/// The nodes that fail outright if the starts fail, these included: those reached over failing hops alone. Whatever
/// else is reached only degrades, for a hop that degrades passes on no more than that.
pub fn failing(ways: &Ways, starts: &[NodeId], budget: &Budget) -> Result<Bitmap, Diagnostic> {
    let mut failing: Bitmap = starts.iter().map(|start| start.index()).collect();
    budget.charge(ways.graph().node_bound() / 8 + size_of_val(starts))?;
    let mut stack: Vec<NodeId> = starts.to_vec();
    while let Some(node) = stack.pop() {
        budget.tick()?;
        let before = stack.len();
        ways.for_targets(node, |t, target| {
            if ways.effect_of(t) == Effect::Fails && failing.insert(target.index()) {
                stack.push(target);
            }
        });
        budget.charge((stack.len() - before) * size_of::<NodeId>())?;
    }
    Ok(failing)
}
