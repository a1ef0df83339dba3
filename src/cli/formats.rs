//! `kenning formats`: the kinds of files that can be read.

use std::io;

use super::tell;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::ingest::kinds::kind_names;
use crate::render::Style;
use crate::repl::commands::{help, nearest};
use crate::session::Failure;

pub(super) fn run(name: Option<&str>, colour: bool) -> Result<(), Failure> {
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let (style, mut out) = (Style { width, colour, terminal: true }, io::stdout().lock());
    let Some(name) = name else { return Ok(help::readable(&style, &mut out)?) };
    if help::readable_format(name, &style, &mut out)? {
        return Ok(());
    }
    let near = nearest(name, kind_names().into_iter()).map(|near| format!("did you mean {near}? "));
    let help = format!("{}`kenning formats` lists them", near.unwrap_or_default());
    let message = format!("there is no format `{name}`");
    tell(&Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message).help(help))
}
