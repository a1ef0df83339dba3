//! How many nodes each node leads to: `FANIN`, `FANOUT`.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::algorithms::{Network, strong};
use crate::diagnostic::Diagnostic;
use crate::limits::{Budget, Watch, cores};

/// For each node of the network how many other nodes can be reached from it.
///
/// Over the condensation, for a block of nodes at a time: which of them each part reaches is a row of bits.
pub fn reach_counts(network: &Network, budget: &Budget) -> Result<Vec<u32>, Diagnostic> {
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
    let reaching = Reaching { of: &parts.of, needed: &needed, order: &order };
    let counts = reaching.count(reaching.threads(), budget)?;
    // A node is reached by itself.
    Ok(parts.of.iter().map(|part| counts[*part as usize] - 1).collect())
}

const WORDS: usize = 8;
const BLOCK: usize = 64 * WORDS;

struct Reaching<'a> {
    /// By node: its part.
    of: &'a [u32],
    /// By part: those that its edges lead to, which have lower numbers.
    needed: &'a [Vec<u32>],
    order: &'a [u32],
}

impl Reaching<'_> {
    /// How many threads it pays to have.
    fn threads(&self) -> usize {
        /// Fewer steps than these are done before a thread has begun.
        const PARALLEL: usize = 1 << 20;
        let blocks = self.order.len().div_ceil(BLOCK);
        match blocks * self.needed.len() > PARALLEL {
            true => cores().min(16).min(blocks),
            false => 1,
        }
    }

    /// By part: how many nodes it reaches, its own among them. Blocks are counted apart, and the sums do not depend on
    /// which thread counts which.
    fn count(&self, threads: usize, budget: &Budget) -> Result<Vec<u32>, Diagnostic> {
        let parts = self.needed.len();
        budget.charge(threads * parts * (WORDS * size_of::<u64>() + size_of::<u32>()))?;
        let (next, watch) = (AtomicUsize::new(0), budget.watch());
        if threads == 1 {
            return self.work(&next, watch);
        }
        let counted = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| self.work(&next, watch))).collect();
            let joined = workers.into_iter().map(|worker| worker.join());
            joined.map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect::<Vec<_>>()
        });
        let mut sums = vec![0; parts];
        for counts in counted {
            sums.iter_mut().zip(counts?).for_each(|(sum, count)| *sum += count);
        }
        Ok(sums)
    }

    /// Takes one block after the other.
    fn work(&self, next: &AtomicUsize, watch: &Watch) -> Result<Vec<u32>, Diagnostic> {
        let mut counts = vec![0_u32; self.needed.len()];
        let mut rows = vec![[0_u64; WORDS]; self.needed.len()];
        while let Some(block) = self.order.chunks(BLOCK).nth(next.fetch_add(1, Ordering::Relaxed)) {
            watch.check()?;
            self.add(block, &mut rows, &mut counts);
        }
        Ok(counts)
    }

    fn add(&self, block: &[u32], rows: &mut [[u64; WORDS]], counts: &mut [u32]) {
        // Parts of smaller numbers reach nothing of this block.
        let first = self.of[block[0] as usize] as usize;
        rows[first..].fill([0; WORDS]);
        for (bit, node) in block.iter().enumerate() {
            rows[self.of[*node as usize] as usize][bit / 64] |= 1 << (bit % 64);
        }
        for part in first..rows.len() {
            let mut row = rows[part];
            for other in self.needed[part].iter().map(|other| *other as usize).filter(|other| *other >= first) {
                row.iter_mut().zip(&rows[other]).for_each(|(word, more)| *word |= more);
            }
            counts[part] += row.iter().map(|word| word.count_ones()).sum::<u32>();
            rows[part] = row;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn threads_count_as_one_does() {
        // A ladder with rungs missing: part n leads to n - 1 and to n / 3; five nodes to a part.
        let parts = 700_u32;
        let of: Vec<u32> = (0..5 * parts).map(|node| node / 5).collect();
        let onward = |part: u32| if part == 0 { vec![] } else { vec![part / 3, part - 1 - part % 2 * (part / 2)] };
        let needed: Vec<Vec<u32>> = (0..parts).map(onward).collect();
        let order: Vec<u32> = (0..5 * parts).collect();
        let reaching = Reaching { of: &of, needed: &needed, order: &order };
        let budget = Budget::start(&Limits::default());
        let alone = reaching.count(1, &budget).expect("within budget");
        assert_eq!(alone[0], 5);
        assert!(alone.iter().skip(1).all(|count| *count > 5));
        for threads in [2, 3, 16] {
            assert_eq!(reaching.count(threads, &budget).expect("within budget"), alone);
        }
    }
}
