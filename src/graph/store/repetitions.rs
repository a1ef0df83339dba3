//! [`Repetitions`]: loops and parallel relationships of a type.

use super::adjacency::TypeAdjacency;

/// Where relationships of one type join the same nodes as others, or a node to itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repetitions {
    /// The node of each loop, ascending.
    pub loops: Vec<u32>,
    /// Whether two relationships have the same start and the same end.
    pub parallel: bool,
}

impl TypeAdjacency {
    /// Found out when it is first asked for, which takes a pass over all relationships of the type.
    pub(super) fn repetitions(&self) -> &Repetitions {
        self.repetitions.get_or_init(|| {
            let mut found = Repetitions::default();
            for (number, bounds) in self.outgoing.offsets.windows(2).enumerate() {
                let list = &self.outgoing.neighbours[bounds[0] as usize..bounds[1] as usize];
                if list.is_empty() {
                    continue;
                }
                let node = self.outgoing.node(number);
                let loops = list.partition_point(|end| *end <= node) - list.partition_point(|end| *end < node);
                found.loops.extend(std::iter::repeat_n(node, loops));
                found.parallel |= list.windows(2).any(|pair| pair[0] == pair[1]);
            }
            found
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;

    #[test]
    fn loops_and_parallel_relationships_by_type() {
        let mut graph = Graph::new();
        let nodes: Vec<_> = (0..4).map(|_| graph.create_node()).collect();
        let types = ["T", "U", "W"].map(|name| graph.intern_type(name));
        for (start, of_type, end) in [(0, 0, 1), (1, 0, 0), (2, 0, 2), (0, 1, 1), (0, 1, 1), (3, 1, 3), (3, 1, 3)] {
            graph.create_relationship(nodes[start], types[of_type], nodes[end]);
        }
        let expected = [(vec![2], false), (vec![3, 3], true), (vec![], false)];
        let expected = expected.map(|(loops, parallel)| Repetitions { loops, parallel });
        assert_eq!(types.map(|of_type| graph.repetitions(of_type).clone()), expected, "as changes");
        graph.commit();
        graph.merge();
        assert_eq!(types.map(|of_type| graph.repetitions(of_type).clone()), expected, "in the base");
    }
}
