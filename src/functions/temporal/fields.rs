//! Reading the map argument of temporal functions: `{year: 2015, week: 30}`.

use super::super::{Result, invalid_type, invalid_value};
use super::kind::{Kind, Parts};
use crate::diagnostic::an;
use crate::graph::temporal::{Date, LocalTime, Zone, shortened, within};
use crate::graph::{Map, Value};

pub(super) const DATE_KEYS: &[&str] =
    &["year", "quarter", "month", "week", "day", "dayOfWeek", "dayOfQuarter", "ordinalDay"];
pub(super) const TIME_KEYS: &[&str] = &["hour", "minute", "second", "millisecond", "microsecond", "nanosecond"];
/// The groups of date fields that exclude each other: calendar, week, quarter and day of the year.
const GROUPS: [&[&str]; 4] = [&["month", "day"], &["week", "dayOfWeek"], &["quarter", "dayOfQuarter"], &["ordinalDay"]];
/// The fields that pin down a day.
const DAY_KEYS: &[&str] = &["day", "dayOfWeek", "dayOfQuarter", "ordinalDay"];

/// The digits of a second that a truncation left, and that a finer field adds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    Nothing,
    Milliseconds,
    Microseconds,
}

/// A map whose keys are known to belong to a function.
pub(super) struct Fields<'a> {
    map: &'a Map,
}

impl<'a> Fields<'a> {
    /// Fails on a key that is not among the known ones, and on a null.
    pub(super) fn new(what: &str, map: &'a Map, known: &[&str]) -> Result<Fields<'a>> {
        for (key, value) in map {
            if !known.contains(&&**key) {
                return Err(unknown_key(what, key, known));
            }
            if value.is_null() {
                return Err(invalid_value(format!("`{key}` is null")));
            }
        }
        Ok(Fields { map })
    }

    pub(super) fn value(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key)
    }

    pub(super) fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.map.contains_key(*key))
    }

    /// Whether there is no other key than these.
    pub(super) fn only(&self, keys: &[&str]) -> bool {
        self.map.keys().all(|key| keys.contains(&&**key))
    }

    pub(super) fn integer(&self, key: &str) -> Result<Option<i64>> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Integer(number)) => Ok(Some(*number)),
            Some(other) => Err(invalid_type(format!("`{key}` must be an Integer, but is {}", an(other.type_name())))),
        }
    }

    pub(super) fn zone(&self) -> Result<Option<Zone>> {
        match self.value("timezone") {
            None => Ok(None),
            Some(Value::String(text)) => Zone::parse(text).map(Some),
            Some(other) => Err(invalid_type(format!("`timezone` must be a String, but is {}", an(other.type_name())))),
        }
    }

    /// The instant that a selector (`date`, `time`, `datetime`) takes components from.
    pub(super) fn selected(&self, key: &str) -> Result<Option<Parts>> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let parts = Parts::of(value).ok_or_else(|| {
            invalid_type(format!("`{key}` must be a temporal instant, but is {}", an(value.type_name())))
        })?;
        let lacks_date = key != "time" && parts.date.is_none();
        if lacks_date || (key != "date" && parts.time.is_none()) {
            let missing = if lacks_date { "date" } else { "time of day" };
            return Err(invalid_value(format!("`{key}` is {}, which has no {missing}", an(value.type_name()))));
        }
        Ok(Some(parts))
    }

    /// The date that the fields describe, if there is such a date. What they leave out comes from the base. Without base,
    /// it has its smallest value if nothing smaller is given.
    pub(super) fn date(&self, base: Option<Date>) -> Result<Option<Date>> {
        if !self.has_any(DATE_KEYS) {
            return Ok(base);
        }
        let mut groups = GROUPS.iter().filter(|group| self.has_any(group));
        let group = groups.next().copied().unwrap_or(GROUPS[0]);
        if let Some(other) = groups.next() {
            return Err(self.mixed(group, other));
        }
        let Some(year) = self.integer("year")?.or(base.map(Date::year)) else {
            return Err(invalid_value("a date without `year`").help("give `year`, or `date` to start from"));
        };
        let date = match group[0] {
            "month" => self.calendar_date(year, base)?,
            "week" => self.week_date(year, base)?,
            "quarter" => self.quarter_date(year, base)?,
            _ => Date::from_ordinal(year, self.integer("ordinalDay")?.unwrap_or(1))?,
        };
        Ok(Some(date))
    }

    fn mixed(&self, one: &[&str], other: &[&str]) -> crate::diagnostic::Diagnostic {
        let name = |group: &[&str]| group.iter().find(|key| self.has_any(&[**key])).map_or("", |key| *key).to_string();
        invalid_value(format!("`{}` and `{}` cannot be given together", name(one), name(other))).help(
            "a day is given by month and day, by week and dayOfWeek, by quarter and dayOfQuarter, or by ordinalDay",
        )
    }

    /// The value of a field, of the base, or 1. A field may only be left out without base if `smaller` is, too.
    fn or_base(&self, key: &str, base: Option<i64>, smaller: &str) -> Result<i64> {
        match self.integer(key)?.or(base) {
            Some(value) => Ok(value),
            None if self.has_any(&[smaller]) => Err(invalid_value(format!("`{smaller}` needs `{key}`"))),
            None => Ok(1),
        }
    }

    fn calendar_date(&self, year: i64, base: Option<Date>) -> Result<Date> {
        let month = self.or_base("month", base.map(Date::month), "day")?;
        Date::new(year, month, self.integer("day")?.or(base.map(Date::day)).unwrap_or(1))
    }

    fn week_date(&self, year: i64, base: Option<Date>) -> Result<Date> {
        // The year of a week date is the one that the week belongs to.
        let (base_year, base_week) = base.map(Date::week).unzip();
        let year = self.integer("year")?.or(base_year).unwrap_or(year);
        within("year", year, Date::MIN_YEAR, Date::MAX_YEAR)?;
        let week = self.or_base("week", base_week, "dayOfWeek")?;
        let weekday = self.integer("dayOfWeek")?.or(base.map(Date::weekday)).unwrap_or(1);
        Date::from_week(year, week, weekday)
    }

    fn quarter_date(&self, year: i64, base: Option<Date>) -> Result<Date> {
        let quarter = self.or_base("quarter", base.map(Date::quarter), "dayOfQuarter")?;
        within("quarter", quarter, 1, 4)?;
        match (self.integer("dayOfQuarter")?, base) {
            (Some(day), _) => Date::from_quarter(year, quarter, day),
            (None, Some(base)) => Date::new(year, quarter * 3 - 2 + (base.month() - 1) % 3, base.day()),
            (None, None) => Date::from_quarter(year, quarter, 1),
        }
    }

    /// The time of day that the fields describe; what they leave out comes from the base or is zero.
    pub(super) fn time(&self, base: Option<LocalTime>, kept: Kept) -> Result<Option<LocalTime>> {
        if !self.has_any(TIME_KEYS) {
            return Ok(base);
        }
        if base.is_none() {
            self.check_no_gap()?;
        }
        let base = base.unwrap_or(LocalTime::MIDNIGHT);
        let hour = self.integer("hour")?.unwrap_or(base.hour());
        let minute = self.integer("minute")?.unwrap_or(base.minute());
        let second = self.integer("second")?.unwrap_or(base.second());
        let nanos = self.fraction(base.nanosecond(), kept)?;
        LocalTime::new(hour, minute, second, nanos).map(Some)
    }

    /// A unit may not be given if the next larger one is left out.
    fn check_no_gap(&self) -> Result<()> {
        for (place, key) in TIME_KEYS[..3].iter().enumerate() {
            let mut smaller = TIME_KEYS[place + 1..].iter();
            if let Some(given) = smaller.find(|given| self.has_any(&[**given]) && !self.has_any(&[*key])) {
                return Err(invalid_value(format!("`{given}` needs `{key}`")));
            }
        }
        Ok(())
    }

    /// The fraction of the second in nanoseconds. The largest field given holds the whole fraction in its unit,
    /// a smaller one the rest below that unit: `{millisecond: 123, nanosecond: 456}` is 0.123000456 s.
    fn fraction(&self, base: i64, kept: Kept) -> Result<i64> {
        let (milli, micro, nano) =
            (self.integer("millisecond")?, self.integer("microsecond")?, self.integer("nanosecond")?);
        let (base_milli, base_micro) = match kept {
            Kept::Nothing => (None, None),
            Kept::Milliseconds => (Some(base / 1_000_000), None),
            Kept::Microseconds => (None, Some(base / 1_000)),
        };
        if milli.or(micro).or(nano).is_none() {
            return Ok(base);
        }
        let micro = if milli.is_none() { micro.or(base_micro) } else { micro };
        let milli = if kept == Kept::Milliseconds { milli.or(base_milli) } else { milli };
        let mut limit = 999_999_999;
        let mut sum = 0;
        for (name, given, unit) in
            [("millisecond", milli, 1_000_000), ("microsecond", micro, 1_000), ("nanosecond", nano, 1)]
        {
            if let Some(given) = given {
                sum += within(name, given, 0, limit / unit)? * unit;
                limit = unit - 1;
            }
        }
        Ok(sum)
    }

    /// Fails if an hour is given but no day, in a type that has dates.
    pub(super) fn check_day_before_hour(&self, kind: Kind) -> Result<()> {
        let needs_day = kind.has_date() && self.has_any(TIME_KEYS) && self.has_any(DATE_KEYS);
        if needs_day && !self.has_any(DAY_KEYS) {
            return Err(invalid_value("a time of day needs the day, but the fields of the date stop before it")
                .help("give `day` (with `month`), `dayOfWeek`, `dayOfQuarter` or `ordinalDay`"));
        }
        Ok(())
    }
}

/// The error for a key that a map may not have.
pub(in crate::functions) fn unknown_key(what: &str, key: &str, known: &[&str]) -> crate::diagnostic::Diagnostic {
    let error = invalid_value(format!("a {what} has no `{}`", shortened(key)));
    match nearest(key, known) {
        Some(name) => error.help(format!("did you mean `{name}`?")),
        None => error.help(format!("it has {}", known.join(", "))),
    }
}

/// The most similar name, if any is similar.
pub(super) fn nearest<'a>(wanted: &str, names: &[&'a str]) -> Option<&'a str> {
    const LONGEST: usize = 40;
    if wanted.len() > LONGEST {
        return None;
    }
    let wanted = wanted.to_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&wanted, &name.to_lowercase());
    let (best, name) = names.iter().map(|name| (distance(name), *name)).min()?;
    (best <= 1 + wanted.chars().count() / 4).then_some(name)
}
