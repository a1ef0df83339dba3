//! [`PlanCache`]: plans of statements that were run before.
//!
//! A plan is found by the statement's text, the graph's planning version, the names and types of its parameters, and
//! by whether and which rules were applied. Readers of older snapshots find the plans of their version: see
//! [`Graph::planning_version`].
//!
//! [`Graph::planning_version`]: crate::graph::Graph::planning_version

use std::collections::HashMap;
use std::sync::Arc;

use super::RunOptions;
use crate::ast::{Mode, Statement, StatementBody, TransactionControl};
use crate::diagnostic::Diagnostic;
use crate::graph::{Graph, Implied};
use crate::plan::Plan;
use crate::result::StatementType;

/// A statement that can be run, with its plan if it has one.
pub struct Prepared {
    pub(super) statement: Statement,
    /// `None` for statements that are run without a plan.
    pub(super) planned: Option<Planned>,
    /// The planning version of the graph that it was planned for.
    pub(super) version: u64,
}

pub(super) struct Planned {
    pub(super) plan: Arc<Plan>,
    pub(super) warnings: Vec<Diagnostic>,
}

impl Prepared {
    /// Whether running it may change the graph.
    pub fn writes(&self) -> bool {
        match (&self.statement.body, &self.planned) {
            _ if self.statement.mode == Mode::Explain => false,
            (StatementBody::Declaration(_) | StatementBody::Schema(_) | StatementBody::Correction(_), _) => true,
            (_, planned) => planned.as_ref().is_some_and(|planned| planned.plan.writes),
        }
    }

    /// What running it may do.
    pub(super) fn statement_type(&self) -> StatementType {
        match (&self.statement.body, &self.planned) {
            (StatementBody::Declaration(_) | StatementBody::Schema(_), _) => StatementType::Schema,
            (StatementBody::Correction(_), _) => StatementType::Write,
            (_, Some(planned)) if planned.plan.writes => StatementType::Write,
            _ => StatementType::Read,
        }
    }

    /// Whether it commits by itself before it ends, so that it cannot be part of a transaction.
    pub fn commits(&self) -> bool {
        self.statement.mode != Mode::Explain
            && self.planned.as_ref().is_some_and(|planned| planned.plan.writes && planned.plan.root.commits())
    }

    /// What it says about a transaction, if it is about one.
    pub fn transaction_control(&self) -> Option<TransactionControl> {
        match &self.statement.body {
            StatementBody::Transaction(control) if self.statement.mode == Mode::Run => Some(*control),
            _ => None,
        }
    }

    /// Whether the plan holds for the graph.
    pub fn holds_for(&self, graph: &Graph) -> bool {
        self.planned.is_none() || self.version == graph.planning_version()
    }
}

/// What a plan is found by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PlanKey {
    text: String,
    version: u64,
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
}

struct Kept {
    prepared: Arc<Prepared>,
    used: u64,
}

impl PlanKey {
    /// `None` if the text is too long to be kept.
    pub(super) fn new(text: &str, version: u64, options: &RunOptions) -> Option<PlanKey> {
        let types = options.parameters.iter().map(|(name, value)| (name.clone(), value.type_name()));
        let (optimize, without) = (options.optimize, options.without.clone());
        (text.len() <= LONGEST).then(|| PlanKey {
            text: text.to_string(),
            version,
            parameters: types.collect(),
            optimize,
            without,
            implied: options.implied,
        })
    }
}

impl PlanCache {
    pub(super) fn get(&mut self, key: &PlanKey) -> Option<Arc<Prepared>> {
        self.clock += 1;
        let kept = self.plans.get_mut(key)?;
        kept.used = self.clock;
        Some(kept.prepared.clone())
    }

    /// Keeps a plan. The half of the plans not used for longest make room: to seek a single one for each new plan would
    /// take longer than many statements.
    pub(super) fn put(&mut self, key: PlanKey, prepared: Arc<Prepared>) {
        if self.plans.len() >= MOST {
            let mut uses: Vec<u64> = self.plans.values().map(|kept| kept.used).collect();
            let (_, middle, _) = uses.select_nth_unstable(MOST / 2);
            let middle = *middle;
            self.plans.retain(|_, kept| kept.used > middle);
        }
        self.plans.insert(key, Kept { prepared, used: self.clock });
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.plans.len()
    }
}
