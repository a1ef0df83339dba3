//! Which properties the nodes and relationships have, and of which types: as drivers and tools look for them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Context, Output, Procedure};
use crate::diagnostic::Diagnostic;
use crate::graph::{Entity, LabelId, TypeId, TypeSet, Value};
use crate::result::Shape;

pub const PROCEDURES: &[Procedure] = &[
    Procedure {
        name: "db.schema.nodeTypeProperties",
        parameters: &[],
        yields: &[
            ("nodeType", TypeSet::STRING),
            ("nodeLabels", TypeSet::LIST),
            ("propertyName", TypeSet::STRING),
            ("propertyTypes", TypeSet::LIST),
            ("mandatory", TypeSet::BOOLEAN),
        ],
        doc: "For each set of labels the properties of its nodes, with the types of their values, and whether all of these \
              nodes have it; the whole graph is read.",
        shape: Shape::Table,
        run: of_nodes,
    },
    Procedure {
        name: "db.schema.relTypeProperties",
        parameters: &[],
        yields: &[
            ("relType", TypeSet::STRING),
            ("propertyName", TypeSet::STRING),
            ("propertyTypes", TypeSet::LIST),
            ("mandatory", TypeSet::BOOLEAN),
        ],
        doc: "For each relationship type the properties of its relationships, with the types of their values, and whether \
              all of these relationships have it; the whole graph is read.",
        shape: Shape::Table,
        run: of_relationships,
    },
];

/// What nodes or relationships of one kind have.
#[derive(Default)]
struct Group {
    members: usize,
    properties: BTreeMap<Arc<str>, Seen>,
}

/// How often a property is there, and the types of its values.
#[derive(Default)]
struct Seen {
    count: usize,
    types: BTreeSet<String>,
}

impl Group {
    fn add(&mut self, context: &Context, entity: Entity) -> Result<(), Diagnostic> {
        context.budget.tick()?;
        self.members += 1;
        for (key, value) in context.graph.properties(entity) {
            let seen = match self.properties.get_mut(key) {
                Some(seen) => seen,
                None => self.properties.entry(key.clone()).or_default(),
            };
            seen.count += 1;
            let name = type_name(&value);
            if !seen.types.contains(&name) {
                seen.types.insert(name);
            }
        }
        Ok(())
    }

    /// Name, types and whether all have it, of each property; one row of nulls if there are none.
    fn rows(&self) -> Vec<[Value; 3]> {
        if self.properties.is_empty() {
            return vec![[Value::Null, Value::Null, Value::Boolean(false)]];
        }
        let row = |(name, seen): (&Arc<str>, &Seen)| {
            let types = Value::list(seen.types.iter().map(|name| Value::from(name.as_str())));
            [Value::String(name.clone()), types, Value::Boolean(seen.count == self.members)]
        };
        self.properties.iter().map(row).collect()
    }
}

/// The type of a property's value, by the names that Neo4j has for them.
fn type_name(value: &Value) -> String {
    let name = match value {
        Value::Boolean(_) => "Boolean",
        Value::Integer(_) => "Long",
        Value::Float(_) => "Double",
        Value::String(_) => "String",
        Value::Date(_) => "Date",
        Value::LocalTime(_) => "LocalTime",
        Value::Time(_) => "Time",
        Value::LocalDateTime(_) => "LocalDateTime",
        Value::DateTime(_) => "DateTime",
        Value::Duration(_) => "Duration",
        Value::Point(_) => "Point",
        Value::List(items) => {
            let inner: BTreeSet<String> = items.iter().map(type_name).collect();
            // An empty list is of any type, and so is one of several.
            let one = inner.iter().next().filter(|_| inner.len() == 1);
            return format!("{}Array", one.map_or("Any", String::as_str));
        }
        Value::Null | Value::Map(_) | Value::Node(_) | Value::Relationship(_) | Value::Path(_) => "Any",
    };
    name.into()
}

/// `:`Person``: how a label or type is written.
fn written(names: &[&str]) -> String {
    names.iter().map(|name| format!(":`{}`", name.replace('`', "``"))).collect()
}

fn of_nodes(context: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let mut groups: BTreeMap<Vec<LabelId>, Group> = BTreeMap::new();
    for node in graph.nodes() {
        let mut labels = graph.node_labels(node).to_vec();
        labels.sort_unstable();
        groups.entry(labels).or_default().add(context, node.into())?;
    }
    let mut rows = Vec::new();
    for (labels, group) in &groups {
        let mut names: Vec<&str> = labels.iter().map(|label| &**graph.label_name(*label)).collect();
        names.sort_unstable();
        let (kind, list) = (written(&names), Value::list(names.into_iter().map(Value::from)));
        let row = |[name, types, all]: [Value; 3]| vec![Value::from(kind.as_str()), list.clone(), name, types, all];
        rows.extend(group.rows().into_iter().map(row));
    }
    rows.sort();
    Ok(Output::new(rows, Vec::new()))
}

fn of_relationships(context: &Context, _: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let mut groups: BTreeMap<TypeId, Group> = BTreeMap::new();
    for relationship in graph.relationships() {
        let of = graph.relationship(relationship).relationship_type;
        groups.entry(of).or_default().add(context, relationship.into())?;
    }
    let mut rows = Vec::new();
    for (of, group) in &groups {
        let kind = written(&[graph.type_name(*of)]);
        let row = |[name, types, all]: [Value; 3]| vec![Value::from(kind.as_str()), name, types, all];
        rows.extend(group.rows().into_iter().map(row));
    }
    rows.sort();
    Ok(Output::new(rows, Vec::new()))
}
