//! The server: a database that drivers, programs, assistants and browsers reach.
//!
//! ```text
//! listener → bolt | http (query API, words, page, mcp) → Line → Connection → Database
//! ```
//!
//! [`Host`] is what all doors share: the database, its users, limits, counters and the signal to end. A [`Line`] is one
//! client's line to the database. Sockets are served by tokio's threads; statements run on its blocking threads, through
//! [`blocking`], so that a long statement delays nobody else. Nothing here reads files or opens graphs: the command
//! line hands over an open [`Database`].
//!
//! Tests: `tests/serve`, with real clients under `tests/clients`.

pub(crate) mod bolt;
pub(crate) mod codes;
pub(crate) mod host;
pub(crate) mod http;
pub(crate) mod line;
pub(crate) mod listen;
pub(crate) mod log;
pub(crate) mod mcp;
mod meter;
mod remote;
pub(crate) mod settings;
mod stopping;
pub(crate) mod tls;
pub(crate) mod users;

use std::io::{self, Write};
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

pub(crate) use host::Host;
pub(crate) use line::{Line, Request};
pub(crate) use settings::Settings;

/// Stack of the threads that run statements: enough for any statement that the parser's depth limit lets through.
const STACK: usize = 64 << 20;

/// Threads besides those of statements: for passwords, and for the one who holds the writer while all others wait for it.
const SPARE: usize = 8;

/// Serves until a signal ends it; writes the addresses to `out` once they answer.
pub(crate) fn serve(host: Arc<Host>, out: &mut dyn Write) -> io::Result<()> {
    let runtime = runtime(host.settings.statements_at_once + SPARE)?;
    let served = runtime.block_on(listen::serve(host.clone(), out));
    // A statement that ignores its signal does not keep the process.
    runtime.shutdown_timeout(host.settings.grace);
    served
}

/// Threads for sockets, and at most so many for what blocks.
fn runtime(blocking: usize) -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().thread_stack_size(STACK).max_blocking_threads(blocking).build()
}

/// Runs the closure on a thread that may block.
pub(crate) async fn blocking<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(run).await.map_err(io::Error::other)
}
