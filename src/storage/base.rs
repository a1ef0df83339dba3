//! Writing a base: the graph without its log.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use super::atomic::{PART, Replacement};
use super::container::Stamp;
use super::disk::{Disk, Target};
use super::watched::Watched;
use super::{encode, io_error};
use crate::diagnostic::Diagnostic;
use crate::graph::Graph;
use crate::limits::Watch;

/// Writes the base of a graph from the start of a file. Returns its length.
pub(super) fn write(
    graph: &Graph,
    stamp: &Stamp,
    out: &dyn Target,
    name: &str,
    watch: &Watch,
) -> Result<u64, Diagnostic> {
    encode::write(&merged(graph), stamp, &Watched::new(out, watch)).map_err(|error| match error {
        encode::Error::Io(error) => io_error(name, &error),
        encode::Error::Value(error) => error,
    })
}

/// The graph without delta.
pub(super) fn merged(graph: &Graph) -> Cow<'_, Graph> {
    if graph.clean_base().is_some() {
        return Cow::Borrowed(graph);
    }
    let mut copy = graph.clone();
    copy.commit();
    copy.merge();
    Cow::Owned(copy)
}

/// Writes a new database of a graph, in the place of the file that is there.
pub(super) fn create(disk: &dyn Disk, path: &Path, name: &str, graph: &Graph, watch: &Watch) -> Result<(), Diagnostic> {
    let new = Replacement::start(disk, path, name, PART)?;
    write(graph, &new_stamp(disk), new.file(), name, watch)?;
    new.finish()
}

/// The stamp of a database that begins.
pub(super) fn new_stamp(disk: &dyn Disk) -> Stamp {
    let id = u128::from(disk.random()) << 64 | u128::from(disk.random());
    Stamp { id, sequence: 0, checkpoint: disk.now(), last_commit: 0 }
}

/// Whether the error only says that the file is not there.
pub(super) fn is_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}
