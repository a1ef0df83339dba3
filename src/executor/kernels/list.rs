//! List and map literals over vectors.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::batch::Batch;
use super::super::vector::Vector;
use super::super::{Result, Run};
use super::vector;
use crate::graph::Value;
use crate::plan::Expr;

pub(super) fn list(items: &[Expr], batch: &Batch, run: &mut Run) -> Result<Vector> {
    let items: Vec<Vector> = items.iter().map(|item| vector(item, batch, run)).collect::<Result<_>>()?;
    let of_row = |row: usize| Value::list(items.iter().map(|item| item.value(row))).bounded();
    Ok(match items.iter().all(|item| matches!(item, Vector::Same(_))) {
        true => Vector::Same(of_row(0)?),
        false => Vector::of((0..batch.len).map(of_row).collect::<Result<_>>()?),
    })
}

pub(super) fn map(entries: &[(Arc<str>, Expr)], batch: &Batch, run: &mut Run) -> Result<Vector> {
    let mut columns = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        columns.push((key, vector(value, batch, run)?));
    }
    let mut values = Vec::with_capacity(batch.len);
    let mut hold = run.budget.hold();
    for row in 0..batch.len {
        run.budget.tick()?;
        let map: BTreeMap<Arc<str>, Value> = columns.iter().map(|(key, of)| (Arc::clone(key), of.value(row))).collect();
        let map = Value::from(map).bounded()?;
        hold.add(map.held())?;
        values.push(map);
    }
    Ok(Vector::of(values))
}
