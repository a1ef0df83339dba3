//! `trace.fanin`, `trace.fanout`: how many terms need each term, and how many it needs.

use super::arguments::{optional_terms, options};
use super::notes::terms_text;
use super::trace::TERM;
use super::{Context, Output, Procedure};
use crate::diagnostic::Diagnostic;
use crate::functions::{Parameter, optional};
use crate::graph::{NodeId, TypeSet, Value};
use crate::result::{Column, Shape};
use crate::trace::{Needer, Ways, reach_counts, spread};

const PARAMETERS: &[Parameter] = &[optional("term", TERM), optional("options", TypeSet::MAP)];

const YIELDS: &[(&str, TypeSet)] =
    &[("term", TypeSet::NODE), ("direct", TypeSet::INTEGER), ("transitive", TypeSet::INTEGER)];

pub const PROCEDURES: &[Procedure] = &[
    Procedure {
        name: "trace.fanin",
        parameters: PARAMETERS,
        yields: YIELDS,
        doc: "How many other terms need each term, directly and in the end, the most needed first: of all that are \
              needed, or of the given ones; options: via, within, confidence, hard.",
        shape: Shape::Table,
        run: |context, arguments| fan(context, arguments, true),
    },
    Procedure {
        name: "trace.fanout",
        parameters: PARAMETERS,
        yields: YIELDS,
        doc: "How many other terms each term needs, directly and in the end, the neediest first: of all that need any, \
              or of the given ones; options: via, within, confidence, hard.",
        shape: Shape::Table,
        run: |context, arguments| fan(context, arguments, false),
    },
];

fn fan(context: &Context, arguments: &[Value], inwards: bool) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let chosen = optional_terms(context, &arguments[0])?;
    let options = options(context, &arguments[1], &["via", "within", "confidence", "hard"])?;
    let (view, needer) = match inwards {
        true => (options.failures(graph), Needer::Target),
        false => (options.needs(graph), Needer::Source),
    };
    let ways = options.ways_by(context, &view, needer)?;
    let mut counts = match &chosen {
        Some(chosen) => of_some(context, &ways, chosen)?,
        None => of_all(context, &ways)?,
    };
    let order = context.names().order();
    counts.sort_by_key(|count| {
        (std::cmp::Reverse((count.transitive, count.direct)), order[count.node.index()], count.node)
    });
    let mut notes = match (&chosen, counts.len()) {
        (None, 0) => vec!["no term needs another".to_string()],
        (None, count) => {
            let verb = if inwards { "needed by others" } else { "in need of others" };
            vec![format!("{} {verb}, of {}", terms_text(count), graph.node_count())]
        }
        (Some(_), _) => Vec::new(),
    };
    notes.extend(view.notes());
    let columns = vec![
        Column::nodes(counts.iter().map(|count| count.node)),
        Column::counts(counts.iter().map(|count| count.direct)),
        Column::counts(counts.iter().map(|count| count.transitive)),
    ];
    Ok(Output::of(counts.len(), columns, notes))
}

struct Count {
    node: NodeId,
    direct: usize,
    transitive: usize,
}

fn of_some(context: &Context, ways: &Ways, chosen: &[NodeId]) -> Result<Vec<Count>, Diagnostic> {
    let mut counts = Vec::new();
    for node in chosen {
        let mut next: Vec<u32> = Vec::new();
        ways.for_targets(*node, |_, target| next.push(target.index() as u32));
        let transitive = spread(ways, &[*node], context.budget)?.reached - 1;
        counts.push(Count { node: *node, direct: distinct(next, node.index() as u32), transitive });
    }
    Ok(counts)
}

fn of_all(context: &Context, ways: &Ways) -> Result<Vec<Count>, Diagnostic> {
    let network = ways.network(context.budget)?;
    let transitive = reach_counts(&network, context.budget)?;
    let mut counts = Vec::new();
    for number in network.numbers() {
        context.budget.tick()?;
        let transitive = transitive[number as usize] as usize;
        if transitive > 0 {
            counts.push(Count {
                node: network.node(number),
                direct: distinct(network.targets(number).to_vec(), number),
                transitive,
            });
        }
    }
    Ok(counts)
}

/// How many others there are among the targets of a node.
fn distinct(mut targets: Vec<u32>, of: u32) -> usize {
    targets.sort_unstable();
    targets.dedup();
    targets.iter().filter(|target| **target != of).count()
}
