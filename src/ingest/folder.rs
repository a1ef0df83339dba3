//! A graph folder → [`Graph`].
//!
//! A term becomes a node with its labels and the properties `name`, `aliases`, `definition`, `source`, `entry`; a
//! relation becomes a relationship with `evidence` and `source`, its ends found by any of their names.

use super::SourceFile;
use super::document::{self, Document, Relation, Term, Text};
use super::finding::{Finding, Findings};
use crate::graph::{Graph, NameIndex, NodeId, RelationshipId, Resolution, Value};

/// What came of reading a folder.
pub struct Reading {
    pub graph: Graph,
    /// What could not be read, by file and place.
    pub findings: Vec<Finding>,
}

/// Makes a graph of the files' texts; what cannot be read is reported, the rest is read.
pub fn read(files: &[SourceFile]) -> Reading {
    let mut findings = Findings::of_folder(files);
    let document = document::parse(files, &mut findings);
    let built = build(&document, &mut findings);
    Reading { graph: built.graph, findings: findings.sorted() }
}

/// A graph and which row each of its entities comes from.
pub(super) struct Built {
    pub graph: Graph,
    /// The node of each term.
    pub nodes: Vec<NodeId>,
    /// The relationship of each relation; none if an end is unknown.
    pub relationships: Vec<Option<RelationshipId>>,
}

pub(super) fn build(document: &Document, findings: &mut Findings) -> Built {
    let mut graph = Graph::new();
    for row in &document.types {
        graph.declare(row.semantics.clone());
    }
    let nodes = document.terms.iter().map(|term| create_term(&mut graph, term)).collect();
    let names = NameIndex::build(&graph);
    let relationships =
        document.relations.iter().map(|row| create_relation(&mut graph, &names, row, findings)).collect();
    graph.commit();
    Built { graph, nodes, relationships }
}

fn create_term(graph: &mut Graph, term: &Term) -> NodeId {
    let node = graph.create_node();
    for label in &term.labels {
        let label = graph.intern_label(&label.text);
        graph.add_label(node, label);
    }
    let aliases = Value::list(term.aliases.iter().map(|alias| Value::from(&*alias.text)));
    let aliases = if term.aliases.is_empty() { Value::Null } else { aliases };
    let properties = [
        ("name", Value::from(&*term.name.text)),
        ("aliases", aliases),
        ("definition", optional(&term.definition)),
        ("source", optional(&term.source)),
        ("entry", optional(&term.entry)),
    ];
    for (key, value) in properties.into_iter().filter(|(_, value)| !value.is_null()) {
        let key = graph.intern_key(key);
        graph.set_property(node, key, value);
    }
    node
}

fn create_relation(
    graph: &mut Graph,
    names: &NameIndex,
    row: &Relation,
    findings: &mut Findings,
) -> Option<RelationshipId> {
    let (start, end) = (find_end(graph, names, &row.from, findings), find_end(graph, names, &row.to, findings));
    let relationship_type = graph.intern_type(&row.relation.text);
    let relationship = graph.create_relationship(start?, relationship_type, end?);
    let properties = [("evidence", optional(&row.evidence)), ("source", optional(&row.source))];
    for (key, value) in properties.into_iter().filter(|(_, value)| !value.is_null()) {
        let key = graph.intern_key(key);
        graph.set_property(relationship, key, value);
    }
    Some(relationship)
}

fn find_end(graph: &Graph, names: &NameIndex, end: &Text, findings: &mut Findings) -> Option<NodeId> {
    const LEFT_OUT: &str = "the relation is left out";
    match names.resolve(graph, &end.text) {
        Resolution::One(node) => Some(node),
        Resolution::Several(nodes) => {
            let meanings: Vec<String> = nodes.iter().map(|node| names.spelling(graph, *node)).collect();
            let help = format!("it means {}: write one of them", meanings.join(" or "));
            findings.error(&end.place, format!("'{}' has several meanings", end.text), LEFT_OUT, Some(help));
            None
        }
        Resolution::Unknown { suggestions } => {
            let help = match suggestions.as_slice() {
                [] => "declare the term, or correct the name".to_string(),
                names => format!("did you mean {}?", names.join(" or ")),
            };
            findings.error(&end.place, format!("there is no term '{}'", end.text), LEFT_OUT, Some(help));
            None
        }
    }
}

fn optional(text: &Option<Text>) -> Value {
    text.as_ref().filter(|text| !text.text.trim().is_empty()).map_or(Value::Null, |text| Value::from(&*text.text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Direction;

    const SEMANTICS: &str = r#"
[[type]]
name = "PROVIDES_TO"
phrase = "provides to"
inverse = "RECEIVES_FROM"
inverse_phrase = "receives from"
failure = "along"
effect = "degrades"
"#;

    fn read_text(text: &str) -> Reading {
        read(&[SourceFile { path: "graph/semantics.toml", text: SEMANTICS }, SourceFile { path: "graph/a.toml", text }])
    }

    fn lines(reading: &Reading) -> Vec<String> {
        reading.findings.iter().map(|f| format!("{}:{}:{} {}", f.file, f.line, f.column, f.what)).collect()
    }

    #[test]
    fn terms_and_relations_become_nodes_and_relationships() {
        let reading = read_text(
            r#"
[[term]]
name = "Networking"
aliases = ["neutron"]
labels = ["Service"]
definition = "Connects instances."
source = "glossary"
entry = "Networking"

[[term]]
name = "Compute"

[[relation]]
from = "neutron"
type = "PROVIDES_TO"
to = "compute"
evidence = "Networking connects what Compute runs."
source = "glossary, Networking"
"#,
        );
        assert_eq!(lines(&reading), [""; 0]);
        let graph = reading.graph;
        assert_eq!((graph.node_count(), graph.relationship_count()), (2, 1));
        let networking = graph.nodes().next().expect("a node");
        assert_eq!(graph.property_by_name(networking, "aliases"), Value::list([Value::from("neutron")]));
        assert_eq!(graph.property_by_name(networking, "entry"), Value::from("Networking"));
        assert_eq!(graph.properties(NodeId::new(1)).len(), 1);
        let adjacent = graph.adjacent(networking, Direction::Outgoing, None).next().expect("a relationship");
        assert_eq!(
            graph.property_by_name(adjacent.relationship, "evidence").as_str(),
            Some("Networking connects what Compute runs.")
        );
        assert_eq!(graph.semantics().phrase("PROVIDES_TO"), "provides to");
    }

    #[test]
    fn what_is_broken_is_reported_and_the_rest_is_read() {
        let reading = read_text(
            r#"
[[term]]
name = "nova"
defintion = "typed wrong"

[[term]]
aliases = ["nameless"]

[[term]]
name = 7

[[relation]]
from = "nova"
type = "PROVIDES_TO"
to = "novva"

[[relation]]
from = "nova"
type = "PROVIDES_TO"
to = "nova"

[[terms]]
name = "wrong table"
"#,
        );
        assert_eq!(
            lines(&reading),
            [
                "graph/a.toml:4:1 unknown field 'defintion'",
                "graph/a.toml:6:1 'name' is missing",
                "graph/a.toml:10:8 'name' must be a string",
                "graph/a.toml:15:6 there is no term 'novva'",
                "graph/a.toml:22:3 unknown table 'terms'",
            ]
        );
        assert_eq!(reading.findings[3].help.as_deref(), Some("did you mean nova?"));
        assert_eq!((reading.graph.node_count(), reading.graph.relationship_count()), (1, 1));
    }

    #[test]
    fn a_syntax_error_has_its_place_and_a_drawing() {
        let text = "[[term]]\nname = \"nova\nlabels = []\n";
        let reading = read_text(text);
        let finding = &reading.findings[0];
        assert_eq!((finding.file.as_str(), finding.line), ("graph/a.toml", 2));
        let drawing = finding.draw(text, false);
        assert!(drawing.contains("graph/a.toml:2") && drawing.contains('^'), "{drawing}");
    }
}
