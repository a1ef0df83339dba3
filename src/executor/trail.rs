//! Several relationships in a row: every trail of an allowed length, or every node that one reaches.

use super::around::{Around, node_at, relationship_list};
use super::cursor::{BoxedCursor, Cursor, Flow};
use super::visited::Visited;
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
    /// For each node on the trail, where what may follow it begins in `adjacent`, and what is still to be tried.
    pending: Vec<(usize, usize)>,
    adjacent: Vec<Adjacent>,
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
            adjacent: Vec::new(),
        }
    }

    /// The end of the next path, whose relationships are then in `trail`.
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
            let Some((first, next)) = self.pending.last_mut() else { return Ok(None) };
            let Some(adjacent) = self.adjacent.get(*next).copied() else {
                self.adjacent.truncate(*first);
                self.pending.pop();
                self.trail.pop();
                self.nodes.pop();
                continue;
            };
            *next += 1;
            if !may_follow(self.mode, &self.trail, &self.nodes, (adjacent.relationship, adjacent.neighbour)) {
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
        let first = self.adjacent.len();
        if !full {
            self.adjacent.extend_from_slice(self.around.adjacent(node, run)?);
        }
        self.pending.push((first, first));
        Ok(())
    }
}

/// Whether a path may go on over a relationship and keep to its mode.
pub(super) fn may_follow<R: PartialEq, N: PartialEq>(
    mode: PathMode,
    trail: &[R],
    nodes: &[N],
    (relationship, neighbour): (R, N),
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

/// Every node that some path of an allowed length reaches, once: a breadth-first search with visited nodes.
/// Used where nothing but the end nodes matters; the optimizer's rule says when that is the same.
pub(super) struct Reach<'p> {
    flow: Flow<'p>,
    step: &'p Step,
    several: &'p Several,
    visited: Visited,
    found: Vec<NodeId>,
    next: usize,
}

impl<'p> Reach<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, step: &'p Step, several: &'p Several) -> Reach<'p> {
        Reach { flow: Flow::new(input), step, several, visited: Visited::default(), found: Vec::new(), next: 0 }
    }

    fn search(&mut self, run: &mut Run) -> Result<()> {
        self.found.clear();
        self.next = 0;
        let step = self.step;
        let row = self.flow.row();
        let mut around = Around::new(step, self.several, row, run)?;
        let Some(from) = node_at(row, step.from)? else { return Ok(()) };
        let target = if step.to_bound { Some(node_at(row, step.to)?) } else { None };
        self.visited.clear(run.graph().node_bound());
        let bytes = self.visited.bytes();
        run.budget.charge(bytes)?;
        match (step.direction, self.several.mode) {
            (Direction::Both, PathMode::Trail | PathMode::Simple) => self.search_cycle(from, &mut around, run)?,
            _ => self.search_walks(from, &mut around, run)?,
        }
        run.budget.release(bytes);
        if let Some(target) = target {
            self.found.retain(|node| Some(*node) == target);
        }
        Ok(())
    }

    fn is_within(&self, depth: u64) -> bool {
        self.several.length.maximum.is_none_or(|maximum| depth < maximum)
    }

    /// What walks reach: any of them may lead back to the start, but for acyclic paths.
    fn search_walks(&mut self, from: NodeId, around: &mut Around, run: &mut Run) -> Result<()> {
        let (visited, found) = (&mut self.visited, &mut self.found);
        let empty = self.several.length.minimum == 0;
        if empty || self.several.mode == PathMode::Acyclic {
            visited.insert(from, 0);
        }
        if empty {
            found.push(from);
        }
        let follow = around.follow();
        let mut frontier = vec![from];
        let mut depth = 0;
        while !frontier.is_empty() && self.several.length.maximum.is_none_or(|maximum| depth < maximum) {
            depth += 1;
            let first = found.len();
            for node in frontier {
                run.budget.tick()?;
                let mut visit = |end: NodeId| {
                    if visited.insert(end, 0) {
                        found.push(end);
                    }
                };
                match &follow {
                    Some(follow) => {
                        follow.each(run.graph(), node.index() as u32, |end| visit(NodeId::new(end as usize)));
                    }
                    None => around.adjacent(node, run)?.iter().for_each(|adjacent| visit(adjacent.neighbour)),
                }
            }
            frontier = found[first..].to_vec();
        }
        Ok(())
    }

    /// Without directions, going there and back over one relationship is no trail. The start is reached again only
    /// by a cycle: over a relationship that joins what different first relationships have reached.
    fn search_cycle(&mut self, from: NodeId, around: &mut Around, run: &mut Run) -> Result<()> {
        // For each node found: at what depth, over which first relationship, and over which last one.
        let mut reached: Vec<(u64, RelationshipId, RelationshipId)> = Vec::new();
        let mut cycle = u64::MAX;
        let mut frontier = vec![from];
        let mut depth = 0;
        while !frontier.is_empty() && self.is_within(depth) {
            let first = self.found.len();
            for node in frontier {
                run.budget.tick()?;
                let own = if node == from { None } else { self.visited.get(node).map(|at| reached[at as usize]) };
                for adjacent in around.adjacent(node, run)? {
                    let branch = own.map_or(adjacent.relationship, |(_, branch, _)| branch);
                    if adjacent.neighbour == from {
                        // A loop, or a relationship back other than the one that led away.
                        if own.is_none_or(|(_, _, last)| last != adjacent.relationship) {
                            cycle = cycle.min(depth + 1);
                        }
                    } else if self.visited.insert(adjacent.neighbour, reached.len() as u32) {
                        reached.push((depth + 1, branch, adjacent.relationship));
                        self.found.push(adjacent.neighbour);
                    } else if let Some(at) = self.visited.get(adjacent.neighbour) {
                        let (other, from_branch, _) = reached[at as usize];
                        if from_branch != branch {
                            cycle = cycle.min(depth + 1 + other);
                        }
                    }
                }
            }
            depth += 1;
            frontier = self.found[first..].to_vec();
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
