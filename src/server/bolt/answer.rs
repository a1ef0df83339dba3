//! [`Answer`]: an open result, of which a client takes some rows at a time.

use std::time::Instant;

use crate::bolt::message::put_records;
use crate::bolt::value::{Dialect, Writer};
use crate::diagnostic::Diagnostic;
use crate::result::{AnswerStream, Batch, Summary};
use crate::server::Line;

use super::failure::Failure;

/// Rows that are made at once.
const BATCH: u64 = 1000;

/// What comes next of an answer: rows, the end, or an error.
type Next = Result<Option<Batch>, Vec<Diagnostic>>;

pub(super) struct Answer {
    stream: AnswerStream,
    /// Made in advance, to know whether there is more.
    ahead: Option<Next>,
    columns: usize,
    /// Rows that were sent.
    rows: u64,
    /// Rows that may be sent.
    most: Option<u64>,
    statement: String,
    opened: Instant,
}

/// How far an answer is after some rows.
pub(super) enum Progress {
    /// The wanted rows were sent, and there are more.
    Paused,
    /// Some of the wanted rows were sent: so many are left to be sent.
    Going(Option<u64>),
    Ended,
}

impl Answer {
    pub(super) fn new(stream: AnswerStream, statement: String, most: Option<u64>, opened: Instant) -> Answer {
        let columns = stream.columns().len();
        Answer { stream, ahead: None, columns, rows: 0, most, statement, opened }
    }

    pub(super) fn columns(&self) -> &[String] {
        self.stream.columns()
    }

    pub(super) fn statement(&self) -> &str {
        &self.statement
    }

    /// Whether a row was sent.
    pub(super) fn has_rows(&self) -> bool {
        self.rows > 0
    }

    /// Milliseconds since the statement was started.
    pub(super) fn milliseconds(&self) -> i64 {
        self.opened.elapsed().as_millis() as i64
    }

    /// Sends a batch of the wanted rows, all of them if `wanted` is `None`.
    pub(super) fn send(
        &mut self,
        line: &Line,
        wanted: Option<u64>,
        out: Option<&mut Vec<u8>>,
        dialect: Dialect,
    ) -> Result<Progress, Failure> {
        let batch = wanted.unwrap_or(BATCH).min(BATCH);
        let next = match self.ahead.take() {
            Some(next) => self.cut(next, batch),
            None => line.pull(&mut self.stream, batch as usize),
        };
        let Some(Batch { rows, entities }) = next.map_err(|errors| self.failure(&errors))? else {
            return Ok(Progress::Ended);
        };
        self.rows += rows.len() as u64;
        if let Some(most) = self.most.filter(|most| self.rows > *most) {
            return Err(Failure::rows(format!(
                "the statement answers more than the {most} rows that this server allows"
            )));
        }
        if let Some(out) = out {
            put_records(out, &rows, self.columns, &Writer { entities: &*entities, dialect });
        }
        let left = wanted.map(|wanted| wanted.saturating_sub(rows.len() as u64));
        // Fewer rows than a batch may be the last ones.
        let may_be_last = left == Some(0) || (rows.len() as u64) < batch;
        match left {
            _ if may_be_last && !self.has_more(line) => Ok(Progress::Ended),
            Some(0) => Ok(Progress::Paused),
            left => Ok(Progress::Going(left)),
        }
    }

    /// The first rows of what was made in advance; the others stay there.
    fn cut(&mut self, next: Next, rows: u64) -> Next {
        let Ok(Some(batch)) = next else { return next };
        let rows = rows as usize;
        if batch.rows.len() > rows {
            let rest: Vec<usize> = (rows..batch.rows.len()).collect();
            self.ahead = Some(Ok(Some(Batch { rows: batch.rows.at(&rest), entities: batch.entities.clone() })));
            return Ok(Some(Batch { rows: batch.rows.up_to(rows), entities: batch.entities }));
        }
        Ok(Some(batch))
    }

    /// Whether more rows, or an error, follow: they are made in advance.
    fn has_more(&mut self, line: &Line) -> bool {
        if self.ahead.is_none() {
            self.ahead = Some(line.pull(&mut self.stream, BATCH as usize));
        }
        !matches!(self.ahead, Some(Ok(None)))
    }

    /// Ends the statement, without the rows that are left.
    pub(super) fn end(&mut self) -> Summary {
        self.ahead = None;
        self.stream.end()
    }

    fn failure(&self, errors: &[Diagnostic]) -> Failure {
        Failure::of(errors, &self.statement)
    }
}
