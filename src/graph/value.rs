//! [`Value`]: everything a query can compute, with the three relations openCypher defines on values:
//! equality (`=`, three-valued), comparability (`<`, three-valued) and orderability (`ORDER BY`, total).
//! Source: openCypher CIP2016-06-14 "Define comparability and equality as well as orderability and equivalence".

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::nested::{Entries, Extent, List};
use super::temporal::{Date, DateTime, Duration, LocalDateTime, LocalTime, Time};
use super::{NodeId, Point, RelationshipId};
use crate::diagnostic::Diagnostic;

pub type Map = BTreeMap<Arc<str>, Value>;

#[derive(Clone, Debug, Default)]
pub enum Value {
    #[default]
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    String(Arc<str>),
    List(List),
    Map(Entries),
    Node(NodeId),
    Relationship(RelationshipId),
    Path(Arc<Path>),
    Date(Date),
    LocalTime(LocalTime),
    Time(Time),
    LocalDateTime(LocalDateTime),
    DateTime(Arc<DateTime>),
    Duration(Arc<Duration>),
    Point(Arc<Point>),
}

/// An alternating sequence of nodes and relationships: always one node more than relationships.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path {
    pub nodes: Vec<NodeId>,
    pub relationships: Vec<RelationshipId>,
}

impl Path {
    fn bytes(&self) -> usize {
        allocated(size_of::<Path>())
            + allocated(size_of_val(self.nodes.as_slice()))
            + allocated(size_of_val(self.relationships.as_slice()))
    }
}

/// What an allocation of this many bytes takes, with its counters and what the allocator adds.
fn allocated(bytes: usize) -> usize {
    (bytes + 2 * size_of::<usize>() + size_of::<usize>()).next_multiple_of(16)
}

impl Value {
    pub fn string(text: impl AsRef<str>) -> Value {
        Value::String(Arc::from(text.as_ref()))
    }

    pub fn list(items: impl IntoIterator<Item = Value>) -> Value {
        Value::List(items.into_iter().collect())
    }

    pub fn map<K: AsRef<str>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
        Value::from(entries.into_iter().map(|(k, v)| (Arc::from(k.as_ref()), v)).collect::<Map>())
    }

    /// How deep it is nested and how large it is.
    pub(crate) fn extent(&self) -> Extent {
        let own = size_of::<Value>();
        // What is behind a pointer, shared by so many.
        let behind = |bytes: usize, holders: usize| Extent { depth: 0, size: own + bytes, held: own + bytes / holders };
        match self {
            Value::String(text) => behind(allocated(text.len()), Arc::strong_count(text)),
            Value::List(items) => items.extent(),
            Value::Map(entries) => entries.extent(),
            Value::Path(path) => behind(path.bytes(), Arc::strong_count(path)),
            Value::DateTime(value) => behind(allocated(size_of::<DateTime>()), Arc::strong_count(value)),
            Value::Duration(value) => behind(allocated(size_of::<Duration>()), Arc::strong_count(value)),
            Value::Point(value) => behind(allocated(size_of::<Point>()), Arc::strong_count(value)),
            Value::Null
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Node(_)
            | Value::Relationship(_)
            | Value::Date(_)
            | Value::LocalTime(_)
            | Value::Time(_)
            | Value::LocalDateTime(_) => Extent { depth: 0, size: own, held: own },
        }
    }

    /// Bytes that it takes, about, with what it holds: as if nothing of it were shared.
    pub(crate) fn size(&self) -> usize {
        self.extent().size
    }

    /// Bytes that it takes, about: of what is shared only its part.
    pub(crate) fn held(&self) -> usize {
        self.extent().held
    }

    /// Bytes that a copy takes, about, when the one it was copied from is gone.
    pub(crate) fn held_alone(&self) -> usize {
        let own = size_of::<Value>();
        let Extent { size, held, .. } = self.extent();
        // Half of the holders is the other one.
        own + 2 * (held - own).min((size - own) / 2)
    }

    /// The value, unless it is too deep or too large.
    pub(crate) fn bounded(self) -> Result<Value, Diagnostic> {
        match &self {
            Value::List(_) | Value::Map(_) => self.extent().check().map(|()| self),
            _ => Ok(self),
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The number as a float, for integers and floats.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Value::Integer(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// The type's name in openCypher, for messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "Null",
            Value::Boolean(_) => "Boolean",
            Value::Integer(_) => "Integer",
            Value::Float(_) => "Float",
            Value::String(_) => "String",
            Value::List(_) => "List",
            Value::Map(_) => "Map",
            Value::Node(_) => "Node",
            Value::Relationship(_) => "Relationship",
            Value::Path(_) => "Path",
            Value::Date(_) => "Date",
            Value::LocalTime(_) => "LocalTime",
            Value::Time(_) => "Time",
            Value::LocalDateTime(_) => "LocalDateTime",
            Value::DateTime(_) => "DateTime",
            Value::Duration(_) => "Duration",
            Value::Point(_) => "Point",
        }
    }

    /// The `=` of openCypher: `None` is null.
    pub fn equals(&self, other: &Value) -> Option<bool> {
        use Value::*;
        match (self, other) {
            (Null, _) | (_, Null) => None,
            (List(a), List(b)) => lists_equal(a, b),
            (Map(a), Map(b)) => maps_equal(a, b),
            (Integer(a), Float(b)) | (Float(b), Integer(a)) => {
                Some(compare_integer_float(*a, *b) == Some(Ordering::Equal))
            }
            (Float(a), Float(b)) => Some(a == b),
            (Path(a), Path(b)) => Some(a == b),
            (Duration(a), Duration(b)) => Some(a == b),
            (DateTime(a), DateTime(b)) => Some(a == b),
            _ => Some(self.rank() == other.rank() && self.order(other) == Ordering::Equal),
        }
    }

    /// The `<` of openCypher: `None` when the two cannot be compared (null, NaN, different types).
    pub fn compare(&self, other: &Value) -> Option<Ordering> {
        use Value::*;
        match (self, other) {
            (Integer(a), Integer(b)) => Some(a.cmp(b)),
            (Integer(a), Float(b)) => compare_integer_float(*a, *b),
            (Float(a), Integer(b)) => compare_integer_float(*b, *a).map(Ordering::reverse),
            (Float(a), Float(b)) => a.partial_cmp(b),
            (String(a), String(b)) => Some(a.cmp(b)),
            (Boolean(a), Boolean(b)) => Some(a.cmp(b)),
            (List(a), List(b)) => compare_lists(a, b),
            (Date(a), Date(b)) => Some(a.cmp(b)),
            (LocalTime(a), LocalTime(b)) => Some(a.cmp(b)),
            (Time(a), Time(b)) => Some(a.cmp(b)),
            (LocalDateTime(a), LocalDateTime(b)) => Some(a.cmp(b)),
            (DateTime(a), DateTime(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// The total order of `ORDER BY`: by type first (maps before nodes … before numbers, null last), then by value.
    pub fn order(&self, other: &Value) -> Ordering {
        use Value::*;
        match (self, other) {
            (Integer(a), Integer(b)) => a.cmp(b),
            (Float(a), Float(b)) => order_floats(*a, *b),
            (Integer(a), Float(b)) => compare_integer_float(*a, *b).unwrap_or(Ordering::Less),
            (Float(a), Integer(b)) => compare_integer_float(*b, *a).map_or(Ordering::Greater, Ordering::reverse),
            (String(a), String(b)) => a.cmp(b),
            (Boolean(a), Boolean(b)) => a.cmp(b),
            (List(a), List(b)) if a.is_same(b) => Ordering::Equal,
            (Map(a), Map(b)) if a.is_same(b) => Ordering::Equal,
            (List(a), List(b)) => order_lists(a, b),
            (Map(a), Map(b)) => order_maps(a, b),
            (Node(a), Node(b)) => a.cmp(b),
            (Relationship(a), Relationship(b)) => a.cmp(b),
            (Path(a), Path(b)) => a.cmp(b),
            (Date(a), Date(b)) => a.cmp(b),
            (LocalTime(a), LocalTime(b)) => a.cmp(b),
            (Time(a), Time(b)) => a.cmp(b),
            (LocalDateTime(a), LocalDateTime(b)) => a.cmp(b),
            (DateTime(a), DateTime(b)) => a.cmp(b),
            (Duration(a), Duration(b)) => a.cmp(b),
            (Point(a), Point(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    /// The place of the type in the global sort order (openCypher 9, "Ordering and comparison of values"). Points,
    /// which it does not know, come where Neo4j sorts them: after paths, before temporal values.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Value::Map(_) => 0,
            Value::Node(_) => 1,
            Value::Relationship(_) => 2,
            Value::List(_) => 3,
            Value::Path(_) => 4,
            Value::Point(_) => 5,
            Value::DateTime(_) => 6,
            Value::LocalDateTime(_) => 7,
            Value::Date(_) => 8,
            Value::Time(_) => 9,
            Value::LocalTime(_) => 10,
            Value::Duration(_) => 11,
            Value::String(_) => 12,
            Value::Boolean(_) => 13,
            Value::Integer(_) | Value::Float(_) => 14,
            Value::Null => 15,
        }
    }
}

/// Exact comparison: an integer beyond 2^53 is not rounded first. `None` for NaN.
fn compare_integer_float(integer: i64, float: f64) -> Option<Ordering> {
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    if float.is_nan() {
        None
    } else if float >= TWO_63 {
        Some(Ordering::Less)
    } else if float < -TWO_63 {
        Some(Ordering::Greater)
    } else {
        let whole = float.trunc();
        Some(integer.cmp(&(whole as i64)).then(0.0_f64.partial_cmp(&(float - whole)).expect("neither is NaN")))
    }
}

/// NaN is greater than every number; the two zeros are one value.
fn order_floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

fn lists_equal(a: &[Value], b: &[Value]) -> Option<bool> {
    if a.len() != b.len() {
        return Some(false);
    }
    all_equal(a.iter().zip(b))
}

fn maps_equal(a: &Map, b: &Map) -> Option<bool> {
    if a.len() != b.len() || !a.keys().eq(b.keys()) {
        return Some(false);
    }
    all_equal(a.values().zip(b.values()))
}

/// False wins over null, null over true.
fn all_equal<'a>(pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Option<bool> {
    let mut result = Some(true);
    for (a, b) in pairs {
        match a.equals(b) {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}

fn compare_lists(a: &[Value], b: &[Value]) -> Option<Ordering> {
    for (x, y) in a.iter().zip(b) {
        match x.compare(y) {
            Some(Ordering::Equal) => {}
            decided => return decided,
        }
    }
    Some(a.len().cmp(&b.len()))
}

fn order_lists(a: &[Value], b: &[Value]) -> Ordering {
    let first = a.iter().zip(b).map(|(x, y)| x.order(y)).find(|o| o.is_ne());
    first.unwrap_or_else(|| a.len().cmp(&b.len()))
}

fn order_maps(a: &Map, b: &Map) -> Ordering {
    let values = || a.values().zip(b.values()).map(|(x, y)| x.order(y)).find(|o| o.is_ne());
    a.len().cmp(&b.len()).then_with(|| a.keys().cmp(b.keys())).then_with(|| values().unwrap_or(Ordering::Equal))
}

/// Equivalence: what DISTINCT, grouping and set operations call "the same". Null is itself, NaN is itself,
/// and 1 is 1.0.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.rank() == other.rank() && self.order(other) == Ordering::Equal
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Value) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The total order of `ORDER BY`.
impl Ord for Value {
    fn cmp(&self, other: &Value) -> Ordering {
        self.order(other)
    }
}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rank().hash(state);
        match self {
            Value::Null => {}
            Value::Boolean(value) => value.hash(state),
            Value::Integer(value) => hash_number(*value as f64, state),
            Value::Float(value) => hash_number(*value, state),
            Value::String(value) => value.hash(state),
            Value::List(value) => value.hash(state),
            Value::Map(value) => (**value).hash(state),
            Value::Node(value) => value.hash(state),
            Value::Relationship(value) => value.hash(state),
            Value::Path(value) => value.hash(state),
            Value::Date(value) => value.hash(state),
            Value::LocalTime(value) => value.hash(state),
            Value::Time(value) => value.hash(state),
            Value::LocalDateTime(value) => value.hash(state),
            Value::DateTime(value) => value.hash(state),
            Value::Duration(value) => value.hash(state),
            Value::Point(value) => value.hash(state),
        }
    }
}

/// Equal numbers hash alike: integers hash as the float they round to, both zeros and all NaNs as one.
fn hash_number<H: Hasher>(number: f64, state: &mut H) {
    let canonical = if number.is_nan() {
        f64::NAN
    } else if number == 0.0 {
        0.0
    } else {
        number
    };
    canonical.to_bits().hash(state);
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Boolean(value)
    }
}

impl From<Option<bool>> for Value {
    fn from(value: Option<bool>) -> Value {
        value.map_or(Value::Null, Value::Boolean)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Integer(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Value {
        Value::Integer(value as i64)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value::Float(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Value {
        Value::List(items.into())
    }
}

impl From<Map> for Value {
    fn from(entries: Map) -> Value {
        Value::Map(entries.into())
    }
}

impl From<Date> for Value {
    fn from(value: Date) -> Value {
        Value::Date(value)
    }
}

impl From<LocalTime> for Value {
    fn from(value: LocalTime) -> Value {
        Value::LocalTime(value)
    }
}

impl From<Time> for Value {
    fn from(value: Time) -> Value {
        Value::Time(value)
    }
}

impl From<LocalDateTime> for Value {
    fn from(value: LocalDateTime) -> Value {
        Value::LocalDateTime(value)
    }
}

impl From<DateTime> for Value {
    fn from(value: DateTime) -> Value {
        Value::DateTime(Arc::new(value))
    }
}

impl From<Duration> for Value {
    fn from(value: Duration) -> Value {
        Value::Duration(Arc::new(value))
    }
}

impl From<Point> for Value {
    fn from(value: Point) -> Value {
        Value::Point(Arc::new(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::string(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::String(Arc::from(value))
    }
}

/// The shortest text that reads back as the same number, always with a point or an exponent.
pub fn format_float(number: f64) -> String {
    if number.is_nan() {
        "NaN".into()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".into() } else { "-Infinity".into() }
    } else {
        format!("{number:?}")
    }
}
