//! Files of decisions, which lie beside what they are about: a statement a line, so that changes can be reviewed.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::read_text;
use crate::ast::StatementBody;
use crate::diagnostic::{Detail, Diagnostic, Kind, Span};
use crate::graph::{Decision, Graph};
use crate::parser::{self, ParsedStatement};
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
    decisions: Vec<Decision>,
}

impl DecisionFile {
    /// The file that was named, which need not be there yet, or those that lie beside the paths.
    pub(crate) fn open(named: Option<&Path>, paths: &[PathBuf]) -> Result<Vec<DecisionFile>, Diagnostic> {
        if let Some(path) = named {
            let decisions = if path.exists() { read(path)? } else { Vec::new() };
            return Ok(vec![DecisionFile { path: path.to_path_buf(), decisions }]);
        }
        let beside = paths.iter().map(|path| match path.is_dir() {
            true => path.join(format!("kenning.{ENDING}")),
            false => {
                let mut name = path.clone().into_os_string();
                name.push(format!(".{ENDING}"));
                PathBuf::from(name)
            }
        });
        let there = beside.filter(|path| path.is_file());
        there.map(|path| read(&path).map(|decisions| DecisionFile { path, decisions })).collect()
    }

    /// Keeps the decisions of the file with the graph, but for those that it has later ones about.
    pub(crate) fn put(&self, graph: &mut Graph) {
        for decision in &self.decisions {
            let known = graph.semantics().decision(&decision.subject());
            let is_older = known.is_some_and(|known| known.agrees_with(decision) || known.on > decision.on);
            if !is_older {
                graph.decide(decision.clone());
            }
        }
    }

    /// Adds those of the decisions to the file that it does not have; how many these are.
    pub(crate) fn add(&self, decided: &[Decision]) -> Result<usize, Diagnostic> {
        let has = |decision: &Decision| {
            let last = self.decisions.iter().rev().find(|known| known.subject() == decision.subject());
            last.is_some_and(|known| known.agrees_with(decision))
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
}

/// The decisions of a file, in order.
fn read(path: &Path) -> Result<Vec<Decision>, Diagnostic> {
    let text = read_text(path)?;
    let wrong = |error: Diagnostic, span: Option<Span>| {
        let line = text[..span.map_or(0, |span| span.start as usize)].matches('\n').count() + 1;
        let message = format!("{}:{line}: {}", path.display(), error.message);
        Diagnostic { message, span: None, ..error }
    };
    let script = parser::parse(&text).map_err(|errors| {
        let first = errors.into_iter().next().unwrap_or_else(no_decision);
        let span = first.span;
        wrong(first, span)
    })?;
    let decision = |parsed: &ParsedStatement| match &parsed.statement.body {
        StatementBody::Correction(correction) => correction.told(),
        _ => None,
    };
    let decisions = script.statements.iter();
    decisions.map(|parsed| decision(parsed).ok_or_else(|| wrong(no_decision(), Some(parsed.span)))).collect()
}

fn no_decision() -> Diagnostic {
    let message = "this is no decision that a file can hold";
    let error = Diagnostic::runtime(Kind::SyntaxError, Detail::UnexpectedSyntax, message);
    error.help("REJECT (a)-[:TYPE]->(b), ACCEPT, RENAME TERM a TO b, MERGE TERM a INTO b and SPLIT TERM a FROM b are")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graph::Verdict;

    fn any_decision() -> impl Strategy<Value = Decision> {
        let verdicts = vec![Verdict::Reject, Verdict::Accept, Verdict::Rename, Verdict::Merge, Verdict::Split];
        let name = || "\\PC{0,6}[a-z\"'`\\\\\n]";
        let text = || "[\\PC\n]{0,6}";
        (prop::sample::select(verdicts), [name(), name()], "[A-Z_ `'é]{1,5}", [text(), text(), text()]).prop_map(
            |(verdict, [term, other], kind, [by, on, because])| {
                let is_of_relation = matches!(verdict, Verdict::Reject | Verdict::Accept);
                let relation_type = if is_of_relation { kind } else { String::new() };
                Decision { verdict, term, relation_type, other, by, on, because }
            },
        )
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
