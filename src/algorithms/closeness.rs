//! Closeness: how near a node is to those that it reaches.

use super::betweenness::Search;
use super::network::Network;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// How near one node is to others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closeness {
    /// How many others it reaches.
    pub reached: usize,
    /// The number of those reached by the sum of their distances; `None` if there are none.
    pub closeness: Option<f64>,
    /// The mean of 1 by distance over all other nodes, those not reached counting 0.
    pub harmonic: f64,
}

/// The closeness of the nodes given, by the costs of their cheapest paths to others (Freeman, 1978; harmonic: Marchiori
/// and Latora, 2000). Weights are above 0.
pub fn closeness(network: &Network, of: &[u32], budget: &Budget) -> Result<Vec<Closeness>, Diagnostic> {
    budget.charge(network.len() * 4 * size_of::<f64>() + of.len() * size_of::<Closeness>())?;
    let mut search = Search::new(network.len());
    let mut found = Vec::with_capacity(of.len());
    for (at, node) in of.iter().enumerate() {
        budget.tell_progress(at, of.len());
        search.run(network, *node, budget)?;
        let costs = || search.order.iter().filter(|other| *other != node).map(|other| search.costs[*other as usize]);
        let (reached, sum) = (costs().count(), costs().sum::<f64>());
        let harmonic = costs().map(|cost| 1.0 / cost).sum::<f64>() / (network.len() - 1).max(1) as f64;
        found.push(Closeness { reached, closeness: (reached > 0).then(|| reached as f64 / sum), harmonic });
    }
    Ok(found)
}
