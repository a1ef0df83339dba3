//! Plans inside plans, run anew for each row: subqueries, FOREACH, and the choice among paths.

use std::collections::BTreeMap;

use super::cursor::{BoxedCursor, Cursor, Flow, open};
use super::evaluate::{evaluate, list_of};
use super::shortest::{Chooser, cost_of};
use super::{Result, Row, Run, row_bytes};
use crate::graph::Value;
use crate::plan::{Choice, Expr, Operator, PathParts, Slot};

/// The result rows of the inner plan for each input row.
pub(super) struct Subquery<'p> {
    flow: Flow<'p>,
    inner: &'p Operator,
    columns: &'p [Slot],
    optional: bool,
    current: Option<BoxedCursor<'p>>,
    found: bool,
}

impl<'p> Subquery<'p> {
    pub(super) fn new(
        input: BoxedCursor<'p>,
        inner: &'p Operator,
        columns: &'p [Slot],
        optional: bool,
    ) -> Subquery<'p> {
        // A subquery that changes the graph must not be seen by what finds its rows.
        let input = if inner.writes() { Box::new(All { input, rows: None }) } else { input };
        Subquery { flow: Flow::new(input), inner, columns, optional, current: None, found: false }
    }
}

impl Cursor for Subquery<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            let Some(current) = &mut self.current else {
                if !self.flow.advance(run)? {
                    return Ok(None);
                }
                self.found = false;
                self.current = Some(open(self.inner, self.flow.row().clone(), run));
                continue;
            };
            if let Some(values) = current.next(run)? {
                self.found = true;
                return Ok(Some(self.flow.with(self.columns.iter().copied().zip(values))));
            }
            self.current = None;
            if self.columns.is_empty() || (self.optional && !self.found) {
                return Ok(Some(self.flow.with(self.columns.iter().map(|slot| (*slot, Value::Null)))));
            }
        }
    }
}

/// All rows of an input, taken before the first is given on.
struct All<'p> {
    input: BoxedCursor<'p>,
    rows: Option<std::vec::IntoIter<Row>>,
}

impl Cursor for All<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        if self.rows.is_none() {
            let mut rows = Vec::new();
            while let Some(row) = self.input.next(run)? {
                run.budget.charge(row_bytes(&row))?;
                rows.push(row);
            }
            self.rows = Some(rows.into_iter());
        }
        Ok(self.rows.as_mut().and_then(Iterator::next))
    }
}

/// Runs a plan for each element of a list; the rows stay as they are.
pub(super) struct Foreach<'p> {
    input: All<'p>,
    inner: &'p Operator,
    list: &'p Expr,
    slot: Slot,
}

impl<'p> Foreach<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, inner: &'p Operator, list: &'p Expr, slot: Slot) -> Foreach<'p> {
        Foreach { input: All { input, rows: None }, inner, list, slot }
    }
}

impl Cursor for Foreach<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        // All changes are made before the first row is given on.
        let fresh = self.input.rows.is_none();
        let first = self.input.next(run)?;
        if fresh {
            let rest = self.input.rows.as_ref().map_or(&[] as &[Row], |rows| rows.as_slice());
            let rows: Vec<Row> = first.iter().chain(rest).cloned().collect();
            for mut row in rows {
                let list = evaluate(self.list, &mut row, run)?;
                for item in
                    list_of(list).map_err(|error| error.at(self.list.span))?.iter().flat_map(|items| items.iter())
                {
                    row[self.slot] = item.clone();
                    let mut cursor = open(self.inner, row.clone(), run);
                    while cursor.next(run)?.is_some() {}
                }
            }
        }
        Ok(first)
    }
}

/// Of the paths that the inner plan finds for an input row, the chosen ones between each two ends.
pub(super) struct Choose<'p> {
    flow: Flow<'p>,
    inner: &'p Operator,
    choice: &'p Choice,
    path: &'p PathParts,
    end: Slot,
    found: std::vec::IntoIter<Row>,
}

impl<'p> Choose<'p> {
    pub(super) fn new(
        input: BoxedCursor<'p>,
        inner: &'p Operator,
        choice: &'p Choice,
        path: &'p PathParts,
        end: Slot,
    ) -> Choose<'p> {
        Choose { flow: Flow::new(input), inner, choice, path, end, found: Vec::new().into_iter() }
    }

    fn choose(&mut self, run: &mut Run) -> Result<Vec<Row>> {
        let mut groups: BTreeMap<(Value, Value), Vec<(f64, Row)>> = BTreeMap::new();
        let mut cursor = open(self.inner, self.flow.row().clone(), run);
        while let Some(row) = cursor.next(run)? {
            run.budget.charge(row_bytes(&row))?;
            let cost = self.cost(&row, run)?;
            let ends = (row[self.path.start].clone(), row[self.end].clone());
            groups.entry(ends).or_default().push((cost, row));
        }
        drop(cursor);
        let mut chosen = Vec::new();
        for mut paths in groups.into_values() {
            paths.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut chooser = Chooser::new(self.choice, self.flow.row(), run)?;
            chosen.extend(paths.into_iter().take_while(|(cost, _)| chooser.wants(*cost)).map(|(_, row)| row));
        }
        Ok(chosen)
    }

    fn cost(&self, row: &Row, run: &Run) -> Result<f64> {
        let mut cost = 0.0;
        for slot in &self.path.relationships {
            let parts = match &row[*slot] {
                Value::List(items) => items.to_vec(),
                other => vec![other.clone()],
            };
            for relationship in super::around::relationships(&parts) {
                cost += cost_of(relationship, self.choice.cost.as_deref(), run)?;
            }
        }
        Ok(cost)
    }
}

impl Cursor for Choose<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            if let Some(row) = self.found.next() {
                return Ok(Some(row));
            }
            if !self.flow.advance(run)? {
                return Ok(None);
            }
            self.found = self.choose(run)?.into_iter();
        }
    }
}
