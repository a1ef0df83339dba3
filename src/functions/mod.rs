//! The FUNCTIONS table: every scalar function with its signature, documentation and a tested example.
//!
//! To add one: write it in its family's file and add its row there. Help, completion and the reference are
//! printed from the table. Aggregating functions are in [`aggregate`].

pub mod aggregate;
mod collection;
mod convert;
pub mod entity;
mod list;
mod number;
pub mod pattern;
pub mod point;
mod round;
pub mod temporal;
mod text;
mod value;

use crate::diagnostic::{Detail, Diagnostic, Kind, an};
use crate::graph::temporal::{DateTime, Zone};
use crate::graph::{Graph, TypeSet, Value};
use crate::limits::Budget;
pub(crate) use list::{Progression, is_range};

pub type Result<T> = std::result::Result<T, Diagnostic>;

/// One row of the table.
pub struct Function {
    /// As documented; looked up without regard to case.
    pub name: &'static str,
    pub parameters: &'static [Parameter],
    /// The last parameter may be repeated.
    pub variadic: bool,
    pub returns: TypeSet,
    /// What to do when an argument is null.
    pub nulls: Nulls,
    /// One sentence.
    pub doc: &'static str,
    /// An expression and the text its value prints as; a test runs it.
    pub example: (&'static str, &'static str),
    /// The arguments are already checked against count and, where they are not null, parameter types.
    pub evaluate: fn(&Context, &[Value]) -> Result<Value>,
}

pub struct Parameter {
    pub name: &'static str,
    pub types: TypeSet,
    pub optional: bool,
}

/// A function with a fixed number of arguments that is null when one of them is.
const fn function(
    name: &'static str,
    parameters: &'static [Parameter],
    returns: TypeSet,
    doc: &'static str,
    example: (&'static str, &'static str),
    evaluate: fn(&Context, &[Value]) -> Result<Value>,
) -> Function {
    Function { name, parameters, variadic: false, returns, nulls: Nulls::Propagate, doc, example, evaluate }
}

/// A parameter that must be given.
pub const fn required(name: &'static str, types: TypeSet) -> Parameter {
    Parameter { name, types, optional: false }
}

/// A parameter that may be left out; only other optional ones follow it.
pub const fn optional(name: &'static str, types: TypeSet) -> Parameter {
    Parameter { name, types, optional: true }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// A null argument makes the result null; the function is not called.
    Propagate,
    /// The function sees the nulls.
    Pass,
    /// The first argument that is not null is the result; those after it are not evaluated.
    First,
}

/// What a function may look at besides its arguments.
pub struct Context<'a> {
    pub graph: &'a Graph,
    pub clock: Clock,
    /// State of the random generator behind `rand()`.
    pub random: &'a std::cell::Cell<u64>,
    pub patterns: &'a pattern::Patterns,
    /// Functions that build large values charge it.
    pub budget: &'a Budget,
}

/// The time at which the statement started: the doors read it from the system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub nanos: i128,
    /// The local zone's offset in seconds east of UTC.
    pub offset: i32,
}

impl Clock {
    /// The day, as `2026-11-30`.
    pub fn date(&self) -> String {
        let moment = DateTime::from_epoch_nanos(self.nanos, &Zone::Offset(self.offset));
        moment.map_or_else(|_| String::new(), |moment| moment.local.date.to_string())
    }
}

/// The families, in the order of the reference.
const FAMILIES: &[(&str, &[Function])] = &[
    ("nodes, relationships and paths", entity::FUNCTIONS),
    ("lists", list::FUNCTIONS),
    ("collections", collection::FUNCTIONS),
    ("strings", text::FUNCTIONS),
    ("numbers", number::FUNCTIONS),
    ("conversions", convert::FUNCTIONS),
    ("values", value::FUNCTIONS),
    ("temporal", temporal::FUNCTIONS),
    ("points", point::FUNCTIONS),
];

/// Other names of functions: those of GQL, and those that Cypher had before.
const ALIASES: &[(&str, &str)] = &[
    ("ceiling", "ceil"),
    ("character_length", "char_length"),
    ("distance", "point.distance"),
    ("duration_between", "duration.between"),
    ("element_id", "elementId"),
    ("local_datetime", "localdatetime"),
    ("local_time", "localtime"),
    ("lower", "toLower"),
    ("path_length", "length"),
    ("upper", "toUpper"),
    ("uuid", "randomUUID"),
    ("zoned_datetime", "datetime"),
    ("zoned_time", "time"),
];

/// The other names of a function.
pub fn aliases(function: &Function) -> impl Iterator<Item = &'static str> {
    let name = function.name;
    ALIASES.iter().filter(move |(_, of)| *of == name).map(|(alias, _)| *alias)
}

/// Every name that [`find`] knows.
pub fn names() -> impl Iterator<Item = &'static str> {
    all().map(|(_, function)| function.name).chain(ALIASES.iter().map(|(alias, _)| *alias))
}

/// All functions with the name of their family.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Function)> {
    FAMILIES.iter().flat_map(|(family, functions)| functions.iter().map(move |f| (*family, f)))
}

/// Finds a function by one of its names, ignoring case.
pub fn find(name: &str) -> Option<&'static Function> {
    let name = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name)).map_or(name, |(_, of)| of);
    all().map(|(_, function)| function).find(|function| function.name.eq_ignore_ascii_case(name))
}

/// The value converted to one of the types, for `CAST`; `None` if there is no such conversion.
pub fn convert(context: &Context, value: &Value, types: TypeSet) -> Option<Value> {
    let constructor = match types {
        TypeSet::DATE => "date",
        TypeSet::LOCAL_TIME => "localtime",
        TypeSet::TIME => "time",
        TypeSet::LOCAL_DATE_TIME => "localdatetime",
        TypeSet::DATE_TIME => "datetime",
        TypeSet::DURATION => "duration",
        _ => return convert::convert(value, types),
    };
    (find(constructor)?.evaluate)(context, std::slice::from_ref(value)).ok()
}

/// Whether equal arguments always give an equal result within a statement.
pub fn is_deterministic(function: &Function) -> bool {
    !matches!(function.name, "rand" | "randomUUID")
}

/// The signature as people read it: `substring(text :: String, start :: Integer, [length :: Integer]) :: String`.
pub fn signature(function: &Function) -> String {
    let parameters = function.parameters.iter().map(|p| {
        let text = format!("{} :: {}", p.name, p.types);
        if p.optional { format!("[{text}]") } else { text }
    });
    let more = if function.variadic { ", …" } else { "" };
    format!("{}({}{more}) :: {}", function.name, parameters.collect::<Vec<_>>().join(", "), function.returns)
}

/// An argument that is an integer from 0 on; `negative` is the detail of the error for any other.
fn natural(value: &Value, name: &str, negative: Detail) -> Result<usize> {
    let number = value
        .as_integer()
        .ok_or_else(|| invalid_type(format!("`{name}` must be an integer, not {}", an(value.type_name()))))?;
    usize::try_from(number).map_err(|_| {
        let message = format!("`{name}` cannot be negative, but is {number}");
        Diagnostic::runtime(Kind::ArgumentError, negative, message)
    })
}

/// The error for an argument whose value does not fit.
pub fn invalid_value(message: impl Into<String>) -> Diagnostic {
    Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message)
}

/// The error for an argument whose type does not fit.
pub fn invalid_type(message: impl Into<String>) -> Diagnostic {
    Diagnostic::runtime(Kind::TypeError, Detail::InvalidArgumentType, message)
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
