//! Completion and highlighting of statements, shared by the shell and the server's page.

mod complete;
mod highlight;

pub(crate) use complete::{bare, complete, open_call, starting};
pub(crate) use highlight::{Part, parts};

use crate::engine::Engine;
use crate::graph::Graph;

/// Where names for completion come from.
pub(crate) struct Scope<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) engine: &'a Engine,
    pub(crate) parameters: Vec<String>,
}
