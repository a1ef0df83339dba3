//! Looking nodes up in an index.

use super::batch::Batch;
use super::evaluate::evaluate;
use super::scan::Pairs;
use super::source::{Argument, Input, Source};
use super::{Result, Row, Run};
use crate::graph::{Bounds, Graph, NodeId, Seek, Value};
use crate::plan::{IndexBounds, IndexSeek, Slot};

pub(super) struct NodeIndexSeek<'p> {
    pairs: Pairs<'p>,
    seek: &'p IndexSeek,
    /// What the keys read.
    reads: Vec<Slot>,
}

impl<'p> NodeIndexSeek<'p> {
    pub(super) fn new(input: Input<'p>, argument: Argument, seek: &'p IndexSeek) -> NodeIndexSeek<'p> {
        let reads = super::kernels::slots_of(seek.expressions());
        NodeIndexSeek { pairs: Pairs::new(input, argument), seek, reads }
    }
}

impl Source for NodeIndexSeek<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Batch>> {
        let NodeIndexSeek { pairs, seek, reads } = self;
        pairs.next(seek.slot, run, |batch, at, run| {
            let mut row = run.spare_row();
            batch.fill(at, reads, &mut row);
            let found = nodes(seek, &mut row, run).into_iter().map(|node| node.index() as u32).collect();
            run.spare.push(row);
            Ok(found)
        })
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
