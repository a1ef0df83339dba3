//! Whatever comes over Bolt, from a client or from a server, the codec ends: no panic, no more memory than has come; and
//! a request that it reads has a name.

#![no_main]

use kenning::bolt::chunk::Messages;
use kenning::bolt::entity::TakesEntities;
use kenning::bolt::reply::reply;
use kenning::bolt::value::Dialect;
use kenning::bolt::{Version, handshake, message};
use libfuzzer_sys::fuzz_target;

struct Nobody;

impl TakesEntities for Nobody {}

fuzz_target!(|bytes: &[u8]| {
    if let Some(proposals) = bytes.first_chunk() {
        let _ = handshake::choose(proposals);
    }
    if let Some(answer) = bytes.first_chunk() {
        let _ = handshake::agreed(*answer);
    }
    let Some((step, bytes)) = bytes.split_first() else { return };
    let mut messages = Messages::new(1 << 16);
    for piece in bytes.chunks(usize::from(*step).max(1)) {
        if messages.push(piece).is_err() {
            break;
        }
    }
    while let Some(message) = messages.pop() {
        for version in [Version::new(4, 4), Version::new(5, 8)] {
            if let Ok(request) = message::request(&message, Dialect::of(version)) {
                assert!(!request.name().is_empty());
            }
            let _ = reply(&message, Dialect::of(version), &mut Nobody);
        }
    }
});
