//! The chosen paths of a pattern of several parts, from the shortest on.
//!
//! The search first tells how far every place is ([`super::product`]); then paths are put together from their ends
//! backwards, always the one that can become the shortest, so that none is begun that cannot arrive, and only what a
//! path repeats can keep it from being one (A* with a perfect lower bound: Hart, Nilsson, Raphael 1968).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::around::{node_at, relationship_list};
use super::cursor::{BoxedCursor, Cursor, Flow};
use super::evaluate::{evaluate, holds};
use super::product::{Arrival, Number, Product, START};
use super::shortest::Chooser;
use super::trail::may_follow;
use super::{Result, Row, Run};
use crate::graph::{NodeId, RelationshipId, Value};
use crate::plan::{Gives, Member, PathMode, PathSearch, SearchPart};

/// The chosen paths for each input row, end by end.
pub(super) struct SearchPaths<'p> {
    flow: Flow<'p>,
    search: &'p PathSearch,
    product: Option<Product<'p>>,
    ends: std::vec::IntoIter<Number>,
    found: std::vec::IntoIter<Row>,
}

impl<'p> SearchPaths<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, search: &'p PathSearch) -> SearchPaths<'p> {
        let (ends, found) = (vec![].into_iter(), vec![].into_iter());
        SearchPaths { flow: Flow::new(input), search, product: None, ends, found }
    }

    /// Explores from the current row's start; if the end is set, not further than up to it.
    fn explore(&mut self, run: &mut Run) -> Result<()> {
        let Some(start) = node_at(self.flow.row(), self.search.from)? else { return Ok(()) };
        let mut product = Product::new(self.search, start, self.flow.row(), run)?;
        let one_end = self.search.parts.last().is_some_and(|part| part.bound);
        while !(product.is_complete() || one_end && product.has_end()) {
            product.grow(run)?;
        }
        self.ends = product.ends().into_iter();
        self.product = Some(product);
        Ok(())
    }

    /// The chosen paths to one end.
    fn choose(&mut self, end: Number, run: &mut Run) -> Result<Vec<Row>> {
        let Some(mut product) = self.product.take() else { return Ok(vec![]) };
        let rows = loop {
            let (rows, needed) = self.paths_to(end, &product, run)?;
            let Some(depth) = needed.filter(|_| !product.is_complete()) else { break rows };
            while product.depth() < depth && !product.is_complete() {
                product.grow(run)?;
            }
        };
        self.product = Some(product);
        Ok(rows)
    }

    /// The chosen paths to one end among those explored; and how deep to explore before others cannot be chosen, if
    /// that is not enough.
    fn paths_to(&mut self, end: Number, product: &Product, run: &mut Run) -> Result<(Vec<Row>, Option<u64>)> {
        let mut paths = Paths::new(end, product);
        let (mut rows, mut chooser, mut needed) = (Vec::new(), None, None);
        while let Some(path) = paths.next(self.search.mode, run)? {
            let length = paths.partials[path].length;
            // A path may be longer than the distance of its end, because it may not repeat what a walk repeats. Others
            // of its length, or shorter ones, can then lead over places that have not been visited.
            if length > product.depth() && !product.is_complete() {
                needed = Some(length);
                break;
            }
            let mut row = self.row(&paths.read(path), run)?;
            let meets = match &self.search.condition {
                Some(condition) => holds(condition, &mut row, run)?,
                None => true,
            };
            if !meets {
                continue;
            }
            let chooser = match &mut chooser {
                Some(chooser) => chooser,
                none => none.insert(Chooser::new(&self.search.choice, self.flow.row(), run)?),
            };
            if !chooser.wants(length as f64) {
                break;
            }
            rows.push(row);
            if chooser.is_done() {
                break;
            }
        }
        run.budget.release(paths.bytes);
        if needed.is_none() && !chooser.is_some_and(|chooser| chooser.has_enough()) {
            needed = Some(u64::MAX);
        }
        Ok((rows, needed))
    }

    /// The row with a path found.
    fn row(&self, walked: &[Walked], run: &mut Run) -> Result<Row> {
        let mut row = self.flow.with([]);
        for (part, walked) in self.search.parts.iter().zip(walked) {
            row[part.node] = Value::Node(walked.nodes[walked.nodes.len() - 1]);
            give(part, walked, self.search.reversed, &mut row);
        }
        for (slot, item) in &self.search.items {
            row[*slot] = evaluate(item, &mut row, run)?;
        }
        Ok(row)
    }
}

/// What has been walked of a part, in the order walked.
struct Walked {
    /// One more than relationships.
    nodes: Vec<NodeId>,
    relationships: Vec<RelationshipId>,
}

/// Sets the slots of the relationships of a part.
fn give(part: &SearchPart, walked: &Walked, reversed: bool, row: &mut Row) {
    let list = relationship_list(&walked.relationships, reversed);
    match &part.gives {
        Gives::One(slot) => row[*slot] = walked.relationships.first().map_or(Value::Null, |r| Value::Relationship(*r)),
        Gives::List(slot) => row[*slot] = list,
        Gives::Rounds { list: slot, collected } => {
            row[*slot] = list;
            let (mut nodes, mut relationships) = (walked.nodes.clone(), walked.relationships.clone());
            if reversed {
                nodes.reverse();
                relationships.reverse();
            }
            let rounds = (0..relationships.len()).step_by(part.hops.len());
            for (member, slot) in collected {
                let each = rounds.clone().map(|round| match member {
                    Member::Node(at) => Value::Node(nodes[round + at]),
                    Member::Relationship(at) => Value::Relationship(relationships[round + at]),
                });
                row[*slot] = Value::list(each);
            }
        }
    }
}

/// The paths to one end, from the shortest on.
struct Paths<'a> {
    product: &'a Product<'a>,
    partials: Vec<Partial>,
    /// The least length that going on from a partial path by one of its arrivals comes to, and of those that come to
    /// the same the latest first, for that one is longest already.
    queue: BinaryHeap<(Reverse<u64>, usize, usize)>,
    bytes: usize,
}

/// A path from some place to the end.
struct Partial {
    place: Number,
    /// The partial path that it makes longer, and over what; the first one is the end itself.
    rest: usize,
    over: Option<RelationshipId>,
    length: u64,
}

impl<'a> Paths<'a> {
    fn new(end: Number, product: &'a Product<'a>) -> Paths<'a> {
        let partials = vec![Partial { place: end, rest: 0, over: None, length: 0 }];
        let mut paths = Paths { product, partials, queue: BinaryHeap::new(), bytes: 0 };
        paths.line_up(0, 0);
        paths
    }

    /// Notes a way in which a partial path can go on.
    fn line_up(&mut self, partial: usize, arrival: usize) {
        let Partial { place, length, .. } = self.partials[partial];
        if let Some(Arrival { from, over }) = self.product.arrivals(place).get(arrival) {
            let bound = length + u64::from(over.is_some()) + self.product.distance(*from);
            self.queue.push((Reverse(bound), partial, usize::MAX - arrival));
        }
    }

    /// The next path that keeps to the mode, as a partial path that goes back to the start.
    fn next(&mut self, mode: PathMode, run: &mut Run) -> Result<Option<usize>> {
        while let Some((_, partial, arrival)) = self.queue.pop() {
            run.budget.tick()?;
            let arrival = usize::MAX - arrival;
            self.line_up(partial, arrival + 1);
            let Partial { place, length, .. } = self.partials[partial];
            let Arrival { from, over } = self.product.arrivals(place)[arrival];
            if over.is_some_and(|over| !self.may_follow(mode, partial, over, from)) {
                continue;
            }
            let bytes = size_of::<Partial>() + size_of::<(Reverse<u64>, usize, usize)>();
            run.budget.charge(bytes)?;
            self.bytes += bytes;
            let longer = self.partials.len();
            self.partials.push(Partial {
                place: from,
                rest: partial,
                over,
                length: length + u64::from(over.is_some()),
            });
            if from == START {
                return Ok(Some(longer));
            }
            self.line_up(longer, 0);
        }
        Ok(None)
    }

    /// Whether a partial path may go on over a relationship to a place and keep to the mode.
    fn may_follow(&self, mode: PathMode, partial: usize, over: RelationshipId, to: Number) -> bool {
        let (mut nodes, mut trail) = (Vec::new(), Vec::new());
        let mut at = partial;
        loop {
            let Partial { place, rest, over, .. } = self.partials[at];
            // Where the pattern goes on at the same node, the node counts once.
            if over.is_some() || at == 0 {
                nodes.push(self.product.place(place).node);
            }
            trail.extend(over);
            if at == 0 {
                break;
            }
            at = rest;
        }
        nodes.reverse();
        trail.reverse();
        may_follow(mode, &trail, &nodes, (over, self.product.place(to).node))
    }

    /// A path from the start to the end, part by part.
    fn read(&self, path: usize) -> Vec<Walked> {
        let mut parts: Vec<Walked> = Vec::new();
        let mut at = path;
        while at != 0 {
            let Partial { rest, over, .. } = self.partials[at];
            let node = self.product.place(self.partials[rest].place).node;
            match (over, parts.last_mut()) {
                (Some(over), Some(part)) => {
                    part.relationships.push(over);
                    part.nodes.push(node);
                }
                // The last one begins where the pattern has ended.
                _ => parts.push(Walked { nodes: vec![node], relationships: vec![] }),
            }
            at = rest;
        }
        parts.pop();
        parts
    }
}

impl Cursor for SearchPaths<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            if let Some(row) = self.found.next() {
                return Ok(Some(row));
            }
            if let Some(end) = self.ends.next() {
                self.found = self.choose(end, run)?.into_iter();
                continue;
            }
            run.budget.release(self.product.take().map_or(0, |product| product.bytes()));
            if !self.flow.advance(run)? {
                return Ok(None);
            }
            self.explore(run)?;
        }
    }
}
