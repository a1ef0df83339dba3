//! Drops paths and lists of nodes that nobody reads: building them costs, and it keeps relationships in use.

use super::{each_operator, uses};
use crate::plan::{ExprKind, Operator};

pub(super) fn prune(root: &mut Operator) {
    let uses = uses(root);
    each_operator(root, &mut |operator| {
        let items = match operator {
            Operator::Project { items, .. } => items,
            Operator::ShortestPath { search, .. } => &mut search.items,
            Operator::SearchPaths { search, .. } => &mut search.items,
            _ => return,
        };
        // What sets the slot is the only one to name it.
        items.retain(|(slot, item)| {
            let derived = matches!(item.kind, ExprKind::Path(_) | ExprKind::PathNodes(..));
            !derived || uses.get(*slot).is_some_and(|count| *count > 1)
        });
        if let Operator::Project { input, items } = operator
            && items.is_empty()
        {
            *operator = std::mem::replace(&mut **input, Operator::Argument);
        }
    });
}
