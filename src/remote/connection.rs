//! [`RemoteConnection`]: a connection to a graph that another process serves.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::client::Client;
use super::reader::{Abilities, Reader};
use super::records::Received;
use super::schema::RemoteSchema;
use super::{Address, Credentials, summary};
use crate::ast::TransactionControl;
use crate::database::{Canceller, Connection, Database, Options, Schema, TransactionState};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::engine::RunOptions;
use crate::graph::{Graph, Semantics};
use crate::limits::{Budget, Limits, Watch};
use crate::result::{AnswerStream, Entities, QueryResult, Rows, Summary};

/// For so long the schema is taken to be what it was: others may change it.
const FRESH: Duration = Duration::from_secs(10);

pub(crate) struct RemoteConnection {
    address: Address,
    credentials: Credentials,
    client: Option<Client>,
    abilities: Abilities,
    schema: Option<(Instant, Arc<RemoteSchema>)>,
    /// What relationship types mean, and what names the nodes of a label.
    pub(super) beside: Database,
    /// The database file that keeps it; made when something is said.
    beside_path: Option<PathBuf>,
    /// Nothing is to be changed there.
    pub(super) read_only: bool,
    /// Whether a statement of the open transaction has changed something.
    changed: bool,
    /// The last statement has ended the transaction, as it should.
    ended: bool,
    /// Relations of less confidence are not walked.
    pub(crate) least: f64,
    /// The graph in which the last answer's nodes are, if it was answered here.
    pub(super) seen: Option<Arc<Graph>>,
    /// Whether it was said how terms could be found faster.
    pub(super) advised: bool,
    canceller: Canceller,
}

/// What there is to say about a connection.
pub(crate) struct About {
    pub(crate) address: String,
    pub(crate) agent: String,
    pub(crate) version: String,
    pub(crate) nodes: usize,
    pub(crate) relationships: usize,
    pub(crate) types: usize,
    /// The file that keeps what types and labels mean.
    pub(crate) beside: Option<String>,
}

impl RemoteConnection {
    /// Connects, and looks what there is. `beside` knows what the server does not know of the graph's meaning, and may be
    /// kept in a file.
    pub(crate) fn open(
        address: Address,
        credentials: Credentials,
        beside: (Database, Option<PathBuf>),
        read_only: bool,
        limits: &Limits,
    ) -> Result<RemoteConnection, Diagnostic> {
        let mut connection = RemoteConnection {
            address,
            credentials,
            client: None,
            abilities: Abilities::default(),
            schema: None,
            beside: beside.0,
            beside_path: beside.1,
            read_only,
            changed: false,
            ended: false,
            least: 0.0,
            seen: None,
            advised: false,
            canceller: Canceller::default(),
        };
        connection.schema_within(limits)?;
        Ok(connection)
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// The graph in which the last answer's nodes are, if it was answered here.
    pub(crate) fn seen(&self) -> Option<Arc<Graph>> {
        self.seen.clone()
    }

    /// The graph of the schema: labels, types with what they mean, keys.
    pub(crate) fn sketch(&self) -> Arc<Graph> {
        self.schema.as_ref().map_or_else(Arc::default, |(_, schema)| schema.graph.clone())
    }

    /// How many nodes and relationships there were when the schema was last read.
    pub(crate) fn counts(&self) -> (usize, usize) {
        self.schema.as_ref().map_or((0, 0), |(_, schema)| (schema.nodes, schema.relationships))
    }

    pub(crate) fn about(&mut self, limits: &Limits) -> Result<About, Diagnostic> {
        let schema = self.schema_within(limits)?;
        let (agent, version) = self
            .client
            .as_ref()
            .map_or_else(Default::default, |client| (client.agent.clone(), client.version.to_string()));
        Ok(About {
            address: self.address.to_string(),
            agent,
            version,
            nodes: schema.nodes,
            relationships: schema.relationships,
            types: schema.names.types.len(),
            beside: self.beside_path.as_ref().map(|path| path.display().to_string()),
        })
    }

    /// What keeps the graph's meaning, to be changed.
    pub(super) fn meaning(&mut self) -> Result<&Database, Diagnostic> {
        if let Some(path) = &self.beside_path
            && self.beside.path().is_none()
        {
            let options = Options { create: true, ..Options::default() };
            self.beside = Database::open_within(path, &options, &Watch::default())?;
        }
        self.forget();
        Ok(&self.beside)
    }

    pub(super) fn semantics(&self) -> Semantics {
        self.beside.snapshot().semantics().clone()
    }

    /// What was known of the graph is known no more.
    pub(super) fn forget(&mut self) {
        self.schema = None;
    }

    /// The client, connected anew if the last connection was lost.
    pub(super) fn client(&mut self, watch: &Watch) -> Result<&mut Client, Diagnostic> {
        if self.client.as_ref().is_none_or(|client| client.broken) {
            self.client = None;
            self.changed = false;
            let client = Client::connect(&self.address, &self.credentials, watch)?;
            self.client = Some(client);
            self.abilities = Abilities::default();
            self.schema = None;
        }
        self.client.as_mut().ok_or_else(|| Diagnostic::runtime(Kind::InternalError, Detail::Defect, "no client"))
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        self.client.as_ref().is_some_and(|client| client.in_transaction)
    }

    /// What reads from the graph for a statement.
    pub(super) fn reader<'r>(&'r mut self, limits: &Limits, budget: &'r Budget) -> Result<Reader<'r>, Diagnostic> {
        let least = self.least;
        self.client(budget.watch())?;
        let abilities = self.abilities;
        let client = self.client(budget.watch())?;
        let borrowed = client.in_transaction;
        Ok(Reader { client, abilities, time: limits.time, budget, least, borrowed })
    }

    /// What the graph says of itself; asked for anew now and then.
    pub(super) fn schema_within(&mut self, limits: &Limits) -> Result<Arc<RemoteSchema>, Diagnostic> {
        let budget = Budget::start(limits);
        // Before the age of what is known: a new connection knows nothing.
        let is_open = self.client(budget.watch())?.in_transaction;
        if let Some((read, schema)) = &self.schema
            && read.elapsed() < FRESH
        {
            return Ok(schema.clone());
        }
        let semantics = self.semantics();
        let mut reader = self.reader(limits, &budget)?;
        // What a server can do is found out by statements that may fail, which would end an open transaction.
        if !is_open {
            reader.abilities = reader.probe()?;
        }
        let schema = Arc::new(RemoteSchema::read(&mut reader, &semantics)?);
        self.abilities = reader.abilities;
        self.schema = Some((Instant::now(), schema.clone()));
        Ok(schema)
    }

    /// Sends a statement as it is.
    pub(super) fn send(&mut self, statement: &str, options: &RunOptions) -> Result<QueryResult, Diagnostic> {
        let budget = Budget::start(&options.limits);
        let semantics = self.sketch().semantics().clone();
        let (read_only, watch) = (self.read_only, budget.watch().clone());
        let mut received = Received::new(semantics, &budget);
        let client = self.client(&watch)?;
        let was_open = client.in_transaction;
        let limits = (options.limits.time, &watch);
        let answered = client.run(statement, &options.parameters, read_only, &mut received, limits);
        let is_open = client.in_transaction;
        let answered = answered.map_err(|trouble| {
            let error = trouble.of(statement);
            match was_open && !is_open {
                true => rolled_back(error),
                false => error,
            }
        })?;
        let Summary { changes, warnings, notes, plan, plan_tree, statement_type } = summary::read(&answered.summary);
        if !changes.is_empty() {
            self.changed |= was_open;
            self.forget();
        }
        let Received { rows, records, .. } = received;
        let entities = if records.is_empty() { Entities::default() } else { Entities::from(records) };
        Ok(QueryResult {
            columns: answered.columns,
            rows: Rows::from(rows),
            changes,
            warnings,
            notes,
            plan,
            plan_tree,
            statement_type,
            entities,
            ..QueryResult::default()
        })
    }

    pub(super) fn control(&mut self, control: TransactionControl) -> Result<QueryResult, Diagnostic> {
        self.ended = !matches!(control, TransactionControl::Begin { .. });
        let note = match control {
            TransactionControl::Begin { read_only } => {
                self.begin(read_only)?;
                "the transaction is open there: COMMIT keeps its changes, ROLLBACK undoes them"
            }
            TransactionControl::Commit => {
                self.commit()?;
                "committed"
            }
            TransactionControl::Rollback => {
                self.rollback()?;
                "rolled back"
            }
        };
        Ok(QueryResult { notes: vec![note.to_string()], ..QueryResult::default() })
    }

    fn needs_transaction(&self) -> Result<(), Diagnostic> {
        match self.is_in_transaction() {
            true => Ok(()),
            false => Err(Diagnostic::runtime(Kind::TransactionError, Detail::NoTransaction, "no transaction is open")
                .help("BEGIN opens one; an error of the server ends it")),
        }
    }
}

/// An answer for which a transaction was lost is none.
fn lost() -> Diagnostic {
    let message = "the open transaction has ended there: what it changed is undone";
    Diagnostic::runtime(Kind::TransactionError, Detail::NoTransaction, message)
        .help("BEGIN, and run its statements again")
}

/// The error of a statement that took its transaction with it.
fn rolled_back(error: Diagnostic) -> Diagnostic {
    let help = error.help.clone().map_or(String::new(), |help| format!("{help}; "));
    error.help(format!("{help}the open transaction is rolled back there"))
}

impl Connection for RemoteConnection {
    fn stream(&mut self, statement: &str, options: &RunOptions) -> Result<AnswerStream, Vec<Diagnostic>> {
        self.run(statement, options).map(AnswerStream::from)
    }

    fn run(&mut self, statement: &str, options: &RunOptions) -> Result<QueryResult, Vec<Diagnostic>> {
        (self.seen, self.ended) = (None, false);
        let was_open = self.is_in_transaction();
        let answer = self.answer(statement, options)?;
        match was_open && !self.is_in_transaction() && !self.ended {
            true => Err(vec![lost()]),
            false => Ok(answer),
        }
    }

    fn begin(&mut self, read_only: bool) -> Result<(), Diagnostic> {
        if self.is_in_transaction() {
            let message = "a transaction is open already, and transactions do not nest";
            let error = Diagnostic::runtime(Kind::TransactionError, Detail::TransactionOpen, message);
            return Err(error.help("COMMIT or ROLLBACK it first"));
        }
        self.changed = false;
        let read_only = read_only || self.read_only;
        let watch = Watch::default();
        self.client(&watch)?.begin(read_only, None, &watch)
    }

    fn commit(&mut self) -> Result<(), Diagnostic> {
        self.needs_transaction()?;
        self.changed = false;
        let watch = Watch::default();
        self.client(&watch)?.commit(&watch)
    }

    fn rollback(&mut self) -> Result<(), Diagnostic> {
        self.needs_transaction()?;
        self.changed = false;
        let watch = Watch::default();
        self.client(&watch)?.rollback(&watch)
    }

    fn transaction(&self) -> TransactionState {
        match self.is_in_transaction() {
            true => TransactionState::Open { changed: self.changed },
            false => TransactionState::None,
        }
    }

    fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    fn schema(&mut self) -> Result<Schema, Diagnostic> {
        Ok(self.schema_within(&Limits::default())?.names.clone())
    }
}
