//! Tests of the functions as the evaluator calls them.

use std::cell::Cell;

use proptest::prelude::*;

use super::super::{Clock, Context, Result, find};
use super::calculator::{self, evaluate};
use super::{FUNCTIONS, add, component, divide, multiply, subtract};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{Graph, TypeSet, Value};
use crate::limits::{Budget, Limits};

/// 2016-02-29T13:14:15.123456789Z.
const NOW: i128 = 1_456_751_655_123_456_789;

/// Calls a function with the session's zone at an offset, after the checks that the evaluator makes.
fn call_at(offset: i32, name: &str, arguments: &[Value]) -> Result<Value> {
    let function = find(name).unwrap_or_else(|| panic!("no function {name}"));
    let fits = |(value, types): (&Value, TypeSet)| TypeSet::of(value).is_within(types);
    let types = function.parameters.iter().map(|parameter| parameter.types);
    assert!(arguments.len() <= function.parameters.len() && arguments.iter().zip(types).all(fits), "{name}");
    let (graph, budget) = (Graph::default(), Budget::start(&Limits::default()));
    let clock = Clock { nanos: NOW, offset };
    let context =
        Context { graph: &graph, clock, random: &Cell::new(0), patterns: &Default::default(), budget: &budget };
    (function.evaluate)(&context, arguments)
}

pub(super) fn call(name: &str, arguments: &[Value]) -> Result<Value> {
    call_at(0, name, arguments)
}

/// The text of an expression's value.
fn shown(expression: &str) -> String {
    match calculator::shown(&value(expression)) {
        Value::String(text) => text.to_string(),
        Value::Boolean(value) => value.to_string(),
        other => format!("{other:?}"),
    }
}

fn value(expression: &str) -> Value {
    evaluate(expression).unwrap_or_else(|error| panic!("{expression}: {error}"))
}

fn error(expression: &str) -> Diagnostic {
    match evaluate(expression) {
        Ok(value) => panic!("{expression} gives {value:?}"),
        Err(error) => error,
    }
}

#[test]
fn examples_of_the_table() {
    for function in FUNCTIONS {
        let (expression, expected) = function.example;
        assert_eq!(shown(expression), expected, "{expression}");
        assert!(expression.starts_with(function.name), "{expression}");
    }
}

#[test]
fn the_clock_in_a_zone() {
    assert_eq!(shown("datetime()"), "2016-02-29T13:14:15.123456789Z");
    assert_eq!(shown("datetime({timezone: 'America/Los Angeles'}).offset"), "-08:00");
    assert_eq!(shown("date.realtime('Pacific/Auckland')"), "2016-03-01");
    assert_eq!(shown("time({timezone: 'Europe/Stockholm'})"), "14:14:15.123456789+01:00");
    assert_eq!(shown("localtime.statement('+01:30')"), "14:44:15.123456789");
    assert_eq!(shown("date.truncate('month')"), "2016-02-01");
    let text = |name| format!("{:?}", call_at(3600, name, &[]).unwrap());
    assert!(text("datetime").contains("offset: 3600"));
    assert!(text("time").contains("offset: 3600"));
}

#[test]
fn fields_need_the_larger_ones() {
    for map in [
        "date({month: 3})",
        "date({year: 2015, day: 3})",
        "date({year: 2015, dayOfWeek: 3})",
        "date({year: 2015, dayOfQuarter: 3})",
        "date({})",
        "localtime({minute: 3})",
        "localtime({hour: 1, second: 3})",
        "time({hour: 1, minute: 2, nanosecond: 3})",
        "localdatetime({year: 2015, hour: 3})",
        "datetime({hour: 3})",
        "date({year: 2015, month: 2, week: 3})",
        "datetime({year: 2015, month: 2, hour: 3})",
        "duration({})",
    ] {
        assert_eq!(error(map).kind, Kind::ArgumentError, "{map}");
    }
}

#[test]
fn values_outside_their_range() {
    for map in [
        "date({year: 2015, month: 13})",
        "date({year: 2015, month: 2, day: 29})",
        "date({year: 2015, week: 54})",
        "date({year: 1000000000})",
        "date({year: -1000000000, week: 1})",
        "date({year: 2015, quarter: 5})",
        "date({year: 2015, ordinalDay: 366})",
        "localtime({hour: 24})",
        "localtime({hour: 1, minute: 60})",
        "localtime({hour: 1, minute: 1, second: 60})",
        "localtime({hour: 1, minute: 1, second: 1, millisecond: 1000})",
        "localtime({hour: 1, minute: 1, second: 1, millisecond: 1, nanosecond: 1000000})",
        "localtime({hour: 1, minute: 1, second: 1, microsecond: 1, nanosecond: 1000})",
        "time({hour: 1, timezone: '+18:01'})",
        "datetime({year: 2015, timezone: 'Europe/Lundon'})",
        "datetime.fromepoch(1, 1000000000)",
    ] {
        assert_eq!(error(map).detail, Detail::InvalidArgumentValue, "{map}");
    }
    assert_eq!(
        error("datetime.fromepochmillis(9223372036854775807) + duration({years: 900000000})").detail,
        Detail::IntegerOverflow
    );
    assert_eq!(error("datetime.fromepoch(9223372036854775807, 0)").detail, Detail::IntegerOverflow);
}

#[test]
fn keys_and_units_are_checked() {
    assert_eq!(error("date({yaer: 2015})").help.unwrap(), "did you mean `year`?");
    assert_eq!(error("date({year: 2015, hour: 1})").message, "a Date has no `hour`");
    assert_eq!(error("duration({day: 1})").help.unwrap(), "did you mean `days`?");
    assert_eq!(error("date.truncate('moth', date())").help.unwrap(), "did you mean `month`?");
    assert_eq!(error("date({year: '2015'})").kind, Kind::TypeError);
    assert_eq!(error("date({year: null})").message, "`year` is null");
    assert_eq!(shown("date.truncate('WEEKYEAR', date('1984-02-01'))"), "1984-01-02");
}

#[test]
fn parts_that_are_missing() {
    for wrong in [
        "date(localtime())",
        "localtime(date())",
        "datetime(date())",
        "datetime({date: localtime()})",
        "time({time: date()})",
        "localdatetime({time: localtime()})",
        "localdatetime({year: 2015, timezone: 'Z'})",
        "localdatetime({datetime: datetime(), date: date()})",
        "datetime.truncate('hour', date())",
        "date.truncate('hour', datetime())",
        "date.truncate('day', time())",
        "localtime.truncate('month', datetime())",
    ] {
        assert_eq!(error(wrong).detail, Detail::InvalidArgumentValue, "{wrong}");
    }
}

#[test]
fn fields_over_a_base() {
    assert_eq!(shown("date({date: date('2016-01-29'), month: 2})"), "2016-02-29");
    for wrong in [
        "date({date: date('2016-01-31'), month: 2})",
        "date({date: date('2016-02-29'), year: 2015})",
        "date({date: date('1984-11-30'), quarter: 1})",
        "date({date: date('1818-12-31'), year: 1817, dayOfWeek: 1})",
    ] {
        assert_eq!(error(wrong).detail, Detail::InvalidArgumentValue, "{wrong}");
    }
    assert_eq!(shown("date({date: date('2016-05-31'), dayOfQuarter: 1})"), "2016-04-01");
    assert_eq!(error("date({date: date('2016-01-31'), month: 2, day: 31})").kind, Kind::ArgumentError);
    assert_eq!(shown("localtime({time: localtime('12:31:14.645876123'), microsecond: 3})"), "12:31:14.000003");
    assert_eq!(shown("datetime({date: date('2015-07-21')})"), "2015-07-21T00:00Z");
    assert_eq!(
        shown("datetime({date: date('1984-03-28'), time: datetime('1984-01-01T12:00[Europe/Stockholm]')})"),
        "1984-03-28T12:00+02:00[Europe/Stockholm]"
    );
    assert_eq!(
        shown("datetime.truncate('week', date('2016-03-03'), {dayOfWeek: 2, time: time('10:00+02:00')})"),
        "2016-03-01T10:00+02:00"
    );
    assert_eq!(
        shown("localtime.truncate('microsecond', localtime('12:31:14.645876123'), {millisecond: 1})"),
        "12:31:14.001"
    );
}

#[test]
fn epochs() {
    assert_eq!(shown("datetime({epochSeconds: -1, nanosecond: 5})"), "1969-12-31T23:59:59.000000005Z");
    assert_eq!(shown("datetime({epochMillis: 5, timezone: '+01:00'})"), "1970-01-01T01:00:00.005+01:00");
    assert_eq!(evaluate("datetime('1969-12-31T23:59:59.5Z').epochSeconds").unwrap(), Value::Integer(-1));
    assert_eq!(evaluate("datetime('1969-12-31T23:59:59.5Z').epochMillis").unwrap(), Value::Integer(-500));
}

#[test]
fn truncation_goes_back_before_year_0() {
    assert_eq!(shown("date.truncate('decade', date('-0001-05-05'))"), "-0010-01-01");
    assert_eq!(shown("date.truncate('millennium', date('-0001-05-05'))"), "-1000-01-01");
    assert_eq!(error("date.truncate('millennium', date('-999999999-05-05'))").kind, Kind::ArgumentError);
}

#[test]
fn components() {
    let date = value("date('2015-07-21')");
    let error = component(&date, "yaer").unwrap().unwrap_err();
    assert_eq!((error.kind, error.help.unwrap().as_str()), (Kind::PropertyNotFound, "did you mean `year`?"));
    assert!(component(&date, "hour").unwrap().is_err());
    assert!(component(&Value::Integer(1), "year").is_none());
    let negative = value("duration('PT-1.5S')");
    let get = |key| component(&negative, key).unwrap().unwrap();
    assert_eq!(
        (get("seconds"), get("nanosecondsOfSecond"), get("milliseconds")),
        (Value::Integer(-2), Value::Integer(500_000_000), Value::Integer(-1500))
    );
    let longest = value("duration({seconds: 9223372036854775807})");
    assert_eq!(component(&longest, "nanoseconds").unwrap().unwrap_err().detail, Detail::IntegerOverflow);
    assert_eq!(shown("datetime('2015-07-21T21:40[Europe/London]').timezone"), "Europe/London");
    assert_eq!(shown("time('21:40-02:05:07').timezone"), "-02:05:07");
}

#[test]
fn operators_leave_other_values_alone() {
    let (date, days) = (value("date('2015-07-21')"), value("duration('P1D')"));
    let one = Value::Integer(1);
    assert!(add(&date, &one).is_none() && add(&one, &days).is_none() && subtract(&days, &date).is_none());
    assert!(multiply(&days, &date).is_none() && divide(&one, &days).is_none());
    assert_eq!(add(&days, &date).unwrap().unwrap(), value("date('2015-07-22')"));
    assert!(subtract(&date, &date).unwrap().unwrap_err().help.unwrap().contains("duration.between"));
    assert_eq!(divide(&days, &Value::Integer(0)).unwrap().unwrap_err().detail, Detail::DivisionByZero);
    assert_eq!(divide(&days, &Value::Float(-0.0)).unwrap().unwrap_err().detail, Detail::DivisionByZero);
    assert!(multiply(&days, &Value::Float(f64::NAN)).unwrap().is_err());
    assert_eq!(shown("duration('PT1H30M') / -0.5"), "PT-3H");
}

proptest! {
    #[test]
    fn truncation_is_idempotent(nanos in -10_000_000_000_000_000_000_000..10_000_000_000_000_000_000_000_i128, unit in 0..14_usize) {
        let unit = super::truncate::UNITS[unit];
        let moment = crate::graph::temporal::LocalDateTime::from_nanos(nanos).unwrap();
        let once = call("localdatetime.truncate", &[unit.into(), moment.into()]).unwrap();
        let twice = call("localdatetime.truncate", &[unit.into(), once.clone()]).unwrap();
        prop_assert_eq!(&once, &twice);
        prop_assert!(once <= moment.into());
    }
}
