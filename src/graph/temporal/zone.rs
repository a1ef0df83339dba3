//! Time zones: an offset from UTC, or a name of the tz database whose offset depends on the moment.

use std::sync::Arc;

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::date::DAYS_PER_CYCLE;
use super::parse::parse_offset;
use super::{DateTime, LocalDateTime, NANOS_PER_SECOND, Result, SECONDS_PER_DAY, invalid, shortened};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Seconds east of UTC.
    Offset(i32),
    /// A name that the tz database knows, as it spells it.
    Named(Arc<str>),
}

impl Zone {
    pub const UTC: Zone = Zone::Offset(0);
    /// The largest offset, in seconds: 18 hours.
    pub const MAX_OFFSET: i32 = 18 * 3600;

    /// Reads an offset (`Z`, `+01:00`, `-0130`, `+02:05:59`) or a name (`Europe/Stockholm`).
    pub fn parse(text: &str) -> Result<Zone> {
        if text == "Z" || text.starts_with(['+', '-']) {
            return Ok(Zone::Offset(parse_offset(text)?));
        }
        // The proposal writes "America/Los Angeles".
        let zone = look_up(&text.replace(' ', "_"))?;
        let name = zone.iana_name().unwrap_or(text);
        Ok(Zone::Named(Arc::from(name)))
    }

    pub(super) fn name(&self) -> Option<Arc<str>> {
        match self {
            Zone::Offset(_) => None,
            Zone::Named(name) => Some(name.clone()),
        }
    }

    /// The offset at a moment, in seconds since 1970-01-01T00:00Z.
    pub fn offset_at(&self, epoch_seconds: i64) -> Result<i32> {
        match self {
            Zone::Offset(offset) => Ok(*offset),
            Zone::Named(name) => {
                let seconds = fold_seconds(epoch_seconds);
                let moment = jiff::Timestamp::from_second(seconds).map_err(|error| invalid(error.to_string()))?;
                Ok(look_up(name)?.to_offset(moment).seconds())
            }
        }
    }

    /// The moment at which clocks in the zone show the local time. When they show it twice, the one at the
    /// preferred offset if given, else the first; when they skip it, it moves on by the length of the gap.
    pub fn resolve(&self, local: LocalDateTime, preferred: Option<i32>) -> Result<DateTime> {
        let (shift, offset) = match (self, self.offsets(local)?) {
            (_, AmbiguousOffset::Unambiguous { offset }) => (0, offset.seconds()),
            (_, AmbiguousOffset::Gap { before, after }) => (after.seconds() - before.seconds(), after.seconds()),
            (_, AmbiguousOffset::Fold { before, after }) => {
                let later = preferred == Some(after.seconds());
                (0, if later { after.seconds() } else { before.seconds() })
            }
        };
        let local = LocalDateTime::from_nanos(local.nanos() + i128::from(shift) * i128::from(NANOS_PER_SECOND))?;
        Ok(DateTime { local, offset, zone: self.name() })
    }

    /// Whether clocks in the zone can show the local time at that offset.
    pub(super) fn allows(&self, local: LocalDateTime, offset: i32) -> Result<bool> {
        Ok(match self.offsets(local)? {
            AmbiguousOffset::Unambiguous { offset: only } => only.seconds() == offset,
            AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
                before.seconds() == offset || after.seconds() == offset
            }
        })
    }

    fn offsets(&self, local: LocalDateTime) -> Result<AmbiguousOffset> {
        match self {
            Zone::Offset(seconds) => {
                let offset = jiff::tz::Offset::from_seconds(*seconds).map_err(|error| invalid(error.to_string()))?;
                Ok(AmbiguousOffset::Unambiguous { offset })
            }
            Zone::Named(name) => Ok(look_up(name)?.to_ambiguous_timestamp(folded(local)?).offset()),
        }
    }
}

fn look_up(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|_| {
        let error = invalid(format!("there is no time zone `{}`", shortened(name)));
        match nearest_zone(name) {
            Some(nearest) => error.help(format!("did you mean `{nearest}`?")),
            None => error.help("a zone is an offset such as +01:00 or a name such as Europe/Stockholm"),
        }
    })
}

/// The most similar zone name, comparing without case; also the city alone (`Stockholm`).
fn nearest_zone(name: &str) -> Option<String> {
    const LONGEST: usize = 40;
    if name.len() > LONGEST {
        return None;
    }
    let wanted = name.to_lowercase();
    let distance = |zone: &str| {
        let zone = zone.to_lowercase();
        let city = zone.rsplit('/').next().unwrap_or(&zone).to_string();
        strsim::damerau_levenshtein(&wanted, &zone).min(strsim::damerau_levenshtein(&wanted, &city) + 1)
    };
    let zones = jiff::tz::db().available().map(|zone| zone.to_string());
    let (best, zone) = zones.map(|zone| (distance(&zone), zone)).min()?;
    (best <= 3).then_some(zone)
}

/// jiff knows the years -9999 to 9999. The rules of a zone depend on nothing but the place in the 400-year
/// cycle of the calendar once they are far enough in the future, and are constant far enough in the past: a
/// year further out is looked up in a cycle inside. Days from 1970.
fn fold_days(days: i64) -> i64 {
    const YEAR: i64 = DAYS_PER_CYCLE / 400;
    const OUTERMOST: i64 = 7000 * YEAR;
    let cycle_start = if days > OUTERMOST {
        OUTERMOST
    } else if days < -OUTERMOST {
        -OUTERMOST - DAYS_PER_CYCLE
    } else {
        return days;
    };
    cycle_start + (days - cycle_start).rem_euclid(DAYS_PER_CYCLE)
}

fn fold_seconds(seconds: i64) -> i64 {
    let (days, rest) = (seconds.div_euclid(SECONDS_PER_DAY), seconds.rem_euclid(SECONDS_PER_DAY));
    fold_days(days) * SECONDS_PER_DAY + rest
}

fn folded(local: LocalDateTime) -> Result<civil::DateTime> {
    let date = super::Date { days: fold_days(local.date.days) };
    let (year, month, day) = date.civil();
    let time = local.time;
    civil::DateTime::new(
        year as i16,
        month as i8,
        day as i8,
        time.hour() as i8,
        time.minute() as i8,
        time.second() as i8,
        time.nanosecond() as i32,
    )
    .map_err(|error| invalid(error.to_string()))
}
