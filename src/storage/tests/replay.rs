//! A log is repeated into the delta or, if it is long, into a new base: both give the same graph, or the same error.

use super::dump;
use crate::graph::{
    Change, EntityKind, Graph, KeyId, LabelId, NodeId, Relationship, RelationshipId, Replay, TypeId, Value,
};
use crate::storage::log::{changes, replay};
use crate::storage::{Damage, Store};

fn nodes(numbers: &[usize]) -> Vec<NodeId> {
    numbers.iter().map(|number| NodeId::new(*number)).collect()
}

/// Three nodes with the label `A` and the property `k`, of which the first two are joined; it is nothing but its base.
fn start() -> Graph {
    let mut graph = Graph::new();
    let (label, relationship_type, key) = (graph.intern_label("A"), graph.intern_type("T"), graph.intern_key("k"));
    graph.begin();
    let values = ["x", "y", "x"].map(Value::from).to_vec();
    let first = graph.create_nodes(3, [label].into(), vec![(key, values)]);
    graph.create_relationship(first, relationship_type, NodeId::new(1));
    graph.commit();
    graph.merge();
    graph
}

fn both(commit: &[u8]) -> [Result<Vec<String>, String>; 2] {
    let message = |damage: Damage| damage.diagnostic("g.kenning").message;
    let mut graph = start();
    let delta = changes::apply(commit, &mut graph).map(|_| dump(&graph)).map_err(message);
    let mut long = Replay::new(start());
    let base = replay::apply(commit, &mut long).map(|()| dump(&long.finish())).map_err(message);
    [delta, base]
}

fn some_of_everything() -> Vec<Change> {
    let (a, t, k) = (LabelId::from(0), TypeId::from(0), KeyId::from(0));
    let key = KeyId::from(1);
    vec![
        Change::Label("B".into()),
        Change::Key("other".into()),
        Change::CreateNodes {
            first: NodeId::new(3),
            count: 2,
            labels: [a, LabelId::from(1)].into(),
            columns: vec![
                (k, vec![Value::from("z"), Value::Null]),
                (key, vec![Value::Integer(300), Value::list([Value::Float(0.5)])]),
            ],
        },
        Change::CreateRelationships {
            first: RelationshipId::new(1),
            relationship_type: t,
            ends: vec![(NodeId::new(4), NodeId::new(0)), (NodeId::new(0), NodeId::new(1))],
            columns: vec![(key, vec![Value::Boolean(true), Value::Integer(-7)])],
        },
        Change::SetProperties {
            kind: EntityKind::Node,
            key: k,
            entities: vec![0, 2, 3],
            values: vec![Value::Null, Value::Integer(1), Value::from("w")],
        },
        Change::SetProperty(NodeId::new(0).into(), k, Value::from("again")),
        Change::SetProperty(RelationshipId::new(2).into(), key, Value::Null),
        Change::RemoveLabels(a, vec![1, 2]),
        Change::AddLabel(NodeId::new(1), a),
        Change::DeleteRelationship(RelationshipId::new(1)),
        Change::DeleteNodes(nodes(&[2, 4])),
    ]
}

#[test]
fn a_commit_with_a_wrong_byte_gives_the_same_graph_or_error() {
    let commit = Store::encode(&some_of_everything()).expect("the values can be written");
    let [delta, base] = both(&commit);
    assert!(delta.is_ok());
    assert_eq!(delta, base);
    let mut refused = 0;
    for at in 0..commit.len() {
        for wrong in [0, 1, 2, 3, 4, 5, 0x7f, 0x80, 0xff, commit[at] ^ 1, commit[at] ^ 2] {
            let mut damaged = commit.clone();
            damaged[at] = wrong;
            let [delta, base] = both(&damaged);
            assert_eq!(delta.is_ok(), base.is_ok(), "byte {at} is {wrong}: {:?} {:?}", delta.err(), base.err());
            refused += usize::from(delta.is_err());
            if delta.is_ok() {
                assert_eq!(delta, base, "byte {at} is {wrong}");
            }
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn what_does_not_fit_is_refused_with_the_same_message() {
    let joined = Relationship { relationship_type: TypeId::from(0), start: NodeId::new(0), end: NodeId::new(1) };
    let wrong = [
        Change::CreateNode(NodeId::new(4)),
        Change::CreateRelationship(RelationshipId::new(0), joined),
        Change::CreateRelationship(RelationshipId::new(1), Relationship { end: NodeId::new(9), ..joined }),
        Change::CreateRelationship(
            RelationshipId::new(1),
            Relationship { relationship_type: TypeId::from(7), ..joined },
        ),
        Change::SetProperty(NodeId::new(3).into(), KeyId::from(0), Value::Null),
        Change::SetProperty(NodeId::new(0).into(), KeyId::from(5), Value::Integer(1)),
        Change::AddLabel(NodeId::new(0), LabelId::from(5)),
        Change::AddLabels(LabelId::from(0), vec![0]),
        Change::RemoveLabels(LabelId::from(0), vec![1, 0]),
        Change::DeleteNode(NodeId::new(0)),
        Change::DeleteNodes(nodes(&[2, 1])),
        Change::DeleteRelationship(RelationshipId::new(3)),
        Change::Label("A".into()),
        Change::DropRule("none".into()),
    ];
    for change in wrong {
        let commit = Store::encode(std::slice::from_ref(&change)).expect("it can be written");
        let [delta, base] = both(&commit);
        assert!(delta.is_err(), "{change:?}");
        assert_eq!(delta, base, "{change:?}");
    }
}
