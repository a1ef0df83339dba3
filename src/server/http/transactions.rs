//! [`Transactions`]: those that clients of the Query API have open between their requests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::guard::Caller;
use super::problem::Problem;
use crate::server::settings::Settings;
use crate::server::{Line, blocking};
use crate::session::LocalClock;

/// The open transactions, by name.
#[derive(Clone)]
pub(super) struct Transactions {
    open: Arc<Mutex<BTreeMap<String, Open>>>,
    idle: Duration,
    most: usize,
}

struct Open {
    caller: Caller,
    /// `None` while a request works with it.
    line: Option<Line>,
    /// When it is rolled back unless it is used.
    ends: Instant,
}

/// The right to work with a transaction. Unless it is given back, the transaction is gone.
pub(super) struct Ticket {
    transactions: Transactions,
    id: String,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut open = self.transactions.open();
        if open.get(&self.id).is_some_and(|open| open.line.is_none()) {
            open.remove(&self.id);
        }
    }
}

impl Ticket {
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Transactions {
    pub(super) fn new(settings: &Settings) -> Transactions {
        Transactions { open: Arc::default(), idle: settings.transaction_idle, most: settings.connections }
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<String, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are open.
    pub(super) fn count(&self) -> usize {
        self.open().len()
    }

    /// Notes a transaction that is about to be opened.
    pub(super) fn reserve(&self, id: String, caller: Caller) -> Result<Ticket, Problem> {
        let mut open = self.open();
        if open.len() >= self.most {
            let message = format!("{} transactions are open, as many as there may be", open.len());
            let code = "Neo.TransientError.Transaction.MaximumTransactionLimitReached";
            return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, code, message).help("commit or roll back some"));
        }
        open.insert(id.clone(), Open { caller, line: None, ends: Instant::now() });
        Ok(Ticket { transactions: self.clone(), id })
    }

    /// Takes a transaction for a request.
    pub(super) fn take(&self, id: &str, caller: &Caller) -> Result<(Ticket, Line), Problem> {
        let mut open = self.open();
        let found = open.get_mut(id).filter(|open| open.caller == *caller).ok_or_else(|| gone(id))?;
        let line = found.line.take().ok_or_else(|| busy(id))?;
        Ok((Ticket { transactions: self.clone(), id: id.into() }, line))
    }

    /// Leaves a transaction for the next request. Gives its name and the moment at which it ends unless there is one.
    pub(super) fn give_back(&self, ticket: Ticket, line: Line) -> (String, String) {
        let id = ticket.id.clone();
        if let Some(open) = self.open().get_mut(&id) {
            open.line = Some(line);
            open.ends = Instant::now() + self.idle;
        }
        let now = Timestamp::from_nanosecond(LocalClock::default().now().nanos).unwrap_or(Timestamp::UNIX_EPOCH);
        let ends = SignedDuration::try_from(self.idle).ok().and_then(|idle| now.checked_add(idle).ok()).unwrap_or(now);
        (id, format!("{ends:.0}"))
    }

    /// Rolls back transactions that nobody has used in time; all of them once the server closes.
    pub(super) async fn expire(self, closing: CancellationToken) {
        let pause = (self.idle / 4).clamp(Duration::from_millis(10), Duration::from_secs(1));
        loop {
            let closes = tokio::select! {
                () = tokio::time::sleep(pause) => false,
                () = closing.cancelled() => true,
            };
            let now = Instant::now();
            let ended: Vec<Open> = {
                let mut open = self.open();
                let is_over = |open: &Open| open.line.is_some() && (closes || open.ends <= now);
                let over: Vec<String> = open.iter().filter(|(_, of)| is_over(of)).map(|(id, _)| id.clone()).collect();
                over.iter().filter_map(|id| open.remove(id)).collect()
            };
            if !ended.is_empty() {
                tracing::debug!(transactions = ended.len(), closes, "rolled back");
                // Dropping a line rolls its transaction back, which may take a while.
                let _ = blocking(move || drop(ended)).await;
            }
            if closes {
                return;
            }
        }
    }
}

fn gone(id: &str) -> Problem {
    Problem::not_found(format!(
        "Transaction with Id: \"{id}\" was not found. It may have timed out and therefore rolled back."
    ))
}

fn busy(id: &str) -> Problem {
    let code = "Neo.ClientError.Transaction.TransactionAccessedConcurrently";
    let message = format!("another request works with the transaction \"{id}\"");
    Problem::new(StatusCode::CONFLICT, code, message).help("send one request after the other")
}
