//! Bolt, the protocol of Neo4j's drivers.
//!
//! ```text
//! socket → handshake → Pump ⇄ Inbox → Machine → Line
//! ```
//!
//! A connection is one task, the [`pump`], which reads and writes the socket at any time, also while a statement runs.
//! The [`machine`] handles messages: it travels to a thread that may block, handles all that have come, and returns
//! with the answers. So RUN and PULL, which drivers send together, cost one journey. What the bytes mean is in
//! [`crate::bolt`].

mod answer;
mod failure;
mod handshake;
mod inbox;
mod login;
mod machine;
mod plan;
mod pump;
mod summary;
mod transaction;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::{Host, tls};
use inbox::Inbox;
use login::Client;
use machine::Machine;
use pump::Pump;

/// Serves one connection to its end.
pub(super) async fn connection(host: Arc<Host>, stream: TcpStream, peer: SocketAddr) {
    let _counted = host.counters.bolt_connections.enter();
    let number = host.next_connection();
    tracing::debug!(connection = number, %peer, "bolt");
    if let Err(error) = serve(&host, stream, number, peer).await {
        tracing::debug!(connection = number, %peer, %error, "bolt connection ended");
    }
}

async fn serve(host: &Arc<Host>, stream: TcpStream, number: u64, peer: SocketAddr) -> io::Result<()> {
    let client = Client::new(number, peer, stream.local_addr()?);
    let by = Instant::now() + host.settings.hello;
    let opened = async {
        let mut wire = tls::accept(stream, host.settings.tls.as_ref()).await?;
        let version = handshake::agree(&mut wire).await?;
        io::Result::Ok((wire, version))
    };
    let (wire, version) = timeout_at(by, opened).await??;
    let Some(version) = version else { return Ok(()) };
    let inbox = Arc::new(Inbox::default());
    let machine = Machine::new(host.clone(), inbox.clone(), version, client);
    Pump::new(host.clone(), wire, inbox, by).run(machine).await
}
