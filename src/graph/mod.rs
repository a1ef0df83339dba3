//! The property graph: values, nodes, relationships, their names and what their relations mean.
//!
//! Knows nothing of queries.

mod fold;
mod names;
mod point;
mod search;
mod semantics;
pub(crate) mod store;
pub(crate) mod symbols;
pub mod temporal;
mod types;
mod value;
mod view;
mod visit;

pub(crate) use fold::fold;
pub use names::{NameIndex, Resolution, alike, spellings};
pub use point::{CoordinateSystem, Point, PointError};
pub use search::Hit;
pub use semantics::{Effect, FailureDirection, RelationSemantics, Semantics};
pub use store::{AddedRelationship, Adjacent, Around, Bitmap, Column, Data, Dictionary, Direction, Entity, Graph};
pub use store::{GraphBuilder, GraphBytes, NeighbourLists, Relationship, Rows};
pub use symbols::{KeyId, LabelId, TypeId};
pub use types::TypeSet;
pub use value::{Map, Path, Value, format_float};
pub use view::{GraphView, Hop, Hops};
pub use visit::HopId;

/// Identifies a node for as long as the graph lives; never reused.
pub type NodeId = petgraph::graph::NodeIndex<u32>;
/// Identifies a relationship for as long as the graph lives; never reused.
pub type RelationshipId = petgraph::graph::EdgeIndex<u32>;
