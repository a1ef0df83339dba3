//! CREATE.
//!
//! A pattern with constant labels, types and keys, whose properties do not depend on what it creates, is created for a
//! batch of rows at once. Any other is created row by row. Ids are the same either way: those of the first row come
//! first.

use std::collections::HashSet;
use std::sync::Arc;

use super::batch::{self, Attempt, ByRow, Targets, attempt};
use super::independent::{self, is_given_before};
use super::properties::{BYTES_A_CHANGE, Properties, is_storable, listed, set_all};
use super::{Result, each_row};
use crate::executor::batch::Batch;
use crate::executor::evaluate::{describe, evaluate};
use crate::executor::vector::{Data, NULL, Vector};
use crate::executor::{Row, Run, kernels, labels};
use crate::functions::{self, invalid_type};
use crate::graph::{Entity, EntityKind, Graph, LabelId, NodeId, PropertyColumn, TypeId, Value};
use crate::plan::{Creation, Expr, ExprKind, Slot};

/// What the changes, the journal and the log hold of a new node or relationship until the commit, about.
const BYTES_AN_ENTITY: usize = 96;

/// For fewer rows, to create a pattern of several parts in columns costs more than it saves.
const FEW: usize = 4;

pub(super) fn create_all(creations: &[Creation], batches: Vec<Batch>, run: &mut Run) -> Result<Vec<Batch>> {
    let uniform = Uniform::of(creations);
    let create_batch = |batch: Batch| {
        let is_worth_it = batch.len >= FEW || creations.len() == 1;
        if let Some(uniform) = uniform.as_ref().filter(|_| is_worth_it)
            && let Ok(prepared) = uniform.prepare(&batch, run)?
        {
            return uniform.create(batch, prepared, run);
        }
        each_row(&batch, run, |row, run| create(creations, row, run))
    };
    batches.into_iter().map(create_batch).collect()
}

/// What each row creates: nodes with constant labels, relationships of one constant type, all with constant keys.
struct Uniform<'p> {
    nodes: Vec<New<'p>>,
    relationships: Vec<New<'p>>,
    relationship_type: Option<&'p Arc<str>>,
    paths: Vec<(Slot, &'p Expr)>,
}

/// A node or relationship that each row creates.
struct New<'p> {
    slot: Slot,
    /// Its place among the creations.
    place: usize,
    /// Of a node.
    labels: Vec<&'p Arc<str>>,
    /// Of a relationship.
    ends: Option<(Slot, Slot)>,
    /// Keys that differ, in alphabetical order: properties are set in this order.
    properties: Vec<(&'p Arc<str>, &'p Expr)>,
}

/// What was computed for a batch before anything is created.
struct Prepared {
    /// By node and by relationship, the values of its properties in each row.
    nodes: Vec<Vec<Vector>>,
    relationships: Vec<Vec<Vector>>,
    /// By relationship.
    ends: Vec<(End, End)>,
}

/// A start or an end of the relationships of a batch.
enum End {
    /// The node that each row creates in this place.
    New(usize),
    Old(Vec<u32>),
}

impl<'p> Uniform<'p> {
    fn of(creations: &'p [Creation]) -> Option<Uniform<'p>> {
        let mut uniform =
            Uniform { nodes: Vec::new(), relationships: Vec::new(), relationship_type: None, paths: Vec::new() };
        for (place, creation) in creations.iter().enumerate() {
            match creation {
                Creation::Node { slot, labels, properties } => {
                    let (labels, properties) = (constant_names(labels)?, sorted_keys(properties.as_ref())?);
                    uniform.nodes.push(New { slot: *slot, place, labels, ends: None, properties });
                }
                Creation::Relationship { slot, start, end, relationship_type, properties, .. } => {
                    let name = independent::constant_name(relationship_type)?;
                    if *uniform.relationship_type.get_or_insert(name) != name {
                        return None;
                    }
                    let (ends, properties) = (Some((*start, *end)), sorted_keys(properties.as_ref())?);
                    uniform.relationships.push(New { slot: *slot, place, labels: Vec::new(), ends, properties });
                }
                Creation::Path { slot, path } => uniform.paths.push((*slot, path)),
            }
        }
        let slots = uniform.entities().map(|new| new.slot).chain(uniform.paths.iter().map(|(slot, _)| *slot));
        let slots: Vec<Slot> = slots.collect();
        let is_known = |value: &Expr| slots.iter().all(|slot| is_given_before(value, *slot));
        let is_apart = uniform.entities().flat_map(|new| &new.properties).all(|(_, value)| is_known(value));
        // A slot of two creations would be one entity in two places.
        let mut seen = HashSet::new();
        (is_apart && slots.iter().all(|slot| seen.insert(slot))).then_some(uniform)
    }

    fn entities(&self) -> impl Iterator<Item = &New<'p>> + Clone {
        self.nodes.iter().chain(&self.relationships)
    }

    /// Computes what the graph gets, and charges for it.
    fn prepare(&self, batch: &Batch, run: &mut Run) -> Attempt<Prepared> {
        let mut bytes = (self.nodes.len() + self.relationships.len()) * BYTES_AN_ENTITY * batch.len;
        let mut prepared = Prepared { nodes: Vec::new(), relationships: Vec::new(), ends: Vec::new() };
        for new in self.entities() {
            let mut columns = Vec::with_capacity(new.properties.len());
            for (_, value) in &new.properties {
                let column = attempt!(batch::values(value, batch, run));
                if !batch::are_storable(&column, is_storable) {
                    return Ok(Err(ByRow));
                }
                bytes += batch::held_alone(&column, batch.len) + BYTES_A_CHANGE * batch.len;
                columns.push(column);
            }
            match new.ends {
                None => prepared.nodes.push(columns),
                Some((start, end)) => {
                    prepared.relationships.push(columns);
                    match (self.end(start, batch, run), self.end(end, batch, run)) {
                        (Some(start), Some(end)) => prepared.ends.push((start, end)),
                        _ => return Ok(Err(ByRow)),
                    }
                }
            }
        }
        run.charge_changes(bytes)?;
        Ok(Ok(prepared))
    }

    fn end(&self, slot: Slot, batch: &Batch, run: &Run) -> Option<End> {
        if let Some(at) = self.nodes.iter().position(|new| new.slot == slot) {
            return Some(End::New(at));
        }
        let Targets { kind, numbers } = batch::live(&batch.columns[slot], batch.len, run)?;
        (kind == EntityKind::Node && !numbers.contains(&NULL)).then_some(End::Old(numbers))
    }

    fn create(&self, mut batch: Batch, prepared: Prepared, run: &mut Run) -> Result<Batch> {
        run.budget.check()?;
        let rows = batch.len;
        let graph = run.graph_mut()?;
        let all = prepared.nodes.iter().chain(&prepared.relationships);
        intern_keys(self.entities().zip(all), rows, graph);
        let (columns, nodes_set) = columns_of(&self.nodes, &prepared.nodes, rows, graph);
        let (first, labels_added) = self.create_nodes(rows, columns, graph);
        let width = self.nodes.len();
        let (columns, relationships_set) = columns_of(&self.relationships, &prepared.relationships, rows, graph);
        let mut first_relationship = 0;
        if let Some(name) = self.relationship_type {
            let end = |end: &End, row: usize| match end {
                End::New(at) => NodeId::new(first + row * width + at),
                End::Old(numbers) => NodeId::new(numbers[row] as usize),
            };
            let of_row = |row| prepared.ends.iter().map(move |(start, to)| (end(start, row), end(to, row)));
            let ends: Vec<(NodeId, NodeId)> = (0..rows).flat_map(of_row).collect();
            let relationship_type: TypeId = graph.intern_type(name);
            first_relationship = graph.create_relationships(relationship_type, &ends, columns).index();
        }
        run.changes.nodes_created += self.nodes.len() * rows;
        run.changes.relationships_created += self.relationships.len() * rows;
        run.changes.labels_added += labels_added;
        run.changes.properties_set += nodes_set + relationships_set;
        let numbers =
            |first: usize, width: usize, at: usize| (0..rows).map(move |row| (first + row * width + at) as u32);
        for (at, new) in self.nodes.iter().enumerate() {
            batch.set(new.slot, Data::Nodes(numbers(first, width, at).collect()).into());
        }
        for (at, new) in self.relationships.iter().enumerate() {
            let ids = numbers(first_relationship, self.relationships.len(), at).collect();
            batch.set(new.slot, Data::Relationships(ids).into());
        }
        for (slot, path) in &self.paths {
            let paths = kernels::vector(path, &batch, run)?;
            batch.set(*slot, paths);
        }
        Ok(batch)
    }

    /// Creates the nodes of all rows; the first of them, and how many labels they have together.
    fn create_nodes(&self, rows: usize, columns: Vec<PropertyColumn>, graph: &mut Graph) -> (usize, usize) {
        let width = self.nodes.len();
        let labels: Vec<Arc<[LabelId]>> =
            self.nodes.iter().map(|new| new.labels.iter().map(|label| graph.intern_label(label)).collect()).collect();
        let labels_added = labels.iter().map(|labels| labels.len() * rows).sum();
        let shared = labels.first().filter(|first| labels.iter().all(|labels| labels == *first));
        let common = shared.cloned().unwrap_or_default();
        let first = graph.create_nodes(rows * width, common, columns).index();
        if shared.is_none() {
            for (at, labels) in labels.iter().enumerate() {
                let nodes = || (0..rows).map(|row| (first + row * width + at) as u32).collect();
                labels.iter().for_each(|label| graph.add_labels(*label, nodes()));
            }
        }
        (first, labels_added)
    }
}

/// Numbers the keys that get values, as if properties were set entity by entity.
fn intern_keys<'a, 'p: 'a>(
    entities: impl Iterator<Item = (&'a New<'p>, &'a Vec<Vector>)>,
    rows: usize,
    graph: &mut Graph,
) {
    let mut first: Vec<(usize, usize, usize, &Arc<str>)> = Vec::new();
    for (new, columns) in entities {
        for (order, ((key, _), column)) in new.properties.iter().zip(columns).enumerate() {
            if graph.key(key).is_none()
                && let Some(row) = (0..rows).find(|row| !column.is_null(*row))
            {
                first.push((row, new.place, order, key));
            }
        }
    }
    first.sort_unstable();
    first.into_iter().for_each(|(.., key)| _ = graph.intern_key(key));
}

/// The property columns of what all rows create, entity by entity, and the count of values.
fn columns_of(entities: &[New], values: &[Vec<Vector>], rows: usize, graph: &Graph) -> (Vec<PropertyColumn>, usize) {
    let width = entities.len();
    let mut columns: Vec<PropertyColumn> = Vec::new();
    for (at, (new, values)) in entities.iter().zip(values).enumerate() {
        for ((key, _), vector) in new.properties.iter().zip(values) {
            // A key without a number has no values.
            let Some(key) = graph.key(key) else { continue };
            let own = vector.values(rows);
            if width == 1 {
                columns.push((key, own));
                continue;
            }
            let known = columns.iter().position(|(other, _)| *other == key);
            let known = known.unwrap_or_else(|| {
                columns.push((key, vec![Value::Null; rows * width]));
                columns.len() - 1
            });
            let places = columns[known].1.iter_mut().skip(at).step_by(width);
            places.zip(own).for_each(|(place, value)| *place = value);
        }
    }
    columns.retain(|(_, values)| values.iter().any(|value| !value.is_null()));
    let set = columns.iter().flat_map(|(_, values)| values).filter(|value| !value.is_null()).count();
    (columns, set)
}

/// Creates nodes with these labels, which differ, and the values of these keys, which are not null; the first node.
pub(super) fn create_nodes(
    count: usize,
    labels: &[&Arc<str>],
    columns: Vec<(&Arc<str>, Vec<Value>)>,
    run: &mut Run,
) -> Result<NodeId> {
    let bytes = columns.iter().flat_map(|(_, values)| values).map(|value| value.held_alone() + BYTES_A_CHANGE);
    run.charge_changes(count * BYTES_AN_ENTITY + bytes.sum::<usize>())?;
    let graph = run.graph_mut()?;
    let labels: Arc<[LabelId]> = labels.iter().map(|label| graph.intern_label(label)).collect();
    let columns: Vec<PropertyColumn> =
        columns.into_iter().map(|(key, values)| (graph.intern_key(key), values)).collect();
    let (labels_added, set) = (labels.len() * count, columns.len() * count);
    let first = graph.create_nodes(count, labels, columns);
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

/// As [`constant_keys`], in alphabetical order.
pub(super) fn sorted_keys(properties: Option<&Expr>) -> Option<Vec<(&Arc<str>, &Expr)>> {
    let mut keys = constant_keys(properties)?;
    keys.sort_unstable_by_key(|(key, _)| *key);
    Some(keys)
}

fn have_different_keys(entries: &[(Arc<str>, Expr)]) -> bool {
    let mut seen = HashSet::new();
    entries.iter().all(|(key, _)| seen.insert(key))
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
