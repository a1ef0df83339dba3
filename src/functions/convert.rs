//! Conversions between types, and functions of any value.

use super::{Function, Nulls, function, invalid_value, required};
use crate::diagnostic::Kind;
use crate::graph::{TypeSet, Value, format_float};

const ANY: &[super::Parameter] = &[required("value", TypeSet::ANY)];

pub const FUNCTIONS: &[Function] = &[
    Function {
        variadic: true,
        nulls: Nulls::Pass,
        ..function(
            "coalesce",
            ANY,
            TypeSet::ANY,
            "The first value that is not null.",
            ("coalesce(null, 1, 2)", "1"),
            |_, arguments| Ok(arguments.iter().find(|v| !v.is_null()).cloned().unwrap_or_default()),
        )
    },
    function("toString", ANY, TypeSet::STRING, "The value as text.", ("toString(1.5)", "'1.5'"), |_, arguments| {
        text(&arguments[0]).map(Value::from).ok_or_else(|| unfit("toString", &arguments[0]))
    }),
    function(
        "toInteger",
        ANY,
        TypeSet::INTEGER,
        "A number without its fraction, or the number a text says; null if it says none.",
        ("toInteger('4.9')", "4"),
        |_, arguments| match &arguments[0] {
            Value::Integer(_) => Ok(arguments[0].clone()),
            Value::Float(number) => Ok(whole(*number)),
            Value::Boolean(value) => Ok(Value::Integer(i64::from(*value))),
            Value::String(text) => {
                let text = text.trim();
                let integer = text.parse().ok().map(Value::Integer);
                Ok(integer.or_else(|| text.parse().ok().map(whole)).unwrap_or_default())
            }
            other => Err(unfit("toInteger", other)),
        },
    ),
    function(
        "toFloat",
        ANY,
        TypeSet::FLOAT,
        "The number as a float, or the number a text says; null if it says none.",
        ("toFloat('1')", "1.0"),
        |_, arguments| match &arguments[0] {
            Value::Integer(number) => Ok(Value::Float(*number as f64)),
            Value::Float(_) => Ok(arguments[0].clone()),
            Value::String(text) => Ok(text.trim().parse().map_or(Value::Null, Value::Float)),
            other => Err(unfit("toFloat", other)),
        },
    ),
    function(
        "toBoolean",
        ANY,
        TypeSet::BOOLEAN,
        "The truth value a text says; null if it says none.",
        ("toBoolean('TRUE')", "true"),
        |_, arguments| match &arguments[0] {
            Value::Boolean(_) => Ok(arguments[0].clone()),
            Value::Integer(number) => Ok(Value::Boolean(*number != 0)),
            Value::String(text) => Ok(match text.trim().to_ascii_lowercase().as_str() {
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                _ => Value::Null,
            }),
            other => Err(unfit("toBoolean", other)),
        },
    ),
];

/// The value converted to one of the types, as the function of the type's name does; `None` if there is none.
pub(super) fn convert(value: &Value, types: TypeSet) -> Option<Value> {
    match (types, value) {
        (TypeSet::STRING, _) => text(value).map(Value::from),
        (TypeSet::INTEGER, Value::Float(number)) => Some(whole(*number)),
        (TypeSet::INTEGER, Value::String(text)) => text.trim().parse().ok().map(Value::Integer),
        (TypeSet::INTEGER, Value::Boolean(value)) => Some(Value::Integer(i64::from(*value))),
        (TypeSet::FLOAT, Value::Integer(number)) => Some(Value::Float(*number as f64)),
        (TypeSet::FLOAT, Value::String(text)) => text.trim().parse().ok().map(Value::Float),
        (TypeSet::BOOLEAN, Value::Integer(number)) => Some(Value::Boolean(*number != 0)),
        (TypeSet::BOOLEAN, Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "true" => Some(Value::Boolean(true)),
            "false" => Some(Value::Boolean(false)),
            _ => None,
        },
        _ => None,
    }
}

/// The text of a value that is not an entity or a container.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Boolean(value) => Some(value.to_string()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Float(value) => Some(format_float(*value)),
        Value::String(value) => Some(value.to_string()),
        Value::Date(value) => Some(value.to_string()),
        Value::LocalTime(value) => Some(value.to_string()),
        Value::Time(value) => Some(value.to_string()),
        Value::LocalDateTime(value) => Some(value.to_string()),
        Value::DateTime(value) => Some(value.to_string()),
        Value::Duration(value) => Some(value.to_string()),
        Value::Point(value) => Some(value.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Node(_) | Value::Relationship(_) | Value::Path(_) => None,
    }
}

/// The integer part, or null if an integer cannot hold it.
fn whole(number: f64) -> Value {
    let whole = number.trunc();
    if (-9.223_372_036_854_775_8e18..9.223_372_036_854_775_8e18).contains(&whole) {
        Value::Integer(whole as i64)
    } else {
        Value::Null
    }
}

fn unfit(function: &str, value: &Value) -> crate::diagnostic::Diagnostic {
    let mut error = invalid_value(format!("{function}() cannot convert a {}", value.type_name()));
    error.kind = Kind::TypeError;
    error
}
