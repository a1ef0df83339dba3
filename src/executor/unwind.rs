//! UNWIND: a row for each element of a list.

use super::batch::{Batch, ROWS};
use super::evaluate::{evaluate, evaluate_all};
use super::source::{Argument, Input, Source};
use super::vector::Vector;
use super::{Result, Run, kernels};
use crate::functions::{Progression, is_range};
use crate::graph::{List, Value};
use crate::plan::{self, ExprKind, Slot};

pub(super) struct Unwind<'p> {
    input: Input<'p>,
    argument: Argument,
    unwind: &'p plan::Unwind,
    /// What the list reads.
    reads: Vec<Slot>,
    batch: Batch,
    /// The next input row.
    row: usize,
    elements: Elements,
    /// How many elements of the list have been given.
    given: usize,
    most: usize,
}

/// What is left of the list being unwound.
enum Elements {
    List(List),
    /// Of `range()`: never a list in memory.
    Range(Progression),
}

impl Elements {
    /// A value that is no list is its own only element; null has none.
    fn of(value: Value) -> Elements {
        Elements::List(match value {
            Value::Null => List::default(),
            Value::List(items) => items,
            other => List::from(vec![other]),
        })
    }

    fn next(&mut self, given: usize) -> Option<Value> {
        match self {
            Elements::List(items) => items.get(given).cloned(),
            Elements::Range(integers) => integers.next().map(Value::Integer),
        }
    }
}

impl<'p> Unwind<'p> {
    pub(super) fn new(input: Input<'p>, argument: Argument, unwind: &'p plan::Unwind) -> Unwind<'p> {
        Unwind {
            input,
            argument,
            unwind,
            reads: kernels::slots_of([&unwind.list]),
            batch: Batch::default(),
            row: 0,
            elements: Elements::of(Value::Null),
            given: 0,
            most: super::scan::FIRST_ROWS,
        }
    }

    fn elements(&self, at: usize, run: &mut Run) -> Result<Elements> {
        if self.argument.is_done(&self.batch, at) {
            return Ok(Elements::of(Value::Null));
        }
        let list = &self.unwind.list;
        let mut row = run.spare_row();
        self.batch.fill(at, &self.reads, &mut row);
        let elements = match &list.kind {
            ExprKind::Call(function, arguments) if is_range(function) => {
                let arguments = evaluate_all(arguments, &mut row, run)?;
                match arguments.iter().any(Value::is_null) {
                    true => Elements::of(Value::Null),
                    false => Progression::new(&arguments).map(Elements::Range).map_err(|error| error.at(list.span))?,
                }
            }
            _ => Elements::of(evaluate(list, &mut row, run)?),
        };
        run.spare.push(row);
        Ok(elements)
    }
}

impl Source for Unwind<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        let (mut places, mut items, mut positions) = (Vec::new(), Vec::new(), Vec::new());
        let mut failure = None;
        while items.len() < self.most {
            if let Some(item) = self.elements.next(self.given) {
                run.budget.tick()?;
                places.push(self.row as u32 - 1);
                items.push(item);
                positions.push(self.given as i64);
                self.given += 1;
                continue;
            }
            if self.row == self.batch.len {
                if !items.is_empty() {
                    break;
                }
                let Some(batch) = self.input.next(run)? else { return Ok(None) };
                (self.batch, self.row) = (batch, 0);
            }
            match self.elements(self.row, run) {
                Ok(elements) => self.elements = elements,
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
            self.given = 0;
            self.row += 1;
        }
        self.most = (self.most * 4).min(ROWS);
        let mut out = self.batch.spread(places);
        out.set(self.unwind.slot, Vector::of(items));
        if let Some((slot, first)) = self.unwind.position {
            out.set(slot, Vector::integers(positions.into_iter().map(|position| first + position).collect()));
        }
        Ok(Some(match failure {
            Some(failure) => out.failing(failure),
            None => out,
        }))
    }
}
