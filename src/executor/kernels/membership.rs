//! IN over vectors.

use std::collections::HashSet;

use super::super::Result;
use super::super::evaluate::contains;
use super::super::vector::{Data, NULL, Vector};
use crate::graph::Value;

/// Shorter lists are gone through.
const LONG: usize = 8;

pub(super) fn is_in(item: &Vector, list: &Vector, len: usize) -> Result<Vector> {
    match (item, list) {
        (Vector::Same(item), Vector::Same(list)) => contains(item, list).map(Vector::Same),
        (Vector::Each { .. }, Vector::Same(Value::List(items)))
            if items.len() >= LONG && items.iter().all(is_plain) =>
        {
            Ok(in_set(item, &Set::new(items), len))
        }
        _ => (0..len).map(|row| contains(&item.value(row), &list.value(row))).collect::<Result<_>>().map(Vector::of),
    }
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

/// The items of a list.
struct Set {
    integers: HashSet<i64>,
    values: HashSet<Value>,
    /// An item that is null leaves the answer open.
    has_null: bool,
    only_integers: bool,
}

impl Set {
    fn new(items: &[Value]) -> Set {
        let only_integers = items.iter().all(|item| matches!(item, Value::Integer(_) | Value::Null));
        let integers = items.iter().filter_map(|item| item.as_integer().filter(|_| only_integers)).collect();
        let values = items.iter().filter(|item| !item.is_null()).cloned().collect();
        Set { integers, values, has_null: items.iter().any(Value::is_null), only_integers }
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
