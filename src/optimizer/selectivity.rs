//! Which share of a label's nodes is likely to pass a condition on one node.
//!
//! Where the label has many nodes, a sample of the property tells: other labels may have other values of it. Otherwise
//! the distinct values of the whole column do.

use std::sync::Arc;

use crate::graph::{Graph, KeyId, LabelId, Sample, Value};
use crate::plan::*;

/// The nodes of which a share is looked for.
pub(super) struct Nodes<'g> {
    pub graph: &'g Graph,
    pub slot: Slot,
    /// Their rarest label.
    pub label: Option<LabelId>,
    pub count: f64,
}

/// Fewer nodes are not worth a sample: in whatever order they are found, it takes no time.
const FEW: f64 = 64.0;
/// Of a longer list, the items are not looked at one by one.
const LONG: usize = 16;

impl Nodes<'_> {
    /// The share that is likely to pass a condition; labels are not counted.
    pub(super) fn selectivity(&self, condition: &Expr) -> f64 {
        match &condition.kind {
            ExprKind::HasLabels(..) => 1.0,
            ExprKind::Compare(comparison, left, right) => {
                let (subject, comparison, other) = match (self.key(left), self.key(right)) {
                    (None, Some(key)) => (Some(key), comparison.mirrored(), left),
                    (key, _) => (key, *comparison, right),
                };
                let sample = subject.and_then(|key| self.sample(key));
                self.compared(comparison, other, sample.as_deref(), condition)
            }
            ExprKind::In(subject, list) => self.one_of(subject, list, condition),
            ExprKind::Text(TextTest::Contains | TextTest::EndsWith | TextTest::Matches, ..) => 0.1,
            ExprKind::Text(TextTest::StartsWith, ..) => 0.05,
            ExprKind::IsNull(subject) => {
                let sample = self.key(subject).and_then(|key| self.sample(key));
                sample.map_or(0.1, |sample| (1.0 - sample.present()).max(0.5 / self.count))
            }
            ExprKind::And(parts) => parts.iter().map(|part| self.selectivity(part)).product(),
            ExprKind::Or(parts) => parts.iter().map(|part| self.selectivity(part)).sum::<f64>().min(1.0),
            ExprKind::Not(inner) => (1.0 - self.selectivity(inner)).max(0.05),
            _ => 0.5,
        }
    }

    fn compared(&self, comparison: Comparison, other: &Expr, sample: Option<&Sample>, whole: &Expr) -> f64 {
        let least = 0.5 / self.count.max(1.0);
        let constant = other.as_constant();
        match (comparison, sample) {
            (Comparison::Equal, Some(sample)) => {
                constant.map_or_else(|| sample.equal_to_any(), |value| sample.equal_to(value)).max(least)
            }
            (Comparison::Equal, None) => self.distinct(whole).map_or(0.01, |distinct| 1.0 / distinct),
            (Comparison::NotEqual, _) => 0.9,
            (_, Some(sample)) => match constant.filter(|value| !value.is_null()) {
                Some(value) => sample.compared(value, |ordering| comparison.holds(ordering)).max(least),
                None => 0.3,
            },
            _ => 0.3,
        }
    }

    fn one_of(&self, subject: &Expr, list: &Expr, whole: &Expr) -> f64 {
        let items: Option<Vec<Option<&Value>>> = match &list.kind {
            ExprKind::List(items) => Some(items.iter().map(Expr::as_constant).collect()),
            ExprKind::Constant(Value::List(items)) => Some(items.iter().map(Some).collect()),
            _ => None,
        };
        let length = items.as_ref().map_or(10, Vec::len);
        let Some(sample) = self.key(subject).and_then(|key| self.sample(key)) else {
            return self.distinct(whole).map_or(0.1, |distinct| (length as f64 / distinct).min(1.0));
        };
        let share = match items.filter(|items| items.len() <= LONG) {
            Some(items) => {
                let equal = |item: Option<&Value>| item.map_or(sample.equal_to_any(), |value| sample.equal_to(value));
                items.into_iter().map(equal).sum()
            }
            None => length as f64 * sample.equal_to_any(),
        };
        share.clamp(0.5 / self.count.max(1.0), 1.0)
    }

    /// The key, if the expression is a property of the node.
    fn key(&self, expr: &Expr) -> Option<KeyId> {
        match &expr.kind {
            ExprKind::Property(base, key) if matches!(base.kind, ExprKind::Slot(slot) if slot == self.slot) => {
                self.graph.key(key)
            }
            _ => None,
        }
    }

    fn sample(&self, key: KeyId) -> Option<Arc<Sample>> {
        let label = self.label.filter(|_| self.count >= FEW)?;
        Some(self.graph.sample(label, key))
    }

    /// How many values the properties that a condition speaks of have, at most as many as there are nodes.
    fn distinct(&self, condition: &Expr) -> Option<f64> {
        let mut most = None;
        each_key(condition, &mut |name| {
            let column = self.graph.key(name).and_then(|key| self.graph.node_column(key));
            most = most.max(column.map(|column| column.distinct_estimate()));
        });
        let distinct = most? as f64;
        Some(if self.label.is_some() { distinct.min(self.count.max(1.0)) } else { distinct })
    }
}

/// Calls `visit` with the properties that an expression speaks of.
pub(super) fn each_key<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Arc<str>)) {
    if let ExprKind::Property(_, key) = &expr.kind {
        visit(key);
    }
    expr.each_child(&mut |child| each_key(child, visit));
}
