//! Expressions over batches.
//!
//! [`vector`] computes an expression for all rows of a batch, a kernel for each kind of expression; what has no kernel
//! is evaluated row by row ([`by_row`]) inside the same interface. A kernel stops at the first value that fails, which
//! need not be that of the first row: [`filter`] and [`project`] then go through the rows one by one, so that the rows
//! before the failing one are given and the error is raised only if the next one is asked for.
//!
//! AND, OR and CASE compute their parts only for the rows that they still matter for.

mod arithmetic;
mod call;
mod choice;
mod compare;
#[cfg(test)]
mod laws;
mod list;
mod logic;
mod membership;
mod property;
mod text;

pub(super) use logic::nulls;
pub(super) use membership::Sets;

use super::batch::{Batch, picks};
use super::evaluate::{evaluate, holds};
use super::vector::{Data, Vector};
use super::{Result, Row, Run, subplan};
use crate::diagnostic::{Detail, Diagnostic, Kind, Span};
use crate::graph::Value;
use crate::plan::{Expr, ExprKind, Slot};

/// The value of an expression in each row.
pub(super) fn vector(expr: &Expr, batch: &Batch, run: &mut Run) -> Result<Vector> {
    match &expr.kind {
        ExprKind::Constant(value) => return Ok(Vector::Same(value.clone())),
        ExprKind::Slot(slot) => return Ok(batch.columns[*slot].clone()),
        ExprKind::Parameter(name) => return Ok(Vector::Same(run.parameters.get(&**name).cloned().unwrap_or_default())),
        _ => {}
    }
    if batch.len < FEW {
        return by_row(expr, batch, run);
    }
    run.budget.check()?;
    kernel(expr, batch, run).map_err(|error| located(error, expr.span))
}

/// The error at a place of the statement. One that stops the whole statement has no place.
pub(super) fn located(error: Diagnostic, span: Span) -> Diagnostic {
    match error.kind {
        Kind::Stopped => error,
        _ => error.at(span),
    }
}

/// Of fewer rows, a vector costs more than it saves.
const FEW: usize = 4;

fn kernel(expr: &Expr, batch: &Batch, run: &mut Run) -> Result<Vector> {
    match &expr.kind {
        ExprKind::Property(base, key) => property::read(&vector(base, batch, run)?, key, batch.len, run),
        ExprKind::Not(operand) => logic::not(operand, batch, run),
        ExprKind::And(parts) => logic::connect(parts, false, batch, run),
        ExprKind::Or(parts) => logic::connect(parts, true, batch, run),
        ExprKind::Arithmetic(operator, left, right) => {
            let (left, right) = (vector(left, batch, run)?, vector(right, batch, run)?);
            arithmetic::arithmetic(*operator, &left, &right, batch.len, run)
        }
        ExprKind::Compare(comparison, left, right) => {
            let (left, right) = (vector(left, batch, run)?, vector(right, batch, run)?);
            compare::compare(*comparison, &left, &right, batch.len, run.budget)
        }
        ExprKind::List(items) => list::list(items, batch, run),
        ExprKind::Map(entries) => list::map(entries, batch, run),
        ExprKind::In(item, list) => membership::is_in(item, list, batch, run),
        ExprKind::Text(test, left, right) => {
            let (left, right) = (vector(left, batch, run)?, vector(right, batch, run)?);
            text::test(*test, &left, &right, batch.len, run)
        }
        ExprKind::IsNull(operand) => Ok(logic::is_null(&vector(operand, batch, run)?, batch.len)),
        ExprKind::HasLabels(operand, labels) => {
            property::has_labels(&vector(operand, batch, run)?, labels, batch.len, run)
        }
        ExprKind::Call(function, arguments) => call::call(function, arguments, batch, run),
        ExprKind::Case { branches, otherwise } => choice::case(branches, otherwise.as_deref(), batch, run),
        ExprKind::Subplan(subplan) => subplan::over_batch(subplan, batch, run),
        _ => by_row(expr, batch, run),
    }
}

/// The value of an expression in each row, one row after the other.
pub(super) fn by_row(expr: &Expr, batch: &Batch, run: &mut Run) -> Result<Vector> {
    let slots = slots_of([expr]);
    let mut row = run.spare_row();
    let mut values = Vec::with_capacity(batch.len);
    let mut hold = run.budget.hold();
    for at in 0..batch.len {
        run.budget.tick()?;
        batch.fill(at, &slots, &mut row);
        let value = evaluate(expr, &mut row, run)?;
        hold.add(value.held())?;
        values.push(value);
    }
    run.spare.push(row);
    Ok(Vector::of(values))
}

/// The slots that expressions read, each once.
pub(super) fn slots_of<'e>(expressions: impl IntoIterator<Item = &'e Expr>) -> Vec<Slot> {
    let mut slots = Vec::new();
    expressions.into_iter().for_each(|expr| expr.each_slot(&mut |slot| slots.push(slot)));
    slots.sort_unstable();
    slots.dedup();
    slots
}

/// The rows for which a condition holds.
pub(super) fn filter(condition: &Expr, batch: &Batch, run: &mut Run) -> Batch {
    match vector(condition, batch, run).and_then(|truth| places(&truth, batch.len, condition)) {
        Ok(Kept::All) => Batch::new(batch.len, batch.columns.clone()),
        Ok(Kept::Some(places)) => batch.pick(&picks(places)),
        Err(error) if ends(&error) => Batch::of_rows(Vec::new(), batch.columns.len()).failing(error),
        Err(_) => filter_by_row(condition, batch, run),
    }
}

/// Whether an error is the end of the statement whatever its rows hold: to go on row by row would be to ignore it.
fn ends(error: &Diagnostic) -> bool {
    matches!(error.detail, Detail::Interrupted | Detail::TimeLimit)
}

/// The places of the rows for which all conditions hold, each asked of those for which the ones before do.
pub(super) fn kept(conditions: &[&Expr], batch: &Batch, run: &mut Run) -> Result<Vec<u32>> {
    // `None`: all of them.
    let mut all: Option<Vec<u32>> = None;
    for condition in conditions {
        let picked = all.as_ref().map(|all| batch.pick(&picks(all.clone())));
        let rows = picked.as_ref().unwrap_or(batch);
        let kept = vector(condition, rows, run).and_then(|truth| places(&truth, rows.len, condition));
        // A kernel may fail where the evaluation of a row, which looks at no more than it must, does not.
        let kept = match kept {
            Err(error) if ends(&error) => return Err(error),
            Err(_) => places(&by_row(condition, rows, run)?, rows.len, condition)?,
            Ok(kept) => kept,
        };
        if let Kept::Some(kept) = kept {
            let places = match &all {
                None => kept,
                Some(all) => kept.into_iter().map(|place| all[place as usize]).collect(),
            };
            if places.is_empty() {
                return Ok(places);
            }
            all = Some(places);
        }
    }
    Ok(all.unwrap_or_else(|| (0..batch.len as u32).collect()))
}

fn filter_by_row(condition: &Expr, batch: &Batch, run: &mut Run) -> Batch {
    let slots = slots_of([condition]);
    let mut row = run.spare_row();
    let mut kept = Vec::new();
    for at in 0..batch.len {
        batch.fill(at, &slots, &mut row);
        match run.budget.tick().and_then(|()| holds(condition, &mut row, run)) {
            Ok(true) => kept.push(at as u32),
            Ok(false) => {}
            Err(error) => return batch.pick(&picks(kept)).failing(error),
        }
    }
    run.spare.push(row);
    batch.pick(&picks(kept))
}

/// Which rows to keep.
enum Kept {
    All,
    Some(Vec<u32>),
}

/// The places at which a condition holds: null does not.
fn places(truth: &Vector, len: usize, condition: &Expr) -> Result<Kept> {
    let truths = logic::truths(truth, len).map_err(|error| error.at(condition.span))?;
    Ok(match truths {
        logic::Truths::Same(Some(true)) => Kept::All,
        logic::Truths::Same(_) => Kept::Some(Vec::new()),
        logic::Truths::Each(truths) => {
            let kept: Vec<u32> = (0..len as u32).filter(|at| truths[*at as usize] == logic::TRUE).collect();
            if kept.len() == len { Kept::All } else { Kept::Some(kept) }
        }
    })
}

/// The batch with these expressions in these slots; a later one may read an earlier one.
pub(super) fn project(items: &[(Slot, Expr)], batch: Batch, run: &mut Run) -> Batch {
    let mut projected = batch.clone();
    let mut hold = run.budget.hold();
    for (slot, item) in items {
        let made = vector(item, &projected, run).and_then(|vector| hold.add(vector.bytes()).map(|()| vector));
        match made {
            Ok(vector) => projected.set(*slot, vector),
            Err(error) if ends(&error) => {
                return Batch::of_rows(Vec::new(), batch.columns.len()).failing(error);
            }
            Err(_) => return project_by_row(items, &batch, run),
        }
    }
    projected
}

fn project_by_row(items: &[(Slot, Expr)], batch: &Batch, run: &mut Run) -> Batch {
    let mut rows: Vec<Row> = Vec::new();
    let mut failure = None;
    let mut hold = run.budget.hold();
    for at in 0..batch.len {
        let mut row = batch.row(at);
        let computed = run.budget.tick().and_then(|()| {
            items.iter().try_for_each(|(slot, item)| {
                row[*slot] = evaluate(item, &mut row, run)?;
                hold.add(row[*slot].held())
            })
        });
        match computed {
            Ok(()) => rows.push(row),
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    let rows = Batch::of_rows(rows, batch.columns.len());
    match failure {
        Some(failure) => rows.failing(failure),
        None => rows,
    }
}

/// The values of several expressions in the rows of a batch, as far as none fails; the failure of the next row.
pub(super) fn vectors<'e>(
    expressions: impl IntoIterator<Item = &'e Expr>,
    batch: &Batch,
    run: &mut Run,
) -> (Vec<Vector>, usize, Option<Diagnostic>) {
    let expressions: Vec<&Expr> = expressions.into_iter().collect();
    match vectors_of(&expressions, batch, run) {
        Ok(vectors) => return (vectors, batch.len, None),
        Err(error) if ends(&error) => return (vec![Vector::default(); expressions.len()], 0, Some(error)),
        Err(_) => {}
    }
    let slots = slots_of(expressions.iter().copied());
    let mut row = run.spare_row();
    let mut values: Vec<Vec<Value>> = expressions.iter().map(|_| Vec::new()).collect();
    let mut hold = run.budget.hold();
    for at in 0..batch.len {
        batch.fill(at, &slots, &mut row);
        let of_row: Result<Vec<Value>> = expressions
            .iter()
            .map(|expr| {
                run.budget.tick()?;
                let value = evaluate(expr, &mut row, run)?;
                hold.add(value.held())?;
                Ok(value)
            })
            .collect();
        match of_row {
            Ok(of_row) => values.iter_mut().zip(of_row).for_each(|(values, value)| values.push(value)),
            Err(error) => return (values.into_iter().map(Vector::of).collect(), at, Some(error)),
        }
    }
    (values.into_iter().map(Vector::of).collect(), batch.len, None)
}

/// The value of each expression in each row; what several of them read is read once.
fn vectors_of(expressions: &[&Expr], batch: &Batch, run: &mut Run) -> Result<Vec<Vector>> {
    let mut vectors: Vec<Vector> = Vec::with_capacity(expressions.len());
    for (at, expr) in expressions.iter().enumerate() {
        let read = expressions[..at].iter().position(|earlier| earlier.is_same_read(expr));
        vectors.push(match read {
            Some(earlier) => vectors[earlier].clone(),
            None => vector(expr, batch, run)?,
        });
    }
    Ok(vectors)
}

/// One value a row, or one for all rows.
#[derive(Clone, Copy)]
enum Lane<'a, T> {
    Same(T),
    Each(&'a [T]),
}

impl<T: Copy> Lane<'_, T> {
    /// A result for each row of two lanes.
    fn zip<U: Copy, R>(self, other: Lane<U>, len: usize, f: impl Fn(T, U) -> R) -> Vec<R> {
        match (self, other) {
            (Lane::Each(a), Lane::Each(b)) => a.iter().zip(b).map(|(a, b)| f(*a, *b)).collect(),
            (Lane::Each(a), Lane::Same(b)) => a.iter().map(|a| f(*a, b)).collect(),
            (Lane::Same(a), Lane::Each(b)) => b.iter().map(|b| f(a, *b)).collect(),
            (Lane::Same(a), Lane::Same(b)) => (0..len).map(|_| f(a, b)).collect(),
        }
    }

    fn at(&self, row: usize) -> T {
        match self {
            Lane::Same(value) => *value,
            Lane::Each(values) => values[row],
        }
    }
}

/// The nulls of two vectors together.
fn nulls_of(left: Option<&Data>, right: Option<&Data>) -> Option<Vec<bool>> {
    let of = |data: Option<&Data>| match data {
        Some(
            Data::Integers(_, nulls) | Data::Floats(_, nulls) | Data::Booleans(_, nulls) | Data::Temporals(_, _, nulls),
        ) => nulls.clone(),
        _ => None,
    };
    match (of(left), of(right)) {
        (Some(mut left), Some(right)) => {
            left.iter_mut().zip(right).for_each(|(left, right)| *left |= right);
            Some(left)
        }
        (left, right) => left.or(right),
    }
}
