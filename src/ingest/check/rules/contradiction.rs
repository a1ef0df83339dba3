//! Relations of two terms that cannot both hold.

use std::collections::HashMap;

use super::super::found::Found;
use super::super::{Find, Rule};
use super::circle::term;
use crate::diagnostic::Severity;
use crate::graph::{Graph, NodeId, RelationshipId};

pub(in super::super) const RULE: Rule = Rule {
    name: "contradiction",
    severity: Severity::Warning,
    says: "Two relations of the same terms cannot both hold: each replaces the other, the same and yet different.",
    why: "one of them is wrong",
    help: "correct one of them",
    example: &[("words.csv", "term,definition\npier,It replaces the mole.\nmole,It replaces the pier.\n")],
    find: &[Find::Graph(contradictions)],
};

/// How the second relation lies beside the first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// From the end of the first to its start.
    Turned,
    Either,
}

/// Relations that contradict each other.
const PAIRS: &[(&str, &str, Ends)] = &[
    ("REPLACES", "REPLACES", Ends::Turned),
    ("VERSION_OF", "VERSION_OF", Ends::Turned),
    ("ABBREVIATES", "ABBREVIATES", Ends::Turned),
    ("ALIAS_OF", "DIFFERENT_FROM", Ends::Either),
    ("IS_A", "DIFFERENT_FROM", Ends::Either),
    ("EXACT_MATCH", "DIFFERENT_FROM", Ends::Either),
    // SKOS, S46.
    ("EXACT_MATCH", "BROAD_MATCH", Ends::Either),
    ("EXACT_MATCH", "RELATED_MATCH", Ends::Either),
];

fn contradictions(graph: &Graph, found: &mut Found) {
    let mut known: HashMap<(NodeId, &str, NodeId), RelationshipId> = HashMap::new();
    let name = |id| &**graph.type_name(graph.relationship(id).relationship_type);
    for id in graph.relationships() {
        let shape = graph.relationship(id);
        known.entry((shape.start, name(id), shape.end)).or_insert(id);
    }
    for id in graph.relationships() {
        let (shape, first) = (graph.relationship(id), name(id));
        for (_, second, ends) in PAIRS.iter().filter(|(one, _, _)| *one == first) {
            let along = || known.get(&(shape.start, *second, shape.end)).filter(|_| *ends == Ends::Either);
            let Some(other) = known.get(&(shape.end, *second, shape.start)).or_else(along) else { continue };
            // Of two that turn each other the first is reported.
            if first == *second && *other < id {
                continue;
            }
            let [start, end] = [shape.start, shape.end].map(|node| term(graph, node));
            let [one, two] = [first, *second].map(|name| graph.semantics().phrase(name).to_string());
            let what = match first == *second {
                true => format!("{start} {one} {end}, and the other way round"),
                false => format!("{start} {one} {end}, and {two} it"),
            };
            found.in_graph(graph, *other, what);
        }
    }
}
