//! Which conditions can fail with an error: these keep their place, as what stands before them may guard them.

use crate::graph::Value;
use crate::plan::*;

/// Whether a condition is true, false or null whatever the data are; `is_entity` says which slots hold a node, a
/// relationship or null.
pub(super) fn is_safe(condition: &Expr, is_entity: &dyn Fn(Slot) -> bool) -> bool {
    match &condition.kind {
        ExprKind::Constant(value) => matches!(value, Value::Boolean(_) | Value::Null),
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().all(|part| is_safe(part, is_entity)),
        ExprKind::Not(inner) => is_safe(inner, is_entity),
        ExprKind::Xor(left, right) => is_safe(left, is_entity) && is_safe(right, is_entity),
        ExprKind::Compare(_, left, right)
        | ExprKind::Text(TextTest::StartsWith | TextTest::EndsWith | TextTest::Contains, left, right) => {
            has_value(left, is_entity) && has_value(right, is_entity)
        }
        ExprKind::In(item, list) => {
            let is_list = matches!(list.kind, ExprKind::List(_) | ExprKind::Constant(Value::List(_)));
            is_list && has_value(item, is_entity) && has_value(list, is_entity)
        }
        ExprKind::IsNull(inner) => has_value(inner, is_entity),
        ExprKind::HasLabels(base, _) => matches!(base.kind, ExprKind::Slot(slot) if is_entity(slot)),
        _ => false,
    }
}

/// Constants, variables, lists of them, and properties of nodes and relationships.
fn has_value(expr: &Expr, is_entity: &dyn Fn(Slot) -> bool) -> bool {
    match &expr.kind {
        ExprKind::Constant(_) | ExprKind::Parameter(_) | ExprKind::Slot(_) => true,
        ExprKind::Property(base, _) => matches!(base.kind, ExprKind::Slot(slot) if is_entity(slot)),
        ExprKind::List(items) => items.iter().all(|item| has_value(item, is_entity)),
        _ => false,
    }
}
