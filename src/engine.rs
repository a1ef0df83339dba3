//! [`Engine`]: the pipeline from text to answer, written once.
//!
//! ```text
//! text → parser → syntax tree → binder → bound query → planner → plan → optimizer → plan → executor → rows
//! ```

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::ast::{Mode, StatementBody};
use crate::binder::{self, Catalog};
use crate::diagnostic::Diagnostic;
use crate::executor::{self, Access, Environment, Execution, Measure};
use crate::functions::Clock;
use crate::graph::{Graph, NameIndex, Value};
use crate::limits::{Budget, Limits};
use crate::optimizer::{self, Level};
use crate::parser;
use crate::plan::{self, Plan};
use crate::planner;
use crate::procedures::TableProcedure;
use crate::result::{Changes, QueryResult, Shape};

/// A graph with everything needed to ask it.
pub struct Engine {
    graph: Arc<Graph>,
    procedures: Vec<Arc<TableProcedure>>,
    names: NameCache,
}

/// The index of names of the graph at a version.
type NameCache = Mutex<Option<(u64, Arc<NameIndex>)>>;

/// What a statement is run with.
#[derive(Clone, Debug)]
pub struct RunOptions {
    pub parameters: BTreeMap<String, Value>,
    pub limits: Limits,
    pub clock: Clock,
    /// Seed of `rand()`.
    pub seed: u64,
    /// Whether to apply the optimizer's rules; off only to compare with.
    pub optimize: bool,
}

impl Default for RunOptions {
    fn default() -> RunOptions {
        RunOptions {
            parameters: BTreeMap::new(),
            limits: Limits::default(),
            clock: Clock::default(),
            seed: 0,
            optimize: true,
        }
    }
}

/// A stage of the pipeline after which to stop and look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The statement printed back.
    Ast,
    /// The plan before any rule is applied.
    Plan,
    /// The plan that would run.
    Optimized,
}

impl Engine {
    pub fn new(mut graph: Graph) -> Engine {
        graph.commit();
        Engine { graph: Arc::new(graph), procedures: Vec::new(), names: Mutex::new(None) }
    }

    pub fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    /// Makes a procedure given as a table callable.
    pub fn register(&mut self, procedure: TableProcedure) {
        self.procedures.push(Arc::new(procedure));
    }

    /// The index of names of the graph as it is now.
    pub fn names(&self) -> Arc<NameIndex> {
        names(&self.names, &self.graph)
    }

    /// Runs one statement. Either all of its changes are kept or, on an error, none.
    pub fn run(&mut self, text: &str, options: &RunOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        let statement = parser::parse_statement(text)?;
        let explain = statement.mode == Mode::Explain;
        let parameters = (!explain).then_some(&options.parameters);
        let level = if options.optimize { Level::Full } else { Level::None };
        let (plan, warnings) = self.plan(&statement.body, parameters, Some(level))?;
        if explain {
            let text = stands_for(&statement.body) + &plan::explain(&plan, &|_| String::new());
            return Ok(self.plan_only(text, warnings));
        }
        let profile = statement.mode == Mode::Profile;
        let execution = self.execute(&plan, options, profile)?;
        let plan_text = profile.then(|| stands_for(&statement.body) + &profiled(&plan, &execution.profile));
        Ok(QueryResult {
            columns: plan.columns,
            rows: execution.rows,
            shape: plan.shape,
            changes: execution.changes,
            warnings,
            notes: execution.notes,
            plan: plan_text,
            graph: self.graph.clone(),
        })
    }

    /// Prints what a stage of the pipeline makes of the statement.
    pub fn explain(&self, text: &str, stage: Stage) -> Result<String, Vec<Diagnostic>> {
        let statement = parser::parse_statement(text)?;
        let level = match stage {
            Stage::Ast => return Ok(format!("{statement}\n")),
            Stage::Plan => None,
            Stage::Optimized => Some(Level::Full),
        };
        let (plan, _) = self.plan(&statement.body, None, level)?;
        Ok(stands_for(&statement.body) + &plan::explain(&plan, &|_| String::new()))
    }

    fn plan(
        &self,
        body: &StatementBody,
        parameters: Option<&BTreeMap<String, Value>>,
        level: Option<Level>,
    ) -> Result<(Plan, Vec<Diagnostic>), Vec<Diagnostic>> {
        let catalog = Catalog { graph: &self.graph, procedures: &self.procedures, parameters };
        let (query, warnings) = binder::bind(body, &catalog)?;
        let plan = planner::plan(query);
        let plan = match level {
            Some(level) => optimizer::optimize(plan, &self.graph, level),
            None => plan,
        };
        Ok((plan, warnings))
    }

    fn execute(&mut self, plan: &Plan, options: &RunOptions, profile: bool) -> Result<Execution, Vec<Diagnostic>> {
        let budget = Budget::start(&options.limits);
        let cache = &self.names;
        let environment = Environment {
            parameters: &options.parameters,
            clock: options.clock,
            seed: options.seed,
            budget: &budget,
            names: &|graph| names(cache, graph),
            profile,
        };
        if !plan.writes {
            return executor::execute(plan, Access::Read(&self.graph), &environment).map_err(|error| vec![error]);
        }
        let unit = Unit::begin(Arc::make_mut(&mut self.graph));
        let execution = executor::execute(plan, Access::Write(&mut *unit.graph), &environment);
        match execution {
            Ok(execution) => {
                unit.commit();
                Ok(execution)
            }
            Err(error) => Err(vec![error]),
        }
    }

    fn plan_only(&self, plan: String, warnings: Vec<Diagnostic>) -> QueryResult {
        QueryResult {
            columns: vec![],
            rows: vec![],
            shape: Shape::Table,
            changes: Changes::default(),
            warnings,
            notes: vec![],
            plan: Some(plan),
            graph: self.graph.clone(),
        }
    }
}

/// A unit of change, taken back unless it is committed: also when the thread panics.
struct Unit<'g> {
    graph: &'g mut Graph,
    open: bool,
}

impl<'g> Unit<'g> {
    fn begin(graph: &'g mut Graph) -> Unit<'g> {
        graph.begin();
        Unit { graph, open: true }
    }

    fn commit(mut self) {
        self.graph.commit();
        self.open = false;
    }
}

impl Drop for Unit<'_> {
    fn drop(&mut self) {
        if self.open {
            self.graph.rollback();
        }
    }
}

/// The index of names, built when it is first asked for after a change.
fn names(cache: &NameCache, graph: &Graph) -> Arc<NameIndex> {
    let mut cached = cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    match &*cached {
        Some((version, index)) if *version == graph.version() => index.clone(),
        _ => {
            let index = Arc::new(NameIndex::build(graph));
            *cached = Some((graph.version(), index.clone()));
            index
        }
    }
}

/// For a walking statement, the query it stands for, on a line of its own.
fn stands_for(body: &StatementBody) -> String {
    match body {
        StatementBody::Query(_) => String::new(),
        StatementBody::Walk(walk) => format!("{}\n", binder::as_query(walk)),
    }
}

fn profiled(plan: &Plan, measures: &[Measure]) -> String {
    plan::explain(plan, &|number| match measures.get(number) {
        Some(measure) => {
            let noun = if measure.rows == 1 { "row" } else { "rows" };
            format!("{} {noun}, {:.3} ms", measure.rows, measure.time.as_secs_f64() * 1000.0)
        }
        None => String::new(),
    })
}
