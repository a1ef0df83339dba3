//! SET and REMOVE, row by row.

use std::sync::Arc;

use super::Result;
use super::create::label_names;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::executor::evaluate::{describe, evaluate, properties};
use crate::executor::{Row, Run, labels};
use crate::functions::{self, invalid_type};
use crate::graph::{Entity, Map, NodeId, Value};
use crate::plan::{Expr, RemoveAction, SetAction};

/// Properties in the order of their keys.
pub(super) type Properties = Vec<(Arc<str>, Value)>;

pub(super) fn listed(map: &Map) -> Properties {
    map.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

pub(super) fn set_all(entity: Entity, properties: Properties, run: &mut Run) -> Result<()> {
    for (key, value) in properties {
        set_property(entity, &key, value, run)?;
    }
    Ok(())
}

/// Null removes the property. Only what a property can hold is stored.
pub(super) fn set_property(entity: Entity, key: &str, value: Value, run: &mut Run) -> Result<()> {
    check_storable(key, &value)?;
    charge_change(&value, run)?;
    let graph = run.graph_mut()?;
    match (value.is_null(), graph.key(key)) {
        (true, None) => return Ok(()),
        (true, Some(known)) => {
            if graph.property(entity, known).is_null() {
                return Ok(());
            }
            graph.set_property(entity, known, Value::Null);
        }
        (false, Some(known)) => graph.set_property(entity, known, value),
        (false, None) => {
            let key = graph.intern_key(key);
            graph.set_property(entity, key, value);
        }
    }
    run.changes.properties_set += 1;
    Ok(())
}

/// What a new value of a property takes besides itself, about: the changes, the journal and the log each have an entry
/// of it until the commit.
pub(super) const BYTES_A_CHANGE: usize = 96;

fn charge_change(value: &Value, run: &mut Run) -> Result<()> {
    run.charge_changes(value.held_alone() + BYTES_A_CHANGE)
}

pub(super) fn check_storable(key: &str, value: &Value) -> Result<()> {
    if is_storable(value) {
        return Ok(());
    }
    let message = format!("`{key}` cannot hold {}", describe(value));
    Err(Diagnostic::runtime(Kind::TypeError, Detail::InvalidPropertyType, message)
        .help("a property holds a Boolean, number, string, temporal value, point, or a list of them"))
}

pub(super) fn is_storable(value: &Value) -> bool {
    match value {
        Value::Map(_) | Value::Node(_) | Value::Relationship(_) | Value::Path(_) => false,
        Value::List(items) if items.extent().depth > 1 => false,
        Value::List(items) => items.iter().all(|item| !matches!(item, Value::List(_)) && is_storable(item)),
        _ => true,
    }
}

/// The entity to change; `None` if it is null.
pub(super) fn target(entity: &Expr, row: &mut Row, run: &mut Run) -> Result<Option<Entity>> {
    let found = match evaluate(entity, row, run)? {
        Value::Null => return Ok(None),
        Value::Node(node) => Entity::Node(node),
        Value::Relationship(relationship) => Entity::Relationship(relationship),
        other => {
            let message = format!("only nodes and relationships can be changed, not {}", describe(&other));
            return Err(invalid_type(message).at(entity.span));
        }
    };
    functions::entity::live(&run.function_context(), found).map(Some).map_err(|error| error.at(entity.span))
}

pub(super) fn set(actions: &[SetAction], row: &mut Row, run: &mut Run) -> Result<()> {
    run.budget.tick()?;
    for action in actions {
        match action {
            SetAction::Property { entity, key, value } => {
                let target = target(entity, row, run)?;
                let value_span = value.span;
                let value = evaluate(value, row, run)?;
                let key = labels::name(key, row, run)?;
                if let Some(target) = target {
                    set_property(target, &key, value, run).map_err(|error| error.at(value_span))?;
                }
            }
            SetAction::Replace { entity, value } => {
                let target = target(entity, row, run)?;
                let span = value.span;
                let value = evaluate(value, row, run)?;
                if let Some(target) = target {
                    let new = properties(&value, run).map_err(|error| error.at(span))?;
                    let graph = run.graph();
                    let old: Vec<Arc<str>> = graph.properties(target).into_iter().map(|(key, _)| key.clone()).collect();
                    for key in old.iter().filter(|key| !new.contains_key(*key)) {
                        set_property(target, key, Value::Null, run)?;
                    }
                    set_all(target, listed(&new), run)?;
                }
            }
            SetAction::Extend { entity, value } => {
                let target = target(entity, row, run)?;
                let span = value.span;
                let value = evaluate(value, row, run)?;
                if let Some(target) = target {
                    let new = properties(&value, run).map_err(|error| error.at(span))?;
                    set_all(target, listed(&new), run)?;
                }
            }
            SetAction::Labels { node, labels } => {
                let labels = label_names(labels, row, run)?;
                if let Some(node) = target_node(node, row, run)? {
                    for label in &labels {
                        let graph = run.graph_mut()?;
                        let label = graph.intern_label(label);
                        if !graph.has_label(node, label) {
                            graph.add_label(node, label);
                            run.changes.labels_added += 1;
                        }
                    }
                }
            }
        }
    }
    Ok(())
}

fn target_node(node: &Expr, row: &mut Row, run: &mut Run) -> Result<Option<NodeId>> {
    match target(node, row, run)? {
        None => Ok(None),
        Some(Entity::Node(node)) => Ok(Some(node)),
        Some(Entity::Relationship(_)) => Err(invalid_type("a relationship has no labels").at(node.span)),
    }
}

pub(super) fn remove(actions: &[RemoveAction], row: &mut Row, run: &mut Run) -> Result<()> {
    run.budget.tick()?;
    for action in actions {
        match action {
            RemoveAction::Property { entity, key } => {
                let key = labels::name(key, row, run)?;
                if let Some(target) = target(entity, row, run)? {
                    set_property(target, &key, Value::Null, run)?;
                }
            }
            RemoveAction::Labels { node, labels } => {
                let labels = label_names(labels, row, run)?;
                if let Some(node) = target_node(node, row, run)? {
                    for label in &labels {
                        let graph = run.graph_mut()?;
                        if let Some(label) = graph.label(label).filter(|label| graph.has_label(node, *label)) {
                            graph.remove_label(node, label);
                            run.changes.labels_removed += 1;
                        }
                    }
                }
            }
        }
    }
    Ok(())
}
