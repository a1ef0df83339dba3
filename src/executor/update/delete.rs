//! DELETE.

use super::Result;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::executor::Run;
use crate::executor::batch::Batch;
use crate::executor::evaluate::{describe, evaluate};
use crate::executor::kernels;
use crate::executor::vector::{Data, NULL, Vector};
use crate::functions::invalid_type;
use crate::graph::{Direction, Entity, NodeId, RelationshipId, Value};
use crate::plan::Expr;

/// What the changes, the journal and the log hold of what is deleted until the commit, about.
const BYTES_A_DELETION: usize = 128;

/// For how many entities a change is one step.
const STEP: usize = 4096;

/// What is to be deleted.
#[derive(Default)]
struct Doomed {
    nodes: Vec<NodeId>,
    relationships: Vec<RelationshipId>,
}

impl Doomed {
    fn add_all(&mut self, expr: &Expr, batch: &Batch, run: &mut Run) -> Result<()> {
        let found = kernels::vector(expr, batch, run);
        if let Ok(Vector::Each { .. }) = &found
            && let Some(data) = found.as_ref().ok().and_then(Vector::flat)
        {
            let is_there = |number: &&u32| **number != NULL;
            match &*data {
                Data::Nodes(nodes) => {
                    self.nodes.extend(nodes.iter().filter(is_there).map(|node| NodeId::from(*node)));
                    return Ok(());
                }
                Data::Relationships(ids) => {
                    self.relationships.extend(ids.iter().filter(is_there).map(|id| RelationshipId::from(*id)));
                    return Ok(());
                }
                _ => {}
            }
        }
        let slots = kernels::slots_of([expr]);
        let mut row = run.spare_row();
        for at in 0..batch.len {
            run.budget.tick()?;
            batch.fill(at, &slots, &mut row);
            let value = evaluate(expr, &mut row, run)?;
            self.add(value, expr)?;
        }
        run.spare.push(row);
        Ok(())
    }

    fn add(&mut self, value: Value, expr: &Expr) -> Result<()> {
        match value {
            Value::Null => {}
            Value::Node(node) => self.nodes.push(node),
            Value::Relationship(relationship) => self.relationships.push(relationship),
            Value::Path(path) => {
                self.nodes.extend(&path.nodes);
                self.relationships.extend(&path.relationships);
            }
            other => {
                let message = format!("only nodes, relationships and paths can be deleted, not {}", describe(&other));
                return Err(invalid_type(message).at(expr.span));
            }
        }
        Ok(())
    }
}

/// Deletes what all rows name, relationships before nodes, so that the order of rows and targets does not matter.
pub(super) fn delete(detach: bool, targets: &[Expr], batches: &[Batch], run: &mut Run) -> Result<()> {
    let mut doomed = Doomed::default();
    for batch in batches {
        run.budget.check()?;
        targets.iter().try_for_each(|expr| doomed.add_all(expr, batch, run))?;
    }
    let Doomed { mut nodes, mut relationships } = doomed;
    nodes.sort_unstable();
    nodes.dedup();
    nodes.retain(|node| !run.graph().is_deleted(Entity::Node(*node)));
    if detach {
        for node in &nodes {
            let before = relationships.len();
            relationships.extend(run.graph().adjacent(*node, Direction::Both, None).map(|a| a.relationship));
            run.budget.tick()?;
            run.budget.work((relationships.len() - before) * size_of::<RelationshipId>())?;
        }
    }
    relationships.sort_unstable();
    relationships.dedup();
    relationships.retain(|relationship| !run.graph().is_deleted(Entity::Relationship(*relationship)));
    run.charge_changes((nodes.len() + relationships.len()) * BYTES_A_DELETION)?;
    for some in relationships.chunks(STEP) {
        run.budget.check()?;
        run.graph_mut()?.delete_relationships(some);
    }
    run.changes.relationships_deleted += relationships.len();
    for node in &nodes {
        run.budget.tick()?;
        let left = run.graph().degree(*node, Direction::Both);
        if left > 0 {
            let message = format!("a node to be deleted still has {}", crate::render::count(left, "relationship"));
            return Err(Diagnostic::runtime(Kind::ConstraintVerificationFailed, Detail::DeleteConnectedNode, message)
                .help("DETACH DELETE deletes them too"));
        }
    }
    for some in nodes.chunks(STEP) {
        run.budget.check()?;
        run.graph_mut()?.delete_nodes(some);
    }
    run.changes.nodes_deleted += nodes.len();
    Ok(())
}
