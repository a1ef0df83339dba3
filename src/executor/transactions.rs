//! `CALL { … } IN TRANSACTIONS`: a subquery that commits after some rows at a time.

use super::cursor::{BoxedCursor, Cursor, open};
use super::evaluate::row_count;
use super::{Result, Row, Run, row_bytes};
use crate::diagnostic::{Diagnostic, Kind};
use crate::graph::Value;
use crate::plan::{Batches, OnError, Operator, Slot};

/// Runs the inner plan for all rows of its input, which are taken before the first transaction begins, and gives the
/// rows of all transactions.
pub(super) struct Transactions<'p> {
    input: BoxedCursor<'p>,
    inner: &'p Operator,
    columns: &'p [Slot],
    optional: bool,
    batches: &'p Batches,
    done: Option<std::vec::IntoIter<Row>>,
}

impl<'p> Transactions<'p> {
    pub(super) fn new(
        input: BoxedCursor<'p>,
        inner: &'p Operator,
        columns: &'p [Slot],
        optional: bool,
        batches: &'p Batches,
    ) -> Transactions<'p> {
        Transactions { input, inner, columns, optional, batches, done: None }
    }

    fn run(&mut self, run: &mut Run) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        while let Some(row) = self.input.next(run)? {
            run.budget.charge(row_bytes(&row))?;
            rows.push(row);
        }
        let mut argument = vec![Value::Null; run.width];
        let size = row_count(&self.batches.rows, "OF … ROWS", &mut argument, run)?.max(1);
        let mut out = Vec::new();
        let (mut committed, mut failures) = (0, Vec::new());
        let mut broken = false;
        for (number, batch) in rows.chunks(size).enumerate() {
            if broken {
                out.extend(batch.iter().map(|row| self.without_result(row, number, &Status::NotStarted)));
                continue;
            }
            let before = run.changes;
            match self.batch(batch, run) {
                Ok(mut made) => {
                    committed += 1;
                    self.report(&mut made, number, &Status::Committed);
                    run.budget.charge(made.iter().map(|row| row_bytes(row)).sum())?;
                    out.append(&mut made);
                }
                // Where commits cannot be written, the next one cannot either.
                Err(Failure::Commit(error)) => return Err(with_committed(error, committed)),
                Err(Failure::Rows(error)) if self.batches.on_error == OnError::Fail || error.kind == Kind::Stopped => {
                    return Err(with_committed(error, committed));
                }
                Err(Failure::Rows(error)) => {
                    run.changes = before;
                    failures.push(error.message.clone());
                    let status = Status::Failed(error.message);
                    out.extend(batch.iter().map(|row| self.without_result(row, number, &status)));
                    broken = self.batches.on_error == OnError::Break;
                }
            }
        }
        if let Some(first) = failures.first() {
            let all = rows.len().div_ceil(size);
            run.notes.push(format!("{} of {all} transactions failed, the first: {first}", failures.len()));
        }
        Ok(out)
    }

    /// Runs one transaction: its changes are committed, or undone if it fails.
    fn batch(&self, rows: &[Row], run: &mut Run) -> std::result::Result<Vec<Row>, Failure> {
        let savepoint = run.graph().savepoint();
        let made = self.rows(rows, run).map_err(Failure::Rows);
        let result = made.and_then(|made| run.commit().map(|()| made).map_err(Failure::of_commit));
        if result.is_err() {
            run.graph_mut().map_err(Failure::Commit)?.rollback_to(savepoint);
        }
        result
    }

    fn rows(&self, rows: &[Row], run: &mut Run) -> Result<Vec<Row>> {
        let mut made = Vec::new();
        for row in rows {
            let mut cursor = open(self.inner, row.clone(), run);
            let mut found = false;
            while let Some(values) = cursor.next(run)? {
                found = true;
                if !self.columns.is_empty() {
                    let mut row = row.clone();
                    self.columns.iter().zip(values).for_each(|(slot, value)| row[*slot] = value);
                    made.push(row);
                }
            }
            if self.columns.is_empty() || (self.optional && !found) {
                made.push(row.clone());
            }
        }
        Ok(made)
    }

    /// The row of a transaction that gave nothing.
    fn without_result(&self, row: &Row, number: usize, status: &Status) -> Row {
        let mut row = row.clone();
        self.columns.iter().for_each(|slot| row[*slot] = Value::Null);
        self.report(std::slice::from_mut(&mut row), number, status);
        row
    }

    fn report(&self, rows: &mut [Row], number: usize, status: &Status) {
        if let Some(slot) = self.batches.status {
            let status = status.value(number);
            rows.iter_mut().for_each(|row| row[slot] = status.clone());
        }
    }
}

impl Cursor for Transactions<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        if self.done.is_none() {
            self.done = Some(self.run(run)?.into_iter());
        }
        Ok(self.done.as_mut().and_then(Iterator::next))
    }
}

/// Why a transaction failed.
enum Failure {
    /// Its rows could not be made.
    Rows(Diagnostic),
    /// Its changes could not be written.
    Commit(Diagnostic),
}

impl Failure {
    /// A constraint is about the rows; everything else is about the log.
    fn of_commit(error: Diagnostic) -> Failure {
        match error.kind {
            Kind::IoError | Kind::TransactionError => Failure::Commit(error),
            _ => Failure::Rows(error),
        }
    }
}

/// How a transaction ended.
enum Status {
    NotStarted,
    Committed,
    Failed(String),
}

impl Status {
    /// The map that REPORT STATUS gives.
    fn value(&self, number: usize) -> Value {
        let error = match self {
            Status::Failed(message) => Value::from(message.as_str()),
            Status::NotStarted | Status::Committed => Value::Null,
        };
        Value::map([
            ("started", Value::Boolean(!matches!(self, Status::NotStarted))),
            ("committed", Value::Boolean(matches!(self, Status::Committed))),
            ("transactionId", Value::from(format!("{}", number + 1).as_str())),
            ("errorMessage", error),
        ])
    }
}

/// The error of a statement some of whose transactions are committed.
fn with_committed(error: Diagnostic, committed: usize) -> Diagnostic {
    match committed {
        0 => error,
        1 => error.help("the 1 transaction before this one is committed"),
        _ => error.help(format!("the {committed} transactions before this one are committed")),
    }
}
