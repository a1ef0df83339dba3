//! Tracing: what a term needs, what fails with it, and why, as searches over a view of the graph.
//!
//! Directions come from the view, which takes them from the graph's relation semantics; nothing here decides one.
//! Never sees query text or a syntax tree. Every loop over data ticks the budget.

mod alternatives;
mod breaks;
mod chain;
mod essential;
mod fan;
mod first;
mod met;
mod outcome;
mod ranked;
mod reach;
mod rollup;
mod several;
mod spread;
mod startable;
mod tree;
mod ways;

use std::sync::Arc;

pub use alternatives::{Alternatives, Choice, Needer};
pub use breaks::{Break, breaks};
pub use chain::{Fringe, Search, nearest_miss, shortest_chains};
pub use essential::{Essential, Shared, essential};
pub use fan::reach_counts;
pub use first::first_chains;
pub use outcome::{Outcome, outcome};
pub use ranked::{Mention, Mentions, mentions};
pub use reach::{Reach, reach};
pub use rollup::{Lifted, Rollup, rollup};
pub use several::{Several, several_chains};
pub use spread::{Spread, spread};
pub use startable::{Waived, waived};
pub use tree::{Tree, TreeRow, tree};
pub use ways::{Ways, hop_number};

use crate::graph::{Effect, Graph, Hop, NodeId};

/// How a hop reads from its source to its target.
pub fn phrase(graph: &Graph, hop: &Hop) -> String {
    let name = graph.type_name(hop.relationship_type);
    let semantics = graph.semantics();
    let symmetric = semantics.get(name).is_some_and(|s| s.symmetric);
    if hop.against && !symmetric { semantics.inverse_phrase(name) } else { semantics.phrase(name) }
}

/// What a failure that travels over the hop does to the one it reaches.
pub fn effect(graph: &Graph, hop: &Hop) -> Effect {
    graph.semantics().carries(graph.type_name(hop.relationship_type)).map_or(Effect::Fails, |s| s.effect)
}

/// What a node is called.
pub fn name_of(graph: &Graph, node: NodeId) -> Arc<str> {
    crate::graph::name_of(graph, node)
}

#[cfg(test)]
mod tests;
