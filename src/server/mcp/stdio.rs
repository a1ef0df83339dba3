//! MCP over standard input and output: one client, which started this process.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rmcp::service::{ServerInitializeError, ServiceExt};
use rmcp::transport::io::stdio_pipes;
use tokio::io::BufReader;
use tokio::time::timeout;

use super::Assistant;
use super::lines::Lines;
use crate::server::listen::Signals;
use crate::server::{Host, runtime};

/// Threads that read standard input and write standard output where these are not pipes.
const STREAMS: usize = 2;

/// Time for the answers to calls that were stopped.
const LAST: Duration = Duration::from_secs(2);

/// Time for threads that wait for nothing but standard input.
const INPUT: Duration = Duration::from_millis(100);

/// Answers the client until it closes standard input, or a signal ends the process. Calls that run then are answered:
/// after the end of the input once they are done, after a signal within the grace period.
pub(crate) fn serve(host: Arc<Host>) -> io::Result<()> {
    let runtime = runtime(host.settings.statements_at_once + STREAMS)?;
    let served = runtime.block_on(async {
        let served = until_end(&host).await;
        // Calls that were cancelled have no answer, but may still run.
        let _ = timeout(host.settings.grace, idle(&host)).await;
        served
    });
    // A read of standard input cannot be interrupted, and must not keep the process.
    runtime.shutdown_timeout(INPUT);
    served
}

async fn until_end(host: &Arc<Host>) -> io::Result<()> {
    let mut signals = Signals::new()?;
    let mut conversation = std::pin::pin!(converse(host));
    tokio::select! {
        ended = conversation.as_mut() => return ended,
        signalled = signals.wait(host) => signalled?,
    }
    host.closing.cancel();
    if let Ok(ended) = timeout(host.settings.grace, conversation.as_mut()).await {
        return ended;
    }
    host.stopping.stop();
    timeout(LAST, conversation).await.unwrap_or(Ok(()))
}

async fn converse(host: &Arc<Host>) -> io::Result<()> {
    let (input, output) = stdio_pipes();
    let lines = Lines::new(BufReader::new(input), output, host.settings.message, host.closing.clone());
    match Assistant::new(host.clone()).serve(lines).await {
        Ok(running) => running.waiting().await.map(drop).map_err(io::Error::other),
        // The client left before it asked for anything.
        Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Waits until no statement runs.
async fn idle(host: &Host) {
    while host.counters.calls.now() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
