//! CASE over vectors: each branch is computed for the rows that come to it.

use super::super::batch::{Batch, picks};
use super::super::vector::{Picks, Vector};
use super::super::{Result, Run};
use super::logic::{self, Truths};
use super::vector;
use crate::plan::Expr;

pub(super) fn case(
    branches: &[(Expr, Expr)],
    otherwise: Option<&Expr>,
    batch: &Batch,
    run: &mut Run,
) -> Result<Vector> {
    let mut open: Vec<u32> = (0..batch.len as u32).collect();
    let mut parts: Vec<(Vec<u32>, Vector)> = Vec::new();
    for (condition, result) in branches {
        if open.is_empty() {
            break;
        }
        let rows = batch.pick(&picks(open.clone()));
        let truths = logic::truths(&vector(condition, &rows, run)?, rows.len)?;
        let holds = |row: usize| match &truths {
            Truths::Same(truth) => *truth == Some(true),
            Truths::Each(truths) => truths[row] == logic::TRUE,
        };
        let (taken, rest): (Vec<usize>, Vec<usize>) = (0..open.len()).partition(|row| holds(*row));
        let place = |rows: Vec<usize>| -> Vec<u32> { rows.into_iter().map(|row| open[row]).collect() };
        let (taken, rest) = (place(taken), place(rest));
        if !taken.is_empty() {
            let of_branch = vector(result, &batch.pick(&picks(taken.clone())), run)?;
            parts.push((taken, of_branch));
        }
        open = rest;
    }
    if !open.is_empty() {
        let rest = match otherwise {
            Some(otherwise) => vector(otherwise, &batch.pick(&picks(open.clone())), run)?,
            None => Vector::default(),
        };
        parts.push((open, rest));
    }
    Ok(merged(parts, batch.len))
}

/// The values of the parts, each at the places of its part.
fn merged(mut parts: Vec<(Vec<u32>, Vector)>, len: usize) -> Vector {
    if parts.len() == 1 {
        return parts.swap_remove(0).1;
    }
    let together = Vector::concat(parts.iter().map(|(places, vector)| (vector, places.len())));
    let mut order = vec![0_u32; len];
    let places = parts.iter().flat_map(|(places, _)| places);
    places.enumerate().for_each(|(at, place)| order[*place as usize] = at as u32);
    let order: Picks = order.into();
    match together {
        Vector::Each { data, picks: None } => Vector::Each { data, picks: Some(order) },
        other => other,
    }
}
