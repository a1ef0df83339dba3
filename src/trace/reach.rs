//! How far away everything is that hops lead to: `COMMON`, `DIFF`.

use super::Ways;
use crate::diagnostic::Diagnostic;
use crate::graph::{Bitmap, NodeId};
use crate::limits::Budget;

/// What is reached from some starts in one hop or more. A start is among it only if something leads back to it.
pub struct Reach {
    nodes: Vec<NodeId>,
    /// By node: in how many hops it is reached; 0 for a node that is not.
    distances: Vec<u32>,
}

impl Reach {
    /// How many hops it takes to the node; `None` if it is not reached.
    pub fn distance(&self, node: NodeId) -> Option<usize> {
        self.distances.get(node.index()).filter(|distance| **distance > 0).map(|distance| *distance as usize)
    }

    /// What is reached, the nearest first.
    pub fn nodes(&self) -> &[NodeId] {
        &self.nodes
    }
}

pub fn reach(ways: &Ways, starts: &[NodeId], budget: &Budget) -> Result<Reach, Diagnostic> {
    budget.charge(ways.graph().node_bound() * size_of::<u32>())?;
    let mut reach = Reach { nodes: Vec::new(), distances: vec![0; ways.graph().node_bound()] };
    for start in starts {
        reach.go_on(*start, 1, ways, budget)?;
    }
    let starts: Bitmap = starts.iter().map(|start| start.index()).collect();
    let mut turn = 0;
    while let Some(node) = reach.nodes.get(turn).copied() {
        turn += 1;
        // A start was gone on from already, at no distance.
        if !starts.contains(node.index()) {
            reach.go_on(node, reach.distances[node.index()] + 1, ways, budget)?;
        }
    }
    Ok(reach)
}

impl Reach {
    fn go_on(&mut self, node: NodeId, distance: u32, ways: &Ways, budget: &Budget) -> Result<(), Diagnostic> {
        budget.tick()?;
        let before = self.nodes.len();
        let Reach { nodes, distances } = self;
        ways.for_targets(node, |_, target| {
            let known = &mut distances[target.index()];
            if *known == 0 {
                *known = distance;
                nodes.push(target);
            }
        });
        budget.charge((self.nodes.len() - before) * size_of::<NodeId>())
    }
}
