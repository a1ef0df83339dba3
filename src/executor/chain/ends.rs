//! [`Ends`]: the tests that the end of a relationship must pass.

use super::Context;
use crate::graph::Graph;

/// Tests of one node. Once many nodes have been asked, all are at once: over whole columns that is much cheaper.
#[derive(Clone, Default)]
pub(super) struct Ends {
    pub tests: Vec<usize>,
    asked: usize,
    /// A bit for each node that passes.
    passing: Option<Vec<u64>>,
}

/// Nodes asked one by one before all are: about what asking all of a hundred thousand costs.
const ONE_BY_ONE: usize = 1024;

impl Ends {
    pub(super) fn of(test: usize) -> Ends {
        Ends { tests: vec![test], ..Ends::default() }
    }

    pub(super) fn pass(&mut self, context: &Context, node: u32) -> bool {
        if self.tests.is_empty() {
            return true;
        }
        if let Some(passing) = &self.passing {
            return passing[node as usize / 64] >> (node % 64) & 1 == 1;
        }
        self.asked += 1;
        if self.asked > ONE_BY_ONE.max(context.graph.node_bound() / 64) {
            self.passing = Some(self.ask_all(context));
        }
        self.tests.iter().all(|test| context.tests[*test].holds(node))
    }

    fn ask_all(&self, context: &Context) -> Vec<u64> {
        let graph: &Graph = context.graph;
        let word = |word: usize| {
            self.tests.iter().fold(u64::MAX, |nodes, test| match nodes {
                0 => 0,
                _ => context.tests[*test].word(word, nodes),
            })
        };
        (0..graph.node_bound().div_ceil(64)).map(word).collect()
    }

    /// How many of these nodes pass.
    pub(super) fn count(&mut self, context: &Context, nodes: &[u32]) -> u64 {
        if self.tests.is_empty() {
            return nodes.len() as u64;
        }
        if let Some(passing) = &self.passing {
            return nodes.iter().map(|node| passing[*node as usize / 64] >> (node % 64) & 1).sum();
        }
        nodes.iter().filter(|node| self.pass(context, **node)).count() as u64
    }
}
