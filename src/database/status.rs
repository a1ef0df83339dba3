//! Who uses a database, and how.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::file::Backing;
use super::{Database, Shared, lock};
use crate::storage;

/// What a database is doing.
#[derive(Clone, Debug)]
pub struct Status {
    /// How many commits led to the present state.
    pub sequence: u64,
    /// How the file is kept, once something has been written.
    pub file: Option<storage::Status>,
    /// Transactions that read, oldest first.
    pub readers: Vec<ReaderStatus>,
}

/// A transaction that reads.
#[derive(Clone, Debug)]
pub struct ReaderStatus {
    /// The commit after which it reads.
    pub sequence: u64,
    pub open_for: Duration,
}

/// The transactions that read now, by order of their beginning.
#[derive(Default)]
pub(super) struct Readers {
    next: u64,
    open: BTreeMap<u64, (u64, Instant)>,
}

/// A reader's place in the list; it leaves the list when dropped.
pub(super) struct Entry {
    shared: Arc<Shared>,
    number: u64,
}

impl Entry {
    pub(super) fn new(shared: &Arc<Shared>, sequence: u64) -> Entry {
        let mut readers = lock(&shared.readers);
        let number = readers.next;
        readers.next += 1;
        readers.open.insert(number, (sequence, Instant::now()));
        Entry { shared: shared.clone(), number }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        lock(&self.shared.readers).open.remove(&self.number);
    }
}

impl Database {
    pub fn status(&self) -> Status {
        let readers = lock(&self.shared.readers);
        let reader =
            |(sequence, since): &(u64, Instant)| ReaderStatus { sequence: *sequence, open_for: since.elapsed() };
        let file = match &*self.shared.file() {
            Backing::Writing { store, .. } => Some(store.status()),
            Backing::Memory | Backing::Reading { .. } | Backing::Closed => None,
        };
        Status { sequence: self.sequence(), file, readers: readers.open.values().map(reader).collect() }
    }
}
