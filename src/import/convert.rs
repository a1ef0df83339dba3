//! Text → value of the type that the header names.

use crate::graph::temporal::{Date, DateTime, Duration, LocalDateTime, LocalTime, Time, Zone};
use crate::graph::{Value, exact};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Integer {
        bits: u32,
    },
    Float,
    Boolean,
    Text,
    Date,
    Time,
    LocalTime,
    DateTime,
    LocalDateTime,
    Duration,
    /// Any value, as `graph::exact` writes it: kenning's own type.
    Json,
}

impl Type {
    pub(super) fn named(word: &str) -> Option<Type> {
        Some(match word.to_ascii_lowercase().as_str() {
            "byte" => Type::Integer { bits: 8 },
            "short" => Type::Integer { bits: 16 },
            "int" => Type::Integer { bits: 32 },
            "long" => Type::Integer { bits: 64 },
            "float" | "double" => Type::Float,
            "boolean" => Type::Boolean,
            "string" | "char" => Type::Text,
            "date" => Type::Date,
            "time" => Type::Time,
            "localtime" => Type::LocalTime,
            "datetime" => Type::DateTime,
            "localdatetime" => Type::LocalDateTime,
            "duration" => Type::Duration,
            "json" => Type::Json,
            _ => return None,
        })
    }

    /// The value that the text stands for.
    pub(super) fn value(self, text: &str) -> Result<Value, String> {
        let trimmed = text.trim();
        let temporal = |error: crate::diagnostic::Diagnostic| error.message;
        Ok(match self {
            Type::Text => Value::from(text),
            Type::Integer { bits } => Value::Integer(integer(trimmed, bits)?),
            Type::Float => Value::Float(trimmed.parse().map_err(|_| format!("`{trimmed}` is not a number"))?),
            Type::Boolean => Value::Boolean(boolean(trimmed)?),
            Type::Date => Value::from(Date::parse(trimmed).map_err(temporal)?),
            Type::Time => Value::from(Time::parse(trimmed, 0).map_err(temporal)?),
            Type::LocalTime => Value::from(LocalTime::parse(trimmed).map_err(temporal)?),
            Type::DateTime => Value::from(DateTime::parse(trimmed, &Zone::UTC).map_err(temporal)?),
            Type::LocalDateTime => Value::from(LocalDateTime::parse(trimmed).map_err(temporal)?),
            Type::Duration => Value::from(Duration::parse(trimmed).map_err(temporal)?),
            Type::Json => {
                let json = serde_json::from_str(text).map_err(|error| format!("this is no JSON: {error}"))?;
                exact::from_json(&json)?
            }
        })
    }

    /// The list of values that the text stands for.
    pub(super) fn list(self, text: &str, delimiter: char) -> Result<Value, String> {
        let items: Result<Vec<Value>, String> = text.split(delimiter).map(|item| self.value(item)).collect();
        Ok(Value::list(items?))
    }
}

pub(super) fn integer(text: &str, bits: u32) -> Result<i64, String> {
    let number: i64 = text.parse().map_err(|_| format!("`{text}` is not an integer"))?;
    let most = i64::MAX >> (64 - bits);
    if (-most - 1..=most).contains(&number) {
        Ok(number)
    } else {
        Err(format!("{number} does not fit an integer of {bits} bits"))
    }
}

pub(super) fn boolean(text: &str) -> Result<bool, String> {
    if text.eq_ignore_ascii_case("true") {
        Ok(true)
    } else if text.eq_ignore_ascii_case("false") {
        Ok(false)
    } else {
        Err(format!("`{text}` is neither true nor false"))
    }
}
