//! What it takes to count the matches of patterns without listing them.
//!
//! A pattern is a graph of node variables joined by edges. How many matches it has, with every condition kept, is a sum
//! of [`Term`]s: each asks in how many ways a simpler graph can be laid over the data when nothing keeps its edges
//! apart. Terms with a negative coefficient take away what breaks a condition (inclusion and exclusion).

use std::sync::Arc;

use super::{Expr, Slot};

/// The matches of some patterns, to be counted together.
#[derive(Clone, Debug)]
pub struct Counting {
    pub variables: Vec<CountVariable>,
    /// The edges as drawn.
    pub edges: Vec<Edge>,
    /// What is asked of pairs of nodes, as drawn.
    pub pairs: Vec<PairTest>,
    pub terms: Vec<Term>,
}

/// A node variable, and what depends on it alone.
#[derive(Clone, Debug)]
pub struct CountVariable {
    pub slot: Slot,
    pub conditions: Vec<Expr>,
    pub parts: Vec<HangingPart>,
}

/// A pattern of its own that shares one node with the others. That node is its first variable.
#[derive(Clone, Debug)]
pub struct HangingPart {
    pub counting: Counting,
    pub fold: Fold,
}

/// What the number of matches of a hanging part contributes to a match of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// As many rows as there are matches, but at least one: OPTIONAL MATCH.
    AtLeastOne,
    /// As many rows as there are matches: an OPTIONAL MATCH of which only what it found is counted.
    Each,
    /// One row if there is a match: EXISTS.
    Any,
    /// One row if there is no match.
    Absent,
}

/// A relationship between two variables, given by their numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    pub directed: bool,
    pub types: Types,
    /// Whether it may be a loop.
    pub loops: bool,
    /// Whether only its existence counts, not how many such relationships there are.
    pub existence: bool,
}

/// Relationship types by name, sorted; `None` for every type.
pub type Types = Option<Vec<Arc<str>>>;

/// A condition on two nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PairTest {
    /// They are not the same node.
    Unequal(usize, usize),
    /// There is a relationship, or there is none.
    Joined { edge: Edge, wanted: bool },
}

/// So many times the number of ways to lay a graph over the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub coefficient: i64,
    /// For each variable the first one that stands for the same node.
    pub same_as: Vec<usize>,
    /// Between variables that are the first of their kind; sorted.
    pub edges: Vec<Edge>,
}

impl Counting {
    /// Whether no edges of any term form a cycle, so that counting takes one pass over each edge. A loop is a condition
    /// on its node.
    pub fn is_acyclic(&self) -> bool {
        self.terms.iter().all(Term::is_forest)
    }
}

impl Term {
    fn is_forest(&self) -> bool {
        let mut root: Vec<usize> = (0..self.same_as.len()).collect();
        let mut joins = |edge: &Edge| {
            let (from, to) = (root[edge.from], root[edge.to]);
            root.iter_mut().filter(|other| **other == to).for_each(|other| *other = from);
            from != to
        };
        self.edges.iter().filter(|edge| edge.from != edge.to).all(&mut joins)
    }
}
