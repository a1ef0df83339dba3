//! [`Rows`]: the rows of an answer, held in columns until somebody looks at them.

use std::ops::Deref;
use std::sync::OnceLock;

use super::column::Column;
use super::entities::each_entity;
use crate::diagnostic::Diagnostic;
use crate::graph::{Entity, Value};

/// Rows of values. As a slice they are rows, made of the columns when they are first looked at; what can do without
/// takes [`Rows::len`], [`Rows::value`] or a part of them.
#[derive(Clone, Default)]
pub struct Rows {
    len: usize,
    /// None if the rows came as rows.
    columns: Vec<Column>,
    made: OnceLock<Vec<Vec<Value>>>,
}

impl Rows {
    /// So many rows of columns, of which there is at least one.
    pub fn of(len: usize, columns: Vec<Column>) -> Rows {
        debug_assert!(!columns.is_empty() && columns.iter().all(|column| column.rows().is_none_or(|own| own == len)));
        Rows { len, columns, made: OnceLock::new() }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The value of a row in a column, by their places.
    pub fn value(&self, row: usize, column: usize) -> Value {
        match self.columns.get(column) {
            Some(column) => column.value(row),
            None => self.made()[row][column].clone(),
        }
    }

    /// The columns at these places, in this order.
    pub fn pick(self, places: &[usize]) -> Rows {
        if self.columns.is_empty() {
            return Rows::from(self.into_iter().map(|row| picked(row, places)).collect::<Vec<_>>());
        }
        match places.is_empty() {
            true => Rows::from(vec![Vec::new(); self.len]),
            false => Rows::of(self.len, picked(self.columns, places)),
        }
    }

    /// The first rows, at most so many.
    pub fn up_to(&self, rows: usize) -> Rows {
        let rows = rows.min(self.len);
        match self.columns.is_empty() {
            true => Rows::from(self.made()[..rows].to_vec()),
            false => Rows::of(rows, self.columns.iter().map(|column| column.pick(0..rows)).collect()),
        }
    }

    /// The rows at these places.
    pub fn at(&self, rows: &[usize]) -> Rows {
        match self.columns.is_empty() {
            true => Rows::from(rows.iter().map(|row| self.made()[*row].clone()).collect::<Vec<_>>()),
            false => {
                let columns = self.columns.iter().map(|column| column.pick(rows.iter().copied())).collect();
                Rows::of(rows.len(), columns)
            }
        }
    }

    /// Gives the rows away some at a time.
    pub fn portions(self) -> Portions {
        Portions(self.into_iter())
    }

    /// The columns; the rows, if they came as rows.
    pub fn into_columns(self) -> Result<Vec<Column>, Vec<Vec<Value>>> {
        match self.columns.is_empty() {
            true => Err(self.into_vec()),
            false => Ok(self.columns),
        }
    }

    pub fn into_vec(self) -> Vec<Vec<Value>> {
        self.made();
        self.made.into_inner().unwrap_or_default()
    }

    /// Visits the nodes and relationships in their values; columns of other kinds are not looked at.
    pub(super) fn each_entity(
        &self,
        visit: &mut impl FnMut(Entity) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        match self.columns.is_empty() {
            true => self.made().iter().flatten().try_for_each(|value| each_entity(value, visit)),
            false => self.columns.iter().try_for_each(|column| column.each_entity(visit)),
        }
    }

    /// What they take in memory, what values point to not counted.
    pub fn bytes(&self) -> usize {
        let rows = self.made.get().map_or(0, |rows| {
            rows.iter().map(|row| size_of::<Vec<Value>>() + row.iter().map(Value::held).sum::<usize>()).sum()
        });
        rows + self.columns.iter().map(Column::bytes).sum::<usize>()
    }

    /// Calls `visit` with each row until it fails. Rows that are kept as columns are made one at a time: iterating over
    /// them makes and keeps them all.
    pub fn try_each<E>(&self, mut visit: impl FnMut(&[Value]) -> Result<(), E>) -> Result<(), E> {
        match self.made.get() {
            Some(rows) => rows.iter().try_for_each(|row| visit(row)),
            None => (0..self.len).try_for_each(|row| visit(&self.row(row))),
        }
    }

    fn row(&self, row: usize) -> Vec<Value> {
        self.columns.iter().map(|column| column.value(row)).collect()
    }

    fn made(&self) -> &Vec<Vec<Value>> {
        self.made.get_or_init(|| (0..self.len).map(|row| self.row(row)).collect())
    }
}

/// Rows that are given away some at a time.
pub struct Portions(IntoIter);

impl Portions {
    /// The next rows, fewer than `most` only at the end; `None` after the last.
    pub fn next(&mut self, most: usize) -> Option<Rows> {
        let rows = match &mut self.0 {
            IntoIter::Rows(rows) if rows.len() <= most => Rows::from(std::mem::take(rows).collect::<Vec<_>>()),
            IntoIter::Rows(rows) => Rows::from(rows.take(most).collect::<Vec<_>>()),
            IntoIter::Columns { rows, next: 0 } if rows.len <= most => std::mem::take(rows),
            IntoIter::Columns { rows, next } => {
                let start = *next;
                *next = start.saturating_add(most).min(rows.len);
                let part = |column: &Column| column.part(start..*next);
                Rows { len: *next - start, columns: rows.columns.iter().map(part).collect(), made: OnceLock::new() }
            }
        };
        (!rows.is_empty()).then_some(rows)
    }
}

/// The items at these places, in this order; none is copied that is wanted once.
pub(crate) fn picked<T: Clone + Default>(mut items: Vec<T>, places: &[usize]) -> Vec<T> {
    if places.iter().enumerate().all(|(at, place)| at == *place) {
        items.truncate(places.len());
        return items;
    }
    let pick = |(at, place): (usize, &usize)| match places[at + 1..].contains(place) {
        true => items[*place].clone(),
        false => std::mem::take(&mut items[*place]),
    };
    places.iter().enumerate().map(pick).collect()
}

impl From<Vec<Vec<Value>>> for Rows {
    fn from(rows: Vec<Vec<Value>>) -> Rows {
        Rows { len: rows.len(), columns: Vec::new(), made: OnceLock::from(rows) }
    }
}

impl Deref for Rows {
    type Target = [Vec<Value>];

    fn deref(&self) -> &[Vec<Value>] {
        self.made()
    }
}

impl<'a> IntoIterator for &'a Rows {
    type Item = &'a Vec<Value>;
    type IntoIter = std::slice::Iter<'a, Vec<Value>>;

    fn into_iter(self) -> Self::IntoIter {
        self.made().iter()
    }
}

impl IntoIterator for Rows {
    type Item = Vec<Value>;
    type IntoIter = IntoIter;

    /// Each row is made when its turn comes.
    fn into_iter(self) -> IntoIter {
        match self.columns.is_empty() {
            true => IntoIter::Rows(self.into_vec().into_iter()),
            false => IntoIter::Columns { rows: self, next: 0 },
        }
    }
}

pub enum IntoIter {
    Rows(std::vec::IntoIter<Vec<Value>>),
    Columns { rows: Rows, next: usize },
}

impl Iterator for IntoIter {
    type Item = Vec<Value>;

    fn next(&mut self) -> Option<Vec<Value>> {
        match self {
            IntoIter::Rows(rows) => rows.next(),
            IntoIter::Columns { rows, next } => {
                let row = *next;
                *next += 1;
                (row < rows.len).then(|| rows.row(row))
            }
        }
    }
}

impl PartialEq for Rows {
    fn eq(&self, other: &Rows) -> bool {
        **self == **other
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{NodeId, RelationshipId};

    fn columns() -> Rows {
        let values = ["a", "b"].map(Value::from).to_vec();
        Rows::of(
            3,
            vec![
                Column::Nodes(vec![4, Column::NULL, 6]),
                Column::OneOf { values, places: vec![1, 0, 1] },
                Column::RelationshipLists { ends: vec![1, 1, 3], numbers: vec![7, 8, 9] },
                Column::Same(Value::Boolean(true)),
                Column::Floats(vec![0.5, 1.5, 2.5]),
                Column::Relationships(vec![Column::NULL, 1, 2]),
                Column::counts([1, 2, 3]),
                Column::Booleans(vec![true, false, true]),
                Column::Values(vec![Value::Null, Value::from("x"), Value::from(1.0)]),
            ],
        )
    }

    fn plain() -> Rows {
        let columns = columns();
        let row = |row: usize| (0..9).map(|column| columns.value(row, column)).collect();
        Rows::from((0..3).map(row).collect::<Vec<_>>())
    }

    #[test]
    fn columns_are_rows_to_those_who_look() {
        let rows = columns();
        assert_eq!(rows[0][0], Value::Node(NodeId::new(4)));
        assert_eq!(rows[1][0], Value::Null);
        assert_eq!(rows[2][1], Value::from("b"));
        assert_eq!(rows[1][2], Value::list([]));
        assert_eq!(rows[2][2], Value::list([8, 9].map(|id| Value::Relationship(RelationshipId::new(id)))));
        assert_eq!((rows.len(), rows.iter().len()), (3, 3));
        assert_eq!(rows, plain());
    }

    #[test]
    fn what_is_done_to_columns_is_what_is_done_to_rows() {
        let places = [&[0, 1, 2][..], &[2, 0], &[8, 8], &[]];
        for places in places {
            assert_eq!(columns().pick(places), plain().pick(places), "{places:?}");
            assert_eq!(columns().pick(places).len(), 3);
        }
        for most in 0..5 {
            assert_eq!(columns().up_to(most), plain().up_to(most), "{most}");
        }
        assert!(columns().into_iter().eq(plain()));
        assert_eq!(columns().into_vec(), plain().into_vec());
    }
}
