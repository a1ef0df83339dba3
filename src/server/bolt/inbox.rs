//! [`Inbox`]: messages that wait for the machine, between the thread that reads the socket and the one that runs
//! statements. A RESET takes effect when it arrives: it stops what runs, and what is in front of it is ignored.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::bolt::message::is_reset;

/// Messages that may wait; the socket is not read meanwhile.
const MOST: usize = 4096;

#[derive(Default)]
pub(super) struct Inbox {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    messages: VecDeque<Vec<u8>>,
    bytes: usize,
    /// RESETs that have come and are not answered yet.
    resets: usize,
    /// Whether nobody waits for answers any more.
    closed: bool,
    /// Stops what runs.
    cancel: Option<Arc<AtomicBool>>,
}

impl State {
    fn is_interrupted(&self) -> bool {
        self.resets > 0 || self.closed
    }

    fn signal(&self) {
        if let Some(cancel) = &self.cancel {
            cancel.store(self.is_interrupted(), Relaxed);
        }
    }
}

impl Inbox {
    pub(super) fn push(&self, message: Vec<u8>) {
        let mut state = self.state();
        if is_reset(&message) {
            state.resets += 1;
            state.signal();
        }
        state.bytes += message.len();
        state.messages.push_back(message);
    }

    pub(super) fn pop(&self) -> Option<Vec<u8>> {
        let mut state = self.state();
        let message = state.messages.pop_front()?;
        state.bytes -= message.len();
        Some(message)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.state().messages.is_empty()
    }

    /// Whether enough messages wait; `bytes` may wait, too.
    pub(super) fn is_full(&self, bytes: usize) -> bool {
        let state = self.state();
        state.messages.len() >= MOST || state.bytes >= bytes
    }

    /// Whether a RESET has come that is not answered yet, or the client has gone.
    pub(super) fn is_interrupted(&self) -> bool {
        self.state().is_interrupted()
    }

    /// Notes that a RESET is being answered.
    pub(super) fn answer_reset(&self) {
        let mut state = self.state();
        state.resets = state.resets.saturating_sub(1);
        state.signal();
    }

    /// Stops what runs, since its client has gone.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.signal();
    }

    /// Sets this flag from now on when something is to be stopped.
    pub(super) fn watch(&self, cancel: Arc<AtomicBool>) {
        let mut state = self.state();
        state.cancel = Some(cancel);
        state.signal();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bolt::message::{COMMIT, RESET};

    #[test]
    fn a_reset_is_felt_before_its_turn() {
        let (inbox, flag) = (Inbox::default(), Arc::new(AtomicBool::new(false)));
        inbox.watch(flag.clone());
        inbox.push(vec![0xb0, COMMIT]);
        assert!(!flag.load(Relaxed));
        inbox.push(vec![0xb0, RESET]);
        inbox.push(vec![0xb0, RESET]);
        assert!(flag.load(Relaxed) && inbox.is_interrupted());
        inbox.answer_reset();
        assert!(flag.load(Relaxed), "another RESET waits");
        inbox.answer_reset();
        assert!(!flag.load(Relaxed));
        assert_eq!(inbox.pop(), Some(vec![0xb0, COMMIT]));
        inbox.close();
        assert!(flag.load(Relaxed));
    }
}
