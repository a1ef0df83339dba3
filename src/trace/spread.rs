//! How far a failure spreads: what is reached, and what of it fails rather than degrades.

use super::Ways;
use crate::diagnostic::Diagnostic;
use crate::graph::{Bitmap, Effect, NodeId};
use crate::limits::Budget;

/// What is reached from some starts, these included.
#[derive(Debug)]
pub struct Spread {
    /// How many nodes are reached.
    pub reached: usize,
    /// Those that are reached over failing hops alone.
    pub failing: Bitmap,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Unmet,
    Degrades,
    Fails,
}

/// Follows failures from the starts. What is reached over failing hops alone fails outright; whatever else is reached
/// only degrades, for a hop that degrades passes on no more than that. Over the view of needs it is the other way
/// round: the starts fail with the nodes so reached.
pub fn spread(ways: &Ways, starts: &[NodeId], budget: &Budget) -> Result<Spread, Diagnostic> {
    let graph = ways.graph();
    budget.charge(graph.node_bound() + graph.node_bound() / 8 + size_of_val(starts))?;
    let fails: Vec<bool> = graph.types().map(|t| ways.effect_of(t) == Effect::Fails).collect();
    let mut states = vec![State::Unmet; graph.node_bound()];
    let mut failing = Bitmap::default();
    let mut reached = 0;
    // Each node is gone on from once: those that fail first, so that no other one turns out to fail later.
    let (mut first, mut then): (Vec<NodeId>, Vec<NodeId>) = (Vec::new(), Vec::new());
    for start in starts {
        if std::mem::replace(&mut states[start.index()], State::Fails) == State::Unmet {
            reached += 1;
            first.push(*start);
        }
    }
    while let Some(node) = first.pop().or_else(|| then.pop()) {
        budget.tick()?;
        let here = states[node.index()];
        if here == State::Fails && !failing.insert(node.index()) {
            continue;
        }
        let before = first.len() + then.len();
        ways.for_targets(node, |t, target| {
            let state = &mut states[target.index()];
            let worse = if here == State::Fails && fails[t.index()] { State::Fails } else { State::Degrades };
            if *state >= worse {
                return;
            }
            reached += usize::from(*state == State::Unmet);
            *state = worse;
            match worse {
                State::Fails => first.push(target),
                State::Unmet | State::Degrades => then.push(target),
            }
        });
        budget.charge((first.len() + then.len() - before) * size_of::<NodeId>())?;
    }
    Ok(Spread { reached, failing })
}
