//! Looking nodes up by an index: one [`Seek`], or many values at once.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::super::{NodeId, Value};
use super::Graph;
use super::base::{Base, column};
use super::column::{Column, Data};
use super::schema::Rule;

/// What to look up: the values of the first keys of an index, and perhaps bounds of the next one's.
#[derive(Clone, Debug, Default)]
pub struct Seek {
    pub equal: Vec<Value>,
    pub next: Option<Bounds>,
}

/// Bounds of values. What they exclude may still be found: the caller asks the condition itself.
#[derive(Clone, Debug)]
pub enum Bounds {
    Range { from: Option<Value>, to: Option<Value> },
    Prefix(Arc<str>),
}

/// What an index holds for each of many values: places among its sorted nodes and among the changed ones.
#[derive(Debug)]
pub struct IndexMatches {
    rule: Arc<Rule>,
    sorted: Arc<OnceLock<Vec<u32>>>,
    added: Vec<u32>,
    found: Vec<(Range<usize>, Range<usize>)>,
}

impl IndexMatches {
    /// Adds the nodes of a seek, ascending. The graph is the one that was searched.
    pub fn nodes(&self, seek: usize, graph: &Graph, into: &mut Vec<u32>) {
        let (sorted, added) = &self.found[seek];
        let first = into.len();
        if let Some(nodes) = self.sorted.get() {
            let old = nodes[sorted.clone()].iter().copied();
            into.extend(old.filter(|node| !graph.is_touched(&self.rule, NodeId::new(*node as usize))));
        }
        into.extend_from_slice(&self.added[added.clone()]);
        if into.len() - first > 1 {
            into[first..].sort_unstable();
        }
    }
}

/// The number of nodes at the start for which the condition holds: it holds for the first ones and no others. Takes as
/// many steps as the number has bits.
fn gallop(nodes: &[u32], holds: impl Fn(u32) -> bool) -> usize {
    let mut step = 1;
    let mut known = 0;
    while known + step <= nodes.len() && holds(nodes[known + step - 1]) {
        known += step;
        step *= 2;
    }
    let end = nodes.len().min(known + step - 1);
    known + nodes[known..end].partition_point(|node| holds(*node))
}

impl Graph {
    /// Looks up many values in an index at once, `width` values a seek, for its first keys; `None` if there is no such
    /// index. The values are sought in their order, so that each search begins where the one before has ended.
    pub fn index_seek_each(&self, index: &str, width: usize, values: &[Value]) -> Option<IndexMatches> {
        let ruled = self.rules.iter().find(|ruled| &*ruled.rule.name == index && ruled.rule.kind.is_index())?;
        let sorted = ruled.sorted(&self.base);
        let count = values.len() / width;
        let wanted = |at: u32| &values[at as usize * width..][..width];
        let mut order: Vec<u32> = (0..count as u32).collect();
        if !order.is_sorted_by(|one, other| wanted(*one) <= wanted(*other)) {
            order.sort_unstable_by(|one, other| wanted(*one).cmp(wanted(*other)));
        }
        let columns: Vec<Option<&Column>> =
            ruled.rule.keys.iter().take(width).map(|key| column(&self.base.node_columns, *key)).collect();
        let compare = |node: u32, wanted: &[Value]| {
            let mut orders = columns.iter().zip(wanted).map(|(column, wanted)| order_in(*column, node, wanted));
            orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        };
        // To walk over all changed nodes is cheaper than as many searches for some of them.
        let walks = ruled.added.len() <= count.saturating_mul(8);
        let mut rest = ruled.added.iter();
        let mut next = if walks { rest.next() } else { None };
        let mut found = vec![(0..0, 0..0); count];
        let mut added: Vec<u32> = Vec::new();
        let (mut from, mut last) = (0, None);
        for at in order {
            let own = wanted(at);
            if let Some(last) = last
                && wanted(last).cmp(own).is_eq()
            {
                found[at as usize] = found[last as usize].clone();
                continue;
            }
            last = Some(at);
            from += gallop(&sorted[from..], |node| compare(node, own).is_lt());
            let within = gallop(&sorted[from..], |node| compare(node, own).is_eq());
            let first = added.len();
            if walks {
                while let Some((values, node)) = next {
                    match values[..width].cmp(own) {
                        Ordering::Less => {}
                        Ordering::Equal => added.push(*node),
                        Ordering::Greater => break,
                    }
                    next = rest.next();
                }
            } else {
                let among = ruled.added.iter_from(|(values, _)| values[..width].cmp(own).is_lt());
                added.extend(among.take_while(|(values, _)| values[..width].cmp(own).is_eq()).map(|(_, node)| *node));
            }
            found[at as usize] = (from..from + within, first..added.len());
        }
        Some(IndexMatches { rule: ruled.rule.clone(), sorted: ruled.sorted.clone(), added, found })
    }
}

impl Seek {
    /// Whether the values lie before, among, or after those that are sought.
    pub(super) fn compare(&self, values: &[Value]) -> Ordering {
        self.compare_each(|number| Found::Value(values.get(number).cloned().unwrap_or(Value::Null)))
    }

    pub(super) fn compare_in(&self, base: &Base, rule: &Rule, node: u32) -> Ordering {
        if let ([wanted], None, [key, ..]) = (self.equal.as_slice(), &self.next, rule.keys.as_slice()) {
            return order_in(column(&base.node_columns, *key), node, wanted);
        }
        self.compare_each(|number| {
            let column = rule.keys.get(number).and_then(|key| column(&base.node_columns, *key));
            let slot = column.and_then(|column| Some((column.data(), column.slot(node as usize)?)));
            match slot {
                Some((Data::Text { codes, dictionary }, slot)) => Found::Text(dictionary.get(codes[slot])),
                Some((data, slot)) => Found::Value(data.value(slot)),
                None => Found::Value(Value::Null),
            }
        })
    }

    fn compare_each<'a>(&self, value: impl Fn(usize) -> Found<'a>) -> Ordering {
        for (number, wanted) in self.equal.iter().enumerate() {
            let order = value(number).order(wanted);
            if order.is_ne() {
                return order;
            }
        }
        let Some(bounds) = &self.next else { return Ordering::Equal };
        let found = value(self.equal.len());
        match bounds {
            Bounds::Range { from: Some(from), .. } if found.order(from).is_lt() => Ordering::Less,
            Bounds::Range { to: Some(to), .. } if found.order(to).is_gt() => Ordering::Greater,
            Bounds::Range { .. } => Ordering::Equal,
            Bounds::Prefix(prefix) => match found.starts_with(prefix) {
                true => Ordering::Equal,
                false => found.order(&Value::String(prefix.clone())),
            },
        }
    }
}

/// How the value of a node in a column compares with one that is sought.
fn order_in(column: Option<&Column>, node: u32, wanted: &Value) -> Ordering {
    let slot = column.and_then(|column| Some((column.data(), column.slot(node as usize)?)));
    match (slot, wanted) {
        (Some((Data::Integer(values), slot)), Value::Integer(wanted)) => values[slot].cmp(wanted),
        (Some((Data::Text { codes, dictionary }, slot)), Value::String(wanted)) => {
            dictionary.get(codes[slot]).cmp(wanted)
        }
        (Some((data, slot)), wanted) => data.value(slot).cmp(wanted),
        (None, wanted) => Value::Null.cmp(wanted),
    }
}

/// A value of a node, not copied if it is a string of the base.
enum Found<'a> {
    Text(&'a str),
    Value(Value),
}

impl Found<'_> {
    fn order(&self, other: &Value) -> Ordering {
        match (self, other) {
            (Found::Text(text), Value::String(other)) => (*text).cmp(other),
            (Found::Text(text), other) => Value::from(*text).cmp(other),
            (Found::Value(value), other) => value.cmp(other),
        }
    }

    fn starts_with(&self, prefix: &str) -> bool {
        match self {
            Found::Text(text) => text.starts_with(prefix),
            Found::Value(Value::String(text)) => text.starts_with(prefix),
            Found::Value(_) => false,
        }
    }
}
