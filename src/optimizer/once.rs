//! Evaluates a subquery in an expression once if it is the same for every row, when its value is first needed.
//!
//! It is the same if it reads no slot that is set outside of it, and nothing in it depends on chance. A plan that
//! changes the graph is left alone: what a subquery finds then depends on when it runs.

use super::{each_operator, uses};
use crate::plan::*;

pub(super) fn mark(root: &mut Operator) {
    if !has_subplan(root) || root.writes() {
        return;
    }
    let mut uses = uses(root);
    each_operator(root, &mut |operator| {
        if let Operator::Match { pattern, .. } = operator {
            each_set_on_the_way(pattern, &mut |slot| count(slot, &mut uses));
        }
    });
    let mut marker = Marker { uses, marked: 0 };
    marker.operator(root);
}

struct Marker {
    /// How often the whole plan names each slot.
    uses: Vec<usize>,
    /// How many subqueries have been marked.
    marked: usize,
}

impl Marker {
    fn operator(&mut self, operator: &mut Operator) {
        operator.each_expression_mut(&mut |expr| self.expression(expr));
        operator.each_child_mut(&mut |child| self.operator(child));
    }

    fn expression(&mut self, expr: &mut Expr) {
        expr.each_child_mut(&mut |child| self.expression(child));
        let ExprKind::Subplan(subplan) = &mut expr.kind else { return };
        let SubplanBody::Planned(plan) = &mut subplan.body else { return };
        let result = match &mut subplan.gives {
            SubplanResult::Collect(result) => Some(&mut **result),
            SubplanResult::Exists | SubplanResult::Count => None,
        };
        if self.is_same_each_time(plan, result.as_deref()) {
            subplan.once = Some(self.next());
            return;
        }
        self.operator(plan);
        result.into_iter().for_each(|result| self.expression(result));
    }

    fn next(&mut self) -> usize {
        self.marked += 1;
        self.marked - 1
    }

    /// Whatever sets a slot names it: if nothing outside names the slots of a plan, it reads only what it sets itself.
    fn is_same_each_time(&self, plan: &Operator, result: Option<&Expr>) -> bool {
        let mut own = uses(plan);
        if let Some(result) = result {
            result.each_slot(&mut |slot| count(slot, &mut own));
        }
        let closed = own.iter().zip(&self.uses).all(|(own, all)| *own == 0 || own == all);
        closed && plan.is_deterministic() && result.is_none_or(Expr::is_deterministic)
    }
}

fn count(slot: Slot, uses: &mut Vec<usize>) {
    uses.resize(uses.len().max(slot + 1), 0);
    uses[slot] += 1;
}

/// Calls `visit` with the slots that are set while each of several relationships is checked: the pattern does not name
/// them.
fn each_set_on_the_way(pattern: &Pattern, visit: &mut dyn FnMut(Slot)) {
    for relationship in &pattern.relationships {
        let each = relationship.several.as_ref().and_then(|several| several.each.as_ref());
        each.into_iter().flat_map(|each| [each.relationship, each.left, each.right]).for_each(&mut *visit);
        match &relationship.kind {
            Connection::Relationship => {}
            Connection::Group(group) => each_set_on_the_way(&group.pattern, visit),
            Connection::Chosen(chosen) => each_set_on_the_way(&chosen.pattern, visit),
        }
    }
}

/// Whether any plan runs inside an expression.
fn has_subplan(operator: &Operator) -> bool {
    let mut found = false;
    operator.each_expression(&mut |expr| found = found || expr.has_subplan());
    operator.each_input(&mut |input| found = found || has_subplan(input));
    found || operator.inner().is_some_and(has_subplan)
}
