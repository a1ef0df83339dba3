//! [`Engine`]: the pipeline from text to answer, written once.
//!
//! ```text
//! text → parser → syntax tree → binder → bound query → planner → plan → optimizer → plan → executor → rows
//! ```

mod declare;
#[cfg(test)]
mod laws;
mod plans;
mod schema;
mod stream;
#[cfg(test)]
mod tests;
mod whatif;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ast::{Mode, SchemaChange, Statement, StatementBody};
use crate::binder::{self, Catalog};
use crate::diagnostic::Diagnostic;
use crate::executor::{self, Access, Environment, Execution, Measure};
use crate::functions::Clock;
use crate::graph::{Graph, Implied, NameIndex, Value};
use crate::limits::{Budget, Files, Limits};
use crate::optimizer::{self, Level};
use crate::parser;
use crate::plan::{self, Plan};
use crate::planner;
use crate::procedures::TableProcedure;
use crate::result::{AnswerStream, Changes, Entities, QueryResult, Rows, Shape};
use plans::{PlanCache, PlanKey, Prepared};

/// A graph with everything needed to ask it.
pub struct Engine {
    graph: Arc<Graph>,
    procedures: Vec<Arc<TableProcedure>>,
    names: Arc<NameCache>,
    plans: Mutex<PlanCache>,
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
    /// What relationship types in patterns stand for besides what is stored.
    pub implied: Implied,
    /// Whether a plan made for an earlier run of the same text may be used, and this one kept.
    pub cache: bool,
    /// What LOAD CSV may read; nothing unless given.
    pub files: Option<Files>,
    /// Rules of the optimizer to leave out, by their names in [`rules`]; only to compare with.
    pub without: Vec<&'static str>,
}

/// The names of the optimizer's rules.
pub fn rules() -> impl Iterator<Item = &'static str> {
    optimizer::rules()
}

impl Default for RunOptions {
    fn default() -> RunOptions {
        RunOptions {
            parameters: BTreeMap::new(),
            limits: Limits::default(),
            clock: Clock::default(),
            seed: 0,
            optimize: true,
            implied: Implied::default(),
            cache: true,
            files: None,
            without: Vec::new(),
        }
    }
}

/// A statement that can be run.
enum Ready {
    Planned(Arc<Prepared>),
    /// It has no plan, or more than one.
    Unplanned(Box<Statement>),
}

/// How a statement is to be planned.
struct Asked<'a> {
    /// `None` when it will not run.
    parameters: Option<&'a BTreeMap<String, Value>>,
    /// How much to optimize, and without which rules; `None` leaves the plan as the planner made it.
    level: Option<(Level, &'a [&'static str])>,
    implied: Implied,
}

impl<'a> Asked<'a> {
    fn with(options: &'a RunOptions) -> Asked<'a> {
        let level = if options.optimize { Level::Full } else { Level::None };
        Asked {
            parameters: Some(&options.parameters),
            level: Some((level, &options.without)),
            implied: options.implied,
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
        Engine { graph: Arc::new(graph), procedures: Vec::new(), names: Arc::default(), plans: Mutex::default() }
    }

    pub fn graph(&self) -> &Arc<Graph> {
        &self.graph
    }

    /// Makes a procedure given as a table callable.
    pub fn register(&mut self, procedure: TableProcedure) {
        self.procedures.push(Arc::new(procedure));
        self.plans = Mutex::default();
    }

    /// The index of names of the graph as it is now.
    pub fn names(&self) -> Arc<NameIndex> {
        names(&self.names, &self.graph)
    }

    /// Runs one statement. Either all of its changes are kept or, on an error, none.
    pub fn run(&mut self, text: &str, options: &RunOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        match self.prepare(text, options)? {
            Ready::Planned(prepared) => self.run_prepared(&prepared, options),
            Ready::Unplanned(statement) => self.run_unplanned(&statement, options),
        }
    }

    /// Runs one statement whose rows are taken in batches. What changes the graph has done so before the first; what
    /// reads it makes the rows as they are taken, from the graph as it is now.
    pub fn stream(&mut self, text: &str, options: &RunOptions) -> Result<AnswerStream, Vec<Diagnostic>> {
        match self.prepare(text, options)? {
            Ready::Planned(prepared) if !prepared.plan.writes && prepared.statement.mode != Mode::Explain => {
                self.open(&self.graph, &prepared, options)
            }
            Ready::Planned(prepared) => self.run_prepared(&prepared, options).map(AnswerStream::from),
            Ready::Unplanned(statement) => self.run_unplanned(&statement, options).map(AnswerStream::from),
        }
    }

    /// Parses a statement and plans it, unless a plan was kept.
    fn prepare(&self, text: &str, options: &RunOptions) -> Result<Ready, Vec<Diagnostic>> {
        let key = options.cache.then(|| PlanKey::new(text, &options.parameters, options)).flatten();
        let version = self.graph.planning_version();
        if let Some(prepared) = key.as_ref().and_then(|key| self.plans().get(key, version)) {
            return Ok(Ready::Planned(prepared));
        }
        let statement = parser::parse_statement(text)?;
        let planned = match &statement.body {
            StatementBody::Query(_) | StatementBody::Walk(_) => true,
            StatementBody::WhatIf(_) => statement.mode == Mode::Explain,
            StatementBody::Declaration(_) | StatementBody::Schema(_) => false,
        };
        if !planned {
            return Ok(Ready::Unplanned(Box::new(statement)));
        }
        let parameters = (statement.mode != Mode::Explain).then_some(&options.parameters);
        let asked = Asked { parameters, ..Asked::with(options) };
        let (plan, warnings) = self.plan(&self.graph, &statement.body, &asked)?;
        let prepared = Arc::new(Prepared { statement, plan: Arc::new(plan), warnings });
        if let Some(key) = key {
            self.plans().put(key, version, prepared.clone());
        }
        Ok(Ready::Planned(prepared))
    }

    fn run_unplanned(&mut self, statement: &Statement, options: &RunOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        match (&statement.body, statement.mode) {
            (StatementBody::Declaration(declaration), Mode::Run | Mode::Profile) => self.declare(declaration),
            (StatementBody::Declaration(declaration), Mode::Explain) => {
                binder::describe(declaration, &self.graph)?;
                Ok(self.plan_only(format!("{declaration}\n"), Vec::new()))
            }
            (StatementBody::Schema(change), mode) => self.change_schema(change, mode),
            (StatementBody::WhatIf(what_if), mode) => self.what_if(what_if, mode == Mode::Profile, options),
            (StatementBody::Query(_) | StatementBody::Walk(_), _) => Ok(self.nothing()),
        }
    }

    fn plans(&self) -> std::sync::MutexGuard<'_, PlanCache> {
        self.plans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_prepared(&mut self, prepared: &Prepared, options: &RunOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        let Prepared { statement, plan, warnings } = prepared;
        if statement.mode == Mode::Explain {
            let text = stands_for(&statement.body) + &plan::explain(plan, &|_| String::new());
            return Ok(self.plan_only(text, warnings.clone()));
        }
        let profile = statement.mode == Mode::Profile;
        let (execution, entities) =
            self.execute(plan, options, profile).map_err(|errors| located(&statement.body, errors))?;
        let plan_text = profile.then(|| stands_for(&statement.body) + &profiled(plan, &execution.profile));
        Ok(QueryResult {
            columns: plan.columns.clone(),
            rows: execution.rows,
            shape: plan.shape,
            changes: execution.changes,
            warnings: warnings.clone(),
            notes: execution.notes.into_iter().chain(plan.notes.iter().cloned()).collect(),
            plan: plan_text,
            entities,
        })
    }

    /// Makes or drops an index or a constraint.
    fn change_schema(&mut self, change: &SchemaChange, mode: Mode) -> Result<QueryResult, Vec<Diagnostic>> {
        let errors = binder::check_schema(change);
        if !errors.is_empty() {
            return Err(errors);
        }
        if mode == Mode::Explain {
            return Ok(self.plan_only(format!("{change}\n"), vec![]));
        }
        let unit = Unit::begin(Arc::make_mut(&mut self.graph));
        let changes = schema::apply(change, unit.graph).map_err(|error| vec![error])?;
        unit.commit();
        let plan = (mode == Mode::Profile).then(|| format!("{change}\n"));
        Ok(QueryResult { changes, plan, ..self.plan_only(String::new(), vec![]) })
    }

    /// Prints what a stage of the pipeline makes of the statement.
    pub fn explain(&self, text: &str, stage: Stage) -> Result<String, Vec<Diagnostic>> {
        let statement = parser::parse_statement(text)?;
        if let StatementBody::Schema(change) = &statement.body {
            let errors = binder::check_schema(change);
            return if errors.is_empty() { Ok(format!("{change}\n")) } else { Err(errors) };
        }
        let level = match stage {
            Stage::Ast => return Ok(format!("{statement}\n")),
            Stage::Plan => None,
            Stage::Optimized => Some((Level::Full, &[][..])),
        };
        let asked = Asked { parameters: None, level, implied: Implied::default() };
        if let StatementBody::Declaration(declaration) = &statement.body {
            binder::describe(declaration, &self.graph)?;
            return Ok(format!("{declaration}\n"));
        }
        let (plan, _) = self.plan(&self.graph, &statement.body, &asked)?;
        Ok(stands_for(&statement.body) + &plan::explain(&plan, &|_| String::new()))
    }

    fn plan(
        &self,
        graph: &Graph,
        body: &StatementBody,
        asked: &Asked,
    ) -> Result<(Plan, Vec<Diagnostic>), Vec<Diagnostic>> {
        let Asked { parameters, level, implied } = *asked;
        let catalog = Catalog { graph, procedures: &self.procedures, parameters, implied };
        let (query, warnings) = binder::bind(body, &catalog)?;
        let plan = planner::plan(query);
        let plan = match level {
            Some((level, without)) => optimizer::optimize(plan, graph, level, without),
            None => plan,
        };
        Ok((plan, warnings))
    }

    fn execute(
        &mut self,
        plan: &Plan,
        options: &RunOptions,
        profile: bool,
    ) -> Result<(Execution, Entities), Vec<Diagnostic>> {
        let budget = Budget::start(&options.limits);
        let cache = &self.names;
        let environment = Environment {
            parameters: &options.parameters,
            clock: options.clock,
            seed: options.seed,
            budget: &budget,
            names: &|graph| names(cache, graph),
            files: options.files.as_ref(),
            profile,
        };
        if !plan.writes {
            let execution = executor::execute(plan, Access::Read(&self.graph), &environment);
            return execution.map(|execution| (execution, self.graph.clone().into())).map_err(|error| vec![error]);
        }
        let unit = Unit::begin(Arc::make_mut(&mut self.graph));
        let start = unit.graph.savepoint();
        let execution = executor::execute(plan, Access::Write(&mut *unit.graph), &environment);
        match execution {
            Ok(execution) => {
                if let Some(violation) = unit.graph.broken_rule(start) {
                    return Err(vec![schema::breaks(&violation, unit.graph)]);
                }
                // Copies: the answer must not keep the next statement from changing the graph in place.
                let entities =
                    Entities::collect(&execution.rows, &*unit.graph, &budget).map_err(|error| vec![error])?;
                unit.commit();
                Ok((execution, entities))
            }
            Err(error) => Err(vec![error]),
        }
    }

    fn plan_only(&self, plan: String, warnings: Vec<Diagnostic>) -> QueryResult {
        QueryResult { warnings, plan: Some(plan), ..self.nothing() }
    }

    /// An answer without columns.
    fn nothing(&self) -> QueryResult {
        QueryResult {
            columns: vec![],
            rows: Rows::default(),
            shape: Shape::Table,
            changes: Changes::default(),
            warnings: vec![],
            notes: vec![],
            plan: None,
            entities: Entities::default(),
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

/// Errors of running a statement, pointing at what they speak of.
fn located(body: &StatementBody, errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    match body {
        StatementBody::Walk(walk) => errors.into_iter().map(|error| binder::located(walk, error)).collect(),
        StatementBody::WhatIf(what_if) => located(&what_if.body, errors),
        StatementBody::Query(_) | StatementBody::Declaration(_) | StatementBody::Schema(_) => errors,
    }
}

/// For a walking statement, the query it stands for, on a line of its own.
fn stands_for(body: &StatementBody) -> String {
    match body {
        StatementBody::Query(_) | StatementBody::Schema(_) => String::new(),
        StatementBody::Walk(walk) => format!("{}\n", binder::as_query(walk)),
        StatementBody::WhatIf(what_if) => {
            format!("run twice, as it is and as supposed, on a copy\n{}", stands_for(&what_if.body))
        }
        StatementBody::Declaration(_) => String::new(),
    }
}

fn profiled(plan: &Plan, measures: &[Option<Measure>]) -> String {
    plan::explain(plan, &|number| match measures.get(number).copied().flatten() {
        Some(measure) => {
            let noun = if measure.rows == 1 { "row" } else { "rows" };
            format!("{} {noun}, {:.3} ms", measure.rows, measure.time.as_secs_f64() * 1000.0)
        }
        None => String::new(),
    })
}
