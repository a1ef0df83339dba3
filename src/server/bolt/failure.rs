//! [`Failure`]: an error as drivers know it, by code and GQL status.
//!
//! Drivers decide by the code whether to try again: `TransientError` is tried again, `ClientError` is not.

use crate::bolt::Version;
use crate::diagnostic::{Detail, Diagnostic, Phase, Span};
use crate::graph::Value;

/// What a FAILURE says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Failure {
    /// Without `Neo.`.
    code: &'static str,
    status: Status,
    message: String,
    position: Option<Value>,
}

/// A GQL status with its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status(pub(super) &'static str, pub(super) &'static str);

const INVALID_REQUEST: Status = Status("08N06", "error: connection exception - protocol error");
const INVALID_ARGUMENT: Status = Status("22N03", "error: data exception - specified numeric value out of range");
const DATA: Status = Status("22000", "error: data exception");
const SYNTAX: Status = Status("42001", "error: syntax error or access rule violation - invalid syntax");
const VALUE_TYPE: Status = Status("22G03", "error: data exception - invalid value type");
const TEMPORAL: Status = Status("22007", "error: data exception - invalid date, time, or datetime format");
const OUT_OF_RANGE: Status = Status("22003", "error: data exception - numeric value out of range");
const DIVISION: Status = Status("22012", "error: data exception - division by zero");
const NEGATIVE: Status = Status("22N38", "error: data exception - invalid function argument");
const CONSTRAINT: Status = Status("22N79", "error: data exception - property uniqueness constraint violated");
const DELETED: Status = Status("25N13", "error: invalid transaction state - cannot access entity after removal");
const CONFLICT: Status = Status("25N11", "error: invalid transaction state - conflicting transaction state");
const READ_ONLY: Status = Status("25G03", "error: invalid transaction state - read-only GQL-transaction");
const CLOSED: Status = Status("25N05", "error: invalid transaction state - transaction closed");
const ACTIVE: Status = Status("25G01", "error: invalid transaction state - active GQL-transaction");
const STOPPED: Status = Status("25N14", "error: invalid transaction state - transaction termination client error");
const STOPPED_TRANSIENT: Status =
    Status("25N16", "error: invalid transaction state - transaction termination transient error");
const COMMIT: Status = Status("2DN01", "error: invalid transaction termination - commit failed");
const UNAUTHORIZED: Status = Status("42NFF", "error: syntax error or access rule violation - permission/access denied");
const NO_DATABASE: Status = Status("22N51", "error: data exception - database or alias not found");
const GENERAL: Status = Status("50N42", "error: general processing exception - unexpected error");
const MEMORY: Status = Status("51N56", "error: system configuration or operation exception - insufficient memory");

/// What a detail is called by drivers: the code when it is found before running, the code when it is found while
/// running, and the status.
struct Row(&'static str, &'static str, Status);

const SYNTAX_ERROR: &str = "ClientError.Statement.SyntaxError";
const TYPE_ERROR: &str = "ClientError.Statement.TypeError";
const ARGUMENT_ERROR: &str = "ClientError.Statement.ArgumentError";
const ARITHMETIC_ERROR: &str = "ClientError.Statement.ArithmeticError";
const CALL_FAILED: &str = "ClientError.Procedure.ProcedureCallFailed";
const UNKNOWN_ERROR: &str = "DatabaseError.General.UnknownError";

/// The one table of errors.
fn row(detail: Detail) -> Row {
    use Detail as D;
    let both = |code, status| Row(code, code, status);
    match detail {
        D::AmbiguousAggregationExpression
        | D::ColumnNameConflict
        | D::CreatingVarLength
        | D::DifferentColumnsInUnion
        | D::InvalidAggregation
        | D::InvalidArgumentExpression
        | D::InvalidArgumentPassingMode
        | D::InvalidClauseComposition
        | D::InvalidDelete
        | D::InvalidNumberLiteral
        | D::InvalidNumberOfArguments
        | D::InvalidParameterUse
        | D::InvalidRelationshipPattern
        | D::InvalidUnicodeCharacter
        | D::InvalidUnicodeLiteral
        | D::InvalidUseOfPathPattern
        | D::NestedAggregation
        | D::NestingLimit
        | D::NoExpressionAlias
        | D::NoSingleRelationshipType
        | D::NoVariablesInScope
        | D::NonConstantExpression
        | D::RelationshipUniquenessViolation
        | D::RequiresDirectedRelationship
        | D::UndefinedVariable
        | D::UnexpectedSyntax
        | D::UnknownFunction
        | D::VariableAlreadyBound
        | D::VariableTypeConflict => both(SYNTAX_ERROR, SYNTAX),
        D::InvalidArgumentType
        | D::InvalidElementAccess
        | D::InvalidPropertyType
        | D::ListElementAccessByNonInteger
        | D::MapElementAccessByNonString
        | D::PropertyAccessOnNonMap => Row(SYNTAX_ERROR, TYPE_ERROR, VALUE_TYPE),
        D::InvalidArgumentValue => both(ARGUMENT_ERROR, DATA),
        D::NegativeIntegerArgument => Row(SYNTAX_ERROR, ARGUMENT_ERROR, NEGATIVE),
        D::NumberOutOfRange => Row(SYNTAX_ERROR, ARGUMENT_ERROR, INVALID_ARGUMENT),
        D::FloatingPointOverflow | D::IntegerOverflow => Row(SYNTAX_ERROR, ARITHMETIC_ERROR, OUT_OF_RANGE),
        D::IntervalOverflow => Row(SYNTAX_ERROR, ARITHMETIC_ERROR, TEMPORAL),
        D::DivisionByZero => both(ARITHMETIC_ERROR, DIVISION),
        D::AmbiguousName | D::UnknownName => both(CALL_FAILED, DATA),
        D::ProcedureNotFound => both("ClientError.Procedure.ProcedureNotFound", SYNTAX),
        D::MissingParameter => both("ClientError.Statement.ParameterMissing", SYNTAX),
        D::UnknownLabel | D::UnknownPropertyKey | D::UnknownRelationshipType => {
            both("ClientError.Statement.PropertyNotFound", DATA)
        }
        D::DeletedEntityAccess => both("ClientError.Statement.EntityNotFound", DELETED),
        D::MergeReadOwnWrites => both("ClientError.Statement.SemanticError", DATA),
        D::CreateBlockedByConstraint | D::DeleteConnectedNode => {
            both("ClientError.Schema.ConstraintValidationFailed", CONSTRAINT)
        }
        D::SchemaRuleExists => both("ClientError.Schema.EquivalentSchemaRuleAlreadyExists", DATA),
        D::SchemaRuleNotFound => both("ClientError.Schema.SchemaRuleNotFound", DATA),
        D::ReadOnly | D::ReadOnlyFile => both("ClientError.Statement.AccessMode", READ_ONLY),
        D::NoTransaction => both("ClientError.Transaction.TransactionNotFound", CLOSED),
        D::TransactionOpen => both("ClientError.Transaction.TransactionStartFailed", ACTIVE),
        D::TransactionConflict => both("TransientError.Transaction.Outdated", CONFLICT),
        D::TransactionTooLarge => both("TransientError.General.TransactionMemoryLimit", MEMORY),
        D::MemoryLimit => both("TransientError.General.MemoryPoolOutOfMemoryError", MEMORY),
        D::TimeLimit => both("ClientError.Transaction.TransactionTimedOut", STOPPED),
        D::Interrupted => both("TransientError.Transaction.Terminated", STOPPED_TRANSIENT),
        D::CommitFailed => both("DatabaseError.Transaction.TransactionCommitFailed", COMMIT),
        D::DatabaseLocked => both("TransientError.General.DatabaseUnavailable", GENERAL),
        D::FileExists | D::IsADirectory | D::MissingFile | D::PermissionDenied => {
            both("ClientError.Statement.ExternalResourceFailed", GENERAL)
        }
        D::CorruptFile | D::DatabaseMoved | D::Defect | D::DeviceFailure | D::DiskFull | D::WriteFailed => {
            both(UNKNOWN_ERROR, GENERAL)
        }
    }
}

impl Failure {
    fn new(code: &'static str, status: Status, message: impl Into<String>) -> Failure {
        Failure { code, status, message: message.into(), position: None }
    }

    /// The errors of a statement: the first one, and what the others say.
    pub(super) fn of(errors: &[Diagnostic], statement: &str) -> Failure {
        let Some(first) = errors.first() else {
            return Failure::new(UNKNOWN_ERROR, GENERAL, "the statement failed without an error");
        };
        let Row(before, running, status) = row(first.detail);
        let code = match first.phase {
            Phase::CompileTime => before,
            Phase::Runtime => running,
        };
        let message = errors.iter().map(sentence).collect::<Vec<_>>().join("\n");
        Failure { code, status, message, position: first.span.map(|span| position(span, statement)) }
    }

    pub(super) fn one(error: &Diagnostic) -> Failure {
        Failure::of(std::slice::from_ref(error), "")
    }

    /// A message that cannot come here; the connection ends with it.
    pub(super) fn protocol(message: impl Into<String>) -> Failure {
        Failure::new("ClientError.Request.Invalid", INVALID_REQUEST, message)
    }

    /// Bytes that are no message; the connection ends with it.
    pub(super) fn format(message: impl Into<String>) -> Failure {
        Failure::new("ClientError.Request.InvalidFormat", INVALID_REQUEST, message)
    }

    /// A field of a message that does not fit.
    pub(super) fn argument(message: impl Into<String>) -> Failure {
        Failure::new(ARGUMENT_ERROR, DATA, message)
    }

    /// The same for every name and password, so that it does not tell which of them is wrong.
    pub(super) fn unauthorized(message: impl Into<String>) -> Failure {
        Failure::new("ClientError.Security.Unauthorized", UNAUTHORIZED, message)
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Failure {
        Failure::new("ClientError.Security.Forbidden", UNAUTHORIZED, message)
    }

    pub(super) fn no_database(message: impl Into<String>) -> Failure {
        Failure::new("ClientError.Database.DatabaseNotFound", NO_DATABASE, message)
    }

    pub(super) fn bookmark(message: impl Into<String>) -> Failure {
        Failure::new("ClientError.Transaction.InvalidBookmark", DATA, message)
    }

    pub(super) fn bookmark_timeout(message: impl Into<String>) -> Failure {
        Failure::new("TransientError.Transaction.BookmarkTimeout", STOPPED_TRANSIENT, message)
    }

    pub(super) fn timed_out(message: impl Into<String>) -> Failure {
        Failure::new("ClientError.Transaction.TransactionTimedOut", STOPPED, message)
    }

    pub(super) fn terminated(message: impl Into<String>) -> Failure {
        Failure::new("TransientError.Transaction.Terminated", STOPPED_TRANSIENT, message)
    }

    pub(super) fn rows(message: impl Into<String>) -> Failure {
        Failure::new("ClientError.Transaction.LockClientStopped", STOPPED, message)
    }

    /// For the log.
    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    /// The fields of the FAILURE in a version.
    pub(super) fn fields(&self, version: Version) -> Vec<(&'static str, Value)> {
        let code = Value::from(format!("Neo.{}", self.code));
        let message = Value::from(self.message.as_str());
        if !version.has(5, 7) {
            return vec![("code", code), ("message", message)];
        }
        let classification = match self.code.split('.').next() {
            Some("TransientError") => "TRANSIENT_ERROR",
            Some("DatabaseError") => "DATABASE_ERROR",
            _ => "CLIENT_ERROR",
        };
        let mut record = vec![("_classification", Value::from(classification))];
        record.extend(self.position.clone().map(|position| ("_position", position)));
        vec![
            ("neo4j_code", code),
            ("message", message),
            ("gql_status", Value::from(self.status.0)),
            ("description", Value::from(format!("{}. {}", self.status.1, self.message))),
            ("diagnostic_record", Value::map(record)),
        ]
    }
}

/// The message and what to try.
fn sentence(error: &Diagnostic) -> String {
    match &error.help {
        Some(help) => format!("{} ({help})", error.message),
        None => error.message.clone(),
    }
}

/// Where a span starts, as drivers say it: the character from 0, line and column from 1.
pub(super) fn position(span: Span, statement: &str) -> Value {
    let before = statement.get(..span.range().start).unwrap_or(statement);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let offset = before.chars().count();
    Value::map([("offset", offset), ("line", line), ("column", column)].map(|(key, value)| (key, Value::from(value))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_detail_has_a_code_that_drivers_sort_by() {
        for detail in Detail::ALL {
            let Row(before, running, status) = row(*detail);
            for code in [before, running] {
                assert_eq!(code.split('.').count(), 3, "{detail}: {code}");
                assert!(code.contains("Error."), "{detail}: {code}");
            }
            assert_eq!(status.0.len(), 5, "{detail}");
        }
    }

    #[test]
    fn the_place_is_counted_in_characters() {
        let statement = "MATCH (ä)\nRETURN b";
        let at = statement.find('b').unwrap();
        let expected = [("offset", 17), ("line", 2), ("column", 8)].map(|(key, value)| (key, Value::Integer(value)));
        assert_eq!(position(Span::new(at, at + 1), statement), Value::map(expected));
    }

    #[test]
    fn older_versions_get_code_and_message_alone() {
        let failure = Failure::protocol("no");
        let keys = |version| failure.fields(version).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(keys(Version::new(5, 6)), ["code", "message"]);
        assert_eq!(keys(Version::new(5, 7)).len(), 5);
    }
}
