//! [`Vector`]: the values of one slot in the rows of a batch.
//!
//! Values of one type lie in an array of that type, shared by all batches that hold some of them: rows are picked by
//! place, and an array is gathered only when a kernel reads it. What does not fit together lies in an array of
//! [`Value`]s. Null is a value of every type.

use std::sync::Arc;

use crate::graph::{self, Column, Dictionary, NodeId, RelationshipId, TemporalArray, Value};
use crate::result;

/// Places in an array, one a row.
pub(super) type Picks = Arc<[u32]>;

#[derive(Clone, Debug)]
pub(super) enum Vector {
    /// The same in every row.
    Same(Value),
    /// The value of row `i` is at `picks[i]`; without picks, at `i`.
    Each { data: Arc<Data>, picks: Option<Picks> },
}

/// Which values of an array are null; `None`: none is.
pub(super) type Nulls = Option<Vec<bool>>;

/// What stands for null among numbers of nodes, relationships and strings.
pub(super) const NULL: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub(super) enum Data {
    Nodes(Vec<u32>),
    Relationships(Vec<u32>),
    Booleans(Vec<bool>, Nulls),
    Integers(Vec<i64>, Nulls),
    Floats(Vec<f64>, Nulls),
    /// Strings by their code.
    Text(Vec<u32>, Arc<Dictionary>),
    /// Dates or times of one type in one zone, as counts on a scale.
    Temporals(Vec<i64>, Arc<TemporalArray>, Nulls),
    /// Lists of relationships: where each one ends, and all their numbers.
    RelationshipLists {
        ends: Vec<u32>,
        numbers: Vec<u32>,
    },
    Values(Vec<Value>),
}

impl Data {
    pub(super) fn len(&self) -> usize {
        match self {
            Data::Nodes(numbers) | Data::Relationships(numbers) | Data::Text(numbers, _) => numbers.len(),
            Data::Booleans(values, _) => values.len(),
            Data::Integers(values, _) | Data::Temporals(values, ..) => values.len(),
            Data::Floats(values, _) => values.len(),
            Data::RelationshipLists { ends, .. } => ends.len(),
            Data::Values(values) => values.len(),
        }
    }

    pub(super) fn value(&self, at: usize) -> Value {
        let is_null = |nulls: &Nulls| nulls.as_ref().is_some_and(|nulls| nulls[at]);
        match self {
            Data::Nodes(numbers) => node(numbers[at]),
            Data::Relationships(numbers) => relationship(numbers[at]),
            Data::Booleans(_, nulls)
            | Data::Integers(_, nulls)
            | Data::Floats(_, nulls)
            | Data::Temporals(_, _, nulls)
                if is_null(nulls) =>
            {
                Value::Null
            }
            Data::Booleans(values, _) => Value::Boolean(values[at]),
            Data::Integers(values, _) => Value::Integer(values[at]),
            Data::Floats(values, _) => Value::Float(values[at]),
            Data::Text(codes, dictionary) => text(codes[at], dictionary),
            Data::Temporals(counts, scale, _) => scale.value_of(counts[at], 0),
            Data::RelationshipLists { ends, numbers } => {
                Value::list(numbers[bounds(ends, at)].iter().map(|number| relationship(*number)))
            }
            Data::Values(values) => values[at].clone(),
        }
    }

    /// So many times the same value.
    fn repeat(value: &Value, len: usize) -> Data {
        match value {
            Value::Node(_) => Data::Nodes(vec![number(value); len]),
            Value::Relationship(_) => Data::Relationships(vec![number(value); len]),
            Value::Boolean(value) => Data::Booleans(vec![*value; len], None),
            Value::Integer(value) => Data::Integers(vec![*value; len], None),
            Value::Float(value) => Data::Floats(vec![*value; len], None),
            value => Data::Values(vec![value.clone(); len]),
        }
    }

    /// So many nulls among values of this type.
    fn nulls(&self, len: usize) -> Data {
        match self {
            Data::Nodes(_) => Data::Nodes(vec![NULL; len]),
            Data::Relationships(_) => Data::Relationships(vec![NULL; len]),
            Data::Text(_, dictionary) => Data::Text(vec![NULL; len], dictionary.clone()),
            Data::Booleans(..) => Data::Booleans(vec![false; len], Some(vec![true; len])),
            Data::Integers(..) => Data::Integers(vec![0; len], Some(vec![true; len])),
            Data::Temporals(_, scale, _) => Data::Temporals(vec![0; len], scale.clone(), Some(vec![true; len])),
            Data::Floats(..) => Data::Floats(vec![0.0; len], Some(vec![true; len])),
            Data::RelationshipLists { .. } | Data::Values(_) => Data::Values(vec![Value::Null; len]),
        }
    }

    /// The values, and those of another array after them.
    fn followed_by(mut self, other: &Data) -> Data {
        let (len, more) = (self.len(), other.len());
        match (&mut self, other) {
            (Data::Nodes(own), Data::Nodes(other)) | (Data::Relationships(own), Data::Relationships(other)) => {
                own.extend_from_slice(other);
            }
            (Data::Text(own, of), Data::Text(other, of_other)) if Arc::ptr_eq(of, of_other) => {
                own.extend_from_slice(other);
            }
            (Data::Booleans(own, nulls), Data::Booleans(other, more_nulls)) => {
                own.extend_from_slice(other);
                join(nulls, more_nulls, len, more);
            }
            (Data::Integers(own, nulls), Data::Integers(other, more_nulls)) => {
                own.extend_from_slice(other);
                join(nulls, more_nulls, len, more);
            }
            (Data::Floats(own, nulls), Data::Floats(other, more_nulls)) => {
                own.extend_from_slice(other);
                join(nulls, more_nulls, len, more);
            }
            (Data::Temporals(own, scale, nulls), Data::Temporals(other, other_scale, more_nulls))
                if scale == other_scale =>
            {
                own.extend_from_slice(other);
                join(nulls, more_nulls, len, more);
            }
            (Data::Values(own), other) => own.extend((0..more).map(|at| other.value(at))),
            (own, other) => {
                let own = (0..len).map(|at| own.value(at));
                return Data::Values(own.chain((0..more).map(|at| other.value(at))).collect());
            }
        }
        self
    }

    /// The values at these places.
    fn gather(&self, places: &[u32]) -> Data {
        fn of<T: Clone>(values: &[T], places: &[u32]) -> Vec<T> {
            places.iter().map(|place| values[*place as usize].clone()).collect()
        }
        let nulls = |nulls: &Nulls| nulls.as_ref().map(|nulls| of(nulls, places));
        match self {
            Data::Nodes(numbers) => Data::Nodes(of(numbers, places)),
            Data::Relationships(numbers) => Data::Relationships(of(numbers, places)),
            Data::Booleans(values, own) => Data::Booleans(of(values, places), nulls(own)),
            Data::Integers(values, own) => Data::Integers(of(values, places), nulls(own)),
            Data::Floats(values, own) => Data::Floats(of(values, places), nulls(own)),
            Data::Text(codes, dictionary) => Data::Text(of(codes, places), dictionary.clone()),
            Data::Temporals(counts, scale, own) => Data::Temporals(of(counts, places), scale.clone(), nulls(own)),
            Data::RelationshipLists { ends, numbers } => {
                let (mut picked_ends, mut picked) = (Vec::with_capacity(places.len()), Vec::new());
                for place in places {
                    picked.extend_from_slice(&numbers[bounds(ends, *place as usize)]);
                    picked_ends.push(picked.len() as u32);
                }
                Data::RelationshipLists { ends: picked_ends, numbers: picked }
            }
            Data::Values(values) => Data::Values(of(values, places)),
        }
    }

    /// What it takes in memory, what values point to not counted.
    pub(super) fn bytes(&self) -> usize {
        let nulls = |nulls: &Nulls| nulls.as_ref().map_or(0, Vec::len);
        match self {
            Data::Nodes(numbers) | Data::Relationships(numbers) | Data::Text(numbers, _) => {
                size_of_val(numbers.as_slice())
            }
            Data::Booleans(values, own) => values.len() + nulls(own),
            Data::Integers(values, own) | Data::Temporals(values, _, own) => {
                size_of_val(values.as_slice()) + nulls(own)
            }
            Data::Floats(values, own) => size_of_val(values.as_slice()) + nulls(own),
            Data::RelationshipLists { ends, numbers } => size_of_val(ends.as_slice()) + size_of_val(numbers.as_slice()),
            Data::Values(values) => values.iter().map(Value::held).sum(),
        }
    }
}

/// Adds which of some more values are null.
fn join(nulls: &mut Nulls, more: &Nulls, len: usize, more_len: usize) {
    if nulls.is_none() && more.is_none() {
        return;
    }
    let all = nulls.get_or_insert_with(|| vec![false; len]);
    match more {
        Some(more) => all.extend_from_slice(more),
        None => all.resize(len + more_len, false),
    }
}

fn node(number: u32) -> Value {
    if number == NULL { Value::Null } else { Value::Node(NodeId::new(number as usize)) }
}

fn relationship(number: u32) -> Value {
    if number == NULL { Value::Null } else { Value::Relationship(RelationshipId::new(number as usize)) }
}

fn text(code: u32, dictionary: &Dictionary) -> Value {
    if code == NULL { Value::Null } else { Value::String(dictionary.shared(code)) }
}

/// Where the numbers of a list stand.
fn bounds(ends: &[u32], at: usize) -> std::ops::Range<usize> {
    let start = if at == 0 { 0 } else { ends[at - 1] };
    start as usize..ends[at] as usize
}

impl From<Data> for Vector {
    fn from(data: Data) -> Vector {
        Vector::Each { data: Arc::new(data), picks: None }
    }
}

impl Default for Vector {
    fn default() -> Vector {
        Vector::Same(Value::Null)
    }
}

impl Vector {
    /// What its array takes, as if it were not shared: rows picked of an array count for themselves.
    pub fn bytes(&self) -> usize {
        match self {
            Vector::Same(value) => value.held(),
            Vector::Each { data, picks: None } => data.bytes(),
            Vector::Each { data, picks: Some(picks) } => {
                data.bytes() / data.len().max(1) * picks.len() + size_of_val::<[u32]>(picks)
            }
        }
    }

    pub(super) fn nodes(numbers: Vec<u32>) -> Vector {
        Data::Nodes(numbers).into()
    }

    pub(super) fn integers(values: Vec<i64>) -> Vector {
        Data::Integers(values, None).into()
    }

    /// Values of a column of integers, dates or times, by what stands for them there.
    pub(super) fn of_column(column: &Column, numbers: impl Iterator<Item = Option<i64>>) -> Vector {
        let scale = match column.data() {
            graph::Data::Integer(_) => None,
            graph::Data::Temporal(array) if let Some(scale) = array.scale() => Some(scale),
            data => {
                let value = |number: Option<i64>| number.map_or(Value::Null, |number| data.value_of(number));
                return Data::Values(numbers.map(value).collect()).into();
            }
        };
        let numbers: Vec<Option<i64>> = numbers.collect();
        let nulls: Vec<bool> = numbers.iter().map(Option::is_none).collect();
        let nulls = nulls.contains(&true).then_some(nulls);
        let numbers = numbers.into_iter().map(|number| number.unwrap_or(0)).collect();
        match scale {
            None => Data::Integers(numbers, nulls).into(),
            Some(scale) => Data::Temporals(numbers, Arc::new(scale), nulls).into(),
        }
    }

    pub(super) fn booleans(values: Vec<bool>, nulls: Vec<bool>) -> Vector {
        Data::Booleans(values, nulls.contains(&true).then_some(nulls)).into()
    }

    pub(super) fn value(&self, row: usize) -> Value {
        match self {
            Vector::Same(value) => value.clone(),
            Vector::Each { data, picks: None } => data.value(row),
            Vector::Each { data, picks: Some(picks) } => data.value(picks[row] as usize),
        }
    }

    /// Whether all rows of both have one value, which can be told at a glance.
    fn is_same(&self, other: &Vector) -> bool {
        match (self, other) {
            (Vector::Same(a), Vector::Same(b)) => match (a, b) {
                (Value::Null, Value::Null) => true,
                (Value::Integer(a), Value::Integer(b)) => a == b,
                (Value::Boolean(a), Value::Boolean(b)) => a == b,
                (Value::Node(a), Value::Node(b)) => a == b,
                (Value::String(a), Value::String(b)) => Arc::ptr_eq(a, b),
                _ => false,
            },
            _ => false,
        }
    }

    /// The value of all rows, if it is one.
    pub(super) fn same(&self) -> Option<Value> {
        match self {
            Vector::Same(value) => Some(value.clone()),
            Vector::Each { .. } => None,
        }
    }

    /// The array of its rows; `None` if all are the same.
    pub(super) fn flat(&self) -> Option<Arc<Data>> {
        match self {
            Vector::Same(_) => None,
            Vector::Each { data, picks: None } => Some(data.clone()),
            Vector::Each { data, picks: Some(picks) } => Some(Arc::new(data.gather(picks))),
        }
    }

    pub(super) fn is_null(&self, row: usize) -> bool {
        self.value(row).is_null()
    }

    /// The values of so many rows.
    pub(super) fn values(&self, len: usize) -> Vec<Value> {
        match self {
            Vector::Same(value) => vec![value.clone(); len],
            Vector::Each { data, picks: None } if let Data::Integers(values, None) = &**data => {
                values.iter().map(|value| Value::Integer(*value)).collect()
            }
            Vector::Each { data, picks: None } if let Data::Values(values) = &**data => values.clone(),
            each => (0..len).map(|at| each.value(at)).collect(),
        }
    }

    /// The same with its rows in an array of their own.
    pub(super) fn flattened(self) -> Vector {
        match self {
            Vector::Each { data, picks: Some(picks) } => data.gather(&picks).into(),
            flat => flat,
        }
    }

    /// The values in the smallest form that they fit in.
    pub(super) fn of(values: Vec<Value>) -> Vector {
        if let [one] = values.as_slice() {
            return Vector::Same(one.clone());
        }
        let kind = values.iter().find(|value| !value.is_null());
        let fits =
            |value: &Value| kind.is_some_and(|kind| std::mem::discriminant(kind) == std::mem::discriminant(value));
        match kind {
            None => return Vector::Same(Value::Null),
            Some(Value::Node(_) | Value::Relationship(_) | Value::Boolean(_) | Value::Integer(_) | Value::Float(_)) => {
            }
            Some(_) => return Data::Values(values).into(),
        }
        if !values.iter().all(|value| value.is_null() || fits(value)) {
            return Data::Values(values).into();
        }
        let nulls = || values.iter().any(Value::is_null).then(|| values.iter().map(Value::is_null).collect());
        let data = match kind {
            Some(Value::Node(_)) => Data::Nodes(values.iter().map(number).collect()),
            Some(Value::Relationship(_)) => Data::Relationships(values.iter().map(number).collect()),
            Some(Value::Boolean(_)) => {
                Data::Booleans(values.iter().map(|v| matches!(v, Value::Boolean(true))).collect(), nulls())
            }
            Some(Value::Integer(_)) => {
                Data::Integers(values.iter().map(|v| v.as_integer().unwrap_or(0)).collect(), nulls())
            }
            _ => Data::Floats(values.iter().map(|v| v.as_float().unwrap_or(0.0)).collect(), nulls()),
        };
        data.into()
    }

    /// The vectors, each of so many rows, one after the other.
    pub(super) fn concat<'v>(parts: impl Iterator<Item = (&'v Vector, usize)> + Clone) -> Vector {
        let mut filled = parts.clone().filter(|(_, len)| *len > 0);
        let Some((first, _)) = filled.next() else { return Vector::default() };
        if filled.clone().next().is_none() {
            return first.clone();
        }
        let is_null = |vector: &Vector| matches!(vector, Vector::Same(Value::Null));
        if filled.all(|(other, _)| first.is_same(other)) {
            return first.clone();
        }
        let kind = parts.clone().find(|(part, len)| *len > 0 && !is_null(part)).map(|(part, _)| part.spread(1));
        let mut all: Option<Data> = None;
        for (part, len) in parts.filter(|(_, len)| *len > 0) {
            let data = match (&kind, is_null(part)) {
                (Some(kind), true) => Arc::new(kind.nulls(len)),
                _ => part.spread(len),
            };
            all = Some(match all {
                None => Arc::unwrap_or_clone(data),
                Some(all) => all.followed_by(&data),
            });
        }
        all.map(Vector::from).unwrap_or_default()
    }

    /// An array of so many rows.
    fn spread(&self, len: usize) -> Arc<Data> {
        match self {
            Vector::Same(value) => Arc::new(Data::repeat(value, len)),
            Vector::Each { data, picks: None } => data.clone(),
            Vector::Each { data, picks: Some(picks) } => Arc::new(data.gather(picks)),
        }
    }

    /// As a column of an answer.
    pub(super) fn into_column(self) -> result::Column {
        let data = match self.flattened() {
            Vector::Same(value) => return result::Column::Same(value),
            Vector::Each { data, .. } => data,
        };
        match Arc::unwrap_or_clone(data) {
            Data::Nodes(numbers) => result::Column::Nodes(numbers),
            Data::Relationships(numbers) => result::Column::Relationships(numbers),
            Data::Booleans(values, None) => result::Column::Booleans(values),
            Data::Integers(values, None) => result::Column::Integers(values),
            Data::Floats(values, None) => result::Column::Floats(values),
            Data::RelationshipLists { ends, numbers } => result::Column::RelationshipLists { ends, numbers },
            Data::Values(values) => result::Column::Values(values),
            other => result::Column::Values((0..other.len()).map(|at| other.value(at)).collect()),
        }
    }

    /// A column of an answer.
    pub(super) fn from_column(column: result::Column) -> Vector {
        match column {
            result::Column::Same(value) => Vector::Same(value),
            result::Column::Values(values) => Vector::of(values),
            result::Column::Nodes(numbers) => Data::Nodes(numbers).into(),
            result::Column::Relationships(numbers) => Data::Relationships(numbers).into(),
            result::Column::RelationshipLists { ends, numbers } => Data::RelationshipLists { ends, numbers }.into(),
            result::Column::Booleans(values) => Data::Booleans(values, None).into(),
            result::Column::Integers(values) => Data::Integers(values, None).into(),
            result::Column::Floats(values) => Data::Floats(values, None).into(),
            result::Column::OneOf { values, places } => {
                let Vector::Each { data, .. } = Data::Values(values).into() else { return Vector::default() };
                Vector::Each { data, picks: Some(places.into()) }
            }
        }
    }
}

/// The number of a node or relationship.
fn number(value: &Value) -> u32 {
    match value {
        Value::Node(node) => node.index() as u32,
        Value::Relationship(relationship) => relationship.index() as u32,
        _ => NULL,
    }
}
