//! Laws of the codec: what is written is read back, and no bytes do harm.

use proptest::prelude::*;

use super::chunk::Messages;
use super::entity::{SentNode, SentRelationship, TakesEntities};
use super::handshake::{self, LENGTH};
use super::message;
use super::packstream::Unpacker;
use super::reply::reply;
use super::value::{self, DEEPEST, Dialect, Refused, Writer};
use crate::graph::{EntitySource, NodeId, Path, RelationshipId, Value};
use crate::result::Entities;

const MODERN: Dialect = Dialect { element_ids: true, utc: true };
const OLD: Dialect = Dialect { element_ids: false, utc: false };

fn written(value: &Value, dialect: Dialect) -> Vec<u8> {
    let entities = Entities::default();
    let mut out = Vec::new();
    Writer { entities: &*entities, dialect }.put(&mut out, value);
    out
}

/// Values that a client can send.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::Integer),
        any::<f64>().prop_map(Value::Float),
        ".{0,20}".prop_map(|text| Value::from(text.as_str())),
        crate::graph::temporal::laws::any_temporal(),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::list),
            prop::collection::btree_map("[a-z]{0,4}", inner, 0..6).prop_map(Value::map),
        ]
    })
}

/// The nodes and relationships of an answer, numbered as they come.
#[derive(Default)]
struct Kept {
    nodes: Vec<SentNode>,
    relationships: Vec<SentRelationship>,
}

impl TakesEntities for Kept {
    fn node(&mut self, node: SentNode) -> NodeId {
        let place = self.nodes.iter().position(|known| known.identity == node.identity);
        NodeId::new(place.unwrap_or_else(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        }))
    }

    fn relationship(&mut self, relationship: SentRelationship) -> RelationshipId {
        let place = self.relationships.iter().position(|known| known.identity == relationship.identity);
        RelationshipId::new(place.unwrap_or_else(|| {
            self.relationships.push(relationship);
            self.relationships.len() - 1
        }))
    }
}

/// What a server sends of a graph is what a client reads of it, in both forms.
#[test]
fn nodes_relationships_and_paths_are_read_back() {
    let (graph, nodes, relationships) = crate::render::testing::small();
    let there = Path { nodes: vec![nodes[0], nodes[1], nodes[0]], relationships: vec![relationships[0]; 2] };
    let values = [Value::Node(nodes[0]), Value::Relationship(relationships[0]), Value::Path(there.clone().into())];
    for dialect in [MODERN, OLD] {
        let mut out = Vec::new();
        values.iter().for_each(|value| Writer { entities: &graph, dialect }.put(&mut out, value));
        let (mut unpacker, mut kept) = (Unpacker::new(&out), Kept::default());
        let read: Vec<Value> = (0..3).map(|_| value::read_answer(&mut unpacker, dialect, &mut kept).unwrap()).collect();
        let source: &dyn EntitySource = &graph;
        assert_eq!(kept.nodes.len(), 2);
        for node in &kept.nodes {
            let id = NodeId::new(node.identity.number as usize);
            let labels: Vec<&str> = node.labels.iter().map(|label| &**label).collect();
            assert_eq!(labels, source.named_labels(id));
            let properties: Vec<(&str, Value)> =
                node.properties.iter().map(|(key, value)| (&**key, value.clone())).collect();
            assert_eq!(properties, source.named_properties(id.into()));
            assert_eq!(node.identity.element_id.is_some(), dialect.element_ids);
        }
        let [relationship] = &kept.relationships[..] else { panic!("{:?}", kept.relationships) };
        let shape = graph.relationship(relationships[0]);
        assert_eq!(relationship.start.number, shape.start.index() as i64);
        assert_eq!(relationship.end.number, shape.end.index() as i64);
        let Value::Path(path) = &read[2] else { panic!("{read:?}") };
        assert_eq!((path.nodes.len(), path.relationships.len()), (3, 2));
        assert_eq!((path.nodes[0], path.nodes[1]), (path.nodes[2], NodeId::new(1)));
    }
}

proptest! {
    #[test]
    fn values_are_read_back(value in values()) {
        let bytes = written(&value, MODERN);
        let mut unpacker = Unpacker::new(&bytes);
        prop_assert_eq!(value::read(&mut unpacker, MODERN), Ok(value.clone()));
        prop_assert_eq!(unpacker.end(), Ok(()));
        // Old versions cannot tell the two hours apart that clocks show twice in autumn.
        let bytes = written(&value, OLD);
        prop_assert!(value::read(&mut Unpacker::new(&bytes), OLD).is_ok());
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = message::request(&bytes, MODERN);
        let _ = reply(&bytes, MODERN, &mut Kept::default());
        let mut messages = Messages::new(100);
        let _ = messages.push(&bytes);
        while messages.pop().is_some() {}
    }

    #[test]
    fn no_message_with_a_good_start_panics(
        signature in prop::sample::select(vec![1u8, 2, 15, 16, 17, 18, 19, 47, 63, 84, 102, 106, 107]),
        fields in 0u8..4,
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0x80u8..0xb5, 0xc0u8..0xdb], 0..60),
    ) {
        let message: Vec<u8> = [0xb0 | fields, signature].into_iter().chain(bytes).collect();
        for dialect in [MODERN, OLD] {
            let _ = message::request(&message, dialect);
        }
    }

    #[test]
    fn a_value_that_is_cut_short_is_refused(value in values(), cut in 1usize..10) {
        let bytes = written(&value, MODERN);
        let kept = bytes.len().saturating_sub(cut);
        let read = value::read(&mut Unpacker::new(&bytes[..kept]), MODERN);
        prop_assert!(matches!(read, Err(Refused::Malformed(_))));
    }

    #[test]
    fn no_proposals_panic(bytes in prop::array::uniform20(any::<u8>())) {
        let _ = handshake::choose(&bytes);
        let mut bolt: [u8; LENGTH] = bytes;
        bolt[..4].copy_from_slice(&handshake::MAGIC);
        prop_assert!(handshake::choose(&bolt).is_ok());
    }
}

#[test]
fn nesting_has_a_bound() {
    let nested = |depth: usize| {
        let mut bytes = vec![0x91; depth];
        bytes.push(0xc0);
        value::read(&mut Unpacker::new(&bytes), MODERN)
    };
    assert!(nested(DEEPEST).is_ok());
    assert!(matches!(nested(DEEPEST + 1), Err(Refused::Malformed(_))));
}

#[test]
fn what_statements_cannot_take_is_not_malformed() {
    let refused = |bytes: &[u8]| match value::read(&mut Unpacker::new(bytes), MODERN) {
        Err(Refused::Value(message)) => message,
        other => panic!("{other:?}"),
    };
    assert!(refused(&[0xcc, 1, 7]).contains("byte arrays"));
    assert!(refused(&[0xb1, b't', 0xff]).contains("time of day"));
    assert!(refused(&[0xb2, b'T', 0, 0xca, 0, 1, 0x86, 0xa0]).contains("18 hours"));
    assert!(refused(&[0xb3, b'i', 0, 0, 0x84, b'N', b'o', b'p', b'e']).contains("no time zone"));
    assert!(refused(&[0xb4, b'N', 0, 0x90, 0xa0, 0x80]).contains("send its id"));
    assert!(matches!(value::read(&mut Unpacker::new(&[0xb2, b'D', 0, 0]), MODERN), Err(Refused::Malformed(_))));
}
