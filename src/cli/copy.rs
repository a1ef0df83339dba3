//! `kenning copy FROM TO`: a graph into a server of another machine, or out of it.

use std::io;
use std::path::Path;
use std::time::Instant;

use super::arguments::CopyArguments;
use super::on_interrupt;
use super::stop::Stop;
use crate::database::Options;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::graph::Graph;
use crate::remote::{copy_into, is_address};
use crate::render::count;
use crate::repl::commands::describe;
use crate::session::{Failure, Output, Session, connected};

/// What is said after Ctrl-C.
const INTERRUPTED: &str = "stopped; the same command goes on where it stopped";

pub(super) fn run(arguments: &CopyArguments) -> Result<(), Failure> {
    copy(arguments).or_else(|stop| stop.end(INTERRUPTED))
}

fn copy(arguments: &CopyArguments) -> Result<(), Stop> {
    let mut session = Session::new(Graph::new(), "");
    session.limits.memory = arguments.memory.or(session.limits.memory);
    session.access = Options { read_only: true, ..Options::default() };
    on_interrupt(session.cancel_flag(), true)?;
    let start = Instant::now();
    let mut out = io::stdout().lock();
    let mut err = io::stderr();
    let mut output = Output { out: &mut out, err: &mut err, err_colour: false };
    let into_server = is_address(&arguments.to);
    if !into_server && !is_address(&arguments.from) {
        let error = wrong("neither end of the copy is a graph on another machine");
        return Err(error.help("`kenning export GRAPH FILE` writes a graph of this machine to another file").into());
    }
    // What is copied out is a graph of this machine from here on.
    session.open(std::slice::from_ref(&arguments.from), &mut output)?;
    if !into_server {
        let saved = session.save(Path::new(&arguments.to), arguments.overwrite)?;
        saved.left_out.iter().try_for_each(|sentence| session.show_warning(&mut output, sentence))?;
        let seconds = start.elapsed().as_secs_f64();
        return Ok(writeln!(output.out, "copied {} to {} in {seconds:.1} s", describe(&session), saved.names())?);
    }
    let (mut remote, warning) = connected(&arguments.to, &session.limits)?;
    warning.iter().try_for_each(|warning| session.show_warning(&mut output, warning))?;
    let told = session.waiting();
    let copied = copy_into(&mut remote, &session.graph(), (&arguments.from, arguments.add), &session.limits)?;
    drop(told);
    copied
        .left_out
        .iter()
        .try_for_each(|refused| session.show_warning(&mut output, &format!("left out: {refused}")))?;
    let (nodes, relationships) = (count(copied.nodes, "node"), count(copied.relationships, "relationship"));
    let resumed = if copied.resumed { ", going on where the last copy stopped" } else { "" };
    let seconds = start.elapsed().as_secs_f64();
    Ok(writeln!(output.out, "copied {nodes}, {relationships} to {} in {seconds:.1} s{resumed}", remote.address())?)
}

fn wrong(message: &str) -> Diagnostic {
    Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message)
}
