//! What gives the same each time it is evaluated.

use super::*;
use crate::functions::is_deterministic;
use crate::procedures::Callable;

impl Expr {
    /// Whether the expression gives the same each time it is evaluated for a row on the same graph, and so do the plans
    /// that it runs.
    pub fn is_deterministic(&self) -> bool {
        self.all_parts(&mut |part| match &part.kind {
            ExprKind::Call(function, _) => is_deterministic(function),
            ExprKind::Subplan(Subplan { body: SubplanBody::Planned(plan), gives, .. }) => {
                let result = match gives {
                    SubplanResult::Collect(result) => result.is_deterministic(),
                    SubplanResult::Exists | SubplanResult::Count => true,
                };
                result && plan.is_deterministic()
            }
            ExprKind::Subplan(Subplan { body: SubplanBody::Bound { .. }, .. }) => false,
            _ => true,
        })
    }

    /// Whether the expression is deterministic and runs no plan.
    pub fn is_simple(&self) -> bool {
        self.all_parts(&mut |part| match &part.kind {
            ExprKind::Call(function, _) => is_deterministic(function),
            ExprKind::Subplan(_) => false,
            _ => true,
        })
    }

    pub fn has_subplan(&self) -> bool {
        !self.all_parts(&mut |part| !matches!(part.kind, ExprKind::Subplan(_)))
    }
}

impl Operator {
    /// Whether the plan gives the same rows each time it runs on the same graph.
    pub fn is_deterministic(&self) -> bool {
        let mut all = match self {
            Operator::Call { call, .. } => matches!(call.procedure, Callable::Native(_)),
            _ => true,
        };
        self.each_expression(&mut |expr| all = all && expr.is_deterministic());
        self.each_input(&mut |input| all = all && input.is_deterministic());
        all && self.inner().is_none_or(Operator::is_deterministic)
    }
}
