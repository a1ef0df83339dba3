//! The heights of items whose order is known: in sweeps every layer is put as near to its neighbours as the distances
//! between its items allow. For one layer this is isotonic regression, which pooling adjacent violators solves.

use super::Result;
use super::layered::Layers;
use crate::limits::Budget;

const SWEEPS: usize = 12;
/// Between the borders of two nodes, and of links that pass by.
const GAP: f64 = 14.0;
const PASSING_GAP: f64 = 7.0;

pub(super) fn heights(items: &Layers, budget: &Budget) -> Result<Vec<f64>> {
    let mut y = vec![0.0; items.layer.len()];
    for layer in &items.layers {
        let wanted = vec![0.0; layer.len()];
        place(items, layer, &wanted, &vec![1.0; layer.len()], &mut y);
    }
    let count = items.layers.len();
    for sweep in 0..SWEEPS {
        for step in 0..count {
            let at = if sweep % 2 == 0 { step } else { count - 1 - step };
            budget.tick()?;
            let layer = &items.layers[at];
            // The last sweeps look both ways.
            let sides: &[&Vec<Vec<usize>>] = match (sweep >= SWEEPS - 4, sweep % 2) {
                (true, _) => &[&items.before, &items.after],
                (false, 0) => &[&items.before],
                (false, _) => &[&items.after],
            };
            let (wanted, weights): (Vec<f64>, Vec<f64>) =
                layer.iter().map(|item| wish(items, *item, sides, &y)).unzip();
            place(items, layer, &wanted, &weights, &mut y);
        }
    }
    Ok(y)
}

/// Where the item would be if it were alone, and how much that matters.
fn wish(items: &Layers, item: usize, sides: &[&Vec<Vec<usize>>], y: &[f64]) -> (f64, f64) {
    let passes = |item: usize| item >= items.nodes;
    let (mut sum, mut weight) = (0.0, 0.0);
    for neighbour in sides.iter().flat_map(|side| &side[item]) {
        // Long links are to run straight.
        let pull = match (passes(item), passes(*neighbour)) {
            (true, true) => 8.0,
            (false, false) => 1.0,
            _ => 2.0,
        };
        sum += pull * y[*neighbour];
        weight += pull;
    }
    if weight == 0.0 { (y[item], 0.1) } else { (sum / weight, weight) }
}

/// Puts the layer's items as near to where they want to be as their distances allow.
fn place(items: &Layers, layer: &[usize], wanted: &[f64], weights: &[f64], y: &mut [f64]) {
    let mut offset = 0.0;
    let mut offsets = Vec::with_capacity(layer.len());
    // Blocks of items that touch: sum of weighted wishes, weight, length.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for (at, item) in layer.iter().enumerate() {
        if let Some(above) = at.checked_sub(1).map(|at| layer[at]) {
            let gap = if *item < items.nodes && above < items.nodes { GAP } else { PASSING_GAP };
            offset += (items.heights[above] + items.heights[*item]) / 2.0 + gap;
        }
        offsets.push(offset);
        blocks.push(((wanted[at] - offset) * weights[at], weights[at], 1));
        while let [.., upper, lower] = blocks[..] {
            if upper.0 / upper.1 <= lower.0 / lower.1 {
                break;
            }
            blocks.pop();
            let last = blocks.len() - 1;
            blocks[last] = (upper.0 + lower.0, upper.1 + lower.1, upper.2 + lower.2);
        }
    }
    let mut at = 0;
    for (sum, weight, length) in blocks {
        for _ in 0..length {
            y[layer[at]] = sum / weight + offsets[at];
            at += 1;
        }
    }
}
