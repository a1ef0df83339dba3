//! The codes by which Neo4j's clients know errors and warnings: its own, and GQL's status. Every door reads this table.

use crate::diagnostic::{Detail, Diagnostic, Phase, Span};

/// What clients call an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    /// Neo4j's code without `Neo.`.
    pub(crate) neo4j: &'static str,
    pub(crate) gql: Status,
}

/// What clients call the error.
pub(crate) fn of(error: &Diagnostic) -> Code {
    let Row(before, running, gql) = row(error.detail);
    let neo4j = match error.phase {
        Phase::CompileTime => before,
        Phase::Runtime => running,
    };
    Code { neo4j, gql }
}

/// A GQL status with its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(pub(crate) &'static str, pub(crate) &'static str);

pub(super) const INVALID_REQUEST: Status = Status("08N06", "error: connection exception - protocol error");
pub(super) const INVALID_ARGUMENT: Status =
    Status("22N03", "error: data exception - specified numeric value out of range");
pub(super) const DATA: Status = Status("22000", "error: data exception");
pub(super) const SYNTAX: Status = Status("42001", "error: syntax error or access rule violation - invalid syntax");
pub(super) const VALUE_TYPE: Status = Status("22G03", "error: data exception - invalid value type");
pub(super) const TEMPORAL: Status = Status("22007", "error: data exception - invalid date, time, or datetime format");
pub(super) const OUT_OF_RANGE: Status = Status("22003", "error: data exception - numeric value out of range");
pub(super) const DIVISION: Status = Status("22012", "error: data exception - division by zero");
pub(super) const NEGATIVE: Status = Status("22N38", "error: data exception - invalid function argument");
pub(super) const CONSTRAINT: Status =
    Status("22N79", "error: data exception - property uniqueness constraint violated");
pub(super) const DELETED: Status =
    Status("25N13", "error: invalid transaction state - cannot access entity after removal");
pub(super) const CONFLICT: Status = Status("25N11", "error: invalid transaction state - conflicting transaction state");
pub(super) const READ_ONLY: Status = Status("25G03", "error: invalid transaction state - read-only GQL-transaction");
pub(super) const CLOSED: Status = Status("25N05", "error: invalid transaction state - transaction closed");
pub(super) const ACTIVE: Status = Status("25G01", "error: invalid transaction state - active GQL-transaction");
pub(super) const STOPPED: Status =
    Status("25N14", "error: invalid transaction state - transaction termination client error");
pub(super) const STOPPED_TRANSIENT: Status =
    Status("25N16", "error: invalid transaction state - transaction termination transient error");
pub(super) const COMMIT: Status = Status("2DN01", "error: invalid transaction termination - commit failed");
pub(super) const UNAUTHORIZED: Status =
    Status("42NFF", "error: syntax error or access rule violation - permission/access denied");
pub(super) const NO_DATABASE: Status = Status("22N51", "error: data exception - database or alias not found");
pub(super) const UNAVAILABLE: Status = Status("08N09", "error: connection exception - database unavailable");
pub(super) const GENERAL: Status = Status("50N42", "error: general processing exception - unexpected error");
pub(super) const LIMIT: Status = Status("51N00", "error: system configuration or operation exception");
pub(super) const MEMORY: Status =
    Status("51N56", "error: system configuration or operation exception - insufficient memory");

/// What a detail is called by drivers: the code when it is found before running, the code when it is found while
/// running, and the status.
struct Row(&'static str, &'static str, Status);

pub(super) const SYNTAX_ERROR: &str = "ClientError.Statement.SyntaxError";
pub(super) const TYPE_ERROR: &str = "ClientError.Statement.TypeError";
pub(super) const ARGUMENT_ERROR: &str = "ClientError.Statement.ArgumentError";
pub(super) const ARITHMETIC_ERROR: &str = "ClientError.Statement.ArithmeticError";
pub(super) const CALL_FAILED: &str = "ClientError.Procedure.ProcedureCallFailed";
pub(super) const UNKNOWN_ERROR: &str = "DatabaseError.General.UnknownError";

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
        D::ValueTooLarge => both(ARGUMENT_ERROR, DATA),
        D::MemoryLimit => both("TransientError.General.MemoryPoolOutOfMemoryError", MEMORY),
        D::RowLimit => both("ClientError.General.LimitExceeded", LIMIT),
        D::TimeLimit => both("ClientError.Transaction.TransactionTimedOut", STOPPED),
        D::Interrupted => both("TransientError.Transaction.Terminated", STOPPED_TRANSIENT),
        // Drivers try a managed transaction again, elsewhere or once the server is back.
        D::ServerShutdown => both("TransientError.General.DatabaseUnavailable", UNAVAILABLE),
        D::CommitFailed => both("DatabaseError.Transaction.TransactionCommitFailed", COMMIT),
        D::DatabaseLocked => both("TransientError.General.DatabaseUnavailable", GENERAL),
        D::FileExists | D::IsADirectory | D::MissingFile | D::PermissionDenied => {
            both("ClientError.Statement.ExternalResourceFailed", GENERAL)
        }
        // Of warnings alone; what a warning is called is below.
        D::InMemoryOnly => both(UNKNOWN_ERROR, GENERAL),
        D::CorruptFile | D::DatabaseMoved | D::Defect | D::DeviceFailure | D::DiskFull | D::WriteFailed => {
            both(UNKNOWN_ERROR, GENERAL)
        }
    }
}

/// Where a span starts, as clients count: characters from 0, line and column from 1. `None` if it is of another text.
pub(crate) fn place(span: Span, statement: &str) -> Option<[(&'static str, usize); 3]> {
    let before = statement.get(..span.range().start)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Some([("offset", before.chars().count()), ("line", line), ("column", column)])
}

/// What Neo4j calls a warning, and the group of warnings that it belongs to.
pub(crate) fn of_warning(warning: &Diagnostic) -> (&'static str, &'static str) {
    match warning.detail {
        Detail::UnknownLabel => ("Neo.ClientNotification.Statement.UnknownLabelWarning", "UNRECOGNIZED"),
        Detail::UnknownRelationshipType => {
            ("Neo.ClientNotification.Statement.UnknownRelationshipTypeWarning", "UNRECOGNIZED")
        }
        Detail::UnknownPropertyKey => ("Neo.ClientNotification.Statement.UnknownPropertyKeyWarning", "UNRECOGNIZED"),
        _ => ("Neo.ClientNotification.Statement.GenericWarning", "GENERIC"),
    }
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
}
