//! What a database file holds.

use std::path::Path;

use super::container::Sections;
use super::disk::{Access, Disk, RealDisk};
use super::lock::{Holder, holder};
use super::reader::{Cut, load};
use super::{encode, io_error};
use crate::diagnostic::Diagnostic;
use crate::graph::Graph;
use crate::limits::Watch;

/// What a database file holds.
#[derive(Clone, Debug)]
pub struct Info {
    /// The version of the format.
    pub version: u32,
    pub graph: Graph,
    pub bytes: u64,
    /// The sections by name, with their lengths in bytes, in the order of the file.
    pub sections: Vec<(String, u64)>,
    pub log_bytes: u64,
    /// How many commits the log holds.
    pub log_commits: u64,
    /// The number of the last commit.
    pub sequence: u64,
    /// In milliseconds since 1970-01-01 UTC; 0: there was none.
    pub last_checkpoint: u64,
    pub last_commit: u64,
    /// What a crash left of a commit; the next writer cuts it.
    pub torn: Option<Cut>,
    /// The process that writes the database.
    pub writer: Option<Holder>,
}

/// Describes a database file.
pub fn info(path: &Path) -> Result<Info, Diagnostic> {
    let name = path.display().to_string();
    let wrong = |error: std::io::Error| io_error(&name, &error);
    let resolved = RealDisk.resolve(path).map_err(wrong)?;
    let file = RealDisk.open(&resolved, Access::Read).map_err(wrong)?;
    let bytes = file.length().map_err(wrong)?;
    let (graph, state) = load(&*file, &name, &Watch::default())?;
    let sections = Sections::read(&*file).map_err(|damage| damage.diagnostic(&name))?;
    let list = sections.list.iter().map(|s| (encode::describe(s.kind, s.index, &graph), s.length)).collect();
    let recovery = state.recovery();
    Ok(Info {
        version: state.version,
        bytes,
        sections: list,
        log_bytes: recovery.log_bytes,
        log_commits: recovery.commits,
        sequence: recovery.sequence,
        last_checkpoint: state.stamp.checkpoint,
        last_commit: state.position.last_commit,
        torn: recovery.cut,
        writer: holder(&RealDisk, &resolved),
        graph,
    })
}
