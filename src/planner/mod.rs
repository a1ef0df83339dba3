//! parser → binder → **planner** → optimizer → executor
//!
//! Turns bound clauses into a tree of operators, clause by clause in the order written, and plans the subqueries
//! inside expressions. Chooses nothing: the order within a pattern is the optimizer's business.

use crate::plan::*;

/// The plan of a bound query, with patterns not yet solved.
pub fn plan(query: BoundQuery) -> Plan {
    let mut parts: Vec<Operator> = query.parts.into_iter().map(part).collect();
    let root = if parts.len() == 1 {
        parts.remove(0)
    } else {
        let union = Operator::Union { inputs: parts };
        if query.distinct { Operator::DistinctRows { input: union.boxed() } } else { union }
    };
    let mut root = root;
    plan_subqueries(&mut root);
    Plan { root, columns: query.columns, slots: query.slots, shape: query.shape, writes: query.writes }
}

/// A single query with its end: result rows, or nothing.
fn part(part: BoundPart) -> Operator {
    let input = clauses(part.clauses).boxed();
    if part.columns.is_empty() { Operator::Drain { input } } else { Operator::Produce { input, columns: part.columns } }
}

fn clauses(clauses: Vec<BoundClause>) -> Operator {
    clauses.into_iter().fold(Operator::Argument, |input, next| clause(input.boxed(), next))
}

fn clause(input: Input, clause: BoundClause) -> Operator {
    match clause {
        BoundClause::Match { optional: false, pattern, conditions } => Operator::Match { input, pattern, conditions },
        BoundClause::Match { optional: true, pattern, conditions } => {
            let slots = pattern.new_slots();
            let inner = Operator::Match { input: Operator::Argument.boxed(), pattern, conditions };
            Operator::Optional { input, inner: inner.boxed(), slots }
        }
        BoundClause::Unwind { list, slot } => Operator::Unwind { input, list, slot },
        BoundClause::Project(projection) => project(input, projection),
        BoundClause::Create(creations) => Operator::Create { input, creations },
        BoundClause::Merge(merge) => {
            let matching = Operator::Match {
                input: Operator::Argument.boxed(),
                pattern: merge.pattern.clone(),
                conditions: merge.conditions.clone(),
            };
            Operator::Merge { input, matching: matching.boxed(), merge }
        }
        BoundClause::Set(actions) => Operator::Set { input, actions },
        BoundClause::Remove(actions) => Operator::Remove { input, actions },
        BoundClause::Delete { detach, targets } => Operator::Delete { input, detach, targets },
        BoundClause::Call(call) => Operator::Call { input, call },
    }
}

/// The parts of a projection in the order in which they take effect.
fn project(mut input: Input, projection: Projection) -> Operator {
    if let Some(aggregation) = projection.aggregation {
        input = Operator::Aggregate { input, aggregation }.boxed();
    }
    // A variable that keeps its slot needs no work.
    let mut items = projection.items;
    items.retain(|(slot, item)| !matches!(item.kind, ExprKind::Slot(from) if from == *slot));
    if !items.is_empty() {
        input = Operator::Project { input, items }.boxed();
    }
    if let Some(slots) = projection.distinct {
        input = Operator::Distinct { input, slots }.boxed();
    }
    if !projection.order.is_empty() {
        input = Operator::Sort { input, keys: projection.order, limit: None }.boxed();
    }
    if let Some(count) = projection.skip {
        input = Operator::Skip { input, count }.boxed();
    }
    if let Some(count) = projection.limit {
        input = Operator::Limit { input, count }.boxed();
    }
    input.filter(projection.condition)
}

/// Plans the subqueries of every expression, the innermost first.
fn plan_subqueries(operator: &mut Operator) {
    operator.expressions_mut().into_iter().for_each(plan_expression);
    operator.children_mut().into_iter().for_each(plan_subqueries);
}

fn plan_expression(expr: &mut Expr) {
    expr.children_mut().into_iter().for_each(plan_expression);
    let ExprKind::Subplan(subplan) = &mut expr.kind else { return };
    if let SubplanResult::Collect(result) = &mut subplan.gives {
        plan_expression(result);
    }
    let SubplanBody::Bound(parts) = &mut subplan.body else { return };
    let mut parts: Vec<Operator> = std::mem::take(parts).into_iter().map(|part| clauses(part.clauses)).collect();
    let mut plan = if parts.len() == 1 { parts.remove(0) } else { Operator::Union { inputs: parts } };
    plan_subqueries(&mut plan);
    subplan.body = SubplanBody::Planned(Box::new(plan));
}
