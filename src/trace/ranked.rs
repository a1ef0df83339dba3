//! What is reached from some starts, each node once: `DEPS … RANKED`, `IMPACT … RANKED`.

use super::Ways;
use super::met::Met;
use crate::diagnostic::Diagnostic;
use crate::graph::{Bitmap, NodeId, TypeId};
use crate::limits::Budget;

/// A node reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention {
    pub node: NodeId,
    /// How many hops it takes to it at least.
    pub depth: usize,
    /// How many shortest chains lead to it.
    pub chains: u64,
}

/// What is reached, starts not counted.
pub struct Mentions {
    /// Those within the depth limit, the nearest first.
    pub nodes: Vec<Mention>,
    /// The types followed on the way, by number.
    pub over: Bitmap,
}

/// The nodes within so many hops of the starts.
pub fn mentions(ways: &Ways, starts: &[NodeId], depth: Option<usize>, budget: &Budget) -> Result<Mentions, Diagnostic> {
    let mut met = Met::none(ways.graph(), budget)?;
    starts.iter().for_each(|start| _ = met.meet(*start));
    let roots = met.len();
    let mut found: Vec<Mention> = met.nodes().iter().map(|node| Mention { node: *node, depth: 0, chains: 1 }).collect();
    let mut over = Bitmap::default();
    let mut last: Option<TypeId> = None;
    let mut turn = 0;
    while let Some(Mention { node, depth: level, chains }) = found.get(turn).copied() {
        if depth.is_some_and(|limit| level >= limit) {
            break;
        }
        turn += 1;
        budget.tick()?;
        let before = found.len();
        ways.for_targets(node, |t, target| {
            if last.replace(t) != Some(t) {
                over.insert(t.index());
            }
            match met.meet(target) {
                Ok(_) => found.push(Mention { node: target, depth: level + 1, chains }),
                Err(number) => {
                    let seen = &mut found[number as usize];
                    if seen.depth == level + 1 {
                        seen.chains = seen.chains.saturating_add(chains);
                    }
                }
            }
        });
        budget.charge((found.len() - before) * (size_of::<Mention>() + size_of::<NodeId>()))?;
    }
    found.drain(..roots);
    Ok(Mentions { nodes: found, over })
}
