//! The time between two instants of any types.
//!
//! What one of the two lacks it takes from the other: a date, a zone; a date without time starts at midnight.

use super::{Date, DateTime, Duration, LocalDateTime, LocalTime, NANOS_PER_DAY, Result, Zone};

/// One end of a span of time, whatever its type.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) date: Option<Date>,
    pub(crate) time: LocalTime,
    /// The zone and the offset in force.
    pub(crate) zone: Option<(Zone, i32)>,
}

/// Two ends made alike.
struct Span {
    from: LocalDateTime,
    to: LocalDateTime,
    /// With zones: the moments, and `to` is local in the zone of `from`.
    moments: Option<(DateTime, DateTime)>,
    has_dates: bool,
}

impl Endpoint {
    /// Months, then days, then seconds that lead from one end to the other.
    pub(crate) fn between(self, to: Endpoint) -> Result<Duration> {
        let span = Span::new(self, to)?;
        let months = span.months();
        let from = span.from.plus_months(months)?;
        let days = if span.has_dates { whole_days(from, span.to) } else { 0 };
        let from = from.plus_days(days)?;
        let nanos = match &span.moments {
            None => span.to.nanos() - from.nanos(),
            Some((start, end)) => end.epoch_nanos() - start.with_local(from)?.epoch_nanos(),
        };
        Duration::from_parts(months.into(), days.into(), nanos)
    }

    pub(crate) fn in_months(self, to: Endpoint) -> Result<Duration> {
        Ok(Duration { months: Span::new(self, to)?.months(), ..Duration::default() })
    }

    pub(crate) fn in_days(self, to: Endpoint) -> Result<Duration> {
        let span = Span::new(self, to)?;
        let days = if span.has_dates { whole_days(span.from, span.to) } else { 0 };
        Ok(Duration { days, ..Duration::default() })
    }

    pub(crate) fn in_seconds(self, to: Endpoint) -> Result<Duration> {
        let span = Span::new(self, to)?;
        let nanos = match &span.moments {
            None => span.to.nanos() - span.from.nanos(),
            Some((start, end)) => end.epoch_nanos() - start.epoch_nanos(),
        };
        Duration::from_parts(0, 0, nanos)
    }
}

impl Span {
    fn new(from: Endpoint, to: Endpoint) -> Result<Span> {
        let has_dates = from.date.is_some() || to.date.is_some();
        let date = from.date.or(to.date).unwrap_or(Date::EPOCH);
        let from_local = LocalDateTime { date, time: from.time };
        let to_local = LocalDateTime { date: to.date.unwrap_or(date), time: to.time };
        let Some((from_zone, to_zone)) = zones(from.zone, to.zone) else {
            return Ok(Span { from: from_local, to: to_local, moments: None, has_dates });
        };
        let start = from_zone.0.resolve(from_local, Some(from_zone.1))?;
        let end = to_zone.0.resolve(to_local, Some(to_zone.1))?.in_zone(&from_zone.0)?;
        Ok(Span { from: start.local, to: end.local, moments: Some((start, end)), has_dates })
    }

    /// Whole months on the calendar, towards zero.
    fn months(&self) -> i64 {
        if !self.has_dates {
            return 0;
        }
        let (from, to) = (self.from, self.to);
        // Within a month the day and time decide: both as one number, so that the rest compares at once.
        let place = |at: LocalDateTime| {
            let (year, month, day) = at.date.civil();
            i128::from(year * 12 + month) * (32 * i128::from(NANOS_PER_DAY))
                + i128::from(day) * i128::from(NANOS_PER_DAY)
                + i128::from(at.time.nanos)
        };
        let months = ((place(to) - place(from)) / (32 * i128::from(NANOS_PER_DAY))) as i64;
        // A month back from the 31st can pass over `to`: it ends on an earlier day of a short month.
        match from.plus_months(months) {
            Ok(end) if months < 0 && end < to => months + 1,
            _ => months,
        }
    }
}

fn zones(from: Option<(Zone, i32)>, to: Option<(Zone, i32)>) -> Option<((Zone, i32), (Zone, i32))> {
    match (from, to) {
        (None, None) => None,
        (Some(from), None) => Some((from.clone(), from)),
        (None, Some(to)) => Some((to.clone(), to)),
        (Some(from), Some(to)) => Some((from, to)),
    }
}

/// Whole days on the calendar, towards zero.
fn whole_days(from: LocalDateTime, to: LocalDateTime) -> i64 {
    ((to.nanos() - from.nanos()) / i128::from(NANOS_PER_DAY)) as i64
}
