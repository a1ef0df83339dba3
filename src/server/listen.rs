//! Listening: accepts connections, hands each to its door, and ends all of them in order.

use std::future::Future;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Host, bolt, http};

/// Pause after a connection could not be accepted, for instance since the process has no file descriptors left.
const PAUSE: Duration = Duration::from_millis(50);

/// Time for clients to take the errors of statements that were stopped.
const LAST: Duration = Duration::from_secs(2);

/// Serves both doors until a signal comes; then waits for open connections as long as the settings say, stops what still
/// runs, and closes them.
pub(super) async fn serve(host: Arc<Host>, out: &mut dyn Write) -> io::Result<()> {
    let mut signals = Signals::new()?;
    let slots = Arc::new(Semaphore::new(host.settings.connections));
    let scheme = if host.settings.tls.is_some() { "+s" } else { "" };
    if let Some(address) = host.settings.bolt {
        let listener = bind(address, "bolt").await?;
        let reached = listener.local_addr()?;
        writeln!(out, "bolt{scheme}://{reached}")?;
        let _ = host.bolt.set(reached);
        host.tasks.spawn(accept(host.clone(), listener, slots.clone(), bolt::connection));
    }
    if let Some(address) = host.settings.http {
        let listener = bind(address, "http").await?;
        let scheme = if host.settings.tls.is_some() { "https" } else { "http" };
        writeln!(out, "{scheme}://{}/", listener.local_addr()?)?;
        let door = http::door(&host);
        host.tasks.spawn(accept(host.clone(), listener, slots, door));
    }
    out.flush()?;
    signals.wait(&host).await?;
    tracing::info!("closing");
    host.closing.cancel();
    host.tasks.close();
    if !ended_within(&host, host.settings.grace).await {
        tracing::warn!("the grace period is over: what still runs is stopped");
        host.stopping.stop();
        if !ended_within(&host, LAST).await {
            tracing::warn!("some clients did not take their last answer");
        }
    }
    Ok(())
}

/// Whether all connections end in this time.
async fn ended_within(host: &Host, time: Duration) -> bool {
    tokio::time::timeout(time, host.tasks.wait()).await.is_ok()
}

async fn bind(address: SocketAddr, door: &str) -> io::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let help = match error.kind() {
            io::ErrorKind::AddrInUse => format!("; another program uses it: choose one with --{door}"),
            _ => String::new(),
        };
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}{help}"))
    })
}

/// What ends a server from outside: Ctrl-C and SIGTERM. Both are waited for from the start on: a signal that came before
/// would end the process with its lock left behind.
#[cfg(unix)]
pub(super) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn new() -> io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for a signal, or for a door that closes the server.
    pub(super) async fn wait(&mut self, host: &Host) -> io::Result<()> {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = host.closing.cancelled() => {}
        }
        Ok(())
    }
}

#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn new() -> io::Result<Signals> {
        Ok(Signals)
    }

    /// Waits for Ctrl-C, or for a door that closes the server.
    pub(super) async fn wait(&mut self, host: &Host) -> io::Result<()> {
        tokio::select! {
            ended = tokio::signal::ctrl_c() => ended,
            () = host.closing.cancelled() => Ok(()),
        }
    }
}

/// Accepts connections until the server closes; each has a slot until it ends.
async fn accept<F>(
    host: Arc<Host>,
    listener: TcpListener,
    slots: Arc<Semaphore>,
    door: impl Fn(Arc<Host>, TcpStream, SocketAddr) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = host.closing.cancelled() => return,
        };
        match accepted {
            Ok((stream, peer)) => match slots.clone().try_acquire_owned() {
                Ok(slot) => {
                    let _ = stream.set_nodelay(true);
                    host.tasks.spawn(hold(slot, door(host.clone(), stream, peer)));
                }
                Err(_) => tracing::warn!(%peer, "refused: all connections are taken"),
            },
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Keeps the slot for as long as the connection lasts.
async fn hold(slot: OwnedSemaphorePermit, connection: impl Future<Output = ()>) {
    connection.await;
    drop(slot);
}
