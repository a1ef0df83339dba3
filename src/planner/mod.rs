//! parser → binder → **planner** → optimizer → executor
//!
//! Turns bound clauses into a tree of operators, clause by clause in the order written, and plans the subqueries
//! inside expressions. Chooses nothing: the order within a pattern is the optimizer's business.

use crate::plan::*;

/// The plan of a bound query, with patterns not yet solved.
pub fn plan(query: BoundQuery) -> Plan {
    let mut query = query;
    let mut root = parts(std::mem::take(&mut query.parts), query.distinct);
    plan_subqueries(&mut root);
    let BoundQuery { columns, slots, shape, writes, notes, .. } = query;
    Plan { root, columns, slots, shape, writes, notes }
}

/// The result rows of single queries, one after the other.
fn parts(parts: Vec<BoundPart>, distinct: bool) -> Operator {
    let mut parts: Vec<Operator> = parts.into_iter().map(part).collect();
    if parts.len() == 1 {
        return parts.remove(0);
    }
    let union = Operator::Union { inputs: parts };
    if distinct { Operator::DistinctRows { input: union.boxed() } } else { union }
}

/// A single query with its end: result rows, or nothing.
fn part(part: BoundPart) -> Operator {
    let input = clauses(part.clauses).boxed();
    if part.columns.is_empty() { Operator::Drain { input } } else { Operator::Produce { input, columns: part.columns } }
}

fn clauses(clauses: Vec<BoundClause>) -> Operator {
    clauses.into_iter().fold(Operator::Argument, |input, next| match next {
        // A clause that binds nothing is its input.
        BoundClause::Let(items) if items.is_empty() => input,
        _ => clause(input.boxed(), next),
    })
}

fn clause(input: Input, clause: BoundClause) -> Operator {
    match clause {
        BoundClause::Match { optional: false, pattern, conditions } => Operator::Match { input, pattern, conditions },
        BoundClause::Match { optional: true, pattern, conditions } => {
            let slots = pattern.new_slots();
            let inner = Operator::Match { input: Operator::Argument.boxed(), pattern, conditions };
            Operator::Optional { input, inner: inner.boxed(), slots }
        }
        BoundClause::Unwind(unwind) => Operator::Unwind { input, unwind },
        BoundClause::LoadCsv(load) => Operator::LoadCsv { input, load },
        BoundClause::Project(projection) => project(input, projection),
        BoundClause::Let(items) => Operator::Project { input, items },
        BoundClause::Filter(condition) => Operator::Filter { input, condition },
        BoundClause::Subquery(subquery) => {
            let Subquery { parts: bound, distinct, columns, optional, batches } = subquery;
            let inner = parts(bound, distinct).boxed();
            match batches {
                None => Operator::Subquery { input, inner, columns, optional },
                Some(batches) => Operator::SubqueryInTransactions { input, inner, columns, optional, batches },
            }
        }
        BoundClause::Foreach { list, slot, clauses: inner } => {
            let inner = Operator::Drain { input: clauses(inner).boxed() }.boxed();
            Operator::Foreach { input, inner, list, slot }
        }
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
    operator.each_expression_mut(&mut plan_expression);
    operator.each_child_mut(&mut plan_subqueries);
}

fn plan_expression(expr: &mut Expr) {
    expr.each_child_mut(&mut plan_expression);
    let ExprKind::Subplan(subplan) = &mut expr.kind else { return };
    if let SubplanResult::Collect(result) = &mut subplan.gives {
        plan_expression(result);
    }
    let SubplanBody::Bound { parts: bound, distinct } = &mut subplan.body else { return };
    let bound = std::mem::take(bound);
    let mut plan = match bound.iter().all(|part| part.columns.is_empty()) {
        true => unfinished(bound),
        false => parts(bound, *distinct),
    };
    plan_subqueries(&mut plan);
    subplan.body = SubplanBody::Planned(Box::new(plan));
}

/// Parts without result columns: their rows are asked for as they are.
fn unfinished(parts: Vec<BoundPart>) -> Operator {
    let mut parts: Vec<Operator> = parts.into_iter().map(|part| clauses(part.clauses)).collect();
    if parts.len() == 1 { parts.remove(0) } else { Operator::Union { inputs: parts } }
}
