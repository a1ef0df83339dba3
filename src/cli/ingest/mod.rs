//! `kenning ingest`: files of tools and glossaries → a graph, and a report of what was found.

mod naming;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::arguments::IngestArguments;
use super::on_interrupt;
use super::stop::Stop;
use crate::database::{Database, Options, WriteTransaction};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::export::{Exporter, Subgraph};
use crate::facts::{Facts, ThingId};
use crate::graph::{Graph, RelationSemantics};
use crate::ingest::assemble::{Assembled, Choice, read_types, relation_types, type_name};
use crate::ingest::check;
use crate::ingest::decide;
use crate::ingest::extract::{BadRule, Extractor, LONGEST_SENTENCE, Rule, read_rules};
use crate::ingest::formats::Titles;
use crate::ingest::gather::{Choices, Gathered, NamedGraph, Remark, Terminology, gather};
use crate::ingest::kinds::{kind_named, kind_names};
use crate::ingest::state::{Merging, sources_of};
use crate::limits::{Budget, Limits};
use crate::render::{clean, count};
use crate::repl::commands::nearest;
use crate::session::{self, DecisionFile, Failure, Sources, Walk, exporter_of, save_subgraph};
use crate::storage;

/// How many examples of each rule a dry run shows.
const SAMPLES: usize = 3;

/// How many entries without a definition are listed.
const UNDEFINED: usize = 20;

pub(super) fn run(arguments: &IngestArguments) -> Result<(), Failure> {
    ingest(arguments).or_else(|stop| stop.end("interrupted: nothing was written"))
}

/// What was asked for cannot be.
fn wrong(message: impl Into<String>, help: &str) -> Stop {
    Stop::Said(argument(message, help))
}

fn argument(message: impl Into<String>, help: &str) -> Diagnostic {
    Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message).help(help)
}

fn ingest(arguments: &IngestArguments) -> Result<(), Stop> {
    if arguments.output.is_none() && arguments.report.is_none() && !arguments.dry_run {
        return Err(wrong("nothing to do with what is found", "give `-o GRAPH`, `--report FILE` or `--dry-run`"));
    }
    // Report a wrong file name before anything is read.
    if let Some(path) = arguments.output.as_deref().filter(|path| !storage::is_database_name(path)) {
        exporter(path)?;
    }
    let OwnRules { rules, types, titles } = own_rules(arguments.rules.as_deref())?;
    undeclared(&rules, &types)?;
    let extractor = Extractor::new(rules).map_err(bad_rule)?;
    let limits = Limits {
        time: arguments.timeout,
        memory: arguments.memory.or(Some(Limits::default_memory())),
        ..Limits::default()
    };
    let budget = Budget::start(&limits);
    let (sources, mut gathered) = read(arguments, (extractor, titles), &limits, &budget)?;
    passed_over(&sources, &gathered)?;
    unknown_apart(arguments, &gathered)?;
    let decided = DecisionFile::open(arguments.decisions.as_deref(), &arguments.paths, &sources)?;
    not_there(arguments.decisions.as_deref())?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let write_report = |gathered: &Gathered| match &arguments.report {
        Some(path) => storage::write_atomically(path, |out| {
            report(&gathered.facts, out)?;
            gathered.terminology.iter().try_for_each(|terms| report_terms(terms, arguments.min_confidence, out))
        }),
        None => Ok(()),
    };
    if let Some(path) = arguments.output.as_deref().filter(|_| !arguments.dry_run && !gathered.is_empty()) {
        let choice = Choice { min_confidence: arguments.min_confidence, types };
        let (graph, done) = match path.exists() {
            true => add(arguments, path, &choice, &sources, &decided, &mut gathered, &budget)?,
            false => make(arguments, path, &choice, &decided, &gathered, &budget)?,
        };
        keep_decisions(&graph, &decided, &gathered, &budget)?;
        write_report(&gathered)?;
        summary(path, &graph, &gathered, &done, &mut out)?;
    } else {
        write_report(&gathered)?;
    }
    if arguments.dry_run {
        dry_run(&gathered, arguments.min_confidence, &mut out)?;
    }
    gathered.terminology.iter().try_for_each(|terms| notes(terms, &gathered.remarks, &mut out))?;
    out.flush()?;
    match (gathered.fruitless.is_empty(), gathered.is_empty()) {
        (true, false) => Ok(()),
        (false, _) => Err(Failure::Failed.into()),
        (true, true) => Err(wrong("nothing was found in what was named", "`kenning formats` lists what can be read")),
    }
}

/// Writes a new graph.
fn make(
    arguments: &IngestArguments,
    path: &Path,
    choice: &Choice,
    decided: &[DecisionFile],
    gathered: &Gathered,
    budget: &Budget,
) -> Result<(Arc<Graph>, Assembled), Stop> {
    let apart = arguments.apart.iter().cloned().collect();
    let (graph, united) = match decided {
        [] => gathered.graph(choice, &apart, budget)?,
        files => {
            let mut graph = Graph::new();
            put_decisions(&mut graph, files)?;
            let done = gathered.put(&mut graph, choice, &Merging { apart, ..Merging::default() }, budget)?;
            graph.commit();
            (graph, done)
        }
    };
    let graph = Arc::new(graph);
    match storage::is_database_name(path) {
        true => storage::save_within(&graph, path, budget.watch())?,
        false => write(path, &graph, budget)?,
    }
    let (terms_added, relations_added) = (graph.node_count(), graph.relationship_count());
    Ok((
        graph,
        Assembled {
            terms_added,
            relations_added,
            conflicts: united.conflicts,
            idle: united.idle,
            ..Assembled::default()
        },
    ))
}

/// Adds to a graph that is there.
fn add(
    arguments: &IngestArguments,
    path: &Path,
    choice: &Choice,
    sources: &Sources,
    decided: &[DecisionFile],
    gathered: &mut Gathered,
    budget: &Budget,
) -> Result<(Arc<Graph>, Assembled), Stop> {
    let mut target = Target::open(path, budget)?;
    put_decisions(target.graph(), decided)?;
    let gone = sources.gone(sources_of(target.graph()));
    missing(&gone, arguments.prune)?;
    let gone = if arguments.prune { gone } else { Default::default() };
    let merging = Merging { apart: arguments.apart.iter().cloned().collect(), gone };
    if arguments.source.is_none() {
        keep_source(target.graph(), gathered, &arguments.paths)?;
    }
    let done = gathered.put(target.graph(), choice, &merging, budget)?;
    Ok((target.keep(path, budget)?, done))
}

/// Says that a file of decisions is not there: a slip of the pen would lose them all.
fn not_there(named: Option<&Path>) -> io::Result<()> {
    let missing = named.filter(|path| !path.exists());
    missing.map_or(Ok(()), |path| {
        let path = clean(&path.display().to_string()).into_owned();
        writeln!(anstream::stderr(), "note: {path} is not there; it is written when there are decisions")
    })
}

/// Keeps the decisions of files with the graph, and says which it does not take.
fn put_decisions(graph: &mut Graph, files: &[DecisionFile]) -> io::Result<()> {
    let mut kept = files.iter().flat_map(|file| file.put(graph)).collect::<Vec<_>>().into_iter();
    kept.try_for_each(|sentence| writeln!(anstream::stderr(), "note: {}", clean(&sentence)))
}

/// Adds to the files of decisions what was decided in the graph about what was read.
fn keep_decisions(graph: &Graph, files: &[DecisionFile], gathered: &Gathered, budget: &Budget) -> Result<(), Stop> {
    if files.is_empty() {
        return Ok(());
    }
    for file in files {
        let added = file.add(&decide::about(graph, &gathered.sources(), file.place(), budget)?)?;
        if added > 0 {
            let path = clean(&file.path().display().to_string()).into_owned();
            writeln!(anstream::stderr(), "note: {} added to {path}", count(added, "decision"))?;
        }
    }
    Ok(())
}

fn write(path: &Path, graph: &Arc<Graph>, budget: &Budget) -> Result<(), Stop> {
    let saved = save_subgraph(exporter(path)?, &Subgraph::whole(graph.clone()), path, budget)?;
    saved.left_out.iter().for_each(|sentence| eprintln!("{sentence}"));
    Ok(())
}

/// Says what there is to say about a file. Nobody can be told that standard error is closed.
fn tell_remark(remark: &Remark) {
    let severity = remark.severity.name();
    let help = remark.help.as_ref().map_or(String::new(), |help| format!("\n  help: {}", clean(help)));
    let _ = writeln!(anstream::stderr(), "{}: {severity}: {}{help}", clean(&remark.place), clean(&remark.what));
}

/// Says which identifiers were to keep things apart and are not there: a slip of the pen.
fn unknown_apart(arguments: &IngestArguments, gathered: &Gathered) -> io::Result<()> {
    let mut err = anstream::stderr().lock();
    for identifier in arguments.apart.iter().filter(|identifier| gathered.facts.identified(identifier).is_none()) {
        writeln!(
            err,
            "warning: --apart: nothing has the identifier {}; SHOW lists those of a term",
            clean(identifier)
        )?;
    }
    Ok(())
}

/// Says which files of the graph are no longer there.
fn missing(gone: &BTreeSet<String>, prune: bool) -> io::Result<()> {
    let what = if prune { "forgotten" } else { "--prune forgets what it said" };
    let mut err = anstream::stderr().lock();
    gone.iter().try_for_each(|path| writeln!(err, "note: {} is no longer there; {what}", clean(path)))
}

/// Says what was passed over.
fn passed_over(sources: &Sources, gathered: &Gathered) -> io::Result<()> {
    let mut err = anstream::stderr().lock();
    let notes = sources.notes(gathered);
    notes.iter().try_for_each(|note| writeln!(err, "note: {note}"))
}

/// Refuses to read the file that is to be written: it would be added to itself.
fn reads_its_output(arguments: &IngestArguments, sources: &Sources) -> Result<(), Stop> {
    let real = |path: &Path| path.canonicalize().ok();
    let Some(output) = arguments.output.as_deref().and_then(real) else { return Ok(()) };
    match sources.graphs.iter().find(|path| real(path).as_ref() == Some(&output)) {
        None => Ok(()),
        Some(path) => Err(wrong(
            format!("{} is read and written", path.display()),
            "name only what is to be added: what `-o GRAPH` holds already stays",
        )),
    }
}

/// Goes on under the name that an earlier version gave these files in this graph.
fn keep_source(graph: &Graph, gathered: &mut Gathered, paths: &[PathBuf]) -> Result<(), Stop> {
    let Some(Terminology { glossary, .. }) = &mut gathered.terminology else { return Ok(()) };
    let Some(earlier) = naming::earlier_name_in(graph, glossary, paths) else { return Ok(()) };
    let (new, old) = (clean(&glossary.source), clean(&earlier));
    writeln!(
        anstream::stderr(),
        "note: this graph has {new} as source `{old}`, and keeps it; `--source {new}` adds it as another source"
    )?;
    glossary.source = earlier;
    Ok(())
}

/// What a user's own file says.
#[derive(Default)]
pub(super) struct OwnRules {
    pub(super) rules: Vec<Rule>,
    pub(super) types: Vec<RelationSemantics>,
    pub(super) titles: Titles,
}

pub(super) fn own_rules(path: Option<&Path>) -> Result<OwnRules, Diagnostic> {
    let Some(path) = path else { return Ok(OwnRules::default()) };
    let text = session::read_text(path)?;
    let said = |reason: String| argument(format!("{}: {reason}", path.display()), "`docs/ingest.md` shows a rule file");
    let (rules, types) = (read_rules(&text).map_err(said)?, read_types(&text).map_err(said)?);
    Ok(OwnRules { rules, types, titles: Titles::read(&text).map_err(said)? })
}

/// Why a user's rule cannot be used.
pub(super) fn bad_rule(bad: BadRule) -> Diagnostic {
    let what = format!("rule `{}` cannot be used: {}", bad.rule, bad.reason);
    argument(what, "`docs/ingest.md` tells how a pattern is written")
}

/// Tells of rules whose relations nothing says how to read: a slip of the pen, or a `[[type]]` that is missing.
fn undeclared(rules: &[Rule], own: &[RelationSemantics]) -> Result<(), Stop> {
    let built_in = relation_types();
    let known = || own.iter().chain(&built_in).flat_map(|row| [row.name.as_str(), row.inverse.as_str()]);
    for rule in rules.iter().filter(|rule| !matches!(rule.relation.as_str(), "alias" | "none")) {
        let name = type_name(&rule.relation);
        if !known().any(|other| other == name) {
            let (rule, name) = (clean(&rule.name), clean(&name));
            let hint = nearest(&name, known()).map_or(String::new(), |other| format!("; did you mean {other}?"));
            let what = format!("rule `{rule}`: no [[type]] declares {name}, so tracing does not follow it{hint}");
            writeln!(anstream::stderr(), "warning: {what}")?;
        }
    }
    Ok(())
}

/// Reads all that was named.
fn read(
    arguments: &IngestArguments,
    (extractor, titles): (Extractor, Titles),
    limits: &Limits,
    budget: &Budget,
) -> Result<(Sources, Gathered), Stop> {
    let kind = match &arguments.format {
        None => None,
        Some(name) => Some(kind_named(name).ok_or_else(|| {
            let names = kind_names();
            let hint = nearest(name, names.iter().copied()).map(|near| format!("did you mean {near}? "));
            let help = format!("{}the formats are {}", hint.unwrap_or_default(), names.join(", "));
            wrong(format!("there is no format `{name}`"), &help)
        })?),
    };
    let walk = Walk { vendored: arguments.vendored, standard_input: arguments.source.as_deref(), ..Walk::default() };
    let sources = Sources::named(&arguments.paths, walk, budget)?;
    reads_its_output(arguments, &sources)?;
    // Only now: while standard input is read, Ctrl-C ends the program as it does every other.
    on_interrupt(limits.cancel.clone(), true)?;
    let source = arguments.source.clone().unwrap_or_else(|| naming::name_of(&arguments.paths));
    let choices = Choices { kind, source: Some(source), titles, ..sources.choices(arguments.columns.options()) };
    sources.unreadable.iter().for_each(tell_remark);
    let mut gathered = gather(&sources.inputs, &choices, || extractor, &mut tell_remark, budget)?;
    session::add_graphs(&mut gathered, &sources, budget)?;
    Ok((sources, gathered))
}

fn exporter(path: &Path) -> Result<&'static Exporter, Diagnostic> {
    exporter_of(path).map_err(|error| {
        let help = error.help.clone().unwrap_or_default();
        error.help(format!("{help}, or in .{} for a database file", storage::EXTENSION))
    })
}

/// The graph that a glossary is put into.
enum Target {
    /// A database, and the transaction that becomes part of it.
    Database(Database, WriteTransaction),
    /// The graph of another file.
    File(Box<Graph>),
}

impl Target {
    fn open(path: &Path, budget: &Budget) -> Result<Target, Stop> {
        if storage::is_database_name(path) {
            let database = Database::open_within(path, &Options::default(), budget.watch())?;
            let transaction = database.begin_write(&Limits::default())?;
            return Ok(Target::Database(database, transaction));
        }
        Ok(Target::File(Box::new(session::open_graph(&path.display().to_string())?)))
    }

    fn graph(&mut self) -> &mut Graph {
        match self {
            Target::Database(_, transaction) => transaction.graph_mut(),
            Target::File(graph) => graph,
        }
    }

    /// Writes what has been put into the graph, and gives the graph.
    fn keep(self, path: &Path, budget: &Budget) -> Result<Arc<Graph>, Stop> {
        match self {
            Target::Database(database, transaction) => {
                transaction.commit_within(budget.watch())?;
                let graph = database.snapshot();
                database.close_within(budget.watch())?;
                Ok(graph)
            }
            Target::File(mut graph) => {
                graph.commit();
                let graph: Arc<Graph> = Arc::from(graph);
                write(path, &graph, budget)?;
                Ok(graph)
            }
        }
    }
}

/// An object a line and relation that a tool's file states.
fn report(facts: &Facts, out: &mut dyn Write) -> io::Result<()> {
    for relation in facts.relations.iter() {
        let name = |thing: ThingId| &*facts.things[thing.index()].name;
        let file = &facts.files[relation.place.file as usize];
        let object = json!({
            "start": name(relation.start), "type": &**relation.relationship_type, "end": name(relation.end),
            "evidence": relation.evidence, "file": &*file.path, "line": relation.place.line, "format": file.format,
        });
        writeln!(out, "{object}")?;
    }
    Ok(())
}

/// An object a line and entry, with file, line, rule and confidence of each relation.
fn report_terms(terminology: &Terminology, least: f64, out: &mut dyn Write) -> io::Result<()> {
    let Terminology { glossary, extraction, terms } = terminology;
    for ((entry, found), term) in glossary.entries.iter().zip(&extraction.entries).zip(&terms.of_entry) {
        let file = &*entry.place.file;
        let relations = found.relations.iter().filter(|relation| relation.confidence >= least).map(|relation| {
            json!({
                "type": relation.relation, "target": relation.target, "evidence": &*relation.evidence,
                "file": relation.file.as_deref().unwrap_or(file), "line": relation.line, "rule": &*relation.rule, "confidence": rounded(relation.confidence),
            })
        });
        let mentions = found.mentions.iter().filter_map(|mention| extraction.entries[mention.entry].name.as_deref());
        let object = json!({
            "source": glossary.source, "entry": found.name.as_deref().unwrap_or(""),
            "term": term.map(|term| terms.all[term].name.as_str()), "text": entry.text(), "file": file, "line": entry.place.line, "recovered": found.recovered, "aliases": found.aliases,
            "relations": relations.collect::<Json>(), "mentions": mentions.collect::<Json>(),
        });
        writeln!(out, "{object}")?;
    }
    Ok(())
}

fn rounded(confidence: f64) -> f64 {
    (confidence * 1000.0).round() / 1000.0
}

/// How much each format and each rule found, and some of it.
fn dry_run(gathered: &Gathered, least: f64, out: &mut dyn Write) -> io::Result<()> {
    stated(gathered, out)?;
    let Some(Terminology { extraction, .. }) = &gathered.terminology else { return Ok(()) };
    let mut by_rule: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for found in &extraction.entries {
        let name = found.name.as_deref().unwrap_or("(unnamed)");
        for relation in found.relations.iter().filter(|relation| relation.confidence >= least) {
            let line = format!("{name} {} {}", relation.relation, relation.target);
            by_rule.entry(&relation.rule).or_default().push(line);
        }
    }
    let mut rules: Vec<_> = by_rule.into_iter().collect();
    rules.sort_by(|(a, x), (b, y)| y.len().cmp(&x.len()).then_with(|| a.cmp(b)));
    for (rule, lines) in &rules {
        writeln!(out, "{:>5}  {rule}", lines.len())?;
        // Spread over the glossary: the first ones are all of its first letter.
        let step = lines.len().div_ceil(SAMPLES).max(1);
        for line in lines.iter().step_by(step) {
            writeln!(out, "         {}", clean(line))?;
        }
    }
    let relations: usize = rules.iter().map(|(_, lines)| lines.len()).sum();
    let mentions: usize = extraction.entries.iter().map(|found| found.mentions.len()).sum();
    let aliases: usize = extraction.entries.iter().map(|found| found.aliases.len()).sum();
    let entries = extraction.entries.len();
    writeln!(
        out,
        "{entries} entries, {aliases} other names, {}, {}",
        count(relations, "relation"),
        count(mentions, "mention")
    )
}

/// A line for each file and each graph.
fn stated(gathered: &Gathered, out: &mut dyn Write) -> io::Result<()> {
    let facts = &gathered.facts;
    let mut counts = vec![(0, 0); facts.files.len()];
    facts.things.iter().for_each(|thing| counts[thing.file as usize].0 += 1);
    facts.relations.iter().for_each(|relation| counts[relation.place.file as usize].1 += 1);
    for (file, (things, relations)) in std::iter::zip(&facts.files, counts) {
        let (things, relations) = (count(things, "term"), count(relations, "relation"));
        writeln!(out, "{}: {}: {things}, {relations}", clean(&file.path), file.format)?;
    }
    for NamedGraph { name, graph } in &gathered.graphs {
        let (terms, relations) = (graph.node_count(), graph.relationship_count());
        writeln!(out, "{}: graph: {}, {}", clean(name), count(terms, "term"), count(relations, "relation"))?;
    }
    gathered.terminology.iter().try_for_each(|terms| glossaries(terms, out))
}

/// A line for each file of a glossary.
fn glossaries(terminology: &Terminology, out: &mut dyn Write) -> io::Result<()> {
    let Terminology { glossary, extraction, .. } = terminology;
    let mut files: Vec<&str> = Vec::new();
    let mut counts: BTreeMap<&str, (&str, usize, usize)> = BTreeMap::new();
    for (entry, found) in std::iter::zip(&glossary.entries, &extraction.entries) {
        let file = &*entry.place.file;
        let (_, entries, relations) = counts.entry(file).or_insert_with(|| {
            files.push(file);
            (entry.format, 0, 0)
        });
        *entries += 1;
        *relations += found.relations.len();
    }
    for file in files {
        let (format, entries, relations) = counts[file];
        let entries = if entries == 1 { "1 entry".into() } else { format!("{entries} entries") };
        writeln!(out, "{}: {format} glossary: {entries}, {}", clean(file), count(relations, "relation"))?;
    }
    Ok(())
}

fn summary(path: &Path, graph: &Graph, gathered: &Gathered, done: &Assembled, out: &mut dyn Write) -> io::Result<()> {
    stated(gathered, out)?;
    let (terms, relations) = (graph.node_count(), graph.relationship_count());
    writeln!(out, "{}: {}, {}", path.display(), count(terms, "term"), count(relations, "relation"))?;
    let is_unchanged = Assembled { idle: Vec::new(), ..done.clone() } == Assembled::default();
    match is_unchanged {
        true => writeln!(out, "nothing changed")?,
        false => writeln!(out, "{done}")?,
    }
    done.conflicts.iter().try_for_each(|conflict| writeln!(out, "kept as it was: {}", clean(conflict)))?;
    done.idle.iter().try_for_each(|idle| writeln!(out, "no longer applies: {}", clean(idle)))
}

/// What nobody can tell from the text.
fn notes(terminology: &Terminology, remarks: &[Remark], out: &mut dyn Write) -> io::Result<()> {
    let Terminology { glossary, extraction, terms } = terminology;
    for (entry, found) in std::iter::zip(&glossary.entries, &extraction.entries) {
        let place = format!("{}:{}", clean(&entry.place.file), entry.place.line);
        match &found.name {
            None => writeln!(out, "{place}: an entry without a name: the text does not give it")?,
            Some(name) if found.recovered => writeln!(out, "{place}: named `{}` by its text", clean(name))?,
            Some(_) => {}
        }
        for line in &found.cut {
            let file = clean(&entry.place.file);
            writeln!(
                out,
                "{file}:{line}: no relation is read after the first {LONGEST_SENTENCE} words of this sentence"
            )?;
        }
    }
    undefined(terminology, remarks, out)?;
    for (name, meanings) in &terms.shared {
        let meanings = meanings.iter().map(|term| {
            let term = &terms.all[*term];
            let place = &glossary.entries[term.entries[0]].place;
            format!("{} ({}:{})", clean(&term.name), clean(&place.file), place.line)
        });
        writeln!(out, "`{}` can mean {}", clean(name), meanings.collect::<Vec<_>>().join(" or "))?;
    }
    Ok(())
}

/// Lists entries without a definition, but for those that the reader reported.
fn undefined(terminology: &Terminology, remarks: &[Remark], out: &mut dyn Write) -> io::Result<()> {
    let reported: BTreeSet<&str> = remarks.iter().map(|remark| remark.place.as_str()).collect();
    let entries = check::undefined(terminology).into_iter().map(|at| {
        let place = &terminology.glossary.entries[at].place;
        (format!("{}:{}", place.file, place.line), terminology.extraction.entries[at].name.as_deref().unwrap_or(""))
    });
    let entries: Vec<(String, &str)> = entries.filter(|(place, _)| !reported.contains(place.as_str())).collect();
    for (place, name) in entries.iter().take(UNDEFINED) {
        writeln!(out, "{}: '{}' has no definition", clean(place), clean(name))?;
    }
    match entries.len().saturating_sub(UNDEFINED) {
        0 => Ok(()),
        more => writeln!(out, "{more} more entries have no definition; `kenning check` lists them"),
    }
}
