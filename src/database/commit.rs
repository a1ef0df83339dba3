//! Commits: from the changes of a transaction to a published snapshot.
//!
//! Writers queue their commits in the order in which they held the working graph. The first that finds nobody else
//! writing appends all that wait, as one frame of the log with one fsync, publishes the last snapshot, and wakes the
//! others (group commit). If the log cannot be written, all commits of the queue fail together: each one was made on
//! top of those before it.

use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};

use super::{Published, Shared, lock};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Graph;
use crate::limits::Watch;

/// The commits that wait to be written.
#[derive(Default)]
pub(super) struct Commits {
    queue: Mutex<Queue>,
    written: Condvar,
}

#[derive(Default)]
struct Queue {
    /// The sequence number of the last commit handed in.
    last: u64,
    waiting: Vec<Waiting>,
    /// Whether some writer is appending to the log.
    leader: bool,
    /// What becomes of the last commit handed in, unless it has failed.
    newest: Option<Arc<Ticket>>,
    /// Grows when commits fail: what was built on them is void.
    generation: u64,
}

struct Waiting {
    changes: Vec<u8>,
    published: Published,
    ticket: Arc<Ticket>,
}

/// What becomes of a commit.
#[derive(Default)]
pub(super) struct Ticket(OnceLock<Result<(), Diagnostic>>);

impl Commits {
    pub(super) fn generation(&self) -> u64 {
        self.head().0
    }

    /// The generation, and how many commits led to the working graph, those that are being written included.
    pub(super) fn head(&self) -> (u64, u64) {
        let queue = lock(&self.queue);
        (queue.generation, queue.last)
    }

    /// Waits until no commit is queued. The caller holds the working graph, so that none is added. Returns false if one
    /// of them has failed.
    pub(super) fn drain(&self, generation: u64, published: impl Fn() -> u64) -> bool {
        let mut queue = lock(&self.queue);
        while queue.generation == generation && queue.last != published() {
            queue = self.written.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        queue.generation == generation
    }

    /// Goes on after a commit of this number, which another process made.
    pub(super) fn restart(&self, last: u64) {
        let mut queue = lock(&self.queue);
        queue.last = last;
        queue.newest = None;
        queue.generation += 1;
    }
}

impl Shared {
    /// Hands in what a transaction changed. The caller holds the working graph, so that commits queue in order; an
    /// error leaves the transaction open. The watch can stop it; what has been handed in is not stopped any more.
    ///
    /// A transaction that changed nothing has read what commits before it changed, so it waits for these.
    pub(super) fn submit(&self, graph: &mut Graph, generation: u64, watch: &Watch) -> Result<Arc<Ticket>, Diagnostic> {
        let changes = if graph.change_count() > 0 { Some(self.encode(graph, watch)?) } else { None };
        let mut queue = lock(&self.commits.queue);
        if queue.generation != generation {
            return Err(void());
        }
        let Some(changes) = changes else {
            return Ok(queue.newest.clone().unwrap_or_else(|| Arc::new(Ticket(OnceLock::from(Ok(()))))));
        };
        let ticket = Arc::new(Ticket::default());
        queue.newest = Some(ticket.clone());
        // Merging is done in the background: no commit waits for it.
        graph.commit_unmerged();
        queue.last += 1;
        let published = Published { graph: Arc::new(graph.clone()), sequence: queue.last };
        queue.waiting.push(Waiting { changes, published, ticket: ticket.clone() });
        Ok(ticket)
    }

    /// Waits until a commit is durable and published; writes it, and all others that wait, if nobody else does.
    pub(super) fn wait(&self, ticket: &Ticket) -> Result<(), Diagnostic> {
        let mut queue = lock(&self.commits.queue);
        loop {
            if let Some(outcome) = ticket.0.get() {
                return outcome.clone();
            }
            if queue.leader {
                queue = self.commits.written.wait(queue).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            queue.leader = true;
            let mut group = std::mem::take(&mut queue.waiting);
            drop(queue);
            let outcome = self.write(&mut group);
            queue = lock(&self.commits.queue);
            queue.leader = false;
            queue.settle(group, outcome);
            self.commits.written.notify_all();
        }
    }

    fn write(&self, group: &mut [Waiting]) -> Result<(), Diagnostic> {
        let Some(last) = group.last() else { return Ok(()) };
        let published = last.published.clone();
        let first = group[0].published.sequence;
        let commits: Vec<Vec<u8>> = group.iter_mut().map(|commit| std::mem::take(&mut commit.changes)).collect();
        self.append(first, &commits)?;
        self.publish(published);
        Ok(())
    }
}

impl Queue {
    fn settle(&mut self, group: Vec<Waiting>, outcome: Result<(), Diagnostic>) {
        if let (Err(_), Some(first)) = (&outcome, group.first()) {
            self.generation += 1;
            self.newest = None;
            self.last = first.published.sequence - 1;
            self.waiting.drain(..).for_each(|commit| commit.ticket.settle(Err(void())));
        }
        group.into_iter().for_each(|commit| commit.ticket.settle(outcome.clone()));
    }
}

impl Ticket {
    fn settle(&self, outcome: Result<(), Diagnostic>) {
        // A ticket is settled once, by the writer that took it from the queue.
        let _ = self.0.set(outcome);
    }
}

/// The error of a transaction that was built on commits that could not be written.
fn void() -> Diagnostic {
    let message = "the transaction is rolled back: a commit before it could not be written";
    Diagnostic::runtime(Kind::IoError, Detail::CommitFailed, message).help("try it again")
}
