//! The constructors: from nothing (now), a string, a map, or another instant.

use super::super::{Context, Result, invalid_type, invalid_value};
use super::fields::{DATE_KEYS, Fields, Kept, TIME_KEYS};
use super::kind::{Kind, Parts, now};
use crate::diagnostic::an;
use crate::graph::temporal::{Amounts, DateTime, Duration, LocalTime, Zone, within};
use crate::graph::{Map, Value};

/// `date()`, `date('2015-07-21')`, `date({year: 2015})`, `date(other)`, and the same for the other types.
pub(super) fn instant(kind: Kind, context: &Context, arguments: &[Value]) -> Result<Value> {
    match arguments {
        [] => current(kind, None, context),
        [Value::String(text), ..] => kind.parse(text, context),
        [Value::Map(map), ..] => from_map(kind, map, context),
        [other, ..] => match Parts::of(other) {
            Some(parts) => convert(kind, other, parts, context),
            None => Err(invalid_type(format!("cannot make a {} of {}", kind.name(), an(other.type_name())))),
        },
    }
}

/// `date.statement()`, `date.realtime('Europe/Stockholm')` and the like.
pub(super) fn clock(kind: Kind, context: &Context, arguments: &[Value]) -> Result<Value> {
    match arguments {
        [Value::String(zone), ..] => current(kind, Some(Zone::parse(zone)?), context),
        [Value::Map(map), ..] => current(kind, Fields::new("clock", map, &["timezone"])?.zone()?, context),
        _ => current(kind, None, context),
    }
}

/// The statement's moment, in a given zone or the session's.
pub(super) fn current(kind: Kind, zone: Option<Zone>, context: &Context) -> Result<Value> {
    let now = now(&zone.unwrap_or(Zone::Offset(context.clock.offset)), context)?;
    let zone = Some((now.zone(), now.offset));
    Parts { date: Some(now.local.date), time: Some(now.local.time), zone }.assemble(kind, None, context)
}

fn convert(kind: Kind, value: &Value, parts: Parts, context: &Context) -> Result<Value> {
    let missing = if kind.has_date() && parts.date.is_none() {
        "date"
    } else if kind.has_time() && parts.time.is_none() {
        "time of day"
    } else {
        return parts.assemble(kind, None, context);
    };
    let error =
        invalid_value(format!("cannot make a {} of {}, which has no {missing}", kind.name(), an(value.type_name())));
    Err(match missing {
        "date" if kind != Kind::Date => error.help("add the date in a map: {date: …, time: …}"),
        "time of day" if kind.has_date() => error.help("say which time of day in a map: {date: …, hour: 0}"),
        _ => error,
    })
}

fn keys(kind: Kind) -> Vec<&'static str> {
    let mut keys = Vec::new();
    if kind.has_date() {
        keys.extend(DATE_KEYS);
        keys.push("date");
    }
    if kind.has_time() {
        keys.extend(TIME_KEYS);
        keys.push("time");
    }
    if kind.has_date() && kind.has_time() {
        keys.push("datetime");
    }
    if kind == Kind::DateTime {
        keys.extend(["epochSeconds", "epochMillis"]);
    }
    keys.push("timezone");
    keys
}

fn from_map(kind: Kind, map: &Map, context: &Context) -> Result<Value> {
    let fields = Fields::new(kind.name(), map, &keys(kind))?;
    if map.is_empty() {
        return Err(invalid_value(format!("a map without fields does not describe a {}", kind.name())));
    }
    if fields.only(&["timezone"]) {
        return current(kind, fields.zone()?, context);
    }
    if fields.has_any(&["epochSeconds", "epochMillis"]) {
        return from_epoch_fields(&fields);
    }
    if !fields.has_any(&["date", "datetime"]) {
        fields.check_day_before_hour(kind)?;
    }
    compose(kind, &fields, Parts::default(), Kept::Nothing, context)
}

/// The base with what the fields override.
pub(super) fn compose(kind: Kind, fields: &Fields, base: Parts, kept: Kept, context: &Context) -> Result<Value> {
    if fields.has_any(&["datetime"]) && fields.has_any(&["date", "time"]) {
        return Err(invalid_value("`datetime` selects the date and the time; give `date` and `time` instead of it"));
    }
    let given = fields.zone()?;
    if given.is_some() && !kind.has_zone() {
        return Err(invalid_value(format!("a {} has no time zone", kind.name())));
    }
    let both = fields.selected("datetime")?;
    let date = fields.selected("date")?.or(both.clone()).and_then(|parts| parts.date).or(base.date);
    let timed = fields.selected("time")?.or(both);
    let (time, zone) = match timed {
        Some(parts) => (parts.time, parts.zone),
        None => (base.time, base.zone),
    };
    let date = fields.date(date)?;
    let mut time = fields.time(time, kept)?;
    if kind.has_date() && date.is_some() {
        time = time.or(Some(LocalTime::MIDNIGHT));
    }
    Parts { date, time, zone }.assemble(kind, given, context)
}

fn from_epoch_fields(fields: &Fields) -> Result<Value> {
    if !fields.only(&["epochSeconds", "epochMillis", "nanosecond", "timezone"]) {
        return Err(invalid_value(
            "with `epochSeconds` or `epochMillis` only `nanosecond` and `timezone` can be given",
        ));
    }
    let nanos = i128::from(fields.integer("nanosecond")?.unwrap_or(0));
    let (unit, count) = match (fields.integer("epochSeconds")?, fields.integer("epochMillis")?) {
        (Some(_), Some(_)) => return Err(invalid_value("`epochSeconds` and `epochMillis` cannot be given together")),
        (Some(seconds), None) => (1_000_000_000, seconds),
        (None, millis) => (1_000_000, millis.unwrap_or(0)),
    };
    within("nanosecond", nanos as i64, 0, unit - 1)?;
    let moment = i128::from(count) * i128::from(unit) + nanos;
    Ok(DateTime::from_epoch_nanos(moment, &fields.zone()?.unwrap_or(Zone::UTC))?.into())
}

/// `datetime.fromepoch(seconds, nanoseconds)`.
pub(super) fn from_epoch(_: &Context, arguments: &[Value]) -> Result<Value> {
    let seconds = integer(arguments, 0)?;
    let nanos = within("nanoseconds", integer(arguments, 1)?, 0, 999_999_999)?;
    let moment = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    Ok(DateTime::from_epoch_nanos(moment, &Zone::UTC)?.into())
}

/// `datetime.fromepochmillis(milliseconds)`.
pub(super) fn from_epoch_millis(_: &Context, arguments: &[Value]) -> Result<Value> {
    let moment = i128::from(integer(arguments, 0)?) * 1_000_000;
    Ok(DateTime::from_epoch_nanos(moment, &Zone::UTC)?.into())
}

fn integer(arguments: &[Value], at: usize) -> Result<i64> {
    let value = arguments.get(at).unwrap_or(&Value::Integer(0));
    value.as_integer().ok_or_else(|| invalid_type(format!("expected an Integer, but got {}", an(value.type_name()))))
}

/// `duration('P1Y')`, `duration({years: 1})`.
pub(super) fn duration(_: &Context, arguments: &[Value]) -> Result<Value> {
    match arguments {
        [Value::String(text), ..] => Ok(Duration::parse(text)?.into()),
        [Value::Map(map), ..] => duration_of(map),
        [value @ Value::Duration(_), ..] => Ok(value.clone()),
        [other, ..] => Err(invalid_type(format!("cannot make a Duration of {}", an(other.type_name())))),
        [] => Err(invalid_value("`duration` needs a string or a map")),
    }
}

fn duration_of(map: &Map) -> Result<Value> {
    let fields = Fields::new("Duration", map, Amounts::UNITS)?;
    if map.is_empty() {
        return Err(invalid_value("a map without fields does not describe a Duration"));
    }
    let mut sum = Amounts::default();
    for unit in Amounts::UNITS {
        match fields.value(unit) {
            None => {}
            Some(Value::Integer(number)) => sum.add(unit, &number.to_string())?,
            Some(Value::Float(number)) => sum.add(unit, &number.to_string())?,
            Some(other) => {
                return Err(invalid_type(format!("`{unit}` must be a number, but is {}", an(other.type_name()))));
            }
        }
    }
    Ok(sum.duration()?.into())
}
