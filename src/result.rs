//! [`QueryResult`]: the answer to a statement.

mod apart;
mod column;
mod entities;
pub mod rows;
mod stream;

use std::time::Duration;

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
    /// The same as a tree, if the statement has a plan.
    pub plan_tree: Option<PlanNode>,
    pub statement_type: StatementType,
    /// What the nodes and relationships in the rows are, after the statement.
    pub entities: Entities,
}

/// The field of a card that lists what was seen in several places and taken for one, a sentence each: a property.
pub const MERGED: &str = "merged";

/// An operator of a plan with its inputs, for those who draw plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanNode {
    /// Its name, and what it does.
    pub line: String,
    /// Rows and time, if it has run under PROFILE.
    pub measured: Option<(u64, Duration)>,
    pub children: Vec<PlanNode>,
}

impl PlanNode {
    /// Whether something in it was measured.
    pub fn was_run(&self) -> bool {
        self.measured.is_some() || self.children.iter().any(PlanNode::was_run)
    }
}

/// What a statement may do to the graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatementType {
    #[default]
    Read,
    Write,
    /// It changes indexes, constraints, or what types and labels mean.
    Schema,
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
    /// Labels of which it was said what names their nodes.
    pub labels_described: usize,
    pub labels_forgotten: usize,
    pub indexes_created: usize,
    pub indexes_dropped: usize,
    pub constraints_created: usize,
    pub constraints_dropped: usize,
    pub decisions_kept: usize,
    pub decisions_dropped: usize,
}

impl Changes {
    /// The changes of both.
    pub fn plus(self, other: Changes) -> Changes {
        Changes {
            nodes_created: self.nodes_created + other.nodes_created,
            nodes_deleted: self.nodes_deleted + other.nodes_deleted,
            relationships_created: self.relationships_created + other.relationships_created,
            relationships_deleted: self.relationships_deleted + other.relationships_deleted,
            properties_set: self.properties_set + other.properties_set,
            labels_added: self.labels_added + other.labels_added,
            labels_removed: self.labels_removed + other.labels_removed,
            types_described: self.types_described + other.types_described,
            types_forgotten: self.types_forgotten + other.types_forgotten,
            labels_described: self.labels_described + other.labels_described,
            labels_forgotten: self.labels_forgotten + other.labels_forgotten,
            indexes_created: self.indexes_created + other.indexes_created,
            indexes_dropped: self.indexes_dropped + other.indexes_dropped,
            constraints_created: self.constraints_created + other.constraints_created,
            constraints_dropped: self.constraints_dropped + other.constraints_dropped,
            decisions_kept: self.decisions_kept + other.decisions_kept,
            decisions_dropped: self.decisions_dropped + other.decisions_dropped,
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Changes::default()
    }
}
