//! [`Batch`]: some rows of a plan, in columns.

use std::sync::Arc;

use super::Row;
use super::vector::{Picks, Vector};
use crate::diagnostic::Diagnostic;
use crate::graph::Value;
use crate::plan::Slot;

/// Rows of a batch, unless an operator has good reason for more or fewer.
pub(super) const ROWS: usize = 2048;

/// Some rows: a vector for each slot of the plan, and behind them all one that says which row of the argument each
/// row comes from, ascending.
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    pub len: usize,
    pub columns: Vec<Vector>,
    /// The error of the row after the last one. It is raised only when that row is requested: a LIMIT may stop before.
    pub failure: Option<Box<Diagnostic>>,
}

impl Batch {
    pub fn new(len: usize, columns: Vec<Vector>) -> Batch {
        Batch { len, columns, failure: None }
    }

    /// One row.
    pub fn of_row(row: Row) -> Batch {
        Batch::new(1, row.into_iter().map(Vector::Same).collect())
    }

    /// Rows that are all equally wide.
    pub fn of_rows(rows: Vec<Row>, width: usize) -> Batch {
        let len = rows.len();
        let mut values: Vec<Vec<Value>> = (0..width).map(|_| Vec::with_capacity(len)).collect();
        for row in rows {
            values.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        }
        Batch::new(len, values.into_iter().map(Vector::of).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn value(&self, row: usize, slot: Slot) -> Value {
        self.columns[slot].value(row)
    }

    pub fn row(&self, row: usize) -> Row {
        self.columns.iter().map(|column| column.value(row)).collect()
    }

    /// Puts the values of a row that these slots hold into a row of values.
    pub fn fill(&self, row: usize, slots: &[Slot], into: &mut Row) {
        for slot in slots {
            into[*slot] = self.columns[*slot].value(row);
        }
    }

    /// Which row of the argument each row comes from.
    pub fn origin(&self) -> &Vector {
        &self.columns[self.columns.len() - 1]
    }

    pub fn origin_of(&self, row: usize) -> usize {
        match self.origin().value(row) {
            Value::Integer(number) => number as usize,
            _ => 0,
        }
    }

    /// The same rows, each coming from its own place: an argument for a plan.
    pub fn numbered(mut self) -> Batch {
        let origin = match self.len {
            1 => Vector::Same(Value::Integer(0)),
            len => Vector::integers((0..len as i64).collect()),
        };
        if let Some(last) = self.columns.last_mut() {
            *last = origin;
        }
        self
    }

    pub fn set(&mut self, slot: Slot, vector: Vector) {
        self.columns[slot] = vector;
    }

    /// The rows at these places. Nothing is copied but places.
    pub fn pick(&self, places: &Picks) -> Batch {
        let mut composed: Vec<(*const u32, Picks)> = Vec::new();
        let mut through = |picks: &Picks| {
            if let Some((_, known)) = composed.iter().find(|(of, _)| *of == picks.as_ptr()) {
                return known.clone();
            }
            let new: Picks = places.iter().map(|place| picks[*place as usize]).collect();
            composed.push((picks.as_ptr(), new.clone()));
            new
        };
        let columns = self.columns.iter().map(|column| match column {
            Vector::Same(value) => Vector::Same(value.clone()),
            Vector::Each { data, picks: None } => Vector::Each { data: data.clone(), picks: Some(places.clone()) },
            Vector::Each { data, picks: Some(picks) } => {
                Vector::Each { data: data.clone(), picks: Some(through(picks)) }
            }
        });
        Batch::new(places.len(), columns.collect())
    }

    /// Repeats each row as often as its place occurs. Like [`Batch::pick`], but a batch of one row, which is the usual
    /// input, needs no picks.
    pub fn spread(&self, places: Vec<u32>) -> Batch {
        match self.len {
            1 => Batch::new(places.len(), self.columns.iter().map(|column| Vector::Same(column.value(0))).collect()),
            _ => self.pick(&places.into()),
        }
    }

    /// The rows from one place to another.
    pub fn slice(&self, rows: std::ops::Range<usize>) -> Batch {
        if rows == (0..self.len) {
            return Batch::new(self.len, self.columns.clone());
        }
        let places: Picks = rows.map(|row| row as u32).collect();
        self.pick(&places)
    }

    /// The rows of all batches, of the slots that are wanted; the others are null.
    pub fn concat(batches: &[Batch], is_wanted: impl Fn(Slot) -> bool) -> Batch {
        let width = batches.first().map_or(0, |batch| batch.columns.len());
        let column = |slot: Slot| match is_wanted(slot) || slot + 1 == width {
            true => Vector::concat(batches.iter().map(|batch| (&batch.columns[slot], batch.len))),
            false => Vector::default(),
        };
        Batch::new(batches.iter().map(|batch| batch.len).sum(), (0..width).map(column).collect())
    }

    /// What its arrays take, each counted as if it were not shared: rows picked of an array count for themselves.
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(Vector::bytes).sum()
    }

    /// The rows before one that fails.
    pub fn failing(mut self, failure: Diagnostic) -> Batch {
        self.failure = Some(Box::new(failure));
        self
    }
}

/// Places as picks.
pub(super) fn picks(places: Vec<u32>) -> Picks {
    Arc::from(places)
}

/// The rows of a large batch, some at a time.
pub(super) struct Chunks {
    batch: Batch,
    next: usize,
}

impl Chunks {
    pub fn new(batch: Batch) -> Chunks {
        Chunks { batch, next: 0 }
    }

    pub fn next(&mut self) -> Option<Batch> {
        let rows = self.next..self.batch.len.min(self.next + ROWS);
        self.next = rows.end;
        (!rows.is_empty()).then(|| self.batch.slice(rows))
    }
}
