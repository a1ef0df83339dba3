//! Constructing, truncating and measuring dates, times and durations; their components and arithmetic.
//!
//! All clocks (`transaction`, `statement`, `realtime`) give the moment at which the statement started: a
//! statement is a transaction, and an answer that can be repeated is worth more than a clock that ticks inside it.

mod arithmetic;
#[cfg(test)]
mod calculator;
mod component;
mod construct;
mod fields;
mod kind;
#[cfg(test)]
mod kit;
#[cfg(test)]
mod tests;
mod truncate;

use super::{Function, Parameter, Result, function, optional, required};
use crate::graph::temporal::{Duration, Endpoint};
use crate::graph::{TypeSet, Value};
use kind::{Kind, Parts};

pub(crate) use arithmetic::{add, divide, multiply, subtract};
pub(super) use component::unknown as unknown_component;
pub(crate) use component::{component, of_date, of_time};
pub(super) use fields::unknown_key;

const INPUT: &[Parameter] = &[optional("input", TypeSet::STRING.or(TypeSet::MAP).or(TypeSet::INSTANT))];
const ZONE: &[Parameter] = &[optional("timezone", TypeSet::STRING.or(TypeSet::MAP))];
const TRUNCATE: &[Parameter] =
    &[required("unit", TypeSet::STRING), optional("value", TypeSet::INSTANT), optional("fields", TypeSet::MAP)];
const SPAN: &[Parameter] = &[required("from", TypeSet::INSTANT), required("to", TypeSet::INSTANT)];

const CLOCK_DOC: [&str; 3] = [
    "Gives the moment at which the transaction (the statement) started, in the session's time zone or a given one.",
    "Gives the moment at which the statement started, in the session's time zone or a given one.",
    "Gives the moment at which the statement started, too: within a statement the clock stands still.",
];
const TRUNCATE_DOC: &str =
    "Goes back to the start of a unit, from 'millennium' to 'microsecond'; fields of the map are set afterwards.";

pub const FUNCTIONS: &[Function] = &[
    function(
        "date",
        INPUT,
        TypeSet::DATE,
        "Makes a date of a string, a map of fields or another instant; without argument, today.",
        ("date('2015-W30-2')", "2015-07-21"),
        |context, arguments| construct::instant(Kind::Date, context, arguments),
    ),
    function(
        "localtime",
        INPUT,
        TypeSet::LOCAL_TIME,
        "Makes a time of day without zone of a string, a map of fields or another instant; without argument, now.",
        ("localtime({hour: 21, minute: 40})", "21:40"),
        |context, arguments| construct::instant(Kind::LocalTime, context, arguments),
    ),
    function(
        "time",
        INPUT,
        TypeSet::TIME,
        "Makes a time of day with an offset from UTC of a string, a map of fields or another instant; without argument, now.",
        ("time({time: time('09:30+01:00'), timezone: '-05:00'})", "03:30-05:00"),
        |context, arguments| construct::instant(Kind::Time, context, arguments),
    ),
    function(
        "localdatetime",
        INPUT,
        TypeSet::LOCAL_DATE_TIME,
        "Makes a date and time without zone of a string, a map of fields or another instant; without argument, now.",
        ("localdatetime('2015185T19:32:24')", "2015-07-04T19:32:24"),
        |context, arguments| construct::instant(Kind::LocalDateTime, context, arguments),
    ),
    function(
        "datetime",
        INPUT,
        TypeSet::DATE_TIME,
        "Makes a moment with its time zone of a string, a map of fields or another instant; without argument, now.",
        (
            "datetime({year: 2017, month: 8, day: 8, timezone: 'Europe/Stockholm'})",
            "2017-08-08T00:00+02:00[Europe/Stockholm]",
        ),
        |context, arguments| construct::instant(Kind::DateTime, context, arguments),
    ),
    function(
        "date.transaction",
        ZONE,
        TypeSet::DATE,
        CLOCK_DOC[0],
        ("date.transaction() = date()", "true"),
        |context, arguments| construct::clock(Kind::Date, context, arguments),
    ),
    function(
        "date.statement",
        ZONE,
        TypeSet::DATE,
        CLOCK_DOC[1],
        ("date.statement() = date()", "true"),
        |context, arguments| construct::clock(Kind::Date, context, arguments),
    ),
    function(
        "date.realtime",
        ZONE,
        TypeSet::DATE,
        CLOCK_DOC[2],
        ("date.realtime() = date()", "true"),
        |context, arguments| construct::clock(Kind::Date, context, arguments),
    ),
    function(
        "localtime.transaction",
        ZONE,
        TypeSet::LOCAL_TIME,
        CLOCK_DOC[0],
        ("localtime.transaction() = localtime()", "true"),
        |context, arguments| construct::clock(Kind::LocalTime, context, arguments),
    ),
    function(
        "localtime.statement",
        ZONE,
        TypeSet::LOCAL_TIME,
        CLOCK_DOC[1],
        ("localtime.statement() = localtime()", "true"),
        |context, arguments| construct::clock(Kind::LocalTime, context, arguments),
    ),
    function(
        "localtime.realtime",
        ZONE,
        TypeSet::LOCAL_TIME,
        CLOCK_DOC[2],
        ("localtime.realtime() = localtime()", "true"),
        |context, arguments| construct::clock(Kind::LocalTime, context, arguments),
    ),
    function(
        "time.transaction",
        ZONE,
        TypeSet::TIME,
        CLOCK_DOC[0],
        ("time.transaction() = time()", "true"),
        |context, arguments| construct::clock(Kind::Time, context, arguments),
    ),
    function(
        "time.statement",
        ZONE,
        TypeSet::TIME,
        CLOCK_DOC[1],
        ("time.statement() = time()", "true"),
        |context, arguments| construct::clock(Kind::Time, context, arguments),
    ),
    function(
        "time.realtime",
        ZONE,
        TypeSet::TIME,
        CLOCK_DOC[2],
        ("time.realtime() = time()", "true"),
        |context, arguments| construct::clock(Kind::Time, context, arguments),
    ),
    function(
        "localdatetime.transaction",
        ZONE,
        TypeSet::LOCAL_DATE_TIME,
        CLOCK_DOC[0],
        ("localdatetime.transaction() = localdatetime()", "true"),
        |context, arguments| construct::clock(Kind::LocalDateTime, context, arguments),
    ),
    function(
        "localdatetime.statement",
        ZONE,
        TypeSet::LOCAL_DATE_TIME,
        CLOCK_DOC[1],
        ("localdatetime.statement() = localdatetime()", "true"),
        |context, arguments| construct::clock(Kind::LocalDateTime, context, arguments),
    ),
    function(
        "localdatetime.realtime",
        ZONE,
        TypeSet::LOCAL_DATE_TIME,
        CLOCK_DOC[2],
        ("localdatetime.realtime() = localdatetime()", "true"),
        |context, arguments| construct::clock(Kind::LocalDateTime, context, arguments),
    ),
    function(
        "datetime.transaction",
        ZONE,
        TypeSet::DATE_TIME,
        CLOCK_DOC[0],
        ("datetime.transaction() = datetime()", "true"),
        |context, arguments| construct::clock(Kind::DateTime, context, arguments),
    ),
    function(
        "datetime.statement",
        ZONE,
        TypeSet::DATE_TIME,
        CLOCK_DOC[1],
        ("datetime.statement() = datetime()", "true"),
        |context, arguments| construct::clock(Kind::DateTime, context, arguments),
    ),
    function(
        "datetime.realtime",
        ZONE,
        TypeSet::DATE_TIME,
        CLOCK_DOC[2],
        ("datetime.realtime() = datetime()", "true"),
        |context, arguments| construct::clock(Kind::DateTime, context, arguments),
    ),
    function(
        "current_date",
        &[],
        TypeSet::DATE,
        "The date at which the statement started, by GQL's name.",
        ("current_date() = date()", "true"),
        |context, _| construct::clock(Kind::Date, context, &[]),
    ),
    function(
        "current_time",
        &[],
        TypeSet::TIME,
        "The time of day with its offset at which the statement started, by GQL's name.",
        ("current_time() = time()", "true"),
        |context, _| construct::clock(Kind::Time, context, &[]),
    ),
    function(
        "current_timestamp",
        &[],
        TypeSet::DATE_TIME,
        "The moment at which the statement started, by GQL's name.",
        ("current_timestamp() = datetime()", "true"),
        |context, _| construct::clock(Kind::DateTime, context, &[]),
    ),
    function(
        "local_timestamp",
        &[],
        TypeSet::LOCAL_DATE_TIME,
        "The date and time without zone at which the statement started, by GQL's name.",
        ("local_timestamp() = localdatetime()", "true"),
        |context, _| construct::clock(Kind::LocalDateTime, context, &[]),
    ),
    function(
        "date.truncate",
        TRUNCATE,
        TypeSet::DATE,
        TRUNCATE_DOC,
        ("date.truncate('week', date('2015-07-23'), {dayOfWeek: 2})", "2015-07-21"),
        |context, arguments| truncate::truncate(Kind::Date, context, arguments),
    ),
    function(
        "localtime.truncate",
        TRUNCATE,
        TypeSet::LOCAL_TIME,
        TRUNCATE_DOC,
        ("localtime.truncate('minute', localtime('21:40:32'))", "21:40"),
        |context, arguments| truncate::truncate(Kind::LocalTime, context, arguments),
    ),
    function(
        "time.truncate",
        TRUNCATE,
        TypeSet::TIME,
        TRUNCATE_DOC,
        ("time.truncate('hour', time('21:40+01:00'))", "21:00+01:00"),
        |context, arguments| truncate::truncate(Kind::Time, context, arguments),
    ),
    function(
        "localdatetime.truncate",
        TRUNCATE,
        TypeSet::LOCAL_DATE_TIME,
        TRUNCATE_DOC,
        ("localdatetime.truncate('day', localdatetime('2015-07-21T21:40'))", "2015-07-21T00:00"),
        |context, arguments| truncate::truncate(Kind::LocalDateTime, context, arguments),
    ),
    function(
        "datetime.truncate",
        TRUNCATE,
        TypeSet::DATE_TIME,
        TRUNCATE_DOC,
        ("datetime.truncate('quarter', datetime('2015-08-21T21:40+01:00'))", "2015-07-01T00:00+01:00"),
        |context, arguments| truncate::truncate(Kind::DateTime, context, arguments),
    ),
    function(
        "datetime.fromepoch",
        &[required("seconds", TypeSet::INTEGER), required("nanoseconds", TypeSet::INTEGER)],
        TypeSet::DATE_TIME,
        "Gives the moment that many seconds and nanoseconds after 1970-01-01T00:00Z.",
        ("datetime.fromepoch(416779, 999999999)", "1970-01-05T19:46:19.999999999Z"),
        construct::from_epoch,
    ),
    function(
        "datetime.fromepochmillis",
        &[required("milliseconds", TypeSet::INTEGER)],
        TypeSet::DATE_TIME,
        "Gives the moment that many milliseconds after 1970-01-01T00:00Z.",
        ("datetime.fromepochmillis(237821673987)", "1977-07-15T13:34:33.987Z"),
        construct::from_epoch_millis,
    ),
    function(
        "duration",
        &[required("input", TypeSet::STRING.or(TypeSet::MAP).or(TypeSet::DURATION))],
        TypeSet::DURATION,
        "Makes a duration of an ISO 8601 string or a map of amounts, which may have fractions.",
        ("duration({days: 1.5, minutes: 90})", "P1DT13H30M"),
        construct::duration,
    ),
    function(
        "duration.between",
        SPAN,
        TypeSet::DURATION,
        "Measures the time from one instant to another in months, then days, then seconds.",
        ("duration.between(date('1984-10-11'), date('2015-06-24'))", "P30Y8M13D"),
        |_, arguments| measure(arguments, Endpoint::between),
    ),
    function(
        "duration.inMonths",
        SPAN,
        TypeSet::DURATION,
        "Measures the time from one instant to another in whole months.",
        ("duration.inMonths(date('1984-10-11'), date('2015-06-24'))", "P30Y8M"),
        |_, arguments| measure(arguments, Endpoint::in_months),
    ),
    function(
        "duration.inDays",
        SPAN,
        TypeSet::DURATION,
        "Measures the time from one instant to another in whole days.",
        ("duration.inDays(date('1984-10-11'), date('2015-06-24'))", "P11213D"),
        |_, arguments| measure(arguments, Endpoint::in_days),
    ),
    function(
        "duration.inSeconds",
        SPAN,
        TypeSet::DURATION,
        "Measures the time from one instant to another in seconds and their fractions.",
        ("duration.inSeconds(localtime('12:34:54.7'), localtime('12:34:54.3'))", "PT-0.4S"),
        |_, arguments| measure(arguments, Endpoint::in_seconds),
    ),
];

fn measure(arguments: &[Value], measured: fn(Endpoint, Endpoint) -> Result<Duration>) -> Result<Value> {
    let ends = arguments.iter().map(Parts::of).collect::<Option<Vec<_>>>();
    match ends.as_deref() {
        Some([from, to]) => Ok(measured(from.clone().endpoint(), to.clone().endpoint())?.into()),
        _ => Err(super::invalid_type("a duration is measured between two temporal instants")),
    }
}
