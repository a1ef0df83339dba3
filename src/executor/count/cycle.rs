//! Graphs with cycles, walked node by node: the candidates for each next node are what the neighbour lists of its
//! neighbours placed before have in common.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::lists::{Lists, View, occurrences};
use super::order::{LOOK_UP, Planner, Side};
use super::weight::{Values, Weight, covers};
use super::{Counter, Outcome, Stop};
use crate::graph::Bitmap;
use crate::limits::{Budget, Watch, cores};
use crate::plan::Edge;

/// More edges to one node are left to the plain plan.
const MOST_EDGES: usize = 8;
/// Steps from which on several threads pay.
const PARALLEL: f64 = 200_000.0;
/// A list of so many nodes is gone through sooner than marked.
const SHORT: usize = 8;
/// So many nodes ahead, the lists that the next step will read are touched: memory answers many questions at once about
/// as fast as one.
const AHEAD: usize = 16;
/// Lists of fewer neighbours are likely to lie in a cache anyway.
const FAR: usize = 1 << 20;
/// Steps between two looks at the limits.
const BETWEEN_CHECKS: u64 = 1 << 16;

pub(super) struct Cycle<'g> {
    starts: Vec<u32>,
    steps: Vec<Step<'g>>,
    /// How many sets of neighbours are kept at hand.
    marks: usize,
    node_bound: usize,
    cost: f64,
}

/// Places one node.
struct Step<'g> {
    domain: Option<Arc<Bitmap>>,
    values: Option<Values>,
    /// From nodes placed before.
    edges: Vec<Inward<'g>>,
    /// Whether every node counts 1, and no list repeats one.
    counts_one: bool,
    /// Neighbours of this node that are kept at hand for a step that is not the next one.
    marks: Vec<Marked<'g>>,
}

/// Neighbours to be kept at hand.
struct Marked<'g> {
    mark: usize,
    lists: Arc<Lists<'g>>,
    /// How many nodes are looked up among them on average.
    looks: usize,
}

/// An edge from a node placed before.
struct Inward<'g> {
    /// The step that placed it.
    from: usize,
    /// Its neighbours.
    lists: Arc<Lists<'g>>,
    /// Whether no neighbour stands twice in a list.
    simple: bool,
    /// How many edges of the pattern are the same.
    times: u32,
    mark: Option<usize>,
}

impl<'g> Cycle<'g> {
    pub fn new(
        counter: &mut Counter<'g>,
        weights: BTreeMap<usize, Weight<'g>>,
        edges: &[&Edge],
        start: Option<usize>,
    ) -> Outcome<Cycle<'g>> {
        let node_bound = counter.graph.node_bound();
        let mut sides = Vec::with_capacity(2 * edges.len());
        for edge in edges {
            let out = counter.lists.of_edge(edge, true, counter.budget)?;
            let back = counter.lists.of_edge(edge, false, counter.budget)?;
            sides.push(Side { from: edge.from, to: edge.to, lists: out.clone(), back: back.clone() });
            sides.push(Side { from: edge.to, to: edge.from, lists: back, back: out });
        }
        let order = Planner::new(&weights, &sides, node_bound).order(start);
        let mut cycle = Cycle { starts: vec![], steps: vec![], marks: 0, node_bound, cost: order.cost };
        for (at, node) in order.nodes.iter().enumerate() {
            let weight = &weights[node];
            let mut inward: Vec<Inward> = Vec::new();
            let mut covered = false;
            for side in sides.iter().filter(|side| side.to == *node) {
                let Some(from) = order.nodes[..at].iter().position(|placed| *placed == side.from) else { continue };
                let domain = weight.domain.as_ref();
                covered |= weight.factors.is_empty() && domain.is_some_and(|domain| covers(domain, &side.back));
                match inward.iter_mut().find(|i| i.from == from && Arc::ptr_eq(&i.lists, &side.lists)) {
                    Some(same) => same.times += 1,
                    None => {
                        let lists = side.lists.clone();
                        inward.push(Inward { from, simple: lists.is_simple(), lists, times: 1, mark: None });
                    }
                }
            }
            if inward.len() > MOST_EDGES {
                return Err(Stop::Plain);
            }
            for edge in inward.iter_mut().filter(|edge| edge.from + 1 < at) {
                edge.mark = Some(cycle.marks);
                let looks = order.looks(edge.from, at).clamp(1.0, f64::from(u32::MAX)) as usize;
                let marked = Marked { mark: cycle.marks, lists: edge.lists.clone(), looks };
                cycle.steps[edge.from].marks.push(marked);
                cycle.marks += 1;
            }
            let values = if weight.factors.is_empty() { None } else { Some(counter.values(weight)?) };
            let domain = if covered || values.is_some() { None } else { weight.domain.clone() };
            if at == 0 {
                let first = sides.iter().filter(|side| side.from == *node).min_by_key(|side| side.lists.range().len());
                let has_neighbours = |node: &u32| first.is_none_or(|side| side.lists.degree(*node) > 0);
                cycle.starts = match (&weight.domain, first) {
                    (Some(domain), _) => domain.iter().map(|node| node as u32).filter(has_neighbours).collect(),
                    (None, Some(side)) => side.lists.range().filter(has_neighbours).collect(),
                    (None, None) => (0..node_bound as u32).collect(),
                };
            }
            let counts_one = domain.is_none() && values.is_none() && inward.iter().all(|edge| edge.simple);
            cycle.steps.push(Step { domain, values, edges: inward, counts_one, marks: vec![] });
        }
        counter.charge::<u32>(cycle.starts.len())?;
        Ok(cycle)
    }

    /// All matches together.
    pub fn total(&self, budget: &Budget) -> Outcome<u128> {
        let mut total = 0_u128;
        for (_, number) in self.run(budget)? {
            total += u128::from(number);
        }
        Ok(total)
    }

    /// The matches by the node that was placed first.
    pub fn by_start(&self, node_bound: usize, budget: &Budget) -> Outcome<Vec<u64>> {
        let mut values = vec![0; node_bound];
        for (node, number) in self.run(budget)? {
            values[node as usize] = number;
        }
        Ok(values)
    }

    /// The number of matches for each start that has some.
    fn run(&self, budget: &Budget) -> Outcome<Vec<(u32, u64)>> {
        let threads = match self.cost > PARALLEL {
            true => cores().min(16),
            false => 1,
        };
        let bytes = threads * self.marks * self.node_bound.div_ceil(8) + self.starts.len() * size_of::<(u32, u64)>();
        budget.charge(bytes)?;
        let next = AtomicUsize::new(0);
        let parts: Vec<Outcome<Vec<(u32, u64)>>> = if threads == 1 {
            vec![self.work(&next, budget.watch())]
        } else {
            let watch = budget.watch();
            std::thread::scope(|scope| {
                let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| self.work(&next, watch))).collect();
                let joined = workers.into_iter().map(|worker| worker.join());
                joined.map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
            })
        };
        budget.release(bytes);
        let mut found = Vec::new();
        for part in parts {
            found.extend(part?);
        }
        Ok(found)
    }

    /// Takes one portion of the starts after the other.
    fn work(&self, next: &AtomicUsize, watch: &Watch) -> Outcome<Vec<(u32, u64)>> {
        let portion = (self.starts.len() / 256).clamp(1, 1024);
        let views = self.steps.iter().map(|step| step.edges.iter().map(|edge| edge.lists.view()).collect());
        let mut walker = Walker {
            cycle: self,
            views: views.collect(),
            placed: vec![0; self.steps.len()],
            marks: vec![Mark { words: vec![0; self.node_bound / 64 + 1], set: false }; self.marks],
            steps_left: BETWEEN_CHECKS,
            watch,
        };
        let mut found = Vec::new();
        loop {
            let at = next.fetch_add(portion, Ordering::Relaxed);
            let Some(starts) = self.starts.get(at..(at + portion).min(self.starts.len())) else { return Ok(found) };
            if starts.is_empty() {
                return Ok(found);
            }
            for start in starts {
                let number = walker.start(*start)?;
                if number > 0 {
                    found.push((*start, number));
                }
            }
        }
    }
}

/// A set of nodes kept at hand.
#[derive(Clone)]
struct Mark {
    words: Vec<u64>,
    set: bool,
}

impl Mark {
    fn has(&self, node: u32) -> bool {
        self.words[node as usize / 64] >> (node % 64) & 1 == 1
    }

    /// How many of the nodes are in the set.
    fn count(&self, nodes: &[u32]) -> u64 {
        nodes.iter().map(|node| self.words[*node as usize / 64] >> (node % 64) & 1).sum()
    }
}

/// What two lists have in common is all that is left to count.
struct Closing<'c> {
    /// The lists of the node placed last.
    near: View<'c>,
    /// That of a node placed earlier.
    far: &'c [u32],
    /// The set that holds it.
    mark: Option<usize>,
}

struct Walker<'c, 'g> {
    cycle: &'c Cycle<'g>,
    /// By step and edge.
    views: Vec<Vec<View<'c>>>,
    /// By step.
    placed: Vec<u32>,
    marks: Vec<Mark>,
    steps_left: u64,
    watch: &'c Watch,
}

impl<'c, 'g> Walker<'c, 'g> {
    fn start(&mut self, node: u32) -> Outcome<u64> {
        let step = &self.cycle.steps[0];
        match step.weight(node) {
            0 => Ok(0),
            weight => self.place(0, node)?.checked_mul(weight).ok_or(Stop::Plain),
        }
    }

    /// The matches of the steps after the one that places this node.
    fn place(&mut self, at: usize, node: u32) -> Outcome<u64> {
        self.placed[at] = node;
        let steps: &'c [Step<'g>] = &self.cycle.steps;
        let Some(next) = steps.get(at + 1) else { return Ok(1) };
        // Marking pays for a list that is neither short nor much longer than what is tested against it.
        let joined = next.edges.iter().position(|edge| edge.from == at);
        let joined = joined.map(|edge| self.views[at + 1][edge].of(node).len());
        let mut empty = false;
        for Marked { mark, lists, looks } in &steps[at].marks {
            let list = lists.of(node);
            empty |= list.is_empty();
            let looks = joined.unwrap_or(*looks);
            self.marks[*mark].set = list.len() > SHORT && list.len() / LOOK_UP <= looks;
            if self.marks[*mark].set {
                let words = &mut self.marks[*mark].words;
                list.iter().for_each(|other| words[*other as usize / 64] |= 1 << (other % 64));
            }
        }
        let number = if empty { Ok(0) } else { self.next(at + 1) };
        for Marked { mark, lists, .. } in &steps[at].marks {
            if self.marks[*mark].set {
                self.marks[*mark].set = false;
                let words = &mut self.marks[*mark].words;
                lists.of(node).iter().for_each(|other| words[*other as usize / 64] = 0);
            }
        }
        number
    }

    /// The matches of this step and those after it.
    fn next(&mut self, at: usize) -> Outcome<u64> {
        let step: &'c Step<'g> = &self.cycle.steps[at];
        let list = |walker: &Self, edge: usize| walker.views[at][edge].of(walker.placed[step.edges[edge].from]);
        match step.edges.as_slice() {
            [_] => self.go_through(at, &[list(self, 0)], 0),
            [_, two] => {
                let lists = [list(self, 0), list(self, 1)];
                if lists[0].is_empty() || lists[1].is_empty() {
                    return Ok(0);
                }
                if step.counts_one && at + 1 == self.cycle.steps.len() {
                    self.spend(lists[0].len().min(lists[1].len()) as u64)?;
                    let mark = |edge: &Inward| edge.mark.filter(|mark| self.marks[*mark].set);
                    return Ok(self.common(lists, [mark(&step.edges[0]), mark(two)]));
                }
                self.go_through(at, &lists, self.cheapest(step, &lists))
            }
            edges => {
                let mut lists: [&[u32]; MOST_EDGES] = [&[]; MOST_EDGES];
                for (edge, into) in lists[..edges.len()].iter_mut().enumerate() {
                    *into = list(self, edge);
                    if into.is_empty() {
                        return Ok(0);
                    }
                }
                let lists = &lists[..edges.len()];
                self.go_through(at, lists, self.cheapest(step, lists))
            }
        }
    }

    /// Places each node of one of the lists that is in the others too.
    fn go_through(&mut self, at: usize, lists: &[&[u32]], through: usize) -> Outcome<u64> {
        let step: &'c Step<'g> = &self.cycle.steps[at];
        let is_last = at + 1 == self.cycle.steps.len();
        self.spend(lists[through].len() as u64)?;
        let mut total = 0_u64;
        let mut list = lists[through];
        let closing = self.closing(at);
        if let (Some(closing), true) = (&closing, step.takes_all()) {
            for nodes in list.chunks(AHEAD) {
                self.touch(at, nodes);
                for node in nodes {
                    total = total.checked_add(self.closed_by(closing, *node)?).ok_or(Stop::Plain)?;
                }
            }
            return Ok(total);
        }
        let mut touched = if is_last { list.len() } else { 0 };
        while let Some(node) = list.first().copied() {
            if touched == 0 {
                touched = self.touch(at, list);
            }
            let same = if step.edges[through].simple { 1 } else { run_length(list) };
            list = &list[same..];
            touched = touched.saturating_sub(same);
            let weight = step.weight(node);
            if weight == 0 {
                continue;
            }
            let Some(ways) = self.ways(step, lists, through, node, same as u64)? else { continue };
            let below = match &closing {
                _ if is_last => 1,
                Some(closing) => self.closed_by(closing, node)?,
                None => self.place(at, node)?,
            };
            let number = ways.checked_mul(weight).and_then(|n| n.checked_mul(below));
            total = number.and_then(|number| total.checked_add(number)).ok_or(Stop::Plain)?;
        }
        Ok(total)
    }

    /// How the last step ends what this one begins, if all that it does is to count what a list of the node placed here
    /// has in common with another list.
    fn closing(&self, at: usize) -> Option<Closing<'c>> {
        let steps: &'c [Step<'g>] = &self.cycle.steps;
        let last = steps.get(at + 1).filter(|last| at + 2 == steps.len() && last.counts_one)?;
        let [one, two] = last.edges.as_slice() else { return None };
        let near = match (one.from == at, two.from == at) {
            (true, false) => 0,
            (false, true) => 1,
            (true, true) | (false, false) => return None,
        };
        let far = &last.edges[1 - near];
        let mark = far.mark.filter(|mark| self.marks[*mark].set);
        let list = self.views[at + 1][1 - near].of(self.placed[far.from]);
        steps[at].marks.is_empty().then(|| Closing { near: self.views[at + 1][near], far: list, mark })
    }

    /// What the last step counts once this node is placed.
    fn closed_by(&mut self, closing: &Closing, node: u32) -> Outcome<u64> {
        let (near, far) = (closing.near.of(node), closing.far);
        let steps = near.len().min(far.len());
        if steps == 0 {
            return Ok(0);
        }
        self.spend(steps as u64)?;
        Ok(self.common([far, near], [closing.mark, None]))
    }

    /// Has the memory bring what the next step will read of the first of these nodes; tells of how many.
    fn touch(&self, at: usize, nodes: &[u32]) -> usize {
        let nodes = &nodes[..nodes.len().min(AHEAD)];
        let next = self.cycle.steps[at + 1].edges.iter().zip(&self.views[at + 1]);
        for (_, view) in next.filter(|(edge, _)| edge.from == at && edge.lists.total() > FAR) {
            let ends = |list: &[u32]| list.first().zip(list.last()).map_or(0, |(first, last)| first ^ last);
            std::hint::black_box(nodes.iter().fold(0, |all, node| all ^ ends(view.of(*node))));
        }
        nodes.len()
    }

    /// Which list to go through, the others being asked for each of its nodes.
    fn cheapest(&self, step: &Step, lists: &[&[u32]]) -> usize {
        if lists.len() == 1 {
            return 0;
        }
        let test = |at: usize| match step.edges[at].mark {
            Some(mark) if self.marks[mark].set => 1,
            _ if lists[at].len() <= SHORT => 4,
            _ => LOOK_UP / 2 + 4 * lists[at].len().ilog2() as usize,
        };
        let tests: usize = (0..lists.len()).map(test).sum();
        let cost = |at: &usize| lists[*at].len().saturating_mul(tests - test(*at));
        (0..lists.len()).min_by_key(cost).unwrap_or(0)
    }

    /// How often the node is a neighbour over all edges; `None` if not over each.
    fn ways(&self, step: &Step, lists: &[&[u32]], through: usize, node: u32, same: u64) -> Outcome<Option<u64>> {
        let mut ways = 1_u64;
        for (at, edge) in step.edges.iter().enumerate() {
            let number = match edge.mark.filter(|mark| self.marks[*mark].set) {
                _ if at == through => same,
                Some(mark) if !self.marks[mark].has(node) => 0,
                Some(_) if edge.simple => 1,
                _ => occurrences(lists[at], node),
            };
            if number == 0 {
                return Ok(None);
            }
            let power = number.checked_pow(edge.times);
            ways = power.and_then(|power| ways.checked_mul(power)).ok_or(Stop::Plain)?;
        }
        Ok(Some(ways))
    }

    /// How many nodes two lists without repetitions have in common, given the sets that hold them.
    fn common(&self, lists: [&[u32]; 2], marks: [Option<usize>; 2]) -> u64 {
        let [a, b] = lists;
        match marks {
            [Some(mark), _] if b.len() <= LOOK_UP * a.len() => self.marks[mark].count(b),
            [_, Some(mark)] if a.len() <= LOOK_UP * b.len() => self.marks[mark].count(a),
            _ if a.len() < b.len() => in_both(a, b),
            _ => in_both(b, a),
        }
    }

    fn spend(&mut self, steps: u64) -> Outcome<()> {
        match self.steps_left.checked_sub(steps + 1) {
            Some(left) => self.steps_left = left,
            None => {
                self.steps_left = BETWEEN_CHECKS;
                self.watch.check()?;
            }
        }
        Ok(())
    }
}

impl Step<'_> {
    /// Whether every node of its one list is placed once.
    fn takes_all(&self) -> bool {
        matches!(self.edges.as_slice(), [one] if one.simple) && self.values.is_none() && self.domain.is_none()
    }

    fn weight(&self, node: u32) -> u64 {
        match (&self.values, &self.domain) {
            (Some(values), _) => values.of(node),
            (None, Some(domain)) => u64::from(domain.contains(node as usize)),
            (None, None) => 1,
        }
    }
}

/// How many nodes of a short list are in a long one; none stands twice in either.
fn in_both(short: &[u32], long: &[u32]) -> u64 {
    let mut count = 0;
    if long.len() <= LOOK_UP * short.len() {
        let (mut a, mut b) = (0, 0);
        while let (Some(one), Some(other)) = (short.get(a), long.get(b)) {
            count += u64::from(one == other);
            a += usize::from(one <= other);
            b += usize::from(other <= one);
        }
        return count;
    }
    let mut rest = long;
    for node in short {
        rest = &rest[rest.partition_point(|other| other < node)..];
        count += u64::from(rest.first() == Some(node));
    }
    count
}

/// How many of the first nodes are the same.
fn run_length(list: &[u32]) -> usize {
    list.iter().take_while(|node| **node == list[0]).count()
}
