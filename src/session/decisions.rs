//! Files of decisions, which lie beside what they are about: a statement a line, so that changes can be reviewed.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Sources, read_text};
use crate::ast::StatementBody;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::{Decision, Graph, Subject, Verdict};
use crate::ingest::decide::Renamed;
use crate::parser;
use crate::storage;

/// What such a file ends in: `glossary.rst.decisions`; in a folder it is called `kenning.decisions`.
const ENDING: &str = "decisions";

const HEAD: &str = "// What people decided about terms and relations. `kenning ingest` reads it, and adds what was decided in the graph;
// of two lines about the same the later one holds.
";

/// Who takes decisions in this process; empty if nobody knows.
pub(crate) fn author() -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    set("KENNING_AUTHOR").or_else(|| set("USER")).or_else(|| set("LOGNAME")).unwrap_or_default()
}

/// A file of decisions, and what it holds.
#[derive(Debug)]
pub(crate) struct DecisionFile {
    path: PathBuf,
    /// Of two lines about the same the later one.
    decisions: BTreeMap<Subject, Decision>,
    /// The glossary or the folder beside which it lies: it is about what these hold. None if the file was named.
    place: Option<String>,
}

impl DecisionFile {
    /// The file that was named, which need not be there yet, or those that lie beside the paths and the files read.
    pub(crate) fn open(
        named: Option<&Path>,
        paths: &[PathBuf],
        sources: &Sources,
    ) -> Result<Vec<DecisionFile>, Diagnostic> {
        if let Some(path) = named {
            let decisions = if path.exists() { read(path)? } else { BTreeMap::new() };
            return Ok(vec![DecisionFile { path: path.to_path_buf(), decisions, place: None }]);
        }
        let there = DecisionFile::beside(paths, sources);
        there
            .into_iter()
            .map(|(path, place)| Ok(DecisionFile { decisions: read(&path)?, path, place: Some(place) }))
            .collect()
    }

    /// The files of decisions beside the paths and the files read, each with what it is about.
    pub(crate) fn beside(paths: &[PathBuf], sources: &Sources) -> Vec<(PathBuf, String)> {
        let folders = paths.iter().filter(|path| path.is_dir());
        let of_folders = folders.map(|path| (path.join(format!("kenning.{ENDING}")), path.display().to_string()));
        let inputs = sources.inputs.iter().map(|input| &input.path);
        let of_files = inputs.map(|path| (PathBuf::from(format!("{path}.{ENDING}")), path.clone()));
        of_folders.chain(of_files).filter(|(path, _)| path.is_file()).collect()
    }

    /// Keeps the decisions of the file with the graph, but for those about which the graph has other ones that are no
    /// older; gives these.
    pub(crate) fn put(&self, graph: &mut Graph) -> Vec<String> {
        let renamed = Renamed::of(graph);
        let mut kept = Vec::new();
        for (subject, decision) in &self.decisions {
            if is_said(decision, graph, &renamed) {
                continue;
            }
            match graph.semantics().decision(subject) {
                Some(known) if known.agrees_with(decision) => {}
                Some(known) if known.on >= decision.on => {
                    let path = self.path.display();
                    kept.push(format!("the graph has a later decision than {path}: {}", known.statement()));
                }
                Some(_) | None => graph.decide(decision.clone()),
            }
        }
        kept
    }

    /// Adds those of the decisions to the file that it does not have; how many these are.
    pub(crate) fn add(&self, decided: &[Decision]) -> Result<usize, Diagnostic> {
        let has = |decision: &Decision| {
            self.decisions.get(&decision.subject()).is_some_and(|known| known.agrees_with(decision))
        };
        let new: Vec<&Decision> = decided.iter().filter(|decision| !has(decision)).collect();
        if new.is_empty() {
            return Ok(0);
        }
        let mut text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => HEAD.to_string(),
            Err(error) => return Err(storage::io_error(&self.path.display().to_string(), &error)),
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        new.iter().for_each(|decision| text.push_str(&format!("{decision};\n")));
        storage::write_atomically(&self.path, |out| out.write_all(text.as_bytes()))?;
        Ok(new.len())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }
}

/// Whether the graph says so of the same terms by the names that they were given since.
fn is_said(decision: &Decision, graph: &Graph, renamed: &Renamed) -> bool {
    let now = |name: &str| if renamed.is_given(name) { name } else { renamed.name(name) }.to_string();
    let is_of_relation = matches!(decision.verdict, Verdict::Reject | Verdict::Accept);
    let later = Decision { term: now(&decision.term), other: now(&decision.other), ..decision.clone() };
    is_of_relation && later != *decision && graph.semantics().decision(&later.subject()).is_some()
}

/// The decisions of a file: a statement a line.
fn read(path: &Path) -> Result<BTreeMap<Subject, Decision>, Diagnostic> {
    let mut decisions = BTreeMap::new();
    for (number, decision) in decision_lines(&read_text(path)?) {
        let decision = decision.map_err(|error| {
            let message = format!("{}:{number}: {}", path.display(), error.message);
            Diagnostic { message, span: None, ..error }
        })?;
        decisions.insert(decision.subject(), decision);
    }
    Ok(decisions)
}

/// The decisions of a text, or why a line is none, each with the number of its line.
pub(crate) fn decision_lines(text: &str) -> Vec<(usize, Result<Decision, Diagnostic>)> {
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let script = match parser::parse(line) {
            Ok(script) => script,
            Err(errors) => {
                lines.push((number + 1, Err(errors.into_iter().next().unwrap_or_else(no_decision))));
                continue;
            }
        };
        let decided = script.statements.iter().map(|parsed| match &parsed.statement.body {
            StatementBody::Correction(correction) => correction.told().ok_or_else(no_decision),
            _ => Err(no_decision()),
        });
        lines.extend(decided.map(|decision| (number + 1, decision)));
    }
    lines
}

fn no_decision() -> Diagnostic {
    let message = "this is no decision that a file can hold";
    let error = Diagnostic::runtime(Kind::SyntaxError, Detail::UnexpectedSyntax, message);
    error.help(
        "a line is REJECT (a)-[:TYPE]->(b), ACCEPT (a)-[:TYPE]->(b), RENAME TERM a TO b, MERGE TERM a INTO b or SPLIT \
         TERM a FROM b, of different terms, and a date is written 2026-11-30",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    fn any_decision() -> impl Strategy<Value = Decision> {
        let verdicts = vec![Verdict::Reject, Verdict::Accept, Verdict::Rename, Verdict::Merge, Verdict::Split];
        let name = || "\\PC{0,6}[a-z\"'`\\\\\n]";
        let text = || "[\\PC\n]{0,6}";
        (
            prop::sample::select(verdicts),
            [name(), name()],
            "[A-Z_ `'é]{1,5}",
            [text(), text()],
            prop::sample::select(vec!["", "2026-11-30"]),
        )
            .prop_map(|(verdict, [term, other], kind, [by, because], on)| {
                let is_of_relation = matches!(verdict, Verdict::Reject | Verdict::Accept);
                let relation_type = if is_of_relation { kind } else { String::new() };
                let on = on.to_string();
                // A name that is given is another one.
                let other = format!("{other}{}", if term == other { "'" } else { "" });
                Decision { verdict, term, relation_type, other, by, on, because }
            })
    }

    proptest! {
        #[test]
        fn a_decision_reads_back_as_it_was_written(decision in any_decision()) {
            let text = decision.to_string();
            prop_assert!(!text.contains('\n'), "{}", text);
            let parsed = parser::parse_statement(&text).map_err(|errors| TestCaseError::fail(format!("{text}: {errors:?}")))?;
            let StatementBody::Correction(correction) = parsed.body else { return Err(TestCaseError::fail(text)) };
            prop_assert_eq!(correction.told(), Some(decision));
        }
    }
}
