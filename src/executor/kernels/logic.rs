//! Three-valued logic over vectors.

use super::super::batch::{Batch, picks};
use super::super::evaluate::truth;
use super::super::vector::{Data, NULL, Vector};
use super::super::{Result, Run};
use super::vector;
use crate::graph::Value;
use crate::plan::Expr;

pub(super) const TRUE: u8 = 1;
pub(super) const UNKNOWN: u8 = 2;

/// Truth values: those of all rows, or that of each.
pub(super) enum Truths {
    Same(Option<bool>),
    Each(Vec<u8>),
}

impl Truths {
    fn into_vector(self) -> Vector {
        match self {
            Truths::Same(truth) => Vector::Same(truth.into()),
            Truths::Each(truths) => {
                let values = truths.iter().map(|truth| *truth == TRUE).collect();
                Vector::booleans(values, truths.iter().map(|truth| *truth == UNKNOWN).collect())
            }
        }
    }
}

fn code(truth: Option<bool>) -> u8 {
    truth.map_or(UNKNOWN, u8::from)
}

/// The truth value of each row; anything but a Boolean or null is an error.
pub(super) fn truths(vector: &Vector, len: usize) -> Result<Truths> {
    let data = match vector {
        Vector::Same(value) => return truth(value).map(Truths::Same),
        each => each.flat(),
    };
    Ok(Truths::Each(match data.as_deref() {
        Some(Data::Booleans(values, None)) => values.iter().map(|value| u8::from(*value)).collect(),
        Some(Data::Booleans(values, Some(nulls))) => {
            values.iter().zip(nulls).map(|(value, null)| if *null { UNKNOWN } else { u8::from(*value) }).collect()
        }
        _ => (0..len).map(|row| truth(&vector.value(row)).map(code)).collect::<Result<_>>()?,
    }))
}

pub(super) fn not(operand: &Expr, batch: &Batch, run: &mut Run) -> Result<Vector> {
    Ok(match truths(&vector(operand, batch, run)?, batch.len)? {
        Truths::Same(truth) => Vector::Same(truth.map(|truth| !truth).into()),
        Truths::Each(mut truths) => {
            truths.iter_mut().filter(|truth| **truth != UNKNOWN).for_each(|truth| *truth ^= 1);
            Truths::Each(truths).into_vector()
        }
    })
}

/// AND (`decisive` false) and OR (`decisive` true): the decisive value wins over null, and ends the evaluation of its
/// row.
pub(super) fn connect(parts: &[Expr], decisive: bool, batch: &Batch, run: &mut Run) -> Result<Vector> {
    let decided = u8::from(decisive);
    let mut results = vec![u8::from(!decisive); batch.len];
    let mut open: Option<Vec<u32>> = None;
    for part in parts {
        let picked;
        let rows = match &open {
            None => batch,
            Some(open) if open.is_empty() => break,
            Some(open) => {
                picked = batch.pick(&picks(open.clone()));
                &picked
            }
        };
        let of_part = vector(part, rows, run)?;
        let truths = truths(&of_part, rows.len).map_err(|error| error.at(part.span))?;
        let truth = |row: usize| match &truths {
            Truths::Same(truth) => code(*truth),
            Truths::Each(truths) => truths[row],
        };
        if (0..rows.len).all(|row| truth(row) == code(Some(!decisive))) {
            continue;
        }
        let mut still = Vec::with_capacity(rows.len);
        for row in 0..rows.len {
            let place = open.as_ref().map_or(row as u32, |open| open[row]);
            match truth(row) {
                truth if truth == decided => results[place as usize] = decided,
                truth => {
                    if truth == UNKNOWN {
                        results[place as usize] = UNKNOWN;
                    }
                    still.push(place);
                }
            }
        }
        open = Some(still);
    }
    Ok(Truths::Each(results).into_vector())
}

pub(super) fn is_null(vector: &Vector, len: usize) -> Vector {
    match vector {
        Vector::Same(value) => Vector::Same(value.is_null().into()),
        each => Data::Booleans(nulls(each, len), None).into(),
    }
}

/// Whether each value is null.
pub(in super::super) fn nulls(vector: &Vector, len: usize) -> Vec<bool> {
    let data = match vector {
        Vector::Same(value) => return vec![value.is_null(); len],
        each => each.flat(),
    };
    match data.as_deref() {
        Some(Data::Nodes(numbers) | Data::Relationships(numbers) | Data::Text(numbers, _)) => {
            numbers.iter().map(|number| *number == NULL).collect()
        }
        Some(
            Data::Booleans(_, nulls) | Data::Integers(_, nulls) | Data::Floats(_, nulls) | Data::Temporals(_, _, nulls),
        ) => nulls.clone().unwrap_or_else(|| vec![false; len]),
        Some(Data::Values(values)) => values.iter().map(Value::is_null).collect(),
        Some(Data::RelationshipLists { .. }) | None => vec![false; len],
    }
}
