//! The property graph: values, nodes, relationships, their names and what their relations mean.

pub mod temporal;
mod types;
mod value;

pub use types::TypeSet;
pub use value::{Map, Path, Value};

/// Identifies a node for as long as the graph lives; never reused.
pub type NodeId = petgraph::graph::NodeIndex<u32>;
/// Identifies a relationship for as long as the graph lives; never reused.
pub type RelationshipId = petgraph::graph::EdgeIndex<u32>;

pub struct Graph;
