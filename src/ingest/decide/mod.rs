//! What people decided about terms and relations, held against what sources state.
//!
//! A [`Decision`] changes the graph when it is taken (`change`), and again each time its sources are read: names and
//! what is one term (`names`) before a glossary is put into the graph, relations (`enforce`) after it.

mod change;
mod enforce;
mod names;

use crate::graph::{Decision, Graph, NodeId, Verdict};

pub(super) use change::other_definition;
pub use change::{Accepted, accept, between, merge, reject, rename, split};
pub use enforce::about;
pub(super) use enforce::{Enforced, enforce};
pub(super) use names::{Renamed, decided_terms};

/// The other names of a node.
pub fn other_names(graph: &Graph, node: NodeId) -> Vec<String> {
    super::assemble::aliases(graph, node)
}

/// Keeps a decision. Decisions name terms as the graph does: one that gives a term another name changes the others, too.
pub fn keep(graph: &mut Graph, decision: Decision) {
    let new_name = match decision.verdict {
        Verdict::Rename | Verdict::Merge => Some((decision.term.clone(), decision.other.clone())),
        Verdict::Reject | Verdict::Accept | Verdict::Split => None,
    };
    let Some((old, new)) = new_name else { return graph.decide(decision) };
    let mut is_said = false;
    for mut known in graph.semantics().decisions().cloned().collect::<Vec<_>>() {
        let subject = known.subject();
        // `term` of these is a name that a source uses.
        let is_by_source = matches!(known.verdict, Verdict::Rename | Verdict::Merge | Verdict::Split);
        let mut is_changed = false;
        if known.term == old && !is_by_source {
            known.term.clone_from(&new);
            is_changed = true;
        }
        if known.other == old {
            known.other.clone_from(&new);
            is_changed = true;
            is_said |= known.verdict == Verdict::Rename && decision.verdict == Verdict::Rename;
        }
        if is_changed {
            graph.forget_decision(&subject);
            // A term that has its own name again, and a relation of a term to itself, need no decision.
            if known.term != known.other {
                graph.decide(known);
            }
        }
    }
    if !is_said {
        graph.decide(decision);
    }
}
