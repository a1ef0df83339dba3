//! Plans inside expressions: existence, count and list of what they find.

use super::batch::Batch;
use super::cursor::open as open_row;
use super::evaluate::evaluate as evaluate_expression;
use super::source::{Argument, mark, open};
use super::vector::Vector;
use super::{Result, Row, Run, kernels};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Value;
use crate::plan::{Operator, Subplan, SubplanBody, SubplanResult};

fn planned(subplan: &Subplan) -> Result<&Operator> {
    match &subplan.body {
        SubplanBody::Planned(plan) => Ok(plan),
        SubplanBody::Bound { .. } => {
            let message = "a subquery has not been planned";
            Err(Diagnostic::runtime(Kind::InternalError, Detail::Defect, message))
        }
    }
}

/// What the plan gives for the current row.
pub(super) fn evaluate(subplan: &Subplan, row: &mut Row, run: &mut Run) -> Result<Value> {
    match subplan.once {
        Some(at) => run.once(at, |run| of_row(subplan, row, run)),
        None => of_row(subplan, row, run),
    }
}

/// Runs the plan with the current row as its argument.
fn of_row(subplan: &Subplan, row: &mut Row, run: &mut Run) -> Result<Value> {
    let mut cursor = open_row(planned(subplan)?, row.clone(), run);
    match &subplan.gives {
        SubplanResult::Exists => Ok(cursor.next(run)?.is_some().into()),
        SubplanResult::Count => {
            let mut count = 0i64;
            while cursor.next(run)?.is_some() {
                run.budget.tick()?;
                count += 1;
            }
            Ok(Value::Integer(count))
        }
        SubplanResult::Collect(result) => {
            let mut items = Vec::new();
            let mut hold = run.budget.hold();
            while let Some(mut inner) = cursor.next(run)? {
                run.budget.tick()?;
                let item = evaluate_expression(result, &mut inner, run)?;
                hold.add(item.held())?;
                items.push(item);
            }
            Value::from(items).bounded()
        }
    }
}

/// Runs the plan once for all rows of a batch.
pub(super) fn over_batch(subplan: &Subplan, batch: &Batch, run: &mut Run) -> Result<Vector> {
    if subplan.once.is_some() {
        return match batch.len {
            0 => Ok(Vector::default()),
            _ => evaluate(subplan, &mut batch.row(0), run).map(Vector::Same),
        };
    }
    let plan = planned(subplan)?;
    let argument = Argument::new(Batch::new(batch.len, batch.columns.clone()));
    match &subplan.gives {
        SubplanResult::Exists => {
            let (argument, done) = argument.to_be_done();
            let mut found = vec![false; batch.len];
            let mut source = open(plan, &argument, run);
            while let Some(rows) = source.next(run)? {
                for row in 0..rows.len {
                    let origin = rows.origin_of(row);
                    found[origin] = true;
                    mark(&done, origin);
                }
            }
            Ok(Vector::booleans(found, vec![]))
        }
        SubplanResult::Count => {
            let mut counts = vec![0_i64; batch.len];
            let mut source = open(plan, &argument, run);
            while let Some(rows) = source.next(run)? {
                (0..rows.len).for_each(|row| counts[rows.origin_of(row)] += 1);
            }
            Ok(Vector::integers(counts))
        }
        SubplanResult::Collect(result) => {
            let mut lists: Vec<Vec<Value>> = vec![Vec::new(); batch.len];
            let mut hold = run.budget.hold();
            let mut source = open(plan, &argument, run);
            while let Some(rows) = source.next(run)? {
                let items = kernels::vector(result, &rows, run)?;
                for row in 0..rows.len {
                    let item = items.value(row);
                    hold.add(item.held_alone())?;
                    lists[rows.origin_of(row)].push(item);
                }
            }
            let lists: Result<Vec<Value>> = lists.into_iter().map(|list| Value::from(list).bounded()).collect();
            Ok(Vector::of(lists?))
        }
    }
}
