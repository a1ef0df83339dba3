//! Laws on random values of the full range.

use proptest::prelude::*;

use super::*;
use crate::graph::{TemporalType, Value};

const ZONES: &[&str] =
    &["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Monrovia", "UTC"];

fn date() -> impl Strategy<Value = Date> {
    let near = -1_000_000..1_000_000_i64;
    prop_oneof![Date::MIN.days..=Date::MAX.days, near].prop_map(|days| Date { days })
}

fn local_time() -> impl Strategy<Value = LocalTime> {
    let rounded = (0..86_400_i64).prop_map(|second| second * NANOS_PER_SECOND);
    prop_oneof![0..NANOS_PER_DAY, rounded].prop_map(|nanos| LocalTime { nanos })
}

fn offset() -> impl Strategy<Value = i32> {
    prop_oneof![-Zone::MAX_OFFSET..=Zone::MAX_OFFSET, (-72..=72_i32).prop_map(|quarter| quarter * 900)]
}

fn time() -> impl Strategy<Value = Time> {
    (local_time(), offset()).prop_map(|(local, offset)| Time { local, offset })
}

fn local_date_time() -> impl Strategy<Value = LocalDateTime> {
    (date(), local_time()).prop_map(|(date, time)| LocalDateTime { date, time })
}

fn zone() -> impl Strategy<Value = Zone> {
    let named = proptest::sample::select(ZONES).prop_map(|name| Zone::parse(name).unwrap());
    prop_oneof![offset().prop_map(Zone::Offset), named]
}

fn date_time() -> impl Strategy<Value = DateTime> {
    (local_date_time(), zone(), any::<bool>()).prop_filter_map("a moment of the range", |(local, zone, clock)| {
        if clock { zone.resolve(local, None).ok() } else { DateTime::from_epoch_nanos(local.nanos(), &zone).ok() }
    })
}

fn duration() -> impl Strategy<Value = Duration> {
    let part = || prop_oneof![any::<i64>(), -1000..1000_i64, Just(0)];
    let nanos = prop_oneof![0..1_000_000_000_i32, Just(0)];
    (part(), part(), part(), nanos).prop_map(|(months, days, seconds, nanos)| Duration { months, days, seconds, nanos })
}

/// Temporal values of all types.
pub(crate) fn any_temporal() -> impl Strategy<Value = Value> {
    prop_oneof![
        date().prop_map(Value::from),
        local_time().prop_map(Value::from),
        time().prop_map(Value::from),
        local_date_time().prop_map(Value::from),
        date_time().prop_map(Value::from),
        duration().prop_map(Value::from),
    ]
}

/// Dates or times of a type, mostly close together, so that some are equal and that units and zones repeat.
pub(crate) fn temporal_value(of_type: TemporalType) -> BoxedStrategy<Value> {
    let few_dates = (-2..3_i64).prop_map(|days| Date { days });
    let date = || prop_oneof![6 => few_dates.clone(), 1 => date()];
    let few_times =
        (0..3_i64, prop::sample::select(vec![0, 1, 1_000, 1_000_000, NANOS_PER_SECOND, 3600 * NANOS_PER_SECOND]))
            .prop_map(|(times, unit)| LocalTime { nanos: times * unit });
    let last = Just(LocalTime { nanos: NANOS_PER_DAY - 1 });
    let time = || prop_oneof![8 => few_times.clone(), 1 => local_time(), 1 => last];
    let local = || (date(), time()).prop_map(|(date, time)| LocalDateTime { date, time });
    let offset = || prop_oneof![6 => prop::sample::select(vec![0, 3600, -3600]), 1 => offset()];
    let zone = prop_oneof![3 => offset().prop_map(Zone::Offset), 2 => zone()];
    match of_type {
        TemporalType::Date => date().prop_map(Value::Date).boxed(),
        TemporalType::LocalTime => time().prop_map(Value::LocalTime).boxed(),
        TemporalType::Time => {
            (time(), offset()).prop_map(|(local, offset)| Value::Time(Time { local, offset })).boxed()
        }
        TemporalType::LocalDateTime => local().prop_map(Value::LocalDateTime).boxed(),
        TemporalType::DateTime => (local(), zone)
            .prop_filter_map("a moment of the range", |(local, zone)| zone.resolve(local, None).ok().map(Value::from))
            .boxed(),
    }
}

/// As [`temporal_value`], of any type.
pub(crate) fn any_temporal_value() -> impl Strategy<Value = Value> {
    prop::sample::select(TemporalType::ALL.to_vec()).prop_flat_map(temporal_value)
}

fn endpoint(moment: &DateTime) -> Endpoint {
    Endpoint { date: Some(moment.local.date), time: moment.local.time, zone: Some((moment.zone(), moment.offset)) }
}

fn local_endpoint(at: LocalDateTime) -> Endpoint {
    Endpoint { date: Some(at.date), time: at.time, zone: None }
}

/// Text that resembles temporal values more than random text does.
fn scribble() -> impl Strategy<Value = String> {
    prop_oneof!["[-+0-9TZWQPYMDHS:.,\\[\\]]{0,25}", any::<String>()]
}

proptest! {
    #[test]
    fn days_are_dates(date in date()) {
        let (year, month, day) = date.civil();
        prop_assert_eq!(Date::new(year, month, day), Ok(date));
        prop_assert_eq!(Date::from_ordinal(year, date.ordinal_day()), Ok(date));
        prop_assert_eq!(Date::from_quarter(year, date.quarter(), date.day_of_quarter()), Ok(date));
        let (week_year, week) = date.week();
        if (Date::MIN_YEAR..=Date::MAX_YEAR).contains(&week_year) {
            prop_assert_eq!(Date::from_week(week_year, week, date.weekday()), Ok(date));
        }
    }

    #[test]
    fn the_next_day_follows_on_the_calendar(date in date()) {
        if let Ok(next) = date.plus_days(1) {
            prop_assert!(next.civil() > date.civil());
            prop_assert_eq!(next.weekday(), date.weekday() % 7 + 1);
        }
    }

    #[test]
    fn printed_dates_and_times_read_back(date in date(), local in local_time(), time in time()) {
        prop_assert_eq!(Date::parse(&date.to_string()), Ok(date));
        prop_assert_eq!(LocalTime::parse(&local.to_string()), Ok(local));
        prop_assert_eq!(Time::parse(&time.to_string(), 77), Ok(time));
        let both = LocalDateTime { date, time: local };
        prop_assert_eq!(LocalDateTime::parse(&both.to_string()), Ok(both));
    }

    #[test]
    fn printed_moments_read_back(moment in date_time()) {
        prop_assert_eq!(DateTime::parse(&moment.to_string(), &Zone::Offset(77)), Ok(moment));
    }

    #[test]
    fn printed_durations_read_back(duration in duration()) {
        prop_assert_eq!(Duration::parse(&duration.to_string()), Ok(duration));
    }

    #[test]
    fn nothing_read_panics(text in scribble()) {
        let _ = (Date::parse(&text), LocalTime::parse(&text), Time::parse(&text, 0), Duration::parse(&text));
        let _ = (LocalDateTime::parse(&text), DateTime::parse(&text, &Zone::UTC), Zone::parse(&text));
    }

    #[test]
    fn a_moment_is_the_same_in_every_zone(moment in date_time(), zone in zone()) {
        if let Ok(there) = moment.in_zone(&zone) {
            prop_assert_eq!(there.epoch_nanos(), moment.epoch_nanos());
            prop_assert_eq!(there.in_zone(&moment.zone()), Ok(moment));
        }
    }

    #[test]
    fn rules_repeat_after_400_years(days in 3_000_000..5_000_000_i64, cycles in 1..2000_i64, zone in zone()) {
        let at = |days| LocalDateTime { date: Date { days }, time: LocalTime::MIDNIGHT };
        let near = zone.resolve(at(days), None).unwrap();
        let far = zone.resolve(at(days + cycles * date::DAYS_PER_CYCLE), None).unwrap();
        prop_assert_eq!((near.offset, near.local.time), (far.offset, far.local.time));
    }

    #[test]
    fn adding_never_panics(moment in date_time(), duration in duration()) {
        let _ = (moment.plus(&duration), moment.local.plus(&duration), moment.local.date.plus(&duration));
        let _ = (moment.local.time.plus(&duration), duration.negated(), duration.plus(&duration));
    }

    #[test]
    fn the_time_between_leads_from_one_to_the_other(from in local_date_time(), to in local_date_time()) {
        for measure in [Endpoint::between, Endpoint::in_seconds] {
            let between = measure(local_endpoint(from), local_endpoint(to)).unwrap();
            prop_assert_eq!(from.plus(&between), Ok(to));
        }
    }

    #[test]
    fn the_time_between_moments_leads_from_one_to_the_other(from in date_time(), to in date_time()) {
        let end = to.in_zone(&from.zone());
        prop_assume!(end.is_ok());
        for measure in [Endpoint::between, Endpoint::in_seconds] {
            let between = measure(endpoint(&from), endpoint(&to)).unwrap();
            prop_assert_eq!(from.plus(&between), end.clone());
        }
    }

    #[test]
    fn between_has_one_sign(from in local_date_time(), to in local_date_time()) {
        let between = local_endpoint(from).between(local_endpoint(to)).unwrap();
        let parts = [between.months.into(), between.days.into(), between.nanos_of_seconds()];
        prop_assert!(parts.iter().all(|part| *part >= 0) || parts.iter().all(|part| *part <= 0), "{between}");
        prop_assert_eq!(to < from, parts.iter().any(|part| *part < 0));
    }

    #[test]
    fn doubling_and_halving(duration in duration()) {
        if let Ok(double) = duration.times(Factor::from_integer(2)) {
            prop_assert_eq!(double.times(Factor::from_integer(2).inverse().unwrap()), Ok(duration));
            prop_assert_eq!(duration.plus(&duration), Ok(double));
        }
    }

    #[test]
    fn scaling_never_panics(duration in duration(), number in any::<f64>(), integer in any::<i64>()) {
        for factor in [Factor::from_float(number), Some(Factor::from_integer(integer))].into_iter().flatten() {
            let _ = duration.times(factor);
            let _ = factor.inverse().map(|inverse| duration.times(inverse));
        }
    }

    #[test]
    fn order_agrees_with_equality(mut moments in proptest::collection::vec(date_time(), 3), mut durations in proptest::collection::vec(duration(), 3)) {
        moments.sort();
        durations.sort();
        prop_assert!(moments.is_sorted() && moments[0] <= moments[2]);
        prop_assert!(durations.is_sorted() && durations[0] <= durations[2]);
        prop_assert_eq!(moments[0].cmp(&moments[1]).is_eq(), moments[0] == moments[1]);
        prop_assert_eq!(durations[0].cmp(&durations[1]).is_eq(), durations[0] == durations[1]);
    }
}
