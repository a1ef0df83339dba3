//! Walking over what is sure: a session that demands a confidence walks a copy of the graph without the relations that
//! have less. Pattern queries see everything: they can ask for `r.confidence` themselves.

use crate::ast::StatementBody;
use crate::database::Database;
use crate::graph::{Graph, RelationshipId};
use crate::parser;

/// The graph without what is doubtful, as long as neither it nor the demand changes.
pub(super) struct Sure {
    version: u64,
    least: f64,
    pub(super) database: Database,
    pub(super) hidden: usize,
}

impl Sure {
    pub(super) fn of(graph: &Graph, least: f64) -> Sure {
        let mut copy = graph.clone();
        let confidence = |id: &RelationshipId| copy.property_by_name(*id, "confidence").as_float();
        let doubtful: Vec<RelationshipId> =
            copy.relationships().filter(|id| confidence(id).is_some_and(|sure| sure < least)).collect();
        for id in &doubtful {
            copy.delete_relationship(*id);
        }
        copy.commit();
        Sure { version: graph.version(), least, database: Database::in_memory(copy), hidden: doubtful.len() }
    }

    pub(super) fn is_of(&self, graph: &Graph, least: f64) -> bool {
        self.version == graph.version() && self.least == least
    }

    pub(super) fn note(&self) -> String {
        let relations = crate::render::count(self.hidden, "relation");
        format!("{relations} of confidence below {} hidden; `:set confidence 0` shows all", self.least)
    }
}

/// Whether the statement walks: `SHOW`, `DEPS`, `IMPACT`, `WHY` …
pub(super) fn walks(statement: &str) -> bool {
    parser::parse_statement(statement).is_ok_and(|statement| matches!(statement.body, StatementBody::Walk(_)))
}
