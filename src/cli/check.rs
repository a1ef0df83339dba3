//! `kenning check`: the audit of a graph folder.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::diagnostic::Severity;
use crate::ingest::{self, Finding, SourceFile};
use crate::render::{clean, count};
use crate::session::{self, Failure};
use crate::storage;

pub(super) fn run(folder: &Path, json: bool, colour: bool) -> Result<(), Failure> {
    if storage::is_database(folder) {
        database(folder, json)?;
    }
    if folder.is_file() {
        return graph(folder, json);
    }
    let read = match storage::read_folder(folder) {
        Ok(read) => read,
        Err(error) => return fail(folder, &error.to_string()),
    };
    for path in &read.skipped {
        writeln!(io::stderr(), "warning: {}", clean(&session::not_read(path)))?;
    }
    if read.files.is_empty() {
        return fail(folder, "it holds no .toml files");
    }
    let sources: Vec<SourceFile> = read.files.iter().map(|(path, text)| SourceFile { path, text }).collect();
    let findings = ingest::audit(&sources);
    let mut out = io::BufWriter::new(io::stdout().lock());
    match json {
        true => writeln!(out, "{:#}", findings.iter().map(as_json).collect::<Json>())?,
        false => report(&mut out, folder, &sources, &findings, colour)?,
    }
    out.flush()?;
    match findings.iter().any(|finding| finding.severity == Severity::Error) {
        true => Err(Failure::Failed),
        false => Ok(()),
    }
}

/// A database file: every checksum and every invariant. Problems are reported on standard error.
fn database(path: &Path, json: bool) -> Result<(), Failure> {
    let checked = match storage::check(path) {
        Ok(checked) => checked,
        Err(error) => return super::tell(&error),
    };
    for problem in &checked.problems {
        writeln!(io::stderr(), "error: {}: {}", path.display(), clean(problem))?;
    }
    if let Some(torn) = &checked.recovery.cut {
        let (bytes, offset) = (torn.bytes, torn.offset);
        let what = format!("{bytes} bytes at byte {offset} are what a crash left of a commit that was never reported");
        writeln!(io::stderr(), "note: {}: {what}; the next writer cuts them", path.display())?;
    }
    if !checked.problems.is_empty() {
        return Err(Failure::Failed);
    }
    if !json {
        let commits = count(checked.recovery.commits as usize, "commit");
        let path = path.display();
        writeln!(io::stdout(), "{path}: base and log ({commits}) are whole, every checksum and invariant holds")?;
    }
    Ok(())
}

/// A graph that was made of a glossary: its terms and relations know where they come from.
fn graph(path: &Path, json: bool) -> Result<(), Failure> {
    let graph = match session::open_graph(&path.display().to_string()) {
        Ok(graph) => graph,
        Err(error) => return super::tell(&error),
    };
    let findings = ingest::inspect(&graph);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if json {
        writeln!(out, "{:#}", findings.iter().map(as_json).collect::<Json>())?;
    } else {
        findings.iter().try_for_each(|finding| writeln!(out, "{}", clean(&finding.to_string())))?;
        let warnings = findings.len() - errors;
        writeln!(out, "{}: {}, {}", path.display(), count(errors, "error"), count(warnings, "warning"))?;
    }
    out.flush()?;
    match errors {
        0 => Ok(()),
        _ => Err(Failure::Failed),
    }
}

fn fail(folder: &Path, reason: &str) -> Result<(), Failure> {
    writeln!(io::stderr(), "error: {}: {}", folder.display(), clean(reason))?;
    Err(Failure::Failed)
}

fn report(
    out: &mut dyn Write,
    folder: &Path,
    sources: &[SourceFile],
    findings: &[Finding],
    colour: bool,
) -> io::Result<()> {
    for finding in findings {
        let text = sources.iter().find(|source| source.path == finding.file).map_or("", |source| source.text);
        writeln!(out, "{}\n", finding.draw(text, colour))?;
    }
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    if findings.is_empty() {
        let graph = ingest::read(sources).graph;
        let (terms, relations) = (graph.node_count(), graph.relationship_count());
        return writeln!(
            out,
            "{}: {}, {}, nothing wrong",
            folder.display(),
            count(terms, "term"),
            count(relations, "relation")
        );
    }
    writeln!(out, "{}: {}, {}", folder.display(), count(errors, "error"), count(warnings, "warning"))
}

fn as_json(finding: &Finding) -> Json {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    json!({
        "severity": severity,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "what": finding.what,
        "why": finding.why,
        "help": finding.help,
    })
}
