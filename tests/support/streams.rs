//! The law of batches: put together they are the whole answer, whatever their size.

use kenning::database::{Connection, LocalConnection};
use kenning::diagnostic::{Diagnostic, Kind};
use kenning::engine::RunOptions;
use kenning::result::{AnswerStream, QueryResult, Rows};

type Outcome = Result<QueryResult, Vec<Diagnostic>>;

const SIZES: [usize; 3] = [1, 7, 1000];
/// Longer answers take too long to run and print again.
const MOST: usize = 5000;

/// Runs a statement again in batches of several sizes, unless it changed something or a limit stopped it.
pub fn same_in_batches(
    connection: &mut LocalConnection,
    text: &str,
    options: &RunOptions,
    whole: &Outcome,
) -> Result<(), String> {
    let repeatable = match whole {
        Ok(result) => {
            // Statements without columns begin and end transactions, too: twice they are another thing.
            result.changes.is_empty() && !result.columns.is_empty() && result.rows.len() <= MOST
        }
        // What was committed before the error would be made again.
        Err(_) if text.contains("IN TRANSACTIONS") => false,
        Err(errors) => errors.iter().all(|error| error.kind != Kind::Stopped),
    };
    let sizes = if repeatable { &SIZES[..] } else { &[] };
    for size in sizes {
        let batched = connection.stream(text, options).and_then(|stream| joined(stream, *size));
        let (whole, batched) = (printed(whole), printed(&batched));
        if whole != batched {
            return Err(format!("in batches of {size}:\n{batched}\ninstead of\n{whole}"));
        }
    }
    Ok(())
}

/// Takes all batches and puts them together.
pub fn joined(mut stream: AnswerStream, size: usize) -> Outcome {
    let (mut rows, mut entities) = (Vec::new(), Default::default());
    let mut last = size;
    while let Some(batch) = stream.next(size)? {
        assert!(!batch.rows.is_empty() && batch.rows.len() <= size, "a batch of {} rows", batch.rows.len());
        assert_eq!(last, size, "only the last batch is short");
        last = batch.rows.len();
        rows.extend(batch.rows);
        entities = batch.entities;
    }
    let (columns, shape) = (stream.columns().to_vec(), stream.shape());
    let summary = stream.summary().expect("all rows were taken").clone();
    assert!(stream.next(size)?.is_none());
    Ok(QueryResult {
        columns,
        rows: Rows::from(rows),
        shape,
        changes: summary.changes,
        warnings: summary.warnings,
        notes: summary.notes,
        plan: summary.plan,
        entities,
        ..QueryResult::default()
    })
}

/// All but the plan: it may tell the time.
fn printed(outcome: &Outcome) -> String {
    match outcome {
        Err(errors) => format!("{errors:?}"),
        Ok(QueryResult { columns, rows, shape, changes, warnings, notes, .. }) => {
            format!("{columns:?} {shape:?} {changes:?} {warnings:?} {notes:?}\n{rows:?}")
        }
    }
}
