//! Single points of failure: `CRITICAL`.

use std::collections::BTreeMap;

use super::net::Net;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// For each node of the net the one that every way to it runs through last; none for the first `starts` nodes, for
/// those that several starts lead to by ways of their own, and for those out of reach.
///
/// Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm".
pub fn dominators(net: &Net, starts: usize, budget: &Budget) -> Result<Vec<Option<usize>>, Diagnostic> {
    const NONE: usize = usize::MAX;
    let order = reverse_postorder(net, starts, budget)?;
    // Node `count` stands above the starts.
    let count = net.len();
    let mut place = vec![NONE; count + 1];
    order.iter().enumerate().for_each(|(at, node)| place[*node] = at + 1);
    place[count] = 0;
    let mut above = vec![NONE; count + 1];
    above[count] = count;
    let sources = net.sources();
    let mut changed = true;
    while changed {
        changed = false;
        for &node in &order {
            let mut found = if node < starts { count } else { NONE };
            for source in sources.of(node).iter().map(|source| *source as usize) {
                budget.tick()?;
                if above[source] == NONE {
                    continue;
                }
                found = if found == NONE { source } else { meet(&above, &place, found, source) };
            }
            if above[node] != found {
                above[node] = found;
                changed = true;
            }
        }
    }
    Ok(above[..count].iter().map(|above| (*above != NONE && *above != count).then_some(*above)).collect())
}

/// Where the ways up from two nodes meet.
fn meet(above: &[usize], place: &[usize], mut a: usize, mut b: usize) -> usize {
    while a != b {
        while place[a] > place[b] {
            a = above[a];
        }
        while place[b] > place[a] {
            b = above[b];
        }
    }
    a
}

fn reverse_postorder(net: &Net, starts: usize, budget: &Budget) -> Result<Vec<usize>, Diagnostic> {
    let mut seen = vec![false; net.len()];
    let mut order = Vec::with_capacity(net.len());
    for start in 0..starts {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some((node, step)) = path.last_mut() {
            budget.tick()?;
            match net.steps(*node).get(*step).map(|step| step.target as usize) {
                Some(target) => {
                    *step += 1;
                    if !std::mem::replace(&mut seen[target], true) {
                        path.push((target, 0));
                    }
                }
                None => {
                    order.push(*node);
                    path.pop();
                }
            }
        }
    }
    order.reverse();
    Ok(order)
}

/// For each node, the nodes that are cut off if it goes, itself not counted: in the order of the net.
pub fn dominated(above: &[Option<usize>], budget: &Budget) -> Result<BTreeMap<usize, Vec<usize>>, Diagnostic> {
    let mut below: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for node in 0..above.len() {
        let mut up = above[node];
        while let Some(dominator) = up {
            budget.tick()?;
            budget.charge(size_of::<usize>())?;
            below.entry(dominator).or_default().push(node);
            up = above[dominator];
        }
    }
    Ok(below)
}

/// What falls apart if a node or the only relation between two nodes goes, arrows disregarded.
pub struct Weak {
    /// The node, and the nodes that are then apart from the largest piece.
    pub points: Vec<(usize, Cut)>,
    /// The ends of the relation, and the nodes that are then apart from the larger piece.
    pub bridges: Vec<(usize, usize, Cut)>,
}

/// Nodes that are cut off.
pub struct Cut {
    pub count: usize,
    /// The first of them, by number in the net: at most [`NAMED`].
    pub named: Vec<usize>,
}

/// More nodes of a cut than these are counted only: all together they could be the square of the graph.
pub const NAMED: usize = 1_000;

/// Articulation points and bridges, by Tarjan's low points over the net without its arrows.
pub fn weak_points(net: &Net, budget: &Budget) -> Result<Weak, Diagnostic> {
    let neighbours = Neighbours::of(net, budget)?;
    let mut forest = Forest::grow(&neighbours, budget)?;
    forest.find(budget)
}

/// A net without its arrows: for each node its neighbours, with how many relations join the two.
struct Neighbours {
    first: Vec<usize>,
    all: Vec<(u32, u32)>,
}

impl Neighbours {
    fn of(net: &Net, budget: &Budget) -> Result<Neighbours, Diagnostic> {
        budget.charge(2 * net.step_count() * size_of::<(u32, u32)>() + net.len() * size_of::<usize>())?;
        let sources = net.sources();
        let mut neighbours = Neighbours { first: vec![0], all: Vec::with_capacity(2 * net.step_count()) };
        let mut own: Vec<(u32, u32)> = Vec::new();
        for node in 0..net.len() {
            own.clear();
            own.extend(net.steps(node).iter().map(|step| (step.target, step.parallel)));
            for source in sources.of(node) {
                budget.tick()?;
                own.extend(net.step(*source as usize, node).map(|step| (*source, step.parallel)));
            }
            own.sort_unstable();
            for (other, count) in own.drain(..).filter(|(other, _)| *other as usize != node) {
                let from = neighbours.first[node];
                match neighbours.all[from..].last_mut() {
                    Some((last, relations)) if *last == other => *relations += count,
                    _ => neighbours.all.push((other, count)),
                }
            }
            neighbours.first.push(neighbours.all.len());
        }
        Ok(neighbours)
    }

    fn around(&self, node: usize) -> &[(u32, u32)] {
        &self.all[self.first[node]..self.first[node + 1]]
    }
}

/// Depth-first trees. What hangs from a node stands right behind it in the order of discovery.
struct Forest<'n> {
    neighbours: &'n Neighbours,
    /// The nodes as they were discovered.
    order: Vec<usize>,
    place: Vec<usize>,
    parent: Vec<Option<usize>>,
    /// The earliest place that the tree below a node is joined to.
    low: Vec<usize>,
    /// How many nodes hang from a node, itself included.
    size: Vec<usize>,
    /// The place of the tree's root.
    root: Vec<usize>,
}

impl<'n> Forest<'n> {
    fn grow(neighbours: &'n Neighbours, budget: &Budget) -> Result<Forest<'n>, Diagnostic> {
        const NEW: usize = usize::MAX;
        let count = neighbours.first.len() - 1;
        budget.charge(count * 6 * size_of::<usize>())?;
        let mut forest = Forest {
            neighbours,
            order: Vec::with_capacity(count),
            place: vec![NEW; count],
            parent: vec![None; count],
            low: vec![0; count],
            size: vec![1; count],
            root: vec![0; count],
        };
        let mut path: Vec<(usize, usize)> = Vec::new();
        for start in 0..count {
            if forest.place[start] != NEW {
                continue;
            }
            let root = forest.order.len();
            forest.discover(start, root);
            path.push((start, 0));
            while let Some((node, at)) = path.last_mut() {
                budget.tick()?;
                let node = *node;
                let Some((other, _)) = neighbours.around(node).get(*at).copied() else {
                    path.pop();
                    if let Some(parent) = forest.parent[node] {
                        forest.low[parent] = forest.low[parent].min(forest.low[node]);
                        forest.size[parent] += forest.size[node];
                    }
                    continue;
                };
                *at += 1;
                let other = other as usize;
                if forest.place[other] == NEW {
                    forest.parent[other] = Some(node);
                    forest.discover(other, root);
                    path.push((other, 0));
                } else if forest.parent[node] != Some(other) {
                    forest.low[node] = forest.low[node].min(forest.place[other]);
                }
            }
        }
        Ok(forest)
    }

    fn discover(&mut self, node: usize, root: usize) {
        self.place[node] = self.order.len();
        self.low[node] = self.order.len();
        self.root[node] = root;
        self.order.push(node);
    }

    fn find(&mut self, budget: &Budget) -> Result<Weak, Diagnostic> {
        let mut weak = Weak { points: Vec::new(), bridges: Vec::new() };
        // For each node, the nodes below it whose trees hang from it alone.
        let mut hanging: Vec<Vec<usize>> = vec![Vec::new(); self.order.len()];
        for node in 0..self.order.len() {
            budget.tick()?;
            let Some(parent) = self.parent[node] else { continue };
            if self.low[node] >= self.place[parent] {
                hanging[parent].push(node);
            }
            let relations = |around: &[(u32, u32)]| around.iter().find(|(other, _)| *other as usize == parent).map(|(_, n)| *n);
            if self.low[node] > self.place[parent] && relations(self.neighbours.around(node)) == Some(1) {
                let cut = self.cut(parent, &[node], false, budget)?;
                weak.bridges.push((parent, node, cut));
            }
        }
        for (node, hanging) in hanging.iter().enumerate() {
            let enough = if self.parent[node].is_none() { 2 } else { 1 };
            if hanging.len() >= enough {
                let cut = self.cut(node, hanging, true, budget)?;
                weak.points.push((node, cut));
            }
        }
        Ok(weak)
    }

    /// The nodes apart from the largest piece when the trees of some nodes come off; the node they hang from is gone
    /// too if it is said so.
    fn cut(&self, node: usize, trees: &[usize], gone: bool, budget: &Budget) -> Result<Cut, Diagnostic> {
        let root = self.order[self.root[node]];
        let off: usize = trees.iter().map(|tree| self.size[*tree]).sum();
        let rest = self.size[root] - off - usize::from(gone);
        let largest = trees.iter().copied().max_by_key(|tree| (self.size[*tree], std::cmp::Reverse(*tree)));
        let stays = largest.filter(|tree| self.size[*tree] > rest);
        let mut cut = Cut { count: 0, named: Vec::new() };
        let span = |tree: usize| self.place[tree]..self.place[tree] + self.size[tree];
        for tree in trees.iter().copied().filter(|tree| Some(*tree) != stays) {
            cut.count += self.size[tree];
            let room = NAMED.saturating_sub(cut.named.len());
            cut.named.extend(span(tree).take(room).map(|place| self.order[place]));
        }
        if stays.is_some() {
            cut.count += rest;
            let is_off = |place: usize| trees.iter().any(|tree| span(*tree).contains(&place));
            let mut places = span(root).filter(|place| !(gone && *place == self.place[node]));
            while cut.named.len() < NAMED
                && let Some(place) = places.next()
            {
                budget.tick()?;
                if !is_off(place) {
                    cut.named.push(self.order[place]);
                }
            }
        }
        budget.charge(cut.named.len() * size_of::<usize>())?;
        cut.named.sort_unstable();
        Ok(cut)
    }
}
