//! Running texts: statements that end with `;` and commands, each on a line of its own that starts with `:`.

use std::collections::BTreeMap;

use super::commands::{self, Next};
use crate::graph::Value;
use crate::parser;
use crate::session::{Failure, Output, Session};

/// What is at the front of a text.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'t> {
    Command(&'t str),
    /// The statement and where it begins in the text.
    Statement(&'t str, usize),
}

/// How to run a text.
#[derive(Clone, Copy, Default)]
pub(crate) struct ScriptOptions<'a> {
    /// What to call the text in front of errors; `None` says nothing.
    pub(crate) name: Option<&'a str>,
    /// Whether to go on after a statement that failed.
    pub(crate) keep_going: bool,
}

/// Runs all of a text. Stops at the first failure unless told to go on; then the failure is reported at the end.
pub(crate) fn run(
    session: &mut Session,
    text: &str,
    parameters: &BTreeMap<String, Value>,
    options: ScriptOptions,
    output: &mut Output,
) -> Result<Next, Failure> {
    let mut failed = false;
    for piece in pieces(text) {
        let result = match piece {
            Piece::Command(line) => commands::run(session, line, output),
            Piece::Statement(statement, at) => {
                run_statement(session, statement, parameters, output, || place(text, at, options.name))
            }
        };
        match result {
            Ok(Next::Stay) => {}
            Ok(next) => return Ok(next),
            Err(Failure::Failed) if options.keep_going => failed = true,
            Err(failure) => return Err(failure),
        }
    }
    if failed { Err(Failure::Failed) } else { Ok(Next::Stay) }
}

pub(super) fn run_statement(
    session: &mut Session,
    statement: &str,
    parameters: &BTreeMap<String, Value>,
    output: &mut Output,
    place: impl FnOnce() -> Option<String>,
) -> Result<Next, Failure> {
    match session.run(statement, parameters) {
        Ok((result, elapsed)) => session.show(output, statement, result, elapsed)?,
        Err(errors) => {
            output.out.flush()?;
            if let Some(place) = place() {
                writeln!(output.err, "{place}")?;
            }
            return Err(session.show_errors(output, statement, &errors)?);
        }
    }
    Ok(Next::Stay)
}

/// `tour.cypher, statement on line 3:`
fn place(text: &str, at: usize, name: Option<&str>) -> Option<String> {
    let line = text[..at].matches('\n').count() + 1;
    name.map(|name| format!("{name}, statement on line {line}:"))
}

/// The text's commands and statements, in order.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    'rest: loop {
        from += text[from..].len() - text[from..].trim_start().len();
        if text[from..].starts_with(':') {
            let end = text[from..].find('\n').map_or(text.len(), |length| from + length);
            pieces.push(Piece::Command(text[from..end].trim_end()));
            from = end;
            continue;
        }
        for span in parser::split(&text[from..]) {
            let (start, end) = (from + span.range().start, from + span.range().end);
            if text[start..].starts_with(':') {
                // The command's line may hold what would split it up: it is read anew, as a line.
                from = start;
                continue 'rest;
            }
            pieces.push(Piece::Statement(&text[start..end], start));
        }
        return pieces;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_statements() {
        let text = "// first\nRETURN 1; RETURN ';'\n;\n :param a it's; odd\nRETURN $a\n";
        let expected = [
            Piece::Statement("RETURN 1", 9),
            Piece::Statement("RETURN ';'", 19),
            Piece::Command(":param a it's; odd"),
            Piece::Statement("RETURN $a", 52),
        ];
        assert_eq!(pieces(text), expected);
        assert_eq!(pieces(" \n; // nothing"), []);
        assert_eq!(pieces(":help"), [Piece::Command(":help")]);
    }
}
