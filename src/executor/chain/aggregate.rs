//! Groups and aggregates of batches.

use std::cmp::Ordering;

use hashbrown::HashSet;

use super::super::evaluate::row_count;
use super::super::{Result, Row, Run, row_bytes};
use super::groups::{Groups, whole_column};
use super::{Batch, Feed, lanes};
use crate::functions::aggregate::Kernel;
use crate::graph::{Column, Data, Graph, Value};
use crate::plan::{AggregateCall, Aggregation, Chain, Expr, ExprKind, Slot, Top};

/// The state of one aggregate, for all groups.
enum State<'g> {
    /// How many rows: of values that are never null.
    Rows(Vec<u64>),
    /// How many different nodes, in one group (a bit a node) or in several.
    Nodes(Slot, Vec<u64>),
    NodesByGroup(Slot, HashSet<(u32, u32)>, Vec<u64>),
    /// Count and sum of the values of a column of integers, as floats: the mean.
    Mean {
        slot: Slot,
        column: &'g Column,
        values: &'g [i64],
        sums: Vec<(f64, u64)>,
    },
    /// The least or the greatest of the values of a column of integers, dates or times.
    Extreme {
        slot: Slot,
        column: &'g Column,
        values: &'g [i64],
        greatest: bool,
        best: Vec<Option<i64>>,
    },
}

impl<'g> State<'g> {
    /// `None` if the aggregate has no state of its own here.
    fn new(call: &AggregateCall, keyed: bool, chain: &Chain, graph: &'g Graph, whole: bool) -> Option<State<'g>> {
        if chain.counts_rows(call) {
            return Some(State::Rows(Vec::new()));
        }
        let node = |expr: &Expr| match expr.kind {
            ExprKind::Slot(slot) if chain.nodes.contains(&slot) => Some(slot),
            _ => None,
        };
        let property = |expr: &Expr| {
            let ExprKind::Property(base, key) = &expr.kind else { return None };
            let slot = node(base)?;
            let column = whole_column(graph, graph.key(key)?, whole)?;
            Some((slot, column))
        };
        match (call.function.kernel, call.distinct, call.arguments.as_slice()) {
            (Kernel::Count, true, [one]) => node(one).map(|slot| match keyed {
                true => State::NodesByGroup(slot, HashSet::new(), Vec::new()),
                false => State::Nodes(slot, vec![0; graph.node_bound().div_ceil(64)]),
            }),
            (Kernel::Mean, false, [one]) => {
                let (slot, column) = property(one)?;
                let Data::Integer(values) = column.data() else { return None };
                Some(State::Mean { slot, column, values, sums: Vec::new() })
            }
            (kernel @ (Kernel::Least | Kernel::Greatest), _, [one]) => {
                let (slot, column) = property(one)?;
                let values = column.data().integers()?;
                Some(State::Extreme { slot, column, values, greatest: kernel == Kernel::Greatest, best: Vec::new() })
            }
            _ => None,
        }
    }

    /// Makes room for so many groups.
    fn grow(&mut self, groups: usize) {
        match self {
            State::Rows(counts) | State::NodesByGroup(_, _, counts) => counts.resize(groups, 0),
            State::Nodes(..) => {}
            State::Mean { sums, .. } => sums.resize(groups, (0.0, 0)),
            State::Extreme { best, .. } => best.resize(groups, None),
        }
    }

    fn add(&mut self, batch: &Batch, groups: &[u32], run: &Run) -> Result<()> {
        match self {
            State::Rows(counts) => match &batch.weight {
                Some(weights) => {
                    for (group, weight) in groups.iter().zip(weights) {
                        let count = &mut counts[*group as usize];
                        *count = count.saturating_add(*weight);
                    }
                }
                None => groups.iter().for_each(|group| counts[*group as usize] += 1),
            },
            State::Nodes(slot, seen) => {
                batch.ids(*slot).iter().for_each(|node| seen[*node as usize / 64] |= 1 << (node % 64));
            }
            State::NodesByGroup(slot, seen, counts) => {
                let before = seen.len();
                for (group, node) in groups.iter().zip(batch.ids(*slot)) {
                    counts[*group as usize] += u64::from(seen.insert((*group, *node)));
                }
                run.budget.charge((seen.len() - before) * 2 * size_of::<(u32, u32)>())?;
            }
            State::Mean { slot, column, values, sums } => {
                for (group, node) in groups.iter().zip(batch.ids(*slot)) {
                    if let Some(at) = column.slot(*node as usize) {
                        let (sum, count) = &mut sums[*group as usize];
                        *sum += values[at] as f64;
                        *count += 1;
                    }
                }
            }
            State::Extreme { slot, column, values, greatest, best } => {
                for (group, node) in groups.iter().zip(batch.ids(*slot)) {
                    if let Some(at) = column.slot(*node as usize) {
                        keep(&mut best[*group as usize], values[at], *greatest);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether it is the same in whatever order the rows came: sums of floats are, if all on the way are integers
    /// without loss.
    fn is_exact(&self) -> bool {
        let State::Mean { column, sums, .. } = self else { return true };
        let most = column.bounds().map_or(0, |(least, most)| least.unsigned_abs().max(most.unsigned_abs()));
        let rows = sums.iter().map(|(_, count)| *count).max().unwrap_or(0);
        most.checked_mul(rows).is_some_and(|sum| sum < 1 << f64::MANTISSA_DIGITS)
    }

    /// Adds what another thread has found; `of` tells which of these groups each of its groups is.
    fn absorb(&mut self, other: State, of: &[u32]) {
        match (self, other) {
            (State::Rows(counts), State::Rows(more)) => {
                for (group, count) in of.iter().zip(more) {
                    let sum = &mut counts[*group as usize];
                    *sum = sum.saturating_add(count);
                }
            }
            (State::Nodes(_, seen), State::Nodes(_, more)) => {
                seen.iter_mut().zip(more).for_each(|(word, other)| *word |= other);
            }
            (State::NodesByGroup(_, seen, counts), State::NodesByGroup(_, more, _)) => {
                for (group, node) in more {
                    let group = of[group as usize];
                    counts[group as usize] += u64::from(seen.insert((group, node)));
                }
            }
            (State::Mean { sums, .. }, State::Mean { sums: more, .. }) => {
                for (group, (sum, count)) in of.iter().zip(more) {
                    let (whole, all) = &mut sums[*group as usize];
                    *whole += sum;
                    *all += count;
                }
            }
            (State::Extreme { best, greatest, .. }, State::Extreme { best: more, .. }) => {
                for (group, value) in of.iter().zip(more) {
                    value.into_iter().for_each(|value| keep(&mut best[*group as usize], value, *greatest));
                }
            }
            // Those that cannot be split, and states of different aggregates: there are none here.
            (
                State::Rows(_)
                | State::Nodes(..)
                | State::NodesByGroup(..)
                | State::Mean { .. }
                | State::Extreme { .. },
                _,
            ) => {}
        }
    }

    fn value(&self, group: usize) -> Value {
        match self {
            State::Rows(counts) | State::NodesByGroup(_, _, counts) => {
                Value::Integer(i64::try_from(counts[group]).unwrap_or(i64::MAX))
            }
            State::Nodes(_, seen) => Value::from(seen.iter().map(|word| word.count_ones() as usize).sum::<usize>()),
            State::Mean { sums, .. } => {
                let (sum, count) = sums[group];
                if count == 0 { Value::Null } else { Value::Float(sum / count as f64) }
            }
            State::Extreme { column, best, .. } => {
                best[group].map_or(Value::Null, |value| column.data().value_of(value))
            }
        }
    }
}

/// Keeps the lesser or the greater of two values.
fn keep(best: &mut Option<i64>, value: i64, greatest: bool) {
    *best = Some(best.map_or(value, |best| if greatest { best.max(value) } else { best.min(value) }));
}

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
        let Some(mut groups) = Groups::new(keys, &chain.nodes, graph, whole, run)? else { return Ok(None) };
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
) -> Result<Option<Vec<Row>>> {
    let graph = feed.context.graph;
    let argument = &mut feed.row.clone();
    let whole = feed.goes_through_all();
    let Some(mut gathered) = Gathered::new(aggregation, chain, graph, whole, feed.run)? else { return Ok(None) };
    let lanes = lanes::split(feed);
    let mut is_whole = false;
    if !lanes.is_empty() {
        let parts = lanes::side_by_side(lanes, feed, |feed| {
            let mut part = Gathered::new(aggregation, chain, graph, whole, feed.run)?;
            if let Some(part) = &mut part {
                part.gather(feed)?;
            }
            Ok(part)
        })?;
        let mut parts = parts.into_iter().flatten();
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
    let run = &mut *feed.run;
    let Gathered { groups, states } = gathered;
    let slots: Vec<Slot> = aggregation.aggregates.iter().map(|(slot, _)| *slot).collect();
    let kept = match top {
        Some(top) => first(top, &groups, aggregation, &states, argument, run),
        None => None,
    };
    let kept = kept.unwrap_or_else(|| (0..groups.len()).collect());
    let mut rows = Vec::with_capacity(kept.len());
    for group in kept {
        run.budget.tick()?;
        let mut row = argument.clone();
        for (at, (slot, _)) in aggregation.keys.iter().enumerate() {
            row[*slot] = groups.value(group, at);
        }
        for (slot, state) in slots.iter().zip(&states) {
            row[*slot] = state.value(group);
        }
        run.budget.charge(row_bytes(&row))?;
        rows.push(row);
    }
    Ok(Some(rows))
}

/// The groups that are not behind so many others by the first sort key; `None` if that tells nothing.
fn first(
    top: &Top,
    groups: &Groups,
    aggregation: &Aggregation,
    states: &[State],
    argument: &mut Row,
    run: &mut Run,
) -> Option<Vec<usize>> {
    let limit = row_count(&top.limit, "LIMIT", argument, run).ok()?;
    if limit == 0 || limit >= groups.len() {
        return None;
    }
    let ExprKind::Slot(wanted) = top.key.kind else { return None };
    let aggregate = aggregation.aggregates.iter().position(|(slot, _)| *slot == wanted);
    if let Some(at) = aggregate
        && let State::Rows(counts) = &states[at]
    {
        return Some(not_behind(counts, limit, |a, b| if top.descending { b.cmp(a) } else { a.cmp(b) }));
    }
    let values = match (aggregate, aggregation.keys.iter().position(|(slot, _)| *slot == wanted)) {
        (Some(at), _) => (0..groups.len()).map(|group| states[at].value(group)).collect::<Vec<_>>(),
        (None, Some(key)) => (0..groups.len()).map(|group| groups.value(group, key)).collect(),
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
