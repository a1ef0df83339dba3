//! Operators on rows: filter, project, order, cut, unwind, optional, union.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashSet};

use super::cursor::{BoxedCursor, Cursor, Flow, open};
use super::evaluate::{evaluate, evaluate_all, holds, row_count};
use super::table::Table;
use super::{Result, Row, Run, row_bytes};
use crate::functions::{Progression, is_range};
use crate::graph::Value;
use crate::plan::{self, Expr, ExprKind, Operator, Slot, SortKey};

pub(super) struct Filter<'p> {
    pub input: BoxedCursor<'p>,
    pub condition: &'p Expr,
}

impl Cursor for Filter<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        while let Some(mut row) = self.input.next(run)? {
            run.budget.tick()?;
            if holds(self.condition, &mut row, run)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    fn table(&mut self, run: &mut Run) -> Result<Option<Table>> {
        let table = self.input.table(run)?;
        table.map(|table| table.filtered(self.condition, run)).transpose()
    }
}

pub(super) struct Project<'p> {
    pub input: BoxedCursor<'p>,
    pub items: &'p [(Slot, Expr)],
}

impl Cursor for Project<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        let Some(mut row) = self.input.next(run)? else { return Ok(None) };
        for (slot, item) in self.items {
            row[*slot] = evaluate(item, &mut row, run)?;
        }
        Ok(Some(row))
    }

    fn table(&mut self, run: &mut Run) -> Result<Option<Table>> {
        let table = self.input.table(run)?;
        table.map(|table| table.projected(self.items, run)).transpose()
    }
}

pub(super) struct Distinct<'p> {
    input: BoxedCursor<'p>,
    slots: &'p [Slot],
    seen: HashSet<Vec<Value>>,
}

impl<'p> Distinct<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, slots: &'p [Slot]) -> Distinct<'p> {
        Distinct { input, slots, seen: HashSet::new() }
    }

    fn is_new(&mut self, key: Vec<Value>, run: &mut Run) -> Result<bool> {
        run.budget.tick()?;
        let bytes = row_bytes(&key);
        let is_new = self.seen.insert(key);
        if is_new {
            run.budget.charge(bytes)?;
        }
        Ok(is_new)
    }
}

impl Cursor for Distinct<'_> {
    fn table(&mut self, run: &mut Run) -> Result<Option<Table>> {
        let Some(table) = self.input.table(run)? else { return Ok(None) };
        let mut first = Vec::new();
        for at in 0..table.len() {
            let key = self.slots.iter().map(|slot| table.value(at, *slot)).collect();
            if self.is_new(key, run)? {
                first.push(at);
            }
        }
        Ok(Some(table.pick(&first)))
    }

    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        while let Some(row) = self.input.next(run)? {
            let key = self.slots.iter().map(|slot| row[*slot].clone()).collect();
            if self.is_new(key, run)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}

/// Result rows without duplicates.
pub(super) struct DistinctRows<'p> {
    input: BoxedCursor<'p>,
    seen: HashSet<Row>,
}

impl<'p> DistinctRows<'p> {
    pub(super) fn new(input: BoxedCursor<'p>) -> DistinctRows<'p> {
        DistinctRows { input, seen: HashSet::new() }
    }
}

impl Cursor for DistinctRows<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        while let Some(row) = self.input.next(run)? {
            if self.seen.insert(row.clone()) {
                run.budget.charge(row_bytes(&row))?;
                return Ok(Some(row));
            }
            run.budget.tick()?;
        }
        Ok(None)
    }
}

/// Sorts all rows of its input; with a limit it never holds more than that many.
pub(super) struct Sort<'p> {
    input: BoxedCursor<'p>,
    keys: &'p [SortKey],
    limit: Option<&'p Expr>,
    sorted: Option<std::vec::IntoIter<Sortable>>,
}

/// A row with its sort key; equal keys keep the order in which they came.
struct Sortable {
    key: Vec<KeyValue>,
    number: usize,
    row: Row,
}

impl<'p> Sort<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, keys: &'p [SortKey], limit: Option<&'p Expr>) -> Sort<'p> {
        Sort { input, keys, limit, sorted: None }
    }

    fn sort(&mut self, run: &mut Run) -> Result<Vec<Sortable>> {
        if let Some(table) = self.input.table(run)? {
            return self.sort_table(&table, run);
        }
        let mut limit = usize::MAX;
        let mut rows = BinaryHeap::new();
        let mut number = 0;
        while let Some(mut row) = self.input.next(run)? {
            run.budget.tick()?;
            if number == 0
                && let Some(count) = self.limit
            {
                limit = row_count(count, "LIMIT", &mut row, run)?;
            }
            let key = sort_key(self.keys, &mut row, run)?;
            run.budget.charge(row_bytes(&row) + size_of_val(key.as_slice()))?;
            rows.push(Sortable { key, number, row });
            number += 1;
            if rows.len() > limit
                && let Some(last) = rows.pop()
            {
                run.budget.release(row_bytes(&last.row) + size_of_val(last.key.as_slice()));
            }
        }
        Ok(rows.into_sorted_vec())
    }

    /// As [`Sort::sort`]: rows are made of those only that are given.
    fn sort_table(&self, table: &Table, run: &mut Run) -> Result<Vec<Sortable>> {
        let keys = self.keys;
        let mut limit = usize::MAX;
        let mut rows: BinaryHeap<Sortable> = BinaryHeap::new();
        table.each(keys.iter().map(|key| &key.expression).chain(self.limit), run, |number, row, run| {
            if let Some(count) = self.limit.filter(|_| number == 0) {
                limit = row_count(count, "LIMIT", row, run)?;
            }
            let sortable = Sortable { key: sort_key(keys, row, run)?, number, row: Row::new() };
            if rows.len() < limit {
                run.budget.charge(size_of_val(sortable.key.as_slice()) + size_of::<Sortable>())?;
                rows.push(sortable);
            } else if let Some(mut last) = rows.peek_mut().filter(|last| sortable < **last) {
                *last = sortable;
            }
            Ok(())
        })?;
        let mut sorted = rows.into_sorted_vec();
        for sortable in &mut sorted {
            sortable.row = table.row(sortable.number);
            run.budget.charge(row_bytes(&sortable.row))?;
        }
        Ok(sorted)
    }
}

impl Cursor for Sort<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        if self.sorted.is_none() {
            self.sorted = Some(self.sort(run)?.into_iter());
        }
        Ok(self.sorted.as_mut().and_then(Iterator::next).map(|sortable| sortable.row))
    }
}

fn sort_key(keys: &[SortKey], row: &mut Row, run: &mut Run) -> Result<Vec<KeyValue>> {
    let mut key = Vec::with_capacity(keys.len());
    for sort in keys {
        let value = evaluate(&sort.expression, row, run)?;
        key.push(KeyValue { value, descending: sort.descending, nulls_first: sort.nulls_first });
    }
    Ok(key)
}

/// A part of a sort key.
struct KeyValue {
    value: Value,
    descending: bool,
    nulls_first: Option<bool>,
}

impl KeyValue {
    fn order(&self, other: &KeyValue) -> Ordering {
        let (a, b) = (&self.value, &other.value);
        match (self.nulls_first, a.is_null(), b.is_null()) {
            (Some(first), true, false) => {
                if first {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (Some(first), false, true) => {
                if first {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            _ if self.descending => b.order(a),
            _ => a.order(b),
        }
    }
}

impl Ord for Sortable {
    fn cmp(&self, other: &Sortable) -> Ordering {
        let keys = self.key.iter().zip(&other.key).map(|(a, b)| a.order(b));
        keys.reduce(Ordering::then).unwrap_or(Ordering::Equal).then(self.number.cmp(&other.number))
    }
}

impl PartialOrd for Sortable {
    fn partial_cmp(&self, other: &Sortable) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Sortable {
    fn eq(&self, other: &Sortable) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Sortable {}

pub(super) struct Skip<'p> {
    input: BoxedCursor<'p>,
    count: &'p Expr,
    left: Option<usize>,
}

impl<'p> Skip<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, count: &'p Expr) -> Skip<'p> {
        Skip { input, count, left: None }
    }
}

impl Cursor for Skip<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        let mut left = match self.left {
            Some(left) => left,
            None => row_count(self.count, "SKIP", &mut vec![Value::Null; run.width], run)?,
        };
        while left > 0 {
            if self.input.next(run)?.is_none() {
                break;
            }
            left -= 1;
        }
        self.left = Some(0);
        self.input.next(run)
    }
}

pub(super) struct Limit<'p> {
    input: BoxedCursor<'p>,
    count: &'p Expr,
    left: Option<usize>,
    /// Whether the input changes the graph: it does so when asked for its first row, wanted or not.
    writes: bool,
}

impl<'p> Limit<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, count: &'p Expr, writes: bool) -> Limit<'p> {
        Limit { input, count, left: None, writes }
    }
}

impl Cursor for Limit<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        let left = match self.left {
            Some(left) => left,
            None => row_count(self.count, "LIMIT", &mut vec![Value::Null; run.width], run)?,
        };
        let first = self.left.is_none();
        self.left = Some(left.saturating_sub(1));
        if left == 0 && first && self.writes {
            self.input.next(run)?;
        }
        if left == 0 { Ok(None) } else { self.input.next(run) }
    }
}

pub(super) struct Unwind<'p> {
    flow: Flow<'p>,
    unwind: &'p plan::Unwind,
    elements: Elements,
    /// How many elements of the list have been given.
    given: usize,
}

/// What is left of the list being unwound.
enum Elements {
    List(std::sync::Arc<[Value]>),
    /// Of `range()`: never a list in memory.
    Range(Progression),
}

impl Elements {
    /// A value that is no list is its own only element; null has none.
    fn of(value: Value) -> Elements {
        Elements::List(match value {
            Value::Null => std::sync::Arc::default(),
            Value::List(items) => items,
            other => std::sync::Arc::from([other]),
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
    pub(super) fn new(input: BoxedCursor<'p>, unwind: &'p plan::Unwind) -> Unwind<'p> {
        Unwind { flow: Flow::new(input), unwind, elements: Elements::of(Value::Null), given: 0 }
    }

    fn elements(&mut self, run: &mut Run) -> Result<Elements> {
        let list = &self.unwind.list;
        let row = self.flow.row();
        match &list.kind {
            ExprKind::Call(function, arguments) if is_range(function) => {
                let arguments = evaluate_all(arguments, row, run)?;
                if arguments.iter().any(Value::is_null) {
                    return Ok(Elements::of(Value::Null));
                }
                Progression::new(&arguments).map(Elements::Range).map_err(|error| error.at(list.span))
            }
            _ => evaluate(list, row, run).map(Elements::of),
        }
    }
}

impl Cursor for Unwind<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            if let Some(item) = self.elements.next(self.given) {
                run.budget.tick()?;
                let position =
                    self.unwind.position.map(|(slot, first)| (slot, Value::Integer(first + self.given as i64)));
                self.given += 1;
                return Ok(Some(self.flow.with([(self.unwind.slot, item)].into_iter().chain(position))));
            }
            if !self.flow.advance(run)? {
                return Ok(None);
            }
            self.elements = self.elements(run)?;
            self.given = 0;
        }
    }
}

/// The rows of the inner plan for each input row, or one row with the inner slots null.
pub(super) struct Optional<'p> {
    flow: Flow<'p>,
    inner: &'p Operator,
    slots: &'p [Slot],
    current: Option<BoxedCursor<'p>>,
    found: bool,
}

impl<'p> Optional<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, inner: &'p Operator, slots: &'p [Slot]) -> Optional<'p> {
        Optional { flow: Flow::new(input), inner, slots, current: None, found: false }
    }
}

impl Cursor for Optional<'_> {
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
            match current.next(run)? {
                Some(row) => {
                    self.found = true;
                    return Ok(Some(row));
                }
                None => {
                    self.current = None;
                    if !self.found {
                        return Ok(Some(self.flow.with(self.slots.iter().map(|slot| (*slot, Value::Null)))));
                    }
                }
            }
        }
    }
}

/// The rows of several plans, one plan after the other.
pub(super) struct Union<'p> {
    inputs: std::slice::Iter<'p, Operator>,
    argument: Row,
    current: Option<BoxedCursor<'p>>,
}

impl<'p> Union<'p> {
    pub(super) fn new(inputs: &'p [Operator], argument: Row) -> Union<'p> {
        Union { inputs: inputs.iter(), argument, current: None }
    }
}

impl Cursor for Union<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            if let Some(current) = &mut self.current
                && let Some(row) = current.next(run)?
            {
                return Ok(Some(row));
            }
            let Some(input) = self.inputs.next() else { return Ok(None) };
            self.current = Some(open(input, self.argument.clone(), run));
        }
    }
}

pub(super) struct Drain<'p> {
    pub input: BoxedCursor<'p>,
}

impl Cursor for Drain<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        while self.input.next(run)?.is_some() {
            run.budget.tick()?;
        }
        Ok(None)
    }
}

pub(super) struct Produce<'p> {
    input: BoxedCursor<'p>,
    columns: &'p [Slot],
    /// The columns are the first slots in their order.
    first: bool,
}

impl<'p> Produce<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, columns: &'p [Slot]) -> Produce<'p> {
        Produce { input, columns, first: columns.iter().enumerate().all(|(at, slot)| at == *slot) }
    }
}

impl Cursor for Produce<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        let row = self.input.next(run)?;
        Ok(row.map(|mut row| match self.first {
            true => {
                row.truncate(self.columns.len());
                row
            }
            false => self.columns.iter().map(|slot| row[*slot].clone()).collect(),
        }))
    }

    fn table(&mut self, run: &mut Run) -> Result<Option<Table>> {
        Ok(self.input.table(run)?.map(|table| table.selected(self.columns)))
    }
}
