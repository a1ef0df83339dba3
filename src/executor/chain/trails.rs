//! From each node along every path of several relationships, depth first: a row for each path, which holds its end.

use super::super::neighbours::{Followed, Found, Neighbours};
use super::super::trail::may_follow;
use super::super::{Result, Run};
use super::ends::Ends;
use super::{BATCH, Batch, Context, Feed, Ids};
use crate::plan::{PathLength, PathMode, Slot};

/// Steps of the walk in a batch, unless nothing has been found by then.
const STEPS: usize = 4 * BATCH;

#[derive(Clone)]
pub(super) struct Trails {
    pub followed: Followed,
    pub mode: PathMode,
    pub length: PathLength,
    pub from: Slot,
    pub to: Slot,
    pub to_bound: bool,
    pub ends: Ends,
    pub wanted: Vec<Slot>,
    pub state: Walk,
}

/// Where the walk stands between two batches.
#[derive(Clone, Default)]
pub(super) struct Walk {
    batch: Option<Batch>,
    row: usize,
    trail: Vec<u32>,
    /// Those of the path: one more than there are relationships; none before a row has begun.
    nodes: Vec<u32>,
    /// For each node of the path: where in `found` what leads on from it begins, and what of it comes next.
    pending: Vec<(usize, usize)>,
    found: Found,
}

impl Walk {
    /// Begins at a node.
    fn begin(&mut self, node: u32, length: PathLength, lists: &Neighbours) {
        self.nodes.push(node);
        self.line_up(length, lists);
    }

    /// Lines up what leads on from the end of the path, unless that is as long as it may be.
    fn line_up(&mut self, length: PathLength, lists: &Neighbours) {
        let first = self.found.len();
        let is_full = length.maximum.is_some_and(|maximum| self.trail.len() as u64 >= maximum);
        if let Some(node) = self.nodes.last().filter(|_| !is_full) {
            lists.add(*node, true, &mut self.found);
        }
        self.pending.push((first, first));
    }

    /// Goes on to the next path, of any length; `None` after the last one from this row.
    fn advance(&mut self, mode: PathMode, length: PathLength, lists: &Neighbours) -> Option<u32> {
        while let Some((first, next)) = self.pending.last_mut() {
            if *next == self.found.len() {
                self.found.truncate(*first);
                self.pending.pop();
                self.trail.pop();
                self.nodes.pop();
                continue;
            }
            let (relationship, neighbour) = (self.found.relationships[*next], self.found.neighbours[*next]);
            *next += 1;
            if may_follow(mode, &self.trail, &self.nodes, (relationship, neighbour)) {
                self.trail.push(relationship);
                self.nodes.push(neighbour);
                self.line_up(length, lists);
                return Some(neighbour);
            }
        }
        None
    }
}

impl Trails {
    pub(super) fn next(&mut self, feed: &mut Feed) -> Result<Option<Batch>> {
        loop {
            let Some(batch) = feed.rest_or_next(&mut self.state.batch)? else { return Ok(None) };
            let (places, ends) = self.some(&batch, feed.context, feed.run)?;
            let mut out = batch.pick(&places, &self.wanted);
            if !self.to_bound && self.wanted.contains(&self.to) {
                out.columns.push(Ids { slot: self.to, relationship: false, ids: ends });
            }
            match self.state.row < batch.len {
                true => self.state.batch = Some(batch),
                false => self.state.row = 0,
            }
            if out.len > 0 {
                return Ok(Some(out));
            }
        }
    }

    /// Walks on until there are enough paths, or the rows are used up: the row and the end of each path.
    fn some(&mut self, batch: &Batch, context: &Context, run: &Run) -> Result<(Vec<u32>, Vec<u32>)> {
        let (mut places, mut ends) = (Vec::new(), Vec::new());
        let lists = self.followed.lists(batch.len - self.state.row, context.graph);
        let (from, target) = (batch.ids(self.from), self.to_bound.then(|| batch.ids(self.to)));
        let mut steps = 0;
        // Paths may be rare, and the next one far away: what has been found is given in between.
        while self.state.row < batch.len && ends.len() < BATCH && (ends.is_empty() || steps < STEPS) {
            run.budget.tick()?;
            steps += 1;
            let row = self.state.row;
            let end = match self.state.nodes.is_empty() {
                true => {
                    self.state.begin(from[row], self.length, &lists);
                    Some(from[row])
                }
                false => self.state.advance(self.mode, self.length, &lists),
            };
            let Some(end) = end else {
                self.state.row += 1;
                continue;
            };
            let is_long = self.state.trail.len() as u64 >= self.length.minimum;
            if is_long && target.is_none_or(|target| target[row] == end) && self.ends.pass(context, end) {
                places.push(row as u32);
                ends.push(end);
            }
        }
        Ok((places, ends))
    }
}
