//! ISO 8601 text of temporal values, as `toString` and results show it; `parse.rs` reads it back.

use std::fmt::{self, Display, Formatter};

use super::{Date, DateTime, Duration, LocalDateTime, LocalTime, NANOS_PER_SECOND, Time};

/// `1984-10-11`; years before 0000 and after 9999 have a sign.
impl Display for Date {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let (year, month, day) = self.civil();
        match year {
            0..=9999 => write!(f, "{year:04}")?,
            _ => write!(f, "{year:+05}")?,
        }
        write!(f, "-{month:02}-{day:02}")
    }
}

/// `12:31`, `12:31:14`, `12:31:14.645`: seconds only if they are not zero, fractions in groups of three digits.
impl Display for LocalTime {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())?;
        let (second, nanos) = (self.second(), self.nanosecond());
        if second != 0 || nanos != 0 {
            write!(f, ":{second:02}")?;
        }
        match nanos {
            0 => Ok(()),
            _ if nanos % 1_000_000 == 0 => write!(f, ".{:03}", nanos / 1_000_000),
            _ if nanos % 1_000 == 0 => write!(f, ".{:06}", nanos / 1_000),
            _ => write!(f, ".{nanos:09}"),
        }
    }
}

impl Display for Time {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{}{}", self.local, Offset(self.offset))
    }
}

impl Display for LocalDateTime {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.time)
    }
}

/// `1984-10-11T12:31+01:00[Europe/Stockholm]`.
impl Display for DateTime {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "{}{}", self.local, Offset(self.offset))?;
        match &self.zone {
            Some(zone) => write!(f, "[{zone}]"),
            None => Ok(()),
        }
    }
}

/// An offset in seconds as text: `Z`, `+01:00`, `-02:05:59`.
pub(crate) struct Offset(pub(crate) i32);

impl Display for Offset {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let seconds = self.0.unsigned_abs();
        if seconds == 0 {
            return f.write_str("Z");
        }
        let sign = if self.0 < 0 { '-' } else { '+' };
        write!(f, "{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
        if !seconds.is_multiple_of(60) {
            write!(f, ":{:02}", seconds % 60)?;
        }
        Ok(())
    }
}

/// `P1Y2M10DT2H30M1.5S`: parts that are zero are left out, and every part has its own sign.
impl Display for Duration {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        if *self == Duration::default() {
            return f.write_str("PT0S");
        }
        f.write_str("P")?;
        write_part(f, self.months / 12, 'Y')?;
        write_part(f, self.months % 12, 'M')?;
        write_part(f, self.days, 'D')?;
        let nanos = self.nanos_of_seconds();
        if nanos == 0 {
            return Ok(());
        }
        f.write_str("T")?;
        let (seconds, fraction) = (nanos / i128::from(NANOS_PER_SECOND), (nanos % i128::from(NANOS_PER_SECOND)).abs());
        write_part(f, (seconds / 3600) as i64, 'H')?;
        write_part(f, (seconds / 60 % 60) as i64, 'M')?;
        let seconds = seconds % 60;
        if fraction == 0 {
            return write_part(f, seconds as i64, 'S');
        }
        let sign = if nanos < 0 { "-" } else { "" };
        let digits = format!("{fraction:09}");
        write!(f, "{sign}{}.{}S", seconds.abs(), digits.trim_end_matches('0'))
    }
}

fn write_part(f: &mut Formatter, amount: i64, unit: char) -> fmt::Result {
    if amount == 0 { Ok(()) } else { write!(f, "{amount}{unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_outside_four_digits_have_a_sign() {
        let text = |year| Date::new(year, 1, 2).unwrap().to_string();
        assert_eq!(text(28), "0028-01-02");
        assert_eq!(text(0), "0000-01-02");
        assert_eq!(text(-1), "-0001-01-02");
        assert_eq!(text(10_000), "+10000-01-02");
        assert_eq!(text(-999_999_999), "-999999999-01-02");
    }

    #[test]
    fn seconds_only_when_needed() {
        let text = |second, nanos| LocalTime::new(12, 5, second, nanos).unwrap().to_string();
        assert_eq!(text(0, 0), "12:05");
        assert_eq!(text(7, 0), "12:05:07");
        assert_eq!(text(0, 2), "12:05:00.000000002");
        assert_eq!(text(7, 500_000_000), "12:05:07.500");
        assert_eq!(text(7, 645_876_000), "12:05:07.645876");
    }

    #[test]
    fn durations_keep_the_sign_of_each_part() {
        let text = |months, days, nanos| Duration::from_parts(months, days, nanos).unwrap().to_string();
        assert_eq!(text(0, 0, 0), "PT0S");
        assert_eq!(text(0, 0, 1), "PT0.000000001S");
        assert_eq!(text(0, 0, -1), "PT-0.000000001S");
        assert_eq!(text(-149, -28, -1_440_000_000_001), "P-12Y-5M-28DT-24M-0.000000001S");
        assert_eq!(text(2, -28, 113_900_000_000_000), "P2M-28DT31H38M20S");
        assert_eq!(text(0, 0, -86_399_900_000_000), "PT-23H-59M-59.9S");
    }

    #[test]
    fn offsets() {
        let text = |seconds| Offset(seconds).to_string();
        assert_eq!(text(0), "Z");
        assert_eq!(text(3600), "+01:00");
        assert_eq!(text(-5400), "-01:30");
        assert_eq!(text(-7507), "-02:05:07");
        assert_eq!(text(-59), "-00:00:59");
    }
}
