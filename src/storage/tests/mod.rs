//! Tests of storage: files and stores on the real disk, crashes and failures on a simulated one, damage.

mod base;
mod crash;
mod damage;
mod deletions;
mod files;
mod replay;
mod speed;
mod store;

use std::path::PathBuf;

use crate::graph::{Direction, Entity, Graph, NodeId, RelationshipId};

/// Everything there is to see in a graph.
fn dump(graph: &Graph) -> Vec<String> {
    let mut lines = vec![format!("{} {}", graph.node_count(), graph.relationship_count())];
    lines.extend(graph.semantics().iter().map(|semantics| format!("{semantics:?}")));
    lines.extend(graph.semantics().namings().map(|naming| format!("{naming:?}")));
    lines.extend(graph.semantics().decisions().map(|decision| format!("{decision:?}")));
    lines.extend(graph.labels().map(|l| format!("{} {}", graph.label_name(l), graph.label_count(l))));
    lines.extend(graph.rules().map(|rule| format!("{rule:?}")));
    lines.extend(graph.types().map(|t| format!("{} {}", graph.type_name(t), graph.type_count(t))));
    lines.extend(graph.keys().map(|key| graph.key_name(key).to_string()));
    for node in (0..graph.node_bound()).map(NodeId::new) {
        let around: Vec<_> = graph.adjacent(node, Direction::Both, None).collect();
        let deleted = graph.is_deleted(Entity::Node(node));
        lines.push(format!("{deleted} {:?} {:?} {around:?}", graph.node_labels(node), graph.properties(node)));
    }
    for relationship in (0..graph.relationship_bound()).map(RelationshipId::new) {
        // What a deleted relationship was is not kept in files.
        let shape = (!graph.is_deleted(Entity::Relationship(relationship))).then(|| graph.relationship(relationship));
        lines.push(format!("{shape:?} {:?}", graph.properties(relationship)));
    }
    lines
}

/// A folder of a test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("kenning-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("there is a folder for such files");
        Folder(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("it is there");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
