//! Who needs a term: which terms suffer at once when it fails, and how many in the end.

use crate::diagnostic::Diagnostic;
use crate::graph::{Effect, Graph, GraphView, NodeId};
use crate::limits::Budget;
use crate::trace::{self, Ways, reach_counts};

/// The failures of a graph.
pub(super) struct Needed<'g> {
    graph: &'g Graph,
    view: &'g GraphView<'g>,
    /// By number of the node: how many others suffer in the end.
    transitive: Vec<u32>,
}

impl<'g> Needed<'g> {
    /// `view` is the graph's view of failures.
    pub(super) fn of(graph: &'g Graph, view: &'g GraphView<'g>, budget: &Budget) -> Result<Needed<'g>, Diagnostic> {
        let ways = Ways::of(view);
        let network = ways.network(budget)?;
        let counts = reach_counts(&network, budget)?;
        budget.charge(graph.node_bound() * size_of::<u32>())?;
        let mut transitive = vec![0; graph.node_bound()];
        for number in network.numbers() {
            transitive[network.node(number).index()] = counts[number as usize];
        }
        Ok(Needed { graph, view, transitive })
    }

    /// The terms that fail or degrade at once, each once with what is worse.
    pub(super) fn at_once(&self, node: NodeId) -> Vec<(NodeId, Effect)> {
        let hops = self.view.hops(node).filter(|hop| hop.target != node);
        let mut reached: Vec<(NodeId, Effect)> =
            hops.map(|hop| (hop.target, trace::effect(self.graph, &hop))).collect();
        reached.sort_unstable_by_key(|(target, effect)| (*target, std::cmp::Reverse(*effect)));
        reached.dedup_by_key(|(target, _)| *target);
        reached
    }

    /// How many terms fail or degrade in the end.
    pub(super) fn in_the_end(&self, node: NodeId) -> usize {
        self.transitive[node.index()] as usize
    }
}
