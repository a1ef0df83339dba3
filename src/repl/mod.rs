//! The shell: reads statements and commands from a person, line by line, with all the help a terminal can give.
//!
//! rustyline is used here and nowhere else.

mod ask;
pub(crate) mod commands;
mod complete;
mod helper;
mod highlight;
mod hint;
mod history;
mod plain;
pub(crate) mod script;
mod signals;
mod terminal;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::rc::Rc;

use rustyline::Editor;
use rustyline::config::{ColorMode, CompletionType, Config};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;

use crate::render::Role;
use crate::session::{EMBEDDED, Failure, Output, Session};
use commands::Next;
use helper::ShellHelper;
use script::ScriptOptions;

/// Rows shown of a long answer on a terminal unless told otherwise.
pub(crate) const ROWS: usize = 100;

type Shell = Editor<ShellHelper, FileHistory>;

/// Runs the shell until its user leaves. The session's cancel flag must be set by Ctrl-C.
pub(crate) fn run(mut session: Session) -> Result<(), Failure> {
    session.settings.rows = session.settings.rows.or(Some(ROWS));
    session.settings.timing = true;
    session.asks = true;
    let colour = session.settings.colour;
    let session = Rc::new(RefCell::new(session));
    let _typing = terminal::KeepsTyping::start();
    let mut shell = editor(colour, session.clone())?;
    let history_file = history::open(&mut shell);
    banner(&session.borrow(), history_file.as_ref().err())?;
    let _signals = signals::EndsAtSignal::start(session.borrow().workplace.clone());
    loop {
        let prompt = prompt(&session.borrow());
        let styled = session.borrow().settings.style().paint(Role::Heading, &prompt).into_owned();
        match shell.readline(&(prompt.as_str(), &styled)) {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                // What cannot be remembered must not stop what can be answered.
                let _ = shell.add_history_entry(line.trim_end());
                if let Ok(file) = &history_file {
                    let _ = shell.append_history(file);
                }
                session.borrow_mut().history = shell.history().iter().cloned().collect();
                let next = answer(&mut session.borrow_mut(), &line);
                match next {
                    Ok(Next::Leave) if ask::may_leave(&mut shell, &session)? => return leave(&session),
                    Ok(Next::Open(location)) if ask::may_leave(&mut shell, &session)? => {
                        open(&mut session.borrow_mut(), &location)?;
                    }
                    Ok(_) | Err(Failure::Failed | Failure::Interrupted) => {}
                    Err(Failure::Io(error)) => return Err(Failure::Io(error)),
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => {
                println!();
                if ask::may_leave(&mut shell, &session)? {
                    return leave(&session);
                }
            }
            Err(ReadlineError::Io(error)) => return Err(Failure::Io(error)),
            Err(error) => return Err(Failure::Io(io::Error::other(error))),
        }
    }
}

/// `kenning> `, with marks for changes that are not saved and for an open transaction.
fn prompt(session: &Session) -> String {
    format!("kenning{}> ", session.marks())
}

/// Runs something that writes to the terminal. What fails has been shown.
fn with_output(
    session: &mut Session,
    run: impl FnOnce(&mut Session, &mut Output) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let err_colour = session.settings.colour;
    let result = run(session, &mut Output { out: &mut out, err: &mut io::stderr(), err_colour });
    out.flush()?;
    result
}

/// Leaves for good: what is open is ended, and what is lost is said.
fn leave(session: &Rc<RefCell<Session>>) -> Result<(), Failure> {
    with_output(&mut session.borrow_mut(), |session, output| session.leave(output))
}

/// Opens another graph; the changes to this one are saved or given up.
fn open(session: &mut Session, location: &str) -> Result<(), Failure> {
    let opened = with_output(session, |session, output| commands::reopen(session, location, output).map(|_| ()));
    match opened {
        Err(Failure::Io(error)) => Err(Failure::Io(error)),
        Ok(()) | Err(Failure::Failed | Failure::Interrupted) => Ok(()),
    }
}

fn editor(colour: bool, session: Rc<RefCell<Session>>) -> Result<Shell, Failure> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .color_mode(if colour { ColorMode::Enabled } else { ColorMode::Disabled })
        .history_ignore_space(true)
        .max_history_size(10_000)
        .and_then(|builder| builder.history_ignore_dups(true))
        .map_err(io::Error::other)?
        .build();
    let mut shell = Shell::with_config(config).map_err(io::Error::other)?;
    shell.set_helper(Some(ShellHelper::new(session)));
    Ok(shell)
}

fn banner(session: &Session, no_history: Option<&String>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let types = session.graph().types().filter(|t| session.graph().type_count(*t) > 0).count();
    let types = crate::render::count(types, "type");
    writeln!(out, "kenning {} on {} of {types}", env!("CARGO_PKG_VERSION"), commands::describe(session))?;
    writeln!(out, "Ask, for example: {}", example(session))?;
    writeln!(out, "Statements run at the end of a line, or at ';'. help says more, quit leaves.")?;
    if let Some(reason) = no_history {
        writeln!(out, "(no history is kept: {reason})")?;
    }
    Ok(())
}

/// A statement that makes sense on this graph.
fn example(session: &Session) -> String {
    let graph = session.graph();
    let title = |node| crate::graph::EntitySource::title(&*graph, node);
    let first = graph.nodes().take(100).find_map(title).map(|title| crate::assist::bare(&title));
    match (session.graph_name.as_str(), first) {
        (EMBEDDED, _) => "SHOW nova".to_string(),
        (_, Some(name)) => format!("SHOW {name}"),
        (_, None) if graph.node_count() == 0 => "CREATE (:Service {name: 'mail'})".to_string(),
        (_, None) => "MATCH (n) RETURN n LIMIT 5".to_string(),
    }
}

/// Runs what was typed.
fn answer(session: &mut Session, text: &str) -> Result<Next, Failure> {
    session.settings.terminal_width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    session.clear_interrupt();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut output = Output { out: &mut out, err: &mut io::stderr(), err_colour: session.settings.colour };
    let options = ScriptOptions { name: None, keep_going: false };
    let instead = plain::meant(text, |name| {
        let graph = session.graph();
        session.connection.database().engine().names(&graph).knows(&graph, name)
    });
    let text = instead.as_deref().unwrap_or(text);
    let result = script::run(session, text, &BTreeMap::new(), options, &mut output);
    out.flush()?;
    result
}
