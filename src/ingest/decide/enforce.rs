//! Decisions held against a graph into which its sources have just been put.

use std::collections::BTreeSet;
use std::path::Path;

use super::Renamed;
use super::change::{self, Accepted, RULE};
use crate::diagnostic::Diagnostic;
use crate::graph::{
    Decision, Direction, Graph, NameIndex, NodeId, RelationshipId, Resolution, Value, Verdict, name_of,
};
use crate::limits::Budget;

/// What decisions did to a graph.
#[derive(Clone, Debug, Default)]
pub struct Enforced {
    pub relations_removed: usize,
    pub terms_removed: usize,
    pub relations_added: usize,
    /// Decisions that say nothing about the graph any more, with the reason.
    pub idle: Vec<(Decision, String)>,
}

/// In which order decisions are enforced: relations are those of the terms as they are called in the end.
const ORDER: [&[Verdict]; 4] =
    [&[Verdict::Split], &[Verdict::Rename], &[Verdict::Merge], &[Verdict::Reject, Verdict::Accept]];

/// Takes out what was rejected, puts in what was accepted, and settles names that no entry has. `read` are the sources
/// that were read just now: only of what these say can be told that it is no longer said.
pub fn enforce(graph: &mut Graph, read: &BTreeSet<String>, budget: &Budget) -> Result<Enforced, Diagnostic> {
    let mut enforced = Enforced::default();
    if graph.semantics().decisions().len() == 0 {
        return Ok(enforced);
    }
    canonical(graph);
    let renamed = Renamed::of(graph);
    let mut names = names_of(graph, budget)?;
    for verdicts in ORDER {
        let before = graph.naming_version();
        let decisions = graph.semantics().decisions().filter(|decision| verdicts.contains(&decision.verdict));
        for decision in decisions.cloned().collect::<Vec<_>>() {
            budget.tick()?;
            let done = match decision.verdict {
                Verdict::Reject => enforced.reject(graph, &decision, &names, read),
                Verdict::Accept => enforced.accept(graph, &decision, &names),
                Verdict::Rename => rename(graph, &decision, &names, &renamed),
                Verdict::Merge => merge(graph, &decision, &names, &renamed),
                Verdict::Split => split(graph, &decision, &names, &renamed),
            };
            if let Err(reason) = done {
                enforced.idle.push((decision, reason));
            }
        }
        if graph.naming_version() != before {
            names = names_of(graph, budget)?;
        }
    }
    Ok(enforced)
}

fn names_of(graph: &Graph, budget: &Budget) -> Result<NameIndex, Diagnostic> {
    let mut hold = budget.hold();
    NameIndex::build_within(graph, &mut |bytes| budget.tick().and_then(|()| hold.add(bytes)))
}

/// A file may say `USED_BY` of what is kept as `USES`, turned round.
fn canonical(graph: &mut Graph) {
    for decision in graph.semantics().decisions().cloned().collect::<Vec<_>>() {
        let (kind, is_turned) = change::canonical_type(graph, &decision.relation_type);
        if is_turned && !decision.relation_type.is_empty() {
            graph.forget_decision(&decision.subject());
            let Decision { term, other, .. } = decision.clone();
            graph.decide(Decision { term: other, other: term, relation_type: kind, ..decision });
        }
    }
}

fn find(graph: &Graph, names: &NameIndex, name: &str) -> Result<NodeId, String> {
    match names.resolve(graph, name) {
        Resolution::One(node) if !graph.is_deleted(node.into()) => Ok(node),
        Resolution::Several(_) => Err(format!("several terms are called {name}")),
        Resolution::One(_) | Resolution::Unknown { .. } => Err(format!("no term is called {name}")),
    }
}

/// The node whose own name this is.
fn find_own(graph: &Graph, names: &NameIndex, name: &str) -> Option<NodeId> {
    find(graph, names, name).ok().filter(|node| *name_of(graph, *node) == *name)
}

/// Gives a new name to what its source still calls by the old one, as what is known by its identifier.
fn rename(graph: &mut Graph, decision: &Decision, names: &NameIndex, renamed: &Renamed) -> Result<(), String> {
    let Decision { term, other, .. } = decision;
    match (find_own(graph, names, other), find_own(graph, names, term)) {
        // The name may have been given to another term since.
        (Some(_), Some(_)) if !renamed.is_given(term) => {
            Err(format!("another term is called {other}; MERGE TERM makes the two one"))
        }
        (Some(_), _) => Ok(()),
        (None, Some(node)) if !renamed.is_given(term) => {
            change::rename(graph, node, other);
            Ok(())
        }
        (None, _) => Err(format!("no term is called {term}")),
    }
}

fn merge(graph: &Graph, decision: &Decision, names: &NameIndex, renamed: &Renamed) -> Result<(), String> {
    let into = find(graph, names, &decision.other)?;
    match find_own(graph, names, &decision.term) {
        Some(node) if node != into && !renamed.is_given(&decision.term) => {
            Err(format!("{} and {} are still two terms", decision.term, decision.other))
        }
        _ => Ok(()),
    }
}

fn split(graph: &mut Graph, decision: &Decision, names: &NameIndex, renamed: &Renamed) -> Result<(), String> {
    let Decision { term, other, .. } = decision;
    let from = find(graph, names, other)?;
    // It may have been given another name since.
    let is_apart = find_own(graph, names, renamed.name(term)).is_some_and(|node| node != from);
    let is_alias = super::other_names(graph, from).contains(term);
    match (is_apart, is_alias) {
        (true, true) => _ = change::take_name(graph, term, from),
        (true, false) => {}
        (false, _) => _ = change::split(graph, term, from),
    }
    Ok(())
}

impl Enforced {
    fn reject(
        &mut self,
        graph: &mut Graph,
        decision: &Decision,
        names: &NameIndex,
        read: &BTreeSet<String>,
    ) -> Result<(), String> {
        let start = find(graph, names, &decision.term)?;
        let silent = || match was_read(graph, start, read) {
            true => Err("no source states this relation any more".to_string()),
            false => Ok(()),
        };
        // If a source stated the relation, its end would be there.
        let Ok(end) = find(graph, names, &decision.other) else { return silent() };
        let is_own = |id: &RelationshipId| graph.property_by_name(*id, RULE).is_null();
        let found = change::between(graph, start, &decision.relation_type, end);
        let stated: Vec<RelationshipId> = found.into_iter().filter(|id| !is_own(id)).collect();
        if stated.is_empty() {
            return silent();
        }
        self.relations_removed += stated.len();
        self.terms_removed += change::reject(graph, &stated);
        Ok(())
    }

    fn accept(&mut self, graph: &mut Graph, decision: &Decision, names: &NameIndex) -> Result<(), String> {
        let (start, end) = (find(graph, names, &decision.term)?, find(graph, names, &decision.other)?);
        let accepted = change::accept(graph, start, &decision.relation_type, end);
        self.relations_added += usize::from(accepted == Accepted::Created);
        Ok(())
    }
}

/// The decisions about terms of these sources, in these files if they are given: a folder stands for all in it.
pub fn about(
    graph: &Graph,
    read: &BTreeSet<String>,
    place: Option<&str>,
    budget: &Budget,
) -> Result<Vec<Decision>, Diagnostic> {
    let decisions = graph.semantics().decisions();
    if decisions.len() == 0 {
        return Ok(Vec::new());
    }
    let names = names_of(graph, budget)?;
    let is_there = |node: NodeId| was_read(graph, node, read) && place.is_none_or(|place| is_in(graph, node, place));
    let is_of_these = |name: &str| match names.resolve(graph, name) {
        Resolution::One(node) => is_there(node),
        Resolution::Several(nodes) => nodes.into_iter().any(is_there),
        Resolution::Unknown { .. } => false,
    };
    // A name that was split off or given away may be known by its new name only.
    let meant = |decision: &&Decision| is_of_these(&decision.term) || is_of_these(&decision.other);
    Ok(decisions.filter(meant).cloned().collect())
}

/// Relations of a term that are looked at: all are from the same few files.
const MOST_RELATIONS: usize = 1000;

/// Whether a property of the node, or of one of its relations, is as wanted.
fn says(graph: &Graph, node: NodeId, key: &str, is_wanted: &dyn Fn(&str) -> bool) -> bool {
    let is_wanted = |value: Value| value.as_str().is_some_and(is_wanted);
    let mut relations = graph.adjacent(node, Direction::Both, None).take(MOST_RELATIONS);
    is_wanted(graph.property_by_name(node, key))
        || relations.any(|adjacent| is_wanted(graph.property_by_name(adjacent.relationship, key)))
}

/// Whether a source that was read just now defines a node, or speaks of it.
fn was_read(graph: &Graph, node: NodeId, read: &BTreeSet<String>) -> bool {
    says(graph, node, "source", &|source| read.contains(source))
}

/// Whether a node is defined or spoken of in a file.
fn is_in(graph: &Graph, node: NodeId, place: &str) -> bool {
    says(graph, node, "file", &|file| Path::new(file).starts_with(place))
}
