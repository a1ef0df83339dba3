//! CASE over vectors: each branch is computed for the rows that come to it.

use super::super::batch::{Batch, picks};
use super::super::vector::{Picks, Vector};
use super::super::{Result, Run};
use super::logic::{self, Truths};
use super::vector;
use crate::graph::Value;
use crate::plan::Expr;

pub(super) fn case(
    branches: &[(Expr, Expr)],
    otherwise: Option<&Expr>,
    batch: &Batch,
    run: &mut Run,
) -> Result<Vector> {
    // The rows that no branch has taken; `None`: all.
    let mut open: Option<Vec<u32>> = None;
    let mut parts: Vec<(Vec<u32>, Vector)> = Vec::new();
    for (condition, result) in branches {
        let rows = rows_of(open.as_deref(), batch);
        if rows.len == 0 {
            break;
        }
        let truths = logic::truths(&vector(condition, &rows, run)?, rows.len)?;
        let (mut taken, mut rest) = (Vec::new(), Vec::new());
        for row in 0..rows.len {
            let holds = match &truths {
                Truths::Same(truth) => *truth == Some(true),
                Truths::Each(truths) => truths[row] == logic::TRUE,
            };
            let place = open.as_ref().map_or(row as u32, |open| open[row]);
            if holds { taken.push(place) } else { rest.push(place) }
        }
        if !taken.is_empty() {
            let of_branch = vector(result, &rows_of(Some(&taken), batch), run)?;
            parts.push((taken, of_branch));
        }
        open = Some(rest);
    }
    let rest = rows_of(open.as_deref(), batch);
    if rest.len > 0 {
        let of_rest = match otherwise {
            Some(otherwise) => vector(otherwise, &rest, run)?,
            None => Vector::default(),
        };
        parts.push((open.unwrap_or_else(|| (0..batch.len as u32).collect()), of_rest));
    }
    Ok(merged(parts, batch.len))
}

/// Some of the rows; `None`: all of them.
fn rows_of(places: Option<&[u32]>, batch: &Batch) -> Batch {
    match places {
        Some(places) if places.len() < batch.len => batch.pick(&picks(places.to_vec())),
        _ => Batch::new(batch.len, batch.columns.clone()),
    }
}

/// The values of the parts, each at the places of its part.
fn merged(mut parts: Vec<(Vec<u32>, Vector)>, len: usize) -> Vector {
    if parts.len() == 1 {
        return parts.swap_remove(0).1;
    }
    if let Some(values) = parts.iter().map(|(_, vector)| vector.same()).collect::<Option<Vec<Value>>>() {
        let mut picks = vec![0_u32; len];
        for (part, (places, _)) in parts.iter().enumerate() {
            places.iter().for_each(|place| picks[*place as usize] = part as u32);
        }
        return match Vector::of(values) {
            Vector::Each { data, .. } => Vector::Each { data, picks: Some(picks.into()) },
            same => same,
        };
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
