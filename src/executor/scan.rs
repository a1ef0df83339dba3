//! Where rows come from: all nodes, nodes of a label, procedures.

use super::cursor::{BoxedCursor, Cursor, Flow};
use super::evaluate::{evaluate_all, holds};
use super::table::Table;
use super::{Result, Row, Run};
use crate::graph::{NodeId, Value};
use crate::plan::{self, Slot};
use crate::procedures::{self, Callable};
use crate::result::{Rows, rows};

pub(super) struct NodeScan<'p> {
    flow: Flow<'p>,
    slot: Slot,
    label: Option<&'p str>,
    /// Taken anew for each input row, in portions, since the graph may grow between two rows.
    nodes: Vec<NodeId>,
    next: usize,
}

impl<'p> NodeScan<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, slot: Slot, label: Option<&'p str>) -> NodeScan<'p> {
        NodeScan { flow: Flow::new(input), slot, label, nodes: Vec::new(), next: 0 }
    }
}

impl Cursor for NodeScan<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        while self.next >= self.nodes.len() {
            if !self.flow.advance(run)? {
                return Ok(None);
            }
            self.next = 0;
            self.nodes.clear();
            let graph = run.graph();
            match self.label.map(|label| graph.label(label)) {
                None => self.nodes.extend(graph.nodes()),
                Some(Some(label)) => self.nodes.extend(graph.nodes_with_label(label)),
                Some(None) => {}
            }
        }
        run.budget.tick()?;
        let node = self.nodes[self.next];
        self.next += 1;
        Ok(Some(self.flow.with([(self.slot, Value::Node(node))])))
    }
}

/// The rows of a procedure for each input row.
pub(super) struct Call<'p> {
    flow: Flow<'p>,
    call: &'p plan::Call,
    /// What of a row of the procedure is yielded.
    fields: Vec<usize>,
    /// Rows of what is yielded.
    found: rows::IntoIter,
    /// A row of what is yielded is a row of the plan as it is.
    whole: bool,
    /// There is one input row.
    once: bool,
}

impl<'p> Call<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, call: &'p plan::Call, once: bool, width: usize) -> Call<'p> {
        let fields = call.yields.iter().map(|(field, _)| *field).collect();
        let whole = call.yields.len() == width && call.yields.iter().enumerate().all(|(at, (_, slot))| at == *slot);
        Call { flow: Flow::new(input), call, fields, found: Rows::default().into_iter(), whole, once }
    }

    fn run(&mut self, run: &mut Run) -> Result<Rows> {
        run.within_arguments += 1;
        let arguments = evaluate_all(&self.call.arguments, self.flow.row(), run)?;
        run.within_arguments -= 1;
        let output = match &self.call.procedure {
            Callable::Table(table) => {
                let inputs = table.parameters.len();
                let fits = |row: &&Vec<Value>| row.iter().zip(&arguments).all(|(a, b)| a == b);
                let rows: Vec<Row> = table.rows.iter().filter(fits).map(|row| row[inputs..].to_vec()).collect();
                procedures::Output::new(rows, vec![])
            }
            Callable::Native(procedure) => {
                let names = || (run.names)(run.graph());
                let context = procedures::Context::new(run.graph(), &names, run.budget);
                let output = (procedure.run)(&context, &arguments).map_err(|error| error.at(self.call.span))?;
                write(context.into_writes(), run)?;
                output
            }
        };
        let summary = output.summary.into_iter().filter(|_| run.within_arguments == 0);
        for note in summary.chain(output.notes) {
            if !run.notes.contains(&note) {
                run.notes.push(note);
            }
        }
        let rows = output.rows.pick(&self.fields);
        run.budget.charge(rows.bytes())?;
        Ok(rows)
    }
}

/// Sets the properties that a procedure wants to be set.
fn write(writes: Vec<procedures::Write>, run: &mut Run) -> Result<()> {
    for (entity, key, value) in writes {
        run.budget.tick()?;
        let graph = run.graph_mut()?;
        let key = graph.intern_key(&key);
        graph.set_property(entity, key, value);
        run.changes.properties_set += 1;
    }
    Ok(())
}

impl Cursor for Call<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            for fields in self.found.by_ref() {
                let mut row = match self.whole {
                    true => fields,
                    false => self.flow.with(self.call.yields.iter().map(|(_, slot)| *slot).zip(fields)),
                };
                match &self.call.condition {
                    Some(condition) if !holds(condition, &mut row, run)? => {}
                    _ => return Ok(Some(row)),
                }
            }
            if !self.flow.advance(run)? {
                return Ok(None);
            }
            let rows = self.run(run)?;
            if self.call.void {
                return Ok(Some(self.flow.with([])));
            }
            if rows.is_empty() && self.call.optional {
                return Ok(Some(self.flow.with(self.call.yields.iter().map(|(_, slot)| (*slot, Value::Null)))));
            }
            self.found = rows.into_iter();
        }
    }

    fn table(&mut self, run: &mut Run) -> Result<Option<Table>> {
        let plan::Call { condition, void, optional, .. } = self.call;
        if !self.once || *void || *optional || !self.flow.advance(run)? {
            return Ok(None);
        }
        let rows = self.run(run)?;
        let len = rows.len();
        match rows.into_columns() {
            Err(rows) => {
                self.found = Rows::from(rows).into_iter();
                Ok(None)
            }
            Ok(columns) => {
                let slots = self.call.yields.iter().map(|(_, slot)| *slot);
                let table = Table::new(columns, len, slots, self.flow.row().clone());
                match condition {
                    Some(condition) => table.filtered(condition, run).map(Some),
                    None => Ok(Some(table)),
                }
            }
        }
    }
}
