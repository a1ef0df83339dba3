//! The file of a database: read until the first change, written from then on.
//!
//! A database is opened without a lock, and follows the commits of other processes. Its first transaction that changes
//! something takes the lock and keeps it until the database is closed.

use std::fmt::Display;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use super::{Database, Published, Shared};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Graph;
use crate::limits::Watch;
use crate::storage::{self, Disk, Durability, OpenOptions, Reader, RealDisk, Recovery, Store};

/// How a database file is opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Refuse every change.
    pub read_only: bool,
    /// Create an empty database if there is no file.
    pub create: bool,
    /// How long the first change waits for another process that writes the database.
    pub wait: Duration,
    pub durability: Durability,
}

impl Options {
    fn of_store(&self) -> OpenOptions {
        OpenOptions { create: self.create, wait: self.wait, durability: self.durability, ..OpenOptions::default() }
    }
}

/// What stands behind the graph.
pub(super) enum Backing {
    /// Nothing: the graph lasts as long as the process.
    Memory,
    Reading {
        path: PathBuf,
        reader: Box<Reader>,
        /// `None`: it is never written.
        options: Option<OpenOptions>,
    },
    Writing {
        path: PathBuf,
        store: Box<Store>,
    },
    /// Closed, so that nothing more can be written.
    Closed,
}

impl Backing {
    /// Opens the file, and reads the graph of its last commit.
    fn open(
        disk: Arc<dyn Disk>,
        path: &Path,
        options: &Options,
        watch: &Watch,
    ) -> Result<(Backing, Graph, Recovery), Diagnostic> {
        let missing = disk.attributes(path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
        if options.create && !options.read_only && missing {
            let (store, graph, recovery) = Store::open(disk, path, &options.of_store())?;
            return Ok((Backing::Writing { path: path.into(), store: Box::new(store) }, graph, recovery));
        }
        let (reader, graph, recovery) = Reader::open_within(disk, path, watch)?;
        let options = (!options.read_only).then(|| options.of_store());
        Ok((Backing::Reading { path: path.into(), reader: Box::new(reader), options }, graph, recovery))
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Backing::Memory | Backing::Closed => None,
            Backing::Reading { path, .. } | Backing::Writing { path, .. } => Some(path),
        }
    }
}

impl Shared {
    pub(super) fn file(&self) -> RwLockReadGuard<'_, Backing> {
        self.file.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn file_mut(&self) -> RwLockWriteGuard<'_, Backing> {
        self.file.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes sure that commits can be written: the first time, takes the lock and catches up with other processes.
    pub(super) fn make_writable(&self) -> Result<(), Diagnostic> {
        if self.read_only.load(Ordering::Relaxed) {
            return Err(read_only("the graph"));
        }
        if let Backing::Memory | Backing::Writing { .. } = *self.file() {
            return Ok(());
        }
        let mut file = self.file_mut();
        let (path, store) = match &mut *file {
            Backing::Memory | Backing::Writing { .. } => return Ok(()),
            Backing::Closed => return Err(closed()),
            Backing::Reading { path, options: None, .. } => return Err(read_only(path.display())),
            Backing::Reading { path, reader, options: Some(options) } => {
                let open = |reader: &mut Reader, graph: &mut Graph| Store::from_reader(reader, graph, options);
                let (store, recovery) = self.follow(reader, open)?;
                self.notice(&recovery, path);
                (std::mem::take(path), store)
            }
        };
        *file = Backing::Writing { path, store: Box::new(store) };
        Ok(())
    }

    /// Follows the commits of another process, as long as this one writes nothing.
    pub(super) fn refresh(&self) -> Result<(), Diagnostic> {
        match &*self.file() {
            Backing::Reading { reader, .. } if reader.is_outdated() => {}
            _ => return Ok(()),
        }
        let mut file = self.file_mut();
        let Backing::Reading { reader, .. } = &mut *file else { return Ok(()) };
        self.follow(reader, |reader, graph| reader.refresh(graph).map(drop))
    }

    /// Reads on, and publishes what was read: even after an error, since the reader does not go back.
    fn follow<T>(
        &self,
        reader: &mut Reader,
        read: impl FnOnce(&mut Reader, &mut Graph) -> Result<T, Diagnostic>,
    ) -> Result<T, Diagnostic> {
        let published = self.published();
        let mut graph = Graph::clone(&published.graph);
        let reloads = reader.reloads();
        let result = read(reader, &mut graph);
        if reader.reloads() > reloads || reader.sequence() != published.sequence {
            self.adopt(graph, reader.sequence());
        }
        result
    }

    /// Goes on with a graph that was read from the file.
    fn adopt(&self, mut graph: Graph, sequence: u64) {
        graph.supersede(&self.published().graph);
        self.commits.restart(sequence);
        self.publish(Published { graph: Arc::new(graph), sequence });
    }

    pub(super) fn encode(&self, graph: &Graph, watch: &Watch) -> Result<Vec<u8>, Diagnostic> {
        match &*self.file() {
            Backing::Memory => Ok(Vec::new()),
            Backing::Writing { .. } => Store::encode_within(&graph.changes(), watch),
            Backing::Reading { path, .. } => Err(read_only(path.display())),
            Backing::Closed => Err(closed()),
        }
    }

    pub(super) fn append(&self, first: u64, commits: &[Vec<u8>]) -> Result<(), Diagnostic> {
        match &*self.file() {
            Backing::Memory => Ok(()),
            Backing::Writing { store, .. } => store.append(first, commits),
            Backing::Reading { path, .. } => Err(read_only(path.display())),
            Backing::Closed => Err(closed()),
        }
    }

    /// Notes what there is to say of how the file was found.
    pub(super) fn notice(&self, recovery: &Recovery, path: &Path) {
        let path = path.display();
        let mut notices = super::lock(&self.notices);
        if let Some(cut) = recovery.cut {
            notices.push(format!(
                "{path}: {} bytes after the last whole commit were cut at byte {}: what a crash left of a commit that \
                 was not yet reported as done, or damage",
                cut.bytes, cut.offset
            ));
        }
        if recovery.created {
            notices.push(format!("{path} is new and empty"));
        }
    }
}

impl Database {
    /// Opens a database file. It is read at once; the first change takes its lock, which one process at a time holds.
    pub fn open(path: &Path, options: &Options) -> Result<Database, Diagnostic> {
        Database::open_on(Arc::new(RealDisk), path, options)
    }

    /// As [`Database::open`], until the watch stops it.
    pub fn open_within(path: &Path, options: &Options, watch: &Watch) -> Result<Database, Diagnostic> {
        Database::open_watched(Arc::new(RealDisk), path, options, watch)
    }

    /// As [`Database::open`], on any disk: tests simulate one.
    pub fn open_on(disk: Arc<dyn Disk>, path: &Path, options: &Options) -> Result<Database, Diagnostic> {
        Database::open_watched(disk, path, options, &Watch::default())
    }

    fn open_watched(
        disk: Arc<dyn Disk>,
        path: &Path,
        options: &Options,
        watch: &Watch,
    ) -> Result<Database, Diagnostic> {
        let (file, graph, recovery) = Backing::open(disk, path, options, watch)?;
        let database = Database::with_file(graph, file, recovery.sequence);
        // What a reader finds torn may be a commit that is being written.
        if recovery.created {
            database.shared.notice(&recovery, path);
        }
        Ok(database)
    }

    /// Takes the lock of the file now, and not at the first change: for a process that is going to write, and shall not
    /// find out late that another one does.
    pub fn claim(&self) -> Result<(), Diagnostic> {
        self.shared.make_writable()
    }

    /// Refuses every change from now on.
    pub fn forbid_changes(&self) {
        self.shared.read_only.store(true, Ordering::Relaxed);
    }

    /// The file, if the database has one.
    pub fn path(&self) -> Option<PathBuf> {
        self.shared.file().path().map(Path::to_path_buf)
    }

    /// What there is to say of how the file was found: a torn commit that was cut, a file that was created. Each is
    /// given once.
    pub fn take_notices(&self) -> Vec<String> {
        std::mem::take(&mut *super::lock(&self.shared.notices))
    }

    /// Writes the graph as it is now as the new base of the file, so that the log begins anew. Readers and writers go
    /// on meanwhile.
    pub fn checkpoint(&self) -> Result<(), Diagnostic> {
        self.checkpoint_within(&Watch::default())
    }

    /// As [`Database::checkpoint`], until the watch stops it: then the file is as it was.
    pub fn checkpoint_within(&self, watch: &Watch) -> Result<(), Diagnostic> {
        self.shared.make_writable()?;
        self.shared.checkpoint(watch)
    }

    /// Copies the database as of its last commit to another file, while it is used.
    pub fn backup(&self, to: &Path, overwrite: bool) -> Result<(), Diagnostic> {
        match &*self.shared.file() {
            Backing::Writing { store, .. } => store.backup(to, overwrite),
            Backing::Reading { reader, .. } => reader.backup(to, overwrite),
            Backing::Memory if !overwrite && RealDisk.attributes(to).is_ok() => {
                Err(storage::exists(&to.display().to_string()))
            }
            Backing::Memory => storage::save(&self.snapshot(), to),
            Backing::Closed => Err(closed()),
        }
    }

    /// Makes every commit durable, writes a new base if the log has grown long, and gives up the lock. Nothing can be
    /// changed after it, through no clone.
    pub fn close(&self) -> Result<(), Diagnostic> {
        self.close_within(&Watch::default())
    }

    /// As [`Database::close`], but if the watch stops it, the log stays as long as it is.
    pub fn close_within(&self, watch: &Watch) -> Result<(), Diagnostic> {
        let due = self.shared.is_checkpoint_due_at_close();
        if due && let Err(error) = self.shared.checkpoint(watch) {
            // The log holds everything: it is only longer than it need be.
            super::lock(&self.shared.notices).push(format!("no checkpoint was made: {}", error.message));
        }
        match std::mem::replace(&mut *self.shared.file_mut(), Backing::Closed) {
            Backing::Writing { store, .. } => store.close(),
            Backing::Memory | Backing::Reading { .. } | Backing::Closed => Ok(()),
        }
    }
}

fn read_only(what: impl Display) -> Diagnostic {
    let message = format!("{what} is open for reading only");
    Diagnostic::runtime(Kind::TransactionError, Detail::ReadOnly, message).help("open it without --read-only")
}

fn closed() -> Diagnostic {
    Diagnostic::runtime(Kind::TransactionError, Detail::ReadOnly, "the database is closed").help("open it again")
}
