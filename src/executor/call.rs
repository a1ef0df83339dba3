//! The rows of a procedure for each input row.

use super::batch::{Batch, Chunks};
use super::evaluate::evaluate_all;
use super::source::{Input, Source};
use super::vector::Vector;
use super::{Result, Row, Run, kernels};
use crate::graph::Value;
use crate::plan;
use crate::procedures::{self, Callable};
use crate::result::Rows;

pub(super) struct Call<'p> {
    input: Input<'p>,
    call: &'p plan::Call,
    batch: Batch,
    /// The next input row.
    next: usize,
    found: Option<Chunks>,
}

impl<'p> Call<'p> {
    pub(super) fn new(input: Input<'p>, call: &'p plan::Call) -> Call<'p> {
        Call { input, call, batch: Batch::default(), next: 0, found: None }
    }

    fn run(&self, mut row: Row, run: &mut Run) -> Result<Rows> {
        run.within_arguments += 1;
        let arguments = evaluate_all(&self.call.arguments, &mut row, run);
        run.within_arguments -= 1;
        let arguments = arguments?;
        let output = match &self.call.procedure {
            Callable::Table(table) => {
                let inputs = table.parameters.len();
                let fits = |row: &&Vec<Value>| row.iter().zip(&arguments).all(|(a, b)| a == b);
                let rows: Vec<Row> = table.rows.iter().filter(fits).map(|row| row[inputs..].to_vec()).collect();
                procedures::Output::new(rows, vec![])
            }
            Callable::Native(procedure) => {
                let names = || (run.names)(run.graph(), run.budget);
                let context = procedures::Context::new(run.graph(), &names, run.budget);
                let output = (procedure.run)(&context, &arguments);
                context.check_names()?;
                let output = output.map_err(|error| error.at(self.call.span))?;
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
        let fields: Vec<usize> = self.call.yields.iter().map(|(field, _)| *field).collect();
        let rows = output.rows.pick(&fields);
        run.budget.charge(rows.bytes())?;
        Ok(rows)
    }

    /// The input row with each of the procedure's rows.
    fn rows(&self, at: usize, run: &mut Run) -> Result<Batch> {
        let rows = self.run(self.batch.row(at), run)?;
        let input = self.batch.slice(at..at + 1);
        if self.call.void {
            return Ok(input);
        }
        if rows.is_empty() && self.call.optional {
            let mut blank = input;
            self.call.yields.iter().for_each(|(_, slot)| blank.set(*slot, Vector::default()));
            return Ok(blank);
        }
        let len = rows.len();
        let mut all = input.spread(vec![0; len]);
        let columns: Vec<Vector> = match rows.into_columns() {
            Ok(columns) => columns.into_iter().map(Vector::from_column).collect(),
            Err(rows) => Batch::of_rows(rows, self.call.yields.len()).columns,
        };
        self.call.yields.iter().zip(columns).for_each(|((_, slot), column)| all.set(*slot, column));
        Ok(match &self.call.condition {
            Some(condition) => kernels::filter(condition, &all, run),
            None => all,
        })
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

impl Source for Call<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        loop {
            if let Some(batch) = self.found.as_mut().and_then(Chunks::next) {
                return Ok(Some(batch));
            }
            if self.next == self.batch.len {
                let Some(batch) = self.input.next(run)? else { return Ok(None) };
                (self.batch, self.next) = (batch, 0);
            }
            run.budget.tick()?;
            self.next += 1;
            let mut rows = self.rows(self.next - 1, run)?;
            if let Some(failure) = rows.failure.take() {
                self.found = None;
                return Ok(Some(rows.failing(*failure)));
            }
            self.found = Some(Chunks::new(rows));
        }
    }
}
