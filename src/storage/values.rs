//! Property values ↔ bytes.

use std::sync::Arc;

use super::Damage;
use super::bytes::{Reader, Writer};
use crate::diagnostic::{Detail, Diagnostic, Kind, an};
use crate::graph::temporal::{Date, DateTime, Duration, LocalDateTime, LocalTime, Time, Zone};
use crate::graph::{CoordinateSystem, Point, Value};

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INTEGER: u8 = 3;
const FLOAT: u8 = 4;
const STRING: u8 = 5;
const LIST: u8 = 6;
const MAP: u8 = 7;
const DATE: u8 = 8;
const LOCAL_TIME: u8 = 9;
const TIME: u8 = 10;
const LOCAL_DATE_TIME: u8 = 11;
const DATE_TIME: u8 = 12;
const DURATION: u8 = 13;
const POINT: u8 = 14;

/// Lists in lists in lists: deeper ones are not read, lest the stack overflow.
const DEEPEST: usize = 1000;

pub(super) fn write(out: &mut Writer, value: &Value) -> Result<(), Diagnostic> {
    match value {
        Value::Null => out.u8(NULL),
        Value::Boolean(value) => out.u8(if *value { TRUE } else { FALSE }),
        Value::Integer(value) => {
            out.u8(INTEGER);
            out.i64(*value);
        }
        Value::Float(value) => {
            out.u8(FLOAT);
            out.u64(value.to_bits());
        }
        Value::String(value) => {
            out.u8(STRING);
            out.text(value);
        }
        Value::List(items) => {
            out.u8(LIST);
            out.u64(items.len() as u64);
            items.iter().try_for_each(|item| write(out, item))?;
        }
        Value::Map(map) => {
            out.u8(MAP);
            out.u64(map.len() as u64);
            for (key, value) in map.iter() {
                out.text(key);
                write(out, value)?;
            }
        }
        Value::Date(date) => {
            out.u8(DATE);
            out.i64(date.days);
        }
        Value::LocalTime(time) => {
            out.u8(LOCAL_TIME);
            out.i64(time.nanos);
        }
        Value::Time(time) => {
            out.u8(TIME);
            out.i64(time.local.nanos);
            out.i64(time.offset.into());
        }
        Value::LocalDateTime(moment) => {
            out.u8(LOCAL_DATE_TIME);
            local(out, *moment);
        }
        Value::DateTime(moment) => {
            out.u8(DATE_TIME);
            local(out, moment.local);
            out.i64(moment.offset.into());
            out.text(moment.zone.as_deref().unwrap_or(""));
        }
        Value::Duration(duration) => {
            out.u8(DURATION);
            let parts = [duration.months, duration.days, duration.seconds, duration.nanos.into()];
            parts.iter().for_each(|part| out.i64(*part));
        }
        Value::Point(point) => {
            out.u8(POINT);
            out.i64(point.system().number());
            point.coordinates().iter().for_each(|coordinate| out.u64(coordinate.to_bits()));
        }
        Value::Node(_) | Value::Relationship(_) | Value::Path(_) => {
            let message = format!("{} cannot be the value of a property", an(value.type_name()));
            return Err(Diagnostic::runtime(Kind::TypeError, Detail::InvalidPropertyType, message));
        }
    }
    Ok(())
}

fn local(out: &mut Writer, moment: LocalDateTime) {
    out.i64(moment.date.days);
    out.i64(moment.time.nanos);
}

type Result<T, E = Damage> = std::result::Result<T, E>;

pub(super) fn read(from: &mut Reader) -> Result<Value> {
    nested(from, 0)
}

fn nested(from: &mut Reader, depth: usize) -> Result<Value> {
    from.check(depth < DEEPEST, "lists are nested too deeply")?;
    Ok(match from.u8()? {
        NULL => Value::Null,
        FALSE => Value::Boolean(false),
        TRUE => Value::Boolean(true),
        INTEGER => Value::Integer(from.i64()?),
        FLOAT => Value::Float(f64::from_bits(from.u64()?)),
        STRING => Value::from(from.text()?),
        LIST => {
            let count = from.count(1)?;
            let items: Result<Vec<Value>> = (0..count).map(|_| nested(from, depth + 1)).collect();
            Value::list(items?)
        }
        MAP => {
            let count = from.count(1)?;
            let entries: Result<Vec<(String, Value)>> =
                (0..count).map(|_| Ok((from.text()?, nested(from, depth + 1)?))).collect();
            Value::map(entries?)
        }
        POINT => {
            let number = from.i64()?;
            let Some(system) = CoordinateSystem::ALL.into_iter().find(|system| system.number() == number) else {
                return from.wrong(format!("there is no coordinate system {number}"));
            };
            let coordinates: Result<Vec<f64>> =
                (0..system.dimensions()).map(|_| Ok(f64::from_bits(from.u64()?))).collect();
            match Point::new(system, &coordinates?) {
                Ok(point) => Value::Point(Arc::new(point)),
                Err(_) => return from.wrong("a point has coordinates that its system does not know"),
            }
        }
        DATE => Value::Date(date(from)?),
        LOCAL_TIME => Value::LocalTime(time(from)?),
        TIME => Value::Time(Time { local: time(from)?, offset: offset(from)? }),
        LOCAL_DATE_TIME => Value::LocalDateTime(LocalDateTime { date: date(from)?, time: time(from)? }),
        DATE_TIME => {
            let local = LocalDateTime { date: date(from)?, time: time(from)? };
            let offset = offset(from)?;
            let zone = match &*from.text()? {
                "" => None,
                name => match Zone::parse(name) {
                    Ok(Zone::Named(zone)) => Some(zone),
                    _ => return from.wrong(format!("there is no time zone {name:?}")),
                },
            };
            Value::DateTime(Arc::new(DateTime { local, offset, zone }))
        }
        DURATION => {
            let (months, days, seconds, nanos) = (from.i64()?, from.i64()?, from.i64()?, from.i64()?);
            from.check((0..1_000_000_000).contains(&nanos), "a duration is out of range")?;
            Value::Duration(Arc::new(Duration { months, days, seconds, nanos: nanos as i32 }))
        }
        tag => return from.wrong(format!("there is no type of value {tag}")),
    })
}

fn date(from: &mut Reader) -> Result<Date> {
    let date = Date { days: from.i64()? };
    from.check((Date::MIN..=Date::MAX).contains(&date), "a date is out of range")?;
    Ok(date)
}

fn time(from: &mut Reader) -> Result<LocalTime> {
    let nanos = from.i64()?;
    from.check((0..86_400_000_000_000).contains(&nanos), "a time is out of range")?;
    Ok(LocalTime { nanos })
}

fn offset(from: &mut Reader) -> Result<i32> {
    let offset = from.i64()?;
    let most = i64::from(Zone::MAX_OFFSET);
    from.check((-most..=most).contains(&offset), "an offset is out of range")?;
    Ok(offset as i32)
}
