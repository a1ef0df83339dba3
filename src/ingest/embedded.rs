//! The graph compiled into the program: the folder `graph/` of this package as it was when it was built.

use super::SourceFile;
use crate::graph::Graph;

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The graph of the files in [`FILES`].
pub fn embedded_graph() -> Graph {
    super::read(FILES).graph
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_graph_is_read_whole() {
        let reading = super::super::read(FILES);
        let findings: Vec<String> = reading.findings.iter().map(ToString::to_string).collect();
        assert_eq!(findings, [""; 0]);
        assert!(reading.graph.node_count() >= 80);
        assert!(reading.graph.relationship_count() >= 250);
        let used = reading.graph.types().filter(|t| reading.graph.type_count(*t) > 0).count();
        assert!(used >= 12);
    }
}
