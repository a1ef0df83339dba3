//! [`Session`]: what the command line and the shell have in common: a graph that is asked, the parameters, limits
//! and settings it is asked with, and the way answers and errors are shown.

mod clock;
mod cut;
mod decisions;
mod files;
mod guard;
mod limited;
mod line;
mod naming;
mod open;
mod reads;
#[cfg(feature = "server")]
mod remote;
mod report;
mod secret;
mod settings;
mod skipped;
mod sources;
mod sure;
mod values;
mod waiting;
mod workplace;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::database::{Connection, Database, LocalConnection, Options};
use crate::diagnostic::Diagnostic;
use crate::engine::RunOptions;
use crate::graph::{Graph, Value};
use crate::limits::Limits;
use crate::result::QueryResult;
use reads::Reads;

#[cfg(feature = "server")]
pub(crate) use clock::LocalClock;
#[cfg(feature = "server")]
pub(crate) use cut::cut;
pub(crate) use decisions::{DecisionFile, author, decision_lines};
pub(crate) use files::{Saved, exporter_of, save_subgraph};
#[cfg(feature = "server")]
pub(crate) use guard::guarded;
pub(crate) use guard::install as install_panic_hook;
pub(crate) use open::{EMBEDDED, add_graphs, open_graph, read_text, text_of};
#[cfg(feature = "server")]
pub(crate) use remote::connected;
pub(crate) use report::{Failure, Output};
#[cfg(feature = "server")]
pub(crate) use secret::ask_secret;
pub(crate) use settings::{Format, Settings, Width, format_names, parse_confidence, parse_duration, parse_size};
pub(crate) use sources::{Sources, Walk};
pub(crate) use values::{parse_assignment, parse_value, split_words};
pub(crate) use workplace::{OpenGraph, Origin, SharedGraph, refuse_to_replace};

/// A graph with everything it is asked with.
pub(crate) struct Session {
    /// To the graph, or, where that is on another machine, to nothing that is asked.
    pub(crate) connection: LocalConnection,
    /// To a graph on another machine.
    #[cfg(feature = "server")]
    remote: Option<Box<crate::remote::RemoteConnection>>,
    /// The file that keeps what is said of types and labels there; one in the user's own folder unless given.
    pub(crate) beside: Option<PathBuf>,
    /// Whether a graph on another machine is asked there; else a copy of it is opened.
    pub(crate) live: bool,
    /// What the graph is called: where it was opened from.
    pub(crate) graph_name: String,
    /// Where it came from, and what would be lost if it were closed now.
    pub(crate) workplace: SharedGraph,
    /// How databases are opened.
    pub(crate) access: Options,
    /// How the columns of lists of relations are read when a file is opened.
    pub(crate) columns: crate::formats::Options,
    /// Files that belong to the open graph and could not be read.
    pub(crate) broken: Vec<String>,
    /// Whether there is somebody to ask what becomes of changes.
    pub(crate) asks: bool,
    /// The folders below which a file of statements that is opened as a graph may read.
    pub(crate) allowed: Vec<PathBuf>,
    reads: Reads,
    /// Who takes decisions.
    author: String,
    /// Whether `:save` may replace any file.
    pub(crate) overwrite: bool,
    /// Files that this session has written: it may write them again.
    written: BTreeSet<PathBuf>,
    pub(crate) parameters: BTreeMap<String, Value>,
    pub(crate) limits: Limits,
    pub(crate) settings: Settings,
    /// What was typed into the shell, oldest first.
    pub(crate) history: Vec<String>,
    /// The last answer, which `:draw` draws.
    pub(crate) last: Option<QueryResult>,
    clock: clock::LocalClock,
    statements: u64,
    /// What walking statements see, if a confidence is demanded.
    sure: Option<sure::Sure>,
}

impl Session {
    pub(crate) fn new(graph: Graph, graph_name: impl Into<String>) -> Session {
        Session::of(Database::in_memory(graph), graph_name.into(), Origin::Memory)
    }

    /// A session on an open database.
    fn of(database: Database, graph_name: String, origin: Origin) -> Session {
        let saved = database.sequence();
        let open =
            OpenGraph { database: database.clone(), name: graph_name.clone(), origin, saved, said_naming: false };
        Session {
            connection: database.connect(),
            #[cfg(feature = "server")]
            remote: None,
            beside: None,
            live: false,
            graph_name,
            workplace: Arc::new(Mutex::new(open)),
            access: Options { create: true, ..Options::default() },
            columns: crate::formats::Options::default(),
            broken: Vec::new(),
            asks: false,
            overwrite: false,
            allowed: Vec::new(),
            reads: Reads::Anything,
            written: BTreeSet::new(),
            parameters: BTreeMap::new(),
            limits: Limits::default(),
            settings: Settings::default(),
            history: Vec::new(),
            last: None,
            author: author(),
            clock: clock::LocalClock::default(),
            statements: 0,
            sure: None,
        }
    }

    /// The graph with what the open transaction has changed.
    /// Of a graph on another machine: a sketch with one relation of each type.
    pub(crate) fn graph(&self) -> Arc<Graph> {
        #[cfg(feature = "server")]
        if let Some(remote) = &self.remote {
            return remote.sketch();
        }
        self.connection.graph()
    }

    /// The flag that stops a running statement.
    pub(crate) fn cancel_flag(&self) -> Arc<AtomicBool> {
        self.limits.cancel.clone()
    }

    /// Runs one statement with the session's parameters and those given on top.
    pub(crate) fn run(
        &mut self,
        statement: &str,
        more: &BTreeMap<String, Value>,
    ) -> Result<(QueryResult, Duration), Vec<Diagnostic>> {
        self.last = None;
        let mut parameters = self.parameters.clone();
        parameters.extend(more.iter().map(|(name, value)| (name.clone(), value.clone())));
        self.statements += 1;
        let clock = self.clock.now();
        // A splitmix step apart, so that the statements of a session draw different numbers.
        let seed = (clock.nanos as u64).wrapping_add(self.statements.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (implied, files) = (self.settings.implied, Some(self.reads.files(&self.allowed)));
        let start = Instant::now();
        let limits = Limits { since: Some(start), ..self.limits.clone() };
        let author = self.author.clone();
        let options = RunOptions { parameters, limits, clock, seed, implied, files, author, ..RunOptions::default() };
        let _waiting = waiting::Waiting::start(&self.limits.progress);
        let least = self.settings.confidence;
        #[cfg(feature = "server")]
        if let Some(remote) = &mut self.remote {
            remote.least = least;
            let result = guard::guarded(|| remote.run(statement, &options))?;
            return Ok((result, start.elapsed()));
        }
        if least <= 0.0 || !sure::walks(statement) {
            let result = guard::guarded(|| self.connection.run(statement, &options))?;
            return Ok((result, start.elapsed()));
        }
        let graph = self.graph();
        let sure = match self.sure.take().filter(|sure| sure.is_of(&graph, least)) {
            Some(sure) => self.sure.insert(sure),
            None => self.sure.insert(sure::Sure::of(&graph, least)),
        };
        let mut result = guard::guarded(|| sure.database.run(statement, &options))?;
        if sure.hidden > 0 {
            result.notes.push(sure.note());
        }
        Ok((result, start.elapsed()))
    }

    /// Tells those who wait at a terminal how far a long piece of work is, until it is dropped.
    pub(crate) fn waiting(&self) -> impl Drop + use<> {
        waiting::Waiting::start(&self.limits.progress)
    }

    /// Forgets an interrupt that came while nothing ran.
    pub(crate) fn clear_interrupt(&self) {
        self.limits.cancel.store(false, Ordering::Relaxed);
    }
}
