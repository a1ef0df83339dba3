//! Arithmetic on durations. Fractions cascade downwards only: half a month becomes days, half a day becomes
//! seconds, by the average lengths of the Gregorian calendar; nothing is carried upwards.

use std::cmp::Ordering;

use super::{Duration, NANOS_PER_SECOND, Result, SECONDS_PER_DAY, invalid, overflow, shortened};

/// The 400-year cycle has 4800 months and 146,097 days.
const SECONDS_PER_MONTH: i64 = 146_097 * SECONDS_PER_DAY / 4800;

impl Duration {
    /// Fails if a part does not fit 64 bits.
    pub(crate) fn from_parts(months: i128, days: i128, nanos: i128) -> Result<Duration> {
        let part = |name: &str, value: i128| {
            i64::try_from(value).map_err(|_| overflow(format!("the {name} of a duration do not fit 64 bits")))
        };
        let second = i128::from(NANOS_PER_SECOND);
        Ok(Duration {
            months: part("months", months)?,
            days: part("days", days)?,
            seconds: part("seconds", nanos.div_euclid(second))?,
            nanos: nanos.rem_euclid(second) as i32,
        })
    }

    /// The part counted in seconds, in nanoseconds.
    pub(crate) fn nanos_of_seconds(&self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOS_PER_SECOND) + i128::from(self.nanos)
    }

    /// The whole days among the seconds, rounded towards zero.
    pub(super) fn whole_days_of_seconds(&self) -> i64 {
        (self.nanos_of_seconds() / i128::from(super::NANOS_PER_DAY)) as i64
    }

    pub fn plus(&self, other: &Duration) -> Result<Duration> {
        Duration::from_parts(
            i128::from(self.months) + i128::from(other.months),
            i128::from(self.days) + i128::from(other.days),
            self.nanos_of_seconds() + other.nanos_of_seconds(),
        )
    }

    pub fn negated(&self) -> Result<Duration> {
        Duration::from_parts(-i128::from(self.months), -i128::from(self.days), -self.nanos_of_seconds())
    }

    /// Each part times the factor.
    pub(crate) fn times(&self, factor: Factor) -> Result<Duration> {
        if *self == Duration::default() {
            return Ok(*self);
        }
        let scaled = |part: i64| i128::from(part).checked_mul(factor.numerator).ok_or_else(too_large);
        cascade(
            scaled(self.months)?,
            scaled(self.days)?,
            scaled(self.seconds)?,
            scaled(self.nanos.into())?,
            factor.denominator,
        )
    }

    fn average_seconds(&self) -> i128 {
        let (months, days, seconds) = (i128::from(self.months), i128::from(self.days), i128::from(self.seconds));
        months * i128::from(SECONDS_PER_MONTH) + days * i128::from(SECONDS_PER_DAY) + seconds
    }
}

/// By average length; durations of the same length (a day, 24 hours) by their parts, so that the order is total.
impl Ord for Duration {
    fn cmp(&self, other: &Duration) -> Ordering {
        let key = |d: &Duration| (d.average_seconds(), d.nanos, d.months, d.days);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Duration {
    fn partial_cmp(&self, other: &Duration) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn too_large() -> crate::diagnostic::Diagnostic {
    overflow("a part of the duration does not fit 64 bits")
}

/// The duration whose parts are given as numerators over one denominator. Exact down to the nanosecond.
fn cascade(months: i128, days: i128, seconds: i128, nanos: i128, denominator: i128) -> Result<Duration> {
    let day = denominator.checked_mul(SECONDS_PER_DAY.into()).ok_or_else(too_large)?;
    // Remainders of months and days, in seconds over the denominator.
    let rest =
        (months % denominator) * i128::from(SECONDS_PER_MONTH) + (days % denominator) * i128::from(SECONDS_PER_DAY);
    let (days, rest) = same_sign(days / denominator + rest / day, rest % day, day);
    let rest = rest + seconds % denominator;
    // What is left of a second is below the denominator, so that its nanoseconds fit 128 bits.
    let nanos = (rest % denominator * i128::from(NANOS_PER_SECOND)).checked_add(nanos).ok_or_else(too_large)?;
    let whole = (seconds / denominator + rest / denominator).checked_mul(NANOS_PER_SECOND.into());
    let nanos = whole.and_then(|whole| whole.checked_add(nanos / denominator)).ok_or_else(too_large)?;
    Duration::from_parts(months / denominator, days, nanos)
}

/// `whole` units and a `rest` of less than a unit, so that both have the same sign.
fn same_sign(whole: i128, rest: i128, unit: i128) -> (i128, i128) {
    if whole > 0 && rest < 0 {
        (whole - 1, rest + unit)
    } else if whole < 0 && rest > 0 {
        (whole + 1, rest - unit)
    } else {
        (whole, rest)
    }
}

/// Sums up the amounts of units, which may have fractions, to a duration.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Amounts {
    // In units of 1 / Amounts::ONE.
    months: i128,
    days: i128,
    seconds: i128,
    nanos: i128,
}

impl Amounts {
    const DECIMALS: u32 = 18;
    const ONE: i128 = 10_i128.pow(Amounts::DECIMALS);

    /// The units by their names in the plural.
    pub(crate) const UNITS: &[&str] = &[
        "years",
        "quarters",
        "months",
        "weeks",
        "days",
        "hours",
        "minutes",
        "seconds",
        "milliseconds",
        "microseconds",
        "nanoseconds",
    ];

    /// Adds an amount written as a decimal number (`12`, `-1.5`, `0,75`) of one of the [`Amounts::UNITS`].
    /// Digits after the eighteenth decimal are below a nanosecond of any unit and are dropped.
    pub(crate) fn add(&mut self, unit: &str, amount: &str) -> Result<()> {
        let number = decimal(amount, Amounts::DECIMALS).ok_or_else(|| {
            invalid(format!("`{}` {unit} is not a number that a duration can hold", shortened(amount)))
        })?;
        self.add_scaled(unit, number).ok_or_else(too_large)
    }

    fn add_scaled(&mut self, unit: &str, number: i128) -> Option<()> {
        let (part, factor) = match unit {
            "years" => (&mut self.months, 12),
            "quarters" => (&mut self.months, 3),
            "months" => (&mut self.months, 1),
            "weeks" => (&mut self.days, 7),
            "days" => (&mut self.days, 1),
            "hours" => (&mut self.seconds, 3600),
            "minutes" => (&mut self.seconds, 60),
            "seconds" => (&mut self.seconds, 1),
            "milliseconds" => return self.add_fractions(number, 1000),
            "microseconds" => return self.add_fractions(number, 1_000_000),
            "nanoseconds" => return self.add_fractions(number, 1_000_000_000),
            _ => return None,
        };
        *part = part.checked_add(number.checked_mul(factor)?)?;
        Some(())
    }

    /// Adds a number of parts of a second.
    fn add_fractions(&mut self, number: i128, per_second: i128) -> Option<()> {
        self.seconds = self.seconds.checked_add(number / per_second)?;
        self.nanos = self.nanos.checked_add((number % per_second) * (i128::from(NANOS_PER_SECOND) / per_second))?;
        Some(())
    }

    pub(crate) fn duration(self) -> Result<Duration> {
        cascade(self.months, self.days, self.seconds, self.nanos, Amounts::ONE)
    }
}

/// A decimal number in units of 10^-decimals; further digits are dropped. `None` if it is not a number or too large.
fn decimal(text: &str, decimals: u32) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let fraction = fraction.bytes().chain(std::iter::repeat(b'0')).take(decimals as usize);
    let mut number: i128 = 0;
    for digit in whole.bytes().chain(fraction) {
        number = number.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    Some(if negative { -number } else { number })
}

/// A number to multiply a duration with, as an exact fraction; the denominator is positive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factor {
    numerator: i128,
    denominator: i128,
}

impl Factor {
    /// Keeps the products in [`cascade`] within 128 bits.
    const MAX_DENOMINATOR: i128 = 10_i128.pow(28);

    pub(crate) fn from_integer(number: i64) -> Factor {
        Factor { numerator: number.into(), denominator: 1 }
    }

    /// The number as it is written in decimal: 0.1 is a tenth. `None` if it is not finite or beyond 10^37.
    pub(crate) fn from_float(number: f64) -> Option<Factor> {
        // Rust prints the shortest decimal that reads back as the same float, never with an exponent.
        let text = number.to_string();
        let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len().min(28));
        let numerator = decimal(&text, decimals as u32)?;
        Some(Factor { numerator, denominator: 10_i128.pow(decimals as u32) })
    }

    /// One divided by the number; `None` if it is zero.
    pub(crate) fn inverse(self) -> Option<Factor> {
        if self.numerator == 0 {
            return None;
        }
        let (mut numerator, mut denominator) = (self.denominator * self.numerator.signum(), self.numerator.abs());
        // Far below a nanosecond: what is dropped here could only matter to durations of many billion years.
        while denominator > Factor::MAX_DENOMINATOR {
            denominator /= 10;
            numerator /= 10;
        }
        Some(Factor { numerator, denominator })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duration(amounts: &[(&str, &str)]) -> String {
        let mut sum = Amounts::default();
        for (unit, amount) in amounts {
            sum.add(unit, amount).unwrap();
        }
        sum.duration().unwrap().to_string()
    }

    fn times(text: &str, factor: f64) -> String {
        let factor = Factor::from_float(factor).unwrap();
        Duration::parse(text).unwrap().times(factor).unwrap().to_string()
    }

    #[test]
    fn fractions_cascade_downwards() {
        assert_eq!(duration(&[("months", "0.75")]), "P22DT19H51M49.5S");
        assert_eq!(duration(&[("weeks", "2.5")]), "P17DT12H");
        assert_eq!(duration(&[("seconds", "70"), ("milliseconds", "1")]), "PT1M10.001S");
        assert_eq!(duration(&[("days", "5"), ("days", "-0.25")]), "P4DT18H");
        assert_eq!(duration(&[("microseconds", "-1.5")]), "PT-0.0000015S");
        assert_eq!(duration(&[("nanoseconds", "0.9")]), "PT0S");
    }

    #[test]
    fn factors_are_exact() {
        assert_eq!(times("PT1.5S", 0.1), "PT0.15S");
        assert_eq!(times("P1M", 1e-40), "PT0S");
        let third = Factor::from_integer(3).inverse().unwrap();
        assert_eq!(Duration::parse("P1M").unwrap().times(third).unwrap().to_string(), "P10DT3H29M42S");
        assert_eq!(Duration::parse("PT1.5S").unwrap().times(third).unwrap().to_string(), "PT0.5S");
        assert!(Factor::from_float(0.0).unwrap().inverse().is_none());
        assert!(Factor::from_float(f64::NAN).is_none());
        assert!(Factor::from_float(1e300).is_none());
        let tiny = Factor::from_float(1e36).unwrap().inverse().unwrap();
        assert_eq!(Duration::parse("P12Y").unwrap().times(tiny).unwrap().to_string(), "PT0S");
    }

    #[test]
    fn parts_that_do_not_fit_are_errors() {
        let mut sum = Amounts::default();
        assert!(sum.add("years", "9223372036854775807").and_then(|()| sum.duration()).is_err());
        assert!(Amounts::default().add("hours", "99999999999999999999999999").is_err());
        let longest = Duration { months: i64::MIN, ..Duration::default() };
        assert!(longest.negated().is_err());
        assert!(longest.plus(&longest).is_err());
        assert!(longest.times(Factor::from_integer(i64::MAX)).is_err());
    }

    #[test]
    fn order_is_by_average_length() {
        let sorted = ["P-1D", "PT0S", "PT23H", "PT24H", "P1D", "P30D", "P1M", "P31D", "P1Y"];
        let sorted = sorted.map(|text| Duration::parse(text).unwrap());
        assert!(sorted.is_sorted());
        assert!(sorted[3] != sorted[4]);
    }
}
