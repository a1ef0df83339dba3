//! `SET n += map` and `SET n = map` for a batch of rows at once: which keys a map has is only known from its values.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::batch::{self, Attempt, ByRow, attempt, entity};
use super::independent::{ignores, ignores_others};
use super::properties::{BYTES_A_CHANGE, is_storable};
use super::writes::{Column, intern_keys, write};
use crate::executor::Run;
use crate::executor::batch::Batch;
use crate::graph::{Entity, Value};
use crate::plan::{Expr, ExprKind, SetAction};

/// All properties of an entity from a map.
pub(super) struct Maps<'p> {
    entity: &'p Expr,
    value: &'p Expr,
    /// Whether properties that are not in the map are removed.
    replaces: bool,
}

impl<'p> Maps<'p> {
    /// `None` if the actions are others, or more than one.
    pub(super) fn of(actions: &'p [SetAction]) -> Option<Maps<'p>> {
        match actions {
            [SetAction::Extend { entity, value }] => Some(Maps { entity, value, replaces: false }),
            [SetAction::Replace { entity, value }] => Some(Maps { entity, value, replaces: true }),
            _ => None,
        }
    }

    /// Writes the properties of all rows.
    pub(super) fn set(&self, batch: &Batch, run: &mut Run) -> Attempt<()> {
        let targets = attempt!(batch::targets(self.entity, batch, run));
        let are_different = targets.are_different();
        if self.replaces && !are_different {
            return Ok(Err(ByRow));
        }
        let maps = attempt!(batch::values(self.value, batch, run));
        // By key, so that new keys are numbered in the order in which the rows bring them.
        let mut columns: BTreeMap<Arc<str>, Column> = BTreeMap::new();
        let mut bytes = 0;
        for row in 0..batch.len {
            let Some(target) = entity(&targets, row) else { continue };
            let Value::Map(map) = maps.value(row) else { return Ok(Err(ByRow)) };
            let removed = if self.replaces { self.removed(target, &map, run) } else { Vec::new() };
            let added = map.iter().map(|(key, value)| (key, value.clone()));
            for (key, value) in removed.iter().map(|key| (key, Value::Null)).chain(added) {
                if !is_storable(&value) {
                    return Ok(Err(ByRow));
                }
                bytes += value.held_alone() + BYTES_A_CHANGE;
                match columns.get_mut(key) {
                    Some(column) => column.push(target, row as u32, value),
                    None => {
                        let mut column = Column::empty(targets.kind);
                        column.push(target, row as u32, value);
                        columns.insert(key.clone(), column);
                    }
                }
            }
        }
        let keys: Vec<&Arc<str>> = columns.keys().collect();
        if !self.is_apart(&keys, are_different) {
            return Ok(Err(ByRow));
        }
        run.charge_changes(bytes)?;
        run.budget.check()?;
        intern_keys(columns.iter().map(|(key, column)| (key, column.first_row())), run)?;
        for (key, column) in columns {
            write(&key, vec![column], run)?;
        }
        Ok(Ok(()))
    }

    /// The properties of an entity that the map does not have.
    fn removed(&self, target: Entity, map: &crate::graph::Map, run: &Run) -> Vec<Arc<str>> {
        let properties = run.graph().properties(target).into_iter();
        properties.filter(|(key, _)| !map.contains_key(*key)).map(|(key, _)| key.clone()).collect()
    }

    /// Whether no row reads what another one writes.
    fn is_apart(&self, keys: &[&Arc<str>], are_different: bool) -> bool {
        let own = match self.entity.kind {
            ExprKind::Slot(slot) if are_different => Some(slot),
            _ => None,
        };
        ignores(self.entity, keys, false)
            && (ignores(self.value, keys, false) || own.is_some_and(|own| ignores_others(self.value, keys, own)))
    }
}
