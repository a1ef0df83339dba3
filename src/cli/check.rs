//! `kenning check`: what is wrong with glossaries as they are, with graphs, and with database files.

mod listing;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::arguments::CheckArguments;
use super::ingest::own_rules;
use super::on_interrupt;
use super::stop::Stop;
use crate::diagnostic::{Detail, Diagnostic, Severity};
use crate::graph::Graph;
use crate::ingest::assemble::Choice;
use crate::ingest::check::{self, CheckedText, Decided, Levels};
use crate::ingest::extract::Extractor;
use crate::ingest::formats::{Decoded, decode};
use crate::ingest::gather::{Choices, Gathered, Input, gather};
use crate::ingest::kinds::{FileKind, glossary_kind_of};
use crate::ingest::state::Merging;
use crate::ingest::{self, Finding, SourceFile};
use crate::limits::{Budget, Limits};
use crate::render::{clean, count};
use crate::session::{self, DecisionFile, Failure, Sources, Walk};
use crate::storage;

/// What was checked, and what was found.
#[derive(Default)]
struct Checked {
    findings: Vec<Finding>,
    /// Names and texts of the files of graph folders: their findings are drawn.
    folders: Vec<(String, String)>,
    terms: usize,
    relations: usize,
    /// What is to be said of database files that are whole.
    whole: Vec<String>,
    /// Database files that are not whole, or could not be read; that was reported.
    broken: usize,
}

pub(super) fn run(arguments: &CheckArguments, colour: bool) -> Result<(), Failure> {
    check(arguments, colour).or_else(|stop| stop.end("interrupted"))
}

fn check(arguments: &CheckArguments, colour: bool) -> Result<(), Stop> {
    let limits = Limits { time: arguments.timeout, memory: Some(Limits::default_memory()), ..Limits::default() };
    let budget = Budget::start(&limits);
    let own = own_rules(arguments.rules.as_deref())?;
    let walk = Walk { vendored: arguments.vendored, ..Walk::default() };
    let sources = Sources::named(&arguments.paths, walk, &budget)?;
    on_interrupt(limits.cancel.clone(), true)?;
    let mut checked = Checked::default();
    for path in &sources.graphs {
        checked.database(path)?;
    }
    let decided = decisions(arguments, &sources)?;
    checked.files(&sources, own, &decided, &budget)?;
    check::sort(&mut checked.findings);
    let levels = Levels { deny: arguments.deny.clone(), allow: arguments.allow.clone() };
    checked.findings = levels.apply(checked.findings);
    let name = arguments.paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ");
    let mut out = io::BufWriter::new(io::stdout().lock());
    listing::write(arguments.format, &name, &checked, colour, &mut out)?;
    out.flush()?;
    let is_wrong = checked.findings.iter().any(|finding| finding.severity == Severity::Error);
    match is_wrong || checked.broken > 0 {
        true => Err(Stop::Failure(Failure::Failed)),
        false => Ok(()),
    }
}

impl Checked {
    /// A database file: every checksum and every invariant, then the graph in it. What is broken is reported on standard
    /// error.
    fn database(&mut self, path: &Path) -> Result<(), Stop> {
        let checked = match storage::check(path) {
            Ok(checked) => checked,
            Err(error) => {
                writeln!(io::stderr(), "{}", error.draw("", false))?;
                self.broken += 1;
                return Ok(());
            }
        };
        let name = path.display();
        for problem in &checked.problems {
            writeln!(io::stderr(), "error: {name}: {}", clean(problem))?;
        }
        if let Some(torn) = &checked.recovery.cut {
            let (bytes, offset) = (torn.bytes, torn.offset);
            let what =
                format!("{bytes} bytes at byte {offset} are what a crash left of a commit that was never reported");
            writeln!(io::stderr(), "note: {name}: {what}; the next writer cuts them")?;
        }
        if !checked.problems.is_empty() {
            self.broken += 1;
            return Ok(());
        }
        let commits = count(checked.recovery.commits as usize, "commit");
        self.whole.push(format!("{name}: base and log ({commits}) are whole, every checksum and invariant holds"));
        let graph = session::open_graph(&path.display().to_string())?;
        self.count(&graph);
        self.findings.extend(check::check_graph(&graph));
        Ok(())
    }

    /// Files that were named or are in a folder: those of graph folders, and all others together, since one may point at
    /// an entry of another.
    fn files(
        &mut self,
        sources: &Sources,
        own: super::ingest::OwnRules,
        decided: &[DecidedFile],
        budget: &Budget,
    ) -> Result<(), Stop> {
        let (folders, others) = graph_folders(&sources.inputs);
        self.graph_folders(&folders);
        if others.is_empty() && (!folders.is_empty() || !sources.graphs.is_empty()) {
            return Ok(());
        }
        let others: Vec<Input> = others.into_iter().cloned().collect();
        let choices = Choices { titles: own.titles, glossaries: true, ..sources.choices(Default::default()) };
        let extractor = Extractor::new(own.rules).map_err(super::ingest::bad_rule)?;
        let gathered = gather(&others, &choices, || extractor, &mut |_| {}, budget)?;
        for note in sources.notes(&gathered) {
            writeln!(io::stderr(), "note: {note}")?;
        }
        self.gathered(&gathered, sources, &others, own.types, decided, budget)?;
        if gathered.is_empty() && self.terms == 0 && self.findings.is_empty() {
            let error = Diagnostic::runtime(
                crate::diagnostic::Kind::ArgumentError,
                Detail::InvalidArgumentValue,
                "nothing was found in what was named",
            );
            return Err(Stop::Said(error.help("`kenning formats` lists what can be read")));
        }
        Ok(())
    }

    fn graph_folders(&mut self, inputs: &[&Input]) {
        if inputs.is_empty() {
            return;
        }
        let decoded: Vec<(&Input, Decoded)> = inputs.iter().map(|input| (*input, decode(&input.bytes))).collect();
        let sources: Vec<SourceFile> =
            decoded.iter().map(|(input, decoded)| SourceFile { path: &input.path, text: &decoded.text }).collect();
        self.findings.extend(ingest::audit(&sources));
        self.count(&ingest::read(&sources).graph);
        self.folders = sources.iter().map(|source| (source.path.to_string(), source.text.to_string())).collect();
    }

    fn gathered(
        &mut self,
        gathered: &Gathered,
        sources: &Sources,
        inputs: &[Input],
        types: Vec<crate::graph::RelationSemantics>,
        decided: &[DecidedFile],
        budget: &Budget,
    ) -> Result<(), Stop> {
        let choice = Choice { types, ..Choice::default() };
        let files: Vec<Decided> = decided.iter().map(DecidedFile::checked).collect();
        let graph = match files.is_empty() {
            true => gathered.graph(&choice, &Default::default(), budget)?.0,
            false => {
                let mut graph = Graph::new();
                let decisions =
                    files.iter().flat_map(|file| &file.lines).filter_map(|(_, decision)| decision.as_ref().ok());
                decisions.for_each(|decision| graph.decide(decision.clone()));
                let done = gathered.put(&mut graph, &choice, &Merging::default(), budget)?;
                graph.commit();
                self.findings.extend(check::check_decisions(&files, &done.idle));
                graph
            }
        };
        self.count(&graph);
        let decoded: Vec<(&Input, &str, Decoded)> = inputs.iter().filter_map(glossary).collect();
        let texts: Vec<CheckedText> = decoded
            .iter()
            .map(|(input, format, decoded)| CheckedText { path: &input.path, format, text: &decoded.text })
            .collect();
        self.findings.extend(sources.unreadable.iter().map(check::finding));
        self.findings.extend(check::check_gathered(gathered, &graph, &texts));
        Ok(())
    }

    fn count(&mut self, graph: &crate::graph::Graph) {
        self.terms += graph.node_count();
        self.relations += graph.relationship_count();
    }
}

/// A file of decisions as it was read.
struct DecidedFile {
    path: String,
    text: String,
}

impl DecidedFile {
    fn checked(&self) -> Decided<'_> {
        let reason =
            |error: Diagnostic| error.help.map_or(error.message.clone(), |help| format!("{}: {help}", error.message));
        let lines = session::decision_lines(&self.text).into_iter();
        let lines = lines.map(|(line, decision)| (line, decision.map_err(reason))).collect();
        Decided { path: &self.path, text: &self.text, lines }
    }
}

/// The file of decisions that was named, or those beside the paths.
fn decisions(arguments: &CheckArguments, sources: &Sources) -> Result<Vec<DecidedFile>, Diagnostic> {
    let paths = match &arguments.decisions {
        Some(path) => vec![path.clone()],
        None => DecisionFile::beside(&arguments.paths, sources).into_iter().map(|(path, _)| path).collect(),
    };
    let file = |path: PathBuf| Ok(DecidedFile { text: session::read_text(&path)?, path: path.display().to_string() });
    paths.into_iter().map(file).collect()
}

/// The files of graph folders, and all others. One that only declares types is of a graph if there is another one that
/// states something; else it may be a file of rules.
fn graph_folders(inputs: &[Input]) -> (Vec<&Input>, Vec<&Input>) {
    let has = |input: &Input, heads: &[&str]| {
        input.path.ends_with(".toml") && heads.iter().any(|head| decode(&input.bytes).text.contains(head))
    };
    let states = |input: &Input| has(input, &["[[term]]", "[[relation]]"]);
    let is_graph = inputs.iter().any(states);
    inputs.iter().partition(|input| states(input) || (is_graph && has(input, &["[[type]]"])))
}

/// A file that was read as a glossary, with the name of its format.
fn glossary(input: &Input) -> Option<(&Input, &'static str, Decoded<'_>)> {
    match glossary_kind_of(&input.path, &input.bytes) {
        Ok(FileKind::Glossary(format)) => Some((input, format.name, decode(&input.bytes))),
        Ok(FileKind::Facts(_) | FileKind::Graph(_) | FileKind::Office(_)) | Err(_) => None,
    }
}
