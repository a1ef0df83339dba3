//! Marks what runs over columns: a scan with the filters and expansions on top of it, and the groups made of them.
//!
//! Of groups that are sorted and cut, those that the first sort key puts behind too many others are not made rows.

use std::collections::HashMap;

use super::{each_subplan, uses};
use crate::plan::*;

pub(super) fn mark(root: &mut Operator) {
    let uses = uses(root);
    walk(root, &uses);
}

fn walk(operator: &mut Operator, uses: &[usize]) {
    if let Operator::Sort { input, keys, limit: Some(limit) } = operator
        && let Some(top) = top(keys, limit)
        && matches!(&**input, Operator::Aggregate { .. })
        && is_worthwhile(input)
    {
        wrap(input, Some(top), uses);
        return;
    }
    if is_worthwhile(operator) {
        wrap(operator, None, uses);
        return;
    }
    operator.expressions_mut().into_iter().for_each(|expr| each_subplan(expr, &mut |plan| walk(plan, uses)));
    operator.children_mut().into_iter().for_each(|child| walk(child, uses));
}

/// A scan alone gives its rows as it is.
fn is_worthwhile(operator: &Operator) -> bool {
    chain(operator).is_some_and(|chain| chain.aggregation.is_some() || chain.steps.len() > 1)
}

fn top(keys: &[SortKey], limit: &Expr) -> Option<Top> {
    let first = keys.first()?;
    match (&first.expression.kind, first.nulls_first) {
        (ExprKind::Slot(slot), None) => Some(Top { limit: limit.clone(), slot: *slot, descending: first.descending }),
        _ => None,
    }
}

fn wrap(operator: &mut Operator, top: Option<Top>, uses: &[usize]) {
    let mut own: HashMap<Slot, usize> = HashMap::new();
    operator.each_slot(&mut |slot| *own.entry(slot).or_default() += 1);
    let reads = match chain(operator) {
        Some(chain) => {
            let set = chain.nodes.iter().copied().chain(chain.relationships.iter().map(|step| step.relationship));
            set.filter(|slot| uses[*slot] > own.get(slot).copied().unwrap_or(0)).collect()
        }
        None => vec![],
    };
    let input = std::mem::replace(operator, Operator::Argument).boxed();
    *operator = Operator::Columns { input, reads, top };
}
