//! parser → binder → planner → **optimizer** → executor
//!
//! Rewrites a plan into one that gives the same rows sooner: each rule of RULES keeps columns and rows, and a law
//! test runs random queries both ways. Solving patterns is not optional, so without optimization they are solved in
//! the order written, with their conditions last.
//! Never mentions the syntax tree, and reads property values only to guess how many differ.

mod chosen;
mod columns;
mod constants;
mod cost;
mod count;
mod failing;
mod filters;
mod hops;
mod index;
mod join;
mod limits;
mod once;
mod order;
mod path_lists;
mod prune;
mod reach;
mod selectivity;
mod solve;

use crate::diagnostic::Diagnostic;
use crate::graph::Graph;
use crate::limits::Watch;
use crate::plan::{Expr, ExprKind, Operator, Plan, SubplanBody};

/// How much to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Only what must be done before a plan can run.
    None,
    Full,
}

/// One row of the table.
struct Rule {
    /// What it does, for people, and by which it can be left out.
    name: &'static str,
    apply: fn(&mut Plan, &Graph),
}

/// The one rule that something must be done instead of.
const SOLVE: &str = "solve patterns from the cheapest end";

/// The rules, in the order in which they are applied.
const RULES: &[Rule] = &[
    Rule { name: "read constants where they are needed", apply: |plan, _| constants::inline(&mut plan.root) },
    // Before plans are copied: copies share what is kept.
    Rule { name: "run what is the same for every row once", apply: |plan, _| once::mark(&mut plan.root) },
    Rule { name: "require of each hop what all must meet", apply: |plan, _| hops::narrow(plan) },
    Rule { name: "count matches without listing them", apply: |plan, _| count::count(&mut plan.root) },
    Rule { name: "find chosen paths by one search", apply: |plan, _| chosen::mark(&mut plan.root) },
    Rule { name: SOLVE, apply: |plan, graph| solve::solve(&mut plan.root, Some(graph)) },
    Rule { name: "filter before rows are multiplied", apply: |plan, _| filters::push_down(&mut plan.root) },
    Rule { name: "find nodes in an index", apply: |plan, graph| index::use_indexes(&mut plan.root, graph) },
    Rule { name: "join parts by what is equal", apply: |plan, _| join::join(&mut plan.root) },
    Rule { name: "sort no more rows than are taken", apply: |plan, _| limits::limit_sorts(&mut plan.root) },
    Rule { name: "build no path that nobody reads", apply: |plan, _| prune::prune(&mut plan.root) },
    Rule { name: "visit nodes instead of listing paths", apply: |plan, _| reach::reach(&mut plan.root) },
    Rule { name: "run over columns", apply: |plan, _| columns::mark(&mut plan.root) },
];

/// The plan to run, without some of the rules. The watch can stop it between two of them.
pub fn optimize(
    mut plan: Plan,
    graph: &Graph,
    level: Level,
    without: &[&str],
    watch: &Watch,
) -> Result<Plan, Diagnostic> {
    for rule in RULES {
        watch.check()?;
        if level == Level::Full && !without.contains(&rule.name) {
            (rule.apply)(&mut plan, graph);
        } else if rule.name == SOLVE {
            solve::solve(&mut plan.root, None);
        }
    }
    Ok(plan)
}

/// The names of all rules.
pub fn rules() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name)
}

/// Calls `visit` with every operator, inputs first, those of subplans in expressions included.
fn each_operator(operator: &mut Operator, visit: &mut dyn FnMut(&mut Operator)) {
    operator.each_child_mut(&mut |child| each_operator(child, visit));
    operator.each_expression_mut(&mut |e| each_subplan(e, &mut |plan| each_operator(plan, visit)));
    visit(operator);
}

/// Calls `visit` with the plan of every subquery in an expression.
fn each_subplan(expr: &mut Expr, visit: &mut dyn FnMut(&mut Operator)) {
    expr.each_child_mut(&mut |child| each_subplan(child, visit));
    if let ExprKind::Subplan(subplan) = &mut expr.kind {
        if let SubplanBody::Planned(plan) = &mut subplan.body {
            visit(plan);
        }
        if let crate::plan::SubplanResult::Collect(result) = &mut subplan.gives {
            each_subplan(result, visit);
        }
    }
}

/// How often each slot is named in a plan.
fn uses(root: &Operator) -> Vec<usize> {
    let mut uses = Vec::new();
    root.each_slot(&mut |slot| {
        if uses.len() <= slot {
            uses.resize(slot + 1, 0usize);
        }
        uses[slot] += 1;
    });
    uses
}
