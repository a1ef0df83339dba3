//! Degree: how many edges leave and reach each node.

use super::network::Network;
use crate::diagnostic::Diagnostic;
use crate::graph::{Direction, GraphView};
use crate::limits::Budget;

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

    /// Of all nodes of a view, by the lengths of its lists; `None` if nodes are deleted, so that the numbers have gaps.
    pub fn of_all(view: &GraphView, budget: &Budget) -> Result<Option<Degrees>, Diagnostic> {
        let graph = view.graph();
        if graph.node_count() < graph.node_bound() {
            return Ok(None);
        }
        budget.charge(2 * graph.node_bound() * size_of::<i64>())?;
        let against = GraphView::with(graph, |t| view.orientation(t).map(Direction::reverse));
        let outgoing = lengths(view, budget)?;
        let incoming = lengths(&against, budget)?;
        Ok(Some(Degrees { outgoing, incoming }))
    }
}

/// By node: how many hops of the view leave it.
fn lengths(view: &GraphView, budget: &Budget) -> Result<Vec<i64>, Diagnostic> {
    let mut lengths = vec![0; view.graph().node_bound()];
    for step in view.current_steps() {
        budget.check()?;
        step.for_lists(|node, targets| lengths[node] += step.count(node, targets) as i64);
    }
    Ok(lengths)
}
