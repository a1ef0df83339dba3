//! Shortest paths between two nodes that are known.

use std::collections::VecDeque;

use super::cursor::{BoxedCursor, Cursor, Flow, property_values};
use super::evaluate::holds;
use super::expand::{Around, node_at, relationship_list, type_ids};
use super::{Result, Row, Run, pattern};
use crate::graph::{NodeId, RelationshipId};
use crate::plan::{PathParts, ShortestKind, ShortestSearch};

/// The shortest path or paths for each input row; no row where there is none.
pub(super) struct ShortestPath<'p> {
    flow: Flow<'p>,
    search: &'p ShortestSearch,
    found: std::vec::IntoIter<Row>,
}

type Trail = Vec<RelationshipId>;

impl<'p> ShortestPath<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, search: &'p ShortestSearch) -> ShortestPath<'p> {
        ShortestPath { flow: Flow::new(input), search, found: Vec::new().into_iter() }
    }

    fn solve(&mut self, run: &mut Run) -> Result<Vec<Row>> {
        let search = self.search;
        let row = self.flow.row();
        let wanted = property_values(&search.properties, row, run)?;
        let (from, to) = (node_at(row, search.step.from)?, node_at(row, search.step.to)?);
        let (Some(from), Some(to)) = (from, to) else { return Ok(vec![]) };
        let around = Around {
            direction: search.step.direction,
            types: type_ids(&search.step, run.graph()),
            wanted,
            taken: vec![],
        };
        let plain =
            search.condition.is_none() && search.length.minimum <= 1 && (from != to || search.length.minimum == 0);
        if plain {
            let trails = by_distance(from, to, &around, search, run)?;
            return Ok(trails.iter().map(|trail| self.row(trail, run)).collect::<Result<Vec<_>>>()?);
        }
        self.by_length(from, to, &around, run)
    }

    /// The row with a trail found.
    fn row(&self, trail: &[RelationshipId], run: &Run) -> Result<Row> {
        let step = &self.search.step;
        let mut row = self.flow.with([(step.relationship, relationship_list(trail, step.reversed))]);
        if let Some(slot) = self.search.path {
            // The pattern's left end is where the drawn path starts.
            let start = if step.reversed { step.to } else { step.from };
            let parts = PathParts { start, relationships: vec![step.relationship] };
            row[slot] = pattern::build_path(&parts, &row, run)?;
        }
        Ok(row)
    }

    /// Trails by growing length until one (and with it all of its length) meets the condition.
    fn by_length(&self, from: NodeId, to: NodeId, around: &Around, run: &mut Run) -> Result<Vec<Row>> {
        let search = self.search;
        let mut queue = VecDeque::from([(from, Trail::new())]);
        let mut found: Vec<Row> = Vec::new();
        let mut shortest = usize::MAX;
        while let Some((node, trail)) = queue.pop_front() {
            run.budget.tick()?;
            if trail.len() > shortest {
                break;
            }
            if node == to && trail.len() as u64 >= search.length.minimum {
                let mut row = self.row(&trail, run)?;
                let meets = match &search.condition {
                    Some(condition) => holds(condition, &mut row, run)?,
                    None => true,
                };
                if meets {
                    found.push(row);
                    if search.kind == ShortestKind::One {
                        break;
                    }
                    shortest = trail.len();
                    continue;
                }
            }
            if search.length.maximum.is_some_and(|maximum| trail.len() as u64 >= maximum) {
                continue;
            }
            for adjacent in around.adjacent(node, run) {
                if !trail.contains(&adjacent.relationship) {
                    let mut longer = trail.clone();
                    longer.push(adjacent.relationship);
                    run.budget.charge(size_of_val(longer.as_slice()))?;
                    queue.push_back((adjacent.neighbour, longer));
                }
            }
            run.budget.release(size_of_val(trail.as_slice()));
        }
        Ok(found)
    }
}

/// Breadth-first with visited nodes: distances first, then the trails that keep to them, in the order of the
/// adjacency lists.
fn by_distance(
    from: NodeId,
    to: NodeId,
    around: &Around,
    search: &ShortestSearch,
    run: &mut Run,
) -> Result<Vec<Trail>> {
    const UNSEEN: u64 = u64::MAX;
    let mut distance = vec![UNSEEN; run.graph().node_bound()];
    distance[from.index()] = 0;
    let mut layers = vec![vec![from]];
    while distance[to.index()] == UNSEEN {
        let depth = layers.len() as u64;
        if search.length.maximum.is_some_and(|maximum| depth > maximum) {
            return Ok(vec![]);
        }
        let mut following = Vec::new();
        for node in &layers[layers.len() - 1] {
            for adjacent in around.adjacent(*node, run) {
                run.budget.tick()?;
                let known = &mut distance[adjacent.neighbour.index()];
                if *known == UNSEEN {
                    *known = depth;
                    following.push(adjacent.neighbour);
                }
            }
        }
        if following.is_empty() {
            return Ok(vec![]);
        }
        layers.push(following);
    }
    // Walk back from the target over falling distances, so that no dead end is entered.
    let back = Around {
        direction: around.direction.reverse(),
        types: around.types.clone(),
        wanted: around.wanted.clone(),
        taken: vec![],
    };
    let mut trails = Vec::new();
    let mut stack = vec![(to, Trail::new())];
    while let Some((node, trail)) = stack.pop() {
        run.budget.tick()?;
        let left = distance[node.index()];
        if left == 0 {
            trails.push(trail.into_iter().rev().collect());
            if search.kind == ShortestKind::One {
                break;
            }
            continue;
        }
        let mut adjacent = back.adjacent(node, run);
        adjacent.reverse();
        for step in adjacent {
            if distance[step.neighbour.index()] == left - 1 {
                let mut longer = trail.clone();
                longer.push(step.relationship);
                stack.push((step.neighbour, longer));
            }
        }
    }
    Ok(trails)
}

impl Cursor for ShortestPath<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            if let Some(row) = self.found.next() {
                return Ok(Some(row));
            }
            if !self.flow.advance(run)? {
                return Ok(None);
            }
            self.found = self.solve(run)?.into_iter();
        }
    }
}
