//! [`Metered`]: an answer whose rows and time are counted, and that ends at the server's limit of rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::Host;
use crate::diagnostic::{Detail, Diagnostic, Kind, Span};
use crate::result::{AnswerStream, Batch, Batches, Summary};

struct Metered {
    inner: AnswerStream,
    host: Arc<Host>,
    /// Whether the client knows that its changes are not kept.
    warned: Arc<AtomicBool>,
    /// Whether the statement is a transaction of its own, which was committed before its first row.
    alone: bool,
    /// Rows that may still be answered.
    left: Option<u64>,
    /// Time spent on making rows, not on sending them.
    spent: Duration,
}

/// The answer, with its rows and its time counted; it was started `spent` ago. The first that changes a graph without a
/// file warns, as `warned` says.
pub(super) fn metered(
    inner: AnswerStream,
    host: Arc<Host>,
    warned: Arc<AtomicBool>,
    alone: bool,
    spent: Duration,
) -> AnswerStream {
    let (columns, shape) = (inner.columns().to_vec(), inner.shape());
    host.counters.running.add();
    let left = host.settings.rows;
    AnswerStream::new(columns, shape, Metered { inner, host, warned, alone, left, spent })
}

impl Batches for Metered {
    fn next(&mut self, most: usize) -> Result<Option<Batch>, Vec<Diagnostic>> {
        // One more than the limit tells whether it is exceeded.
        let most = self.left.map_or(most, |left| most.min(usize::try_from(left.saturating_add(1)).unwrap_or(most)));
        let started = Instant::now();
        let batch = self.inner.next(most);
        self.spent += started.elapsed();
        let Some(batch) = batch? else { return Ok(None) };
        let rows = batch.rows.len() as u64;
        if let Some(left) = &mut self.left {
            match left.checked_sub(rows) {
                Some(fewer) => *left = fewer,
                None => {
                    let changed = !self.inner.end().changes.is_empty();
                    let error = too_many(self.host.settings.rows);
                    return Err(vec![if self.alone && changed { only_cut(error) } else { error }]);
                }
            }
        }
        self.host.counters.rows.fetch_add(rows, Relaxed);
        Ok(Some(batch))
    }

    fn summary(&mut self) -> Summary {
        let mut summary = self.inner.end();
        let is_lost = !summary.changes.is_empty() && self.host.database.path().is_none();
        if is_lost && !self.warned.swap(true, Relaxed) {
            summary.warnings.push(not_kept());
        }
        summary
    }
}

impl Drop for Metered {
    fn drop(&mut self) {
        self.host.counters.running.remove();
        self.host.counters.times.observe(self.spent);
    }
}

fn too_many(limit: Option<u64>) -> Diagnostic {
    let message = format!("stopped at the limit of {} rows", limit.unwrap_or_default());
    Diagnostic::runtime(Kind::Stopped, Detail::RowLimit, message)
}

/// The error of an answer whose statement was done and committed: a client that sent it again would change the graph twice.
pub(super) fn only_cut(mut error: Diagnostic) -> Diagnostic {
    error.message += "; only the answer is cut: what the statement changed is kept";
    error
}

fn not_kept() -> Diagnostic {
    let message = "the graph is in memory: its changes are gone when the server ends";
    let help = "whoever runs the server can serve a database file (kenning serve graph.kenning), which keeps them";
    Diagnostic { span: None, ..Diagnostic::warning(Detail::InMemoryOnly, Span::default(), message) }.help(help)
}
