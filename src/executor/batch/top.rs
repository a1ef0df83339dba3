//! The rows that can be among the first by a sort key; the others are never made.

use std::cmp::Ordering;

use super::super::evaluate::{evaluate, row_count};
use super::super::{Result, Row, Run, row_bytes};
use super::{Context, Step, pull};
use crate::graph::{Column, Value};
use crate::plan::{ExprKind, Slot, Top};

/// More rows than these are better sorted as a whole.
const MOST: usize = 1024;

/// The rows, in the order in which they come; `None` if it is not known how many are wanted, or if they are many. Then
/// nothing has been done yet.
pub(super) fn rows(
    top: &Top,
    steps: &mut [Step],
    context: &Context,
    argument: &mut Row,
    run: &mut Run,
) -> Result<Option<Vec<Row>>> {
    let Ok(limit) = row_count(&top.limit, "LIMIT", argument, run) else { return Ok(None) };
    if limit == 0 || limit > MOST {
        return Ok(None);
    }
    let order = |a: &Value, b: &Value| if top.descending { b.order(a) } else { a.order(b) };
    let column = column(top, context);
    let mut best: Vec<Value> = Vec::with_capacity(limit + 1);
    let mut kept: Vec<(Value, Row)> = Vec::new();
    let mut row = argument.clone();
    while let Some(batch) = pull(steps, context, &mut row, run)? {
        for at in 0..batch.len {
            run.budget.tick()?;
            let value = match column {
                Some((slot, column)) => column.value(batch.ids(slot)[at] as usize),
                None => {
                    batch.fill(at, &mut row);
                    evaluate(&top.key, &mut row, run)?
                }
            };
            let behind = best.len() == limit && order(&value, &best[limit - 1]) == Ordering::Greater;
            if !behind {
                keep(&mut best, limit, &value, order);
                batch.fill(at, &mut row);
                run.budget.charge(row_bytes(&row))?;
                kept.push((value, row.clone()));
            }
        }
        if kept.len() > 4 * MOST {
            drop_behind(&mut kept, &best, limit, order, run);
        }
    }
    drop_behind(&mut kept, &best, limit, order, run);
    Ok(Some(kept.into_iter().map(|(_, row)| row).collect()))
}

/// The column of a key that is a property of a node.
fn column<'g>(top: &Top, context: &Context<'g>) -> Option<(Slot, &'g Column)> {
    let ExprKind::Property(base, key) = &top.key.kind else { return None };
    let ExprKind::Slot(slot) = base.kind else { return None };
    let column = context.graph.node_column(context.graph.key(key)?)?;
    let is_node = context.nodes.contains(&slot);
    (is_node && context.graph.node_columns_are_clean()).then_some((slot, column))
}

/// Keeps the best values sorted.
fn keep(best: &mut Vec<Value>, limit: usize, value: &Value, order: impl Fn(&Value, &Value) -> Ordering) {
    best.insert(best.partition_point(|other| order(other, value).is_le()), value.clone());
    best.truncate(limit);
}

fn drop_behind(
    kept: &mut Vec<(Value, Row)>,
    best: &[Value],
    limit: usize,
    order: impl Fn(&Value, &Value) -> Ordering,
    run: &Run,
) {
    if best.len() < limit {
        return;
    }
    let before = kept.len();
    let bytes = kept.first().map_or(0, |(_, row)| row_bytes(row));
    kept.retain(|(value, _)| order(value, &best[limit - 1]).is_le());
    run.budget.release((before - kept.len()) * bytes);
}
