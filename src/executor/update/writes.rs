//! SET and REMOVE of constant keys and labels, for a batch of rows at once.

use std::sync::Arc;

use super::batch::{self, Attempt, ByRow, Targets, attempt, entity};
use super::create::{constant_names, sorted_keys};
use super::independent::{constant_name, ignores, ignores_others};
use super::maps::Maps;
use super::properties::{self, BYTES_A_CHANGE, is_storable, set_property};
use super::{Result, each_row};
use crate::executor::batch::Batch;
use crate::executor::vector::NULL;
use crate::executor::{Row, Run};
use crate::graph::{Entity, EntityKind, Value};
use crate::plan::{Expr, ExprKind, RemoveAction, SetAction};

pub(super) fn set_all(actions: &[SetAction], batches: Vec<Batch>, run: &mut Run) -> Result<Vec<Batch>> {
    let write_row = |row: &mut Row, run: &mut Run| properties::set(actions, row, run);
    match (Writes::of([actions]), Maps::of(actions)) {
        (None, Some(maps)) => {
            let write_batch = |batch: Batch| {
                if batch.len > 1
                    && let Ok(()) = maps.set(&batch, run)?
                {
                    return Ok(batch);
                }
                each_row(&batch, run, &write_row)
            };
            batches.into_iter().map(write_batch).collect()
        }
        (collected, _) => write_all(collected.map(|(writes, [steps])| (writes, steps)), batches, run, write_row),
    }
}

pub(super) fn remove_all(actions: &[RemoveAction], batches: Vec<Batch>, run: &mut Run) -> Result<Vec<Batch>> {
    write_all(Writes::of_removal(actions), batches, run, |row, run| properties::remove(actions, row, run))
}

/// Makes all writes of each batch at once, or row by row where that is not possible.
fn write_all(
    collected: Option<(Writes, Vec<Step>)>,
    batches: Vec<Batch>,
    run: &mut Run,
    write_row: impl Fn(&mut Row, &mut Run) -> Result<()>,
) -> Result<Vec<Batch>> {
    let Some((mut writes, steps)) = collected else {
        return batches.iter().map(|batch| each_row(batch, run, &write_row)).collect();
    };
    let write_batch = |batch: Batch| {
        // One row is written faster without columns.
        if batch.len > 1
            && let Ok(()) = writes.add(&steps, &batch, None, run)?
        {
            return writes.make(run).map(|()| batch);
        }
        each_row(&batch, run, &write_row)
    };
    batches.into_iter().map(write_batch).collect()
}

/// Writes that wait. No expression reads what they change, so their rows may be evaluated before they are made.
#[derive(Default)]
pub(super) struct Writes<'p> {
    keys: Vec<&'p Arc<str>>,
    /// By key.
    waiting: Vec<Vec<Column>>,
    labels: Vec<Labels<'p>>,
    /// Whether a row reads what it writes, so that no two rows of a batch may write the same entity.
    reads_own: bool,
}

/// What each row writes.
pub(super) enum Step<'p> {
    /// `entity.key = value`, the key given by its place among those of the [`Writes`]; without a value it is removed.
    Property {
        entity: &'p Expr,
        key: usize,
        value: Option<&'p Expr>,
    },
    Labels {
        node: &'p Expr,
        labels: Vec<&'p Arc<str>>,
        is_added: bool,
    },
}

/// Values of one property for entities of one kind.
pub(super) struct Column {
    targets: Targets,
    values: Vec<Value>,
    /// The row of each value; `None`: they are in order from the first row on.
    rows: Option<Vec<u32>>,
}

/// Labels that nodes get or lose.
struct Labels<'p> {
    nodes: Vec<u32>,
    labels: Vec<&'p Arc<str>>,
    is_added: bool,
}

impl<'p> Writes<'p> {
    /// The steps of each list of actions; `None` if they have to be made row by row.
    pub(super) fn of<const N: usize>(lists: [&'p [SetAction]; N]) -> Option<(Writes<'p>, [Vec<Step<'p>>; N])> {
        let mut writes = Writes::default();
        let mut steps = [const { Vec::new() }; N];
        for (list, steps) in lists.into_iter().zip(&mut steps) {
            for action in list {
                writes.add_steps_of(action, steps)?;
            }
        }
        writes.reads_own = !are_apart(steps.iter().flatten(), &writes.keys);
        let all: Vec<&Step> = steps.iter().flatten().collect();
        (!writes.reads_own || reads_only_itself(&all, &writes.keys)).then_some((writes, steps))
    }

    fn of_removal(actions: &'p [RemoveAction]) -> Option<(Writes<'p>, Vec<Step<'p>>)> {
        let mut writes = Writes::default();
        let step = |action: &'p RemoveAction| match action {
            RemoveAction::Property { entity, key } => {
                Some(Step::Property { entity, key: writes.place(constant_name(key)?), value: None })
            }
            RemoveAction::Labels { node, labels } => {
                Some(Step::Labels { node, labels: constant_names(labels)?, is_added: false })
            }
        };
        let steps: Vec<Step> = actions.iter().map(step).collect::<Option<_>>()?;
        are_apart(steps.iter(), &writes.keys).then_some((writes, steps))
    }

    fn add_steps_of(&mut self, action: &'p SetAction, steps: &mut Vec<Step<'p>>) -> Option<()> {
        match action {
            SetAction::Property { entity, key, value } => {
                steps.push(Step::Property { entity, key: self.place(constant_name(key)?), value: Some(value) });
            }
            SetAction::Extend { entity, value } if matches!(value.kind, ExprKind::Map(_)) => {
                for (key, value) in sorted_keys(Some(value))? {
                    steps.push(Step::Property { entity, key: self.place(key), value: Some(value) });
                }
            }
            SetAction::Labels { node, labels } => {
                steps.push(Step::Labels { node, labels: constant_names(labels)?, is_added: true });
            }
            SetAction::Extend { .. } | SetAction::Replace { .. } => return None,
        }
        Some(())
    }

    fn place(&mut self, key: &'p Arc<str>) -> usize {
        let known = self.keys.iter().position(|known| *known == key);
        known.unwrap_or_else(|| {
            self.keys.push(key);
            self.waiting.push(Vec::new());
            self.keys.len() - 1
        })
    }

    /// Whether what one row writes makes no difference to any other.
    pub(super) fn are_apart(&self) -> bool {
        !self.reads_own
    }

    pub(super) fn keys(&self) -> &[&'p Arc<str>] {
        &self.keys
    }

    /// Computes what a batch writes; `rows` are the numbers of its rows among those of all batches that are made
    /// together.
    pub(super) fn add(
        &mut self,
        steps: &[Step<'p>],
        batch: &Batch,
        rows: Option<&[u32]>,
        run: &mut Run,
    ) -> Attempt<()> {
        let (mut columns, mut labelled, mut bytes) = (Vec::new(), Vec::new(), 0);
        for step in steps {
            match step {
                Step::Property { entity, key, value } => {
                    let targets = attempt!(batch::targets(entity, batch, run));
                    if self.reads_own && !targets.are_different() {
                        return Ok(Err(ByRow));
                    }
                    let values = match value {
                        None => vec![Value::Null; batch.len],
                        Some(value) => {
                            let values = attempt!(batch::values(value, batch, run));
                            if !batch::are_storable(&values, is_storable) {
                                return Ok(Err(ByRow));
                            }
                            bytes += batch::held_alone(&values, batch.len);
                            values.values(batch.len)
                        }
                    };
                    bytes += BYTES_A_CHANGE * batch.len;
                    columns.push((*key, Column { targets, values, rows: rows.map(<[u32]>::to_vec) }));
                }
                Step::Labels { node, labels, is_added } => {
                    let Targets { kind, numbers: mut nodes } = attempt!(batch::targets(node, batch, run));
                    if kind == EntityKind::Relationship {
                        return Ok(Err(ByRow));
                    }
                    nodes.retain(|node| *node != NULL);
                    nodes.sort_unstable();
                    nodes.dedup();
                    bytes += BYTES_A_CHANGE * nodes.len() * labels.len();
                    labelled.push(Labels { nodes, labels: labels.clone(), is_added: *is_added });
                }
            }
        }
        run.charge_changes(bytes)?;
        columns.into_iter().for_each(|(key, column)| self.waiting[key].push(column));
        self.labels.append(&mut labelled);
        Ok(Ok(()))
    }

    /// Makes the writes that wait.
    pub(super) fn make(&mut self, run: &mut Run) -> Result<()> {
        run.budget.check()?;
        let first_row = |columns: &Vec<Column>| columns.iter().filter_map(Column::first_row).min();
        intern_keys(self.keys.iter().copied().zip(self.waiting.iter().map(first_row)), run)?;
        for (key, waiting) in self.keys.iter().zip(&mut self.waiting) {
            write(key, std::mem::take(waiting), run)?;
        }
        self.labels.drain(..).try_for_each(|labels| labels.write(run))
    }
}

/// Numbers new keys in the order in which rows first give them a value; those of one row in the order given. Each key
/// comes with that row.
pub(super) fn intern_keys<'k>(keys: impl Iterator<Item = (&'k Arc<str>, Option<u32>)>, run: &mut Run) -> Result<()> {
    let mut new: Vec<(u32, usize, &Arc<str>)> = Vec::new();
    for (place, (key, first)) in keys.enumerate() {
        if run.graph().key(key).is_none() {
            new.extend(first.map(|row| (row, place, key)));
        }
    }
    new.sort_unstable();
    for (.., key) in new {
        run.graph_mut()?.intern_key(key);
    }
    Ok(())
}

/// Whether the steps can be made for many rows at once: none reads what another changes. The order in which a node gets
/// its labels is kept only if one step gives them all.
fn are_apart<'a, 'p: 'a>(steps: impl Iterator<Item = &'a Step<'p>> + Clone, keys: &[&Arc<str>]) -> bool {
    let labelling = steps.clone().filter(|step| matches!(step, Step::Labels { .. })).count();
    let is_apart = |expr: &Expr| ignores(expr, keys, labelling > 0);
    let mut all = steps;
    labelling <= 1
        && all.all(|step| match step {
            Step::Property { entity, value, .. } => is_apart(entity) && value.is_none_or(is_apart),
            Step::Labels { node, .. } => is_apart(node),
        })
}

/// Whether there is one step, which reads of what it changes only the values of the entity that it changes.
fn reads_only_itself(steps: &[&Step], keys: &[&Arc<str>]) -> bool {
    match steps {
        [Step::Property { entity, value: Some(value), .. }] => match entity.kind {
            ExprKind::Slot(slot) => ignores_others(value, keys, slot),
            _ => false,
        },
        _ => false,
    }
}

impl Column {
    pub(super) fn empty(kind: EntityKind) -> Column {
        Column { targets: Targets { kind, numbers: Vec::new() }, values: Vec::new(), rows: Some(Vec::new()) }
    }

    /// Adds what a row writes.
    pub(super) fn push(&mut self, target: Entity, row: u32, value: Value) {
        self.targets.numbers.push(target.number());
        self.values.push(value);
        self.rows.get_or_insert_default().push(row);
    }

    /// The first row that gives an entity a value.
    pub(super) fn first_row(&self) -> Option<u32> {
        let at = self.values.iter().zip(&self.targets.numbers).position(|(value, n)| !value.is_null() && *n != NULL)?;
        Some(self.row(at))
    }

    fn row(&self, at: usize) -> u32 {
        self.rows.as_ref().map_or(at as u32, |rows| rows[at])
    }

    /// Whether each entity is written once, in order, and none loses its value.
    fn is_plain(&self) -> bool {
        let numbers = &self.targets.numbers;
        numbers.is_sorted_by(|one, other| one < other)
            && numbers.last() != Some(&NULL)
            && !self.values.iter().any(Value::is_null)
    }
}

/// Writes a property: the columns of its batches.
pub(super) fn write(key: &str, mut columns: Vec<Column>, run: &mut Run) -> Result<()> {
    if let [column] = columns.as_slice()
        && column.is_plain()
        && let Some(Column { targets, values, .. }) = columns.pop()
    {
        run.changes.properties_set += values.len();
        let graph = run.graph_mut()?;
        let key = graph.intern_key(key);
        graph.set_properties(targets.kind, key, targets.numbers, values);
        return Ok(());
    }
    let mut writes: Vec<(u32, Entity, Value)> = Vec::new();
    for column in columns {
        let rows = (0..column.values.len()).map(|at| column.row(at)).collect::<Vec<u32>>();
        let entities = (0..rows.len()).map(|at| entity(&column.targets, at)).collect::<Vec<_>>();
        let each = rows.into_iter().zip(entities).zip(column.values);
        writes.extend(each.filter_map(|((row, entity), value)| Some((row, entity?, value))));
    }
    writes.sort_by_key(|(row, ..)| *row);
    write_in_order(key, writes.into_iter().map(|(_, entity, value)| (entity, value)).collect(), run)
}

fn write_in_order(key: &str, mut writes: Vec<(Entity, Value)>, run: &mut Run) -> Result<()> {
    let has_nulls = writes.iter().any(|(_, value)| value.is_null());
    let mut count = writes.len();
    if !writes.is_sorted_by(|(one, _), (other, _)| one < other) {
        writes.reverse();
        writes.sort_by_key(|(entity, _)| *entity);
        let is_once = writes.is_sorted_by(|(one, _), (other, _)| one < other);
        if has_nulls && !is_once {
            // Whether a null counts as a change depends on the writes before.
            writes.reverse();
            return writes.into_iter().try_for_each(|(entity, value)| set_property(entity, key, value, run));
        }
        // The last write to an entity holds.
        writes.dedup_by_key(|(entity, _)| *entity);
    }
    if has_nulls {
        let graph = run.graph();
        let known = graph.key(key);
        let has_value = |entity: Entity| known.is_some_and(|key| !graph.property(entity, key).is_null());
        writes.retain(|(entity, value)| !value.is_null() || has_value(*entity));
        count = writes.len();
    }
    if writes.is_empty() {
        return Ok(());
    }
    run.changes.properties_set += count;
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

impl Labels<'_> {
    fn write(self, run: &mut Run) -> Result<()> {
        for name in self.labels {
            let graph = run.graph_mut()?;
            let known = graph.label(name);
            let label = match known {
                Some(label) => label,
                None if self.is_added && !self.nodes.is_empty() => graph.intern_label(name),
                None => continue,
            };
            let other = |node: &u32| graph.has_label((*node).into(), label) != self.is_added;
            let nodes: Vec<u32> = self.nodes.iter().copied().filter(other).collect();
            let count = nodes.len();
            match self.is_added {
                true => graph.add_labels(label, nodes),
                false => graph.remove_labels(label, nodes),
            }
            match self.is_added {
                true => run.changes.labels_added += count,
                false => run.changes.labels_removed += count,
            }
        }
        Ok(())
    }
}
