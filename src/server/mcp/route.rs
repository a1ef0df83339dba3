//! MCP over Streamable HTTP, as a part of the router of HTTP.

use std::sync::Arc;

use axum::Router;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};

use super::Assistant;
use crate::server::Host;

/// The origins of pages on this machine.
const LOCAL: [&str; 3] = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];

/// Answers at the address at which it is nested. Users are checked in front of it, by a layer that adds the
/// [`Role`](crate::server::users::Role) to the extensions of a request; so are Host and Origin where the server
/// has other names than those of this machine.
///
/// There are no sessions, also not for clients before 2026-07-28: each request is answered by itself, so that a client
/// that goes away leaves nothing behind. Closing the connection cancels what it asked for. When the server ends, statements
/// are stopped as those of all doors are: the SDK's own signal would take the answer away with them.
pub(crate) fn route(host: Arc<Host>) -> Router {
    let loopback = host.settings.http.is_none_or(|address| address.ip().is_loopback());
    let local = loopback && host.settings.hosts.is_empty();
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(host.settings.message);
    let config = match local {
        true => config.with_allowed_origins(LOCAL).enforce_origin_validation(),
        false => config.disable_allowed_hosts(),
    };
    let assistant = move || Ok(Assistant::new(host.clone()));
    Router::new().fallback_service(StreamableHttpService::new(
        assistant,
        Arc::new(NeverSessionManager::default()),
        config,
    ))
}
