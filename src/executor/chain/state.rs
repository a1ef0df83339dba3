//! [`State`]: an aggregate of batches of ids, whose values are looked at in the columns of the graph.

use hashbrown::HashSet;

use super::super::vector::Vector;
use super::super::{Result, Run};
use super::Batch;
use super::groups::whole_column;
use crate::functions::aggregate::Kernel;
use crate::graph::{Column, Data, Graph, Value};
use crate::plan::{AggregateCall, Chain, Expr, ExprKind, Slot};

/// The state of one aggregate, for all groups.
pub(super) enum State<'g> {
    /// How many rows: of values that are never null.
    Rows(Vec<u64>),
    /// How many different nodes, in one group (a bit a node) or in several.
    Nodes(Slot, Vec<u64>),
    NodesByGroup(Slot, HashSet<(u32, u32)>, Vec<u64>),
    /// How many values of a property there are.
    Values {
        slot: Slot,
        column: &'g Column,
        counts: Vec<u64>,
    },
    /// The sum of the values of a column of integers that are too small for any sum to overflow.
    Sum {
        slot: Slot,
        column: &'g Column,
        values: &'g [i64],
        sums: Vec<i64>,
    },
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
    pub(super) fn new(
        call: &AggregateCall,
        keyed: bool,
        chain: &Chain,
        graph: &'g Graph,
        whole: bool,
    ) -> Option<State<'g>> {
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
            (Kernel::Count, false, [one]) => {
                let (slot, column) = property(one)?;
                Some(State::Values { slot, column, counts: Vec::new() })
            }
            (Kernel::Sum, false, [one]) => {
                let (slot, column) = property(one)?;
                let Data::Integer(values) = column.data() else { return None };
                is_small(column).then(|| State::Sum { slot, column, values, sums: Vec::new() })
            }
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

    /// The same aggregate before any rows have come.
    pub(super) fn without_rows(&self) -> State<'g> {
        match *self {
            State::Rows(_) => State::Rows(Vec::new()),
            State::Nodes(slot, ref seen) => State::Nodes(slot, vec![0; seen.len()]),
            State::NodesByGroup(slot, ..) => State::NodesByGroup(slot, HashSet::new(), Vec::new()),
            State::Values { slot, column, .. } => State::Values { slot, column, counts: Vec::new() },
            State::Sum { slot, column, values, .. } => State::Sum { slot, column, values, sums: Vec::new() },
            State::Mean { slot, column, values, .. } => State::Mean { slot, column, values, sums: Vec::new() },
            State::Extreme { slot, column, values, greatest, .. } => {
                State::Extreme { slot, column, values, greatest, best: Vec::new() }
            }
        }
    }

    /// Grows to this number of groups.
    pub(super) fn grow(&mut self, groups: usize) {
        match self {
            State::Rows(counts) | State::NodesByGroup(_, _, counts) | State::Values { counts, .. } => {
                counts.resize(groups, 0);
            }
            State::Nodes(..) => {}
            State::Sum { sums, .. } => sums.resize(groups, 0),
            State::Mean { sums, .. } => sums.resize(groups, (0.0, 0)),
            State::Extreme { best, .. } => best.resize(groups, None),
        }
    }

    pub(super) fn add(&mut self, batch: &Batch, groups: &[u32], run: &Run) -> Result<()> {
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
            State::Sum { slot, column, values, sums } if sums.len() == 1 => {
                let mut sum = 0;
                each_slot(column, batch.ids(*slot), |_, at| sum += values[at]);
                sums[0] += sum;
            }
            State::Mean { slot, column, values, sums } if sums.len() == 1 => {
                let (mut sum, mut count) = sums[0];
                each_slot(column, batch.ids(*slot), |_, at| {
                    sum += values[at] as f64;
                    count += 1;
                });
                sums[0] = (sum, count);
            }
            State::Extreme { slot, column, values, greatest, best } if best.len() == 1 => {
                let mut found: Option<(i64, i64)> = None;
                each_slot(column, batch.ids(*slot), |_, at| {
                    let (least, most) = found.unwrap_or((i64::MAX, i64::MIN));
                    found = Some((least.min(values[at]), most.max(values[at])));
                });
                if let Some((least, most)) = found {
                    keep(&mut best[0], if *greatest { most } else { least }, *greatest);
                }
            }
            State::Values { slot, column, counts } => {
                let weight = |row: usize| batch.weight.as_ref().map_or(1, |weights| weights[row]);
                each_slot(column, batch.ids(*slot), |row, _| {
                    let count = &mut counts[groups[row] as usize];
                    *count = count.saturating_add(weight(row));
                });
            }
            State::Sum { slot, column, values, sums } => {
                each_slot(column, batch.ids(*slot), |row, at| sums[groups[row] as usize] += values[at]);
            }
            State::Mean { slot, column, values, sums } => each_slot(column, batch.ids(*slot), |row, at| {
                let (sum, count) = &mut sums[groups[row] as usize];
                *sum += values[at] as f64;
                *count += 1;
            }),
            State::Extreme { slot, column, values, greatest, best } => {
                each_slot(column, batch.ids(*slot), |row, at| {
                    keep(&mut best[groups[row] as usize], values[at], *greatest);
                });
            }
        }
        Ok(())
    }

    /// Whether it is the same in whatever order the rows came: sums of floats are, if all on the way are integers
    /// without loss.
    pub(super) fn is_exact(&self) -> bool {
        let State::Mean { column, sums, .. } = self else { return true };
        let most = column.bounds().map_or(0, |(least, most)| least.unsigned_abs().max(most.unsigned_abs()));
        let rows = sums.iter().map(|(_, count)| *count).max().unwrap_or(0);
        most.checked_mul(rows).is_some_and(|sum| sum < 1 << f64::MANTISSA_DIGITS)
    }

    /// Adds what another thread has found; `of` tells which of these groups each of its groups is.
    pub(super) fn absorb(&mut self, other: State, of: &[u32]) {
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
            (State::Values { counts, .. }, State::Values { counts: more, .. }) => {
                for (group, count) in of.iter().zip(more) {
                    let sum = &mut counts[*group as usize];
                    *sum = sum.saturating_add(count);
                }
            }
            (State::Sum { sums, .. }, State::Sum { sums: more, .. }) => {
                of.iter().zip(more).for_each(|(group, sum)| sums[*group as usize] += sum);
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
                | State::Values { .. }
                | State::Sum { .. }
                | State::Mean { .. }
                | State::Extreme { .. },
                _,
            ) => {}
        }
    }

    /// The values of these groups.
    pub(super) fn vector(&self, groups: &[usize]) -> Vector {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        match self {
            _ if groups.len() == 1 => Vector::Same(self.value(groups[0])),
            State::Rows(counts) | State::NodesByGroup(_, _, counts) | State::Values { counts, .. } => {
                Vector::integers(groups.iter().map(|group| number(counts[*group])).collect())
            }
            State::Sum { sums, .. } => Vector::integers(groups.iter().map(|group| sums[*group]).collect()),
            State::Extreme { column, best, .. } => Vector::of_column(column, groups.iter().map(|group| best[*group])),
            State::Nodes(..) | State::Mean { .. } => {
                Vector::of(groups.iter().map(|group| self.value(*group)).collect())
            }
        }
    }

    pub(super) fn value(&self, group: usize) -> Value {
        match self {
            State::Rows(counts) | State::NodesByGroup(_, _, counts) | State::Values { counts, .. } => {
                Value::Integer(i64::try_from(counts[group]).unwrap_or(i64::MAX))
            }
            State::Sum { sums, .. } => Value::Integer(sums[group]),
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

/// Whether the integers of a column are so small that the sum of fewer of them than 2³² cannot overflow.
fn is_small(column: &Column) -> bool {
    column.bounds().is_none_or(|(least, most)| least.unsigned_abs().max(most.unsigned_abs()) < 1 << 31)
}

/// The place in the column of each node that has a value, by the row of the node.
#[inline]
fn each_slot(column: &Column, nodes: &[u32], mut f: impl FnMut(usize, usize)) {
    let mut row = 0;
    column.each_slot(nodes, |slot| {
        if let Some(slot) = slot {
            f(row, slot);
        }
        row += 1;
    });
}

/// Keeps the lesser or the greater of two values.
fn keep(best: &mut Option<i64>, value: i64, greatest: bool) {
    *best = Some(best.map_or(value, |best| if greatest { best.max(value) } else { best.min(value) }));
}
