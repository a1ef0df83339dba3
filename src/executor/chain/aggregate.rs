//! Groups and aggregates of batches.

use std::cmp::Ordering;

use super::super::batch::{Batch as Rows, picks};
use super::super::evaluate::row_count;
use super::super::groups;
use super::super::vector::Vector;
use super::super::{Result, Row, Run};
use super::groups::Groups;
use super::state::State;
use super::{Feed, lanes};
use crate::graph::Graph;
use crate::plan::{Aggregation, Chain, Expr, ExprKind, Top};

/// Groups and their aggregates, as far as rows have come.
struct Gathered<'g> {
    groups: Groups<'g>,
    states: Vec<State<'g>>,
}

impl<'g> Gathered<'g> {
    /// `whole`: rows come from all nodes of the graph or of a label. `None` if a key or an aggregate is none of those
    /// that are made of columns of the graph.
    fn new(
        aggregation: &Aggregation,
        chain: &Chain,
        graph: &'g Graph,
        whole: bool,
        run: &Run,
    ) -> Result<Option<Gathered<'g>>> {
        let keys = aggregation.keys.iter().map(|(_, expr)| expr);
        let Some(mut groups) = Groups::new(keys, chain, graph, whole, run)? else { return Ok(None) };
        groups.start();
        let keyed = !aggregation.keys.is_empty();
        let calls = aggregation.aggregates.iter().map(|(_, call)| call);
        let states: Option<Vec<State>> = calls.map(|call| State::new(call, keyed, chain, graph, whole)).collect();
        let Some(mut states) = states else { return Ok(None) };
        for state in &mut states {
            state.grow(groups.len());
            if let State::Nodes(_, seen) = state {
                run.budget.charge(size_of_val(seen.as_slice()))?;
            }
        }
        Ok(Some(Gathered { groups, states }))
    }

    fn gather(&mut self, feed: &mut Feed) -> Result<()> {
        while let Some(batch) = feed.next()? {
            let of = self.groups.of(&batch, feed.run)?;
            for state in &mut self.states {
                state.grow(self.groups.len());
                state.add(&batch, &of, feed.run)?;
            }
        }
        Ok(())
    }

    fn absorb(&mut self, other: Gathered, run: &Run) -> Result<()> {
        let of = self.groups.absorb(&other.groups, run)?;
        for (state, other) in self.states.iter_mut().zip(other.states) {
            state.grow(self.groups.len());
            state.absorb(other, &of);
        }
        Ok(())
    }
}

/// The rows of the groups of all batches, in the order in which the groups were first met; with `top`, only those
/// that can be among the first. `None` if they are not made here.
pub(super) fn run(
    feed: &mut Feed,
    (aggregation, chain): (&Aggregation, &Chain),
    top: Option<&Top>,
    argument: &Rows,
) -> Result<Option<Rows>> {
    let graph = feed.context.graph;
    let whole = feed.goes_through_all();
    let Some(mut gathered) = Gathered::new(aggregation, chain, graph, whole, feed.run)? else { return Ok(None) };
    let before = (!gathered.groups.are_distinct()).then(|| feed.steps.to_vec());
    let lanes = lanes::split(feed, lanes::WORTH_A_THREAD);
    let mut is_whole = false;
    if !lanes.is_empty() {
        let parts = lanes::side_by_side(lanes, feed, |feed| {
            let mut part = Gathered::new(aggregation, chain, graph, whole, feed.run)?;
            if let Some(part) = &mut part {
                part.gather(feed)?;
            }
            Ok(part)
        })?;
        let mut parts = parts.into_iter().flatten().flatten();
        let mut together = parts.next();
        for part in parts {
            if let Some(together) = &mut together {
                together.absorb(part, feed.run)?;
            }
        }
        if let Some(together) = together.filter(|together| together.states.iter().all(State::is_exact)) {
            gathered = together;
            is_whole = true;
        }
    }
    if !is_whole {
        gathered.gather(feed)?;
    }
    if let Some(before) = before.filter(|_| !gathered.states.iter().all(State::is_exact)) {
        // To put groups together would add their rows in another order.
        feed.steps.clone_from_slice(&before);
        return Ok(None);
    }
    let run = &mut *feed.run;
    let keys: Vec<&Expr> = aggregation.keys.iter().map(|(_, key)| key).collect();
    let made = gathered.finish(&keys, argument, run)?;
    let kept = match top {
        Some(top) => first(top, &made, aggregation, &mut feed.row.clone(), run),
        None => None,
    };
    let mut rows = argument.spread(vec![0; kept.as_ref().map_or(made.count, Vec::len)]);
    let picked = kept.as_ref().map(|kept| picks(kept.iter().map(|group| *group as u32).collect()));
    for ((slot, _), key) in aggregation.keys.iter().zip(made.keys) {
        rows.set(
            *slot,
            match &picked {
                Some(picks) => Rows::new(made.count, vec![key]).pick(picks).columns.swap_remove(0),
                None => key,
            },
        );
    }
    let kept = kept.unwrap_or_else(|| (0..made.count).collect());
    for ((slot, _), state) in aggregation.aggregates.iter().zip(&made.states) {
        run.budget.check()?;
        rows.set(*slot, state.vector(&kept));
    }
    run.budget.charge(rows.bytes())?;
    Ok(Some(rows))
}

/// Groups with the values of their keys.
struct Made<'g> {
    keys: Vec<Vector>,
    states: Vec<State<'g>>,
    count: usize,
}

impl<'g> Gathered<'g> {
    /// The groups, those of the same values put together.
    fn finish(self, keys: &[&Expr], argument: &Rows, run: &mut Run) -> Result<Made<'g>> {
        let Gathered { groups, states } = self;
        let (count, vectors) = (groups.len(), groups.vectors(keys, argument, run)?);
        if groups.are_distinct() {
            return Ok(Made { keys: vectors, states, count });
        }
        let mut together = groups::Groups::new(keys.len());
        let of = together.of(&vectors, count, run)?;
        if together.len() == count {
            return Ok(Made { keys: vectors, states, count });
        }
        let mut merged = Vec::with_capacity(states.len());
        for state in states {
            let mut new = state.without_rows();
            new.grow(together.len());
            new.absorb(state, &of);
            merged.push(new);
        }
        let vectors = (0..keys.len()).map(|key| together.vector(key)).collect();
        Ok(Made { keys: vectors, states: merged, count: together.len() })
    }
}

/// The groups that are not behind so many others by the first sort key; `None` if that tells nothing.
fn first(top: &Top, made: &Made, aggregation: &Aggregation, argument: &mut Row, run: &mut Run) -> Option<Vec<usize>> {
    let limit = row_count(&top.limit, "LIMIT", argument, run).ok()?;
    if limit == 0 || limit >= made.count {
        return None;
    }
    let ExprKind::Slot(wanted) = top.key.kind else { return None };
    let aggregate = aggregation.aggregates.iter().position(|(slot, _)| *slot == wanted);
    if let Some(at) = aggregate
        && let State::Rows(counts) = &made.states[at]
    {
        return Some(not_behind(counts, limit, |a, b| if top.descending { b.cmp(a) } else { a.cmp(b) }));
    }
    let values = match (aggregate, aggregation.keys.iter().position(|(slot, _)| *slot == wanted)) {
        (Some(at), _) => (0..made.count).map(|group| made.states[at].value(group)).collect::<Vec<_>>(),
        (None, Some(key)) => made.keys[key].values(made.count),
        (None, None) => return None,
    };
    Some(not_behind(&values, limit, |a, b| if top.descending { b.order(a) } else { a.order(b) }))
}

/// The places of the values that come no later than the one at the limit, which is at most their number.
fn not_behind<T>(values: &[T], limit: usize, order: impl Fn(&T, &T) -> Ordering) -> Vec<usize> {
    // So many are kept sorted while going through all; more are found by a selection.
    const FEW: usize = 64;
    if limit > FEW {
        let mut all: Vec<&T> = values.iter().collect();
        let last = *all.select_nth_unstable_by(limit - 1, |a, b| order(a, b)).1;
        return (0..values.len()).filter(|place| order(&values[*place], last).is_le()).collect();
    }
    let mut best: Vec<&T> = Vec::with_capacity(limit + 1);
    let mut kept = Vec::new();
    for (place, value) in values.iter().enumerate() {
        let full = best.len() == limit;
        let against_last = if full { order(value, best[limit - 1]) } else { Ordering::Less };
        if against_last.is_gt() {
            continue;
        }
        kept.push(place);
        if against_last.is_lt() {
            best.insert(best.partition_point(|other| order(other, value).is_le()), value);
            best.truncate(limit);
        }
    }
    kept.retain(|place| order(&values[*place], best[limit - 1]).is_le());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_wanted_is_behind(values in prop::collection::vec(0..40_u64, 1..200), limit in 1..150_usize) {
            let limit = limit.min(values.len());
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let kept = not_behind(&values, limit, u64::cmp);
            let expected: Vec<usize> = (0..values.len()).filter(|at| values[*at] <= sorted[limit - 1]).collect();
            prop_assert_eq!(kept, expected);
        }
    }
}
