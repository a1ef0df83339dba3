//! The tree of everything reached from a start: `DEPS` over the view of needs, `IMPACT` over the view of failures.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

use super::met::Met;
use super::ways::SortedHops;
use super::{Mention, Spread, Ways, spread};
use crate::diagnostic::Diagnostic;
use crate::graph::{Effect, Hop, NodeId, RelationshipId, TypeId};
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
    /// The node is one of the starts.
    pub start: bool,
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
    /// How many starts there are: they have the first numbers.
    roots: usize,
    /// By number: the node, and how it was met.
    nodes: Vec<NodeId>,
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
        self.roots + self.children.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The nodes besides the starts, each once, the nearest first.
    pub fn first_mentions(&self) -> impl Iterator<Item = Mention> {
        let mention = |(node, visit): (&NodeId, &Visit)| Mention {
            node: *node,
            depth: visit.depth as usize,
            chains: visit.chains,
        };
        self.nodes.iter().zip(&self.visits).skip(self.roots).map(mention)
    }

    /// What a failure does that travels the way to the row: the mildest of what its hops do.
    pub fn effect(&self, ways: &Ways, row: &TreeRow) -> Option<Effect> {
        match row.support {
            Some(support) => self.supports[support].iter().map(|hop| ways.effect(hop)).min(),
            None => row.hop.map(|hop| ways.effect(&hop)),
        }
    }

    /// The types of the relationships that the lines stand for, one for each.
    pub fn types(&self) -> impl Iterator<Item = TypeId> {
        let direct = self.children.iter().filter(|child| child.support == NONE).map(|child| child.relationship_type);
        direct.chain(self.supports.iter().flatten().map(|hop| hop.relationship_type))
    }

    /// The line of a child of a node.
    fn row(&self, child: usize, source: NodeId, depth: usize) -> TreeRow {
        let Child { relationship, relationship_type, against, number, support } = self.children[child];
        let (visit, target) = (&self.visits[number as usize], self.nodes[number as usize]);
        TreeRow {
            depth,
            node: target,
            hop: Some(Hop { source, target, relationship, relationship_type, against }),
            support: (support != NONE).then_some(support as usize),
            repeated: visit.first != child,
            start: visit.first == usize::MAX,
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
    /// The nodes of the way from the start, each with the children that are left.
    path: Vec<(NodeId, Range<usize>)>,
}

impl Iterator for Rows<'_> {
    type Item = TreeRow;

    fn next(&mut self) -> Option<TreeRow> {
        while let Some((source, left)) = self.path.last_mut() {
            let Some(child) = left.next() else {
                self.path.pop();
                continue;
            };
            let row = self.tree.row(child, *source, self.path.len());
            if !row.repeated {
                self.path.push((row.node, self.tree.below(self.tree.children[child].number as usize)));
            }
            return Some(row);
        }
        let root = *self.tree.nodes[..self.tree.roots].get(self.root)?;
        self.path.push((root, self.tree.below(self.root)));
        self.root += 1;
        Some(TreeRow { depth: 0, node: root, hop: None, support: None, repeated: false, start: true, chains: 1 })
    }
}

/// A step from a shown node to another.
#[derive(Clone, Copy, Debug)]
struct Child {
    relationship: RelationshipId,
    relationship_type: TypeId,
    against: bool,
    /// The number of the node that it leads to.
    number: u32,
    /// The way through hidden nodes that it stands for, or [`NONE`].
    support: u32,
}

const NONE: u32 = u32::MAX;

/// How a breadth-first search met a node.
#[derive(Clone, Copy, Debug)]
struct Visit {
    depth: u32,
    /// One more than the number of the last node that has it as a child; 0 for none.
    child_of: u32,
    /// The first child that led to it, by place; for a start, none has this place.
    first: usize,
    chains: u64,
}

/// A tree while it grows.
struct Growth<'w> {
    met: Met,
    visits: Vec<Visit>,
    children: Vec<Child>,
    offsets: Vec<usize>,
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
    let roots = growth.visits.len();
    let of_starts = |node: NodeId| is_hidden.is_some_and(|is_hidden| is_hidden(node)) && !starts.contains(&node);
    let mut walk = Walk { ways, is_hidden: &of_starts, budget, supports: Vec::new(), hidden: HashSet::new() };
    let mut sorted = SortedHops::default();
    while let Some(node) = growth.next(depth) {
        if is_hidden.is_some() {
            for (hop, support) in walk.through(node)? {
                growth.add(hop.target, || hop, support.unwrap_or(NONE));
            }
        } else {
            ways.sort_hops(node, &mut sorted);
            for place in &sorted.places {
                growth.add(place.target(), || ways.hop(node, place, &sorted), NONE);
            }
        }
        growth.end_turn()?;
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
    let Growth { met, visits, children, offsets, .. } = growth;
    let (shown, supports, hidden) = (visits.len() - roots, walk.supports, walk.hidden.len());
    let nodes = met.into_nodes();
    Ok(Tree { supports, shown, below, hidden, spread: whole, roots, nodes, visits, children, offsets })
}

impl<'w> Growth<'w> {
    fn from(starts: &[NodeId], mut met: Met, budget: &'w Budget) -> Growth<'w> {
        starts.iter().for_each(|start| _ = met.meet(*start));
        let visits = vec![Visit { depth: 0, child_of: 0, first: usize::MAX, chains: 1 }; met.len()];
        Growth { met, visits, children: Vec::new(), offsets: vec![0], budget }
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
        depth.is_none_or(|limit| (visit.depth as usize) < limit).then(|| self.met.node(self.turn())).flatten()
    }

    /// Adds a step from the node whose turn it is.
    #[inline]
    fn add(&mut self, target: NodeId, hop: impl FnOnce() -> Hop, support: u32) {
        let Visit { depth, chains, .. } = self.visits[self.turn()];
        let parent = self.offsets.len() as u32;
        let number = match self.met.meet(target) {
            Ok(number) => {
                self.visits.push(Visit { depth: depth + 1, child_of: parent, first: self.children.len(), chains });
                number
            }
            Err(number) => {
                let seen = &mut self.visits[number as usize];
                if seen.depth == depth + 1 {
                    seen.chains = seen.chains.saturating_add(chains);
                }
                // Of parallel hops the first says most.
                if std::mem::replace(&mut seen.child_of, parent) == parent {
                    return;
                }
                number
            }
        };
        let Hop { relationship, relationship_type, against, .. } = hop();
        self.children.push(Child { relationship, relationship_type, against, number, support });
    }

    /// Ends the turn of a node.
    fn end_turn(&mut self) -> Result<(), Diagnostic> {
        let before = self.offsets.last().copied().unwrap_or_default();
        self.offsets.push(self.children.len());
        // At most as many nodes are new as there are new children.
        let bytes = size_of::<Child>() + size_of::<Visit>() + size_of::<NodeId>();
        self.budget.charge(size_of::<usize>() + (self.children.len() - before) * bytes)?;
        self.budget.tick()
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
