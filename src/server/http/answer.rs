//! [`Answer`]: a statement's rows as they leave, in a [`Form`].

use std::time::{Duration, Instant};

use super::body::Pieces;
use super::door::Door;
use super::form::{Closing, Form};
use super::transactions::Ticket;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::result::{AnswerStream, Batch};
use crate::server::{Line, Request};

/// Bytes of a piece, and the time after which what is there is sent.
const PIECE: usize = 64 << 10;
const PATIENCE: Duration = Duration::from_millis(20);
/// Rows that are taken at once, at most.
const ROWS: usize = 1024;

/// What is done once the last row is taken.
pub(super) enum Ending {
    /// The statement was a transaction of its own.
    Alone,
    /// The transaction goes on.
    Keep(Ticket),
    Commit(Ticket),
}

/// The answer to a statement, or to a request about a transaction without one.
pub(super) struct Answer {
    door: Door,
    answer: Option<AnswerStream>,
    /// `None` once the answer has ended.
    line: Option<Line>,
    ending: Option<Ending>,
    form: Box<dyn Form>,
    /// How many rows are taken next: few where they come slowly.
    rows: usize,
}

impl Answer {
    /// Starts the statement and makes the first piece. An error before the first row is given back; one after it is
    /// part of the answer. Either way the transaction ends.
    pub(super) fn start(
        door: Door,
        mut line: Line,
        request: &Request,
        ending: Ending,
        form: Box<dyn Form>,
    ) -> Result<(Vec<u8>, Answer), Vec<Diagnostic>> {
        let mut out = Vec::new();
        // The client has taken the answer before this one, or given it up.
        line.clear();
        if request.statement.trim().is_empty() && !matches!(ending, Ending::Alone) {
            let mut answer = Answer { door, answer: None, line: Some(line), ending: Some(ending), form, rows: 1 };
            answer.end(&mut out)?;
            return Ok((out, answer));
        }
        let mut stream = line.run(request)?;
        if matches!(ending, Ending::Alone) && line.in_transaction() {
            line.rollback().map_err(|error| vec![error])?;
            return Err(vec![not_here()]);
        }
        let first = line.pull(&mut stream, 1)?;
        let mut answer = Answer { door, answer: Some(stream), line: Some(line), ending: Some(ending), form, rows: 1 };
        let stream = answer.answer.as_ref().expect("it was just put there");
        answer.form.begin(stream.columns(), stream.shape(), &mut out);
        match first {
            Some(batch) => answer.write(batch, &mut out),
            None => answer.end(&mut out)?,
        }
        answer.fill(&mut out);
        Ok((out, answer))
    }

    /// Whether all of it has been made.
    pub(super) fn has_ended(&self) -> bool {
        self.line.is_none()
    }

    fn write(&mut self, batch: Batch, out: &mut Vec<u8>) {
        let Batch { rows, entities } = batch;
        for row in rows {
            self.form.row(&row, &*entities, out);
        }
    }

    /// Takes rows until there is a piece, or until the client has waited long enough.
    fn fill(&mut self, out: &mut Vec<u8>) {
        let started = Instant::now();
        while let (Some(line), Some(stream)) = (&self.line, &mut self.answer) {
            if out.len() >= PIECE || (!out.is_empty() && started.elapsed() >= PATIENCE) {
                return;
            }
            let asked = Instant::now();
            let batch = line.pull(stream, self.rows);
            self.rows = match asked.elapsed() < PATIENCE / 4 {
                true => (self.rows * 2).min(ROWS),
                false => (self.rows / 2).max(1),
            };
            let failed = match batch {
                Ok(Some(batch)) => {
                    self.write(batch, out);
                    None
                }
                Ok(None) => self.end(out).err(),
                Err(errors) => Some(errors),
            };
            if let Some(errors) = failed {
                self.line = None;
                self.form.fail(&errors, out);
            }
        }
    }

    /// After the last row: commits, or hands the transaction back.
    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Vec<Diagnostic>> {
        let (Some(mut line), Some(ending)) = (self.line.take(), self.ending.take()) else { return Ok(()) };
        let committed = |door: &Door| Closing { bookmark: Some(door.host.database.sequence()), transaction: None };
        let closing = match ending {
            Ending::Alone => committed(&self.door),
            Ending::Keep(ticket) if line.in_transaction() => {
                Closing { bookmark: None, transaction: Some(self.door.transactions.give_back(ticket, line)) }
            }
            Ending::Keep(_) => Closing::default(),
            Ending::Commit(ticket) => {
                line.commit()?;
                drop(ticket);
                committed(&self.door)
            }
        };
        let summary = self.answer.as_ref().and_then(|stream| stream.summary()).cloned();
        self.form.end(summary.as_ref(), &closing, out);
        Ok(())
    }
}

impl Pieces for Answer {
    fn next(&mut self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        self.fill(&mut out);
        (!out.is_empty()).then_some(out)
    }
}

fn not_here() -> Diagnostic {
    let message = "BEGIN has no meaning here: each request is a transaction of its own";
    Diagnostic::runtime(Kind::TransactionError, Detail::TransactionOpen, message)
        .help("POST to /db/NAME/query/v2/tx opens a transaction")
}
