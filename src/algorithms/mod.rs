//! Algorithms over a [`Network`], an array copy of a part of a [`GraphView`](crate::graph::GraphView).
//!
//! One algorithm a file. None knows of queries or procedures, decides a direction or reads a property: the view and the
//! weights come from outside. All are deterministic: they go by node numbers and edges in order. All can be
//! interrupted and charge their arrays, which is why few are petgraph's, whose loops cannot be left; the laws in
//! `laws` compare with petgraph's, or with the definition, on random graphs.

mod components;
mod cuts;
mod cycles;
mod dominators;
mod flow;
mod network;
mod order;
mod paths;

pub use components::{Components, strong, weak};
pub use cuts::{Bridge, Cuts, Point, cuts};
pub use cycles::{Cycles, cycles};
pub use dominators::{Dominators, dominators};
pub use flow::{Flow, max_flow, node_cut};
pub use network::{NONE, Network, Reversed};
pub use order::{Condensation, condensation, topological_sort};
pub use paths::{CheapPath, CheapTree, cheapest, cheapest_from, k_cheapest};

#[cfg(test)]
mod laws;
