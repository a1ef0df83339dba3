//! HELLO and LOGON: who a client is, and what the server says of itself.

use std::net::SocketAddr;

use super::failure::Failure;
use super::machine::Machine;
use super::summary::Wanted;
use super::transaction::Work;
use crate::bolt::message::Fields;
use crate::graph::Value;
use crate::server::users::Role;

/// What is known of a client.
#[derive(Debug)]
pub(super) struct Client {
    /// A number that no other connection has.
    pub(super) number: u64,
    pub(super) peer: SocketAddr,
    /// The address of this server that it came by.
    pub(super) local: SocketAddr,
    /// How the client spells that address.
    spelled: Option<String>,
    pub(super) user: Option<String>,
    /// What the user may do; before LOGON it means nothing.
    pub(super) role: Role,
    /// That of the users among whom it was found.
    pub(super) edition: u64,
    /// Which warnings it wants unless a statement says otherwise.
    pub(super) wanted: Wanted,
    /// What its last transaction asked for.
    pub(super) work: Work,
}

/// A name and a password that are to be verified.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) name: String,
    pub(super) password: String,
}

impl Client {
    pub(super) fn new(number: u64, peer: SocketAddr, local: SocketAddr) -> Client {
        let (spelled, user) = (None, None);
        let role = Role::Reader;
        let edition = 0;
        Client { number, peer, local, spelled, user, role, edition, wanted: Wanted::default(), work: Work::default() }
    }

    /// The address by which the client reaches this server.
    pub(super) fn address(&self) -> String {
        self.spelled.clone().unwrap_or_else(|| self.local.to_string())
    }
}

impl Machine {
    pub(super) fn hello(&mut self, fields: Fields) {
        if let Some(Value::Map(routing)) = fields.get("routing") {
            self.client.spelled = routing.get("address").and_then(Value::as_str).map(str::to_string);
        }
        self.client.wanted = self.client.wanted.with(&fields);
        let agent = fields.get("user_agent").and_then(Value::as_str).unwrap_or_default();
        tracing::debug!(connection = self.client.number, peer = %self.client.peer, agent, version = %self.version, "hello");
        self.await_logon();
        if self.version.has(5, 1) {
            let about = self.about();
            return self.succeed(&about);
        }
        let asks_for_utc =
            matches!(fields.get("patch_bolt"), Some(Value::List(patches)) if patches.contains(&"utc".into()));
        self.dialect.utc |= asks_for_utc;
        self.logon(&fields);
    }

    /// What the server says of itself.
    fn about(&self) -> Vec<(&'static str, Value)> {
        let mut about = vec![
            ("server", Value::from(self.host.settings.agent.as_str())),
            ("connection_id", Value::from(format!("bolt-{}", self.client.number))),
        ];
        if !self.version.has(5, 0) && self.dialect.utc {
            about.push(("patch_bolt", Value::list([Value::from("utc")])));
        }
        if self.version.has(5, 7) {
            about.push(("protocol_version", Value::from(self.version.to_string())));
        }
        let mut hints = Vec::new();
        if self.version.has(5, 4) {
            hints.push(("telemetry.enabled", Value::Boolean(false)));
        }
        if self.version.has(5, 8) {
            // The name of the database comes with each answer: no ROUTE is needed to learn it.
            hints.push(("ssr.enabled", Value::Boolean(true)));
        }
        about.push(("hints", Value::map(hints)));
        about
    }

    /// Takes a name and a password; whether they are right is found out while nothing else waits.
    pub(super) fn logon(&mut self, fields: &Fields) {
        let text = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default();
        let (scheme, name, password) = (text("scheme"), text("principal"), text("credentials"));
        if !self.host.users.are_asked() {
            self.client.user = (!name.is_empty()).then(|| name.to_string());
            return self.logged_on(Some(Role::Writer));
        }
        // Read before the password is verified: users that are replaced meanwhile are asked again.
        self.client.edition = self.host.users.edition();
        match scheme {
            "basic" => {
                self.client.user = Some(name.to_string());
                self.credentials = Some(Credentials { name: name.to_string(), password: password.to_string() });
            }
            "" | "none" => {
                let message = "this server wants a name and a password";
                self.close_with(Failure::unauthorized(message));
            }
            other => self.close_with(Failure::unauthorized(format!("there is no scheme `{other}` here: use basic"))),
        }
    }

    /// Lets a client in, or ends the connection.
    pub(super) fn logged_on(&mut self, role: Option<Role>) {
        let Some(role) = role else {
            return self.close_with(Failure::unauthorized("the name or the password is wrong"));
        };
        self.open(role);
        let about = if self.version.has(5, 1) { Vec::new() } else { self.about() };
        self.succeed(&about);
    }
}
