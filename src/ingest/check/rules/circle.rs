//! Terms that are kinds, parts or narrower terms of themselves by way of others.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use super::super::super::STATED_BY;
use super::super::found::Found;
use super::super::{Find, Rule};
use crate::diagnostic::Severity;
use crate::graph::{Graph, NodeId, RelationshipId};

pub(in super::super) const STATED: Rule = Rule {
    name: "circle",
    severity: Severity::Error,
    says: "Stated relations make a term a kind, a part or a narrower term of itself.",
    why: "nothing can be a kind or a part of itself",
    help: "remove or turn one of the relations",
    example: &[(
        "sea.ttl",
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix : <http://example.org/> .\n\
         :mole a skos:Concept ; skos:prefLabel \"mole\"@en ; skos:broader :wall .\n\
         :wall a skos:Concept ; skos:prefLabel \"wall\"@en ; skos:broader :mole .\n",
    )],
    find: &[Find::Graph(|graph, found| circles(graph, true, found))],
};

pub(in super::super) const BY_SENTENCES: Rule = Rule {
    name: "circular-definitions",
    severity: Severity::Warning,
    says: "By their definitions, terms are kinds or parts of each other.",
    why: "a reader who knows none of them learns nothing",
    help: "define one of them without the others",
    example: &[("words.csv", "term,definition\npump,A mill that moves water.\nmill,A pump with sails.\n")],
    find: &[Find::Graph(|graph, found| circles(graph, false, found))],
};

/// Types along which a term cannot come back to itself.
const TYPES: &[(&str, &str)] = &[
    ("IS_A", "are kinds of each other"),
    ("PART_OF", "are parts of each other"),
    ("BROADER", "are broader than each other"),
];

/// More members of a circle are counted.
const NAMED: usize = 8;

fn circles(graph: &Graph, stated: bool, found: &mut Found) {
    for (name, says) in TYPES {
        let by_format = relations(graph, name, true);
        let all = if stated { by_format } else { relations(graph, name, false) };
        let known: BTreeSet<Vec<NodeId>> = match stated {
            true => BTreeSet::new(),
            false => components(&relations(graph, name, true)).into_iter().collect(),
        };
        for circle in components(&all).into_iter().filter(|circle| !known.contains(circle)) {
            // At the relation that is stated first.
            let members: BTreeSet<NodeId> = circle.iter().copied().collect();
            let inside = all.iter().find(|(start, _, end)| members.contains(start) && members.contains(end));
            let Some((_, relation, _)) = inside else { continue };
            let mut names: Vec<String> = circle.iter().take(NAMED).map(|node| term(graph, *node)).collect();
            if circle.len() > NAMED {
                names.push(format!("{} more", circle.len() - NAMED));
            }
            found.in_graph(graph, *relation, format!("{} {says}", names.join(", ")));
        }
    }
}

/// The relations of a type in the order stated; only those that a format states, or all.
fn relations(graph: &Graph, name: &str, stated: bool) -> Vec<(NodeId, RelationshipId, NodeId)> {
    let Some(wanted) = graph.type_id(name) else { return Vec::new() };
    let shapes = graph.relationships().map(|id| (id, graph.relationship(id)));
    let of_type = shapes.filter(|(_, shape)| shape.relationship_type == wanted && shape.start != shape.end);
    of_type.filter(|(id, _)| !stated || is_stated(graph, *id)).map(|(id, shape)| (shape.start, id, shape.end)).collect()
}

/// The sets of nodes that reach one another, each in order.
fn components(relations: &[(NodeId, RelationshipId, NodeId)]) -> Vec<Vec<NodeId>> {
    let mut numbers = BTreeMap::new();
    let mut digraph: DiGraph<NodeId, ()> = DiGraph::new();
    for (start, _, end) in relations {
        let [start, end] = [start, end].map(|node| *numbers.entry(*node).or_insert_with(|| digraph.add_node(*node)));
        digraph.add_edge(start, end, ());
    }
    // Kosaraju's algorithm keeps its own stack: a chain may be as long as a glossary.
    let found = kosaraju_scc(&digraph).into_iter().filter(|component| component.len() > 1);
    let mut found: Vec<Vec<NodeId>> = found.map(|nodes| nodes.iter().map(|node| digraph[*node]).collect()).collect();
    found.iter_mut().for_each(|nodes| nodes.sort());
    found.sort();
    found
}

/// Whether a format states the relation, not a sentence.
pub(super) fn is_stated(graph: &Graph, relation: RelationshipId) -> bool {
    graph.property_by_name(relation, "rule").as_str().is_none_or(|rule| rule.starts_with(STATED_BY))
}

/// What a node is called.
pub(super) fn term(graph: &Graph, node: NodeId) -> String {
    format!("'{}'", graph.property_by_name(node, "name").as_str().unwrap_or(""))
}
