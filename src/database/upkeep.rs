//! Upkeep in the background: merging the changes of many commits into the base of the graph, and checkpoints.
//!
//! Both work on a published snapshot, beside readers and writers. A merge takes the working graph only to put the new
//! base in place, a checkpoint stops commits only to swap the files.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::file::Backing;
use super::{Published, Shared, lock};
use crate::diagnostic::Diagnostic;
use crate::graph::Graph;
use crate::limits::{Budget, Limits, Watch};

/// A log shorter than this is not worth a new base, however small the base is.
const SHORT_LOG: u64 = 64 << 20;
/// The same when a database is closed: opening replays such a log in a few milliseconds.
const SHORT_LOG_AT_CLOSE: u64 = 1 << 20;
/// When a database is closed, a log that is longer than this share of the base is dropped: writing a base costs what
/// the base costs, so that every commit pays for a bounded number of bytes.
const SHARE_AT_CLOSE: u64 = 4;

#[derive(Default)]
pub(super) struct Upkeep {
    running: AtomicBool,
}

impl Shared {
    /// Starts what is due, on a thread of its own.
    pub(super) fn keep_up(self: &Arc<Shared>) {
        if !self.is_due() || self.upkeep.running.swap(true, Ordering::AcqRel) {
            return;
        }
        let shared = self.clone();
        let work = move || {
            let done = shared.work_off();
            shared.upkeep.running.store(false, Ordering::Release);
            if let Err(error) = done {
                lock(&shared.notices).push(format!("upkeep of the database failed: {}", error.message));
            }
        };
        // Where no thread can be started, a later commit tries again.
        if std::thread::Builder::new().name("kenning-upkeep".into()).spawn(work).is_err() {
            self.upkeep.running.store(false, Ordering::Release);
        }
    }

    fn is_due(&self) -> bool {
        self.published().graph.wants_merge() || self.is_checkpoint_due()
    }

    fn work_off(self: &Arc<Shared>) -> Result<(), Diagnostic> {
        if self.published().graph.wants_merge() {
            self.merge()?;
        }
        if self.is_checkpoint_due() {
            self.checkpoint(&Watch::default())?;
        }
        Ok(())
    }

    /// Gives the working graph, and those who read from now on, a base in which all changes up to now are merged.
    pub(super) fn merge(self: &Arc<Shared>) -> Result<(), Diagnostic> {
        // Kept until the working graph is given back: freeing a large delta takes its time.
        let before = self.published();
        let merged = before.graph.merged_base();
        let mut working = self.lend_for_upkeep(Budget::start(&Limits::default()).watch())?;
        let all_published = self.commits.drain(working.generation(), || self.published().sequence);
        if all_published && working.install(merged) {
            let graph = Arc::new(Graph::clone(&working));
            self.publish(Published { graph, ..self.published() });
        }
        drop(working);
        drop(before);
        Ok(())
    }

    /// Makes the published snapshot the base of the file, unless the watch stops it.
    pub(super) fn checkpoint(&self, watch: &Watch) -> Result<(), Diagnostic> {
        let published = self.published();
        match &*self.file() {
            Backing::Writing { store, .. } => store.checkpoint_within(&published.graph, published.sequence, watch),
            Backing::Memory | Backing::Reading { .. } | Backing::Closed => Ok(()),
        }
    }

    fn is_checkpoint_due(&self) -> bool {
        self.log_is_longer_than(|base| base.max(SHORT_LOG))
    }

    pub(super) fn is_checkpoint_due_at_close(&self) -> bool {
        self.log_is_longer_than(|base| (base / SHARE_AT_CLOSE).max(SHORT_LOG_AT_CLOSE))
    }

    /// Whether the log is longer than a limit that depends on the bytes of the base.
    fn log_is_longer_than(&self, limit: impl Fn(u64) -> u64) -> bool {
        match &*self.file() {
            Backing::Writing { store, .. } => {
                let status = store.status();
                !status.failed && status.log_bytes > limit(status.base_bytes)
            }
            Backing::Memory | Backing::Reading { .. } | Backing::Closed => false,
        }
    }
}
