//! HTTP: the Query API, the words at addresses, the page, and what operators watch.
//!
//! ```text
//! connection → guard (host, origin, password, log) → router → query_api | words | api | page | metrics
//!                                                              └ answer: a statement's rows, in pieces
//! ```
//!
//! [`router`] holds the table of routes, from which [`openapi`] is made too. Every answer of a statement goes through
//! [`answer`]: a piece is made on a blocking thread once the client has taken the one before it, so that a slow client
//! holds its snapshot and no thread, and a client that goes away stops its statement.

mod answer;
mod api;
mod body;
mod door;
mod form;
mod formats;
pub(in crate::server) mod guard;
mod metrics;
mod negotiate;
mod openapi;
mod page;
pub(in crate::server) mod problem;
mod query_api;
mod request;
pub(in crate::server) mod router;
mod supposed;
mod transactions;
mod values;
mod words;

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;

use super::{Host, tls};
use guard::Client;

/// Bytes of the head of a request; more is refused.
const HEAD: usize = 64 << 10;
const HEADERS: usize = 100;
/// Time without a request after which an open connection is closed, and for the head of a request.
const BETWEEN_REQUESTS: Duration = Duration::from_secs(30);

/// What serves each connection, all of them by one router.
pub(super) fn door(
    host: &Arc<Host>,
) -> impl Fn(Arc<Host>, TcpStream, SocketAddr) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + use<> {
    let router = router::router(host.clone());
    move |host, stream, peer| Box::pin(connection(host, router.clone(), stream, peer))
}

/// Serves one connection to its end.
async fn connection(host: Arc<Host>, router: Router, stream: TcpStream, peer: SocketAddr) {
    let _counted = host.counters.http_connections.enter();
    let client = Arc::new(Client::new(peer, stream.local_addr().ok()));
    let handshake = tls::accept(stream, host.settings.tls.as_ref());
    let wire = match tokio::time::timeout(host.settings.hello, handshake).await {
        Ok(Ok(wire)) => wire,
        Ok(Err(error)) => return tracing::debug!(%peer, %error, "no TLS"),
        Err(_) => return tracing::debug!(%peer, "no TLS in time"),
    };
    let routed = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(client.clone());
        routed.call(request)
    });
    let mut served = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(BETWEEN_REQUESTS)
            .max_buf_size(HEAD)
            .max_header_size(HEAD)
            .max_headers(HEADERS)
            .serve_connection(TokioIo::new(wire), service)
    );
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = host.closing.cancelled() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "the connection ended early");
    }
}
