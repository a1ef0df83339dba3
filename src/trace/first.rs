//! Which direct needs bring a node in: `WHY … EACH`.

use super::Ways;
use super::met::Met;
use crate::diagnostic::Diagnostic;
use crate::graph::{Bitmap, Hop, NodeId};
use crate::limits::Budget;

/// For each node that a start needs directly, the shortest chain over it to a goal that visits no other start: in the
/// order of the hops of the starts. Nodes from which no goal is reached have none.
pub fn first_chains(
    ways: &Ways,
    starts: &[NodeId],
    goals: &[NodeId],
    budget: &Budget,
) -> Result<Vec<Vec<Hop>>, Diagnostic> {
    let towards = Towards::of(ways, starts, goals, budget)?;
    let mut chains = Vec::new();
    for start in starts {
        let mut known = Bitmap::default();
        for hop in ways.sorted_hops(*start) {
            budget.tick()?;
            // Of parallel hops the first says most.
            if towards.distance(hop.target).is_some() && known.insert(hop.target.index()) {
                chains.push(towards.chain(hop, budget)?);
            }
        }
    }
    Ok(chains)
}

/// How far nodes are from the goals.
struct Towards<'w> {
    ways: &'w Ways<'w>,
    starts: Bitmap,
    met: Met,
    /// By number of a node.
    distances: Vec<usize>,
}

impl<'w> Towards<'w> {
    fn of(ways: &'w Ways<'w>, starts: &[NodeId], goals: &[NodeId], budget: &Budget) -> Result<Towards<'w>, Diagnostic> {
        let starts: Bitmap = starts.iter().map(|start| start.index()).collect();
        let mut met = Met::none(ways.graph(), budget)?;
        goals.iter().for_each(|goal| _ = met.meet(*goal));
        let mut distances = vec![0; met.len()];
        let mut turn = 0;
        while let Some(node) = met.node(turn) {
            let distance = distances[turn] + 1;
            turn += 1;
            for hop in ways.hops_to(node).filter(|hop| !starts.contains(hop.source.index())) {
                budget.tick()?;
                if met.meet(hop.source).is_ok() {
                    budget.charge(size_of::<NodeId>() + size_of::<usize>())?;
                    distances.push(distance);
                }
            }
        }
        Ok(Towards { ways, starts, met, distances })
    }

    /// How many hops a goal is away; `None` for a start, and where no chain leads on.
    fn distance(&self, node: NodeId) -> Option<usize> {
        let number = self.met.number(node).filter(|_| !self.starts.contains(node.index()));
        number.map(|number| self.distances[number as usize])
    }

    /// The hop, and the shortest way on to a goal; of equally short ones the one that reads first.
    fn chain(&self, first: Hop, budget: &Budget) -> Result<Vec<Hop>, Diagnostic> {
        let mut chain = vec![first];
        let mut node = first.target;
        while let Some(left) = self.distance(node).filter(|left| *left > 0) {
            budget.tick()?;
            let is_nearer = |hop: &Hop| self.distance(hop.target) == Some(left - 1);
            let Some(next) = self.ways.sorted_hops(node).into_iter().find(is_nearer) else { break };
            chain.push(next);
            node = next.target;
        }
        budget.charge(size_of_val(chain.as_slice()))?;
        Ok(chain)
    }
}
