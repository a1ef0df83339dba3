//! `trace.common`, `trace.diff`: what terms have in common, and in what they differ.

use super::arguments::{options, terms};
use super::notes::{names, terms_text};
use super::trace::TERM;
use super::{Context, Output, Procedure};
use crate::algorithms::{Network, strong};
use crate::diagnostic::Diagnostic;
use crate::functions::{invalid_value, optional, required};
use crate::graph::{Bitmap, NodeId, TypeSet, Value, names_apart};
use crate::result::Shape;
use crate::trace::{Reach, Ways, reach};

pub const PROCEDURES: &[Procedure] = &[
    Procedure {
        name: "trace.common",
        parameters: &[required("terms", TypeSet::LIST), optional("options", TypeSet::MAP)],
        yields: &[("term", TypeSet::NODE), ("nearest", TypeSet::BOOLEAN), ("distances", TypeSet::LIST)],
        doc: "What all of the terms need, with the distance from each, the nearest first; `nearest` marks those that no \
              other shared need leads to; options: via, within (a list of relationships), confidence, hard.",
        shape: Shape::Table,
        run: common,
    },
    Procedure {
        name: "trace.diff",
        parameters: &[required("one", TERM), required("other", TERM), optional("options", TypeSet::MAP)],
        yields: &[("needed_by", TypeSet::NODE), ("term", TypeSet::NODE), ("distance", TypeSet::INTEGER)],
        doc: "What one term needs and the other does not, both ways; options: via, within (a list of relationships), confidence, hard.",
        shape: Shape::Table,
        run: diff,
    },
];

fn common(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let Context { graph, budget, .. } = *context;
    let terms = terms(context, &arguments[0])?;
    if terms.len() < 2 {
        return Err(invalid_value("COMMON compares at least two terms").help("COMMON nova, neutron"));
    }
    let options = options(context, &arguments[1], &["via", "within", "confidence", "hard"])?;
    let view = options.needs(graph);
    let ways = options.ways(context, &view)?;
    let sides: Vec<Reach> = terms.iter().map(|term| reach(&ways, &[*term], budget)).collect::<Result<_, _>>()?;
    let by_all = |node: &NodeId| sides.iter().all(|side| side.distance(*node).is_some());
    let shared: Vec<NodeId> = sides[0].nodes().iter().copied().filter(by_all).collect();
    let nearest = nearest(&ways, &shared, context)?;
    let order = context.names().order();
    let mut rows: Vec<(bool, usize, u32, NodeId)> = Vec::new();
    for node in &shared {
        let sum = sides.iter().filter_map(|side| side.distance(*node)).sum();
        rows.push((!nearest.contains(node.index()), sum, order[node.index()], *node));
    }
    rows.sort_unstable();
    let mut notes = vec![match (shared.len(), nearest.count()) {
        (0, _) => format!("{} have no need in common", names(graph, terms.iter().copied())),
        (count, near) => {
            format!("{} shared by {}, {near} of them nearest", terms_text(count), names(graph, terms.iter().copied()))
        }
    }];
    notes.extend(view.notes());
    let row = |far: bool, node: NodeId| {
        budget.charge((3 + sides.len()) * size_of::<Value>())?;
        let distances = sides.iter().map(|side| side.distance(node).map_or(Value::Null, Value::from));
        Ok(vec![Value::Node(node), Value::Boolean(!far), Value::list(distances)])
    };
    let rows = rows.into_iter().map(|(far, _, _, node)| row(far, node)).collect::<Result<_, Diagnostic>>()?;
    Ok(Output::new(rows, notes))
}

/// The nodes of a closed set that no other one leads to; of those on a cycle that nothing else leads to, all.
fn nearest(ways: &Ways, shared: &[NodeId], context: &Context) -> Result<Bitmap, Diagnostic> {
    let network: Network = ways.reached(shared, context.budget)?;
    let parts = strong(&network, context.budget)?;
    let mut led_to = vec![false; parts.count];
    for number in network.numbers() {
        for target in network.targets(number) {
            context.budget.tick()?;
            let (from, to) = (parts.of[number as usize], parts.of[*target as usize]);
            led_to[to as usize] |= from != to;
        }
    }
    Ok(network.numbers().filter(|n| !led_to[parts.of[*n as usize] as usize]).map(|n| network.node(n).index()).collect())
}

fn diff(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let Context { graph, budget, .. } = *context;
    let sides = [terms(context, &arguments[0])?, terms(context, &arguments[1])?];
    let options = options(context, &arguments[2], &["via", "within", "confidence", "hard"])?;
    let view = options.needs(graph);
    let ways = options.ways(context, &view)?;
    let needs = [reach(&ways, &sides[0], budget)?, reach(&ways, &sides[1], budget)?];
    let order = context.names().order();
    let mut rows = Vec::new();
    let mut only = [0, 0];
    for (at, own) in needs.iter().enumerate() {
        let other = &needs[1 - at];
        let mut alone: Vec<_> = own
            .nodes()
            .iter()
            .filter(|node| other.distance(**node).is_none())
            .map(|node| (own.distance(*node), order[node.index()], *node))
            .collect();
        alone.sort_unstable();
        only[at] = alone.len();
        // Of several terms on one side none is the one that needs it.
        let needed_by = if let [one] = sides[at][..] { Value::Node(one) } else { Value::Null };
        for (distance, _, node) in alone {
            budget.tick()?;
            budget.charge(3 * size_of::<Value>())?;
            rows.push(vec![needed_by.clone(), Value::Node(node), distance.map_or(Value::Null, Value::from)]);
        }
    }
    let both = needs[0].nodes().iter().filter(|node| needs[1].distance(**node).is_some()).count();
    let name = |at: usize| match (&sides[0][..], &sides[1][..]) {
        ([_], [_]) => names_apart(graph, &sides.concat())[at].clone(),
        _ => names(graph, sides[at].iter().copied()),
    };
    if sides[0] == sides[1] && !sides[0].is_empty() {
        let note = format!("both are {}: there is no difference", name(0));
        return Ok(Output::new(Vec::new(), vec![note]));
    }
    let mut notes = vec![format!("only {}: {}; only {}: {}; both: {}", name(0), only[0], name(1), only[1], both)];
    notes.extend(view.notes());
    Ok(Output::new(rows, notes))
}
