//! Several relationships in a row: every trail of an allowed length, or every node that one reaches.

use super::around::{Around, node_at, relationship_list};
use super::cursor::{BoxedCursor, Cursor, Flow};
use super::{Result, Row, Run};
use crate::graph::{Adjacent, Direction, NodeId, RelationshipId, Value};
use crate::plan::{PathLength, PathMode, Several, Step};

/// Every path of an allowed length that keeps to the mode, depth first.
pub(super) struct ExpandVariable<'p> {
    flow: Flow<'p>,
    step: &'p Step,
    several: &'p Several,
    walk: Option<TrailWalk<'p>>,
    target: Option<Option<NodeId>>,
}

impl<'p> ExpandVariable<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, step: &'p Step, several: &'p Several) -> ExpandVariable<'p> {
        ExpandVariable { flow: Flow::new(input), step, several, walk: None, target: None }
    }

    fn start(&mut self, run: &mut Run) -> Result<Option<TrailWalk<'p>>> {
        let step = self.step;
        let row = self.flow.row();
        let around = Around::new(step, self.several, row, run)?;
        let Some(from) = node_at(row, step.from)? else { return Ok(None) };
        self.target = if step.to_bound { Some(node_at(row, step.to)?) } else { None };
        Ok(Some(TrailWalk::new(from, around, self.several)))
    }
}

impl Cursor for ExpandVariable<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            let Some(walk) = &mut self.walk else {
                if !self.flow.advance(run)? {
                    return Ok(None);
                }
                self.walk = self.start(run)?;
                continue;
            };
            let Some(end) = walk.next(run)? else {
                self.walk = None;
                continue;
            };
            if self.target.is_some_and(|target| target != Some(end)) {
                continue;
            }
            let list = relationship_list(&walk.trail, self.step.reversed);
            let values = [(self.step.to, Value::Node(end)), (self.step.relationship, list)];
            return Ok(Some(self.flow.with(values)));
        }
    }
}

/// A depth-first walk over all paths from a node.
struct TrailWalk<'p> {
    around: Around<'p>,
    length: PathLength,
    mode: PathMode,
    started: bool,
    trail: Vec<RelationshipId>,
    /// One more than there are relationships on the trail.
    nodes: Vec<NodeId>,
    /// For each node on the trail, what is still to be tried from it.
    pending: Vec<std::vec::IntoIter<Adjacent>>,
}

impl<'p> TrailWalk<'p> {
    fn new(start: NodeId, around: Around<'p>, several: &Several) -> TrailWalk<'p> {
        TrailWalk {
            around,
            length: several.length,
            mode: several.mode,
            started: false,
            trail: Vec::new(),
            nodes: vec![start],
            pending: Vec::new(),
        }
    }

    /// The end of the next path, whose relationships then stand in `trail`.
    fn next(&mut self, run: &mut Run) -> Result<Option<NodeId>> {
        if !self.started {
            self.started = true;
            self.descend(run)?;
            if self.length.minimum == 0 {
                return Ok(Some(self.nodes[0]));
            }
        }
        loop {
            run.budget.tick()?;
            let Some(pending) = self.pending.last_mut() else { return Ok(None) };
            let Some(adjacent) = pending.next() else {
                self.pending.pop();
                self.trail.pop();
                self.nodes.pop();
                continue;
            };
            let next = (adjacent.relationship, adjacent.neighbour);
            if !may_follow(self.mode, &self.trail, &self.nodes, next) {
                continue;
            }
            self.trail.push(adjacent.relationship);
            self.nodes.push(adjacent.neighbour);
            self.descend(run)?;
            if self.trail.len() as u64 >= self.length.minimum {
                return Ok(Some(adjacent.neighbour));
            }
        }
    }

    /// Lines up what follows the last node, unless the path is as long as it may be.
    fn descend(&mut self, run: &mut Run) -> Result<()> {
        let full = self.length.maximum.is_some_and(|maximum| self.trail.len() as u64 >= maximum);
        let node = self.nodes[self.nodes.len() - 1];
        let next = if full { Vec::new() } else { self.around.adjacent(node, run)? };
        self.pending.push(next.into_iter());
        Ok(())
    }
}

/// Whether a path may go on over a relationship and keep to its mode.
pub(super) fn may_follow(
    mode: PathMode,
    trail: &[RelationshipId],
    nodes: &[NodeId],
    (relationship, neighbour): (RelationshipId, NodeId),
) -> bool {
    match mode {
        PathMode::Walk => true,
        PathMode::Trail => !trail.contains(&relationship),
        PathMode::Acyclic => !nodes.contains(&neighbour),
        // The start may come again, but only as the end.
        PathMode::Simple => {
            let closed = nodes.len() > 1 && nodes[0] == nodes[nodes.len() - 1];
            !closed && !nodes[1..].contains(&neighbour) && !trail.contains(&relationship)
        }
    }
}

/// Every node that some trail of an allowed length reaches, once: a breadth-first search with visited nodes.
/// Used where nothing but the end nodes is asked for; see the optimizer's rule for when that is the same.
pub(super) struct Reach<'p> {
    flow: Flow<'p>,
    step: &'p Step,
    several: &'p Several,
    found: Vec<NodeId>,
    next: usize,
}

impl<'p> Reach<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, step: &'p Step, several: &'p Several) -> Reach<'p> {
        Reach { flow: Flow::new(input), step, several, found: Vec::new(), next: 0 }
    }

    fn search(&mut self, run: &mut Run) -> Result<()> {
        self.found.clear();
        self.next = 0;
        let step = self.step;
        let row = self.flow.row();
        let mut around = Around::new(step, self.several, row, run)?;
        let Some(from) = node_at(row, step.from)? else { return Ok(()) };
        let target = if step.to_bound { Some(node_at(row, step.to)?) } else { None };
        match step.direction {
            Direction::Both => self.search_undirected(from, &mut around, run)?,
            Direction::Outgoing | Direction::Incoming => self.search_directed(from, &mut around, run)?,
        }
        if let Some(target) = target {
            self.found.retain(|node| Some(*node) == target);
        }
        Ok(())
    }

    fn is_within(&self, depth: u64) -> bool {
        self.several.length.maximum.is_none_or(|maximum| depth < maximum)
    }

    fn search_directed(&mut self, from: NodeId, around: &mut Around, run: &mut Run) -> Result<()> {
        let mut visited = vec![false; run.graph().node_bound()];
        if self.several.length.minimum == 0 {
            visited[from.index()] = true;
            self.found.push(from);
        }
        let mut frontier = vec![from];
        let mut depth = 0;
        while !frontier.is_empty() && self.is_within(depth) {
            depth += 1;
            let mut following = Vec::new();
            for node in frontier {
                for adjacent in around.adjacent(node, run)? {
                    run.budget.tick()?;
                    let seen = &mut visited[adjacent.neighbour.index()];
                    if !*seen {
                        *seen = true;
                        self.found.push(adjacent.neighbour);
                        following.push(adjacent.neighbour);
                    }
                }
            }
            frontier = following;
        }
        Ok(())
    }

    /// Without directions, going there and back over one relationship is no trail. The start is reached again only
    /// by a cycle: over a relationship that joins what different first relationships have reached.
    fn search_undirected(&mut self, from: NodeId, around: &mut Around, run: &mut Run) -> Result<()> {
        let bound = run.graph().node_bound();
        // For each node reached: at what depth, over which first relationship, and over which last one.
        let mut reached: Vec<Option<(u64, RelationshipId, RelationshipId)>> = vec![None; bound];
        let mut cycle = u64::MAX;
        let mut frontier = vec![from];
        let mut depth = 0;
        while !frontier.is_empty() && self.is_within(depth) {
            let mut following = Vec::new();
            for node in frontier {
                let own = if node == from { None } else { reached[node.index()] };
                for adjacent in around.adjacent(node, run)? {
                    run.budget.tick()?;
                    let branch = own.map_or(adjacent.relationship, |(_, branch, _)| branch);
                    if adjacent.neighbour == from {
                        // A loop, or a relationship back other than the one that led away.
                        if own.is_none_or(|(_, _, last)| last != adjacent.relationship) {
                            cycle = cycle.min(depth + 1);
                        }
                        continue;
                    }
                    match reached[adjacent.neighbour.index()] {
                        None => {
                            reached[adjacent.neighbour.index()] = Some((depth + 1, branch, adjacent.relationship));
                            following.push(adjacent.neighbour);
                            self.found.push(adjacent.neighbour);
                        }
                        Some((other, from_branch, _)) if from_branch != branch => {
                            cycle = cycle.min(depth + 1 + other);
                        }
                        Some(_) => {}
                    }
                }
            }
            depth += 1;
            frontier = following;
        }
        let length = self.several.length;
        if length.minimum == 0 || (cycle != u64::MAX && length.maximum.is_none_or(|maximum| cycle <= maximum)) {
            self.found.push(from);
        }
        Ok(())
    }
}

impl Cursor for Reach<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        while self.next >= self.found.len() {
            if !self.flow.advance(run)? {
                return Ok(None);
            }
            self.search(run)?;
        }
        let node = self.found[self.next];
        self.next += 1;
        Ok(Some(self.flow.with([(self.step.to, Value::Node(node))])))
    }
}
