//! [`Visited`]: the nodes that a search has visited, emptied in no time for the next one.

use crate::graph::NodeId;

/// A map from nodes to small numbers. A node is in it if its stamp is that of the current round.
#[derive(Default)]
pub(super) struct Visited {
    nodes: Vec<Entry>,
    round: u32,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    stamp: u32,
    value: u32,
}

impl Visited {
    /// Removes all nodes; then there is room for so many.
    pub(super) fn clear(&mut self, bound: usize) {
        match self.round.checked_add(1) {
            Some(round) if self.nodes.len() >= bound => self.round = round,
            // New pages are zero already, and those that no search looks at are never touched.
            _ => *self = Visited { nodes: vec![Entry::default(); bound], round: 1 },
        }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.nodes.as_slice())
    }

    /// Whether the node is new; if not, it keeps its number.
    pub(super) fn insert(&mut self, node: NodeId, value: u32) -> bool {
        let entry = &mut self.nodes[node.index()];
        let new = entry.stamp != self.round;
        if new {
            *entry = Entry { stamp: self.round, value };
        }
        new
    }

    pub(super) fn get(&self, node: NodeId) -> Option<u32> {
        let entry = self.nodes[node.index()];
        (entry.stamp == self.round).then_some(entry.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_an_earlier_search_is_left() {
        let mut visited = Visited::default();
        let node = NodeId::new(2);
        for round in 0..3 {
            visited.clear(3 + round);
            assert_eq!(visited.get(node), None);
            assert!(visited.insert(node, round as u32));
            assert!(!visited.insert(node, 9));
            assert_eq!(visited.get(node), Some(round as u32));
        }
        visited.round = u32::MAX;
        visited.clear(3);
        assert_eq!(visited.get(node), None);
        assert_eq!(visited.bytes(), 3 * 8);
    }
}
