//! What a node cannot do without where one of several providers may be enough: dominators of an AND/OR graph.

use super::alternatives::{Alternatives, Required};
use crate::algorithms::{Network, strong};
use crate::diagnostic::Diagnostic;
use crate::graph::Effect;
use crate::limits::Budget;

/// What the roots of a network cannot do without.
pub struct Essential {
    /// By number: whether a root suffers if this node alone fails.
    pub nodes: Vec<bool>,
    /// Those of them that only choices lead to, by number.
    pub shared: Vec<Shared>,
}

/// A node without which all providers of a choice suffer.
pub struct Shared {
    pub node: u32,
    pub providers: Vec<u32>,
}

const WORDS: usize = 8;
const BLOCK: usize = 64 * WORDS;
type Row = [u64; WORDS];

/// What the first nodes of a network, its roots, cannot do without, as far as the lack of it does at least this.
///
/// A node goes down with itself, with whatever takes down one of the nodes that it needs, and with whatever takes down
/// all providers of a choice. For a block of nodes at a time each node has a row of bits: which of the block take it
/// down. Parts of the network come after what they need.
pub fn essential(
    network: &Network,
    roots: usize,
    alternatives: &Alternatives,
    least: Effect,
    budget: &Budget,
) -> Result<Essential, Diagnostic> {
    let required = alternatives.required(network, least, budget)?;
    let members = strong(network, budget)?.members();
    let certain = certain(&required, roots, budget)?;
    let mut essential = Essential { nodes: vec![false; network.len()], shared: Vec::new() };
    let mut rows = vec![[0; WORDS]; network.len()];
    budget.charge(size_of_val(rows.as_slice()) + 2 * network.len())?;
    let numbers: Vec<u32> = network.numbers().collect();
    for block in numbers.chunks(BLOCK) {
        rows.fill([0; WORDS]);
        block.iter().enumerate().for_each(|(bit, node)| rows[*node as usize][bit / 64] |= 1 << (bit % 64));
        for part in &members {
            settle(&required, part, &mut rows, budget)?;
        }
        let of_roots = rows[..roots].iter().fold([0; WORDS], either);
        for (bit, node) in block.iter().enumerate().filter(|(bit, _)| has(&of_roots, *bit)) {
            essential.nodes[*node as usize] = true;
            if !certain[*node as usize] {
                let providers = first_choice(&required, &certain, &rows, bit, budget)?;
                essential.shared.push(Shared { node: *node, providers });
            }
        }
    }
    Ok(essential)
}

/// By number: whether a root needs the node whatever is chosen.
fn certain(required: &[Required], roots: usize, budget: &Budget) -> Result<Vec<bool>, Diagnostic> {
    let mut certain = vec![false; required.len()];
    let mut stack: Vec<u32> = (0..roots as u32).collect();
    while let Some(node) = stack.pop() {
        budget.tick()?;
        if !std::mem::replace(&mut certain[node as usize], true) {
            stack.extend(&required[node as usize].all);
        }
    }
    Ok(certain)
}

/// Brings the rows of nodes that reach each other to where they stay.
fn settle(required: &[Required], part: &[u32], rows: &mut [Row], budget: &Budget) -> Result<(), Diagnostic> {
    let mut changed = true;
    while changed {
        changed = false;
        for node in part.iter().map(|node| *node as usize) {
            budget.tick()?;
            let mut row = required[node].all.iter().fold(rows[node], |sum, need| either(sum, &rows[*need as usize]));
            for (_, providers) in &required[node].choices {
                row = either(row, &all_of(providers, rows));
            }
            changed |= row != rows[node];
            rows[node] = row;
        }
        changed &= part.len() > 1;
    }
    Ok(())
}

/// The first choice of a node that is needed for certain whose providers all go down with the node of the bit.
fn first_choice(
    required: &[Required],
    certain: &[bool],
    rows: &[Row],
    bit: usize,
    budget: &Budget,
) -> Result<Vec<u32>, Diagnostic> {
    for (_, needs) in required.iter().enumerate().filter(|(node, _)| certain[*node]) {
        budget.tick()?;
        let falls = |providers: &&Vec<u32>| providers.iter().all(|provider| has(&rows[*provider as usize], bit));
        if let Some(providers) = needs.choices.iter().map(|(_, providers)| providers).find(falls) {
            return Ok(providers.clone());
        }
    }
    Ok(Vec::new())
}

fn either(mut sum: Row, more: &Row) -> Row {
    sum.iter_mut().zip(more).for_each(|(word, more)| *word |= more);
    sum
}

fn all_of(providers: &[u32], rows: &[Row]) -> Row {
    let mut common = [u64::MAX; WORDS];
    for provider in providers {
        common.iter_mut().zip(&rows[*provider as usize]).for_each(|(word, more)| *word &= more);
    }
    common
}

fn has(row: &Row, bit: usize) -> bool {
    row[bit / 64] >> (bit % 64) & 1 == 1
}
