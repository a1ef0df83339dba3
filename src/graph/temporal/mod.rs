//! The temporal values of openCypher: dates, times, instants and durations.
//!
//! Source: openCypher CIP2015-08-06 "Date and Time". Years run from -999,999,999 to 999,999,999 in the
//! proleptic Gregorian calendar; times are exact to the nanosecond. Whatever leaves these ranges is an error,
//! never a wrapped or clamped value. `parse.rs` reads ISO 8601 text, `format.rs` writes it.

mod between;
mod date;
mod duration;
mod format;
mod parse;
mod time;
mod zone;

#[cfg(test)]
pub(crate) mod laws;

use std::sync::Arc;

use crate::diagnostic::{Detail, Diagnostic, Kind};

pub(crate) use between::Endpoint;
pub(crate) use duration::{Amounts, Factor};
pub(crate) use format::Offset;
pub use zone::Zone;

type Result<T> = std::result::Result<T, Diagnostic>;

pub(crate) const NANOS_PER_SECOND: i64 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
pub(crate) const NANOS_PER_DAY: i64 = SECONDS_PER_DAY * NANOS_PER_SECOND;

/// A calendar day: days since 1970-01-01 in the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    pub days: i64,
}

/// A time of day without zone: nanoseconds since midnight, less than a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalTime {
    pub nanos: i64,
}

/// A time of day with an offset from UTC in seconds east. Ordered by the moment of the day in UTC, then by
/// offset; equal only if both agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    pub local: LocalTime,
    pub offset: i32,
}

/// A date and a time of day without zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalDateTime {
    pub date: Date,
    pub time: LocalTime,
}

/// A moment: local date and time, its offset from UTC in seconds east, and the zone's name if it has one.
/// Ordered by the moment, then by offset and zone name; equal only if all agree.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DateTime {
    pub local: LocalDateTime,
    pub offset: i32,
    pub zone: Option<Arc<str>>,
}

/// A span of time in four independent parts: a month has no fixed number of days, nor a day of seconds.
/// Equal only if all parts agree; ordered (for `ORDER BY`) by average length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Duration {
    pub months: i64,
    pub days: i64,
    pub seconds: i64,
    /// 0..1_000_000_000, added to `seconds`.
    pub nanos: i32,
}

/// A value that is outside its range or does not exist.
fn invalid(message: impl Into<String>) -> Diagnostic {
    Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message)
}

/// A result that leaves the range of its type.
fn overflow(message: impl Into<String>) -> Diagnostic {
    Diagnostic::runtime(Kind::ArithmeticError, Detail::IntegerOverflow, message)
}

/// Fails unless `low <= value <= high`.
pub(crate) fn within(name: &str, value: i64, low: i64, high: i64) -> Result<i64> {
    if (low..=high).contains(&value) {
        Ok(value)
    } else {
        Err(invalid(format!("the {name} must be between {low} and {high}, but is {value}")))
    }
}

/// The start of a text, for messages.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
