//! Decisions about relations, held against a graph into which its sources have just been put.

use std::collections::BTreeSet;

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

/// Takes out what was rejected, puts in what was accepted, and takes away names that were split off. `read` are the
/// sources that were read just now: only of what these say can be told that it is no longer said.
pub fn enforce(graph: &mut Graph, read: &BTreeSet<String>, budget: &Budget) -> Result<Enforced, Diagnostic> {
    let decisions: Vec<Decision> = graph.semantics().decisions().cloned().collect();
    let mut enforced = Enforced::default();
    if decisions.is_empty() {
        return Ok(enforced);
    }
    let mut hold = budget.hold();
    let names = NameIndex::build_within(graph, &mut |bytes| budget.tick().and_then(|()| hold.add(bytes)))?;
    for decision in decisions {
        budget.tick()?;
        if let Err(reason) = enforced.one(graph, &decision, &names, read) {
            enforced.idle.push((decision, reason));
        }
    }
    Ok(enforced)
}

/// The decisions about terms that these sources define.
pub fn about(graph: &Graph, read: &BTreeSet<String>, budget: &Budget) -> Result<Vec<Decision>, Diagnostic> {
    let decisions = graph.semantics().decisions();
    if decisions.len() == 0 {
        return Ok(Vec::new());
    }
    let mut hold = budget.hold();
    let names = NameIndex::build_within(graph, &mut |bytes| budget.tick().and_then(|()| hold.add(bytes)))?;
    let is_of_these = |name: &str| match names.resolve(graph, name) {
        Resolution::One(node) => was_read(graph, node, read),
        Resolution::Several(nodes) => nodes.into_iter().any(|node| was_read(graph, node, read)),
        Resolution::Unknown { .. } => false,
    };
    Ok(decisions.filter(|decision| is_of_these(&decision.term) || is_of_these(&decision.other)).cloned().collect())
}

impl Enforced {
    /// The error says why the decision is idle.
    fn one(
        &mut self,
        graph: &mut Graph,
        decision: &Decision,
        names: &NameIndex,
        read: &BTreeSet<String>,
    ) -> Result<(), String> {
        let find = |graph: &Graph, name: &str| match names.resolve(graph, name) {
            Resolution::One(node) if !graph.is_deleted(node.into()) => Ok(node),
            Resolution::Several(_) => Err(format!("several terms are called {name}")),
            Resolution::One(_) | Resolution::Unknown { .. } => Err(format!("no term is called {name}")),
        };
        match decision.verdict {
            Verdict::Reject => {
                let start = find(graph, &decision.term)?;
                let silent = || match was_read(graph, start, read) {
                    true => Err("no source states this relation any more".to_string()),
                    false => Ok(()),
                };
                // If a source stated the relation, its end would be there.
                let Ok(end) = find(graph, &decision.other) else { return silent() };
                let found = change::between(graph, start, &decision.relation_type, end);
                let is_own = |id: &RelationshipId| graph.property_by_name(*id, RULE).is_null();
                let stated: Vec<RelationshipId> = found.into_iter().filter(|id| !is_own(id)).collect();
                if stated.is_empty() {
                    return silent();
                }
                self.relations_removed += stated.len();
                self.terms_removed += change::reject(graph, &stated);
                Ok(())
            }
            Verdict::Accept => {
                let (start, end) = (find(graph, &decision.term)?, find(graph, &decision.other)?);
                let accepted = change::accept(graph, start, &decision.relation_type, end);
                self.relations_added += usize::from(accepted == Accepted::Created);
                Ok(())
            }
            Verdict::Rename => match (find(graph, &decision.other), find(graph, &decision.term)) {
                // It is known by its identifier, under its old name.
                (Err(_), Ok(node)) if *name_of(graph, node) == *decision.term => {
                    change::rename(graph, node, &decision.other);
                    Ok(())
                }
                (found, _) => found.map(|_| ()),
            },
            Verdict::Merge => find(graph, &decision.other).map(|_| ()),
            Verdict::Split => {
                let from = find(graph, &decision.other)?;
                let known = super::other_names(graph, from);
                let is_own = |node| *name_of(graph, node) == *decision.term;
                match find(graph, &decision.term) {
                    _ if !known.contains(&decision.term) => {}
                    Ok(node) if node != from && is_own(node) => _ = change::take_name(graph, &decision.term, from),
                    _ => _ = change::split(graph, &decision.term, from),
                }
                Ok(())
            }
        }
    }
}

/// Whether a source that was read just now defines a node, or speaks of it.
fn was_read(graph: &Graph, node: NodeId, read: &BTreeSet<String>) -> bool {
    const MOST_RELATIONS: usize = 1000;
    let is_of_these = |source: Value| matches!(source, Value::String(source) if read.contains(&*source));
    let mut relations = graph.adjacent(node, Direction::Both, None).take(MOST_RELATIONS);
    is_of_these(graph.property_by_name(node, "source"))
        || relations.any(|adjacent| is_of_these(graph.property_by_name(adjacent.relationship, "source")))
}
