//! Base and delta are one graph: on random changes, a graph that is merged now and then and one that never is say the
//! same; a rollback leaves no trace; a graph built in bulk is the one made step by step.

use proptest::prelude::*;

use super::*;

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
    Merge,
    RolledBack(Vec<Change>),
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        (0..3_i64).prop_map(Value::Integer),
        Just(Value::Float(0.5)),
        any::<bool>().prop_map(Value::Boolean),
        "[ab]{0,2}".prop_map(Value::from),
        Just(Value::list([Value::Integer(1)])),
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
        1 => node.prop_map(Change::DeleteNode),
        2 => Just(Change::Merge),
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
fn named() -> Graph {
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
        Change::Merge => {
            if merge {
                graph.commit();
                graph.merge();
            }
        }
        Change::RolledBack(changes) => {
            graph.begin();
            changes.iter().for_each(|change| apply(graph, change, false));
            graph.rollback();
        }
    }
}

/// Everything there is to see.
fn dump(graph: &Graph) -> Vec<String> {
    let mut lines = vec![format!("{} {}", graph.node_count(), graph.relationship_count())];
    for label in graph.labels() {
        let nodes: Vec<NodeId> = graph.nodes_with_label(label).collect();
        lines.push(format!("{label:?} {} {nodes:?}", graph.label_count(label)));
    }
    lines.extend(graph.types().map(|t| format!("{t:?} {}", graph.type_count(t))));
    let live: Vec<NodeId> = graph.nodes().collect();
    lines.push(format!("{live:?} {:?}", graph.relationships().collect::<Vec<_>>()));
    for node in (0..graph.node_bound()).map(NodeId::new) {
        let deleted = graph.is_deleted(Entity::Node(node));
        lines.push(format!("{node:?} {deleted} {:?} {:?}", graph.node_labels(node), graph.properties(node)));
        for direction in [Direction::Outgoing, Direction::Incoming, Direction::Both] {
            let around: Vec<Adjacent> = graph.adjacent(node, direction, None).collect();
            lines.push(format!("{direction:?} {} {around:?}", graph.degree(node, direction)));
        }
    }
    for relationship in (0..graph.relationship_bound()).map(RelationshipId::new) {
        let deleted = graph.is_deleted(Entity::Relationship(relationship));
        let (shape, properties) = (graph.relationship(relationship), graph.properties(relationship));
        lines.push(format!("{relationship:?} {deleted} {shape:?} {properties:?}"));
    }
    lines
}

/// The arrays say what the general way says.
fn check_arrays(graph: &Graph) {
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
                if let Some(lists) = graph.neighbour_lists(direction, t) {
                    assert_eq!(lists.of(node.index()), plain);
                }
            }
        }
        for key in graph.keys().filter(|_| !graph.node_is_changed(node)) {
            let value = graph.node_column(key).map_or(Value::Null, |column| column.value(node.index()));
            assert_eq!(format!("{value:?}"), format!("{:?}", graph.property(node, key)));
        }
        assert!(graph.labels().all(|l| graph.label_bitmap(l).contains(node.index()) == graph.has_label(node, l)));
    }
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

/// Few nodes of many have relationships: their lists are found through a bitmap.
#[test]
fn lists_of_few_nodes() {
    let mut builder = GraphBuilder::new();
    let t = builder.intern_type("T");
    builder.add_nodes(&[], 1000);
    let owners = [3, 64, 65, 127, 128, 700, 999];
    for start in owners {
        builder.add_relationships(t, &[start, start], &[999 - start, start / 2]).expect("the nodes are there");
    }
    let graph = builder.finish();
    assert!(graph.neighbour_lists(Direction::Outgoing, t).is_some_and(|lists| lists.arrays().is_none()));
    check_arrays(&graph);
    for relationship in graph.relationships() {
        let shape = graph.relationship(relationship);
        assert!(graph.adjacent(shape.start, Direction::Outgoing, None).any(|a| a.relationship == relationship));
        assert!(graph.adjacent(shape.end, Direction::Incoming, None).any(|a| a.relationship == relationship));
    }
    assert!(owners.iter().all(|node| graph.degree(NodeId::new(*node as usize), Direction::Outgoing) == 2));
    assert_eq!(graph.nodes().map(|node| graph.degree(node, Direction::Incoming)).sum::<usize>(), 14);
}

#[test]
fn a_large_delta_is_merged_when_it_is_committed() {
    let mut graph = named();
    graph.begin();
    let nodes: Vec<NodeId> = (0..9_000).map(|_| graph.create_node()).collect();
    graph.commit();
    assert!(!graph.is_clean());
    graph.begin();
    for pair in nodes.windows(2) {
        graph.create_relationship(pair[0], TypeId::from(1), pair[1]);
    }
    let before = dump(&graph);
    graph.commit();
    assert!(graph.is_clean());
    assert_eq!(dump(&graph), before);
    graph.begin();
    graph.delete_relationship(RelationshipId::new(5));
    graph.commit();
    assert!(!graph.is_clean());
    assert_eq!(graph.relationship(RelationshipId::new(5)).end, NodeId::new(6));
}

/// What the relationships cost, as built in bulk and after changes were merged.
#[test]
fn a_relationship_takes_at_most_sixteen_bytes() {
    const NODES: u32 = 4_000;
    let mut builder = GraphBuilder::new();
    let t = builder.intern_type("T");
    builder.add_nodes(&[], NODES as usize);
    let end = |n: u32| n.wrapping_mul(2_654_435_761) % NODES;
    let (starts, ends): (Vec<u32>, Vec<u32>) = (0..25 * NODES).map(|n| (n % NODES, end(n))).unzip();
    builder.add_relationships(t, &starts, &ends).expect("the nodes are there");
    let mut graph = builder.finish();
    let each = |graph: &Graph| graph.bytes().adjacency as f64 / graph.relationship_count() as f64;
    assert!(each(&graph) < 10.0, "{}", each(&graph));
    for n in 0..NODES {
        graph.create_relationship(NodeId::new(end(n + 7) as usize), t, NodeId::new(n as usize));
        if n % 3 == 0 {
            graph.delete_relationship(RelationshipId::new(n as usize * 2));
        }
    }
    let before = dump(&graph);
    graph.commit();
    graph.merge();
    assert!(graph.is_clean());
    assert_eq!(dump(&graph), before);
    assert!(each(&graph) <= 16.0, "{}", each(&graph));
}
