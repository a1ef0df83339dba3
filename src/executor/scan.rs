//! Where nodes come from: all of them, or those of a label.

use std::sync::Arc;

use super::batch::{Batch, ROWS};
use super::source::{Argument, Input, Source};
use super::vector::Vector;
use super::{Result, Run};
use crate::graph::NodeId;
use crate::plan::{Operator, Slot};

pub(super) struct NodeScan<'p> {
    pairs: Pairs<'p>,
    operator: &'p Operator,
    slot: Slot,
    label: Option<&'p str>,
    /// The nodes, and the version of the graph that has them.
    nodes: Option<(u64, Arc<[u32]>)>,
}

impl<'p> NodeScan<'p> {
    pub(super) fn new(
        input: Input<'p>,
        argument: Argument,
        operator: &'p Operator,
        slot: Slot,
        label: Option<&'p str>,
    ) -> NodeScan<'p> {
        NodeScan { pairs: Pairs::new(input, argument), operator, slot, label, nodes: None }
    }
}

impl Source for NodeScan<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        let NodeScan { pairs, operator, slot, label, nodes } = self;
        let words = run.words_of(operator);
        pairs.next(*slot, run, |_, _, run| {
            let graph = run.graph();
            if let Some((version, nodes)) = nodes
                && *version == graph.version()
            {
                return Ok(nodes.clone());
            }
            let is_own = |node: &u32| words.as_ref().is_none_or(|words| words.contains(&(*node as usize / 64)));
            let numbers = |node: NodeId| node.index() as u32;
            let all: Arc<[u32]> = match label.map(|label| graph.label(label)) {
                None => graph.nodes().map(numbers).filter(is_own).collect(),
                Some(Some(label)) => graph.nodes_with_label(label).map(numbers).filter(is_own).collect(),
                Some(None) => Arc::default(),
            };
            run.budget.charge(size_of_val::<[u32]>(&all))?;
            *nodes = Some((graph.version(), all.clone()));
            Ok(all)
        })
    }
}

/// Each input row with each of the nodes found for it.
pub(super) struct Pairs<'p> {
    input: Input<'p>,
    argument: Argument,
    batch: Batch,
    /// The input row whose nodes are being given.
    row: usize,
    found: Arc<[u32]>,
    given: usize,
    /// Rows of the next batch at most.
    most: usize,
}

/// A first batch is small: perhaps no other is asked for.
pub(super) const FIRST_ROWS: usize = 64;

impl<'p> Pairs<'p> {
    pub(super) fn new(input: Input<'p>, argument: Argument) -> Pairs<'p> {
        let found = Arc::default();
        Pairs { input, argument, batch: Batch::default(), row: 0, found, given: 0, most: FIRST_ROWS }
    }

    /// The next rows: `find` gives the nodes for an input row.
    pub(super) fn next(
        &mut self,
        slot: Slot,
        run: &mut Run,
        mut find: impl FnMut(&Batch, usize, &mut Run) -> Result<Arc<[u32]>>,
    ) -> Result<Option<Batch>> {
        loop {
            if self.row >= self.batch.len {
                let Some(batch) = self.input.next(run)? else { return Ok(None) };
                self.batch = batch;
                self.row = 0;
                self.given = 0;
                self.found = self.find(run, &mut find)?;
            }
            let (mut places, mut nodes) = (Vec::new(), Vec::new());
            while self.row < self.batch.len && nodes.len() < self.most {
                run.budget.tick()?;
                let end = self.found.len().min(self.given + self.most - nodes.len());
                nodes.extend_from_slice(&self.found[self.given..end]);
                places.resize(nodes.len(), self.row as u32);
                self.given = end;
                if end == self.found.len() {
                    self.row += 1;
                    self.given = 0;
                    if self.row < self.batch.len {
                        self.found = self.find(run, &mut find)?;
                    }
                }
            }
            self.most = (self.most * 4).min(ROWS);
            if !nodes.is_empty() {
                let mut out = self.batch.spread(places);
                out.set(slot, Vector::nodes(nodes));
                return Ok(Some(out));
            }
        }
    }

    fn find(
        &self,
        run: &mut Run,
        find: &mut impl FnMut(&Batch, usize, &mut Run) -> Result<Arc<[u32]>>,
    ) -> Result<Arc<[u32]>> {
        match self.argument.is_done(&self.batch, self.row) {
            true => Ok(Arc::default()),
            false => find(&self.batch, self.row, run),
        }
    }
}
