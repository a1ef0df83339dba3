//! What is shown dimmed behind the cursor: the signature of the function being typed, or the rest of an earlier line.

use rustyline::hint::Hint;

use super::commands::help;
use crate::assist::open_call;
use crate::functions::{self, aggregate};
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
    fn only_the_first_line_of_an_old_entry_shows() {
        assert_eq!(ShellHint::completing("a\nb".into()).display(), "a");
        assert_eq!(ShellHint::completing("a\nb".into()).completion(), None);
        assert_eq!(ShellHint::completing("ab".into()).completion(), Some("ab"));
    }
}
