//! What an expression must not read, so that it has the same value before and after the changes of a batch of rows.

use std::sync::Arc;

use crate::graph::{TypeSet, Value};
use crate::plan::{Expr, ExprKind, Slot};

pub(super) fn constant_name(name: &Expr) -> Option<&Arc<str>> {
    match &name.kind {
        ExprKind::Constant(Value::String(name)) => Some(name),
        _ => None,
    }
}

/// Whether the value does not depend on what is created: entities that are there keep their labels and properties.
pub(super) fn is_given_before(expr: &Expr, created: Slot) -> bool {
    expr.all_parts(&mut |part| match &part.kind {
        ExprKind::Slot(slot) => *slot != created,
        ExprKind::Path(_) | ExprKind::KeepsMode(..) | ExprKind::PathNodes(..) | ExprKind::Subplan(_) => false,
        _ => true,
    })
}

/// Whether the value stays the same when properties of these keys change, and labels if they do, too.
pub(super) fn ignores(expr: &Expr, keys: &[&Arc<str>], labels: bool) -> bool {
    expr.all_parts(&mut |part| match &part.kind {
        ExprKind::Property(_, key) => !keys.contains(&key),
        ExprKind::HasLabels(..) => !labels,
        ExprKind::Call(function, _) => {
            function.parameters.iter().all(|parameter| parameter.types.and(TypeSet::ENTITY).is_empty())
        }
        ExprKind::Index(..) | ExprKind::Extend { .. } => false,
        ExprKind::Path(_) | ExprKind::KeepsMode(..) | ExprKind::PathNodes(..) | ExprKind::Subplan(_) => false,
        _ => true,
    })
}
