//! [`KnownEnd`]: which nodes lead to an end that many rows one after the other ask of.

use super::super::follow::Follow;
use crate::graph::Graph;

/// To look a node up in a list takes as long as to set this many bits.
const BITS_A_LOOKUP: u64 = 8;

/// The nodes that lead to an end, as bits. They are set where enough rows ask of the same end: then each of these is
/// answered without a look into the store.
#[derive(Clone)]
pub(super) struct KnownEnd {
    /// From the end back.
    back: Follow,
    end: Option<u32>,
    is_marked: bool,
    marked: Vec<u32>,
    bits: Vec<u64>,
}

impl KnownEnd {
    /// `follow` leads to the end.
    pub(super) fn new(follow: &Follow) -> KnownEnd {
        KnownEnd { back: follow.turned(), end: None, is_marked: false, marked: Vec::new(), bits: Vec::new() }
    }

    /// Whether a relationship may lead from the node to the first of the ends, which are those of the row and of the
    /// rows after it. If not, none does.
    pub(super) fn may_meet(&mut self, node: u32, ends: &[u32], graph: &Graph) -> bool {
        let end = ends[0];
        if self.end != Some(end) {
            self.end = Some(end);
            let rows = ends.iter().take_while(|other| **other == end).count() as u64;
            self.is_marked = rows > 1 && self.back.degree(graph, end) <= rows * BITS_A_LOOKUP;
            if self.is_marked {
                self.mark(end, graph);
            }
        }
        !self.is_marked || self.bits[node as usize / 64] >> (node % 64) & 1 == 1
    }

    fn mark(&mut self, end: u32, graph: &Graph) {
        self.bits.resize(graph.node_bound().div_ceil(64), 0);
        self.marked.drain(..).for_each(|node| self.bits[node as usize / 64] = 0);
        let (bits, marked) = (&mut self.bits, &mut self.marked);
        self.back.each(graph, end, |node| {
            bits[node as usize / 64] |= 1 << (node % 64);
            marked.push(node);
        });
    }
}
