//! Path values from their parts.

use super::{Result, Row, Run};
use crate::graph::{NodeId, Path, RelationshipId, Value};
use crate::plan::PathParts;

/// The path that starts at a node and follows relationships and lists of them; null if a part is null.
pub(super) fn build_path(parts: &PathParts, row: &Row, run: &Run) -> Result<Value> {
    let Value::Node(start) = row[parts.start] else { return Ok(Value::Null) };
    let mut path = Path { nodes: vec![start], relationships: vec![] };
    for slot in &parts.relationships {
        match &row[*slot] {
            Value::Relationship(relationship) => follow(&mut path, *relationship, run),
            Value::List(items) => {
                for item in items.iter() {
                    if let Value::Relationship(relationship) = item {
                        follow(&mut path, *relationship, run);
                    }
                }
            }
            _ => return Ok(Value::Null),
        }
    }
    Ok(Value::Path(path.into()))
}

fn follow(path: &mut Path, relationship: RelationshipId, run: &Run) {
    let from: NodeId = path.nodes[path.nodes.len() - 1];
    path.nodes.push(run.graph().relationship(relationship).other(from));
    path.relationships.push(relationship);
}
