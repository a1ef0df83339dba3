//! [`Stopping`]: stops what still runs when the server ends and its grace period is over.
//!
//! A statement that is stopped fails with an error of its own, so that its client gets an answer before its connection
//! is closed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::diagnostic::{Detail, Diagnostic, Kind};

/// The lines whose statements are stopped, by number.
#[derive(Default)]
pub(crate) struct Stopping {
    over: CancellationToken,
    lines: Mutex<Lines>,
}

#[derive(Default)]
struct Lines {
    next: u64,
    flags: BTreeMap<u64, Arc<AtomicBool>>,
}

impl Stopping {
    /// Notes a line by the flag that stops its statements; its number is for [`Stopping::leave`].
    pub(super) fn enter(&self, flag: Arc<AtomicBool>) -> u64 {
        let mut lines = self.lines();
        let number = lines.next;
        lines.next += 1;
        lines.flags.insert(number, flag);
        number
    }

    pub(super) fn leave(&self, number: u64) {
        self.lines().flags.remove(&number);
    }

    /// Stops all statements, those that come later included.
    pub(super) fn stop(&self) {
        // A line clears its flag before it looks whether the time is over: in this order none is missed.
        self.over.cancel();
        for flag in self.lines().flags.values() {
            flag.store(true, Relaxed);
        }
    }

    /// Whether no statement may run any more.
    pub(crate) fn is_over(&self) -> bool {
        self.over.is_cancelled()
    }

    /// Waits until no statement may run any more.
    pub(crate) async fn over(&self) {
        self.over.cancelled().await;
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a statement was stopped.
pub(super) fn shutdown(grace: Duration) -> Diagnostic {
    let message = format!("the server is shutting down; statements had {grace:?} to finish");
    Diagnostic::runtime(Kind::Stopped, Detail::ServerShutdown, message)
        .help("what it changed is undone; try again once the server is back")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lines_are_stopped() {
        let stopping = Stopping::default();
        let flags = [false; 2].map(|set| Arc::new(AtomicBool::new(set)));
        let [first, second] = flags.clone().map(|flag| stopping.enter(flag));
        stopping.leave(first);
        stopping.stop();
        assert_ne!(first, second);
        assert_eq!(flags.map(|flag| flag.load(Relaxed)), [false, true]);
        assert!(stopping.is_over());
    }
}
