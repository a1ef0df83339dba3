//! What a planner asks of the columns and lists: numbers that need not be exact, found without going through all.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::super::Value;
use super::super::symbols::{KeyId, LabelId, TypeId};
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

/// What a property is for some of the nodes of a label.
#[derive(Debug, Default)]
pub struct Sample {
    /// In the order of values; nodes without the property are left out.
    values: Vec<Value>,
    /// How many nodes were looked at.
    taken: usize,
    /// How many there were to look at.
    nodes: usize,
}

impl Sample {
    /// Nodes looked at for one sample.
    const SIZE: usize = 128;
    /// Nodes of a label that are counted through to spread a sample. The nodes behind them are taken to be like these.
    const REACH: usize = 1 << 22;

    /// The share of nodes that have the property.
    pub fn present(&self) -> f64 {
        self.share(self.values.len())
    }

    /// The share of nodes that are likely to have one value of the property, if it is not said which.
    pub fn equal_to_any(&self) -> f64 {
        let runs = self.values.chunk_by(|a, b| a == b).count();
        let taken = self.values.len();
        // Where nearly all are different, so are those that were not looked at.
        let distinct = if runs * 10 >= taken * 9 { self.nodes * runs / taken.max(1) } else { runs };
        self.present() / distinct.max(1) as f64
    }

    /// The share of nodes that are likely to have this value.
    pub fn equal_to(&self, value: &Value) -> f64 {
        let same = self.values.iter().filter(|other| other.equals(value) == Some(true)).count();
        if same > 1 { self.share(same) } else { self.equal_to_any() }
    }

    /// The share of nodes whose value compares so with this one.
    pub fn compared(&self, value: &Value, wanted: impl Fn(Ordering) -> bool) -> f64 {
        self.share(self.values.iter().filter(|other| other.compare(value).is_some_and(&wanted)).count())
    }

    fn share(&self, count: usize) -> f64 {
        count as f64 / self.taken.max(1) as f64
    }
}

/// The samples taken of a graph at one of its planning versions.
#[derive(Debug, Default)]
pub(super) struct Samples(Mutex<(u64, Taken)>);

/// Samples that have been taken.
type Taken = BTreeMap<(LabelId, KeyId), Arc<Sample>>;

impl Graph {
    /// A sample of the property of the label's nodes. It is taken once for each planning version.
    pub fn sample(&self, label: LabelId, key: KeyId) -> Arc<Sample> {
        let mut samples = self.samples.0.lock().unwrap_or_else(PoisonError::into_inner);
        if samples.0 != self.planning_version() {
            *samples = (self.planning_version(), BTreeMap::new());
        }
        samples.1.entry((label, key)).or_insert_with(|| Arc::new(self.new_sample(label, key))).clone()
    }

    fn new_sample(&self, label: LabelId, key: KeyId) -> Sample {
        let nodes = self.label_count(label);
        let step = nodes.min(Sample::REACH).div_ceil(Sample::SIZE).max(1);
        // One node of each stretch, not always at the same place: values may repeat with the same period.
        let is_taken = |at: usize| at % step == (at / step).wrapping_mul(0x9E37_79B9) % step;
        let some = self.nodes_with_label(label).take(Sample::REACH).enumerate().filter(|(at, _)| is_taken(*at));
        let all: Vec<Value> = some.map(|(_, node)| self.property(node, key)).collect();
        let taken = all.len();
        let mut values: Vec<Value> = all.into_iter().filter(|value| !value.is_null()).collect();
        values.sort();
        Sample { values, taken, nodes }
    }

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
    fn samples_tell_shares() {
        let mut graph = Graph::new();
        let (label, other) = (graph.intern_label("A"), graph.intern_label("B"));
        let (key, nowhere) = (graph.intern_key("k"), graph.intern_key("none"));
        for at in 0..1000 {
            let node = graph.create_node();
            graph.add_label(node, if at % 2 == 0 { label } else { other });
            let value = if at % 2 == 0 { Value::from(i64::from(at)) } else { Value::from("always") };
            graph.set_property(node, key, if at % 4 == 1 { Value::Null } else { value });
        }
        let (numbers, texts) = (graph.sample(label, key), graph.sample(other, key));
        assert!((numbers.equal_to_any() - 0.002).abs() < 1e-4);
        assert!((numbers.compared(&Value::from(250i64), Ordering::is_lt) - 0.25).abs() < 0.1);
        assert!((texts.present() - 0.5).abs() < 0.1);
        assert_eq!(texts.equal_to(&Value::from("always")), texts.present());
        assert_eq!(graph.sample(label, nowhere).present(), 0.0);
    }

    #[test]
    fn estimates_of_distinct_values() {
        assert_eq!(sampled(1000, |at| at), 1000);
        assert_eq!(sampled(1000, |at| at % 3), 3);
        assert_eq!(sampled(0, |at| at), 0);
    }
}
