//! Functions of any value.

use super::{Context, Function, Nulls, Result, function, required};
use crate::graph::{TypeSet, Value};

const ANY: TypeSet = TypeSet::ANY;

pub const FUNCTIONS: &[Function] = &[
    Function {
        variadic: true,
        nulls: Nulls::First,
        ..function(
            "coalesce",
            &[required("value", ANY)],
            ANY,
            "The first value that is not null.",
            ("coalesce(null, 1, 2)", "1"),
            |_, a| Ok(a.iter().find(|value| !value.is_null()).cloned().unwrap_or_default()),
        )
    },
    Function {
        nulls: Nulls::Pass,
        ..function(
            "nullIf",
            &[required("value", ANY), required("unless", ANY)],
            ANY,
            "The first value, but null if both are equal.",
            ("nullIf('n/a', 'n/a')", "null"),
            |_, a| Ok(if a[0].equals(&a[1]) == Some(true) { Value::Null } else { a[0].clone() }),
        )
    },
    Function {
        nulls: Nulls::Pass,
        ..function(
            "valueType",
            &[required("value", ANY)],
            TypeSet::STRING,
            "The narrowest type of the value, as `IS ::` writes types.",
            ("valueType([1, 'a'])", "'LIST<STRING NOT NULL | INTEGER NOT NULL> NOT NULL'"),
            |_, a| Ok(type_text(&a[0]).into()),
        )
    },
    function(
        "randomUUID",
        &[],
        TypeSet::STRING,
        "A random identifier that no other will ever be like (UUID version 4).",
        ("size(randomUUID())", "36"),
        |context, _| Ok(random_uuid(context)),
    ),
    function(
        "timestamp",
        &[],
        TypeSet::INTEGER,
        "The milliseconds from 1970-01-01T00:00Z until the statement started.",
        ("timestamp() = datetime().epochMillis", "true"),
        |context, _| timestamp(context),
    ),
];

/// The type of a value with NOT NULL where it holds. The parts of a union come in the order of the table.
fn type_text(value: &Value) -> String {
    let Value::List(items) = value else { return name(value).1.to_string() };
    let mut types: Vec<(u8, String)> = Vec::new();
    for item in items.iter().filter(|item| !item.is_null()) {
        let found = (name(item).0, type_text(item));
        if !types.contains(&found) {
            types.push(found);
        }
    }
    types.sort();
    let nulls = items.iter().any(Value::is_null);
    let inner: Vec<&str> = types
        .iter()
        .map(|(_, text)| if nulls { text.strip_suffix(NOT_NULL).unwrap_or(text) } else { text.as_str() })
        .collect();
    let inner = match (inner.is_empty(), nulls) {
        (true, true) => "NULL".to_string(),
        (true, false) => "NOTHING".to_string(),
        (false, _) => inner.join(" | "),
    };
    format!("LIST<{inner}>{NOT_NULL}")
}

const NOT_NULL: &str = " NOT NULL";

/// The place of the value's type in a union, and its name.
fn name(value: &Value) -> (u8, &'static str) {
    match value {
        Value::Null => (0, "NULL"),
        Value::Boolean(_) => (1, "BOOLEAN NOT NULL"),
        Value::String(_) => (2, "STRING NOT NULL"),
        Value::Integer(_) => (3, "INTEGER NOT NULL"),
        Value::Float(_) => (4, "FLOAT NOT NULL"),
        Value::Date(_) => (5, "DATE NOT NULL"),
        Value::LocalTime(_) => (6, "LOCAL TIME NOT NULL"),
        Value::Time(_) => (7, "ZONED TIME NOT NULL"),
        Value::LocalDateTime(_) => (8, "LOCAL DATETIME NOT NULL"),
        Value::DateTime(_) => (9, "ZONED DATETIME NOT NULL"),
        Value::Duration(_) => (10, "DURATION NOT NULL"),
        Value::Point(_) => (11, "POINT NOT NULL"),
        Value::Node(_) => (12, "NODE NOT NULL"),
        Value::Relationship(_) => (13, "RELATIONSHIP NOT NULL"),
        Value::Map(_) => (14, "MAP NOT NULL"),
        Value::List(_) => (15, "LIST NOT NULL"),
        Value::Path(_) => (16, "PATH NOT NULL"),
    }
}

fn random_uuid(context: &Context) -> Value {
    let random = || super::number::random_bits(context);
    let high = random() & !0xF000 | 0x4000;
    let low = random() & !(0b11 << 62) | 0b10 << 62;
    let (a, b, c) = (high >> 32, high >> 16 & 0xFFFF, high & 0xFFFF);
    format!("{a:08x}-{b:04x}-{c:04x}-{:04x}-{:012x}", low >> 48, low & 0xFFFF_FFFF_FFFF).into()
}

fn timestamp(context: &Context) -> Result<Value> {
    let millis = context.clock.nanos.div_euclid(1_000_000);
    i64::try_from(millis).map(Value::Integer).map_err(|_| super::invalid_value("the clock is beyond all time"))
}
