//! MCP over standard input and output: one client, which started this process.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rmcp::service::{ServerInitializeError, ServiceExt};
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::io::stdio_pipes;

use super::Assistant;
use crate::server::listen::until_signal;
use crate::server::{Host, runtime};

/// Threads that read standard input and write standard output where these are not pipes.
const STREAMS: usize = 2;

/// Time for threads that wait for nothing but standard input.
const LAST: Duration = Duration::from_millis(100);

/// Answers the client until it closes standard input, or a signal ends the process.
pub(crate) fn serve(host: Arc<Host>) -> io::Result<()> {
    let runtime = runtime(host.settings.statements_at_once + STREAMS)?;
    let served = runtime.block_on(async {
        let served = converse(&host).await;
        let _ = tokio::time::timeout(host.settings.grace, idle(&host)).await;
        served
    });
    // A read of standard input cannot be interrupted, and must not keep the process.
    runtime.shutdown_timeout(LAST);
    served
}

async fn converse(host: &Arc<Host>) -> io::Result<()> {
    let (input, output) = stdio_pipes();
    let transport = AsyncRwTransport::new_server(input, output).with_max_line_length(host.settings.message);
    let conversation = async {
        match Assistant::new(host.clone()).serve(transport).await {
            Ok(running) => running.waiting().await.map(drop).map_err(io::Error::other),
            // The client left before it said anything.
            Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
            Err(error) => Err(io::Error::other(error)),
        }
    };
    tokio::select! {
        ended = conversation => ended,
        signalled = until_signal(host) => signalled,
    }
}

/// Waits until no statement runs.
async fn idle(host: &Host) {
    while host.counters.calls.now() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
