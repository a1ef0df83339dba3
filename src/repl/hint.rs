//! What is shown dimmed behind the cursor: at the start of a further line why the statement goes on, else the signature
//! of the function being typed, or the rest of an earlier line.

use rustyline::hint::Hint;

use super::commands::help;
use crate::assist::open_call;
use crate::functions::{self, aggregate};
use crate::parser;
use crate::procedures;

/// A hint that may be taken over with the right-arrow key.
pub(super) struct ShellHint {
    display: String,
    takes: bool,
}

impl ShellHint {
    pub(super) fn completing(display: String) -> ShellHint {
        // A hint of several lines would push the prompt around.
        let takes = !display.contains('\n');
        let display = display.split('\n').next().unwrap_or("").to_string();
        ShellHint { display, takes }
    }
}

impl Hint for ShellHint {
    fn display(&self) -> &str {
        &self.display
    }

    fn completion(&self) -> Option<&str> {
        self.takes.then_some(&self.display)
    }
}

/// Why a statement goes on, where a further line of it begins.
pub(super) fn missing(line: &str) -> Option<ShellHint> {
    let before = line.strip_suffix('\n')?;
    let missing = parser::missing(before)?;
    let display = format!("… {missing} is missing; an empty line runs it as it is, Ctrl-C drops it");
    Some(ShellHint { display, takes: false })
}

/// The signature of the function or procedure whose bracket was just opened.
pub(super) fn signature(line: &str) -> Option<ShellHint> {
    let name = open_call(line)?;
    let signature = match functions::find(&name) {
        Some(function) => help::signature(function),
        None => match aggregate::find(&name) {
            Some(aggregate) => help::aggregate_signature(aggregate),
            None => help::procedure_signature(procedures::all().find(|p| p.name.eq_ignore_ascii_case(&name))?),
        },
    };
    Some(ShellHint { display: format!("   {signature}"), takes: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_being_typed() {
        let Some((_, function)) = functions::all().next() else { return };
        let hint = signature(&format!("RETURN {}(", function.name)).unwrap();
        assert!(hint.display().contains(function.name) && hint.completion().is_none());
        assert!(signature("RETURN nosuchfunction(").is_none());
        assert!(signature("MATCH (").is_none());
    }

    #[test]
    fn a_further_line_says_why_it_is_there() {
        let says = |line: &str| missing(line).map(|hint| hint.display().to_string()).unwrap_or_default();
        assert!(says("MATCH (n\n").starts_with("… ')' is missing; an empty line"));
        assert!(says("MATCH (n)\n").starts_with("… RETURN or another clause after MATCH is missing"));
        assert!(says("RETURN 'a\n").starts_with("… the closing ' is missing"));
        assert!(says("RETURN 1 AND\n").starts_with("… something after AND is missing"));
        assert!(says("WHY nova TO\n").starts_with("… something after TO is missing"));
        assert!(missing("MATCH (n").is_none() && missing("RETURN 1\n").is_none());
        assert!(missing("MATCH (n)\n").and_then(|hint| hint.completion().map(str::to_string)).is_none());
    }

    #[test]
    fn only_the_first_line_of_an_old_entry_shows() {
        assert_eq!(ShellHint::completing("a\nb".into()).display(), "a");
        assert_eq!(ShellHint::completing("a\nb".into()).completion(), None);
        assert_eq!(ShellHint::completing("ab".into()).completion(), Some("ab"));
    }
}
