//! Looking nodes up in an index.

use super::cursor::{BoxedCursor, Cursor, Flow};
use super::evaluate::evaluate;
use super::{Result, Row, Run};
use crate::graph::{Bounds, Graph, NodeId, Seek, Value};
use crate::plan::{IndexBounds, IndexSeek};

pub(super) struct NodeIndexSeek<'p> {
    flow: Flow<'p>,
    seek: &'p IndexSeek,
    nodes: std::vec::IntoIter<NodeId>,
}

impl<'p> NodeIndexSeek<'p> {
    pub(super) fn new(input: BoxedCursor<'p>, seek: &'p IndexSeek) -> NodeIndexSeek<'p> {
        NodeIndexSeek { flow: Flow::new(input), seek, nodes: Vec::new().into_iter() }
    }
}

impl Cursor for NodeIndexSeek<'_> {
    fn next(&mut self, run: &mut Run) -> Result<Option<Row>> {
        loop {
            if let Some(node) = self.nodes.next() {
                run.budget.tick()?;
                return Ok(Some(self.flow.with([(self.seek.slot, Value::Node(node))])));
            }
            if !self.flow.advance(run)? {
                return Ok(None);
            }
            self.nodes = nodes(self.seek, self.flow.row(), run).into_iter();
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
