//! Marks what runs over columns: a scan with the filters and expansions on top of it, and the groups made of them.
//! Distinct rows are groups without aggregates.
//!
//! Of groups or rows that are sorted and cut, those that the first sort key puts behind too many others are not made
//! rows. Rows that are left out are not computed with either, so that nothing may be computed of them that could fail.

use std::collections::HashMap;

use super::{each_subplan, uses};
use crate::plan::*;

pub(super) fn mark(root: &mut Operator) {
    let uses = uses(root);
    walk(root, &uses);
}

fn walk(operator: &mut Operator, uses: &[usize]) {
    group_distinct(operator, uses);
    if let Operator::Sort { input, keys, limit: Some(limit) } = operator
        && mark_top(input, keys, limit, uses)
    {
        return;
    }
    if is_worthwhile(operator, uses) {
        wrap(operator, None, uses);
        return;
    }
    operator.each_expression_mut(&mut |expr| each_subplan(expr, &mut |plan| walk(plan, uses)));
    operator.each_child_mut(&mut |child| walk(child, uses));
}

/// The chain that ends in an operator, if nothing is read of it that has no column.
fn chain<'p>(operator: &'p Operator, uses: &[usize]) -> Option<Chain<'p>> {
    crate::plan::chain(operator).filter(|chain| chain.lists.iter().all(|slot| uses[*slot] <= 1))
}

/// A scan alone gives its rows as it is, and so do the few nodes of an index that are filtered.
fn is_worthwhile(operator: &Operator, uses: &[usize]) -> bool {
    let Some(chain) = chain(operator, uses) else { return false };
    let goes_on = || match chain.steps.as_slice() {
        [Operator::NodeIndexSeek { .. }, rest @ ..] => rest.iter().any(|step| !matches!(step, Operator::Filter { .. })),
        steps => steps.len() > 1,
    };
    chain.aggregation.is_some() || goes_on()
}

/// Marks what is sorted and cut, if the first sort key tells what will not be among the first.
fn mark_top(input: &mut Operator, keys: &[SortKey], limit: &Expr, uses: &[usize]) -> bool {
    let Some(first) = keys.first().filter(|first| first.nulls_first.is_none() && is_fixed(limit)) else { return false };
    let top = |key: &Expr| Top { limit: limit.clone(), key: key.clone(), descending: first.descending };
    group_distinct(input, uses);
    match input {
        Operator::Aggregate { .. }
            if is_worthwhile(input, uses) && matches!(first.expression.kind, ExprKind::Slot(_)) =>
        {
            wrap(input, Some(top(&first.expression)), uses);
            true
        }
        Operator::Project { input: below, items } => {
            let Some(chain) = chain(below, uses).filter(|chain| chain.aggregation.is_none()) else { return false };
            let item = |slot: Slot| items.iter().find(|(other, _)| *other == slot).map(|(_, item)| item);
            let key = match first.expression.kind {
                ExprKind::Slot(slot) => item(slot).unwrap_or(&first.expression),
                _ => &first.expression,
            };
            let of_chain = |slot: Slot| item(slot).is_none() && is_set_by(&chain, slot);
            let of_row = |slot: Slot| item(slot).is_some() || is_set_by(&chain, slot);
            let safe = cannot_fail(key, &of_chain)
                && items.iter().all(|(_, item)| cannot_fail(item, &of_chain))
                && keys.iter().all(|key| cannot_fail(&key.expression, &of_row));
            if safe {
                let top = top(key);
                wrap(below, Some(top), uses);
            }
            safe
        }
        _ => false,
    }
}

/// Whether an expression gives the same each time it is asked.
fn is_fixed(limit: &Expr) -> bool {
    match &limit.kind {
        ExprKind::Constant(_) | ExprKind::Parameter(_) => true,
        ExprKind::Arithmetic(_, left, right) => is_fixed(left) && is_fixed(right),
        _ => false,
    }
}

fn is_set_by(chain: &Chain, slot: Slot) -> bool {
    chain.nodes.contains(&slot) || chain.relationships.iter().any(|step| step.relationship == slot)
}

/// Constants, variables, and properties of nodes and relationships.
fn cannot_fail(expr: &Expr, is_entity: &dyn Fn(Slot) -> bool) -> bool {
    match &expr.kind {
        ExprKind::Constant(_) | ExprKind::Parameter(_) => true,
        ExprKind::Slot(slot) => is_entity(*slot),
        ExprKind::Property(base, _) => matches!(base.kind, ExprKind::Slot(slot) if is_entity(slot)),
        _ => false,
    }
}

/// Makes groups of distinct rows, if nothing else of a row is read later.
fn group_distinct(operator: &mut Operator, uses: &[usize]) {
    if !matches!(operator, Operator::Distinct { .. }) {
        return;
    }
    let own = own_uses(operator);
    let Operator::Distinct { input, slots } = operator else { return };
    let (items, below): (&[(Slot, Expr)], &Operator) = match &**input {
        Operator::Project { items, input } => (items, input),
        other => (&[], other),
    };
    let Some(chain) = chain(below, uses).filter(|chain| chain.aggregation.is_none()) else { return };
    let set = || items.iter().map(|(slot, _)| *slot);
    let reads_own = |item: &Expr| set().any(|slot| item.reads(slot));
    let all = set().chain(chain.nodes.iter().copied()).chain(chain.relationships.iter().map(|r| r.relationship));
    let is_read_later = |slot: Slot| uses[slot] > own.get(&slot).copied().unwrap_or(0);
    let known = |slot: &Slot| set().any(|other| other == *slot) || is_set_by(&chain, *slot);
    let fits = slots.iter().all(known)
        && !items.iter().any(|(_, item)| reads_own(item))
        && all.into_iter().all(|slot| slots.contains(&slot) || !is_read_later(slot));
    if slots.is_empty() || !fits {
        return;
    }
    let key = |slot: &Slot| match items.iter().find(|(other, _)| other == slot) {
        Some((_, item)) => (*slot, item.clone()),
        None => (*slot, Expr::slot(*slot, Default::default())),
    };
    let aggregation = Aggregation { keys: slots.iter().map(key).collect(), aggregates: vec![] };
    let mut source = std::mem::replace(&mut **input, Operator::Argument);
    if let Operator::Project { input, .. } = source {
        source = *input;
    }
    *operator = Operator::Aggregate { input: source.boxed(), aggregation };
}

/// How often an operator and those below it name each slot.
fn own_uses(operator: &Operator) -> HashMap<Slot, usize> {
    let mut own: HashMap<Slot, usize> = HashMap::new();
    operator.each_slot(&mut |slot| *own.entry(slot).or_default() += 1);
    own
}

fn wrap(operator: &mut Operator, top: Option<Top>, uses: &[usize]) {
    let own = own_uses(operator);
    let reads = match chain(operator, uses) {
        Some(chain) => {
            let set = chain.nodes.iter().copied().chain(chain.relationships.iter().map(|step| step.relationship));
            set.filter(|slot| uses[*slot] > own.get(slot).copied().unwrap_or(0)).collect()
        }
        None => vec![],
    };
    let input = std::mem::replace(operator, Operator::Argument).boxed();
    *operator = Operator::Columns { input, reads, top };
}
