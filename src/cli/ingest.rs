//! `kenning ingest`: glossaries → a graph, and a report of what was found.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::arguments::IngestArguments;
use super::tell;
use crate::diagnostic::{Detail, Diagnostic, Kind, Severity};
use crate::export::Subgraph;
use crate::glossary::Glossary;
use crate::graph::Graph;
use crate::ingest::assemble::{Assembled, Choice, assemble, read_types};
use crate::ingest::extract::{Extraction, Extractor, LONGEST_SENTENCE, Rule, read_rules};
use crate::ingest::formats::{self, Format, SourceBytes};
use crate::ingest::terms::Terms;
use crate::limits::{Budget, Limits};
use crate::render::{clean, count};
use crate::session::{self, Failure, exporter_of, save_subgraph};
use crate::storage;

/// How many examples of each rule a dry run shows.
const SAMPLES: usize = 3;

pub(super) fn run(arguments: &IngestArguments) -> Result<(), Failure> {
    match ingest(arguments) {
        Ok(()) => Ok(()),
        Err(Stop::Said(error)) => tell(&error),
        Err(Stop::Io(error)) => Err(Failure::Io(error)),
    }
}

enum Stop {
    Said(Diagnostic),
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Io(error)
    }
}

impl From<Diagnostic> for Stop {
    fn from(error: Diagnostic) -> Stop {
        Stop::Said(error)
    }
}

fn wrong(message: impl Into<String>, help: &str) -> Stop {
    Stop::Said(Diagnostic::runtime(Kind::IoError, Detail::MissingFile, message.into()).help(help))
}

fn ingest(arguments: &IngestArguments) -> Result<(), Stop> {
    if arguments.output.is_none() && arguments.report.is_none() && !arguments.dry_run {
        return Err(wrong("nothing to do with what is found", "give `-o GRAPH`, `--report FILE` or `--dry-run`"));
    }
    let (rules, types) = own_rules(arguments.rules.as_deref())?;
    let mut extractor = Extractor::new(rules).map_err(|bad| {
        wrong(
            format!("rule `{}` cannot be used: {}", bad.rule, bad.reason),
            "`docs/ingest.md` tells how a pattern is written",
        )
    })?;
    let reading = read(arguments)?;
    let extraction = extractor.extract(&reading);
    let terms = Terms::new(&reading, &extraction);
    if let Some(path) = &arguments.report {
        storage::write_atomically(path, |out| report(&reading, &extraction, &terms, arguments.min_confidence, out))?;
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    if arguments.dry_run {
        dry_run(&extraction, arguments.min_confidence, &mut out)?;
    } else if let Some(path) = &arguments.output {
        let choice = Choice { min_confidence: arguments.min_confidence, types };
        let mut graph = if path.exists() { session::open_graph(&path.display().to_string())? } else { Graph::new() };
        let done = assemble(&mut graph, &reading, &extraction, &terms, &choice);
        save(&graph, path)?;
        summary(path, &graph, &done, &mut out)?;
    }
    notes(&extraction, &reading, &terms, &mut out)?;
    Ok(out.flush()?)
}

/// The rules and relation types of the user's own file.
fn own_rules(path: Option<&Path>) -> Result<(Vec<Rule>, Vec<crate::graph::RelationSemantics>), Stop> {
    let Some(path) = path else { return Ok((Vec::new(), Vec::new())) };
    let text = session::read_text(path)?;
    let said = |reason: String| wrong(format!("{}: {reason}", path.display()), "`docs/ingest.md` shows a rule file");
    Ok((read_rules(&text).map_err(said)?, read_types(&text).map_err(said)?))
}

/// Reads every file as one glossary, and tells what could not be read.
fn read(arguments: &IngestArguments) -> Result<Glossary, Stop> {
    let format = match &arguments.format {
        None => None,
        Some(name) => Some(formats::format_named(name).ok_or_else(|| {
            let names: Vec<&str> = formats::FORMATS.iter().map(|format| format.name).collect();
            wrong(format!("there is no format `{name}`"), &format!("the formats are {}", names.join(", ")))
        })?),
    };
    let mut files = Vec::new();
    for path in &arguments.paths {
        collect(path, format, &mut files)?;
    }
    let source = arguments.source.clone().unwrap_or_else(|| name_of(&arguments.paths));
    let named: Vec<SourceBytes> = files.iter().map(|(path, bytes)| SourceBytes { path, bytes }).collect();
    let reading = formats::read_source(&source, &named, format);
    let mut err = anstream::stderr().lock();
    for finding in &reading.findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(err, "{}:{}: {severity}: {}", clean(&finding.file), finding.line, clean(&finding.what))?;
    }
    Ok(reading.glossary)
}

/// `glossary` of `docs/glossary.rst`.
fn name_of(paths: &[PathBuf]) -> String {
    let stem = paths.first().and_then(|path| path.file_stem());
    stem.map_or_else(|| "glossary".into(), |stem| stem.to_string_lossy().into_owned())
}

/// The files of a path: itself, what a folder holds in a known format, what a pattern finds, standard input.
fn collect(path: &Path, format: Option<&Format>, files: &mut Vec<(String, Vec<u8>)>) -> Result<(), Stop> {
    let name = path.display().to_string();
    if name == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        files.push(("<standard input>".into(), bytes));
        return Ok(());
    }
    if path.is_dir() {
        let mut inside: Vec<PathBuf> =
            fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        inside.sort();
        for path in inside {
            let wanted = formats::has_known_suffix(&path.display().to_string());
            // A link into a folder could lead back here.
            if path.is_dir() && !path.is_symlink() || path.is_file() && (wanted || format.is_some()) {
                collect(&path, format, files)?;
            }
        }
        return Ok(());
    }
    if path.is_file() {
        files.push((name, fs::read(path)?));
        return Ok(());
    }
    let found = glob(path)?;
    if found.is_empty() {
        return Err(wrong(format!("there is no file or folder `{name}`"), "`-` reads standard input"));
    }
    found.iter().try_for_each(|path| collect(path, format, files))
}

/// The paths that a pattern with `*` and `?` in its last part finds.
fn glob(pattern: &Path) -> Result<Vec<PathBuf>, Stop> {
    let Some(last) = pattern.file_name().map(|name| name.to_string_lossy().into_owned()) else { return Ok(Vec::new()) };
    let folder = pattern.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !last.contains(['*', '?']) || !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    let fits = |path: &PathBuf| path.file_name().is_some_and(|name| matches(&last, &name.to_string_lossy()));
    let mut found: Vec<PathBuf> = entries.into_iter().filter(fits).collect();
    found.sort();
    Ok(found)
}

/// Whether the name fits the pattern, in time proportional to both.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, n) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

fn save(graph: &Graph, path: &Path) -> Result<(), Stop> {
    if path.extension().is_some_and(|ending| ending == storage::EXTENSION) {
        return Ok(storage::save(graph, path)?);
    }
    let exporter = exporter_of(path)?;
    let saved =
        save_subgraph(exporter, &Subgraph::whole(Arc::new(graph.clone())), path, &Budget::start(&Limits::default()))?;
    saved.left_out.iter().for_each(|sentence| eprintln!("{sentence}"));
    Ok(())
}

/// An object a line and entry, with file, line, rule and confidence of each relation.
fn report(
    glossary: &Glossary,
    extraction: &Extraction,
    terms: &Terms,
    least: f64,
    out: &mut dyn Write,
) -> io::Result<()> {
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

/// How much each rule found, and some of it.
fn dry_run(extraction: &Extraction, least: f64, out: &mut dyn Write) -> io::Result<()> {
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

fn summary(path: &Path, graph: &Graph, done: &Assembled, out: &mut dyn Write) -> io::Result<()> {
    let (terms, relations) = (graph.node_count(), graph.relationship_count());
    writeln!(out, "{}: {}, {}", path.display(), count(terms, "term"), count(relations, "relation"))?;
    if *done == Assembled::default() {
        return writeln!(out, "nothing changed");
    }
    let Assembled { terms_added, terms_changed, terms_removed, .. } = done;
    let Assembled { relations_added, relations_changed, relations_removed, .. } = done;
    writeln!(
        out,
        "terms: {terms_added} added, {terms_changed} changed, {terms_removed} removed; \
         relations: {relations_added} added, {relations_changed} changed, {relations_removed} removed"
    )?;
    done.conflicts.iter().try_for_each(|conflict| writeln!(out, "kept as it was: {}", clean(conflict)))
}

/// What nobody can tell from the text.
fn notes(extraction: &Extraction, glossary: &Glossary, terms: &Terms, out: &mut dyn Write) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_of_file_names() {
        for (pattern, name) in [("*.md", "a.md"), ("a?c", "abc"), ("*", ""), ("*b*d", "abcd"), ("a*", "a")] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*.md", "a.mdx"), ("a?c", "ac"), ("b*", "ab"), ("", "a")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
