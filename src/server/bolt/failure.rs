//! [`Failure`]: an error as drivers know it, by code and GQL status.
//!
//! Drivers decide by the code whether to try again: `TransientError` is tried again, `ClientError` is not.

use crate::bolt::Version;
use crate::diagnostic::{Diagnostic, Span};
use crate::graph::Value;
use crate::server::codes::{
    self, ARGUMENT_ERROR, Code, DATA, GENERAL, INVALID_REQUEST, LIMIT, NO_DATABASE, STOPPED, STOPPED_TRANSIENT, Status,
    UNAUTHORIZED, UNKNOWN_ERROR,
};

/// What a FAILURE says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Failure {
    /// Without `Neo.`.
    code: &'static str,
    status: Status,
    message: String,
    position: Option<Value>,
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
        let Code { neo4j: code, gql: status } = codes::of(first);
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

    /// The users have changed: a driver reconnects, and tries again what it can.
    pub(super) fn expired() -> Failure {
        let message = "the users of this server have changed: log in again";
        Failure::new("ClientError.Security.AuthorizationExpired", UNAUTHORIZED, message)
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
        Failure::new("ClientError.General.LimitExceeded", LIMIT, message)
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
    // A span of another text is taken to be behind this one.
    let end = Span::new(statement.len(), statement.len());
    let place = codes::place(span, statement).or_else(|| codes::place(end, statement)).unwrap_or_default();
    Value::map(place.map(|(key, value)| (key, Value::from(value))))
}

#[cfg(test)]
mod tests {
    use super::*;

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
