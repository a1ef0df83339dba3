//! The command line. clap is used here and nowhere else.

mod arguments;
mod assert;
mod backup;
mod bench;
mod check;
#[cfg(feature = "server")]
mod copy;
mod diff;
mod export;
mod fmt;
mod formats;
mod import;
mod info;
mod ingest;
#[cfg(feature = "server")]
mod mcp;
#[cfg(feature = "server")]
mod numbers;
#[cfg(feature = "server")]
mod password;
mod publish;
mod query;
mod reports;
#[cfg(feature = "server")]
mod serve;
mod stop;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{CommandFactory, FromArgMatches};

use crate::database::Options;
use crate::diagnostic::Diagnostic;
use crate::render::Style;
use crate::repl;
use crate::session::{self, EMBEDDED, Failure, Output, Session};
use arguments::{Arguments, Columns, Task};

const FAILED: u8 = 1;
const WRONG_USAGE: u8 = 2;
const INTERRUPTED: u8 = 130;

/// Runs the program with the arguments it was started with.
pub fn run() -> ExitCode {
    session::install_panic_hook();
    let matches = Arguments::command().get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let result = match &arguments.task {
        Some(Task::Check(checked)) => check::run(checked, colour(&arguments, io::stdout().is_terminal())),
        Some(Task::Diff { old, new, listing }) => diff::run(old, new, listing.json),
        Some(Task::Ingest(arguments)) => ingest::run(arguments),
        Some(Task::Import(arguments)) => import::run(arguments),
        Some(Task::Export(arguments)) => export::run(arguments),
        Some(Task::Publish(arguments)) => publish::run(arguments),
        Some(Task::Formats { name }) => formats::run(name.as_deref(), colour(&arguments, io::stdout().is_terminal())),
        Some(Task::Info { file }) => info::run(file),
        Some(Task::Backup { file, to, overwrite }) => backup::run(file, to, *overwrite),
        #[cfg(feature = "server")]
        Some(Task::Copy(arguments)) => copy::run(arguments),
        Some(Task::Bench(arguments)) => bench::run(arguments),
        Some(Task::Assert(arguments)) => assert::run(arguments),
        Some(Task::Fmt { files, check }) => fmt::run(files, *check, colour(&arguments, io::stderr().is_terminal())),
        #[cfg(feature = "server")]
        Some(Task::Serve(arguments)) => serve::run(arguments),
        #[cfg(feature = "server")]
        Some(Task::Mcp(arguments)) => mcp::run(arguments),
        #[cfg(feature = "server")]
        Some(Task::Password { name, role }) => password::run(name, *role),
        Some(Task::Completions { shell }) => completions(*shell),
        Some(Task::Help { topic }) => {
            return help(topic.as_deref().unwrap_or(""), colour(&arguments, io::stdout().is_terminal()));
        }
        None => match session(&arguments) {
            Ok(session) => ask(session, &arguments, &matches),
            Err(Failure::Failed) => return ExitCode::from(WRONG_USAGE),
            Err(failure) => Err(failure),
        },
    };
    exit_code(result)
}

fn exit_code(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Failed) => ExitCode::from(FAILED),
        Err(Failure::Interrupted) => ExitCode::from(INTERRUPTED),
        // Whoever reads our output has had enough of it.
        Err(Failure::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Io(error)) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(FAILED)
        }
    }
}

/// The session that the arguments ask for.
fn session(arguments: &Arguments) -> Result<Session, Failure> {
    let mut session = Session::new(crate::graph::Graph::new(), "");
    session.parameters = arguments.parameters.iter().cloned().collect();
    session.limits.time = arguments.timeout;
    session.limits.memory = arguments.memory.or(session.limits.memory);
    session.access = Options {
        read_only: arguments.read_only,
        create: true,
        wait: arguments.wait.unwrap_or_default(),
        durability: arguments.durability,
    };
    session.overwrite = arguments.overwrite;
    (session.beside, session.live) = (arguments.beside.clone(), true);
    session.allowed = arguments.allow_files.clone();
    let out = io::stdout();
    session.settings.format = arguments.format.as_deref().and_then(session::Format::find);
    session.settings.ascii = arguments.ascii;
    session.settings.confidence = arguments.min_confidence.unwrap_or(0.0);
    session.settings.terminal = out.is_terminal();
    session.settings.rows = out.is_terminal().then_some(repl::ROWS);
    session.settings.colour = colour(arguments, out.is_terminal());
    if out.is_terminal() {
        session.settings.terminal_width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    }
    let err_colour = colour(arguments, io::stderr().is_terminal());
    let mut output = Output { out: &mut io::sink(), err: &mut io::stderr(), err_colour };
    session.columns = arguments.columns.options();
    let embedded = [EMBEDDED.to_string()];
    session.open(if arguments.graph.is_empty() { &embedded } else { &arguments.graph }, &mut output)?;
    Ok(session)
}

fn ask(session: Session, arguments: &Arguments, matches: &clap::ArgMatches) -> Result<(), Failure> {
    let nothing_to_run = arguments.commands.is_empty() && arguments.files.is_empty();
    // With a terminal at its end, what is typed is a conversation.
    if nothing_to_run && io::stdin().is_terminal() {
        on_interrupt(session.cancel_flag(), false)?;
        return repl::run(session);
    }
    query::run(session, arguments, matches)
}

/// Makes Ctrl-C set the flag; if `twice_ends`, pressing it again ends the program.
fn on_interrupt(flag: Arc<AtomicBool>, twice_ends: bool) -> io::Result<()> {
    let signal = signal_hook::consts::SIGINT;
    if twice_ends {
        signal_hook::flag::register_conditional_shutdown(signal, i32::from(INTERRUPTED), flag.clone())?;
    }
    signal_hook::flag::register(signal, flag)?;
    Ok(())
}

/// Whether to write colours: to a terminal, and if nobody said no.
fn colour(arguments: &Arguments, terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let dumb = set("TERM").is_some_and(|terminal| terminal == "dumb");
    terminal && !arguments.no_color && set("NO_COLOR").is_none() && !dumb
}

/// Says why a task failed.
fn tell(error: &Diagnostic) -> Result<(), Failure> {
    writeln!(io::stderr(), "{}", error.draw("", false))?;
    Err(Failure::Failed)
}

fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "kenning", &mut script);
    Ok(io::stdout().write_all(&script)?)
}

/// Columns of help where nobody says how wide the page is.
const HELP_WIDTH: usize = 80;

fn help(topic: &str, colour: bool) -> ExitCode {
    let width = terminal_size::terminal_size().map_or(HELP_WIDTH, |(width, _)| usize::from(width.0));
    let style = Style { width: Some(width), colour, terminal: true };
    let mut out = io::stdout().lock();
    match write_help(topic, &style, &mut out) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            let subcommands = subcommands();
            let near = repl::commands::help::near(topic, subcommands.iter().map(String::as_str));
            let help = near.map_or("`kenning help` lists the topics".into(), |near| {
                format!("did you mean `kenning help {near}`?")
            });
            let _ = writeln!(io::stderr(), "error: there is no help on `{topic}`; {help}");
            ExitCode::from(WRONG_USAGE)
        }
        Err(error) => exit_code(Err(Failure::Io(error))),
    }
}

fn subcommands() -> Vec<String> {
    Arguments::command().get_subcommands().map(|subcommand| subcommand.get_name().to_string()).collect()
}

/// Help on a subcommand, and on what the language and the shell call so: `diff` is both.
fn write_help(topic: &str, style: &Style, out: &mut dyn Write) -> io::Result<bool> {
    let mut program = Arguments::command();
    program.build();
    let Some(subcommand) = program.find_subcommand_mut(topic) else {
        return repl::commands::help::write(topic, style, out);
    };
    writeln!(out, "{}", subcommand.render_long_help())?;
    let mut also = Vec::new();
    if repl::commands::help::write(topic, style, &mut also)? {
        writeln!(out, "\nIn statements and in the shell:")?;
        out.write_all(&also)?;
    }
    Ok(true)
}
