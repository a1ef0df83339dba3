//! In which order a pattern's nodes are found and its relationships followed.
//!
//! An order is made for each node that it may start from, the step with the fewest rows next, and the cheapest of these
//! is taken. Where that is dear, a best-first search over the orders may find one that is much cheaper: one that begins
//! at two selective ends, or that goes the longer way round. Ties are decided by names, never by the order in which
//! the query was typed.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, BinaryHeap};

use super::cost::{CanFollow, Estimates, compare};

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Next {
    Follow { relationship: usize, from_left: bool },
    Scan { node: usize },
}

/// An order and what it costs.
struct Order {
    cost: f64,
    steps: Vec<Next>,
}

/// What is known at a point of an order.
#[derive(Clone)]
pub(super) struct Known {
    pub nodes: Vec<bool>,
    pub done: Vec<bool>,
    pub rows: f64,
    pub cost: f64,
}

/// No more starts than this are tried, the most selective ones.
const STARTS: usize = 12;
/// A pattern of more nodes is large.
const LARGE: usize = 32;
/// What an order must cost for a better one to be searched for.
const DEAR: f64 = 1000.0;
/// Another order is taken only if it costs less than this share: estimates are not exact.
const BETTER: f64 = 0.5;
/// So many beginnings of orders are gone on with in a search.
const MOST_EXPANDED: usize = 128;
/// A node that more than this many rows are found for is not looked for while a relationship can be followed.
const SELECTIVE: f64 = 16.0;

impl Estimates<'_> {
    /// The cheapest order found.
    pub(super) fn order(&self, is_known: impl Fn(usize) -> bool, can_follow: &CanFollow<'_>) -> Vec<Next> {
        let start = self.beginning(is_known);
        let greedy = self.greedy(&start, can_follow);
        let better = (greedy.cost > DEAR).then(|| self.searched(&start, greedy.cost * BETTER, can_follow)).flatten();
        better.unwrap_or(greedy.steps)
    }

    /// The rows and the cost before each step of an order, and after the last one.
    pub(super) fn progress(&self, is_known: impl Fn(usize) -> bool, steps: &[Next]) -> Vec<(f64, f64)> {
        let mut known = self.beginning(is_known);
        let mut progress = vec![(known.rows, known.cost)];
        for step in steps {
            self.take(*step, &mut known);
            progress.push((known.rows, known.cost));
        }
        progress
    }

    fn beginning(&self, is_known: impl Fn(usize) -> bool) -> Known {
        Known {
            nodes: (0..self.nodes.len()).map(is_known).collect(),
            done: vec![false; self.pattern.relationships.len()],
            rows: 1.0,
            cost: 0.0,
        }
    }

    fn greedy(&self, start: &Known, can_follow: &CanFollow<'_>) -> Order {
        if self.followable(start, can_follow).next().is_some() {
            return self.complete(start.clone(), Vec::new(), can_follow);
        }
        let mut starts: Vec<usize> = (0..self.nodes.len()).filter(|node| !start.nodes[*node]).collect();
        starts.sort_by(|a, b| self.compare_scans(*a, *b, start));
        // For large patterns, trying several starts takes longer than a bad one costs.
        starts.truncate(if self.nodes.len() <= LARGE { STARTS } else { 1 });
        let orders = starts.into_iter().map(|node| {
            let mut known = start.clone();
            self.scan(node, &mut known);
            self.complete(known, vec![Next::Scan { node }], can_follow)
        });
        let named = |order: &Order| order.steps.iter().map(|step| self.rank(step)).collect::<Vec<_>>();
        let best = orders.min_by(|a, b| compare(a.cost, b.cost).then_with(|| named(a).cmp(&named(b))));
        best.unwrap_or_else(|| self.complete(start.clone(), Vec::new(), can_follow))
    }

    fn compare_scans(&self, a: usize, b: usize, known: &Known) -> Ordering {
        let ((x_looked_at, x), (y_looked_at, y)) = (self.scanned(a, known), self.scanned(b, known));
        compare(x, y).then(compare(x_looked_at, y_looked_at)).then(self.node_ranks[a].cmp(&self.node_ranks[b]))
    }

    fn followable<'a>(&'a self, known: &'a Known, can_follow: &'a CanFollow<'a>) -> impl Iterator<Item = usize> + 'a {
        let open = (0..known.done.len()).filter(|index| !known.done[*index]);
        open.filter(|index| can_follow(*index, &known.nodes, &known.done))
    }

    /// Of the relationships that can be followed, that which makes the fewest rows.
    fn cheapest(&self, known: &Known, can_follow: &CanFollow<'_>) -> Option<usize> {
        self.followable(known, can_follow).min_by(|a, b| {
            let (x, y) = (self.rows(*a, known), self.rows(*b, known));
            compare(x.1, y.1).then(compare(x.0, y.0)).then(self.ranks[*a].cmp(&self.ranks[*b]))
        })
    }

    /// The steps to the end, the one with the fewest rows next.
    fn complete(&self, mut known: Known, mut steps: Vec<Next>, can_follow: &CanFollow<'_>) -> Order {
        loop {
            let open = || (0..self.nodes.len()).filter(|node| !known.nodes[*node]);
            let next = match self.cheapest(&known, can_follow) {
                Some(relationship) => self.following(relationship, &known),
                None => match open().min_by(|a, b| self.compare_scans(*a, *b, &known)) {
                    Some(node) => Next::Scan { node },
                    None => {
                        // What waits for what waits for it is followed all the same.
                        let Some(relationship) = known.done.iter().position(|done| !done) else { break };
                        self.following(relationship, &known)
                    }
                },
            };
            self.take(next, &mut known);
            steps.push(next);
        }
        Order { cost: known.cost, steps }
    }

    fn following(&self, relationship: usize, known: &Known) -> Next {
        Next::Follow { relationship, from_left: self.starts_left(relationship, known) }
    }

    fn take(&self, step: Next, known: &mut Known) {
        match step {
            Next::Scan { node } => self.scan(node, known),
            Next::Follow { relationship, .. } => self.follow(relationship, known),
        }
    }

    fn rank(&self, step: &Next) -> (u8, usize) {
        match step {
            Next::Scan { node } => (0, self.node_ranks[*node]),
            Next::Follow { relationship, .. } => (1, self.ranks[*relationship]),
        }
    }

    /// An order that costs less than the bound, if the search comes across one. Of the beginnings of orders the cheapest
    /// is gone on with, and of those that know the same nodes and relationships only the first.
    fn searched(&self, start: &Known, bound: f64, can_follow: &CanFollow<'_>) -> Option<Vec<Next>> {
        let relationships = &self.pattern.relationships;
        // A choice among paths is made from one end or between two, and nothing else is cheap beside it.
        if self.nodes.len() > LARGE || relationships.len() > LARGE || relationships.iter().any(|r| r.choice.is_some()) {
            return None;
        }
        let mut begun: Vec<(Known, Vec<Next>)> = vec![(start.clone(), Vec::new())];
        let mut open = BinaryHeap::from([Reverse((Cost(0.0), 0))]);
        let mut seen = BTreeSet::new();
        let mut expanded = 0;
        while let Some(Reverse((_, at))) = open.pop() {
            let (known, steps) = begun[at].clone();
            if known.nodes.iter().chain(&known.done).all(|known| *known) {
                return Some(steps);
            }
            if !seen.insert((bits(&known.nodes), bits(&known.done))) {
                continue;
            }
            expanded += 1;
            if expanded > MOST_EXPANDED {
                return None;
            }
            for next in self.nexts(&known, can_follow) {
                let mut after = known.clone();
                self.take(next, &mut after);
                if after.cost < bound && !seen.contains(&(bits(&after.nodes), bits(&after.done))) {
                    open.push(Reverse((Cost(after.cost), begun.len())));
                    begun.push((after, steps.iter().copied().chain([next]).collect()));
                }
            }
        }
        None
    }

    /// The steps that may come next, in the order of names.
    fn nexts(&self, known: &Known, can_follow: &CanFollow<'_>) -> Vec<Next> {
        // What joins two known nodes only makes rows fewer: it comes first.
        let closes = |index: &usize| {
            let relationship = &self.pattern.relationships[*index];
            relationship.several.is_none() && known.nodes[relationship.left] && known.nodes[relationship.right]
        };
        let closing = self.followable(known, can_follow).filter(closes).min_by_key(|index| self.ranks[*index]);
        if let Some(relationship) = closing {
            return vec![self.following(relationship, known)];
        }
        let follow: Vec<Next> = self.followable(known, can_follow).map(|index| self.following(index, known)).collect();
        let is_first = !known.nodes.contains(&true);
        let scan = |node: &usize| {
            !known.nodes[*node] && (is_first || follow.is_empty() || self.scanned(*node, known).1 <= SELECTIVE)
        };
        let scans = (0..self.nodes.len()).filter(scan).map(|node| Next::Scan { node });
        let mut nexts: Vec<Next> = scans.chain(follow.iter().copied()).collect();
        nexts.sort_by_key(|next| self.rank(next));
        nexts
    }
}

/// A set of at most [`LARGE`] places.
fn bits(places: &[bool]) -> u64 {
    places.iter().rev().fold(0, |bits, place| bits << 1 | u64::from(*place))
}

/// Costs in their order, those that differ only by rounding being the same.
struct Cost(f64);

impl Ord for Cost {
    fn cmp(&self, other: &Cost) -> Ordering {
        compare(self.0, other.0)
    }
}

impl PartialOrd for Cost {
    fn partial_cmp(&self, other: &Cost) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Cost {}

impl PartialEq for Cost {
    fn eq(&self, other: &Cost) -> bool {
        self.cmp(other).is_eq()
    }
}
