//! [`Table`]: rows of a plan in columns, as an operator gives them to one that takes all of its input.
//!
//! A procedure's answer is columns, and what is asked of it reads few of them: a condition one or two, a sort its keys.
//! No rows are made for that. The slots that expressions read are filled in one row, again and again.

use super::evaluate::{evaluate, holds};
use super::{Result, Row, Run};
use crate::graph::Value;
use crate::plan::{Expr, ExprKind, Slot};
use crate::result::rows::picked;
use crate::result::{Column, Rows};

pub(super) struct Table {
    len: usize,
    /// By slot; where there is none, all rows hold what `base` does.
    columns: Vec<Option<Column>>,
    base: Row,
}

impl Table {
    /// The columns of rows, each in a slot; the other slots as in the row given.
    pub fn new(columns: Vec<Column>, len: usize, slots: impl Iterator<Item = Slot>, base: Row) -> Table {
        let mut table = Table { len, columns: base.iter().map(|_| None).collect(), base };
        slots.zip(columns).for_each(|(slot, column)| table.columns[slot] = Some(column));
        table
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn value(&self, at: usize, slot: Slot) -> Value {
        self.columns[slot].as_ref().map_or_else(|| self.base[slot].clone(), |column| column.value(at))
    }

    /// A row with all its slots.
    pub fn row(&self, at: usize) -> Row {
        (0..self.columns.len()).map(|slot| self.value(at, slot)).collect()
    }

    /// Visits all rows; of each the slots that the expressions read hold its values.
    pub fn each<'e>(
        &self,
        read: impl IntoIterator<Item = &'e Expr>,
        run: &mut Run,
        mut visit: impl FnMut(usize, &mut Row, &mut Run) -> Result<()>,
    ) -> Result<()> {
        let mut slots: Vec<Slot> = Vec::new();
        read.into_iter().for_each(|expr| expr.each_slot(&mut |slot| slots.push(slot)));
        slots.sort_unstable();
        slots.dedup();
        let held: Vec<(Slot, &Column)> =
            slots.into_iter().filter_map(|slot| Some((slot, self.columns.get(slot)?.as_ref()?))).collect();
        let mut row = self.base.clone();
        for at in 0..self.len {
            run.budget.tick()?;
            held.iter().for_each(|(slot, column)| row[*slot] = column.value(at));
            visit(at, &mut row, run)?;
        }
        Ok(())
    }

    /// The rows for which the condition holds.
    pub fn filtered(self, condition: &Expr, run: &mut Run) -> Result<Table> {
        let mut kept = Vec::new();
        self.each([condition], run, |at, row, run| {
            if holds(condition, row, run)? {
                kept.push(at);
            }
            Ok(())
        })?;
        Ok(self.pick(&kept))
    }

    /// With these expressions in these slots; a later one may read an earlier one.
    pub fn projected(mut self, items: &[(Slot, Expr)], run: &mut Run) -> Result<Table> {
        for (slot, item) in items {
            let column = match item.kind {
                ExprKind::Slot(from) => {
                    self.columns[from].clone().unwrap_or_else(|| Column::Same(self.base[from].clone()))
                }
                _ => {
                    let mut values = Vec::with_capacity(self.len);
                    self.each([item], run, |_, row, run| {
                        values.push(evaluate(item, row, run)?);
                        Ok(())
                    })?;
                    run.budget.charge(size_of_val(values.as_slice()))?;
                    Column::Values(values)
                }
            };
            self.columns[*slot] = Some(column);
        }
        Ok(self)
    }

    /// The rows at these places.
    pub fn pick(&self, rows: &[usize]) -> Table {
        let pick = |column: &Option<Column>| column.as_ref().map(|column| column.pick(rows.iter().copied()));
        Table { len: rows.len(), columns: self.columns.iter().map(pick).collect(), base: self.base.clone() }
    }

    /// Rows of these slots only, in this order.
    pub fn selected(self, slots: &[Slot]) -> Table {
        Table { len: self.len, columns: picked(self.columns, slots), base: picked(self.base, slots) }
    }

    pub fn into_rows(self) -> Rows {
        let Table { len, columns, base } = self;
        let column = |(column, base): (Option<Column>, Value)| column.unwrap_or(Column::Same(base));
        match columns.is_empty() {
            true => Rows::from(vec![Row::new(); len]),
            false => Rows::of(len, columns.into_iter().zip(base).map(column).collect()),
        }
    }
}
