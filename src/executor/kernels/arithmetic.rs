//! `+ - * / % ^` over vectors.

use super::super::evaluate::combined;
use super::super::operators;
use super::super::vector::{Data, Nulls, Vector};
use super::super::{Result, Run};
use super::{Lane, nulls_of};
use crate::graph::Value;
use crate::plan::Arithmetic;

pub(super) fn arithmetic(
    operator: Arithmetic,
    left: &Vector,
    right: &Vector,
    len: usize,
    run: &mut Run,
) -> Result<Vector> {
    if let (Vector::Same(left), Vector::Same(right)) = (left, right) {
        return combined(operator, left, right, run).map(Vector::Same);
    }
    if [left, right].iter().any(|side| matches!(side, Vector::Same(Value::Null))) {
        return Ok(Vector::Same(Value::Null));
    }
    let (a, b) = (left.flat(), right.flat());
    let nulls = nulls_of(a.as_deref(), b.as_deref());
    let whole = !matches!(operator, Arithmetic::Power | Arithmetic::Concatenate);
    if let (Some(a), Some(b), true) = (integers(left, a.as_deref()), integers(right, b.as_deref()), whole) {
        return integer(operator, a, b, nulls, len);
    }
    if let (Some(a), Some(b)) = (floats(left, a.as_deref()), floats(right, b.as_deref()))
        && let Some(operation) = float_operation(operator)
    {
        return Ok(Data::Floats(a.lane().zip(b.lane(), len, operation), nulls).into());
    }
    let mut values = Vec::with_capacity(len);
    let mut hold = run.budget.hold();
    for row in 0..len {
        run.budget.tick()?;
        let value = combined(operator, &left.value(row), &right.value(row), run)?;
        hold.add(value.held())?;
        values.push(value);
    }
    Ok(Vector::of(values))
}

fn integers<'a>(vector: &Vector, data: Option<&'a Data>) -> Option<Lane<'a, i64>> {
    match (vector, data) {
        (Vector::Same(Value::Integer(value)), _) => Some(Lane::Same(*value)),
        (_, Some(Data::Integers(values, _))) => Some(Lane::Each(values)),
        _ => None,
    }
}

/// Numbers as floats, of their own where they are integers.
enum Floats<'a> {
    Same(f64),
    Given(&'a [f64]),
    Own(Vec<f64>),
}

impl Floats<'_> {
    fn lane(&self) -> Lane<'_, f64> {
        match self {
            Floats::Same(value) => Lane::Same(*value),
            Floats::Given(values) => Lane::Each(values),
            Floats::Own(values) => Lane::Each(values),
        }
    }
}

fn floats<'a>(vector: &Vector, data: Option<&'a Data>) -> Option<Floats<'a>> {
    match (vector, data) {
        (Vector::Same(value), _) => value.as_float().map(Floats::Same),
        (_, Some(Data::Floats(values, _))) => Some(Floats::Given(values)),
        (_, Some(Data::Integers(values, _))) => Some(Floats::Own(values.iter().map(|value| *value as f64).collect())),
        _ => None,
    }
}

fn integer(operator: Arithmetic, a: Lane<i64>, b: Lane<i64>, nulls: Nulls, len: usize) -> Result<Vector> {
    let results: Vec<Option<i64>> = match operator {
        Arithmetic::Add => a.zip(b, len, i64::checked_add),
        Arithmetic::Subtract => a.zip(b, len, i64::checked_sub),
        Arithmetic::Multiply => a.zip(b, len, i64::checked_mul),
        Arithmetic::Divide => a.zip(b, len, i64::checked_div),
        Arithmetic::Modulo => a.zip(b, len, i64::checked_rem),
        Arithmetic::Power | Arithmetic::Concatenate => vec![None; len],
    };
    let is_null = |row: usize| nulls.as_ref().is_some_and(|nulls| nulls[row]);
    if let Some(row) = (0..len).find(|row| results[*row].is_none() && !is_null(*row)) {
        operators::arithmetic(operator, &Value::Integer(a.at(row)), &Value::Integer(b.at(row)))?;
    }
    Ok(Data::Integers(results.into_iter().map(Option::unwrap_or_default).collect(), nulls).into())
}

fn float_operation(operator: Arithmetic) -> Option<fn(f64, f64) -> f64> {
    Some(match operator {
        Arithmetic::Add => |a, b| a + b,
        Arithmetic::Subtract => |a, b| a - b,
        Arithmetic::Multiply => |a, b| a * b,
        Arithmetic::Divide => |a, b| a / b,
        Arithmetic::Modulo => |a, b| a % b,
        Arithmetic::Power => f64::powf,
        Arithmetic::Concatenate => return None,
    })
}
