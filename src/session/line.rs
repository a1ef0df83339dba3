//! Where a session's statements go: to a graph of this process, or to one on another machine.

use std::sync::Arc;

use super::Session;
use crate::database::{Connection, Schema, TransactionState};
use crate::diagnostic::Diagnostic;
use crate::graph::Graph;

impl Session {
    /// What statements are sent to, if the graph is on another machine.
    #[cfg(feature = "server")]
    pub(crate) fn remote(&mut self) -> Option<&mut crate::remote::RemoteConnection> {
        self.remote.as_deref_mut()
    }

    /// What statements are sent to.
    pub(super) fn line(&mut self) -> &mut dyn Connection {
        #[cfg(feature = "server")]
        if let Some(remote) = &mut self.remote {
            return &mut **remote;
        }
        &mut self.connection
    }

    /// Whether a transaction is open, wherever the graph is.
    pub(crate) fn transaction(&self) -> TransactionState {
        #[cfg(feature = "server")]
        if let Some(remote) = &self.remote {
            return remote.transaction();
        }
        self.connection.transaction()
    }

    /// The graph that holds the nodes of the last answer; `None` if a server has them.
    pub(super) fn answered_on(&self) -> Option<Arc<Graph>> {
        #[cfg(feature = "server")]
        if let Some(remote) = &self.remote {
            return remote.seen();
        }
        Some(self.graph())
    }

    /// How many nodes and relationships the graph has.
    pub(crate) fn counts(&self) -> (usize, usize) {
        #[cfg(feature = "server")]
        if let Some(remote) = &self.remote {
            return remote.counts();
        }
        let graph = self.graph();
        (graph.node_count(), graph.relationship_count())
    }

    /// How many nodes and relationships there are of each label and type.
    pub(crate) fn schema(&mut self) -> Result<Schema, Diagnostic> {
        self.line().schema()
    }

    /// All of the graph, brought over if it is on another machine.
    pub(super) fn whole_graph(&mut self) -> Result<Arc<Graph>, Diagnostic> {
        #[cfg(feature = "server")]
        if let Some(remote) = &mut self.remote {
            return remote.whole(&self.limits).map(Arc::new);
        }
        Ok(self.graph())
    }

    /// Whether the graph is on another machine.
    pub(crate) fn is_remote(&self) -> bool {
        self.is_here("").is_err()
    }

    /// Fails if the graph is on another machine, where `what` means nothing.
    pub(crate) fn is_here(&self, what: &str) -> Result<(), Diagnostic> {
        #[cfg(feature = "server")]
        if let Some(remote) = &self.remote {
            use crate::diagnostic::{Detail, Kind};
            let message = format!("{what} is for graphs of this machine, and {} is on another", remote.address());
            let help = "`kenning copy` brings a graph over, into a file of its own, and back";
            return Err(Diagnostic::runtime(Kind::ArgumentError, Detail::InvalidArgumentValue, message).help(help));
        }
        _ = what;
        Ok(())
    }
}
