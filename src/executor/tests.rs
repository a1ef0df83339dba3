//! What tests of single operators and kernels run with.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Access, Environment, Run};
use crate::functions::Clock;
use crate::graph::Graph;
use crate::limits::Budget;
use crate::plan::{Operator, Plan};
use crate::result::Shape;

/// Does something within the run of an empty plan on an empty graph.
pub(super) fn with_run<T>(budget: &Budget, work: impl FnOnce(&mut Run) -> T) -> T {
    let graph = Graph::new();
    let plan = Plan {
        root: Operator::Argument,
        columns: vec![],
        slots: vec![],
        shape: Shape::Table,
        writes: false,
        notes: vec![],
    };
    let parameters = BTreeMap::new();
    let environment = Environment {
        parameters: &parameters,
        clock: Clock::default(),
        seed: 0,
        budget,
        names: &|_| Arc::default(),
        files: None,
        profile: false,
        commit: None,
    };
    work(&mut Run::new(&plan, Access::Read(&graph), &environment))
}
