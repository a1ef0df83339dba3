//! The codes by which Neo4j's clients know errors and warnings: its own, and GQL's status.

use crate::diagnostic::{Detail, Diagnostic, Kind, Phase};

/// Neo4j's code of an error and its GQL status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) neo4j: &'static str,
    pub(crate) gql: &'static str,
}

const fn code(neo4j: &'static str, gql: &'static str) -> Code {
    Code { neo4j, gql }
}

/// What Neo4j would call the error: by its detail, else by its kind.
pub(crate) fn of(error: &Diagnostic) -> Code {
    by_detail(error).unwrap_or_else(|| by_kind(error))
}

fn by_detail(error: &Diagnostic) -> Option<Code> {
    Some(match error.detail {
        Detail::InvalidArgumentType if error.phase == Phase::CompileTime => syntax("22G03"),
        Detail::InvalidArgumentType => code("Neo.ClientError.Statement.TypeError", "22G03"),
        Detail::InvalidArgumentValue if error.kind == Kind::ArgumentError => argument("22000"),
        Detail::NegativeIntegerArgument => argument("22N38"),
        Detail::IntegerOverflow => code("Neo.ClientError.Statement.ArithmeticError", "22003"),
        Detail::DivisionByZero => code("Neo.ClientError.Statement.ArithmeticError", "22012"),
        Detail::MissingParameter => code("Neo.ClientError.Statement.ParameterMissing", "42001"),
        Detail::ProcedureNotFound => code("Neo.ClientError.Procedure.ProcedureNotFound", "42001"),
        Detail::CreateBlockedByConstraint => code("Neo.ClientError.Schema.ConstraintValidationFailed", "22N79"),
        Detail::DeleteConnectedNode => code("Neo.ClientError.Schema.ConstraintValidationFailed", "22N79"),
        Detail::SchemaRuleExists => code("Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists", "22N65"),
        Detail::SchemaRuleNotFound => code("Neo.ClientError.Schema.IndexNotFound", "22N69"),
        Detail::DeletedEntityAccess => code("Neo.ClientError.Statement.EntityNotFound", "25N13"),
        Detail::UnknownName | Detail::AmbiguousName => code("Neo.ClientError.Statement.EntityNotFound", "22N00"),
        Detail::ReadOnly => code("Neo.ClientError.Statement.AccessMode", "25G02"),
        Detail::TransactionConflict => code("Neo.TransientError.Transaction.Outdated", "40000"),
        Detail::NoTransaction | Detail::TransactionOpen => {
            code("Neo.ClientError.Transaction.TransactionNotFound", "25N00")
        }
        Detail::Interrupted => code("Neo.ClientError.Transaction.TransactionTerminated", "25N15"),
        Detail::TimeLimit => code("Neo.ClientError.Transaction.TransactionTimedOut", "25N14"),
        Detail::MemoryLimit => code("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "51N14"),
        Detail::RowLimit => code("Neo.ClientError.General.LimitExceeded", "51N00"),
        Detail::DatabaseLocked => code("Neo.TransientError.General.DatabaseUnavailable", "51N40"),
        _ => return None,
    })
}

fn by_kind(error: &Diagnostic) -> Code {
    match error.kind {
        Kind::SyntaxError | Kind::SemanticError => syntax("42001"),
        Kind::ParameterMissing => code("Neo.ClientError.Statement.ParameterMissing", "42001"),
        Kind::ConstraintVerificationFailed => code("Neo.ClientError.Schema.ConstraintVerificationFailed", "22N79"),
        Kind::ConstraintValidationFailed => code("Neo.ClientError.Schema.ConstraintValidationFailed", "22N79"),
        Kind::EntityNotFound => code("Neo.ClientError.Statement.EntityNotFound", "25N13"),
        Kind::PropertyNotFound => code("Neo.ClientError.Statement.PropertyNotFound", "22N00"),
        Kind::LabelNotFound => code("Neo.ClientError.Statement.LabelNotFound", "22N00"),
        Kind::TypeError => code("Neo.ClientError.Statement.TypeError", "22G03"),
        Kind::ArgumentError => argument("22000"),
        Kind::ArithmeticError => code("Neo.ClientError.Statement.ArithmeticError", "22000"),
        Kind::ProcedureError => code("Neo.ClientError.Procedure.ProcedureCallFailed", "22000"),
        Kind::Stopped => code("Neo.ClientError.Transaction.TransactionTerminated", "25N15"),
        Kind::TransactionError => code("Neo.ClientError.Transaction.TransactionHookFailed", "25000"),
        Kind::IoError | Kind::InternalError => code("Neo.DatabaseError.General.UnknownError", "50N00"),
    }
}

const fn syntax(gql: &'static str) -> Code {
    code("Neo.ClientError.Statement.SyntaxError", gql)
}

const fn argument(gql: &'static str) -> Code {
    code("Neo.ClientError.Statement.ArgumentError", gql)
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
