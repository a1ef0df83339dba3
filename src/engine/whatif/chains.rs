//! Chains of two answers compared by what they are: their numbers say only where they stand in their answer.

use std::collections::BTreeMap;

use super::Row;
use crate::graph::Value;
use crate::plan::Plan;

/// The chains that only one of the answers has, each whole, with the number that it has there.
pub(super) fn compared(plan: &Plan, before: &[Row], after: &[Row]) -> (Vec<String>, Vec<Row>) {
    let at = |name: &str| plan.columns.iter().position(|column| column == name);
    let (Some(chain), Some(step)) = (at("chain"), at("step")) else { return super::by_row(plan, before, after) };
    let ends = at("start").zip(at("end"));
    let key = |rows: &[Row]| key(rows, &[chain, step], ends);
    let (old, new) = (split(before, chain), split(after, chain));
    let mut counts: BTreeMap<Vec<Row>, i64> = BTreeMap::new();
    new.iter().for_each(|rows| *counts.entry(key(rows)).or_default() += 1);
    old.iter().for_each(|rows| *counts.entry(key(rows)).or_default() -= 1);
    let mut found = Vec::new();
    for (chains, change, sign) in [(old, "lost", -1), (new, "new", 1)] {
        for rows in chains {
            if let Some(count) = counts.get_mut(&key(rows))
                && *count * sign > 0
            {
                *count -= sign;
                found.extend(rows.iter().map(|row| std::iter::once(Value::from(change)).chain(row.clone()).collect()));
            }
        }
    }
    without_nulls(plan, found)
}

/// The rows of each chain.
fn split(rows: &[Row], chain: usize) -> Vec<&[Row]> {
    rows.chunk_by(|a, b| a[chain] == b[chain]).collect()
}

/// The rows without the columns that number them. A cycle begins with the least of its rows: where it is entered says
/// nothing.
fn key(rows: &[Row], numbers: &[usize], ends: Option<(usize, usize)>) -> Vec<Row> {
    let said = |row: &Row| {
        let columns = row.iter().enumerate().filter(|(at, _)| !numbers.contains(at));
        columns.map(|(_, value)| value.clone()).collect::<Row>()
    };
    let mut key: Vec<Row> = rows.iter().map(said).collect();
    let is_cycle = ends.is_some_and(|(start, end)| rows[0][start] == rows[rows.len() - 1][end]);
    if is_cycle {
        let least = (0..key.len()).min_by_key(|at| &key[*at]).unwrap_or(0);
        key.rotate_left(least);
    }
    key
}

/// Leaves out the columns about alternatives and properties where no row has any.
fn without_nulls(plan: &Plan, rows: Vec<Row>) -> (Vec<String>, Vec<Row>) {
    let columns: Vec<String> = std::iter::once("change".to_string()).chain(plan.columns.iter().cloned()).collect();
    let says = |at: usize| rows.iter().any(|row| !row[at].is_null());
    let may_go = |at: usize| ["one_of", "properties"].contains(&columns[at].as_str());
    let kept: Vec<usize> = (0..columns.len()).filter(|at| !may_go(*at) || says(*at)).collect();
    let rows = rows.iter().map(|row| kept.iter().map(|at| row[*at].clone()).collect()).collect();
    (kept.iter().map(|at| columns[*at].clone()).collect(), rows)
}
