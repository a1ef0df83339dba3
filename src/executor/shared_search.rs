//! [`Shared`]: one breadth-first search for consecutive rows between whose ends shortest paths are sought.
//!
//! Rows often come with one start and many ends, or the other way round. The first row is searched from both ends
//! ([`super::meet`]), which visits the fewest nodes. From the second row with the same start (or end) on, one search
//! from there is kept, and goes on only as far as the next row needs it.

use super::around::Around;
use super::follow::Follow;
use super::meet::{self, Distances};
use super::shortest::trails_back;
use super::{Result, Row, Run};
use crate::graph::{NodeId, RelationshipId};
use crate::plan::{Expr, ShortestSearch, Slot};

/// Whether the search is the same for every row but for its ends: it evaluates nothing that reads the row.
pub(super) fn is_shareable(search: &ShortestSearch) -> bool {
    let several = &search.several;
    let own: Vec<Slot> = several.each.iter().flat_map(|each| [each.relationship, each.left, each.right]).collect();
    let fixed = |expr: &&Expr| {
        let mut fixed = expr.is_simple();
        expr.each_slot(&mut |slot| fixed &= own.contains(&slot));
        fixed
    };
    search.step.distinct_from.is_empty() && several.expressions().iter().all(fixed)
}

#[derive(Default)]
pub(super) struct Shared<'p> {
    /// The version of the graph, what is followed from the start and what back from the end.
    around: Option<(u64, Around<'p>, Around<'p>)>,
    /// The ends of the row before.
    before: Option<(NodeId, NodeId)>,
    kept: Option<Kept>,
}

impl<'p> Shared<'p> {
    /// The trails of the shortest paths between two nodes, in the order of the adjacency lists from the end back.
    pub(super) fn trails(
        &mut self,
        search: &'p ShortestSearch,
        (from, to): (NodeId, NodeId),
        row: &mut Row,
        run: &mut Run,
    ) -> Result<Vec<Vec<RelationshipId>>> {
        let version = run.graph().version();
        if self.around.as_ref().is_some_and(|(of, ..)| *of != version) {
            self.forget(run);
        }
        let (ahead, back) = match &mut self.around {
            Some((_, ahead, back)) => (ahead, back),
            none => {
                let ahead = Around::new(&search.step, &search.several, row, run)?;
                let back = ahead.turned();
                let (_, ahead, back) = none.insert((version, ahead, back));
                (ahead, back)
            }
        };
        let follow = ahead.follow();
        let (same_start, same_end) = self.before.map_or((false, false), |(a, b)| (a == from, b == to));
        self.before = Some((from, to));
        let fits = self.kept.as_ref().is_some_and(|kept| kept.start == if kept.from_end { to } else { from });
        if !fits {
            run.budget.release(self.kept.take().map_or(0, |kept| kept.bytes));
            // From the end, a search looks at other relationships, which must make no difference.
            let from_end = same_end && !same_start && follow.is_some();
            if same_start || from_end || follow.is_none() {
                self.kept = Some(Kept::new(if from_end { to } else { from }, from_end, run)?);
            }
        }
        let maximum = search.several.length.maximum;
        let Some(kept) = &mut self.kept else {
            let Some(follow) = follow else { return Ok(vec![]) };
            let found = meet::between(run.graph(), &follow, (from, to), maximum, run.budget)?;
            let Some(distances) = found else { return Ok(vec![]) };
            return trails_back(to, &distances, back, &search.choice, run);
        };
        let (target, around) = if kept.from_end { (from, &mut *back) } else { (to, ahead) };
        let Some(distance) = kept.distance(target, maximum, around, run)? else { return Ok(vec![]) };
        let (Some(follow), true) = (follow, kept.from_end) else {
            return trails_back(to, &kept.distances, back, &search.choice, run);
        };
        let turned = kept.turned.get_or_insert_with(|| Distances::none(run.graph().node_bound()));
        turned.reach(from, 0);
        let first = vec![from.index() as u32];
        let reached =
            meet::fall(run.graph(), &follow, first, (0, distance), (&kept.distances, &mut *turned), run.budget)?;
        let trails = trails_back(to, turned, back, &search.choice, run)?;
        turned.forget(reached.into_iter().chain([from.index() as u32]));
        Ok(trails)
    }

    /// The graph has changed.
    fn forget(&mut self, run: &Run) {
        run.budget.release(self.kept.take().map_or(0, |kept| kept.bytes));
        (self.around, self.before) = (None, None);
    }
}

/// A search from a node that has come some way.
struct Kept {
    start: NodeId,
    /// Whether it goes back from the end of the paths.
    from_end: bool,
    follow: Option<Follow>,
    distances: Distances,
    /// The nodes at the greatest distance.
    layer: Vec<NodeId>,
    depth: u64,
    /// Distances the other way, of the nodes on the paths of one row.
    turned: Option<Distances>,
    bytes: usize,
}

impl Kept {
    fn new(start: NodeId, from_end: bool, run: &Run) -> Result<Kept> {
        let nodes = run.graph().node_bound();
        let bytes = 2 * nodes * size_of::<u32>();
        run.budget.charge(bytes)?;
        let mut distances = Distances::none(nodes);
        distances.reach(start, 0);
        Ok(Kept { start, from_end, follow: None, distances, layer: vec![start], depth: 0, turned: None, bytes })
    }

    /// How far a node is, if it is not too far.
    fn distance(
        &mut self,
        target: NodeId,
        maximum: Option<u64>,
        around: &mut Around,
        run: &mut Run,
    ) -> Result<Option<u64>> {
        if self.follow.is_none() {
            self.follow = around.follow();
        }
        while self.distances.get(target).is_none()
            && !self.layer.is_empty()
            && maximum.is_none_or(|maximum| self.depth < maximum)
        {
            self.grow(around, run)?;
        }
        Ok(self.distances.get(target))
    }

    fn grow(&mut self, around: &mut Around, run: &mut Run) -> Result<()> {
        self.depth += 1;
        let mut next = Vec::new();
        for node in std::mem::take(&mut self.layer) {
            run.budget.tick()?;
            let mut visit = |end: NodeId| {
                if self.distances.reach(end, self.depth) {
                    next.push(end);
                }
            };
            match &self.follow {
                Some(follow) => {
                    follow.each(run.graph(), node.index() as u32, |end| visit(NodeId::new(end as usize)));
                }
                None => around.adjacent(node, run)?.iter().for_each(|adjacent| visit(adjacent.neighbour)),
            }
        }
        self.layer = next;
        Ok(())
    }
}
