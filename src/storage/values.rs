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
pub(super) const INTEGER: u8 = 3;
const FLOAT: u8 = 4;
pub(super) const STRING: u8 = 5;
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

/// Takes the parts of a value: a section of the base, with numbers of fixed width, or a commit, with short ones.
pub(super) trait Put {
    fn byte(&mut self, value: u8);
    fn integer(&mut self, value: i64);
    fn bits(&mut self, value: u64);
    fn count(&mut self, count: usize);
    fn text(&mut self, text: &str);
}

/// Gives the parts of a value back. Nothing is believed.
pub(super) trait Take {
    fn byte(&mut self) -> Result<u8>;
    fn integer(&mut self) -> Result<i64>;
    fn bits(&mut self) -> Result<u64>;
    /// A count of items that take at least so many bytes each.
    fn count(&mut self, each: usize) -> Result<usize>;
    fn text(&mut self) -> Result<String>;
    fn shared_text(&mut self) -> Result<Arc<str>>;
    fn wrong<T>(&self, what: impl Into<String>) -> Result<T>;

    /// Fails unless the statement is true.
    fn check(&self, statement: bool, what: &str) -> Result<()> {
        if statement { Ok(()) } else { self.wrong(what) }
    }
}

impl Put for Writer<'_> {
    fn byte(&mut self, value: u8) {
        self.u8(value);
    }

    fn integer(&mut self, value: i64) {
        self.i64(value);
    }

    fn bits(&mut self, value: u64) {
        self.u64(value);
    }

    fn count(&mut self, count: usize) {
        self.u64(count as u64);
    }

    fn text(&mut self, text: &str) {
        Writer::text(self, text);
    }
}

impl Take for Reader<'_> {
    fn byte(&mut self) -> Result<u8> {
        self.u8()
    }

    fn integer(&mut self) -> Result<i64> {
        self.i64()
    }

    fn bits(&mut self) -> Result<u64> {
        self.u64()
    }

    fn count(&mut self, each: usize) -> Result<usize> {
        Reader::count(self, each)
    }

    fn text(&mut self) -> Result<String> {
        Reader::text(self)
    }

    fn shared_text(&mut self) -> Result<Arc<str>> {
        Ok(Reader::text(self)?.into())
    }

    fn wrong<T>(&self, what: impl Into<String>) -> Result<T> {
        Reader::wrong(self, what)
    }
}

pub(super) fn write(out: &mut impl Put, value: &Value) -> Result<(), Diagnostic> {
    write_nested(out, value, 0)
}

fn write_nested(out: &mut impl Put, value: &Value, depth: usize) -> Result<(), Diagnostic> {
    if depth >= DEEPEST {
        let message = format!("a property's value is nested more than {DEEPEST} levels deep");
        return Err(Diagnostic::runtime(Kind::TypeError, Detail::InvalidPropertyType, message));
    }
    match value {
        Value::Null => out.byte(NULL),
        Value::Boolean(value) => out.byte(if *value { TRUE } else { FALSE }),
        Value::Integer(value) => {
            out.byte(INTEGER);
            out.integer(*value);
        }
        Value::Float(value) => {
            out.byte(FLOAT);
            out.bits(value.to_bits());
        }
        Value::String(value) => {
            out.byte(STRING);
            out.text(value);
        }
        Value::List(items) => {
            out.byte(LIST);
            out.count(items.len());
            items.iter().try_for_each(|item| write_nested(out, item, depth + 1))?;
        }
        Value::Map(map) => {
            out.byte(MAP);
            out.count(map.len());
            for (key, value) in map.iter() {
                out.text(key);
                write_nested(out, value, depth + 1)?;
            }
        }
        Value::Date(date) => {
            out.byte(DATE);
            out.integer(date.days);
        }
        Value::LocalTime(time) => {
            out.byte(LOCAL_TIME);
            out.integer(time.nanos);
        }
        Value::Time(time) => {
            out.byte(TIME);
            out.integer(time.local.nanos);
            out.integer(time.offset.into());
        }
        Value::LocalDateTime(moment) => {
            out.byte(LOCAL_DATE_TIME);
            local(out, *moment);
        }
        Value::DateTime(moment) => {
            out.byte(DATE_TIME);
            local(out, moment.local);
            out.integer(moment.offset.into());
            out.text(moment.zone.as_deref().unwrap_or(""));
        }
        Value::Duration(duration) => {
            out.byte(DURATION);
            let parts = [duration.months, duration.days, duration.seconds, duration.nanos.into()];
            parts.iter().for_each(|part| out.integer(*part));
        }
        Value::Point(point) => {
            out.byte(POINT);
            out.integer(point.system().number());
            point.coordinates().iter().for_each(|coordinate| out.bits(coordinate.to_bits()));
        }
        Value::Node(_) | Value::Relationship(_) | Value::Path(_) => {
            let message = format!("{} cannot be the value of a property", an(value.type_name()));
            return Err(Diagnostic::runtime(Kind::TypeError, Detail::InvalidPropertyType, message));
        }
    }
    Ok(())
}

fn local(out: &mut impl Put, moment: LocalDateTime) {
    out.integer(moment.date.days);
    out.integer(moment.time.nanos);
}

type Result<T, E = Damage> = std::result::Result<T, E>;

pub(super) fn read(from: &mut impl Take) -> Result<Value> {
    nested(from, 0)
}

fn nested(from: &mut impl Take, depth: usize) -> Result<Value> {
    from.check(depth < DEEPEST, "lists are nested too deeply")?;
    Ok(match from.byte()? {
        NULL => Value::Null,
        FALSE => Value::Boolean(false),
        TRUE => Value::Boolean(true),
        INTEGER => Value::Integer(from.integer()?),
        FLOAT => Value::Float(f64::from_bits(from.bits()?)),
        STRING => Value::String(from.shared_text()?),
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
            let number = from.integer()?;
            let Some(system) = CoordinateSystem::ALL.into_iter().find(|system| system.number() == number) else {
                return from.wrong(format!("there is no coordinate system {number}"));
            };
            let coordinates: Result<Vec<f64>> =
                (0..system.dimensions()).map(|_| Ok(f64::from_bits(from.bits()?))).collect();
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
            let (offset, zone) = (offset(from)?, zone(from)?);
            Value::DateTime(Arc::new(DateTime { local, offset, zone }))
        }
        DURATION => {
            let (months, days, seconds, nanos) = (from.integer()?, from.integer()?, from.integer()?, from.integer()?);
            from.check((0..1_000_000_000).contains(&nanos), "a duration is out of range")?;
            Value::Duration(Arc::new(Duration { months, days, seconds, nanos: nanos as i32 }))
        }
        tag => return from.wrong(format!("there is no type of value {tag}")),
    })
}

fn date(from: &mut impl Take) -> Result<Date> {
    let date = Date { days: from.integer()? };
    from.check((Date::MIN..=Date::MAX).contains(&date), "a date is out of range")?;
    Ok(date)
}

fn time(from: &mut impl Take) -> Result<LocalTime> {
    let nanos = from.integer()?;
    from.check((0..86_400_000_000_000).contains(&nanos), "a time is out of range")?;
    Ok(LocalTime { nanos })
}

/// The name of a zone, if the value has one.
pub(super) fn zone(from: &mut impl Take) -> Result<Option<Arc<str>>> {
    match &*from.text()? {
        "" => Ok(None),
        name => match Zone::parse(name) {
            Ok(Zone::Named(zone)) => Ok(Some(zone)),
            _ => from.wrong(format!("there is no time zone {name:?}")),
        },
    }
}

pub(super) fn offset(from: &mut impl Take) -> Result<i32> {
    let offset = from.integer()?;
    let most = i64::from(Zone::MAX_OFFSET);
    from.check((-most..=most).contains(&offset), "an offset is out of range")?;
    Ok(offset as i32)
}
