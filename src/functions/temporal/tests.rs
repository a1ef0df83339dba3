//! Tests of the functions as the evaluator calls them.

use std::cell::Cell;

use super::super::{Clock, Context, Result, find};
use crate::graph::{Graph, Value};

/// 2016-02-29T13:14:15.123456789Z.
const NOW: i128 = 1_456_751_655_123_456_789;

/// Calls a function with the session's zone at an offset.
fn call_at(offset: i32, name: &str, arguments: &[Value]) -> Result<Value> {
    let context = Context { graph: &Graph, clock: Clock { nanos: NOW, offset }, random: &Cell::new(0) };
    let function = find(name).unwrap_or_else(|| panic!("no function {name}"));
    (function.evaluate)(&context, arguments)
}

pub(super) fn call(name: &str, arguments: &[Value]) -> Result<Value> {
    call_at(0, name, arguments)
}
