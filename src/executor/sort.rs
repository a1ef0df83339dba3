//! Sorting all rows, or only the first ones.

use std::cmp::Ordering;

use super::batch::{Batch, Chunks, ROWS, picks};
use super::evaluate::row_count;
use super::source::{Input, Source};
use super::vector::{Data, Nulls, Vector};
use super::{Result, Run, kernels};
use crate::graph::Value;
use crate::limits::Budget;
use crate::plan::{Expr, Operator, SortKey};

/// Sorts the rows of each row of the argument; equal rows keep the order in which they came. With a limit it never
/// holds many more rows than that.
pub(super) struct Sort<'p> {
    input: Input<'p>,
    operator: &'p Operator,
    keys: &'p [SortKey],
    limit: Option<&'p Expr>,
    sorted: Option<Chunks>,
}

/// Rows with their sort keys.
struct Held {
    rows: Batch,
    keys: Vec<Vector>,
}

impl<'p> Sort<'p> {
    pub(super) fn new(
        input: Input<'p>,
        operator: &'p Operator,
        keys: &'p [SortKey],
        limit: Option<&'p Expr>,
    ) -> Sort<'p> {
        Sort { input, operator, keys, limit, sorted: None }
    }

    fn sort(&mut self, run: &mut Run) -> Result<Batch> {
        let is_read = run.read_above(self.operator);
        let mut limit = usize::MAX;
        let mut held: Vec<Held> = Vec::new();
        let (mut count, mut kept) = (0, 0);
        let mut worst = None;
        let mut charged = 0;
        while let Some(batch) = self.input.next(run)? {
            if held.is_empty()
                && let Some(count) = self.limit
            {
                limit = row_count(count, "LIMIT", &mut batch.row(0), run)?;
            }
            let (keys, _, failure) = kernels::vectors(self.keys.iter().map(|key| &key.expression), &batch, run);
            if let Some(failure) = failure {
                return Err(failure);
            }
            let next = self.not_behind(worst, Held { rows: batch, keys });
            // What rows hold is less when others hold it too, so what was charged is not counted again to release it.
            charged += self.charge(&next, run)?;
            count += next.rows.len;
            held.push(next);
            // Sorting now and then costs less than keeping the rows in order all the time.
            if count - kept > limit.saturating_mul(2).max(4 * ROWS) {
                let first = self.first(&held, limit, &is_read, run)?;
                held.clear();
                run.budget.release(charged);
                kept = first.rows.len;
                count = kept;
                worst = self.worst(&first, limit);
                charged = self.charge(&first, run)?;
                held = vec![first];
            }
        }
        match held.is_empty() {
            true => Ok(Batch::default()),
            false => Ok(self.first(&held, limit, &is_read, run)?.rows),
        }
    }

    /// Charges for rows and their keys; the bytes.
    fn charge(&self, held: &Held, run: &Run) -> Result<usize> {
        let bytes = held.rows.bytes() + self.keys.len() * held.rows.len * size_of::<u64>();
        run.budget.charge(bytes)?;
        Ok(bytes)
    }

    /// How far the first key of the last row that is wanted goes, if all rows come from one row of the argument.
    fn worst(&self, first: &Held, limit: usize) -> Option<u64> {
        let is_full = first.rows.len >= limit && matches!(first.rows.origin(), Vector::Same(_));
        let (sort, key) = (self.keys.first()?, first.keys.first()?);
        let key = Key::new(key, first.rows.len, sort.descending, sort.nulls_first);
        is_full.then(|| key.prefix(first.rows.len - 1))
    }

    /// The rows that may be among the first.
    fn not_behind(&self, worst: Option<u64>, next: Held) -> Held {
        let (Some(worst), Some(sort), Some(key)) = (worst, self.keys.first(), next.keys.first()) else { return next };
        let key = Key::new(key, next.rows.len, sort.descending, sort.nulls_first);
        let kept: Vec<u32> = (0..next.rows.len).filter(|row| key.prefix(*row) <= worst).map(|row| row as u32).collect();
        if kept.len() == next.rows.len {
            return next;
        }
        let kept = picks(kept);
        let keys = Batch::new(next.rows.len, next.keys).pick(&kept).columns;
        Held { rows: next.rows.pick(&kept), keys }
    }

    /// The first rows in order, as many for each row of the argument.
    fn first(&self, held: &[Held], limit: usize, is_read: &dyn Fn(usize) -> bool, run: &Run) -> Result<Held> {
        let rows: Vec<Batch> = held.iter().map(|held| held.rows.clone()).collect();
        let rows = Batch::concat(&rows, is_read);
        let keys: Vec<Vector> = (0..self.keys.len())
            .map(|key| Vector::concat(held.iter().map(|held| (&held.keys[key], held.rows.len))))
            .collect();
        let mut columns: Vec<Key> = Vec::with_capacity(keys.len() + 1);
        if !matches!(rows.origin(), Vector::Same(_)) {
            columns.push(Key::new(rows.origin(), rows.len, false, None));
        }
        let own = self.keys.iter().zip(&keys);
        columns.extend(own.map(|(sort, key)| Key::new(key, rows.len, sort.descending, sort.nulls_first)));
        let mut order = ordered(&columns, rows.len, run)?;
        cut(&mut order, &rows, limit);
        let order = picks(order);
        let keys = Batch::new(rows.len, keys).pick(&order).columns;
        let keys = keys.into_iter().map(Vector::flattened).collect();
        let mut rows = rows.pick(&order);
        rows.columns = rows.columns.into_iter().map(Vector::flattened).collect();
        Ok(Held { rows, keys })
    }
}

impl Source for Sort<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        if self.sorted.is_none() {
            self.sorted = Some(Chunks::new(self.sort(run)?));
        }
        Ok(self.sorted.as_mut().and_then(Chunks::next))
    }
}

/// Keeps no more than so many rows of each row of the argument.
fn cut(order: &mut Vec<u32>, rows: &Batch, limit: usize) {
    if let Vector::Same(_) = rows.origin() {
        return order.truncate(limit);
    }
    let (mut origin, mut seen) = (usize::MAX, 0);
    order.retain(|row| {
        let own = rows.origin_of(*row as usize);
        if own != origin {
            (origin, seen) = (own, 0);
        }
        seen += 1;
        seen <= limit
    });
}

/// The places of the rows in order.
fn ordered(keys: &[Key], len: usize, run: &Run) -> Result<Vec<u32>> {
    run.budget.charge(len * size_of::<(u64, u32)>())?;
    let mut rows: Vec<(u64, u32)> = match keys.first() {
        Some(first) => (0..len).map(|row| (first.prefix(row), row as u32)).collect(),
        None => (0..len).map(|row| (0, row as u32)).collect(),
    };
    let decided = usize::from(keys.first().is_some_and(Key::is_decided_by_prefix));
    let rest = &keys[decided..];
    let order = |a: &(u64, u32), b: &(u64, u32)| {
        let by_keys = || rest.iter().map(|key| key.order(a.1 as usize, b.1 as usize)).find(|order| order.is_ne());
        a.0.cmp(&b.0).then_with(|| by_keys().unwrap_or(Ordering::Equal)).then(a.1.cmp(&b.1))
    };
    let bytes = rest.iter().map(Key::bytes_compared).sum();
    sort_in_pieces(&mut rows, bytes, run.budget, order)?;
    run.budget.release(len * size_of::<(u64, u32)>());
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Sorts pieces, and merges them: between two pieces the limits are looked at. No two elements may be equal.
/// `bytes` is the size of the largest values that a comparison may have to read.
fn sort_in_pieces<T: Copy>(
    all: &mut Vec<T>,
    bytes: usize,
    budget: &Budget,
    order: impl Fn(&T, &T) -> Ordering,
) -> Result<()> {
    /// Sorted in a few milliseconds.
    const LONGEST: usize = 1 << 15;
    const BYTES: usize = 64 << 20;
    let mut length = (BYTES / bytes.max(1)).clamp(1, LONGEST);
    for piece in all.chunks_mut(length) {
        piece.sort_unstable_by(&order);
        budget.check()?;
    }
    if all.len() <= length {
        return Ok(());
    }
    let mut hold = budget.hold();
    hold.add(size_of_val(all.as_slice()))?;
    let mut merged = Vec::with_capacity(all.len());
    while length < all.len() {
        for pair in all.chunks(2 * length) {
            let (mut left, mut right) = pair.split_at(length.min(pair.len()));
            while let ([one, ..], [other, ..]) = (left, right) {
                let from = if order(one, other).is_lt() { &mut left } else { &mut right };
                merged.push(from[0]);
                *from = &from[1..];
                budget.tick()?;
                budget.work(bytes)?;
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        std::mem::swap(all, &mut merged);
        merged.clear();
        length *= 2;
    }
    Ok(())
}

/// A sort key of all rows.
struct Key {
    values: Values,
    descending: bool,
    nulls_first: Option<bool>,
}

enum Values {
    Same,
    Integers(Vec<i64>, Nulls),
    Floats(Vec<f64>, Nulls),
    Any(Vec<Value>),
}

impl Key {
    fn new(vector: &Vector, len: usize, descending: bool, nulls_first: Option<bool>) -> Key {
        let values = match vector.flat().as_deref() {
            None => Values::Same,
            // On one scale, dates and times are in the order of their counts.
            Some(Data::Integers(values, nulls) | Data::Temporals(values, _, nulls)) => {
                Values::Integers(values.clone(), nulls.clone())
            }
            Some(Data::Floats(values, nulls)) => Values::Floats(values.clone(), nulls.clone()),
            Some(data) => Values::Any((0..len).map(|row| data.value(row)).collect()),
        };
        Key { values, descending, nulls_first }
    }

    /// The size of the largest value, if comparing depends on its size.
    fn bytes_compared(&self) -> usize {
        match &self.values {
            Values::Any(values) => values.iter().map(Value::size).max().unwrap_or(0),
            Values::Same | Values::Integers(..) | Values::Floats(..) => size_of::<i64>(),
        }
    }

    fn is_null(&self, row: usize) -> bool {
        match &self.values {
            Values::Integers(_, nulls) | Values::Floats(_, nulls) => nulls.as_ref().is_some_and(|nulls| nulls[row]),
            Values::Any(values) => values[row].is_null(),
            Values::Same => false,
        }
    }

    /// Orders rows as the key does, as far as it goes: the lesser prefix comes first, equal ones decide nothing.
    fn prefix(&self, row: usize) -> u64 {
        let null = self.is_null(row);
        let ascending = match &self.values {
            _ if null => u64::MAX,
            Values::Same => 0,
            Values::Integers(values, _) => integer_prefix(values[row]),
            Values::Floats(values, _) => float_prefix(values[row]),
            Values::Any(values) => value_prefix(&values[row]),
        };
        match self.nulls_first {
            Some(first) if null => {
                if first {
                    0
                } else {
                    u64::MAX
                }
            }
            _ if self.descending => !ascending,
            _ => ascending,
        }
    }

    /// Whether rows of equal prefixes are equal.
    fn is_decided_by_prefix(&self) -> bool {
        match &self.values {
            Values::Same => true,
            Values::Integers(values, None) => !values.contains(&i64::MAX) && !values.contains(&i64::MIN),
            Values::Integers(..) | Values::Floats(..) | Values::Any(_) => false,
        }
    }

    fn order(&self, a: usize, b: usize) -> Ordering {
        match (self.nulls_first, self.is_null(a), self.is_null(b)) {
            (_, true, true) => return Ordering::Equal,
            (Some(first), true, false) => return if first { Ordering::Less } else { Ordering::Greater },
            (Some(first), false, true) => return if first { Ordering::Greater } else { Ordering::Less },
            _ => {}
        }
        let order = match &self.values {
            Values::Integers(..) | Values::Floats(..) if self.is_null(a) || self.is_null(b) => {
                self.is_null(a).cmp(&self.is_null(b))
            }
            Values::Same => Ordering::Equal,
            Values::Integers(values, _) => values[a].cmp(&values[b]),
            Values::Floats(values, _) => Value::Float(values[a]).order(&Value::Float(values[b])),
            Values::Any(values) => values[a].order(&values[b]),
        };
        if self.descending { order.reverse() } else { order }
    }
}

/// The sign turned, so that negative numbers come first.
fn integer_prefix(value: i64) -> u64 {
    value as u64 ^ 1 << 63
}

/// NaN comes after all numbers; both zeros are one.
fn float_prefix(value: f64) -> u64 {
    match value {
        value if value.is_nan() => u64::MAX,
        value => {
            let bits = (value + 0.0).to_bits();
            if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
        }
    }
}

/// By type, then by the first bytes of strings; what is further back in the order has no lesser prefix.
fn value_prefix(value: &Value) -> u64 {
    let rank = u64::from(value.rank()) << 56;
    match value {
        Value::String(text) => {
            let mut first = [0; 8];
            let len = text.len().min(7);
            first[1..=len].copy_from_slice(&text.as_bytes()[..len]);
            rank | u64::from_be_bytes(first)
        }
        Value::Boolean(value) => rank | u64::from(*value),
        _ => rank,
    }
}
