//! Rows put into groups: each key becomes a small number, and groups are found by these.
//!
//! A node is its id; a text is its code in the dictionary of its column; an integer, date or time is its distance from
//! the smallest one of the column, where they lie close together. Equal numbers mean equal
//! values in the sense of grouping, so that a property that repeats makes one group. Of a property that has no small
//! numbers its node is the key: several groups may then have the same values.

use std::sync::Arc;

use super::super::vector::{Data, Vector};
use super::super::{Result, Run, kernels};
use super::{Batch, Rows};
use crate::graph::{self, Column, Dictionary, Graph, KeyId};
use crate::plan::{Chain, Expr, ExprKind, Slot};

/// Integers farther apart than this are told apart elsewhere.
const MOST: usize = 1 << 28;

/// How one key becomes a number.
enum Key<'g> {
    Node(Slot),
    /// 0 for null, else one more than the code.
    Text {
        slot: Slot,
        column: &'g Column,
        codes: &'g [u32],
        dictionary: &'g Arc<Dictionary>,
    },
    /// 0 for null, else one more than the distance from the least value.
    Integer {
        slot: Slot,
        column: &'g Column,
        values: &'g [i64],
        least: i64,
        span: usize,
    },
}

/// The column of a key that holds for every node, if it can be had cheaply or if `whole` says that it is worth while.
pub(super) fn whole_column(graph: &Graph, key: KeyId, whole: bool) -> Option<&Column> {
    /// To copy as many values takes about as long as a small query.
    const FEW: usize = 1 << 17;
    if whole { graph.current_node_column(key) } else { graph.short_node_column(key, FEW) }
}

impl<'g> Key<'g> {
    /// `None` if the values have no small numbers.
    fn new(expr: &Expr, nodes: &[Slot], graph: &'g Graph, whole: bool) -> Option<Key<'g>> {
        let (slot, column) = match &expr.kind {
            ExprKind::Slot(slot) if nodes.contains(slot) => return Some(Key::Node(*slot)),
            ExprKind::Property(base, key) => match base.kind {
                ExprKind::Slot(slot) if nodes.contains(&slot) => (slot, whole_column(graph, graph.key(key)?, whole)?),
                _ => return None,
            },
            _ => return None,
        };
        match column.data() {
            graph::Data::Text { codes, dictionary } => Some(Key::Text { slot, column, codes, dictionary }),
            data => {
                let values = data.integers()?;
                let (least, most) = column.bounds()?;
                let span = usize::try_from(most.checked_sub(least)?).ok()?;
                let near = span <= (4 * values.len() + 1024).min(MOST);
                near.then_some(Key::Integer { slot, column, values, least, span: span + 2 })
            }
        }
    }

    /// One more than the greatest number.
    fn bound(&self, graph: &Graph) -> usize {
        match self {
            Key::Node(_) => graph.node_bound(),
            Key::Text { dictionary, .. } => dictionary.len() + 1,
            Key::Integer { span, .. } => *span,
        }
    }

    fn numbers(&self, batch: &Batch) -> Vec<u32> {
        match self {
            Key::Node(slot) => batch.ids(*slot).to_vec(),
            Key::Text { slot, column, codes, .. } => numbers(batch.ids(*slot), column, codes, |code| code + 1),
            Key::Integer { slot, column, values, least, .. } => {
                let distance = |value: i64| value.wrapping_sub(*least) as u32 + 1;
                numbers(batch.ids(*slot), column, values, distance)
            }
        }
    }
}

/// The number of each node's value; 0 for nodes without one.
fn numbers<T: Copy>(nodes: &[u32], column: &Column, values: &[T], number: impl Fn(T) -> u32) -> Vec<u32> {
    let mut numbers = Vec::with_capacity(nodes.len());
    column.each_slot(nodes, |slot| numbers.push(slot.map_or(0, |slot| number(values[slot]))));
    numbers
}

/// The groups met so far, numbered as they were met.
pub(super) struct Groups<'g> {
    keys: Vec<Key<'g>>,
    /// For each expression, the key that tells its value.
    parts: Vec<usize>,
    /// Whether no two groups have the same values.
    are_distinct: bool,
    /// The numbers of each group's keys, one group after the other.
    numbers: Vec<u32>,
    index: Index,
    count: usize,
}

/// The group by the numbers of its keys.
enum Index {
    /// There are no keys.
    One,
    /// By the number of the only key, or by those of all keys as the digits of one number, whose bases these are.
    Dense {
        bounds: Vec<usize>,
        groups: Vec<u32>,
    },
    Pair(hashbrown::HashMap<u64, u32>),
    Many(hashbrown::HashMap<Box<[u32]>, u32>),
}

const NONE: u32 = u32::MAX;

/// So many combinations of keys have a place each.
const MOST_COMBINATIONS: usize = 1 << 20;

/// The numbers of several keys as one.
fn combined(columns: &[Vec<u32>], bounds: &[usize]) -> Vec<u32> {
    let Some((first, rest)) = columns.split_first() else { return Vec::new() };
    let mut all = first.clone();
    for (column, bound) in rest.iter().zip(&bounds[1..]) {
        all.iter_mut().zip(column).for_each(|(all, number)| *all = *all * *bound as u32 + number);
    }
    all
}

impl<'g> Groups<'g> {
    /// `None` if some key is neither a node nor a property of one, or has no small numbers where each row has a node of
    /// its own.
    pub(super) fn new<'e>(
        expressions: impl Iterator<Item = &'e Expr>,
        chain: &Chain,
        graph: &'g Graph,
        whole: bool,
        run: &Run,
    ) -> Result<Option<Groups<'g>>> {
        let own: Vec<(&Expr, Option<Key>)> =
            expressions.map(|expr| (expr, Key::new(expr, &chain.nodes, graph, whole))).collect();
        let owners: Vec<Slot> =
            own.iter().filter(|(_, key)| key.is_none()).filter_map(|(expr, _)| owner(expr)).collect();
        let mut keys: Vec<Key> = Vec::new();
        let mut parts = Vec::with_capacity(own.len());
        for (expr, key) in own {
            // What the node tells need not be told again.
            let key = match owner(expr).filter(|owner| owners.contains(owner)) {
                Some(owner) if chain.nodes.contains(&owner) && chain.repeats_nodes() => Key::Node(owner),
                Some(_) => return Ok(None),
                None => match key {
                    Some(key) => key,
                    None => return Ok(None),
                },
            };
            let known = keys.iter().position(|other| matches!((other, &key), (Key::Node(a), Key::Node(b)) if a == b));
            parts.push(known.unwrap_or(keys.len()));
            if known.is_none() {
                keys.push(key);
            }
        }
        let are_distinct = owners.is_empty();
        let index = match keys.as_slice() {
            [] => Index::One,
            several => {
                let bounds: Vec<usize> = several.iter().map(|key| key.bound(graph)).collect();
                let all = bounds.iter().try_fold(1_usize, |all, bound| all.checked_mul(*bound));
                match all.filter(|all| *all <= MOST_COMBINATIONS || several.len() == 1) {
                    Some(all) => {
                        run.budget.charge(all * size_of::<u32>())?;
                        Index::Dense { bounds, groups: vec![NONE; all] }
                    }
                    None if several.len() == 2 => Index::Pair(Default::default()),
                    None => Index::Many(Default::default()),
                }
            }
        };
        Ok(Some(Groups { keys, parts, are_distinct, numbers: Vec::new(), index, count: 0 }))
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
    pub(super) fn of(&mut self, batch: &Batch, run: &Run) -> Result<Vec<u32>> {
        let mut columns: Vec<Vec<u32>> = self.keys.iter().map(|key| key.numbers(batch)).collect();
        let before = self.count;
        let (all, count) = (&mut self.numbers, &mut self.count);
        let mut new = |key: &[u32]| {
            all.extend_from_slice(key);
            *count += 1;
            (*count - 1) as u32
        };
        let groups = match &mut self.index {
            Index::One => vec![0; batch.len],
            Index::Dense { bounds, groups: index } => {
                let is_only = columns.len() == 1;
                let mut groups = if is_only { columns.swap_remove(0) } else { combined(&columns, bounds) };
                // The only key is its own number, which is written for the next group whether it is needed or not.
                if is_only {
                    all.resize(*count + batch.len, 0);
                }
                for (row, number) in groups.iter_mut().enumerate() {
                    let group = &mut index[*number as usize];
                    let is_new = *group == NONE;
                    *group = if is_new { *count as u32 } else { *group };
                    if is_only {
                        all[*count] = *number;
                    } else if is_new {
                        all.extend(columns.iter().map(|column| column[row]));
                    }
                    *count += usize::from(is_new);
                    *number = *group;
                }
                if is_only {
                    all.truncate(*count);
                }
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

    /// Adds the groups of another thread, in its order; gives the group here of each of them.
    pub(super) fn absorb(&mut self, other: &Groups, run: &Run) -> Result<Vec<u32>> {
        let before = self.count;
        let mut of = Vec::with_capacity(other.count);
        for at in 0..other.count {
            run.budget.tick()?;
            let key = &other.numbers[at * self.keys.len()..(at + 1) * self.keys.len()];
            let next = self.count as u32;
            let group = match (&mut self.index, key) {
                (Index::Dense { bounds, groups }, key) => {
                    let number = key.iter().zip(bounds).fold(0, |all, (number, bound)| all * *bound + *number as usize);
                    &mut groups[number]
                }
                (Index::Pair(index), [first, rest @ ..]) => {
                    let second = rest.first().copied().unwrap_or(0);
                    index.entry(u64::from(*first) << 32 | u64::from(second)).or_insert(NONE)
                }
                (Index::Many(index), key) => index.entry(key.into()).or_insert(NONE),
                (Index::One | Index::Pair(_), _) => &mut 0,
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

    /// The values of the expressions for each group.
    pub(super) fn vectors(&self, expressions: &[&Expr], argument: &Rows, run: &mut Run) -> Result<Vec<Vector>> {
        let mut rows = argument.spread(vec![0; self.count]);
        for (at, key) in self.keys.iter().enumerate() {
            if let Key::Node(slot) = key {
                rows.set(*slot, self.vector(at));
            }
        }
        let vectors = expressions.iter().zip(&self.parts).map(|(expr, part)| match self.keys[*part] {
            Key::Node(_) => kernels::vector(expr, &rows, run),
            Key::Text { .. } | Key::Integer { .. } => Ok(self.vector(*part)),
        });
        vectors.collect()
    }

    pub(super) fn are_distinct(&self) -> bool {
        self.are_distinct
    }

    /// The values of a key by group.
    fn vector(&self, key: usize) -> Vector {
        let numbers = (0..self.count).map(|group| self.numbers[group * self.keys.len() + key]);
        match &self.keys[key] {
            Key::Node(_) => Vector::nodes(numbers.collect()),
            Key::Text { dictionary, .. } => {
                Data::Text(numbers.map(|number| number.wrapping_sub(1)).collect(), Arc::clone(dictionary)).into()
            }
            Key::Integer { column, least, .. } => {
                let value = |number: u32| Some(least.wrapping_add(i64::from(number.checked_sub(1)?)));
                Vector::of_column(column, numbers.map(value))
            }
        }
    }
}

/// The slot of which an expression is a property.
fn owner(expr: &Expr) -> Option<Slot> {
    match &expr.kind {
        ExprKind::Property(base, _) => match base.kind {
            ExprKind::Slot(slot) => Some(slot),
            _ => None,
        },
        _ => None,
    }
}
