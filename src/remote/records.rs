//! [`Received`]: the rows of a server's answer, with copies of the nodes and relationships in them.

use std::collections::HashMap;
use std::sync::Arc;

use super::client::Receiver;
use crate::bolt::entity::{Identity, SentNode, SentRelationship, TakesEntities};
use crate::diagnostic::Diagnostic;
use crate::graph::{LabelNaming, Map, NodeId, Relationship, RelationshipId, Semantics, TypeId, Value, name_in};
use crate::limits::Budget;
use crate::result::{NodeRecord, Records, RelationshipRecord};

/// Numbers entities from 0 in the order in which they come: what the server calls them is not for our ids.
pub(super) struct Received<'b> {
    pub(super) rows: Vec<Vec<Value>>,
    pub(super) records: Records,
    nodes: HashMap<Identity, NodeId>,
    relationships: HashMap<Identity, RelationshipId>,
    types: HashMap<Arc<str>, TypeId>,
    budget: &'b Budget,
    /// Set by an entity, which has nobody to tell, and given with its row.
    failed: Option<Diagnostic>,
}

impl<'b> Received<'b> {
    pub(super) fn new(semantics: Semantics, budget: &'b Budget) -> Received<'b> {
        Received {
            rows: Vec::new(),
            records: Records { semantics, ..Records::default() },
            nodes: HashMap::new(),
            relationships: HashMap::new(),
            types: HashMap::new(),
            budget,
            failed: None,
        }
    }

    fn charge(&mut self, bytes: usize) {
        if let Err(error) = self.budget.charge(bytes) {
            self.failed.get_or_insert(error);
        }
    }

    fn number(&mut self, identity: Identity) -> NodeId {
        let next = NodeId::new(self.nodes.len());
        *self.nodes.entry(identity).or_insert(next)
    }
}

impl TakesEntities for Received<'_> {
    fn node(&mut self, node: SentNode) -> NodeId {
        let id = self.number(node.identity);
        if !self.records.nodes.contains_key(&id) {
            self.charge(size_of::<NodeRecord>() + bytes_of(&node.properties));
            let title = title(&self.records.semantics, &node.labels, &node.properties);
            let record =
                NodeRecord { labels: node.labels.into(), properties: sorted(node.properties), title, deleted: false };
            self.records.nodes.insert(id, record);
        }
        id
    }

    fn relationship(&mut self, relationship: SentRelationship) -> RelationshipId {
        let next = RelationshipId::new(self.relationships.len());
        let id = *self.relationships.entry(relationship.identity).or_insert(next);
        if !self.records.relationships.contains_key(&id) {
            self.charge(size_of::<RelationshipRecord>() + bytes_of(&relationship.properties));
            let (start, end) = (self.number(relationship.start), self.number(relationship.end));
            let next = TypeId::from(self.types.len() as u32);
            let relationship_type = *self.types.entry(relationship.relationship_type.clone()).or_insert(next);
            self.records.types.insert(relationship_type, relationship.relationship_type);
            let shape = Relationship { start, end, relationship_type };
            let record = RelationshipRecord { shape, properties: sorted(relationship.properties), deleted: false };
            self.records.relationships.insert(id, record);
        }
        id
    }
}

impl Receiver for Received<'_> {
    fn row(&mut self, row: Vec<Value>) -> Result<(), Diagnostic> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.budget.tick()?;
        self.budget.charge(row.iter().map(Value::size).sum())?;
        self.rows.push(row);
        Ok(())
    }
}

/// What properties take, about.
pub(super) fn bytes_of(properties: &Map) -> usize {
    properties.values().map(Value::size).sum()
}

/// A map is sorted by its keys.
fn sorted(properties: Map) -> Vec<(Arc<str>, Value)> {
    properties.into_iter().collect()
}

/// What a node is called: by what is declared for one of its labels, else by `name`.
fn title(semantics: &Semantics, labels: &[Arc<str>], properties: &Map) -> Option<Arc<str>> {
    let declared = labels.iter().filter_map(|label| semantics.naming(label));
    let keys = declared.flat_map(|naming: &LabelNaming| naming.named_by.iter().map(String::as_str)).chain(["name"]);
    keys.filter_map(|key| properties.get(key)).find_map(name_in)
}
