//! What a server says is wrong, as a diagnostic of ours.

use crate::bolt::message::Fields;
use crate::diagnostic::{Detail, Diagnostic, Kind, Phase, Span};
use crate::graph::Value;

/// What Neo4j's codes contain, and what that is called here. The first that fits counts.
const CODES: &[(&str, Kind, Detail)] = &[
    ("Statement.SyntaxError", Kind::SyntaxError, Detail::UnexpectedSyntax),
    ("Statement.SemanticError", Kind::SemanticError, Detail::UnexpectedSyntax),
    ("Statement.ParameterMissing", Kind::ParameterMissing, Detail::MissingParameter),
    ("Statement.TypeError", Kind::TypeError, Detail::InvalidArgumentType),
    ("Statement.ArithmeticError", Kind::ArithmeticError, Detail::NumberOutOfRange),
    ("Statement.EntityNotFound", Kind::EntityNotFound, Detail::DeletedEntityAccess),
    ("Statement.AccessMode", Kind::TransactionError, Detail::ReadOnly),
    ("Statement.", Kind::ArgumentError, Detail::InvalidArgumentValue),
    ("Procedure.ProcedureNotFound", Kind::ProcedureError, Detail::ProcedureNotFound),
    ("Procedure.", Kind::ProcedureError, Detail::InvalidArgumentValue),
    ("Schema.ConstraintValidationFailed", Kind::ConstraintValidationFailed, Detail::CreateBlockedByConstraint),
    ("Schema.EquivalentSchemaRuleAlreadyExists", Kind::SemanticError, Detail::SchemaRuleExists),
    ("Schema.", Kind::SemanticError, Detail::SchemaRuleNotFound),
    ("Transaction.TransactionTimedOut", Kind::Stopped, Detail::TimeLimit),
    ("Transaction.Terminated", Kind::Stopped, Detail::Interrupted),
    ("Transaction.", Kind::TransactionError, Detail::TransactionConflict),
    ("Memory", Kind::Stopped, Detail::MemoryLimit),
    ("Security.", Kind::IoError, Detail::PermissionDenied),
];

/// A failure of a server.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Failure {
    code: String,
    message: String,
    /// Characters before the place of the error in the statement.
    offset: Option<usize>,
}

impl Failure {
    pub(super) fn of(fields: &Fields) -> Failure {
        let text = |key: &str| fields.get(key).and_then(Value::as_str).map(str::to_string);
        let message = text("message").unwrap_or_default();
        let record = match fields.get("diagnostic_record") {
            Some(Value::Map(record)) => match record.get("_position") {
                Some(Value::Map(place)) => place.get("offset").and_then(Value::as_integer),
                _ => None,
            },
            _ => None,
        };
        let offset = record.and_then(|offset| usize::try_from(offset).ok()).or_else(|| offset_in(&message));
        Failure { code: text("neo4j_code").or_else(|| text("code")).unwrap_or_default(), message, offset }
    }

    /// Whether the same request may go well a moment later.
    pub(super) fn is_transient(&self) -> bool {
        self.code.contains("TransientError")
    }

    /// The error, with its place in the statement that was sent, if it is of that.
    pub(super) fn diagnostic(&self, statement: Option<&str>) -> Diagnostic {
        let row = CODES.iter().find(|(part, ..)| self.code.contains(part));
        let (kind, detail) = row.map_or((Kind::IoError, Detail::DeviceFailure), |(_, kind, detail)| (*kind, *detail));
        let message = without_place(&self.message);
        let mut error = Diagnostic::runtime(kind, detail, message);
        if kind == Kind::SyntaxError {
            error.phase = Phase::CompileTime;
        }
        error.span = statement.and_then(|statement| span(statement, self.offset?));
        error.help(format!("the server says so: {}", self.code))
    }
}

/// `… (line 1, column 8 (offset: 7))`
fn offset_in(message: &str) -> Option<usize> {
    let after = message.rsplit_once("(offset: ")?.1;
    after.split_once(')')?.0.trim().parse().ok()
}

/// The first line of a message: the lines after it repeat the statement with a caret.
fn without_place(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let end = first.rfind(" (line ").filter(|_| first.contains("(offset: ")).unwrap_or(first.len());
    first[..end].trim_end_matches('.').to_string()
}

/// The word at this offset in characters.
fn span(statement: &str, offset: usize) -> Option<Span> {
    let start = statement.char_indices().nth(offset)?.0;
    let word = statement[start..].chars().take_while(|c| c.is_alphanumeric() || *c == '_');
    let length = word.map(char::len_utf8).sum::<usize>().max(statement[start..].chars().next()?.len_utf8());
    Some(Span::new(start, start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syntax_error_of_neo4j_has_its_caret_here() {
        let message =
            "Variable `m` not defined (line 1, column 18 (offset: 17))\n\"MATCH (n) RETURN m\"\n                  ^";
        let fields = Fields::from([
            ("code".to_string(), Value::from("Neo.ClientError.Statement.SyntaxError")),
            ("message".to_string(), Value::from(message)),
        ]);
        let error = Failure::of(&fields).diagnostic(Some("MATCH (n) RETURN m"));
        assert_eq!((error.kind, error.message.as_str()), (Kind::SyntaxError, "Variable `m` not defined"));
        assert_eq!(error.span, Some(Span::new(17, 18)));
        assert!(error.help.unwrap().ends_with("Neo.ClientError.Statement.SyntaxError"));
    }

    #[test]
    fn a_place_beyond_the_statement_is_no_place() {
        assert_eq!(span("RETURN", 6), None);
        assert_eq!(span("RETURN é", 7), Some(Span::new(7, 9)));
        let unknown = Failure { code: String::new(), message: "no".into(), offset: None };
        assert_eq!(unknown.diagnostic(Some("x")).kind, Kind::IoError);
    }
}
