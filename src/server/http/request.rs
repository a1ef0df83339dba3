//! Requests with a JSON body.

use std::error::Error;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::formats::query_format;
use super::problem::Problem;
use super::values::long_integer;
use crate::server::settings::Settings;

/// Time that a body may take to arrive.
const BODY: Duration = Duration::from_secs(60);

/// The whole body, if it is not too large and comes in time.
pub(super) async fn body(settings: &Settings, body: Body) -> Result<Bytes, Problem> {
    match tokio::time::timeout(BODY, to_bytes(body, settings.message)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if error.source().is_some_and(|source| source.to_string().contains("length limit")) => {
            let message = format!("the request is larger than {} bytes", settings.message);
            let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "Neo.ClientError.Request.Invalid", message);
            Err(problem.help("send less at once, or ask whoever runs the server for a larger --max-request"))
        }
        Ok(Err(error)) => Err(Problem::bad_request(format!("the request did not arrive whole: {error}"))),
        Err(_) => {
            let code = "Neo.ClientError.Request.Invalid";
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, code, "the request did not arrive in time"))
        }
    }
}

/// Whether the body is Typed JSON; an error if it is not JSON at all.
pub(super) fn is_typed(headers: &HeaderMap) -> Result<bool, Problem> {
    let content = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match query_format(content) {
        Some(format) if !format.lines => Ok(format.typed),
        _ => {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            let message = format!("`{content}` is not a type of requests");
            let problem = Problem::new(status, "Neo.ClientError.Request.InvalidFormat", message);
            Err(problem.help("send Content-Type: application/json"))
        }
    }
}

/// Reads JSON. Values may be nested 128 levels deep.
pub(super) fn json<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    let wrong =
        |message: String| Problem::new(StatusCode::BAD_REQUEST, "Neo.ClientError.Request.InvalidFormat", message);
    let text = std::str::from_utf8(bytes).map_err(|error| wrong(format!("the request is not UTF-8: {error}")))?;
    if let Some(number) = long_integer(text) {
        let message = format!("{number} is beyond the range of an integer, from -2^63 to 2^63 - 1");
        return Err(wrong(message).help("write it as a float, or as a string"));
    }
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        match message.contains("recursion limit") {
            true => wrong(format!("values are nested deeper than 128 levels: {message}")),
            false => wrong(format!("the request cannot be read: {message}")),
        }
    })
}
