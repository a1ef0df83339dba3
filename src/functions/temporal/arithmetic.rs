//! `+`, `-`, `*` and `/` on temporal values. Each returns `None` if the operands are none of its business.

use super::super::{Result, invalid_type, invalid_value};
use super::kind::Parts;
use crate::diagnostic::{Detail, Diagnostic, Kind, an};
use crate::graph::Value;
use crate::graph::temporal::{Duration, Factor};

/// A duration added to an instant (in either order) or to a duration.
pub(crate) fn add(left: &Value, right: &Value) -> Option<Result<Value>> {
    match (left, right) {
        (Value::Duration(a), Value::Duration(b)) => Some(a.plus(b).map(Value::from)),
        (instant, Value::Duration(duration)) | (Value::Duration(duration), instant) => shift(instant, duration),
        _ if Parts::of(left).is_some() && Parts::of(right).is_some() => {
            Some(Err(invalid_type(format!("cannot add {} to {}", an(right.type_name()), an(left.type_name())))
                .help("only a Duration can be added to an instant")))
        }
        _ => None,
    }
}

/// A duration taken from an instant or from a duration.
pub(crate) fn subtract(left: &Value, right: &Value) -> Option<Result<Value>> {
    match (left, right) {
        (Value::Duration(a), Value::Duration(b)) => {
            Some(b.negated().and_then(|negated| a.plus(&negated)).map(Value::from))
        }
        (instant, Value::Duration(duration)) => match duration.negated() {
            Ok(negated) => shift(instant, &negated),
            Err(error) => Parts::of(instant).map(|_| Err(error)),
        },
        _ if Parts::of(left).is_some() && Parts::of(right).is_some() => {
            Some(Err(invalid_type(format!("cannot subtract {} from {}", an(right.type_name()), an(left.type_name())))
                .help("use duration.between(from, to), duration.inDays or duration.inSeconds")))
        }
        _ => None,
    }
}

/// A duration times a number, in either order.
pub(crate) fn multiply(left: &Value, right: &Value) -> Option<Result<Value>> {
    match (left, right) {
        (Value::Duration(duration), number) | (number, Value::Duration(duration)) => {
            let factor = factor(number)?;
            Some(factor.and_then(|factor| duration.times(factor)).map(Value::from))
        }
        _ => None,
    }
}

/// A duration divided by a number.
pub(crate) fn divide(left: &Value, right: &Value) -> Option<Result<Value>> {
    let Value::Duration(duration) = left else { return None };
    let divided = |factor: Factor| {
        let inverse = factor.inverse().ok_or_else(|| {
            Diagnostic::runtime(Kind::ArithmeticError, Detail::DivisionByZero, "a duration is divided by zero")
        })?;
        duration.times(inverse)
    };
    Some(factor(right)?.and_then(divided).map(Value::from))
}

fn shift(instant: &Value, duration: &Duration) -> Option<Result<Value>> {
    Some(match instant {
        Value::Date(date) => date.plus(duration).map(Value::from),
        Value::LocalTime(time) => Ok(time.plus(duration).into()),
        Value::Time(time) => Ok(time.plus(duration).into()),
        Value::LocalDateTime(at) => at.plus(duration).map(Value::from),
        Value::DateTime(at) => at.plus(duration).map(Value::from),
        _ => return None,
    })
}

/// `None` if the value is not a number.
fn factor(number: &Value) -> Option<Result<Factor>> {
    match number {
        Value::Integer(number) => Some(Ok(Factor::from_integer(*number))),
        Value::Float(number) => Some(
            Factor::from_float(*number)
                .ok_or_else(|| invalid_value(format!("a duration cannot be scaled by {number}"))),
        ),
        _ => None,
    }
}
