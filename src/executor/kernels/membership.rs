//! IN over vectors.

use std::collections::HashSet;
use std::sync::Arc;

use hashbrown::HashMap;

use super::super::batch::Batch;
use super::super::evaluate::contains;
use super::super::vector::{Data, NULL, Vector};
use super::super::{Result, Run};
use super::vector;
use crate::graph::{List, Value};
use crate::plan::Expr;

/// Shorter lists are gone through.
const LONG: usize = 8;

/// The sets of lists that are the same for many batches, by the address of the expression of the list.
pub(in super::super) type Sets = HashMap<usize, Arc<Set>>;

pub(super) fn is_in(item: &Expr, list: &Expr, batch: &Batch, run: &mut Run) -> Result<Vector> {
    let (items, lists) = (vector(item, batch, run)?, vector(list, batch, run)?);
    match (&items, &lists) {
        (Vector::Same(item), Vector::Same(list)) => contains(item, list).map(Vector::Same),
        (Vector::Each { .. }, Vector::Same(Value::List(list_items)))
            if list_items.len() >= LONG && list_items.iter().all(is_plain) =>
        {
            let set = set_of(std::ptr::from_ref(list).addr(), list_items, run)?;
            Ok(in_set(&items, &set, batch.len))
        }
        _ => (0..batch.len)
            .map(|row| {
                let list = lists.value(row);
                run.budget.work(list.size())?;
                contains(&items.value(row), &list)
            })
            .collect::<Result<_>>()
            .map(Vector::of),
    }
}

/// The set of a list: the one of the batch before, if that had the same list.
fn set_of(place: usize, items: &List, run: &mut Run) -> Result<Arc<Set>> {
    if let Some(set) = run.sets.get(&place).filter(|set| set.items.is_same(items)) {
        return Ok(set.clone());
    }
    run.budget.charge(bytes_of_set(items.len()))?;
    let set = Arc::new(Set::new(items.clone()));
    if let Some(before) = run.sets.insert(place, set.clone()) {
        run.budget.release(bytes_of_set(before.items.len()));
    }
    Ok(set)
}

fn bytes_of_set(items: usize) -> usize {
    items * 2 * (size_of::<Value>() + size_of::<i64>())
}

/// Whether a value equals another exactly if both are equivalent: no NaN, no list or map with null in it.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::List(_) | Value::Map(_) | Value::Path(_) | Value::Duration(_) | Value::Point(_) | Value::DateTime(_) => {
            false
        }
        Value::Float(number) => !number.is_nan(),
        _ => true,
    }
}

/// The items of a list, to be looked up.
pub(in super::super) struct Set {
    items: List,
    integers: HashSet<i64>,
    values: HashSet<Value>,
    /// An item that is null leaves the answer open.
    has_null: bool,
    only_integers: bool,
}

impl Set {
    fn new(items: List) -> Set {
        let only_integers = items.iter().all(|item| matches!(item, Value::Integer(_) | Value::Null));
        let integers = items.iter().filter_map(|item| item.as_integer().filter(|_| only_integers)).collect();
        let values = items.iter().filter(|item| !item.is_null()).cloned().collect();
        let has_null = items.iter().any(Value::is_null);
        Set { items, integers, values, has_null, only_integers }
    }

    fn truth(&self, value: &Value) -> Option<bool> {
        match value {
            Value::Null => None,
            value => self.answer(is_plain(value) && self.values.contains(value)),
        }
    }

    fn answer(&self, found: bool) -> Option<bool> {
        if found { Some(true) } else { (!self.has_null).then_some(false) }
    }
}

fn in_set(item: &Vector, set: &Set, len: usize) -> Vector {
    let data = item.flat();
    let truths: Vec<Option<bool>> = match data.as_deref() {
        Some(Data::Integers(values, nulls)) if set.only_integers => {
            let is_null = |row: usize| nulls.as_ref().is_some_and(|nulls| nulls[row]);
            let truth = |(row, value): (usize, &i64)| match is_null(row) {
                true => None,
                false => set.answer(set.integers.contains(value)),
            };
            values.iter().enumerate().map(truth).collect()
        }
        Some(Data::Text(codes, dictionary)) => {
            let wanted = set.values.iter().filter_map(Value::as_str).filter_map(|text| dictionary.code(text));
            let wanted: HashSet<u32> = wanted.collect();
            let truth = |code: &u32| if *code == NULL { None } else { set.answer(wanted.contains(code)) };
            codes.iter().map(truth).collect()
        }
        _ => (0..len).map(|row| set.truth(&item.value(row))).collect(),
    };
    let values = truths.iter().map(|truth| *truth == Some(true)).collect();
    Vector::booleans(values, truths.iter().map(Option::is_none).collect())
}
