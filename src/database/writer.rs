//! The working graph, lent to one writer at a time.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::{Shared, lock};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Graph;
use crate::limits::Watch;

/// How often a waiting writer looks at its limits.
const LOOK: Duration = Duration::from_millis(20);

/// Where the working graph waits for the next writer.
pub(super) struct WriterSlot {
    writer: Mutex<Option<Box<Writer>>>,
    free: Condvar,
}

/// The graph that transactions change: the published one and, in a transaction, its changes.
pub(super) struct Writer {
    graph: Graph,
    /// Commits that could not be written make the working graph void: it is then of an older generation than they.
    generation: u64,
}

impl WriterSlot {
    pub(super) fn new(graph: Graph, generation: u64) -> WriterSlot {
        WriterSlot { writer: Mutex::new(Some(Box::new(Writer { graph, generation }))), free: Condvar::new() }
    }

    fn take(&self, watch: &Watch) -> Result<Box<Writer>, Diagnostic> {
        let mut slot = lock(&self.writer);
        loop {
            if let Some(writer) = slot.take() {
                return Ok(writer);
            }
            watch.check().map_err(held)?;
            slot = self.free.wait_timeout(slot, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn give_back(&self, writer: Box<Writer>) {
        *lock(&self.writer) = Some(writer);
        self.free.notify_one();
    }
}

/// Says what a statement waited for whose time is over.
fn held(stopped: Diagnostic) -> Diagnostic {
    if stopped.detail != Detail::TimeLimit {
        return stopped;
    }
    let message = "another transaction is still writing, and this one has waited for as long as it may";
    Diagnostic::runtime(Kind::TransactionError, Detail::DatabaseLocked, message)
        .help("try again; a transaction that writes keeps others waiting until it is committed or rolled back")
}

impl Shared {
    /// Lends the working graph, with a transaction begun, as soon as nobody else has it.
    pub(super) fn lend(self: &Arc<Shared>, watch: &Watch) -> Result<Lease, Diagnostic> {
        self.make_writable()?;
        self.lend_for_upkeep(watch)
    }

    /// As [`Shared::lend`], for what changes nothing that a commit would have to write.
    pub(super) fn lend_for_upkeep(self: &Arc<Shared>, watch: &Watch) -> Result<Lease, Diagnostic> {
        let writer = self.writer.take(watch)?;
        Ok(self.lease(writer))
    }

    fn lease(self: &Arc<Shared>, mut writer: Box<Writer>) -> Lease {
        let (generation, sequence) = self.commits.head();
        if writer.generation != generation {
            writer.reset(self, generation);
        }
        writer.graph.begin();
        Lease { shared: self.clone(), writer: Some(writer), sequence, unfinished: false }
    }
}

impl Writer {
    /// Goes back to the published state.
    fn reset(&mut self, shared: &Shared, generation: u64) {
        let mut graph = Graph::clone(&shared.published().graph);
        graph.supersede(&self.graph);
        *self = Writer { graph, generation };
    }
}

/// The working graph in the hands of a transaction; changes that are not committed are undone at its end.
pub(super) struct Lease {
    shared: Arc<Shared>,
    /// Always there until the lease ends.
    writer: Option<Box<Writer>>,
    /// How many commits led to the graph when it was lent.
    sequence: u64,
    /// Whether a statement has begun to change the graph and has not ended: after a panic it never will.
    unfinished: bool,
}

impl Lease {
    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(super) fn generation(&self) -> u64 {
        self.writer().generation
    }

    /// Tells states of the graph apart: the generation of commits, and how many led to what was lent. The last of them
    /// may not be published yet.
    pub(super) fn origin(&self) -> (u64, u64) {
        (self.generation(), self.sequence)
    }

    /// Calls `change`, which may change the graph; should it panic, the graph is taken for broken.
    pub(super) fn changing<T>(&mut self, change: impl FnOnce(&mut Graph) -> T) -> T {
        self.unfinished = true;
        let done = change(self);
        self.unfinished = false;
        done
    }

    /// Whether a change panicked, so that the graph must not be used any more.
    pub(super) fn is_broken(&self) -> bool {
        self.unfinished
    }

    fn writer(&self) -> &Writer {
        self.writer.as_deref().expect("it is given back only at the end")
    }
}

impl Deref for Lease {
    type Target = Graph;

    fn deref(&self) -> &Graph {
        &self.writer().graph
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Graph {
        &mut self.writer.as_deref_mut().expect("it is given back only at the end").graph
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut writer) = self.writer.take() else { return };
        if self.unfinished || std::thread::panicking() {
            // What a panic left half done cannot be undone step by step.
            let generation = writer.generation;
            writer.reset(&self.shared, generation);
        } else if writer.graph.has_uncommitted() {
            // Names alone, too: a base that is made of this graph would know them before their commit.
            writer.graph.rollback();
        }
        self.shared.writer.give_back(writer);
    }
}
