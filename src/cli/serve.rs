//! `kenning serve GRAPH`: opens a graph and lets others reach it.

use std::fs;
use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clap::Args;

use super::numbers::{parse_count, parse_host, parse_memory, parse_name, parse_request, parse_time};
use super::{Columns, tell};
use crate::database::{Database, Options};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::server::log::LogFormat;
use crate::server::tls::Tls;
use crate::server::users::Users;
use crate::server::{self, Host, Settings, log, tls};
use crate::session::{EMBEDDED, Failure, Output, Session};
use crate::storage::io_error;

/// Addresses are of this machine alone unless told otherwise, and then passwords and TLS are needed. Every change is
/// kept as in the shell. Ctrl-C or SIGTERM ends the server once open statements are done.
#[derive(Args)]
pub(super) struct ServeArguments {
    /// A graph as `kenning GRAPH` takes it [default: openstack]
    #[arg(value_name = "GRAPH")]
    graph: Vec<String>,
    /// Where Bolt drivers connect, or `off`
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7687", value_parser = parse_address)]
    bolt: Address,
    /// Where HTTP clients and browsers connect, or `off`
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7474", value_parser = parse_address)]
    http: Address,
    /// A name besides `localhost` and the address itself by which HTTP clients may call the server
    #[arg(long, value_name = "NAME", value_parser = parse_host)]
    allow_host: Vec<String>,
    /// The users who may connect: a file of lines that `kenning password` prints
    #[arg(long, value_name = "FILE", conflicts_with = "no_auth")]
    auth: Option<PathBuf>,
    /// Let everybody in who reaches the address, also from other machines
    #[arg(long)]
    no_auth: bool,
    /// The certificate of the server, with its chain, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Send passwords and answers over the network without TLS
    #[arg(long)]
    no_tls: bool,
    /// Refuse every change; others may write the database file meanwhile, and the server follows them
    #[arg(long)]
    read_only: bool,
    /// Wait this long for another process that writes the database file: 5s, 1m
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "read_only")]
    wait: Option<Duration>,
    /// Let assistants (MCP) change the graph, too; they only read otherwise
    #[arg(long, conflicts_with = "read_only")]
    mcp_writes: bool,
    /// What the server calls itself to drivers; some demand a name that starts with `Neo4j/`
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    agent: Option<String>,
    /// Stop a statement after this time: 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "60s")]
    timeout: Duration,
    /// Stop a statement that needs more memory: 64MiB, 2GiB [default: as in the shell]
    #[arg(long, value_name = "SIZE", value_parser = parse_memory)]
    memory: Option<usize>,
    /// Rows that a statement may answer [default: no limit]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    max_rows: Option<u64>,
    /// Connections that may be open at once
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().connections, value_parser = parse_count)]
    max_connections: usize,
    /// Statements that may run at once; others wait
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().statements_at_once, value_parser = parse_count)]
    max_statements: usize,
    /// Size of a request, parameters included
    #[arg(long, value_name = "SIZE", value_parser = parse_request, default_value = "16MiB")]
    max_request: usize,
    /// Close a connection that has been idle for this time
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "60m")]
    idle: Duration,
    /// Roll back a transaction whose client has been idle for this time
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "60s")]
    transaction_idle: Duration,
    /// Time that open statements get when the server ends
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "5s")]
    grace: Duration,
    /// What the log tells: off, error, warn, info, debug
    #[arg(long, value_name = "LEVEL", default_value = "info", value_parser = parse_log)]
    log: String,
    /// Write the log as JSON, an event a line
    #[arg(long)]
    log_json: bool,
    #[command(flatten)]
    columns: Columns,
}

type Address = Option<SocketAddr>;

fn parse_address(text: &str) -> Result<Address, String> {
    if text == "off" {
        return Ok(None);
    }
    let text = text.replacen("localhost:", "127.0.0.1:", 1);
    let text = if text.starts_with(':') { format!("127.0.0.1{text}") } else { text };
    text.parse().map(Some).map_err(|_| "an address is HOST:PORT with a number as host, or off".to_string())
}

/// A level of the log; more than that are `tracing`'s directives, which name modules.
pub(super) fn parse_log(text: &str) -> Result<String, String> {
    let is_level = ["off", "error", "warn", "info", "debug", "trace"].contains(&text);
    let named = is_level || text.contains('=');
    if named { Ok(text.into()) } else { Err("a level is off, error, warn, info, debug or trace".into()) }
}

pub(super) fn run(arguments: &ServeArguments) -> Result<(), Failure> {
    let settings = match settings(arguments) {
        Ok(settings) => settings,
        Err(error) => return tell(&error),
    };
    let users = match &arguments.auth {
        None => Arc::new(Users::anybody()),
        Some(path) => match read(path).and_then(|text| users(path, &text)) {
            Ok(users) => Arc::new(users),
            Err(error) => return tell(&error),
        },
    };
    if let Some(path) = &arguments.auth {
        follow(path.clone(), users.clone());
    }
    let format = if arguments.log_json { LogFormat::Json } else { LogFormat::Text };
    if let Err(message) = log::start(format, &arguments.log, io::stderr().is_terminal()) {
        return tell(&wrong(message));
    }
    let access = Access { read_only: arguments.read_only, wait: arguments.wait };
    let session = open(&arguments.graph, &arguments.columns, access)?;
    let name = database_name(&session.graph_name);
    let database = session.connection.database().clone();
    let host = Host::new(database.clone(), name, users, settings);
    let served = server::serve(host, &mut io::stdout());
    close(&database)?;
    Ok(served?)
}

/// How a graph is opened to be served.
pub(super) struct Access {
    pub(super) read_only: bool,
    pub(super) wait: Option<Duration>,
}

/// Ends the use of the database: its lock is free afterwards.
pub(super) fn close(database: &Database) -> Result<(), Failure> {
    database.close().or_else(|error| tell(&error))
}

/// The graph, opened as the shell opens it, and locked if it may be written: that another process writes must come out now,
/// not at the first write.
pub(super) fn open(graph: &[String], columns: &Columns, access: Access) -> Result<Session, Failure> {
    let mut session = Session::new(crate::graph::Graph::new(), "");
    let Access { read_only, wait } = access;
    session.access = Options { read_only, create: true, wait: wait.unwrap_or_default(), ..Options::default() };
    session.columns = columns.options();
    let mut output = Output { out: &mut io::sink(), err: &mut io::stderr(), err_colour: io::stderr().is_terminal() };
    let embedded = [EMBEDDED.to_string()];
    session.open(if graph.is_empty() { &embedded } else { graph }, &mut output)?;
    if !read_only && let Err(error) = session.connection.database().claim() {
        tell(&error)?;
    }
    Ok(session)
}

fn settings(arguments: &ServeArguments) -> Result<Settings, Diagnostic> {
    let mut settings = Settings {
        bolt: arguments.bolt,
        http: arguments.http,
        hosts: arguments.allow_host.clone(),
        tls: tls_of(arguments)?,
        read_only: arguments.read_only,
        assistants_write: arguments.mcp_writes,
        rows: arguments.max_rows,
        connections: arguments.max_connections,
        statements_at_once: arguments.max_statements,
        message: arguments.max_request,
        idle: arguments.idle,
        transaction_idle: arguments.transaction_idle,
        grace: arguments.grace,
        ..Settings::default()
    };
    settings.statement.time = Some(arguments.timeout);
    settings.statement.memory = arguments.memory.or(settings.statement.memory);
    if let Some(agent) = &arguments.agent {
        settings.agent.clone_from(agent);
    }
    check_exposure(arguments, &settings)?;
    Ok(settings)
}

/// An address that other machines reach needs passwords and TLS, or the flags that do without.
fn check_exposure(arguments: &ServeArguments, settings: &Settings) -> Result<(), Diagnostic> {
    let addresses = [settings.bolt, settings.http];
    if addresses == [None, None] {
        return Err(wrong("nothing would listen: both --bolt and --http are off".into()));
    }
    let Some(open) = addresses.into_iter().flatten().find(|address| !address.ip().is_loopback()) else {
        return Ok(());
    };
    let needs_users = arguments.auth.is_none() && !arguments.no_auth;
    let needs_tls = settings.tls.is_none() && !arguments.no_tls;
    let (lacks, add, without) = match (needs_users, needs_tls) {
        (false, false) => return Ok(()),
        (true, false) => ("nobody is asked for a password", AUTH, "--no-auth to let everybody in"),
        (false, true) => ("nothing is encrypted", TLS, "--no-tls if something in front of it encrypts"),
        (true, true) => {
            let without = "--no-auth --no-tls to let everybody in unencrypted";
            ("nobody is asked for a password and nothing is encrypted", AUTH_AND_TLS, without)
        }
    };
    let help = format!("add {add}, or {without}");
    Err(wrong(format!("{open} is reached from other machines, and {lacks}")).help(help))
}

/// The flags that protect a server.
const AUTH: &str = "--auth FILE (its lines are printed by `kenning password NAME`)";
const TLS: &str = "--tls-cert FILE --tls-key FILE";
const AUTH_AND_TLS: &str =
    "--auth FILE (its lines are printed by `kenning password NAME`) and --tls-cert FILE --tls-key FILE";

fn tls_of(arguments: &ServeArguments) -> Result<Option<Tls>, Diagnostic> {
    let (Some(certificate), Some(key)) = (&arguments.tls_cert, &arguments.tls_key) else { return Ok(None) };
    let (certificates, secret) = (read(certificate)?, read(key)?);
    let config = tls::config(certificates.as_bytes(), secret.as_bytes());
    config.map(Some).map_err(|problem| wrong(format!("{}, {}: {problem}", certificate.display(), key.display())))
}

fn users(path: &Path, text: &str) -> Result<Users, Diagnostic> {
    Users::read(text).map_err(|problem| wrong(format!("{}: {problem}", path.display())))
}

/// How often the file of users is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Goes on with the users of the file whenever it has changed, until the process ends.
fn follow(path: PathBuf, users: Arc<Users>) {
    std::thread::spawn(move || {
        let mut seen = state(&path);
        loop {
            std::thread::sleep(LOOK);
            let present = state(&path);
            if present == seen {
                continue;
            }
            seen = present;
            users.go_on_with(&path.display().to_string(), read(&path).map_err(|error| error.message));
        }
    });
}

/// What changes with the content of a file; `None` if it cannot be seen.
fn state(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn read(path: &Path) -> Result<String, Diagnostic> {
    fs::read_to_string(path).map_err(|error| io_error(&path.display().to_string(), &error))
}

pub(super) fn wrong(message: String) -> Diagnostic {
    Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message)
}

/// The name by which drivers ask for the database: that of its file without the ending.
pub(super) fn database_name(graph: &str) -> String {
    let stem = Path::new(graph).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let name: String = stem.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "graph".into() } else { name.into() }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        serve: ServeArguments,
    }

    fn of(line: &str) -> Result<Settings, Diagnostic> {
        settings(&Line::try_parse_from(line.split(' ')).unwrap_or_else(|error| panic!("{error}")).serve)
    }

    #[test]
    fn only_this_machine_unless_told() {
        assert!(of("serve").unwrap().bolt.unwrap().ip().is_loopback());
        let refused = |line: &str| {
            let error = of(line).unwrap_err();
            (error.message.contains("password"), error.message.contains("encrypted"), error.help.unwrap_or_default())
        };
        let (password, encrypted, help) = refused("serve --bolt 0.0.0.0:1");
        assert!(password && encrypted);
        for flag in ["--auth FILE", "--tls-cert FILE --tls-key FILE", "--no-auth --no-tls"] {
            assert!(help.contains(flag), "{help}");
        }
        let (password, encrypted, help) = refused("serve --http 0.0.0.0:1 --no-auth");
        assert!(!password && encrypted && !help.contains("auth") && help.contains("--no-tls"), "{help}");
        let (password, encrypted, help) = refused("serve --http 0.0.0.0:1 --no-tls");
        assert!(password && !encrypted && help.contains("--no-auth") && !help.contains("tls"), "{help}");
        assert!(of("serve --bolt 0.0.0.0:1 --no-auth --no-tls").is_ok());
        assert!(of("serve --bolt off --http off").is_err());
        assert_eq!(of("serve --bolt :9 --http off").unwrap().bolt, Some(([127, 0, 0, 1], 9).into()));
    }

    #[test]
    fn names_of_databases() {
        assert_eq!(database_name("data/My graph.kenning"), "my-graph");
        assert_eq!(database_name(":memory:"), "memory");
        assert_eq!(database_name(""), "graph");
    }
}
