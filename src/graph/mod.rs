//! The property graph: values, nodes, relationships, their names and what their relations mean.
//!
//! Knows nothing of queries.

mod decision;
pub mod exact;
mod fold;
mod guess;
mod implied;
mod names;
mod naming;
mod nested;
mod point;
mod polled;
mod qualified;
mod search;
mod semantics;
mod source;
pub(crate) mod store;
pub(crate) mod symbols;
pub mod temporal;
mod types;
mod value;
mod view;
mod visit;

pub use decision::{Decision, Subject, Verdict};
pub(crate) use fold::fold;
pub(crate) use guess::inverse_of_phrase;
pub use implied::{DEPENDENCY, Implied, Reading as TypeReading, reading as type_reading};
pub use names::{NameIndex, Resolution, alike, spellings};
pub use naming::{LabelNaming, Title, Titles, name_of};
pub(crate) use naming::{may_name, text_of as name_in};
pub use nested::{Entries, List};
pub use point::{CoordinateSystem, Point, PointError};
pub use qualified::{in_quotes, names_apart};
pub use search::Hit;
pub(crate) use semantics::words as words_of_type;
pub use semantics::{ANY_OF, Carries, Effect, FailureDirection, HUB, MENTIONS, RelationSemantics, Semantics, doubt};
pub use source::{EntitySource, NamedRule, WholeSource};
pub use store::RelationshipLists;
pub use store::{AddedRelationship, Adjacent, Around, Bitmap, Column, Data, Dictionary, Direction, Entity, Graph};
pub use store::{
    Bounds, Change, EntityKind, GraphBuilder, GraphBytes, IndexMatches, Merged, NeighbourLists, PagedBitmap,
    PropertyColumn, Relationship, Repetitions, Rows, Rule, RuleKind, Sample, Savepoint, Seek, TemporalArray, Violation,
};
pub(crate) use store::{Changed, Replay, TemporalType};
pub use symbols::{KeyId, LabelId, TypeId};
pub use types::TypeSet;
pub use value::{Map, Path, Value, format_float};
pub use view::{GraphView, Hop, Hops, NOT_FOLLOWED, StepList};
pub use visit::HopId;

/// Identifies a node for as long as the graph lives; never reused.
pub type NodeId = petgraph::graph::NodeIndex<u32>;
/// Identifies a relationship for as long as the graph lives; never reused.
pub type RelationshipId = petgraph::graph::EdgeIndex<u32>;
