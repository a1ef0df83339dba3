//! Laws of the codec: what is written is read back, and no bytes do harm.

use proptest::prelude::*;

use super::chunk::Messages;
use super::handshake::{self, LENGTH};
use super::message;
use super::packstream::Unpacker;
use super::value::{self, DEEPEST, Dialect, Refused, Writer};
use crate::graph::Value;
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
