//! The table of routes. The router is made of it, and the OpenAPI description.
//!
//! To add a route: its row here. Doors of their own, such as MCP's, are merged in [`router`] below the guard.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::http::Uri;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};

use super::door::Door;
use super::guard::guard;
use super::problem::Problem;
use super::{api, metrics, openapi, page, query_api, words};
use crate::server::{Host, mcp};

/// One row of the table: an address with what may be done there.
pub(super) struct Route {
    pub(super) path: &'static str,
    /// Whether it answers without a password.
    pub(super) open: bool,
    pub(super) operations: &'static [Operation],
    handler: fn() -> MethodRouter<Door>,
}

/// What may be done at an address.
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// One sentence.
    pub(super) doc: &'static str,
    pub(super) body: Payload,
    pub(super) answer: Payload,
    pub(super) status: u16,
    /// Parameters of the address: name, what it is, whether it must be given.
    pub(super) parameters: &'static [(&'static str, &'static str, bool)],
}

/// What a request or an answer consists of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload {
    Nothing,
    /// JSON that is described nowhere else.
    Json,
    Text,
    /// A script or style of the page for browsers.
    Asset,
    /// The page for browsers, or JSON.
    Page,
    /// Any format of the tables of renderers and exporters.
    Any,
    /// A request of the Query API.
    Query,
    /// A request of the Query API, or nothing.
    PerhapsQuery,
    /// The answer to one.
    QueryAnswer,
    /// A statement for [`api`].
    Statement,
    /// A statement that is being written.
    Written,
    /// Rows of cells.
    Cells,
}

const fn reads(doc: &'static str, answer: Payload) -> Operation {
    Operation { method: "get", doc, body: Payload::Nothing, answer, status: 200, parameters: &[] }
}

const fn works(method: &'static str, doc: &'static str, body: Payload) -> Operation {
    Operation { method, doc, body, answer: Payload::QueryAnswer, status: 202, parameters: &[] }
}

const FORMAT: (&str, &str, bool) = (words::FORMAT, "Name of the format; else the Accept header decides.", false);

/// All routes.
pub(super) const ROUTES: &[Route] = &[
    Route {
        path: "/",
        open: true,
        operations: &[reads("The page for browsers; for programs the addresses of this server.", Payload::Page)],
        handler: || get(page::home),
    },
    Route {
        path: "/page/{file}",
        open: false,
        operations: &[reads("Scripts and styles of the page for browsers.", Payload::Asset)],
        handler: || get(page::file),
    },
    Route {
        path: "/health",
        open: true,
        operations: &[reads("Whether the server serves.", Payload::Json)],
        handler: || get(metrics::health),
    },
    Route {
        path: "/metrics",
        open: false,
        operations: &[reads("Counters in Prometheus's text format.", Payload::Text)],
        handler: || get(metrics::metrics),
    },
    Route {
        path: "/openapi.json",
        open: false,
        operations: &[reads("This description.", Payload::Json)],
        handler: || get(openapi::description),
    },
    Route {
        path: "/words",
        open: false,
        operations: &[reads("The walking statements that have an address.", Payload::Json)],
        handler: || get(words::list),
    },
    // What follows a word depends on the word: OpenAPI has a path for each.
    Route { path: "/words/{word}", open: false, operations: &[], handler: || get(words::word) },
    Route { path: "/words/{word}/{*terms}", open: false, operations: &[], handler: || get(words::word) },
    Route {
        path: "/api/schema",
        open: false,
        operations: &[reads("Names for completion: labels, types, keys, words, functions.", Payload::Json)],
        handler: || get(api::schema),
    },
    Route {
        path: "/api/find",
        open: false,
        operations: &[Operation {
            parameters: &[("q", "Text to find.", true), ("limit", "Terms at most; 20 unless given.", false)],
            ..reads("Terms whose name or definition fits a text, the best first.", Payload::Json)
        }],
        handler: || get(api::find),
    },
    Route {
        path: "/api/term/{name}",
        open: false,
        operations: &[reads("The card of a term: its facts and relations.", Payload::Cells)],
        handler: || get(api::term),
    },
    Route {
        path: "/api/query",
        open: false,
        operations: &[Operation {
            method: "post",
            body: Payload::Statement,
            parameters: &[FORMAT],
            ..reads("Runs any statement; its rows leave as they are made.", Payload::Cells)
        }],
        handler: || post(api::query),
    },
    Route {
        path: "/api/picture",
        open: false,
        operations: &[Operation {
            method: "post",
            body: Payload::Statement,
            ..reads("Runs a statement that reads; what the page draws of its answer.", Payload::Json)
        }],
        handler: || post(api::picture),
    },
    Route {
        path: "/api/assist",
        open: false,
        operations: &[Operation {
            method: "post",
            body: Payload::Written,
            ..reads("What the words of a statement are, and what may stand next.", Payload::Json)
        }],
        handler: || post(api::assist),
    },
    Route {
        path: "/db/{database}/query/v2",
        open: false,
        operations: &[works("post", "Runs a statement as a transaction of its own.", Payload::Query)],
        handler: || post(query_api::query),
    },
    Route {
        path: "/db/{database}/query/v2/tx",
        open: false,
        operations: &[works("post", "Opens a transaction and runs a statement in it.", Payload::PerhapsQuery)],
        handler: || post(query_api::begin),
    },
    Route {
        path: "/db/{database}/query/v2/tx/{id}",
        open: false,
        operations: &[
            works("post", "Runs a statement in an open transaction.", Payload::PerhapsQuery),
            works("delete", "Rolls a transaction back.", Payload::Nothing),
        ],
        handler: || post(query_api::go_on).delete(query_api::roll_back),
    },
    Route {
        path: "/db/{database}/query/v2/tx/{id}/commit",
        open: false,
        operations: &[works("post", "Runs a last statement and commits.", Payload::PerhapsQuery)],
        handler: || post(query_api::commit),
    },
];

/// What serves the requests of all connections.
pub(in crate::server) fn router(host: Arc<Host>) -> Router {
    let door = Door::new(host);
    let expiry = door.transactions.clone().expire(door.host.closing.clone());
    door.host.tasks.spawn(expiry);
    let routes = ROUTES.iter().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()));
    routes
        .with_state(door.clone())
        .nest("/mcp", mcp::route(door.host.clone()))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_so)
        .layer(from_fn_with_state(door, guard))
}

/// Whether an address answers without a password.
pub(super) fn is_open(path: &str) -> bool {
    ROUTES.iter().any(|route| route.open && route.path == path)
}

async fn nowhere(uri: Uri) -> Problem {
    Problem::not_found(format!("there is nothing at {}", uri.path())).help("/openapi.json lists all addresses")
}

async fn not_so(uri: Uri) -> Problem {
    let message = format!("{} does not take this method", uri.path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "Neo.ClientError.Request.Invalid", message)
        .help("/openapi.json lists all addresses with their methods")
}
