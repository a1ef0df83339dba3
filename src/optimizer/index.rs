//! Finds the nodes of a scan in an index, where a condition on them compares an indexed property with what is known.
//!
//! The condition stays: the index only leaves out nodes for which it cannot hold.

use std::sync::Arc;

use super::each_operator;
use crate::functions::is_deterministic;
use crate::graph::{Graph, Rule};
use crate::plan::{Comparison, Expr, ExprKind, IndexBounds, IndexSeek, Operator, Slot, TextTest};

pub(super) fn use_indexes(root: &mut Operator, graph: &Graph) {
    if !graph.rules().any(|rule| rule.kind.is_index()) {
        return;
    }
    each_operator(root, &mut |operator| {
        let Operator::Filter { input, condition } = operator else { return };
        let Operator::NodeScan { input: below, slot, label: Some(label) } = &mut **input else { return };
        if let Some(seek) = best_seek(*slot, label, &condition.parts(), graph) {
            let below = std::mem::replace(&mut **below, Operator::Argument).boxed();
            **input = Operator::NodeIndexSeek { input: below, seek: Box::new(seek) };
        }
    });
}

/// The look-up that fixes the most properties; of several, that of the first index by name.
pub(super) fn best_seek(slot: Slot, label: &Arc<str>, conditions: &[&Expr], graph: &Graph) -> Option<IndexSeek> {
    let label_id = graph.label(label)?;
    let mut rules: Vec<&Rule> = graph.rules().filter(|r| r.kind.is_index() && r.label == label_id).collect();
    rules.sort_by_key(|rule| rule.name.clone());
    let seeks = rules.into_iter().filter_map(|rule| seek(rule, slot, label, conditions, graph));
    let worth = |seek: &IndexSeek| 2 * seek.equal.len() + usize::from(seek.next.is_some());
    seeks.fold(None, |best: Option<IndexSeek>, next| match best {
        Some(best) if worth(&best) >= worth(&next) => Some(best),
        _ => Some(next),
    })
}

fn seek(rule: &Rule, slot: Slot, label: &Arc<str>, conditions: &[&Expr], graph: &Graph) -> Option<IndexSeek> {
    let keys: Vec<Arc<str>> = rule.keys.iter().map(|key| graph.key_name(*key).clone()).collect();
    let mut equal = Vec::new();
    let mut next = None;
    for key in &keys {
        let subject = |expr: &Expr| is_property(expr, slot, key);
        if let Some(value) = conditions.iter().find_map(|condition| equal_to(condition, &subject, slot)) {
            equal.push(value);
            continue;
        }
        next = bounds(conditions, &subject, slot);
        break;
    }
    // A node that lacks one of the properties stands in no index of several: each must be asked for.
    if equal.len() + usize::from(next.is_some()) < keys.len() {
        return None;
    }
    Some(IndexSeek { slot, label: label.clone(), index: rule.name.clone(), keys, equal, next })
}

fn is_property(expr: &Expr, slot: Slot, key: &str) -> bool {
    matches!(&expr.kind, ExprKind::Property(base, name)
        if **name == *key && matches!(base.kind, ExprKind::Slot(s) if s == slot))
}

fn equal_to(condition: &Expr, subject: &dyn Fn(&Expr) -> bool, slot: Slot) -> Option<Expr> {
    let ExprKind::Compare(Comparison::Equal, left, right) = &condition.kind else { return None };
    match (subject(left), subject(right)) {
        (true, false) if is_known(right, slot) => Some((**right).clone()),
        (false, true) if is_known(left, slot) => Some((**left).clone()),
        _ => None,
    }
}

/// The first list or prefix, or else the first bound on either side.
fn bounds(conditions: &[&Expr], subject: &dyn Fn(&Expr) -> bool, slot: Slot) -> Option<IndexBounds> {
    let (mut from, mut to) = (None, None);
    for condition in conditions {
        match &condition.kind {
            ExprKind::In(value, list) if subject(value) && is_known(list, slot) => {
                return Some(IndexBounds::In((**list).clone()));
            }
            ExprKind::Or(parts) => {
                let values: Option<Vec<Expr>> = parts.iter().map(|part| equal_to(part, subject, slot)).collect();
                if let Some(values) = values {
                    return Some(IndexBounds::In(Expr::new(ExprKind::List(values), condition.span)));
                }
            }
            ExprKind::Text(TextTest::StartsWith, value, prefix) if subject(value) && is_known(prefix, slot) => {
                return Some(IndexBounds::Prefix((**prefix).clone()));
            }
            ExprKind::Compare(comparison, left, right) => {
                let (bound, greater) = match (subject(left), subject(right)) {
                    (true, false) if is_known(right, slot) => (right, is_greater(*comparison)),
                    (false, true) if is_known(left, slot) => (left, is_greater(*comparison).map(|greater| !greater)),
                    _ => continue,
                };
                match greater {
                    Some(true) if from.is_none() => from = Some((**bound).clone()),
                    Some(false) if to.is_none() => to = Some((**bound).clone()),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    (from.is_some() || to.is_some()).then_some(IndexBounds::Range(from, to))
}

fn is_greater(comparison: Comparison) -> Option<bool> {
    match comparison {
        Comparison::Greater | Comparison::GreaterOrEqual => Some(true),
        Comparison::Less | Comparison::LessOrEqual => Some(false),
        Comparison::Equal | Comparison::NotEqual => None,
    }
}

/// Whether the value can be computed before the node is found, and is the same for every node that it is compared with.
///
/// A subplan may read many rows; it is computed for the sake of a seek only if that happens once.
fn is_known(expr: &Expr, slot: Slot) -> bool {
    expr.all_parts(&mut |part| match &part.kind {
        ExprKind::Slot(known) => *known != slot,
        ExprKind::Call(function, _) => is_deterministic(function),
        ExprKind::Path(parts) | ExprKind::KeepsMode(parts, _) | ExprKind::PathNodes(parts, ..) => parts.start != slot,
        ExprKind::Subplan(subplan) => subplan.once.is_some(),
        _ => true,
    })
}
