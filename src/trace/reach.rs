//! How far away everything is that hops lead to: `COMMON`, `DIFF`.

use super::Ways;
use super::met::Met;
use crate::diagnostic::Diagnostic;
use crate::graph::NodeId;
use crate::limits::Budget;

/// What is reached from some starts in one hop or more. A start is among it only if something leads back to it.
pub struct Reach {
    met: Met,
    /// By number of a node.
    distances: Vec<usize>,
}

impl Reach {
    /// How many hops it takes to the node; `None` if it is not reached.
    pub fn distance(&self, node: NodeId) -> Option<usize> {
        self.met.number(node).map(|number| self.distances[number as usize])
    }

    /// What is reached, the nearest first.
    pub fn nodes(&self) -> &[NodeId] {
        self.met.nodes()
    }
}

pub fn reach(ways: &Ways, starts: &[NodeId], budget: &Budget) -> Result<Reach, Diagnostic> {
    let mut met = Met::none(ways.graph(), budget)?;
    let mut distances = Vec::new();
    let mut level = starts.to_vec();
    let mut distance = 0;
    while !level.is_empty() {
        distance += 1;
        let before = met.len();
        for node in &level {
            budget.tick()?;
            ways.for_targets(*node, |_, target| _ = met.meet(target));
        }
        budget.charge((met.len() - before) * (size_of::<NodeId>() + size_of::<usize>()))?;
        distances.resize(met.len(), distance);
        level = met.nodes()[before..].to_vec();
    }
    Ok(Reach { met, distances })
}
