//! Which nodes a variable may stand for: conditions on one node as a set of nodes.

use std::sync::Arc;

use super::super::batch::{Batch, ROWS};
use super::super::columns::NodeTest;
use super::super::vector::Vector;
use super::super::{Row, Run, kernels};
use super::{Outcome, Stop};
use crate::diagnostic::Kind;
use crate::graph::{Bitmap, Graph};
use crate::plan::{Expr, ExprKind, Slot};

/// The nodes for which all conditions hold, of those given (`None`: of all).
pub(super) fn domain(
    slot: Slot,
    conditions: &[Expr],
    among: Option<Arc<Bitmap>>,
    graph: &Graph,
    argument: &Row,
    run: &mut Run,
) -> Outcome<Option<Arc<Bitmap>>> {
    let mut domain = among;
    let mut others = Vec::new();
    for condition in conditions {
        match labels(slot, condition) {
            Some(names) => {
                for name in names {
                    let nodes = graph.label(name).map(|label| graph.label_bitmap(label));
                    domain = Some(Arc::new(match (nodes, &domain) {
                        (None, _) => Bitmap::default(),
                        (Some(nodes), None) => nodes.to_bitmap(),
                        (Some(nodes), Some(known)) => both(known, &nodes.to_bitmap()),
                    }));
                }
            }
            None => others.push(condition),
        }
    }
    if domain.is_none() && (graph.has_deleted_nodes() || !others.is_empty()) {
        domain = Some(Arc::new(graph.nodes().map(|node| node.index()).collect()));
    }
    let Some(mut nodes) = domain else { return Ok(None) };
    for condition in others {
        nodes = Arc::new(filtered(slot, condition, &nodes, argument, run)?);
    }
    Ok(Some(nodes))
}

fn labels(slot: Slot, condition: &Expr) -> Option<&[Arc<str>]> {
    match &condition.kind {
        ExprKind::HasLabels(base, names) if matches!(base.kind, ExprKind::Slot(s) if s == slot) => Some(names),
        _ => None,
    }
}

/// What fails for some node might never be asked of it in the plain plan, which then says whether it is an error.
fn filtered(slot: Slot, condition: &Expr, nodes: &Bitmap, argument: &Row, run: &mut Run) -> Outcome<Bitmap> {
    let mut row = argument.clone();
    if let Some(test) = NodeTest::compile(condition, slot, &mut row, run) {
        return Ok(test.among(nodes, run.budget)?);
    }
    let mut kept = Bitmap::default();
    let mut left = nodes.iter().map(|node| node as u32);
    let outer = Batch::of_row(row);
    loop {
        let some: Vec<u32> = left.by_ref().take(ROWS).collect();
        if some.is_empty() {
            return Ok(kept);
        }
        let mut rows = outer.spread(vec![0; some.len()]);
        rows.set(slot, Vector::nodes(some.clone()));
        match kernels::kept(&[condition], &rows, run) {
            Ok(places) => places.iter().for_each(|place| {
                kept.insert(some[*place as usize] as usize);
            }),
            Err(error) if error.kind == Kind::Stopped => return Err(Stop::Error(error)),
            Err(_) => return Err(Stop::Plain),
        }
    }
}

/// What is in both sets.
pub(super) fn both(one: &Bitmap, two: &Bitmap) -> Bitmap {
    let ((one_skipped, one), (two_skipped, two)) = (one.words(), two.words());
    let start = one_skipped.max(two_skipped);
    let end = (one_skipped + one.len()).min(two_skipped + two.len());
    if start >= end {
        return Bitmap::default();
    }
    let pairs = one[start - one_skipped..end - one_skipped].iter().zip(&two[start - two_skipped..]);
    Bitmap::from_words(start, pairs.map(|(a, b)| a & b).collect())
}
