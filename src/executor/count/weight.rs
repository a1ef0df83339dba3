//! [`Weight`]: for each node how much a match that puts a variable there counts, as a product of factors.
//!
//! A weight is worked out in blocks of nodes that stay in the nearest cache, a factor at a time.

use std::ops::Range;
use std::sync::Arc;

use super::lists::Lists;
use super::{Outcome, Stop};
use crate::graph::Bitmap;
use crate::limits::Budget;

/// A block of nodes: so many words of a bitmap.
const WORDS: usize = 16;
const BLOCK: usize = WORDS * 64;

#[derive(Clone, Default)]
pub(super) struct Weight<'g> {
    /// Other nodes weigh nothing; `None`: any may weigh something.
    pub domain: Option<Arc<Bitmap>>,
    pub factors: Vec<Factor<'g>>,
}

/// A number for each node.
#[derive(Clone)]
pub(super) enum Factor<'g> {
    /// How many neighbours it has.
    Degree(Arc<Lists<'g>>),
    /// How many of its neighbours are in a set.
    Members(Arc<Lists<'g>>, Arc<Bitmap>),
    /// The sum over its neighbours.
    Sum(Arc<Lists<'g>>, Arc<Values>),
    /// As given by node.
    Values(Arc<Values>),
    /// As given by node, but at least 1.
    AtLeastOne(Arc<Values>),
}

/// A number for each node of a range; all others have 0.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub first: u32,
    pub numbers: Vec<u64>,
}

impl Values {
    pub fn of(&self, node: u32) -> u64 {
        self.numbers.get(node.wrapping_sub(self.first) as usize).copied().unwrap_or(0)
    }

    pub fn range(&self) -> Range<u32> {
        self.first..self.first + self.numbers.len() as u32
    }
}

impl Factor<'_> {
    /// Outside of these nodes it is 0.
    fn range(&self) -> Range<u32> {
        match self {
            Factor::Degree(lists) | Factor::Members(lists, _) | Factor::Sum(lists, _) => lists.range(),
            Factor::Values(values) => values.range(),
            Factor::AtLeastOne(_) => 0..u32::MAX,
        }
    }

    fn of(&self, node: u32) -> Outcome<u64> {
        match self {
            Factor::Degree(lists) => Ok(lists.degree(node)),
            Factor::Members(lists, set) => Ok(members(lists.of(node), set)),
            Factor::Sum(lists, values) => {
                let sum = lists.of(node).iter().try_fold(0_u64, |sum, other| sum.checked_add(values.of(*other)));
                sum.ok_or(Stop::Plain)
            }
            Factor::Values(values) => Ok(values.of(node)),
            Factor::AtLeastOne(values) => Ok(values.of(node).max(1)),
        }
    }

    /// No factor is greater.
    fn bound(&self) -> u64 {
        match self {
            Factor::Degree(lists) | Factor::Members(lists, _) => lists.total() as u64,
            Factor::Sum(..) | Factor::Values(_) | Factor::AtLeastOne(_) => u64::MAX,
        }
    }

    /// The factors of the nodes of a block; 0 will do where the product of the others (`known`) is 0.
    fn of_all(&self, nodes: Range<u32>, factors: &mut [u64], known: &[u64]) -> Outcome<()> {
        match self {
            Factor::Degree(lists) if lists.offsets(nodes.clone()).is_some() => {
                let offsets = lists.offsets(nodes).unwrap_or_default();
                let (starts, ends) = (&offsets[..factors.len()], &offsets[1..=factors.len()]);
                for ((factor, start), end) in factors.iter_mut().zip(starts).zip(ends) {
                    *factor = u64::from(end - start);
                }
            }
            Factor::Values(values) => {
                let at = (nodes.start - values.first) as usize;
                factors.copy_from_slice(&values.numbers[at..at + factors.len()]);
            }
            _ => self.of_each(nodes, factors, known)?,
        }
        Ok(())
    }

    fn of_each(&self, nodes: impl Iterator<Item = u32>, factors: &mut [u64], known: &[u64]) -> Outcome<()> {
        for (at, (factor, node)) in factors.iter_mut().zip(nodes).enumerate() {
            *factor = if known.get(at) == Some(&0) { 0 } else { self.of(node)? };
        }
        Ok(())
    }

    /// Steps that working out the factor of one node takes on average.
    pub fn cost(&self) -> usize {
        match self {
            Factor::Degree(_) | Factor::Values(_) | Factor::AtLeastOne(_) => 1,
            Factor::Members(lists, _) | Factor::Sum(lists, _) => 1 + lists.total() / lists.range().len().max(1),
        }
    }
}

fn members(list: &[u32], set: &Bitmap) -> u64 {
    let (skipped, words) = set.words();
    let bit = |node: u32| {
        let word = (node as usize / 64).wrapping_sub(skipped);
        words.get(word).map_or(0, |word| word >> (node % 64) & 1)
    };
    list.iter().map(|node| bit(*node)).sum()
}

/// Multiplies numbers that are at most `bound`; gives the new bound.
fn multiply(numbers: &mut [u64], factors: &[u64], bound: u64, by: u64) -> Outcome<u64> {
    if let Some(bound) = bound.checked_mul(by) {
        numbers.iter_mut().zip(factors).for_each(|(number, factor)| *number = number.wrapping_mul(*factor));
        return Ok(bound);
    }
    let mut over = false;
    for (number, factor) in numbers.iter_mut().zip(factors) {
        let (product, too_large) = number.overflowing_mul(*factor);
        *number = product;
        over |= too_large;
    }
    if over { Err(Stop::Plain) } else { Ok(u64::MAX) }
}

/// The words of a set, also where it does not store them.
struct Words<'a> {
    skipped: usize,
    words: &'a [u64],
}

impl Words<'_> {
    fn word(&self, at: usize) -> u64 {
        self.words.get(at.wrapping_sub(self.skipped)).copied().unwrap_or(0)
    }
}

impl Weight<'_> {
    /// The nodes that may weigh something.
    pub fn range(&self, node_bound: usize) -> Range<u32> {
        let mut range = 0..node_bound as u32;
        for factor in &self.factors {
            let other = factor.range();
            range = range.start.max(other.start)..range.end.min(other.end);
        }
        if let Some(domain) = &self.domain {
            let (skipped, words) = domain.words();
            let (first, end) = (skipped * 64, (skipped + words.len()) * 64);
            range = range.start.max(first as u32)..range.end.min(end.min(node_bound) as u32);
        }
        if range.start < range.end { range } else { 0..0 }
    }

    /// The sum over all nodes.
    pub fn sum(&self, node_bound: usize, budget: &Budget) -> Outcome<u128> {
        let mut total = 0_u128;
        self.blocks(node_bound, budget, &mut |_, numbers, bound| {
            total += match bound.checked_mul(BLOCK as u64) {
                Some(_) => u128::from(numbers.iter().sum::<u64>()),
                None => numbers.iter().map(|number| u128::from(*number)).sum::<u128>(),
            };
        })?;
        Ok(total)
    }

    /// The weight of each node.
    pub fn values(&self, node_bound: usize, budget: &Budget) -> Outcome<Values> {
        let Range { start: first, end } = self.range(node_bound);
        let mut values = vec![0_u64; (end - first) as usize];
        self.blocks(node_bound, budget, &mut |nodes, numbers, _| match nodes {
            Nodes::All(range) => {
                values[(range.start - first) as usize..(range.end - first) as usize].copy_from_slice(numbers);
            }
            Nodes::Some(nodes) => {
                for (node, number) in nodes.iter().zip(numbers) {
                    values[(*node - first) as usize] = *number;
                }
            }
        })?;
        Ok(Values { first, numbers: values })
    }

    /// Gives the numbers of each block of nodes, and what none of them exceeds.
    fn blocks(&self, node_bound: usize, budget: &Budget, give: &mut dyn FnMut(Nodes, &[u64], u64)) -> Outcome<()> {
        let range = self.range(node_bound);
        let cost: usize = self.factors.iter().map(Factor::cost).sum();
        let (mut numbers, mut factors) = ([0_u64; BLOCK], [0_u64; BLOCK]);
        let mut listed = [0_u32; BLOCK];
        let mut start = range.start;
        while start < range.end {
            // Blocks begin at whole words.
            let end = ((start as usize / BLOCK + 1) * BLOCK).min(range.end as usize) as u32;
            for _ in 0..=cost {
                budget.tick()?;
            }
            let count = self.listed(start..end, &mut listed);
            let nodes = match count == (end - start) as usize {
                true => Nodes::All(start..end),
                false => Nodes::Some(&listed[..count]),
            };
            let (numbers, factors) = (&mut numbers[..count], &mut factors[..count]);
            let mut bound = 1;
            if self.factors.is_empty() {
                numbers.fill(1);
            }
            for (at, factor) in self.factors.iter().enumerate() {
                let (into, known) = match at {
                    0 => (&mut *numbers, &[][..]),
                    _ => (&mut *factors, &*numbers),
                };
                match &nodes {
                    Nodes::All(range) => factor.of_all(range.clone(), into, known)?,
                    Nodes::Some(nodes) => factor.of_each(nodes.iter().copied(), into, known)?,
                }
                bound = if at == 0 { factor.bound() } else { multiply(numbers, factors, bound, factor.bound())? };
            }
            give(nodes, numbers, bound);
            start = end;
        }
        Ok(())
    }

    /// How many nodes of a block are in the domain; those are listed unless all are.
    fn listed(&self, nodes: Range<u32>, listed: &mut [u32; BLOCK]) -> usize {
        let Some(domain) = &self.domain else { return nodes.len() };
        let (skipped, words) = domain.words();
        let words = Words { skipped, words };
        let mask = |at: usize| {
            let first = at * 64;
            let mut word = words.word(at);
            if first < nodes.start as usize {
                word &= u64::MAX << (nodes.start as usize - first);
            }
            if first + 64 > nodes.end as usize {
                word &= u64::MAX >> (first + 64 - nodes.end as usize);
            }
            word
        };
        let blocks = nodes.start as usize / 64..(nodes.end as usize).div_ceil(64);
        let count: usize = blocks.clone().map(|at| mask(at).count_ones() as usize).sum();
        if count == nodes.len() {
            return count;
        }
        let mut next = 0;
        for at in blocks {
            let mut word = mask(at);
            while word != 0 {
                listed[next] = (at * 64) as u32 + word.trailing_zeros();
                next += 1;
                word &= word - 1;
            }
        }
        count
    }
}

/// The nodes of a block.
enum Nodes<'a> {
    All(Range<u32>),
    Some(&'a [u32]),
}

/// Whether every node that has neighbours is in the set.
pub(super) fn covers(set: &Bitmap, lists: &Lists) -> bool {
    let range = lists.range();
    if range.is_empty() {
        return true;
    }
    let (skipped, words) = set.words();
    let words = Words { skipped, words };
    let whole = range.start as usize / 64 + 1..range.end as usize / 64;
    if whole.clone().all(|at| words.word(at) == u64::MAX)
        && (range.start as usize..whole.start * 64).all(|node| set.contains(node) || lists.degree(node as u32) == 0)
        && (whole.end * 64..range.end as usize).all(|node| set.contains(node) || lists.degree(node as u32) == 0)
    {
        return true;
    }
    range.into_iter().all(|node| set.contains(node as usize) || lists.degree(node) == 0)
}
