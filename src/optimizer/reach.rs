//! Where only the distinct ends of a variable-length pattern matter, visits each node once instead of listing trails.
//!
//! It is the same when: repeated rows make no difference to what follows (DISTINCT, aggregates over DISTINCT values,
//! existence); the relationships themselves are used nowhere, nor kept apart from others of the pattern; the pattern
//! is directed; and the smallest length is 0 or 1. For then, if any walk reaches a node, a shortest one does, which
//! repeats no node and so no relationship, whatever the longest length allowed; and a shortest walk back to the start
//! is a cycle, which repeats no relationship either.

use super::{each_operator, each_subplan, uses};
use crate::graph::Direction;
use crate::plan::*;

pub(super) fn reach(root: &mut Operator) {
    let uses = uses(root);
    each_operator(root, &mut |operator| {
        match operator {
            Operator::Distinct { input, .. } => rewrite(input, &uses),
            Operator::Aggregate { input, aggregation } if ignores_repetition(aggregation) => rewrite(input, &uses),
            _ => {}
        }
        operator.expressions_mut().into_iter().for_each(|e| existence(e, &uses));
    });
}

/// Rewrites the plans that only tell whether there is a row.
fn existence(expr: &mut Expr, uses: &[usize]) {
    expr.children_mut().into_iter().for_each(|child| existence(child, uses));
    let exists = matches!(&expr.kind, ExprKind::Subplan(Subplan { gives: SubplanResult::Exists, .. }));
    if exists {
        each_subplan(expr, &mut |plan| rewrite(plan, uses));
    }
}

/// Whether the aggregates give the same when rows are repeated.
fn ignores_repetition(aggregation: &Aggregation) -> bool {
    aggregation.aggregates.iter().all(|(_, call)| {
        (call.distinct && call.function.name != "collect") || matches!(call.function.name, "min" | "max")
    })
}

/// Goes down from an operator to which repeated rows make no difference.
fn rewrite(operator: &mut Operator, uses: &[usize]) {
    if let Operator::ExpandVariable { step, several, .. } = operator
        && allowed(step, several, uses)
        && let Operator::ExpandVariable { input, step, several } = std::mem::replace(operator, Operator::Argument)
    {
        *operator = Operator::Reach { input, step, several };
    }
    match operator {
        Operator::Filter { input, .. }
        | Operator::Project { input, .. }
        | Operator::Expand { input, .. }
        | Operator::ExpandVariable { input, .. }
        | Operator::Reach { input, .. }
        | Operator::NodeScan { input, .. }
        | Operator::Unwind { input, .. } => rewrite(input, uses),
        _ => {}
    }
}

fn allowed(step: &Step, several: &Several, uses: &[usize]) -> bool {
    // The step itself is the only one to name the relationship's slot.
    let unused = uses.get(step.relationship).is_none_or(|count| *count <= 1);
    let repeatable = matches!(several.mode, PathMode::Trail | PathMode::Walk);
    unused
        && repeatable
        && step.distinct_from.is_empty()
        && step.direction != Direction::Both
        && several.length.minimum <= 1
}
