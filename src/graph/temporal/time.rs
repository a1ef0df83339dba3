//! Times of day, and dates with a time.

use std::cmp::Ordering;

use super::{
    Date, DateTime, Duration, LocalDateTime, LocalTime, NANOS_PER_DAY, NANOS_PER_SECOND, Result, Time, Zone, overflow,
    within,
};

impl LocalTime {
    pub const MIDNIGHT: LocalTime = LocalTime { nanos: 0 };

    pub fn new(hour: i64, minute: i64, second: i64, nanos: i64) -> Result<LocalTime> {
        within("hour", hour, 0, 23)?;
        within("minute", minute, 0, 59)?;
        within("second", second, 0, 59)?;
        within("nanosecond", nanos, 0, NANOS_PER_SECOND - 1)?;
        Ok(LocalTime { nanos: ((hour * 60 + minute) * 60 + second) * NANOS_PER_SECOND + nanos })
    }

    /// The time of day at a number of nanoseconds from some midnight.
    fn wrapping(nanos: i128) -> LocalTime {
        LocalTime { nanos: nanos.rem_euclid(NANOS_PER_DAY.into()) as i64 }
    }

    pub fn hour(self) -> i64 {
        self.nanos / (3600 * NANOS_PER_SECOND)
    }

    pub fn minute(self) -> i64 {
        self.nanos / (60 * NANOS_PER_SECOND) % 60
    }

    pub fn second(self) -> i64 {
        self.nanos / NANOS_PER_SECOND % 60
    }

    /// The fraction of the second in nanoseconds.
    pub fn nanosecond(self) -> i64 {
        self.nanos % NANOS_PER_SECOND
    }

    /// Adds the seconds of the duration; the time starts again after midnight, and months and days are ignored.
    pub fn plus(self, duration: &Duration) -> LocalTime {
        LocalTime::wrapping(i128::from(self.nanos) + duration.nanos_of_seconds())
    }
}

impl Time {
    /// Nanoseconds since midnight in UTC: negative or beyond a day if midnight lies between.
    fn utc_nanos(self) -> i64 {
        self.local.nanos - i64::from(self.offset) * NANOS_PER_SECOND
    }

    /// The same moment of the day at another offset.
    pub fn at_offset(self, offset: i32) -> Time {
        let shift = i64::from(offset) * NANOS_PER_SECOND;
        Time { local: LocalTime::wrapping(i128::from(self.utc_nanos() + shift)), offset }
    }

    pub fn plus(self, duration: &Duration) -> Time {
        Time { local: self.local.plus(duration), ..self }
    }
}

impl Ord for Time {
    fn cmp(&self, other: &Time) -> Ordering {
        self.utc_nanos().cmp(&other.utc_nanos()).then(self.offset.cmp(&other.offset))
    }
}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Time) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl LocalDateTime {
    /// Nanoseconds from 1970-01-01T00:00.
    pub fn nanos(self) -> i128 {
        i128::from(self.date.days) * i128::from(NANOS_PER_DAY) + i128::from(self.time.nanos)
    }

    /// The date and time that many nanoseconds from 1970-01-01T00:00.
    pub fn from_nanos(nanos: i128) -> Result<LocalDateTime> {
        let days = nanos.div_euclid(NANOS_PER_DAY.into());
        let days = i64::try_from(days).map_err(|_| overflow("the time is too far from 1970"))?;
        Ok(LocalDateTime { date: Date::from_days(days)?, time: LocalTime::wrapping(nanos) })
    }

    pub fn plus_months(self, months: i64) -> Result<LocalDateTime> {
        Ok(LocalDateTime { date: self.date.plus_months(months)?, ..self })
    }

    pub fn plus_days(self, days: i64) -> Result<LocalDateTime> {
        Ok(LocalDateTime { date: self.date.plus_days(days)?, ..self })
    }

    /// Adds months, then days, then seconds.
    pub fn plus(self, duration: &Duration) -> Result<LocalDateTime> {
        let dated = self.plus_months(duration.months)?.plus_days(duration.days)?;
        LocalDateTime::from_nanos(dated.nanos() + duration.nanos_of_seconds())
    }
}

impl DateTime {
    /// Nanoseconds from 1970-01-01T00:00Z.
    pub fn epoch_nanos(&self) -> i128 {
        self.local.nanos() - i128::from(self.offset) * i128::from(NANOS_PER_SECOND)
    }

    /// The moment that many nanoseconds from 1970-01-01T00:00Z, as seen in a zone.
    pub fn from_epoch_nanos(nanos: i128, zone: &Zone) -> Result<DateTime> {
        let seconds = i64::try_from(nanos.div_euclid(NANOS_PER_SECOND.into()))
            .map_err(|_| overflow("the moment is too far from 1970"))?;
        let offset = zone.offset_at(seconds)?;
        let local = LocalDateTime::from_nanos(nanos + i128::from(offset) * i128::from(NANOS_PER_SECOND))?;
        Ok(DateTime { local, offset, zone: zone.name() })
    }

    /// The zone: its name if it has one, else the offset.
    pub fn zone(&self) -> Zone {
        self.zone.clone().map_or(Zone::Offset(self.offset), Zone::Named)
    }

    /// The same moment in another zone.
    pub fn in_zone(&self, zone: &Zone) -> Result<DateTime> {
        DateTime::from_epoch_nanos(self.epoch_nanos(), zone)
    }

    /// The same zone at another local time.
    pub(crate) fn with_local(&self, local: LocalDateTime) -> Result<DateTime> {
        self.zone().resolve(local, Some(self.offset))
    }

    /// Adds months, then days to the local time, then seconds to the moment: a day is 23 or 25 hours long when
    /// the clocks change.
    pub fn plus(&self, duration: &Duration) -> Result<DateTime> {
        let local = self.local.plus_months(duration.months)?.plus_days(duration.days)?;
        let moment = self.with_local(local)?.epoch_nanos() + duration.nanos_of_seconds();
        DateTime::from_epoch_nanos(moment, &self.zone())
    }

    fn sort_key(&self) -> (i128, i32, Option<&str>) {
        (self.epoch_nanos(), self.offset, self.zone.as_deref())
    }
}

impl Ord for DateTime {
    fn cmp(&self, other: &DateTime) -> Ordering {
        self.sort_key().cmp(&other.sort_key())
    }
}

impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &DateTime) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datetime(text: &str) -> DateTime {
        DateTime::parse(text, &Zone::UTC).unwrap()
    }

    fn plus(text: &str, duration: &str) -> String {
        datetime(text).plus(&Duration::parse(duration).unwrap()).unwrap().to_string()
    }

    #[test]
    fn days_are_local_and_hours_are_not() {
        let before = "2017-10-28T12:00[Europe/Stockholm]";
        assert_eq!(plus(before, "P1D"), "2017-10-29T12:00+01:00[Europe/Stockholm]");
        assert_eq!(plus(before, "PT24H"), "2017-10-29T11:00+01:00[Europe/Stockholm]");
    }

    #[test]
    fn a_time_in_the_gap_moves_on() {
        assert_eq!(plus("2017-03-25T02:30[Europe/Stockholm]", "P1D"), "2017-03-26T03:30+02:00[Europe/Stockholm]");
    }

    #[test]
    fn instants_order_by_moment() {
        let times = ["12:35:15+05:00", "12:30:14.6+01:01", "12:31:14.6+01:00", "10:35-08:00"];
        let times = times.map(|text| Time::parse(text, 0).unwrap());
        assert!(times.is_sorted());
        assert!(datetime("2017-01-01T12:00+02:00") < datetime("2017-01-01T10:30Z"));
        assert!(datetime("2017-01-01T12:00+02:00") != datetime("2017-01-01T10:00Z"));
    }

    #[test]
    fn the_ends_of_time_are_errors() {
        let last = LocalDateTime { date: Date::MAX, time: LocalTime { nanos: NANOS_PER_DAY - 1 } };
        let nano = Duration { nanos: 1, ..Duration::default() };
        assert!(last.plus(&nano).is_err());
        let last = Zone::Offset(-3600).resolve(last, None).unwrap();
        assert!(last.plus(&nano).is_err());
        assert!(last.in_zone(&Zone::UTC).is_err());
    }
}
