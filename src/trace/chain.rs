//! The shortest chains between terms: `WHY`.

use std::collections::{BTreeSet, HashMap};

use super::Ways;
use super::met::Met;
use crate::diagnostic::Diagnostic;
use crate::graph::{Direction, Effect, GraphView, Hop, NodeId, TypeId};
use crate::limits::Budget;

/// What came of looking for chains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    Found {
        /// Those asked for, each from start to goal.
        chains: Vec<Vec<Hop>>,
        /// How many shortest chains there are; at most `u64::MAX`.
        count: u64,
    },
    Missing(Fringe),
}

/// How far a search came that met no goal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fringe {
    /// The nodes that were reached, starts not counted, by id.
    pub reached: Vec<NodeId>,
    /// The types followed on the way.
    pub over: BTreeSet<TypeId>,
}

/// The shortest chains from a start to a goal: the best one, or all. Of two equally short chains the one with fewer
/// hops that merely degrade is better; then the one that reads first.
pub fn shortest_chains(
    ways: &Ways,
    starts: &[NodeId],
    goals: &[NodeId],
    all: bool,
    budget: &Budget,
) -> Result<Search, Diagnostic> {
    let distances = match distances(ways, starts, goals, budget)? {
        Ok(distances) => distances,
        Err(fringe) => return Ok(Search::Missing(fringe)),
    };
    let onward = onward(ways, goals, &distances, budget)?;
    let mut first: Vec<NodeId> = starts.iter().copied().filter(|start| onward.contains_key(start)).collect();
    first.sort_by_key(|start| (onward[start].weak, *start));
    first.dedup();
    let count = first.iter().fold(0, |sum: u64, start| sum.saturating_add(onward[start].chains));
    let mut chains = Vec::new();
    for start in first {
        walk(start, &onward, all, &mut chains, budget)?;
        if !all {
            break;
        }
    }
    Ok(Search::Found { chains, count })
}

/// How many hops the shortest chains from a start to a goal have; `None` if there is no chain.
pub(super) fn shortest(
    ways: &Ways,
    starts: &[NodeId],
    goals: &[NodeId],
    budget: &Budget,
) -> Result<Option<usize>, Diagnostic> {
    let distances = distances(ways, starts, goals, budget)?.ok();
    Ok(distances.and_then(|distances| goals.iter().filter_map(|goal| distances.get(*goal)).min()))
}

/// How far each node is from the starts, up to the level of the nearest goal.
struct Distances {
    met: Met,
    /// By number of a node.
    of: Vec<usize>,
}

impl Distances {
    fn get(&self, node: NodeId) -> Option<usize> {
        self.met.number(node).map(|number| self.of[number as usize])
    }
}

fn distances(
    ways: &Ways,
    starts: &[NodeId],
    goals: &[NodeId],
    budget: &Budget,
) -> Result<Result<Distances, Fringe>, Diagnostic> {
    let mut met = Met::none(ways.graph(), budget)?;
    starts.iter().for_each(|start| _ = met.meet(*start));
    let mut of = vec![0; met.len()];
    let (first, mut done, mut distance) = (met.len(), 0, 0);
    let mut used = vec![false; ways.graph().types().count()];
    while !goals.iter().any(|goal| met.number(*goal).is_some()) {
        let level = done..met.len();
        if level.is_empty() {
            let mut reached = met.nodes()[first..].to_vec();
            reached.sort_unstable();
            let over = ways.graph().types().filter(|t| used[t.index()]).collect();
            return Ok(Err(Fringe { reached, over }));
        }
        distance += 1;
        done = level.end;
        for node in level.filter_map(|number| met.node(number)).collect::<Vec<_>>() {
            budget.tick()?;
            ways.for_targets(node, |t, target| {
                used[t.index()] = true;
                _ = met.meet(target);
            });
        }
        budget.charge((met.len() - done) * (size_of::<NodeId>() + size_of::<usize>()))?;
        of.resize(met.len(), distance);
    }
    Ok(Ok(Distances { met, of }))
}

/// How it goes on from a node that lies on a shortest chain.
#[derive(Default)]
struct Onward {
    /// The best first; none from a goal.
    hops: Vec<Hop>,
    /// The fewest degrading hops from here to a goal.
    weak: usize,
    /// How many shortest chains there are from here to a goal.
    chains: u64,
}

/// The nodes on shortest chains, found from the goals backwards.
fn onward(
    ways: &Ways,
    goals: &[NodeId],
    distances: &Distances,
    budget: &Budget,
) -> Result<HashMap<NodeId, Onward>, Diagnostic> {
    let nearest = goals.iter().filter_map(|goal| distances.get(*goal)).min().unwrap_or(0);
    let mut level: Vec<NodeId> = goals.iter().copied().filter(|goal| distances.get(*goal) == Some(nearest)).collect();
    let mut onward: HashMap<NodeId, Onward> =
        level.iter().map(|goal| (*goal, Onward { chains: 1, ..Onward::default() })).collect();
    for distance in (0..nearest).rev() {
        let mut before = BTreeSet::new();
        for node in &level {
            for hop in ways.hops_to(*node) {
                budget.tick()?;
                if distances.get(hop.source) == Some(distance) {
                    before.insert(hop.source);
                }
            }
        }
        for node in &before {
            budget.charge(size_of::<Onward>())?;
            let found = towards(ways, *node, &onward, |target| distances.get(target) == Some(distance + 1));
            onward.insert(*node, found);
        }
        level = before.into_iter().collect();
    }
    Ok(onward)
}

fn towards(ways: &Ways, node: NodeId, onward: &HashMap<NodeId, Onward>, is_next: impl Fn(NodeId) -> bool) -> Onward {
    let hops = ways.sorted_hops(node).into_iter().filter(|hop| is_next(hop.target) && onward.contains_key(&hop.target));
    let mut hops: Vec<Hop> = hops.collect();
    let weak = |hop: &Hop| onward[&hop.target].weak + usize::from(ways.effect(hop) == Effect::Degrades);
    hops.sort_by_key(weak);
    Onward {
        weak: hops.first().map_or(0, weak),
        chains: hops.iter().fold(0, |sum: u64, hop| sum.saturating_add(onward[&hop.target].chains)),
        hops,
    }
}

/// Spells out the chains from a start, the best first.
fn walk(
    start: NodeId,
    onward: &HashMap<NodeId, Onward>,
    all: bool,
    chains: &mut Vec<Vec<Hop>>,
    budget: &Budget,
) -> Result<(), Diagnostic> {
    let mut chain: Vec<Hop> = Vec::new();
    // For each node of the chain, the hops not taken yet.
    let mut stack = vec![onward[&start].hops.iter()];
    if onward[&start].hops.is_empty() {
        chains.push(Vec::new());
        return Ok(());
    }
    while let Some(hops) = stack.last_mut() {
        budget.tick()?;
        let Some(hop) = hops.next() else {
            stack.pop();
            chain.pop();
            continue;
        };
        chain.push(*hop);
        let next = &onward[&hop.target].hops;
        if !next.is_empty() {
            stack.push(next.iter());
            continue;
        }
        budget.charge(size_of_val(chain.as_slice()))?;
        chains.push(chain.clone());
        chain.pop();
        if !all {
            return Ok(());
        }
    }
    Ok(())
}

/// The shortest way from any of the nodes to a goal over whatever relationships there are, in whatever direction:
/// where a search that met no goal came nearest to one.
pub fn nearest_miss(
    ways: &Ways,
    nodes: &[NodeId],
    goals: &[NodeId],
    budget: &Budget,
) -> Result<Option<Vec<Hop>>, Diagnostic> {
    let anything = GraphView::of(ways.graph(), None, Direction::Both);
    let mut met = Met::none(ways.graph(), budget)?;
    let mut level: Vec<NodeId> = goals.to_vec();
    level.sort_unstable();
    level.dedup();
    level.iter().for_each(|goal| _ = met.meet(*goal));
    // By number of a node: the hop that leads on; the goals come first and have none.
    let mut onward: Vec<Hop> = Vec::new();
    let goals = level.len();
    while !level.is_empty() {
        if let Some(near) = level.iter().find(|node| nodes.binary_search(node).is_ok()) {
            let mut way = Vec::new();
            let mut node = *near;
            let next = |node| met.number(node).and_then(|number| (number as usize).checked_sub(goals));
            while let Some(at) = next(node) {
                way.push(onward[at]);
                node = onward[at].target;
            }
            return Ok(Some(way));
        }
        let mut next = Vec::new();
        for node in level {
            for hop in anything.hops_to(node) {
                budget.tick()?;
                if met.meet(hop.source).is_ok() {
                    budget.charge(size_of::<NodeId>() + size_of::<Hop>())?;
                    onward.push(hop);
                    next.push(hop.source);
                }
            }
        }
        next.sort_unstable();
        level = next;
    }
    Ok(None)
}
