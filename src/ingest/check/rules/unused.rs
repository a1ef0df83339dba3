//! Terms that nothing leads to.

use super::super::found::Found;
use super::super::{Find, Rule};
use super::circle::term;
use crate::diagnostic::Severity;
use crate::graph::{Direction, Graph};

pub(in super::super) const RULE: Rule = Rule {
    name: "unused-term",
    severity: Severity::Note,
    says: "A term has no relation, and no other definition mentions it.",
    why: "no way leads to it from another term",
    help: "mention it where it belongs, or remove it",
    example: &[("words.csv", "term,definition\nmole,Found at sea.\n")],
    find: &[Find::Graph(unused)],
};

fn unused(graph: &Graph, found: &mut Found) {
    for node in graph.nodes() {
        let is_defined = !graph.property_by_name(node, "definition").is_null();
        if is_defined && graph.degree(node, Direction::Both) == 0 {
            found.in_graph(graph, node, format!("{} has no relation to another term", term(graph, node)));
        }
    }
}
