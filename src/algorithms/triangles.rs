//! Triangles: three nodes that are all neighbours.

use super::undirected::Undirected;
use crate::diagnostic::Diagnostic;
use crate::limits::Budget;

/// By node: in how many triangles it is, directions and parallel edges aside. Each triangle is found once, from its
/// node of least degree, so that nodes with many neighbours are no burden.
pub fn triangles(network: &Undirected, budget: &Budget) -> Result<Vec<u64>, Diagnostic> {
    let nodes = network.len() as u32;
    budget.charge(network.len() * (size_of::<u64>() + size_of::<u32>() + size_of::<usize>()))?;
    // By node: its neighbours of higher degree.
    let degrees: Vec<u32> = (0..nodes).map(|node| network.degree(node) as u32).collect();
    let (mut offsets, mut higher) = (vec![0], Vec::new());
    for node in 0..nodes {
        budget.tick()?;
        let own = (degrees[node as usize], node);
        let is_higher = |other: &u32| (degrees[*other as usize], *other) > own;
        higher.extend(network.neighbours(node).iter().copied().filter(is_higher));
        offsets.push(higher.len());
    }
    budget.charge(size_of_val(higher.as_slice()) + size_of_val(degrees.as_slice()))?;
    let higher = |node: u32| &higher[offsets[node as usize]..offsets[node as usize + 1]];
    let mut found = vec![0; network.len()];
    // By node: which node last marked it as a neighbour, plus 1.
    let mut marks = vec![0; network.len()];
    for first in 0..nodes {
        let around = higher(first);
        // Two of them make a triangle.
        if around.len() < 2 {
            continue;
        }
        around.iter().for_each(|other| marks[*other as usize] = first + 1);
        for second in around {
            budget.tick()?;
            let mut between = 0;
            for third in higher(*second).iter().filter(|third| marks[**third as usize] == first + 1) {
                found[*third as usize] += 1;
                between += 1;
            }
            found[*second as usize] += between;
            found[first as usize] += between;
        }
    }
    Ok(found)
}

/// The share of pairs of a node's neighbours that are neighbours of each other; 0 for less than two neighbours.
pub fn clustering(triangles: u64, degree: usize) -> f64 {
    match degree {
        0 | 1 => 0.0,
        _ => 2.0 * triangles as f64 / (degree as f64 * (degree - 1) as f64),
    }
}
