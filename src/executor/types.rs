//! `IS :: TYPE` and `CAST`.

use super::evaluate::describe;
use super::{Result, Run};
use crate::diagnostic::Kind;
use crate::functions::{self, invalid_value};
use crate::graph::{TypeSet, Value};
use crate::plan::{TypeTest, TypeTestKind};

/// Whether a value is of a type.
pub(super) fn is_of(value: &Value, test: &TypeTest) -> bool {
    if value.is_null() {
        return test.nullable
            && match &test.kind {
                TypeTestKind::AnyOf(tests) => tests.iter().any(|test| is_of(value, test)),
                _ => true,
            };
    }
    match (&test.kind, value) {
        (TypeTestKind::Of(set), _) => !TypeSet::of(value).and(*set).is_empty(),
        (TypeTestKind::List(element), Value::List(items)) => items.iter().all(|item| is_of(item, element)),
        (TypeTestKind::List(_), _) => false,
        (TypeTestKind::AnyOf(tests), _) => tests.iter().any(|test| is_of(value, test)),
    }
}

/// The value as one of a type: itself if it is of the type, else what the conversion functions make of it.
pub(super) fn cast(value: &Value, test: &TypeTest, run: &Run) -> Result<Value> {
    if is_of(value, test) {
        return Ok(value.clone());
    }
    let converted = match (&test.kind, value) {
        (TypeTestKind::List(element), Value::List(items)) => {
            let items: Result<Vec<Value>> = items.iter().map(|item| cast(item, element, run)).collect();
            Some(Value::list(items?))
        }
        (TypeTestKind::AnyOf(tests), _) => tests.iter().find_map(|test| cast(value, test, run).ok()),
        (TypeTestKind::Of(set), _) => functions::convert(&run.function_context(), value, *set),
        (TypeTestKind::List(_), _) => None,
    };
    converted.filter(|converted| is_of(converted, test)).ok_or_else(|| {
        let mut error = invalid_value(format!("{} cannot be cast to {test}", describe(value)));
        error.kind = Kind::TypeError;
        error.help("test it first: IS :: TYPE")
    })
}
