//! [`QueryResult`]: the answer to a statement.

mod column;
mod entities;
pub mod rows;
mod stream;

use crate::diagnostic::Diagnostic;

pub use column::Column;
pub use entities::{Entities, NodeRecord, Records, RelationshipRecord};
pub use rows::Rows;
pub use stream::{AnswerStream, Batch, Batches, Summary};

/// Columns, rows, and what there is to say about them.
#[derive(Clone, Debug, Default)]
pub struct QueryResult {
    pub columns: Vec<String>,
    /// Each as long as `columns`.
    pub rows: Rows,
    /// How the rows are best drawn when nobody asks for a format.
    pub shape: Shape,
    /// What the statement changed in the graph.
    pub changes: Changes,
    pub warnings: Vec<Diagnostic>,
    /// What was searched, and why an answer is empty or short. One sentence each.
    pub notes: Vec<String>,
    /// The plan, for EXPLAIN and PROFILE.
    pub plan: Option<String>,
    /// What the nodes and relationships in the rows are, after the statement.
    pub entities: Entities,
}

/// How rows are best drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    #[default]
    Table,
    /// One term with its facts (`SHOW`): columns `term, field, value, evidence, source, relationship`.
    Card,
    /// A tree in pre-order (`DEPS`, `IMPACT`): columns start with `depth, term, relation, parent, repeated`.
    Tree,
    /// Chains of hops (`WHY`, `CYCLES`): columns start with `chain, step, start, relation, end, evidence, source`.
    Chain,
    /// Terms in layers (`ORDER`): columns start with `layer, term, cycle, critical, relationship`.
    Layers,
    /// What cuts off what (`CRITICAL`): columns start with `kind, term, other, cuts, cut`.
    Cuts,
}

/// How often each kind of change was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub nodes_created: usize,
    pub nodes_deleted: usize,
    pub relationships_created: usize,
    pub relationships_deleted: usize,
    pub properties_set: usize,
    pub labels_added: usize,
    pub labels_removed: usize,
    /// Relationship types of which it was said what they mean.
    pub types_described: usize,
    pub types_forgotten: usize,
    pub indexes_created: usize,
    pub indexes_dropped: usize,
    pub constraints_created: usize,
    pub constraints_dropped: usize,
}

impl Changes {
    pub fn is_empty(&self) -> bool {
        *self == Changes::default()
    }
}
