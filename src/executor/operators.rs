//! Arithmetic on values.

use super::Result;
use super::evaluate::describe;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::functions::{invalid_type, temporal};
use crate::graph::{Value, format_float};
use crate::plan::Arithmetic;

/// Null with anything is null; integers do not wrap; strings and lists append.
pub(super) fn arithmetic(operator: Arithmetic, left: &Value, right: &Value) -> Result<Value> {
    if left.is_null() || right.is_null() {
        return Ok(Value::Null);
    }
    if let Some(result) = temporal_arithmetic(operator, left, right) {
        return result;
    }
    match (operator, left, right) {
        (Arithmetic::Concatenate, Value::String(a), Value::String(b)) => Ok(format!("{a}{b}").into()),
        (Arithmetic::Concatenate, Value::List(_), Value::List(_)) => append(left, right),
        (Arithmetic::Concatenate, _, _) => Err(cannot(operator, left, right)),
        (Arithmetic::Power, _, _) => floats(operator, left, right),
        (_, Value::Integer(a), Value::Integer(b)) => integers(operator, *a, *b),
        (Arithmetic::Add, Value::List(_), _) | (Arithmetic::Add, _, Value::List(_)) => append(left, right),
        (Arithmetic::Add, Value::String(_), _) | (Arithmetic::Add, _, Value::String(_)) => {
            match (text(left), text(right)) {
                (Some(a), Some(b)) => Ok((a + &b).into()),
                _ => Err(cannot(operator, left, right)),
            }
        }
        _ => floats(operator, left, right),
    }
}

/// Minus before a value.
pub(super) fn negate(value: &Value) -> Result<Value> {
    match value {
        Value::Float(number) => Ok(Value::Float(-number)),
        Value::Duration(_) => arithmetic(Arithmetic::Multiply, value, &Value::Integer(-1)),
        other => arithmetic(Arithmetic::Subtract, &Value::Integer(0), other),
    }
}

fn temporal_arithmetic(operator: Arithmetic, left: &Value, right: &Value) -> Option<Result<Value>> {
    match operator {
        Arithmetic::Add => temporal::add(left, right),
        Arithmetic::Subtract => temporal::subtract(left, right),
        Arithmetic::Multiply => temporal::multiply(left, right),
        Arithmetic::Divide => temporal::divide(left, right),
        Arithmetic::Modulo | Arithmetic::Power | Arithmetic::Concatenate => None,
    }
}

fn integers(operator: Arithmetic, a: i64, b: i64) -> Result<Value> {
    if b == 0 && matches!(operator, Arithmetic::Divide | Arithmetic::Modulo) {
        let message = format!("{a} {} 0 divides by zero", operator.symbol());
        return Err(Diagnostic::runtime(Kind::ArithmeticError, Detail::DivisionByZero, message));
    }
    let result = match operator {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide => a.checked_div(b),
        Arithmetic::Modulo => a.checked_rem(b),
        Arithmetic::Power | Arithmetic::Concatenate => None,
    };
    result.map(Value::Integer).ok_or_else(|| {
        let message = format!("{a} {} {b} is beyond the range of an integer", operator.symbol());
        Diagnostic::runtime(Kind::ArithmeticError, Detail::IntegerOverflow, message)
            .help("compute with floats: toFloat(…)")
    })
}

fn floats(operator: Arithmetic, left: &Value, right: &Value) -> Result<Value> {
    let (Some(a), Some(b)) = (left.as_float(), right.as_float()) else { return Err(cannot(operator, left, right)) };
    Ok(Value::Float(match operator {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide => a / b,
        Arithmetic::Modulo => a % b,
        Arithmetic::Power => a.powf(b),
        Arithmetic::Concatenate => return Err(cannot(operator, left, right)),
    }))
}

/// List and list join; list and value become a longer list.
fn append(left: &Value, right: &Value) -> Result<Value> {
    fn items(value: &Value) -> &[Value] {
        if let Value::List(items) = value { items } else { std::slice::from_ref(value) }
    }
    Value::from([items(left), items(right)].concat()).bounded()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(format_float(*number)),
        Value::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}

fn cannot(operator: Arithmetic, left: &Value, right: &Value) -> Diagnostic {
    invalid_type(format!("`{}` does not work on {} and {}", operator.symbol(), describe(left), describe(right)))
}
