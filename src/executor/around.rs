//! Which relationships a step may take from a node.

use super::evaluate::{compare, evaluate, holds};
use super::follow::Follow;
use super::{Result, Row, Run};
use crate::diagnostic::an;
use crate::functions::invalid_type;
use crate::graph::{Adjacent, Direction, Entity, Graph, KeyId, NodeId, RelationshipId, TypeId, Value};
use crate::plan::{Comparison, Each, Expr, ExprKind, Several, Slot, Step};

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
    /// What each must have; no key: of a property that nothing has.
    wanted: Vec<(Option<KeyId>, Value)>,
    taken: Vec<RelationshipId>,
    condition: HopCondition<'p>,
    /// Whether the pattern is walked against its drawing.
    reversed: bool,
    /// The row that the conditions on each relationship are evaluated in.
    row: Row,
    found: Vec<Adjacent>,
}

/// What each relationship must meet.
#[derive(Clone)]
enum HopCondition<'p> {
    None,
    /// Comparisons with values that are known.
    Compared(Vec<ComparedProperty>),
    Evaluated(&'p Each),
}

/// A comparison of a property; the key is none if nothing has it.
#[derive(Clone)]
struct ComparedProperty {
    of: HopEntity,
    key: Option<KeyId>,
    comparison: Comparison,
    value: Value,
    /// What the comparison must come out as.
    outcome: bool,
}

#[derive(Clone, Copy)]
enum HopEntity {
    Relationship,
    Left,
    Right,
}

impl<'p> Around<'p> {
    pub(super) fn new(step: &Step, several: &'p Several, row: &mut Row, run: &mut Run) -> Result<Around<'p>> {
        let mut wanted = Vec::with_capacity(several.properties.len());
        for (key, value) in &several.properties {
            wanted.push((run.graph().key(key), evaluate(value, row, run)?));
        }
        let condition = match &several.each {
            None => HopCondition::None,
            Some(each) => match compared(&each.condition, each, row, run) {
                Some(all) => HopCondition::Compared(all),
                None => HopCondition::Evaluated(each),
            },
        };
        Ok(Around {
            direction: step.direction,
            types: type_ids(step, run.graph()),
            wanted,
            taken: taken(row, &step.distinct_from),
            row: if matches!(condition, HopCondition::Evaluated(_)) { row.clone() } else { vec![] },
            condition,
            reversed: step.reversed,
            found: vec![],
        })
    }

    /// The same as types in a direction, if nothing else is required.
    pub(super) fn follow(&self) -> Option<Follow> {
        let unconditional = matches!(self.condition, HopCondition::None);
        let plain = self.wanted.is_empty() && self.taken.is_empty() && unconditional;
        plain.then(|| Follow::new(self.direction, self.types.clone()))
    }

    /// The same relationships, taken the other way.
    pub(super) fn turned(&self) -> Around<'p> {
        Around {
            direction: self.direction.reverse(),
            types: self.types.clone(),
            wanted: self.wanted.clone(),
            taken: self.taken.clone(),
            condition: self.condition.clone(),
            reversed: !self.reversed,
            row: self.row.clone(),
            found: vec![],
        }
    }

    /// The relationships that lead on from a node; valid until the next call.
    pub(super) fn adjacent(&mut self, node: NodeId, run: &mut Run) -> Result<&[Adjacent]> {
        self.found.clear();
        let graph = run.graph();
        let all = graph.adjacent(node, self.direction, self.types.as_deref());
        if self.wanted.is_empty() && self.taken.is_empty() {
            self.found.extend(all);
        } else {
            self.found.extend(all.filter(|a| !self.taken.contains(&a.relationship) && has(graph, a, &self.wanted)));
        }
        match &self.condition {
            HopCondition::None => {}
            HopCondition::Compared(comparisons) => {
                let reversed = self.reversed;
                self.found.retain(|a| comparisons.iter().all(|one| one.holds(graph, hop(a, node, reversed))));
            }
            HopCondition::Evaluated(each) => {
                let mut kept = 0;
                for at in 0..self.found.len() {
                    let adjacent = self.found[at];
                    let (relationship, left, right) = hop(&adjacent, node, self.reversed);
                    self.row[each.left] = Value::Node(left);
                    self.row[each.right] = Value::Node(right);
                    self.row[each.relationship] = Value::Relationship(relationship);
                    if holds(&each.condition, &mut self.row, run)? {
                        self.found[kept] = adjacent;
                        kept += 1;
                    }
                }
                self.found.truncate(kept);
            }
        }
        Ok(&self.found)
    }
}

/// A relationship with its ends as drawn.
fn hop(adjacent: &Adjacent, node: NodeId, reversed: bool) -> (RelationshipId, NodeId, NodeId) {
    match reversed {
        false => (adjacent.relationship, node, adjacent.neighbour),
        true => (adjacent.relationship, adjacent.neighbour, node),
    }
}

fn has(graph: &Graph, adjacent: &Adjacent, wanted: &[(Option<KeyId>, Value)]) -> bool {
    wanted.iter().all(|(key, value)| {
        let own = key.map_or(Value::Null, |key| graph.property(adjacent.relationship, key));
        own.equals(value) == Some(true)
    })
}

/// The comparisons that a condition consists of, if all of them compare a property of the relationship or of one of its
/// ends with a value that the row or the statement gives. None of them fails, so that their order is of no account.
fn compared(condition: &Expr, each: &Each, row: &mut Row, run: &mut Run) -> Option<Vec<ComparedProperty>> {
    match &condition.kind {
        ExprKind::And(parts) => {
            let parts = parts.iter().map(|part| compared(part, each, row, run)).collect::<Option<Vec<_>>>()?;
            Some(parts.concat())
        }
        ExprKind::Not(inner) => {
            let mut one = compared(inner, each, row, run)?;
            // Of several only one must come out otherwise.
            let [comparison] = one.as_mut_slice() else { return None };
            comparison.outcome = !comparison.outcome;
            Some(one)
        }
        ExprKind::Compare(comparison, left, right) => {
            let property = |expr: &Expr| match &expr.kind {
                ExprKind::Property(base, key) => match base.kind {
                    ExprKind::Slot(slot) => each.entity(slot).map(|of| (of, run.graph().key(key))),
                    _ => None,
                },
                _ => None,
            };
            let (of, key, comparison, value) = match (property(left), property(right)) {
                (Some((of, key)), None) => (of, key, *comparison, right),
                (None, Some((of, key))) => (of, key, comparison.mirrored(), left),
                _ => return None,
            };
            let known = match value.kind {
                ExprKind::Slot(slot) => each.entity(slot).is_none(),
                ExprKind::Constant(_) | ExprKind::Parameter(_) => true,
                _ => false,
            };
            let value = known.then(|| evaluate(value, row, run).ok())??;
            Some(vec![ComparedProperty { of, key, comparison, value, outcome: true }])
        }
        _ => None,
    }
}

impl ComparedProperty {
    fn holds(&self, graph: &Graph, (relationship, left, right): (RelationshipId, NodeId, NodeId)) -> bool {
        let entity = match self.of {
            HopEntity::Relationship => Entity::Relationship(relationship),
            HopEntity::Left => Entity::Node(left),
            HopEntity::Right => Entity::Node(right),
        };
        let own = self.key.map_or(Value::Null, |key| graph.property(entity, key));
        compare(self.comparison, &own, &self.value) == Some(self.outcome)
    }
}

impl Each {
    fn entity(&self, slot: Slot) -> Option<HopEntity> {
        match slot {
            _ if slot == self.relationship => Some(HopEntity::Relationship),
            _ if slot == self.left => Some(HopEntity::Left),
            _ if slot == self.right => Some(HopEntity::Right),
            _ => None,
        }
    }
}
