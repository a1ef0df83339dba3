//! Nodes of one answer that share a name: each is called by what tells it from the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Entities, QueryResult};
use crate::diagnostic::Diagnostic;
use crate::graph::{Entity, EntitySource, NamedRule, NodeId, Relationship, RelationshipId, Semantics, TypeId, Value};
use crate::limits::Budget;

/// More nodes of one name are told apart by their numbers: each spelling is checked against all nodes of the name.
const MANY: usize = 100;

/// Entities some of which are called by a longer name than their own.
#[derive(Debug)]
struct Apart {
    source: Entities,
    titles: BTreeMap<NodeId, Arc<str>>,
}

impl Entities {
    /// The same entities. Those of the nodes that share a name are called by their spelling, which finds only them in
    /// the graph; `None` for what is no longer there.
    pub fn told_apart(
        self,
        nodes: &BTreeSet<NodeId>,
        spelling: &dyn Fn(NodeId) -> Option<String>,
        budget: &Budget,
    ) -> Result<Entities, Diagnostic> {
        let mut by_title: BTreeMap<Arc<str>, Vec<NodeId>> = BTreeMap::new();
        for node in nodes {
            budget.tick()?;
            if let Some(title) = self.title(*node) {
                by_title.entry(title).or_default().push(*node);
            }
        }
        by_title.retain(|_, nodes| nodes.len() > 1);
        if by_title.is_empty() {
            return Ok(self);
        }
        let mut titles = BTreeMap::new();
        for (title, nodes) in by_title {
            for node in &nodes {
                budget.tick()?;
                let spelling = match nodes.len() {
                    ..=MANY => spelling(*node),
                    _ => Some(format!("{title} #{}", node.index())),
                };
                titles.extend(spelling.map(|spelling| (*node, Arc::from(spelling))));
            }
        }
        Ok(Entities::from(Arc::new(Apart { source: self, titles })))
    }
}

impl QueryResult {
    /// The nodes in the rows, and the ends of the relationships in them.
    pub fn nodes(&self, budget: &Budget) -> Result<BTreeSet<NodeId>, Diagnostic> {
        let mut nodes = BTreeSet::new();
        self.rows.each_entity(&mut |entity| {
            budget.tick()?;
            match entity {
                Entity::Node(node) => _ = nodes.insert(node),
                Entity::Relationship(id) => {
                    nodes.extend(self.entities.relationship_of(id).iter().flat_map(|shape| [shape.start, shape.end]));
                }
            }
            Ok(())
        })?;
        Ok(nodes)
    }
}

impl EntitySource for Apart {
    fn title(&self, node: NodeId) -> Option<Arc<str>> {
        self.titles.get(&node).cloned().or_else(|| self.source.title(node))
    }

    fn is_deleted(&self, entity: Entity) -> bool {
        self.source.is_deleted(entity)
    }

    fn named_labels(&self, node: NodeId) -> Vec<&str> {
        self.source.named_labels(node)
    }

    fn named_properties(&self, entity: Entity) -> Vec<(&str, Value)> {
        self.source.named_properties(entity)
    }

    fn named_property(&self, entity: Entity, key: &str) -> Value {
        self.source.named_property(entity, key)
    }

    fn relationship_of(&self, relationship: RelationshipId) -> Option<Relationship> {
        self.source.relationship_of(relationship)
    }

    fn name_of_type(&self, relationship_type: TypeId) -> &str {
        self.source.name_of_type(relationship_type)
    }

    fn semantics(&self) -> &Semantics {
        self.source.semantics()
    }

    fn named_rules(&self) -> Vec<NamedRule> {
        self.source.named_rules()
    }
}
