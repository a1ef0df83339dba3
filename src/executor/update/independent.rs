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
    is_untouched(expr, keys, labels, None)
}

/// Whether the value stays the same when properties of these keys change, other than those of the entity in this slot.
pub(super) fn ignores_others(expr: &Expr, keys: &[&Arc<str>], own: Slot) -> bool {
    is_untouched(expr, keys, false, Some(own))
}

fn is_untouched(expr: &Expr, keys: &[&Arc<str>], labels: bool, own: Option<Slot>) -> bool {
    expr.all_parts(&mut |part| match &part.kind {
        ExprKind::Property(base, _) if matches!(base.kind, ExprKind::Slot(slot) if Some(slot) == own) => true,
        ExprKind::Property(_, key) => !keys.contains(&key),
        ExprKind::HasLabels(..) => !labels,
        // A function that takes any value does not look into nodes and relationships.
        ExprKind::Call(function, _) => {
            let looks_into = |types: TypeSet| types != TypeSet::ANY && !types.and(TypeSet::ENTITY).is_empty();
            !function.parameters.iter().any(|parameter| looks_into(parameter.types))
        }
        ExprKind::Index(..) | ExprKind::Extend { .. } => false,
        ExprKind::Path(_) | ExprKind::KeepsMode(..) | ExprKind::PathNodes(..) | ExprKind::Subplan(_) => false,
        _ => true,
    })
}
