//! Sorting all rows, or only the first ones.

use std::cmp::Ordering;

use super::batch::{Batch, Chunks, ROWS, picks};
use super::evaluate::row_count;
use super::sort_key::{Key, ordered};
use super::source::{Argument, Input, Source, open};
use super::vector::Vector;
use super::{Result, Run, kernels, lanes};
use crate::diagnostic::Detail;
use crate::plan::{Expr, Operator, SortKey};

/// Sorts the rows of each row of the argument; equal rows keep the order in which they came. With a limit it never
/// holds many more rows than that.
pub(super) struct Sort<'p> {
    plan: &'p Operator,
    argument: Argument,
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
        plan: &'p Operator,
        argument: &Argument,
        operator: &'p Operator,
        keys: &'p [SortKey],
        limit: Option<&'p Expr>,
        run: &Run,
    ) -> Sort<'p> {
        let input = open(plan, argument, run);
        Sort { plan, argument: argument.clone(), input, operator, keys, limit, sorted: None }
    }

    fn sort(&mut self, run: &mut Run) -> Result<Batch> {
        let is_read = run.read_above(self.operator);
        let (keys, limit) = (self.keys, self.limit);
        let gather = |input: &mut Input, run: &mut Run| gather(keys, limit, &is_read, input, run);
        let parts = lanes::side_by_side(self.plan, &self.argument, run, gather)?;
        let held = match parts {
            Some(parts) => {
                let limit = parts.iter().map(|(_, limit)| *limit).min().unwrap_or(usize::MAX);
                (parts.into_iter().flat_map(|(held, _)| held).collect(), limit)
            }
            None => gather(&mut self.input, run)?,
        };
        match held {
            (held, _) if held.is_empty() => Ok(Batch::default()),
            (held, limit) => Ok(first(keys, &held, limit, &is_read, run)?.rows),
        }
    }
}

/// The rows of a source that may be among the first, and how many are wanted.
fn gather(
    keys: &[SortKey],
    wanted: Option<&Expr>,
    is_read: &dyn Fn(usize) -> bool,
    input: &mut Input,
    run: &mut Run,
) -> Result<(Vec<Held>, usize)> {
    let mut limit = usize::MAX;
    let mut held: Vec<Held> = Vec::new();
    let (mut count, mut kept) = (0, 0);
    let mut worst = None;
    let mut charged = 0;
    while let Some(batch) = input.next(run)? {
        if held.is_empty()
            && let Some(count) = wanted
        {
            limit = match row_count(count, "LIMIT", &mut batch.row(0), run) {
                // What is skipped and what is taken are more together than an integer holds: no row is left out here.
                Err(error) if error.detail == Detail::IntegerOverflow => usize::MAX,
                limit => limit?,
            };
        }
        let (vectors, _, failure) = kernels::vectors(keys.iter().map(|key| &key.expression), &batch, run);
        if let Some(failure) = failure {
            return Err(failure);
        }
        let next = not_behind(keys, worst.as_deref(), Held { rows: batch, keys: vectors });
        // What rows hold is less when others hold it too, so what was charged is not counted again to release it.
        charged += charge(keys, &next, run)?;
        count += next.rows.len;
        held.push(next);
        // Sorting now and then costs less than keeping the rows in order all the time.
        if count - kept > limit.saturating_mul(2).max(4 * ROWS) {
            let first = first(keys, &held, limit, is_read, run)?;
            held.clear();
            run.budget.release(charged);
            kept = first.rows.len;
            count = kept;
            worst = self::worst(keys, &first, limit);
            charged = charge(keys, &first, run)?;
            held = vec![first];
        }
    }
    Ok((held, limit))
}

/// Charges for rows and their keys; the bytes.
fn charge(keys: &[SortKey], held: &Held, run: &Run) -> Result<usize> {
    let bytes = held.rows.bytes() + keys.len() * held.rows.len * size_of::<u64>();
    run.budget.charge(bytes)?;
    Ok(bytes)
}

/// The keys of some rows.
fn keys_of(keys: &[SortKey], vectors: &[Vector], len: usize) -> Vec<Key> {
    let own = keys.iter().zip(vectors);
    own.map(|(sort, vector)| Key::new(vector, len, sort.descending, sort.nulls_first)).collect()
}

/// How far the keys of the last row that is wanted go, if all rows come from one row of the argument.
fn worst(keys: &[SortKey], first: &Held, limit: usize) -> Option<Vec<u64>> {
    let len = first.rows.len;
    let is_full = len >= limit && matches!(first.rows.origin(), Vector::Same(_));
    is_full.then(|| keys_of(keys, &first.keys, len).iter().map(|key| key.prefix(len - 1)).collect())
}

/// The rows that may be among the first.
fn not_behind(sort: &[SortKey], worst: Option<&[u64]>, next: Held) -> Held {
    let Some(worst) = worst else { return next };
    let keys = keys_of(sort, &next.keys, next.rows.len);
    // A key of which the prefix does not tell all is the last one that does tell something.
    let telling = (keys.iter().take_while(|key| key.is_exact()).count() + 1).min(keys.len());
    // A row that equals the worst one comes after it.
    let keeps_equal = !keys.iter().all(Key::is_exact);
    let is_wanted = |row: &u32| {
        let mut by_keys = keys[..telling].iter().zip(worst).map(|(key, worst)| key.prefix(*row as usize).cmp(worst));
        by_keys.find(|order| order.is_ne()).map_or(keeps_equal, Ordering::is_lt)
    };
    let kept: Vec<u32> = (0..next.rows.len as u32).filter(is_wanted).collect();
    if kept.len() == next.rows.len {
        return next;
    }
    let kept = picks(kept);
    let keys = Batch::new(next.rows.len, next.keys).pick(&kept).columns;
    Held { rows: next.rows.pick(&kept), keys }
}

/// The first rows in order, as many for each row of the argument.
fn first(sort: &[SortKey], held: &[Held], limit: usize, is_read: &dyn Fn(usize) -> bool, run: &Run) -> Result<Held> {
    let rows: Vec<Batch> = held.iter().map(|held| held.rows.clone()).collect();
    let rows = Batch::concat(&rows, is_read);
    let keys: Vec<Vector> =
        (0..sort.len()).map(|key| Vector::concat(held.iter().map(|held| (&held.keys[key], held.rows.len)))).collect();
    let alone = matches!(rows.origin(), Vector::Same(_));
    let mut columns = keys_of(sort, &keys, rows.len);
    if !alone {
        columns.insert(0, Key::new(rows.origin(), rows.len, false, None));
    }
    let mut order = ordered(&columns, rows.len, if alone { limit } else { usize::MAX }, run)?;
    cut(&mut order, &rows, limit);
    let order = picks(order);
    let keys = Batch::new(rows.len, keys).pick(&order).columns;
    let keys = keys.into_iter().map(Vector::flattened).collect();
    let mut rows = rows.pick(&order);
    rows.columns = rows.columns.into_iter().map(Vector::flattened).collect();
    Ok(Held { rows, keys })
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
