//! [`Store`]: a database file that this process writes.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::atomic::copy;
use super::container;
use super::disk::{Access, Disk, DiskFile, folder_of};
use super::lock::{Lock, length_if_at};
use super::log::scan::{Position, find};
use super::log::{changes, frame};
use super::reader::{Reader, Recovery, State};
use super::{base, checkpoint, error, io_error};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{Change, Graph};
use crate::limits::Watch;
pub use checkpoint::Prepared;

/// When a commit survives a crash of the machine. A crash of the process alone loses no commit in any of the cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// When it is reported as done: each group of commits is synced.
    #[default]
    Full,
    /// About a second later.
    Normal,
    /// When the database is closed or checkpointed.
    Off,
}

impl Durability {
    pub const ALL: [Durability; 3] = [Durability::Full, Durability::Normal, Durability::Off];

    pub fn name(self) -> &'static str {
        match self {
            Durability::Full => "full",
            Durability::Normal => "normal",
            Durability::Off => "off",
        }
    }
}

/// How a database is opened for writing.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Create an empty database if there is no file.
    pub create: bool,
    /// How long to wait for another process that writes the database.
    pub wait: Duration,
    pub durability: Durability,
    /// How often a thread of the store's own syncs with [`Durability::Normal`]; `None`: the caller calls [`Store::sync`].
    pub sync_every: Option<Duration>,
}

impl Default for OpenOptions {
    fn default() -> OpenOptions {
        let sync_every = Some(Duration::from_secs(1));
        OpenOptions { create: false, wait: Duration::ZERO, durability: Durability::Full, sync_every }
    }
}

/// An open database file that this process writes. Any thread may call it; appends are made one after another.
///
/// Dropped, it syncs what is not synced and gives up the lock; [`Store::close`] also reports errors.
pub struct Store {
    inner: Arc<Inner>,
    syncer: Option<Syncer>,
}

pub(super) struct Inner {
    pub(super) disk: Arc<dyn Disk>,
    /// The path as it was given, for messages.
    pub(super) name: String,
    /// The path without symbolic links.
    pub(super) path: PathBuf,
    durability: Durability,
    lock: Mutex<Option<Lock>>,
    log: Mutex<Log>,
    /// Held while a checkpoint is prepared: there is one at a time.
    pub(super) checkpointing: Mutex<()>,
}

/// The file and how far it is written.
pub(super) struct Log {
    pub(super) file: Arc<dyn DiskFile>,
    pub(super) state: State,
    /// Up to where the file is known to be synced.
    pub(super) synced_end: u64,
    /// Whether the file's name is known to be durable.
    pub(super) name_synced: bool,
    /// Why nothing more is written.
    pub(super) failure: Option<String>,
}

/// What is known of an open database file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub base_bytes: u64,
    pub log_bytes: u64,
    /// How many commits the log holds.
    pub log_commits: u64,
    pub sequence: u64,
    /// The last commit that is known to be durable.
    pub durable: u64,
    /// In milliseconds since 1970-01-01 UTC; 0: there was none.
    pub last_checkpoint: u64,
    pub last_commit: u64,
    pub durability: Durability,
    /// An earlier write failed: nothing more is written.
    pub failed: bool,
}

impl Store {
    /// Opens a database for writing, or creates it: takes the lock, replays the log, cuts a torn tail.
    pub fn open(
        disk: Arc<dyn Disk>,
        path: &Path,
        options: &OpenOptions,
    ) -> Result<(Store, Graph, Recovery), Diagnostic> {
        let name = path.display().to_string();
        let resolved = disk.resolve(path).map_err(|error| io_error(&name, &error))?;
        if let Err(error) = disk.attributes(&resolved)
            && !(options.create && base::is_missing(&error))
        {
            return Err(io_error(&name, &error));
        }
        let lock = Lock::take(&*disk, &resolved, &name, options.wait)?;
        let opened = open_locked(disk.clone(), path, &resolved, &name, options);
        match opened {
            Ok((reader, graph, recovery, log)) => Ok((Store::start(&reader, lock, log, options), graph, recovery)),
            Err(error) => {
                let _ = lock.release(&*disk);
                Err(error)
            }
        }
    }

    /// Goes on to write a file that was opened for reading: takes the lock, and brings the graph, which must be that of
    /// the reader, to the last commit. After an error the reader can still be used.
    pub fn from_reader(
        reader: &mut Reader,
        graph: &mut Graph,
        options: &OpenOptions,
    ) -> Result<(Store, Recovery), Diagnostic> {
        let disk = reader.disk.clone();
        let lock = Lock::take(&*disk, &reader.path, &reader.name, options.wait)?;
        let opened = reader.refresh(graph).and_then(|_| recover(reader));
        match opened {
            Ok((recovery, log)) => Ok((Store::start(reader, lock, log, options), recovery)),
            Err(error) => {
                let _ = lock.release(&*disk);
                Err(error)
            }
        }
    }

    fn start(reader: &Reader, lock: Lock, log: Log, options: &OpenOptions) -> Store {
        let inner = Arc::new(Inner {
            disk: reader.disk.clone(),
            name: reader.name.clone(),
            path: reader.path.clone(),
            durability: options.durability,
            lock: Mutex::new(Some(lock)),
            log: Mutex::new(log),
            checkpointing: Mutex::default(),
        });
        let every = options.sync_every.filter(|_| options.durability == Durability::Normal);
        let syncer = every.map(|every| Syncer::start(inner.clone(), every));
        Store { inner, syncer }
    }

    /// Turns a transaction's changes into the bytes of a commit, without I/O.
    pub fn encode(changes: &[Change]) -> Result<Vec<u8>, Diagnostic> {
        changes::encode(changes, &Watch::default())
    }

    /// As [`Store::encode`], until the watch stops it.
    pub fn encode_within(changes: &[Change], watch: &Watch) -> Result<Vec<u8>, Diagnostic> {
        changes::encode(changes, watch)
    }

    /// Appends commits as one frame, and syncs it if [`Durability::Full`] says so. All of the commits are in the file
    /// after it, or, after an error, none. `first_sequence` is that of the first commit, one more than the last one's.
    pub fn append(&self, first_sequence: u64, commits: &[Vec<u8>]) -> Result<(), Diagnostic> {
        self.inner.append(first_sequence, commits)
    }

    /// Makes everything appended durable.
    pub fn sync(&self) -> Result<(), Diagnostic> {
        self.inner.sync()
    }

    /// Writes a new base of the snapshot, which is the graph after commit `sequence`, and drops the log up to there.
    pub fn checkpoint(&self, snapshot: &Graph, sequence: u64) -> Result<(), Diagnostic> {
        self.checkpoint_within(snapshot, sequence, &Watch::default())
    }

    /// As [`Store::checkpoint`], until the watch stops it: then the file is as it was.
    pub fn checkpoint_within(&self, snapshot: &Graph, sequence: u64, watch: &Watch) -> Result<(), Diagnostic> {
        checkpoint::prepare(&self.inner, snapshot, sequence, watch)?.swap()
    }

    /// The long part of a checkpoint; commits go on meanwhile. Nothing is changed until [`Prepared::swap`], which is
    /// short, and dropping what was prepared leaves no trace.
    pub fn prepare_checkpoint(&self, snapshot: &Graph, sequence: u64) -> Result<Prepared<'_>, Diagnostic> {
        checkpoint::prepare(&self.inner, snapshot, sequence, &Watch::default())
    }

    /// Copies the database as of its last commit to another file, while it is used.
    pub fn backup(&self, to: &Path, overwrite: bool) -> Result<(), Diagnostic> {
        let (file, state) = {
            let log = self.inner.log();
            (log.file.clone(), log.state.clone())
        };
        let Inner { disk, name, path, .. } = &*self.inner;
        super::backup::copy_to(&**disk, &*file, &state, path, name, to, overwrite)
    }

    pub fn status(&self) -> Status {
        let log = self.inner.log();
        let State { stamp, base_end, position, .. } = &log.state;
        Status {
            base_bytes: *base_end,
            log_bytes: position.end - base_end,
            log_commits: position.commits,
            sequence: position.sequence,
            durable: position.durable,
            last_checkpoint: stamp.checkpoint,
            last_commit: position.last_commit,
            durability: self.inner.durability,
            failed: log.failure.is_some(),
        }
    }

    /// Whether a checkpoint would turn an older format into the present one, or drop a log.
    pub fn has_log(&self) -> bool {
        let log = self.inner.log();
        log.state.version == container::WITHOUT_LOG || log.state.position.end > log.state.base_end
    }

    /// Makes everything durable and gives up the lock.
    pub fn close(mut self) -> Result<(), Diagnostic> {
        self.finish()
    }

    fn finish(&mut self) -> Result<(), Diagnostic> {
        self.syncer = None;
        self.inner.close()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}

type Opened = (Reader, Graph, Recovery, Log);

fn open_locked(
    disk: Arc<dyn Disk>,
    path: &Path,
    resolved: &Path,
    name: &str,
    options: &OpenOptions,
) -> Result<Opened, Diagnostic> {
    let missing = disk.attributes(resolved).is_err_and(|error| base::is_missing(&error));
    if missing && options.create {
        base::create(&*disk, resolved, name, &Graph::new(), &Watch::default())?;
    }
    let (reader, graph, _) = Reader::open(disk, path)?;
    let (recovery, log) = recover(&reader)?;
    Ok((reader, graph, Recovery { created: missing, ..recovery }, log))
}

/// Opens the reader's file for writing, and makes sure that what was read from it is durable. The lock is held.
fn recover(reader: &Reader) -> Result<(Recovery, Log), Diagnostic> {
    let Reader { disk, name, path, state, .. } = reader;
    let wrong = |error: io::Error| io_error(name, &error);
    let attributes = disk.attributes(path).map_err(wrong)?;
    if attributes.read_only {
        return Err(error::read_only(name, "the file"));
    }
    let file: Arc<dyn DiskFile> = disk.open(path, Access::ReadWrite).map_err(wrong)?.into();
    if file.attributes().map_err(wrong)?.identity != reader.file.attributes().map_err(wrong)?.identity {
        return Err(error::moved(name));
    }
    checkpoint::remove_remains(&**disk, path, checkpoint::ENDING);
    let recovery = state.recovery();
    let mut state = state.clone();
    if state.torn > 0 {
        file.truncate(state.position.end).map_err(wrong)?;
        state.torn = 0;
    }
    if state.position.end > state.base_end {
        // The process before may have ended between writing and syncing, or its sync has failed: then the system shows
        // bytes that it does not try to write again, unless they are written anew.
        let Position { durable, end, last, .. } = &state.position;
        let (unsure, _) = find(&*file, &state.position, state.base_end, durable + 1).map_err(wrong)?;
        // The last frame may be the mark that says that all before it is durable.
        let start = last.as_ref().map_or(unsure, |(last, _)| unsure.min(*last));
        copy(&*file, start, *end, &*file, start).map_err(wrong)?;
        file.sync().map_err(wrong)?;
    }
    state.position.durable = state.position.sequence;
    let synced_end = state.position.end;
    Ok((recovery, Log { file, state, synced_end, name_synced: false, failure: None }))
}

impl Inner {
    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wrong(&self, error: &io::Error) -> Diagnostic {
        io_error(&self.name, error)
    }

    fn append(&self, first: u64, commits: &[Vec<u8>]) -> Result<(), Diagnostic> {
        if commits.is_empty() {
            return Ok(());
        }
        let mut log = self.log();
        self.check_writable(&log)?;
        if first != log.state.position.sequence + 1 {
            let what = format!("commit {first} does not follow commit {}", log.state.position.sequence);
            return Err(error::defect(&self.name, &what));
        }
        self.prepare_first_write(&mut log)?;
        let (stamp, position) = (log.state.stamp, &log.state.position);
        let sealed = frame::seal(stamp.id, first, position.durable, self.disk.now(), commits);
        let Some(bytes) = sealed else { return Err(self.too_large()) };
        self.write(&mut log, &bytes, self.durability == Durability::Full)
    }

    /// Appends a frame. After an error the file is as it was before, or nothing is written any more.
    fn write(&self, log: &mut Log, bytes: &[u8], sync: bool) -> Result<(), Diagnostic> {
        let end = log.state.position.end;
        let written = log.file.write_at(end, bytes);
        let done = if sync { written.and_then(|()| log.file.sync()) } else { written };
        if let Err(error) = done {
            let diagnostic = self.wrong(&error);
            // With full durability all before is synced, so that a failed sync has dropped bytes of this frame only.
            let taken_back = self.take_back(log, end).is_ok();
            if !taken_back {
                log.failure = Some(diagnostic.message.clone());
            }
            return Err(diagnostic);
        }
        let Some(frame) = frame::Frame::parse(bytes) else { return Err(error::defect(&self.name, "a frame is wrong")) };
        log.state.position.pass(&frame, bytes);
        if sync {
            log.mark_synced();
        }
        Ok(())
    }

    /// Cuts what was written after the last frame. Synced whatever the durability: a commit that was reported as failed
    /// must not come back.
    fn take_back(&self, log: &Log, end: u64) -> io::Result<()> {
        log.file.truncate(end)?;
        log.file.sync()
    }

    /// Fails if an earlier write failed, or if the path does not lead to the file any more.
    pub(super) fn check_writable(&self, log: &Log) -> Result<(), Diagnostic> {
        if let Some(failure) = &log.failure {
            return Err(error::failed_before(&self.name, failure));
        }
        let Some(length) = length_if_at(&*self.disk, &self.path, &*log.file) else {
            return Err(error::moved(&self.name));
        };
        if length != log.state.position.end || !log.state.is_in(&*log.file) {
            return Err(error::changed(&self.name));
        }
        Ok(())
    }

    /// What must be done once before the first frame: carry over an older version, and make the file's name durable.
    pub(super) fn prepare_first_write(&self, log: &mut Log) -> Result<(), Diagnostic> {
        if log.state.version == container::WITHOUT_LOG {
            checkpoint::carry_over(self, log)?;
        }
        if !log.name_synced {
            // The process before may have ended between renaming and syncing.
            self.disk.sync_folder(folder_of(&self.path)).map_err(|error| self.wrong(&error))?;
            log.name_synced = true;
        }
        Ok(())
    }

    pub(super) fn too_large(&self) -> Diagnostic {
        let message = format!("{}: the transaction's changes take more than 4 GiB", self.name);
        Diagnostic::runtime(Kind::IoError, Detail::TransactionTooLarge, message)
            .help("split it: CALL { … } IN TRANSACTIONS OF 10000 ROWS")
    }

    /// Syncs what has been written. Appends go on meanwhile.
    fn sync(&self) -> Result<(), Diagnostic> {
        let (file, position) = {
            let log = self.log();
            if let Some(failure) = &log.failure {
                return Err(error::failed_before(&self.name, failure));
            }
            if log.synced_end == log.state.position.end {
                return Ok(());
            }
            (log.file.clone(), log.state.position.clone())
        };
        let synced = file.sync();
        let mut log = self.log();
        if !Arc::ptr_eq(&log.file, &file) {
            // A checkpoint has synced everything into another file.
            return Ok(());
        }
        match synced {
            Ok(()) => {
                log.synced_end = log.synced_end.max(position.end);
                log.state.position.durable = log.state.position.durable.max(position.sequence);
                Ok(())
            }
            Err(error) => {
                let diagnostic = self.wrong(&error);
                log.failure = Some(diagnostic.message.clone());
                Err(diagnostic)
            }
        }
    }

    fn close(&self) -> Result<(), Diagnostic> {
        let Some(lock) = self.lock.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(()) };
        let synced = self.sync();
        if synced.is_ok() {
            self.write_mark();
        }
        let released = lock.release(&*self.disk).map_err(|error| self.wrong(&error));
        synced.and(released)
    }

    /// Appends a frame without commits that says that all before it are durable: damage to the last commit is then
    /// told from a torn tail. It may be lost, so it is not synced and its errors do not matter.
    fn write_mark(&self) {
        let mut log = self.log();
        let Position { sequence, durable, end, last, .. } = &log.state.position;
        let marked =
            last.as_ref().and_then(|(_, header)| frame::Frame::parse(header)).is_none_or(|last| last.count == 0);
        if marked || *durable != *sequence || self.check_writable(&log).is_err() {
            return;
        }
        let end = *end;
        let mark = frame::seal::<&[u8]>(log.state.stamp.id, sequence + 1, *durable, self.disk.now(), &[]);
        if mark.is_some_and(|mark| log.file.write_at(end, &mark).is_err()) {
            let _ = log.file.truncate(end);
        }
        log.failure = Some("the database is closed".into());
    }
}

impl Log {
    /// Notes that everything written is synced.
    pub(super) fn mark_synced(&mut self) {
        self.synced_end = self.state.position.end;
        self.state.position.durable = self.state.position.sequence;
    }
}

/// A thread that syncs now and then.
struct Syncer {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Syncer {
    fn start(inner: Arc<Inner>, every: Duration) -> Syncer {
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let told = stop.clone();
        let run = move || {
            let (stop, changed) = &*told;
            let mut stopped = stop.lock().unwrap_or_else(PoisonError::into_inner);
            while !*stopped {
                stopped = match changed.wait_timeout(stopped, every) {
                    Ok((stopped, _)) => stopped,
                    Err(poisoned) => poisoned.into_inner().0,
                };
                if !*stopped {
                    // A failure is kept in the log, and the next commit reports it.
                    let _ = inner.sync();
                }
            }
        };
        // Without a thread, closing still syncs.
        let thread = std::thread::Builder::new().name("kenning-sync".into()).spawn(run).ok();
        Syncer { stop, thread }
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
