//! The tree of everything reached from a start: `DEPS` over the view of needs, `IMPACT` over the view of failures.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

use super::met::Met;
use super::{Spread, Ways, spread};
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

/// What is reached from the starts, as a tree.
#[derive(Debug, Default)]
pub struct Tree {
    /// Ways through hidden nodes.
    pub supports: Vec<Vec<Hop>>,
    /// How many nodes are in the tree besides the starts.
    pub shown: usize,
    /// How many more are reached but lie below the depth limit.
    pub below: usize,
    /// How many were reached but are hidden.
    pub hidden: usize,
    /// What is reached in all, if it had to be searched for.
    pub spread: Option<Spread>,
    roots: Vec<NodeId>,
    /// By number of a node.
    visits: Vec<Visit>,
    children: Vec<Child>,
    /// Where the children of each node begin, and where the last ones end.
    offsets: Vec<usize>,
}

impl Tree {
    /// The lines of the tree, in pre-order.
    pub fn rows(&self) -> Rows<'_> {
        Rows { tree: self, root: 0, path: Vec::new() }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.roots.len() + self.children.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows of nodes besides the starts, each once, the nearest first.
    pub fn first_mentions(&self) -> impl Iterator<Item = TreeRow> {
        let mentions = self.visits.iter().filter(|visit| visit.first != START);
        mentions.map(|visit| self.row(visit.first, visit.depth))
    }

    /// What a failure does that travels the way to the row: the mildest of what its hops do.
    pub fn effect(&self, ways: &Ways, row: &TreeRow) -> Option<Effect> {
        match row.support {
            Some(support) => self.supports[support].iter().map(|hop| ways.effect(hop)).min(),
            None => row.hop.map(|hop| ways.effect(&hop)),
        }
    }

    /// The relationships that the lines stand for.
    pub fn hops(&self) -> impl Iterator<Item = Hop> {
        let direct = self.children.iter().filter(|child| child.support.is_none()).map(|child| child.hop);
        direct.chain(self.supports.iter().flatten().copied())
    }

    fn row(&self, child: usize, depth: usize) -> TreeRow {
        let Child { hop, support, number } = self.children[child];
        let visit = &self.visits[number as usize];
        TreeRow {
            depth,
            node: hop.target,
            hop: Some(hop),
            support: support.map(|support| support as usize),
            repeated: visit.first != child,
            chains: visit.chains,
        }
    }

    fn below(&self, number: usize) -> Range<usize> {
        self.offsets.get(number..number + 2).map_or(0..0, |bounds| bounds[0]..bounds[1])
    }
}

/// The lines of a tree, made as they are asked for.
pub struct Rows<'t> {
    tree: &'t Tree,
    /// The next start.
    root: usize,
    /// For each node of the way from the start, the children that are left.
    path: Vec<Range<usize>>,
}

impl Iterator for Rows<'_> {
    type Item = TreeRow;

    fn next(&mut self) -> Option<TreeRow> {
        while let Some(left) = self.path.last_mut() {
            let Some(child) = left.next() else {
                self.path.pop();
                continue;
            };
            let row = self.tree.row(child, self.path.len());
            if !row.repeated {
                self.path.push(self.tree.below(self.tree.children[child].number as usize));
            }
            return Some(row);
        }
        let root = *self.tree.roots.get(self.root)?;
        self.path.push(self.tree.below(self.root));
        self.root += 1;
        Some(TreeRow { depth: 0, node: root, hop: None, support: None, repeated: false, chains: 1 })
    }
}

/// A step from a shown node to another.
#[derive(Clone, Copy, Debug)]
struct Child {
    hop: Hop,
    support: Option<u32>,
    /// The number of the node that it leads to.
    number: u32,
}

/// How a breadth-first search met a node.
#[derive(Clone, Copy, Debug)]
struct Visit {
    depth: usize,
    /// The first child that led to it, by place; [`START`] for a start.
    first: usize,
    chains: u64,
}

const START: usize = usize::MAX;

/// A tree while it grows.
struct Growth<'w> {
    met: Met,
    visits: Vec<Visit>,
    children: Vec<Child>,
    offsets: Vec<usize>,
    /// By node: one more than the number of the last one that has it as a child.
    child_of: Vec<u32>,
    budget: &'w Budget,
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
    let mut growth = Growth::from(starts, Met::none(ways.graph(), budget)?, budget);
    let roots: Vec<NodeId> = growth.met.nodes().to_vec();
    let of_starts = |node: NodeId| is_hidden.is_some_and(|is_hidden| is_hidden(node)) && !roots.contains(&node);
    let mut walk = Walk { ways, is_hidden: &of_starts, budget, supports: Vec::new(), hidden: HashSet::new() };
    let mut hops = Vec::new();
    while let Some(node) = growth.next(depth) {
        if is_hidden.is_some() {
            for (hop, support) in walk.through(node)? {
                growth.add(hop, support)?;
            }
        } else {
            ways.collect_sorted(node, &mut hops);
            for hop in &hops {
                growth.add(*hop, None)?;
            }
        }
        growth.offsets.push(growth.children.len());
    }
    // What lies below the limit is only counted.
    let (mut below, mut whole) = (0, None);
    if !growth.is_done() {
        if is_hidden.is_some() {
            below = growth.below(|node| Ok(walk.through(node)?.into_iter().map(|(hop, _)| hop.target).collect()))?;
        } else {
            let spread = spread(ways, starts, budget)?;
            below = spread.reached - growth.visits.len();
            whole = Some(spread);
        }
    }
    let Growth { visits, children, offsets, .. } = growth;
    let (shown, supports, hidden) = (visits.len() - roots.len(), walk.supports, walk.hidden.len());
    Ok(Tree { supports, shown, below, hidden, spread: whole, roots, visits, children, offsets })
}

impl<'w> Growth<'w> {
    fn from(starts: &[NodeId], mut met: Met, budget: &'w Budget) -> Growth<'w> {
        starts.iter().for_each(|start| _ = met.meet(*start));
        let visits = vec![Visit { depth: 0, first: START, chains: 1 }; met.len()];
        let child_of = vec![0; met.len()];
        Growth { met, visits, children: Vec::new(), offsets: vec![0], child_of, budget }
    }

    /// The number of the node whose turn it is.
    fn turn(&self) -> usize {
        self.offsets.len() - 1
    }

    fn is_done(&self) -> bool {
        self.turn() == self.visits.len()
    }

    /// The node whose turn it is, unless it lies too deep to be spelled out.
    fn next(&self, depth: Option<usize>) -> Option<NodeId> {
        let visit = self.visits.get(self.turn())?;
        depth.is_none_or(|limit| visit.depth < limit).then(|| self.met.node(self.turn())).flatten()
    }

    /// Adds a step from the node whose turn it is.
    fn add(&mut self, hop: Hop, support: Option<u32>) -> Result<(), Diagnostic> {
        self.budget.tick()?;
        let Visit { depth, chains, .. } = self.visits[self.turn()];
        let number = match self.met.meet(hop.target) {
            Some(number) => {
                self.budget.charge(size_of::<Visit>() + size_of::<NodeId>() + size_of::<u32>())?;
                self.visits.push(Visit { depth: depth + 1, first: self.children.len(), chains });
                self.child_of.push(0);
                number
            }
            None => {
                let Some(number) = self.met.number(hop.target) else { return Ok(()) };
                let seen = &mut self.visits[number as usize];
                if seen.depth == depth + 1 {
                    seen.chains = seen.chains.saturating_add(chains);
                }
                number
            }
        };
        // Of parallel hops the first says most.
        let parent = self.offsets.len() as u32;
        if std::mem::replace(&mut self.child_of[number as usize], parent) != parent {
            self.budget.charge(size_of::<Child>())?;
            self.children.push(Child { hop, support, number });
        }
        Ok(())
    }

    /// How many more nodes are reached from those whose turn did not come.
    fn below(
        &mut self,
        mut targets: impl FnMut(NodeId) -> Result<Vec<NodeId>, Diagnostic>,
    ) -> Result<usize, Diagnostic> {
        let mut turn = self.turn();
        while let Some(node) = self.met.node(turn) {
            turn += 1;
            targets(node)?.into_iter().for_each(|target| _ = self.met.meet(target));
        }
        Ok(self.met.len() - self.visits.len())
    }
}

impl Walk<'_> {
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
