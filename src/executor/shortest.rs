//! Shortest paths.
//!
//! For a shortest path (or all of them) without conditions on the whole path, a breadth-first search visits each node
//! once; consecutive rows with the same start or the same end share it. Otherwise paths are enumerated in order of
//! cost, guided by each node's exact distance to the target (A* with a perfect lower bound: Hart, Nilsson, Raphael
//! 1968), so that no path is extended that cannot reach the target.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::around::{Around, node_at, relationship_list};
use super::cursor::{BoxedCursor, Cursor, Flow};
use super::evaluate::{evaluate, holds};
use super::meet::{self, Distances};
use super::shared_search::{Shared, is_shareable};
use super::trail::may_follow;
use super::{Result, Row, Run};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::functions::{invalid_type, invalid_value};
use crate::graph::{NodeId, RelationshipId, Value};
use crate::plan::{Choice, ChoiceKind, PathMode, ShortestSearch};

/// The chosen paths for each input row; no row where there is none.
pub(super) struct ShortestPath<'p> {
    flow: Flow<'p>,
    search: &'p ShortestSearch,
    shared: Option<Shared<'p>>,
    found: std::vec::IntoIter<Row>,
}

type Trail = Vec<RelationshipId>;

impl<'p> ShortestPath<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, search: &'p ShortestSearch) -> ShortestPath<'p> {
        let shared = is_shareable(search).then(Shared::default);
        ShortestPath { flow: Flow::new(input), search, shared, found: Vec::new().into_iter() }
    }

    fn solve(&mut self, run: &mut Run) -> Result<Vec<Row>> {
        let search = self.search;
        let row = self.flow.row();
        let Some(from) = node_at(row, search.step.from)? else { return Ok(vec![]) };
        let to = match search.step.to_bound {
            true => match node_at(row, search.step.to)? {
                Some(to) => Some(to),
                None => return Ok(vec![]),
            },
            false => None,
        };
        let several = &search.several;
        // Back to the start, the breadth-first search knows only the path without relationships.
        let cycle = to == Some(from) && several.length.minimum > 0;
        if cycle && several.mode == PathMode::Acyclic {
            return Ok(vec![]);
        }
        if search.condition.is_none() && search.choice.is_plain(several) && !cycle {
            return match (to, self.shared.take()) {
                (Some(to), Some(mut shared)) => {
                    let trails = shared.trails(search, (from, to), row, run);
                    self.shared = Some(shared);
                    trails?.iter().map(|trail| self.row(trail, to, run)).collect()
                }
                (to, shared) => {
                    self.shared = shared;
                    let around = Around::new(&search.step, several, self.flow.row(), run)?;
                    self.by_distance(from, to, around, run)
                }
            };
        }
        let around = Around::new(&search.step, several, row, run)?;
        match to {
            Some(to) => self.by_cost(from, to, around, run),
            None => Err(Diagnostic::runtime(Kind::InternalError, Detail::Defect, "a search for paths has no target")),
        }
    }

    /// The row with a trail found.
    fn row(&self, trail: &[RelationshipId], end: NodeId, run: &mut Run) -> Result<Row> {
        let step = &self.search.step;
        let list = relationship_list(trail, step.reversed);
        let mut row = self.flow.with([(step.relationship, list), (step.to, Value::Node(end))]);
        for (slot, item) in &self.search.items {
            row[*slot] = evaluate(item, &mut row, run)?;
        }
        Ok(row)
    }

    /// Breadth-first with visited nodes: distances first, then the trails that keep to them, in the order of the
    /// adjacency lists. Without a target, for every node reached.
    fn by_distance(&mut self, from: NodeId, to: Option<NodeId>, mut around: Around, run: &mut Run) -> Result<Vec<Row>> {
        let length = self.search.several.length;
        let (distances, ends) = match (to, around.follow()) {
            (Some(to), Some(follow)) => {
                let found = meet::between(run.graph(), &follow, (from, to), length.maximum, run.budget)?;
                let Some(distances) = found else { return Ok(vec![]) };
                (distances, vec![to])
            }
            (to, _) => self.search_one_way(from, to, &mut around, run)?,
        };
        let mut back = around.turned();
        let mut rows = Vec::new();
        for end in ends {
            if end == from && length.minimum > 0 {
                if self.search.several.mode == PathMode::Acyclic {
                    continue;
                }
                // A path back to the start is a cycle, which distances do not show.
                let around = Around::new(&self.search.step, &self.search.several, self.flow.row(), run)?;
                rows.extend(self.by_cost(from, from, around, run)?);
                continue;
            }
            for trail in trails_back(end, &distances, &mut back, &self.search.choice, run)? {
                rows.push(self.row(&trail, end, run)?);
            }
        }
        Ok(rows)
    }

    /// The distances of the nodes reached, until the target is, and which nodes are wanted as ends.
    fn search_one_way(
        &self,
        from: NodeId,
        to: Option<NodeId>,
        around: &mut Around,
        run: &mut Run,
    ) -> Result<(Distances, Vec<NodeId>)> {
        let length = self.search.several.length;
        let mut distances = Distances::none(run.graph().node_bound());
        distances.reach(from, 0);
        let mut reached = vec![from];
        let mut layer = vec![from];
        let mut depth = 0;
        while !layer.is_empty() && to.is_none_or(|to| distances.get(to).is_none()) {
            depth += 1;
            if length.maximum.is_some_and(|maximum| depth > maximum) {
                break;
            }
            let mut following = Vec::new();
            for node in layer {
                for adjacent in around.adjacent(node, run)? {
                    run.budget.tick()?;
                    if distances.reach(adjacent.neighbour, depth) {
                        following.push(adjacent.neighbour);
                    }
                }
            }
            reached.extend(&following);
            layer = following;
        }
        let ends = match to {
            Some(to) => distances.get(to).map(|_| to).into_iter().collect(),
            None => reached,
        };
        Ok((distances, ends))
    }

    /// Paths from the cheapest on, until the choice is made.
    fn by_cost(&mut self, from: NodeId, to: NodeId, mut around: Around, run: &mut Run) -> Result<Vec<Row>> {
        let search = self.search;
        let (length, mode, key) = (search.several.length, search.several.mode, search.choice.cost.as_deref());
        let left = distances_to(to, around.turned(), key, run)?;
        let mut chooser = Chooser::new(&search.choice, self.flow.row(), run)?;
        let mut queue = BinaryHeap::new();
        let mut number = 0u64;
        if left[from.index()].is_finite() {
            queue.push(Reverse(Partial {
                bound: left[from.index()],
                number,
                cost: 0.0,
                nodes: vec![from],
                trail: vec![],
            }));
        }
        let mut rows = Vec::new();
        while let Some(Reverse(partial)) = queue.pop() {
            run.budget.tick()?;
            let node = partial.nodes[partial.nodes.len() - 1];
            if node == to && partial.trail.len() as u64 >= length.minimum {
                let mut row = self.row(&partial.trail, to, run)?;
                let meets = match &search.condition {
                    Some(condition) => holds(condition, &mut row, run)?,
                    None => true,
                };
                if meets {
                    if !chooser.wants(partial.cost) {
                        break;
                    }
                    rows.push(row);
                    if chooser.is_done() {
                        break;
                    }
                }
            }
            if length.maximum.is_some_and(|maximum| partial.trail.len() as u64 >= maximum) {
                continue;
            }
            for adjacent in around.adjacent(node, run)? {
                run.budget.tick()?;
                let remaining = left[adjacent.neighbour.index()];
                let next = (adjacent.relationship, adjacent.neighbour);
                if !remaining.is_finite() || !may_follow(mode, &partial.trail, &partial.nodes, next) {
                    continue;
                }
                number += 1;
                let mut longer = partial.clone();
                longer.cost += cost_of(adjacent.relationship, key, run)?;
                longer.trail.push(adjacent.relationship);
                longer.nodes.push(adjacent.neighbour);
                longer.bound = longer.cost + remaining;
                longer.number = number;
                run.budget.charge(longer.bytes())?;
                queue.push(Reverse(longer));
            }
            run.budget.release(partial.bytes());
        }
        Ok(rows)
    }
}

/// The trails over falling distances from an end back to the start, so that no dead end is entered.
pub(super) fn trails_back(
    end: NodeId,
    distances: &Distances,
    back: &mut Around,
    choice: &Choice,
    run: &mut Run,
) -> Result<Vec<Trail>> {
    let mut trails = Vec::new();
    let mut stack = vec![(end, Trail::new())];
    while let Some((node, trail)) = stack.pop() {
        run.budget.tick()?;
        let Some(left) = distances.get(node) else { continue };
        if left == 0 {
            run.budget.charge(size_of_val(trail.as_slice()))?;
            trails.push(trail.into_iter().rev().collect());
            if matches!(choice.kind, ChoiceKind::First(_)) {
                break;
            }
            continue;
        }
        for step in back.adjacent(node, run)?.iter().rev() {
            if distances.get(step.neighbour) == Some(left - 1) {
                let mut longer = trail.clone();
                longer.push(step.relationship);
                stack.push((step.neighbour, longer));
            }
        }
    }
    Ok(trails)
}

/// A path on its way to the target.
#[derive(Clone)]
struct Partial {
    /// The least that any path over this one costs.
    bound: f64,
    /// Ties are broken in the order of finding.
    number: u64,
    cost: f64,
    nodes: Vec<NodeId>,
    trail: Trail,
}

impl Partial {
    fn bytes(&self) -> usize {
        size_of::<Partial>() + size_of_val(self.nodes.as_slice()) + size_of_val(self.trail.as_slice())
    }
}

impl Ord for Partial {
    fn cmp(&self, other: &Partial) -> std::cmp::Ordering {
        self.bound.total_cmp(&other.bound).then(self.number.cmp(&other.number))
    }
}

impl PartialOrd for Partial {
    fn partial_cmp(&self, other: &Partial) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Partial {
    fn eq(&self, other: &Partial) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Partial {}

/// The least cost from every node to the target (Dijkstra 1959, from the target backwards).
fn distances_to(to: NodeId, mut back: Around, key: Option<&str>, run: &mut Run) -> Result<Vec<f64>> {
    let mut distance = vec![f64::INFINITY; run.graph().node_bound()];
    distance[to.index()] = 0.0;
    let mut queue = BinaryHeap::from([Reverse((OrderedCost(0.0), to))]);
    while let Some(Reverse((OrderedCost(cost), node))) = queue.pop() {
        run.budget.tick()?;
        if cost > distance[node.index()] {
            continue;
        }
        for adjacent in back.adjacent(node, run)? {
            let through = cost + cost_of(adjacent.relationship, key, run)?;
            if through < distance[adjacent.neighbour.index()] {
                distance[adjacent.neighbour.index()] = through;
                queue.push(Reverse((OrderedCost(through), adjacent.neighbour)));
            }
        }
    }
    Ok(distance)
}

/// A cost that is never NaN.
#[derive(Clone, Copy, PartialEq)]
struct OrderedCost(f64);

impl Eq for OrderedCost {}

impl Ord for OrderedCost {
    fn cmp(&self, other: &OrderedCost) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for OrderedCost {
    fn partial_cmp(&self, other: &OrderedCost) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// What a relationship costs: 1, or its property.
pub(super) fn cost_of(relationship: RelationshipId, key: Option<&str>, run: &Run) -> Result<f64> {
    let Some(key) = key else { return Ok(1.0) };
    match run.graph().property_by_name(relationship, key).as_float() {
        Some(cost) if cost >= 0.0 && cost.is_finite() => Ok(cost),
        Some(cost) => Err(invalid_value(format!("a relationship's `{key}` is {cost}, which is no cost"))
            .help("costs are finite and not negative")),
        None => Err(invalid_type(format!("a relationship has no number as its `{key}`"))
            .help(format!("give every relationship of the pattern a `{key}`, or ask for WHERE r.{key} IS NOT NULL"))),
    }
}

/// Takes paths in the order of their costs until there are enough.
pub(super) struct Chooser<'c> {
    kind: &'c ChoiceKind,
    count: u64,
    taken: u64,
    groups: u64,
    last: f64,
}

impl<'c> Chooser<'c> {
    pub(super) fn new(choice: &'c Choice, row: &mut Row, run: &mut Run) -> Result<Chooser<'c>> {
        let count = match choice.count() {
            None => 1,
            Some(count) => match evaluate(count, row, run)? {
                Value::Integer(number) if number > 0 => number as u64,
                other => {
                    let message = format!("so many paths cannot be chosen: {}", super::evaluate::describe(&other));
                    return Err(invalid_value(message).at(count.span).help("give an integer from 1 on"));
                }
            },
        };
        Ok(Chooser { kind: &choice.kind, count, taken: 0, groups: 0, last: f64::NAN })
    }

    /// Whether a path of this cost, which is no less than those before, is taken.
    pub(super) fn wants(&mut self, cost: f64) -> bool {
        if cost != self.last {
            self.groups += 1;
            self.last = cost;
        }
        let wants = match self.kind {
            ChoiceKind::First(_) => self.taken < self.count,
            ChoiceKind::AllShortest => self.groups <= 1,
            ChoiceKind::Groups(_) => self.groups <= self.count,
        };
        self.taken += u64::from(wants);
        wants
    }

    /// Whether no path will be taken that costs more than the last one.
    pub(super) fn has_enough(&self) -> bool {
        match self.kind {
            ChoiceKind::First(_) => self.is_done(),
            ChoiceKind::AllShortest => self.groups >= 1,
            ChoiceKind::Groups(_) => self.groups >= self.count,
        }
    }

    /// Whether no further path will be taken, whatever it costs.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.kind, ChoiceKind::First(_)) && self.taken >= self.count
    }
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
