//! The tree of everything reached from a start: `DEPS` over the view of needs, `IMPACT` over the view of failures.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};

use super::Ways;
use crate::diagnostic::Diagnostic;
use crate::graph::{Effect, Hop, NodeId};
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
    support: Option<usize>,
}

/// How a breadth-first search met a node.
struct Visit {
    depth: usize,
    /// The first hop that led to it.
    hop: Option<Hop>,
    chains: u64,
}

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
    let mut visits: HashMap<NodeId, Visit> = HashMap::new();
    let mut children: HashMap<NodeId, Vec<Child>> = HashMap::new();
    let mut queue: VecDeque<NodeId> = VecDeque::new();
    for start in starts {
        if !visits.contains_key(start) {
            visits.insert(*start, Visit { depth: 0, hop: None, chains: 1 });
            queue.push_back(*start);
        }
    }
    let roots: Vec<NodeId> = queue.iter().copied().collect();
    let of_starts = |node: NodeId| is_hidden.is_some_and(|is_hidden| is_hidden(node)) && !roots.contains(&node);
    let mut walk = Walk { ways, is_hidden: &of_starts, budget, supports: Vec::new(), hidden: HashSet::new() };
    let mut below = 0;
    while let Some(node) = queue.pop_front() {
        let Visit { depth: level, chains, .. } = visits[&node];
        let is_shown = depth.is_none_or(|limit| level < limit);
        let own = if is_hidden.is_some() { walk.through(node)? } else { walk.direct(node)? };
        for child in &own {
            budget.tick()?;
            match visits.entry(child.hop.target) {
                Entry::Vacant(unseen) => {
                    budget.charge(size_of::<(NodeId, Visit)>() + size_of::<NodeId>())?;
                    unseen.insert(Visit { depth: level + 1, hop: Some(child.hop), chains });
                    queue.push_back(child.hop.target);
                    below += usize::from(!is_shown);
                }
                Entry::Occupied(mut seen) if seen.get().depth == level + 1 => {
                    let seen = seen.get_mut();
                    seen.chains = seen.chains.saturating_add(chains);
                }
                Entry::Occupied(_) => {}
            }
        }
        if is_shown {
            let mut own = own;
            let mut seen = HashSet::new();
            own.retain(|child| seen.insert(child.hop.target));
            budget.charge(size_of_val(own.as_slice()))?;
            children.insert(node, own);
        }
    }
    let shown = visits.len() - roots.len() - below;
    let rows = pre_order(&roots, &visits, &children, budget)?;
    Ok(Tree { rows, supports: walk.supports, shown, below, hidden: walk.hidden.len() })
}

impl Walk<'_> {
    /// The hops that leave the node.
    fn direct(&self, node: NodeId) -> Result<Vec<Child>, Diagnostic> {
        let hops = self.ways.sorted_hops(node);
        Ok(hops.into_iter().map(|hop| Child { hop, support: None }).collect())
    }

    /// The hops to shown nodes, and the shortest ways through hidden ones to shown nodes that no hop leads to.
    fn through(&mut self, node: NodeId) -> Result<Vec<Child>, Diagnostic> {
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
        let mut ways_through: HashMap<Hop, usize> = HashMap::new();
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
                    ways_through.insert(whole, self.supports.len());
                    self.supports.push(way);
                    direct.push(whole);
                }
            }
        }
        self.ways.sort(&mut direct);
        Ok(direct.into_iter().map(|hop| Child { hop, support: ways_through.get(&hop).copied() }).collect())
    }
}

fn pre_order(
    roots: &[NodeId],
    visits: &HashMap<NodeId, Visit>,
    children: &HashMap<NodeId, Vec<Child>>,
    budget: &Budget,
) -> Result<Vec<TreeRow>, Diagnostic> {
    let mut rows = Vec::new();
    let start = |node: &NodeId| TreeRow { depth: 0, node: *node, hop: None, support: None, repeated: false, chains: 1 };
    let mut stack: Vec<TreeRow> = roots.iter().rev().map(start).collect();
    while let Some(row) = stack.pop() {
        budget.tick()?;
        budget.charge(size_of::<TreeRow>())?;
        rows.push(row);
        if row.repeated {
            continue;
        }
        for child in children.get(&row.node).into_iter().flatten().rev() {
            let visit = &visits[&child.hop.target];
            stack.push(TreeRow {
                depth: row.depth + 1,
                node: child.hop.target,
                hop: Some(child.hop),
                support: child.support,
                repeated: visit.hop != Some(child.hop),
                chains: visit.chains,
            });
        }
    }
    Ok(rows)
}

/// The nodes that fail outright if the starts fail, these included: those reached over failing hops alone. Whatever
/// else is reached only degrades, for a hop that degrades passes on no more than that.
pub fn failing(ways: &Ways, starts: &[NodeId], budget: &Budget) -> Result<HashSet<NodeId>, Diagnostic> {
    let mut failing: HashSet<NodeId> = starts.iter().copied().collect();
    let mut stack: Vec<NodeId> = starts.to_vec();
    while let Some(node) = stack.pop() {
        for hop in ways.hops(node) {
            budget.tick()?;
            if ways.effect(&hop) == Effect::Fails && failing.insert(hop.target) {
                budget.charge(2 * size_of::<NodeId>())?;
                stack.push(hop.target);
            }
        }
    }
    Ok(failing)
}
