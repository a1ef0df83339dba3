//! `trace.critical`: single points of failure, each with what it cuts off.

use super::arguments::{one_term, options};
use super::notes::{counted, hops_text, names, terms_text};
use super::trace::TERM;
use super::{Context, Output, Procedure};
use crate::algorithms::{Network, cuts, dominators, max_flow, node_cut};
use crate::diagnostic::Diagnostic;
use crate::functions::optional;
use crate::graph::{Effect, Hop, NodeId, TypeSet, Value};
use crate::result::Shape;
use crate::trace::{Alternatives, Essential, Needer, Shared, Ways, essential, name_of};

pub const PROCEDURES: &[Procedure] = &[Procedure {
    name: "trace.critical",
    parameters: &[optional("term", TERM), optional("to", TERM), optional("options", TypeSet::MAP)],
    yields: &[
        ("kind", TypeSet::STRING),
        ("term", TypeSet::NODE),
        ("other", TypeSet::NODE),
        ("cuts", TypeSet::INTEGER),
        ("cut", TypeSet::LIST),
        ("relationship", TypeSet::RELATIONSHIP),
    ],
    doc: "Single points of failure with the terms they cut off (`cuts` says how many, `cut` names at most 1000, and 10 where \
          the rows before it name 100,000 together): of the \
          whole: articulation points and bridges, arrows disregarded; for a term: dominators, without which it reaches \
          what they cut off by no other way, but no alternative of which another is enough, and common needs of all \
          alternatives; with a second term: the dominators between the two, and the fewest terms \
          and relations that part them; options: via, within (a list of relationships), confidence, hard.",
    shape: Shape::Cuts,
    run,
}];

/// More terms of a cut than these are counted only.
const NAMED: usize = 1_000;
/// The gravest rows name up to so many terms together; those after them only a few each. On a long chain every term
/// cuts off all that follow: together they would be the square of the graph.
const NAMED_IN_ALL: usize = 100_000;
const NAMED_AT_LEAST: usize = 10;

fn run(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let options = options(context, &arguments[2], &["via", "within", "confidence", "hard"])?;
    let view = options.needs(context.graph);
    let ways = options.ways(context, &view)?;
    let critical = Critical { context, ways: &ways };
    let mut output = match (&arguments[0], &arguments[1]) {
        (Value::Null, _) => critical.of_all()?,
        (term, to) => match (one_term(context, term, "FOR")?, to) {
            (None, _) => Output::new(Vec::new(), vec!["there is no such term".into()]),
            (Some(term), Value::Null) => critical.of_term(term)?,
            (Some(term), to) => match one_term(context, to, "TO")? {
                Some(to) => critical.between(term, to)?,
                None => Output::new(Vec::new(), vec!["there is no such term".into()]),
            },
        },
    };
    output.notes.extend(view.notes());
    Ok(output)
}

/// A term that takes down all providers of a choice.
fn common_need<'a>(network: &'a Network, Shared { node, providers }: Shared) -> Finding<'a> {
    let cuts = providers.len();
    let cut =
        move |most| -> Vec<NodeId> { providers.iter().take(most).map(|provider| network.node(*provider)).collect() };
    Finding { kind: "common need of alternatives", term: network.node(node), hop: None, cuts, cut: Box::new(cut) }
}

struct Critical<'a> {
    context: &'a Context<'a>,
    ways: &'a Ways<'a>,
}

/// A row in the making.
struct Finding<'a> {
    kind: &'static str,
    term: NodeId,
    hop: Option<Hop>,
    cuts: usize,
    /// At most so many of the terms that are cut off.
    cut: Box<dyn Fn(usize) -> Vec<NodeId> + 'a>,
}

impl Critical<'_> {
    /// The gravest first.
    fn rows(&self, mut findings: Vec<Finding>) -> Result<Vec<Vec<Value>>, Diagnostic> {
        let budget = self.context.budget;
        let order = self.context.names().order();
        let key = |f: &Finding| {
            (
                std::cmp::Reverse(f.cuts),
                f.hop.is_some(),
                order[f.term.index()],
                f.term,
                f.hop.map(|hop| (order[hop.target.index()], hop.relationship)),
            )
        };
        findings.sort_by_cached_key(key);
        let mut left = NAMED_IN_ALL;
        let row = |finding: Finding| {
            let cut = (finding.cut)(NAMED.min(left.max(NAMED_AT_LEAST)));
            left = left.saturating_sub(cut.len());
            // One step for each term that is named.
            (0..=cut.len()).try_for_each(|_| budget.tick())?;
            budget.charge((6 + cut.len()) * size_of::<Value>())?;
            Ok(vec![
                Value::from(finding.kind),
                Value::Node(finding.term),
                finding.hop.map_or(Value::Null, |hop| Value::Node(hop.target)),
                Value::from(finding.cuts),
                Value::list(cut.into_iter().map(Value::Node)),
                finding.hop.map_or(Value::Null, |hop| Value::Relationship(hop.relationship)),
            ])
        };
        findings.into_iter().map(row).collect()
    }

    fn of_all(&self) -> Result<Output, Diagnostic> {
        let network = self.ways.network(self.context.budget)?;
        let found = cuts(&network, self.context.budget)?;
        let nodes = |numbers: Vec<u32>| -> Vec<NodeId> { numbers.iter().map(|n| network.node(*n)).collect() };
        let nodes = &nodes;
        let found = &found;
        let mut findings = Vec::new();
        for point in &found.points {
            self.context.budget.tick()?;
            let (kind, cuts) = ("articulation point", found.cut_off_without(point));
            let cut = Box::new(move |most| nodes(found.apart_without(point, most)));
            findings.push(Finding { kind, term: network.node(point.node), hop: None, cuts, cut });
        }
        for bridge in &found.bridges {
            self.context.budget.tick()?;
            let hop = network.hop(bridge.edge);
            let cuts = found.cut_off_by(bridge);
            let cut = Box::new(move |most| nodes(found.apart_by(bridge, most)));
            findings.push(Finding { kind: "bridge", term: hop.source, hop: Some(hop), cuts, cut });
        }
        let notes = vec![format!(
            "{} and {} hold the whole together: without one of them what it cuts off is apart from the larger rest",
            counted(found.points.len(), "articulation point", "articulation points"),
            counted(found.bridges.len(), "bridge", "bridges")
        )];
        let notes = if findings.is_empty() {
            vec!["no single term and no single relation holds parts together".into()]
        } else {
            notes
        };
        Ok(Output::new(self.rows(findings)?, notes))
    }

    fn of_term(&self, term: NodeId) -> Result<Output, Diagnostic> {
        let network = self.ways.reached(&[term], self.context.budget)?;
        let dominators = dominators(&network, 0, self.context.budget)?;
        let subtrees = dominators.subtrees();
        let essential = self.essential(&network)?;
        let (network, subtrees) = (&network, &subtrees);
        let mut findings = Vec::new();
        for number in network.numbers().skip(1).filter(|number| subtrees.count(*number) > 0) {
            self.context.budget.tick()?;
            if essential.as_ref().is_some_and(|essential| !essential.nodes[number as usize]) {
                continue;
            }
            let cut = move |most| -> Vec<NodeId> {
                subtrees.some_dominated(number, most).iter().map(|number| network.node(*number)).collect()
            };
            findings.push(Finding {
                kind: "dominator",
                term: network.node(number),
                hop: None,
                cuts: subtrees.count(number) as usize,
                cut: Box::new(cut),
            });
        }
        let name = name_of(self.context.graph, term);
        let needed = terms_text(network.len() - 1);
        let note = match findings.len() {
            0 => format!("none of the {needed} that {name} needs is the only way to another"),
            count => {
                format!("of the {needed} that {name} needs, {} the only way to others", counted(count, "is", "are"))
            }
        };
        let shared = essential.map_or(Vec::new(), |essential| essential.shared);
        let mut notes = vec![note];
        if !shared.is_empty() {
            let them = counted(shared.len(), "term is", "terms are");
            notes.push(format!("{them} behind all of some alternatives, so that none of these helps"));
        }
        findings.extend(shared.into_iter().map(|shared| common_need(network, shared)));
        Ok(Output::new(self.rows(findings)?, notes))
    }

    /// What the first node of the network cannot do without, if the graph knows alternatives.
    fn essential(&self, network: &Network) -> Result<Option<Essential>, Diagnostic> {
        let alternatives = Alternatives::of(self.ways, Needer::Source);
        let budget = self.context.budget;
        alternatives.map(|a| essential(network, 1, &a, Effect::Degrades, budget)).transpose()
    }

    fn between(&self, term: NodeId, to: NodeId) -> Result<Output, Diagnostic> {
        let Context { graph, budget, .. } = *self.context;
        let (name, goal) = (name_of(graph, term), name_of(graph, to));
        let network = self.ways.reached(&[term], budget)?;
        let Some(number) = network.number(to).filter(|number| *number > 0) else {
            let note = match term == to {
                true => format!("both are {name}: nothing lies between"),
                false => format!("{name} does not need {goal}: WHY {name} TO {goal} says more"),
            };
            return Ok(Output::new(Vec::new(), vec![note]));
        };
        let fewest = node_cut(&network, 0, number, budget)?;
        // A dominator between the two parts them on its own.
        let between: Vec<u32> = match fewest.as_deref() {
            Some([_]) => dominators(&network, 0, budget)?.of(number).filter(|dominator| *dominator > 0).collect(),
            _ => Vec::new(),
        };
        let mut findings: Vec<Finding> =
            between.iter().map(|dominator| self.parting("dominator", network.node(*dominator), None, to)).collect();
        for node in fewest.iter().flatten() {
            findings.push(self.parting("term of the least cut", network.node(*node), None, to));
        }
        let flow = max_flow(&network, 0, number, budget)?;
        let edges = flow.cut(&network);
        for edge in &edges {
            let hop = network.hop(*edge);
            findings.push(self.parting("relation of the least cut", hop.source, Some(hop), to));
        }
        let mut notes = Vec::new();
        if !between.is_empty() {
            let on_the_way = between.iter().rev().map(|n| network.node(*n)).collect::<Vec<_>>();
            notes.push(format!(
                "every chain from {name} to {goal} runs through {}",
                names(graph, on_the_way.into_iter())
            ));
        }
        notes.push(match &fewest {
            Some(nodes) => format!("the fewest terms that part {name} from {goal}: {}", nodes.len()),
            None => format!("{name} needs {goal} by {}: no term between parts them", hops_text(1)),
        });
        notes.push(format!("the fewest relations that do: {}", edges.len()));
        if self.essential(&network)?.is_some_and(|essential| !essential.nodes[number as usize]) {
            notes.push(format!("{name} stands without {goal}: other alternatives are enough"));
        }
        Ok(Output::new(self.rows(findings)?, notes))
    }

    fn parting(&self, kind: &'static str, term: NodeId, hop: Option<Hop>, goal: NodeId) -> Finding<'static> {
        Finding { kind, term, hop, cuts: 1, cut: Box::new(move |_| vec![goal]) }
    }
}
