//! Path values from their parts.

use super::{Result, Row, Run};
use crate::graph::{NodeId, Path, RelationshipId, Value};
use crate::plan::{PathMode, PathParts};

/// The path that starts at a node and follows relationships and lists of them; null if a part is null.
pub(super) fn build_path(parts: &PathParts, row: &Row, run: &Run) -> Result<Value> {
    Ok(path_of(parts, row, run).map_or(Value::Null, |path| Value::Path(path.into())))
}

/// Whether a path uses nothing twice that its mode forbids.
pub(super) fn keeps_mode(parts: &PathParts, mode: PathMode, row: &Row, run: &Run) -> Result<Value> {
    let Some(path) = path_of(parts, row, run) else { return Ok(Value::Null) };
    let inner = match mode {
        PathMode::Walk => return Ok(Value::Boolean(true)),
        PathMode::Trail => return Ok(Value::Boolean(are_distinct(&path.relationships))),
        PathMode::Acyclic => path.nodes.as_slice(),
        PathMode::Simple if path.nodes.len() > 1 && path.nodes.first() == path.nodes.last() => &path.nodes[1..],
        PathMode::Simple => path.nodes.as_slice(),
    };
    Ok(Value::Boolean(are_distinct(inner)))
}

fn are_distinct<T: Ord + Copy>(items: &[T]) -> bool {
    let mut seen = items.to_vec();
    seen.sort_unstable();
    seen.dedup();
    seen.len() == items.len()
}

/// The nodes of a path from one place to another, counted from the back where negative.
pub(super) fn path_nodes(parts: &PathParts, from: i64, to: i64, row: &Row, run: &Run) -> Result<Value> {
    let Some(path) = path_of(parts, row, run) else { return Ok(Value::Null) };
    let len = path.nodes.len() as i64;
    let place = |at: i64| if at < 0 { len + at } else { at.min(len) };
    let nodes = path.nodes.get(place(from) as usize..place(to).max(place(from)) as usize).unwrap_or_default();
    Ok(Value::list(nodes.iter().map(|node| Value::Node(*node))))
}

fn path_of(parts: &PathParts, row: &Row, run: &Run) -> Option<Path> {
    let Value::Node(start) = row[parts.start] else { return None };
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
            _ => return None,
        }
    }
    Some(path)
}

fn follow(path: &mut Path, relationship: RelationshipId, run: &Run) {
    let from: NodeId = path.nodes[path.nodes.len() - 1];
    path.nodes.push(run.graph().relationship(relationship).other(from));
    path.relationships.push(relationship);
}
