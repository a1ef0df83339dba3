//! Plans: what a query means, with every name resolved to a slot of the row. Never mentions the syntax tree.
//!
//! A row is a fixed-width array of values, one slot per variable of the whole statement; a clause that brings a new
//! variable into scope gets a new slot for it, so a slot never changes its meaning.
//! `binder` makes [`BoundQuery`], `planner` turns it into an [`Operator`] tree, `optimizer` rewrites the tree,
//! `executor` runs it.

mod bound;
mod explain;
mod expression;
mod operator;

pub use bound::*;
pub use explain::{explain, profile};
pub use expression::*;
pub use operator::*;

/// A position in the row.
pub type Slot = usize;
