//! The tree of everything reached from a start: `DEPS` over the view of needs, `IMPACT` over the view of failures.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};

use super::{effect, sorted_hops};
use crate::diagnostic::Diagnostic;
use crate::graph::{Effect, GraphView, Hop, NodeId};
use crate::limits::Budget;

/// One line of a tree, in pre-order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeRow {
    pub depth: usize,
    pub node: NodeId,
    /// The hop from its parent; none for a start.
    pub hop: Option<Hop>,
    /// The node stands elsewhere in the tree with all that is below it.
    pub repeated: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    pub rows: Vec<TreeRow>,
    /// How many nodes are in the tree besides the starts.
    pub shown: usize,
    /// How many more are reached but lie below the depth limit.
    pub below: usize,
}

impl Tree {
    /// The rows of nodes besides the starts, each once.
    pub fn first_mentions(&self) -> impl Iterator<Item = &TreeRow> {
        self.rows.iter().filter(|row| row.hop.is_some() && !row.repeated)
    }
}

/// How a breadth-first search met a node.
struct Visit {
    depth: usize,
    /// The first hop that led to it.
    hop: Option<Hop>,
}

/// The tree below the starts. A node is spelled out once, where it is nearest to a start, and marked as repeated
/// elsewhere. Of several relationships between the same two nodes the one with the worst effect is shown.
pub fn tree(view: &GraphView, starts: &[NodeId], depth: Option<usize>, budget: &Budget) -> Result<Tree, Diagnostic> {
    let mut visits: HashMap<NodeId, Visit> = HashMap::new();
    let mut children: HashMap<NodeId, Vec<Hop>> = HashMap::new();
    let mut queue: VecDeque<NodeId> = VecDeque::new();
    for start in starts {
        if !visits.contains_key(start) {
            visits.insert(*start, Visit { depth: 0, hop: None });
            queue.push_back(*start);
        }
    }
    let roots: Vec<NodeId> = queue.iter().copied().collect();
    let mut below = 0;
    while let Some(node) = queue.pop_front() {
        let level = visits[&node].depth;
        let is_shown = depth.is_none_or(|limit| level < limit);
        let hops = if is_shown { children_of(view, node) } else { view.hops(node).collect() };
        for hop in &hops {
            budget.tick()?;
            if let Entry::Vacant(unseen) = visits.entry(hop.target) {
                budget.charge(size_of::<(NodeId, Visit)>() + size_of::<NodeId>())?;
                unseen.insert(Visit { depth: level + 1, hop: Some(*hop) });
                queue.push_back(hop.target);
                below += usize::from(!is_shown);
            }
        }
        if is_shown {
            budget.charge(size_of_val(hops.as_slice()))?;
            children.insert(node, hops);
        }
    }
    let shown = visits.len() - roots.len() - below;
    Ok(Tree { rows: pre_order(&roots, &visits, &children, budget)?, shown, below })
}

/// One hop to each neighbour: of parallel ones the first, which says most.
fn children_of(view: &GraphView, node: NodeId) -> Vec<Hop> {
    let mut hops = sorted_hops(view, node);
    let mut seen = HashSet::new();
    hops.retain(|hop| seen.insert(hop.target));
    hops
}

fn pre_order(
    roots: &[NodeId],
    visits: &HashMap<NodeId, Visit>,
    children: &HashMap<NodeId, Vec<Hop>>,
    budget: &Budget,
) -> Result<Vec<TreeRow>, Diagnostic> {
    let mut rows = Vec::new();
    let start = |node: &NodeId| TreeRow { depth: 0, node: *node, hop: None, repeated: false };
    let mut stack: Vec<TreeRow> = roots.iter().rev().map(start).collect();
    while let Some(row) = stack.pop() {
        budget.tick()?;
        budget.charge(size_of::<TreeRow>())?;
        rows.push(row);
        if row.repeated {
            continue;
        }
        for hop in children.get(&row.node).into_iter().flatten().rev() {
            let repeated = visits[&hop.target].hop != Some(*hop);
            stack.push(TreeRow { depth: row.depth + 1, node: hop.target, hop: Some(*hop), repeated });
        }
    }
    Ok(rows)
}

/// The nodes that fail outright if the starts fail, these included: those reached over failing hops alone. Whatever
/// else is reached only degrades, for a hop that degrades passes on no more than that.
pub fn failing(view: &GraphView, starts: &[NodeId], budget: &Budget) -> Result<HashSet<NodeId>, Diagnostic> {
    let mut failing: HashSet<NodeId> = starts.iter().copied().collect();
    let mut stack: Vec<NodeId> = starts.to_vec();
    while let Some(node) = stack.pop() {
        for hop in view.hops(node) {
            budget.tick()?;
            if effect(view.graph(), &hop) == Effect::Fails && failing.insert(hop.target) {
                budget.charge(2 * size_of::<NodeId>())?;
                stack.push(hop.target);
            }
        }
    }
    Ok(failing)
}
