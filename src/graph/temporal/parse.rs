//! Reading ISO 8601 text.
//!
//! Each reader takes the whole text or fails; the error says what was read as what, what is wrong with it, and
//! which forms there are. Text of the right form whose value does not exist (`2015-02-30`) gets the reason.

use crate::diagnostic::Diagnostic;

use super::{
    Amounts, Date, DateTime, Duration, LocalDateTime, LocalTime, Result, Time, Zone, invalid, shortened, within,
};

const DATE_FORMS: &str = "a date is written 2015-07-21, 2015-07, 2015, 2015-W30-2 (week), 2015-Q3-21 (quarter) or \
                          2015-202 (day of the year), with or without the dashes";
const TIME_FORMS: &str = "a time of day is written 21:40:32.142, 21:40:32, 21:40 or 21, with or without the colons";
const TIME_ZONE_FORMS: &str = "a time with zone is written 21:40:32.142+01:00, 21:40Z or 21:40-0130";
const DATE_TIME_FORMS: &str = "a date and time are joined by T, as in 2015-07-21T21:40:32.142";
const ZONED_FORMS: &str = "write the date, T, the time, and a zone: 2015-07-21T21:40:32+01:00, 2015-07-21T21:40Z or \
                           2015-07-21T21:40[Europe/Stockholm]";
const DURATION_FORMS: &str = "a duration is written P1Y2M10DT2H30M1.5S (any parts may be missing), P2.5W or \
                              P2012-02-02T14:37:21";

impl Date {
    pub fn parse(text: &str) -> Result<Date> {
        read(text, "Date", DATE_FORMS, date)
    }
}

impl LocalTime {
    pub fn parse(text: &str) -> Result<LocalTime> {
        read(text, "LocalTime", TIME_FORMS, |text| time(text.strip_prefix('T').unwrap_or(text)))
    }
}

impl Time {
    /// A text without offset gets the default.
    pub fn parse(text: &str, default_offset: i32) -> Result<Time> {
        read(text, "Time", TIME_ZONE_FORMS, |text| {
            let (clock, zone) = split_zone(text.strip_prefix('T').unwrap_or(text))?;
            if zone.name.is_some() {
                return Err(
                    invalid("the offset of a named zone depends on the date, which a Time does not have").into()
                );
            }
            Ok(Time { local: time(clock)?, offset: zone.offset.unwrap_or(default_offset) })
        })
    }
}

impl LocalDateTime {
    pub fn parse(text: &str) -> Result<LocalDateTime> {
        read(text, "LocalDateTime", DATE_TIME_FORMS, |text| match text.split_once('T') {
            Some((day, clock)) => Ok(LocalDateTime { date: date(day)?, time: time(clock)? }),
            None => Ok(LocalDateTime { date: date(text)?, time: LocalTime::MIDNIGHT }),
        })
    }
}

impl DateTime {
    /// A text without offset or zone gets the default.
    pub fn parse(text: &str, default: &Zone) -> Result<DateTime> {
        read(text, "DateTime", ZONED_FORMS, |text| {
            let (day, rest) = text.split_once('T').unwrap_or((text, "00"));
            let (clock, zone) = split_zone(rest)?;
            let local = LocalDateTime { date: date(day)?, time: time(clock)? };
            match zone {
                ZoneText { offset: None, name: None } => Ok(default.resolve(local, None)?),
                ZoneText { offset: Some(offset), name: None } => Ok(Zone::Offset(offset).resolve(local, None)?),
                ZoneText { offset, name: Some(name) } => Ok(in_named_zone(local, offset, name)?),
            }
        })
    }
}

fn in_named_zone(local: LocalDateTime, offset: Option<i32>, name: &str) -> Result<DateTime> {
    let zone = Zone::parse(name)?;
    match offset {
        Some(offset) if !zone.allows(local, offset)? => {
            let offset = super::format::Offset(offset);
            Err(invalid(format!("the offset {offset} does not occur in {name} at {local}")))
        }
        _ => zone.resolve(local, offset),
    }
}

impl Duration {
    pub fn parse(text: &str) -> Result<Duration> {
        read(text, "Duration", DURATION_FORMS, |text| {
            let (negative, body) = match text.strip_prefix('-') {
                Some(rest) => (true, rest),
                None => (false, text.strip_prefix('+').unwrap_or(text)),
            };
            let body = body.strip_prefix('P').ok_or(Failure::Form)?;
            let duration = match calendar_duration(body) {
                Err(Failure::Form) => unit_duration(body)?,
                decided => decided?,
            };
            Ok(if negative { duration.negated()? } else { duration })
        })
    }
}

/// Why a text was not read.
enum Failure {
    /// It does not have the form.
    Form,
    /// It has the form, but the value does not exist.
    Value(Box<Diagnostic>),
}

impl From<Diagnostic> for Failure {
    fn from(error: Diagnostic) -> Failure {
        Failure::Value(Box::new(error))
    }
}

type Read<T> = std::result::Result<T, Failure>;

/// Applies a reader to the whole text and says what went wrong.
fn read<T>(text: &str, what: &str, forms: &str, reader: impl Fn(&str) -> Read<T>) -> Result<T> {
    reader(text).map_err(|failure| {
        let shown = shortened(text);
        match failure {
            Failure::Form => invalid(format!("cannot read '{shown}' as a {what}")).help(forms),
            Failure::Value(error) => {
                Diagnostic { message: format!("cannot read '{shown}' as a {what}: {}", error.message), ..*error }
            }
        }
    })
}

/// Exactly `count` digits.
fn digits(text: &str, count: usize) -> Read<i64> {
    if text.len() == count && text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().map_err(|_| Failure::Form)
    } else {
        Err(Failure::Form)
    }
}

/// Splits after `at` bytes, if the text is that long.
fn split(text: &str, at: usize) -> Read<(&str, &str)> {
    text.split_at_checked(at).ok_or(Failure::Form)
}

fn date(text: &str) -> Read<Date> {
    let (year, signed, rest) = year(text)?;
    let date = match rest.strip_prefix('-') {
        Some(rest) => dashed_date(year, rest)?,
        None if signed && rest.starts_with(|c: char| c.is_ascii_digit()) => return Err(Failure::Form),
        None => compact_date(year, rest)?,
    };
    Ok(date)
}

/// Four digits; or a sign and up to nine, so that the year must be set off from what follows.
fn year(text: &str) -> Read<(i64, bool, &str)> {
    let Some(unsigned) = text.strip_prefix(['+', '-']) else {
        let (year, rest) = split(text, 4)?;
        return Ok((digits(year, 4)?, false, rest));
    };
    let length = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    if length == 0 {
        return Err(Failure::Form);
    }
    let (year, rest) = split(unsigned, length)?;
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let year = year
        .parse::<i64>()
        .map_err(|_| invalid(format!("the year must be between {} and {}", Date::MIN_YEAR, Date::MAX_YEAR)))?;
    Ok((sign * year, true, rest))
}

/// What follows a year and a dash: `MM-DD`, `MM`, `DDD`, `Www-D`, `Www`, `Qq-DD` or `Qq`.
fn dashed_date(year: i64, text: &str) -> Read<Date> {
    let (head, tail) = match text.split_once('-') {
        Some((head, tail)) => (head, Some(tail)),
        None => (text, None),
    };
    if let Some(week) = head.strip_prefix('W') {
        let weekday = tail.map_or(Ok(1), |day| digits(day, 1))?;
        return Ok(Date::from_week(year, digits(week, 2)?, weekday)?);
    }
    if let Some(quarter) = head.strip_prefix('Q') {
        let day = tail.map_or(Ok(1), |day| digits(day, 2))?;
        return Ok(Date::from_quarter(year, digits(quarter, 1)?, day)?);
    }
    if tail.is_none() && head.len() == 3 {
        return Ok(Date::from_ordinal(year, digits(head, 3)?)?);
    }
    let day = tail.map_or(Ok(1), |day| digits(day, 2))?;
    Ok(Date::new(year, digits(head, 2)?, day)?)
}

/// What follows a year without a dash: nothing, `MMDD`, `MM`, `DDD`, `WwwD`, `Www`, `QqDD` or `Qq`.
fn compact_date(year: i64, text: &str) -> Read<Date> {
    if text.is_empty() {
        return Ok(Date::new(year, 1, 1)?);
    }
    if let Some(rest) = text.strip_prefix('W') {
        let (week, day) = split(rest, 2)?;
        let weekday = if day.is_empty() { 1 } else { digits(day, 1)? };
        return Ok(Date::from_week(year, digits(week, 2)?, weekday)?);
    }
    if let Some(rest) = text.strip_prefix('Q') {
        let (quarter, day) = split(rest, 1)?;
        let day = if day.is_empty() { 1 } else { digits(day, 2)? };
        return Ok(Date::from_quarter(year, digits(quarter, 1)?, day)?);
    }
    if text.len() == 3 {
        return Ok(Date::from_ordinal(year, digits(text, 3)?)?);
    }
    let (month, day) = split(text, 2)?;
    let day = if day.is_empty() { 1 } else { digits(day, 2)? };
    Ok(Date::new(year, digits(month, 2)?, day)?)
}

fn time(text: &str) -> Read<LocalTime> {
    let [hour, minute, second, nanos] = clock(text)?;
    Ok(LocalTime::new(hour, minute, second, nanos)?)
}

/// `HH`, `HH:MM`, `HH:MM:SS`, `HH:MM:SS.fraction`, or the same without colons.
fn clock(text: &str) -> Read<[i64; 4]> {
    let (whole, fraction) = match text.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let colons = whole.contains(':');
    let mut parts = [0; 3];
    let mut count = 0;
    let mut rest = whole;
    loop {
        let (part, tail) = split(rest, 2)?;
        *parts.get_mut(count).ok_or(Failure::Form)? = digits(part, 2)?;
        count += 1;
        match tail {
            "" => break,
            _ if colons => rest = tail.strip_prefix(':').ok_or(Failure::Form)?,
            _ => rest = tail,
        }
    }
    let nanos = match fraction {
        None => 0,
        Some(_) if count < 3 => return Err(Failure::Form),
        Some(fraction) => nanos_of(fraction)?,
    };
    let [hour, minute, second] = parts;
    Ok([hour, minute, second, nanos])
}

/// The nanoseconds that the digits after the decimal point mean.
fn nanos_of(fraction: &str) -> Read<i64> {
    if fraction.len() > 9 {
        return Err(invalid("times are exact to the nanosecond: at most nine digits can follow the point").into());
    }
    Ok(digits(fraction, fraction.len().max(1))? * 10_i64.pow(9 - fraction.len() as u32))
}

/// The zone at the end of a text.
struct ZoneText<'a> {
    offset: Option<i32>,
    name: Option<&'a str>,
}

/// Splits a time of day from the `Z`, `+01:00` or `[Europe/Stockholm]` behind it.
fn split_zone(text: &str) -> Read<(&str, ZoneText<'_>)> {
    let (text, name) = match text.split_once('[') {
        Some((text, name)) => (text, Some(name.strip_suffix(']').ok_or(Failure::Form)?)),
        None => (text, None),
    };
    let at = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, offset) = split(text, at)?;
    let offset = if offset.is_empty() { None } else { Some(offset_seconds(offset)?) };
    Ok((clock, ZoneText { offset, name }))
}

/// Reads `Z`, `+01`, `+0100`, `+01:00`, `+02:05:59` or `+020559` as seconds east of UTC.
pub(super) fn parse_offset(text: &str) -> Result<i32> {
    read(text, "time zone", "an offset is written Z, +01:00, -0130, +01 or +02:05:59", offset_seconds)
}

fn offset_seconds(text: &str) -> Read<i32> {
    if text == "Z" {
        return Ok(0);
    }
    let unsigned = text.strip_prefix(['+', '-']).ok_or(Failure::Form)?;
    if unsigned.contains(['.', ',']) {
        return Err(Failure::Form);
    }
    let [hours, minutes, seconds, _] = clock(unsigned)?;
    within("minutes of an offset", minutes, 0, 59)?;
    within("seconds of an offset", seconds, 0, 59)?;
    let total = (hours * 60 + minutes) * 60 + seconds;
    if total > i64::from(Zone::MAX_OFFSET) {
        return Err(invalid(format!("the offset {text} is more than 18 hours")).into());
    }
    Ok(if text.starts_with('-') { -total as i32 } else { total as i32 })
}

/// `nYnMnWnDTnHnMnS`: in this order, each at most once, at least one.
fn unit_duration(text: &str) -> Read<Duration> {
    let (days, clock) = match text.split_once('T') {
        Some((_, "")) => return Err(Failure::Form),
        Some((days, clock)) => (days, clock),
        None if text.is_empty() => return Err(Failure::Form),
        None => (text, ""),
    };
    let mut amounts = Amounts::default();
    add_units(&mut amounts, days, &[('Y', "years"), ('M', "months"), ('W', "weeks"), ('D', "days")])?;
    add_units(&mut amounts, clock, &[('H', "hours"), ('M', "minutes"), ('S', "seconds")])?;
    Ok(amounts.duration()?)
}

fn add_units(amounts: &mut Amounts, mut text: &str, mut units: &[(char, &str)]) -> Read<()> {
    while !text.is_empty() {
        let end = text.find(|c: char| c.is_ascii_alphabetic()).ok_or(Failure::Form)?;
        let (number, rest) = split(text, end)?;
        let place = units.iter().position(|(letter, _)| rest.starts_with(*letter)).ok_or(Failure::Form)?;
        if !number.ends_with(|c: char| c.is_ascii_digit()) {
            return Err(Failure::Form);
        }
        amounts.add(units[place].1, number)?;
        units = &units[place + 1..];
        text = &rest[1..];
    }
    Ok(())
}

/// `YYYY-MM-DDThh:mm:ss` or `YYYYMMDDThhmmss` as amounts: parts may be zero, but not reach the next larger unit.
fn calendar_duration(text: &str) -> Read<Duration> {
    let (day, time) = text.split_once('T').unwrap_or((text, "00"));
    let bytes = day.as_bytes();
    let (year, month, day) = match (bytes.len(), bytes.get(4), bytes.get(7)) {
        (10, Some(b'-'), Some(b'-')) => (day.get(..4), day.get(5..7), day.get(8..)),
        (8, Some(_), Some(_)) => (day.get(..4), day.get(4..6), day.get(6..)),
        _ => return Err(Failure::Form),
    };
    let part = |text: Option<&str>, count| digits(text.ok_or(Failure::Form)?, count);
    let (years, months, days) = (part(year, 4)?, part(month, 2)?, part(day, 2)?);
    let [hours, minutes, seconds, nanos] = clock(time)?;
    within("months", months, 0, 12)?;
    within("days", days, 0, 31)?;
    let time = LocalTime::new(hours, minutes, seconds, nanos)?;
    Ok(Duration::from_parts(i128::from(years * 12 + months), days.into(), time.nanos.into())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let forms = [
            "2015-07-21",
            "20150721",
            "2015-W30-2",
            "2015W302",
            "2015-202",
            "2015202",
            "2015-Q3-21",
            "2015Q321",
            "+2015-07-21",
            "+2015W302",
            "+002015-202",
        ];
        for form in forms {
            assert_eq!(Date::parse(form).unwrap().to_string(), "2015-07-21", "{form}");
        }
        for form in ["2015-07", "201507", "2015-Q3", "2015Q3"] {
            assert_eq!(Date::parse(form).unwrap().to_string(), "2015-07-01", "{form}");
        }
        assert_eq!(Date::parse("2015-W30").unwrap().to_string(), "2015-07-20");
        assert_eq!(Date::parse("2015").unwrap().to_string(), "2015-01-01");
        assert_eq!(Date::parse("-0001-02-03").unwrap().to_string(), "-0001-02-03");
    }

    #[test]
    fn not_dates() {
        let wrong = [
            "",
            "2",
            "215-01-01",
            "2015-",
            "2015-7-21",
            "2015-07-21T",
            "2015-07-21Z",
            "+20150721x",
            "2015-02-30",
            "2015-W54",
            "2015-366",
            "2015-Q5",
            "+9999999999",
            "+99999999999999999999",
            "２０１５",
            "2015-07-2é",
            "12345",
            "2015W30-2",
        ];
        for text in wrong {
            assert!(Date::parse(text).is_err(), "{text}");
        }
        let error = Date::parse("2015-02-30").unwrap_err();
        assert_eq!(error.message, "cannot read '2015-02-30' as a Date: 2015-02 has no day 30");
        assert!(Date::parse("yesterday").unwrap_err().help.unwrap().contains("2015-07-21"));
    }

    #[test]
    fn times() {
        let text = |text| Time::parse(text, 0).unwrap().to_string();
        assert_eq!(text("21:40:32.142+0100"), "21:40:32.142+01:00");
        assert_eq!(text("T214032,142Z"), "21:40:32.142Z");
        assert_eq!(text("2140-00:00"), "21:40Z");
        assert_eq!(text("22+18:00"), "22:00+18:00");
        assert_eq!(text("21"), "21:00Z");
        for wrong in ["24:00", "21:60", "2", "21:4", "21:4032", "21.5", "21+19", "21:40[Europe/London]", "21:40:32."] {
            assert!(Time::parse(wrong, 0).is_err(), "{wrong}");
        }
        assert!(LocalTime::parse("21:40Z").is_err());
        assert!(LocalTime::parse("21:40:32.1234567891").is_err());
    }

    #[test]
    fn date_times() {
        let text = |text| DateTime::parse(text, &Zone::UTC).unwrap().to_string();
        assert_eq!(text("2015-W30T2140-02"), "2015-07-20T21:40-02:00");
        assert_eq!(text("2015-07-21"), "2015-07-21T00:00Z");
        assert_eq!(text("2015-07-21T21:40[europe/london]"), "2015-07-21T21:40+01:00[Europe/London]");
        assert_eq!(text("1818-07-21T21:40[Europe/Stockholm]"), "1818-07-21T21:40+00:53:28[Europe/Stockholm]");
        assert_eq!(text("2017-10-29T02:30+01:00[Europe/Stockholm]"), "2017-10-29T02:30+01:00[Europe/Stockholm]");
        assert_eq!(text("2017-10-29T02:30[Europe/Stockholm]"), "2017-10-29T02:30+02:00[Europe/Stockholm]");
        assert_eq!(text("+123456-07-01T12[Europe/Stockholm]"), "+123456-07-01T12:00+02:00[Europe/Stockholm]");
        assert_eq!(text("-123456-07-01T12[Europe/Stockholm]"), "-123456-07-01T12:00+00:53:28[Europe/Stockholm]");
        let error = |text| DateTime::parse(text, &Zone::UTC).unwrap_err();
        assert!(error("2015-07-21T21:40+03:00[Europe/London]").message.contains("does not occur"));
        assert_eq!(error("2015-07-21T21:40[Europe/Lundon]").help.unwrap(), "did you mean `Europe/London`?");
        assert!(LocalDateTime::parse("2015-07-21T21:40Z").is_err());
    }

    #[test]
    fn durations() {
        let text = |text| Duration::parse(text).unwrap().to_string();
        assert_eq!(text("P14DT16H12M"), "P14DT16H12M");
        assert_eq!(text("P5M1.5D"), "P5M1DT12H");
        assert_eq!(text("P0.75M"), "P22DT19H51M49.5S");
        assert_eq!(text("PT0.75M"), "PT45S");
        assert_eq!(text("P2,5W"), "P17DT12H");
        assert_eq!(text("P12Y5M14DT16H12M70S"), "P12Y5M14DT16H13M10S");
        assert_eq!(text("P2012-02-02T14:37:21.545"), "P2012Y2M2DT14H37M21.545S");
        assert_eq!(text("P20120202T143721"), "P2012Y2M2DT14H37M21S");
        assert_eq!(text("P-1Y2MT-0.5S"), "P-10MT-0.5S");
        assert_eq!(text("-P1DT1S"), "P-1DT-1S");
        for wrong in ["", "P", "PT", "P1", "1D", "P1DT", "P1D1Y", "P1H", "PT1Y", "P1.D", "P.5D", "P1D1D", "P2012-13-01"]
        {
            assert!(Duration::parse(wrong).is_err(), "{wrong}");
        }
    }
}
