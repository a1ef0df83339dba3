//! Functions of lists.

use super::{Function, Nulls, function, invalid_type, optional, required};
use crate::diagnostic::{Detail, Diagnostic, Kind, an};
use crate::graph::{TypeSet, Value};

const LIST: TypeSet = TypeSet::LIST;
const ANY: TypeSet = TypeSet::ANY;

pub const FUNCTIONS: &[Function] = &[
    function(
        "size",
        &[required("value", LIST.or(TypeSet::STRING))],
        TypeSet::INTEGER,
        "The number of elements of a list, or of characters of a string.",
        ("size([1, 2, 3])", "3"),
        |_, arguments| match &arguments[0] {
            Value::List(list) => Ok(list.len().into()),
            Value::String(text) => Ok(text.chars().count().into()),
            other => Err(invalid_type(format!("size() takes a list or a string, not {}", an(other.type_name())))),
        },
    ),
    function(
        "cardinality",
        &[required("value", LIST.or(TypeSet::MAP).or(TypeSet::PATH))],
        TypeSet::INTEGER,
        "The number of elements of a list, of entries of a map, or of nodes and relationships of a path.",
        ("cardinality({a: 1, b: 2})", "2"),
        |_, arguments| match &arguments[0] {
            Value::Map(map) => Ok(map.len().into()),
            Value::Path(path) => Ok((path.nodes.len() + path.relationships.len()).into()),
            other => Ok(items(other)?.len().into()),
        },
    ),
    function(
        "isEmpty",
        &[required("value", LIST.or(TypeSet::MAP).or(TypeSet::STRING))],
        TypeSet::BOOLEAN,
        "Whether a list, map or string has nothing in it.",
        ("isEmpty([])", "true"),
        |_, arguments| match &arguments[0] {
            Value::String(text) => Ok(text.is_empty().into()),
            Value::Map(map) => Ok(map.is_empty().into()),
            other => Ok(items(other)?.is_empty().into()),
        },
    ),
    function("head", &[required("list", LIST)], ANY, "The first element, or null.", ("head([1, 2])", "1"), |_, a| {
        Ok(items(&a[0])?.first().cloned().unwrap_or_default())
    }),
    function("last", &[required("list", LIST)], ANY, "The last element, or null.", ("last([1, 2])", "2"), |_, a| {
        Ok(items(&a[0])?.last().cloned().unwrap_or_default())
    }),
    function(
        "tail",
        &[required("list", LIST)],
        LIST,
        "All elements but the first.",
        ("tail([1, 2, 3])", "[2, 3]"),
        |_, a| Ok(Value::list(items(&a[0])?.iter().skip(1).cloned())),
    ),
    function(
        "reverse",
        &[required("value", LIST.or(TypeSet::STRING))],
        LIST.or(TypeSet::STRING),
        "The list or string from back to front.",
        ("reverse([1, 2, 3])", "[3, 2, 1]"),
        |_, arguments| match &arguments[0] {
            Value::String(text) => Ok(text.chars().rev().collect::<String>().into()),
            other => Ok(Value::list(items(other)?.iter().rev().cloned())),
        },
    ),
    Function {
        // Types are checked when it runs: the conformance kit expects a runtime error.
        parameters: &[required("from", ANY), required("to", ANY), optional("step", ANY)],
        nulls: Nulls::Propagate,
        ..function(
            "range",
            &[],
            LIST,
            "The integers from the first to the second, both included, in steps.",
            ("range(0, 10, 5)", "[0, 5, 10]"),
            range,
        )
    },
];

fn range(context: &super::Context, arguments: &[Value]) -> super::Result<Value> {
    let integers = Progression::new(arguments)?;
    let bytes = usize::try_from(integers.left).unwrap_or(usize::MAX).saturating_mul(size_of::<Value>());
    context.budget.charge(bytes)?;
    context.budget.release(bytes);
    let mut list = Vec::with_capacity(integers.left as usize);
    for integer in integers {
        context.budget.tick()?;
        list.push(Value::Integer(integer));
    }
    Ok(Value::list(list))
}

/// The integers of `range()`, one at a time.
pub(crate) struct Progression {
    next: i128,
    step: i128,
    left: u128,
}

impl Progression {
    /// Of the arguments of `range()`, none of them null.
    pub(crate) fn new(arguments: &[Value]) -> super::Result<Progression> {
        let mut bounds = [0, 0, 1];
        for (bound, argument) in bounds.iter_mut().zip(arguments) {
            let integer = argument.as_integer().ok_or_else(|| {
                let message = format!("range() takes integers, not {}", an(argument.type_name()));
                Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentType, message)
            })?;
            *bound = i128::from(integer);
        }
        let [from, to, step] = bounds;
        if step == 0 {
            let error = Diagnostic::runtime(Kind::ArgumentError, Detail::NumberOutOfRange, "the step of range() is 0");
            return Err(error.help("take 1, or -1 to count down"));
        }
        let away = (to - from).signum() == -step.signum();
        let left = if away { 0 } else { ((to - from) / step + 1).unsigned_abs() };
        Ok(Progression { next: from, step, left })
    }
}

impl Iterator for Progression {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        self.left = self.left.checked_sub(1)?;
        let integer = self.next as i64;
        self.next += self.step;
        Some(integer)
    }
}

/// Whether the function gives the integers of a [`Progression`].
pub(crate) fn is_range(function: &super::Function) -> bool {
    function.name == "range"
}

pub(super) fn items(value: &Value) -> super::Result<&[Value]> {
    match value {
        Value::List(list) => Ok(list),
        other => Err(invalid_type(format!("a list is expected, not {}", an(other.type_name())))),
    }
}
