//! `:ingest`: what files hold, into the open graph.

use std::path::PathBuf;

use super::{Next, error, fail};
use crate::database::{Connection, TransactionState};
use crate::diagnostic::Diagnostic;
use crate::formats;
use crate::ingest::assemble::{Assembled, Choice};
use crate::ingest::extract::Extractor;
use crate::ingest::gather::{Gathered, Remark, gather};
use crate::ingest::state::Merging;
use crate::render::{clean, count};
use crate::session::{DecisionFile, Failure, Output, Session, Sources, Walk, add_graphs, split_words};

pub(super) fn run(session: &mut Session, line: &str, output: &mut Output) -> Result<Next, Failure> {
    let paths: Vec<PathBuf> = split_words(line).into_iter().map(|word| PathBuf::from(unquoted(word))).collect();
    if paths.is_empty() {
        return fail(session, output, error("which files or folders?").help("`:ingest PATH…`"));
    }
    if let Err(error) = session.is_here("ingest") {
        return fail(session, output, error);
    }
    if matches!(session.connection.transaction(), TransactionState::Open { .. }) {
        let error = error("a transaction is open");
        return fail(session, output, error.help("COMMIT or ROLLBACK first: `:ingest` is a transaction of its own"));
    }
    let mut remarks = Vec::new();
    let read = put(session, &paths, &mut |remark| remarks.push(remark.clone()));
    for remark in &remarks {
        session.show_warning(output, &remark.to_string())?;
    }
    match read {
        Ok(Ingested { gathered, .. }) if gathered.is_empty() => {
            let error = error("nothing was found in what was named");
            fail(session, output, error.help("`:help formats` lists what can be read"))
        }
        Ok(Ingested { gathered, done, notes }) => {
            for note in &notes {
                session.show_warning(output, note)?;
            }
            summary(&gathered, &done, output)?;
            if gathered.fruitless.is_empty() { Ok(Next::Stay) } else { Err(Failure::Failed) }
        }
        Err(error) => fail(session, output, error),
    }
}

/// What was put into the graph.
struct Ingested {
    gathered: Gathered,
    done: Assembled,
    /// What was not read.
    notes: Vec<String>,
}

/// The word without the quotes around it.
fn unquoted(word: &str) -> &str {
    let inside = |quote: char| word.strip_prefix(quote)?.strip_suffix(quote);
    inside('\'').or_else(|| inside('"')).unwrap_or(word)
}

fn put(session: &mut Session, paths: &[PathBuf], tell: &mut dyn FnMut(&Remark)) -> Result<Ingested, Diagnostic> {
    let budget = session.budget();
    let sources = Sources::named(paths, Walk::default(), &budget)?;
    let choices = sources.choices(formats::Options::default());
    sources.unreadable.iter().for_each(&mut *tell);
    let mut gathered = gather(&sources.inputs, &choices, Extractor::built_in, tell, &budget)?;
    add_graphs(&mut gathered, &sources, &budget)?;
    let mut transaction = session.connection.database().begin_write(&session.limits)?;
    let decided = DecisionFile::open(None, paths, &sources)?;
    decided.iter().for_each(|file| _ = file.put(transaction.graph_mut()));
    let done = gathered.put(transaction.graph_mut(), &Choice::default(), &Merging::default(), &budget)?;
    transaction.commit_within(budget.watch())?;
    let notes = sources.notes(&gathered);
    Ok(Ingested { gathered, done, notes })
}

fn summary(gathered: &Gathered, done: &Assembled, output: &mut Output) -> Result<(), Failure> {
    let entries = gathered.terminology.as_ref().map_or(0, |terms| terms.glossary.entries.len());
    let files = count(gathered.facts.files.len(), "file");
    let graphs = match gathered.graphs.len() {
        0 => String::new(),
        number => format!(", {}", count(number, "graph")),
    };
    writeln!(output.out, "read: {files} of tools, {entries} entries of glossaries{graphs}")?;
    writeln!(output.out, "{done}")?;
    done.conflicts.iter().try_for_each(|conflict| writeln!(output.out, "kept as it was: {}", clean(conflict)))?;
    done.idle.iter().try_for_each(|idle| writeln!(output.out, "no longer applies: {}", clean(idle)))?;
    Ok(())
}
