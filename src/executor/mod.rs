//! parser → binder → planner → optimizer → **executor**
//!
//! Runs a plan: every operator becomes a source that gives batches of rows ([`source`]), its expressions are computed
//! for a batch at a time ([`kernels`]). A plan inside another one is opened once for many rows, its argument, and its
//! rows say which of them they come from. Operators that work on one row at a time ([`cursor`]) stand behind the same
//! interface. An updating operator takes all rows of its input before it changes anything, so that no clause sees half
//! of another's work.
//! Never mentions the syntax tree. Tests: `tests/scripts`, the conformance kit, and the law that a plan gives the
//! same rows optimised and not.

mod aggregate;
mod aggregate_state;
mod around;
mod batch;
mod call;
mod chain;
mod chosen;
mod columns;
mod count;
mod cursor;
mod distinct;
mod evaluate;
mod expand;
mod filter;
mod follow;
mod groups;
mod join;
mod kernels;
mod labels;
mod lanes;
mod limit;
mod load;
mod meet;
mod neighbours;
mod nested;
mod operators;
mod optional;
mod pattern;
mod produce;
mod product;
mod profile;
mod repeat;
mod running;
mod scan;
mod seek;
mod shared_search;
mod shortest;
mod sort;
mod sort_key;
mod source;
mod subplan;
mod subquery;
#[cfg(test)]
mod tests;
mod trail;
mod transactions;
mod types;
mod union;
mod unwind;
mod update;
mod vector;
mod visited;

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
use crate::plan::{Operator, Plan};
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
    pub names: &'a (dyn Fn(&Graph, &Budget) -> Result<Arc<NameIndex>> + Sync),
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
    let mut source = source::open(&plan.root, &run.nothing(), &run);
    let rows = produce::rows(source.all(&mut run)?);
    drop(source);
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
    names: &'a (dyn Fn(&Graph, &Budget) -> Result<Arc<NameIndex>> + Sync),
    files: Option<&'a Files>,
    commit: Option<&'a Commit<'a>>,
    changes: Changes,
    notes: Vec<String>,
    patterns: functions::pattern::Patterns,
    profile: Option<Profile>,
    /// How many calls take what is evaluated now as an argument.
    within_arguments: usize,
    /// Slots in a row: those of the plan, and behind them where the row comes from.
    width: usize,
    /// How often the plan names each slot.
    uses: Arc<[u32]>,
    /// The tables of hash joins, by the address of their part, and the version of the graph that they hold for.
    tables: HashMap<usize, (u64, Arc<join::Table>)>,
    sets: kernels::Sets,
    /// Rows that nobody uses now.
    spare: Vec<Row>,
    /// What subqueries gave that are the same for every row.
    kept: BTreeMap<usize, Value>,
    /// Bytes that were charged for changes since the last commit.
    uncommitted: usize,
    /// The part of the plan's scan that is done here; `None`: all of it.
    lane: Option<lanes::Lane>,
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
            patterns: functions::pattern::Patterns::default(),
            profile: environment.profile.then(Profile::default),
            within_arguments: 0,
            width: plan.slots.len() + 1,
            uses: uses(&plan.root, plan.slots.len()).into(),
            tables: HashMap::new(),
            sets: kernels::Sets::new(),
            spare: Vec::new(),
            kept: BTreeMap::new(),
            uncommitted: 0,
            lane: None,
        }
    }

    /// The argument of a statement: one row without values.
    fn nothing(&self) -> source::Argument {
        source::Argument::new(batch::Batch::of_row(vec![Value::Null; self.width]))
    }

    /// A row to compute in; what its slots hold is not defined.
    fn spare_row(&mut self) -> Row {
        self.spare.pop().unwrap_or_else(|| vec![Value::Null; self.width])
    }

    /// Tells which slots are read by others than an operator and what is below it.
    fn read_above(&self, operator: &Operator) -> impl Fn(usize) -> bool + use<> {
        let (all, below) = (self.uses.clone(), uses(operator, self.width - 1));
        move |slot| all.get(slot).is_none_or(|uses| *uses > below[slot])
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
            patterns: functions::pattern::Patterns::default(),
            profile: self.profile.is_some().then(Profile::default),
            uses: self.uses.clone(),
            tables: HashMap::new(),
            sets: kernels::Sets::new(),
            spare: Vec::new(),
            kept: self.kept.clone(),
            uncommitted: 0,
            lane: None,
            ..*self
        }
    }

    /// The value that is kept in a place; it is made when it is first needed.
    fn once(&mut self, at: usize, make: impl FnOnce(&mut Self) -> Result<Value>) -> Result<Value> {
        if let Some(value) = self.kept.get(&at) {
            return Ok(value.clone());
        }
        let value = make(self)?;
        self.budget.charge(value.size())?;
        self.kept.insert(at, value.clone());
        Ok(value)
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

    /// Charges for changes, which are held by the graph, the journal and the log until the commit.
    fn charge_changes(&mut self, bytes: usize) -> Result<()> {
        self.budget.charge(bytes)?;
        self.uncommitted += bytes;
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        match self.commit {
            Some(commit) => {
                commit(self.graph_mut()?)?;
                self.budget.release(std::mem::take(&mut self.uncommitted));
                Ok(())
            }
            None => {
                let message = "a plan that commits runs where nothing can be committed";
                Err(Diagnostic::runtime(Kind::InternalError, Detail::Defect, message))
            }
        }
    }

    fn function_context(&self) -> functions::Context<'_> {
        let Run { clock, ref random, ref patterns, budget, .. } = *self;
        functions::Context { graph: self.graph(), clock, random, patterns, budget }
    }
}

/// How often a plan names each of so many slots.
fn uses(operator: &Operator, slots: usize) -> Vec<u32> {
    let mut uses = vec![0; slots];
    operator.each_slot(&mut |slot| uses[slot] += 1);
    uses
}

/// What a row held in memory counts for.
fn row_bytes(row: &[Value]) -> usize {
    size_of::<Row>() + row.iter().map(Value::held).sum::<usize>()
}
