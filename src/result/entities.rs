//! [`Entities`]: what an answer needs of the nodes, relationships and paths in its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use super::Rows;
use crate::diagnostic::Diagnostic;
use crate::graph::{Entity, EntitySource, NamedRule, NodeId, Relationship, RelationshipId, Semantics, TypeId, Value};
use crate::limits::Budget;

/// The nodes and relationships of an answer, as they are after the statement. Cheap to clone.
///
/// Either a snapshot that knows them, which costs nothing until they are looked at, or [`Records`] of those that the
/// rows hold, which outlive the snapshot.
#[derive(Clone, Debug, Default)]
pub struct Entities(Option<Arc<dyn EntitySource>>);

impl Entities {
    /// The entities that the rows hold, copied out of a source.
    pub fn collect(rows: &Rows, source: &dyn EntitySource, budget: &Budget) -> Result<Entities, Diagnostic> {
        let records = Records::of(rows, source, budget)?;
        Ok(if records.is_empty() { Entities::default() } else { Entities(Some(Arc::new(records))) })
    }
}

impl<S: EntitySource + 'static> From<Arc<S>> for Entities {
    fn from(source: Arc<S>) -> Entities {
        Entities(Some(source))
    }
}

impl From<Records> for Entities {
    fn from(records: Records) -> Entities {
        Entities::from(Arc::new(records))
    }
}

impl Deref for Entities {
    type Target = dyn EntitySource;

    fn deref(&self) -> &(dyn EntitySource + 'static) {
        static NONE: LazyLock<Records> = LazyLock::new(Records::default);
        match &self.0 {
            Some(source) => &**source,
            None => &*NONE,
        }
    }
}

/// A node by itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeRecord {
    /// Shared by nodes with the same labels.
    pub labels: Arc<[Arc<str>]>,
    /// Sorted by key.
    pub properties: Vec<(Arc<str>, Value)>,
    /// What it is called.
    pub title: Option<Arc<str>>,
    pub deleted: bool,
}

/// A relationship by itself; its ends are among the nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationshipRecord {
    pub shape: Relationship,
    /// Sorted by key.
    pub properties: Vec<(Arc<str>, Value)>,
    pub deleted: bool,
}

/// Copies of nodes and relationships, and of what their types mean.
#[derive(Clone, Debug, Default)]
pub struct Records {
    pub nodes: BTreeMap<NodeId, NodeRecord>,
    pub relationships: BTreeMap<RelationshipId, RelationshipRecord>,
    /// The names of the relationships' types.
    pub types: BTreeMap<TypeId, Arc<str>>,
    pub semantics: Semantics,
    pub rules: Vec<NamedRule>,
}

impl Records {
    /// Copies what the rows hold: nodes, relationships with their ends, and those of paths, however deep in lists and
    /// maps.
    pub fn of(rows: &Rows, source: &dyn EntitySource, budget: &Budget) -> Result<Records, Diagnostic> {
        let (mut nodes, mut relationships) = (Vec::new(), Vec::new());
        rows.each_entity(&mut |entity| {
            budget.tick()?;
            match entity {
                Entity::Node(node) => nodes.push(node),
                Entity::Relationship(relationship) => relationships.push(relationship),
            }
            Ok(())
        })?;
        if nodes.is_empty() && relationships.is_empty() {
            return Ok(Records::default());
        }
        let mut copies = Copies { source, budget, names: Names::default() };
        let mut types = BTreeMap::new();
        let mut of_relationships = Vec::new();
        for relationship in distinct(relationships) {
            let Some(shape) = source.relationship_of(relationship) else { continue };
            nodes.extend([shape.start, shape.end]);
            let type_name = || copies.names.get(source.name_of_type(shape.relationship_type));
            types.entry(shape.relationship_type).or_insert_with(type_name);
            of_relationships.push((relationship, copies.relationship(relationship, shape)?));
        }
        let of_nodes = distinct(nodes).into_iter().map(|node| Ok((node, copies.node(node)?)));
        Ok(Records {
            nodes: of_nodes.collect::<Result<_, Diagnostic>>()?,
            relationships: of_relationships.into_iter().collect(),
            types,
            semantics: source.semantics().clone(),
            rules: source.named_rules(),
        })
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.relationships.is_empty()
    }

    fn properties(&self, entity: Entity) -> &[(Arc<str>, Value)] {
        match entity {
            Entity::Node(node) => self.nodes.get(&node).map_or(&[], |record| &record.properties),
            Entity::Relationship(id) => self.relationships.get(&id).map_or(&[], |record| &record.properties),
        }
    }
}

impl EntitySource for Records {
    fn is_deleted(&self, entity: Entity) -> bool {
        match entity {
            Entity::Node(node) => self.nodes.get(&node).is_some_and(|record| record.deleted),
            Entity::Relationship(id) => self.relationships.get(&id).is_some_and(|record| record.deleted),
        }
    }

    fn named_labels(&self, node: NodeId) -> Vec<&str> {
        self.nodes.get(&node).map_or_else(Vec::new, |record| record.labels.iter().map(|label| &**label).collect())
    }

    fn named_properties(&self, entity: Entity) -> Vec<(&str, Value)> {
        self.properties(entity).iter().map(|(key, value)| (&**key, value.clone())).collect()
    }

    fn named_property(&self, entity: Entity, key: &str) -> Value {
        let properties = self.properties(entity);
        let place = properties.binary_search_by(|(known, _)| (**known).cmp(key));
        place.map_or(Value::Null, |place| properties[place].1.clone())
    }

    fn relationship_of(&self, relationship: RelationshipId) -> Option<Relationship> {
        self.relationships.get(&relationship).map(|record| record.shape)
    }

    fn name_of_type(&self, relationship_type: TypeId) -> &str {
        self.types.get(&relationship_type).map_or("", |name| name)
    }

    fn semantics(&self) -> &Semantics {
        &self.semantics
    }

    fn title(&self, node: NodeId) -> Option<Arc<str>> {
        self.nodes.get(&node)?.title.clone()
    }

    fn named_rules(&self) -> Vec<NamedRule> {
        self.rules.clone()
    }
}

/// The ids in order, each once.
fn distinct<T: Ord>(mut ids: Vec<T>) -> Vec<T> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Makes records.
struct Copies<'s> {
    source: &'s dyn EntitySource,
    budget: &'s Budget,
    names: Names,
}

impl Copies<'_> {
    fn node(&mut self, node: NodeId) -> Result<NodeRecord, Diagnostic> {
        let properties = self.properties(Entity::Node(node))?;
        let labels = self.names.labels(self.source.named_labels(node));
        self.budget.charge(size_of::<NodeRecord>())?;
        let (title, deleted) = (self.source.title(node), self.source.is_deleted(Entity::Node(node)));
        Ok(NodeRecord { labels, properties, title, deleted })
    }

    fn relationship(&mut self, id: RelationshipId, shape: Relationship) -> Result<RelationshipRecord, Diagnostic> {
        let properties = self.properties(Entity::Relationship(id))?;
        self.budget.charge(size_of::<RelationshipRecord>())?;
        Ok(RelationshipRecord { shape, properties, deleted: self.source.is_deleted(Entity::Relationship(id)) })
    }

    fn properties(&mut self, entity: Entity) -> Result<Vec<(Arc<str>, Value)>, Diagnostic> {
        self.budget.tick()?;
        let named = self.source.named_properties(entity).into_iter().enumerate();
        let properties: Vec<_> = named.map(|(at, (key, value))| (self.names.key(at, key), value)).collect();
        self.budget.charge(size_of_val(properties.as_slice()))?;
        Ok(properties)
    }
}

/// Names and sets of labels, each held once.
#[derive(Default)]
struct Names {
    names: BTreeSet<Arc<str>>,
    label_sets: BTreeSet<Arc<[Arc<str>]>>,
    /// The keys of the entity before, by place: most entities have the same.
    keys: Vec<Arc<str>>,
}

impl Names {
    fn get(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let name: Arc<str> = Arc::from(name);
        self.names.insert(name.clone());
        name
    }

    fn key(&mut self, place: usize, name: &str) -> Arc<str> {
        if let Some(before) = self.keys.get(place).filter(|before| &***before == name) {
            return before.clone();
        }
        let key = self.get(name);
        self.keys.truncate(place);
        self.keys.push(key.clone());
        key
    }

    fn labels(&mut self, labels: Vec<&str>) -> Arc<[Arc<str>]> {
        let labels: Arc<[Arc<str>]> = labels.into_iter().map(|label| self.get(label)).collect();
        if let Some(known) = self.label_sets.get(&labels) {
            return known.clone();
        }
        self.label_sets.insert(labels.clone());
        labels
    }
}

/// Visits the entities in a value, however deep in lists, maps and paths. The ends of a relationship are not visited
/// for it.
pub(super) fn each_entity(
    value: &Value,
    visit: &mut impl FnMut(Entity) -> Result<(), Diagnostic>,
) -> Result<(), Diagnostic> {
    match value {
        Value::Node(node) => visit(Entity::Node(*node)),
        Value::Relationship(relationship) => visit(Entity::Relationship(*relationship)),
        Value::Path(path) => {
            path.nodes.iter().try_for_each(|node| visit(Entity::Node(*node)))?;
            path.relationships.iter().try_for_each(|relationship| visit(Entity::Relationship(*relationship)))
        }
        Value::List(items) => items.iter().try_for_each(|item| each_entity(item, visit)),
        Value::Map(map) => map.values().try_for_each(|item| each_entity(item, visit)),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Date(_)
        | Value::LocalTime(_)
        | Value::Time(_)
        | Value::LocalDateTime(_)
        | Value::DateTime(_)
        | Value::Duration(_)
        | Value::Point(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Path;
    use crate::limits::Limits;
    use crate::render::testing::small;
    use crate::result::Column;

    fn budget() -> Budget {
        Budget::start(&Limits::default())
    }

    #[test]
    fn records_hold_what_the_rows_mention_and_the_ends_of_relationships() {
        let (graph, nodes, relationships) = small();
        let of = |value: Value| Records::of(&Rows::from(vec![vec![value]]), &graph, &budget()).unwrap();
        let ids = |records: &Records| (records.nodes.len(), records.relationships.len());
        assert_eq!(ids(&of(Value::Integer(1))), (0, 0));
        assert_eq!(ids(&of(Value::Node(nodes[2]))), (1, 0));
        assert_eq!(ids(&of(Value::list([Value::map([("r", Value::Relationship(relationships[1]))])]))), (2, 1));
        let path = Path { nodes: vec![nodes[0], nodes[1]], relationships: vec![relationships[0]] };
        assert_eq!(ids(&of(Value::Path(path.into()))), (2, 1));
    }

    #[test]
    fn records_say_what_the_graph_says() {
        let (mut graph, nodes, relationships) = small();
        graph.begin();
        graph.delete_relationship(relationships[1]);
        let rows = Rows::of(
            3,
            vec![
                Column::Nodes(vec![0, 2, Column::NULL]),
                Column::RelationshipLists { ends: vec![1, 2, 2], numbers: vec![0, 1] },
            ],
        );
        let records = Records::of(&rows, &graph, &budget()).unwrap();
        let source: &dyn EntitySource = &graph;
        for node in &nodes {
            let entity = Entity::Node(*node);
            assert_eq!(records.named_labels(*node), source.named_labels(*node));
            assert_eq!(records.named_properties(entity), source.named_properties(entity));
            assert_eq!(records.named_property(entity, "name"), source.named_property(entity, "name"));
        }
        for relationship in &relationships {
            let entity = Entity::Relationship(*relationship);
            assert_eq!(records.relationship_of(*relationship), source.relationship_of(*relationship));
            assert_eq!(records.type_of(*relationship), source.type_of(*relationship));
            assert_eq!(records.named_properties(entity), source.named_properties(entity));
            assert_eq!(records.is_deleted(entity), source.is_deleted(entity));
        }
        assert!(records.is_deleted(Entity::Relationship(relationships[1])));
    }

    #[test]
    fn records_count_against_the_memory_limit() {
        let (graph, nodes, _) = small();
        let small = Budget::start(&Limits { memory: Some(16), ..Limits::default() });
        let rows = Rows::from(vec![vec![Value::Node(nodes[0])]]);
        assert!(Records::of(&rows, &graph, &small).is_err());
        assert!(Records::of(&Rows::from(vec![vec![Value::Null]]), &graph, &small).unwrap().is_empty());
    }
}
