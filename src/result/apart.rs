//! Nodes of one answer that share a name: each is called by what tells it from the others.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::{Entities, QueryResult, Shape};
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
        nodes: &[NodeId],
        spelling: &dyn Fn(NodeId) -> Option<String>,
        budget: &Budget,
    ) -> Result<Entities, Diagnostic> {
        let mut titles = BTreeMap::new();
        for (title, twins) in self.twins(nodes, budget)? {
            for node in &twins {
                budget.tick()?;
                let spelling = match twins.len() {
                    ..=MANY => spelling(*node),
                    _ => Some(format!("{title} #{}", node.index())),
                };
                titles.extend(spelling.map(|spelling| (*node, Arc::from(spelling))));
            }
        }
        Ok(if titles.is_empty() { self } else { Entities::from(Arc::new(Apart { source: self, titles })) })
    }

    /// The names that several of the nodes have, with these. Most answers have none, so names are first compared by
    /// their hashes, and only those of equal hashes are kept.
    fn twins(&self, nodes: &[NodeId], budget: &Budget) -> Result<BTreeMap<Arc<str>, Vec<NodeId>>, Diagnostic> {
        let mut hashes: Vec<(u64, NodeId)> = Vec::with_capacity(nodes.len());
        for node in nodes {
            budget.tick()?;
            hashes.extend(self.title(*node).map(|title| (hash(&title), *node)));
        }
        hashes.sort_unstable();
        let mut twins: BTreeMap<Arc<str>, Vec<NodeId>> = BTreeMap::new();
        for alike in hashes.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
            for (_, node) in alike {
                budget.tick()?;
                twins.entry(self.title(*node).unwrap_or_default()).or_default().push(*node);
            }
        }
        twins.retain(|_, nodes| nodes.len() > 1);
        Ok(twins)
    }
}

fn hash(title: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    title.hash(&mut hasher);
    hasher.finish()
}

impl QueryResult {
    /// The nodes that an answer shows, each once, ascending: those in the rows and, in a table, the ends of the
    /// relationships. The rows of the walking words have the ends as nodes.
    pub fn nodes(&self, budget: &Budget) -> Result<Vec<NodeId>, Diagnostic> {
        let mut nodes = Vec::new();
        let shows_ends = self.shape == Shape::Table;
        self.rows.each_entity(&mut |entity| {
            budget.tick()?;
            match entity {
                Entity::Node(node) => nodes.push(node),
                Entity::Relationship(id) if shows_ends => {
                    nodes.extend(self.entities.relationship_of(id).iter().flat_map(|shape| [shape.start, shape.end]));
                }
                Entity::Relationship(_) => {}
            }
            Ok(())
        })?;
        nodes.sort_unstable();
        nodes.dedup();
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
