//! Graph ↔ disk: the only place besides the doors that touches files.
//!
//! A database is one file: a header with a table of sections, then the sections, each with a checksum of its own. All
//! numbers are little-endian. `encode` says what stands in which section.

mod atomic;
mod bytes;
mod container;
mod decode;
mod encode;
mod folder;
mod place;
mod values;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::path::Path;

use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Graph;
pub use atomic::write_atomically;
pub use folder::read_folder;
use place::Source;

/// The ending of a database file's name.
pub const EXTENSION: &str = "kenning";

/// Writes the graph to a database file. A file that stands there already stays whole until the new one is.
pub fn save(graph: &Graph, path: &Path) -> Result<(), Diagnostic> {
    let merged;
    let base = match graph.clean_base() {
        Some(_) => graph,
        None => {
            let mut copy = graph.clone();
            copy.commit();
            copy.merge();
            merged = copy;
            &merged
        }
    };
    // A value that cannot be written must not leave a file half written: `write_atomically` sees to it.
    let mut wrong = None;
    let written = write_atomically(path, |file| {
        encode::write(base, file.get_ref()).map_err(|error| match error {
            encode::Error::Io(error) => error,
            encode::Error::Value(error) => {
                wrong = Some(error);
                io::Error::other("a value cannot be written")
            }
        })
    });
    match wrong {
        Some(error) => Err(error),
        None => written,
    }
}

/// Reads the graph of a database file. Every length, offset and id is checked before it is used.
pub fn open(path: &Path) -> Result<Graph, Diagnostic> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| io_error(&name, &error))?;
    read(&file, &name)
}

/// Reads the graph of a database file whose bytes are given.
pub fn open_bytes(bytes: &[u8], name: &str) -> Result<Graph, Diagnostic> {
    read(&bytes, name)
}

fn read(source: &dyn Source, name: &str) -> Result<Graph, Diagnostic> {
    let result = container::Sections::read(source).and_then(|sections| decode::graph(&sections));
    result.map_err(|damage| damage.diagnostic(name))
}

/// What a database file holds.
#[derive(Clone, Debug)]
pub struct Info {
    pub version: u32,
    pub graph: Graph,
    pub bytes: u64,
    /// The sections by name, with their lengths in bytes, in the order of the file.
    pub sections: Vec<(String, u64)>,
}

/// Describes a database file.
pub fn info(path: &Path) -> Result<Info, Diagnostic> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| io_error(&name, &error))?;
    let bytes = file.metadata().map_err(|error| io_error(&name, &error))?.len();
    let read = || {
        let sections = container::Sections::read(&file)?;
        let graph = decode::graph(&sections)?;
        let list = sections.list.iter().map(|s| (encode::describe(s.kind, s.index, &graph), s.length));
        Ok(Info { version: container::VERSION, bytes, sections: list.collect(), graph })
    };
    read().map_err(|damage: Damage| damage.diagnostic(&name))
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Damage {
    section: String,
    what: String,
}

impl Damage {
    fn new(section: impl Into<String>, what: impl Into<String>) -> Damage {
        Damage { section: section.into(), what: what.into() }
    }

    fn diagnostic(self, name: &str) -> Diagnostic {
        let message = format!("{name}: section `{}`: {}", self.section, self.what);
        Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message)
            .help("the file is damaged or was not written whole: restore a copy, or import the data again")
    }
}

/// A file that could not be read or written.
pub(crate) fn io_error(name: &str, error: &io::Error) -> Diagnostic {
    let detail = match error.kind() {
        io::ErrorKind::NotFound => Detail::MissingFile,
        _ => Detail::CorruptFile,
    };
    Diagnostic::runtime(Kind::IoError, detail, format!("{name}: {error}"))
}
