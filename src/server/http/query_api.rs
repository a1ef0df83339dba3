//! Neo4j's Query API, version 2.
//!
//! `POST /db/NAME/query/v2` runs a statement as a transaction of its own; below `/tx` are transactions that last over
//! several requests. As documented by Neo4j, what was started answers 202, whatever becomes of it; errors that are
//! known before the first row have a status of their own.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::answer::{Answer, Ending};
use super::body::{CancelOnDrop, streamed, whole};
use super::door::Door;
use super::form::{QueryForm, sequence_of};
use super::formats::{QueryFormat, accepted_query_format};
use super::guard::Caller;
use super::problem::Problem;
use super::request;
use super::transactions::Ticket;
use super::values::{from_plain, from_typed};
use crate::diagnostic::Diagnostic;
use crate::server::{Line, Request, blocking};

/// What a client sends.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Asked {
    statement: String,
    parameters: Option<Map<String, Json>>,
    include_counters: bool,
    access_mode: Option<AccessMode>,
    bookmarks: Option<Vec<String>>,
    impersonated_user: Option<String>,
    /// In seconds.
    max_execution_time: Option<f64>,
    /// For a log of statements, which kenning does not have.
    #[serde(rename = "txMetadata")]
    _metadata: Option<Json>,
    /// Neo4j's way to say whether the statement may end in transactions of its own; kenning sees that by itself.
    #[serde(rename = "txType")]
    _transaction_type: Option<String>,
    notifications_filter: Option<NotificationsFilter>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum AccessMode {
    Read,
    Write,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NotificationsFilter {
    minimum_severity: Option<String>,
}

/// A request that has been read and found right.
struct Ready {
    request: Request,
    form: QueryForm,
    format: &'static QueryFormat,
    headers: HeaderMap,
    caller: Caller,
}

/// Where a request is about, and by whom it was sent.
type Known = (State<Door>, Extension<Caller>, HeaderMap);

/// `POST /db/NAME/query/v2`
pub(super) async fn query(known: Known, Path(database): Path<String>, body: Body) -> Result<Response, Problem> {
    let door = known.0.0.clone();
    let ready = read(known, &database, body).await?;
    if ready.request.statement.trim().is_empty() {
        return Err(Problem::bad_request("the request has no `statement`"));
    }
    let line = Line::new(door.host.clone(), ready.caller.role).of(&ready.caller.name);
    run(door, line, ready, Ending::Alone).await
}

/// `POST /db/NAME/query/v2/tx`
pub(super) async fn begin(known: Known, Path(database): Path<String>, body: Body) -> Result<Response, Problem> {
    let door = known.0.0.clone();
    let ready = read(known, &database, body).await?;
    let ticket = door.transactions.reserve(door.unguessable(), ready.caller.clone())?;
    let (host, role, read_only) = (door.host.clone(), ready.caller.role, ready.request.read_only);
    let name = ready.caller.name.clone();
    let line = blocking(move || {
        let mut line = Line::new(host, role).of(&name);
        line.begin(read_only).map(|()| line)
    });
    let line = line.await?.map_err(|error| Problem::of(&[error], ""))?;
    let id = ticket.id().to_string();
    let response = run(door, line, ready, Ending::Keep(ticket)).await?;
    Ok(with_affinity(response, &id))
}

/// `POST /db/NAME/query/v2/tx/ID`
pub(super) async fn go_on(
    known: Known,
    Path((database, id)): Path<(String, String)>,
    body: Body,
) -> Result<Response, Problem> {
    in_transaction(known, &database, &id, body, Ending::Keep).await
}

/// `POST /db/NAME/query/v2/tx/ID/commit`
pub(super) async fn commit(
    known: Known,
    Path((database, id)): Path<(String, String)>,
    body: Body,
) -> Result<Response, Problem> {
    in_transaction(known, &database, &id, body, Ending::Commit).await
}

/// `DELETE /db/NAME/query/v2/tx/ID`
pub(super) async fn roll_back(
    (State(door), Extension(caller), headers): Known,
    Path((database, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    check_database(&door, &database)?;
    let format = accepted_query_format(&headers)?;
    let (ticket, mut line) = door.transactions.take(&id, &caller)?;
    blocking(move || line.rollback()).await?.map_err(|error| Problem::of(&[error], ""))?;
    drop(ticket);
    let body = if format.lines { "" } else { "{}\n" };
    Ok(whole(StatusCode::ACCEPTED, format.media, &headers, body.into()))
}

async fn in_transaction(
    known: Known,
    database: &str,
    id: &str,
    body: Body,
    ending: fn(Ticket) -> Ending,
) -> Result<Response, Problem> {
    let door = known.0.0.clone();
    let ready = read(known, database, body).await?;
    let (ticket, line) = door.transactions.take(id, &ready.caller)?;
    let response = run(door, line, ready, ending(ticket)).await?;
    Ok(with_affinity(response, id))
}

/// A cluster would route by it; clients written for one send it back.
fn with_affinity(mut response: Response, id: &str) -> Response {
    response.headers_mut().extend(
        HeaderValue::from_str(id).ok().map(|id| (axum::http::HeaderName::from_static("neo4j-cluster-affinity"), id)),
    );
    response
}

fn check_database(door: &Door, name: &str) -> Result<(), Problem> {
    if door.is_database(name) {
        return Ok(());
    }
    let code = "Neo.ClientError.Database.DatabaseNotFound";
    let message = format!("there is no database `{name}`");
    Err(Problem::new(StatusCode::NOT_FOUND, code, message).help(format!("this server has one: `{}`", door.host.name)))
}

/// Reads a request.
async fn read((State(door), Extension(caller), headers): Known, database: &str, body: Body) -> Result<Ready, Problem> {
    check_database(&door, database)?;
    let format = accepted_query_format(&headers)?;
    let bytes = request::body(&door.host.settings, body).await?;
    let (asked, typed) = match bytes.iter().all(u8::is_ascii_whitespace) {
        true => (Asked::default(), false),
        false => asked(&headers, &bytes)?,
    };
    if let Some(user) = asked.impersonated_user {
        let message = format!("`{user}` cannot be impersonated: this server has no such right");
        return Err(Problem::new(StatusCode::FORBIDDEN, "Neo.ClientError.Security.Forbidden", message));
    }
    wait_for(&door, asked.bookmarks.unwrap_or_default()).await?;
    let time = asked.max_execution_time.map(seconds).transpose()?;
    let request = Request {
        statement: asked.statement,
        parameters: parameters(asked.parameters.unwrap_or_default(), typed)?,
        read_only: asked.access_mode == Some(AccessMode::Read),
        time,
    };
    let severity = asked.notifications_filter.and_then(|filter| filter.minimum_severity);
    let notifications = !severity.is_some_and(|severity| severity.eq_ignore_ascii_case("off"));
    let mut form = QueryForm::new(format, request.statement.clone());
    (form.counters, form.notifications) = (asked.include_counters, notifications);
    Ok(Ready { request, form, format, headers, caller })
}

/// What the body says, and whether it is typed.
fn asked(headers: &HeaderMap, bytes: &Bytes) -> Result<(Asked, bool), Problem> {
    let typed = request::is_typed(headers)?;
    Ok((request::json(bytes)?, typed))
}

fn seconds(number: f64) -> Result<Duration, Problem> {
    let problem = || Problem::bad_request(format!("`maxExecutionTime` is {number}, which is not a time in seconds"));
    Duration::try_from_secs_f64(number).map_err(|_| problem())
}

pub(super) fn parameters(
    parameters: Map<String, Json>,
    typed: bool,
) -> Result<BTreeMap<String, crate::graph::Value>, Problem> {
    let read = if typed { from_typed } else { from_plain };
    let of = |(name, value): (String, Json)| match read(&value) {
        Ok(value) => Ok((name, value)),
        Err(problem) => {
            let (status, code) = (StatusCode::BAD_REQUEST, "Neo.ClientError.Request.InvalidFormat");
            Err(Problem::new(status, code, format!("parameter `{name}`: {problem}")))
        }
    };
    parameters.into_iter().map(of).collect()
}

/// Waits until the database has reached the states that the client has seen.
async fn wait_for(door: &Door, bookmarks: Vec<String>) -> Result<(), Problem> {
    let code = "Neo.ClientError.Transaction.InvalidBookmark";
    let mut wanted = 0;
    for bookmark in bookmarks {
        let wrong =
            || Problem::new(StatusCode::BAD_REQUEST, code, format!("`{bookmark}` is not a bookmark of this server"));
        wanted = wanted.max(sequence_of(&bookmark).ok_or_else(wrong)?);
    }
    if wanted <= door.host.database.sequence() {
        return Ok(());
    }
    // Another process may have written to the file.
    let host = door.host.clone();
    let reached = blocking(move || {
        let refreshed = Line::new(host.clone(), crate::server::users::Role::Reader).refresh();
        refreshed.map(|()| host.database.sequence())
    });
    match reached.await?.map_err(|error| Problem::of(&[error], ""))? {
        reached if reached >= wanted => Ok(()),
        reached => {
            let message = format!("the database is at its commit {reached}, and the bookmark is of commit {wanted}");
            let code = "Neo.TransientError.Transaction.BookmarkTimeout";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, message))
        }
    }
}

/// Runs the statement; its rows leave as they are made.
async fn run(door: Door, line: Line, ready: Ready, ending: Ending) -> Result<Response, Problem> {
    let Ready { request, form, format, headers, .. } = ready;
    let cancel = CancelOnDrop(line.cancel_flag());
    let statement = request.statement.clone();
    let started =
        blocking(move || -> Result<_, Vec<Diagnostic>> { Answer::start(door, line, &request, ending, Box::new(form)) });
    let (first, answer) = started.await?.map_err(|errors| Problem::of(&errors, &statement))?;
    Ok(answered(StatusCode::ACCEPTED, format.media, &headers, first, answer, cancel))
}

/// The response of an answer whose first piece is there.
pub(super) fn answered(
    status: StatusCode,
    media: &str,
    headers: &HeaderMap,
    first: Vec<u8>,
    answer: Answer,
    cancel: CancelOnDrop,
) -> Response {
    match answer.has_ended() {
        true => {
            drop(cancel);
            whole(status, media, headers, first)
        }
        false => streamed(status, media, headers, first, answer, cancel).into_response(),
    }
}
