//! One-shot use: statements from arguments, files or standard input.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use clap::ArgMatches;

use super::arguments::Arguments;
use super::{colour, on_interrupt};
use crate::diagnostic::Diagnostic;
use crate::repl::commands::Next;
use crate::repl::script::{self, ScriptOptions};
use crate::session::{Failure, Output, Session, read_text, text_of};

/// A text to run, and what to call it in front of errors.
struct Source {
    name: Option<String>,
    text: Result<String, Diagnostic>,
}

pub(super) fn run(mut session: Session, arguments: &Arguments, matches: &ArgMatches) -> Result<(), Failure> {
    let sources = sources(arguments, matches)?;
    // Only now: while standard input is read, Ctrl-C ends the program as it does every other.
    on_interrupt(session.cancel_flag(), true)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut output =
        Output { out: &mut out, err: &mut io::stderr(), err_colour: colour(arguments, io::stderr().is_terminal()) };
    let mut failed = false;
    for source in &sources {
        let result = match &source.text {
            Ok(text) => {
                let options = ScriptOptions { name: source.name.as_deref(), keep_going: arguments.keep_going };
                script::run(&mut session, text, &BTreeMap::new(), options, &mut output)
            }
            Err(error) => Err(session.show_errors(&mut output, "", std::slice::from_ref(error))?),
        };
        match result {
            Ok(Next::Stay | Next::Open(_)) => {}
            Ok(Next::Leave) => break,
            Err(Failure::Failed) if arguments.keep_going => failed = true,
            Err(failure) => {
                // What is open is ended all the same; the first failure is the one to report.
                let _ = session.leave(&mut output);
                return Err(failure);
            }
        }
    }
    output.out.flush()?;
    let saved = match (&arguments.save, failed) {
        (Some(path), false) => save(&mut session, path, arguments.overwrite, &mut output),
        _ => Ok(()),
    };
    let left = session.leave(&mut output);
    output.out.flush()?;
    match failed {
        true => Err(Failure::Failed),
        false => saved.and(left),
    }
}

/// Writes the whole graph at the end.
fn save(session: &mut Session, path: &Path, overwrite: bool, output: &mut Output) -> Result<(), Failure> {
    if session.keeps(path, false) {
        return Ok(());
    }
    match session.save(path, overwrite) {
        Ok(saved) => saved.left_out.iter().try_for_each(|sentence| Ok(session.show_warning(output, sentence)?)),
        Err(error) => Err(session.show_errors(output, "", &[error])?),
    }
}

/// The texts of `-c` and `-f` in the order given, or else of standard input.
fn sources(arguments: &Arguments, matches: &ArgMatches) -> Result<Vec<Source>, Failure> {
    let places = |id: &str| matches.indices_of(id).into_iter().flatten();
    let mut sources: Vec<(usize, Source)> = Vec::new();
    for (place, text) in places("commands").zip(&arguments.commands) {
        sources.push((place, Source { name: None, text: Ok(text.clone()) }));
    }
    for (place, path) in places("files").zip(&arguments.files) {
        sources.push((place, file(path)?));
    }
    if sources.is_empty() {
        sources.push((0, standard_input()?));
    }
    sources.sort_by_key(|(place, _)| *place);
    Ok(sources.into_iter().map(|(_, source)| source).collect())
}

fn file(path: &Path) -> Result<Source, Failure> {
    if path.as_os_str() == "-" {
        return standard_input();
    }
    Ok(Source { name: Some(path.display().to_string()), text: read_text(path) })
}

fn standard_input() -> Result<Source, Failure> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(Source { name: Some("standard input".into()), text: text_of(bytes, "standard input") })
}
