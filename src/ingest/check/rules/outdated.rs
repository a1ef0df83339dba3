//! Names that were replaced and are still used.

use super::super::found::Found;
use super::super::{Find, Rule};
use super::circle::term;
use crate::diagnostic::Severity;
use crate::graph::{Direction, Graph, MENTIONS};

pub(in super::super) const RULE: Rule = Rule {
    name: "outdated-name",
    severity: Severity::Note,
    says: "A definition uses a term that another one has replaced.",
    why: "the definition is out of date",
    help: "use the name that holds now",
    example: &[(
        "words.csv",
        "term,definition\nmole,A wall in the sea.\npier,Replaces the mole.\nquay,Lies behind the mole.\n",
    )],
    find: &[Find::Graph(outdated)],
};

fn outdated(graph: &Graph, found: &mut Found) {
    let (Some(replaces), Some(mentions)) = (graph.type_id("REPLACES"), graph.type_id(MENTIONS)) else { return };
    for node in graph.nodes() {
        for adjacent in graph.adjacent(node, Direction::Outgoing, Some(&[mentions])) {
            let old = adjacent.neighbour;
            let Some(newer) = graph.adjacent(old, Direction::Incoming, Some(&[replaces])).next() else { continue };
            if newer.neighbour != node {
                let [user, old, new] = [node, old, newer.neighbour].map(|node| term(graph, node));
                found.in_graph(
                    graph,
                    adjacent.relationship,
                    format!("{user} mentions {old}, which {new} has replaced"),
                );
            }
        }
    }
}
