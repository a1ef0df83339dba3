//! Graph ↔ disk: the only place besides the doors that touches files.
//!
//! A database is one file: the *base* (a header with a table of sections, then the sections, each with a checksum of
//! its own), and after it the *log* of the commits since. All numbers are little-endian. `container` describes the
//! header, `encode` what each section holds, `log` the frames. [`Store`] keeps a file while it is written,
//! [`Reader`] follows one that another process may write. All file operations go through [`Disk`].

mod atomic;
mod backup;
mod base;
mod bytes;
mod check;
mod checkpoint;
mod container;
mod decode;
mod disk;
mod encode;
mod error;
mod folder;
mod info;
mod lock;
mod log;
mod place;
mod reader;
mod source;
mod store;
mod values;
mod watched;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Graph;
use crate::limits::Watch;
pub use atomic::{FileWriter, write_atomically};
pub use backup::backup;
pub use check::{Checked, check};
#[cfg(test)]
pub(crate) use disk::simulated;
pub use disk::{Access, Attributes, Disk, DiskFile, FileKind, Identity, RealDisk, Source, Target};
pub(crate) use error::{exists, io_error};
pub use folder::{Folder, read_folder};
pub use info::{Info, info};
pub use lock::{Holder, moment};
pub use reader::{Cut, Reader, Recovery, Refreshed};
pub use source::{open_data, open_data_below};
pub use store::{Durability, OpenOptions, Prepared, Status, Store};

/// The ending of a database file's name.
pub const EXTENSION: &str = "kenning";

/// Whether a path is called as database files are.
pub(crate) fn is_database_name(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == EXTENSION)
}

/// Writes the graph to a database file. A file that stands there already stays whole until the new one is; one that
/// another process writes is refused.
pub fn save(graph: &Graph, path: &Path) -> Result<(), Diagnostic> {
    save_within(graph, path, &Watch::default())
}

/// As [`save`], until the watch stops it: then everything is as it was.
pub fn save_within(graph: &Graph, path: &Path, watch: &Watch) -> Result<(), Diagnostic> {
    let name = path.display().to_string();
    let disk = RealDisk;
    let target = disk.resolve(path).map_err(|error| io_error(&name, &error))?;
    let lock = lock::Lock::take(&disk, &target, &name, Duration::ZERO)?;
    checkpoint::remove_remains(&disk, &target, atomic::PART);
    let saved = base::create(&disk, &target, &name, graph, watch);
    let released = lock.release(&disk).map_err(|error| io_error(&name, &error));
    saved.and(released)
}

/// Whether a file begins as a database file does.
pub fn is_database(path: &Path) -> bool {
    let mut start = [0; container::MAGIC.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *container::MAGIC
}

/// Reads the graph of a database file. Every length, offset and id is checked before it is used.
pub fn open(path: &Path) -> Result<Graph, Diagnostic> {
    open_within(path, &Watch::default())
}

/// As [`open`], until the watch stops it.
pub fn open_within(path: &Path, watch: &Watch) -> Result<Graph, Diagnostic> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| io_error(&name, &error))?;
    reader::load(&file, &name, watch).map(|(graph, _)| graph)
}

/// Reads the graph of a database file whose bytes are given.
pub fn open_bytes(bytes: &[u8], name: &str) -> Result<Graph, Diagnostic> {
    reader::load(&bytes, name, &Watch::default()).map(|(graph, _)| graph)
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Damage {
    section: String,
    what: String,
    detail: Detail,
    /// The limit that stopped the reading: then nothing is wrong with the file.
    stopped: Option<Box<Diagnostic>>,
}

impl Damage {
    fn new(section: impl Into<String>, what: impl Into<String>) -> Damage {
        Damage { section: section.into(), what: what.into(), detail: Detail::CorruptFile, stopped: None }
    }

    /// The file may be whole, but it cannot be read.
    fn unreadable(section: &str, error: &std::io::Error) -> Damage {
        let Diagnostic { message, detail, .. } = io_error("", error);
        let what = message.strip_prefix(": ").map(str::to_string).unwrap_or(message);
        let stopped = error::stopped(error).map(Box::new);
        Damage { section: section.into(), what, detail, stopped }
    }

    /// Adds where in the log it is.
    fn in_log(mut self, offset: u64) -> Damage {
        self.what = format!("at byte {offset}: {}", self.what);
        self
    }

    fn diagnostic(self, name: &str) -> Diagnostic {
        if let Some(stopped) = self.stopped {
            return *stopped;
        }
        let message = format!("{name}: section `{}`: {}", self.section, self.what);
        let help = match self.detail {
            Detail::CorruptFile if self.section == "header" && self.what.contains("not a kenning database") => {
                "the file is of another kind: `:help formats` lists what opens as a graph"
            }
            Detail::CorruptFile => {
                "the file is damaged or was not written whole: restore a copy, or import the data again"
            }
            _ => "check the disk, and copy the file to another one",
        };
        Diagnostic::runtime(Kind::IoError, self.detail, message).help(help)
    }
}
