//! [`Groups`]: rows told apart by the values in some vectors.
//!
//! Each value of a key gets a number, in the order in which the values come; equivalent values (1 and 1.0) get the
//! same one. A group of several keys is known by pairs of numbers: that of the keys before, and that of the next one.

use std::hash::Hash;
use std::sync::Arc;

use hashbrown::HashMap;

use super::vector::{Data, NULL, Nulls, Vector};
use super::{Result, Run};
use crate::graph::{Dictionary, NodeId, RelationshipId, TemporalArray, Value};
use crate::limits::discard;

/// The values of one key, numbered.
#[derive(Default)]
pub(super) struct Numbers {
    /// By number.
    values: Vec<Value>,
    /// The numbers of the integers from 0 on; `NULL` for those that have none yet.
    small: Vec<u32>,
    integers: HashMap<i64, u32>,
    nodes: HashMap<u32, u32>,
    relationships: HashMap<u32, u32>,
    strings: HashMap<Arc<str>, u32>,
    /// The numbers of the strings of one dictionary by their codes.
    codes: Option<(Arc<Dictionary>, Vec<u32>)>,
    /// The numbers of the dates or times of one scale by their counts.
    counts: Option<(Arc<TemporalArray>, HashMap<i64, u32>)>,
    others: HashMap<Value, u32>,
    null: Option<u32>,
}

/// Years, months, ages, lengths: integers below this are found without a hash.
const SMALL: usize = 1 << 12;

/// About what a new value takes, besides what it points to.
const BYTES_A_VALUE: usize = size_of::<Value>() + 16;

impl Drop for Numbers {
    fn drop(&mut self) {
        discard(std::mem::take(&mut self.values));
    }
}

impl Numbers {
    /// The number of each row's value.
    pub(super) fn of(&mut self, vector: &Vector, len: usize, run: &Run) -> Result<Vec<u32>> {
        let before = self.values.len();
        let numbers = match vector {
            Vector::Same(value) => vec![self.number(value); len],
            // Of few values each is looked up once, in the order in which they come.
            Vector::Each { data, picks: Some(picks) } if data.len() < picks.len() => {
                let mut known = vec![NULL; data.len()];
                let number = |place: &u32| {
                    let number = &mut known[*place as usize];
                    if *number == NULL {
                        *number = self.number(&data.value(*place as usize));
                    }
                    *number
                };
                picks.iter().map(number).collect()
            }
            each => self.each(each, len),
        };
        self.charge_from(before, run)?;
        Ok(numbers)
    }

    /// Charges for the values from a number on.
    fn charge_from(&self, number: usize, run: &Run) -> Result<()> {
        run.budget.charge(self.values[number..].iter().map(|value| BYTES_A_VALUE + value.held_alone()).sum())
    }

    fn each(&mut self, vector: &Vector, len: usize) -> Vec<u32> {
        let Some(data) = vector.flat() else { return vec![0; len] };
        match &*data {
            Data::Integers(values, nulls) => self.numbers(values, nulls, |all, value| all.integer(*value)),
            Data::Floats(values, nulls) => self.numbers(values, nulls, |all, value| all.number(&Value::Float(*value))),
            Data::Booleans(values, nulls) => {
                self.numbers(values, nulls, |all, value| all.number(&Value::Boolean(*value)))
            }
            Data::Nodes(nodes) => nodes.iter().map(|node| self.node(*node)).collect(),
            Data::Relationships(numbers) => numbers.iter().map(|number| self.relationship(*number)).collect(),
            Data::Text(codes, dictionary) => self.texts(codes, dictionary),
            Data::Temporals(counts, scale, nulls) => self.temporals(counts, scale, nulls),
            Data::Values(values) => values.iter().map(|value| self.number(value)).collect(),
            Data::RelationshipLists { .. } => (0..len).map(|row| self.number(&data.value(row))).collect(),
        }
    }

    fn numbers<T>(&mut self, values: &[T], nulls: &Nulls, mut number: impl FnMut(&mut Self, &T) -> u32) -> Vec<u32> {
        match nulls {
            None => values.iter().map(|value| number(self, value)).collect(),
            Some(nulls) => {
                let of = |(value, null): (&T, &bool)| if *null { self.null() } else { number(self, value) };
                values.iter().zip(nulls).map(of).collect()
            }
        }
    }

    fn texts(&mut self, codes: &[u32], dictionary: &Arc<Dictionary>) -> Vec<u32> {
        let (_, mut known) = self
            .codes
            .take()
            .filter(|(of, _)| Arc::ptr_eq(of, dictionary))
            .unwrap_or_else(|| (dictionary.clone(), vec![NULL; dictionary.len()]));
        let mut numbers = Vec::with_capacity(codes.len());
        for code in codes {
            numbers.push(match *code {
                NULL => self.null(),
                code => {
                    let number = &mut known[code as usize];
                    if *number == NULL {
                        *number = self.string(&dictionary.shared(code));
                    }
                    *number
                }
            });
        }
        self.codes = Some((dictionary.clone(), known));
        numbers
    }

    fn temporals(&mut self, counts: &[i64], scale: &Arc<TemporalArray>, nulls: &Nulls) -> Vec<u32> {
        let own = self.counts.take().filter(|(of, _)| of == scale);
        let (_, mut known) = own.unwrap_or_else(|| (scale.clone(), HashMap::default()));
        let numbers = self.numbers(counts, nulls, |all, count| match known.get(count) {
            Some(number) => *number,
            None => {
                let number = all.other(&scale.value_of(*count, 0));
                known.insert(*count, number);
                number
            }
        });
        self.counts = Some((scale.clone(), known));
        numbers
    }

    fn null(&mut self) -> u32 {
        match self.null {
            Some(number) => number,
            None => {
                let number = self.add(Value::Null);
                self.null = Some(number);
                number
            }
        }
    }

    fn add(&mut self, value: Value) -> u32 {
        self.values.push(value);
        self.values.len() as u32 - 1
    }

    fn integer(&mut self, value: i64) -> u32 {
        self.equal_to(value, || Value::Integer(value))
    }

    /// The number of an integer, or of the number that comes in its place.
    fn equal_to(&mut self, integer: i64, value: impl FnOnce() -> Value) -> u32 {
        let known = match usize::try_from(integer) {
            Ok(at) if at < SMALL => {
                if self.small.is_empty() {
                    self.small.resize(SMALL, NULL);
                }
                &mut self.small[at]
            }
            _ => self.integers.entry(integer).or_insert(NULL),
        };
        if *known == NULL {
            *known = self.values.len() as u32;
            self.values.push(value());
        }
        *known
    }

    fn node(&mut self, node: u32) -> u32 {
        match node {
            NULL => self.null(),
            node => {
                known_or_added(&mut self.nodes, &mut self.values, node, |node| Value::Node(NodeId::new(node as usize)))
            }
        }
    }

    fn relationship(&mut self, relationship: u32) -> u32 {
        match relationship {
            NULL => self.null(),
            relationship => known_or_added(&mut self.relationships, &mut self.values, relationship, |relationship| {
                Value::Relationship(RelationshipId::new(relationship as usize))
            }),
        }
    }

    fn string(&mut self, text: &Arc<str>) -> u32 {
        match self.strings.get(&**text) {
            Some(number) => *number,
            None => {
                let number = self.add(Value::String(text.clone()));
                self.strings.insert(text.clone(), number);
                number
            }
        }
    }

    fn number(&mut self, value: &Value) -> u32 {
        match value {
            Value::Null => self.null(),
            Value::Integer(value) => self.integer(*value),
            Value::Float(value) => match exact(*value) {
                Some(integer) => self.equal_to(integer, || Value::Float(*value)),
                None => self.other(&Value::Float(*value)),
            },
            Value::Node(node) => self.node(node.index() as u32),
            Value::Relationship(relationship) => self.relationship(relationship.index() as u32),
            Value::String(text) => self.string(text),
            other => self.other(other),
        }
    }

    fn other(&mut self, value: &Value) -> u32 {
        match self.others.get(value) {
            Some(number) => *number,
            None => {
                let number = self.add(value.clone());
                self.others.insert(value.clone(), number);
                number
            }
        }
    }

    /// The number here of each value of another part of the rows.
    pub(super) fn absorb(&mut self, other: &Numbers, run: &Run) -> Result<Vec<u32>> {
        let before = self.values.len();
        let numbers = other.values.iter().map(|value| self.number(value)).collect();
        self.charge_from(before, run)?;
        Ok(numbers)
    }

    pub(super) fn value(&self, number: u32) -> &Value {
        &self.values[number as usize]
    }
}

/// The number of a value that stands for itself in its own table.
fn known_or_added<K: Copy + Eq + Hash>(
    known: &mut HashMap<K, u32>,
    values: &mut Vec<Value>,
    key: K,
    value: impl FnOnce(K) -> Value,
) -> u32 {
    let next = values.len() as u32;
    let number = *known.entry(key).or_insert(next);
    if number == next {
        values.push(value(key));
    }
    number
}

/// The integer that a float is exactly.
pub(super) fn exact(float: f64) -> Option<i64> {
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    ((-TWO_63..TWO_63).contains(&float) && float.trunc() == float).then_some(float as i64)
}

/// Pairs of numbers, numbered: that of the keys before, and that of the next one.
#[derive(Default)]
struct Pairs {
    /// The numbers of pairs of small numbers: `FEW` for each first one.
    small: Vec<u32>,
    others: HashMap<u64, u32>,
    count: u32,
}

impl Pairs {
    /// Second numbers from this one on are found by a hash,
    const FEW: u32 = 256;
    /// and so are those with first ones from this one on.
    const MOST: u32 = 4096;

    fn number(&mut self, first: u32, second: u32) -> u32 {
        let known = match first < Pairs::MOST && second < Pairs::FEW {
            true => {
                let at = (first * Pairs::FEW + second) as usize;
                if self.small.len() <= at {
                    self.small.resize(((first + 1) * Pairs::FEW) as usize, NULL);
                }
                &mut self.small[at]
            }
            false => self.others.entry(u64::from(first) << 32 | u64::from(second)).or_insert(NULL),
        };
        if *known == NULL {
            *known = self.count;
            self.count += 1;
        }
        *known
    }
}

/// The groups met so far, numbered as they were met.
pub(super) struct Groups {
    keys: Vec<Numbers>,
    /// For each key but the first, the numbers of the keys up to it.
    pairs: Vec<Pairs>,
    /// For each key, its number in each group.
    parts: Vec<Vec<u32>>,
    len: usize,
}

impl Groups {
    pub(super) fn new(keys: usize) -> Groups {
        Groups {
            keys: (0..keys).map(|_| Numbers::default()).collect(),
            pairs: (1..keys).map(|_| Pairs::default()).collect(),
            parts: vec![Vec::new(); keys],
            len: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The group of each of so many rows. Without keys there is one group.
    pub(super) fn of(&mut self, vectors: &[Vector], len: usize, run: &Run) -> Result<Vec<u32>> {
        let mut numbers = Vec::with_capacity(vectors.len());
        for (key, vector) in self.keys.iter_mut().zip(vectors) {
            numbers.push(key.of(vector, len, run)?);
        }
        if numbers.is_empty() {
            self.len = self.len.max(usize::from(len > 0));
            return Ok(vec![0; len]);
        }
        self.numbered(numbers, run)
    }

    /// The group of each row, by the numbers of its keys.
    fn numbered(&mut self, numbers: Vec<Vec<u32>>, run: &Run) -> Result<Vec<u32>> {
        let before = self.len;
        let groups = match numbers.split_first() {
            None => return Ok(Vec::new()),
            Some((first, rest)) => {
                let mut groups = first.clone();
                for (pairs, next) in self.pairs.iter_mut().zip(rest) {
                    run.budget.check()?;
                    for (group, next) in groups.iter_mut().zip(next) {
                        *group = pairs.number(*group, *next);
                    }
                }
                groups
            }
        };
        for (row, group) in groups.iter().enumerate() {
            if *group as usize == self.len {
                self.len += 1;
                self.parts.iter_mut().zip(&numbers).for_each(|(part, numbers)| part.push(numbers[row]));
            }
        }
        run.budget.charge((self.len - before) * self.keys.len() * 3 * size_of::<u64>())?;
        Ok(groups)
    }

    /// Adds the groups of another part of the rows, in their order; gives the group here of each of them.
    pub(super) fn absorb(&mut self, other: &Groups, run: &Run) -> Result<Vec<u32>> {
        let mut keys = Vec::with_capacity(self.keys.len());
        for ((own, other), numbers) in self.keys.iter_mut().zip(&other.keys).zip(&other.parts) {
            let of = own.absorb(other, run)?;
            keys.push(numbers.iter().map(|number| of[*number as usize]).collect::<Vec<u32>>());
        }
        self.numbered(keys, run)
    }

    /// The values of a key by group.
    pub(super) fn vector(&self, key: usize) -> Vector {
        Vector::of(self.parts[key].iter().map(|number| self.keys[key].value(*number).clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::with_run;
    use super::*;
    use crate::graph::Graph;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            (-2..3_i64).prop_map(Value::Integer),
            prop_oneof![Just(1.0), Just(-0.0), Just(f64::NAN), Just(0.5)].prop_map(Value::Float),
            any::<bool>().prop_map(Value::Boolean),
            "[ab]?".prop_map(Value::from),
            (0..3_usize).prop_map(|node| Value::Node(NodeId::new(node))),
            Just(Value::list([Value::Integer(1)])),
            Just(Value::list([Value::Float(1.0)])),
        ]
    }

    proptest! {
        /// Rows are in one group if and only if their keys are equivalent; groups are numbered as they are met.
        #[test]
        fn groups_are_classes_of_equivalent_rows(
            batches in prop::collection::vec(prop::collection::vec((values(), values()), 0..12), 1..4),
        ) {
            with_run(&Graph::new(), 0, |run| {
                let mut groups = Groups::new(2);
                let mut expected: Vec<(Value, Value)> = Vec::new();
                for batch in &batches {
                    let keys = [
                        Vector::of(batch.iter().map(|(a, _)| a.clone()).collect()),
                        Vector::of(batch.iter().map(|(_, b)| b.clone()).collect()),
                    ];
                    let of = groups.of(&keys, batch.len(), run).expect("no limit is met");
                    for (row, group) in batch.iter().zip(of) {
                        let known = expected.iter().position(|other| other == row).unwrap_or_else(|| {
                            expected.push(row.clone());
                            expected.len() - 1
                        });
                        assert_eq!(group as usize, known);
                    }
                }
                assert_eq!(groups.len(), expected.len());
                let (first, second) = (groups.vector(0), groups.vector(1));
                for (group, (a, b)) in expected.iter().enumerate() {
                    assert_eq!((&first.value(group), &second.value(group)), (a, b));
                }
            });
        }
    }
}
