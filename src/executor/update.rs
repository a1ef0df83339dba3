//! The updating operators. Each takes all rows of its input before it changes anything.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::cursor::{BoxedCursor, Cursor, open};
use super::evaluate::{describe, evaluate, holds, properties};
use super::{Result, Row, Run, labels, row_bytes, seek};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::functions::{self, invalid_type};
use crate::graph::{Direction, Entity, Map, NodeId, RelationshipId, Value};
use crate::plan::{Creation, Expr, ExprKind, Merge, Operator, RemoveAction, SetAction};

/// Applies an updating operator to the rows of its input.
pub(super) struct Update<'p> {
    input: BoxedCursor<'p>,
    operator: &'p Operator,
    rows: Option<std::vec::IntoIter<Row>>,
}

impl<'p> Update<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, operator: &'p Operator) -> Update<'p> {
        Update { input, operator, rows: None }
    }

    /// All rows of the input. A chain of updates recurses here, so that its frame must stay small.
    fn rows(&mut self, run: &mut Run) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        while let Some(row) = self.input.next(run)? {
            run.budget.charge(row_bytes(&row))?;
            rows.push(row);
        }
        Ok(rows)
    }

    #[inline(never)]
    fn apply(&self, mut rows: Vec<Row>, run: &mut Run) -> Result<Vec<Row>> {
        match self.operator {
            Operator::Create { creations, .. } => {
                for row in &mut rows {
                    create(creations, row, run)?;
                }
            }
            Operator::Merge { merge: clause, matching, .. } => return merge(clause, matching, rows, run),
            Operator::Set { actions, .. } => {
                for row in &mut rows {
                    set(actions, row, run)?;
                }
            }
            Operator::Remove { actions, .. } => {
                for row in &mut rows {
                    remove(actions, row, run)?;
                }
            }
            Operator::Delete { detach, targets, .. } => delete(*detach, targets, &mut rows, run)?,
            _ => {}
        }
        Ok(rows)
    }
}

impl Cursor for Update<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        if self.rows.is_none() {
            let rows = self.rows(run)?;
            self.rows = Some(self.apply(rows, run)?.into_iter());
        }
        Ok(self.rows.as_mut().and_then(Iterator::next))
    }
}

fn create(creations: &[Creation], row: &mut Row, run: &mut Run) -> Result<()> {
    run.budget.tick()?;
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
            Creation::Relationship { slot, start, end, relationship_type, properties, span } => {
                let properties = creation_properties(properties.as_ref(), row, run)?;
                let ends = (live_node(&row[*start], run), live_node(&row[*end], run));
                let (start, end) = match ends {
                    (Ok(start), Ok(end)) => (start, end),
                    (Err(error), _) | (_, Err(error)) => return Err(error.at(*span)),
                };
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

fn label_names(labels: &[Expr], row: &mut Row, run: &mut Run) -> Result<Vec<Arc<str>>> {
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

/// Properties in the order of their keys.
type Properties = Vec<(Arc<str>, Value)>;

fn creation_properties(properties: Option<&Expr>, row: &mut Row, run: &mut Run) -> Result<Properties> {
    let Some(properties) = properties else { return Ok(Vec::new()) };
    if let ExprKind::Map(entries) = &properties.kind
        && entries.iter().enumerate().all(|(at, (key, _))| entries[..at].iter().all(|(other, _)| other != key))
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

fn listed(map: &Map) -> Properties {
    map.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn set_all(entity: Entity, properties: Properties, run: &mut Run) -> Result<()> {
    for (key, value) in properties {
        set_property(entity, &key, value, run)?;
    }
    Ok(())
}

/// Null removes the property. Only what a property can hold is stored.
fn set_property(entity: Entity, key: &str, value: Value, run: &mut Run) -> Result<()> {
    if !is_storable(&value) {
        let message = format!("`{key}` cannot hold {}", describe(&value));
        return Err(Diagnostic::runtime(Kind::TypeError, Detail::InvalidPropertyType, message)
            .help("a property holds a Boolean, number, string, temporal value, point, or a list of them"));
    }
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

fn is_storable(value: &Value) -> bool {
    match value {
        Value::Map(_) | Value::Node(_) | Value::Relationship(_) | Value::Path(_) => false,
        Value::List(items) => items.iter().all(|item| !matches!(item, Value::List(_)) && is_storable(item)),
        _ => true,
    }
}

/// The entity to change; `None` if it is null.
fn target(entity: &Expr, row: &mut Row, run: &mut Run) -> Result<Option<Entity>> {
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

fn set(actions: &[SetAction], row: &mut Row, run: &mut Run) -> Result<()> {
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

fn remove(actions: &[RemoveAction], row: &mut Row, run: &mut Run) -> Result<()> {
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

/// Deletes what all rows name, relationships before nodes, so that the order of rows and targets does not matter.
fn delete(detach: bool, targets: &[Expr], rows: &mut [Row], run: &mut Run) -> Result<()> {
    let mut nodes: BTreeSet<NodeId> = BTreeSet::new();
    let mut relationships: BTreeSet<RelationshipId> = BTreeSet::new();
    for row in rows {
        for expr in targets {
            run.budget.tick()?;
            match evaluate(expr, row, run)? {
                Value::Null => {}
                Value::Node(node) => _ = nodes.insert(node),
                Value::Relationship(relationship) => _ = relationships.insert(relationship),
                Value::Path(path) => {
                    nodes.extend(&path.nodes);
                    relationships.extend(&path.relationships);
                }
                other => {
                    let message =
                        format!("only nodes, relationships and paths can be deleted, not {}", describe(&other));
                    return Err(invalid_type(message).at(expr.span));
                }
            }
        }
    }
    nodes.retain(|node| !run.graph().is_deleted(Entity::Node(*node)));
    if detach {
        for node in &nodes {
            relationships.extend(run.graph().adjacent(*node, Direction::Both, None).map(|a| a.relationship));
        }
    }
    for relationship in relationships {
        if !run.graph().is_deleted(Entity::Relationship(relationship)) {
            run.graph_mut()?.delete_relationship(relationship);
            run.changes.relationships_deleted += 1;
        }
    }
    for node in nodes {
        let left = run.graph().degree(node, Direction::Both);
        if left > 0 {
            let message = format!("a node to be deleted still has {}", crate::render::count(left, "relationship"));
            return Err(Diagnostic::runtime(Kind::ConstraintVerificationFailed, Detail::DeleteConnectedNode, message)
                .help("DETACH DELETE deletes them too"));
        }
        run.graph_mut()?.delete_node(node);
        run.changes.nodes_deleted += 1;
    }
    Ok(())
}

fn merge(merge: &Merge, matching: &Operator, rows: Vec<Row>, run: &mut Run) -> Result<Vec<Row>> {
    let mut merged = Vec::new();
    for mut row in rows {
        run.budget.tick()?;
        check_required(merge, &mut row, run)?;
        let mut found = matches(matching, &mut row, run)?;
        if found.is_empty() {
            create(&merge.creations, &mut row, run)?;
            set(&merge.on_create, &mut row, run)?;
            merged.push(row);
        } else {
            for row in &mut found {
                set(&merge.on_match, row, run)?;
            }
            merged.extend(found);
        }
    }
    Ok(merged)
}

fn matches(matching: &Operator, row: &mut Row, run: &mut Run) -> Result<Vec<Row>> {
    let mut found = Vec::new();
    // One look-up needs no cursors, unless they are to be measured.
    if let Operator::Filter { input, condition } = matching
        && let Operator::NodeIndexSeek { input, seek } = &**input
        && matches!(**input, Operator::Argument)
        && run.profile.is_none()
    {
        for node in seek::nodes(seek, row, run) {
            let mut candidate = row.clone();
            candidate[seek.slot] = Value::Node(node);
            if holds(condition, &mut candidate, run)? {
                found.push(candidate);
            }
        }
        return Ok(found);
    }
    let mut cursor = open(matching, row.clone(), run);
    while let Some(row) = cursor.next(run)? {
        found.push(row);
    }
    Ok(found)
}

/// A property asked to be null can never be matched, so MERGE would create it again and again.
fn check_required(merge: &Merge, row: &mut Row, run: &mut Run) -> Result<()> {
    for (key, value) in &merge.required {
        // A value may speak of what the pattern itself brings; that is not known before.
        if evaluate(value, row, run)?.is_null() {
            let message = format!("MERGE cannot look for a `{key}` that is null");
            return Err(Diagnostic::runtime(Kind::SemanticError, Detail::MergeReadOwnWrites, message)
                .at(value.span)
                .help("leave the property out, or SET it after the MERGE"));
        }
    }
    Ok(())
}
