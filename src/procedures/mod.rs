//! The PROCEDURES table: what `CALL … YIELD …` can run, each with its signature and documentation.
//!
//! To add one: write it in its family's file and add its row there.

pub mod algo;
mod arguments;
mod choices;
mod common;
mod critical;
mod cycles;
pub(crate) mod dbms;
mod each;
mod fan;
mod lines;
mod met;
mod notes;
mod order;
mod properties;
mod rules;
mod schema;
mod sets;
mod trace;
mod tree;
pub(crate) mod visualization;
mod why;

pub(crate) use arguments::terms;

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::functions::Parameter;
use crate::graph::{Entity, Graph, NameIndex, TypeSet, Value};
use crate::limits::Budget;
use crate::result::{Column, Rows, Shape};

/// One row of the table.
pub struct Procedure {
    /// With its namespace: `trace.deps`.
    pub name: &'static str,
    pub parameters: &'static [Parameter],
    pub yields: &'static [(&'static str, TypeSet)],
    /// One sentence.
    pub doc: &'static str,
    /// How the rows are best drawn when the call stands alone.
    pub shape: Shape,
    /// The arguments are already checked against count and parameter types; optional ones left out are null.
    pub run: fn(&Context, &[Value]) -> Result<Output, Diagnostic>,
}

/// What a procedure may look at besides its arguments.
pub struct Context<'a> {
    pub graph: &'a Graph,
    make_names: &'a dyn Fn() -> Result<Arc<NameIndex>, Diagnostic>,
    names: OnceCell<Arc<NameIndex>>,
    /// The limit at which the index of names was given up.
    stopped: OnceCell<Diagnostic>,
    pub budget: &'a Budget,
    writes: RefCell<Vec<Write>>,
}

/// A property that a procedure sets.
pub type Write = (Entity, Arc<str>, Value);

impl<'a> Context<'a> {
    /// `make_names` gives the index of the graph's names, which may take a while: it is asked only if need be.
    pub fn new(
        graph: &'a Graph,
        make_names: &'a dyn Fn() -> Result<Arc<NameIndex>, Diagnostic>,
        budget: &'a Budget,
    ) -> Context<'a> {
        let (names, stopped, writes) = (OnceCell::new(), OnceCell::new(), RefCell::default());
        Context { graph, make_names, names, stopped, budget, writes }
    }

    /// The index of names. After a limit it knows none: see [`Context::check_names`].
    pub fn names(&self) -> &NameIndex {
        self.names.get_or_init(|| {
            (self.make_names)().unwrap_or_else(|error| {
                _ = self.stopped.set(error);
                Arc::new(NameIndex::nameless(self.graph))
            })
        })
    }

    /// Fails if the index of names was given up at a limit: then what a procedure says of names means nothing.
    pub fn check_names(&self) -> Result<(), Diagnostic> {
        self.stopped.get().map_or(Ok(()), |error| Err(error.clone()))
    }

    /// Has properties set once the procedure has run.
    fn write(&self, writes: Vec<Write>) {
        self.writes.borrow_mut().extend(writes);
    }

    /// What the procedure wants to be set, for the one who called it.
    pub fn into_writes(self) -> Vec<Write> {
        self.writes.into_inner()
    }
}

/// What a procedure gives back.
#[derive(Default)]
pub struct Output {
    /// Each as long as `yields`.
    pub rows: Rows,
    /// What the rows come to: not said of rows that another call takes.
    pub summary: Vec<String>,
    /// What was searched, and why the answer is empty or short.
    pub notes: Vec<String>,
}

impl Output {
    pub(crate) fn new(rows: Vec<Vec<Value>>, notes: Vec<String>) -> Output {
        Output { rows: Rows::from(rows), notes, summary: Vec::new() }
    }

    /// So many rows of columns.
    pub(crate) fn of(len: usize, columns: Vec<Column>, notes: Vec<String>) -> Output {
        Output { rows: Rows::of(len, columns), notes, summary: Vec::new() }
    }
}

/// A procedure given as a table of inputs and outputs: a call yields the rows whose inputs equal its arguments.
#[derive(Clone, Debug)]
pub struct TableProcedure {
    pub name: String,
    pub parameters: Vec<(String, TypeSet)>,
    pub yields: Vec<(String, TypeSet)>,
    /// Inputs first, then outputs.
    pub rows: Vec<Vec<Value>>,
}

/// A procedure that a plan can call.
#[derive(Clone)]
pub enum Callable {
    Native(&'static Procedure),
    Table(Arc<TableProcedure>),
}

/// The families, in the order of the reference.
const FAMILIES: &[&[Procedure]] = &[
    trace::PROCEDURES,
    tree::PROCEDURES,
    met::PROCEDURES,
    why::PROCEDURES,
    order::PROCEDURES,
    cycles::PROCEDURES,
    critical::PROCEDURES,
    common::PROCEDURES,
    fan::PROCEDURES,
    sets::PROCEDURES,
    schema::PROCEDURES,
    rules::PROCEDURES,
    properties::PROCEDURES,
    visualization::PROCEDURES,
    dbms::PROCEDURES,
];

/// All built-in procedures.
pub fn all() -> impl Iterator<Item = &'static Procedure> {
    let algorithms = algo::all().map(|algorithm| &algorithm.procedure);
    FAMILIES.iter().flat_map(|family| family.iter()).chain(algorithms)
}

impl std::fmt::Debug for Callable {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Callable {
    pub fn name(&self) -> &str {
        match self {
            Callable::Native(procedure) => procedure.name,
            Callable::Table(procedure) => &procedure.name,
        }
    }
}
#[cfg(test)]
mod growth;
#[cfg(test)]
mod tests;
