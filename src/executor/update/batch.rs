//! What updating operators read of a batch: which entities, and which values.

use super::super::batch::Batch;
use super::super::kernels;
use super::super::vector::{Data, NULL, Vector};
use super::Result;
use crate::diagnostic::{Diagnostic, Kind};
use crate::executor::Run;
use crate::graph::{Entity, EntityKind, Value};
use crate::plan::Expr;

/// Why a batch is done row by row: something of it does not fit in columns, or an expression failed. Nothing has been
/// changed for it.
pub(super) struct ByRow;

/// What can be done for a batch, unless the whole statement ends.
pub(super) type Attempt<T> = Result<std::result::Result<T, ByRow>>;

/// Takes what there is, or gives up the attempt.
macro_rules! attempt {
    ($tried:expr) => {
        match $tried? {
            Ok(made) => made,
            Err(by_row) => return Ok(Err(by_row)),
        }
    };
}
pub(super) use attempt;

/// Entities of one kind, one a row; `NULL` where there is none.
pub(super) struct Targets {
    pub kind: EntityKind,
    pub numbers: Vec<u32>,
}

impl Targets {
    /// Whether no entity occurs twice.
    pub(super) fn are_different(&self) -> bool {
        if self.numbers.is_sorted_by(|one, other| one < other) {
            return true;
        }
        let mut sorted: Vec<u32> = self.numbers.iter().copied().filter(|number| *number != NULL).collect();
        sorted.sort_unstable();
        sorted.is_sorted_by(|one, other| one < other)
    }
}

/// The values of an expression; an error of a row is left to be found row by row.
pub(super) fn values(expr: &Expr, batch: &Batch, run: &mut Run) -> Attempt<Vector> {
    tried(kernels::vector(expr, batch, run))
}

/// Whether an error ends the statement, or is left to be found row by row.
pub(super) fn tried<T>(made: Result<T>) -> Attempt<T> {
    match made {
        Ok(made) => Ok(Ok(made)),
        Err(error) if ends(&error) => Err(error),
        Err(_) => Ok(Err(ByRow)),
    }
}

fn ends(error: &Diagnostic) -> bool {
    error.kind == Kind::Stopped
}

/// The entities that an expression gives, all live and of one kind.
pub(super) fn targets(expr: &Expr, batch: &Batch, run: &mut Run) -> Attempt<Targets> {
    let found = attempt!(values(expr, batch, run));
    Ok(live(&found, batch.len, run).ok_or(ByRow))
}

/// The entities in a vector, unless some are of another kind, or deleted.
pub(super) fn live(found: &Vector, len: usize, run: &Run) -> Option<Targets> {
    let same = |kind, number| Targets { kind, numbers: vec![number; len] };
    let targets = match found {
        Vector::Same(Value::Null) => same(EntityKind::Node, NULL),
        Vector::Same(Value::Node(node)) => same(EntityKind::Node, node.index() as u32),
        Vector::Same(Value::Relationship(id)) => same(EntityKind::Relationship, id.index() as u32),
        Vector::Same(_) => return None,
        each => match &*each.flat()? {
            Data::Nodes(numbers) => Targets { kind: EntityKind::Node, numbers: numbers.clone() },
            Data::Relationships(numbers) => Targets { kind: EntityKind::Relationship, numbers: numbers.clone() },
            _ => return None,
        },
    };
    let graph = run.graph();
    let is_live = |number: &u32| *number == NULL || !graph.is_deleted(targets.kind.entity(*number));
    let all_live = match targets.kind {
        EntityKind::Node if !graph.has_deleted_nodes() => true,
        _ => targets.numbers.iter().all(is_live),
    };
    all_live.then_some(targets)
}

/// Whether properties can hold all values of a vector. What they cannot is reported row by row.
pub(super) fn are_storable(values: &Vector, is_storable: impl Fn(&Value) -> bool) -> bool {
    match values {
        Vector::Same(value) => is_storable(value),
        Vector::Each { data, .. } => match &**data {
            Data::Booleans(..) | Data::Integers(..) | Data::Floats(..) | Data::Text(..) | Data::Temporals(..) => true,
            Data::Values(values) => values.iter().all(is_storable),
            Data::Nodes(numbers) | Data::Relationships(numbers) => numbers.iter().all(|number| *number == NULL),
            Data::RelationshipLists { .. } => false,
        },
    }
}

/// An estimate of the bytes that values take as properties of this number of entities.
pub(super) fn held_alone(values: &Vector, len: usize) -> usize {
    match values {
        Vector::Same(value) => value.held_alone() * len,
        Vector::Each { data, .. } => match &**data {
            Data::Values(values) if values.len() == len => values.iter().map(Value::held_alone).sum(),
            Data::Values(_) | Data::Text(..) => (0..len).map(|at| values.value(at).held_alone()).sum(),
            _ => size_of::<Value>() * len,
        },
    }
}

/// The entity of a row, if there is one.
pub(super) fn entity(targets: &Targets, row: usize) -> Option<Entity> {
    Some(targets.numbers[row]).filter(|number| *number != NULL).map(|number| targets.kind.entity(number))
}
