//! Base and delta are one graph: on random changes, a graph that is merged now and then and one that never is say the
//! same; a rollback leaves no trace; a graph built in bulk is the one made step by step.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::graph::temporal::laws::any_temporal_value;
use crate::graph::{LabelNaming, RelationSemantics, decision};

mod seen;

use seen::check_indexes;
pub(super) use seen::dump;

const NODES: usize = 8;

#[derive(Clone, Debug)]
enum Change {
    Node,
    Relationship(usize, usize, usize),
    Label(usize, usize),
    NoLabel(usize, usize),
    Property(usize, usize, Value),
    RelationshipProperty(usize, usize, Value),
    DeleteRelationship(usize),
    DeleteNode(usize),
    AddRule(usize, RuleKind),
    DropRule(usize),
    Declare(usize),
    Merge,
    RolledBack(Vec<Change>),
    /// A number of nodes, each with these labels and, by key, some of these values.
    Nodes(usize, Vec<usize>, Vec<Value>),
    Relationships(usize, Vec<(usize, usize, Value)>),
    Properties(EntityKind, usize, BTreeMap<u32, Value>),
    DeleteRelationships(BTreeSet<usize>),
    DeleteNodes(BTreeSet<usize>),
    Labels(usize, BTreeSet<usize>),
    NoLabels(usize, BTreeSet<usize>),
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        (0..3_i64).prop_map(Value::Integer),
        Just(Value::Float(0.5)),
        any::<bool>().prop_map(Value::Boolean),
        "[ab]{0,2}".prop_map(Value::from),
        Just(Value::list([Value::Integer(1)])),
        any_temporal_value(),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let node = 0..NODES;
    prop_oneof![
        3 => Just(Change::Node),
        6 => (node.clone(), 0..3_usize, node.clone()).prop_map(|(a, t, b)| Change::Relationship(a, t, b)),
        3 => (node.clone(), 0..3_usize).prop_map(|(n, l)| Change::Label(n, l)),
        1 => (node.clone(), 0..3_usize).prop_map(|(n, l)| Change::NoLabel(n, l)),
        3 => (node.clone(), 0..3_usize, values()).prop_map(|(n, k, v)| Change::Property(n, k, v)),
        3 => (0..20_usize, 0..3_usize, values()).prop_map(|(r, k, v)| Change::RelationshipProperty(r, k, v)),
        2 => (0..20_usize).prop_map(Change::DeleteRelationship),
        1 => node.clone().prop_map(Change::DeleteNode),
        1 => (0..6_usize, prop::sample::select(vec![RuleKind::Index, RuleKind::Unique, RuleKind::NotNull]))
            .prop_map(|(number, kind)| Change::AddRule(number, kind)),
        1 => (0..6_usize).prop_map(Change::DropRule),
        1 => (0..3_usize).prop_map(Change::Declare),
        2 => Just(Change::Merge),
        1 => (1..70_usize, prop::sample::subsequence(vec![0, 1, 2], 0..3), prop::collection::vec(values(), 1..5))
            .prop_map(|(count, labels, values)| Change::Nodes(count, labels, values)),
        1 => (0..3_usize, prop::collection::vec((node.clone(), node.clone(), values()), 1..8))
            .prop_map(|(t, ends)| Change::Relationships(t, ends)),
        2 => (any::<bool>(), 0..3_usize, prop::collection::btree_map(0..20_u32, values(), 1..8)).prop_map(
            |(nodes, key, values)| {
                let kind = if nodes { EntityKind::Node } else { EntityKind::Relationship };
                Change::Properties(kind, key, values)
            }
        ),
        1 => prop::collection::btree_set(0..20_usize, 1..6).prop_map(Change::DeleteRelationships),
        1 => prop::collection::btree_set(0..20_usize, 1..6).prop_map(Change::DeleteNodes),
        1 => (0..3_usize, prop::collection::btree_set(0..20_usize, 1..6)).prop_map(|(l, nodes)| Change::Labels(l, nodes)),
        1 => (0..3_usize, prop::collection::btree_set(0..20_usize, 1..6)).prop_map(|(l, nodes)| Change::NoLabels(l, nodes)),
    ]
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let some = prop::collection::vec(change(), 0..12);
    let taken_back = some.prop_map(|changes| {
        Change::RolledBack(changes.into_iter().filter(|change| !matches!(change, Change::Merge)).collect())
    });
    prop::collection::vec(prop_oneof![12 => change(), 1 => taken_back], 0..60)
}

/// A graph with the names that changes speak of.
pub(super) fn named() -> Graph {
    let mut graph = Graph::new();
    for name in ["A", "B", "C"] {
        graph.intern_label(name);
        graph.intern_type(name);
        graph.intern_key(name);
    }
    graph
}

fn live(graph: &Graph, node: usize) -> Option<NodeId> {
    (node < graph.node_bound()).then(|| NodeId::new(node)).filter(|node| !graph.is_deleted(Entity::Node(*node)))
}

fn live_relationship(graph: &Graph, relationship: usize) -> Option<RelationshipId> {
    let known = (relationship < graph.relationship_bound()).then(|| RelationshipId::new(relationship));
    known.filter(|relationship| !graph.is_deleted(Entity::Relationship(*relationship)))
}

/// Applies what can be applied.
fn apply(graph: &mut Graph, change: &Change, merge: bool) {
    let id = |number: usize| number as u32;
    match change {
        Change::Node => _ = graph.create_node(),
        Change::Relationship(start, t, end) => {
            if let (Some(start), Some(end)) = (live(graph, *start), live(graph, *end)) {
                graph.create_relationship(start, TypeId::from(id(*t)), end);
            }
        }
        Change::Label(node, label) => {
            if let Some(node) = live(graph, *node) {
                graph.add_label(node, LabelId::from(id(*label)));
            }
        }
        Change::NoLabel(node, label) => {
            if let Some(node) = live(graph, *node) {
                graph.remove_label(node, LabelId::from(id(*label)));
            }
        }
        Change::Property(node, key, value) => {
            if let Some(node) = live(graph, *node) {
                graph.set_property(node, KeyId::from(id(*key)), value.clone());
            }
        }
        Change::RelationshipProperty(relationship, key, value) => {
            if let Some(relationship) = live_relationship(graph, *relationship) {
                graph.set_property(relationship, KeyId::from(id(*key)), value.clone());
            }
        }
        Change::DeleteRelationship(relationship) => {
            if let Some(relationship) = live_relationship(graph, *relationship) {
                graph.delete_relationship(relationship);
            }
        }
        Change::DeleteNode(node) => {
            if let Some(node) = live(graph, *node).filter(|node| graph.degree(*node, Direction::Both) == 0) {
                graph.delete_node(node);
            }
        }
        Change::AddRule(number, kind) => {
            let name: Arc<str> = format!("rule {number}").into();
            if graph.rule(&name).is_none() {
                let keys = if number % 2 == 0 { vec![0] } else { vec![1, 0] };
                let keys = keys.into_iter().map(KeyId::from).collect();
                let rule = Rule { name: name.clone(), kind: *kind, label: LabelId::from(id(number % 3)), keys };
                let start = graph.savepoint();
                if graph.add_rule(rule).is_err() {
                    graph.rollback_to(start);
                }
            }
        }
        Change::DropRule(number) => _ = graph.drop_rule(&format!("rule {number}")),
        Change::Declare(number) => {
            let name = ["A", "B", "C"][*number];
            match graph.semantics().get(name) {
                Some(_) => _ = graph.undeclare(name),
                None => graph.declare(RelationSemantics::new(name)),
            }
            match graph.semantics().naming(name) {
                Some(_) => _ = graph.forget_naming(name),
                None => graph.name_by(LabelNaming { label: name.into(), named_by: vec![name.to_lowercase()] }),
            }
            decision::toggle(graph, name);
        }
        Change::Merge => {
            if merge {
                graph.commit();
                graph.merge();
            }
        }
        Change::Nodes(count, labels, values) => {
            let labels = labels.iter().map(|label| LabelId::from(id(*label))).collect();
            graph.create_nodes(*count, labels, columns(*count, values));
        }
        Change::Relationships(t, ends) => {
            let (ends, values) = live_ends(graph, ends);
            graph.create_relationships(TypeId::from(id(*t)), &ends, vec![(KeyId::from(1), values)]);
        }
        Change::Properties(kind, key, values) => {
            let (entities, values) = values
                .iter()
                .filter(|(number, _)| is_live(graph, *kind, **number))
                .map(|(number, value)| (*number, value.clone()))
                .unzip();
            graph.set_properties(*kind, KeyId::from(id(*key)), entities, values);
        }
        Change::DeleteRelationships(ids) => {
            let live: Vec<RelationshipId> = ids.iter().filter_map(|id| live_relationship(graph, *id)).collect();
            graph.delete_relationships(&live);
        }
        Change::DeleteNodes(nodes) => {
            let live = nodes.iter().filter_map(|node| live(graph, *node));
            let alone: Vec<NodeId> = live.filter(|node| graph.degree(*node, Direction::Both) == 0).collect();
            graph.delete_nodes(&alone);
        }
        Change::Labels(label, nodes) => {
            let label = LabelId::from(id(*label));
            graph.add_labels(label, labelled(graph, label, nodes, false));
        }
        Change::NoLabels(label, nodes) => {
            let label = LabelId::from(id(*label));
            graph.remove_labels(label, labelled(graph, label, nodes, true));
        }
        Change::RolledBack(changes) => {
            graph.begin();
            changes.iter().for_each(|change| apply(graph, change, false));
            graph.rollback();
        }
    }
}

/// The values of two keys for a number of nodes.
fn columns(count: usize, values: &[Value]) -> Vec<PropertyColumn> {
    let value = |at: usize| values[at % values.len()].clone();
    let column = |key: usize| (KeyId::from(key as u32), (0..count).map(|node| value(node + key)).collect());
    vec![column(0), column(2)]
}

/// The live ones among nodes that have a label, or do not.
fn labelled(graph: &Graph, label: LabelId, nodes: &BTreeSet<usize>, have_it: bool) -> Vec<u32> {
    let live = nodes.iter().filter_map(|node| live(graph, *node));
    live.filter(|node| graph.has_label(*node, label) == have_it).map(|node| node.index() as u32).collect()
}

fn live_ends(graph: &Graph, ends: &[(usize, usize, Value)]) -> (Vec<(NodeId, NodeId)>, Vec<Value>) {
    let both =
        ends.iter().filter_map(|(start, end, value)| Some(((live(graph, *start)?, live(graph, *end)?), value.clone())));
    both.unzip()
}

fn is_live(graph: &Graph, kind: EntityKind, number: u32) -> bool {
    match kind {
        EntityKind::Node => live(graph, number as usize).is_some(),
        EntityKind::Relationship => live_relationship(graph, number as usize).is_some(),
    }
}

/// What a change in bulk is short for.
fn singles(graph: &Graph, change: &Change) -> Vec<Change> {
    match change {
        Change::Nodes(count, labels, values) => {
            let (first, columns) = (graph.node_bound(), columns(*count, values));
            let one = |at: usize| {
                let node = first + at;
                let labels = labels.iter().map(move |label| Change::Label(node, *label));
                let properties = columns.iter();
                let properties =
                    properties.map(move |(key, values)| Change::Property(node, key.index(), values[at].clone()));
                [Change::Node].into_iter().chain(labels).chain(properties)
            };
            (0..*count).flat_map(one).collect()
        }
        Change::Relationships(t, ends) => {
            let first = graph.relationship_bound();
            let (ends, values) = live_ends(graph, ends);
            let each = ends.into_iter().zip(values).zip(first..);
            each.flat_map(|(((start, end), value), id)| {
                let property = Change::RelationshipProperty(id, 1, value);
                [Change::Relationship(start.index(), *t, end.index()), property]
            })
            .collect()
        }
        Change::Properties(kind, key, values) => {
            let single = |(number, value): (&u32, &Value)| match kind {
                EntityKind::Node => Change::Property(*number as usize, *key, value.clone()),
                EntityKind::Relationship => Change::RelationshipProperty(*number as usize, *key, value.clone()),
            };
            values.iter().map(single).collect()
        }
        Change::DeleteRelationships(ids) => ids.iter().map(|id| Change::DeleteRelationship(*id)).collect(),
        Change::DeleteNodes(nodes) => nodes.iter().map(|node| Change::DeleteNode(*node)).collect(),
        Change::Labels(label, nodes) => nodes.iter().map(|node| Change::Label(*node, *label)).collect(),
        Change::NoLabels(label, nodes) => nodes.iter().map(|node| Change::NoLabel(*node, *label)).collect(),
        Change::RolledBack(_) => Vec::new(),
        single => vec![single.clone()],
    }
}

/// The arrays say what the general way says.
pub(super) fn check_arrays(graph: &Graph) {
    for node in graph.nodes() {
        for t in graph.types() {
            for direction in [Direction::Outgoing, Direction::Incoming] {
                let types = [t];
                let plain: Vec<u32> =
                    graph.adjacent(node, direction, Some(&types)).map(|a| a.neighbour.index() as u32).collect();
                assert_eq!(graph.degree_by_type(node, direction, t), plain.len());
                if let Some(neighbours) = graph.neighbours(node, direction, t) {
                    assert_eq!(neighbours, plain);
                }
                assert_eq!(graph.current_neighbour_lists(direction, t).of(node.index()), plain);
                let around: Vec<(u32, RelationshipId)> = graph
                    .adjacent(node, direction, Some(&types))
                    .map(|a| (a.neighbour.index() as u32, a.relationship))
                    .collect();
                let lists = graph.current_relationship_lists(direction, t);
                assert_eq!(lists.of(node.index()).collect::<Vec<_>>(), around);
                let owners = graph.owners(direction, t, node.index() / 64);
                assert!(plain.is_empty() || owners >> (node.index() % 64) & 1 == 1);
            }
        }
        for key in graph.keys() {
            let value = graph.current_node_column(key).map_or(Value::Null, |column| column.value(node.index()));
            assert_eq!(format!("{value:?}"), format!("{:?}", graph.property(node, key)));
            let old = graph.node_column(key).map_or(Value::Null, |column| column.value(node.index()));
            let value = graph.changed_value(node, key).unwrap_or(&old);
            assert_eq!(format!("{value:?}"), format!("{:?}", graph.property(node, key)));
            let bit = graph.changed_word(key, node.index() / 64) >> (node.index() % 64) & 1;
            assert_eq!(bit == 1, graph.changed_value(node, key).is_some());
        }
        assert!(graph.labels().all(|l| graph.label_bitmap(l).contains(node.index()) == graph.has_label(node, l)));
    }
    for (relationship, key) in graph.relationships().flat_map(|r| graph.keys().map(move |key| (r, key))) {
        let changed = graph.changed_relationship_value(relationship, key);
        let column = graph.relationship_column(key);
        let old = column.map_or(Value::Null, |column| column.value(relationship.index()));
        let value = changed.unwrap_or(&old);
        assert_eq!(format!("{value:?}"), format!("{:?}", graph.property(relationship, key)));
        assert!(changed.is_none() || !graph.relationship_column_is_clean(key));
    }
    for t in graph.types() {
        let all = graph.relationships().map(|r| graph.relationship(r)).filter(|r| r.relationship_type == t);
        let mut pairs: Vec<(usize, usize)> = all.map(|r| (r.start.index(), r.end.index())).collect();
        pairs.sort_unstable();
        let loops: Vec<u32> =
            pairs.iter().filter(|(start, end)| start == end).map(|(start, _)| *start as u32).collect();
        let found = graph.repetitions(t);
        assert_eq!(found.loops, loops);
        assert!(found.parallel || pairs.windows(2).all(|pair| pair[0] != pair[1]));
        for direction in [Direction::Outgoing, Direction::Incoming] {
            for label in graph.labels().filter(|label| graph.owners_have_label(direction, t, *label)) {
                let owners = graph.nodes().filter(|node| graph.degree_by_type(*node, direction, t) > 0);
                owners.for_each(|node| assert!(graph.has_label(node, label)));
            }
        }
    }
    check_indexes(graph);
}

proptest! {
    #[test]
    fn merging_changes_nothing(changes in changes()) {
        let (mut plain, mut merged) = (named(), named());
        for change in &changes {
            apply(&mut plain, change, false);
            apply(&mut merged, change, true);
        }
        prop_assert_eq!(dump(&plain), dump(&merged));
        check_arrays(&merged);
        check_arrays(&plain);
        merged.commit();
        merged.merge();
        prop_assert!(merged.is_clean());
        prop_assert_eq!(dump(&plain), dump(&merged));
        check_arrays(&merged);
    }

    #[test]
    fn a_rollback_leaves_no_trace(before in changes(), after in prop::collection::vec(change(), 0..20)) {
        let mut graph = named();
        before.iter().for_each(|change| apply(&mut graph, change, true));
        graph.commit();
        let (expected, snapshot) = (dump(&graph), Arc::new(graph.clone()));
        graph.begin();
        after.iter().for_each(|change| apply(&mut graph, change, false));
        prop_assert_eq!(&dump(&snapshot), &expected);
        graph.rollback();
        prop_assert_eq!(&dump(&graph), &expected);
    }

    /// The arrays are brought up to date from those of versions before.
    #[test]
    fn arrays_stay_up_to_date(changes in changes()) {
        let mut graph = named();
        for change in &changes {
            apply(&mut graph, change, true);
            check_arrays(&graph);
        }
    }

    #[test]
    fn changes_repeat_a_transaction(before in changes(), transaction in changes(), merged in any::<bool>()) {
        let mut graph = named();
        before.iter().for_each(|change| apply(&mut graph, change, true));
        graph.commit();
        if merged {
            graph.merge();
        }
        let mut other = graph.clone();
        graph.begin();
        for change in transaction.iter().filter(|change| !matches!(change, Change::RolledBack(_))) {
            apply(&mut graph, change, false);
        }
        other.begin();
        for change in graph.changes() {
            other.apply(change).expect("what was done can be repeated");
        }
        prop_assert_eq!(dump(&graph), dump(&other));
        prop_assert_eq!(graph.changes(), other.changes());
        other.commit();
        check_arrays(&other);
    }

    #[test]
    fn a_log_goes_into_a_new_base(before in changes(), transactions in prop::collection::vec(changes(), 1..4)) {
        let mut graph = named();
        before.iter().for_each(|change| apply(&mut graph, change, true));
        graph.commit();
        graph.merge();
        let mut replay = Replay::new(graph.clone());
        for transaction in transactions {
            graph.begin();
            for change in transaction.iter().filter(|change| !matches!(change, Change::RolledBack(_))) {
                apply(&mut graph, change, false);
            }
            for change in graph.changes() {
                replay.apply(change).expect("what was done can be repeated");
            }
            graph.commit_unmerged();
        }
        let replayed = replay.finish();
        prop_assert_eq!(dump(&graph), dump(&replayed));
        check_arrays(&replayed);
        check_indexes(&replayed);
        prop_assert!(replayed.is_clean());
    }

    #[test]
    fn many_changes_at_once_or_one_by_one(changes in changes(), merged in any::<bool>()) {
        let (mut bulk, mut single) = (named(), named());
        for change in &changes {
            let each = singles(&single, change);
            if matches!(change, Change::RolledBack(_)) {
                continue;
            }
            apply(&mut bulk, change, merged);
            each.iter().for_each(|change| apply(&mut single, change, false));
        }
        prop_assert_eq!(dump(&bulk), dump(&single));
        check_arrays(&bulk);
    }

    #[test]
    fn a_savepoint_leads_back(before in changes(), parts in prop::collection::vec(changes(), 1..4)) {
        let mut graph = named();
        before.iter().for_each(|change| apply(&mut graph, change, true));
        graph.commit();
        graph.begin();
        let mut states = Vec::new();
        for part in &parts {
            states.push((graph.savepoint(), dump(&graph)));
            for change in part.iter().filter(|change| !matches!(change, Change::RolledBack(_))) {
                apply(&mut graph, change, false);
            }
        }
        for (savepoint, state) in states.into_iter().rev() {
            graph.rollback_to(savepoint);
            prop_assert_eq!(dump(&graph), state);
            check_arrays(&graph);
        }
    }

    #[test]
    fn a_snapshot_never_changes(changes in changes(), use_arrays in any::<bool>()) {
        let mut graph = named();
        let mut snapshots = Vec::new();
        for change in &changes {
            if use_arrays {
                check_arrays(&graph);
            }
            snapshots.push((graph.clone(), dump(&graph)));
            apply(&mut graph, change, true);
        }
        for (snapshot, state) in &snapshots {
            prop_assert_eq!(&dump(snapshot), state);
            check_arrays(snapshot);
        }
    }

    /// The writer goes on while a snapshot is merged.
    #[test]
    fn a_merge_is_installed_later(steps in prop::collection::vec((change(), prop::bool::weighted(0.2)), 0..80)) {
        let (mut plain, mut graph) = (named(), named());
        let mut merging: Option<(Merged, usize)> = None;
        for (number, (change, start)) in steps.iter().enumerate() {
            apply(&mut plain, change, false);
            apply(&mut graph, change, false);
            graph.commit_unmerged();
            plain.commit_unmerged();
            if let Some((merged, _)) = merging.take_if(|(_, until)| *until <= number) {
                prop_assert!(graph.install(merged));
                prop_assert_eq!(dump(&plain), dump(&graph));
                check_arrays(&graph);
            }
            if *start && merging.is_none() {
                let snapshot = graph.clone();
                merging = Some((snapshot.merged_base(), number + 1 + number % 7));
            }
        }
        let late = graph.clone().merged_base();
        if let Some((merged, _)) = merging {
            prop_assert!(graph.install(merged));
            prop_assert!(!graph.install(late), "the base is another one");
        }
        prop_assert_eq!(dump(&plain), dump(&graph));
        graph.merge();
        prop_assert!(graph.is_clean());
        prop_assert_eq!(dump(&plain), dump(&graph));
        check_arrays(&graph);
    }

    #[test]
    fn in_bulk_or_step_by_step(
        pairs in prop::collection::vec((0..NODES as u32, 0..3_u32, 0..NODES as u32, values()), 0..40),
        labels in prop::collection::vec(0..3_u32, 0..3),
        properties in prop::collection::vec((0..NODES as u32, 0..3_u32, values()), 0..20),
    ) {
        let mut builder = GraphBuilder::new();
        for name in ["A", "B", "C"] {
            builder.intern_label(name);
            builder.intern_type(name);
            builder.intern_key(name);
        }
        let mut graph = named();
        let labels: Vec<LabelId> = labels.into_iter().map(LabelId::from).collect();
        prop_assert_eq!(builder.add_nodes(&labels, NODES), Some(0));
        for _ in 0..NODES {
            let node = graph.create_node();
            labels.iter().for_each(|label| graph.add_label(node, *label));
        }
        // Null in the builder says nothing, in the graph it removes.
        for (node, key, value) in properties.into_iter().filter(|(_, _, value)| !value.is_null()) {
            builder.set_node_property(node, KeyId::from(key), value.clone());
            graph.set_property(NodeId::new(node as usize), KeyId::from(key), value);
        }
        let mut sorted = Vec::new();
        for (start, t, end, value) in pairs {
            let t = TypeId::from(t);
            let added = builder.add_relationships(t, &[start], &[end]).expect("the nodes are there");
            builder.set_relationship_property(added, KeyId::from(0), value.clone());
            sorted.push((t, start, end, value));
        }
        sorted.sort_by_key(|(t, start, end, _)| (*t, *start, *end));
        for (t, start, end, value) in sorted {
            let (start, end) = (NodeId::new(start as usize), NodeId::new(end as usize));
            let relationship = graph.create_relationship(start, t, end);
            graph.set_property(relationship, KeyId::from(0), value);
        }
        let built = builder.finish();
        prop_assert!(built.is_clean());
        prop_assert_eq!(dump(&built), dump(&graph));
        check_arrays(&built);
    }
}

/// An index that was dropped and is back finds a node whose property was changed and put back meanwhile.
#[test]
fn a_dropped_index_comes_back_whole() {
    let mut graph = named();
    let nodes = Change::Nodes(3, vec![0], vec![Value::Integer(0)]);
    [Change::AddRule(0, RuleKind::Index), nodes, Change::Merge].iter().for_each(|c| apply(&mut graph, c, true));
    graph.begin();
    let (savepoint, state) = (graph.savepoint(), dump(&graph));
    [Change::DropRule(0), Change::Property(1, 0, Value::Null)].iter().for_each(|c| apply(&mut graph, c, false));
    graph.rollback_to(savepoint);
    assert_eq!(dump(&graph), state);
}
