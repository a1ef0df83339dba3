//! The five types of instants, taken apart and put together.

use super::super::{Context, Result, invalid_value};
use crate::graph::Value;
use crate::graph::temporal::{Date, DateTime, Endpoint, LocalDateTime, LocalTime, Time, Zone};

/// A type of instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Date,
    LocalTime,
    Time,
    LocalDateTime,
    DateTime,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Date => "Date",
            Kind::LocalTime => "LocalTime",
            Kind::Time => "Time",
            Kind::LocalDateTime => "LocalDateTime",
            Kind::DateTime => "DateTime",
        }
    }

    pub(super) fn has_date(self) -> bool {
        matches!(self, Kind::Date | Kind::LocalDateTime | Kind::DateTime)
    }

    pub(super) fn has_time(self) -> bool {
        self != Kind::Date
    }

    pub(super) fn has_zone(self) -> bool {
        matches!(self, Kind::Time | Kind::DateTime)
    }

    pub(super) fn parse(self, text: &str, context: &Context) -> Result<Value> {
        Ok(match self {
            Kind::Date => Date::parse(text)?.into(),
            Kind::LocalTime => LocalTime::parse(text)?.into(),
            Kind::Time => Time::parse(text, context.clock.offset)?.into(),
            Kind::LocalDateTime => LocalDateTime::parse(text)?.into(),
            Kind::DateTime => DateTime::parse(text, &Zone::Offset(context.clock.offset))?.into(),
        })
    }
}

/// The parts of an instant: all that the types differ in.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    pub(super) date: Option<Date>,
    pub(super) time: Option<LocalTime>,
    /// The zone and the offset in force.
    pub(super) zone: Option<(Zone, i32)>,
}

impl Parts {
    /// `None` if the value is not an instant.
    pub(super) fn of(value: &Value) -> Option<Parts> {
        let parts = |date, time, zone| Some(Parts { date, time, zone });
        match value {
            Value::Date(date) => parts(Some(*date), None, None),
            Value::LocalTime(time) => parts(None, Some(*time), None),
            Value::Time(time) => parts(None, Some(time.local), Some((Zone::Offset(time.offset), time.offset))),
            Value::LocalDateTime(at) => parts(Some(at.date), Some(at.time), None),
            Value::DateTime(at) => parts(Some(at.local.date), Some(at.local.time), Some((at.zone(), at.offset))),
            _ => None,
        }
    }

    pub(super) fn endpoint(self) -> Endpoint {
        Endpoint { date: self.date, time: self.time.unwrap_or(LocalTime::MIDNIGHT), zone: self.zone }
    }

    /// Puts an instant together. Without zone it gets the session's; a given zone shows a time that has a zone
    /// already at the same moment, and is simply attached to one that has none.
    pub(super) fn assemble(self, kind: Kind, given: Option<Zone>, context: &Context) -> Result<Value> {
        let date = || self.date.ok_or_else(|| lacks(kind, "date"));
        let time = || self.time.ok_or_else(|| lacks(kind, "time of day"));
        Ok(match kind {
            Kind::Date => date()?.into(),
            Kind::LocalTime => time()?.into(),
            Kind::LocalDateTime => LocalDateTime { date: date()?, time: time()? }.into(),
            Kind::Time => zoned_time(time()?, self.zone, given, context)?.into(),
            Kind::DateTime => {
                let local = LocalDateTime { date: date()?, time: time()? };
                zoned_date_time(local, self.zone, given, context)?.into()
            }
        })
    }
}

fn lacks(kind: Kind, part: &str) -> crate::diagnostic::Diagnostic {
    invalid_value(format!("a {} needs a {part}", kind.name()))
}

fn zoned_time(local: LocalTime, own: Option<(Zone, i32)>, given: Option<Zone>, context: &Context) -> Result<Time> {
    // A named zone has different offsets in the year; a time of day takes the one of now.
    let given = given.map(|zone| now(&zone, context)).transpose()?.map(|now| now.offset);
    Ok(match (own, given) {
        (Some((_, own)), Some(given)) => Time { local, offset: own }.at_offset(given),
        (None, Some(given)) => Time { local, offset: given },
        (Some((_, own)), None) => Time { local, offset: own },
        (None, None) => Time { local, offset: context.clock.offset },
    })
}

fn zoned_date_time(
    local: LocalDateTime,
    own: Option<(Zone, i32)>,
    given: Option<Zone>,
    context: &Context,
) -> Result<DateTime> {
    match (own, given) {
        (Some((own, offset)), Some(given)) => own.resolve(local, Some(offset))?.in_zone(&given),
        (None, Some(given)) => given.resolve(local, None),
        (Some((own, offset)), None) => own.resolve(local, Some(offset)),
        (None, None) => Zone::Offset(context.clock.offset).resolve(local, None),
    }
}

/// The statement's moment in a zone.
pub(super) fn now(zone: &Zone, context: &Context) -> Result<DateTime> {
    DateTime::from_epoch_nanos(context.clock.nanos, zone)
}
