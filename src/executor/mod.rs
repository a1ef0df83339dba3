//! parser → binder → planner → optimizer → **executor**
//!
//! Runs a plan: every operator becomes a cursor that gives one row at a time. An updating operator takes all rows of
//! its input before it changes anything, so that no clause sees half of another's work.
//! Never mentions the syntax tree. Tests: `tests/scripts`, the conformance kit, and the law that a plan gives the
//! same rows optimised and not.

mod aggregate;
mod around;
mod batch;
mod chosen;
mod columns;
mod count;
mod cursor;
mod evaluate;
mod expand;
mod follow;
mod labels;
mod load;
mod meet;
mod nested;
mod operators;
mod pattern;
mod product;
mod profile;
mod repeat;
mod rows;
mod running;
mod scan;
mod seek;
mod shortest;
mod subplan;
mod table;
mod trail;
mod transactions;
mod types;
mod update;

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub use profile::Measure;
use profile::Profile;
pub use running::{Inputs, Running, open};

use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::functions::{self, Clock};
use crate::graph::{Graph, NameIndex, Value};
use crate::limits::{Budget, Files};
use crate::plan::Plan;
use crate::result::{Changes, Rows};

type Result<T> = std::result::Result<T, Diagnostic>;

/// One value per slot of the plan.
type Row = Vec<Value>;

/// The graph a plan runs on.
pub enum Access<'a> {
    Read(&'a Graph),
    Write(&'a mut Graph),
}

/// What a plan is run with.
pub struct Environment<'a> {
    pub parameters: &'a BTreeMap<String, Value>,
    pub clock: Clock,
    pub seed: u64,
    pub budget: &'a Budget,
    /// The index of names of the graph given.
    pub names: &'a (dyn Fn(&Graph) -> Arc<NameIndex> + Sync),
    /// Where LOAD CSV reads.
    pub files: Option<&'a Files>,
    /// Whether to count rows and time per operator.
    pub profile: bool,
    /// Commits what was changed so far, for a plan that does so before its end.
    pub commit: Option<&'a Commit<'a>>,
}

/// Commits the changes of a graph, and begins a new transaction.
pub type Commit<'a> = dyn Fn(&mut Graph) -> Result<()> + Sync + 'a;

/// What running a plan gives.
pub struct Execution {
    pub rows: Rows,
    pub changes: Changes,
    pub notes: Vec<String>,
    /// Rows and time by operator, in the order of `Plan::operators`, of those that ran; empty unless asked for.
    pub profile: Vec<Option<Measure>>,
}

/// Runs the plan to its last row.
pub fn execute(plan: &Plan, access: Access, environment: &Environment) -> Result<Execution> {
    environment.budget.check()?;
    let mut run = Run::new(plan, access, environment);
    let mut cursor = cursor::open(&plan.root, vec![Value::Null; plan.slots.len()], &run);
    let rows = cursor::all(&mut cursor, &mut run)?;
    drop(cursor);
    let profile = run.profile.map_or_else(Vec::new, |profile| profile.measures(plan));
    Ok(Execution { rows, changes: run.changes, notes: run.notes, profile })
}

/// A plan being run.
struct Run<'a> {
    access: Access<'a>,
    parameters: &'a BTreeMap<String, Value>,
    clock: Clock,
    random: Cell<u64>,
    budget: &'a Budget,
    names: &'a (dyn Fn(&Graph) -> Arc<NameIndex> + Sync),
    files: Option<&'a Files>,
    commit: Option<&'a Commit<'a>>,
    changes: Changes,
    notes: Vec<String>,
    regexes: HashMap<String, regex::Regex>,
    profile: Option<Profile>,
    /// How many calls take what is evaluated now as an argument.
    within_arguments: usize,
    /// Slots in a row.
    width: usize,
}

impl<'a> Run<'a> {
    fn new(plan: &Plan, access: Access<'a>, environment: &Environment<'a>) -> Run<'a> {
        Run {
            access,
            parameters: environment.parameters,
            clock: environment.clock,
            random: Cell::new(environment.seed),
            budget: environment.budget,
            names: environment.names,
            files: environment.files,
            commit: environment.commit,
            changes: Changes::default(),
            notes: Vec::new(),
            regexes: HashMap::new(),
            profile: environment.profile.then(Profile::default),
            within_arguments: 0,
            width: plan.slots.len(),
        }
    }

    /// The same, for another thread that reads the graph.
    fn beside(&self, graph: &'a Graph, budget: &'a Budget) -> Run<'a> {
        Run {
            access: Access::Read(graph),
            random: Cell::new(self.random.get()),
            budget,
            commit: None,
            changes: Changes::default(),
            notes: Vec::new(),
            regexes: HashMap::new(),
            profile: self.profile.is_some().then(Profile::default),
            ..*self
        }
    }

    fn graph(&self) -> &Graph {
        match &self.access {
            Access::Read(graph) => graph,
            Access::Write(graph) => graph,
        }
    }

    fn graph_mut(&mut self) -> Result<&mut Graph> {
        match &mut self.access {
            Access::Write(graph) => Ok(graph),
            Access::Read(_) => {
                let message = "an updating operator runs on a graph opened for reading";
                Err(Diagnostic::runtime(Kind::InternalError, Detail::Defect, message))
            }
        }
    }

    fn commit(&mut self) -> Result<()> {
        match self.commit {
            Some(commit) => commit(self.graph_mut()?),
            None => {
                let message = "a plan that commits runs where nothing can be committed";
                Err(Diagnostic::runtime(Kind::InternalError, Detail::Defect, message))
            }
        }
    }

    fn function_context(&self) -> functions::Context<'_> {
        functions::Context { graph: self.graph(), clock: self.clock, random: &self.random, budget: self.budget }
    }

    /// The compiled pattern of `=~`, which must match the whole text.
    fn regex(&mut self, pattern: &str) -> Result<&regex::Regex> {
        if !self.regexes.contains_key(pattern) {
            let regex = regex::Regex::new(&format!("^(?:{pattern})$")).map_err(|error| {
                functions::invalid_value(format!("`{pattern}` is not a regular expression"))
                    .help(error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: "))
            })?;
            self.regexes.insert(pattern.to_string(), regex);
        }
        Ok(&self.regexes[pattern])
    }
}

/// What a row held in memory counts for.
fn row_bytes(row: &[Value]) -> usize {
    size_of::<Row>() + size_of_val(row)
}
