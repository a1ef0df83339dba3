//! The hash table of MERGE: the nodes that may match, by the values that the pattern asks for.

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::Result;
use crate::executor::Run;
use crate::graph::{Graph, KeyId, LabelId, NodeId, Value};

/// The nodes that may match, by the hash of the values of the pattern's keys.
pub(super) struct Table {
    entries: HashTable<(u64, NodeId)>,
    hasher: DefaultHashBuilder,
    /// `None`: one of the names is not in the graph, so that no node that is there matches.
    resolved: Option<(Vec<LabelId>, Vec<KeyId>)>,
    pub bytes: usize,
}

/// The nodes of the rows before that are yet to be created, and the values that each row asks for.
pub(super) struct Waiting<'a> {
    /// The values by key and row.
    pub values: &'a [Vec<Value>],
    /// The row that creates each of the nodes.
    pub rows: &'a [u32],
    /// The number of the first of them.
    pub first: usize,
}

impl Table {
    pub(super) fn build(labels: &[&Arc<str>], keys: &[&Arc<str>], run: &mut Run) -> Result<Table> {
        let mut table =
            Table { entries: HashTable::new(), hasher: DefaultHashBuilder::default(), resolved: None, bytes: 0 };
        table.resolve(labels, keys, run.graph());
        let Some((labels, keys)) = table.resolved.clone() else { return Ok(table) };
        let graph = run.graph();
        let least = labels.iter().min_by_key(|label| graph.label_count(**label));
        table.reserve(least.map_or(graph.node_count(), |label| graph.label_count(*label)), run)?;
        match least {
            Some(label) => {
                let others: Vec<LabelId> = labels.iter().copied().filter(|other| other != label).collect();
                table.add_all(run.graph().nodes_with_label(*label), &others, &keys, run)?;
            }
            None => table.add_all(run.graph().nodes(), &labels, &keys, run)?,
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
                self.add(self.hash(values.iter()), node);
            }
        }
        Ok(())
    }

    /// Finds the numbers of names, once they have some.
    pub(super) fn resolve(&mut self, labels: &[&Arc<str>], keys: &[&Arc<str>], graph: &Graph) {
        if self.resolved.is_none() {
            let labels: Option<Vec<LabelId>> = labels.iter().map(|label| graph.label(label)).collect();
            let keys: Option<Vec<KeyId>> = keys.iter().map(|key| graph.key(key)).collect();
            self.resolved = labels.zip(keys);
        }
    }

    /// Makes room for more entries, and charges for it.
    pub(super) fn reserve(&mut self, entries: usize, run: &Run) -> Result<()> {
        // A table is at least half full.
        let bytes = entries.saturating_mul(2 * size_of::<(u64, NodeId)>());
        run.budget.charge(bytes)?;
        self.bytes += bytes;
        self.entries.reserve(entries, |(hash, _)| *hash);
        Ok(())
    }

    pub(super) fn hash<'v>(&self, values: impl Iterator<Item = &'v Value>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        values.for_each(|value| value.hash(&mut hasher));
        hasher.finish()
    }

    pub(super) fn add(&mut self, hash: u64, node: NodeId) {
        self.entries.insert_unique(hash, (hash, node), |(hash, _)| *hash);
    }

    /// The nodes that match a row, ascending, as a scan gives them.
    pub(super) fn find(&self, hash: u64, row: usize, waiting: &Waiting, graph: &Graph, found: &mut Vec<NodeId>) {
        let keys = self.resolved.as_ref().map_or(&[] as &[KeyId], |(_, keys)| keys);
        let wanted = || waiting.values.iter().map(|values| &values[row]);
        let equals = |node: NodeId| match node.index().checked_sub(waiting.first) {
            Some(new) => {
                let own = waiting.rows[new] as usize;
                wanted().zip(waiting.values).all(|(wanted, values)| values[own].equals(wanted) == Some(true))
            }
            None => {
                keys.iter().zip(wanted()).all(|(key, wanted)| graph.property(node, *key).equals(wanted) == Some(true))
            }
        };
        let candidates = self.entries.iter_hash(hash).filter(|(other, _)| *other == hash).map(|(_, node)| *node);
        found.clear();
        found.extend(candidates.filter(|node| equals(*node)));
        if found.len() > 1 {
            found.sort_unstable();
        }
    }
}
