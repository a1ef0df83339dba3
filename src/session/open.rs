//! Graphs and texts from where people keep them.

use std::fs;
use std::path::{Path, PathBuf};

use std::sync::PoisonError;

use super::report::{Failure, Output};
use super::{DecisionFile, Origin, Reads, Session, Sources, Walk};
use crate::database::{Database, Options};
use crate::diagnostic::{Detail, Diagnostic, Kind, Severity};
use crate::export::cypher;
use crate::formats as tools;
use crate::graph::Graph;
use crate::ingest::assemble::Choice;
use crate::ingest::extract::Extractor;
use crate::ingest::gather::{Gathered, NamedGraph, Remark, gather};
use crate::ingest::kinds::{FileKind, kind_of};
use crate::ingest::state::Merging;
use crate::ingest::{self, SourceFile};
use crate::limits::{Budget, Limits};
use crate::render::count;
use crate::storage::{self, Folder, io_error};

/// The name of the graph compiled into the program.
pub(crate) const EMBEDDED: &str = "openstack";

/// The name of an empty graph that lasts as long as the program.
const SCRATCH: &str = ":memory:";

/// A graph that was found, and what to say about it.
pub(crate) struct Opened {
    pub(crate) database: Database,
    pub(crate) name: String,
    pub(crate) origin: Origin,
    /// What is wrong with it.
    pub(crate) warnings: Vec<String>,
    /// Files that belong to it and could not be read.
    pub(crate) broken: Vec<String>,
    /// Statements that fill it, to be run on it.
    pub(crate) script: Option<String>,
}

impl Opened {
    /// A graph that was read into memory.
    fn read(graph: Graph, path: &Path) -> Opened {
        Opened {
            database: Database::in_memory(graph),
            name: path.display().to_string(),
            origin: Origin::Read(path.into()),
            warnings: Vec::new(),
            broken: Vec::new(),
            script: None,
        }
    }
}

/// How a graph is opened.
pub(crate) struct Opening<'a> {
    pub(crate) access: &'a Options,
    /// The columns of lists of relations.
    pub(crate) columns: &'a tools::Options,
    pub(crate) budget: &'a Budget,
    pub(crate) limits: &'a Limits,
}

/// Opens the embedded graph by its name, a graph folder, a database file, a file of statements, or what other files and
/// folders hold.
pub(crate) fn open(location: &str, opening: &Opening) -> Result<Opened, Diagnostic> {
    let path = Path::new(location);
    if storage::is_database_name(path) {
        let database = Database::open_within(path, opening.access, opening.budget.watch())?;
        let origin = Origin::Database(path.into());
        return Ok(Opened {
            database,
            name: location.into(),
            origin,
            warnings: Vec::new(),
            broken: Vec::new(),
            script: None,
        });
    }
    #[cfg(feature = "server")]
    if crate::remote::is_address(location) {
        let graph = super::remote::copied(location, opening.limits)?;
        let warnings = vec![format!("this is a copy of {location} as it is now, without its indexes and constraints")];
        return Ok(Opened { origin: Origin::Memory, warnings, ..Opened::read(graph, path) });
    }
    if path.is_dir() && is_graph_folder(path)? {
        return open_folder(path, location);
    }
    if path.extension().is_some_and(|extension| extension == "cypher") && path.is_file() {
        return open_script(path, location);
    }
    if location == EMBEDDED && !path.exists() {
        return Ok(Opened { origin: Origin::Memory, ..Opened::read(ingest::embedded_graph(), path) });
    }
    if location == SCRATCH {
        return Ok(Opened { origin: Origin::Memory, ..Opened::read(Graph::new(), path) });
    }
    if !path.exists() && location != "-" {
        let message = format!("there is no graph folder or file `{location}`");
        let help = format!(
            "a graph is a .kenning file, what `kenning formats` lists, `{EMBEDDED}`, the one inside the program, \
             or `{SCRATCH}`, an empty one"
        );
        return Err(Diagnostic::runtime(Kind::IoError, Detail::MissingFile, message).help(help));
    }
    open_files(&[location.to_string()], opening)
}

/// Opens what several files and folders hold as one graph.
pub(crate) fn open_files(locations: &[String], opening: &Opening) -> Result<Opened, Diagnostic> {
    // The graph inside the program has no path.
    let is_embedded = |location: &String| location == EMBEDDED && !Path::new(location).exists();
    let paths: Vec<PathBuf> = locations.iter().filter(|one| !is_embedded(one)).map(PathBuf::from).collect();
    let walk = Walk { graph_folders: true, ..Walk::default() };
    let mut sources = Sources::named(&paths, walk, opening.budget)?;
    if let [input] = &mut sources.inputs[..]
        && locations.len() == 1
        && let Ok(FileKind::Graph(reader)) = kind_of(&input.path, &input.bytes, false)
    {
        let text = text_of(std::mem::take(&mut input.bytes), &input.path)?;
        let (graph, warnings) = reader.graph(&text, &input.path, opening.budget)?;
        return Ok(Opened { warnings, ..Opened::read(graph, Path::new(&input.path)) });
    }
    let choices = sources.choices(opening.columns.clone());
    let mut gathered = gather(&sources.inputs, &choices, Extractor::built_in, &mut |_| {}, opening.budget)?;
    if locations.iter().any(is_embedded) {
        gathered.graphs.push(NamedGraph { name: EMBEDDED.into(), graph: ingest::embedded_graph() });
    }
    let mut warnings = add_graphs(&mut gathered, &sources, opening.budget)?;
    if gathered.is_empty() || !gathered.fruitless.is_empty() {
        return Err(nothing_in(locations, &gathered));
    }
    warnings.extend(sources.unreadable.iter().chain(&gathered.remarks).map(Remark::to_string));
    if !gathered.unread.is_empty() {
        let texts = count(gathered.unread.len(), "text");
        warnings.push(format!("{texts} not read as glossaries; to read one, name it"));
    }
    let decided = DecisionFile::open(None, &paths, &sources)?;
    let (graph, done) = match decided.as_slice() {
        [] => gathered.graph(&Choice::default(), &Default::default(), opening.budget)?,
        files => {
            let mut graph = Graph::new();
            files.iter().for_each(|file| warnings.extend(file.put(&mut graph)));
            let done = gathered.put(&mut graph, &Choice::default(), &Merging::default(), opening.budget)?;
            graph.commit();
            (graph, done)
        }
    };
    warnings.extend(done.idle.iter().map(|idle| format!("no longer applies: {idle}")));
    warnings.extend(done.conflicts.iter().map(|conflict| format!("kept as it was: {conflict}")));
    let name = locations.join(" ");
    let origin = match locations {
        [one] => Origin::Read(one.into()),
        _ => Origin::Memory,
    };
    let mut broken = gathered.broken;
    broken.extend(sources.unreadable.into_iter().map(|remark| remark.place));
    Ok(Opened { warnings, broken, origin, name: name.clone(), ..Opened::read(graph, Path::new(&name)) })
}

/// Why there is no graph in what was named: the first reason that a file gave.
fn nothing_in(locations: &[String], gathered: &Gathered) -> Diagnostic {
    let error = gathered.remarks.iter().find(|remark| remark.severity == Severity::Error);
    let message = match error {
        Some(remark) => format!("{}: {}", remark.place, remark.what),
        None => format!("nothing in `{}` is of a kind that opens as a graph", locations.join(" ")),
    };
    let help = error.and_then(|remark| remark.help.clone());
    let help = help.unwrap_or_else(|| "`kenning formats` lists what can be read".into());
    Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message).help(help)
}

/// Adds the databases and graph folders among what was named to what was read. Says what is wrong with them.
pub(crate) fn add_graphs(
    gathered: &mut Gathered,
    sources: &Sources,
    budget: &Budget,
) -> Result<Vec<String>, Diagnostic> {
    let mut warnings = Vec::new();
    for path in &sources.graphs {
        let name = path.display().to_string();
        let graph = match storage::is_database_name(path) {
            true => storage::open_within(path, budget.watch())?,
            false => {
                let opened = open_folder(path, &name)?;
                warnings.extend(opened.warnings);
                Graph::clone(&opened.database.snapshot())
            }
        };
        gathered.graphs.push(NamedGraph { name, graph });
    }
    Ok(warnings)
}

fn folder_files(path: &Path) -> Result<Folder, Diagnostic> {
    storage::read_folder(path).map_err(|error| io_error(&path.display().to_string(), &error))
}

/// Whether a folder is a graph in TOML.
pub(crate) fn is_graph_folder(path: &Path) -> Result<bool, Diagnostic> {
    let is_of_graph = |text: &str| ["[[term]]", "[[relation]]", "[[type]]"].iter().any(|head| text.contains(head));
    Ok(folder_files(path)?.files.iter().any(|(_, text)| is_of_graph(text)))
}

/// What is said of a file that is not read.
fn not_read(path: &str) -> String {
    format!("{path} is not read: it is not a regular file of this folder, nor a link to one")
}

/// Opens a graph that stands whole in its place: everything but a file of statements.
pub(crate) fn open_graph(location: &str) -> Result<Graph, Diagnostic> {
    let path = Path::new(location);
    if storage::is_database_name(path) {
        return storage::open(path);
    }
    let (access, columns, limits) = (Options::default(), Default::default(), Limits::default());
    let budget = Budget::start(&limits);
    let opened = open(location, &Opening { access: &access, columns: &columns, budget: &budget, limits: &limits })?;
    match opened.script {
        None => Ok(Graph::clone(&opened.database.snapshot())),
        Some(_) => {
            let message = format!("`{location}` is a file of statements, not a database");
            let error = Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message);
            Err(error.help("open it in the shell and `:save` it as a .kenning file"))
        }
    }
}

fn open_folder(path: &Path, location: &str) -> Result<Opened, Diagnostic> {
    let folder = folder_files(path)?;
    let sources: Vec<SourceFile> = folder.files.iter().map(|(path, text)| SourceFile { path, text }).collect();
    let reading = ingest::read(&sources);
    let errors = reading.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let mut warnings: Vec<String> = folder.skipped.iter().map(|path| not_read(path)).collect();
    if errors > 0 {
        let first = &reading.findings.iter().find(|f| f.severity == Severity::Error).expect("there is one").what;
        let message = format!("{} in this folder, the first: {first}", count(errors, "problem"));
        warnings.push(format!("{message}; `kenning check {location}` shows all"));
    }
    Ok(Opened { warnings, ..Opened::read(reading.graph, path) })
}

fn open_script(path: &Path, location: &str) -> Result<Opened, Diagnostic> {
    let script = read_text(path)?;
    let mut graph = Graph::new();
    let corrupt = |error| {
        Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, format!("{location}: {error}")).help(
            "a line `// relation {…}` says what a relationship type means, `// naming {…}` what names a label, `// decision {…}` what was decided, as JSON",
        )
    };
    for semantics in cypher::relations(&script).map_err(corrupt)? {
        graph.declare(semantics);
    }
    for naming in cypher::namings(&script).map_err(corrupt)? {
        graph.name_by(naming);
    }
    for decision in cypher::decisions(&script).map_err(corrupt)? {
        graph.decide(decision);
    }
    graph.commit();
    Ok(Opened { script: Some(script), ..Opened::read(graph, path) })
}

/// The file's text. Bytes that are not UTF-8 are an error that says where.
pub(crate) fn read_text(path: &Path) -> Result<String, Diagnostic> {
    let bytes = fs::read(path).map_err(|error| io_error(&path.display().to_string(), &error))?;
    text_of(bytes, &path.display().to_string())
}

/// The bytes as text.
pub(crate) fn text_of(bytes: Vec<u8>, name: &str) -> Result<String, Diagnostic> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let message = format!("{name} is not UTF-8: byte {at}, on line {line}");
        Diagnostic::runtime(Kind::IoError, Detail::CorruptFile, message).help("save it as UTF-8")
    })
}

impl Session {
    /// Opens a graph in place of the present one; if that fails the present one stays.
    pub(crate) fn open(&mut self, locations: &[String], output: &mut Output) -> Result<(), Failure> {
        #[cfg(feature = "server")]
        if let [one] = locations
            && self.live
            && crate::remote::is_address(one)
        {
            return self.open_remote(one, output);
        }
        let (budget, limits) = (self.budget(), &self.limits);
        let opening = Opening { access: &self.access, columns: &self.columns, budget: &budget, limits };
        let opened = match locations {
            [one] => open(one, &opening),
            several => open_files(several, &opening),
        };
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => return Err(self.show_errors(output, "", &[error])?),
        };
        for warning in &opened.warnings {
            self.show_warning(output, warning)?;
        }
        let mut filled = Session::of(opened.database, opened.name, opened.origin);
        filled.limits = self.limits.clone();
        filled.settings = self.settings;
        if let Some(script) = &opened.script {
            (filled.reads, filled.allowed) = (Reads::Allowed, self.allowed.clone());
            filled.fill(script, output)?;
            filled.open_graph().saved = filled.connection.database().sequence();
        }
        if self.access.read_only {
            filled.connection.database().forbid_changes();
        }
        filled.show_notices(output)?;
        self.put_in_place(filled, output)?;
        self.broken = opened.broken;
        Ok(())
    }

    /// Leaves the present graph for that of another session.
    pub(super) fn put_in_place(&mut self, filled: Session, output: &mut Output) -> Result<(), Failure> {
        self.leave(output)?;
        self.connection = filled.connection;
        #[cfg(feature = "server")]
        {
            self.remote = None;
        }
        self.broken = Vec::new();
        self.graph_name = filled.graph_name;
        std::mem::swap(&mut *self.open_graph(), &mut *filled.workplace.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }

    /// Runs the statements of a script for what they change; what they answer is not shown.
    fn fill(&mut self, script: &str, output: &mut Output) -> Result<(), Failure> {
        for span in crate::parser::split(script) {
            let statement = span.text(script);
            if let Err(errors) = self.run(statement, &Default::default()) {
                let line = script[..span.range().start].matches('\n').count() + 1;
                let name = self.graph_name.clone();
                writeln!(output.err, "{name}, statement on line {line}:").map_err(Failure::Io)?;
                return Err(self.show_errors(output, statement, &errors)?);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::write_atomically;
    use std::io::{self, Write};

    #[test]
    fn bytes_that_are_no_text() {
        let error = text_of(b"RETURN 1;\nRETURN '\xff'".to_vec(), "a.cypher").unwrap_err();
        assert_eq!(error.message, "a.cypher is not UTF-8: byte 18, on line 2");
    }

    fn opened(location: &str) -> Result<Opened, Diagnostic> {
        let (access, columns) = (Options::default(), tools::Options::default());
        let limits = Limits::default();
        let budget = Budget::start(&limits);
        open(location, &Opening { access: &access, columns: &columns, budget: &budget, limits: &limits })
    }

    #[test]
    fn what_is_no_graph() {
        assert_eq!(opened("/no/such/graph").err().unwrap().detail, Detail::MissingFile);
        assert_eq!(opened("Cargo.toml").err().unwrap().kind, Kind::IoError);
        assert!(opened(EMBEDDED).unwrap().database.snapshot().node_count() >= 80);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = std::env::temp_dir().join(format!("kenning-open-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("g.cypher");
        write_atomically(&path, |out| out.write_all(b"old")).unwrap();
        let error = write_atomically(&path, |out| {
            out.write_all(b"new")?;
            Err(io::Error::other("disk full"))
        });
        assert!(error.unwrap_err().message.ends_with("disk full"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }
}
