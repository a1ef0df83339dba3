//! Properties and labels of the nodes and relationships in a vector.

use std::sync::Arc;

use super::super::evaluate;
use super::super::vector::{Data, NULL, Nulls, Vector};
use super::super::{Result, Run};
use crate::functions::{self, temporal};
use crate::graph::{self, Column, Entity, Graph, KeyId, NodeId, RelationshipId, TemporalArray, Value};

/// `base.key` in each row.
pub(super) fn read(base: &Vector, key: &str, len: usize, run: &Run) -> Result<Vector> {
    let data = match base {
        Vector::Same(value) => return evaluate::property(value, key, run).map(Vector::Same),
        each => each.flat(),
    };
    let graph = run.graph();
    match data.as_deref() {
        Some(Data::Temporals(counts, scale, nulls)) if let Some(numbers) = component(counts, scale, key) => {
            Ok(Data::Integers(numbers, nulls.clone()).into())
        }
        Some(Data::Nodes(nodes)) => {
            if graph.has_deleted_nodes() {
                live(nodes, |node| Entity::Node(NodeId::new(node)), run)?;
            }
            Ok(graph.key(key).map_or(Vector::default(), |key| of_nodes(nodes, key, graph)))
        }
        Some(Data::Relationships(relationships)) => {
            if graph.has_deleted_relationships() {
                live(relationships, |relationship| Entity::Relationship(RelationshipId::new(relationship)), run)?;
            }
            Ok(graph.key(key).map_or(Vector::default(), |key| of_relationships(relationships, key, graph)))
        }
        _ => (0..len).map(|row| evaluate::property(&base.value(row), key, run)).collect::<Result<_>>().map(Vector::of),
    }
}

/// The component of dates and times, if it is one of those that are integers.
fn component(counts: &[i64], scale: &TemporalArray, key: &str) -> Option<Vec<i64>> {
    let of_date = temporal::of_date(key).and_then(|of| scale.dates(counts, of));
    of_date.or_else(|| scale.times(counts, temporal::of_time(key)?))
}

/// Whether none of the entities is deleted.
fn live(numbers: &[u32], entity: impl Fn(usize) -> Entity, run: &Run) -> Result<()> {
    for number in numbers.iter().filter(|number| **number != NULL) {
        let entity = entity(*number as usize);
        if run.graph().is_deleted(entity) {
            functions::entity::live(&run.function_context(), entity)?;
        }
    }
    Ok(())
}

/// A changed column of at most this many values for each node asked is brought up to date.
const WORTH_COPYING: usize = 16;

fn of_nodes(nodes: &[u32], key: KeyId, graph: &Graph) -> Vector {
    let column = match graph.node_column_is_clean(key) {
        true => graph.node_column(key),
        false => graph.short_node_column(key, nodes.len() * WORTH_COPYING),
    };
    match column {
        Some(column) => gathered(nodes, column),
        None if graph.node_column_is_clean(key) => Vector::default(),
        None => patched(nodes, graph.node_column(key), |node| graph.changed_value(NodeId::new(node), key)),
    }
}

fn of_relationships(relationships: &[u32], key: KeyId, graph: &Graph) -> Vector {
    match (graph.relationship_column(key), graph.relationship_column_is_clean(key)) {
        (Some(column), true) => gathered(relationships, column),
        (None, true) => Vector::default(),
        (base, false) => {
            patched(relationships, base, |number| graph.changed_relationship_value(RelationshipId::new(number), key))
        }
    }
}

/// The values of the base, or those that were set since.
fn patched<'g>(numbers: &[u32], base: Option<&Column>, changed: impl Fn(usize) -> Option<&'g Value>) -> Vector {
    let value = |number: &u32| match *number {
        NULL => Value::Null,
        number => match changed(number as usize) {
            Some(value) => value.clone(),
            None => base.map_or(Value::Null, |base| base.value(number as usize)),
        },
    };
    Vector::of(numbers.iter().map(value).collect())
}

/// The values of these nodes or relationships in a column, as an array of its type. [`NULL`] is the number of none.
fn gathered(nodes: &[u32], column: &Column) -> Vector {
    match column.data() {
        graph::Data::Integer(values) => {
            let (values, nulls) = typed(nodes, column, |at| values[at]);
            Data::Integers(values, nulls).into()
        }
        graph::Data::Float(values) => {
            let (values, nulls) = typed(nodes, column, |at| values[at]);
            Data::Floats(values, nulls).into()
        }
        graph::Data::Boolean { values, .. } => {
            let (values, nulls) = typed(nodes, column, |at| values.contains(at));
            Data::Booleans(values, nulls).into()
        }
        graph::Data::Text { codes, dictionary } => {
            let codes = each(nodes, column, |slot| slot.map_or(NULL, |at| codes[at]));
            Data::Text(codes, dictionary.clone()).into()
        }
        graph::Data::Temporal(array) if let Some(scale) = array.scale() => {
            let counts = array.counts();
            let (counts, nulls) = typed(nodes, column, |at| counts[at]);
            Data::Temporals(counts, Arc::new(scale), nulls).into()
        }
        graph::Data::Temporal(array) => {
            Data::Values(each(nodes, column, |slot| slot.map_or(Value::Null, |at| array.value(at)))).into()
        }
        graph::Data::Mixed(values) => {
            Data::Values(each(nodes, column, |slot| slot.map_or(Value::Null, |at| values[at].clone()))).into()
        }
    }
}

/// What is made of the slot of each node.
fn each<T>(nodes: &[u32], column: &Column, of: impl Fn(Option<usize>) -> T) -> Vec<T> {
    let mut made = Vec::with_capacity(nodes.len());
    column.each_slot(nodes, |slot| made.push(of(slot)));
    made
}

fn typed<T: Copy + Default>(nodes: &[u32], column: &Column, value: impl Fn(usize) -> T) -> (Vec<T>, Nulls) {
    let mut values = Vec::with_capacity(nodes.len());
    let mut nulls: Nulls = None;
    column.each_slot(nodes, |slot| match slot {
        Some(at) => values.push(value(at)),
        None => {
            note_null(&mut nulls, values.len(), nodes.len());
            values.push(T::default());
        }
    });
    (values, nulls)
}

/// Apart from the loop, so that the loop stays small.
#[inline(never)]
fn note_null(nulls: &mut Nulls, row: usize, rows: usize) {
    nulls.get_or_insert_with(|| vec![false; rows])[row] = true;
}

/// The names of the types of relationships.
pub(super) fn types(relationships: &[u32], graph: &Graph) -> Vector {
    let names = graph.types().map(|of_type| Value::String(graph.type_name(of_type).clone()));
    let names: Vec<Value> = names.chain([Value::Null]).collect();
    let null = names.len() as u32 - 1;
    let place = |number: &u32| match *number {
        NULL => null,
        number => graph.type_id_of(RelationshipId::new(number as usize)).index() as u32,
    };
    let picks = relationships.iter().map(place).collect();
    Vector::Each { data: Arc::new(Data::Values(names)), picks: Some(picks) }
}

/// Whether a node has all the labels, or a relationship the type.
pub(super) fn has_labels(base: &Vector, labels: &[Arc<str>], len: usize, run: &Run) -> Result<Vector> {
    if let Some(Data::Nodes(nodes)) = base.flat().as_deref() {
        let graph = run.graph();
        let labels: Option<Vec<_>> =
            labels.iter().map(|label| graph.label(label).map(|label| graph.label_bitmap(label))).collect();
        let has = |node: &u32| {
            *node != NULL
                && labels.as_ref().is_some_and(|labels| labels.iter().all(|label| label.contains(*node as usize)))
        };
        let nulls = nodes.iter().map(|node| *node == NULL).collect();
        return Ok(Vector::booleans(nodes.iter().map(has).collect(), nulls));
    }
    (0..len).map(|row| evaluate::has_labels(&base.value(row), labels, run)).collect::<Result<_>>().map(Vector::of)
}
