//! The components of temporal values, read like properties: `date().year`.

use super::super::Result;
use super::fields::nearest;
use super::kind::Parts;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Value;
use crate::graph::temporal::{Date, DateTime, Duration, LocalTime, Offset, Zone, shortened};

const DATE: &[&str] = &[
    "year",
    "quarter",
    "month",
    "week",
    "weekYear",
    "day",
    "ordinalDay",
    "weekDay",
    "dayOfWeek",
    "dayOfQuarter",
    "quarterDay",
];
const TIME: &[&str] = &["hour", "minute", "second", "millisecond", "microsecond", "nanosecond"];
const ZONE: &[&str] = &["timezone", "offset", "offsetMinutes", "offsetSeconds"];
const EPOCH: &[&str] = &["epochSeconds", "epochMillis"];
const DURATION: &[&str] = &[
    "years",
    "quarters",
    "months",
    "weeks",
    "days",
    "hours",
    "minutes",
    "seconds",
    "milliseconds",
    "microseconds",
    "nanoseconds",
    "quartersOfYear",
    "monthsOfQuarter",
    "monthsOfYear",
    "daysOfWeek",
    "minutesOfHour",
    "secondsOfMinute",
    "millisecondsOfSecond",
    "microsecondsOfSecond",
    "nanosecondsOfSecond",
];

/// The component of a temporal value; `None` if the value is not temporal. A component that the type does not
/// have is an error: null would hide the misspelling.
pub(crate) fn component(value: &Value, key: &str) -> Option<Result<Value>> {
    if let Value::Duration(duration) = value {
        return Some(
            duration_component(duration, key).unwrap_or_else(|| Err(unknown(value.type_name(), key, DURATION))),
        );
    }
    let parts = Parts::of(value)?;
    let found = parts
        .date
        .and_then(|date| Some(of_date(key)?(date)))
        .or_else(|| parts.time.and_then(|time| Some(of_time(key)?(time))))
        .map(Value::Integer)
        .or_else(|| parts.zone.as_ref().and_then(|(zone, offset)| zone_component(zone, *offset, key)))
        .map(Ok);
    let found = match value {
        Value::DateTime(moment) => found.or_else(|| epoch_component(moment, key).map(|number| integer(number, key))),
        _ => found,
    };
    Some(found.unwrap_or_else(|| Err(unknown(value.type_name(), key, &keys(value, &parts)))))
}

fn keys(value: &Value, parts: &Parts) -> Vec<&'static str> {
    let groups = [
        (parts.date.is_some(), DATE),
        (parts.time.is_some(), TIME),
        (parts.zone.is_some(), ZONE),
        (matches!(value, Value::DateTime(_)), EPOCH),
    ];
    groups.into_iter().filter(|(has, _)| *has).flat_map(|(_, keys)| keys.iter().copied()).collect()
}

/// The error for a component that a value does not have.
pub(in crate::functions) fn unknown(what: &str, key: &str, known: &[&str]) -> Diagnostic {
    let message = format!("a {what} has no component `{}`", shortened(key));
    let error = Diagnostic::runtime(Kind::PropertyNotFound, Detail::UnknownPropertyKey, message);
    match nearest(key, known) {
        Some(name) => error.help(format!("did you mean `{name}`?")),
        None => error.help(format!("it has {}", known.join(", "))),
    }
}

/// How a component of dates is computed.
pub(crate) fn of_date(key: &str) -> Option<fn(Date) -> i64> {
    Some(match key {
        "year" => |date| date.year(),
        "quarter" => |date| date.quarter(),
        "month" => |date| date.month(),
        "week" => |date| date.week().1,
        "weekYear" => |date| date.week().0,
        "day" => |date| date.day(),
        "ordinalDay" => |date| date.ordinal_day(),
        "weekDay" | "dayOfWeek" => |date| date.weekday(),
        "dayOfQuarter" | "quarterDay" => |date| date.day_of_quarter(),
        _ => return None,
    })
}

/// How a component of times of day is computed.
pub(crate) fn of_time(key: &str) -> Option<fn(LocalTime) -> i64> {
    Some(match key {
        "hour" => |time| time.hour(),
        "minute" => |time| time.minute(),
        "second" => |time| time.second(),
        "millisecond" => |time| time.nanosecond() / 1_000_000,
        "microsecond" => |time| time.nanosecond() / 1_000,
        "nanosecond" => |time| time.nanosecond(),
        _ => return None,
    })
}

fn zone_component(zone: &Zone, offset: i32, key: &str) -> Option<Value> {
    let text = Offset(offset).to_string();
    Some(match (key, zone) {
        ("timezone", Zone::Named(name)) => Value::String(name.clone()),
        ("timezone" | "offset", _) => text.into(),
        ("offsetMinutes", _) => i64::from(offset / 60).into(),
        ("offsetSeconds", _) => i64::from(offset).into(),
        _ => return None,
    })
}

fn epoch_component(moment: &DateTime, key: &str) -> Option<i128> {
    match key {
        "epochSeconds" => Some(moment.epoch_nanos().div_euclid(1_000_000_000)),
        "epochMillis" => Some(moment.epoch_nanos().div_euclid(1_000_000)),
        _ => None,
    }
}

/// Months, days and seconds stay apart: `weeks` counts days only, and `hours` seconds only. The seconds of a
/// negative duration are rounded down, so that `seconds` and `nanosecondsOfSecond` add up to it.
fn duration_component(duration: &Duration, key: &str) -> Option<Result<Value>> {
    let (months, days, nanos) = (duration.months, duration.days, duration.nanos_of_seconds());
    let (seconds, fraction) = (duration.seconds, i64::from(duration.nanos));
    let small = match key {
        "years" => months / 12,
        "quarters" => months / 3,
        "months" => months,
        "weeks" => days / 7,
        "days" => days,
        "hours" => seconds / 3600,
        "minutes" => seconds / 60,
        "seconds" => seconds,
        "quartersOfYear" => months / 3 % 4,
        "monthsOfQuarter" => months % 3,
        "monthsOfYear" => months % 12,
        "daysOfWeek" => days % 7,
        "minutesOfHour" => seconds / 60 % 60,
        "secondsOfMinute" => seconds % 60,
        "millisecondsOfSecond" => fraction / 1_000_000,
        "microsecondsOfSecond" => fraction / 1_000,
        "nanosecondsOfSecond" => fraction,
        "milliseconds" => return Some(integer(nanos.div_euclid(1_000_000), key)),
        "microseconds" => return Some(integer(nanos.div_euclid(1_000), key)),
        "nanoseconds" => return Some(integer(nanos, key)),
        _ => return None,
    };
    Some(Ok(small.into()))
}

fn integer(number: i128, key: &str) -> Result<Value> {
    let too_large = || {
        let message = format!("the {key} do not fit a 64-bit Integer");
        Diagnostic::runtime(Kind::ArithmeticError, Detail::IntegerOverflow, message)
    };
    i64::try_from(number).map(Value::Integer).map_err(|_| too_large())
}
