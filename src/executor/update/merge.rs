//! MERGE.
//!
//! A pattern of one node is looked up in a hash table of the property values that it asks for, built once and kept up
//! to date with the nodes that the statement creates; what a batch of rows creates and sets is written at once. Other
//! patterns, and few rows where there is an index, are matched row by row.

use std::sync::Arc;

use super::batch::ByRow;
use super::create::{constant_keys, constant_names, create, create_nodes};
use super::independent::{ignores, is_given_before};
use super::properties::{check_storable, set};
use super::table::{Table, Waiting};
use super::writes::{Step, Writes};
use super::{Result, each_row};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::executor::batch::{Batch, picks};
use crate::executor::cursor::open;
use crate::executor::evaluate::{evaluate, holds};
use crate::executor::vector::Vector;
use crate::executor::{Row, Run, kernels, row_bytes, seek};
use crate::graph::{Graph, NodeId, Value};
use crate::plan::{Creation, Expr, ExprKind, Merge, Operator, Slot};

pub(super) fn merge_all(clause: &Merge, matching: &Operator, batches: Vec<Batch>, run: &mut Run) -> Result<Vec<Batch>> {
    let rows = batches.iter().map(|batch| batch.len).sum();
    let pattern = if rows > 1 { OneNode::of(clause, matching, rows, run) } else { None };
    match pattern {
        Some(pattern) => pattern.merge(batches, run),
        None => batches.iter().map(|batch| merge(clause, matching, batch, run)).collect(),
    }
}

/// A pattern of one node with constant labels and keys, whose values do not depend on what the statement changes.
struct OneNode<'p> {
    slot: Slot,
    labels: Vec<&'p Arc<str>>,
    keys: Vec<&'p Arc<str>>,
    /// The places of the keys in alphabetical order: properties are set in this order.
    sorted: Vec<usize>,
    on_create: Vec<Step<'p>>,
    on_match: Vec<Step<'p>>,
    writes: Writes<'p>,
    merge: &'p Merge,
    matching: &'p Operator,
}

impl<'p> OneNode<'p> {
    /// `None` also if it is cheaper to match each of so many rows.
    fn of(merge: &'p Merge, matching: &'p Operator, rows: usize, run: &Run) -> Option<OneNode<'p>> {
        let [Creation::Node { slot, labels, properties }] = merge.creations.as_slice() else { return None };
        let (labels, properties) = (constant_names(labels)?, constant_keys(properties.as_ref())?);
        let (writes, [on_create, on_match]) = Writes::of([&merge.on_create, &merge.on_match])?;
        let is_of_the_node = |step: &Step| matches!(step, Step::Property { entity, .. } if matches!(entity.kind, ExprKind::Slot(s) if s == *slot));
        let is_given = |step: &Step| match step {
            Step::Property { value: Some(value), .. } => is_given_before(value, *slot),
            _ => true,
        };
        let is_apart = !properties.is_empty()
            && writes.are_apart()
            && properties.iter().all(|(_, value)| is_given_before(value, *slot) && value.is_simple())
            && properties
                .iter()
                .all(|(key, value)| !writes.keys().contains(key) && ignores(value, writes.keys(), false))
            && on_create.iter().chain(&on_match).all(is_of_the_node)
            && on_create.iter().all(is_given);
        let keys: Vec<&Arc<str>> = properties.iter().map(|(key, _)| *key).collect();
        let mut sorted: Vec<usize> = (0..keys.len()).collect();
        sorted.sort_unstable_by_key(|at| keys[*at]);
        let node = OneNode { slot: *slot, labels, keys, sorted, on_create, on_match, writes, merge, matching };
        (is_apart && run.profile.is_none() && node.is_worth_it(rows, run.graph())).then_some(node)
    }

    /// A table costs a step for each node that may match, matching without an index costs as much for each row, and an
    /// index a few steps.
    fn is_worth_it(&self, rows: usize, graph: &Graph) -> bool {
        const STEPS_OF_AN_INDEX: usize = 4;
        let nodes = self.labels.iter().map(|label| graph.label(label).map_or(0, |label| graph.label_count(label)));
        let nodes = nodes.min().unwrap_or(graph.node_count());
        let has_index = matches!(self.matching, Operator::Filter { input, .. } if matches!(**input, Operator::NodeIndexSeek { .. }));
        !has_index || rows.saturating_mul(STEPS_OF_AN_INDEX) >= nodes
    }

    fn merge(mut self, batches: Vec<Batch>, run: &mut Run) -> Result<Vec<Batch>> {
        let mut table = Table::build(&self.labels, &self.keys, run)?;
        let merged = batches.iter().map(|batch| self.merge_batch(batch, &mut table, run)).collect();
        run.budget.release(table.bytes);
        merged
    }

    fn merge_batch(&mut self, batch: &Batch, table: &mut Table, run: &mut Run) -> Result<Batch> {
        run.budget.check()?;
        let (values, failure) = required_of(self.merge, batch, run);
        let Some(error) = failure else { return self.merge_rows(batch, &values, table, run) };
        // Rows before may fail for another reason.
        let before = batch.slice(0..values.first().map_or(0, Vec::len));
        self.merge_rows(&before, &values, table, run)?;
        Err(error)
    }

    fn merge_rows(&mut self, batch: &Batch, values: &[Vec<Value>], table: &mut Table, run: &mut Run) -> Result<Batch> {
        let first = run.graph().node_bound();
        let mut new: Vec<u32> = Vec::new();
        let (mut rows, mut nodes) = (Vec::with_capacity(batch.len), Vec::with_capacity(batch.len));
        let (mut created, mut matched) = (Vec::new(), Vec::new());
        let mut found = Vec::new();
        table.reserve(batch.len, run)?;
        for row in 0..batch.len {
            run.budget.tick()?;
            let hash = table.hash(values.iter().map(|values| &values[row]));
            table.find(hash, row, &Waiting { values, rows: &new, first }, run.graph(), &mut found);
            if found.is_empty() {
                self.sorted.iter().try_for_each(|at| check_storable(self.keys[*at], &values[*at][row]))?;
                let node = NodeId::new(first + new.len());
                table.add(hash, node);
                created.push(rows.len() as u32);
                new.push(row as u32);
                found.push(node);
            } else {
                matched.extend(rows.len() as u32..(rows.len() + found.len()) as u32);
            }
            run.budget.work(found.len() * size_of::<NodeId>())?;
            rows.extend(std::iter::repeat_n(row as u32, found.len()));
            nodes.extend(found.iter().map(|node| node.index() as u32));
        }
        self.create(&new, values, run)?;
        table.resolve(&self.labels, &self.keys, run.graph());
        run.budget.charge((rows.len() - batch.len) * 2 * size_of::<u32>())?;
        let mut merged = batch.spread(rows);
        merged.set(self.slot, Vector::nodes(nodes));
        self.write(&merged, created, matched, run)?;
        Ok(merged)
    }

    /// Creates a node for each of these rows.
    fn create(&self, rows: &[u32], values: &[Vec<Value>], run: &mut Run) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let column = |at: &usize| {
            let own = rows.iter().map(|row| values[*at][*row as usize].clone());
            (self.keys[*at], own.collect())
        };
        let columns = self.sorted.iter().map(column).collect();
        create_nodes(rows.len(), &self.labels, columns, run).map(|_| ())
    }

    /// Writes what is to be set for the rows that have created their node, and for those that have found it.
    fn write(&mut self, merged: &Batch, created: Vec<u32>, matched: Vec<u32>, run: &mut Run) -> Result<()> {
        let (on_create, on_match) = (&self.merge.on_create, &self.merge.on_match);
        for (rows, steps, actions) in [(created, &self.on_create, on_create), (matched, &self.on_match, on_match)] {
            if steps.is_empty() || rows.is_empty() {
                continue;
            }
            let own = merged.pick(&picks(rows.clone()));
            if let Err(ByRow) = self.writes.add(steps, &own, Some(&rows), run)? {
                self.writes.make(run)?;
                each_row(&own, run, |row, run| set(actions, row, run))?;
            }
        }
        self.writes.make(run)
    }
}

/// The values that the pattern asks for, by key and row, as far as no row fails; the failure of the next one.
fn required_of(merge: &Merge, batch: &Batch, run: &mut Run) -> (Vec<Vec<Value>>, Option<Diagnostic>) {
    let (vectors, len, failure) = kernels::vectors(merge.required.iter().map(|(_, value)| value), batch, run);
    let mut columns: Vec<Vec<Value>> = vectors.iter().map(|vector| vector.values(len)).collect();
    let null = (0..len).find_map(|row| Some((row, columns.iter().position(|values| values[row].is_null())?)));
    let Some((row, at)) = null else { return (columns, failure) };
    columns.iter_mut().for_each(|values| values.truncate(row));
    let (key, value) = &merge.required[at];
    (columns, Some(is_null(key, value)))
}

/// Matches or creates for each row alone.
fn merge(merge: &Merge, matching: &Operator, batch: &Batch, run: &mut Run) -> Result<Batch> {
    let mut merged: Vec<Row> = Vec::new();
    let budget = run.budget;
    let mut hold = budget.hold();
    for at in 0..batch.len {
        budget.tick()?;
        let mut row = batch.row(at);
        required(merge, &mut row, run)?;
        let mut found = matches(matching, &mut row, run)?;
        if found.is_empty() {
            create(&merge.creations, &mut row, run)?;
            set(&merge.on_create, &mut row, run)?;
            found.push(row);
        } else {
            for row in &mut found {
                set(&merge.on_match, row, run)?;
            }
        }
        hold.add(found.iter().map(|row| row_bytes(row)).sum())?;
        merged.append(&mut found);
    }
    Ok(Batch::of_rows(merged, batch.columns.len()))
}

fn matches(matching: &Operator, row: &mut Row, run: &mut Run) -> Result<Vec<Row>> {
    let mut found = Vec::new();
    // One look-up needs no cursors, unless they are to be measured.
    if let Operator::Filter { input, condition } = matching
        && let Operator::NodeIndexSeek { input, seek } = &**input
        && matches!(**input, Operator::Argument)
        && run.profile.is_none()
    {
        for node in seek::nodes(seek, row, run) {
            let mut candidate = row.clone();
            candidate[seek.slot] = Value::Node(node);
            if holds(condition, &mut candidate, run)? {
                found.push(candidate);
            }
        }
        return Ok(found);
    }
    let mut cursor = open(matching, row.clone(), run);
    while let Some(row) = cursor.next(run)? {
        found.push(row);
    }
    Ok(found)
}

/// The values that the pattern asks for.
fn required(merge: &Merge, row: &mut Row, run: &mut Run) -> Result<Vec<Value>> {
    let mut values = Vec::with_capacity(merge.required.len());
    for (key, value) in &merge.required {
        let evaluated = evaluate(value, row, run)?;
        if evaluated.is_null() {
            return Err(is_null(key, value));
        }
        values.push(evaluated);
    }
    Ok(values)
}

/// The error of a property asked to be null: it can never be matched, so that MERGE would create it again and again.
/// A value may speak of what the pattern itself brings; that is not known before.
fn is_null(key: &str, value: &Expr) -> Diagnostic {
    let message = format!("MERGE cannot look for a `{key}` that is null");
    Diagnostic::runtime(Kind::SemanticError, Detail::MergeReadOwnWrites, message)
        .at(value.span)
        .help("leave the property out, or SET it after the MERGE")
}
