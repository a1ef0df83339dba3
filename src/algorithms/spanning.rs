//! Spanning trees: the cheapest edges that hold a network together.

use petgraph::unionfind::UnionFind;

use super::network::Network;
use super::paths::Cost;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// The edges of a spanning forest of least weight, or of greatest, directions aside: a tree for each weak component
/// (Kruskal). Of equal weights the lower edge is taken; edges come by weight.
pub fn spanning_forest(network: &Network, greatest: bool, budget: &Budget) -> Result<Vec<usize>, Diagnostic> {
    budget.charge(network.len() * 2 * size_of::<u32>())?;
    let mut sets: UnionFind<u32> = UnionFind::new(network.len());
    let mut kept = Vec::new();
    let mut take = |edge: usize, source: u32| {
        budget.tick()?;
        if sets.union(source, network.target(edge)) {
            budget.charge(size_of::<usize>())?;
            kept.push(edge);
        }
        Ok::<(), Diagnostic>(())
    };
    if !network.is_weighted() {
        // All weigh the same: they are in order.
        for source in network.numbers() {
            network.edges(source).try_for_each(|edge| take(edge, source))?;
        }
        return Ok(kept);
    }
    budget.charge(network.edge_count() * size_of::<(Cost, u32, u32)>())?;
    let mut edges: Vec<(Cost, u32, u32)> = Vec::with_capacity(network.edge_count());
    for source in network.numbers() {
        budget.tick()?;
        let cost = |edge: usize| if greatest { -network.weight(edge) } else { network.weight(edge) };
        edges.extend(network.edges(source).map(|edge| (Cost(cost(edge)), edge as u32, source)));
    }
    edges.sort_unstable();
    edges.into_iter().try_for_each(|(_, edge, source)| take(edge as usize, source))?;
    Ok(kept)
}
