//! Reads constants where they are needed: `WITH 1 AS one MATCH …` is planned as the MATCH alone.
//!
//! Only what cannot fail is moved: constants, parameters, and lists and maps of them. A slot is left as it is if it is
//! set twice (by the parts of a UNION), or named by anything but expressions.

use hashbrown::HashMap;

use super::{each_operator, uses};
use crate::graph::Value;
use crate::plan::{Expr, ExprKind, Operator, Slot};

pub(super) fn inline(root: &mut Operator) {
    each_operator(root, &mut project_one);
    let mut found: HashMap<Slot, Expr> = HashMap::new();
    each_operator(root, &mut |operator| {
        if let Some(items) = on_argument(operator) {
            found.extend(items.iter().filter(|(_, item)| is_constant(item)).cloned());
        }
    });
    if found.is_empty() {
        return;
    }
    let uses = uses(root);
    let mut reads = vec![0; uses.len()];
    each_operator(root, &mut |operator| operator.each_expression(&mut |expr| count_reads(expr, &mut reads)));
    found.retain(|slot, _| uses[*slot] == reads[*slot] + 1);
    let constant = |slot: Slot| found.get(&slot);
    each_operator(root, &mut |operator| {
        if let Operator::Project { items, .. } = operator {
            items.retain(|(slot, _)| constant(*slot).is_none());
        }
        operator.each_expression_mut(&mut |expr| replace(expr, &constant));
        let emptied = on_argument(operator).is_some_and(|items| items.is_empty());
        if emptied {
            *operator = Operator::Argument;
        }
    });
}

/// A list of one constant is unwound to it.
fn project_one(operator: &mut Operator) {
    let Operator::Unwind { input, unwind } = operator else { return };
    if !matches!(**input, Operator::Argument) || unwind.position.is_some() {
        return;
    }
    if let Some(Value::List(items)) = unwind.list.as_constant()
        && let [one] = &items[..]
    {
        let item = Expr::new(ExprKind::Constant(one.clone()), unwind.list.span);
        *operator = Operator::Project { input: Operator::Argument.boxed(), items: vec![(unwind.slot, item)] };
    }
}

/// The items of a projection of the argument.
fn on_argument(operator: &Operator) -> Option<&Vec<(Slot, Expr)>> {
    match operator {
        Operator::Project { input, items } if matches!(**input, Operator::Argument) => Some(items),
        _ => None,
    }
}

fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Constant(_) | ExprKind::Parameter(_) => true,
        ExprKind::List(items) => items.iter().all(is_constant),
        ExprKind::Map(entries) => entries.iter().all(|(_, item)| is_constant(item)),
        _ => false,
    }
}

/// Counts the expressions that are nothing but a slot.
fn count_reads(expr: &Expr, reads: &mut [usize]) {
    match &expr.kind {
        ExprKind::Slot(slot) => reads[*slot] += 1,
        _ => expr.each_child(&mut |child| count_reads(child, reads)),
    }
}

fn replace<'e>(expr: &mut Expr, constant: &impl Fn(Slot) -> Option<&'e Expr>) {
    match &expr.kind {
        ExprKind::Slot(slot) => {
            if let Some(item) = constant(*slot) {
                expr.kind = item.kind.clone();
            }
        }
        _ => expr.each_child_mut(&mut |child| replace(child, constant)),
    }
}
