//! Where only the distinct ends of a variable-length pattern matter, visits each node once instead of listing trails;
//! where only the smallest length matters, searches breadth first.
//!
//! It is the same when repeated rows make no difference to what follows (DISTINCT, aggregates over DISTINCT values,
//! existence), the relationships themselves are used nowhere, nor kept apart from others of the pattern, and the
//! smallest length is 0 or 1. For then, if any walk reaches a node, a shortest one does, which repeats no node and so
//! no relationship, whatever the longest length allowed; and a shortest way back to the start is a cycle, which
//! repeats no relationship either.

use super::{each_operator, each_subplan, uses};
use crate::graph::Direction;
use crate::plan::*;

pub(super) fn reach(root: &mut Operator) {
    let uses = uses(root);
    each_operator(root, &mut |operator| {
        match operator {
            Operator::Distinct { input, .. } => rewrite(input, &Need::ends(&uses)),
            Operator::Aggregate { input, aggregation } => {
                if let Some(lengths) = ignores_repetition(aggregation) {
                    rewrite(input, &Need { uses: &uses, lengths });
                }
            }
            _ => {}
        }
        operator.each_expression_mut(&mut |e| existence(e, &uses));
    });
}

/// What those above need of the rows.
struct Need<'u> {
    uses: &'u [usize],
    /// Paths and lists of relationships of which only the smallest length is asked for.
    lengths: Vec<Slot>,
}

impl Need<'_> {
    /// Nothing but distinct ends.
    fn ends(uses: &[usize]) -> Need<'_> {
        Need { uses, lengths: vec![] }
    }

    fn is_used(&self, slot: Slot, times: usize) -> bool {
        self.uses.get(slot).is_some_and(|count| *count > times)
    }
}

/// Rewrites the plans that only tell whether there is a row.
fn existence(expr: &mut Expr, uses: &[usize]) {
    expr.each_child_mut(&mut |child| existence(child, uses));
    let exists = matches!(&expr.kind, ExprKind::Subplan(Subplan { gives: SubplanResult::Exists, .. }));
    if exists {
        each_subplan(expr, &mut |plan| rewrite(plan, &Need::ends(uses)));
    }
}

/// Whether the aggregates give the same when rows are repeated; then also the slots of whose values they only take
/// the smallest length.
fn ignores_repetition(aggregation: &Aggregation) -> Option<Vec<Slot>> {
    let mut lengths = Vec::new();
    for (_, call) in &aggregation.aggregates {
        let name = call.function.name;
        if name == "min"
            && let [Expr { kind: ExprKind::Call(function, arguments), .. }] = call.arguments.as_slice()
            && let ("length" | "size", [Expr { kind: ExprKind::Slot(slot), .. }]) =
                (function.name, arguments.as_slice())
        {
            lengths.push(*slot);
            continue;
        }
        // A list of distinct values keeps the order in which they came.
        if !(matches!(name, "min" | "max") || (call.distinct && name != "collect")) {
            return None;
        }
    }
    Some(lengths)
}

/// Goes down from an operator to which repeated rows make no difference.
fn rewrite(operator: &mut Operator, need: &Need) {
    if let Operator::ExpandVariable { step, several, .. } = operator
        && is_plain(step, several)
    {
        let ends_only = !need.is_used(step.relationship, 1);
        let by_length = ends_only || is_only_measured(step.relationship, need);
        let directed = step.direction != Direction::Both || several.each.is_none();
        if let Operator::ExpandVariable { input, step, several } = std::mem::replace(operator, Operator::Argument) {
            *operator = match (ends_only && directed, by_length) {
                (true, _) => Operator::Reach { input, step, several },
                (false, true) => shortest(input, step, several),
                (false, false) => Operator::ExpandVariable { input, step, several },
            };
        }
    }
    match operator {
        Operator::Project { input, items } => {
            // A path of which only the length is asked for asks only for the length of its parts.
            let mut need = Need { uses: need.uses, lengths: need.lengths.clone() };
            for (slot, item) in items.iter() {
                if let ExprKind::Path(parts) = &item.kind
                    && need.lengths.contains(slot)
                    && !need.is_used(*slot, 2)
                    && let [only] = parts.relationships.as_slice()
                {
                    need.lengths.push(*only);
                }
            }
            rewrite(input, &need);
        }
        Operator::Filter { input, .. }
        | Operator::Expand { input, .. }
        | Operator::ExpandVariable { input, .. }
        | Operator::Reach { input, .. }
        | Operator::ShortestPath { input, .. }
        | Operator::NodeScan { input, .. }
        | Operator::NodeIndexSeek { input, .. }
        | Operator::Unwind { input, .. } => rewrite(input, need),
        _ => {}
    }
}

/// Set by its step, and named by nothing else than what takes its length (or the path's).
fn is_only_measured(relationship: Slot, need: &Need) -> bool {
    need.lengths.contains(&relationship) && !need.is_used(relationship, 2)
}

fn is_plain(step: &Step, several: &Several) -> bool {
    let mode = matches!(several.mode, PathMode::Trail | PathMode::Walk);
    mode && step.distinct_from.is_empty() && several.length.minimum <= 1
}

/// One shortest path to each end.
fn shortest(input: Input, step: Step, several: Several) -> Operator {
    let choice = Choice::of(ChoiceKind::First(None));
    Operator::ShortestPath { input, search: ShortestSearch { step, several, choice, items: vec![], condition: None } }
}
