//! Joins parts of a pattern by what is equal in them, instead of pairing all their rows.
//!
//! The rows of a part that nothing leads to come from a scan of their own. If one of the conditions on a pair of rows
//! is an equality of a value of the part and a value known before, the part is run once and looked up by that value.
//! The condition stays: the join only leaves out pairs for which it cannot hold.

use super::each_operator;
use crate::plan::{Comparison, Expr, ExprKind, Operator, Slot};

pub(super) fn join(root: &mut Operator) {
    each_operator(root, &mut |operator| {
        let Operator::Filter { input, condition } = operator else { return };
        let Some(Part { depth, slots, keys }) = found(input, &condition.parts()) else { return };
        let mut part = std::mem::replace(&mut **input, Operator::Argument);
        let below = below(&mut part, depth).map(|below| std::mem::replace(below, Operator::Argument));
        **input = match below {
            Some(below) => Operator::HashJoin { input: below.boxed(), inner: part.boxed(), keys, slots },
            None => part,
        };
    });
}

/// What comes below a number of operators.
fn below(operator: &mut Operator, depth: usize) -> Option<&mut Operator> {
    if depth == 0 {
        return Some(operator);
    }
    match operator {
        Operator::NodeScan { input, .. } | Operator::Filter { input, .. } | Operator::Expand { input, .. } => {
            below(input, depth - 1)
        }
        _ => None,
    }
}

/// A part of a pattern that can be joined.
struct Part {
    /// How many operators it has.
    depth: usize,
    /// What it sets.
    slots: Vec<Slot>,
    /// What is known before, and what of the part must equal it.
    keys: Vec<(Expr, Expr)>,
}

fn found(top: &Operator, conditions: &[&Expr]) -> Option<Part> {
    let (mut set, mut read): (Vec<Slot>, Vec<Slot>) = (Vec::new(), Vec::new());
    let mut next = top;
    for depth in 1.. {
        next = match next {
            Operator::NodeScan { input, slot, .. } => {
                set.push(*slot);
                let keys: Vec<_> = conditions.iter().filter_map(|condition| key(condition, &set)).collect();
                if !keys.is_empty() {
                    let stands_alone = read.iter().all(|slot| set.contains(slot));
                    return stands_alone.then_some(Part { depth, slots: set, keys });
                }
                input
            }
            Operator::Expand { input, step } => {
                set.push(step.relationship);
                set.extend((!step.to_bound).then_some(step.to));
                read.extend([step.from].into_iter().chain(step.distinct_from.iter().copied()));
                read.extend(step.to_bound.then_some(step.to));
                input
            }
            Operator::Filter { input, condition } if condition.is_simple() => {
                condition.each_slot(&mut |slot| read.push(slot));
                input
            }
            _ => return None,
        };
    }
    None
}

/// The sides of an equality: what is known before, and what is known from these slots alone.
fn key(condition: &Expr, set: &[Slot]) -> Option<(Expr, Expr)> {
    let ExprKind::Compare(Comparison::Equal, left, right) = &condition.kind else { return None };
    let sides = |known: &Expr, own: &Expr| {
        let fits = reads(known, &|slot| !set.contains(&slot)) && reads(own, &|slot| set.contains(&slot));
        (fits && known.is_simple() && own.is_simple()).then(|| (known.clone(), own.clone()))
    };
    sides(left, right).or_else(|| sides(right, left))
}

/// Whether an expression reads slots, and only such.
fn reads(expr: &Expr, such: &dyn Fn(Slot) -> bool) -> bool {
    let (mut any, mut all) = (false, true);
    expr.each_slot(&mut |slot| {
        any = true;
        all &= such(slot);
    });
    any && all
}
