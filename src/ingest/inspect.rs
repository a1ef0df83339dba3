//! What is wrong with a graph made of a glossary: the checks that need no source text, each with file and line.

use std::collections::BTreeMap;

use super::Finding;
use crate::diagnostic::Severity;
use crate::graph::{Direction, Graph, GraphView, NodeId, TypeId, Value, fold};

/// Looks at every term and relation; findings by file and line.
pub fn inspect(graph: &Graph) -> Vec<Finding> {
    let mut inspector = Inspector { graph, found: Vec::new() };
    inspector.shared_names();
    inspector.circles();
    for node in graph.nodes() {
        inspector.self_definition(node);
        inspector.orphan(node);
        inspector.undefined_pointer(node);
        inspector.old_names(node);
    }
    inspector.found.sort_by(|a, b| (&a.file, a.line, &a.what).cmp(&(&b.file, b.line, &b.what)));
    inspector.found
}

struct Inspector<'a> {
    graph: &'a Graph,
    found: Vec<Finding>,
}

impl Inspector<'_> {
    fn text(&self, entity: impl Into<crate::graph::Entity> + Copy, key: &str) -> String {
        self.graph.property_by_name(entity, key).as_str().unwrap_or("").to_string()
    }

    fn name(&self, node: NodeId) -> String {
        self.text(node, "name")
    }

    fn is_defined(&self, node: NodeId) -> bool {
        !self.graph.property_by_name(node, "definition").is_null()
    }

    fn say(
        &mut self,
        severity: Severity,
        at: impl Into<crate::graph::Entity> + Copy,
        what: String,
        why: &str,
        help: &str,
    ) {
        let line = self.graph.property_by_name(at, "line").as_integer().unwrap_or(1).max(1);
        self.found.push(Finding {
            severity,
            file: self.text(at, "file"),
            line: line as usize,
            column: 1,
            what,
            why: why.to_string(),
            help: Some(help.to_string()).filter(|help| !help.is_empty()),
            span: 0..0,
        });
    }

    fn aliases(&self, node: NodeId) -> Vec<String> {
        match self.graph.property_by_name(node, "aliases") {
            Value::List(list) => list.iter().filter_map(|alias| alias.as_str().map(str::to_string)).collect(),
            _ => Vec::new(),
        }
    }

    /// Two terms of one name; an acronym of two terms.
    fn shared_names(&mut self) {
        let mut owners: BTreeMap<String, Vec<(NodeId, bool)>> = BTreeMap::new();
        for node in self.graph.nodes() {
            // What is only spoken of defines nothing.
            if self.is_defined(node) {
                owners.entry(fold(&self.name(node))).or_default().push((node, true));
            }
            for alias in self.aliases(node) {
                owners.entry(fold(&alias)).or_default().push((node, false));
            }
        }
        for (name, mut nodes) in owners {
            nodes.dedup_by_key(|(node, _)| *node);
            let [(first, own), .., (last, last_own)] = nodes[..] else { continue };
            let other = self.name(if own && last_own { first } else { last });
            // Where nothing else told two definitions of a name apart, the later got a number.
            let is_numbered = !last_own
                && self.name(last).strip_suffix(')').is_some_and(|name| {
                    name.rsplit_once(" (").is_some_and(|(_, bracket)| bracket.bytes().all(|c| c.is_ascii_digit()))
                });
            match own && (last_own || is_numbered) {
                true => self.say(
                    Severity::Error,
                    last,
                    format!("'{name}' is defined twice"),
                    "a reader cannot tell which definition holds",
                    "tell the meanings apart by a bracket: `name (qualifier)`",
                ),
                false if name.len() <= 6 => {
                    let what = format!("'{name}' is a name of '{}' and of '{other}'", self.name(first));
                    self.say(Severity::Warning, first, what, "a text that uses it is ambiguous", "")
                }
                false => {}
            }
        }
    }

    /// `A` is a `B` is an `A`.
    fn circles(&mut self) {
        for name in ["IS_A", "PART_OF"] {
            let Some(relationship_type) = self.graph.type_id(name) else { continue };
            for circle in circles_of(self.graph, relationship_type) {
                let Some(first) = circle.first().copied() else { continue };
                let names: Vec<String> = circle.iter().map(|node| self.name(*node)).collect();
                let what = format!("{name} runs in a circle: {}", names.join(", "));
                self.say(
                    Severity::Error,
                    first,
                    what,
                    "nothing can be a kind or a part of itself",
                    "change one of the definitions",
                );
            }
        }
    }

    /// A definition that only repeats its term.
    fn self_definition(&mut self, node: NodeId) {
        let (name, definition) = (fold(&self.name(node)), self.text(node, "definition"));
        let words = fold(definition.trim_end_matches('.'));
        let bare = ["a ", "an ", "the "].iter().find_map(|article| words.strip_prefix(article)).unwrap_or(&words);
        if !name.is_empty() && bare == name {
            let what = format!("'{}' is defined by itself", self.name(node));
            self.say(
                Severity::Error,
                node,
                what,
                "the definition tells nothing",
                "say what kind of thing it is, and what tells it apart",
            );
        }
    }

    fn orphan(&mut self, node: NodeId) {
        if self.is_defined(node) && self.graph.degree(node, Direction::Both) == 0 {
            let what = format!("'{}' has no relation", self.name(node));
            self.say(Severity::Warning, node, what, "no way leads to it from another term", "");
        }
    }

    /// `See X` where nothing is called X.
    fn undefined_pointer(&mut self, node: NodeId) {
        for name in ["SEE_ALSO", "ALIAS_OF", "REPLACES"] {
            let Some(relationship_type) = self.graph.type_id(name) else { continue };
            let ends: Vec<_> = self.graph.adjacent(node, Direction::Outgoing, Some(&[relationship_type])).collect();
            for adjacent in ends {
                if !self.is_defined(adjacent.neighbour) {
                    // `See X` sends the reader there; "another term for X" has told them what they need.
                    let severity = if name == "SEE_ALSO" { Severity::Error } else { Severity::Warning };
                    let (term, end) = (self.name(node), self.name(adjacent.neighbour));
                    let what = format!("'{term}' points at '{end}', which is not defined");
                    self.say(
                        severity,
                        adjacent.relationship,
                        what,
                        "the reader finds nothing there",
                        "define it, or point at a term that is there",
                    );
                }
            }
        }
    }

    /// A definition that speaks of a term by a name that was replaced.
    fn old_names(&mut self, node: NodeId) {
        let Some(replaces) = self.graph.type_id("REPLACES") else { return };
        let Some(mentions) = self.graph.type_id("MENTIONS") else { return };
        let old: Vec<_> = self.graph.adjacent(node, Direction::Outgoing, Some(&[mentions])).collect();
        for adjacent in old {
            let Some(newer) = self.graph.adjacent(adjacent.neighbour, Direction::Incoming, Some(&[replaces])).next()
            else {
                continue;
            };
            let (term, old, new) = (self.name(node), self.name(adjacent.neighbour), self.name(newer.neighbour));
            let what = format!("'{term}' speaks of '{old}', which '{new}' has replaced");
            self.say(Severity::Warning, adjacent.relationship, what, "the definition is out of date", "");
        }
    }
}

/// The sets of nodes that reach one another over the type.
fn circles_of(graph: &Graph, relationship_type: TypeId) -> Vec<Vec<NodeId>> {
    let view = GraphView::of(graph, Some(&[relationship_type]), Direction::Outgoing);
    let mut circles = petgraph::algo::tarjan_scc(&view);
    circles.retain(|circle| circle.len() > 1);
    circles.iter_mut().for_each(|circle| circle.sort());
    circles.sort();
    circles
}

#[cfg(test)]
mod tests {
    use super::super::assemble::{Choice, assemble};
    use super::super::extract::Extractor;
    use super::super::terms::Terms;
    use super::*;
    use crate::glossary::{Entry, Glossary, Name, Paragraph, Place};
    use crate::limits::{Budget, Limits};

    fn findings(entries: &[(&str, &str)]) -> Vec<String> {
        let entry = |(at, (name, text)): (usize, &(&str, &str))| Entry {
            headwords: vec![Name { text: (*name).into(), language: None }],
            paragraphs: vec![Paragraph { text: (*text).into(), lines: vec![(0, at + 1)], ..Paragraph::default() }],
            place: Place { file: "g.txt".into(), line: at + 1 },
            ..Entry::default()
        };
        let glossary = Glossary { source: "g".into(), entries: entries.iter().enumerate().map(entry).collect() };
        let budget = Budget::start(&Limits::default());
        let extraction = Extractor::new(Vec::new()).expect("the rules compile").extract(&glossary, 1, &budget);
        let extraction = extraction.expect("it is short");
        let mut graph = Graph::new();
        let terms = Terms::new(&glossary, &extraction);
        assemble(&mut graph, &glossary, &extraction, &terms, &Choice::default(), &budget).expect("it is short");
        inspect(&graph).iter().map(|finding| format!("{}:{} {}", finding.file, finding.line, finding.what)).collect()
    }

    #[test]
    fn what_is_wrong() {
        assert_eq!(findings(&[("pump", "A machine that moves water.")]), [""; 0]);
        assert_eq!(
            findings(&[
                ("pump", "A mill that moves water."),
                ("mill", "A pump."),
                ("hose", "See tube."),
                ("lid", "A lid.")
            ]),
            [
                "g.txt:1 IS_A runs in a circle: pump, mill",
                "g.txt:3 'hose' points at 'tube', which is not defined",
                "g.txt:4 'lid' has no relation",
                "g.txt:4 'lid' is defined by itself",
            ]
        );
    }
}
