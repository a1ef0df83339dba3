//! [`Problem`]: why a request was not served, as JSON.
//!
//! `{"errors": [{"code", "message", "help", "position": {"offset", "line", "column", "length"}, …}]}`: what Neo4j's
//! Query API answers, with what kenning knows besides.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value as Json, json};

use crate::diagnostic::{Detail, Diagnostic, Kind, Span};
use crate::render::escape_json;
use crate::server::codes;

/// Why a request was not served.
#[derive(Debug)]
pub(in crate::server) struct Problem {
    status: StatusCode,
    errors: Vec<Json>,
}

impl Problem {
    pub(in crate::server) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Problem {
        Problem { status, errors: vec![json!({ "code": code, "message": message.into() })] }
    }

    pub(in crate::server) fn help(mut self, help: impl Into<String>) -> Problem {
        self.errors[0]["help"] = json!(help.into());
        self
    }

    pub(in crate::server) fn bad_request(message: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "Neo.ClientError.Request.Invalid", message)
    }

    pub(in crate::server) fn not_found(message: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "Neo.ClientError.Request.Invalid", message)
    }

    /// The errors of a statement, with their places in it.
    pub(in crate::server) fn of(errors: &[Diagnostic], statement: &str) -> Problem {
        let status = errors.first().map_or(StatusCode::INTERNAL_SERVER_ERROR, status);
        Problem { status, errors: errors.iter().map(|error| error_json(error, statement)).collect() }
    }

    /// Says that the errors, with their places, are those of a parameter of the address.
    pub(super) fn in_parameter(mut self, name: &str) -> Problem {
        for error in &mut self.errors {
            error["message"] = json!(format!("in `{name}`: {}", error["message"].as_str().unwrap_or_default()));
            error["parameter"] = json!(name);
        }
        self
    }

    /// Shows the statement that the places are places of, for who has not written it.
    pub(super) fn in_statement(mut self, statement: &str) -> Problem {
        for error in self.errors.iter_mut().filter(|error| error.get("position").is_some()) {
            error["statement"] = json!(statement);
        }
        self
    }

    pub(super) fn json(&self) -> Json {
        json!({ "errors": self.errors })
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = escape_json(&self.json().to_string()).into_owned();
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"kenning\", charset=\"UTF-8\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Any failure of a thread that works for a request.
impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Problem {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Problem::new(status, "Neo.DatabaseError.General.UnknownError", format!("the answer was not made: {error}"))
    }
}

fn status(error: &Diagnostic) -> StatusCode {
    match (error.kind, error.detail) {
        (_, Detail::UnknownName) => StatusCode::NOT_FOUND,
        (_, Detail::ReadOnly | Detail::PermissionDenied) => StatusCode::FORBIDDEN,
        (_, Detail::TransactionConflict | Detail::CreateBlockedByConstraint) => StatusCode::CONFLICT,
        (_, Detail::RowLimit) => StatusCode::BAD_REQUEST,
        (Kind::Stopped, _) => StatusCode::SERVICE_UNAVAILABLE,
        (Kind::IoError | Kind::InternalError, _) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// An error or warning as JSON.
pub(super) fn error_json(error: &Diagnostic, statement: &str) -> Json {
    let code = codes::of(error);
    let mut json = json!({
        "code": format!("Neo.{}", code.neo4j),
        "message": error.message,
        "gqlStatus": code.gql.0,
        "kind": error.kind.name(),
        "detail": error.detail.name(),
    });
    if let Some(help) = &error.help {
        json["help"] = json!(help);
    }
    if let Some(position) = error.span.and_then(|span| position(span, statement)) {
        json["position"] = position;
    }
    json
}

/// Where a span begins, counted in characters, and how long it is; `None` if it is of another text.
pub(super) fn position(span: Span, statement: &str) -> Option<Json> {
    let place = codes::place(span, statement)?;
    let mut json: Map<String, Json> = place.into_iter().map(|(key, value)| (key.into(), json!(value))).collect();
    json.insert("length".into(), json!(span.text(statement).chars().count()));
    Some(Json::Object(json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_characters() {
        let statement = "RETURN 'ü'\n  + nothing";
        let start = statement.find("nothing").unwrap();
        let place = position(Span::new(start, statement.len()), statement).unwrap();
        assert_eq!(place, json!({ "offset": 15, "line": 2, "column": 5, "length": 7 }));
        assert_eq!(position(Span::new(400, 401), statement), None);
    }

    #[test]
    fn the_first_error_decides_the_status() {
        let unknown = Diagnostic::runtime(Kind::ArgumentError, Detail::UnknownName, "no term").help("nova");
        let problem = Problem::of(&[unknown], "SHOW x");
        assert_eq!(problem.status, StatusCode::NOT_FOUND);
        assert_eq!(problem.json()["errors"][0]["help"], "nova");
    }
}
