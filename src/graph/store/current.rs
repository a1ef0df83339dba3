//! [`Current`]: arrays of the base brought up to date with the delta, for loops over the whole graph.
//!
//! Each is made when such a loop first needs it, and shared by all clones until its property key or relationship type
//! changes again. A column is then made from the one before and the changes since. Look-ups of single entities never
//! make any: they read the base and the delta.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::super::Value;
use super::adjacency::{Lists, TypeAdjacency};
use super::column::Column;
use super::delta::{Delta, Half, Patch, grown};
use super::fast::NeighbourLists;
use super::patched::patched;
use super::repetitions::Repetitions;
use super::trie::Trie;

#[derive(Clone, Debug, Default)]
pub(crate) struct Current {
    /// Of nodes, by key.
    columns: Vec<Arc<ColumnSlot>>,
    types: Vec<Arc<TypeSlot>>,
}

#[derive(Debug, Default)]
struct ColumnSlot {
    /// `None`: it has no values.
    made: OnceLock<Option<Arc<Column>>>,
    /// The last one that was made, and the changes that it contains.
    earlier: Mutex<Option<Earlier>>,
    /// Whether a changed value has been sought.
    sought: OnceLock<()>,
    /// The changed entities by value. Only looked up: no answer depends on its order.
    by_value: OnceLock<HashMap<Value, Vec<u32>>>,
}

#[derive(Clone, Debug)]
struct Earlier {
    column: Option<Arc<Column>>,
    changes: Trie<Value>,
}

/// What is made of the relationships of a type.
#[derive(Debug, Default)]
pub(super) struct TypeSlot {
    outgoing: OnceLock<CurrentLists>,
    incoming: OnceLock<CurrentLists>,
    repetitions: OnceLock<Repetitions>,
}

/// The lists of a type in one direction, and the ids of the relationships by place.
#[derive(Debug)]
pub(super) struct CurrentLists {
    pub(super) lists: Lists,
    ids: OnceLock<Vec<u32>>,
}

impl Current {
    /// Makes room for what has changed on a new base.
    pub(super) fn grow(&mut self, delta: &Delta) {
        self.columns.resize_with(delta.node_properties.len(), Arc::default);
        self.types.resize_with(delta.outgoing.len().max(delta.incoming.len()), Arc::default);
    }

    /// The values of a key change; so far they are those of the base with these changes.
    pub(super) fn column_changes(&mut self, key: usize, changes: &Trie<Value>) {
        let slot = grown(&mut self.columns, key);
        if Arc::get_mut(slot).is_some_and(|slot| slot.made.get().is_none() && slot.sought.get().is_none()) {
            return;
        }
        let earlier = match slot.made.get() {
            Some(column) => Some(Earlier { column: column.clone(), changes: changes.clone() }),
            None => slot.earlier.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        };
        *slot = Arc::new(ColumnSlot { earlier: Mutex::new(earlier), ..ColumnSlot::default() });
    }

    /// The relationships of a type change.
    pub(super) fn type_changes(&mut self, relationship_type: usize) {
        let slot = grown(&mut self.types, relationship_type);
        let is_unused = |slot: &mut TypeSlot| {
            slot.outgoing.get().is_none() && slot.incoming.get().is_none() && slot.repetitions.get().is_none()
        };
        if !Arc::get_mut(slot).is_some_and(is_unused) {
            *slot = Arc::default();
        }
    }

    /// The changed entities that have the value, ascending. Going through the changes once is cheaper than sorting them.
    pub(super) fn equal(&self, key: usize, changes: &Trie<Value>, value: &Value) -> Vec<u32> {
        let slot = self.columns.get(key).expect("a key that has changes has a slot");
        if slot.sought.set(()).is_ok() {
            let equal = changes.iter().filter(|(_, other)| *other == value);
            return equal.map(|(entity, _)| entity as u32).collect();
        }
        let by_value = slot.by_value.get_or_init(|| {
            let mut by_value: HashMap<Value, Vec<u32>> = HashMap::new();
            changes.iter().for_each(|(entity, value)| by_value.entry(value.clone()).or_default().push(entity as u32));
            by_value
        });
        by_value.get(value).cloned().unwrap_or_default()
    }

    /// Whether the column of a key whose values have changed has been made.
    pub(super) fn has_column(&self, key: usize) -> bool {
        self.columns.get(key).is_some_and(|slot| slot.made.get().is_some())
    }

    /// The column of a key whose values have changed.
    pub(super) fn column(&self, key: usize, base: Option<&Column>, changes: &Trie<Value>) -> Option<&Column> {
        let slot = self.columns.get(key).expect("a key that has changes has a slot");
        let make = || {
            let earlier = slot.earlier.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some(Earlier { column, changes: contained }) = earlier else {
                let all: Vec<(u32, Value)> = changes.iter().map(|(entity, v)| (entity as u32, v.clone())).collect();
                return patched(base, &all).map(Arc::new);
            };
            let mut since = Vec::new();
            changes.differences(&contained, &|_, _| false, &mut |entity, new, _| {
                let value = new.cloned().or_else(|| Some(base?.value(entity))).unwrap_or_default();
                since.push((entity as u32, value));
            });
            patched(column.as_deref(), &since).map(Arc::new)
        };
        slot.made.get_or_init(make).as_deref()
    }

    fn lists(&self, relationship_type: usize, incoming: bool) -> &OnceLock<CurrentLists> {
        let slot = self.types.get(relationship_type).expect("a type that has changes has a slot");
        if incoming { &slot.incoming } else { &slot.outgoing }
    }

    /// The lists of a type that has changed, if they have been made.
    pub(super) fn made_lists(&self, relationship_type: usize, incoming: bool) -> Option<&CurrentLists> {
        self.lists(relationship_type, incoming).get()
    }

    /// The lists of a type that has changed.
    pub(super) fn current_lists(&self, relationship_type: usize, incoming: bool, source: &Source) -> &CurrentLists {
        let make = || CurrentLists { lists: source.lists().compact(), ids: OnceLock::new() };
        self.lists(relationship_type, incoming).get_or_init(make)
    }

    /// Loops and parallel relationships of a type that has changed.
    pub(super) fn repetitions(
        &self,
        relationship_type: usize,
        base: Option<&TypeAdjacency>,
        patches: &Trie<Patch>,
    ) -> &Repetitions {
        let slot = self.types.get(relationship_type).expect("a type that has changes has a slot");
        slot.repetitions.get_or_init(|| changed_repetitions(base, patches))
    }
}

impl CurrentLists {
    pub(super) fn ids(&self, source: &Source) -> &[u32] {
        self.ids.get_or_init(|| source.ids())
    }
}

/// The neighbours of a node: those of the base with what has changed. Ids are not compared, for they are slow to find.
pub(super) fn add_neighbours(old: &[u32], patch: &Patch, into: &mut Vec<u32>) {
    let mut added = patch.added.iter().map(|(neighbour, _)| *neighbour).peekable();
    let mut removed = patch.removed.iter().map(|(neighbour, _)| *neighbour).peekable();
    for neighbour in old {
        while let Some(new) = added.next_if(|new| new < neighbour) {
            into.push(new);
        }
        if removed.next_if_eq(neighbour).is_none() {
            into.push(*neighbour);
        }
    }
    into.extend(added);
}

/// Those of the base, and those of changed lists; whether the base's parallel ones were removed is not found out.
fn changed_repetitions(base: Option<&TypeAdjacency>, patches: &Trie<Patch>) -> Repetitions {
    let mut found = base.map(|base| base.repetitions().clone()).unwrap_or_default();
    let Repetitions { loops, parallel } = &mut found;
    let mut list = Vec::new();
    for (node, patch) in patches.iter() {
        let Patch { added, removed } = patch;
        let own = node as u32;
        for _ in removed.iter().filter(|(neighbour, _)| *neighbour == own) {
            if let Ok(at) = loops.binary_search(&own) {
                loops.remove(at);
            }
        }
        let new = added.iter().filter(|(neighbour, _)| *neighbour == own).count();
        let at = loops.partition_point(|other| *other < own);
        loops.splice(at..at, std::iter::repeat_n(own, new));
        if !*parallel && !added.is_empty() {
            list.clear();
            add_neighbours(base.map_or(&[], |base| base.outgoing.of(node)), patch, &mut list);
            *parallel = list.windows(2).any(|pair| pair[0] == pair[1]);
        }
    }
    found
}

/// The lists of a type in one direction: as the base has them, and what has changed.
pub(super) struct Source<'a> {
    pub(super) base: &'a Lists,
    pub(super) patches: &'a Trie<Patch>,
    /// The id of the relationship at a place of the base's lists.
    pub(super) id: &'a dyn Fn(usize) -> u32,
    pub(super) node_bound: usize,
}

impl Source<'_> {
    /// The nodes that may have lists.
    fn range(&self) -> Range<usize> {
        let base = NeighbourLists(self.base).range();
        let base = base.start..base.end.min(self.node_bound);
        match self.patches.bounds() {
            Some((first, last)) if base.is_empty() => first..last + 1,
            Some((first, last)) => base.start.min(first)..base.end.max(last + 1),
            None => base,
        }
    }

    /// Gives out, in order, ranges of nodes whose lists are at a range of places of the base, and nodes whose lists
    /// have changed.
    fn walk(&self, kept: &mut dyn FnMut(Range<usize>, Range<usize>), changed: &mut dyn FnMut(usize, &Patch)) {
        let (old, range) = (NeighbourLists(self.base), self.range());
        let mut from = range.start;
        for (node, patch) in self.patches.iter() {
            if from < node {
                kept(from..node, old.before(from)..old.before(node));
            }
            changed(node, patch);
            from = node + 1;
        }
        if from < range.end {
            kept(from..range.end, old.before(from)..old.before(range.end));
        }
    }

    fn list(&self, node: usize, patch: &Patch) -> Vec<Half> {
        let mut list = Vec::new();
        let mut added = patch.added.iter().copied().peekable();
        let mut removed = patch.removed.iter().copied().peekable();
        for place in self.base.range(node) {
            let half = (self.base.neighbours[place], (self.id)(place));
            if removed.next_if_eq(&half).is_none() {
                list.extend(std::iter::from_fn(|| added.next_if(|new| *new < half)));
                list.push(half);
            }
        }
        list.extend(added);
        list
    }

    /// The lists, given for all nodes of their range.
    pub(super) fn lists(&self) -> Lists {
        let range = self.range();
        let mut offsets = Vec::with_capacity(range.len() + 1);
        let mut neighbours: Vec<u32> = Vec::with_capacity(self.base.neighbours.len() + 2 * self.patches.len());
        offsets.push(0_u32);
        let out = std::cell::RefCell::new((&mut offsets, &mut neighbours));
        self.walk(
            &mut |nodes, places| {
                let (offsets, neighbours) = &mut *out.borrow_mut();
                let shift = (neighbours.len() as u32).wrapping_sub(places.start as u32);
                let old = NeighbourLists(self.base);
                offsets.extend(nodes.map(|node| (old.before(node + 1) as u32).wrapping_add(shift)));
                neighbours.extend_from_slice(&self.base.neighbours[places]);
            },
            &mut |node, patch| {
                let (offsets, neighbours) = &mut *out.borrow_mut();
                add_neighbours(self.base.of(node), patch, neighbours);
                offsets.push(neighbours.len() as u32);
            },
        );
        if neighbours.is_empty() {
            return Lists::default();
        }
        Lists { first_node: range.start as u32, owners: None, offsets, neighbours }
    }

    /// The relationships in the order of these lists.
    pub(super) fn ids(&self) -> Vec<u32> {
        let ids = std::cell::RefCell::new(Vec::with_capacity(self.base.neighbours.len() + 2 * self.patches.len()));
        self.walk(&mut |_, places| ids.borrow_mut().extend(places.map(self.id)), &mut |node, patch| {
            ids.borrow_mut().extend(self.list(node, patch).iter().map(|(_, id)| *id));
        });
        ids.into_inner()
    }
}
