//! The COMMANDS table: what a line that starts with `:` can do.
//!
//! To add one: write it in its own file and add its row. Help and completion are printed from the table.

mod called;
mod draw;
mod explain;
mod graph;
pub(crate) use graph::{describe, reopen};
pub(crate) mod help;
mod history;
mod info;
mod ingest;
mod language;
mod reference;
mod run;
mod schema;
pub(super) mod settings;
mod tracing;

use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::session::{Failure, Output, Session};

/// One row of the table.
pub(crate) struct Command {
    /// Without the colon.
    pub(crate) name: &'static str,
    /// What follows the name.
    pub(crate) usage: &'static str,
    /// One sentence.
    pub(crate) doc: &'static str,
    pub(crate) completes: Completes,
    /// Gets what follows the name, without spaces around it.
    pub(crate) run: fn(&mut Session, &str, &mut Output) -> Result<Next, Failure>,
}

/// What completion offers after the command.
#[derive(Clone, Copy)]
pub(crate) enum Completes {
    Nothing,
    Words(fn() -> Vec<&'static str>),
    Files,
    Queries,
    Parameters,
    Settings,
    Statement,
}

/// What the shell does after a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Stay,
    Leave,
    /// Open another graph, once the user has said what becomes of the changes to this one.
    Open(String),
}

/// The commands, in the order of the help.
pub(crate) const COMMANDS: &[Command] = &[
    Command {
        name: "help",
        usage: "[TOPIC]",
        doc: "What there is to know: commands, statements, functions, procedures, or one of them by name.",
        completes: Completes::Words(help::topics),
        run: help::run,
    },
    Command {
        name: "schema",
        usage: "",
        doc: "The graph's labels, relationship types with what they mean, and property keys.",
        completes: Completes::Nothing,
        run: schema::run,
    },
    Command {
        name: "open",
        usage: "[GRAPH]",
        doc: "Asks another graph from now on: a folder, a file (:help formats), or openstack. Alone: names the open one.",
        completes: Completes::Files,
        run: graph::open,
    },
    Command {
        name: "ingest",
        usage: "PATH…",
        doc: "Adds to the open graph what files and folders hold: lock files, manifests, glossaries (:help formats).",
        completes: Completes::Files,
        run: ingest::run,
    },
    Command {
        name: "read",
        usage: "FILE",
        doc: "Runs the statements of a file on the open graph.",
        completes: Completes::Files,
        run: graph::read,
    },
    Command {
        name: "save",
        usage: "[FILE [--overwrite]]",
        doc: "Writes the whole graph: to a database if it ends in .kenning, else as its ending says. Alone: where it came from.",
        completes: Completes::Files,
        run: graph::save,
    },
    Command {
        name: "begin",
        usage: "",
        doc: "Starts a transaction, as BEGIN does.",
        completes: Completes::Nothing,
        run: graph::begin,
    },
    Command {
        name: "commit",
        usage: "",
        doc: "Keeps what the transaction changed, as COMMIT does.",
        completes: Completes::Nothing,
        run: graph::commit,
    },
    Command {
        name: "rollback",
        usage: "",
        doc: "Undoes what the transaction changed, as ROLLBACK does.",
        completes: Completes::Nothing,
        run: graph::rollback,
    },
    Command {
        name: "info",
        usage: "",
        doc: "How the open database is kept: its file, log, last checkpoint, and who reads it.",
        completes: Completes::Nothing,
        run: info::run,
    },
    Command {
        name: "checkpoint",
        usage: "",
        doc: "Writes the graph as the new base of its file, so that its log begins anew.",
        completes: Completes::Nothing,
        run: graph::checkpoint,
    },
    Command {
        name: "draw",
        usage: "FILE [STATEMENT]",
        doc: "Writes the nodes and relationships of the last answer, or of the statement's, as the file's ending says.",
        completes: Completes::Files,
        run: draw::draw,
    },
    Command {
        name: "run",
        usage: "[NAME [key=value …]]",
        doc: "Runs a saved query, with arguments for its parameters. Alone: lists them.",
        completes: Completes::Queries,
        run: run::run,
    },
    Command {
        name: "param",
        usage: "[NAME [VALUE]]",
        doc: "Sets the parameter $NAME; without a value removes it. Alone: lists them.",
        completes: Completes::Parameters,
        run: settings::param,
    },
    Command {
        name: "set",
        usage: "[SETTING VALUE]",
        doc: "Sets a limit of statements, what is shown, or what names a label (:help settings). Alone: lists them.",
        completes: Completes::Settings,
        run: settings::set,
    },
    Command {
        name: "mode",
        usage: "[auto|FORMAT]",
        doc: "Shows answers in this format. Alone: lists the formats.",
        completes: Completes::Words(settings::modes),
        run: settings::mode,
    },
    Command {
        name: "timing",
        usage: "[on|off]",
        doc: "Whether the time of each statement is shown.",
        completes: Completes::Words(settings::on_off),
        run: settings::timing,
    },
    Command {
        name: "explain",
        usage: "STATEMENT",
        doc: "What each stage makes of a statement: syntax tree, plan, optimized plan.",
        completes: Completes::Statement,
        run: explain::run,
    },
    Command {
        name: "history",
        usage: "[COUNT]",
        doc: "The last lines typed.",
        completes: Completes::Nothing,
        run: history::run,
    },
    Command {
        name: "quit",
        usage: "",
        doc: "Leaves, as Ctrl-D does.",
        completes: Completes::Nothing,
        run: |_, _, _| Ok(Next::Leave),
    },
];

/// Runs a command line, colon included.
pub(crate) fn run(session: &mut Session, line: &str, output: &mut Output) -> Result<Next, Failure> {
    let line = line.trim().trim_start_matches(':').trim_end_matches(';');
    let (name, arguments) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match find(name) {
        Ok(command) => (command.run)(session, arguments.trim(), output),
        Err(message) => fail(session, output, message),
    }
}

/// Finds a command by its name or the beginning of it. The error says what might have been meant.
pub(crate) fn find(name: &str) -> Result<&'static Command, Diagnostic> {
    let lower = name.to_lowercase();
    if let Some(command) = COMMANDS.iter().find(|command| command.name == lower) {
        return Ok(command);
    }
    let starts: Vec<&Command> = COMMANDS.iter().filter(|command| command.name.starts_with(&lower)).collect();
    let names = |commands: &[&Command]| {
        commands.iter().map(|command| format!(":{}", command.name)).collect::<Vec<_>>().join(", ")
    };
    match starts[..] {
        [command] => Ok(command),
        [] => {
            let near = nearest(&lower, COMMANDS.iter().map(|command| command.name));
            let help = near.map_or("`:help` lists the commands".into(), |near| format!("did you mean `:{near}`?"));
            Err(error(format!("there is no command `:{name}`")).help(help))
        }
        _ if name.is_empty() => Err(error("a command follows the colon").help("`:help` lists the commands")),
        _ => Err(error(format!("`:{name}` may be {}", names(&starts)))),
    }
}

/// The candidate that looks most like the word, if one does.
pub(crate) fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let far = (word.chars().count() / 3).max(1);
    candidates
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= far)
        .min()
        .map(|(_, candidate)| candidate)
}

/// An error of a command.
fn error(message: impl Into<String>) -> Diagnostic {
    Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message)
}

/// Shows the error of a command.
fn fail(session: &Session, output: &mut Output, error: Diagnostic) -> Result<Next, Failure> {
    Err(session.show_errors(output, "", &[error])?)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::graph::Graph;

    /// What a command line writes to out and err.
    pub(crate) fn run_line(session: &mut Session, line: &str) -> (String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut output = Output { out: &mut out, err: &mut err, err_colour: false };
        let _ = run(session, line, &mut output);
        (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn names_may_be_short_but_not_ambiguous() {
        assert_eq!(find("sch").unwrap().name, "schema");
        assert_eq!(find("QUIT").unwrap().name, "quit");
        assert_eq!(find("s").err().unwrap().message, "`:s` may be :schema, :save, :set");
        assert_eq!(find("set").unwrap().name, "set");
        assert_eq!(find("shcema").err().unwrap().help.unwrap(), "did you mean `:schema`?");
        assert_eq!(find("xyzzy").err().unwrap().help.unwrap(), "`:help` lists the commands");
        assert!(find("").is_err());
    }

    #[test]
    fn unknown_commands_fail() {
        let (out, err) = run_line(&mut Session::new(Graph::new(), "test"), ":hlep");
        assert_eq!(out, "");
        assert!(err.contains("did you mean `:help`?"), "{err}");
    }
}
