//! `= <> < <= > >=` over vectors.

use super::super::Result;
use super::super::evaluate;
use super::super::vector::{Data, NULL, Nulls, Vector};
use super::{Lane, nulls_of};
use crate::graph::Value;
use crate::limits::Budget;
use crate::plan::Comparison;

pub(super) fn compare(
    comparison: Comparison,
    left: &Vector,
    right: &Vector,
    len: usize,
    budget: &Budget,
) -> Result<Vector> {
    match (left, right) {
        (Vector::Same(left), Vector::Same(right)) => {
            return Ok(Vector::Same(evaluate::compare(comparison, left, right).into()));
        }
        (Vector::Same(Value::Null), _) | (_, Vector::Same(Value::Null)) => return Ok(Vector::Same(Value::Null)),
        (Vector::Same(_), _) => return compare(comparison.mirrored(), right, left, len, budget),
        _ => {}
    }
    let (a, b) = (left.flat(), right.flat());
    match typed(comparison, a.as_deref(), right, b.as_deref(), len) {
        Some(vector) => Ok(vector),
        None => by_value(comparison, left, right, len, budget),
    }
}

fn by_value(comparison: Comparison, left: &Vector, right: &Vector, len: usize, budget: &Budget) -> Result<Vector> {
    let (mut values, mut nulls) = (Vec::with_capacity(len), Vec::with_capacity(len));
    for row in 0..len {
        let (left, right) = (left.value(row), right.value(row));
        budget.work(left.size().min(right.size()))?;
        let truth = evaluate::compare(comparison, &left, &right);
        values.push(truth == Some(true));
        nulls.push(truth.is_none());
    }
    Ok(Vector::booleans(values, nulls))
}

/// Where both sides are of one type.
fn typed(comparison: Comparison, a: Option<&Data>, right: &Vector, b: Option<&Data>, len: usize) -> Option<Vector> {
    let nulls = nulls_of(a, b);
    Some(match (a?, right, b) {
        (Data::Integers(a, _), Vector::Same(Value::Integer(b)), _) => {
            ordered(comparison, Lane::Each(a), Lane::Same(*b), nulls, len)
        }
        (Data::Integers(a, _), _, Some(Data::Integers(b, _))) => {
            ordered(comparison, Lane::Each(a), Lane::Each(b), nulls, len)
        }
        (Data::Floats(a, _), Vector::Same(Value::Float(b)), _) => {
            ordered(comparison, Lane::Each(a), Lane::Same(*b), nulls, len)
        }
        (Data::Floats(a, _), _, Some(Data::Floats(b, _))) => {
            ordered(comparison, Lane::Each(a), Lane::Each(b), nulls, len)
        }
        (Data::Nodes(a), _, Some(Data::Nodes(b))) | (Data::Relationships(a), _, Some(Data::Relationships(b))) => {
            numbers(comparison, a, Lane::Each(b), len)?
        }
        (Data::Nodes(a), Vector::Same(Value::Node(b)), _) => numbers(comparison, a, Lane::Same(b.index() as u32), len)?,
        (Data::Temporals(counts, scale, _), Vector::Same(value), _) => {
            temporals(comparison, counts, scale.floor(0, value)?, nulls, len)?
        }
        (Data::Temporals(a, scale, _), _, Some(Data::Temporals(b, other, _))) if scale == other => {
            ordered(comparison, Lane::Each(a), Lane::Each(b), nulls, len)
        }
        (Data::Text(codes, dictionary), Vector::Same(Value::String(wanted)), _) => match comparison {
            Comparison::Equal | Comparison::NotEqual => {
                // No string has the last code but one.
                let wanted = dictionary.code(wanted).unwrap_or(NULL - 1);
                numbers(comparison, codes, Lane::Same(wanted), len)?
            }
            _ => strings(codes, |code| comparison.holds(dictionary.get(code).cmp(wanted))),
        },
        (Data::Text(a, of), _, Some(Data::Text(b, other))) if std::sync::Arc::ptr_eq(of, other) => {
            numbers(comparison, a, Lane::Each(b), len)?
        }
        _ => return None,
    })
}

/// As in openCypher, comparing with NaN is false, except that NaN is not equal to anything.
fn ordered<T: Copy + PartialOrd>(comparison: Comparison, a: Lane<T>, b: Lane<T>, nulls: Nulls, len: usize) -> Vector {
    let values = match comparison {
        Comparison::Equal => a.zip(b, len, |a, b| a == b),
        Comparison::NotEqual => a.zip(b, len, |a, b| a != b),
        Comparison::Less => a.zip(b, len, |a, b| a < b),
        Comparison::LessOrEqual => a.zip(b, len, |a, b| a <= b),
        Comparison::Greater => a.zip(b, len, |a, b| a > b),
        Comparison::GreaterOrEqual => a.zip(b, len, |a, b| a >= b),
    };
    Data::Booleans(values, nulls).into()
}

/// Compares counts with a value of which the greatest count that is not after it is known, and whether it is the value.
fn temporals(
    comparison: Comparison,
    counts: &[i64],
    (floor, is_exact): (i128, bool),
    nulls: Nulls,
    len: usize,
) -> Option<Vector> {
    let floor = i64::try_from(floor).ok()?;
    let inexact = match comparison {
        _ if is_exact => comparison,
        Comparison::Equal => return Some(Data::Booleans(vec![false; len], nulls).into()),
        Comparison::NotEqual => return Some(Data::Booleans(vec![true; len], nulls).into()),
        // The value is between two counts.
        Comparison::Less => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Greater,
        Comparison::LessOrEqual | Comparison::Greater => comparison,
    };
    Some(ordered(inexact, Lane::Each(counts), Lane::Same(floor), nulls, len))
}

/// What has no order that can be asked for.
fn numbers(comparison: Comparison, a: &[u32], b: Lane<u32>, len: usize) -> Option<Vector> {
    let values = match comparison {
        Comparison::Equal => Lane::Each(a).zip(b, len, |a, b| a == b),
        Comparison::NotEqual => Lane::Each(a).zip(b, len, |a, b| a != b),
        _ => return None,
    };
    let nulls = Lane::Each(a).zip(b, len, |a, b| a == NULL || b == NULL);
    Some(Vector::booleans(values, nulls))
}

fn strings(codes: &[u32], test: impl Fn(u32) -> bool) -> Vector {
    let values = codes.iter().map(|code| *code != NULL && test(*code)).collect();
    Vector::booleans(values, codes.iter().map(|code| *code == NULL).collect())
}
