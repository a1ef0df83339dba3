//! `kenning export`: a whole graph → a file of another format.

use std::io;
use std::path::Path;

use super::arguments::ExportArguments;
use super::tell;
use crate::database::Options;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::export;
use crate::graph::Graph;
use crate::repl::commands::describe;
use crate::session::{Failure, Output, Session, refuse_to_replace};

pub(super) fn run(arguments: &ExportArguments) -> Result<(), Failure> {
    let mut session = Session::new(Graph::new(), "");
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut output = Output { out: &mut out, err: &mut io::stderr(), err_colour: false };
    // A name that is mistyped is no new database.
    session.access = Options { read_only: true, ..Options::default() };
    session.open(std::slice::from_ref(&arguments.graph), &mut output)?;
    let format = arguments.format.as_deref().and_then(export::find);
    match (format, arguments.file.as_deref().filter(|file| *file != Path::new("-"))) {
        (Some(exporter), None) => session.print(exporter, &session.whole(), &mut output),
        (None, None) => {
            let message = "to which file, or in which `--format`?";
            tell(&Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message))
        }
        (format, Some(file)) => {
            let saved = match format {
                Some(exporter) => {
                    let subgraph = session.whole();
                    let free = if arguments.overwrite { Ok(()) } else { refuse_to_replace(file) };
                    free.and_then(|()| crate::session::save_subgraph(exporter, &subgraph, file, &session.budget()))
                }
                None => session.save(file, arguments.overwrite),
            };
            match saved {
                Ok(saved) => {
                    saved.left_out.iter().try_for_each(|sentence| session.show_warning(&mut output, sentence))?;
                    Ok(writeln!(output.out, "wrote {} to {}", describe(&session), saved.names())?)
                }
                Err(error) => tell(&error),
            }
        }
    }
}
