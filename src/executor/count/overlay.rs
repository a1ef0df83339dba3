//! [`Overlay`]: lists of neighbours that have changed, for counts that look at few nodes.

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::graph::{Direction, Graph, NodeId, TypeId};

/// The lists of a type in one direction. The lists of changed nodes are made one by one, when they are needed; after
/// many look-ups all are brought up to date in one array.
pub(super) struct Overlay<'g> {
    graph: &'g Graph,
    direction: Direction,
    of_type: TypeId,
    /// The nodes whose lists have changed, ascending.
    changed: Vec<(u32, OnceLock<Vec<u32>>)>,
    looked: AtomicUsize,
}

/// To copy an array takes as long as one look-up for this many relationships.
const RELATIONSHIPS_A_LOOK: usize = 64;

impl<'g> Overlay<'g> {
    /// `None`: the array of all lists is up to date.
    pub(super) fn new(graph: &'g Graph, direction: Direction, of_type: TypeId) -> Option<Overlay<'g>> {
        if graph.neighbour_lists(direction, of_type).is_some() {
            return None;
        }
        let changed = graph.changed_lists(direction, of_type).map(|node| (node.index() as u32, OnceLock::new()));
        let looked = AtomicUsize::new(0);
        Some(Overlay { graph, direction, of_type, changed: changed.collect(), looked })
    }

    pub(super) fn of(&self, node: u32) -> &[u32] {
        let (graph, direction, of_type) = (self.graph, self.direction, self.of_type);
        let looked = self.looked.load(Relaxed);
        if looked * RELATIONSHIPS_A_LOOK > self.total() {
            return graph.current_neighbour_lists(direction, of_type).of(node as usize);
        }
        // A look-up that another thread does not see does no harm.
        self.looked.store(looked + 1, Relaxed);
        let id = NodeId::new(node as usize);
        if let Some(list) = graph.neighbours(id, direction, of_type) {
            return list;
        }
        let make = || {
            let mut list = Vec::new();
            graph.add_neighbours(id, direction, of_type, &mut list);
            list
        };
        match self.changed.binary_search_by_key(&node, |(node, _)| *node) {
            Ok(at) => self.changed[at].1.get_or_init(make),
            Err(_) => &[],
        }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.changed.as_slice())
    }

    pub(super) fn total(&self) -> usize {
        self.graph.type_count(self.of_type)
    }

    /// All nodes that may have neighbours.
    pub(super) fn range(&self) -> Range<usize> {
        let base = self.graph.base_neighbour_lists(self.direction, self.of_type).range();
        match (self.changed.first(), self.changed.last()) {
            (Some((first, _)), Some((last, _))) => super::lists::join(base, *first as usize..*last as usize + 1),
            _ => base,
        }
    }

    /// Neighbours before the changes, for estimates.
    pub(super) fn sample(&self) -> &[u32] {
        self.graph.base_neighbour_lists(self.direction, self.of_type).neighbours()
    }
}
