//! The open graph: where it came from, where its changes go, and what would be lost if it were closed now.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Session;
use super::files::{Saved, exporter_of, save_subgraph};
use super::report::{Failure, Output};
use crate::database::{Database, TransactionState};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::export::{Error, Subgraph};
use crate::import;
use crate::storage;

/// Where the open graph came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nowhere: a scratch graph, or the one inside the program.
    Memory,
    /// A file or folder that was read; it does not change unless it is saved to.
    Read(PathBuf),
    /// A database: every change is kept in it.
    Database(PathBuf),
}

/// The open graph, shared with the thread that ends the program at a signal.
pub(crate) struct OpenGraph {
    pub(crate) database: Database,
    pub(crate) name: String,
    pub(crate) origin: Origin,
    /// The commit up to which it has been saved.
    pub(crate) saved: u64,
    /// Whether the user has been told by which property nodes are called.
    pub(crate) said_naming: bool,
}

pub(crate) type SharedGraph = Arc<Mutex<OpenGraph>>;

impl OpenGraph {
    /// Whether closing it now would lose changes.
    pub(crate) fn is_unsaved(&self) -> bool {
        !matches!(self.origin, Origin::Database(_)) && self.database.sequence() != self.saved
    }

    /// Takes the changes for given up.
    pub(crate) fn forget_changes(&mut self) {
        self.saved = self.database.sequence();
    }

    /// What to say when changes are lost.
    pub(crate) fn loss(&self) -> String {
        format!("the changes to {} are not kept: `:save FILE` or `--save FILE` writes them", self.name)
    }
}

impl Session {
    pub(crate) fn open_graph(&self) -> MutexGuard<'_, OpenGraph> {
        self.workplace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the prompt shows of the open graph: `*` for changes that are not saved, `[tx]` for an open transaction.
    pub(crate) fn marks(&self) -> &'static str {
        let open = matches!(self.transaction(), TransactionState::Open { .. });
        match (self.open_graph().is_unsaved(), open) {
            (false, false) => "",
            (true, false) => "*",
            (false, true) => "[tx]",
            (true, true) => "*[tx]",
        }
    }

    /// Ends what is open before the graph is left: an open transaction is rolled back, a database closed.
    /// Fails if changes are lost that nobody was told of before.
    pub(crate) fn leave(&mut self, output: &mut Output) -> Result<(), Failure> {
        let mut lost = false;
        if let TransactionState::Open { changed } = self.transaction() {
            lost = changed;
            // There is one; a server that is gone has rolled it back.
            let _ = self.line().rollback();
            self.show_warning(output, "the open transaction is rolled back; COMMIT would have kept its changes")?;
        }
        let (loss, database) = {
            let graph = self.open_graph();
            (graph.is_unsaved().then(|| graph.loss()), graph.database.clone())
        };
        if let Some(loss) = loss {
            self.show_warning(output, &loss)?;
        }
        let closed = database.close_within(self.budget().watch());
        self.show_notices(output)?;
        match closed {
            Ok(()) if lost => Err(Failure::Failed),
            Ok(()) => Ok(()),
            Err(error) => Err(self.show_errors(output, "", &[error])?),
        }
    }

    /// Shows what the database has to say beside the answers: a torn commit that was cut, a file that is new.
    pub(crate) fn show_notices(&self, output: &mut Output) -> Result<(), Failure> {
        for notice in self.connection.database().take_notices() {
            output.out.flush()?;
            writeln!(output.err, "note: {}", crate::render::clean(&notice))?;
        }
        Ok(())
    }

    /// Whether the open graph is a database that need not be saved to this file, or, `back`, to where it came from.
    pub(crate) fn keeps(&self, path: &Path, back: bool) -> bool {
        matches!(&self.open_graph().origin, Origin::Database(own) if back || is_same(own, path))
    }

    /// Writes the whole graph: a database file if its name ends so, else as the ending says. An existing file is
    /// replaced only if the open graph came from it, if this session wrote it, or if `overwrite` says so.
    pub(crate) fn save(&mut self, path: &Path, overwrite: bool) -> Result<Saved, Diagnostic> {
        if matches!(self.transaction(), TransactionState::Open { changed: true }) {
            let message = "the open transaction has changes that are not committed";
            let error = Diagnostic::runtime(Kind::TransactionError, Detail::TransactionOpen, message);
            return Err(error.help("COMMIT or ROLLBACK first, then save"));
        }
        self.may_replace(path, overwrite)?;
        let (graph, sequence) = (self.whole_graph()?, self.connection.database().sequence());
        let saved = if storage::is_database_name(path) {
            storage::save_within(&graph, path, self.budget().watch())?;
            Saved { files: vec![path.to_path_buf()], left_out: Vec::new() }
        } else {
            let exporter = exporter_of(path).map_err(|error| {
                let help = error.help.clone().unwrap_or_default();
                error.help(format!("{help}, or in .{} for a database file", storage::EXTENSION))
            })?;
            save_subgraph(exporter, &self.told_apart_in(graph), path, &self.budget())?
        };
        if saved.left_out.is_empty() && opens_again(path) {
            self.open_graph().saved = sequence;
        }
        self.written.extend(saved.files.iter().cloned());
        Ok(saved)
    }

    /// Writes the graph back to the file that it was read from, if the format can hold all of it.
    pub(crate) fn save_back(&mut self) -> Result<Saved, Diagnostic> {
        let origin = self.open_graph().origin.clone();
        let path = match origin {
            Origin::Read(path) if path.is_file() => path,
            Origin::Database(_) | Origin::Read(_) | Origin::Memory => {
                let message = "to which file?";
                let error = Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message);
                return Err(error.help("`:save FILE.kenning` or `:save FILE.cypher`"));
            }
        };
        let exporter = exporter_of(&path)?;
        let whole = Subgraph::whole(self.graph());
        let mut left_out = exporter.left_out(&whole);
        match exporter.write(&whole, &self.budget(), &mut std::io::sink()) {
            Ok(more) => left_out.extend(more),
            Err(Error::Refused(error)) => return Err(error),
            Err(Error::Io(_)) => {}
        }
        if let Some(first) = left_out.first() {
            let message = format!("{} cannot hold all of the graph: {first}", path.display());
            let error = Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message);
            return Err(error.help("`:save FILE.kenning` keeps all; `:save` with this file's name writes what it can"));
        }
        self.save(&path, true)
    }

    /// Fails if a file would be replaced that may be somebody's only copy of something else.
    fn may_replace(&self, path: &Path, overwrite: bool) -> Result<(), Diagnostic> {
        let own = matches!(&self.open_graph().origin, Origin::Read(own) if is_same(own, path));
        if overwrite || self.overwrite || own || self.written.iter().any(|written| is_same(written, path)) {
            return Ok(());
        }
        refuse_to_replace(path)
    }
}

/// Fails if there is a file of this name: a database least of all may be replaced unasked.
pub(crate) fn refuse_to_replace(path: &Path) -> Result<(), Diagnostic> {
    if !path.exists() {
        return Ok(());
    }
    Err(storage::exists(&path.display().to_string()))
}

/// Whether a file of this name opens as the graph that was saved to it: a picture does not.
fn opens_again(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    [storage::EXTENSION, "cypher"].contains(&ending) || import::by_ending(ending).is_some()
}

/// Whether two paths lead to one existing file.
pub(crate) fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
