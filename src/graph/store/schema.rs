//! Indexes and constraints: [`Rule`]s on the nodes of a label, and looking nodes up by them.
//!
//! An index is the nodes of the base that have the label and all of the properties, sorted by their values and then
//! by id. It is made when it is first needed, shared by all snapshots, and kept in the database file. It holds for
//! nodes whose labels and indexed properties have not changed since the base was made. Those that have changed and
//! fulfil the rule now are in an ordered set beside it.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

use super::super::polled::{Poll, in_order};
use super::super::symbols::{KeyId, LabelId};
use super::super::{NodeId, Value};
use super::base::{Base, column};
use super::column::Data;
use super::lookup::Seek;
use super::ordered::OrderedSet;
use super::write::{Savepoint, Undo};
use super::{Entity, Graph};

/// An index or a constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Unique among the rules of a graph.
    pub name: Arc<str>,
    pub kind: RuleKind,
    pub label: LabelId,
    /// At least one, all different.
    pub keys: Vec<KeyId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// Helps to find nodes.
    Index,
    /// No two nodes have the same values; an index, too.
    Unique,
    /// Every node has the property.
    NotNull,
}

impl RuleKind {
    pub fn is_index(self) -> bool {
        match self {
            RuleKind::Index | RuleKind::Unique => true,
            RuleKind::NotNull => false,
        }
    }

    pub fn is_constraint(self) -> bool {
        match self {
            RuleKind::Index => false,
            RuleKind::Unique | RuleKind::NotNull => true,
        }
    }
}

/// A rule that some nodes break.
#[derive(Clone, Debug)]
pub struct Violation {
    pub rule: Arc<Rule>,
    pub node: NodeId,
    /// The other node with the same values, and these; `None` if a value is missing.
    pub twin: Option<(NodeId, Vec<Value>)>,
}

/// A rule with its index.
#[derive(Clone, Debug)]
pub(super) struct Ruled {
    pub(super) rule: Arc<Rule>,
    pub(super) sorted: Arc<OnceLock<Vec<u32>>>,
    /// The changed nodes that fulfil the rule, by their values.
    pub(super) added: OrderedSet<Entry>,
}

/// The values of a node and its id.
pub(super) type Entry = (Values, u32);

/// The values of a node in the order of an index's keys; those of most indexes are one.
#[derive(Clone, Debug)]
pub(super) enum Values {
    One(Value),
    Several(Arc<[Value]>),
}

impl Deref for Values {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        match self {
            Values::One(value) => std::slice::from_ref(value),
            Values::Several(values) => values,
        }
    }
}

impl PartialEq for Values {
    fn eq(&self, other: &Values) -> bool {
        **self == **other
    }
}

impl Eq for Values {}

impl PartialOrd for Values {
    fn partial_cmp(&self, other: &Values) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Values {
    fn cmp(&self, other: &Values) -> Ordering {
        match (self, other) {
            (Values::One(one), Values::One(other)) => one.cmp(other),
            _ => (**self).cmp(&**other),
        }
    }
}

impl Ruled {
    fn new(rule: Rule, sorted: Option<Vec<u32>>) -> Ruled {
        let sorted = Arc::new(sorted.map_or_else(OnceLock::new, OnceLock::from));
        Ruled { rule: Arc::new(rule), sorted, added: OrderedSet::default() }
    }

    pub(super) fn sorted(&self, base: &Base) -> &[u32] {
        self.sorted.get_or_init(|| match sort(base, &self.rule, &mut |_| Ok::<(), Infallible>(())) {
            Ok(sorted) => sorted,
        })
    }

    /// Whether the rule is about the property; any rule may be about labels (`None`).
    fn is_about(&self, key: Option<KeyId>) -> bool {
        key.is_none_or(|key| self.rule.keys.contains(&key))
    }
}

/// The rules, each with its sorted nodes.
pub(super) type MergedIndexes = Vec<(Arc<Rule>, Arc<OnceLock<Vec<u32>>>)>;

/// Rules.
impl Graph {
    /// The indexes and constraints, in the order in which they were made.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|ruled| &*ruled.rule)
    }

    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules().find(|rule| &*rule.name == name)
    }

    /// Adds a rule. If the graph breaks it already, says which node does; the caller then rolls back.
    pub fn add_rule(&mut self, rule: Rule) -> Result<(), Violation> {
        match self.add_rule_within(rule, || Ok::<(), Infallible>(())) {
            Ok(None) => Ok(()),
            Ok(Some(violation)) => Err(violation),
        }
    }

    /// The same, but calls `poll` as it sorts the nodes for an index and for each node that is looked at; its error ends
    /// the work, and the caller rolls back.
    pub fn add_rule_within<E>(
        &mut self,
        rule: Rule,
        mut poll: impl FnMut() -> Result<(), E>,
    ) -> Result<Option<Violation>, E> {
        let label = rule.label;
        let sorted = match rule.kind.is_index() {
            true => Some(sort(&self.base, &rule, &mut |_| poll())?),
            false => None,
        };
        self.add_sorted(Ruled::new(rule, sorted));
        let ruled = self.rules.last().expect("it was added just now");
        for node in self.nodes_with_label(label) {
            poll()?;
            if let Some(violation) = self.violation(ruled, node) {
                return Ok(Some(violation));
            }
        }
        Ok(None)
    }

    /// Adds a rule that is known to hold at the end of the transaction.
    pub(super) fn add_unchecked(&mut self, rule: Rule) {
        self.add_sorted(Ruled::new(rule, None));
    }

    fn add_sorted(&mut self, ruled: Ruled) {
        self.log(Undo::AddRule(ruled.rule.clone()));
        self.rules.push(ruled);
        self.enter_changed(self.rules.len() - 1);
        self.planning += 1;
    }

    /// Whether there was such a rule.
    pub fn drop_rule(&mut self, name: &str) -> bool {
        let Some(at) = self.rules.iter().position(|ruled| &*ruled.rule.name == name) else { return false };
        let ruled = self.rules.remove(at);
        self.log(Undo::DropRule(at, ruled));
        self.planning += 1;
        true
    }

    /// The first rule that is broken by a node changed since the savepoint.
    pub fn broken_rule(&self, since: Savepoint) -> Option<Violation> {
        if !self.rules.iter().any(|ruled| ruled.rule.kind.is_constraint()) {
            return None;
        }
        let mut changed: BTreeSet<NodeId> = BTreeSet::new();
        self.journal[since.0..].iter().for_each(|undo| undo.each_node(&mut |node| _ = changed.insert(node)));
        let live = changed.into_iter().filter(|node| !self.is_deleted(Entity::Node(*node)));
        live.into_iter().find_map(|node| self.rules.iter().find_map(|ruled| self.violation(ruled, node)))
    }

    fn violation(&self, ruled: &Ruled, node: NodeId) -> Option<Violation> {
        let rule = &ruled.rule;
        let relevant = rule.kind.is_constraint() && self.has_label(node, rule.label);
        if !relevant {
            return None;
        }
        let values = self.ruled_values(rule, node);
        let twin = match (rule.kind, values) {
            (RuleKind::Index, _) | (RuleKind::NotNull, Some(_)) | (RuleKind::Unique, None) => return None,
            (RuleKind::NotNull, None) => None,
            (RuleKind::Unique, Some(values)) => {
                let values = values.to_vec();
                let seek = Seek { equal: values.clone(), next: None };
                let other = self.seek_in(ruled, &seek).into_iter().find(|other| *other != node)?;
                Some((other, values))
            }
        };
        Some(Violation { rule: rule.clone(), node, twin })
    }

    /// The values of the rule's keys, if the node has all of them.
    fn ruled_values(&self, rule: &Rule, node: NodeId) -> Option<Values> {
        let value = |key: &KeyId| Some(self.property(node, *key)).filter(|value| !value.is_null());
        match rule.keys.as_slice() {
            [key] => value(key).map(Values::One),
            keys => keys.iter().map(value).collect::<Option<_>>().map(Values::Several),
        }
    }

    /// The nodes that an index finds, ascending; `None` if there is no such index.
    pub fn index_seek(&self, index: &str, seek: &Seek) -> Option<Vec<NodeId>> {
        let ruled = self.rules.iter().find(|ruled| &*ruled.rule.name == index && ruled.rule.kind.is_index())?;
        Some(self.seek_in(ruled, seek))
    }

    /// About how many different values the nodes have that stand in an index; `None` if there is no such index.
    pub fn index_distinct(&self, index: &str) -> Option<usize> {
        let ruled = self.rules.iter().find(|ruled| &*ruled.rule.name == index)?;
        let columns: Option<Vec<_>> = ruled.rule.keys.iter().map(|key| column(&self.base.node_columns, *key)).collect();
        let in_base = columns.map_or(0, |columns| {
            let distinct = columns.iter().map(|column| column.distinct_estimate());
            let nodes = columns.iter().map(|column| column.count()).min().unwrap_or(0);
            distinct.fold(1, usize::saturating_mul).min(nodes)
        });
        Some((in_base + ruled.added.len()).max(1))
    }

    fn seek_in(&self, ruled: &Ruled, seek: &Seek) -> Vec<NodeId> {
        let rule = &ruled.rule;
        let sorted = ruled.sorted(&self.base);
        let from = sorted.partition_point(|node| seek.compare_in(&self.base, rule, *node) == Ordering::Less);
        let within = sorted[from..].partition_point(|node| seek.compare_in(&self.base, rule, *node).is_eq());
        let old = sorted[from..from + within].iter().map(|node| NodeId::new(*node as usize));
        let mut found: Vec<NodeId> = old.filter(|node| !self.is_touched(rule, *node)).collect();
        let added = ruled.added.iter_from(|(values, _)| seek.compare(values).is_lt());
        let added = added.take_while(|(values, _)| seek.compare(values).is_eq());
        found.extend(added.map(|(_, node)| NodeId::new(*node as usize)));
        found.sort_unstable();
        found
    }

    /// Whether the node's labels or indexed properties have changed since the base was made, so that the sorted nodes
    /// say nothing of it.
    pub(super) fn is_touched(&self, rule: &Rule, node: NodeId) -> bool {
        let delta = &self.delta;
        node.index() >= self.base.node_bound
            || delta.labels.contains(node.index())
            || rule
                .keys
                .iter()
                .any(|key| delta.node_properties.get(key.index()).is_some_and(|c| c.contains(node.index())))
    }

    /// What the node has in an index besides the sorted nodes.
    fn entry(&self, ruled: &Ruled, node: NodeId) -> Option<Entry> {
        let rule = &ruled.rule;
        let relevant = rule.kind.is_index() && self.has_label(node, rule.label) && self.is_touched(rule, node);
        let values = relevant.then(|| self.ruled_values(rule, node))??;
        Some((values, node.index() as u32))
    }

    /// Takes a node whose property (`None`: whose labels) will change out of the indexes.
    pub(super) fn leave_indexes(&mut self, node: NodeId, key: Option<KeyId>) {
        for number in 0..self.rules.len() {
            if self.rules[number].is_about(key)
                && !self.rules[number].added.is_empty()
                && let Some(entry) = self.entry(&self.rules[number], node)
            {
                self.rules[number].added.remove(&entry);
            }
        }
    }

    /// Enters a node that has changed into the indexes that it belongs to.
    pub(super) fn enter_indexes(&mut self, node: NodeId, key: Option<KeyId>) {
        for number in 0..self.rules.len() {
            if self.rules[number].is_about(key)
                && let Some(entry) = self.entry(&self.rules[number], node)
            {
                self.rules[number].added.insert(entry);
            }
        }
    }

    /// As [`Graph::enter_indexes`], for many nodes.
    pub(super) fn enter_all_indexes(&mut self, nodes: &[u32], key: Option<KeyId>) {
        for number in 0..self.rules.len() {
            let ruled = &self.rules[number];
            if ruled.is_about(key) {
                let entries = nodes.iter().filter_map(|node| self.entry(ruled, NodeId::new(*node as usize))).collect();
                self.rules[number].added.extend(entries);
            }
        }
    }

    /// As [`Graph::leave_indexes`], for many nodes.
    pub(super) fn leave_all_indexes(&mut self, nodes: &[u32], key: Option<KeyId>) {
        if self.rules.iter().any(|ruled| ruled.is_about(key) && !ruled.added.is_empty()) {
            nodes.iter().for_each(|node| self.leave_indexes(NodeId::new(*node as usize), key));
        }
    }

    /// Enters nodes that were created just now into the indexes that they belong to.
    pub(super) fn enter_new_nodes(&mut self, nodes: Range<usize>, labels: &[LabelId]) {
        for number in 0..self.rules.len() {
            let ruled = &self.rules[number];
            if labels.contains(&ruled.rule.label) && ruled.rule.kind.is_index() {
                let entry = |node: usize| Some((self.ruled_values(&ruled.rule, NodeId::new(node))?, node as u32));
                let entries = nodes.clone().filter_map(entry).collect();
                self.rules[number].added.extend(entries);
            }
        }
    }

    /// Enters all nodes that have changed into an index.
    pub(super) fn enter_changed(&mut self, number: usize) {
        let rule = self.rules[number].rule.clone();
        let properties = rule.keys.iter().filter_map(|key| self.delta.node_properties(*key));
        let changed = properties.flat_map(|changes| changes.iter().map(|(node, _)| node));
        let mut changed: Vec<usize> = changed.chain(self.delta.labels.iter().map(|(node, _)| node)).collect();
        changed.sort_unstable();
        changed.dedup();
        let entries = changed.into_iter().filter_map(|node| self.entry(&self.rules[number], NodeId::new(node)));
        let mut added = OrderedSet::default();
        added.extend(entries.collect());
        self.rules[number].added = added;
    }

    /// The sorted nodes of each index as they will be after a merge; those that nobody has needed are not made.
    pub(super) fn merged_indexes(&self) -> MergedIndexes {
        let is_changed = |rule: &Rule| {
            !self.delta.labels.is_empty() || rule.keys.iter().any(|key| self.delta.node_properties(*key).is_some())
        };
        let merged = |ruled: &Ruled| match ruled.sorted.get() {
            Some(sorted) if is_changed(&ruled.rule) => Arc::new(OnceLock::from(self.merged_index(ruled, sorted))),
            Some(_) => ruled.sorted.clone(),
            None => Arc::default(),
        };
        self.rules.iter().map(|ruled| (ruled.rule.clone(), merged(ruled))).collect()
    }

    fn merged_index(&self, ruled: &Ruled, sorted: &[u32]) -> Vec<u32> {
        let rule = &*ruled.rule;
        let mut merged = Vec::with_capacity(sorted.len() + ruled.added.len());
        let mut rest = sorted;
        for (values, node) in ruled.added.iter() {
            let seek = Seek { equal: values.to_vec(), next: None };
            let order = |old: &u32| seek.compare_in(&self.base, rule, *old).then(old.cmp(node));
            let (before, after) = rest.split_at(rest.partition_point(|old| order(old).is_lt()));
            merged.extend(before.iter().filter(|old| !self.is_touched(rule, NodeId::new(**old as usize))));
            merged.push(*node);
            rest = after;
        }
        merged.extend(rest.iter().filter(|old| !self.is_touched(rule, NodeId::new(**old as usize))));
        merged
    }

    /// Takes over indexes that were merged, after the base has become another.
    pub(super) fn install_indexes(&mut self, merged: MergedIndexes) {
        for number in 0..self.rules.len() {
            let ruled = &mut self.rules[number];
            let same = merged.iter().find(|(rule, _)| Arc::ptr_eq(rule, &ruled.rule));
            ruled.sorted = same.map_or_else(Arc::default, |(_, sorted)| sorted.clone());
            self.enter_changed(number);
        }
    }

    /// Forgets the sorted nodes of some rules, which another base has made stale; of a graph without delta.
    pub(super) fn forget_indexes(&mut self, stale: &[bool]) {
        for (ruled, _) in self.rules.iter_mut().zip(stale).filter(|(_, stale)| **stale) {
            ruled.sorted = Arc::default();
        }
    }

    /// The rules with their sorted nodes, of a graph without delta.
    pub(crate) fn sorted_rules(&self) -> impl Iterator<Item = (&Rule, &[u32])> {
        self.rules.iter().map(|ruled| {
            let index = if ruled.rule.kind.is_index() { ruled.sorted(&self.base) } else { &[] };
            (&*ruled.rule, index)
        })
    }

    /// Takes over rules as they were kept.
    pub(crate) fn restore_rules(&mut self, rules: Vec<(Rule, Option<Vec<u32>>)>) {
        self.rules = rules.into_iter().map(|(rule, sorted)| Ruled::new(rule, sorted)).collect();
    }

    /// Bytes of the indexes that have been made.
    pub(super) fn index_bytes(&self) -> usize {
        self.rules.iter().filter_map(|ruled| ruled.sorted.get()).map(|sorted| size_of_val(&**sorted)).sum()
    }
}

/// The nodes of the base that the rule is about, by their values.
fn sort<E>(base: &Base, rule: &Rule, poll: Poll<E>) -> Result<Vec<u32>, E> {
    let has_label = |node: &u32| base.label_sets.of(*node as usize).contains(&rule.label);
    let value = |node: u32, key: &KeyId| base.node_value(NodeId::new(node as usize), *key);
    let nodes = (0..base.node_bound as u32).filter(has_label);
    if let [key] = rule.keys.as_slice() {
        let Some(column) = column(&base.node_columns, *key) else { return Ok(Vec::new()) };
        let slots = nodes.filter_map(|node| Some((column.slot(node as usize)?, node)));
        return match column.data() {
            Data::Integer(values) => by_key(slots.map(|(slot, node)| (values[slot], node)), poll),
            Data::Text { codes, dictionary } => {
                let unsorted = (0..dictionary.len() as u32).collect();
                let by_text = |a: &u32, b: &u32| dictionary.get(*a).cmp(dictionary.get(*b));
                let order: Vec<u32> = in_order(unsorted, &by_text, poll)?;
                let mut ranks = vec![0_u32; order.len()];
                (0..).zip(&order).for_each(|(rank, code)| ranks[*code as usize] = rank);
                by_key(slots.map(|(slot, node)| (ranks[codes[slot] as usize], node)), poll)
            }
            Data::Temporal(array) => by_key(slots.map(|(slot, node)| (array.key(slot), node)), poll),
            data @ (Data::Float(_) | Data::Boolean { .. } | Data::Mixed(_)) => {
                by_key(slots.map(|(slot, node)| (data.value(slot), node)), poll)
            }
        };
    }
    let values = |node: u32| -> Option<Vec<Value>> {
        let values = rule.keys.iter().map(|key| value(node, key));
        values.map(|value| (!value.is_null()).then_some(value)).collect()
    };
    by_key(nodes.filter_map(|node| Some((values(node)?, node))), poll)
}

fn by_key<K: Ord, E>(items: impl Iterator<Item = (K, u32)>, poll: Poll<E>) -> Result<Vec<u32>, E> {
    let items = in_order(items.collect(), &<(K, u32)>::cmp, poll)?;
    Ok(items.into_iter().map(|(_, node)| node).collect())
}
