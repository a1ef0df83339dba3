//! `kenning fmt`: files of statements in one layout.

use std::io::{self, Read, Write};
use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::parser;
use crate::render::clean;
use crate::session::{Failure, read_text};

/// Formats each file in place, or only tells which are not formatted. Goes on after a file that cannot be read.
pub(super) fn run(files: &[impl AsRef<Path>], check: bool, colour: bool) -> Result<(), Failure> {
    let mut failed = false;
    for file in files {
        failed |= !one(file.as_ref(), check, colour)?;
    }
    if failed { Err(Failure::Failed) } else { Ok(()) }
}

/// Whether the file is as it should be.
fn one(file: &Path, check: bool, colour: bool) -> Result<bool, Failure> {
    let standard_input = file.as_os_str() == "-";
    let name =
        if standard_input { "standard input".to_string() } else { clean(&file.display().to_string()).into_owned() };
    let text = match standard_input {
        true => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text)?;
            text
        }
        false => match read_text(file) {
            Ok(text) => text,
            Err(error) => return report(&name, "", &[error], colour),
        },
    };
    let formatted = match parser::format(&text) {
        Ok(formatted) => formatted,
        Err(errors) => return report(&name, &text, &errors, colour),
    };
    let changed = formatted != text;
    match (check, standard_input) {
        (true, _) if changed => writeln!(io::stdout(), "{name}")?,
        (true, _) => {}
        (false, true) => io::stdout().write_all(formatted.as_bytes())?,
        (false, false) if changed => std::fs::write(file, formatted)?,
        (false, false) => {}
    }
    Ok(!(check && changed))
}

fn report(name: &str, text: &str, errors: &[Diagnostic], colour: bool) -> Result<bool, Failure> {
    let mut err = io::stderr().lock();
    writeln!(err, "{name}:")?;
    errors.iter().try_for_each(|error| writeln!(err, "{}", error.draw(text, colour)))?;
    Ok(false)
}
