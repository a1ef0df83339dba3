//! HTTP: the Query API, the words at addresses, the page, and what operators watch.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;

use super::Host;

/// Serves one connection to its end.
pub(super) async fn connection(host: Arc<Host>, stream: TcpStream, peer: SocketAddr) {
    let _counted = host.counters.http_connections.enter();
    tracing::debug!(%peer, "http");
    drop(stream);
}
