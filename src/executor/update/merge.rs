//! MERGE.
//!
//! A pattern of one node is looked up in a hash table of the property values that it asks for, built once and kept up
//! to date with the nodes that the statement creates. Other patterns, and few rows where there is an index, are matched
//! row by row.

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::create::{Columns, constant_keys, constant_names, create, create_nodes};
use super::independent::{ignores_keys, is_given_before};
use super::properties::charge_change;
use super::properties::set;
use super::writes::{Assignment, Writes};
use super::{BATCH, Result};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::executor::cursor::open;
use crate::executor::evaluate::{evaluate, holds};
use crate::executor::{Row, Run, seek};
use crate::graph::{Entity, Graph, KeyId, LabelId, NodeId, Value};
use crate::plan::{Creation, Expr, ExprKind, Merge, Operator, SetAction, Slot};

pub(super) fn merge_all(clause: &Merge, matching: &Operator, rows: Vec<Row>, run: &mut Run) -> Result<Vec<Row>> {
    let pattern = if rows.len() > 1 { OneNode::of(clause, matching, rows.len(), run) } else { None };
    match pattern {
        Some(pattern) => pattern.merge(rows, run),
        None => merge(clause, matching, rows, run),
    }
}

/// A pattern of one node with constant labels and keys, whose values do not depend on what the statement changes.
struct OneNode<'p> {
    slot: Slot,
    labels: Vec<&'p Arc<str>>,
    properties: Vec<(&'p Arc<str>, &'p Expr)>,
    on_create: Vec<Assignment<'p>>,
    on_match: Vec<Assignment<'p>>,
    writes: Writes<'p>,
    merge: &'p Merge,
    matching: &'p Operator,
}

impl<'p> OneNode<'p> {
    /// `None` also if it is cheaper to match each of so many rows.
    fn of(merge: &'p Merge, matching: &'p Operator, rows: usize, run: &Run) -> Option<OneNode<'p>> {
        let [Creation::Node { slot, labels, properties }] = merge.creations.as_slice() else { return None };
        let (labels, properties) = (constant_names(labels)?, constant_keys(properties.as_ref())?);
        let (writes, [on_create, on_match]) = Writes::of([&merge.on_create, &merge.on_match])?;
        let is_the_node = |action: &SetAction| matches!(action, SetAction::Property { entity, .. } if matches!(entity.kind, ExprKind::Slot(s) if s == *slot));
        let value = |action: &'p SetAction| match action {
            SetAction::Property { value, .. } => Some(value),
            _ => None,
        };
        let is_apart = !properties.is_empty()
            && properties.iter().all(|(_, value)| is_given_before(value, *slot) && value.is_simple())
            && properties.iter().all(|(key, value)| !writes.keys().contains(key) && ignores_keys(value, writes.keys()))
            && merge.on_create.iter().chain(&merge.on_match).all(is_the_node)
            && merge.on_create.iter().filter_map(value).all(|value| is_given_before(value, *slot));
        let node = OneNode { slot: *slot, labels, properties, on_create, on_match, writes, merge, matching };
        (is_apart && run.profile.is_none() && node.is_worth_it(rows, run.graph())).then_some(node)
    }

    /// A table costs a step for each node that may match, matching without an index costs as much for each row, and an
    /// index a few steps.
    fn is_worth_it(&self, rows: usize, graph: &Graph) -> bool {
        const STEPS_OF_AN_INDEX: usize = 4;
        let nodes = self.labels.iter().map(|label| graph.label(label).map_or(0, |label| graph.label_count(label)));
        let nodes = nodes.min().unwrap_or(graph.node_count());
        let has_index = matches!(self.matching, Operator::Filter { input, .. } if matches!(**input, Operator::NodeIndexSeek { .. }));
        !has_index || rows.saturating_mul(STEPS_OF_AN_INDEX) >= nodes
    }

    fn merge(mut self, rows: Vec<Row>, run: &mut Run) -> Result<Vec<Row>> {
        let mut merged = Vec::with_capacity(rows.len());
        let mut table = Table::build(&self, run)?;
        let mut columns = Columns::new(&self.properties, BATCH);
        let mut created = 0;
        for mut row in rows {
            run.budget.tick()?;
            let values = required(self.merge, &mut row, run)?;
            let hash = table.hash(&values);
            if table.has_waiting(hash, run.graph()) {
                self.flush(&mut columns, &mut created, &mut table, run)?;
            }
            let found = table.find(hash, &values, run.graph());
            if found.is_empty() {
                let node = NodeId::new(run.graph().node_bound() + created);
                values.iter().try_for_each(|value| charge_change(value, run))?;
                columns.push(values)?;
                created += 1;
                table.add(hash, node);
                row[self.slot] = Value::Node(node);
                self.writes.add_for(Entity::Node(node), &self.on_create, &mut row, run)?;
                merged.push(row);
            } else {
                for node in found {
                    let mut row = row.clone();
                    row[self.slot] = Value::Node(node);
                    self.writes.add_for(Entity::Node(node), &self.on_match, &mut row, run)?;
                    merged.push(row);
                }
            }
            if created >= BATCH || self.writes.is_full() {
                self.flush(&mut columns, &mut created, &mut table, run)?;
            }
        }
        self.flush(&mut columns, &mut created, &mut table, run)?;
        run.budget.release(table.bytes);
        Ok(merged)
    }

    /// Creates the nodes that wait, and makes the writes.
    fn flush(
        &mut self,
        columns: &mut Columns<'p>,
        created: &mut usize,
        table: &mut Table,
        run: &mut Run,
    ) -> Result<()> {
        if *created > 0 {
            let waiting = std::mem::replace(columns, Columns::new(&self.properties, BATCH));
            let count = std::mem::take(created);
            table.charge(count, run)?;
            create_nodes(count, &self.labels, waiting, run)?;
        }
        self.writes.make(run)?;
        table.resolve(self, run.graph());
        Ok(())
    }
}

/// The nodes that may match, by the hash of the values that the pattern asks for.
struct Table {
    entries: HashTable<(u64, NodeId)>,
    hasher: DefaultHashBuilder,
    /// `None`: one of the names is not in the graph, so that no node that is there matches.
    resolved: Option<(Vec<LabelId>, Vec<KeyId>)>,
    bytes: usize,
}

impl Table {
    fn build(pattern: &OneNode, run: &mut Run) -> Result<Table> {
        let mut table =
            Table { entries: HashTable::new(), hasher: DefaultHashBuilder::default(), resolved: None, bytes: 0 };
        table.resolve(pattern, run.graph());
        let Some((labels, keys)) = table.resolved.clone() else { return Ok(table) };
        let graph = run.graph();
        let least = labels.iter().min_by_key(|label| graph.label_count(**label));
        table.charge(least.map_or(graph.node_count(), |label| graph.label_count(*label)), run)?;
        let graph = run.graph();
        match least {
            Some(label) => table.add_all(graph.nodes_with_label(*label), &labels, &keys, run)?,
            None => table.add_all(graph.nodes(), &labels, &keys, run)?,
        }
        Ok(table)
    }

    fn add_all(
        &mut self,
        nodes: impl Iterator<Item = NodeId>,
        labels: &[LabelId],
        keys: &[KeyId],
        run: &Run,
    ) -> Result<()> {
        let graph = run.graph();
        let mut values = Vec::with_capacity(keys.len());
        for node in nodes {
            run.budget.tick()?;
            values.clear();
            values.extend(keys.iter().map(|key| graph.property(node, *key)));
            if values.iter().all(|value| !value.is_null()) && labels.iter().all(|label| graph.has_label(node, *label)) {
                self.add(self.hash(&values), node);
            }
        }
        Ok(())
    }

    /// Finds the numbers of names, once they have some.
    fn resolve(&mut self, pattern: &OneNode, graph: &Graph) {
        if self.resolved.is_none() {
            let labels: Option<Vec<LabelId>> = pattern.labels.iter().map(|label| graph.label(label)).collect();
            let keys: Option<Vec<KeyId>> = pattern.properties.iter().map(|(key, _)| graph.key(key)).collect();
            self.resolved = labels.zip(keys);
        }
    }

    fn charge(&mut self, entries: usize, run: &Run) -> Result<()> {
        // A table is at least half full.
        let bytes = entries.saturating_mul(2 * size_of::<(u64, NodeId)>());
        run.budget.charge(bytes)?;
        self.bytes += bytes;
        Ok(())
    }

    fn hash(&self, values: &[Value]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        values.iter().for_each(|value| value.hash(&mut hasher));
        hasher.finish()
    }

    fn add(&mut self, hash: u64, node: NodeId) {
        self.entries.insert_unique(hash, (hash, node), |(hash, _)| *hash);
    }

    /// Whether a node that still waits to be created may match.
    fn has_waiting(&self, hash: u64, graph: &Graph) -> bool {
        let bound = graph.node_bound();
        self.entries.iter_hash(hash).any(|(other, node)| *other == hash && node.index() >= bound)
    }

    /// The nodes that match, ascending, as a scan gives them.
    fn find(&self, hash: u64, values: &[Value], graph: &Graph) -> Vec<NodeId> {
        let Some((_, keys)) = &self.resolved else { return Vec::new() };
        let equals = |node: &NodeId| {
            keys.iter().zip(values).all(|(key, value)| graph.property(*node, *key).equals(value) == Some(true))
        };
        let candidates = self.entries.iter_hash(hash).filter(|(other, _)| *other == hash).map(|(_, node)| *node);
        let mut found: Vec<NodeId> = candidates.filter(equals).collect();
        found.sort_unstable();
        found
    }
}

fn merge(merge: &Merge, matching: &Operator, rows: Vec<Row>, run: &mut Run) -> Result<Vec<Row>> {
    let mut merged = Vec::new();
    for mut row in rows {
        run.budget.tick()?;
        required(merge, &mut row, run)?;
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

/// The values that the pattern asks for. A property asked to be null can never be matched, so MERGE would create it
/// again and again.
fn required(merge: &Merge, row: &mut Row, run: &mut Run) -> Result<Vec<Value>> {
    let mut values = Vec::with_capacity(merge.required.len());
    for (key, value) in &merge.required {
        let evaluated = evaluate(value, row, run)?;
        // A value may speak of what the pattern itself brings; that is not known before.
        if evaluated.is_null() {
            let message = format!("MERGE cannot look for a `{key}` that is null");
            return Err(Diagnostic::runtime(Kind::SemanticError, Detail::MergeReadOwnWrites, message)
                .at(value.span)
                .help("leave the property out, or SET it after the MERGE"));
        }
        values.push(evaluated);
    }
    Ok(values)
}
