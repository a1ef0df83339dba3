//! Degree: how many edges leave and reach each node.

use super::network::Network;
use crate::graph::{Direction, GraphView};

/// By node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Degrees {
    pub outgoing: Vec<i64>,
    pub incoming: Vec<i64>,
}

impl Degrees {
    pub fn of(network: &Network) -> Degrees {
        let mut incoming = vec![0; network.len()];
        network.all_targets().iter().for_each(|target| incoming[*target as usize] += 1);
        let outgoing = network.numbers().map(|node| network.edges(node).len() as i64).collect();
        Degrees { outgoing, incoming }
    }

    /// Of all nodes of a view, by the lengths of its lists; `None` if nodes are deleted, so that the numbers have gaps,
    /// or relationships changed, so that they are not in the lists.
    pub fn of_all(view: &GraphView) -> Option<Degrees> {
        let graph = view.graph();
        if graph.node_count() < graph.node_bound() {
            return None;
        }
        let against = GraphView::with(graph, |t| view.orientation(t).map(Direction::reverse));
        Some(Degrees { outgoing: lengths(view)?, incoming: lengths(&against)? })
    }
}

/// By node: how many hops of the view leave it.
fn lengths(view: &GraphView) -> Option<Vec<i64>> {
    let mut lengths = vec![0; view.graph().node_bound()];
    for step in view.steps()? {
        step.for_lists(|node, targets| lengths[node] += step.count(node, targets) as i64);
    }
    Some(lengths)
}
