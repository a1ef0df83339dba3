//! Looking nodes up in an index.

use super::batch::{Batch, ROWS};
use super::evaluate::evaluate;
use super::scan::FIRST_ROWS;
use super::source::{Argument, Input, Source};
use super::vector::Vector;
use super::{Result, Row, Run, kernels};
use crate::diagnostic::Kind;
use crate::graph::{Bounds, Graph, IndexMatches, NodeId, Seek, Value};
use crate::plan::{IndexBounds, IndexSeek, Slot};

pub(super) struct NodeIndexSeek<'p> {
    input: Input<'p>,
    argument: Argument,
    seek: &'p IndexSeek,
    /// What the keys read.
    reads: Vec<Slot>,
    batch: Batch,
    /// What was looked up for all rows of the batch at once, and the version of the graph that it holds for.
    matches: Option<(u64, IndexMatches)>,
    /// The row whose nodes are being given.
    row: usize,
    found: Vec<u32>,
    given: usize,
    /// Rows of the next batch at most.
    most: usize,
}

/// For fewer rows, looking them up together costs more than it saves.
const FEW: usize = 4;

impl<'p> NodeIndexSeek<'p> {
    pub(super) fn new(input: Input<'p>, argument: Argument, seek: &'p IndexSeek) -> NodeIndexSeek<'p> {
        NodeIndexSeek {
            input,
            argument,
            seek,
            reads: kernels::slots_of(seek.expressions()),
            batch: Batch::default(),
            matches: None,
            row: 0,
            found: Vec::new(),
            given: 0,
            most: FIRST_ROWS,
        }
    }

    /// Looks up all rows of the batch at once, if they are looked up by equal values.
    fn look_up(&mut self, run: &mut Run) -> Result<Option<(u64, IndexMatches)>> {
        let (batch, seek) = (&self.batch, self.seek);
        if batch.len < FEW || seek.next.is_some() || seek.equal.is_empty() {
            return Ok(None);
        }
        let mut keys = Vec::with_capacity(seek.equal.len());
        for expr in &seek.equal {
            match kernels::vector(expr, batch, run) {
                Ok(values) => keys.push(values),
                Err(error) if error.kind == Kind::Stopped => return Err(error),
                // Which of the rows have a value is found out row by row.
                Err(_) => return Ok(None),
            }
        }
        let values: Vec<Value> = match keys.as_slice() {
            [only] => only.values(batch.len),
            keys => (0..batch.len).flat_map(|row| keys.iter().map(move |key| key.value(row))).collect(),
        };
        let graph = run.graph();
        let matches = graph.index_seek_each(&seek.index, seek.equal.len(), &values);
        Ok(matches.map(|matches| (graph.version(), matches)))
    }

    /// Finds the nodes of a row.
    fn find(&mut self, run: &mut Run) {
        self.found.clear();
        self.given = 0;
        if self.row >= self.batch.len || self.argument.is_done(&self.batch, self.row) {
            return;
        }
        match &self.matches {
            Some((version, matches)) if *version == run.graph().version() => {
                matches.nodes(self.row, run.graph(), &mut self.found);
            }
            _ => {
                let mut row = run.spare_row();
                self.batch.fill(self.row, &self.reads, &mut row);
                self.found.extend(nodes(self.seek, &mut row, run).into_iter().map(|node| node.index() as u32));
                run.spare.push(row);
            }
        }
    }
}

impl Source for NodeIndexSeek<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        loop {
            if self.row >= self.batch.len {
                let Some(batch) = self.input.next(run)? else { return Ok(None) };
                (self.batch, self.row) = (batch, 0);
                self.matches = self.look_up(run)?;
                self.find(run);
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
                    self.find(run);
                }
            }
            self.most = (self.most * 4).min(ROWS);
            if !nodes.is_empty() {
                let mut out = self.batch.spread(places);
                out.set(self.seek.slot, Vector::nodes(nodes));
                return Ok(Some(out));
            }
        }
    }
}

/// The nodes in ascending order, as a scan gives them.
pub(super) fn nodes(seek: &IndexSeek, row: &mut Row, run: &mut Run) -> Vec<NodeId> {
    // A value that cannot be had is an error only if some node comes to be compared with it.
    let seeks = seeks(seek, row, run).unwrap_or(None);
    find(seek, seeks, run.graph())
}

/// Without look-ups, all nodes of the label.
fn find(seek: &IndexSeek, seeks: Option<Vec<Seek>>, graph: &Graph) -> Vec<NodeId> {
    let found = seeks.and_then(|seeks| {
        let each: Option<Vec<Vec<NodeId>>> = seeks.iter().map(|one| graph.index_seek(&seek.index, one)).collect();
        let mut nodes = each?.concat();
        if seeks.len() > 1 {
            nodes.sort_unstable();
            nodes.dedup();
        }
        Some(nodes)
    });
    found.unwrap_or_else(|| graph.label(&seek.label).map_or(Vec::new(), |l| graph.nodes_with_label(l).collect()))
}

/// What to look up, none if nothing can be equal; `None` if an index is no help.
fn seeks(seek: &IndexSeek, row: &mut Row, run: &mut Run) -> Result<Option<Vec<Seek>>> {
    let mut equal = Vec::with_capacity(seek.equal.len());
    for expr in &seek.equal {
        equal.push(evaluate(expr, row, run)?);
    }
    if equal.iter().any(Value::is_null) {
        return Ok(Some(Vec::new()));
    }
    let with = |next: Option<Bounds>| Some(vec![Seek { equal: equal.clone(), next }]);
    Ok(match &seek.next {
        None => with(None),
        Some(IndexBounds::Prefix(prefix)) => match evaluate(prefix, row, run)? {
            Value::String(prefix) => with(Some(Bounds::Prefix(prefix))),
            _ => Some(Vec::new()),
        },
        Some(IndexBounds::In(list)) => match evaluate(list, row, run)? {
            Value::List(items) => {
                let set = items.iter().filter(|item| !item.is_null());
                let each = set.map(|item| {
                    let equal = equal.iter().chain([item]).cloned().collect();
                    Seek { equal, next: None }
                });
                Some(each.collect())
            }
            Value::Null => Some(Vec::new()),
            _ => None,
        },
        Some(IndexBounds::Range(from, to)) => {
            let mut value = |expr: &Option<crate::plan::Expr>| -> Result<Option<Value>> {
                expr.as_ref().map(|expr| evaluate(expr, row, run)).transpose()
            };
            let (from, to) = (value(from)?, value(to)?);
            let bounds = || from.iter().chain(&to);
            if bounds().any(Value::is_null) {
                Some(Vec::new())
            } else if bounds().all(is_ordered_alike) {
                with(Some(Bounds::Range { from, to }))
            } else {
                None
            }
        }
    })
}

/// Whether `<` and the order of an index agree on all values of this type.
fn is_ordered_alike(value: &Value) -> bool {
    matches!(value, Value::Boolean(_) | Value::Integer(_) | Value::Float(_) | Value::String(_) | Value::Date(_))
}
