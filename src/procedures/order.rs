//! `trace.order`: in which order to start things.

use super::arguments::{optional_terms, options};
use super::choices::Choices;
use super::notes::{counted, names, terms_text};
use super::trace::TERM;
use super::{Context, Output, Procedure};
use crate::algorithms::{Condensation, Network, condensation};
use crate::diagnostic::Diagnostic;
use crate::functions::optional;
use crate::graph::{Graph, NodeId, TypeSet, Value, names_apart};
use crate::result::{Column, Shape};
use crate::trace::{Alternatives, Needer, Waived, Ways, breaks, name_of, waived};

pub const PROCEDURES: &[Procedure] = &[Procedure {
    name: "trace.order",
    parameters: &[optional("term", TERM), optional("options", TypeSet::MAP)],
    yields: &[
        ("layer", TypeSet::INTEGER),
        ("term", TypeSet::NODE),
        ("cycle", TypeSet::INTEGER),
        ("critical", TypeSet::BOOLEAN),
        ("relationship", TypeSet::RELATIONSHIP),
    ],
    doc: "The order to start terms in: those of a layer need only those of the layers before it, or, if they bear the \
          number of one cycle, each other; all terms that need or are needed, or the given ones and what they need; \
          `critical` marks the longest chain of layers, `relationship` is a need that keeps a term from an earlier one; \
          options: via, within (a list of relationships), confidence, hard.",
    shape: Shape::Layers,
    run: order,
}];

fn order(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let starts = optional_terms(context, &arguments[0])?;
    let options = options(context, &arguments[1], &["via", "within", "confidence", "hard"])?;
    let view = options.starts(graph);
    let mut ways = options.ways(context, &view)?;
    let network = match &starts {
        Some(starts) => ways.reached(starts, context.budget)?,
        None => ways.network(context.budget)?,
    };
    let whole = condensation(&network, context.budget)?;
    let waived = match Alternatives::of(&ways, Needer::Source) {
        Some(alternatives) => waived(&network, &whole.components, &alternatives, context.budget)?,
        None => None,
    };
    let (network, condensation) = match &waived {
        Some(waived) => {
            ways.hold(&waived.hops);
            let nodes = network.nodes().iter().map(|node| node.index()).collect();
            let network = ways.among(&nodes, context.budget)?;
            let condensation = condensation(&network, context.budget)?;
            (network, condensation)
        }
        None => (network, whole),
    };
    let mut order = Order { context, network: &network, condensation: &condensation, cycles: Vec::new(), loose: 0 };
    let (rows, columns) = order.columns(starts.is_none())?;
    let mut notes = order.notes(&ways)?;
    notes.extend(waived.map(|waived| not_waited_for(graph, &waived)));
    notes.extend(view.notes());
    Ok(Output::of(rows, columns, notes))
}

/// The alternatives that start later than those who could take them.
fn not_waited_for(graph: &Graph, waived: &Waived) -> String {
    let said = waived.list.iter().map(|(hop, choice)| {
        let of = names(graph, choice.providers.iter().copied());
        format!("{} by {}, which needs only one of {of}", name_of(graph, hop.target), name_of(graph, hop.source))
    });
    format!("not waited for: {}", listed(&said.collect::<Vec<_>>()))
}

struct Order<'a> {
    context: &'a Context<'a>,
    network: &'a Network<'a>,
    condensation: &'a Condensation,
    /// The members of each cycle, in the order of their numbers.
    cycles: Vec<Vec<u32>>,
    /// How many terms have to do with no other.
    loose: usize,
}

impl Order<'_> {
    /// Layer by layer; within a layer cycles first, then by name.
    fn columns(&mut self, skip_loose: bool) -> Result<(usize, Vec<Column>), Diagnostic> {
        let budget = self.context.budget;
        let order = self.context.names().order();
        let members = self.condensation.components.members();
        let mut needed = vec![false; self.network.len()];
        if skip_loose {
            for number in self.network.numbers() {
                budget.tick()?;
                self.network.targets(number).iter().for_each(|target| needed[*target as usize] = true);
            }
        }
        let mut critical = vec![false; self.condensation.components.count];
        let longest = self.condensation.longest_way(self.network);
        longest.iter().for_each(|component| critical[*component as usize] = true);
        let (mut layers, mut nodes, mut critical_ones) = (Vec::new(), Vec::new(), Vec::new());
        let (mut cycles, mut needs) = (Vec::new(), Vec::new());
        for (layer, parts) in self.condensation.by_layer().into_iter().enumerate() {
            let mut terms = Vec::new();
            let mut parts: Vec<&Vec<u32>> = parts.iter().map(|part| &members[*part as usize]).collect();
            parts.sort_by_cached_key(|part| (part.len() == 1, order[self.network.node(part[0]).index()], part[0]));
            for part in parts {
                let cycle = self.is_cyclic(part).then(|| {
                    self.cycles.push(part.clone());
                    self.cycles.len()
                });
                for number in part {
                    if skip_loose && self.network.targets(*number).is_empty() && !needed[*number as usize] {
                        self.loose += 1;
                        continue;
                    }
                    let node = self.network.node(*number);
                    terms.push((cycle.unwrap_or(usize::MAX), order[node.index()], node, *number));
                }
            }
            terms.sort_unstable();
            for (cycle, _, node, number) in terms {
                budget.tick()?;
                let component = self.condensation.components.of[number as usize];
                layers.push(layer as i64 + 1);
                nodes.push(node.index() as u32);
                cycles.push(if cycle == usize::MAX { Value::Null } else { Value::from(cycle) });
                critical_ones.push(critical[component as usize]);
                needs.push(self.held_back_by(component, number));
            }
        }
        let columns = vec![
            Column::Integers(layers),
            Column::Nodes(nodes),
            Column::Values(cycles),
            Column::Booleans(critical_ones),
            Column::Relationships(needs),
        ];
        Ok((columns[0].rows().unwrap_or_default(), columns))
    }

    /// The need of a term, rather than of another on the same cycle, that keeps it from an earlier layer.
    fn held_back_by(&self, component: u32, number: u32) -> u32 {
        let edge = self.condensation.next[component as usize].map(|edge| edge as usize);
        let own = edge.filter(|edge| self.network.edges(number).contains(edge));
        own.map_or(Column::NULL, |edge| self.network.hop(edge).relationship.index() as u32)
    }

    fn is_cyclic(&self, part: &[u32]) -> bool {
        part.len() > 1 || self.network.targets(part[0]).contains(&part[0])
    }

    fn has_choice(&self, part: &[u32], choices: &mut Choices) -> Result<bool, Diagnostic> {
        if choices.are_none() {
            return Ok(false);
        }
        for edge in part.iter().flat_map(|number| self.network.edges(*number)) {
            if choices.choice(&self.network.hop(edge))?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn nodes(&self, numbers: &[u32]) -> Vec<NodeId> {
        let mut nodes: Vec<NodeId> = numbers.iter().map(|number| self.network.node(*number)).collect();
        nodes.sort_by_key(|node| (self.context.names().order()[node.index()], *node));
        nodes
    }

    fn notes(&self, ways: &Ways) -> Result<Vec<String>, Diagnostic> {
        /// More cycles than these are counted only.
        const AT_MOST: usize = 10;
        let graph = self.context.graph;
        let mut notes = Vec::new();
        let placed = self.network.len() - self.loose;
        let layers = self.condensation.by_layer().len();
        match placed {
            0 => notes.push("no term needs another".to_string()),
            placed => notes.push(format!("{} in {}", terms_text(placed), counted(layers, "layer", "layers"))),
        }
        if self.loose > 0 {
            notes.push(format!("left out: {} that no other has to do with", terms_text(self.loose)));
        }
        let mut choices = Choices::among(ways, Needer::Source, self.context.budget);
        for (at, cycle) in self.cycles.iter().take(AT_MOST).enumerate() {
            let mut found = breaks(self.network, cycle, self.context.budget)?;
            // It may be enough to free one of several alternatives.
            found.smallest &= !self.has_choice(cycle, &mut choices)?;
            let mut hops: Vec<_> = found.edges.iter().map(|edge| self.network.hop(*edge)).collect();
            ways.sort(&mut hops);
            let without: Vec<String> = hops
                .iter()
                .map(|hop| {
                    format!("{} {} {}", name_of(graph, hop.source), ways.phrase(hop), name_of(graph, hop.target))
                })
                .collect();
            let relations = counted(without.len(), "relation", "relations");
            notes.push(format!(
                "cycle {}: {}; {} to break it, {relations}: {}",
                at + 1,
                names(graph, self.nodes(cycle).into_iter()),
                if found.smallest { "the fewest" } else { "not proven to be the fewest" },
                listed(&without)
            ));
        }
        if self.cycles.len() > AT_MOST {
            notes.push(format!(
                "and {}: ORDER OF a term names its own",
                counted(self.cycles.len() - AT_MOST, "further cycle", "further cycles")
            ));
        }
        if layers > 1 && placed > 0 {
            let members = self.condensation.components.members();
            let way = self.condensation.longest_way(self.network);
            let parts: Vec<Vec<NodeId>> = way.iter().rev().map(|part| self.nodes(&members[*part as usize])).collect();
            let names = names_apart(graph, &parts.iter().map(|nodes| nodes[0]).collect::<Vec<_>>());
            let name = |(name, nodes): (&String, &Vec<NodeId>)| match nodes.len() {
                1 => name.clone(),
                count => format!("{name} (and {} more)", count - 1),
            };
            let way: Vec<String> = names.iter().zip(&parts).map(name).collect();
            notes.push(format!("critical path, {} long: {}", way.len(), way.join(", ")));
        }
        Ok(notes)
    }
}

fn listed(texts: &[String]) -> String {
    const AT_MOST: usize = 6;
    let more = if texts.len() > AT_MOST { format!("; and {} more", texts.len() - AT_MOST) } else { String::new() };
    format!("{}{more}", texts[..texts.len().min(AT_MOST)].join("; "))
}
