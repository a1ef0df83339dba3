//! What tests of single operators and kernels run with.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Access, Environment, Run};
use crate::functions::Clock;
use crate::graph::{Graph, NameIndex};
use crate::limits::{Budget, Limits};
use crate::plan::{Operator, Plan};
use crate::result::Shape;

/// Does something within the run of an empty plan of so many slots that reads a graph.
pub(super) fn with_run<T>(graph: &Graph, slots: usize, work: impl FnOnce(&mut Run) -> T) -> T {
    let plan = Plan {
        root: Operator::Argument,
        columns: vec![],
        slots: vec![String::new(); slots],
        shape: Shape::Table,
        writes: false,
        notes: vec![],
    };
    let (parameters, budget) = (BTreeMap::new(), Budget::start(&Limits::default()));
    let environment = Environment {
        parameters: &parameters,
        clock: Clock::default(),
        seed: 0,
        budget: &budget,
        names: &|graph, _| Ok(Arc::new(NameIndex::build(graph))),
        files: None,
        profile: false,
        commit: None,
    };
    work(&mut Run::new(&plan, Access::Read(graph), &environment))
}
