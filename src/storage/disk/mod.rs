//! [`Disk`]: the file operations that storage needs, so that tests can put a simulated disk in place of the real one.
//!
//! Nothing else in storage touches the file system, the clock or a source of random numbers.

mod real;
#[cfg(test)]
pub(crate) mod simulated;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

pub use super::place::{Source, Target};
pub use real::RealDisk;

/// A file system, a clock and random numbers.
pub trait Disk: Send + Sync {
    /// Opens an existing file.
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn DiskFile>>;

    /// Creates a file for reading and writing; fails if the name exists, even as a link that leads nowhere. The file
    /// gets the mode and, where the system allows it, the owner of `like`; without `like`, the defaults.
    fn create_new(&self, path: &Path, like: Option<&Attributes>) -> io::Result<Box<dyn DiskFile>>;

    /// Renames a file, replacing the one that has the new name. Durable after [`Disk::sync_folder`].
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes created, renamed and removed names of a folder durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Describes what a name leads to, without following a link.
    fn attributes(&self, path: &Path) -> io::Result<Attributes>;

    /// The path without symbolic links. The file itself need not exist, its folder must.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf>;

    /// The names in a folder.
    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>>;

    /// Milliseconds since 1970-01-01 UTC.
    fn now(&self) -> u64;

    fn random(&self) -> u64;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    ReadWrite,
}

/// An open file. Writes are durable after [`DiskFile::sync`].
pub trait DiskFile: Source + Target {
    /// Makes the content and the length durable (fdatasync).
    fn sync(&self) -> io::Result<()>;

    /// Makes everything durable, mode and owner too (fsync).
    fn sync_all(&self) -> io::Result<()>;

    fn truncate(&self, length: u64) -> io::Result<()>;

    fn attributes(&self) -> io::Result<Attributes>;

    /// Locks the file against other openings of it until it is dropped; false if it is locked already.
    fn try_lock(&self) -> io::Result<bool>;
}

/// Tells files apart: no two files have the same identity while they exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    pub device: u64,
    pub inode: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    File,
    Folder,
    Link,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributes {
    pub identity: Identity,
    pub kind: FileKind,
    pub length: u64,
    /// How many names the file has.
    pub links: u64,
    /// Permission bits; `None` where the system has none.
    pub mode: Option<u32>,
    /// User and group.
    pub owner: Option<(u32, u32)>,
    pub read_only: bool,
}

/// The folder of a path.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
