//! SET of properties by constant keys, collected for thousands of rows.

use std::sync::Arc;

use super::independent::{constant_name, ignores_keys};
use super::properties::{charge_change, check_storable, set_property, target};
use super::{BATCH, Result};
use crate::executor::evaluate::evaluate;
use crate::executor::{Row, Run};
use crate::graph::{Entity, EntityKind, Value};
use crate::plan::{Expr, SetAction};

/// Property writes that wait. No expression reads what they change, so their rows may be evaluated before they are
/// made.
pub(super) struct Writes<'p> {
    keys: Vec<&'p Arc<str>>,
    /// By key, in the order in which they are to be made.
    waiting: Vec<Vec<(Entity, Value)>>,
    /// By key: its place among the writes of the batch when it was first given a value. Keys are numbered in this order.
    first: Vec<Option<usize>>,
    count: usize,
}

/// `entity.key = value`
pub(super) struct Assignment<'p> {
    entity: &'p Expr,
    /// The place of the key among those of the [`Writes`].
    key: usize,
    value: &'p Expr,
}

impl<'p> Writes<'p> {
    /// The actions as assignments, each list on its own; `None` if they have to be made row by row.
    pub(super) fn of<const N: usize>(lists: [&'p [SetAction]; N]) -> Option<(Writes<'p>, [Vec<Assignment<'p>>; N])> {
        let mut keys: Vec<&Arc<str>> = Vec::new();
        let mut assignment = |action: &'p SetAction| {
            let SetAction::Property { entity, key, value } = action else { return None };
            let key = constant_name(key)?;
            let at = keys.iter().position(|known| *known == key);
            let at = at.unwrap_or_else(|| {
                keys.push(key);
                keys.len() - 1
            });
            Some(Assignment { entity, key: at, value })
        };
        let mut assigned = [const { Vec::new() }; N];
        for (list, assigned) in lists.into_iter().zip(&mut assigned) {
            *assigned = list.iter().map(&mut assignment).collect::<Option<_>>()?;
        }
        let all = || assigned.iter().flatten();
        let is_apart = all().all(|one| ignores_keys(one.entity, &keys) && ignores_keys(one.value, &keys));
        let (waiting, first) = (keys.iter().map(|_| Vec::new()).collect(), vec![None; keys.len()]);
        is_apart.then_some((Writes { keys, waiting, first, count: 0 }, assigned))
    }

    pub(super) fn keys(&self) -> &[&'p Arc<str>] {
        &self.keys
    }

    pub(super) fn is_full(&self) -> bool {
        self.count >= BATCH
    }

    /// Evaluates for a row.
    pub(super) fn add(&mut self, assignments: &[Assignment], row: &mut Row, run: &mut Run) -> Result<()> {
        for assignment in assignments {
            let target = target(assignment.entity, row, run)?;
            self.add_to(target, assignment, row, run)?;
        }
        Ok(())
    }

    /// Evaluates for a row, whose assignments are all to this entity.
    pub(super) fn add_for(
        &mut self,
        entity: Entity,
        assignments: &[Assignment],
        row: &mut Row,
        run: &mut Run,
    ) -> Result<()> {
        assignments.iter().try_for_each(|assignment| self.add_to(Some(entity), assignment, row, run))
    }

    fn add_to(&mut self, target: Option<Entity>, to: &Assignment, row: &mut Row, run: &mut Run) -> Result<()> {
        let value = evaluate(to.value, row, run)?;
        let Some(target) = target else { return Ok(()) };
        check_storable(self.keys[to.key], &value).map_err(|error| error.at(to.value.span))?;
        charge_change(&value, run)?;
        if !value.is_null() {
            self.first[to.key].get_or_insert(self.count);
        }
        self.waiting[to.key].push((target, value));
        self.count += 1;
        Ok(())
    }

    /// Makes the writes that wait.
    pub(super) fn make(&mut self, run: &mut Run) -> Result<()> {
        self.count = 0;
        let mut new: Vec<(usize, usize)> =
            self.first.iter_mut().enumerate().filter_map(|(key, first)| Some((first.take()?, key))).collect();
        new.sort_unstable();
        for (_, key) in new {
            run.graph_mut()?.intern_key(self.keys[key]);
        }
        for (key, waiting) in self.keys.iter().zip(&mut self.waiting) {
            write(key, std::mem::take(waiting), run)?;
        }
        Ok(())
    }
}

fn write(key: &str, mut writes: Vec<(Entity, Value)>, run: &mut Run) -> Result<()> {
    if writes.is_empty() {
        return Ok(());
    }
    // Whether a null counts as a change depends on the writes before.
    if writes.iter().any(|(_, value)| value.is_null()) {
        return writes.into_iter().try_for_each(|(entity, value)| set_property(entity, key, value, run));
    }
    run.changes.properties_set += writes.len();
    if !writes.is_sorted_by(|(one, _), (other, _)| one < other) {
        // The last write to an entity holds.
        writes.reverse();
        writes.sort_by_key(|(entity, _)| *entity);
        writes.dedup_by_key(|(entity, _)| *entity);
    }
    let graph = run.graph_mut()?;
    let key = graph.intern_key(key);
    let mut writes = writes.into_iter().peekable();
    for kind in [EntityKind::Node, EntityKind::Relationship] {
        let of_kind = std::iter::from_fn(|| writes.next_if(|(entity, _)| entity.kind() == kind));
        let (entities, values) = of_kind.map(|(entity, value)| (entity.number(), value)).unzip();
        graph.set_properties(kind, key, entities, values);
    }
    Ok(())
}
