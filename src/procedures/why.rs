//! `trace.why`: chains of needs, and what there is to say when there is none.

use super::arguments::{options, terms};
use super::trace::{grounds, searched, type_names};
use super::{Context, Output};
use crate::diagnostic::Diagnostic;
use crate::graph::{Direction, Graph, GraphView, Hop, NodeId, TypeId, Value};
use crate::trace::{Fringe, Search, name_of, phrase, shortest_chains};

pub(super) fn why(context: &Context, arguments: &[Value]) -> Result<Output, Diagnostic> {
    let graph = context.graph;
    let question = Question { context, from: terms(context, &arguments[0])?, to: terms(context, &arguments[1])? };
    let options = options(graph, &arguments[2], &["all", "via"])?;
    if let Some(same) = question.from.iter().find(|node| question.to.contains(node)) {
        let note = format!("both are {}: there is nothing to explain", name_of(graph, *same));
        return Ok(Output { rows: Vec::new(), notes: vec![note] });
    }
    let view = GraphView::needs(graph, options.via.as_deref());
    let mut output = match question.search(&view, options.all)? {
        Search::Found { chains, count } => found(graph, &chains, count),
        Search::Missing(fringe) => {
            Output { rows: Vec::new(), notes: question.explain_absence(&view, &fringe, options.via.as_deref())? }
        }
    };
    output.notes.extend(view.notes());
    Ok(output)
}

fn found(graph: &Graph, chains: &[Vec<Hop>], count: u64) -> Output {
    let mut rows = Vec::new();
    for (chain, hops) in chains.iter().enumerate() {
        for (step, hop) in hops.iter().enumerate() {
            let (evidence, source) = grounds(graph, hop.relationship);
            rows.push(vec![
                Value::from(chain + 1),
                Value::from(step + 1),
                Value::Node(hop.source),
                Value::from(phrase(graph, hop)),
                Value::Node(hop.target),
                evidence,
                source,
                Value::Relationship(hop.relationship),
            ]);
        }
    }
    let length = hops_text(chains.first().map_or(0, Vec::len));
    let note = match (count, chains.len() as u64) {
        (1, _) => format!("the only chain of {length}; none is shorter"),
        (count, shown) if shown < count => format!("one of {count} chains of {length}; ALL shows the others"),
        (count, _) => format!("all {count} chains of {length}; none is shorter"),
    };
    Output { rows, notes: vec![note] }
}

struct Question<'a> {
    context: &'a Context<'a>,
    from: Vec<NodeId>,
    to: Vec<NodeId>,
}

impl Question<'_> {
    fn search(&self, view: &GraphView, all: bool) -> Result<Search, Diagnostic> {
        shortest_chains(view, &self.from, &self.to, all, self.context.budget)
    }

    /// The best of the shortest chains in a view, from and to swapped if `back`.
    fn chain(&self, view: &GraphView, back: bool) -> Result<Option<Vec<Hop>>, Diagnostic> {
        let (from, to) = if back { (&self.to, &self.from) } else { (&self.from, &self.to) };
        match shortest_chains(view, from, to, false, self.context.budget)? {
            Search::Found { chains, .. } => Ok(chains.into_iter().next()),
            Search::Missing(_) => Ok(None),
        }
    }

    /// Why there is no chain: how far the search came, and what would connect the two.
    fn explain_absence(
        &self,
        view: &GraphView,
        fringe: &Fringe,
        via: Option<&[TypeId]>,
    ) -> Result<Vec<String>, Diagnostic> {
        let graph = self.context.graph;
        let (from, to) = (names(graph, &self.from), names(graph, &self.to));
        let reached = match fringe.reached {
            0 => searched(view, via),
            1 => format!("1 term reached, over {}", type_names(graph, &fringe.over)),
            reached => format!("{reached} terms reached, over {}", type_names(graph, &fringe.over)),
        };
        let mut notes = vec![format!("{from} does not need {to}: {reached}")];
        if let Some(chain) = self.chain(view, true)? {
            notes.push(format!(
                "the other way round, {to} needs {from}, by {}: WHY {to} TO {from}",
                hops_text(chain.len())
            ));
        }
        if via.is_some()
            && let Some(chain) = self.chain(&GraphView::needs(graph, None), false)?
        {
            let excluded = types_of(graph, &chain, |t| view.orientation(t).is_none());
            notes.push(format!("without VIA there is a chain of {}; it takes {excluded}", hops_text(chain.len())));
            return Ok(notes);
        }
        let further = self.further_types(view)?;
        if !further.is_empty() {
            let list: Vec<String> =
                further.iter().map(|(hops, name)| format!("{name} ({})", hops_text(*hops))).collect();
            notes.push(format!(
                "a further type would connect them, though no failure travels over it: {}",
                list.join(", ")
            ));
        } else if notes.len() == 1 {
            notes.push(self.any_connection()?);
        }
        Ok(notes)
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
            if let Some(chain) = self.chain(&wider, false)? {
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
        let Some(chain) = self.chain(&GraphView::of(graph, None, Direction::Both), false)? else {
            return Ok("nothing connects the two, over any type in any direction".to_string());
        };
        let mut text = chain.first().map(|hop| name_of(graph, hop.source).to_string()).unwrap_or_default();
        for hop in &chain {
            text.push_str(&format!(" -[{}]- {}", phrase(graph, hop), name_of(graph, hop.target)));
        }
        Ok(format!("what connects them is not a need: {text}"))
    }
}

fn names(graph: &Graph, nodes: &[NodeId]) -> String {
    nodes.iter().map(|node| name_of(graph, *node).to_string()).collect::<Vec<_>>().join(", ")
}

fn types_of(graph: &Graph, chain: &[Hop], wanted: impl Fn(TypeId) -> bool) -> String {
    type_names(graph, &chain.iter().map(|hop| hop.relationship_type).filter(|t| wanted(*t)).collect())
}

fn hops_text(number: usize) -> String {
    format!("{number} {}", if number == 1 { "hop" } else { "hops" })
}
