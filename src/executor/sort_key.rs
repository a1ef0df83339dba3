//! [`Key`]: a sort key of rows, and rows put in order by several of them.
//!
//! Each value has a prefix, a number that orders values as far as it goes. For most types it goes all the way, and rows
//! are put in order by comparing numbers alone.

use std::cmp::Ordering;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use super::lanes::most;
use super::vector::{Data, NULL, Nulls, Vector};
use super::{Result, Run};
use crate::graph::{Dictionary, Value};
use crate::limits::Budget;

/// A sort key of all rows.
pub(super) struct Key {
    /// Of each row: the lesser one comes first, equal ones decide nothing unless `is_exact`.
    prefixes: Vec<u64>,
    /// Whether rows of equal prefixes are equal.
    is_exact: bool,
    values: Values,
    descending: bool,
    nulls_first: Option<bool>,
}

/// What is compared where prefixes are equal.
enum Values {
    None,
    Integers(Vec<i64>, Nulls),
    Floats(Vec<f64>, Nulls),
    Text(Vec<u32>, Arc<Dictionary>),
    Any(Vec<Value>),
}

impl Key {
    pub(super) fn new(vector: &Vector, len: usize, descending: bool, nulls_first: Option<bool>) -> Key {
        let mut key = Key { prefixes: Vec::new(), is_exact: true, values: Values::None, descending, nulls_first };
        match vector.flat().as_deref() {
            None => key.prefixes = vec![0; len],
            // On one scale, dates and times are in the order of their counts.
            Some(Data::Integers(values, nulls) | Data::Temporals(values, _, nulls)) => {
                key.fill(values.iter().map(|value| integer_prefix(*value)), nulls);
                if !key.is_exact {
                    key.values = Values::Integers(values.clone(), nulls.clone());
                }
            }
            Some(Data::Floats(values, nulls)) => {
                key.fill(values.iter().map(|value| float_prefix(*value)), nulls);
                if !key.is_exact {
                    key.values = Values::Floats(values.clone(), nulls.clone());
                }
            }
            Some(Data::Text(codes, dictionary)) => {
                let nulls = codes.contains(&NULL).then(|| codes.iter().map(|code| *code == NULL).collect());
                let of = |code: &u32| if *code == NULL { 0 } else { text_prefix(dictionary.get(*code)) };
                key.fill(codes.iter().map(of), &nulls);
                key.is_exact = false;
                key.values = Values::Text(codes.clone(), dictionary.clone());
            }
            Some(data) => {
                let values: Vec<Value> = (0..len).map(|row| data.value(row)).collect();
                let nulls = Some(values.iter().map(Value::is_null).collect());
                key.fill(values.iter().map(value_prefix), &nulls);
                key.is_exact = false;
                key.values = Values::Any(values);
            }
        }
        key
    }

    /// Sets the prefixes, of values in ascending order, and whether they say all.
    fn fill(&mut self, ascending: impl Iterator<Item = u64>, nulls: &Nulls) {
        let flip = if self.descending { u64::MAX } else { 0 };
        let of_null = match self.nulls_first {
            Some(true) => 0,
            Some(false) => u64::MAX,
            None => u64::MAX ^ flip,
        };
        self.prefixes = ascending.map(|prefix| prefix ^ flip).collect();
        if let Some(nulls) = nulls {
            self.is_exact = !self.prefixes.iter().zip(nulls).any(|(prefix, null)| !null && *prefix == of_null);
            let prefixes = self.prefixes.iter_mut().zip(nulls);
            prefixes.filter(|(_, null)| **null).for_each(|(prefix, _)| *prefix = of_null);
        }
    }

    pub(super) fn prefix(&self, row: usize) -> u64 {
        self.prefixes[row]
    }

    pub(super) fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// The size of the largest value, if comparing depends on its size.
    fn bytes_compared(&self) -> usize {
        match &self.values {
            Values::Any(values) => values.iter().map(Value::size).max().unwrap_or(0),
            Values::Text(codes, dictionary) => {
                let length = |code: &u32| if *code == NULL { 0 } else { dictionary.get(*code).len() };
                codes.iter().map(length).max().unwrap_or(0)
            }
            Values::None | Values::Integers(..) | Values::Floats(..) => size_of::<i64>(),
        }
    }

    fn is_null(&self, row: usize) -> bool {
        match &self.values {
            Values::Integers(_, nulls) | Values::Floats(_, nulls) => nulls.as_ref().is_some_and(|nulls| nulls[row]),
            Values::Text(codes, _) => codes[row] == NULL,
            Values::Any(values) => values[row].is_null(),
            Values::None => false,
        }
    }

    fn order(&self, a: usize, b: usize) -> Ordering {
        let by_prefix = self.prefixes[a].cmp(&self.prefixes[b]);
        if by_prefix.is_ne() || self.is_exact { by_prefix } else { self.order_of_values(a, b) }
    }

    fn order_of_values(&self, a: usize, b: usize) -> Ordering {
        match (self.nulls_first, self.is_null(a), self.is_null(b)) {
            (_, true, true) => return Ordering::Equal,
            (Some(first), true, false) => return if first { Ordering::Less } else { Ordering::Greater },
            (Some(first), false, true) => return if first { Ordering::Greater } else { Ordering::Less },
            _ => {}
        }
        let order = match &self.values {
            Values::Integers(..) | Values::Floats(..) | Values::Text(..) if self.is_null(a) || self.is_null(b) => {
                self.is_null(a).cmp(&self.is_null(b))
            }
            Values::None => Ordering::Equal,
            Values::Integers(values, _) => values[a].cmp(&values[b]),
            Values::Floats(values, _) => Value::Float(values[a]).order(&Value::Float(values[b])),
            Values::Text(codes, _) if codes[a] == codes[b] => Ordering::Equal,
            Values::Text(codes, dictionary) => dictionary.get(codes[a]).cmp(dictionary.get(codes[b])),
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

/// The first bytes of a string. What is further back in the order has no lesser prefix.
fn text_prefix(text: &str) -> u64 {
    let mut first = [0; 8];
    let len = text.len().min(7);
    first[1..=len].copy_from_slice(&text.as_bytes()[..len]);
    u64::from_be_bytes(first)
}

/// By type, then by the first bytes of strings.
fn value_prefix(value: &Value) -> u64 {
    let rank = u64::from(value.rank()) << 56;
    match value {
        Value::String(text) => rank | text_prefix(text),
        Value::Boolean(value) => rank | u64::from(*value),
        _ => rank,
    }
}

/// The places of the rows in order, or only the first ones. Equal rows stay in the order in which they are.
pub(super) fn ordered(keys: &[Key], len: usize, limit: usize, run: &Run) -> Result<Vec<u32>> {
    // A single row is in order; what several keys say beyond the first two is compared row by row.
    let exact = keys.iter().take_while(|key| key.is_exact).count();
    match (keys, exact) {
        ([one], 1) => of_elements(len, limit, 0, run, |row| (one.prefixes[row], row as u32), Ord::cmp),
        ([first, second], 2) => {
            of_elements(len, limit, 0, run, |row| (first.prefixes[row], second.prefixes[row], row as u32), Ord::cmp)
        }
        _ => {
            let rest = &keys[usize::from(exact > 0)..];
            let bytes = rest.iter().map(Key::bytes_compared).sum();
            let prefix = |row: usize| keys.first().map_or(0, |first| first.prefixes[row]);
            of_elements(
                len,
                limit,
                bytes,
                run,
                |row| (prefix(row), row as u32),
                |a, b| {
                    let by_keys =
                        || rest.iter().map(|key| key.order(a.1 as usize, b.1 as usize)).find(|order| order.is_ne());
                    a.0.cmp(&b.0).then_with(|| by_keys().unwrap_or(Ordering::Equal)).then(a.1.cmp(&b.1))
                },
            )
        }
    }
}

/// What is sorted in place of a row: prefixes, and the place of the row.
trait Element: Copy + Send + Sync {
    fn row(&self) -> u32;
}

impl Element for (u64, u32) {
    fn row(&self) -> u32 {
        self.1
    }
}

impl Element for (u64, u64, u32) {
    fn row(&self) -> u32 {
        self.2
    }
}

fn of_elements<T: Element>(
    len: usize,
    limit: usize,
    bytes: usize,
    run: &Run,
    element: impl Fn(usize) -> T,
    order: impl Fn(&T, &T) -> Ordering + Sync,
) -> Result<Vec<u32>> {
    let mut hold = run.budget.hold();
    hold.add(len * size_of::<T>())?;
    let mut rows: Vec<T> = (0..len).map(element).collect();
    // To select the first ones takes a comparison or two for each row.
    if (1..len / 4).contains(&limit) && bytes <= size_of::<i64>() {
        rows.select_nth_unstable_by(limit - 1, &order);
        rows.truncate(limit);
    }
    sort(&mut rows, bytes, run.budget, &order)?;
    Ok(rows.iter().map(T::row).collect())
}

/// Rows for which a second thread is worth while. In the tests of this crate few, so that laws run on threads.
const WORTH_A_THREAD: usize = if cfg!(test) { 64 } else { 1 << 15 };

fn sort<T: Copy + Send + Sync>(
    all: &mut Vec<T>,
    bytes: usize,
    budget: &Budget,
    order: &(impl Fn(&T, &T) -> Ordering + Sync),
) -> Result<()> {
    if all.len() < 2 * WORTH_A_THREAD || most() < 2 {
        return sort_in_pieces(all, bytes, budget, order);
    }
    let mut rest = all.split_off(all.len() / 2);
    let beside = budget.beside();
    thread::scope(|scope| {
        let other = scope.spawn(|| sort_in_pieces(&mut rest, bytes, &beside, order));
        let own = sort_in_pieces(all, bytes, budget, order);
        own.and(other.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })?;
    let mut hold = budget.hold();
    hold.add(2 * size_of_val(rest.as_slice()))?;
    let mut merged = Vec::with_capacity(all.len() + rest.len());
    merge(all, &rest, bytes, budget, order, &mut merged)?;
    *all = merged;
    Ok(())
}

/// Sorts pieces, and merges them: between two pieces the limits are looked at. No two elements may be equal.
/// `bytes` is the size of the largest values that a comparison may have to read.
fn sort_in_pieces<T: Copy>(
    all: &mut Vec<T>,
    bytes: usize,
    budget: &Budget,
    order: &impl Fn(&T, &T) -> Ordering,
) -> Result<()> {
    /// Sorted in some milliseconds.
    const LONGEST: usize = 1 << 17;
    const BYTES: usize = 64 << 20;
    let mut length = (BYTES / bytes.max(1)).clamp(1, LONGEST);
    for piece in all.chunks_mut(length) {
        piece.sort_unstable_by(order);
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
            let (left, right) = pair.split_at(length.min(pair.len()));
            merge(left, right, bytes, budget, order, &mut merged)?;
        }
        std::mem::swap(all, &mut merged);
        merged.clear();
        length *= 2;
    }
    Ok(())
}

/// Adds two sorted pieces as one.
fn merge<'t, T: Copy>(
    mut left: &'t [T],
    mut right: &'t [T],
    bytes: usize,
    budget: &Budget,
    order: &impl Fn(&T, &T) -> Ordering,
    into: &mut Vec<T>,
) -> Result<()> {
    while let ([one, ..], [other, ..]) = (left, right) {
        let from = if order(one, other).is_lt() { &mut left } else { &mut right };
        into.push(from[0]);
        *from = &from[1..];
        budget.tick()?;
        budget.work(bytes)?;
    }
    into.extend_from_slice(left);
    into.extend_from_slice(right);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::with_run;
    use super::*;
    use crate::graph::Graph;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Vec<Value>> {
        let integer = prop_oneof![Just(i64::MIN), Just(i64::MAX), -2..3_i64].prop_map(Value::Integer);
        let float = prop_oneof![Just(f64::NAN), Just(-0.0), Just(0.0), Just(f64::INFINITY), Just(0.5)];
        let float = float.prop_map(Value::Float);
        let text = "[ab]{0,9}".prop_map(Value::from);
        let or_null =
            |of: BoxedStrategy<Value>| prop::collection::vec(prop_oneof![9 => of, 1 => Just(Value::Null)], 200);
        let any = prop_oneof![integer.clone(), float.clone(), text.clone(), any::<bool>().prop_map(Value::Boolean)];
        prop_oneof![or_null(integer.boxed()), or_null(float.boxed()), or_null(text.boxed()), or_null(any.boxed())]
    }

    /// The order of two values under a key.
    fn order(a: &Value, b: &Value, descending: bool, nulls_first: Option<bool>) -> Ordering {
        match (nulls_first, a.is_null(), b.is_null()) {
            (Some(first), true, false) => {
                if first {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (Some(first), false, true) => {
                if first {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            _ if descending => b.order(a),
            _ => a.order(b),
        }
    }

    proptest! {
        /// Rows are in the order of their keys, and equal ones in the order in which they were.
        #[test]
        fn rows_are_in_order(
            columns in prop::collection::vec((values(), any::<bool>(), prop::option::of(any::<bool>())), 0..4),
            limit in prop_oneof![Just(usize::MAX), 1..60_usize],
        ) {
            let mut expected: Vec<u32> = (0..200).collect();
            expected.sort_by(|a, b| {
                let of = |(values, descending, first): &(Vec<Value>, bool, Option<bool>)| {
                    order(&values[*a as usize], &values[*b as usize], *descending, *first)
                };
                columns.iter().map(of).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
            });
            with_run(&Graph::new(), 0, |run| {
                let key = |(values, descending, first): &(Vec<Value>, bool, Option<bool>)| {
                    Key::new(&Vector::of(values.clone()), 200, *descending, *first)
                };
                let keys: Vec<Key> = columns.iter().map(key).collect();
                let mut found = ordered(&keys, 200, limit, run).expect("no limit is met");
                found.truncate(limit);
                expected.truncate(limit);
                assert_eq!(found, expected);
            });
        }
    }
}
