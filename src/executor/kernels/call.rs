//! Functions over vectors.

use super::super::batch::Batch;
use super::super::evaluate;
use super::super::vector::{Data, Vector};
use super::super::{Result, Run};
use super::{property, vector};
use crate::functions::{Function, is_deterministic};
use crate::graph::Value;
use crate::plan::Expr;

/// A function's value in each row: its arguments are vectors, its results are made one by one.
pub(super) fn call(function: &'static Function, arguments: &[Expr], batch: &Batch, run: &mut Run) -> Result<Vector> {
    let mut vectors = Vec::with_capacity(arguments.len());
    for argument in arguments {
        vectors.push(vector(argument, batch, run)?);
    }
    if let ("type", [relationships]) = (function.name, vectors.as_slice())
        && let Some(Data::Relationships(relationships)) = relationships.flat().as_deref()
    {
        return Ok(property::types(relationships, run.graph()));
    }
    let same = |vector: &Vector| matches!(vector, Vector::Same(_));
    if vectors.iter().all(same) && is_deterministic(function) {
        let values: Vec<Value> = vectors.iter().map(|vector| vector.value(0)).collect();
        return evaluate::call(function, &values, run).map(Vector::Same);
    }
    let mut values = Vec::with_capacity(batch.len);
    let mut of_row = vec![Value::Null; vectors.len()];
    let mut hold = run.budget.hold();
    for row in 0..batch.len {
        run.budget.tick()?;
        of_row.iter_mut().zip(&vectors).for_each(|(value, vector)| *value = vector.value(row));
        let value = evaluate::call(function, &of_row, run)?;
        hold.add(value.held())?;
        values.push(value);
    }
    Ok(Vector::of(values))
}
