//! The lock of a database file: `g.kenning.lock` beside it, held by the process that writes.
//!
//! The system releases a lock with the process that holds it, however it ends; a lock file left behind by a killed
//! process is taken over. The database file itself cannot be locked: a checkpoint replaces it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::disk::{Access, Disk, DiskFile, FileKind};
use super::error::io_error;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::temporal::{Date, LocalTime};

/// How long to wait between two attempts to take a lock.
const PAUSE: Duration = Duration::from_millis(20);
/// How long to try at least: `info` holds a lock for a moment to see whether somebody else does.
const GRACE: Duration = Duration::from_millis(50);

/// Who holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    pub process: u32,
    /// Milliseconds since 1970-01-01 UTC.
    pub since: u64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "process {} since {}", self.process, moment(self.since))
    }
}

/// A held lock. Dropped without [`Lock::release`], its file stays behind unlocked, which does no harm.
pub(super) struct Lock {
    path: PathBuf,
    file: Box<dyn DiskFile>,
}

impl Lock {
    /// Takes the lock of a database file by its resolved path; waits if another process holds it.
    pub(super) fn take(disk: &dyn Disk, database: &Path, name: &str, wait: Duration) -> Result<Lock, Diagnostic> {
        let path = lock_path(database);
        let wrong = |error: io::Error| io_error(&path.display().to_string(), &error);
        let start = Instant::now();
        loop {
            let file = open_or_create(disk, &path).map_err(wrong)?;
            let Some(file) = file else { continue };
            if file.try_lock().map_err(wrong)? {
                // The holder before removes the file before it releases the lock: a lock on a removed file is none.
                if leads_to(disk, &path, &*file) {
                    return Lock { path: path.clone(), file }.sign(disk).map_err(wrong);
                }
            } else if start.elapsed() >= wait.max(GRACE) {
                return Err(held(name, read_holder(&*file), wait));
            } else {
                std::thread::sleep(PAUSE);
            }
        }
    }

    /// Writes down who holds the lock. Synced it need not be: after a crash nobody holds it.
    fn sign(self, disk: &dyn Disk) -> io::Result<Lock> {
        let text = format!("{}\n{}\n", std::process::id(), disk.now());
        self.file.truncate(0)?;
        self.file.write_at(0, text.as_bytes())?;
        Ok(self)
    }

    /// Removes the lock file, then releases the lock.
    pub(super) fn release(self, disk: &dyn Disk) -> io::Result<()> {
        if leads_to(disk, &self.path, &*self.file) { disk.remove(&self.path) } else { Ok(()) }
    }
}

fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.file_name().unwrap_or_default().to_os_string();
    name.push(".lock");
    database.with_file_name(name)
}

/// `None`: the file came or went meanwhile, so try again. A link in its place is an error: it was planted.
fn open_or_create(disk: &dyn Disk, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
    let opened = match disk.create_new(path, None) {
        Ok(file) => return Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => disk.open(path, Access::ReadWrite),
        Err(error) => Err(error),
    };
    match (opened, disk.attributes(path)) {
        (_, Ok(found)) if found.kind != FileKind::File => {
            Err(io::Error::other("this is a link or a folder, not a file"))
        }
        (Ok(file), _) => Ok(Some(file)),
        (Err(error), _)
            if error.kind() == io::ErrorKind::NotFound && disk.attributes(super::disk::folder_of(path)).is_ok() =>
        {
            Ok(None)
        }
        (Err(error), _) => Err(error),
    }
}

/// Whether the path leads to the open file.
pub(super) fn leads_to(disk: &dyn Disk, path: &Path, file: &dyn DiskFile) -> bool {
    length_if_at(disk, path, file).is_some()
}

/// The length of an open file, if the path leads to it.
pub(super) fn length_if_at(disk: &dyn Disk, path: &Path, file: &dyn DiskFile) -> Option<u64> {
    let (at_path, open) = (disk.attributes(path).ok()?, file.attributes().ok()?);
    (at_path.identity == open.identity && at_path.kind == FileKind::File).then_some(open.length)
}

fn read_holder(file: &dyn DiskFile) -> Option<Holder> {
    // Two numbers: a longer file is not a lock file.
    let length = file.length().ok().filter(|length| *length < 100)?;
    let mut bytes = vec![0; length as usize];
    file.read_at(0, &mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut lines = text.lines();
    Some(Holder { process: lines.next()?.parse().ok()?, since: lines.next()?.parse().ok()? })
}

/// Who holds the lock of a database file, if anybody does. Takes no lock and creates nothing.
pub(super) fn holder(disk: &dyn Disk, database: &Path) -> Option<Holder> {
    let path = lock_path(database);
    let file = disk.open(&path, Access::Read).ok()?;
    let holder = read_holder(&*file);
    // Tried for a moment only: a writer that comes in this moment tries again.
    if file.try_lock().ok()? { None } else { holder.or(Some(Holder { process: 0, since: 0 })) }
}

fn held(name: &str, holder: Option<Holder>, waited: Duration) -> Diagnostic {
    let who = holder.map_or_else(|| "another process".to_string(), |holder| holder.to_string());
    let waited = if waited.is_zero() { String::new() } else { format!(", also after waiting for {waited:?}") };
    let message = format!("{name}: the database is being written by {who}{waited}");
    Diagnostic::runtime(Kind::IoError, Detail::DatabaseLocked, message)
        .help("close it there, wait for it with --wait 10s, or open it with --read-only")
}

/// A moment as text: 2026-11-29 12:30:05 UTC.
pub fn moment(milliseconds: u64) -> String {
    const DAY: u64 = 86_400_000;
    let date = Date { days: ((milliseconds / DAY) as i64).min(Date::MAX.days) };
    let time = LocalTime { nanos: (milliseconds % DAY / 1000 * 1000) as i64 * 1_000_000 };
    let time = time.to_string();
    let time = if time.len() == 5 { format!("{time}:00") } else { time };
    format!("{date} {time} UTC")
}
