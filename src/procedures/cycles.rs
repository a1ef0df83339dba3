//! `trace.cycles`: terms that need themselves.

use super::arguments::{one_term, options};
use super::choices::Choices;
use super::notes::{counted, hops_text, terms_text};
use super::trace::TERM;
use super::why::{CHAIN, chain_rows};
use super::{Context, Output, Procedure};
use crate::algorithms::{Network, cycles, strong};
use crate::diagnostic::Diagnostic;
use crate::functions::optional;
use crate::graph::{Hop, TypeSet, Value};
use crate::result::Shape;
use crate::trace::{Needer, Ways, name_of};

pub const PROCEDURES: &[Procedure] = &[Procedure {
    name: "trace.cycles",
    parameters: &[optional("term", TERM), optional("options", TypeSet::MAP)],
    yields: CHAIN,
    doc: "The elementary cycles of needs, all or those through a term, the shortest first; options: upTo (100 unless \
          it says), via, within (a list of relationships), confidence, hard, showing (properties \
          of relations).",
    shape: Shape::Chain,
    run,
}];

const AT_MOST: usize = 100;

fn run(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let options = options(context, &arguments[1], &["upTo", "via", "within", "confidence", "hard", "showing"])?;
    let view = options.needs(graph);
    let ways = options.ways(context, &view)?;
    let through = if arguments[0].is_null() { None } else { one_term(context, &arguments[0], "THROUGH")? };
    let network = match through {
        Some(through) => ways.reached(&[through], context.budget)?,
        None => ways.network(context.budget)?,
    };
    let number = through.and_then(|node| network.number(node));
    let most = options.up_to.unwrap_or(AT_MOST);
    let found = cycles(&network, number, most, context.budget)?;
    let chains: Vec<Vec<Hop>> = found.cycles.iter().map(|nodes| closed(&ways, &network, nodes)).collect();
    let mut notes = Vec::new();
    let whose = through.map_or(String::new(), |node| format!(" through {}", name_of(graph, node)));
    let limited = if options.are_conditions() { " under these conditions" } else { "" };
    notes.push(match (chains.len(), found.complete) {
        (0, _) => format!("there is no cycle{whose}{limited}"),
        (count, true) => {
            let longest = hops_text(chains.iter().map(Vec::len).max().unwrap_or(0));
            let them = counted(count, "cycle", "cycles");
            if count == 1 {
                format!("the only cycle{whose}, of {longest}")
            } else {
                format!("all {them}{whose}, of up to {longest}")
            }
        }
        (count, false) => {
            format!(
                "the first {}{whose}; there are more: UP TO {} shows more",
                counted(count, "cycle", "cycles"),
                count * 10
            )
        }
    });
    if through.is_none() && !chains.is_empty() {
        notes.push(parts_text(&network, context)?);
    }
    notes.extend(avoidable(context, &ways, &chains)?);
    notes.extend(view.notes());
    Ok(Output::new(chain_rows(context, &ways, &options.showing, &chains)?, notes))
}

/// How many cycles run through a relation that another alternative can replace.
fn avoidable(context: &Context, ways: &Ways, chains: &[Vec<Hop>]) -> Result<Option<String>, Diagnostic> {
    let mut choices = Choices::among(ways, Needer::Source, context.budget);
    if choices.are_none() {
        return Ok(None);
    }
    let mut found = 0;
    for chain in chains {
        let mut chosen = false;
        for hop in chain {
            chosen |= choices.choice(hop)?.is_some();
        }
        found += usize::from(chosen);
    }
    let runs = counted(found, "cycle runs", "cycles run");
    Ok((found > 0).then(|| format!("{runs} through one of several alternatives: ORDER tells which cycles block")))
}

/// How large the strongly connected parts are that the cycles lie in.
fn parts_text(network: &Network, context: &Context) -> Result<String, Diagnostic> {
    const SHOWN: usize = 5;
    let parts = strong(network, context.budget)?;
    let mut sizes: Vec<usize> = parts.sizes().into_iter().filter(|size| *size > 1).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let shown: Vec<String> = sizes.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = if sizes.len() > SHOWN { ", …" } else { "" };
    let parts = counted(sizes.len(), "strongly connected part", "strongly connected parts");
    Ok(match sizes.len() {
        0 => "each is a term that needs itself directly".to_string(),
        1 => format!("{parts}, of {}", terms_text(sizes[0])),
        _ => format!("{parts}, of {}{more} terms", shown.join(", ")),
    })
}

/// The hops of a cycle, of parallel ones that which says most.
fn closed(ways: &Ways, network: &Network, nodes: &[u32]) -> Vec<Hop> {
    let next = nodes.iter().skip(1).chain(nodes.first());
    let hop = |(source, target): (&u32, &u32)| ways.best_hop(network.node(*source), network.node(*target));
    nodes.iter().zip(next).filter_map(hop).collect()
}
