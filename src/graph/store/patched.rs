//! A column and changes to it → a column.

use std::sync::Arc;

use super::super::Value;
use super::bitmap::Bitmap;
use super::column::{Column, Data, Rows};
use super::column_builder::ColumnBuilder;
use super::dictionary::{Dictionary, DictionaryBuilder};

/// The column with changes by entity, ascending; null removes a value. `None` if it has no values.
pub(super) fn patched(column: Option<&Column>, changes: &[(u32, Value)]) -> Option<Column> {
    if changes.is_empty() {
        return column.cloned();
    }
    column.and_then(|column| copied(column, changes)).or_else(|| rebuilt(column, changes))
}

/// The same column without the strings that no entity has any more, if these are many.
pub(super) fn compacted(column: Column) -> Column {
    let Data::Text { dictionary, codes } = &column.data else { return column };
    let mut used = Bitmap::default();
    column.slots().for_each(|(_, slot)| _ = used.insert(codes[slot] as usize));
    if used.count() * 4 >= dictionary.len() * 3 {
        return column;
    }
    rebuilt(Some(&column), &[]).unwrap_or(column)
}

/// Any column with any changes, value by value.
fn rebuilt(column: Option<&Column>, changes: &[(u32, Value)]) -> Option<Column> {
    let mut builder = ColumnBuilder::default();
    let mut changes = changes.iter().peekable();
    if let Some(column) = column {
        for (entity, slot) in column.slots() {
            while let Some((changed, value)) = changes.next_if(|(changed, _)| *changed < entity) {
                builder.push(*changed, value.clone());
            }
            match changes.next_if(|(changed, _)| *changed == entity) {
                Some((_, value)) => builder.push(entity, value.clone()),
                None => builder.push_slot(entity, &column.data, slot),
            }
        }
    }
    changes.for_each(|(changed, value)| builder.push(*changed, value.clone()));
    builder.finish()
}

/// A dense column whose arrays can be copied as they are, if the new values are of its type.
fn copied(column: &Column, changes: &[(u32, Value)]) -> Option<Column> {
    let Rows::Dense { first, present } = &column.rows else { return None };
    let (first, length) = (*first as usize, column.data.len());
    let mut set = changes.iter().filter(|(_, value)| !value.is_null()).map(|(entity, _)| *entity as usize);
    let least = set.next();
    let most = set.next_back().or(least);
    let range = least.map_or(first, |least| least.min(first))
        ..most.map_or(first + length, |most| (most + 1).max(first + length));
    // What is mostly gaps takes less room in pairs.
    if column.count() * 4 < range.len() {
        return None;
    }
    let grid = Grid { range: range.clone(), first, length };
    let data = match &column.data {
        Data::Integer(values) => Data::Integer(grid.patch(values, 0, changes, |value| match value {
            Value::Integer(value) => Some(*value),
            _ => None,
        })?),
        Data::Float(values) => Data::Float(grid.patch(values, 0.0, changes, |value| match value {
            Value::Float(value) => Some(*value),
            _ => None,
        })?),
        Data::Boolean { values, length } => {
            let values: Vec<bool> = (0..*length).map(|slot| values.contains(slot)).collect();
            let values = grid.patch(&values, false, changes, |value| match value {
                Value::Boolean(value) => Some(*value),
                _ => None,
            })?;
            let set = values.iter().enumerate().filter(|(_, value)| **value).map(|(slot, _)| slot);
            Data::Boolean { values: set.collect(), length: values.len() }
        }
        Data::Text { codes, dictionary } => {
            let mut growing = Growing { dictionary, builder: None };
            let codes = grid.patch(codes, 0, changes, |value| match value {
                Value::String(text) => growing.code(text),
                _ => None,
            })?;
            Data::Text { codes, dictionary: growing.finish() }
        }
        Data::Temporal(array) => {
            let (count, number) = array.filler();
            let counts = grid.patch(&array.counts, count, changes, |value| Some(array.key_of(value)?.0))?;
            let numbers = match array.numbers.is_empty() {
                true => Vec::new(),
                false => grid.patch(&array.numbers, number, changes, |value| Some(array.key_of(value)?.1))?,
            };
            Data::Temporal(array.with(counts, numbers))
        }
        Data::Mixed(values) => Data::Mixed(grid.patch(values, Value::Null, changes, |value| Some(value.clone()))?),
    };
    let is_whole = present.is_none() && range.len() == length && changes.iter().all(|(_, value)| !value.is_null());
    let present = if is_whole { None } else { grid.present(present.as_ref(), changes) };
    Some(Column::new(Rows::Dense { first: range.start as u32, present }, data))
}

/// The entities of a dense column as they will be, and as they were.
struct Grid {
    range: std::ops::Range<usize>,
    first: usize,
    length: usize,
}

impl Grid {
    /// The values with the changes, and what slots hold that nobody reads; `None` if one is of another type.
    fn patch<T: Clone>(
        &self,
        values: &[T],
        empty: T,
        changes: &[(u32, Value)],
        mut typed: impl FnMut(&Value) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut patched = Vec::with_capacity(self.range.len());
        patched.resize(self.first - self.range.start, empty.clone());
        patched.extend_from_slice(values);
        patched.resize(self.range.len(), empty);
        for (entity, value) in changes.iter().filter(|(_, value)| !value.is_null()) {
            patched[*entity as usize - self.range.start] = typed(value)?;
        }
        Some(patched)
    }

    /// Which slots have values; `None`: all.
    fn present(&self, before: Option<&Bitmap>, changes: &[(u32, Value)]) -> Option<Bitmap> {
        let shift = self.first - self.range.start;
        let mut present = Bitmap::default();
        match before {
            Some(before) if shift == 0 => present = before.clone(),
            Some(before) => before.iter().for_each(|slot| _ = present.insert(slot + shift)),
            None => present.insert_range(shift..shift + self.length),
        }
        for (entity, value) in changes {
            match (*entity as usize).checked_sub(self.range.start) {
                Some(slot) if !value.is_null() => _ = present.insert(slot),
                Some(slot) => _ = present.remove(slot),
                None => {}
            }
        }
        (present.count() < self.range.len()).then_some(present)
    }
}

/// A dictionary that is copied when the first new string comes.
struct Growing<'a> {
    dictionary: &'a Arc<Dictionary>,
    builder: Option<DictionaryBuilder>,
}

impl Growing<'_> {
    fn code(&mut self, text: &str) -> Option<u32> {
        match &mut self.builder {
            Some(builder) => builder.intern(text),
            None => match self.dictionary.code(text) {
                Some(code) => Some(code),
                None => self.builder.insert(self.dictionary.to_builder()).intern(text),
            },
        }
    }

    fn finish(self) -> Arc<Dictionary> {
        match self.builder {
            Some(builder) => Arc::new(builder.finish_with_codes()),
            None => self.dictionary.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::TemporalType;
    use crate::graph::temporal::laws::{any_temporal_value, temporal_value};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            (-4..4_i64).prop_map(Value::Integer),
            Just(Value::Float(0.5)),
            any::<bool>().prop_map(Value::Boolean),
            "[ab]{0,2}".prop_map(Value::from),
            Just(Value::list([Value::Integer(1)])),
            any_temporal_value(),
        ]
    }

    /// Values mostly of one type.
    fn columns() -> impl Strategy<Value = (BTreeMap<u32, Value>, BTreeMap<u32, Value>)> {
        (values(), 1..40_u32, 0..20_u32).prop_flat_map(|(one, length, first)| {
            let kind = std::mem::discriminant(&one);
            let alike = || {
                let one = one.clone();
                let of_type = TemporalType::of(&one);
                let other = of_type.map_or_else(|| values().boxed(), temporal_value);
                other.prop_map(move |value| if std::mem::discriminant(&value) == kind { value } else { one.clone() })
            };
            let base = prop::collection::btree_map(first..first + length, alike(), 0..40);
            let changed = prop_oneof![6 => alike(), 1 => values(), 3 => Just(Value::Null)];
            let wide = prop_oneof![20 => 0..70_u32, 1 => 900..1000_u32];
            (base, prop::collection::btree_map(wide, changed, 1..20))
        })
    }

    proptest! {
        #[test]
        fn a_patched_column_has_the_new_values((base, changed) in columns()) {
            let mut builder = ColumnBuilder::default();
            base.iter().for_each(|(entity, value)| builder.push(*entity, value.clone()));
            let column = builder.finish();
            let changes: Vec<(u32, Value)> = changed.clone().into_iter().collect();
            let mut expected = base;
            expected.extend(changed);
            expected.retain(|_, value| !value.is_null());
            for column in [patched(column.as_ref(), &changes), patched(column.as_ref(), &changes).map(compacted)] {
                let value = |entity: u32| column.as_ref().map_or(Value::Null, |column| column.value(entity as usize));
                for entity in 0..1000 {
                    let wanted = expected.get(&entity).cloned().unwrap_or_default();
                    prop_assert_eq!(format!("{:?}", value(entity)), format!("{wanted:?}"));
                }
                prop_assert_eq!(column.as_ref().map_or(0, Column::count), expected.len());
                if let Some(column) = &column {
                    prop_assert!(column.slots().map(|(entity, _)| entity).eq(expected.keys().copied()));
                }
            }
        }
    }
}
