//! Which relationships a step may take from a node.

use std::sync::Arc;

use super::cursor::properties_match;
use super::evaluate::{evaluate, holds};
use super::follow::Follow;
use super::{Result, Row, Run};
use crate::diagnostic::an;
use crate::functions::invalid_type;
use crate::graph::{Adjacent, Direction, Entity, Graph, NodeId, RelationshipId, TypeId, Value};
use crate::plan::{Each, Several, Slot, Step};

/// The node in a slot; `None` if the slot is null.
pub(super) fn node_at(row: &Row, slot: Slot) -> Result<Option<NodeId>> {
    match &row[slot] {
        Value::Node(node) => Ok(Some(*node)),
        Value::Null => Ok(None),
        other => Err(invalid_type(format!("a pattern starts from a node, not from {}", an(other.type_name())))),
    }
}

/// The step's types as the graph numbers them; `None` for every type, empty if the graph knows none of them.
pub(super) fn type_ids(step: &Step, graph: &Graph) -> Option<Vec<TypeId>> {
    if step.types.is_empty() {
        return None;
    }
    Some(step.types.iter().filter_map(|name| graph.type_id(name)).collect())
}

/// Relationships that may not occur again: those of the other parts of the pattern.
pub(super) fn taken(row: &Row, slots: &[Slot]) -> Vec<RelationshipId> {
    let mut taken = Vec::new();
    for slot in slots {
        match &row[*slot] {
            Value::Relationship(relationship) => taken.push(*relationship),
            Value::List(items) => taken.extend(relationships(items)),
            _ => {}
        }
    }
    taken
}

pub(super) fn relationships(items: &[Value]) -> impl Iterator<Item = RelationshipId> + '_ {
    items.iter().filter_map(|item| match item {
        Value::Relationship(relationship) => Some(*relationship),
        _ => None,
    })
}

/// The relationships in the order in which the pattern is drawn.
pub(super) fn relationship_list(trail: &[RelationshipId], reversed: bool) -> Value {
    let value = |relationship: &RelationshipId| Value::Relationship(*relationship);
    if reversed { Value::list(trail.iter().rev().map(value)) } else { Value::list(trail.iter().map(value)) }
}

/// Which relationships a search over several in a row may take.
pub(super) struct Around<'p> {
    direction: Direction,
    types: Option<Vec<TypeId>>,
    wanted: Vec<(Arc<str>, Value)>,
    taken: Vec<RelationshipId>,
    each: Option<&'p Each>,
    /// Whether the pattern is walked against its drawing.
    reversed: bool,
    /// The row that the conditions on each relationship are looked at in.
    row: Row,
}

impl<'p> Around<'p> {
    pub(super) fn new(step: &Step, several: &'p Several, row: &mut Row, run: &mut Run) -> Result<Around<'p>> {
        let mut wanted = Vec::with_capacity(several.properties.len());
        for (key, value) in &several.properties {
            wanted.push((key.clone(), evaluate(value, row, run)?));
        }
        Ok(Around {
            direction: step.direction,
            types: type_ids(step, run.graph()),
            wanted,
            taken: taken(row, &step.distinct_from),
            each: several.each.as_ref(),
            reversed: step.reversed,
            row: row.clone(),
        })
    }

    /// The same as types in a direction, if nothing else is asked for.
    pub(super) fn follow(&self) -> Option<Follow> {
        let plain = self.wanted.is_empty() && self.taken.is_empty() && self.each.is_none();
        plain.then(|| Follow::new(self.direction, self.types.clone()))
    }

    /// The same relationships, taken the other way.
    pub(super) fn turned(&self) -> Around<'p> {
        Around {
            direction: self.direction.reverse(),
            types: self.types.clone(),
            wanted: self.wanted.clone(),
            taken: self.taken.clone(),
            each: self.each,
            reversed: !self.reversed,
            row: self.row.clone(),
        }
    }

    pub(super) fn adjacent(&mut self, node: NodeId, run: &mut Run) -> Result<Vec<Adjacent>> {
        let allowed = |a: &Adjacent| {
            !self.taken.contains(&a.relationship)
                && (self.wanted.is_empty() || properties_match(Entity::Relationship(a.relationship), &self.wanted, run))
        };
        let mut found: Vec<Adjacent> =
            run.graph().adjacent(node, self.direction, self.types.as_deref()).filter(allowed).collect();
        if let Some(each) = self.each {
            let all = std::mem::take(&mut found);
            for adjacent in all {
                let ends = if self.reversed { (adjacent.neighbour, node) } else { (node, adjacent.neighbour) };
                self.row[each.relationship] = Value::Relationship(adjacent.relationship);
                self.row[each.left] = Value::Node(ends.0);
                self.row[each.right] = Value::Node(ends.1);
                if holds(&each.condition, &mut self.row, run)? {
                    found.push(adjacent);
                }
            }
        }
        Ok(found)
    }
}
