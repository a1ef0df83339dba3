//! What a planner asks of the columns and lists: numbers that need not be exact, found without going through all.

use std::collections::HashSet;

use super::super::Value;
use super::super::symbols::{LabelId, TypeId};
use super::column::{Column, Data};
use super::{Direction, Graph};

impl Column {
    /// About how many different values there are.
    pub fn distinct_estimate(&self) -> usize {
        match &self.data {
            Data::Text { dictionary, .. } => dictionary.len(),
            Data::Boolean { .. } => 2,
            Data::Integer(values) => sampled(values.len(), |at| values[at]),
            Data::Float(values) => sampled(values.len(), |at| values[at].to_bits()),
            Data::Temporal(array) => sampled(array.len(), |at| array.key(at)),
            Data::Mixed(values) => sampled(values.len(), |at: usize| -> Value { values[at].clone() }),
        }
        .max(1)
    }
}

/// How many of a sample are different; if nearly all are, as many as there are values.
fn sampled<T: std::hash::Hash + Eq>(length: usize, value: impl Fn(usize) -> T) -> usize {
    const SAMPLE: usize = 128;
    let step = length.div_ceil(SAMPLE).max(1);
    let places = (0..length).step_by(step);
    let taken = places.len();
    let different = places.map(value).collect::<HashSet<_>>().len();
    if different * 10 >= taken * 9 { length * different / taken.max(1) } else { different }
}

impl Graph {
    /// About how many nodes have relationships of the type in the direction; `None` if nothing is known.
    pub fn owners_estimate(&self, direction: Direction, relationship_type: TypeId) -> Option<usize> {
        let lists = self.base.adjacency.types.get(relationship_type.index())?;
        let lists = lists.lists(direction == Direction::Incoming);
        lists.offsets.len().checked_sub(1)
    }

    /// About which share of the ends of the type's relationships has the label, from a sample.
    pub fn ends_with_label(&self, direction: Direction, relationship_type: TypeId, label: LabelId) -> f64 {
        const SAMPLE: usize = 16;
        let Some(lists) = self.base.adjacency.types.get(relationship_type.index()) else { return 1.0 };
        let ends = &lists.lists(direction == Direction::Incoming).neighbours;
        let places = (0..ends.len()).step_by(ends.len().div_ceil(SAMPLE).max(1));
        let (taken, nodes) = (places.len(), self.label_bitmap(label));
        let having = places.filter(|at| nodes.contains(ends[*at] as usize)).count();
        if taken == 0 { 1.0 } else { having as f64 / taken as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_of_distinct_values() {
        assert_eq!(sampled(1000, |at| at), 1000);
        assert_eq!(sampled(1000, |at| at % 3), 3);
        assert_eq!(sampled(0, |at| at), 0);
    }
}
