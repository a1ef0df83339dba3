//! `kenning mcp GRAPH`: opens a graph and lets the assistant that started it ask.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::numbers::{parse_count, parse_memory, parse_request, parse_time};
use super::serve::{Access, close, database_name, open, wrong};
use super::{Columns, tell};
use crate::server::log::LogFormat;
use crate::server::users::Users;
use crate::server::{Host, Settings, log, mcp};
use crate::session::Failure;

/// An assistant starts it, writes requests to its standard input and reads answers from its standard output; the log goes
/// to standard error. It ends when standard input is closed.
#[derive(Args)]
pub(super) struct McpArguments {
    /// A graph as `kenning GRAPH` takes it [default: openstack]
    #[arg(value_name = "GRAPH")]
    graph: Vec<String>,
    /// Let the assistant change the graph, too; it only reads otherwise
    #[arg(long)]
    allow_writes: bool,
    /// Wait this long for another process that writes the database file: 5s, 1m
    #[arg(long, value_name = "TIME", value_parser = parse_time, requires = "allow_writes")]
    wait: Option<Duration>,
    /// Stop a statement after this time: 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "60s")]
    timeout: Duration,
    /// Stop a statement that needs more memory: 64MiB, 2GiB [default: as in the shell]
    #[arg(long, value_name = "SIZE", value_parser = parse_memory)]
    memory: Option<usize>,
    /// Rows that an answer may have, whatever the assistant asks for [default: 1000]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    max_rows: Option<u64>,
    /// Statements that may run at once; others wait
    #[arg(long, value_name = "NUMBER", default_value_t = 8, value_parser = parse_count)]
    max_statements: usize,
    /// Size of a request, parameters included
    #[arg(long, value_name = "SIZE", value_parser = parse_request, default_value = "16MiB")]
    max_request: usize,
    /// What the log tells: off, error, warn, info, debug
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = super::serve::parse_log)]
    log: String,
    /// Write the log as JSON, an event a line
    #[arg(long)]
    log_json: bool,
    #[command(flatten)]
    columns: Columns,
}

pub(super) fn run(arguments: &McpArguments) -> Result<(), Failure> {
    let format = if arguments.log_json { LogFormat::Json } else { LogFormat::Text };
    if let Err(message) = log::start(format, &arguments.log, io::stderr().is_terminal()) {
        return tell(&wrong(message));
    }
    let access = Access { read_only: !arguments.allow_writes, wait: arguments.wait };
    let session = open(&arguments.graph, &arguments.columns, access)?;
    let name = database_name(&session.graph_name);
    let database = session.connection.database().clone();
    let host = Host::new(database.clone(), name, Arc::new(Users::anybody()), settings(arguments));
    let served = mcp::serve(host);
    close(&database)?;
    Ok(served?)
}

fn settings(arguments: &McpArguments) -> Settings {
    let mut settings = Settings {
        bolt: None,
        http: None,
        read_only: !arguments.allow_writes,
        assistants_write: arguments.allow_writes,
        assistant_rows: arguments.max_rows,
        statements_at_once: arguments.max_statements,
        message: arguments.max_request,
        ..Settings::default()
    };
    settings.statement.time = Some(arguments.timeout);
    settings.statement.memory = arguments.memory.or(settings.statement.memory);
    settings
}
