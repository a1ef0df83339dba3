//! Algorithms over a [`Network`], an array copy of a part of a [`GraphView`](crate::graph::GraphView).
//!
//! One algorithm a file. None knows of queries or procedures, decides a direction or reads a property: the view and the
//! weights come from outside. All are deterministic: they go by node numbers and edges in order. All can be
//! interrupted and charge their arrays, which is why few are petgraph's, whose loops cannot be left; the laws in
//! `laws` compare with petgraph's, or with the definition, on random graphs.

mod betweenness;
mod closeness;
mod communities;
mod components;
mod coreness;
mod cuts;
mod cycles;
mod degree;
mod dominators;
mod flow;
mod network;
mod order;
mod pagerank;
mod paths;
mod similarity;
mod spanning;
mod triangles;
mod undirected;

pub use betweenness::betweenness;
pub use closeness::{Closeness, closeness};
pub use communities::{Communities, communities};
pub use components::{Components, Groups, strong, weak};
pub use coreness::coreness;
pub use cuts::{Bridge, Cuts, Point, cuts};
pub use cycles::{Cycles, cycles};
pub use degree::Degrees;
pub use dominators::{Dominators, Subtrees, dominators};
pub use flow::{Flow, max_flow, node_cut};
pub use network::{NONE, Network, Reversed};
pub use order::{Condensation, condensation, topological_sort};
pub use pagerank::{Ranks, Walk, pagerank};
pub use paths::{CheapPath, CheapTree, Sought, cheapest, cheapest_from, k_cheapest};
pub use similarity::{Alike, Measure, similarity};
pub use spanning::spanning_forest;
pub use triangles::{clustering, triangles};
pub use undirected::Undirected;

#[cfg(test)]
mod laws;
