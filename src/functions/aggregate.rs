//! The AGGREGATES table: functions over groups of rows.

use std::sync::Arc;

use super::{Parameter, Result, required};
use crate::diagnostic::{Detail, Diagnostic, Kind, an};
use crate::graph::{TypeSet, Value};

/// One row of the table.
pub struct Aggregate {
    pub name: &'static str,
    pub parameters: &'static [Parameter],
    pub returns: TypeSet,
    /// One sentence.
    pub doc: &'static str,
    /// A query over `UNWIND [1, 2, 2, 3] AS x` and the text its value prints as; a test runs it.
    pub example: (&'static str, &'static str),
    /// A fresh state for a group.
    pub start: fn() -> Box<dyn Accumulator>,
    /// How it can be computed over many groups at once.
    pub kernel: Kernel,
}

/// Aggregates that are computed over many groups at once without a state object for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    Count,
    Sum,
    Mean,
    Least,
    Greatest,
    Collect,
    /// By its state objects.
    Other,
}

/// The state of an aggregate over one group. Rows whose first argument is null are not added.
pub trait Accumulator: Send {
    fn add(&mut self, arguments: &[Value]) -> Result<()>;
    fn finish(&mut self) -> Result<Value>;
    /// Bytes that the last `add` made the state grow by, as an estimate.
    fn growth(&self) -> usize {
        0
    }
}

/// The names that GQL has for aggregates.
const ALIASES: &[(&str, &str)] = &[
    ("collect_list", "collect"),
    ("percentile_cont", "percentileCont"),
    ("percentile_disc", "percentileDisc"),
    ("stddev_pop", "stDevP"),
    ("stddev_samp", "stDev"),
    ("stdev_pop", "stDevP"),
    ("stdev_samp", "stDev"),
];

/// The other names of an aggregate.
pub fn aliases(aggregate: &Aggregate) -> impl Iterator<Item = &'static str> {
    let name = aggregate.name;
    ALIASES.iter().filter(move |(_, of)| *of == name).map(|(alias, _)| *alias)
}

/// Every name that [`find`] knows.
pub fn names() -> impl Iterator<Item = &'static str> {
    AGGREGATES.iter().map(|aggregate| aggregate.name).chain(ALIASES.iter().map(|(alias, _)| *alias))
}

/// Finds an aggregate by one of its names, ignoring case.
pub fn find(name: &str) -> Option<&'static Aggregate> {
    let name = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name)).map_or(name, |(_, of)| of);
    AGGREGATES.iter().find(|aggregate| aggregate.name.eq_ignore_ascii_case(name))
}

const ANY: TypeSet = TypeSet::ANY;
const SUMMABLE: TypeSet = TypeSet::NUMBER.or(TypeSet::DURATION);

pub const AGGREGATES: &[Aggregate] = &[
    Aggregate {
        name: "count",
        parameters: &[required("value", ANY)],
        returns: TypeSet::INTEGER,
        doc: "How many values are not null; `count(*)` counts rows.",
        example: ("count(x)", "4"),
        start: || Box::new(Count(0)),
        kernel: Kernel::Count,
    },
    Aggregate {
        name: "collect",
        parameters: &[required("value", ANY)],
        returns: TypeSet::LIST,
        doc: "The list of the values that are not null.",
        example: ("collect(x)", "[1, 2, 2, 3]"),
        start: || Box::new(Collect(Vec::new())),
        kernel: Kernel::Collect,
    },
    Aggregate {
        name: "sum",
        parameters: &[required("value", SUMMABLE)],
        returns: SUMMABLE,
        doc: "The sum of numbers or durations; 0 when there are none.",
        example: ("sum(x)", "8"),
        start: || Box::new(Sum(Value::Integer(0))),
        kernel: Kernel::Sum,
    },
    Aggregate {
        name: "avg",
        parameters: &[required("value", SUMMABLE)],
        returns: SUMMABLE,
        doc: "The mean of numbers or durations; null when there are none.",
        example: ("avg(x)", "2.0"),
        start: || Box::new(Mean { sum: Value::Integer(0), count: 0 }),
        kernel: Kernel::Mean,
    },
    Aggregate {
        name: "min",
        parameters: &[required("value", ANY)],
        returns: ANY,
        doc: "The first value in sort order; null when there are none.",
        example: ("min(x)", "1"),
        start: || Box::new(Extreme { best: Value::Null, keep: std::cmp::Ordering::Less }),
        kernel: Kernel::Least,
    },
    Aggregate {
        name: "max",
        parameters: &[required("value", ANY)],
        returns: ANY,
        doc: "The last value in sort order; null when there are none.",
        example: ("max(x)", "3"),
        start: || Box::new(Extreme { best: Value::Null, keep: std::cmp::Ordering::Greater }),
        kernel: Kernel::Greatest,
    },
    Aggregate {
        name: "stDev",
        parameters: &[required("value", TypeSet::NUMBER)],
        returns: TypeSet::FLOAT,
        doc: "The standard deviation of a sample (divisor n - 1); 0.0 for fewer than two values.",
        example: ("stDev(x)", "0.816496580927726"),
        start: || Box::new(Deviation { moments: Moments::default(), sample: true }),
        kernel: Kernel::Other,
    },
    Aggregate {
        name: "stDevP",
        parameters: &[required("value", TypeSet::NUMBER)],
        returns: TypeSet::FLOAT,
        doc: "The standard deviation of a whole population (divisor n); 0.0 when there are no values.",
        example: ("stDevP(x)", "0.7071067811865476"),
        start: || Box::new(Deviation { moments: Moments::default(), sample: false }),
        kernel: Kernel::Other,
    },
    Aggregate {
        name: "percentileCont",
        parameters: &[required("value", TypeSet::NUMBER), required("percentile", TypeSet::NUMBER)],
        returns: TypeSet::FLOAT,
        doc: "The percentile (0.0 to 1.0), interpolated between the two values nearest to it.",
        example: ("percentileCont(x, 0.5)", "2.0"),
        start: || Box::new(Percentile { values: Vec::new(), percentile: 0.0, continuous: true }),
        kernel: Kernel::Other,
    },
    Aggregate {
        name: "percentileDisc",
        parameters: &[required("value", TypeSet::NUMBER), required("percentile", TypeSet::NUMBER)],
        returns: TypeSet::NUMBER,
        doc: "The value nearest to the percentile (0.0 to 1.0).",
        example: ("percentileDisc(x, 0.5)", "2"),
        start: || Box::new(Percentile { values: Vec::new(), percentile: 0.0, continuous: false }),
        kernel: Kernel::Other,
    },
];

struct Count(i64);

impl Accumulator for Count {
    fn add(&mut self, _: &[Value]) -> Result<()> {
        self.0 += 1;
        Ok(())
    }

    fn finish(&mut self) -> Result<Value> {
        Ok(Value::Integer(self.0))
    }
}

struct Collect(Vec<Value>);

impl Accumulator for Collect {
    fn add(&mut self, arguments: &[Value]) -> Result<()> {
        self.0.push(arguments[0].clone());
        Ok(())
    }

    fn finish(&mut self) -> Result<Value> {
        Value::from(std::mem::take(&mut self.0)).bounded()
    }

    fn growth(&self) -> usize {
        self.0.last().map_or(0, Value::held_alone)
    }
}

struct Sum(Value);

impl Accumulator for Sum {
    fn add(&mut self, arguments: &[Value]) -> Result<()> {
        self.0 = add_sum(&self.0, &arguments[0])?;
        Ok(())
    }

    fn finish(&mut self) -> Result<Value> {
        Ok(self.0.clone())
    }
}

/// Adds numbers or durations; the integer 0 that every sum starts from adds nothing to a duration.
pub(crate) fn add_sum(sum: &Value, value: &Value) -> Result<Value> {
    match (sum, value) {
        (Value::Integer(a), Value::Integer(b)) => a.checked_add(*b).map(Value::Integer).ok_or_else(|| {
            Diagnostic::runtime(
                Kind::ArithmeticError,
                Detail::IntegerOverflow,
                "the sum is beyond the range of an integer",
            )
        }),
        (Value::Integer(0), Value::Duration(_)) => Ok(value.clone()),
        (Value::Duration(_), Value::Duration(_)) => super::temporal::add(sum, value).unwrap_or(Ok(Value::Null)),
        _ => match (sum.as_float(), value.as_float()) {
            (Some(a), Some(b)) => Ok(Value::Float(a + b)),
            _ => Err(super::invalid_type(format!("cannot add {} to a sum", an(value.type_name())))),
        },
    }
}

struct Mean {
    sum: Value,
    count: i64,
}

impl Accumulator for Mean {
    fn add(&mut self, arguments: &[Value]) -> Result<()> {
        self.count += 1;
        self.sum = add_mean(&self.sum, &arguments[0])?;
        Ok(())
    }

    fn finish(&mut self) -> Result<Value> {
        finish_mean(&self.sum, self.count)
    }
}

/// Adds to the sum that a mean is made of: numbers as floats, so that a mean of large integers does not overflow.
pub(crate) fn add_mean(sum: &Value, value: &Value) -> Result<Value> {
    match value {
        Value::Integer(number) => add_sum(sum, &Value::Float(*number as f64)),
        other => add_sum(sum, other),
    }
}

/// The mean of so many values with this sum.
pub(crate) fn finish_mean(sum: &Value, count: i64) -> Result<Value> {
    match sum {
        _ if count == 0 => Ok(Value::Null),
        Value::Float(sum) => Ok(Value::Float(sum / count as f64)),
        duration => super::temporal::divide(duration, &Value::Integer(count)).unwrap_or(Ok(Value::Null)),
    }
}

struct Extreme {
    best: Value,
    keep: std::cmp::Ordering,
}

impl Accumulator for Extreme {
    fn add(&mut self, arguments: &[Value]) -> Result<()> {
        if self.best.is_null() || arguments[0].order(&self.best) == self.keep {
            self.best = arguments[0].clone();
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Value> {
        Ok(self.best.clone())
    }
}

/// Count, mean and sum of squared differences, updated one value at a time (Welford 1962).
#[derive(Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

struct Deviation {
    moments: Moments,
    sample: bool,
}

impl Accumulator for Deviation {
    fn add(&mut self, arguments: &[Value]) -> Result<()> {
        let value = number(&arguments[0])?;
        let m = &mut self.moments;
        m.count += 1.0;
        let difference = value - m.mean;
        m.mean += difference / m.count;
        m.squares += difference * (value - m.mean);
        Ok(())
    }

    fn finish(&mut self) -> Result<Value> {
        let m = &self.moments;
        let divisor = if self.sample { m.count - 1.0 } else { m.count };
        Ok(Value::Float(if divisor > 0.0 { (m.squares / divisor).sqrt() } else { 0.0 }))
    }
}

struct Percentile {
    values: Vec<Value>,
    percentile: f64,
    continuous: bool,
}

impl Accumulator for Percentile {
    fn add(&mut self, arguments: &[Value]) -> Result<()> {
        number(&arguments[0])?;
        let percentile = number(&arguments[1])?;
        if !(0.0..=1.0).contains(&percentile) {
            let message = format!("{percentile} is not a percentile");
            let error = Diagnostic::runtime(Kind::ArgumentError, Detail::NumberOutOfRange, message);
            return Err(error.help("give a number from 0.0 to 1.0"));
        }
        self.percentile = percentile;
        self.values.push(arguments[0].clone());
        Ok(())
    }

    fn finish(&mut self) -> Result<Value> {
        self.values.sort();
        let Some(last) = self.values.len().checked_sub(1) else { return Ok(Value::Null) };
        if !self.continuous {
            let rank = (self.percentile * self.values.len() as f64).ceil() as usize;
            return Ok(self.values[rank.saturating_sub(1).min(last)].clone());
        }
        let position = self.percentile * last as f64;
        let (below, above) = (position.floor(), position.ceil());
        let (low, high) = (number(&self.values[below as usize])?, number(&self.values[above as usize])?);
        Ok(Value::Float(low + (high - low) * (position - below)))
    }

    fn growth(&self) -> usize {
        size_of::<Value>()
    }
}

fn number(value: &Value) -> Result<f64> {
    value.as_float().ok_or_else(|| super::invalid_type(format!("expected a number, got {}", an(value.type_name()))))
}

/// Wraps an accumulator so that equal arguments count once (`DISTINCT`).
pub struct Distinct {
    seen: std::collections::HashSet<Arc<[Value]>>,
    inner: Box<dyn Accumulator>,
    grew: usize,
}

impl Distinct {
    pub fn new(inner: Box<dyn Accumulator>) -> Distinct {
        Distinct { seen: Default::default(), inner, grew: 0 }
    }
}

impl Accumulator for Distinct {
    fn add(&mut self, arguments: &[Value]) -> Result<()> {
        self.grew = 0;
        if self.seen.contains(arguments) {
            return Ok(());
        }
        self.seen.insert(Arc::from(arguments));
        self.inner.add(arguments)?;
        self.grew = arguments.iter().map(Value::held_alone).sum::<usize>() + self.inner.growth();
        Ok(())
    }

    fn finish(&mut self) -> Result<Value> {
        self.inner.finish()
    }

    fn growth(&self) -> usize {
        self.grew
    }
}

impl std::fmt::Debug for Aggregate {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
