//! The shortest chains between terms: `WHY`.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use super::Ways;
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

/// How far each node is from the starts, up to the level of the nearest goal.
type Distances = HashMap<NodeId, usize>;

fn distances(
    ways: &Ways,
    starts: &[NodeId],
    goals: &[NodeId],
    budget: &Budget,
) -> Result<Result<Distances, Fringe>, Diagnostic> {
    let mut distances: Distances = starts.iter().map(|start| (*start, 0)).collect();
    let mut level: Vec<NodeId> = starts.to_vec();
    let mut over = BTreeSet::new();
    let mut distance = 0;
    while !goals.iter().any(|goal| distances.contains_key(goal)) {
        if level.is_empty() {
            let mut reached: Vec<NodeId> = distances.into_keys().filter(|node| !starts.contains(node)).collect();
            reached.sort();
            return Ok(Err(Fringe { reached, over }));
        }
        distance += 1;
        let mut next = Vec::new();
        for node in level {
            for hop in ways.hops(node) {
                budget.tick()?;
                over.insert(hop.relationship_type);
                if let Entry::Vacant(unseen) = distances.entry(hop.target) {
                    budget.charge(2 * size_of::<(NodeId, usize)>())?;
                    unseen.insert(distance);
                    next.push(hop.target);
                }
            }
        }
        level = next;
    }
    Ok(Ok(distances))
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
    let nearest = goals.iter().filter_map(|goal| distances.get(goal)).min().copied().unwrap_or(0);
    let mut level: Vec<NodeId> = goals.iter().copied().filter(|goal| distances.get(goal) == Some(&nearest)).collect();
    let mut onward: HashMap<NodeId, Onward> =
        level.iter().map(|goal| (*goal, Onward { chains: 1, ..Onward::default() })).collect();
    for distance in (0..nearest).rev() {
        let mut before = BTreeSet::new();
        for node in &level {
            for hop in ways.hops_to(*node) {
                budget.tick()?;
                if distances.get(&hop.source) == Some(&distance) {
                    before.insert(hop.source);
                }
            }
        }
        for node in &before {
            budget.charge(size_of::<Onward>())?;
            let found = towards(ways, *node, &onward, |target| distances.get(&target) == Some(&(distance + 1)));
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
    let mut onward: HashMap<NodeId, Hop> = HashMap::new();
    let mut level: Vec<NodeId> = goals.to_vec();
    level.sort();
    while !level.is_empty() {
        if let Some(near) = level.iter().find(|node| nodes.binary_search(node).is_ok()) {
            let mut way = Vec::new();
            let mut node = *near;
            while let Some(hop) = onward.get(&node) {
                way.push(*hop);
                node = hop.target;
            }
            return Ok(Some(way));
        }
        let mut next = BTreeSet::new();
        for node in level {
            for hop in anything.hops_to(node) {
                budget.tick()?;
                if !goals.contains(&hop.source)
                    && let Entry::Vacant(unseen) = onward.entry(hop.source)
                {
                    budget.charge(2 * size_of::<(NodeId, Hop)>())?;
                    unseen.insert(hop);
                    next.insert(hop.source);
                }
            }
        }
        level = next.into_iter().collect();
    }
    Ok(None)
}
