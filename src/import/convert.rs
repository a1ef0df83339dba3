//! Text → value of the type that the header names.

use crate::functions::point;
use crate::graph::temporal::{Date, DateTime, Duration, LocalDateTime, LocalTime, Time, Zone};
use crate::graph::{CoordinateSystem, Map, Value, exact};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Integer {
        bits: u32,
    },
    Float,
    Boolean,
    Text,
    Date,
    /// In this zone where the text names none.
    Time(Zone),
    LocalTime,
    DateTime(Zone),
    LocalDateTime,
    Duration,
    /// In this system, unless the text names one.
    Point(Option<CoordinateSystem>),
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
            "time" => Type::Time(Zone::UTC),
            "localtime" => Type::LocalTime,
            "datetime" => Type::DateTime(Zone::UTC),
            "localdatetime" => Type::LocalDateTime,
            "duration" => Type::Duration,
            "point" => Type::Point(None),
            "json" => Type::Json,
            _ => return None,
        })
    }

    /// The type with an option of the header.
    pub(super) fn with(self, option: &str, value: &str) -> Result<Type, String> {
        let refused =
            || format!("`{option}:{value}` is no option of this type; there are crs of points, and timezone of times");
        let zone = || Zone::parse(value).map_err(|error| error.message);
        match (option, self) {
            ("crs", Type::Point(_)) => {
                let system = CoordinateSystem::ALL.into_iter().find(|system| system.name().eq_ignore_ascii_case(value));
                system.map(|system| Type::Point(Some(system))).ok_or_else(refused)
            }
            ("timezone", Type::DateTime(_)) => zone().map(Type::DateTime),
            ("timezone", Type::Time(_)) => match zone()? {
                Zone::Offset(offset) => Ok(Type::Time(Zone::Offset(offset))),
                Zone::Named(_) => Err("a time of day has an offset such as +02:00, not the name of a zone".into()),
            },
            _ => Err(refused()),
        }
    }

    /// The value that the text stands for.
    pub(super) fn value(&self, text: &str) -> Result<Value, String> {
        let trimmed = text.trim();
        let temporal = |error: crate::diagnostic::Diagnostic| error.message;
        Ok(match self {
            Type::Text => Value::from(text),
            Type::Integer { bits } => Value::Integer(integer(trimmed, *bits)?),
            Type::Float => Value::Float(trimmed.parse().map_err(|_| format!("`{trimmed}` is not a number"))?),
            Type::Boolean => Value::Boolean(boolean(trimmed)?),
            Type::Date => Value::from(Date::parse(trimmed).map_err(temporal)?),
            Type::Time(zone) => {
                let offset = if let Zone::Offset(offset) = zone { *offset } else { 0 };
                Value::from(Time::parse(trimmed, offset).map_err(temporal)?)
            }
            Type::LocalTime => Value::from(LocalTime::parse(trimmed).map_err(temporal)?),
            Type::DateTime(zone) => Value::from(DateTime::parse(trimmed, zone).map_err(temporal)?),
            Type::LocalDateTime => Value::from(LocalDateTime::parse(trimmed).map_err(temporal)?),
            Type::Duration => Value::from(Duration::parse(trimmed).map_err(temporal)?),
            Type::Point(system) => point_of(trimmed, *system)?,
            Type::Json => {
                let json = serde_json::from_str(text).map_err(|error| format!("this is no JSON: {error}"))?;
                exact::from_json(&json)?
            }
        })
    }

    /// The list of values that the text stands for.
    pub(super) fn list(&self, text: &str, delimiter: char) -> Result<Value, String> {
        let items: Result<Vec<Value>, String> = text.split(delimiter).map(|item| self.value(item)).collect();
        Ok(Value::list(items?))
    }
}

/// `{latitude:1.5, longitude:2.5}`, with or without braces, and with a system of its own if it names one.
fn point_of(text: &str, system: Option<CoordinateSystem>) -> Result<Value, String> {
    let inside = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    let mut fields = Map::new();
    for field in inside.split(',') {
        let Some((name, value)) = field.split_once(':') else {
            return Err(format!("`{text}` is no point; write {{x:1.0, y:2.0}} or {{latitude:1.0, longitude:2.0}}"));
        };
        let value = value.trim().trim_matches(['\'', '"']);
        let number = value.parse().map(Value::Integer).or_else(|_| value.parse().map(Value::Float));
        let value = number.unwrap_or_else(|_: std::num::ParseFloatError| Value::from(value));
        fields.insert(name.trim().into(), value);
    }
    if let Some(system) = system.filter(|_| !fields.contains_key("crs") && !fields.contains_key("srid")) {
        fields.insert("crs".into(), Value::from(system.name()));
    }
    point::point(&fields).map_err(|error| error.message)
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
