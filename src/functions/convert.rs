//! Conversions between types.

use super::{Function, Result, function, invalid_type, invalid_value, required};
use crate::diagnostic::{Kind, an};
use crate::graph::{TypeSet, Value, format_float};

const ANY: &[super::Parameter] = &[required("value", TypeSet::ANY)];
const LIST: &[super::Parameter] = &[required("list", TypeSet::LIST)];

pub const FUNCTIONS: &[Function] = &[
    function("toString", ANY, TypeSet::STRING, "The value as text.", ("toString(1.5)", "'1.5'"), |_, a| {
        strict("toString", text, &a[0])
    }),
    function(
        "toInteger",
        ANY,
        TypeSet::INTEGER,
        "A number without its fraction, or the number a text says; null if it says none.",
        ("toInteger('4.9')", "4"),
        |_, a| strict("toInteger", integer, &a[0]),
    ),
    function(
        "toFloat",
        ANY,
        TypeSet::FLOAT,
        "The number as a float, or the number a text says; null if it says none.",
        ("toFloat('1')", "1.0"),
        |_, a| strict("toFloat", float, &a[0]),
    ),
    function(
        "toBoolean",
        ANY,
        TypeSet::BOOLEAN,
        "The truth value a text says, null if it says none; whether an integer is not 0.",
        ("toBoolean('TRUE')", "true"),
        |_, a| strict("toBoolean", boolean, &a[0]),
    ),
    function(
        "toStringOrNull",
        ANY,
        TypeSet::STRING,
        "The value as text; null if it has none.",
        ("toStringOrNull([1])", "null"),
        |_, a| Ok(text(&a[0]).unwrap_or_default()),
    ),
    function(
        "toIntegerOrNull",
        ANY,
        TypeSet::INTEGER,
        "The value as an integer; null if it cannot be one.",
        ("toIntegerOrNull(date('2020-01-01'))", "null"),
        |_, a| Ok(integer(&a[0]).unwrap_or_default()),
    ),
    function(
        "toFloatOrNull",
        ANY,
        TypeSet::FLOAT,
        "The value as a float; null if it cannot be one.",
        ("toFloatOrNull(true)", "null"),
        |_, a| Ok(float(&a[0]).unwrap_or_default()),
    ),
    function(
        "toBooleanOrNull",
        ANY,
        TypeSet::BOOLEAN,
        "The value as true or false; null if it cannot be.",
        ("toBooleanOrNull(1.5)", "null"),
        |_, a| Ok(boolean(&a[0]).unwrap_or_default()),
    ),
    function(
        "toStringList",
        LIST,
        TypeSet::LIST,
        "The elements as texts; null for those that have none.",
        ("toStringList([1, 'a', null, []])", "['1', 'a', null, null]"),
        |_, a| each(text, &a[0]),
    ),
    function(
        "toIntegerList",
        LIST,
        TypeSet::LIST,
        "The elements as integers; null for those that cannot be.",
        ("toIntegerList(['1', 2.9, 'x'])", "[1, 2, null]"),
        |_, a| each(integer, &a[0]),
    ),
    function(
        "toFloatList",
        LIST,
        TypeSet::LIST,
        "The elements as floats; null for those that cannot be.",
        ("toFloatList(['1.5', 2, 'x'])", "[1.5, 2.0, null]"),
        |_, a| each(float, &a[0]),
    ),
    function(
        "toBooleanList",
        LIST,
        TypeSet::LIST,
        "The elements as true or false; null for those that cannot be.",
        ("toBooleanList(['true', 0, 'x'])", "[true, false, null]"),
        |_, a| each(boolean, &a[0]),
    ),
];

/// The value converted to one of the types, as the function of the type's name does; `None` if it has no such value.
pub(super) fn convert(value: &Value, types: TypeSet) -> Option<Value> {
    let converted = match types {
        TypeSet::STRING => text(value),
        TypeSet::INTEGER => integer(value),
        TypeSet::FLOAT => float(value),
        TypeSet::BOOLEAN => boolean(value),
        _ => None,
    };
    converted.filter(|converted| !converted.is_null())
}

/// Converts a value; `None` if its type has no such conversion, null if the value has none.
type Conversion = fn(&Value) -> Option<Value>;

fn strict(function: &str, convert: Conversion, value: &Value) -> Result<Value> {
    convert(value).ok_or_else(|| unfit(function, value))
}

fn each(convert: Conversion, list: &Value) -> Result<Value> {
    match list {
        Value::List(items) => Ok(Value::list(items.iter().map(|item| convert(item).unwrap_or_default()))),
        other => Err(invalid_type(format!("a list is expected, not {}", an(other.type_name())))),
    }
}

fn integer(value: &Value) -> Option<Value> {
    match value {
        Value::Integer(_) => Some(value.clone()),
        Value::Float(number) => Some(whole(*number)),
        Value::Boolean(value) => Some(Value::Integer(i64::from(*value))),
        Value::String(text) => {
            let text = text.trim();
            let integer = text.parse().ok().map(Value::Integer);
            Some(integer.or_else(|| number(text).map(whole)).unwrap_or_default())
        }
        _ => None,
    }
}

fn float(value: &Value) -> Option<Value> {
    match value {
        Value::Integer(number) => Some(Value::Float(*number as f64)),
        Value::Float(_) => Some(value.clone()),
        Value::String(text) => Some(number(text.trim()).map_or(Value::Null, Value::Float)),
        _ => None,
    }
}

fn boolean(value: &Value) -> Option<Value> {
    match value {
        Value::Boolean(_) => Some(value.clone()),
        Value::Integer(number) => Some(Value::Boolean(*number != 0)),
        Value::String(text) => Some(match text.trim().to_ascii_lowercase().as_str() {
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            _ => Value::Null,
        }),
        _ => None,
    }
}

/// The number that a text says, as the language writes numbers: "inf" is none.
fn number(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ if text.ends_with(|c: char| c.is_ascii_digit() || c == '.') => text.parse().ok(),
        _ => None,
    }
}

/// The text of a value that is not an entity or a container.
fn text(value: &Value) -> Option<Value> {
    let text = match value {
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => format_float(*value),
        Value::String(_) => return Some(value.clone()),
        Value::Date(value) => value.to_string(),
        Value::LocalTime(value) => value.to_string(),
        Value::Time(value) => value.to_string(),
        Value::LocalDateTime(value) => value.to_string(),
        Value::DateTime(value) => value.to_string(),
        Value::Duration(value) => value.to_string(),
        Value::Point(value) => value.to_string(),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Node(_) | Value::Relationship(_) | Value::Path(_) => {
            return None;
        }
    };
    Some(text.into())
}

/// The integer part, or null if an integer cannot hold it.
fn whole(number: f64) -> Value {
    let whole = number.trunc();
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    if (-TWO_63..TWO_63).contains(&whole) { Value::Integer(whole as i64) } else { Value::Null }
}

fn unfit(function: &str, value: &Value) -> crate::diagnostic::Diagnostic {
    let mut error = invalid_value(format!("{function}() cannot convert {}", an(value.type_name())));
    error.kind = Kind::TypeError;
    error
}
