//! [`Engine`]: the pipeline from text to answer, written once.
//!
//! ```text
//! text → parser → syntax tree → binder → bound query → planner → plan → optimizer → plan → executor → rows
//! ```

mod decide;
mod declare;
#[cfg(test)]
mod laws;
mod picture;
mod plans;
mod rollup;
mod schema;
mod stream;
#[cfg(test)]
mod tests;
mod whatif;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::ast::{Mode, NewRule, SchemaChange, Statement, StatementBody};
use crate::binder::{self, Catalog};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::executor::{self, Access, Commit, Environment, Execution, Measure};
use crate::functions::Clock;
use crate::graph::{Graph, Implied, NameIndex, NodeId, Savepoint, Value};
use crate::limits::{Budget, Files, Limits, Watch};
use crate::optimizer::{self, Level};
use crate::parser;
use crate::plan::{self, Plan};
use crate::planner;
use crate::procedures::TableProcedure;
use crate::result::{AnswerStream, Entities, PlanNode, QueryResult};
pub use plans::Prepared;
use plans::{PlanCache, PlanKey, Planned};

/// The pipeline, and what its runs share: procedures, kept plans, the index of names. Holds no graph: every call is
/// given one, a snapshot to read or a working graph to change.
#[derive(Default)]
pub struct Engine {
    procedures: RwLock<Vec<Arc<TableProcedure>>>,
    names: Arc<NameCache>,
    plans: Mutex<PlanCache>,
}

/// A shorter statement, in bytes, is parsed and planned in a few milliseconds.
const SHORT: usize = 16 << 10;

/// The index of names of the graph at a naming version.
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
    /// Who corrects what was read, where the statement does not say; empty if nobody knows.
    pub author: String,
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
            author: String::new(),
        }
    }
}

/// How a statement is to be planned.
struct Asked<'a> {
    /// `None` when it will not run.
    parameters: Option<&'a BTreeMap<String, Value>>,
    /// How much to optimize, and without which rules; `None` leaves the plan as the planner made it.
    level: Option<(Level, &'a [&'static str])>,
    implied: Implied,
    watch: &'a Watch,
}

impl<'a> Asked<'a> {
    fn with(options: &'a RunOptions, watch: &'a Watch) -> Asked<'a> {
        let level = if options.optimize { Level::Full } else { Level::None };
        Asked {
            parameters: Some(&options.parameters),
            level: Some((level, &options.without)),
            implied: options.implied,
            watch,
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
    pub fn new() -> Engine {
        Engine::default()
    }

    /// Makes a procedure given as a table callable.
    pub fn register(&self, procedure: TableProcedure) {
        self.procedures.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(procedure));
        *self.plans() = PlanCache::default();
    }

    /// The index of names of the graph as it is now.
    pub fn names(&self, graph: &Graph) -> Arc<NameIndex> {
        let unlimited = Budget::start(&Limits { memory: None, ..Limits::default() });
        // Nothing stops it.
        names(&self.names, graph, &unlimited).unwrap_or_else(|_| Arc::new(NameIndex::build(graph)))
    }

    /// What finds the node among others of its name; `None` if the graph does not have it.
    pub fn spelling(&self, graph: &Graph, node: NodeId) -> Option<String> {
        let exists = node.index() < graph.node_bound() && !graph.is_deleted(node.into());
        exists.then(|| self.names(graph).spelling(graph, node))
    }

    /// Parses a statement and plans it for the graph. A plan holds as long as the graph's planning version does.
    pub fn prepare(&self, graph: &Graph, text: &str, options: &RunOptions) -> Result<Arc<Prepared>, Vec<Diagnostic>> {
        check_parameters(&options.parameters).map_err(|error| vec![error])?;
        let version = graph.planning_version();
        let key = options.cache.then(|| PlanKey::new(text, version, options)).flatten();
        if let Some(prepared) = key.as_ref().and_then(|key| self.plans().get(key)) {
            return Ok(prepared);
        }
        // What is short is planned before a look at the clock would be worth it; a statement that waits for another
        // writer is then told so.
        let watch = match text.len() {
            0..SHORT => Watch::default(),
            _ => Budget::start(&options.limits).watch().clone(),
        };
        let statement = parser::parse_statement_within(text, &watch)?;
        let planned = match &statement.body {
            StatementBody::Query(_) | StatementBody::Walk(_) => true,
            StatementBody::WhatIf(_) => statement.mode == Mode::Explain,
            StatementBody::Declaration(_)
            | StatementBody::Schema(_)
            | StatementBody::Correction(_)
            | StatementBody::Transaction(_) => false,
        };
        let planned = match planned {
            true => {
                let parameters = (statement.mode != Mode::Explain).then_some(&options.parameters);
                let asked = Asked { parameters, ..Asked::with(options, &watch) };
                let (mut plan, warnings) = self.plan(graph, &statement.body, &asked)?;
                plan.notes.extend(ignored(&statement));
                Some(Planned { plan: Arc::new(plan), warnings })
            }
            false => None,
        };
        let prepared = Arc::new(Prepared { statement, planned, version });
        if let Some(key) = key.filter(|_| prepared.planned.is_some()) {
            self.plans().put(key, prepared.clone());
        }
        Ok(prepared)
    }

    /// Runs a statement that changes nothing.
    pub fn read(
        &self,
        graph: &Arc<Graph>,
        prepared: &Prepared,
        options: &RunOptions,
    ) -> Result<QueryResult, Vec<Diagnostic>> {
        let profile = match prepared.statement.mode {
            Mode::Explain => return self.explained(graph, prepared),
            Mode::Profile => true,
            Mode::Run => false,
        };
        if let Some(wholes) = rollup::wholes_of(&prepared.statement.body)? {
            return self.rolled_up(graph, prepared, wholes, options);
        }
        if let Some(name) = picture::called(&prepared.statement.body) {
            return self.pictured(graph, prepared, name, options);
        }
        match (&prepared.statement.body, &prepared.planned) {
            (StatementBody::WhatIf(what_if), _) => self.what_if(graph, what_if, profile, options),
            (_, Some(planned)) => {
                let execution = self.execute(planned, Access::Read(graph), None, profile, options);
                let execution = execution.map_err(|error| located(&prepared.statement.body, vec![error]))?;
                Ok(answer(prepared, planned, execution, graph.clone().into()))
            }
            (_, None) => Err(vec![not_for_reading(&prepared.statement)]),
        }
    }

    /// Runs a statement that changes nothing, and makes its rows as they are taken.
    pub fn stream(
        &self,
        graph: &Arc<Graph>,
        prepared: &Arc<Prepared>,
        options: &RunOptions,
    ) -> Result<AnswerStream, Vec<Diagnostic>> {
        let body = &prepared.statement.body;
        let is_plain = rollup::wholes_of(body)?.is_none() && picture::called(body).is_none();
        match is_plain && prepared.planned.is_some() && prepared.statement.mode != Mode::Explain {
            true => self.open(graph, prepared, options),
            false => self.read(graph, prepared, options).map(AnswerStream::from),
        }
    }

    /// Runs a statement that changes the graph: all of its changes are made or, on an error, none. `commit` is called
    /// by statements that commit before they end; only these keep changes made before an error.
    pub fn write(
        &self,
        graph: &mut Graph,
        prepared: &Prepared,
        options: &RunOptions,
        commit: Option<&Commit>,
    ) -> Result<QueryResult, Vec<Diagnostic>> {
        let profile = prepared.statement.mode == Mode::Profile;
        let unit = Unit::begin(graph);
        let mut notes: Vec<String> = ignored(&prepared.statement).into_iter().collect();
        let result = match (&prepared.statement.body, &prepared.planned) {
            (StatementBody::Declaration(declaration), _) => {
                let changes = declare::apply(declaration, unit.graph);
                let statement_type = prepared.statement_type();
                changes.map(|changes| QueryResult { changes, notes, statement_type, ..QueryResult::default() })
            }
            (StatementBody::Schema(change), _) => {
                let budget = Budget::start(&options.limits);
                let checked = binder::check_schema(change);
                let changes =
                    checked.and_then(|()| schema::apply(change, unit.graph, &budget).map_err(|error| vec![error]));
                let plan = profile.then(|| format!("{change}\n"));
                notes.extend(is_old(change).then(|| format!("this is an old form; it is written {change}")));
                let statement_type = prepared.statement_type();
                changes.map(|changes| QueryResult { changes, plan, notes, statement_type, ..QueryResult::default() })
            }
            (StatementBody::Correction(correction), _) => {
                let budget = Budget::start(&options.limits);
                let make = |graph: &Graph| names(&self.names, graph, &budget);
                let done = decide::apply(correction, unit.graph, &make, options, &budget);
                let statement_type = prepared.statement_type();
                done.map_err(|error| vec![error]).map(|done| {
                    notes.extend(done.notes);
                    QueryResult { changes: done.changes, notes, statement_type, ..QueryResult::default() }
                })
            }
            (_, Some(planned)) => {
                let start = unit.start;
                let keeps_rules = |graph: &Graph| match graph.broken_rule(start) {
                    Some(violation) => Err(schema::breaks(&violation, graph)),
                    None => Ok(()),
                };
                let commit = commit.map(|commit| {
                    move |graph: &mut Graph| {
                        keeps_rules(graph)?;
                        commit(graph)
                    }
                });
                let commit = commit.as_ref().map(|commit| commit as &Commit);
                let execution = self.execute(planned, Access::Write(unit.graph), commit, profile, options);
                let execution = execution.and_then(|execution| keeps_rules(unit.graph).map(|()| execution));
                let answered = execution.and_then(|execution| {
                    // Copies: the working graph goes on changing.
                    let budget = Budget::start(&options.limits);
                    let entities = Entities::collect(&execution.rows, &*unit.graph, &budget)?;
                    Ok(answer(prepared, planned, execution, entities))
                });
                answered.map_err(|error| located(&prepared.statement.body, vec![error]))
            }
            (_, None) => Err(vec![not_for_reading(&prepared.statement)]),
        };
        let result = result?;
        unit.keep();
        Ok(result)
    }

    fn plans(&self) -> std::sync::MutexGuard<'_, PlanCache> {
        self.plans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The plan of a statement, as its answer.
    fn explained(&self, graph: &Arc<Graph>, prepared: &Prepared) -> Result<QueryResult, Vec<Diagnostic>> {
        let body = &prepared.statement.body;
        let (plan, warnings) = match &prepared.planned {
            Some(Planned { plan, warnings }) => {
                (stands_for(body) + &plan::explain(plan, &|_| String::new()), warnings.clone())
            }
            None => (self.unplanned(graph, body)?, Vec::new()),
        };
        let plan_tree = prepared.planned.as_ref().map(|planned| plan::tree(&planned.plan, &|_| None));
        let statement_type = prepared.statement_type();
        Ok(QueryResult { warnings, plan: Some(plan), plan_tree, statement_type, ..QueryResult::default() })
    }

    /// What is shown of a statement that has no plan, once it has been checked.
    fn unplanned(&self, graph: &Graph, body: &StatementBody) -> Result<String, Vec<Diagnostic>> {
        match body {
            StatementBody::Declaration(declaration) => _ = binder::describe(declaration, graph)?,
            StatementBody::Schema(change) => binder::check_schema(change)?,
            _ => {}
        }
        Ok(format!("{body}\n"))
    }

    /// Prints what a stage of the pipeline makes of the statement.
    pub fn explain(&self, graph: &Graph, text: &str, stage: Stage) -> Result<String, Vec<Diagnostic>> {
        let statement = parser::parse_statement(text)?;
        let level = match (stage, &statement.body) {
            (
                _,
                StatementBody::Declaration(_)
                | StatementBody::Schema(_)
                | StatementBody::Correction(_)
                | StatementBody::Transaction(_),
            ) => {
                return self.unplanned(graph, &statement.body);
            }
            (Stage::Ast, _) => return Ok(format!("{statement}\n")),
            (Stage::Plan, _) => None,
            (Stage::Optimized, _) => Some((Level::Full, &[][..])),
        };
        let watch = Watch::default();
        let asked = Asked { parameters: None, level, implied: Implied::default(), watch: &watch };
        let (plan, _) = self.plan(graph, &statement.body, &asked)?;
        Ok(stands_for(&statement.body) + &plan::explain(&plan, &|_| String::new()))
    }

    fn plan(
        &self,
        graph: &Graph,
        body: &StatementBody,
        asked: &Asked,
    ) -> Result<(Plan, Vec<Diagnostic>), Vec<Diagnostic>> {
        let procedures = self.procedures.read().unwrap_or_else(PoisonError::into_inner);
        self.plan_with(graph, body, asked, &procedures)
    }

    /// As [`Engine::plan`], with other procedures given as tables.
    fn plan_with(
        &self,
        graph: &Graph,
        body: &StatementBody,
        asked: &Asked,
        procedures: &[Arc<TableProcedure>],
    ) -> Result<(Plan, Vec<Diagnostic>), Vec<Diagnostic>> {
        let Asked { parameters, level, implied, watch } = *asked;
        let catalog = Catalog { graph, procedures, parameters, implied, watch };
        let (query, warnings) = binder::bind(body, &catalog)?;
        let plan = planner::plan(query);
        let plan = match level {
            Some((level, without)) => {
                optimizer::optimize(plan, graph, level, without, watch).map_err(|error| vec![error])?
            }
            None => plan,
        };
        Ok((plan, warnings))
    }

    fn execute(
        &self,
        planned: &Planned,
        access: Access,
        commit: Option<&Commit>,
        profile: bool,
        options: &RunOptions,
    ) -> Result<Execution, Diagnostic> {
        let budget = Budget::start(&options.limits);
        let cache = &self.names;
        let environment = Environment {
            parameters: &options.parameters,
            clock: options.clock,
            seed: options.seed,
            budget: &budget,
            names: &|graph, budget| names(cache, graph, budget),
            files: options.files.as_ref(),
            profile,
            commit,
        };
        executor::execute(&planned.plan, access, &environment)
    }
}

/// Programs that use the library make parameters as deep and as large as they like.
fn check_parameters(parameters: &BTreeMap<String, Value>) -> Result<(), Diagnostic> {
    parameters.values().try_for_each(|value| value.extent().check())
}

/// The answer of a plan that has run.
fn answer(prepared: &Prepared, planned: &Planned, execution: Execution, entities: Entities) -> QueryResult {
    let Planned { plan, warnings } = planned;
    let profile = prepared.statement.mode == Mode::Profile;
    QueryResult {
        columns: plan.columns.clone(),
        rows: execution.rows,
        shape: plan.shape,
        changes: execution.changes,
        warnings: warnings.clone(),
        notes: execution.notes.into_iter().chain(plan.notes.iter().cloned()).collect(),
        plan: profile.then(|| stands_for(&prepared.statement.body) + &profiled(plan, &execution.profile)),
        plan_tree: profile.then(|| measured(plan, &execution.profile)),
        statement_type: prepared.statement_type(),
        entities,
    }
}

fn is_old(change: &SchemaChange) -> bool {
    matches!(change, SchemaChange::Create(NewRule { is_old: true, .. }))
}

/// What there is to say of options before a statement.
fn ignored(statement: &Statement) -> Option<String> {
    let options = statement.options.as_ref()?;
    let reason = match options.text.to_ascii_uppercase().starts_with("CYPHER") {
        true => "there is one language and one engine",
        false => "the statement commits when it ends; CALL { … } IN TRANSACTIONS commits before",
    };
    Some(format!("`{}` has no effect: {reason}", options.text))
}

fn not_for_reading(statement: &Statement) -> Diagnostic {
    let message = format!("`{statement}` is run by a connection, not by the engine alone");
    Diagnostic::runtime(Kind::InternalError, Detail::Defect, message)
}

/// The changes of one statement, undone unless they are kept.
struct Unit<'g> {
    graph: &'g mut Graph,
    start: Savepoint,
    open: bool,
}

impl<'g> Unit<'g> {
    fn begin(graph: &'g mut Graph) -> Unit<'g> {
        Unit { start: graph.savepoint(), graph, open: true }
    }

    fn keep(mut self) {
        self.open = false;
    }
}

impl Drop for Unit<'_> {
    fn drop(&mut self) {
        // What a panic left half done cannot be undone step by step: the database takes the published graph again.
        if self.open && !std::thread::panicking() {
            self.graph.restore(self.start);
        }
    }
}

/// The index of names, built when it is first asked for after a change, unless a limit stops the work on it.
fn names(cache: &NameCache, graph: &Graph, budget: &Budget) -> Result<Arc<NameIndex>, Diagnostic> {
    let mut cached = cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    match &*cached {
        Some((version, index)) if *version == graph.naming_version() => Ok(index.clone()),
        _ => {
            let mut hold = budget.hold();
            let index = NameIndex::build_within(graph, &mut |bytes| budget.tick().and_then(|()| hold.add(bytes)))?;
            let index = Arc::new(index);
            *cached = Some((graph.naming_version(), index.clone()));
            Ok(index)
        }
    }
}

/// Errors of running a statement, pointing at what they speak of.
fn located(body: &StatementBody, errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    match body {
        StatementBody::Walk(walk) => errors.into_iter().map(|error| binder::located(walk, error)).collect(),
        StatementBody::WhatIf(what_if) => located(&what_if.body, errors),
        StatementBody::Query(_)
        | StatementBody::Declaration(_)
        | StatementBody::Schema(_)
        | StatementBody::Correction(_)
        | StatementBody::Transaction(_) => errors,
    }
}

/// For a walking statement, the query it stands for, on a line of its own.
fn stands_for(body: &StatementBody) -> String {
    match body {
        StatementBody::Query(_)
        | StatementBody::Schema(_)
        | StatementBody::Declaration(_)
        | StatementBody::Correction(_)
        | StatementBody::Transaction(_) => String::new(),
        StatementBody::Walk(walk) => format!("{}{}\n", rollup::announced(walk), binder::as_query(walk)),
        StatementBody::WhatIf(what_if) => {
            format!("run twice, as it is and as supposed, on a copy\n{}", stands_for(&what_if.body))
        }
    }
}

/// The plan with what each operator did.
fn measured(plan: &Plan, measures: &[Option<Measure>]) -> PlanNode {
    plan::tree(plan, &|number| {
        let measure = measures.get(number).copied().flatten()?;
        Some((measure.rows, measure.time))
    })
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
