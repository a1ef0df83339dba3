//! CREATE.
//!
//! A pattern of one node, or of one relationship, whose properties do not depend on what it creates, is created for
//! thousands of rows at once. Any other is created row by row.

use std::collections::HashSet;
use std::sync::Arc;

use super::independent::{self, is_given_before};
use super::properties::{Properties, charge_change, check_storable, listed, set_all};
use super::{BATCH, Result};
use crate::executor::evaluate::{describe, evaluate};
use crate::executor::{Row, Run, labels};
use crate::functions::{self, invalid_type};
use crate::graph::{Entity, Graph, LabelId, NodeId, PropertyColumn, RelationshipId, TypeId, Value};
use crate::plan::{Creation, Expr, ExprKind, Slot};

/// What the changes, the journal and the log hold of a new node or relationship until the commit, about.
const BYTES_AN_ENTITY: usize = 96;

pub(super) fn create_all(creations: &[Creation], rows: &mut [Row], run: &mut Run) -> Result<()> {
    match Uniform::of(creations) {
        Some(uniform) => rows.chunks_mut(BATCH).try_for_each(|rows| uniform.create(rows, run)),
        None => rows.iter_mut().try_for_each(|row| create(creations, row, run)),
    }
}

/// What each row creates: a node or a relationship of constant labels or type, with constant keys.
struct Uniform<'p> {
    created: Created<'p>,
    /// Keys that differ, in the order written.
    properties: Vec<(&'p Arc<str>, &'p Expr)>,
}

enum Created<'p> {
    Node { slot: Slot, labels: Vec<&'p Arc<str>> },
    Relationship { creation: &'p Creation, slot: Slot, relationship_type: &'p Arc<str> },
}

impl<'p> Uniform<'p> {
    fn of(creations: &'p [Creation]) -> Option<Uniform<'p>> {
        let [creation] = creations else { return None };
        let (created, slot, properties) = match creation {
            Creation::Node { slot, labels, properties } => {
                (Created::Node { slot: *slot, labels: constant_names(labels)? }, *slot, properties)
            }
            Creation::Relationship { slot, relationship_type, properties, .. } => {
                let relationship_type = independent::constant_name(relationship_type)?;
                (Created::Relationship { creation, slot: *slot, relationship_type }, *slot, properties)
            }
            Creation::Path { .. } => return None,
        };
        let properties = constant_keys(properties.as_ref())?;
        let is_known = properties.iter().all(|(_, value)| is_given_before(value, slot));
        is_known.then_some(Uniform { created, properties })
    }

    fn create(&self, rows: &mut [Row], run: &mut Run) -> Result<()> {
        let mut columns = Columns::new(&self.properties, rows.len());
        let mut ends = Vec::new();
        for row in rows.iter_mut() {
            run.budget.tick()?;
            columns.evaluate(&self.properties, row, run)?;
            if let Created::Relationship { creation, .. } = &self.created {
                ends.push(live_ends(creation, row, run)?);
            }
            columns.check_last()?;
        }
        match &self.created {
            Created::Node { slot, labels } => {
                let first = create_nodes(rows.len(), labels, columns, run)?.index();
                for (row, node) in rows.iter_mut().zip(first..) {
                    row[*slot] = Value::Node(NodeId::new(node));
                }
            }
            Created::Relationship { slot, relationship_type, .. } => {
                run.charge_changes(rows.len() * BYTES_AN_ENTITY)?;
                let graph = run.graph_mut()?;
                let relationship_type: TypeId = graph.intern_type(relationship_type);
                let (columns, set) = columns.interned(graph);
                let first = graph.create_relationships(relationship_type, &ends, columns).index();
                run.changes.relationships_created += rows.len();
                run.changes.properties_set += set;
                for (row, id) in rows.iter_mut().zip(first..) {
                    row[*slot] = Value::Relationship(RelationshipId::new(id));
                }
            }
        }
        Ok(())
    }
}

/// Creates nodes with these labels, which differ; the first of them.
pub(super) fn create_nodes(count: usize, labels: &[&Arc<str>], columns: Columns, run: &mut Run) -> Result<NodeId> {
    let graph = run.graph_mut()?;
    let labels: Arc<[LabelId]> = labels.iter().map(|label| graph.intern_label(label)).collect();
    let (columns, set) = columns.interned(graph);
    let labels_added = labels.len() * count;
    let first = graph.create_nodes(count, labels, columns);
    run.charge_changes(count * BYTES_AN_ENTITY)?;
    run.changes.nodes_created += count;
    run.changes.labels_added += labels_added;
    run.changes.properties_set += set;
    Ok(first)
}

/// Different names, if all are constant.
pub(super) fn constant_names(names: &[Expr]) -> Option<Vec<&Arc<str>>> {
    let mut seen = HashSet::new();
    let mut all = names.iter().map(independent::constant_name).collect::<Option<Vec<&Arc<str>>>>()?;
    all.retain(|name| seen.insert(*name));
    Some(all)
}

/// The entries of a map whose keys differ.
pub(super) fn constant_keys(properties: Option<&Expr>) -> Option<Vec<(&Arc<str>, &Expr)>> {
    let Some(properties) = properties else { return Some(Vec::new()) };
    let ExprKind::Map(entries) = &properties.kind else { return None };
    have_different_keys(entries).then(|| entries.iter().map(|(key, value)| (key, value)).collect())
}

fn have_different_keys(entries: &[(Arc<str>, Expr)]) -> bool {
    let mut seen = HashSet::new();
    entries.iter().all(|(key, _)| seen.insert(key))
}

/// The property values of new entities, by key.
pub(super) struct Columns<'p> {
    keys: Vec<&'p Arc<str>>,
    /// The places of the keys in alphabetical order: properties are set in this order.
    sorted: Vec<usize>,
    values: Vec<Vec<Value>>,
}

impl<'p> Columns<'p> {
    pub(super) fn new(properties: &[(&'p Arc<str>, &Expr)], count: usize) -> Columns<'p> {
        let keys: Vec<&Arc<str>> = properties.iter().map(|(key, _)| *key).collect();
        let mut sorted: Vec<usize> = (0..keys.len()).collect();
        sorted.sort_unstable_by_key(|at| keys[*at]);
        let values = keys.iter().map(|_| Vec::with_capacity(count)).collect();
        Columns { keys, sorted, values }
    }

    /// Adds the values of an entity, one for each key in the order given.
    pub(super) fn push(&mut self, values: Vec<Value>) -> Result<()> {
        self.values.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        self.check_last()
    }

    fn evaluate(&mut self, properties: &[(&Arc<str>, &Expr)], row: &mut Row, run: &mut Run) -> Result<()> {
        for (column, (_, value)) in self.values.iter_mut().zip(properties) {
            let value = evaluate(value, row, run)?;
            charge_change(&value, run)?;
            column.push(value);
        }
        Ok(())
    }

    /// Whether a property can hold the values that were added last.
    fn check_last(&self) -> Result<()> {
        let last = |at: &usize| self.values[*at].last().map_or(Ok(()), |value| check_storable(self.keys[*at], value));
        self.sorted.iter().try_for_each(last)
    }

    /// The columns that have values, and the count of these. Keys are numbered as if set entity by entity.
    fn interned(mut self, graph: &mut Graph) -> (Vec<PropertyColumn>, usize) {
        let first = |at: &usize| self.values[*at].iter().position(|value| !value.is_null());
        let mut present: Vec<(usize, usize, usize)> =
            (0..).zip(&self.sorted).filter_map(|(order, at)| Some((first(at)?, order, *at))).collect();
        present.sort_unstable();
        let columns = present.into_iter();
        let columns: Vec<PropertyColumn> =
            columns.map(|(.., at)| (graph.intern_key(self.keys[at]), std::mem::take(&mut self.values[at]))).collect();
        let set = columns.iter().flat_map(|(_, values)| values).filter(|value| !value.is_null()).count();
        (columns, set)
    }
}

/// Creates for one row.
pub(super) fn create(creations: &[Creation], row: &mut Row, run: &mut Run) -> Result<()> {
    run.budget.tick()?;
    run.charge_changes(creations.len() * BYTES_AN_ENTITY)?;
    for creation in creations {
        match creation {
            Creation::Node { slot, labels, properties } => {
                let properties = creation_properties(properties.as_ref(), row, run)?;
                let labels = label_names(labels, row, run)?;
                let graph = run.graph_mut()?;
                let node = graph.create_node();
                for label in &labels {
                    let label = graph.intern_label(label);
                    graph.add_label(node, label);
                }
                run.changes.nodes_created += 1;
                run.changes.labels_added += labels.len();
                set_all(Entity::Node(node), properties, run)?;
                row[*slot] = Value::Node(node);
            }
            Creation::Relationship { slot, relationship_type, properties, .. } => {
                let properties = creation_properties(properties.as_ref(), row, run)?;
                let (start, end) = live_ends(creation, row, run)?;
                let relationship_type = labels::name(relationship_type, row, run)?;
                let graph = run.graph_mut()?;
                let relationship_type = graph.intern_type(&relationship_type);
                let relationship = graph.create_relationship(start, relationship_type, end);
                run.changes.relationships_created += 1;
                set_all(Entity::Relationship(relationship), properties, run)?;
                row[*slot] = Value::Relationship(relationship);
            }
            Creation::Path { slot, path } => row[*slot] = evaluate(path, row, run)?,
        }
    }
    Ok(())
}

/// The ends of a new relationship.
fn live_ends(creation: &Creation, row: &Row, run: &Run) -> Result<(NodeId, NodeId)> {
    let Creation::Relationship { start, end, span, .. } = creation else {
        unreachable!("only a relationship has ends")
    };
    match (live_node(&row[*start], run), live_node(&row[*end], run)) {
        (Ok(start), Ok(end)) => Ok((start, end)),
        (Err(error), _) | (_, Err(error)) => Err(error.at(*span)),
    }
}

pub(super) fn label_names(labels: &[Expr], row: &mut Row, run: &mut Run) -> Result<Vec<Arc<str>>> {
    let mut all: Vec<Arc<str>> = Vec::new();
    for label in labels {
        for name in labels::names(label, row, run)? {
            if !all.contains(&name) {
                all.push(name);
            }
        }
    }
    Ok(all)
}

fn live_node(value: &Value, run: &Run) -> Result<NodeId> {
    match value {
        Value::Node(node) => {
            functions::entity::live(&run.function_context(), Entity::Node(*node))?;
            Ok(*node)
        }
        other => Err(invalid_type(format!("a relationship joins two nodes, but an end is {}", describe(other)))
            .help("an OPTIONAL MATCH may have found nothing: filter with WHERE … IS NOT NULL")),
    }
}

fn creation_properties(properties: Option<&Expr>, row: &mut Row, run: &mut Run) -> Result<Properties> {
    let Some(properties) = properties else { return Ok(Vec::new()) };
    if let ExprKind::Map(entries) = &properties.kind
        && have_different_keys(entries)
    {
        let mut values = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            values.push((key.clone(), evaluate(value, row, run)?));
        }
        values.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        return Ok(values);
    }
    match evaluate(properties, row, run)? {
        Value::Map(map) => Ok(listed(&map)),
        other => Err(invalid_type(format!("properties are a map, not {}", describe(&other))).at(properties.span)),
    }
}
