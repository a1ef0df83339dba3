//! Bolt, the protocol of Neo4j's drivers.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;

use super::Host;

/// Serves one connection to its end.
pub(super) async fn connection(host: Arc<Host>, stream: TcpStream, peer: SocketAddr) {
    let _counted = host.counters.bolt_connections.enter();
    tracing::debug!(%peer, "bolt");
    drop(stream);
}
