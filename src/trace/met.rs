//! [`Met`]: the nodes that a search has met, numbered in the order of meeting.

use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, NodeId};
use crate::limits::Budget;

/// What searches keep by node lies in arrays by these numbers.
pub(super) struct Met {
    /// One more than the number of each node of the graph; 0 for a node not met yet.
    numbers: Vec<u32>,
    nodes: Vec<NodeId>,
}

impl Met {
    pub fn none(graph: &Graph, budget: &Budget) -> Result<Met, Diagnostic> {
        budget.charge(graph.node_bound() * size_of::<u32>())?;
        Ok(Met { numbers: vec![0; graph.node_bound()], nodes: Vec::new() })
    }

    /// The node's number: as `Ok` if it is new, which it is not from then on.
    #[inline]
    pub fn meet(&mut self, node: NodeId) -> Result<u32, u32> {
        let number = &mut self.numbers[node.index()];
        if *number > 0 {
            return Err(*number - 1);
        }
        self.nodes.push(node);
        *number = self.nodes.len() as u32;
        Ok(*number - 1)
    }

    pub fn number(&self, node: NodeId) -> Option<u32> {
        self.numbers.get(node.index()).and_then(|number| number.checked_sub(1))
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn node(&self, number: usize) -> Option<NodeId> {
        self.nodes.get(number).copied()
    }

    /// The nodes by number.
    pub fn into_nodes(self) -> Vec<NodeId> {
        self.nodes
    }

    pub fn nodes(&self) -> &[NodeId] {
        &self.nodes
    }
}
