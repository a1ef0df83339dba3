//! DELETE.

use super::{BATCH, Result};
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::executor::evaluate::{describe, evaluate};
use crate::executor::{Row, Run};
use crate::functions::invalid_type;
use crate::graph::{Direction, Entity, NodeId, RelationshipId, Value};
use crate::plan::Expr;

/// What the changes, the journal and the log hold of what is deleted until the commit, about.
const BYTES_A_DELETION: usize = 128;

/// Deletes what all rows name, relationships before nodes, so that the order of rows and targets does not matter.
pub(super) fn delete(detach: bool, targets: &[Expr], rows: &mut [Row], run: &mut Run) -> Result<()> {
    let mut nodes: Vec<NodeId> = Vec::new();
    let mut relationships: Vec<RelationshipId> = Vec::new();
    for row in rows {
        for expr in targets {
            run.budget.tick()?;
            match evaluate(expr, row, run)? {
                Value::Null => {}
                Value::Node(node) => nodes.push(node),
                Value::Relationship(relationship) => relationships.push(relationship),
                Value::Path(path) => {
                    nodes.extend(&path.nodes);
                    relationships.extend(&path.relationships);
                }
                other => {
                    let message =
                        format!("only nodes, relationships and paths can be deleted, not {}", describe(&other));
                    return Err(invalid_type(message).at(expr.span));
                }
            }
        }
    }
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
    for some in relationships.chunks(BATCH) {
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
    for some in nodes.chunks(BATCH) {
        run.budget.check()?;
        run.graph_mut()?.delete_nodes(some);
    }
    run.changes.nodes_deleted += nodes.len();
    Ok(())
}
