//! SKOS, S27: what is related is not broader, at any distance.

use std::collections::{BTreeSet, HashMap};

use super::super::found::Found;
use super::super::{Find, Rule};
use super::circle::term;
use crate::diagnostic::Severity;
use crate::graph::{Direction, Graph, NodeId, RelationshipId};

pub(in super::super) const RULE: Rule = Rule {
    name: "related-and-broader",
    severity: Severity::Error,
    says: "A concept is related to one that is also broader than it, directly or over others (SKOS, S27).",
    why: "SKOS keeps the two apart: related concepts are not above one another",
    help: "remove skos:related or skos:broader",
    example: &[(
        "sea.ttl",
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix : <http://example.org/> .\n\
         :mole a skos:Concept ; skos:prefLabel \"mole\"@en ; skos:broader :wall ; skos:related :wall .\n\
         :wall a skos:Concept ; skos:prefLabel \"wall\"@en .\n",
    )],
    find: &[Find::Graph(related)],
};

fn related(graph: &Graph, found: &mut Found) {
    let (Some(related), Some(broader)) = (graph.type_id("RELATED_TO"), graph.type_id("BROADER")) else { return };
    let mut pairs: HashMap<NodeId, Vec<(NodeId, RelationshipId)>> = HashMap::new();
    for id in graph.relationships() {
        let shape = graph.relationship(id);
        if shape.relationship_type == related {
            pairs.entry(shape.start).or_default().push((shape.end, id));
            pairs.entry(shape.end).or_default().push((shape.start, id));
        }
    }
    for node in graph.nodes().filter(|node| pairs.contains_key(node)) {
        let above = above(graph, node, broader);
        let wrong = pairs[&node].iter().filter(|(other, _)| *other != node && above.contains(other));
        for (other, id) in wrong {
            let what = format!("{} is related to {}, which is broader", term(graph, node), term(graph, *other));
            found.in_graph(graph, *id, what);
        }
    }
}

/// All that is broader. A hierarchy is shallow: to look at all above each related concept costs little.
fn above(graph: &Graph, node: NodeId, broader: crate::graph::TypeId) -> BTreeSet<NodeId> {
    let mut visited = BTreeSet::new();
    let mut frontier = vec![node];
    while let Some(node) = frontier.pop() {
        for adjacent in graph.adjacent(node, Direction::Outgoing, Some(&[broader])) {
            if visited.insert(adjacent.neighbour) {
                frontier.push(adjacent.neighbour);
            }
        }
    }
    visited
}
