//! The order in layers: sweeps that put every item at the mean place of its neighbours (the barycenter heuristic), then
//! swaps of neighbours while they help. The best order met is kept.

use super::Result;
use super::layered::Layers;
use crate::limits::Budget;

const SWEEPS: usize = 24;
/// Sweeps without gain after which to stop.
const PATIENCE: usize = 6;
/// More links than these are not swapped.
const SWAPPED: usize = 6_000;

pub(super) fn reduce_crossings(items: &mut Layers, budget: &Budget) -> Result<()> {
    let mut place = vec![0usize; items.layer.len()];
    let number = |layers: &[Vec<usize>], place: &mut Vec<usize>| {
        layers.iter().for_each(|layer| layer.iter().enumerate().for_each(|(at, item)| place[*item] = at));
    };
    number(&items.layers, &mut place);
    let mut best = items.layers.clone();
    let mut fewest = crossings(items, &place, budget)?;
    let mut since = 0;
    for sweep in 0..SWEEPS {
        if fewest == 0 || since == PATIENCE {
            break;
        }
        let count = items.layers.len();
        for step in 1..count {
            let (at, neighbours) = match sweep % 2 {
                0 => (step, &items.before),
                _ => (count - 1 - step, &items.after),
            };
            budget.tick()?;
            sort_layer(&mut items.layers[at], neighbours, &place);
            items.layers[at].iter().enumerate().for_each(|(to, item)| place[*item] = to);
        }
        let now = crossings(items, &place, budget)?;
        since += 1;
        if now < fewest {
            (fewest, since) = (now, 0);
            best.clone_from(&items.layers);
        }
    }
    items.layers = best;
    number(&items.layers, &mut place);
    let links: usize = items.after.iter().map(Vec::len).sum();
    if fewest > 0 && links <= SWAPPED {
        swap_neighbours(items, &mut place, budget)?;
    }
    Ok(())
}

/// Sorts by the mean place of the neighbours. Items without neighbours stay where they are.
fn sort_layer(layer: &mut [usize], neighbours: &[Vec<usize>], place: &[usize]) {
    let mean = |item: usize| {
        let sum: usize = neighbours[item].iter().map(|neighbour| place[*neighbour]).sum();
        sum as f64 / neighbours[item].len() as f64
    };
    let mut moving: Vec<(f64, usize)> =
        layer.iter().filter(|item| !neighbours[**item].is_empty()).map(|item| (mean(*item), *item)).collect();
    moving.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut moving = moving.into_iter();
    for slot in layer.iter_mut().filter(|item| !neighbours[**item].is_empty()) {
        *slot = moving.next().expect("as many as there are slots").1;
    }
}

/// How many pairs of links between neighbouring layers cross, by counting inversions in a Fenwick tree.
fn crossings(items: &Layers, place: &[usize], budget: &Budget) -> Result<usize> {
    let mut total = 0;
    for (at, layer) in items.layers.iter().enumerate() {
        let Some(next) = items.layers.get(at + 1) else { break };
        let mut tree = vec![0usize; next.len() + 1];
        let mut seen = 0;
        let mut ends = Vec::new();
        for item in layer {
            budget.tick()?;
            ends.clear();
            ends.extend(items.after[*item].iter().map(|target| place[*target]));
            ends.sort_unstable();
            for end in &ends {
                let (mut below, mut at) = (0, end + 1);
                while at > 0 {
                    below += tree[at];
                    at &= at - 1;
                }
                total += seen - below;
            }
            for end in &ends {
                let mut at = end + 1;
                while at < tree.len() {
                    tree[at] += 1;
                    at += at & at.wrapping_neg();
                }
            }
            seen += ends.len();
        }
    }
    Ok(total)
}

fn swap_neighbours(items: &mut Layers, place: &mut [usize], budget: &Budget) -> Result<()> {
    for _ in 0..8 {
        let mut better = false;
        for layer in &mut items.layers {
            for at in 1..layer.len() {
                budget.tick()?;
                let (upper, lower) = (layer[at - 1], layer[at]);
                let (mut now, mut swapped) = (0, 0);
                for side in [&items.before, &items.after] {
                    now += inversions(&side[upper], &side[lower], place);
                    swapped += inversions(&side[lower], &side[upper], place);
                }
                if swapped < now {
                    layer.swap(at - 1, at);
                    (place[upper], place[lower]) = (at, at - 1);
                    better = true;
                }
            }
        }
        if !better {
            break;
        }
    }
    Ok(())
}

/// How many links of the upper item cross links of the lower one.
fn inversions(upper: &[usize], lower: &[usize], place: &[usize]) -> usize {
    let crossed = |target: &usize| lower.iter().filter(|other| place[**other] < place[*target]).count();
    upper.iter().map(crossed).sum()
}
