//! Degree: how many edges leave and reach each node.

use super::network::Network;
use crate::graph::GraphView;

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

    /// Of all nodes of a view, counted where the lists lie; `None` if nodes are deleted, so that the numbers have gaps,
    /// or relationships changed, so that they are not in the lists.
    pub fn of_all(view: &GraphView) -> Option<Degrees> {
        let nodes = view.graph().node_bound();
        let steps = view.steps().filter(|_| view.graph().node_count() == nodes)?;
        let (mut outgoing, mut incoming) = (vec![0; nodes], vec![0; nodes]);
        for step in &steps {
            step.for_lists(|node, targets| {
                for target in step.kept(node, targets) {
                    outgoing[node] += 1;
                    incoming[target as usize] += 1;
                }
            });
        }
        Some(Degrees { outgoing, incoming })
    }
}
