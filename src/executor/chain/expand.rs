//! From a column of nodes over one relationship each.

use super::super::follow::Follow;
use super::super::neighbours::{Followed, Found};
use super::super::{Result, Run};
use super::ends::Ends;
use super::known::KnownEnd;
use super::{BATCH, Batch, Context, Feed, Ids};
use crate::graph::Direction;
use crate::plan::Slot;

/// A row for each relationship of the node.
#[derive(Clone)]
pub(super) struct Expand {
    pub follow: Follow,
    /// The same, where the relationships themselves matter.
    pub followed: Followed,
    pub from: Slot,
    pub to: Slot,
    /// Whether the end is known: then rows are kept where it is met.
    pub to_bound: bool,
    /// What tells quickly which rows meet a known end.
    pub known: KnownEnd,
    /// Where the relationship goes, if it is read.
    pub relationship: Option<Slot>,
    /// Relationships that may not come again.
    pub distinct_from: Vec<Slot>,
    /// Instead of them, their ends.
    pub taken: Vec<Taken>,
    pub ends: Ends,
    /// What is read after it.
    pub wanted: Vec<Slot>,
    pub state: Pending,
}

/// The ends of a relationship that may not come again.
#[derive(Clone)]
pub(super) struct Taken {
    pub start: Slot,
    pub end: Slot,
}

/// Where an expansion stands between two batches.
#[derive(Clone, Default)]
pub(super) struct Pending {
    batch: Option<Batch>,
    row: usize,
    place: usize,
    found: Found,
    /// The neighbours of a node, where they are not those of a list in the store.
    own: Vec<u32>,
    /// The other ends of relationships of the node that are taken.
    taken: Vec<u32>,
}

/// What a batch is made of: places in the batch before, and what is new.
#[derive(Default)]
struct Made {
    places: Vec<u32>,
    ends: Vec<u32>,
    relationships: Vec<u32>,
}

impl Expand {
    pub(super) fn next(&mut self, feed: &mut Feed) -> Result<Option<Batch>> {
        loop {
            let Some(batch) = feed.rest_or_next(&mut self.state.batch)? else { return Ok(None) };
            let made = self.some(&batch, feed.context, feed.run)?;
            let out = self.batch(&batch, made);
            if self.state.row < batch.len {
                self.state.batch = Some(batch);
            } else {
                self.state.row = 0;
            }
            if out.len > 0 {
                return Ok(Some(out));
            }
        }
    }

    /// Follows relationships until a batch is full, or the batch before is used up.
    fn some(&mut self, batch: &Batch, context: &Context, run: &Run) -> Result<Made> {
        let mut made = Made::default();
        let from = batch.ids(self.from);
        let targets = self.to_bound.then(|| batch.ids(self.to));
        let plain = self.relationship.is_none() && self.distinct_from.is_empty();
        let lists = if plain { self.follow.lists(context.graph, batch.len - self.state.row) } else { None };
        let is_list = plain && self.follow.is_one();
        let neighbours = (!is_list).then(|| self.followed.lists(batch.len - self.state.row, context.graph));
        let state = &mut self.state;
        let mut own = std::mem::take(&mut state.own);
        while state.row < batch.len && made.ends.len() < BATCH {
            run.budget.tick()?;
            let (at, node) = (state.row, from[state.row]);
            let target = targets.map(|targets| targets[at]);
            if let Some(targets) = targets
                && state.place == 0
                && !self.known.may_meet(node, &targets[at..], context.graph)
            {
                state.row += 1;
                continue;
            }
            let listed = match lists {
                _ if !plain => None,
                Some(lists) => Some(lists.of(node as usize)),
                None => self.follow.listed(context.graph, node),
            };
            if state.place == 0 && !self.taken.is_empty() {
                state.taken.clear();
                let ends = self.taken.iter().map(|taken| (batch.ids(taken.start)[at], batch.ids(taken.end)[at]));
                state.taken.extend(ends.filter_map(|ends| other_end(self.follow.direction, node, ends)));
            }
            let is_own = is_list && (listed.is_none() || !state.taken.is_empty() && target.is_none());
            if is_own && state.place == 0 {
                own.clear();
                match listed {
                    Some(neighbours) => own.extend_from_slice(neighbours),
                    None => self.follow.add_changed(context.graph, node, &mut own),
                }
                if target.is_none() {
                    leave_out(&mut own, &state.taken);
                }
            }
            let listed = if is_own { Some(&own[..]) } else { listed };
            let ended = match listed {
                Some(neighbours) => {
                    let neighbours = match target {
                        Some(target) => {
                            let between = equal_range(neighbours, target);
                            let taken = state.taken.iter().filter(|end| **end == target).count();
                            &between[taken.min(between.len())..]
                        }
                        None => neighbours,
                    };
                    let some = &neighbours[state.place..neighbours.len().min(state.place + BATCH)];
                    made.add(at, some, &mut self.ends, context);
                    state.place += some.len();
                    state.place == neighbours.len()
                }
                None => {
                    if state.place == 0 {
                        state.found.clear();
                        match (&neighbours, target) {
                            (None, _) => {}
                            (Some(lists), Some(target)) => lists.add_between(node, target, &mut state.found),
                            (Some(lists), None) => lists.add(node, !plain, &mut state.found),
                        }
                        state.found.leave_out_ends(&state.taken);
                    }
                    let end = state.found.len().min(state.place + BATCH);
                    for place in state.place..end {
                        let (end, relationship) = (state.found.neighbours[place], state.found.relationships[place]);
                        let again = |slot: &Slot| batch.ids(*slot)[at] == relationship;
                        if !self.distinct_from.iter().any(again) && self.ends.pass(context, end) {
                            made.places.push(at as u32);
                            made.ends.push(end);
                            made.relationships.push(relationship);
                        }
                    }
                    state.place = end;
                    end == state.found.len()
                }
            };
            if ended {
                state.row += 1;
                state.place = 0;
            }
        }
        state.own = own;
        Ok(made)
    }

    fn batch(&self, before: &Batch, made: Made) -> Batch {
        let mut batch = before.pick(&made.places, &self.wanted);
        if !self.to_bound && self.wanted.contains(&self.to) {
            batch.columns.push(Ids { slot: self.to, relationship: false, ids: made.ends });
        }
        if let Some(slot) = self.relationship {
            batch.columns.push(Ids { slot, relationship: true, ids: made.relationships });
        }
        batch
    }
}

impl Made {
    fn add(&mut self, at: usize, nodes: &[u32], ends: &mut Ends, context: &Context) {
        let before = self.ends.len();
        match ends.tests.is_empty() {
            true => self.ends.extend_from_slice(nodes),
            false => self.ends.extend(nodes.iter().copied().filter(|node| ends.pass(context, *node))),
        }
        self.places.resize(self.places.len() + self.ends.len() - before, at as u32);
    }
}

/// Drops the zeros; gives the places of the others. Which they are cannot be guessed: nothing branches on it.
fn keep_positive(numbers: &mut Vec<u64>) -> Vec<u32> {
    let mut places = vec![0; numbers.len()];
    let mut kept = 0;
    for at in 0..numbers.len() {
        let number = numbers[at];
        (places[kept], numbers[kept]) = (at as u32, number);
        kept += usize::from(number > 0);
    }
    places.truncate(kept);
    numbers.truncate(kept);
    places
}

/// The other end of a relationship, if it can be followed from the node in the direction.
fn other_end(direction: Direction, node: u32, (start, end): (u32, u32)) -> Option<u32> {
    match direction {
        Direction::Outgoing | Direction::Both if start == node => Some(end),
        Direction::Incoming | Direction::Both if end == node => Some(start),
        _ => None,
    }
}

/// Takes each of the values out of a sorted list once.
fn leave_out(sorted: &mut Vec<u32>, values: &[u32]) {
    for value in values {
        if let Ok(at) = sorted.binary_search(value) {
            sorted.remove(at);
        }
    }
}

/// The part of a sorted list that equals a value.
fn equal_range(sorted: &[u32], value: u32) -> &[u32] {
    let start = sorted.partition_point(|other| *other < value);
    let length = sorted[start..].iter().take_while(|other| **other == value).count();
    &sorted[start..start + length]
}

/// Relationships whose other end nobody reads: a row is not made for each, but stands for as many.
#[derive(Clone)]
pub(super) struct Count {
    pub follow: Follow,
    pub from: Slot,
    pub ends: Ends,
    pub wanted: Vec<Slot>,
}

impl Count {
    pub(super) fn next(&mut self, feed: &mut Feed) -> Result<Option<Batch>> {
        while let Some(batch) = feed.next()? {
            feed.run.budget.tick()?;
            let mut weights = self.counts(&batch, feed.context, feed.run)?;
            if let Some(before) = &batch.weight {
                weights.iter_mut().zip(before).for_each(|(count, weight)| *count = count.saturating_mul(*weight));
            }
            let mut batch = match weights.contains(&0) {
                true => batch.pick(&keep_positive(&mut weights), &self.wanted),
                false => batch.keep(&self.wanted),
            };
            if batch.len > 0 {
                batch.weight = Some(weights);
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }

    /// How many relationships are followed from each node of the batch.
    fn counts(&mut self, batch: &Batch, context: &Context, run: &Run) -> Result<Vec<u64>> {
        let nodes = batch.ids(self.from);
        let lists = self.follow.lists(context.graph, nodes.len());
        if let Some(lists) = lists
            && self.ends.tests.is_empty()
        {
            return Ok(lists.degrees(nodes));
        }
        let mut counts = Vec::with_capacity(nodes.len());
        for node in nodes {
            run.budget.tick()?;
            counts.push(match lists {
                Some(lists) => self.ends.count(context, lists.of(*node as usize)),
                None => self.count(*node, context),
            });
        }
        Ok(counts)
    }

    fn count(&mut self, node: u32, context: &Context) -> u64 {
        if let Some(neighbours) = self.follow.listed(context.graph, node) {
            return self.ends.count(context, neighbours);
        }
        if self.ends.tests.is_empty() {
            return self.follow.degree(context.graph, node);
        }
        let mut count = 0;
        let ends = &mut self.ends;
        self.follow.each(context.graph, node, |end| count += u64::from(ends.pass(context, end)));
        count
    }
}
