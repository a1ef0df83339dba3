//! What people decided about terms and relations, held against what sources state.
//!
//! A [`Decision`] changes the graph when it is taken (`change`), and again each time its sources are read: names and
//! what is one term (`names`) before a glossary is put into the graph, relations (`enforce`) after it.

mod change;
mod enforce;
mod names;

use crate::graph::{Decision, Graph, NodeId, Verdict};

pub use change::{Accepted, accept, between, canonical_type, drop_name, merge, reject, rename, split};
pub(super) use change::{MERGED, called_so, is_called_so, other_definition};
pub use enforce::about;
pub(super) use enforce::{Enforced, enforce};
pub use names::Renamed;
pub(super) use names::decided_terms;

/// The other names of a node.
pub fn other_names(graph: &Graph, node: NodeId) -> Vec<String> {
    super::assemble::aliases(graph, node)
}

/// Keeps a decision. Decisions name terms as the graph does: one that gives a term another name changes the others, too.
/// The other names of a merged term still find it.
pub fn keep(graph: &mut Graph, decision: Decision) {
    if decision.verdict != Verdict::Rename {
        return graph.decide(decision);
    }
    let (old, new) = (&decision.term, &decision.other);
    let renamed = |known: &Decision| known.verdict == Verdict::Rename && known.other == *old;
    let is_said = graph.semantics().decisions().any(renamed);
    call(graph, old, new);
    if !is_said {
        graph.decide(decision);
    }
}

/// Forgets a decision; whether there was one. What was decided about a name that was given is then about the old one.
pub fn forget(graph: &mut Graph, decision: &Decision) -> bool {
    let is_known = graph.forget_decision(&decision.subject());
    if is_known && decision.verdict == Verdict::Rename {
        call(graph, &decision.other, &decision.term);
    }
    is_known
}

/// Changes the name of a term in all decisions.
fn call(graph: &mut Graph, old: &str, new: &str) {
    for known in graph.semantics().decisions().cloned().collect::<Vec<_>>() {
        let mut changed = known.clone();
        let is_of_relation = matches!(known.verdict, Verdict::Reject | Verdict::Accept);
        // `term` of the others is a name that a source uses.
        if is_of_relation && known.term == old {
            changed.term = new.to_string();
        }
        if known.other == old {
            changed.other = new.to_string();
        }
        if changed != known {
            graph.forget_decision(&known.subject());
            // A term that has its own name again needs no decision.
            if is_of_relation || changed.term != changed.other {
                graph.decide(changed);
            }
        }
    }
}
