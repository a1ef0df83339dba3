//! What people type before they know the language: `help`, `quit`, `exit`, `?`, `\q`, or a term and nothing else.
//!
//! Only the shell understands these, and only where the line is not a statement: what a script means must not depend on
//! the names in a graph.

use crate::assist;
use crate::parser::{self, CLAUSES, STATEMENTS};

/// What is typed, and the command that is meant.
const COMMANDS: &[(&str, &str)] =
    &[("help", "help"), ("?", "help"), ("quit", "quit"), ("exit", "quit"), ("\\q", "quit")];

/// The line without what ends it.
fn bare(line: &str) -> &str {
    line.trim().trim_end_matches(';').trim_end()
}

/// The command that the line means. Only help has a topic: `quit smoking` may be a term.
pub(super) fn command(line: &str) -> Option<String> {
    let line = bare(line);
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (_, command) = COMMANDS.iter().find(|(typed, _)| typed.eq_ignore_ascii_case(word))?;
    let is_whole = rest.is_empty() || (*command == "help" && !rest.contains('\n'));
    is_whole.then(|| format!(":{command} {}", rest.trim()).trim_end().to_string())
}

/// What to run instead of the line; `None` if it is to be run as it is. `names_term` says whether a term is called so.
pub(super) fn meant(line: &str, names_term: impl Fn(&str) -> bool) -> Option<String> {
    let line = bare(line);
    if line.starts_with(':') || line.contains('\n') {
        return None;
    }
    let shown = |term: &str| format!("SHOW {}", assist::bare(term));
    match command(line) {
        // `help desk` is a term where one is called so; `help` never is.
        Some(_) if line.contains(char::is_whitespace) && names_term(line) => Some(shown(line)),
        Some(command) => Some(command),
        None => is_term(line, names_term).then(|| shown(unquoted(line))),
    }
}

/// Whether the line is a term: no statement, but a name, or at least words that may be one.
fn is_term(line: &str, names_term: impl Fn(&str) -> bool) -> bool {
    let first = line.split_whitespace().next().unwrap_or("");
    let starts = |keyword: &str| keyword.split(' ').next().is_some_and(|word| word.eq_ignore_ascii_case(first));
    if STATEMENTS.iter().chain(CLAUSES).any(|starter| starts(starter.keyword)) {
        return false;
    }
    let Err(errors) = parser::parse_statement(line) else { return false };
    // A keyword that is mistyped is more than a term that is not there.
    let is_mistyped = errors.iter().any(|error| error.help.is_some());
    let are_words = || line.split_whitespace().all(|word| word.starts_with(char::is_alphabetic));
    names_term(unquoted(line)) || (!is_mistyped && are_words() && parser::is_bare_term(line))
}

fn unquoted(line: &str) -> &str {
    let inside = |quote| line.strip_prefix(quote)?.strip_suffix(quote);
    inside('\'').or_else(|| inside('"')).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant_here(line: &str) -> Option<String> {
        let names = ["nova", "Block Storage", "help desk", "Order", "return"];
        meant(line, |text| names.iter().any(|name| name.eq_ignore_ascii_case(text)))
    }

    #[test]
    fn words_of_other_shells() {
        let all = [("help", ":help"), ("?", ":help"), ("HELP deps;", ":help deps"), ("? set", ":help set")];
        for (line, command) in all.into_iter().chain([("quit", ":quit"), (" exit; ", ":quit"), ("\\q", ":quit")]) {
            assert_eq!(meant_here(line).as_deref(), Some(command), "{line}");
        }
    }

    #[test]
    fn a_term_alone_is_shown() {
        assert_eq!(meant_here("nova").as_deref(), Some("SHOW nova"));
        assert_eq!(meant_here("block storage;").as_deref(), Some("SHOW block storage"));
        assert_eq!(meant_here("'Block Storage'").as_deref(), Some("SHOW Block Storage"));
        assert_eq!(meant_here("help desk").as_deref(), Some("SHOW help desk"));
        assert_eq!(meant_here("nvoa").as_deref(), Some("SHOW nvoa"), "its error says what is like it");
    }

    #[test]
    fn a_statement_is_left_alone() {
        for line in ["RETURN 1", "CYCLES", "ORDER", "return", "DEPS nova", "MATCH", "MATCH (n)", ":help", "SHOW"] {
            assert_eq!(meant_here(line), None, "{line}");
        }
        for line in ["MACTH (n) RETURN n", "RETRUN 1", "nova\nnova", "1 + 1", ""] {
            assert_eq!(meant_here(line), None, "{line}");
        }
    }
}
