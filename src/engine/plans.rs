//! [`PlanCache`]: plans of statements that were run before.
//!
//! A plan is found by the statement's text, by the names and types of its parameters, and by whether and which rules
//! were applied. It holds as long as the graph's planning version does: see [`Graph::planning_version`].
//!
//! [`Graph::planning_version`]: crate::graph::Graph::planning_version

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::RunOptions;
use crate::ast::Statement;
use crate::diagnostic::Diagnostic;
use crate::graph::{Implied, Value};
use crate::plan::Plan;

/// A statement that can be run.
pub(super) struct Prepared {
    pub(super) statement: Statement,
    pub(super) plan: Arc<Plan>,
    pub(super) warnings: Vec<Diagnostic>,
}

/// What a plan is found by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PlanKey {
    text: String,
    parameters: Vec<(String, &'static str)>,
    optimize: bool,
    without: Vec<&'static str>,
    implied: Implied,
}

/// At most this many plans are kept, and none of longer texts.
const MOST: usize = 256;
const LONGEST: usize = 1 << 16;

#[derive(Default)]
pub(super) struct PlanCache {
    /// Only looked up: no answer depends on its order.
    plans: HashMap<PlanKey, Kept>,
    /// Grows with each use.
    clock: u64,
    /// The planning version of all plans that are kept.
    version: u64,
}

struct Kept {
    prepared: Arc<Prepared>,
    used: u64,
}

impl PlanKey {
    /// `None` if the text is too long to be kept.
    pub(super) fn new(text: &str, parameters: &BTreeMap<String, Value>, options: &RunOptions) -> Option<PlanKey> {
        let types = parameters.iter().map(|(name, value)| (name.clone(), value.type_name()));
        let (optimize, without) = (options.optimize, options.without.clone());
        (text.len() <= LONGEST).then(|| PlanKey {
            text: text.to_string(),
            parameters: types.collect(),
            optimize,
            without,
            implied: options.implied,
        })
    }
}

impl PlanCache {
    pub(super) fn get(&mut self, key: &PlanKey, version: u64) -> Option<Arc<Prepared>> {
        if self.version != version {
            self.plans.clear();
            self.version = version;
        }
        self.clock += 1;
        let kept = self.plans.get_mut(key)?;
        kept.used = self.clock;
        Some(kept.prepared.clone())
    }

    /// Keeps a plan made at the version that was asked for last; the one not used for longest makes room.
    pub(super) fn put(&mut self, key: PlanKey, version: u64, prepared: Arc<Prepared>) {
        if self.version != version {
            return;
        }
        if self.plans.len() >= MOST
            && let Some(oldest) = self.plans.iter().min_by_key(|(_, kept)| kept.used).map(|(key, _)| key.clone())
        {
            self.plans.remove(&oldest);
        }
        self.plans.insert(key, Kept { prepared, used: self.clock });
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.plans.len()
    }
}
