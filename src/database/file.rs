//! The file of a database: read until the first change, written from then on.
//!
//! A database is opened without a lock, and follows the commits of other processes. Its first transaction that changes
//! something takes the lock and keeps it until the database is closed.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use super::{Database, Published, Shared};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Graph;
use crate::storage::{self, Disk, Durability, OpenOptions, Reader, RealDisk, Recovery, Store, io_error};

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
pub(super) enum File {
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

impl File {
    /// Opens the file, and reads the graph of its last commit.
    fn open(disk: Arc<dyn Disk>, path: &Path, options: &Options) -> Result<(File, Graph, Recovery), Diagnostic> {
        let missing = disk.attributes(path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
        if options.create && !options.read_only && missing {
            let (store, graph, recovery) = Store::open(disk, path, &options.of_store())?;
            return Ok((File::Writing { path: path.into(), store: Box::new(store) }, graph, recovery));
        }
        let (reader, graph, recovery) = Reader::open(disk, path)?;
        let options = (!options.read_only).then(|| options.of_store());
        Ok((File::Reading { path: path.into(), reader: Box::new(reader), options }, graph, recovery))
    }

    fn path(&self) -> Option<&Path> {
        match self {
            File::Memory | File::Closed => None,
            File::Reading { path, .. } | File::Writing { path, .. } => Some(path),
        }
    }
}

impl Shared {
    pub(super) fn file(&self) -> RwLockReadGuard<'_, File> {
        self.file.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn file_mut(&self) -> RwLockWriteGuard<'_, File> {
        self.file.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes sure that commits can be written: the first time, takes the lock and catches up with other processes.
    pub(super) fn make_writable(&self) -> Result<(), Diagnostic> {
        if let File::Memory | File::Writing { .. } = *self.file() {
            return Ok(());
        }
        let mut file = self.file_mut();
        let (path, store) = match &mut *file {
            File::Memory | File::Writing { .. } => return Ok(()),
            File::Closed => return Err(closed()),
            File::Reading { path, options: None, .. } => return Err(read_only(path)),
            File::Reading { path, reader, options: Some(options) } => {
                let open = |reader: &mut Reader, graph: &mut Graph| Store::from_reader(reader, graph, options);
                let (store, recovery) = self.follow(reader, open)?;
                self.notice(&recovery, path);
                (std::mem::take(path), store)
            }
        };
        *file = File::Writing { path, store: Box::new(store) };
        Ok(())
    }

    /// Follows the commits of another process, as long as this one writes nothing.
    pub(super) fn refresh(&self) -> Result<(), Diagnostic> {
        match &*self.file() {
            File::Reading { reader, .. } if reader.is_outdated() => {}
            _ => return Ok(()),
        }
        let mut file = self.file_mut();
        let File::Reading { reader, .. } = &mut *file else { return Ok(()) };
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

    pub(super) fn encode(&self, graph: &Graph) -> Result<Vec<u8>, Diagnostic> {
        match &*self.file() {
            File::Memory => Ok(Vec::new()),
            File::Writing { .. } => Store::encode(&graph.changes()),
            File::Reading { path, .. } => Err(read_only(path)),
            File::Closed => Err(closed()),
        }
    }

    pub(super) fn append(&self, first: u64, commits: &[Vec<u8>]) -> Result<(), Diagnostic> {
        match &*self.file() {
            File::Memory => Ok(()),
            File::Writing { store, .. } => store.append(first, commits),
            File::Reading { path, .. } => Err(read_only(path)),
            File::Closed => Err(closed()),
        }
    }

    /// Notes what there is to say of how the file was found.
    pub(super) fn notice(&self, recovery: &Recovery, path: &Path) {
        let path = path.display();
        let mut notices = super::lock(&self.notices);
        if let Some(cut) = recovery.cut {
            notices.push(format!(
                "{path}: a crash left {} bytes of a commit that was never reported as done; they were cut at byte {}",
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

    /// As [`Database::open`], on any disk: tests simulate one.
    pub fn open_on(disk: Arc<dyn Disk>, path: &Path, options: &Options) -> Result<Database, Diagnostic> {
        let (file, graph, recovery) = File::open(disk, path, options)?;
        let database = Database::with_file(graph, file, recovery.sequence);
        // What a reader finds torn may be a commit that is being written.
        if recovery.created {
            database.shared.notice(&recovery, path);
        }
        Ok(database)
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
        self.shared.make_writable()?;
        self.shared.checkpoint()
    }

    /// Copies the database as of its last commit to another file, while it is used.
    pub fn backup(&self, to: &Path, overwrite: bool) -> Result<(), Diagnostic> {
        match &*self.shared.file() {
            File::Writing { store, .. } => store.backup(to, overwrite),
            File::Reading { reader, .. } => reader.backup(to, overwrite),
            File::Memory if !overwrite && RealDisk.attributes(to).is_ok() => {
                Err(io_error(&to.display().to_string(), &ErrorKind::AlreadyExists.into()))
            }
            File::Memory => storage::save(&self.snapshot(), to),
            File::Closed => Err(closed()),
        }
    }

    /// Makes every commit durable, writes a new base if the log has grown long, and gives up the lock. Nothing can be
    /// changed after it, through no clone.
    pub fn close(&self) -> Result<(), Diagnostic> {
        let due = self.shared.is_checkpoint_due_at_close();
        let checkpointed = if due { self.shared.checkpoint() } else { Ok(()) };
        match std::mem::replace(&mut *self.shared.file_mut(), File::Closed) {
            File::Writing { store, .. } => store.close().and(checkpointed),
            File::Memory | File::Reading { .. } | File::Closed => Ok(()),
        }
    }
}

fn read_only(path: &Path) -> Diagnostic {
    let message = format!("{} is open for reading only", path.display());
    Diagnostic::runtime(Kind::TransactionError, Detail::ReadOnly, message).help("open it without --read-only")
}

fn closed() -> Diagnostic {
    Diagnostic::runtime(Kind::TransactionError, Detail::ReadOnly, "the database is closed").help("open it again")
}
