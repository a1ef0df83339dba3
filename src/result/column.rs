//! [`Column`]: one value of each row of an answer.

use std::ops::Range;

use super::entities::each_entity;
use crate::diagnostic::Diagnostic;
use crate::graph::{Entity, NodeId, RelationshipId, Value};

/// The values of a column in the smallest form that they fit in.
#[derive(Clone, Debug)]
pub enum Column {
    Values(Vec<Value>),
    /// The same in every row.
    Same(Value),
    /// Nodes and relationships by number; [`Column::NULL`] for none.
    Nodes(Vec<u32>),
    Relationships(Vec<u32>),
    /// Lists of relationships: where each one ends, and all their numbers.
    RelationshipLists {
        ends: Vec<u32>,
        numbers: Vec<u32>,
    },
    Booleans(Vec<bool>),
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    /// One of a few values in each row: its place among them.
    OneOf {
        values: Vec<Value>,
        places: Vec<u32>,
    },
}

impl Default for Column {
    fn default() -> Column {
        Column::Same(Value::Null)
    }
}

impl Column {
    /// What stands for null among numbers.
    pub const NULL: u32 = u32::MAX;

    pub fn nodes(nodes: impl IntoIterator<Item = NodeId>) -> Column {
        Column::Nodes(nodes.into_iter().map(|node| node.index() as u32).collect())
    }

    pub fn relationships(relationships: impl IntoIterator<Item = RelationshipId>) -> Column {
        Column::Relationships(relationships.into_iter().map(|relationship| relationship.index() as u32).collect())
    }

    pub fn counts(counts: impl IntoIterator<Item = usize>) -> Column {
        Column::Integers(counts.into_iter().map(|count| count as i64).collect())
    }

    /// How many rows it has a value for; `None`: for any number.
    pub fn rows(&self) -> Option<usize> {
        Some(match self {
            Column::Same(_) => return None,
            Column::Values(values) => values.len(),
            Column::Nodes(numbers) | Column::Relationships(numbers) => numbers.len(),
            Column::RelationshipLists { ends, .. } => ends.len(),
            Column::Booleans(values) => values.len(),
            Column::Integers(values) => values.len(),
            Column::Floats(values) => values.len(),
            Column::OneOf { places, .. } => places.len(),
        })
    }

    pub fn value(&self, row: usize) -> Value {
        match self {
            Column::Values(values) => values[row].clone(),
            Column::Same(value) => value.clone(),
            Column::Nodes(numbers) => match numbers[row] {
                Column::NULL => Value::Null,
                number => Value::Node(NodeId::new(number as usize)),
            },
            Column::Relationships(numbers) => match numbers[row] {
                Column::NULL => Value::Null,
                number => relationship(number),
            },
            Column::RelationshipLists { ends, numbers } => {
                Value::list(numbers[bounds(ends, row)].iter().map(|number| relationship(*number)))
            }
            Column::Booleans(values) => Value::Boolean(values[row]),
            Column::Integers(values) => Value::Integer(values[row]),
            Column::Floats(values) => Value::Float(values[row]),
            Column::OneOf { values, places } => values[places[row] as usize].clone(),
        }
    }

    /// Visits the nodes and relationships in its values.
    pub(super) fn each_entity(
        &self,
        visit: &mut impl FnMut(Entity) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        match self {
            Column::Nodes(numbers) => present(numbers).try_for_each(|number| visit(Entity::Node(NodeId::new(number)))),
            Column::Relationships(numbers) | Column::RelationshipLists { numbers, .. } => {
                present(numbers).try_for_each(|number| visit(Entity::Relationship(RelationshipId::new(number))))
            }
            Column::Values(values) | Column::OneOf { values, .. } => {
                values.iter().try_for_each(|value| each_entity(value, visit))
            }
            Column::Same(value) => each_entity(value, visit),
            Column::Booleans(_) | Column::Integers(_) | Column::Floats(_) => Ok(()),
        }
    }

    /// The column of these rows.
    pub fn pick(&self, rows: impl Iterator<Item = usize>) -> Column {
        fn of<T: Clone>(values: &[T], rows: impl Iterator<Item = usize>) -> Vec<T> {
            rows.map(|row| values[row].clone()).collect()
        }
        match self {
            Column::Values(values) => Column::Values(of(values, rows)),
            Column::Same(value) => Column::Same(value.clone()),
            Column::Nodes(numbers) => Column::Nodes(of(numbers, rows)),
            Column::Relationships(numbers) => Column::Relationships(of(numbers, rows)),
            Column::RelationshipLists { ends, numbers } => {
                let (mut picked_ends, mut picked) = (Vec::new(), Vec::new());
                for row in rows {
                    picked.extend_from_slice(&numbers[bounds(ends, row)]);
                    picked_ends.push(picked.len() as u32);
                }
                Column::RelationshipLists { ends: picked_ends, numbers: picked }
            }
            Column::Booleans(values) => Column::Booleans(of(values, rows)),
            Column::Integers(values) => Column::Integers(of(values, rows)),
            Column::Floats(values) => Column::Floats(of(values, rows)),
            Column::OneOf { values, places } => Column::OneOf { values: values.clone(), places: of(places, rows) },
        }
    }

    /// The column of rows that follow each other.
    pub(super) fn part(&self, rows: Range<usize>) -> Column {
        match self {
            // A few rows need few of many values.
            Column::OneOf { values, places } if values.len() > rows.len() => {
                Column::Values(places[rows].iter().map(|place| values[*place as usize].clone()).collect())
            }
            _ => self.pick(rows),
        }
    }

    /// What it takes in memory, what values point to not counted.
    pub fn bytes(&self) -> usize {
        match self {
            Column::Values(values) => values.iter().map(Value::held).sum(),
            Column::Same(value) => value.held(),
            Column::Nodes(numbers) | Column::Relationships(numbers) => size_of_val(numbers.as_slice()),
            Column::RelationshipLists { ends, numbers } => {
                size_of_val(ends.as_slice()) + size_of_val(numbers.as_slice())
            }
            Column::Booleans(values) => size_of_val(values.as_slice()),
            Column::Integers(values) => size_of_val(values.as_slice()),
            Column::Floats(values) => size_of_val(values.as_slice()),
            Column::OneOf { values, places } => {
                values.iter().map(Value::held).sum::<usize>() + size_of_val(places.as_slice())
            }
        }
    }
}

/// The numbers that are not null.
fn present(numbers: &[u32]) -> impl Iterator<Item = usize> {
    numbers.iter().filter(|number| **number != Column::NULL).map(|number| *number as usize)
}

fn relationship(number: u32) -> Value {
    Value::Relationship(RelationshipId::new(number as usize))
}

/// Where the numbers of a row's list stand.
fn bounds(ends: &[u32], row: usize) -> Range<usize> {
    let start = if row == 0 { 0 } else { ends[row - 1] };
    start as usize..ends[row] as usize
}
