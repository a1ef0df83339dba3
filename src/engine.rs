//! [`Engine`]: the pipeline from text to answer, written once.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::functions::Clock;
use crate::graph::{Graph, NameIndex, Value};
use crate::limits::Limits;
use crate::procedures::TableProcedure;
use crate::result::QueryResult;

/// A graph with everything needed to ask it.
pub struct Engine {
    graph: Arc<Graph>,
    procedures: Vec<Arc<TableProcedure>>,
    names: OnceLock<(u64, Arc<NameIndex>)>,
}

/// What a statement is run with.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    pub parameters: BTreeMap<String, Value>,
    pub limits: Limits,
    pub clock: Clock,
    /// Seed of `rand()`.
    pub seed: u64,
}

/// A stage of the pipeline after which to stop and look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Ast,
    Plan,
    Optimized,
}

impl Engine {
    pub fn new(graph: Graph) -> Engine {
        Engine { graph: Arc::new(graph), procedures: Vec::new(), names: OnceLock::new() }
    }

    pub fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    /// Makes a procedure given as a table callable.
    pub fn register(&mut self, procedure: TableProcedure) {
        self.procedures.push(Arc::new(procedure));
    }

    /// The index of names of the graph as it is now.
    pub fn names(&mut self) -> Arc<NameIndex> {
        let version = self.graph.version();
        if self.names.get().is_some_and(|(v, _)| *v != version) {
            self.names = OnceLock::new();
        }
        self.names.get_or_init(|| (version, Arc::new(NameIndex::build(&self.graph)))).1.clone()
    }

    /// Runs one statement. Either all of its changes are kept or, on an error, none.
    pub fn run(&mut self, _text: &str, _options: &RunOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        Err(vec![Diagnostic::runtime(Kind::InternalError, Detail::Defect, "the executor is not wired yet")])
    }

    /// Prints what a stage of the pipeline makes of the statement.
    pub fn explain(&self, _text: &str, _stage: Stage) -> Result<String, Vec<Diagnostic>> {
        Err(vec![Diagnostic::runtime(Kind::InternalError, Detail::Defect, "the planner is not wired yet")])
    }
}
