//! Values in any order → [`Column`].

use std::sync::Arc;

use super::super::Value;
use super::bitmap::Bitmap;
use super::column::{Column, Data, Rows};
use super::dictionary::DictionaryBuilder;
use super::temporal_array::TemporalArray;

/// Collects the values of one property key. If an entity is given two values the later one holds.
#[derive(Debug, Default)]
pub(crate) struct ColumnBuilder {
    entities: Vec<u32>,
    data: Growing,
    /// Whether the entities do not ascend.
    unsorted: bool,
}

#[derive(Debug, Default)]
enum Growing {
    #[default]
    Nothing,
    Integer(Vec<i64>),
    Float(Vec<f64>),
    Boolean(Vec<bool>),
    Text(Vec<u32>, DictionaryBuilder),
    Temporal(TemporalArray),
    Mixed(Vec<Value>),
}

impl Growing {
    /// Makes room for values of any type.
    fn mixed(&mut self) -> &mut Vec<Value> {
        let values = std::mem::take(self).into_values();
        *self = Growing::Mixed(values);
        match self {
            Growing::Mixed(values) => values,
            _ => unreachable!("it was set just now"),
        }
    }

    fn into_values(self) -> Vec<Value> {
        match self {
            Growing::Nothing => Vec::new(),
            Growing::Integer(values) => values.into_iter().map(Value::Integer).collect(),
            Growing::Float(values) => values.into_iter().map(Value::Float).collect(),
            Growing::Boolean(values) => values.into_iter().map(Value::Boolean).collect(),
            Growing::Text(codes, dictionary) => {
                let dictionary = dictionary.finish();
                codes.into_iter().map(|code| Value::String(dictionary.shared(code))).collect()
            }
            Growing::Temporal(array) => (0..array.len()).map(|slot| array.value(slot)).collect(),
            Growing::Mixed(values) => values,
        }
    }
}

/// Adds to the array of the value's type, or turns to the array of all types.
macro_rules! push {
    ($data:expr, $variant:ident, $value:expr, $boxed:expr) => {{
        if let Growing::Nothing = $data {
            $data = Growing::$variant(Vec::new());
        }
        match &mut $data {
            Growing::$variant(values) => values.push($value),
            other => other.mixed().push($boxed),
        }
    }};
}

impl ColumnBuilder {
    fn enter(&mut self, entity: u32) {
        self.unsorted |= self.entities.last().is_some_and(|last| *last >= entity);
        self.entities.push(entity);
    }

    /// Adds a value; null is left out.
    pub(crate) fn push(&mut self, entity: u32, value: Value) {
        match value {
            Value::Null => {}
            Value::Integer(value) => self.push_integer(entity, value),
            Value::Float(value) => self.push_float(entity, value),
            Value::Boolean(value) => self.push_boolean(entity, value),
            Value::String(value) => self.push_text(entity, &value),
            value => {
                self.enter(entity);
                self.push_other(value);
            }
        }
    }

    /// Adds a date or time to the array of its type if it has a place there, else to that of all types.
    fn push_other(&mut self, value: Value) {
        if let Growing::Nothing = self.data
            && let Some(array) = TemporalArray::starting_with(&value)
        {
            self.data = Growing::Temporal(array);
            return;
        }
        if let Growing::Temporal(array) = &mut self.data
            && array.push(&value)
        {
            return;
        }
        self.data.mixed().push(value);
    }

    pub(crate) fn push_integer(&mut self, entity: u32, value: i64) {
        self.enter(entity);
        push!(self.data, Integer, value, Value::Integer(value));
    }

    pub(crate) fn push_float(&mut self, entity: u32, value: f64) {
        self.enter(entity);
        push!(self.data, Float, value, Value::Float(value));
    }

    pub(crate) fn push_boolean(&mut self, entity: u32, value: bool) {
        self.enter(entity);
        push!(self.data, Boolean, value, Value::Boolean(value));
    }

    pub(crate) fn push_text(&mut self, entity: u32, value: &str) {
        self.enter(entity);
        if let Growing::Nothing = self.data {
            self.data = Growing::Text(Vec::new(), DictionaryBuilder::default());
        }
        if let Growing::Text(codes, dictionary) = &mut self.data
            && let Some(code) = dictionary.intern(value)
        {
            return codes.push(code);
        }
        self.data.mixed().push(Value::from(value));
    }

    /// Adds a value of another column.
    pub(crate) fn push_slot(&mut self, entity: u32, data: &Data, slot: usize) {
        match data {
            Data::Integer(values) => self.push_integer(entity, values[slot]),
            Data::Float(values) => self.push_float(entity, values[slot]),
            Data::Boolean { values, .. } => self.push_boolean(entity, values.contains(slot)),
            Data::Text { codes, dictionary } => self.push_text(entity, dictionary.get(codes[slot])),
            Data::Temporal(array) => self.push(entity, array.value(slot)),
            Data::Mixed(values) => self.push(entity, values[slot].clone()),
        }
    }

    /// Adds the values of another column whose entities are counted from `first`.
    pub(crate) fn append(&mut self, first: u32, other: ColumnBuilder) {
        let ColumnBuilder { entities, data, unsorted } = other;
        let Some(begin) = entities.first() else { return };
        self.unsorted |= unsorted || self.entities.last().is_some_and(|last| *last >= first + begin);
        self.entities.extend(entities.iter().map(|entity| first + entity));
        match (&mut self.data, data) {
            (nothing @ Growing::Nothing, data) => *nothing = data,
            (Growing::Integer(values), Growing::Integer(more)) => values.extend_from_slice(&more),
            (Growing::Float(values), Growing::Float(more)) => values.extend_from_slice(&more),
            (Growing::Boolean(values), Growing::Boolean(more)) => values.extend_from_slice(&more),
            (Growing::Text(codes, dictionary), Growing::Text(more, others)) => match dictionary.adopt(&others) {
                Some(adopted) => codes.extend(more.iter().map(|code| adopted[*code as usize])),
                None => {
                    let values = Growing::Text(more, others).into_values();
                    self.data.mixed().extend(values);
                }
            },
            (Growing::Temporal(array), Growing::Temporal(more)) => {
                if let Err(more) = array.append(more) {
                    self.data.mixed().extend(Growing::Temporal(more).into_values());
                }
            }
            (own, more) => own.mixed().extend(more.into_values()),
        }
    }

    /// Turns the integers of these entities into strings.
    pub(crate) fn integers_to_text(&mut self, entities: &dyn Fn(u32) -> bool) {
        let mut builder = ColumnBuilder::default();
        let values = match std::mem::take(&mut self.data) {
            Growing::Nothing => return,
            Growing::Integer(values) => values.into_iter().map(Value::Integer).collect(),
            mut other => std::mem::take(other.mixed()),
        };
        for (entity, value) in self.entities.iter().zip(values) {
            match value {
                Value::Integer(number) if entities(*entity) => builder.push_text(*entity, &number.to_string()),
                value => builder.push(*entity, value),
            }
        }
        *self = builder;
    }

    /// Starts with the values of a column.
    pub(super) fn starting_with(column: &Column) -> ColumnBuilder {
        let (entities, slots): (Vec<u32>, Vec<usize>) = column.slots().unzip();
        let is_whole = slots.len() == column.data.len();
        let mut data = match &column.data {
            Data::Integer(values) => Growing::Integer(values.clone()),
            Data::Float(values) => Growing::Float(values.clone()),
            Data::Boolean { values, length } => Growing::Boolean((0..*length).map(|at| values.contains(at)).collect()),
            Data::Text { codes, dictionary } => Growing::Text(codes.clone(), dictionary.to_builder()),
            Data::Temporal(array) => Growing::Temporal(array.clone()),
            Data::Mixed(values) => Growing::Mixed(values.clone()),
        };
        if !is_whole {
            data.pick(&slots);
        }
        ColumnBuilder { entities, data, unsorted: false }
    }

    /// The count of values so far, those that later ones replace included.
    pub(super) fn len(&self) -> usize {
        self.entities.len()
    }

    /// Gives the entities new numbers.
    pub(crate) fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        self.entities.iter_mut().for_each(|entity| *entity = number(*entity));
        self.unsorted = !self.entities.is_sorted_by(|a, b| a < b);
    }

    /// The column; `None` if there are no values.
    pub(crate) fn finish(mut self) -> Option<Column> {
        if self.unsorted {
            self.sort();
        }
        let (first, last) = (*self.entities.first()?, *self.entities.last()?);
        let range = (last - first) as usize + 1;
        // A quarter full, an array with gaps is as small as pairs of entity and value, and quicker.
        if self.entities.len() * 4 < range {
            let data = self.data.finish(None);
            return Some(Column::new(Rows::Sparse(self.entities), data));
        }
        if self.entities.len() == range {
            return Some(Column::new(Rows::Dense { first, present: None }, self.data.finish(None)));
        }
        let slots: Vec<usize> = self.entities.iter().map(|entity| (entity - first) as usize).collect();
        let present = slots.iter().copied().collect();
        let data = self.data.finish(Some((&slots, range)));
        Some(Column::new(Rows::Dense { first, present: Some(present) }, data))
    }

    /// Sorts by entity and keeps the last value of each.
    fn sort(&mut self) {
        self.sort_without(|_, _| false);
    }

    /// Sorts by entity and keeps the last value of each, unless that is gone: given the entity, and how many values
    /// were added before this one.
    pub(super) fn sort_without(&mut self, is_gone: impl Fn(u32, usize) -> bool) {
        let mut order: Vec<u32> = (0..self.entities.len() as u32).collect();
        if self.unsorted {
            order.sort_by_key(|at| self.entities[*at as usize]);
        }
        let kept: Vec<usize> = order
            .chunk_by(|a, b| self.entities[*a as usize] == self.entities[*b as usize])
            .filter_map(|same| same.last().map(|at| *at as usize))
            .filter(|at| !is_gone(self.entities[*at], *at))
            .collect();
        if self.unsorted || kept.len() < self.entities.len() {
            self.entities = kept.iter().map(|at| self.entities[*at]).collect();
            self.data.pick(&kept);
            self.unsorted = false;
        }
    }
}

fn pick<T: Clone>(values: &mut Vec<T>, places: &[usize]) {
    *values = places.iter().map(|at| values[*at].clone()).collect();
}

impl Growing {
    /// Keeps the values at these places, in this order.
    fn pick(&mut self, places: &[usize]) {
        match self {
            Growing::Nothing => {}
            Growing::Integer(values) => pick(values, places),
            Growing::Float(values) => pick(values, places),
            Growing::Boolean(values) => pick(values, places),
            Growing::Text(codes, _) => pick(codes, places),
            Growing::Temporal(array) => array.pick(places),
            Growing::Mixed(values) => pick(values, places),
        }
    }

    /// The values as they are, or each at its slot of an array of this length.
    fn finish(self, slots: Option<(&[usize], usize)>) -> Data {
        match self {
            Growing::Nothing => Data::Mixed(Vec::new()),
            Growing::Integer(values) => Data::Integer(spread(values, slots, 0)),
            Growing::Float(values) => Data::Float(spread(values, slots, 0.0)),
            Growing::Boolean(values) => {
                let values = spread(values, slots, false);
                let set = values.iter().enumerate().filter(|(_, value)| **value).map(|(at, _)| at);
                Data::Boolean { values: set.collect::<Bitmap>(), length: values.len() }
            }
            Growing::Text(codes, dictionary) => {
                Data::Text { codes: spread(codes, slots, 0), dictionary: Arc::new(dictionary.finish()) }
            }
            Growing::Temporal(mut array) => {
                let (count, number) = array.filler();
                array.counts = spread(array.counts, slots, count);
                if !array.numbers.is_empty() {
                    array.numbers = spread(array.numbers, slots, number);
                }
                Data::Temporal(array.with_sorted_zones())
            }
            Growing::Mixed(values) => Data::Mixed(spread(values, slots, Value::Null)),
        }
    }
}

fn spread<T: Clone>(mut values: Vec<T>, slots: Option<(&[usize], usize)>, empty: T) -> Vec<T> {
    let Some((slots, length)) = slots else {
        values.shrink_to_fit();
        return values;
    };
    let mut spread = vec![empty; length];
    for (value, slot) in values.into_iter().zip(slots) {
        spread[*slot] = value;
    }
    spread
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::TemporalType;
    use crate::graph::temporal::laws::{any_temporal_value, temporal_value};
    use crate::graph::temporal::{Date, DateTime, LocalDateTime, LocalTime, Time};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<i64>().prop_map(Value::Integer),
            (-4..4_i64).prop_map(Value::Integer),
            any::<f64>().prop_map(Value::Float),
            any::<bool>().prop_map(Value::Boolean),
            "[ab]{0,2}".prop_map(Value::from),
            Just(Value::list([Value::Integer(1)])),
            any_temporal_value(),
        ]
    }

    /// Mostly of one temporal type.
    fn times() -> impl Strategy<Value = Vec<(u32, Value)>> {
        prop::sample::select(TemporalType::ALL.to_vec()).prop_flat_map(|of_type| {
            let value = prop_oneof![30 => temporal_value(of_type), 1 => values()];
            prop::collection::vec((5..40_u32, value), 0..20)
        })
    }

    fn check(given: Vec<(u32, Value)>) -> Result<(), TestCaseError> {
        let mut builder = ColumnBuilder::default();
        let mut expected = BTreeMap::new();
        for (entity, value) in given {
            builder.push(entity, value.clone());
            expected.insert(entity, value);
        }
        let Some(column) = builder.finish() else {
            prop_assert!(expected.is_empty());
            return Ok(());
        };
        for entity in 0..300 {
            let value = expected.get(&entity).unwrap_or(&Value::Null);
            prop_assert_eq!(format!("{:?}", column.value(entity as usize)), format!("{value:?}"));
        }
        prop_assert_eq!(column.count(), expected.len());
        prop_assert!(column.slots().map(|(entity, _)| entity).eq(expected.into_keys()));
        Ok(())
    }

    proptest! {
        #[test]
        fn columns_are_appended(
            first in prop_oneof![prop::collection::vec((0..50_u32, values()), 0..20), times()],
            second in prop_oneof![prop::collection::vec((0..50_u32, values()), 0..20), times()],
        ) {
            let build = |given: &[(u32, Value)]| {
                let mut builder = ColumnBuilder::default();
                given.iter().for_each(|(entity, value)| builder.push(*entity, value.clone()));
                builder
            };
            let mut appended = build(&first);
            appended.append(30, build(&second));
            let all: Vec<(u32, Value)> =
                first.into_iter().chain(second.into_iter().map(|(entity, value)| (entity + 30, value))).collect();
            let (appended, whole) = (appended.finish(), build(&all).finish());
            prop_assert_eq!(appended.is_some(), whole.is_some());
            if let (Some(appended), Some(whole)) = (appended, whole) {
                for entity in 0..100 {
                    prop_assert_eq!(format!("{:?}", appended.value(entity)), format!("{:?}", whole.value(entity)));
                }
            }
        }

        #[test]
        fn mixed_columns_keep_their_values(given in prop::collection::vec((0..300_u32, values()), 0..40)) {
            check(given)?;
        }

        #[test]
        fn dense_columns_keep_their_values(
            given in prop::collection::vec((5..30_u32, any::<bool>().prop_map(Value::Boolean)), 0..40),
            texts in prop::collection::vec((5..30_u32, "[ab]{0,2}".prop_map(Value::from)), 0..40),
            times in times(),
        ) {
            check(given)?;
            check(texts)?;
            check(times)?;
        }
    }

    #[test]
    fn times_of_one_type_have_an_array() {
        let (date, time) = (Date { days: 20_000 }, LocalTime { nanos: 1 });
        let (local, offset) = (LocalDateTime { date, time }, 3600);
        let values: [Value; 5] = [
            date.into(),
            time.into(),
            local.into(),
            Time { local: time, offset }.into(),
            DateTime { local, offset, zone: None }.into(),
        ];
        for value in values {
            let mut builder = ColumnBuilder::default();
            builder.push(3, value.clone());
            builder.push(5, value.clone());
            let column = builder.finish().expect("there are values");
            assert!(matches!(column.data(), Data::Temporal(_)), "{value:?}");
            // Slots without a value do not widen the bounds.
            assert!(column.bounds().is_some_and(|(least, most)| least == most), "{value:?}");
        }
    }
}
