//! [`Column`]: the values of one property key, by node or by relationship.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use super::super::Value;
use super::bitmap::Bitmap;
use super::dictionary::Dictionary;
use super::temporal_array::{TemporalArray, TemporalType};

/// The values of one property key. Values of one type lie in an array of that type; what does not fit together lies
/// in an array of [`Value`]s.
#[derive(Clone, Debug)]
pub struct Column {
    pub(crate) rows: Rows,
    pub(crate) data: Data,
    sorted: Sorted,
    /// The least and the greatest integer or count, sought once.
    bounds: OnceLock<(i64, i64)>,
}

/// The slots in the order of their values, made when a value is sought for the second time: going through the column
/// once is cheaper than sorting it, going through it each time is not.
#[derive(Clone, Debug, Default)]
struct Sorted {
    asked: OnceLock<()>,
    slots: OnceLock<Vec<u32>>,
}

/// Of longer columns, the order is not made unasked: it would keep a query waiting.
const LONGEST_SORTED: usize = 8_000_000;

/// Which entities have the property, and where their values lie in the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// The entity `first + slot` has its value at `slot`, if `present` says so; `None` if all are present.
    Dense { first: u32, present: Option<Bitmap> },
    /// The entities, ascending, each with its value at the same place.
    Sparse(Vec<u32>),
}

/// The values by slot. Slots of entities without the property hold anything.
#[derive(Clone, Debug)]
pub enum Data {
    Integer(Vec<i64>),
    Float(Vec<f64>),
    Boolean {
        values: Bitmap,
        length: usize,
    },
    Text {
        codes: Vec<u32>,
        dictionary: Arc<Dictionary>,
    },
    /// Dates or times of one type.
    Temporal(TemporalArray),
    /// Values of several types, or of a type without an array of its own: lists, points, durations.
    Mixed(Vec<Value>),
}

impl Data {
    pub fn len(&self) -> usize {
        match self {
            Data::Integer(values) => values.len(),
            Data::Float(values) => values.len(),
            Data::Boolean { length, .. } => *length,
            Data::Text { codes, .. } => codes.len(),
            Data::Temporal(array) => array.len(),
            Data::Mixed(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn value(&self, slot: usize) -> Value {
        match self {
            Data::Integer(values) => Value::Integer(values[slot]),
            Data::Float(values) => Value::Float(values[slot]),
            Data::Boolean { values, .. } => Value::Boolean(values.contains(slot)),
            Data::Text { codes, dictionary } => Value::String(dictionary.shared(codes[slot])),
            Data::Temporal(array) => array.value(slot),
            Data::Mixed(values) => values[slot].clone(),
        }
    }

    /// Integers that stand for the values: equal if the values are, and in the same order. Those of integers, and those
    /// of dates and times if there is at most one offset or zone.
    pub(crate) fn integers(&self) -> Option<&[i64]> {
        match self {
            Data::Integer(values) => Some(values),
            Data::Temporal(array) => array.plain_counts(),
            Data::Float(_) | Data::Boolean { .. } | Data::Text { .. } | Data::Mixed(_) => None,
        }
    }

    /// The value that an integer of [`Data::integers`] stands for.
    pub(crate) fn value_of(&self, integer: i64) -> Value {
        match self {
            Data::Temporal(array) => array.value_of(integer, 0),
            Data::Integer(_) | Data::Float(_) | Data::Boolean { .. } | Data::Text { .. } | Data::Mixed(_) => {
                Value::Integer(integer)
            }
        }
    }
}

impl Column {
    pub(crate) fn new(rows: Rows, data: Data) -> Column {
        Column { rows, data, sorted: Sorted::default(), bounds: OnceLock::new() }
    }

    /// The entities that have the value, ascending; `None` if only going through the column can tell.
    pub fn find(&self, value: &Value) -> Option<Vec<u32>> {
        match (&self.data, value) {
            (Data::Integer(values), Value::Integer(wanted)) => {
                Some(self.equal(self.sorted()?, |at| values[at].cmp(wanted)))
            }
            (Data::Text { codes, dictionary }, Value::String(text)) => match dictionary.code(text) {
                Some(wanted) => Some(self.equal(self.sorted()?, |at| codes[at].cmp(&wanted))),
                None => Some(Vec::new()),
            },
            (Data::Temporal(array), value) if TemporalType::of(value) == Some(array.of_type()) => {
                match array.key_of(value) {
                    Some(wanted) => Some(self.equal(self.sorted()?, |at| array.key(at).cmp(&wanted))),
                    None => Some(Vec::new()),
                }
            }
            _ => None,
        }
    }

    fn equal(&self, sorted: &[u32], order: impl Fn(usize) -> Ordering) -> Vec<u32> {
        let from = sorted.partition_point(|slot| order(*slot as usize).is_lt());
        let length = sorted[from..].partition_point(|slot| order(*slot as usize).is_eq());
        let entity = |slot: &u32| match &self.rows {
            Rows::Dense { first, .. } => first + slot,
            Rows::Sparse(entities) => entities[*slot as usize],
        };
        sorted[from..from + length].iter().map(entity).collect()
    }

    fn sorted(&self) -> Option<&[u32]> {
        let again = self.sorted.asked.set(()).is_err();
        if !again || self.data.len() > LONGEST_SORTED {
            return None;
        }
        let sort = || {
            let mut slots: Vec<u32> = self.slots().map(|(_, slot)| slot as u32).collect();
            match &self.data {
                Data::Integer(values) => slots.sort_unstable_by_key(|slot| (values[*slot as usize], *slot)),
                Data::Text { codes, .. } => slots.sort_unstable_by_key(|slot| (codes[*slot as usize], *slot)),
                Data::Temporal(array) => slots.sort_unstable_by_key(|slot| (array.key(*slot as usize), *slot)),
                Data::Float(_) | Data::Boolean { .. } | Data::Mixed(_) => {}
            }
            slots
        };
        Some(self.sorted.slots.get_or_init(sort))
    }

    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    pub fn data(&self) -> &Data {
        &self.data
    }

    /// No integer of the column, nor a count of dates or times with at most one offset or zone, is less than the first or
    /// greater than the second; `None` if it has none. Slots of entities without the property count too.
    pub fn bounds(&self) -> Option<(i64, i64)> {
        let values = self.data.integers()?;
        let none = (i64::MAX, i64::MIN);
        let seek = || values.iter().fold(none, |(least, most), value| (least.min(*value), most.max(*value)));
        (!values.is_empty()).then(|| *self.bounds.get_or_init(seek))
    }

    /// Where the entity's value lies in the data; `None` if it has none.
    pub fn slot(&self, entity: usize) -> Option<usize> {
        match &self.rows {
            Rows::Dense { first, present } => {
                let slot = entity.checked_sub(*first as usize).filter(|slot| *slot < self.data.len())?;
                present.as_ref().is_none_or(|present| present.contains(slot)).then_some(slot)
            }
            Rows::Sparse(entities) => entities.binary_search(&(entity as u32)).ok(),
        }
    }

    /// Calls `visit` with where the value of each entity lies, in the order of the entities: [`Column::slot`] of many.
    #[inline]
    pub(crate) fn each_slot(&self, entities: &[u32], mut visit: impl FnMut(Option<usize>)) {
        let len = self.data.len();
        match &self.rows {
            Rows::Dense { first, present: None } => {
                for entity in entities {
                    let slot = entity.wrapping_sub(*first) as usize;
                    visit((slot < len).then_some(slot));
                }
            }
            Rows::Dense { first, present: Some(present) } => {
                for entity in entities {
                    let slot = entity.wrapping_sub(*first) as usize;
                    visit((slot < len && present.contains(slot)).then_some(slot));
                }
            }
            Rows::Sparse(known) => {
                // Entities mostly ascend: the search goes on from where the last one was.
                let mut from = 0;
                for entity in entities {
                    if from > 0 && known[from - 1] >= *entity {
                        from = 0;
                    }
                    let mut step = 1;
                    while from + step < known.len() && known[from + step] < *entity {
                        step *= 2;
                    }
                    let within = &known[from..known.len().min(from + step + 1)];
                    from += within.partition_point(|other| *other < *entity);
                    visit((known.get(from) == Some(entity)).then_some(from));
                }
            }
        }
    }

    /// The entity's value, or null.
    pub fn value(&self, entity: usize) -> Value {
        self.slot(entity).map_or(Value::Null, |slot| self.data.value(slot))
    }

    /// How many entities have the property.
    pub fn count(&self) -> usize {
        match &self.rows {
            Rows::Dense { present: Some(present), .. } => present.count(),
            _ => self.data.len(),
        }
    }

    /// The entities that have the property with the slots of their values, ascending.
    pub fn slots(&self) -> impl Iterator<Item = (u32, usize)> + '_ {
        (0..self.data.len()).filter_map(|slot| match &self.rows {
            Rows::Dense { first, present } => {
                present.as_ref().is_none_or(|present| present.contains(slot)).then_some((first + slot as u32, slot))
            }
            Rows::Sparse(entities) => Some((entities[slot], slot)),
        })
    }

    /// One more than the greatest entity that it could speak of.
    pub(crate) fn bound(&self) -> usize {
        match &self.rows {
            Rows::Dense { first, .. } => *first as usize + self.data.len(),
            Rows::Sparse(entities) => entities.last().map_or(0, |last| *last as usize + 1),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        let rows = match &self.rows {
            Rows::Dense { present, .. } => present.as_ref().map_or(0, Bitmap::bytes),
            Rows::Sparse(entities) => entities.len() * size_of::<u32>(),
        };
        let data = match &self.data {
            Data::Integer(values) => values.len() * size_of::<i64>(),
            Data::Float(values) => values.len() * size_of::<f64>(),
            Data::Boolean { values, .. } => values.bytes(),
            Data::Text { codes, dictionary } => codes.len() * size_of::<u32>() + dictionary.bytes(),
            Data::Temporal(array) => array.bytes(),
            Data::Mixed(values) => values.len() * size_of::<Value>(),
        };
        let sorted = self.sorted.slots.get().map_or(0, |slots| size_of_val(slots.as_slice()));
        rows + data + sorted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::store::dictionary::DictionaryBuilder;
    use crate::graph::temporal::{LocalTime, Time};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_found_is_what_is_equal(
            values in prop::collection::vec(prop::option::of(0..5_i64), 1..80),
            kind in 0..3_usize,
            sparse in any::<bool>(),
        ) {
            let some: Vec<(u32, i64)> =
                values.iter().enumerate().filter_map(|(at, value)| Some((at as u32 + 3, (*value)?))).collect();
            let (rows, kept): (Rows, Vec<i64>) = if sparse {
                (Rows::Sparse(some.iter().map(|(at, _)| *at).collect()), some.iter().map(|(_, value)| *value).collect())
            } else {
                let present = values.iter().enumerate().filter(|(_, value)| value.is_some()).map(|(at, _)| at);
                let present = Some(present.collect());
                (Rows::Dense { first: 3, present }, values.iter().map(|value| value.unwrap_or(2)).collect())
            };
            // Two at the same moment, at different offsets.
            let moment = |number: i64| Time { local: LocalTime { nanos: number / 2 }, offset: 0 };
            let named = |number: i64| match kind {
                0 => Value::from(number.to_string()),
                1 => Value::from(moment(number).at_offset((number % 2) as i32)),
                _ => Value::Integer(number),
            };
            let data = match kind {
                0 => {
                    let mut dictionary = DictionaryBuilder::default();
                    let codes = kept.iter().filter_map(|number| dictionary.intern(&number.to_string())).collect();
                    Data::Text { codes, dictionary: Arc::new(dictionary.finish()) }
                }
                1 => {
                    let mut array = TemporalArray::new(TemporalType::Time);
                    kept.iter().for_each(|number| assert!(array.push(&named(*number))));
                    Data::Temporal(array.with_sorted_zones())
                }
                _ => Data::Integer(kept),
            };
            let column = Column::new(rows, data);
            let mut put_off = 0;
            for wanted in (0..6).flat_map(|wanted| [wanted, wanted]) {
                let expected: Vec<u32> = some.iter().filter(|(_, value)| *value == wanted).map(|(at, _)| *at).collect();
                match column.find(&named(wanted)) {
                    Some(found) => prop_assert_eq!(found, expected),
                    None => put_off += 1,
                }
            }
            prop_assert!(put_off <= 1, "only the first time that the column is asked");
            prop_assert_eq!(column.find(&Value::Float(1.0)), None);
        }

        #[test]
        fn slots_of_many_are_those_of_each(
            known in prop::collection::btree_set(0..60_u32, 0..60),
            asked in prop::collection::vec(prop_oneof![9 => 0..70_u32, 1 => Just(u32::MAX)], 0..60),
            ascending in any::<bool>(),
            shape in 0..3_usize,
        ) {
            let (rows, len) = match shape {
                0 => (Rows::Dense { first: 5, present: None }, 40),
                1 => (Rows::Dense { first: 5, present: Some(known.iter().map(|at| *at as usize % 40).collect()) }, 40),
                _ => (Rows::Sparse(known.iter().copied().collect()), known.len()),
            };
            let column = Column::new(rows, Data::Integer(vec![0; len]));
            let mut asked = asked;
            if ascending {
                asked.sort_unstable();
            }
            let mut slots = Vec::new();
            column.each_slot(&asked, |slot| slots.push(slot));
            let expected: Vec<_> = asked.iter().map(|entity| column.slot(*entity as usize)).collect();
            prop_assert_eq!(slots, expected);
        }
    }
}
