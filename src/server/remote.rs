//! What a client can do about an error. The engine's errors name flags of the program and commands of the shell, which a
//! client does not have: it can change what it sends, or ask whoever runs the server.

use super::settings::Settings;
use super::users::Role;
use crate::diagnostic::{Detail, Diagnostic};

/// The error with a help for who reached the server over a network.
pub(super) fn for_client(error: Diagnostic, settings: &Settings, role: Role) -> Diagnostic {
    let help = match error.detail {
        Detail::TimeLimit => "narrow the question, or ask whoever runs the server for a longer --timeout",
        Detail::MemoryLimit => "narrow the question, or ask whoever runs the server for more --memory",
        Detail::RowLimit => "narrow the question, write LIMIT, or ask whoever runs the server for more --max-rows",
        Detail::MissingParameter => "send it with the statement, among its parameters",
        Detail::PermissionDenied if error.message.starts_with("LOAD CSV") => {
            "servers read no files: send the rows as a parameter, and write UNWIND $rows AS row"
        }
        Detail::ReadOnly if settings.read_only => "this server was started to be read only: ask whoever runs it",
        Detail::ReadOnly if role == Role::Reader => {
            "your user only reads: ask whoever runs the server for the role writer"
        }
        Detail::ReadOnly => "open a transaction that writes",
        _ => return generally(error),
    };
    error.help(help)
}

/// Says of any other help that names a flag or a command of the shell who has it.
fn generally(mut error: Diagnostic) -> Diagnostic {
    if let Some(help) = error.help.take_if(|help| is_local(help)) {
        error.help = Some(format!("ask whoever runs the server, who can: {help}"));
    }
    error
}

/// Whether a help names a flag (`--wait`) or a command of the shell (`:set`).
fn is_local(help: &str) -> bool {
    help.split(|c: char| c.is_whitespace() || "`('\"".contains(c)).any(|word| {
        let name = word.strip_prefix("--").or_else(|| word.strip_prefix(':'));
        name.is_some_and(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Kind;

    fn helped(detail: Detail, help: &str) -> String {
        let error = Diagnostic::runtime(Kind::IoError, detail, "no").help(help);
        for_client(error, &Settings::default(), Role::Writer).help.unwrap_or_default()
    }

    #[test]
    fn no_error_names_a_flag_without_its_owner() {
        for detail in Detail::ALL {
            for help in ["raise it with --timeout", "see `:set`", "set it (--param x)"] {
                let help = helped(*detail, help);
                assert!(!is_local(&help) || help.contains("whoever runs the server"), "{detail}: {help}");
            }
        }
        assert_eq!(helped(Detail::UnknownName, "did you mean nova?"), "did you mean nova?");
        assert_eq!(
            helped(Detail::UnexpectedSyntax, "(a)-->(b:Label) -- is a pattern"),
            "(a)-->(b:Label) -- is a pattern"
        );
    }
}
