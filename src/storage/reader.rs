//! Reading a database file: the base, then the log; and following a file that another process writes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::container::{self, Sections, Stamp};
use super::disk::{Access, Disk, DiskFile, Source};
use super::lock::leads_to;
use super::log::frame::HEADER;
use super::log::scan::{Position, scan};
use super::log::{self, changes};
use super::watched::Watched;
use super::{Damage, decode, io_error};
use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, Replay};
use crate::limits::Watch;

/// What was found when a database was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The last commit; the next one has the number after it.
    pub sequence: u64,
    /// How many commits of the log were replayed.
    pub commits: u64,
    pub base_bytes: u64,
    pub log_bytes: u64,
    /// What a crash left of a commit that was never reported as done.
    pub cut: Option<Cut>,
    /// The file was not there, and an empty database was created.
    pub created: bool,
    /// The version of the file's format.
    pub version: u32,
}

/// The torn tail of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Where the log ends now.
    pub offset: u64,
    pub bytes: u64,
}

/// What a file holds, and how far its log has been read.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) version: u32,
    pub(super) stamp: Stamp,
    /// Where the log begins.
    pub(super) base_end: u64,
    pub(super) position: Position,
    pub(super) torn: u64,
}

impl State {
    pub(super) fn recovery(&self) -> Recovery {
        let Position { end, sequence, commits, .. } = self.position;
        Recovery {
            sequence,
            commits,
            base_bytes: self.base_end,
            log_bytes: end - self.base_end,
            cut: (self.torn > 0).then_some(Cut { offset: end, bytes: self.torn }),
            created: false,
            version: self.version,
        }
    }

    /// Whether a file still holds what was read from it or written to it: a writer takes back what it could not sync,
    /// and another program may have copied something over it.
    pub(super) fn is_in(&self, file: &dyn Source) -> bool {
        let stamped = self.version == container::WITHOUT_LOG
            || container::current_stamp(file).is_ok_and(|stamp| stamp == Some(self.stamp));
        let Some((offset, header)) = &self.position.last else { return stamped };
        let mut now = [0; HEADER];
        stamped && file.read_at(*offset, &mut now).is_ok() && now == *header
    }

    fn of(sections: &Sections) -> State {
        let (stamp, end) = (sections.stamp, sections.end);
        let position = Position {
            end,
            sequence: stamp.sequence,
            durable: stamp.sequence,
            last_commit: stamp.last_commit,
            ..Position::default()
        };
        State { version: sections.version, stamp, base_end: end, position, torn: 0 }
    }
}

/// Reads the graph of a file as of its last commit, until the watch stops it.
pub(super) fn load(source: &dyn Source, name: &str, watch: &Watch) -> Result<(Graph, State), Diagnostic> {
    let source = &Watched::new(source, watch);
    let result = Sections::read(source).and_then(|sections| {
        let mut graph = decode::graph(&sections)?;
        let mut state = State::of(&sections);
        if is_long_log(&state, source.length().unwrap_or_default()) {
            graph = replay_long(source, &mut state, graph)?;
        } else {
            replay(source, &mut state, &mut graph)?;
        }
        Ok((graph, state))
    });
    result.map_err(|damage| damage.diagnostic(name))
}

/// Repeats the commits after the state's position on the graph. After an error the graph is in between.
///
/// No transaction is begun: it would keep the state before it, and every change would copy what it shares with that.
fn replay(source: &dyn Source, state: &mut State, graph: &mut Graph) -> Result<(), Damage> {
    if state.version == container::WITHOUT_LOG {
        return Ok(());
    }
    state.torn = scan(source, state.stamp.id, &mut state.position, &mut |_, commit| {
        changes::apply(commit, graph)?;
        graph.commit_unmerged();
        Ok(())
    })?;
    Ok(())
}

/// A shorter log is repeated in a few milliseconds in any case; tests have only short ones.
const LONG_LOG: u64 = if cfg!(test) { 1 << 9 } else { 1 << 18 };
/// A log that is longer than this share of the base is repeated into a new one: that copies the columns and lists of
/// the base that have changes.
const LONG_SHARE: u64 = 16;

fn is_long_log(state: &State, length: u64) -> bool {
    let log = length.saturating_sub(state.base_end);
    state.version != container::WITHOUT_LOG && log >= LONG_LOG.max(state.base_end / LONG_SHARE)
}

/// As [`replay`], into a new base.
fn replay_long(source: &dyn Source, state: &mut State, graph: Graph) -> Result<Graph, Damage> {
    let mut replay = Replay::new(graph);
    let each = &mut |_, commit: &[u8]| log::replay::apply(commit, &mut replay);
    state.torn = scan(source, state.stamp.id, &mut state.position, each)?;
    Ok(replay.finish())
}

/// Reads the header and the log without building a graph; every checksum of the log is verified.
pub(super) fn survey(source: &dyn Source, name: &str) -> Result<State, Diagnostic> {
    let result = Sections::read(source).and_then(|sections| {
        let mut state = State::of(&sections);
        if state.version != container::WITHOUT_LOG {
            state.torn = scan(source, state.stamp.id, &mut state.position, &mut |_, _| Ok(()))?;
        }
        Ok(state)
    });
    result.map_err(|damage| damage.diagnostic(name))
}

/// An open database file that is only read. Takes no lock and creates nothing; another process may write the file.
pub struct Reader {
    pub(super) disk: Arc<dyn Disk>,
    /// The path as it was given, for messages.
    pub(super) name: String,
    /// The path without symbolic links.
    pub(super) path: PathBuf,
    pub(super) file: Box<dyn DiskFile>,
    pub(super) state: State,
    /// How many times another graph took the place of the one that was read.
    reloads: u64,
}

/// What a refresh did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    Unchanged,
    /// So many new commits were replayed.
    Commits(u64),
    /// The file was replaced (a checkpoint, a restored copy) or taken back to an earlier commit: the graph is another.
    Reloaded,
}

impl Reader {
    /// Opens a database file; the graph is that of the last commit.
    pub fn open(disk: Arc<dyn Disk>, path: &Path) -> Result<(Reader, Graph, Recovery), Diagnostic> {
        Reader::open_within(disk, path, &Watch::default())
    }

    /// As [`Reader::open`], until the watch stops it. Later reads are not watched.
    pub fn open_within(
        disk: Arc<dyn Disk>,
        path: &Path,
        watch: &Watch,
    ) -> Result<(Reader, Graph, Recovery), Diagnostic> {
        let name = path.display().to_string();
        let wrong = |error: std::io::Error| io_error(&name, &error);
        let resolved = disk.resolve(path).map_err(wrong)?;
        let file = disk.open(&resolved, Access::Read).map_err(wrong)?;
        let (graph, state) = load(&*file, &name, watch)?;
        let recovery = state.recovery();
        Ok((Reader { disk, name, path: resolved, file, state, reloads: 0 }, graph, recovery))
    }

    /// The last commit that was read.
    pub fn sequence(&self) -> u64 {
        self.state.position.sequence
    }

    /// Grows when the graph became another one that does not follow from the one before. Its last commit may have the
    /// same number: a writer takes back what it could not sync, and goes on.
    pub fn reloads(&self) -> u64 {
        self.reloads
    }

    /// Copies the database as of its last commit to another file, while another process may write it.
    pub fn backup(&self, to: &Path, overwrite: bool) -> Result<(), Diagnostic> {
        super::backup::backup(&*self.disk, &self.path, to, overwrite)
    }

    /// Whether the file has changed since it was read: two calls of the system.
    pub fn is_outdated(&self) -> bool {
        !leads_to(&*self.disk, &self.path, &*self.file) || self.grew()
    }

    fn grew(&self) -> bool {
        let state = &self.state;
        let State { position, torn, .. } = state;
        self.file.length().is_ok_and(|length| length != position.end + torn) || !state.is_in(&*self.file)
    }

    /// Brings the graph, which must be that of this reader, to the last commit. After an error it is as it was.
    pub fn refresh(&mut self, graph: &mut Graph) -> Result<Refreshed, Diagnostic> {
        let Ok(attributes) = self.disk.attributes(&self.path) else {
            // Deleted or being replaced: what was read stays valid.
            return Ok(Refreshed::Unchanged);
        };
        let wrong = |error: std::io::Error| io_error(&self.name, &error);
        let own = self.file.attributes().map_err(wrong)?;
        if attributes.identity != own.identity {
            return self.reload(graph);
        }
        if !self.state.is_in(&*self.file) {
            return self.reload(graph);
        }
        let before = self.state.position.commits;
        // On copies, which share nearly everything: an error leaves both as they were.
        let (mut next, mut state) = (graph.clone(), self.state.clone());
        replay(&*self.file, &mut state, &mut next).map_err(|damage| damage.diagnostic(&self.name))?;
        (*graph, self.state) = (next, state);
        match self.state.position.commits - before {
            0 => Ok(Refreshed::Unchanged),
            new => Ok(Refreshed::Commits(new)),
        }
    }

    fn reload(&mut self, graph: &mut Graph) -> Result<Refreshed, Diagnostic> {
        let wrong = |error: std::io::Error| io_error(&self.name, &error);
        let file = self.disk.open(&self.path, Access::Read).map_err(wrong)?;
        let (read, state) = load(&*file, &self.name, &Watch::default())?;
        (*graph, self.file, self.state) = (read, file, state);
        self.reloads += 1;
        Ok(Refreshed::Reloaded)
    }
}
