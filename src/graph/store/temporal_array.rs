//! [`TemporalArray`]: dates or times of one type as integers.
//!
//! A value is a count of the array's unit: since 1970-01-01 for dates and moments, since midnight for times of day; in
//! UTC where the type has an offset. The unit is the coarsest that holds all values exactly, and is stated once, so that
//! whole seconds reach all years and nanoseconds the years 1677 to 2262. Offsets and zone names are stated once each: of
//! a named zone a value keeps the offset that it was given, whatever the tz database says when it is read.
//!
//! Within an array, values are equal if their keys (count, number of the zone) are, and in the order of their keys.

use std::sync::Arc;

use super::super::Value;
use super::super::temporal::{
    Date, DateTime, LocalDateTime, LocalTime, NANOS_PER_DAY, NANOS_PER_SECOND, Time, Zone as TimeZone,
};

/// The types of values that an array can hold. Durations are not among them: they have four independent parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TemporalType {
    Date,
    LocalTime,
    Time,
    LocalDateTime,
    DateTime,
}

impl TemporalType {
    pub(crate) const ALL: [TemporalType; 5] = [
        TemporalType::Date,
        TemporalType::LocalTime,
        TemporalType::Time,
        TemporalType::LocalDateTime,
        TemporalType::DateTime,
    ];

    /// The type of a value, if it is one of these.
    pub(crate) fn of(value: &Value) -> Option<TemporalType> {
        match value {
            Value::Date(_) => Some(TemporalType::Date),
            Value::LocalTime(_) => Some(TemporalType::LocalTime),
            Value::Time(_) => Some(TemporalType::Time),
            Value::LocalDateTime(_) => Some(TemporalType::LocalDateTime),
            Value::DateTime(_) => Some(TemporalType::DateTime),
            _ => None,
        }
    }

    fn has_offset(self) -> bool {
        matches!(self, TemporalType::Time | TemporalType::DateTime)
    }
}

/// What is counted, finest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unit {
    Nanosecond,
    Microsecond,
    Millisecond,
    Second,
    Day,
}

impl Unit {
    pub(crate) const ALL: [Unit; 5] = [Unit::Nanosecond, Unit::Microsecond, Unit::Millisecond, Unit::Second, Unit::Day];

    const fn nanos(self) -> i64 {
        match self {
            Unit::Nanosecond => 1,
            Unit::Microsecond => 1_000,
            Unit::Millisecond => 1_000_000,
            Unit::Second => NANOS_PER_SECOND,
            Unit::Day => NANOS_PER_DAY,
        }
    }

    const fn per_day(self) -> i64 {
        NANOS_PER_DAY / self.nanos()
    }

    /// The coarsest unit that divides the time.
    fn of(nanos: i64) -> Unit {
        let divides = |unit: &Unit| nanos % unit.nanos() == 0;
        Unit::ALL.into_iter().rev().find(divides).unwrap_or(Unit::Nanosecond)
    }
}

/// An offset from UTC in seconds east, and the name of the zone if it has one.
pub(crate) type OffsetAndZone = (i32, Option<Arc<str>>);

/// More offsets and zones than a byte can number have no place in an array.
const MOST_ZONES: usize = 1 << u8::BITS;

/// Values of one temporal type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemporalArray {
    of_type: TemporalType,
    unit: Unit,
    pub(super) counts: Vec<i64>,
    /// The distinct offsets and zones, ascending; none for types without an offset.
    zones: Vec<OffsetAndZone>,
    /// The number of each value's zone; empty if there is at most one.
    pub(super) numbers: Vec<u8>,
}

/// A value as days and nanoseconds, in UTC if it has an offset: the nanoseconds may be negative or more than a day.
struct Parts<'a> {
    of_type: TemporalType,
    days: i64,
    nanos: i64,
    offset: i32,
    zone: Option<&'a Arc<str>>,
}

impl Parts<'_> {
    /// `None`: of a type that has no array, or out of the range of its type.
    fn of(value: &Value) -> Option<Parts<'_>> {
        let no_day = Date::EPOCH;
        let (of_type, date, time, offset, zone) = match value {
            Value::Date(date) => (TemporalType::Date, *date, LocalTime::MIDNIGHT, 0, None),
            Value::LocalTime(time) => (TemporalType::LocalTime, no_day, *time, 0, None),
            Value::Time(time) => (TemporalType::Time, no_day, time.local, time.offset, None),
            Value::LocalDateTime(LocalDateTime { date, time }) => (TemporalType::LocalDateTime, *date, *time, 0, None),
            Value::DateTime(moment) => {
                let LocalDateTime { date, time } = moment.local;
                (TemporalType::DateTime, date, time, moment.offset, moment.zone.as_ref())
            }
            _ => return None,
        };
        let in_range = (Date::MIN..=Date::MAX).contains(&date)
            && (0..NANOS_PER_DAY).contains(&time.nanos)
            && (-TimeZone::MAX_OFFSET..=TimeZone::MAX_OFFSET).contains(&offset);
        let nanos = time.nanos - i64::from(offset) * NANOS_PER_SECOND;
        in_range.then_some(Parts { of_type, days: date.days, nanos, offset, zone })
    }

    /// The count of a unit that divides the time; `None` if it does not fit.
    fn count(&self, unit: Unit) -> Option<i64> {
        self.days.checked_mul(unit.per_day())?.checked_add(self.nanos / unit.nanos())
    }

    fn is_whole(&self, unit: Unit) -> bool {
        self.nanos % unit.nanos() == 0
    }

    fn is_of(&self, zone: &OffsetAndZone) -> bool {
        (zone.0, zone.1.as_ref()) == (self.offset, self.zone)
    }
}

impl TemporalArray {
    pub(crate) fn new(of_type: TemporalType) -> TemporalArray {
        TemporalArray { of_type, unit: Unit::Day, counts: Vec::new(), zones: Vec::new(), numbers: Vec::new() }
    }

    /// An array of the value alone; `None` if it has no place in one.
    pub(crate) fn starting_with(value: &Value) -> Option<TemporalArray> {
        let mut array = TemporalArray::new(Parts::of(value)?.of_type);
        array.push(value).then_some(array)
    }

    /// An array of all the values, if they have a place in one; where one is null, another stands.
    pub(crate) fn of_all(values: &[Value]) -> Option<TemporalArray> {
        let first = values.iter().find(|value| !value.is_null())?;
        let mut array = TemporalArray::new(TemporalType::of(first)?);
        let fits = values.iter().all(|value| array.push(if value.is_null() { first } else { value }));
        fits.then(|| array.with_sorted_zones())
    }

    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.counts) + self.numbers.len()
    }

    /// Counts of the array's unit, by slot.
    pub(crate) fn counts(&self) -> &[i64] {
        &self.counts
    }

    /// As [`TemporalArray::counts`], if they alone tell values apart: there is at most one offset or zone.
    pub(crate) fn plain_counts(&self) -> Option<&[i64]> {
        self.numbers.is_empty().then_some(&*self.counts)
    }

    /// How many offsets and zones there are, and the number of each value's; no numbers if there is at most one.
    pub(crate) fn zone_numbers(&self) -> (usize, &[u8]) {
        (self.zones.len(), &self.numbers)
    }

    /// Values of an array are equal if their keys are, and in the same order.
    pub(crate) fn key(&self, slot: usize) -> (i64, u8) {
        (self.counts[slot], self.numbers.get(slot).copied().unwrap_or(0))
    }

    pub(crate) fn value(&self, slot: usize) -> Value {
        let (count, zone) = self.key(slot);
        self.value_of(count, zone)
    }

    /// The value of a key.
    pub(crate) fn value_of(&self, count: i64, zone: u8) -> Value {
        let (offset, name) =
            self.zones.get(usize::from(zone)).map_or((0, None), |(offset, name)| (*offset, name.clone()));
        let (date, time) = self.local(count, offset);
        match self.of_type {
            TemporalType::Date => Value::Date(date),
            TemporalType::LocalTime => Value::LocalTime(time),
            TemporalType::Time => Value::Time(Time { local: time, offset }),
            TemporalType::LocalDateTime => Value::LocalDateTime(LocalDateTime { date, time }),
            TemporalType::DateTime => {
                Value::DateTime(Arc::new(DateTime { local: LocalDateTime { date, time }, offset, zone: name }))
            }
        }
    }

    /// Date and time of day of a count, at this many seconds east of UTC.
    fn local(&self, count: i64, offset: i32) -> (Date, LocalTime) {
        let (days, rest) = (count.div_euclid(self.unit.per_day()), count.rem_euclid(self.unit.per_day()));
        let nanos = rest * self.unit.nanos() + i64::from(offset) * NANOS_PER_SECOND;
        let date = Date { days: days + nanos.div_euclid(NANOS_PER_DAY) };
        (date, LocalTime { nanos: nanos.rem_euclid(NANOS_PER_DAY) })
    }

    /// An array without values, in the same unit with the same zone; `None` if there are several zones.
    pub(crate) fn scale(&self) -> Option<TemporalArray> {
        self.numbers.is_empty().then(|| self.with(Vec::new(), Vec::new()))
    }

    /// A number for the date of each count, where there is at most one zone; `None` if the type has no date.
    pub(crate) fn dates(&self, counts: &[i64], of: impl Fn(Date) -> i64) -> Option<Vec<i64>> {
        let has_date = !matches!(self.of_type, TemporalType::LocalTime | TemporalType::Time);
        if !has_date {
            return None;
        }
        // Division by a number that the compiler knows is several times faster.
        let days: fn(i64) -> i64 = match self.unit {
            Unit::Nanosecond => |count| count.div_euclid(Unit::Nanosecond.per_day()),
            Unit::Microsecond => |count| count.div_euclid(Unit::Microsecond.per_day()),
            Unit::Millisecond => |count| count.div_euclid(Unit::Millisecond.per_day()),
            Unit::Second => |count| count.div_euclid(Unit::Second.per_day()),
            Unit::Day => |count| count,
        };
        Some(match self.zones.first() {
            None | Some((0, _)) => counts.iter().map(|count| of(Date { days: days(*count) })).collect(),
            Some(_) => self.of_each(counts, |date, _| of(date)),
        })
    }

    /// The times of day of counts, where there is at most one zone; `None` if the type has none.
    pub(crate) fn times(&self, counts: &[i64], of: impl Fn(LocalTime) -> i64) -> Option<Vec<i64>> {
        (self.of_type != TemporalType::Date).then(|| self.of_each(counts, |_, time| of(time)))
    }

    fn of_each(&self, counts: &[i64], of: impl Fn(Date, LocalTime) -> i64) -> Vec<i64> {
        let offset = self.zones.first().map_or(0, |(offset, _)| *offset);
        let of = |count: &i64| {
            let (date, time) = self.local(*count, offset);
            of(date, time)
        };
        counts.iter().map(of).collect()
    }

    /// The key of a value; `None` if it cannot be in the array as it is.
    pub(crate) fn key_of(&self, value: &Value) -> Option<(i64, u8)> {
        let parts = Parts::of(value).filter(|parts| parts.of_type == self.of_type && parts.is_whole(self.unit))?;
        let count = parts.count(self.unit)?;
        match self.of_type.has_offset() {
            true => Some((count, self.zones.iter().position(|zone| parts.is_of(zone))? as u8)),
            false => Some((count, 0)),
        }
    }

    /// Where a value stands among the counts of an offset or zone: the greatest count whose value does not come after
    /// it, and whether that is the value itself. `None`: it is not comparable.
    pub(crate) fn floor(&self, zone: usize, value: &Value) -> Option<(i128, bool)> {
        let parts = Parts::of(value).filter(|parts| parts.of_type == self.of_type)?;
        let of_days = i128::from(parts.days) * i128::from(self.unit.per_day());
        let count = of_days + i128::from(parts.nanos.div_euclid(self.unit.nanos()));
        let own = self.zones.get(zone).filter(|_| parts.is_whole(self.unit));
        // At the same moment, the lesser offset comes first, then the lesser name.
        let order = own.map(|(offset, name)| (*offset, name.as_ref()).cmp(&(parts.offset, parts.zone)));
        Some(match order {
            None => (count, parts.is_whole(self.unit)),
            Some(order) if order.is_gt() => (count - 1, false),
            Some(order) => (count, order.is_eq()),
        })
    }

    /// Adds a value; false if it has no place.
    pub(crate) fn push(&mut self, value: &Value) -> bool {
        let Some(parts) = Parts::of(value).filter(|parts| parts.of_type == self.of_type) else { return false };
        let unit = if parts.is_whole(self.unit) { self.unit } else { Unit::of(parts.nanos) };
        let Some(count) = parts.count(unit) else { return false };
        if !self.refine(unit) {
            return false;
        }
        if self.of_type.has_offset() {
            let last = usize::from(self.numbers.last().copied().unwrap_or(0));
            let number = match self.zones.get(last) {
                Some(zone) if parts.is_of(zone) => last,
                _ => match self.number(|zone| parts.is_of(zone), || (parts.offset, parts.zone.cloned())) {
                    Some(number) => number,
                    None => return false,
                },
            };
            if self.zones.len() > 1 {
                self.numbers.push(number as u8);
            }
        }
        self.counts.push(count);
        true
    }

    /// The number of a zone, which is added if it is new; `None` if there are too many.
    fn number(&mut self, is: impl Fn(&OffsetAndZone) -> bool, make: impl FnOnce() -> OffsetAndZone) -> Option<usize> {
        if let Some(number) = self.zones.iter().position(is) {
            return Some(number);
        }
        if self.zones.len() == MOST_ZONES {
            return None;
        }
        if self.zones.len() == 1 {
            self.numbers = vec![0; self.counts.len()];
        }
        self.zones.push(make());
        Some(self.zones.len() - 1)
    }

    /// Counts in a finer unit; false, and nothing changes, if the counts would not fit.
    fn refine(&mut self, unit: Unit) -> bool {
        if unit == self.unit {
            return true;
        }
        let factor = self.unit.nanos() / unit.nanos();
        let most = i64::MAX / factor;
        let fit = self.counts.iter().all(|count| (-most..=most).contains(count));
        if fit {
            self.counts.iter_mut().for_each(|count| *count *= factor);
            self.unit = unit;
        }
        fit
    }

    /// Adds the values of another array, or gives it back if they have no place.
    pub(crate) fn append(&mut self, mut other: TemporalArray) -> Result<(), TemporalArray> {
        let unit = self.unit.min(other.unit);
        if self.of_type != other.of_type || !self.refine(unit) || !other.refine(unit) {
            return Err(other);
        }
        let mut numbers = Vec::with_capacity(other.zones.len());
        for zone in &other.zones {
            match self.number(|own| own == zone, || zone.clone()) {
                Some(number) => numbers.push(number as u8),
                None => return Err(other),
            }
        }
        if self.zones.len() > 1 {
            let of = |slot: usize| numbers[usize::from(other.key(slot).1)];
            self.numbers.extend((0..other.len()).map(of));
        }
        self.counts.extend_from_slice(&other.counts);
        Ok(())
    }

    /// Keeps the values at these places, in this order.
    pub(crate) fn pick(&mut self, places: &[usize]) {
        self.counts = places.iter().map(|at| self.counts[*at]).collect();
        if !self.numbers.is_empty() {
            self.numbers = places.iter().map(|at| self.numbers[*at]).collect();
        }
    }

    /// What slots hold that nobody reads: one of the values, so that every slot has a value of the type, and the bounds
    /// stay close.
    pub(super) fn filler(&self) -> (i64, u8) {
        if self.counts.is_empty() { (0, 0) } else { self.key(0) }
    }

    /// Other values in the same unit with the same zones.
    pub(super) fn with(&self, counts: Vec<i64>, numbers: Vec<u8>) -> TemporalArray {
        TemporalArray { of_type: self.of_type, unit: self.unit, counts, zones: self.zones.clone(), numbers }
    }

    /// Numbers the zones in their order.
    pub(super) fn with_sorted_zones(mut self) -> TemporalArray {
        if self.zones.is_sorted() {
            return self;
        }
        let mut sorted = self.zones.clone();
        sorted.sort();
        let rank = |zone: &OffsetAndZone| sorted.partition_point(|other| other < zone) as u8;
        let ranks: Vec<u8> = self.zones.iter().map(rank).collect();
        self.numbers.iter_mut().for_each(|number| *number = ranks[usize::from(*number)]);
        self.zones = sorted;
        self
    }

    pub(crate) fn of_type(&self) -> TemporalType {
        self.of_type
    }

    pub(crate) fn unit(&self) -> Unit {
        self.unit
    }

    pub(crate) fn zones(&self) -> &[OffsetAndZone] {
        &self.zones
    }

    /// An array of parts that were kept apart; what does not hold if they do not fit together.
    pub(crate) fn from_parts(
        of_type: TemporalType,
        unit: Unit,
        counts: Vec<i64>,
        zones: Vec<OffsetAndZone>,
        numbers: Vec<u8>,
    ) -> Result<TemporalArray, &'static str> {
        let array = TemporalArray { of_type, unit, counts, zones, numbers };
        array.check().map(|()| array)
    }

    fn check(&self) -> Result<(), &'static str> {
        let holds = |statement: bool, what: &'static str| if statement { Ok(()) } else { Err(what) };
        let zones = self.zones.len();
        holds(self.of_type != TemporalType::Date || self.unit == Unit::Day, "dates are not counted in days")?;
        holds(self.of_type.has_offset() || zones == 0, "values without an offset have one")?;
        holds(!self.of_type.has_offset() || zones > 0 || self.counts.is_empty(), "values have no offset")?;
        holds(zones <= MOST_ZONES && self.zones.is_sorted_by(|a, b| a < b), "the offsets are not in order")?;
        let most = TimeZone::MAX_OFFSET;
        holds(self.zones.iter().all(|(offset, _)| (-most..=most).contains(offset)), "an offset is out of range")?;
        let named = self.zones.iter().any(|(_, name)| name.is_some());
        holds(self.of_type == TemporalType::DateTime || !named, "a time of day has a zone")?;
        holds(self.numbers.len() == if zones > 1 { self.len() } else { 0 }, "not every value has an offset")?;
        holds(self.numbers.iter().all(|number| usize::from(*number) < zones), "an offset is unknown")?;
        let ranges: Vec<(i64, i64)> = (0..zones.max(1)).map(|zone| self.range(zone)).collect();
        let within = |(least, most): (i64, i64), count: &i64| (least..=most).contains(count);
        let in_range = match self.numbers.is_empty() {
            true => self.counts.iter().all(|count| within(ranges[0], count)),
            false => {
                self.counts.iter().zip(&self.numbers).all(|(count, zone)| within(ranges[usize::from(*zone)], count))
            }
        };
        holds(in_range, "a date or time is out of range")
    }

    /// The least and the greatest count of values that the type has at an offset.
    fn range(&self, zone: usize) -> (i64, i64) {
        let offset = self.zones.get(zone).map_or(0, |(offset, _)| i128::from(*offset) * i128::from(NANOS_PER_SECOND));
        let (first, last) = match self.of_type {
            TemporalType::LocalTime | TemporalType::Time => (0, 0),
            TemporalType::Date | TemporalType::LocalDateTime | TemporalType::DateTime => {
                (Date::MIN.days, Date::MAX.days)
            }
        };
        let nanos = |days: i64| i128::from(days) * i128::from(NANOS_PER_DAY) - offset;
        let unit = i128::from(self.unit.nanos());
        let least = (nanos(first) + unit - 1).div_euclid(unit);
        let most = (nanos(last + 1) - 1).div_euclid(unit);
        let clamped = |count: i128| count.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        (clamped(least), clamped(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::temporal::laws::temporal_value;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Vec<Value>> {
        let of_type = prop::sample::select(TemporalType::ALL.to_vec());
        of_type.prop_flat_map(|of_type| prop::collection::vec(temporal_value(of_type), 1..12))
    }

    /// The values as far as they have a place, and the array.
    fn filled(values: &[Value]) -> (Vec<Value>, TemporalArray) {
        let mut array = TemporalArray::new(TemporalType::of(&values[0]).expect("they are dates or times"));
        let kept = values.iter().filter(|value| array.push(value)).cloned().collect();
        (kept, array.with_sorted_zones())
    }

    fn holds(array: &TemporalArray, values: &[Value]) -> Result<(), TestCaseError> {
        prop_assert_eq!(array.len(), values.len());
        for (slot, value) in values.iter().enumerate() {
            prop_assert_eq!(format!("{:?}", array.value(slot)), format!("{value:?}"));
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn values_come_back(values in values(), places in prop::collection::vec(0..12_usize, 0..12)) {
            let (values, mut array) = filled(&values);
            holds(&array, &values)?;
            let TemporalArray { of_type, unit, counts, zones, numbers } = array.clone();
            prop_assert_eq!(TemporalArray::from_parts(of_type, unit, counts, zones, numbers), Ok(array.clone()));
            let places = places.into_iter().map(|place| place % values.len().max(1));
            let places: Vec<usize> = places.filter(|place| *place < values.len()).collect();
            array.pick(&places);
            holds(&array, &places.iter().map(|place| values[*place].clone()).collect::<Vec<_>>())?;
        }

        #[test]
        fn arrays_are_appended(first in values(), second in values()) {
            let ((first, mut array), (second, other)) = (filled(&first), filled(&second));
            let all: Vec<Value> = first.iter().chain(&second).cloned().collect();
            match array.append(other) {
                Ok(()) => holds(&array.with_sorted_zones(), &all)?,
                Err(other) => {
                    holds(&array, &first)?;
                    holds(&other, &second)?;
                    let have_a_place = filled(&all).0.len() == all.len();
                    // An array without values has a type all the same.
                    let some = !first.is_empty() && !second.is_empty();
                    prop_assert!(!some || !have_a_place, "one by one they had a place");
                }
            }
        }

        /// Keys are equal, and in order, as the values are; any other value has its place among them.
        #[test]
        fn keys_order_values(values in values(), others in values()) {
            let (values, array) = filled(&values);
            let keys: Vec<(i64, u8)> = (0..values.len()).map(|slot| array.key(slot)).collect();
            for (value, key) in values.iter().zip(&keys) {
                prop_assert_eq!(array.key_of(value), Some(*key));
                for (other, other_key) in values.iter().zip(&keys) {
                    prop_assert_eq!(value.compare(other), Some(key.cmp(other_key)));
                    prop_assert_eq!(value.equals(other), Some(key == other_key));
                }
                for other in values.iter().chain(&others) {
                    match array.floor(usize::from(key.1), other) {
                        None => prop_assert_eq!(value.compare(other), None),
                        Some((floor, is_there)) => {
                            let order = i128::from(key.0).cmp(&floor);
                            let order = if is_there { order } else { order.then(std::cmp::Ordering::Less) };
                            prop_assert_eq!(value.compare(other), Some(order), "{:?} {:?}", value, other);
                        }
                    }
                }
            }
        }
    }

    fn array(texts: &[&str]) -> TemporalArray {
        let values = texts.iter().map(|text| Value::from(DateTime::parse(text, &TimeZone::UTC).expect("it is one")));
        let mut values = values.collect::<Vec<_>>().into_iter();
        let mut array = values.next().and_then(|value| TemporalArray::starting_with(&value)).expect("it has a place");
        values.for_each(|value| assert!(array.push(&value)));
        array
    }

    #[test]
    fn the_unit_is_the_coarsest_that_is_exact() {
        assert_eq!(array(&["2020-01-01T00:00Z", "-9999-01-01T00:00Z"]).unit, Unit::Day);
        assert_eq!(array(&["2020-01-01T00:00Z", "2020-01-01T00:00+01:00"]).unit, Unit::Second);
        assert_eq!(array(&["2020-01-01T00:00Z", "2020-01-01T00:00:00.001Z"]).unit, Unit::Millisecond);
        let mut array = array(&["2020-01-01T00:00:00.000000001Z"]);
        let far = DateTime::parse("2300-01-01T00:00Z", &TimeZone::UTC).expect("it is one");
        assert!(!array.push(&far.into()), "nanoseconds reach the year 2262");
    }

    #[test]
    fn a_byte_numbers_the_zones() {
        let time = |offset: i32| Value::Time(Time { local: LocalTime::MIDNIGHT, offset });
        let mut array = TemporalArray::new(TemporalType::Time);
        assert!((0..256).all(|offset| array.push(&time(offset))));
        assert!(!array.push(&time(256)) && array.push(&time(7)));
        assert_eq!(format!("{:?}", array.value(256)), format!("{:?}", time(7)));
    }
}
