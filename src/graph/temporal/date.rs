//! The civil calendar: days counted from 1970-01-01 to and from years, months, weeks and quarters.

use super::{Date, Duration, Result, invalid, overflow, within};

/// The Gregorian calendar repeats after 400 years, weekdays included.
pub(super) const DAYS_PER_CYCLE: i64 = 146_097;

impl Date {
    pub const MIN_YEAR: i64 = -999_999_999;
    pub const MAX_YEAR: i64 = 999_999_999;
    pub const MIN: Date = Date { days: days_from_civil(Date::MIN_YEAR, 1, 1) };
    pub const MAX: Date = Date { days: days_from_civil(Date::MAX_YEAR, 12, 31) };
    pub const EPOCH: Date = Date { days: 0 };

    /// The day of a calendar date, if it exists.
    pub fn new(year: i64, month: i64, day: i64) -> Result<Date> {
        valid_year(year)?;
        within("month", month, 1, 12)?;
        within("day", day, 1, 31)?;
        if day > days_in_month(year, month) {
            return Err(invalid(format!("{year:04}-{month:02} has no day {day}")));
        }
        Ok(Date { days: days_from_civil(year, month, day) })
    }

    /// The day of a calendar date; a day that its month does not have gives the last day of the month.
    fn nearest(year: i64, month: i64, day: i64) -> Result<Date> {
        valid_year(year)?;
        within("month", month, 1, 12)?;
        Date::new(year, month, day.min(days_in_month(year, month)))
    }

    /// The day of an ISO week date: week 1 holds the year's first Thursday, weekday 1 is Monday.
    pub fn from_week(year: i64, week: i64, weekday: i64) -> Result<Date> {
        valid_year(year)?;
        within("week", week, 1, 53)?;
        within("dayOfWeek", weekday, 1, 7)?;
        if week > weeks_in_year(year) {
            return Err(invalid(format!("the year {year:04} has no week {week}")));
        }
        Date::from_days(first_monday(year) + (week - 1) * 7 + weekday - 1)
    }

    /// The day of a year, counted from 1.
    pub fn from_ordinal(year: i64, day: i64) -> Result<Date> {
        valid_year(year)?;
        within("ordinalDay", day, 1, 366)?;
        if day == 366 && !is_leap(year) {
            return Err(invalid(format!("the year {year:04} has no day 366")));
        }
        Ok(Date { days: days_from_civil(year, 1, 1) + day - 1 })
    }

    /// The day of a quarter, counted from 1.
    pub fn from_quarter(year: i64, quarter: i64, day: i64) -> Result<Date> {
        within("quarter", quarter, 1, 4)?;
        within("dayOfQuarter", day, 1, 92)?;
        let first = Date::new(year, quarter * 3 - 2, 1)?;
        let date = Date { days: first.days + day - 1 };
        if date.quarter() != quarter {
            return Err(invalid(format!("quarter {quarter} of the year {year:04} has no day {day}")));
        }
        Ok(date)
    }

    /// The date that many days after 1970-01-01.
    pub fn from_days(days: i64) -> Result<Date> {
        if (Date::MIN.days..=Date::MAX.days).contains(&days) {
            Ok(Date { days })
        } else {
            Err(overflow(format!("the date leaves the years {} to {}", Date::MIN_YEAR, Date::MAX_YEAR)))
        }
    }

    /// Year, month and day.
    pub fn civil(self) -> (i64, i64, i64) {
        civil_from_days(self.days)
    }

    pub fn year(self) -> i64 {
        self.civil().0
    }

    pub fn month(self) -> i64 {
        self.civil().1
    }

    pub fn day(self) -> i64 {
        self.civil().2
    }

    pub fn quarter(self) -> i64 {
        (self.month() + 2) / 3
    }

    pub fn ordinal_day(self) -> i64 {
        self.days - days_from_civil(self.year(), 1, 1) + 1
    }

    pub fn day_of_quarter(self) -> i64 {
        self.days - days_from_civil(self.year(), self.quarter() * 3 - 2, 1) + 1
    }

    /// Monday is 1, Sunday is 7.
    pub fn weekday(self) -> i64 {
        weekday(self.days)
    }

    /// The year that the ISO week belongs to, and the week's number.
    pub fn week(self) -> (i64, i64) {
        let thursday = Date { days: self.days - self.weekday() + 4 };
        (thursday.year(), (thursday.ordinal_day() - 1) / 7 + 1)
    }

    /// The same day that many months later, or the last day of that month if it has no such day.
    pub fn plus_months(self, months: i64) -> Result<Date> {
        let (year, month, day) = self.civil();
        let count = (year * 12 + month - 1)
            .checked_add(months)
            .filter(|count| (Date::MIN_YEAR..=Date::MAX_YEAR).contains(&count.div_euclid(12)))
            .ok_or_else(|| overflow(format!("{self} plus {months} months leaves the years that a date can have")))?;
        Date::nearest(count.div_euclid(12), count.rem_euclid(12) + 1, day)
    }

    pub fn plus_days(self, days: i64) -> Result<Date> {
        let sum = self.days.checked_add(days).and_then(|days| Date::from_days(days).ok());
        sum.ok_or_else(|| overflow(format!("{self} plus {days} days leaves the years that a date can have")))
    }

    /// Adds months, then days, then the whole days among the seconds; what is left of the seconds is ignored.
    pub fn plus(self, duration: &Duration) -> Result<Date> {
        let date = self.plus_months(duration.months)?.plus_days(duration.days)?;
        date.plus_days(duration.whole_days_of_seconds())
    }
}

/// The number of weeks in a week-based year: 52 or 53.
fn weeks_in_year(year: i64) -> i64 {
    (first_monday(year + 1) - first_monday(year)) / 7
}

fn valid_year(year: i64) -> Result<i64> {
    within("year", year, Date::MIN_YEAR, Date::MAX_YEAR)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn weekday(days: i64) -> i64 {
    // 1970-01-01 was a Thursday.
    (days + 3).rem_euclid(7) + 1
}

/// The Monday of week 1: 4 January is always in it.
fn first_monday(year: i64) -> i64 {
    let january_4 = days_from_civil(year, 1, 4);
    january_4 - weekday(january_4) + 1
}

/// Years are counted from March, so that a leap day is the last day of its year and the days before a month
/// are a linear formula.
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let cycle = year.div_euclid(400);
    let year_of_cycle = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    cycle * DAYS_PER_CYCLE + day_of_cycle - DAYS_FROM_MARCH_OF_YEAR_0
}

/// From 0000-03-01 to 1970-01-01.
const DAYS_FROM_MARCH_OF_YEAR_0: i64 = 719_468;

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    match days + DAYS_FROM_MARCH_OF_YEAR_0 {
        day @ 0..FAST_DAYS => civil_from_few_days(day as u32),
        _ => civil_from_any_days(days),
    }
}

/// Some two million years: then four times the number of days fits into 32 bits.
const FAST_DAYS: i64 = 1 << 29;

/// The same of days since 0000-03-01, by multiplications instead of divisions (C. Neri and L. Schneider, "Euclidean
/// affine functions and their application to calendar algorithms", 2023).
fn civil_from_few_days(days: u32) -> (i64, i64, i64) {
    let quarters = 4 * days + 3;
    let (century, rest) = (quarters / DAYS_PER_CYCLE as u32, quarters % DAYS_PER_CYCLE as u32 / 4);
    // 2³² days of 1461 / 4 to a year: the high half is the year of the century, the low half the part of it that is over.
    let years = 2_939_745 * u64::from(4 * rest + 3);
    let (year, day_of_year) = (100 * century + (years >> 32) as u32, (years as u32) / 2_939_745 / 4);
    let months = 2141 * day_of_year + 197_913;
    let (month, day) = (months >> 16, (months & 0xffff) / 2141 + 1);
    // The year of the cycle begins in March.
    match day_of_year >= 306 {
        true => (i64::from(year) + 1, i64::from(month) - 12, i64::from(day)),
        false => (i64::from(year), i64::from(month), i64::from(day)),
    }
}

fn civil_from_any_days(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_FROM_MARCH_OF_YEAR_0;
    let cycle = days.div_euclid(DAYS_PER_CYCLE);
    let day_of_cycle = days.rem_euclid(DAYS_PER_CYCLE);
    // Leap days so far are taken out, then years have 365 days.
    let year_of_cycle = (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = cycle * 400 + year_of_cycle + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i64, month: i64, day: i64) -> Date {
        Date::new(year, month, day).unwrap()
    }

    #[test]
    fn both_ways_to_a_date_agree() {
        let near = (0..400_000_u32).chain((0..FAST_DAYS as u32).step_by(9973)).chain([FAST_DAYS as u32 - 1]);
        for day in near {
            let by_division = civil_from_any_days(i64::from(day) - DAYS_FROM_MARCH_OF_YEAR_0);
            assert_eq!(civil_from_few_days(day), by_division, "day {day}");
        }
    }

    #[test]
    fn known_days() {
        assert_eq!(date(1970, 1, 1).days, 0);
        assert_eq!(date(2000, 3, 1).days, 11_017);
        assert_eq!(date(1969, 12, 31).days, -1);
        assert_eq!(Date::MIN.civil(), (-999_999_999, 1, 1));
        assert_eq!(Date::MAX.civil(), (999_999_999, 12, 31));
    }

    #[test]
    fn weeks_and_quarters() {
        assert_eq!(date(2015, 7, 21).week(), (2015, 30));
        assert_eq!(date(2015, 7, 21).weekday(), 2);
        assert_eq!(date(1816, 12, 30).week(), (1817, 1));
        assert_eq!(date(1984, 1, 1).week(), (1983, 52));
        assert_eq!(Date::from_week(1818, 53, 1).unwrap(), date(1818, 12, 28));
        assert!(Date::from_week(1817, 53, 1).is_err());
        assert_eq!(Date::from_quarter(1984, 3, 45).unwrap(), date(1984, 8, 14));
        assert!(Date::from_quarter(1985, 1, 91).is_err());
        assert!(Date::from_ordinal(1985, 366).is_err());
    }

    #[test]
    fn days_that_do_not_exist() {
        assert!(Date::new(2015, 2, 29).is_err());
        assert!(Date::new(1900, 2, 29).is_err());
        assert!(Date::new(2000, 2, 29).is_ok());
        assert!(Date::new(2000, 13, 1).is_err());
        assert!(Date::new(1_000_000_000, 1, 1).is_err());
    }

    #[test]
    fn months_end_at_the_nearest_day() {
        assert_eq!(date(2011, 1, 31).plus_months(1).unwrap(), date(2011, 2, 28));
        assert_eq!(date(2011, 1, 31).plus_months(13).unwrap(), date(2012, 2, 29));
        assert_eq!(date(2011, 1, 31).plus_months(-1).unwrap(), date(2010, 12, 31));
        assert!(Date::MAX.plus_months(1).is_err());
        assert!(Date::MIN.plus_months(i64::MIN).is_err());
        assert!(Date::MAX.plus_days(i64::MAX).is_err());
    }
}
