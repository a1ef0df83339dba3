//! `trace.union`, `trace.except`, `trace.intersect`: sets of terms.

use std::collections::HashSet;

use super::arguments::terms;
use super::notes::terms_text;
use super::trace::TERM;
use super::{Context, Output, Procedure};
use crate::diagnostic::Diagnostic;
use crate::functions::{Parameter, required};
use crate::graph::{NodeId, TypeSet, Value};
use crate::result::{Column, Rows, Shape};

const PARAMETERS: &[Parameter] = &[required("left", TERM), required("right", TERM)];

const fn row(
    name: &'static str,
    doc: &'static str,
    run: fn(&Context, &[Value]) -> Result<Output, Diagnostic>,
) -> Procedure {
    Procedure { name, parameters: PARAMETERS, yields: &[("term", TypeSet::NODE)], doc, shape: Shape::Table, run }
}

pub const PROCEDURES: &[Procedure] = &[
    row("trace.union", "The terms of either list, each once, by name.", |context, arguments| {
        combined(context, arguments, |_, _| true)
    }),
    row(
        "trace.except",
        "The terms of the first list that are not in the second, each once, by name.",
        |c, arguments| combined(c, arguments, |left, right| left && !right),
    ),
    row("trace.intersect", "The terms that are in both lists, each once, by name.", |context, arguments| {
        combined(context, arguments, |left, right| left && right)
    }),
];

fn combined(context: &Context, arguments: &[Value], keeps: fn(bool, bool) -> bool) -> Result<Output, Diagnostic> {
    let (left, right) = (terms(context, &arguments[0])?, terms(context, &arguments[1])?);
    let sets: [HashSet<NodeId>; 2] = [left.iter().copied().collect(), right.iter().copied().collect()];
    let mut seen = HashSet::new();
    let mut kept: Vec<NodeId> = left.iter().chain(&right).copied().filter(|node| seen.insert(*node)).collect();
    kept.retain(|node| keeps(sets[0].contains(node), sets[1].contains(node)));
    let order = context.names().order();
    kept.sort_by_key(|node| (order[node.index()], *node));
    let sizes = format!("{} on the left, {} on the right", terms_text(left.len()), right.len());
    let rows = Rows::of(kept.len(), vec![Column::nodes(kept)]);
    Ok(Output { rows, summary: vec![sizes], ..Output::default() })
}
