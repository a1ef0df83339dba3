//! Where only the distinct ends of a variable-length pattern matter, visits each node once instead of listing paths;
//! where only the smallest length matters, searches breadth first.
//!
//! It is the same when repeated rows make no difference to what follows (DISTINCT, aggregates over DISTINCT values,
//! existence, whether a count is 0), the relationships themselves are used nowhere, nor kept apart from later ones of
//! the pattern, and the smallest length is 0 or 1. For then, whatever relationships a hop may use:
//! - If any walk leads to another node, a shortest one does. It repeats no node (what is between two visits could be
//!   left out), so no relationship either: it is a trail and an acyclic and a simple path, with or without directions.
//! - Back to the start, with directions, a shortest walk repeats no other node, so that it is a trail and a simple
//!   path. Without directions, walking there and back is no trail; a shortest trail back is a cycle, which is a simple
//!   path. The search for it takes relationships that can be used in both directions. No acyclic path leads back.
//! - A length of 0 leads to the start in every mode.

use super::{each_operator, uses};
use crate::graph::{Direction, Value};
use crate::plan::*;

pub(super) fn reach(root: &mut Operator) {
    let mut uses = Uses { all: uses(root), of_zero: Vec::new() };
    each_operator(root, &mut |operator| {
        operator.each_expression_mut(&mut |expr| compared_with_zero(expr, &mut uses.of_zero));
    });
    each_operator(root, &mut |operator| {
        match operator {
            Operator::Distinct { input, .. } | Operator::DistinctRows { input } => rewrite(input, &Need::ends(&uses)),
            Operator::Aggregate { input, aggregation } => {
                if let Some(lengths) = ignores_repetition(aggregation, &uses) {
                    rewrite(input, &Need { uses: &uses, lengths });
                }
            }
            _ => {}
        }
        operator.each_expression_mut(&mut |e| in_expression(e, &uses));
    });
}

/// How often slots are named.
struct Uses {
    all: Vec<usize>,
    /// Only to compare them with zero.
    of_zero: Vec<usize>,
}

/// What those above need of the rows.
struct Need<'u> {
    uses: &'u Uses,
    /// Paths and lists of relationships of which only the smallest length is asked for.
    lengths: Vec<Slot>,
}

impl Need<'_> {
    /// Nothing but distinct ends.
    fn ends(uses: &Uses) -> Need<'_> {
        Need { uses, lengths: vec![] }
    }

    fn is_used(&self, slot: Slot, times: usize) -> bool {
        self.uses.all.get(slot).is_some_and(|count| *count > times)
    }
}

/// Counts the slots of which only is asked whether they are 0.
fn compared_with_zero(expr: &mut Expr, counts: &mut Vec<usize>) {
    expr.each_child_mut(&mut |child| compared_with_zero(child, counts));
    if let Some(Expr { kind: ExprKind::Slot(slot), .. }) = asked_whether_zero(expr) {
        if counts.len() <= *slot {
            counts.resize(*slot + 1, 0);
        }
        counts[*slot] += 1;
    }
}

/// The number of which a comparison tells no more than whether it is 0, if it is not negative.
fn asked_whether_zero(expr: &mut Expr) -> Option<&mut Expr> {
    let ExprKind::Compare(comparison, left, right) = &mut expr.kind else { return None };
    let (number, comparison, constant) = match (&left.kind, &right.kind) {
        (_, ExprKind::Constant(Value::Integer(constant))) => (&mut **left, *comparison, *constant),
        (ExprKind::Constant(Value::Integer(constant)), _) => (&mut **right, comparison.mirrored(), *constant),
        _ => return None,
    };
    use Comparison::*;
    let asked =
        matches!((comparison, constant), (Equal | NotEqual | Greater | LessOrEqual, 0) | (Less | GreaterOrEqual, 1));
    asked.then_some(number)
}

/// Rewrites the plans in an expression to whose value it makes no difference that their rows are repeated.
fn in_expression(expr: &mut Expr, uses: &Uses) {
    expr.each_child_mut(&mut |child| in_expression(child, uses));
    if let Some(number) = asked_whether_zero(expr) {
        match &mut number.kind {
            ExprKind::Subplan(Subplan { gives: SubplanResult::Count, body: SubplanBody::Planned(plan), .. }) => {
                rewrite(plan, &Need::ends(uses));
            }
            ExprKind::Call(function, arguments) if function.name == "size" => collected(&mut arguments[0], uses),
            _ => {}
        }
    }
    match &mut expr.kind {
        ExprKind::Subplan(Subplan { gives: SubplanResult::Exists, body: SubplanBody::Planned(plan), .. }) => {
            rewrite(plan, &Need::ends(uses));
        }
        ExprKind::Subplan(Subplan { gives: SubplanResult::Collect(result), .. }) => in_expression(result, uses),
        ExprKind::In(_, list) => collected(list, uses),
        ExprKind::Quantifier { quantifier: Quantifier::All | Quantifier::Any | Quantifier::None, list, .. } => {
            collected(list, uses);
        }
        ExprKind::Call(function, arguments) if function.name == "isEmpty" => collected(&mut arguments[0], uses),
        _ => {}
    }
}

/// The plan of a list that may as well have each element once.
fn collected(list: &mut Expr, uses: &Uses) {
    if let ExprKind::Subplan(Subplan {
        gives: SubplanResult::Collect(result), body: SubplanBody::Planned(plan), ..
    }) = &mut list.kind
        && result.is_deterministic()
    {
        rewrite(plan, &Need::ends(uses));
    }
}

/// Whether the aggregates give the same when rows are repeated; then also the slots of whose values they only take
/// the smallest length.
fn ignores_repetition(aggregation: &Aggregation, uses: &Uses) -> Option<Vec<Slot>> {
    let mut lengths = Vec::new();
    for (result, call) in &aggregation.aggregates {
        let name = call.function.name;
        if name == "min"
            && let [Expr { kind: ExprKind::Call(function, arguments), .. }] = call.arguments.as_slice()
            && let ("length" | "size", [Expr { kind: ExprKind::Slot(slot), .. }]) =
                (function.name, arguments.as_slice())
        {
            lengths.push(*slot);
            continue;
        }
        let only_zero = |slot: &Slot| {
            let count = |counts: &[usize]| counts.get(*slot).copied().unwrap_or(0);
            count(&uses.all) == count(&uses.of_zero) + 1
        };
        if !(matches!(name, "min" | "max") || call.distinct || (name == "count" && only_zero(result))) {
            return None;
        }
    }
    let mut expressions = aggregation.keys.iter().map(|(_, key)| key);
    let mut arguments = aggregation.aggregates.iter().flat_map(|(_, call)| &call.arguments);
    (expressions.all(Expr::is_deterministic) && arguments.all(Expr::is_deterministic)).then_some(lengths)
}

/// Goes down from an operator to which repeated rows make no difference.
fn rewrite(operator: &mut Operator, need: &Need) {
    if let Operator::ExpandVariable { step, several, .. } = operator
        && several.length.minimum <= 1
    {
        let ends_only = !need.is_used(step.relationship, 1);
        let by_length = ends_only || is_only_measured(step.relationship, need);
        let visits = visits_each_once(step, several);
        if let Operator::ExpandVariable { input, step, several } = std::mem::replace(operator, Operator::Argument) {
            *operator = match (ends_only && visits, by_length) {
                (true, _) => Operator::Reach { input, step, several },
                (false, true) => shortest(input, step, several),
                (false, false) => Operator::ExpandVariable { input, step, several },
            };
        }
    }
    if !operator.expressions().into_iter().all(Expr::is_deterministic) {
        return;
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
        Operator::Unwind { input, unwind } => {
            if unwind.position.is_none() {
                collected(&mut unwind.list, need.uses);
            }
            rewrite(input, need);
        }
        Operator::Optional { input, inner, .. } | Operator::Subquery { input, inner, .. } => {
            if !inner.writes() {
                rewrite(inner, need);
            }
            rewrite(input, need);
        }
        Operator::Union { inputs } => inputs.iter_mut().for_each(|input| rewrite(input, need)),
        Operator::Filter { input, .. }
        | Operator::Expand { input, .. }
        | Operator::ExpandVariable { input, .. }
        | Operator::Reach { input, .. }
        | Operator::Repeat { input, .. }
        | Operator::ShortestPath { input, .. }
        | Operator::SearchPaths { input, .. }
        | Operator::NodeScan { input, .. }
        | Operator::NodeIndexSeek { input, .. }
        | Operator::Sort { input, limit: None, .. }
        | Operator::Distinct { input, .. }
        | Operator::Produce { input, .. }
        | Operator::DistinctRows { input } => rewrite(input, need),
        _ => {}
    }
}

/// Set by its step, and named by nothing else than what takes its length (or the path's).
fn is_only_measured(relationship: Slot, need: &Need) -> bool {
    need.lengths.contains(&relationship) && !need.is_used(relationship, 2)
}

/// Whether a search that visits each node once finds the ends.
fn visits_each_once(step: &Step, several: &Several) -> bool {
    let asks_ends =
        several.each.as_ref().is_some_and(|each| each.condition.reads(each.left) || each.condition.reads(each.right));
    let cycles = matches!(several.mode, PathMode::Trail | PathMode::Simple);
    step.direction != Direction::Both || !cycles || !asks_ends
}

/// One shortest path to each end.
fn shortest(input: Input, step: Step, several: Several) -> Operator {
    let choice = Choice::of(ChoiceKind::First(None));
    Operator::ShortestPath { input, search: ShortestSearch { step, several, choice, items: vec![], condition: None } }
}
