//! Which expressions never fail, whatever the values of the slots they read.
//!
//! Only they may be evaluated where a query would not have evaluated them, or left out where it would have: an error
//! must neither appear nor disappear. What is not known never to fail counts as failing.

use crate::graph::Value;
use crate::plan::{Expr, ExprKind, LabelTest, Slot, TextTest};

/// The slots that hold a node or a relationship that exists, or null.
pub(super) struct Entities<'a> {
    pub nodes: &'a dyn Fn(Slot) -> bool,
    pub relationships: &'a dyn Fn(Slot) -> bool,
}

impl Entities<'_> {
    /// Whether a condition is true, false or null, and never an error.
    pub(super) fn always_true_or_false(&self, condition: &Expr) -> bool {
        match &condition.kind {
            ExprKind::Constant(value) => matches!(value, Value::Boolean(_) | Value::Null),
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().all(|part| self.always_true_or_false(part)),
            ExprKind::Not(inner) => self.always_true_or_false(inner),
            ExprKind::Xor(left, right) => self.always_true_or_false(left) && self.always_true_or_false(right),
            ExprKind::Compare(..)
            | ExprKind::In(..)
            | ExprKind::Text(..)
            | ExprKind::IsNull(_)
            | ExprKind::HasLabels(..)
            | ExprKind::LabelTest(..)
            | ExprKind::IsTyped(..) => self.never_fails(condition),
            _ => false,
        }
    }

    pub(super) fn never_fails(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Constant(_) | ExprKind::Slot(_) | ExprKind::Parameter(_) => true,
            ExprKind::Property(base, _) | ExprKind::HasLabels(base, _) => self.is_entity(base),
            ExprKind::LabelTest(base, test) => self.is_entity(base) && is_fixed(test),
            ExprKind::List(items) => items.iter().all(|item| self.never_fails(item)),
            ExprKind::IsNull(inner) | ExprKind::IsTyped(inner, _) => self.never_fails(inner),
            ExprKind::Compare(_, left, right) => self.never_fails(left) && self.never_fails(right),
            ExprKind::Text(test, left, right) => {
                // A regular expression may be malformed.
                *test != TextTest::Matches && self.never_fails(left) && self.never_fails(right)
            }
            ExprKind::In(item, list) => {
                let is_list = matches!(list.kind, ExprKind::List(_) | ExprKind::Constant(Value::List(_) | Value::Null));
                is_list && self.never_fails(item) && self.never_fails(list)
            }
            ExprKind::Negate(inner) => match &inner.kind {
                ExprKind::Constant(Value::Integer(number)) => *number > i64::MIN,
                ExprKind::Constant(Value::Float(_)) => true,
                _ => false,
            },
            ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) | ExprKind::Xor(..) => {
                self.always_true_or_false(expr)
            }
            ExprKind::Call(function, arguments) => match (function.name, arguments.as_slice()) {
                ("coalesce", _) => arguments.iter().all(|argument| self.never_fails(argument)),
                ("type" | "startNode" | "endNode", [base]) => self.is_relationship(base),
                ("labels", [base]) => self.is_node(base),
                ("id" | "elementId" | "keys" | "properties", [base]) => self.is_entity(base),
                _ => false,
            },
            _ => false,
        }
    }

    fn is_entity(&self, expr: &Expr) -> bool {
        self.is_node(expr) || self.is_relationship(expr)
    }

    fn is_node(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Slot(slot) => (self.nodes)(*slot),
            ExprKind::Call(function, arguments) => match (function.name, arguments.as_slice()) {
                ("startNode" | "endNode", [base]) => self.is_relationship(base),
                _ => false,
            },
            _ => false,
        }
    }

    fn is_relationship(&self, expr: &Expr) -> bool {
        matches!(expr.kind, ExprKind::Slot(slot) if (self.relationships)(slot))
    }
}

/// Whether the test names its labels itself.
fn is_fixed(test: &LabelTest) -> bool {
    match test {
        LabelTest::Is(_) | LabelTest::Any => true,
        LabelTest::Dynamic { .. } => false,
        LabelTest::Not(inner) => is_fixed(inner),
        LabelTest::And(tests) | LabelTest::Or(tests) => tests.iter().all(is_fixed),
    }
}
