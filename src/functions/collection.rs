//! Functions of lists under `coll.`.

use super::list::items;
use super::{Context, Function, Nulls, Result, function, invalid_value, natural, optional, required};
use crate::diagnostic::Detail;
use crate::graph::{TypeSet, Value};

const LIST: TypeSet = TypeSet::LIST;
const INTEGER: TypeSet = TypeSet::INTEGER;
const ANY: TypeSet = TypeSet::ANY;

pub const FUNCTIONS: &[Function] = &[
    function(
        "coll.distinct",
        &[required("list", LIST)],
        LIST,
        "The list without values that come earlier in it.",
        ("coll.distinct([1, 3, 1])", "[1, 3]"),
        |context, a| {
            let mut seen = std::collections::BTreeSet::new();
            let mut kept = Vec::new();
            for item in polled(context, items(&a[0])?) {
                let item = item?;
                if seen.insert(item) {
                    kept.push(item.clone());
                }
            }
            listed(context, kept)
        },
    ),
    function(
        "coll.flatten",
        &[required("list", LIST), optional("depth", INTEGER)],
        LIST,
        "The list in which the elements of inner lists stand in place of these, down to a depth (1).",
        ("coll.flatten([1, [2, [3]]])", "[1, 2, [3]]"),
        |context, a| {
            let depth = a.get(1).map_or(Ok(1), |depth| position(depth, "depth"))?;
            let mut kept = Vec::new();
            flatten(context, items(&a[0])?, depth, &mut kept)?;
            listed(context, kept)
        },
    ),
    function(
        "coll.indexOf",
        &[required("list", LIST), required("value", ANY)],
        INTEGER,
        "The position of the first element that is equal to the value (the first position is 0), or -1.",
        ("coll.indexOf([1, 2, 3], 2)", "1"),
        |context, a| {
            for (at, item) in polled(context, items(&a[0])?).enumerate() {
                if item?.equals(&a[1]) == Some(true) {
                    return Ok(at.into());
                }
            }
            Ok(Value::Integer(-1))
        },
    ),
    Function {
        // The value may be null.
        nulls: Nulls::Pass,
        ..function(
            "coll.insert",
            &[required("list", LIST), required("index", INTEGER), required("value", ANY)],
            LIST,
            "The list with a value more, which then stands at the position.",
            ("coll.insert([1, 2], 1, 5)", "[1, 5, 2]"),
            |context, a| {
                if a[0].is_null() || a[1].is_null() {
                    return Ok(Value::Null);
                }
                let (list, at) = (items(&a[0])?, position(&a[1], "index")?);
                within(at, list.len() + 1)?;
                listed(context, [&list[..at], &a[2..3], &list[at..]].concat())
            },
        )
    },
    function(
        "coll.max",
        &[required("list", LIST)],
        ANY,
        "The last value in sort order, where null comes last; null when there are none.",
        ("coll.max([1, 3, 2])", "3"),
        |context, a| {
            let mut most = None;
            for item in polled(context, items(&a[0])?) {
                most = most.max(Some(item?));
            }
            Ok(most.cloned().unwrap_or_default())
        },
    ),
    function(
        "coll.min",
        &[required("list", LIST)],
        ANY,
        "The first value in sort order; null when there are none.",
        ("coll.min([2, 1, 3])", "1"),
        |context, a| {
            let mut least: Option<&Value> = None;
            for item in polled(context, items(&a[0])?) {
                let item = item?;
                least = Some(least.map_or(item, |least| least.min(item)));
            }
            Ok(least.cloned().unwrap_or_default())
        },
    ),
    function(
        "coll.remove",
        &[required("list", LIST), required("index", INTEGER)],
        LIST,
        "The list without the element at the position.",
        ("coll.remove([1, 2, 3], 1)", "[1, 3]"),
        |context, a| {
            let (list, at) = (items(&a[0])?, position(&a[1], "index")?);
            within(at, list.len())?;
            listed(context, [&list[..at], &list[at + 1..]].concat())
        },
    ),
    function(
        "coll.sort",
        &[required("list", LIST)],
        LIST,
        "The elements in sort order.",
        ("coll.sort([3, 1, 2])", "[1, 2, 3]"),
        |context, a| {
            let mut sorted = items(&a[0])?.to_vec();
            context.budget.work(sorted.len())?;
            sorted.sort();
            listed(context, sorted)
        },
    ),
];

/// A position or a depth.
fn position(value: &Value, name: &str) -> Result<usize> {
    natural(value, name, Detail::NumberOutOfRange)
}

/// The elements, with a look at the limits before each.
fn polled<'a>(context: &'a Context, list: &'a [Value]) -> impl Iterator<Item = Result<&'a Value>> {
    list.iter().map(|item| context.budget.tick().map(|()| item))
}

/// The list, if there is room for it.
fn listed(context: &Context, list: Vec<Value>) -> Result<Value> {
    context.budget.room(size_of::<Value>().saturating_mul(list.len()))?;
    Value::from(list).bounded()
}

fn flatten(context: &Context, list: &[Value], depth: usize, kept: &mut Vec<Value>) -> Result<()> {
    for item in polled(context, list) {
        match (item?, depth.checked_sub(1)) {
            (Value::List(inner), Some(depth)) => flatten(context, inner, depth, kept)?,
            (item, _) => kept.push(item.clone()),
        }
    }
    Ok(())
}

fn within(at: usize, places: usize) -> Result<()> {
    match at < places {
        true => Ok(()),
        false => {
            Err(invalid_value(format!("position {at} is beyond the end: the last is {}", places.saturating_sub(1))))
        }
    }
}
