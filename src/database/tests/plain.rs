//! What a database is compared with: a graph in memory, changed by the same statements without transactions.
//!
//! Each statement runs on a copy that takes the place of the graph if the statement succeeds. So nothing here undoes,
//! logs, repeats or recovers a change.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex};

use crate::engine::{Engine, RunOptions};
use crate::graph::{Direction, Entity, Graph, NodeId, RelationshipId, Rule, RuleKind, Seek, Value};

/// Everything there is to see in a graph, by names: a label that no node has is not seen.
pub(super) fn dump(graph: &Graph) -> Vec<String> {
    let bounds = (graph.node_bound(), graph.relationship_bound());
    let mut lines = vec![format!("{} {} {bounds:?}", graph.node_count(), graph.relationship_count())];
    lines.extend(graph.semantics().iter().map(|semantics| format!("{semantics:?}")));
    lines.extend(graph.rules().map(|rule| describe(graph, rule)));
    let label = |label| format!("{} {}", graph.label_name(label), graph.label_count(label));
    let mut counts: Vec<String> = graph.labels().filter(|l| graph.label_count(*l) > 0).map(label).collect();
    let type_of = |t| format!("{} {}", graph.type_name(t), graph.type_count(t));
    counts.extend(graph.types().filter(|t| graph.type_count(*t) > 0).map(type_of));
    counts.sort();
    lines.append(&mut counts);
    for node in (0..graph.node_bound()).map(NodeId::new) {
        let labels: Vec<_> = graph.node_labels(node).iter().map(|label| graph.label_name(*label)).collect();
        let deleted = graph.is_deleted(Entity::Node(node));
        let around = [around(graph, node, Direction::Outgoing), around(graph, node, Direction::Incoming)];
        lines.push(format!("n{} {deleted} {labels:?} {:?} {around:?}", node.index(), graph.properties(node)));
    }
    for id in (0..graph.relationship_bound()).map(RelationshipId::new) {
        if graph.is_deleted(Entity::Relationship(id)) {
            // A merge forgets what it was.
            lines.push(format!("r{} deleted", id.index()));
            continue;
        }
        let shape = graph.relationship(id);
        let ends = (graph.type_name(shape.relationship_type), shape.start.index(), shape.end.index());
        lines.push(format!("r{} {ends:?} {:?}", id.index(), graph.properties(id)));
    }
    lines
}

pub(super) fn fingerprint(graph: &Graph) -> u64 {
    let mut hasher = DefaultHasher::new();
    dump(graph).hash(&mut hasher);
    hasher.finish()
}

fn describe(graph: &Graph, rule: &Rule) -> String {
    let keys: Vec<_> = rule.keys.iter().map(|key| graph.key_name(*key)).collect();
    format!("{} {:?} {} {keys:?}", rule.name, rule.kind, graph.label_name(rule.label))
}

fn around(graph: &Graph, node: NodeId, direction: Direction) -> Vec<(&Arc<str>, usize, usize)> {
    let adjacent = graph.adjacent(node, direction, None);
    let mut around: Vec<_> =
        adjacent.map(|a| (graph.type_name(a.relationship_type), a.neighbour.index(), a.relationship.index())).collect();
    assert_eq!(around.len(), graph.degree(node, direction), "the degree of node {}", node.index());
    // Types are numbered in the order in which they were first heard of, be it in a statement that failed.
    around.sort();
    around
}

/// Checks that parts of a graph that say the same agree: counts, labels, adjacency both ways, indexes.
pub(super) fn check(graph: &Graph) {
    let degrees = |direction| graph.nodes().map(|node| graph.degree(node, direction)).sum::<usize>();
    let count = graph.relationship_count();
    assert_eq!((degrees(Direction::Outgoing), degrees(Direction::Incoming)), (count, count), "degrees");
    assert_eq!((graph.nodes().count(), graph.relationships().count()), (graph.node_count(), count), "counts");
    for label in graph.labels() {
        let scanned = graph.nodes().filter(|node| graph.node_labels(*node).contains(&label));
        assert!(scanned.eq(graph.nodes_with_label(label)), "nodes with label {}", graph.label_name(label));
        assert_eq!(graph.nodes_with_label(label).count(), graph.label_count(label), "label count");
    }
    let mut by_type = vec![0; graph.types().count()];
    graph.relationships().for_each(|id| by_type[graph.relationship(id).relationship_type.index()] += 1);
    graph.types().for_each(|t| assert_eq!(by_type[t.index()], graph.type_count(t), "{}", graph.type_name(t)));
    graph.rules().filter(|rule| rule.kind.is_constraint()).for_each(|rule| check_constraint(graph, rule));
    graph.rules().filter(|rule| rule.kind.is_index() && rule.keys.len() == 1).for_each(|rule| check_index(graph, rule));
}

fn check_constraint(graph: &Graph, rule: &Rule) {
    let values = |node| rule.keys.iter().map(|key| graph.property(node, *key)).collect::<Vec<Value>>();
    let mut all: Vec<Vec<Value>> = graph.nodes_with_label(rule.label).map(values).collect();
    if rule.kind == RuleKind::NotNull {
        assert!(all.iter().flatten().all(|value| !value.is_null()), "{}", describe(graph, rule));
        return;
    }
    all.retain(|values| values.iter().all(|value| matches!(value, Value::Integer(_) | Value::String(_))));
    let mut texts: Vec<String> = all.iter().map(|values| format!("{values:?}")).collect();
    texts.sort();
    assert!(texts.windows(2).all(|two| two[0] != two[1]), "{}", describe(graph, rule));
}

fn check_index(graph: &Graph, rule: &Rule) {
    let key = rule.keys[0];
    let mut values: Vec<Value> = graph.nodes_with_label(rule.label).map(|node| graph.property(node, key)).collect();
    values.retain(|value| matches!(value, Value::Integer(_) | Value::String(_)));
    values.sort_by_cached_key(|value| format!("{value:?}"));
    values.dedup();
    // All of a small index, some of a large one.
    for value in values.iter().step_by(1 + values.len() / 50) {
        let nodes = graph.nodes_with_label(rule.label);
        let scanned: Vec<NodeId> = nodes.filter(|node| graph.property(*node, key) == *value).collect();
        let mut found =
            graph.index_seek(&rule.name, &Seek { equal: vec![value.clone()], next: None }).expect("the index exists");
        found.sort();
        assert_eq!(found, scanned, "index {} for {value:?}", rule.name);
    }
}

/// What a statement gives: its rows, or the detail of its error.
pub(super) type Outcome = Result<Vec<Vec<Value>>, String>;

/// A graph that statements change at once and for good.
#[derive(Clone)]
pub(super) struct Plain {
    pub(super) graph: Graph,
    engine: Arc<Engine>,
}

impl Plain {
    pub(super) fn new() -> Plain {
        Plain { graph: Graph::new(), engine: Arc::default() }
    }

    /// Whether a statement changes the graph, and whether it commits by itself; or why it cannot be planned.
    pub(super) fn kind(&self, statement: &str) -> Result<(bool, bool), String> {
        let options = RunOptions { cache: false, ..RunOptions::default() };
        let prepared = self.engine.prepare(&self.graph, statement, &options);
        let prepared = prepared.map_err(|errors| errors[0].detail.to_string())?;
        Ok((prepared.writes(), prepared.commits()))
    }

    /// Runs a statement within a transaction, where those that commit by themselves fail; the graph after it.
    pub(super) fn run_within(&mut self, statement: &str) -> Option<Graph> {
        match self.kind(statement) {
            Ok((_, true)) | Err(_) => None,
            Ok(_) => self.run(statement).1.pop(),
        }
    }

    /// Runs a statement; the graphs after the commits that it makes by itself, for which `before` is where they begin.
    pub(super) fn run(&mut self, statement: &str) -> (Outcome, Vec<Graph>) {
        let commits: Mutex<Vec<Graph>> = Mutex::default();
        let commit = |graph: &mut Graph| {
            if graph.change_count() > 0 {
                commits.lock().expect("nobody panicked").push(graph.clone());
            }
            graph.begin();
            Ok(())
        };
        let options = RunOptions { cache: false, ..RunOptions::default() };
        let mut graph = self.graph.clone();
        graph.begin();
        let outcome = self.engine.prepare(&graph, statement, &options).and_then(|prepared| match prepared.writes() {
            true => self.engine.write(&mut graph, &prepared, &options, Some(&commit)),
            false => self.engine.read(&Arc::new(graph.clone()), &prepared, &options),
        });
        let mut commits = commits.into_inner().expect("nobody panicked");
        if outcome.is_ok() && graph.change_count() > 0 {
            commits.push(graph);
        }
        if let Some(last) = commits.last() {
            self.graph = last.clone();
        }
        (outcome.map(|result| result.rows.into_vec()).map_err(|errors| errors[0].detail.to_string()), commits)
    }
}
