//! How many nodes each node leads to: `FANIN`, `FANOUT`.

use crate::algorithms::{Network, strong};
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// For each node of the network how many other nodes can be reached from it.
///
/// Over the condensation, for a block of nodes at a time: which of them each part reaches is a row of bits.
pub fn reach_counts(network: &Network, budget: &Budget) -> Result<Vec<u32>, Diagnostic> {
    const WORDS: usize = 8;
    const BLOCK: usize = 64 * WORDS;
    let parts = strong(network, budget)?;
    let members = parts.members();
    let mut needed: Vec<Vec<u32>> = Vec::with_capacity(parts.count);
    for (part, members) in members.iter().enumerate() {
        let mut onward: Vec<u32> = Vec::new();
        for target in members.iter().flat_map(|member| network.targets(*member)) {
            budget.tick()?;
            let target = parts.of[*target as usize];
            if target as usize != part {
                onward.push(target);
            }
        }
        onward.sort_unstable();
        onward.dedup();
        budget.charge(size_of_val(onward.as_slice()))?;
        needed.push(onward);
    }
    // Nodes by part, so that a block touches few parts.
    let order: Vec<u32> = members.iter().flatten().copied().collect();
    budget.charge(parts.count * (WORDS * size_of::<u64>() + size_of::<u32>()))?;
    let mut counts = vec![0_u32; parts.count];
    let mut rows = vec![[0_u64; WORDS]; parts.count];
    for block in order.chunks(BLOCK) {
        // Parts of smaller numbers reach nothing of this block.
        let first = parts.of[block[0] as usize] as usize;
        rows[first..].fill([0; WORDS]);
        for (bit, node) in block.iter().enumerate() {
            rows[parts.of[*node as usize] as usize][bit / 64] |= 1 << (bit % 64);
        }
        for part in first..parts.count {
            budget.tick()?;
            let mut row = rows[part];
            for other in needed[part].iter().map(|other| *other as usize).filter(|other| *other >= first) {
                row.iter_mut().zip(&rows[other]).for_each(|(word, more)| *word |= more);
            }
            counts[part] += row.iter().map(|word| word.count_ones()).sum::<u32>();
            rows[part] = row;
        }
    }
    // A node is reached by itself.
    Ok(parts.of.iter().map(|part| counts[*part as usize] - 1).collect())
}
