//! Where batches come from, and what drops rows of them.

use std::ops::Range;

use super::super::follow::Follow;
use super::super::{Result, Run};
use super::super::{kernels, seek};
use super::ends::Ends;
use super::{BATCH, Batch, Context, Feed, Ids};
use crate::graph::{Entity, LabelId, NodeId};
use crate::plan::{Expr, IndexSeek, Slot};

/// All nodes, or those of a label, that pass some tests.
#[derive(Clone)]
pub(super) struct Scan<'p> {
    pub slot: Slot,
    /// `None`: every node. `Some(None)`: those of a label that the graph does not know.
    pub label: Option<Option<LabelId>>,
    /// Where to look the nodes up instead of going through all.
    pub seek: Option<&'p IndexSeek>,
    pub tests: Vec<usize>,
    /// Relationships that the next step follows from here: nodes without any need not be given.
    pub followed: Option<Follow>,
    pub state: Place,
}

/// How far a scan has come.
#[derive(Clone, Default)]
pub(super) struct Place {
    /// The word of nodes that comes next.
    word: usize,
    /// The words from this one on are left to others.
    end: Option<usize>,
    started: bool,
    /// All nodes to be given, where they were found by a value.
    found: Option<std::vec::IntoIter<u32>>,
}

impl<'p> Scan<'p> {
    pub(super) fn next(&mut self, feed: &mut Feed) -> Result<Option<Batch>> {
        let ids = match self.found(feed) {
            Some(found) => found.by_ref().take(BATCH).collect(),
            None => self.some(feed.context, feed.run)?,
        };
        if ids.is_empty() {
            return Ok(None);
        }
        let column = Ids { slot: self.slot, relationship: false, ids };
        Ok(Some(Batch { len: column.ids.len(), columns: vec![column], weight: None }))
    }

    /// Whether it goes through all words of nodes, since no test told where they are.
    pub(super) fn goes_through_all(&mut self, feed: &mut Feed) -> bool {
        self.found(feed).is_none()
    }

    /// The same, of these words of nodes only.
    pub(super) fn within(&self, words: Range<usize>) -> Scan<'p> {
        let state = Place { word: words.start, end: Some(words.end), ..self.state.clone() };
        Scan { state, ..self.clone() }
    }

    /// The nodes that are still to be given, if an index or a test told where they are.
    fn found(&mut self, feed: &mut Feed) -> Option<&mut std::vec::IntoIter<u32>> {
        let (context, graph) = (feed.context, feed.context.graph);
        if !self.state.started {
            let candidates = match self.seek {
                Some(seek) => {
                    let nodes = seek::nodes(seek, feed.row, feed.run);
                    Some(nodes.into_iter().map(|node| node.index() as u32).collect())
                }
                None => self.tests.iter().find_map(|test| context.tests[*test].candidates()),
            };
            let passes = |node: &u32| {
                let index = *node as usize;
                let labelled = match self.label {
                    None => !graph.is_deleted(Entity::Node(NodeId::new(index))),
                    Some(label) => label.is_some_and(|label| graph.has_label(NodeId::new(index), label)),
                };
                labelled && self.tests.iter().all(|test| context.tests[*test].holds(*node))
            };
            let found = candidates.map(|all| all.into_iter().filter(passes).collect::<Vec<_>>());
            self.state.found = found.map(Vec::into_iter);
        }
        self.state.started = true;
        self.state.found.as_mut()
    }

    /// The next nodes that pass, all words of nodes gone through.
    fn some(&mut self, context: &Context, run: &Run) -> Result<Vec<u32>> {
        let graph = context.graph;
        let end = graph.node_bound().div_ceil(64);
        let labelled = match self.label {
            None => None,
            Some(None) => return Ok(Vec::new()),
            Some(Some(label)) => Some(graph.label_bitmap(label)),
        };
        let Range { start, end } = labelled.map_or(0..end, |nodes| nodes.words());
        let end = self.state.end.map_or(end, |most| most.min(end));
        let mut ids = Vec::with_capacity(BATCH + 64);
        self.state.word = self.state.word.max(start);
        while self.state.word < end && ids.len() < BATCH {
            let word = self.state.word;
            self.state.word += 1;
            if word.is_multiple_of(16) {
                run.budget.tick()?;
            }
            let mut nodes = labelled.map_or_else(|| all_nodes(word, graph), |nodes| nodes.word(word));
            if nodes != 0
                && let Some(followed) = &self.followed
            {
                nodes &= followed.owners(graph, word);
            }
            for test in &self.tests {
                if nodes != 0 {
                    nodes = context.tests[*test].word(word, nodes);
                }
            }
            let first = (word * 64) as u32;
            if nodes == u64::MAX {
                ids.extend(first..first + 64);
                continue;
            }
            while nodes != 0 {
                ids.push(first + nodes.trailing_zeros());
                nodes &= nodes - 1;
            }
        }
        Ok(ids)
    }
}

/// The live nodes of a word.
fn all_nodes(word: usize, graph: &crate::graph::Graph) -> u64 {
    let left = graph.node_bound() - word * 64;
    let nodes = if left < 64 { (1 << left) - 1 } else { u64::MAX };
    nodes & !graph.deleted_word(word)
}

/// Rows for which conditions hold.
#[derive(Clone)]
pub(super) struct Filter<'p> {
    pub condition: Condition<'p>,
    /// What is read after it.
    pub wanted: Vec<Slot>,
}

#[derive(Clone)]
pub(super) enum Condition<'p> {
    /// Tests of the node in a slot.
    Node(Slot, Ends),
    /// Conditions on rows, each asked of those for which the ones before hold.
    Plain(Vec<&'p Expr>),
}

impl Filter<'_> {
    pub(super) fn next(&mut self, feed: &mut Feed) -> Result<Option<Batch>> {
        while let Some(batch) = feed.next()? {
            let mut places = Vec::with_capacity(batch.len);
            match &mut self.condition {
                Condition::Node(slot, ends) => {
                    let passing = batch.ids(*slot).iter().enumerate().filter(|(_, id)| ends.pass(feed.context, **id));
                    places.extend(passing.map(|(at, _)| at as u32));
                }
                Condition::Plain(conditions) => {
                    let read = kernels::slots_of(conditions.iter().copied());
                    let rows = super::Rows::of_row(feed.row.clone()).with_ids(batch.with(&read));
                    places = kernels::kept(conditions, &rows, feed.run)?;
                }
            }
            if !places.is_empty() {
                return Ok(Some(batch.pick(&places, &self.wanted)));
            }
        }
        Ok(None)
    }
}
