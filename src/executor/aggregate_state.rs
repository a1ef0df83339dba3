//! [`State`]: what an aggregate holds of each group while rows come.

use std::cmp::Ordering;

use hashbrown::HashSet;

use super::batch::Batch;
use super::groups::Numbers;
use super::vector::{Data, Nulls, Vector};
use super::{Result, Run, kernels};
use crate::functions::aggregate::{Accumulator, Distinct, Kernel, add_mean, add_sum, finish_mean};
use crate::graph::Value;
use crate::limits::discard;
use crate::plan::{AggregateCall, Expr};

/// An aggregate's states by group.
pub(super) struct State<'p> {
    pub call: &'p AggregateCall,
    /// What is computed of each row.
    pub arguments: &'p [Expr],
    seen: Option<Seen>,
    kind: Kind,
}

enum Kind {
    Count(Vec<i64>),
    Sum(Vec<Value>),
    /// `magnitude`: how great the values are, at most; without end for others than integers.
    Mean {
        sums: Vec<Value>,
        counts: Vec<i64>,
        magnitude: f64,
    },
    Extreme {
        best: Vec<Value>,
        keep: Ordering,
    },
    Collect(Vec<Vec<Value>>),
    Other(Vec<Box<dyn Accumulator>>),
}

/// Which values each group has had already, for DISTINCT.
#[derive(Default)]
struct Seen {
    values: Numbers,
    pairs: HashSet<u64>,
}

impl Drop for State<'_> {
    fn drop(&mut self) {
        match &mut self.kind {
            Kind::Sum(values) | Kind::Mean { sums: values, .. } | Kind::Extreme { best: values, .. } => {
                discard(std::mem::take(values));
            }
            Kind::Collect(lists) => lists.drain(..).for_each(discard),
            Kind::Count(_) | Kind::Other(_) => {}
        }
    }
}

impl<'p> State<'p> {
    pub(super) fn new(call: &'p AggregateCall, arguments: &'p [Expr]) -> State<'p> {
        let kind = match call.function.kernel {
            Kernel::Count => Kind::Count(Vec::new()),
            Kernel::Sum => Kind::Sum(Vec::new()),
            Kernel::Mean => Kind::Mean { sums: Vec::new(), counts: Vec::new(), magnitude: 0.0 },
            Kernel::Least => Kind::Extreme { best: Vec::new(), keep: Ordering::Less },
            Kernel::Greatest => Kind::Extreme { best: Vec::new(), keep: Ordering::Greater },
            Kernel::Collect => Kind::Collect(Vec::new()),
            Kernel::Other => Kind::Other(Vec::new()),
        };
        let seen = (call.distinct && !matches!(kind, Kind::Other(_))).then(Seen::default);
        State { call, arguments, seen, kind }
    }

    /// Makes room for groups.
    fn grow(&mut self, count: usize) {
        match &mut self.kind {
            Kind::Count(counts) => counts.resize(count, 0),
            Kind::Sum(sums) => sums.resize(count, Value::Integer(0)),
            Kind::Mean { sums, counts, .. } => {
                sums.resize(count, Value::Integer(0));
                counts.resize(count, 0);
            }
            Kind::Extreme { best, .. } => best.resize(count, Value::Null),
            Kind::Collect(lists) => lists.resize(count, Vec::new()),
            Kind::Other(states) => {
                let AggregateCall { function, distinct, .. } = self.call;
                states.resize_with(count, || match distinct {
                    true => Box::new(Distinct::new((function.start)())),
                    false => (function.start)(),
                });
            }
        }
    }

    fn bytes_a_group(&self) -> usize {
        match &self.kind {
            Kind::Count(_) => size_of::<i64>(),
            Kind::Collect(_) => size_of::<Vec<Value>>(),
            Kind::Sum(_) | Kind::Mean { .. } | Kind::Extreme { .. } | Kind::Other(_) => 2 * size_of::<Value>(),
        }
    }

    fn len(&self) -> usize {
        match &self.kind {
            Kind::Count(counts) => counts.len(),
            Kind::Sum(values) | Kind::Mean { sums: values, .. } | Kind::Extreme { best: values, .. } => values.len(),
            Kind::Collect(lists) => lists.len(),
            Kind::Other(states) => states.len(),
        }
    }

    /// Adds rows, each to its group. Only what counts rows, or does not care how often a value comes, is given rows that
    /// stand for several.
    pub(super) fn add(
        &mut self,
        groups: &[u32],
        count: usize,
        arguments: &[Vector],
        weights: Option<&[u64]>,
        run: &Run,
    ) -> Result<()> {
        run.budget.charge(count.saturating_sub(self.len()) * self.bytes_a_group())?;
        self.grow(count);
        let Some(first) = arguments.first() else {
            if let Kind::Count(counts) = &mut self.kind {
                let weight = |row: usize| weights.map_or(1, |weights| weights[row] as i64);
                let rows = groups.iter().enumerate();
                rows.for_each(|(row, group)| add_to(&mut counts[*group as usize], weight(row)));
            }
            return Ok(());
        };
        if let (Kind::Count(counts), Some(weights), None) = (&mut self.kind, weights, &self.seen) {
            let nulls = kernels::nulls(first, groups.len());
            let rows = groups.iter().enumerate().filter(|(row, _)| !nulls[*row]);
            rows.for_each(|(row, group)| add_to(&mut counts[*group as usize], weights[row] as i64));
            return Ok(());
        }
        if matches!(first, Vector::Same(Value::Null)) {
            return Ok(());
        }
        if let Kind::Other(states) = &mut self.kind {
            return add_others(states, groups, arguments, run);
        }
        if let Some(seen) = &mut self.seen {
            let fresh = seen.fresh(groups, first, run)?;
            let groups: Vec<u32> = fresh.iter().map(|row| groups[*row as usize]).collect();
            let first = Batch::new(0, vec![first.clone()]).pick(&fresh.into()).columns.swap_remove(0);
            return self.kind.add(&groups, &first, run);
        }
        self.kind.add(groups, first, run)
    }

    /// Whether it would be the same if the rows were added in another way: sums of integers are that fit into what they
    /// are added up in.
    pub(super) fn is_exact(&self) -> bool {
        /// Some lanes of sums below it do not overflow.
        const MOST: u64 = 1 << 56;
        /// Floats that are less are sums of integers without loss.
        const MOST_EXACT: f64 = (1_u64 << f64::MANTISSA_DIGITS) as f64;
        match &self.kind {
            Kind::Sum(sums) => sums.iter().all(|sum| matches!(sum, Value::Integer(sum) if sum.unsigned_abs() < MOST)),
            Kind::Mean { sums, counts, magnitude } => {
                let most = counts.iter().max().map_or(0.0, |count| *count as f64) * magnitude;
                most < MOST_EXACT && sums.iter().all(|sum| matches!(sum, Value::Integer(_) | Value::Float(_)))
            }
            Kind::Count(_) | Kind::Extreme { .. } | Kind::Collect(_) => true,
            Kind::Other(_) => false,
        }
    }

    /// Adds the states of another part of the rows; `of` tells the group here of each of its groups.
    pub(super) fn absorb(&mut self, mut other: State, of: &[u32], count: usize, run: &Run) -> Result<()> {
        run.budget.charge(count.saturating_sub(self.len()) * self.bytes_a_group())?;
        self.grow(count);
        other.grow(of.len());
        if let (Some(seen), Some(more)) = (&mut self.seen, &other.seen) {
            let fresh = seen.absorb(more, of, run)?;
            if let Kind::Count(counts) = &mut self.kind {
                fresh.into_iter().for_each(|group| counts[group as usize] += 1);
                return Ok(());
            }
        }
        let groups = of.iter().map(|group| *group as usize);
        match (&mut self.kind, std::mem::replace(&mut other.kind, Kind::Count(Vec::new()))) {
            (Kind::Count(counts), Kind::Count(more)) => {
                groups.zip(more).for_each(|(group, count)| add_to(&mut counts[group], count));
            }
            (Kind::Sum(sums), Kind::Sum(more)) => {
                for (group, sum) in groups.zip(more) {
                    sums[group] = add_sum(&sums[group], &sum)?;
                }
            }
            (Kind::Mean { sums, counts, .. }, Kind::Mean { sums: more, counts: more_counts, .. }) => {
                for ((group, sum), count) in groups.zip(more).zip(more_counts) {
                    sums[group] = add_mean(&sums[group], &sum)?;
                    counts[group] += count;
                }
            }
            (Kind::Extreme { best, keep }, Kind::Extreme { best: more, .. }) => {
                for (group, value) in groups.zip(more).filter(|(_, value)| !value.is_null()) {
                    best[group] = better(&best[group], value, *keep);
                }
            }
            (Kind::Collect(lists), Kind::Collect(more)) => {
                groups.zip(more).for_each(|(group, list)| lists[group].extend(list));
            }
            // States of different aggregates: there are none here.
            _ => {}
        }
        Ok(())
    }

    pub(super) fn finish(mut self, count: usize) -> Result<Vector> {
        self.grow(count);
        Ok(match std::mem::replace(&mut self.kind, Kind::Count(Vec::new())) {
            Kind::Count(counts) if count == 1 => Vector::Same(Value::Integer(counts[0])),
            Kind::Count(counts) => Vector::integers(counts),
            Kind::Sum(values) | Kind::Extreme { best: values, .. } => Vector::of(values),
            Kind::Mean { sums, counts, .. } => {
                let means = sums.iter().zip(counts).map(|(sum, count)| finish_mean(sum, count));
                Vector::of(means.collect::<Result<_>>()?)
            }
            Kind::Collect(lists) => {
                Vector::of(lists.into_iter().map(|list| Value::from(list).bounded()).collect::<Result<_>>()?)
            }
            Kind::Other(mut states) => {
                Vector::of(states.iter_mut().map(|state| state.finish()).collect::<Result<_>>()?)
            }
        })
    }
}

impl Seen {
    /// Adds the values of another part of the rows; gives the group here of each that is new in it.
    fn absorb(&mut self, other: &Seen, of: &[u32], run: &Run) -> Result<Vec<u32>> {
        let numbers = self.values.absorb(&other.values, run)?;
        let before = self.pairs.len();
        let mut fresh = Vec::new();
        for pair in &other.pairs {
            run.budget.tick()?;
            let (group, number) = (of[(pair >> 32) as usize], numbers[*pair as u32 as usize]);
            if self.pairs.insert(u64::from(group) << 32 | u64::from(number)) {
                fresh.push(group);
            }
        }
        run.budget.charge((self.pairs.len() - before) * 2 * size_of::<u64>())?;
        Ok(fresh)
    }

    /// The rows whose value is new in their group and not null.
    fn fresh(&mut self, groups: &[u32], vector: &Vector, run: &Run) -> Result<Vec<u32>> {
        let numbers = self.values.of(vector, groups.len(), run)?;
        let before = self.pairs.len();
        let mut fresh = Vec::new();
        for (row, (group, number)) in groups.iter().zip(numbers).enumerate() {
            if !self.values.value(number).is_null() && self.pairs.insert(u64::from(*group) << 32 | u64::from(number)) {
                fresh.push(row as u32);
            }
        }
        run.budget.charge((self.pairs.len() - before) * 2 * size_of::<u64>())?;
        Ok(fresh)
    }
}

impl Kind {
    /// Adds the values that are not null, each to its group.
    fn add(&mut self, groups: &[u32], values: &Vector, run: &Run) -> Result<()> {
        let data = values.flat();
        if let Some(data) = &data
            && self.fold(data).is_some()
        {
            return Ok(());
        }
        let rows = groups.iter().map(|group| *group as usize).enumerate();
        match (self, data.as_deref()) {
            (
                Kind::Count(counts),
                Some(
                    Data::Integers(_, None)
                    | Data::Floats(_, None)
                    | Data::Booleans(_, None)
                    | Data::Temporals(_, _, None),
                ),
            ) => {
                groups.iter().for_each(|group| counts[*group as usize] += 1);
            }
            (Kind::Count(counts), _) => {
                let nulls = kernels::nulls(values, groups.len());
                rows.filter(|(row, _)| !nulls[*row]).for_each(|(_, group)| counts[group] += 1);
            }
            (Kind::Sum(sums), Some(Data::Integers(numbers, None))) => {
                for (row, group) in rows {
                    sums[group] = match &sums[group] {
                        Value::Integer(sum) if let Some(sum) = sum.checked_add(numbers[row]) => Value::Integer(sum),
                        sum => add_sum(sum, &Value::Integer(numbers[row]))?,
                    };
                }
            }
            (Kind::Mean { sums, counts, magnitude }, Some(Data::Integers(numbers, None))) => {
                *magnitude = most(numbers, *magnitude);
                for (row, group) in rows {
                    let number = numbers[row] as f64;
                    sums[group] = match &sums[group] {
                        Value::Float(sum) => Value::Float(sum + number),
                        sum => add_mean(sum, &Value::Float(number))?,
                    };
                    counts[group] += 1;
                }
            }
            (Kind::Extreme { best, keep }, Some(Data::Integers(numbers, None))) => {
                for (row, group) in rows {
                    match &best[group] {
                        Value::Integer(own) if numbers[row].cmp(own) != *keep => {}
                        own => best[group] = better(own, Value::Integer(numbers[row]), *keep),
                    }
                }
            }
            (kind, _) => {
                for (row, group) in rows {
                    let value = values.value(row);
                    if !value.is_null() {
                        kind.add_value(group, value, run)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds the values that are not null to the only group, if there is but one and the values are of one type. `None`:
    /// nothing was added.
    fn fold(&mut self, data: &Data) -> Option<()> {
        match (self, data) {
            (Kind::Sum(sums), Data::Integers(values, nulls)) => {
                let [Value::Integer(sum)] = sums.as_mut_slice() else { return None };
                *sum = present(values, nulls).try_fold(*sum, i64::checked_add)?;
            }
            (Kind::Sum(sums), Data::Floats(values, nulls)) => {
                let [Value::Float(sum)] = sums.as_mut_slice() else { return None };
                *sum = present(values, nulls).fold(*sum, |sum, value| sum + value);
            }
            (Kind::Mean { sums, counts, magnitude }, Data::Integers(values, nulls)) => {
                *magnitude = most(values, *magnitude);
                let ([Value::Float(sum)], [count]) = (sums.as_mut_slice(), counts.as_mut_slice()) else { return None };
                let add = |(sum, count), value| (sum + value as f64, count + 1);
                (*sum, *count) = present(values, nulls).fold((*sum, *count), add);
            }
            (Kind::Mean { sums, counts, magnitude }, Data::Floats(values, nulls)) => {
                *magnitude = f64::INFINITY;
                let ([Value::Float(sum)], [count]) = (sums.as_mut_slice(), counts.as_mut_slice()) else { return None };
                let add = |(sum, count), value| (sum + value, count + 1);
                (*sum, *count) = present(values, nulls).fold((*sum, *count), add);
            }
            (Kind::Extreme { best, keep }, Data::Integers(values, nulls)) => {
                let [best] = best.as_mut_slice() else { return None };
                if let Some(found) = extreme(present(values, nulls), *keep) {
                    *best = better(best, Value::Integer(found), *keep);
                }
            }
            (Kind::Extreme { best, keep }, Data::Temporals(counts, scale, nulls)) => {
                let [best] = best.as_mut_slice() else { return None };
                if let Some(found) = extreme(present(counts, nulls), *keep) {
                    *best = better(best, scale.value_of(found, 0), *keep);
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn add_value(&mut self, group: usize, value: Value, run: &Run) -> Result<()> {
        run.budget.tick()?;
        match self {
            Kind::Count(counts) => counts[group] += 1,
            Kind::Sum(sums) => sums[group] = add_sum(&sums[group], &value)?,
            Kind::Mean { sums, counts, magnitude } => {
                *magnitude = match &value {
                    Value::Integer(value) => magnitude.max(value.unsigned_abs() as f64),
                    _ => f64::INFINITY,
                };
                sums[group] = add_mean(&sums[group], &value)?;
                counts[group] += 1;
            }
            Kind::Extreme { best, keep } => {
                let own = std::mem::take(&mut best[group]);
                best[group] = better(&own, value, *keep);
            }
            Kind::Collect(lists) => {
                run.budget.charge(value.held_alone())?;
                lists[group].push(value);
            }
            Kind::Other(_) => {}
        }
        Ok(())
    }
}

/// The values that are not null.
fn present<'v, T: Copy>(values: &'v [T], nulls: &'v Nulls) -> impl Iterator<Item = T> + 'v {
    let is_null = |row: usize| nulls.as_ref().is_some_and(|nulls| nulls[row]);
    values.iter().enumerate().filter(move |(row, _)| !is_null(*row)).map(|(_, value)| *value)
}

/// The greatest absolute value of the numbers and of what was before.
fn most(numbers: &[i64], before: f64) -> f64 {
    before.max(numbers.iter().map(|number| number.unsigned_abs()).max().unwrap_or(0) as f64)
}

fn extreme(values: impl Iterator<Item = i64>, keep: Ordering) -> Option<i64> {
    if keep == Ordering::Less { values.min() } else { values.max() }
}

fn add_to(count: &mut i64, more: i64) {
    *count = count.saturating_add(more);
}

/// The one to keep.
fn better(own: &Value, value: Value, keep: Ordering) -> Value {
    if own.is_null() || value.order(own) == keep { value } else { own.clone() }
}

fn add_others(states: &mut [Box<dyn Accumulator>], groups: &[u32], arguments: &[Vector], run: &Run) -> Result<()> {
    for (row, group) in groups.iter().enumerate() {
        run.budget.tick()?;
        let values: Vec<Value> = arguments.iter().map(|vector| vector.value(row)).collect();
        if !values[0].is_null() {
            let state = &mut states[*group as usize];
            state.add(&values)?;
            run.budget.charge(state.growth())?;
        }
    }
    Ok(())
}
