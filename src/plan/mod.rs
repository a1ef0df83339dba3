//! Plans: what a query means, with every name resolved to a slot of the row. Never mentions the syntax tree.
//!
//! A row is a fixed-width array of values, one slot per variable of the whole statement; a clause that brings a new
//! variable into scope gets a new slot for it, so a slot never changes its meaning.
//! `binder` makes [`BoundQuery`], `planner` turns it into an [`Operator`] tree, `optimizer` rewrites the tree,
//! `executor` runs it.

mod bound;
mod columns;
mod count;
mod deterministic;
mod explain;
mod expression;
mod index;
mod operator;
mod search;

pub use bound::*;
pub use columns::*;
pub use count::*;
pub use explain::{explain, tree};
pub use expression::*;
pub use index::*;
pub use operator::*;
pub use search::*;

/// A position in the row.
pub type Slot = usize;

/// A whole plan.
#[derive(Clone, Debug)]
pub struct Plan {
    pub root: Operator,
    /// Names of the result's columns.
    pub columns: Vec<String>,
    /// A name for each slot of the row, for people.
    pub slots: Vec<String>,
    pub shape: crate::result::Shape,
    /// Whether running it may change the graph.
    pub writes: bool,
    /// What the names of the query imply, in words.
    pub notes: Vec<String>,
}

impl Plan {
    /// Every operator, each before its inputs; the order in which plans are printed.
    pub fn operators(&self) -> Vec<&Operator> {
        fn add<'p>(operator: &'p Operator, all: &mut Vec<&'p Operator>) {
            all.push(operator);
            operator.inner().into_iter().chain(operator.inputs()).for_each(|o| add(o, all));
        }
        let mut all = Vec::new();
        add(&self.root, &mut all);
        all
    }
}
