//! Looking nodes up in an index.

use std::sync::Arc;

use super::{Expr, Slot};

/// Which nodes of an index: the values of its first properties, and perhaps bounds of the next one's.
#[derive(Clone, Debug)]
pub struct IndexSeek {
    /// Where the nodes go.
    pub slot: Slot,
    pub label: Arc<str>,
    /// The name of the index.
    pub index: Arc<str>,
    /// All properties of the index.
    pub keys: Vec<Arc<str>>,
    pub equal: Vec<Expr>,
    pub next: Option<IndexBounds>,
}

#[derive(Clone, Debug)]
pub enum IndexBounds {
    /// From one value to another, or beyond.
    Range(Option<Expr>, Option<Expr>),
    /// Any value of the list.
    In(Expr),
    /// Strings that start so.
    Prefix(Expr),
}

impl IndexSeek {
    pub fn expressions(&self) -> Vec<&Expr> {
        let next = match &self.next {
            Some(IndexBounds::Range(from, to)) => from.iter().chain(to).collect(),
            Some(IndexBounds::In(value) | IndexBounds::Prefix(value)) => vec![value],
            None => vec![],
        };
        self.equal.iter().chain(next).collect()
    }

    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        let next = match &mut self.next {
            Some(IndexBounds::Range(from, to)) => from.iter_mut().chain(to).collect(),
            Some(IndexBounds::In(value) | IndexBounds::Prefix(value)) => vec![value],
            None => vec![],
        };
        self.equal.iter_mut().chain(next).collect()
    }
}
