//! [`EntitySource`]: what an answer or an export reads of nodes and relationships, whoever holds them.

use std::fmt::Debug;
use std::sync::Arc;

use super::naming::Titles;
use super::{Entity, Graph, NodeId, Relationship, RelationshipId, Rule, RuleKind, Semantics, TypeId, Value};

/// Nodes and relationships by id, and what their types mean. A graph is one; so are the records that travel with an
/// answer.
pub trait EntitySource: Debug + Send + Sync {
    fn is_deleted(&self, entity: Entity) -> bool;

    /// The names of a node's labels, in their order.
    fn named_labels(&self, node: NodeId) -> Vec<&str>;

    /// Keys and values, sorted by key.
    fn named_properties(&self, entity: Entity) -> Vec<(&str, Value)>;

    /// The value of a property; null if there is none.
    fn named_property(&self, entity: Entity, key: &str) -> Value;

    /// Type and ends of a relationship; `None` if the source does not hold it.
    fn relationship_of(&self, relationship: RelationshipId) -> Option<Relationship>;

    /// The name of a type that a relationship of this source has.
    fn name_of_type(&self, relationship_type: TypeId) -> &str;

    fn semantics(&self) -> &Semantics;

    /// What the node is called; `None` if no property names it.
    fn title(&self, node: NodeId) -> Option<Arc<str>>;

    /// Indexes and constraints.
    fn named_rules(&self) -> Vec<NamedRule>;

    /// The name of a relationship's type; empty if the source does not hold the relationship.
    fn type_of(&self, relationship: RelationshipId) -> &str {
        self.relationship_of(relationship).map_or("", |found| self.name_of_type(found.relationship_type))
    }
}

/// An [`EntitySource`] that can list all it holds.
pub trait WholeSource: EntitySource {
    /// All nodes, ascending.
    fn every_node(&self) -> Vec<NodeId>;

    /// All relationships, ascending.
    fn every_relationship(&self) -> Box<dyn Iterator<Item = RelationshipId> + '_>;
}

/// An index or a constraint with names in place of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRule {
    pub name: Arc<str>,
    pub kind: RuleKind,
    pub label: Arc<str>,
    pub keys: Vec<Arc<str>>,
}

impl Graph {
    /// Names what a rule of this graph is about.
    pub fn named_rule(&self, rule: &Rule) -> NamedRule {
        NamedRule {
            name: rule.name.clone(),
            kind: rule.kind,
            label: self.label_name(rule.label).clone(),
            keys: rule.keys.iter().map(|key| self.key_name(*key).clone()).collect(),
        }
    }
}

impl EntitySource for Graph {
    fn is_deleted(&self, entity: Entity) -> bool {
        Graph::is_deleted(self, entity)
    }

    fn named_labels(&self, node: NodeId) -> Vec<&str> {
        self.node_labels(node).iter().map(|label| &**self.label_name(*label)).collect()
    }

    fn named_properties(&self, entity: Entity) -> Vec<(&str, Value)> {
        self.properties(entity).into_iter().map(|(key, value)| (&**key, value)).collect()
    }

    fn named_property(&self, entity: Entity, key: &str) -> Value {
        self.property_by_name(entity, key)
    }

    fn relationship_of(&self, relationship: RelationshipId) -> Option<Relationship> {
        Some(self.relationship(relationship))
    }

    fn name_of_type(&self, relationship_type: TypeId) -> &str {
        self.type_name(relationship_type)
    }

    fn semantics(&self) -> &Semantics {
        Graph::semantics(self)
    }

    fn title(&self, node: NodeId) -> Option<Arc<str>> {
        Titles::of(self).get(node).map(|title| title.text)
    }

    fn named_rules(&self) -> Vec<NamedRule> {
        self.rules().map(|rule| self.named_rule(rule)).collect()
    }
}

impl WholeSource for Graph {
    fn every_node(&self) -> Vec<NodeId> {
        self.nodes().collect()
    }

    fn every_relationship(&self) -> Box<dyn Iterator<Item = RelationshipId> + '_> {
        Box::new(self.relationships())
    }
}
