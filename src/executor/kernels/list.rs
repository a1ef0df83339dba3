//! List literals over vectors.

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
