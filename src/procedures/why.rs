//! `trace.why`: chains of needs, and what there is to say when there is none.

use super::arguments::{Options, options, terms};
use super::choices::Choices;
use super::notes::{Grounds, effect_name, hops_text, names, searched, shown, terms_text, type_names};
use super::trace::TERM;
use super::{Context, Output, Procedure};
use crate::diagnostic::Diagnostic;
use crate::functions::{invalid_value, optional, required};
use crate::graph::{Direction, Effect, Graph, GraphView, Hop, KeyId, NodeId, TypeId, TypeSet, Value, names_apart};
use crate::result::Shape;
use crate::trace::{
    Alternatives, Fringe, Needer, Search, Several, Ways, name_of, nearest_miss, outcome, phrase, several_chains,
    shortest_chains,
};

/// The columns of chains of hops.
pub(super) const CHAIN: &[(&str, TypeSet)] = &[
    ("chain", TypeSet::INTEGER),
    ("step", TypeSet::INTEGER),
    ("start", TypeSet::NODE),
    ("relation", TypeSet::STRING),
    ("end", TypeSet::NODE),
    ("evidence", TypeSet::STRING),
    ("source", TypeSet::STRING),
    ("relationship", TypeSet::RELATIONSHIP),
    ("effect", TypeSet::STRING),
    ("one_of", TypeSet::LIST),
    ("properties", TypeSet::MAP),
];

const OPTIONS: &[&str] = &["all", "each", "upTo", "avoiding", "via", "within", "confidence", "hard", "showing"];

pub const PROCEDURES: &[Procedure] = &[Procedure {
    name: "trace.why",
    parameters: &[required("from", TERM), required("to", TERM), optional("options", TypeSet::MAP)],
    yields: CHAIN,
    doc: "Returns the shortest chain of needs from one term to another, with the effect of a failure and the \
          alternatives of each hop; options: all (every shortest chain), each (one chain for each direct need, and what \
          to remove to break them all), upTo (the n shortest chains that visit no term twice), avoiding (terms), via, \
          within (a list of relationships), confidence, hard, showing (properties of relations).",
    shape: Shape::Chain,
    run: why,
}];

fn why(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let (from, to) = (terms(context, &arguments[0])?, terms(context, &arguments[1])?);
    let options = options(context, &arguments[2], OPTIONS)?;
    let question = Question { context, options: &options, from, to };
    check_kinds(&options)?;
    if let Some(end) = options.avoiding.iter().find(|node| question.from.contains(node) || question.to.contains(node)) {
        let message = format!("{} is an end of the chain: it cannot be avoided", name_of(graph, *end));
        return Err(invalid_value(message));
    }
    if question.from.is_empty() || question.to.is_empty() {
        return Ok(Output::new(Vec::new(), vec!["there is no term at one of the ends".into()]));
    }
    if let Some(same) = question.from.iter().find(|node| question.to.contains(node)) {
        let note = format!("both are {}: there is nothing to explain", name_of(graph, *same));
        return Ok(Output::new(Vec::new(), vec![note]));
    }
    let view = options.needs(graph);
    let ways = options.ways(context, &view)?;
    let mut output = match (question.search(&ways, options.all)?, options.up_to) {
        (Search::Missing(fringe), _) => Output::new(Vec::new(), question.explain_absence(&ways, &fringe, &options)?),
        (Search::Found { .. }, _) if options.each => question.each(&ways)?,
        (Search::Found { .. }, Some(most)) => question.several(&ways, most)?,
        (Search::Found { chains, count }, None) => question.found(&ways, &chains, count)?,
    };
    output.notes.extend(question.without(&output.rows)?);
    output.notes.extend(view.notes());
    Ok(output)
}

/// Only one of ALL, EACH and UP TO says which chains are wanted.
fn check_kinds(options: &Options) -> Result<(), Diagnostic> {
    let kinds = [("ALL", options.all), ("EACH", options.each), ("UP TO", options.up_to.is_some())];
    let given: Vec<&str> = kinds.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
    if given.len() < 2 {
        return Ok(());
    }
    let help = "ALL gives the chains of the least length, EACH one over each direct need";
    Err(invalid_value(format!("{} exclude each other", given.join(" and "))).help(help))
}

/// The rows of chains, each with the evidence of its hops.
pub(super) fn chain_rows(
    context: &Context,
    ways: &Ways,
    showing: &[KeyId],
    chains: &[Vec<Hop>],
) -> Result<Vec<Vec<Value>>, Diagnostic> {
    let grounds = Grounds::of(ways.graph());
    let mut choices = Choices::among(ways, Needer::Source, context.budget);
    let mut rows = Vec::new();
    for (chain, hops) in chains.iter().enumerate() {
        for (step, hop) in hops.iter().enumerate() {
            context.budget.tick()?;
            let (evidence, source) = grounds.get(hop.relationship);
            let effect = choices.choice(hop)?.map_or(ways.effect(hop), |choice| choice.effect);
            rows.push(vec![
                Value::from(chain + 1),
                Value::from(step + 1),
                Value::Node(hop.source),
                Value::String(ways.phrase(hop).clone()),
                Value::Node(hop.target),
                evidence,
                source,
                Value::Relationship(hop.relationship),
                Value::from(effect_name(effect)),
                choices.one_of(hop)?,
                shown(ways.graph(), hop, showing),
            ]);
        }
    }
    Ok(rows)
}

/// From where to where, and how.
pub(super) struct Question<'a> {
    pub context: &'a Context<'a>,
    options: &'a Options,
    pub from: Vec<NodeId>,
    pub to: Vec<NodeId>,
}

impl Question<'_> {
    pub(super) fn rows(&self, ways: &Ways, chains: &[Vec<Hop>]) -> Result<Vec<Vec<Value>>, Diagnostic> {
        chain_rows(self.context, ways, &self.options.showing, chains)
    }

    fn found(&self, ways: &Ways, chains: &[Vec<Hop>], count: u64) -> Result<Output, Diagnostic> {
        let length = hops_text(chains.first().map_or(0, Vec::len));
        let note = match (count, chains.len() as u64) {
            (1, _) => format!("the only chain of {length}; none is shorter"),
            (count, shown) if shown < count => format!("one of {count} chains of {length}; ALL shows the others"),
            (count, _) => format!("all {count} chains of {length}; none is shorter"),
        };
        Ok(Output::new(self.rows(ways, chains)?, vec![note]))
    }

    fn search(&self, ways: &Ways, all: bool) -> Result<Search, Diagnostic> {
        shortest_chains(ways, &self.from, &self.to, all, self.context.budget)
    }

    /// The shortest chains that visit no term twice, between any two of the ends.
    fn several(&self, ways: &Ways, most: usize) -> Result<Output, Diagnostic> {
        let Several { chains, more } = several_chains(ways, &self.from, &self.to, most, self.context.budget)?;
        let longest = hops_text(chains.last().map_or(0, Vec::len));
        let note = match (chains.len(), more) {
            (1, false) => format!("the only chain, of {longest}"),
            (1, true) => format!("one of the shortest chains, of {longest}; there are more"),
            (count, false) => format!("all {count} chains that visit no term twice, the longest of {longest}"),
            (count, true) => format!("the {count} shortest chains, up to {longest}; there are more"),
        };
        Ok(Output::new(self.rows(ways, &chains)?, vec![note]))
    }

    /// What the start suffers without the goal, if a chain takes one of several alternatives.
    fn without(&self, rows: &[Vec<Value>]) -> Result<Option<String>, Diagnostic> {
        let ([from], [to]) = (self.from.as_slice(), self.to.as_slice()) else { return Ok(None) };
        let one_of = CHAIN.iter().position(|(name, _)| *name == "one_of").unwrap_or_default();
        if rows.iter().all(|row| row[one_of].is_null()) {
            return Ok(None);
        }
        let view = self.options.failures(self.context.graph);
        let ways = self.options.ways_by(self.context, &view, Needer::Target)?;
        let Some(alternatives) = Alternatives::of(&ways, Needer::Target) else { return Ok(None) };
        let outcome = outcome(&alternatives, &[*to], self.context.budget)?;
        let (from_name, to_name) = (self.names(&self.from), self.names(&self.to));
        Ok(Some(match outcome.on(*from) {
            Some(effect) => format!("{from_name} {} without {to_name}, whatever is chosen", effect_name(effect)),
            None => format!("{from_name} stands without {to_name}: another alternative is enough"),
        }))
    }

    /// The best of the shortest chains, from and to swapped if `back`.
    fn chain(&self, ways: &Ways, back: bool) -> Result<Option<Vec<Hop>>, Diagnostic> {
        let (from, to) = if back { (&self.to, &self.from) } else { (&self.from, &self.to) };
        match shortest_chains(ways, from, to, false, self.context.budget)? {
            Search::Found { chains, .. } => Ok(chains.into_iter().next()),
            Search::Missing(_) => Ok(None),
        }
    }

    /// Why there is no chain: how far the search came, and what would connect the two.
    fn explain_absence(&self, ways: &Ways, fringe: &Fringe, options: &Options) -> Result<Vec<String>, Diagnostic> {
        let graph = self.context.graph;
        let view = ways.view();
        let via = options.via.as_deref();
        let (from, to) = (self.names(&self.from), self.names(&self.to));
        let reached = match fringe.reached.len() {
            0 if ways.is_whole() && !options.hard => searched(view, via),
            0 => "nothing is reached under these conditions".to_string(),
            number => format!("{} reached, over {}", terms_text(number), type_names(graph, &fringe.over)),
        };
        let mut notes = vec![format!("{from} does not need {to}: {reached}")];
        notes.extend(self.clamped(ways, options)?);
        if let Some(chain) = self.chain(ways, true)? {
            notes.push(format!(
                "the other way round, {to} needs {from}, by {}: WHY {to} TO {from}",
                hops_text(chain.len())
            ));
        }
        if via.is_some()
            && let Some(chain) = self.chain(&Ways::of(&GraphView::needs(graph, None)), false)?
        {
            let excluded = types_of(graph, &chain, |t| view.orientation(t).is_none());
            notes.push(format!("without VIA there is a chain of {}; it takes {excluded}", hops_text(chain.len())));
            return Ok(notes);
        }
        let further = if ways.is_whole() && !options.hard { self.further_types(view)? } else { Vec::new() };
        if !further.is_empty() {
            let list: Vec<String> =
                further.iter().map(|(hops, name)| format!("{name} ({})", hops_text(*hops))).collect();
            notes.push(format!(
                "a further type would connect them, though no failure travels over it: {}",
                list.join(", ")
            ));
        }
        if notes.len() == 1 && !options.hard {
            notes.push(self.any_connection()?);
        }
        notes.extend(self.miss(ways, fringe)?);
        Ok(notes)
    }

    /// What the conditions of the question have kept from being found.
    fn clamped(&self, ways: &Ways, options: &Options) -> Result<Vec<String>, Diagnostic> {
        let graph = self.context.graph;
        let view = ways.view();
        let mut notes = Vec::new();
        let chain = |change: &dyn Fn(&mut Ways)| {
            let mut wider = options.ways(self.context, view)?;
            change(&mut wider);
            self.chain(&wider, false)
        };
        if !options.avoiding.is_empty()
            && let Some(chain) = chain(&|ways| ways.avoided = None)?
        {
            let through = chain.iter().map(|hop| hop.target).filter(|node| options.avoiding.contains(node));
            let through = self.names(&through.collect::<Vec<_>>());
            notes.push(format!("without AVOIDING there is a chain of {}, through {through}", hops_text(chain.len())));
        }
        if let Some(least) = options.confidence
            && let Some(chain) = chain(&|ways| ways.confidence = None)?
        {
            let lowest = chain.iter().map(|hop| ways.confidence_of(hop)).fold(f64::INFINITY, f64::min);
            let length = hops_text(chain.len());
            notes.push(format!("below a confidence of {least} there is a chain of {length}: CONFIDENCE {lowest}"));
        }
        let softened = options.softened();
        let wider = softened.needs(graph);
        if options.hard
            && let Some(chain) = self.chain(&softened.ways(self.context, &wider)?, false)?
        {
            let soft = chain.iter().find(|hop| ways.effect(hop) == Effect::Degrades);
            let barred = soft.map_or(String::new(), |hop| format!("; it takes {}", spelled(graph, &[*hop])));
            notes.push(format!("without HARD there is a chain of {}{barred}", hops_text(chain.len())));
        }
        if options.within.is_some()
            && let Some(chain) = chain(&|ways| ways.within = None)?
        {
            let within = options.within.clone().unwrap_or_default();
            let first = chain.iter().find(|hop| !within.contains(hop.relationship.index()));
            let barred = first.map_or(String::new(), |hop| format!("; it takes {}", spelled(graph, &[*hop])));
            notes.push(format!("without WHERE there is a chain of {}{barred}", hops_text(chain.len())));
        }
        Ok(notes)
    }

    /// Where the search came nearest to a goal.
    fn miss(&self, ways: &Ways, fringe: &Fringe) -> Result<Option<String>, Diagnostic> {
        let graph = self.context.graph;
        if fringe.reached.is_empty() {
            return Ok(None);
        }
        let Some(way) = nearest_miss(ways, &fringe.reached, &self.to, self.context.budget)? else { return Ok(None) };
        Ok((!way.is_empty()).then(|| format!("the nearest miss: {}", spelled(graph, &way))))
    }

    /// Types outside the view, any one of which would connect the two: the shortest chains first, at most three.
    fn further_types(&self, view: &GraphView) -> Result<Vec<(usize, String)>, Diagnostic> {
        const AT_MOST: usize = 3;
        let graph = self.context.graph;
        let needs = GraphView::needs(graph, None);
        let mut further = Vec::new();
        for candidate in graph.types().filter(|t| view.orientation(*t).is_none() && graph.type_count(*t) > 0) {
            let direction = needs.orientation(candidate).unwrap_or(Direction::Both);
            let wider = GraphView::with(graph, |t| if t == candidate { Some(direction) } else { view.orientation(t) });
            if let Some(chain) = self.chain(&Ways::of(&wider), false)? {
                further.push((chain.len(), graph.type_name(candidate).to_string()));
            }
        }
        further.sort();
        further.truncate(AT_MOST);
        Ok(further)
    }

    /// Whether anything at all connects the two, whatever it means.
    fn any_connection(&self) -> Result<String, Diagnostic> {
        let graph = self.context.graph;
        let anything = GraphView::of(graph, None, Direction::Both);
        match self.chain(&Ways::of(&anything), false)? {
            None => Ok("nothing connects the two, over any type in any direction".to_string()),
            Some(chain) => Ok(format!("what connects them is not a need: {}", spelled(graph, &chain))),
        }
    }

    /// One term by what can be typed for it: a note may show a statement.
    pub(super) fn names(&self, nodes: &[NodeId]) -> String {
        match nodes {
            [one] => self.context.names().spelling(self.context.graph, *one),
            several => names(self.context.graph, several.iter().copied()),
        }
    }
}

/// `a -[uses]- b -[is part of]- c`
fn spelled(graph: &Graph, chain: &[Hop]) -> String {
    let nodes: Vec<NodeId> =
        chain.iter().take(1).map(|hop| hop.source).chain(chain.iter().map(|hop| hop.target)).collect();
    let mut names = names_apart(graph, &nodes).into_iter();
    let mut text = names.next().unwrap_or_default();
    for (hop, name) in chain.iter().zip(names) {
        text.push_str(&format!(" -[{}]- {name}", phrase(graph, hop)));
    }
    text
}

fn types_of(graph: &Graph, chain: &[Hop], wanted: impl Fn(TypeId) -> bool) -> String {
    type_names(graph, &chain.iter().map(|hop| hop.relationship_type).filter(|t| wanted(*t)).collect())
}
