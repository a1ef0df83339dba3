//! [`Column`]: the values of one property key, by node or by relationship.

use std::sync::Arc;

use super::super::Value;
use super::bitmap::Bitmap;
use super::dictionary::Dictionary;

/// The values of one property key. Values of one type lie in an array of that type; what does not fit together lies
/// in an array of [`Value`]s.
#[derive(Clone, Debug)]
pub struct Column {
    pub(crate) rows: Rows,
    pub(crate) data: Data,
}

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
    /// Values of several types, or of a type without an array of its own: lists and temporal values.
    Mixed(Vec<Value>),
}

impl Data {
    pub fn len(&self) -> usize {
        match self {
            Data::Integer(values) => values.len(),
            Data::Float(values) => values.len(),
            Data::Boolean { length, .. } => *length,
            Data::Text { codes, .. } => codes.len(),
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
            Data::Mixed(values) => values[slot].clone(),
        }
    }
}

impl Column {
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    pub fn data(&self) -> &Data {
        &self.data
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
            Data::Mixed(values) => values.len() * size_of::<Value>(),
        };
        rows + data
    }
}
