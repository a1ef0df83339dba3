//! Truncation: the nearest preceding instant at the start of a unit.

use super::super::{Context, Result, invalid_type, invalid_value};
use super::construct::{compose, current};
use super::fields::{DATE_KEYS, Fields, Kept, TIME_KEYS, nearest};
use super::kind::{Kind, Parts};
use crate::diagnostic::an;
use crate::graph::Value;
use crate::graph::temporal::{Date, LocalTime, shortened};

/// From the largest to the smallest.
pub(super) const UNITS: &[&str] = &[
    "millennium",
    "century",
    "decade",
    "year",
    "weekYear",
    "quarter",
    "month",
    "week",
    "day",
    "hour",
    "minute",
    "second",
    "millisecond",
    "microsecond",
];

/// `date.truncate('month', value, {day: 2})`: fields of the map override those of the truncated value, and a
/// `timezone` replaces its zone. Without value, the statement's moment is truncated.
pub(super) fn truncate(kind: Kind, context: &Context, arguments: &[Value]) -> Result<Value> {
    let unit = unit(arguments.first())?;
    let value = match arguments.get(1) {
        Some(value) => value.clone(),
        None => current(Kind::DateTime, None, context)?,
    };
    let Some(parts) = Parts::of(&value) else {
        return Err(invalid_type(format!("only temporal instants can be truncated, not {}", an(value.type_name()))));
    };
    let mut base = truncated(kind, unit, &value, parts)?;
    let Some(Value::Map(map)) = arguments.get(2) else { return base.assemble(kind, None, context) };
    let fields = Fields::new(kind.name(), map, &keys(kind))?;
    if fields.has_any(&["timezone"]) {
        base.zone = None;
    }
    let kept = match unit {
        "millisecond" => Kept::Milliseconds,
        "microsecond" => Kept::Microseconds,
        _ => Kept::Nothing,
    };
    compose(kind, &fields, base, kept, context)
}

fn keys(kind: Kind) -> Vec<&'static str> {
    let mut keys = vec!["timezone"];
    if kind.has_date() {
        keys.extend(DATE_KEYS);
    }
    if kind.has_time() {
        keys.extend(TIME_KEYS);
        keys.push("time");
    }
    keys
}

/// The unit's own spelling, found without regard to case.
fn unit(argument: Option<&Value>) -> Result<&'static str> {
    let Some(Value::String(name)) = argument else {
        return Err(invalid_type("the unit to truncate to must be a String"));
    };
    UNITS.iter().copied().find(|unit| unit.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let error = invalid_value(format!("there is no unit `{}` to truncate to", shortened(name)));
        match nearest(name, UNITS) {
            Some(unit) => error.help(format!("did you mean `{unit}`?")),
            None => error.help(format!("the units are {}", UNITS.join(", "))),
        }
    })
}

fn truncated(kind: Kind, unit: &str, value: &Value, parts: Parts) -> Result<Parts> {
    let fails = |why: &str| {
        Err(invalid_value(format!(
            "cannot truncate {} to a {} at a `{unit}`: {why}",
            an(value.type_name()),
            kind.name()
        )))
    };
    if kind.has_date() && parts.date.is_none() {
        return fails("it has no date");
    }
    match nanos_of(unit) {
        Some(nanos) => {
            let Some(time) = parts.time else { return fails("it has no time of day") };
            if !kind.has_time() {
                return fails("the result has no time of day");
            }
            Ok(Parts { time: Some(LocalTime { nanos: time.nanos - time.nanos % nanos }), ..parts })
        }
        None if !kind.has_date() && unit != "day" => fails("the result has no date"),
        None => {
            let date = parts.date.map(|date| date_start(unit, date)).transpose()?;
            Ok(Parts { date, time: Some(LocalTime::MIDNIGHT), ..parts })
        }
    }
}

/// The first day of the unit that holds the date.
fn date_start(unit: &str, date: Date) -> Result<Date> {
    let (year, month, _) = date.civil();
    let years = |count: i64| Date::new(year.div_euclid(count) * count, 1, 1);
    match unit {
        "millennium" => years(1000),
        "century" => years(100),
        "decade" => years(10),
        "year" => years(1),
        "weekYear" => Date::from_week(date.week().0, 1, 1),
        "quarter" => Date::from_quarter(year, date.quarter(), 1),
        "month" => Date::new(year, month, 1),
        "week" => Date::from_days(date.days - date.weekday() + 1),
        _ => Ok(date),
    }
}

/// The nanoseconds of a unit smaller than a day.
fn nanos_of(unit: &str) -> Option<i64> {
    match unit {
        "hour" => Some(3_600_000_000_000),
        "minute" => Some(60_000_000_000),
        "second" => Some(1_000_000_000),
        "millisecond" => Some(1_000_000),
        "microsecond" => Some(1_000),
        _ => None,
    }
}
