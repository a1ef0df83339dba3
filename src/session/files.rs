//! Subgraphs to files and to whoever reads our output.

use std::io;
use std::path::{Path, PathBuf};

use super::Session;
use super::report::{Failure, Output};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::export::{self, EXPORTERS, Exporter, Subgraph};
use crate::limits::Budget;
use crate::storage;

/// What was written.
pub(crate) struct Saved {
    pub(crate) files: Vec<PathBuf>,
    /// What the files leave out: a sentence each.
    pub(crate) left_out: Vec<String>,
}

impl Saved {
    /// The files by name.
    pub(crate) fn names(&self) -> String {
        self.files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(" and ")
    }
}

/// The exporter that the ending of the file's name asks for.
pub(crate) fn exporter_of(path: &Path) -> Result<&'static Exporter, Diagnostic> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    export::by_ending(ending).ok_or_else(|| {
        let known = EXPORTERS.iter().flat_map(|exporter| exporter.endings).map(|ending| format!(".{ending}"));
        let message = format!("the name `{}` does not say which format is meant", path.display());
        let help = format!("let it end in {}", known.collect::<Vec<_>>().join(", "));
        Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message).help(help)
    })
}

/// Writes a subgraph to a file, or to several beside each other. What stands there already stays whole until then.
pub(crate) fn save_subgraph(
    exporter: &Exporter,
    subgraph: &Subgraph,
    path: &Path,
    budget: &Budget,
) -> Result<Saved, Diagnostic> {
    exporter.admits(subgraph)?;
    let mut saved = Saved { files: Vec::new(), left_out: exporter.left_out(subgraph) };
    for part in exporter.parts {
        let file = match (part.infix, path.extension().and_then(|ending| ending.to_str())) {
            ("", _) => path.to_path_buf(),
            (infix, Some(ending)) => path.with_extension(format!("{infix}.{ending}")),
            (infix, None) => path.with_extension(infix),
        };
        let mut outcome = Ok(Vec::new());
        let written = storage::write_atomically(&file, |out| match (part.write)(subgraph, budget, out) {
            Ok(left_out) => {
                outcome = Ok(left_out);
                Ok(())
            }
            Err(export::Error::Io(error)) => Err(error),
            Err(export::Error::Refused(error)) => {
                outcome = Err(error);
                Err(io::Error::other("it was not written"))
            }
        });
        // Why the exporter refused says more than that the file was not written.
        saved.left_out.extend(outcome?);
        written?;
        saved.files.push(file);
    }
    Ok(saved)
}

impl Session {
    pub(crate) fn budget(&self) -> Budget {
        Budget::start(&self.limits)
    }

    /// Writes the whole graph: a database file if its name ends so, else as the ending says.
    pub(crate) fn save(&self, path: &Path) -> Result<Saved, Diagnostic> {
        let graph = self.graph();
        if path.extension().is_some_and(|ending| ending == storage::EXTENSION) {
            storage::save(&graph, path)?;
            return Ok(Saved { files: vec![path.to_path_buf()], left_out: Vec::new() });
        }
        let exporter = exporter_of(path).map_err(|error| {
            let help = error.help.clone().unwrap_or_default();
            error.help(format!("{help}, or in .{} for a database file", storage::EXTENSION))
        })?;
        save_subgraph(exporter, &Subgraph::whole(graph), path, &self.budget())
    }

    /// Writes a subgraph among the answers, and aside what it leaves out.
    pub(crate) fn print(&self, exporter: &Exporter, subgraph: &Subgraph, output: &mut Output) -> Result<(), Failure> {
        match exporter.write(subgraph, &self.budget(), output.out) {
            Ok(left_out) => {
                output.out.flush()?;
                for sentence in exporter.left_out(subgraph).iter().chain(&left_out) {
                    self.show_warning(output, sentence)?;
                }
                Ok(())
            }
            Err(export::Error::Io(error)) => Err(error.into()),
            Err(export::Error::Refused(error)) => Err(self.show_errors(output, "", &[error])?),
        }
    }
}
