//! [`Leaf`]: a test of one property of a node.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};

use memchr::memmem::Finder;

use super::super::evaluate::{compare, contains};
use super::Truths;
use crate::graph::{Column, Data, Dictionary, Graph, KeyId, NodeId, Rows, Value};
use crate::plan::{Comparison, TextTest};

/// A test of one property.
pub(super) struct Leaf<'g> {
    /// `None`: no node has ever had the property.
    pub(super) key: Option<KeyId>,
    pub(super) column: Option<&'g Column>,
    /// Whether the column speaks for every node.
    pub(super) clean: bool,
    pub(super) meaning: Meaning,
    /// What the test says where the property is not set.
    pub(super) absent: Option<bool>,
    /// The same test, made for the column.
    pub(super) fast: Fast,
}

/// What is asked of a value.
pub(super) enum Meaning {
    IsNull,
    Compare(Comparison, Value),
    In(Value),
    Text(TextTest, Arc<str>),
    /// Asked of the nodes that have changed before; the column is asked with the help of `Fast::ByCode`.
    Known(HashMap<u32, Option<bool>>),
}

/// What is asked of a slot of the column.
pub(super) enum Fast {
    /// The same of every value.
    Fixed(Option<bool>),
    Integer {
        within: RangeInclusive<i64>,
        /// What holds outside is asked for.
        outside: bool,
    },
    /// Of dates and times with several offsets or zones: a range for each of these.
    Zoned {
        within: Vec<(i64, i64)>,
        outside: bool,
    },
    Float(Comparison, f64),
    /// Of text: whether it is this string, or, if `other`, another one. `None`: no node has it.
    Code {
        code: Option<u32>,
        other: bool,
    },
    /// Of text: by code. Of truth values: for false, then for true.
    ByCode(Vec<Option<bool>>),
    Contains(Box<Search>),
    /// As the meaning says.
    Value,
}

/// A string sought in all strings of a dictionary.
pub(super) struct Search {
    finder: Finder<'static>,
    /// By code, made when a whole word of nodes is asked for.
    hits: OnceLock<Vec<u64>>,
}

impl Search {
    pub(super) fn new(pattern: &str) -> Search {
        Search { finder: Finder::new(pattern.as_bytes()).into_owned(), hits: OnceLock::new() }
    }

    fn hits(&self, dictionary: &Dictionary) -> &[u64] {
        self.hits.get_or_init(|| {
            let (text, ends) = dictionary.text();
            let (text, length) = (text.as_bytes(), self.finder.needle().len());
            let mut hits = vec![0_u64; ends.len().div_ceil(64)];
            let (mut at, mut code) = (0, 0);
            while let Some(found) = self.finder.find(&text[at..]) {
                let start = at + found;
                code += ends[code..].partition_point(|end| *end as usize <= start);
                if start + length <= ends[code] as usize {
                    hits[code / 64] |= 1 << (code % 64);
                    at = ends[code] as usize;
                } else {
                    // It begins in one string and ends in another.
                    at = start + 1;
                }
            }
            hits
        })
    }
}

fn has_bit(bits: &[u64], at: u32) -> bool {
    bits[at as usize / 64] >> (at % 64) & 1 == 1
}

impl Meaning {
    /// What the test says of a value; `node` has it.
    pub(super) fn test(&self, node: u32, value: &Value) -> Option<bool> {
        match self {
            Meaning::IsNull => Some(value.is_null()),
            Meaning::Compare(comparison, other) => compare(*comparison, value, other),
            // Compiled only with a list.
            Meaning::In(list) => match contains(value, list) {
                Ok(Value::Boolean(found)) => Some(found),
                _ => None,
            },
            Meaning::Text(test, pattern) => value.as_str().map(|text| text_holds(*test, text, pattern)),
            Meaning::Known(known) => known.get(&node).copied().flatten(),
        }
    }
}

/// A regular expression does not compile to a leaf of its own: it is asked of each distinct string beforehand.
fn text_holds(test: TextTest, text: &str, pattern: &str) -> bool {
    match test {
        TextTest::StartsWith => text.starts_with(pattern),
        TextTest::EndsWith => text.ends_with(pattern),
        TextTest::Contains | TextTest::Matches => text.contains(pattern),
    }
}

impl Leaf<'_> {
    /// Few nodes that are sure to hold all for which it is true, ascending, if they can be found by their value.
    pub(super) fn candidates(&self, graph: &Graph) -> Option<Vec<u32>> {
        let (Meaning::Compare(Comparison::Equal, value), Some(column)) = (&self.meaning, self.column) else {
            return None;
        };
        let mut found = column.find(value)?;
        if let Some(key) = self.key.filter(|_| !self.clean) {
            // Those that had the value before are still candidates: whoever asks tests them.
            let changed = graph.changed_equal(key, value);
            if !changed.is_empty() {
                found.extend(changed);
                // Two sorted runs: merging them is all that a stable sort does.
                found.sort();
                found.dedup();
            }
        }
        Some(found)
    }

    pub(super) fn test(&self, graph: &Graph, node: u32) -> Option<bool> {
        let Some(key) = self.key else { return self.absent };
        if !self.clean
            && let Some(value) = graph.changed_value(NodeId::new(node as usize), key)
        {
            return self.of_changed(node, value);
        }
        let Some(column) = self.column else { return self.absent };
        match column.slot(node as usize) {
            Some(slot) => self.at(column, slot, node),
            None => self.absent,
        }
    }

    fn of_changed(&self, node: u32, value: &Value) -> Option<bool> {
        match (value, &self.meaning) {
            // What is absent counts as the test says, unless it has been asked beforehand.
            (Value::Null, Meaning::IsNull | Meaning::Compare(..) | Meaning::In(_) | Meaning::Text(..)) => self.absent,
            (value, meaning) => meaning.test(node, value),
        }
    }

    fn at(&self, column: &Column, slot: usize, node: u32) -> Option<bool> {
        match (&self.fast, column.data()) {
            (Fast::Fixed(truth), _) => *truth,
            (Fast::Integer { within, outside }, data) => match data.integers() {
                Some(values) => Some(within.contains(&values[slot]) != *outside),
                None => self.meaning.test(node, &data.value(slot)),
            },
            (Fast::Zoned { within, outside }, Data::Temporal(array)) => {
                let (_, numbers) = array.zone_numbers();
                Some(is_within(within, array.counts()[slot], numbers[slot]) != *outside)
            }
            (Fast::Float(comparison, other), Data::Float(values)) => {
                Some(compare_floats(*comparison, values[slot], *other))
            }
            (Fast::Code { code, other }, Data::Text { codes, .. }) => Some((Some(codes[slot]) == *code) != *other),
            (Fast::ByCode(truths), Data::Text { codes, .. }) => truths[codes[slot] as usize],
            (Fast::ByCode(truths), Data::Boolean { values, .. }) => truths[usize::from(values.contains(slot))],
            (Fast::Contains(search), Data::Text { codes, dictionary }) => {
                let text = dictionary.get(codes[slot]);
                Some(match search.hits.get() {
                    Some(hits) => has_bit(hits, codes[slot]),
                    None => search.finder.find(text.as_bytes()).is_some(),
                })
            }
            (_, Data::Mixed(values)) => self.meaning.test(node, &values[slot]),
            (_, Data::Text { codes, dictionary }) => match &self.meaning {
                Meaning::Text(test, pattern) => Some(text_holds(*test, dictionary.get(codes[slot]), pattern)),
                meaning => meaning.test(node, &Value::String(dictionary.shared(codes[slot]))),
            },
            (_, data) => self.meaning.test(node, &data.value(slot)),
        }
    }

    pub(super) fn word(&self, graph: &Graph, word: usize, wanted: u64) -> Truths {
        let changed = self.key.filter(|_| !self.clean).map_or(0, |key| wanted & graph.changed_word(key, word));
        let (mut yes, mut no, mut rest) = match self.dense_word(word, wanted & !changed) {
            Some((yes, no)) => (yes, no, changed),
            None => (0, 0, wanted),
        };
        while rest != 0 {
            let bit = rest.trailing_zeros();
            rest &= rest - 1;
            match self.test(graph, (word * 64) as u32 + bit) {
                Some(true) => yes |= 1 << bit,
                Some(false) => no |= 1 << bit,
                None => {}
            }
        }
        (yes, no)
    }

    /// The loop over the array itself, if all 64 nodes are in the column; none of those wanted has changed.
    fn dense_word(&self, word: usize, wanted: u64) -> Option<Truths> {
        const FEW: u32 = 12;
        let column = self.column?;
        let Rows::Dense { first, present } = column.rows() else { return None };
        let start = (word * 64).checked_sub(*first as usize)?;
        if start + 64 > column.data().len() || wanted.count_ones() < FEW {
            return None;
        }
        let slots = start..start + 64;
        let set = present.as_ref().map_or(u64::MAX, |present| present.bits_from(start));
        let all = match (&self.fast, column.data()) {
            (Fast::Fixed(truth), _) => {
                let bits = |wanted: bool| if *truth == Some(wanted) { u64::MAX } else { 0 };
                return Some(self.with_absent(wanted, set, bits(true), bits(false)));
            }
            (Fast::Integer { within, outside }, data) => {
                let values = data.integers()?;
                let (low, high) = (*within.start(), *within.end());
                let inside = bits(&values[slots], |value| (low <= *value) & (*value <= high));
                if *outside { !inside } else { inside }
            }
            (Fast::Zoned { within, outside }, Data::Temporal(array)) => {
                let (counts, numbers) = (&array.counts()[slots.clone()], &array.zone_numbers().1[slots]);
                let pairs = counts.iter().zip(numbers).enumerate();
                let inside = pairs
                    .fold(0, |bits, (at, (count, number))| bits | u64::from(is_within(within, *count, *number)) << at);
                if *outside { !inside } else { inside }
            }
            (Fast::Code { code, other }, Data::Text { codes, .. }) => {
                let same = code.map_or(0, |code| bits(&codes[slots], |own| *own == code));
                if *other { !same } else { same }
            }
            (Fast::Contains(search), Data::Text { codes, dictionary }) => {
                let hits = search.hits(dictionary);
                bits(&codes[slots], |code| has_bit(hits, *code))
            }
            (Fast::ByCode(truths), Data::Text { codes, .. }) => {
                let codes = &codes[slots];
                let yes = bits(codes, |code| truths.get(*code as usize) == Some(&Some(true)));
                let no = bits(codes, |code| truths.get(*code as usize) == Some(&Some(false)));
                return Some(self.with_absent(wanted, set, yes, no));
            }
            _ => return None,
        };
        Some(self.with_absent(wanted, set, all, !all))
    }

    fn with_absent(&self, wanted: u64, set: u64, yes: u64, no: u64) -> Truths {
        let absent = wanted & !set;
        let (yes, no) = (yes & wanted & set, no & wanted & set);
        match self.absent {
            Some(true) => (yes | absent, no),
            Some(false) => (yes, no | absent),
            None => (yes, no),
        }
    }
}

/// Whether a count is in the range of its zone.
fn is_within(ranges: &[(i64, i64)], count: i64, zone: u8) -> bool {
    let (low, high) = ranges[usize::from(zone)];
    (low <= count) & (count <= high)
}

/// A bit for each of 64 values.
fn bits<T>(values: &[T], test: impl Fn(&T) -> bool) -> u64 {
    values.iter().enumerate().fold(0, |bits, (at, value)| bits | u64::from(test(value)) << at)
}

/// As the plain evaluation compares: with NaN everything is false but `<>`.
pub(super) fn compare_floats(comparison: Comparison, a: f64, b: f64) -> bool {
    match comparison {
        Comparison::Equal => a == b,
        Comparison::NotEqual => a != b,
        Comparison::Less => a < b,
        Comparison::LessOrEqual => a <= b,
        Comparison::Greater => a > b,
        Comparison::GreaterOrEqual => a >= b,
    }
}
