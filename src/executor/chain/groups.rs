//! Rows put into groups: each key becomes a small number, and groups are found by these.
//!
//! A node is its id; a text is its code in the dictionary of its column; an integer, date or time is its distance from
//! the smallest one of the column, where they lie close together; anything else is numbered as it comes. Equal numbers mean equal
//! values in the sense of grouping, so that a property that repeats makes one group.

use std::collections::HashMap;

use super::super::evaluate::evaluate;
use super::super::{Result, Row, Run};
use super::Batch;
use crate::graph::{Column, Data, Dictionary, Graph, KeyId, NodeId, Rows, Value};
use crate::plan::{Expr, ExprKind, Slot};

/// Integers farther apart than this are numbered as they come.
const MOST: usize = 1 << 28;

/// How one key becomes a number.
enum Key<'p, 'g> {
    Node(Slot),
    /// 0 for null, else one more than the code.
    Text {
        slot: Slot,
        column: &'g Column,
        codes: &'g [u32],
        dictionary: &'g Dictionary,
    },
    /// 0 for null, else one more than the distance from the least value.
    Integer {
        slot: Slot,
        column: &'g Column,
        values: &'g [i64],
        least: i64,
        span: usize,
    },
    /// Integers that are far apart: 0 for null, else one more than the number in the order in which they came.
    Apart {
        slot: Slot,
        column: &'g Column,
        values: &'g [i64],
        numbers: hashbrown::HashMap<i64, u32>,
        found: Vec<i64>,
    },
    Other {
        expr: &'p Expr,
        numbers: HashMap<Value, u32>,
        values: Vec<Value>,
    },
}

/// The column of a key that holds for every node, if it can be had cheaply or if `whole` says that it is worth while.
pub(super) fn whole_column(graph: &Graph, key: KeyId, whole: bool) -> Option<&Column> {
    /// To copy as many values takes about as long as a small query.
    const FEW: usize = 1 << 17;
    if whole { graph.current_node_column(key) } else { graph.short_node_column(key, FEW) }
}

impl<'p, 'g> Key<'p, 'g> {
    fn new(expr: &'p Expr, nodes: &[Slot], graph: &'g Graph, whole: bool) -> Key<'p, 'g> {
        let other = Key::Other { expr, numbers: HashMap::new(), values: Vec::new() };
        let column = match &expr.kind {
            ExprKind::Slot(slot) if nodes.contains(slot) => return Key::Node(*slot),
            ExprKind::Property(base, key) => match (&base.kind, graph.key(key)) {
                (ExprKind::Slot(slot), Some(key)) if nodes.contains(slot) => {
                    whole_column(graph, key, whole).map(|column| (*slot, column))
                }
                _ => None,
            },
            _ => None,
        };
        let Some((slot, column)) = column else { return other };
        match column.data() {
            Data::Text { codes, dictionary } => Key::Text { slot, column, codes, dictionary },
            data => match (data.integers(), column.bounds()) {
                (Some(values), Some((least, most))) => {
                    let span = most.checked_sub(least).and_then(|span| usize::try_from(span).ok());
                    match span.filter(|span| *span <= (4 * values.len() + 1024).min(MOST)) {
                        Some(span) => Key::Integer { slot, column, values, least, span: span + 2 },
                        None => Key::Apart { slot, column, values, numbers: Default::default(), found: Vec::new() },
                    }
                }
                _ => other,
            },
        }
    }

    /// One more than the greatest number, if it is known beforehand.
    fn bound(&self, graph: &Graph) -> Option<usize> {
        match self {
            Key::Node(_) => Some(graph.node_bound()),
            Key::Text { dictionary, .. } => Some(dictionary.len() + 1),
            Key::Integer { span, .. } => Some(*span),
            Key::Apart { .. } | Key::Other { .. } => None,
        }
    }

    fn numbers(&mut self, batch: &Batch, row: &mut Row, run: &mut Run) -> Result<Vec<u32>> {
        match self {
            Key::Node(slot) => Ok(batch.ids(*slot).to_vec()),
            Key::Text { slot, column, codes, .. } => Ok(numbers(batch.ids(*slot), column, codes, |code| code + 1)),
            Key::Integer { slot, column, values, least, .. } => {
                let distance = |value: i64| value.wrapping_sub(*least) as u32 + 1;
                Ok(numbers(batch.ids(*slot), column, values, distance))
            }
            Key::Apart { slot, column, values, numbers, found } => {
                let before = found.len();
                let mut number = |value: i64| {
                    *numbers.entry(value).or_insert_with(|| {
                        found.push(value);
                        found.len() as u32
                    })
                };
                let at = |node: &u32| column.slot(*node as usize).map_or(0, |at| number(values[at]));
                let all = batch.ids(*slot).iter().map(at).collect();
                run.budget.charge((found.len() - before) * 3 * size_of::<i64>())?;
                Ok(all)
            }
            Key::Other { expr, numbers, values } => {
                let mut all = Vec::with_capacity(batch.len);
                for at in 0..batch.len {
                    batch.fill(at, row);
                    let value = evaluate(expr, row, run)?;
                    let number = match numbers.get(&value) {
                        Some(number) => *number,
                        None => {
                            run.budget.charge(2 * size_of::<Value>())?;
                            let number = values.len() as u32;
                            values.push(value.clone());
                            numbers.insert(value, number);
                            number
                        }
                    };
                    all.push(number);
                }
                Ok(all)
            }
        }
    }

    fn value(&self, number: u32) -> Value {
        match self {
            Key::Node(_) => Value::Node(NodeId::new(number as usize)),
            Key::Text { dictionary, .. } => match number.checked_sub(1) {
                Some(code) => Value::String(dictionary.shared(code)),
                None => Value::Null,
            },
            Key::Integer { column, least, .. } => match number.checked_sub(1) {
                Some(distance) => column.data().value_of(least.wrapping_add(i64::from(distance))),
                None => Value::Null,
            },
            Key::Apart { column, found, .. } => match number.checked_sub(1) {
                Some(at) => column.data().value_of(found[at as usize]),
                None => Value::Null,
            },
            Key::Other { values, .. } => values[number as usize].clone(),
        }
    }
}

/// The number of each node's value; 0 for nodes without one.
fn numbers<T: Copy>(nodes: &[u32], column: &Column, values: &[T], number: impl Fn(T) -> u32) -> Vec<u32> {
    match column.rows() {
        Rows::Dense { first, present: None } => {
            let value = |node: &u32| values.get(node.wrapping_sub(*first) as usize);
            nodes.iter().map(|node| value(node).map_or(0, |value| number(*value))).collect()
        }
        _ => nodes.iter().map(|node| column.slot(*node as usize).map_or(0, |at| number(values[at]))).collect(),
    }
}

/// The groups met so far, numbered as they were met.
pub(super) struct Groups<'p, 'g> {
    keys: Vec<Key<'p, 'g>>,
    /// The numbers of each group's keys, one group after the other.
    numbers: Vec<u32>,
    index: Index,
    count: usize,
}

/// The group by the numbers of its keys.
enum Index {
    /// There are no keys.
    One,
    /// By the number of the only key.
    Dense(Vec<u32>),
    Pair(hashbrown::HashMap<u64, u32>),
    Many(hashbrown::HashMap<Box<[u32]>, u32>),
}

const NONE: u32 = u32::MAX;

impl<'p, 'g> Groups<'p, 'g> {
    pub(super) fn new(
        keys: impl Iterator<Item = &'p Expr>,
        nodes: &[Slot],
        graph: &'g Graph,
        whole: bool,
        run: &Run,
    ) -> Result<Groups<'p, 'g>> {
        let keys: Vec<Key> = keys.map(|expr| Key::new(expr, nodes, graph, whole)).collect();
        let index = match keys.as_slice() {
            [] => Index::One,
            [one] => match one.bound(graph) {
                Some(bound) => {
                    run.budget.charge(bound * size_of::<u32>())?;
                    Index::Dense(vec![NONE; bound])
                }
                None => Index::Pair(Default::default()),
            },
            [_, _] => Index::Pair(Default::default()),
            _ => Index::Many(Default::default()),
        };
        Ok(Groups { keys, numbers: Vec::new(), index, count: 0 })
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The one group that is there without rows, if there are no keys.
    pub(super) fn start(&mut self) {
        if self.keys.is_empty() {
            self.count = 1;
        }
    }

    /// The group of each row of a batch.
    pub(super) fn of(&mut self, batch: &Batch, row: &mut Row, run: &mut Run) -> Result<Vec<u32>> {
        let mut columns = Vec::with_capacity(self.keys.len());
        for key in &mut self.keys {
            columns.push(key.numbers(batch, row, run)?);
        }
        let before = self.count;
        let (all, count) = (&mut self.numbers, &mut self.count);
        let mut new = |key: &[u32]| {
            all.extend_from_slice(key);
            *count += 1;
            (*count - 1) as u32
        };
        let groups = match &mut self.index {
            Index::One => vec![0; batch.len],
            Index::Dense(index) => {
                let mut groups = columns.swap_remove(0);
                // The place for the next group is written whether it is needed or not.
                all.resize(*count + batch.len, 0);
                for number in &mut groups {
                    let group = &mut index[*number as usize];
                    let is_new = *group == NONE;
                    *group = if is_new { *count as u32 } else { *group };
                    all[*count] = *number;
                    *count += usize::from(is_new);
                    *number = *group;
                }
                all.truncate(*count);
                groups
            }
            Index::Pair(index) => {
                let pair = |at: usize| (u64::from(columns[0][at]), columns.get(1).map_or(0, |column| column[at]));
                (0..batch.len)
                    .map(|at| {
                        let (first, second) = pair(at);
                        let key = [first as u32, second];
                        *index.entry(first << 32 | u64::from(second)).or_insert_with(|| new(&key[..columns.len()]))
                    })
                    .collect()
            }
            Index::Many(index) => (0..batch.len)
                .map(|at| {
                    let key: Box<[u32]> = columns.iter().map(|column| column[at]).collect();
                    *index.entry(key).or_insert_with_key(|key| new(key))
                })
                .collect(),
        };
        run.budget.charge((self.count - before) * self.bytes_a_group())?;
        Ok(groups)
    }

    /// Whether a group is known by numbers that mean the same on every thread.
    pub(super) fn can_be_split(&self) -> bool {
        self.keys.iter().all(|key| !matches!(key, Key::Apart { .. } | Key::Other { .. }))
    }

    /// Adds the groups of another thread, in its order; gives the group here of each of them.
    pub(super) fn absorb(&mut self, other: &Groups, run: &Run) -> Result<Vec<u32>> {
        let before = self.count;
        let mut of = Vec::with_capacity(other.count);
        for at in 0..other.count {
            run.budget.tick()?;
            let key = &other.numbers[at * self.keys.len()..(at + 1) * self.keys.len()];
            let next = self.count as u32;
            let group = match (&mut self.index, key) {
                (Index::Dense(index), [one]) => &mut index[*one as usize],
                (Index::Pair(index), [first, rest @ ..]) => {
                    let second = rest.first().copied().unwrap_or(0);
                    index.entry(u64::from(*first) << 32 | u64::from(second)).or_insert(NONE)
                }
                (Index::Many(index), key) => index.entry(key.into()).or_insert(NONE),
                (Index::One | Index::Dense(_) | Index::Pair(_), _) => &mut 0,
            };
            if *group == NONE {
                *group = next;
                self.numbers.extend_from_slice(key);
                self.count += 1;
            }
            of.push(*group);
        }
        run.budget.charge((self.count - before) * self.bytes_a_group())?;
        run.budget.release(other.count * self.bytes_a_group());
        Ok(of)
    }

    fn bytes_a_group(&self) -> usize {
        (self.keys.len() + 4) * size_of::<u32>()
    }

    /// The value of a key of a group.
    pub(super) fn value(&self, group: usize, key: usize) -> Value {
        self.keys[key].value(self.numbers[group * self.keys.len() + key])
    }
}
