//! Glossaries in, graphs out: runs `tests/glossaries/*.test`; `UPDATE=1 cargo test` rewrites the expected parts.
//!
//! ```text
//! # A comment.
//! === name.rst
//! the text of a file; there may be several
//! === graph
//! what is printed
//! ```
//!
//! Printed are the terms with labels and other names, the relations with rule, confidence, place and evidence, names of
//! several meanings, and what `check` finds. For each script the graph is made twice: the second time changes nothing.

use kenning::graph::{Graph, NodeId, RelationshipId, Value};
use kenning::ingest::assemble::{Assembled, Choice, assemble};
use kenning::ingest::check::check_graph;
use kenning::ingest::extract::Extractor;
use kenning::ingest::formats::{SourceBytes, read_source};
use kenning::ingest::terms::Terms;
use kenning::limits::{Budget, Limits};

use crate::support::diff::diff;
use crate::support::{assert_none, files, read, root, short, update};

const GRAPH: &str = "graph";

#[test]
fn glossaries() {
    let mut problems = Vec::new();
    for path in files(&root().join("tests/glossaries"), "test") {
        let before = read(&path);
        let after = rewrite(&before);
        if before == after {
            continue;
        }
        if update() {
            std::fs::write(&path, after).unwrap_or_else(|error| panic!("{}: {error}", short(&path)));
        } else {
            problems.push(format!("{}: (`UPDATE=1 cargo test` accepts it)\n{}", short(&path), diff(&before, &after)));
        }
    }
    assert_none(&problems);
}

fn rewrite(script: &str) -> String {
    let given = script.split_once("\n=== graph\n").map_or(script.trim_end(), |(given, _)| given);
    let sections = given.split("\n=== ").enumerate().filter_map(|(number, section)| {
        let section = if number == 0 { section.strip_prefix("=== ")? } else { section };
        section.split_once('\n')
    });
    let files: Vec<SourceBytes> = sections.map(|(path, text)| SourceBytes { path, bytes: text.as_bytes() }).collect();
    format!("{given}\n=== {GRAPH}\n{}", printed(&files))
}

fn printed(files: &[SourceBytes]) -> String {
    let budget = Budget::start(&Limits::default());
    let reading = read_source("test", files, None, &budget).expect("it is short");
    let glossary = &reading.glossary;
    let extraction =
        Extractor::new(Vec::new()).expect("the rules compile").extract(glossary, 1, &budget).expect("it is short");
    let terms = Terms::new(glossary, &extraction);
    let mut graph = Graph::new();
    let choice = Choice::default();
    assemble(&mut graph, glossary, &extraction, &terms, &choice, &budget).expect("it is short");
    let version = graph.version();
    let again = assemble(&mut graph, glossary, &extraction, &terms, &choice, &budget);
    assert_eq!(
        (again.expect("it is short"), graph.version()),
        (Assembled::default(), version),
        "the same text changes nothing"
    );
    let mut lines: Vec<String> =
        reading.findings.iter().map(|f| format!("read {}:{} {}", f.file, f.line, f.what)).collect();
    lines.extend(graph.nodes().map(|node| term(&graph, node)));
    let mut relations: Vec<String> = graph.relationships().map(|id| relation(&graph, id)).collect();
    relations.sort();
    lines.extend(relations);
    for (name, meanings) in &terms.shared {
        let meanings: Vec<&str> = meanings.iter().map(|term| terms.all[*term].name.as_str()).collect();
        lines.push(format!("`{name}` can mean {}", meanings.join(" or ")));
    }
    lines.extend(check_graph(&graph).iter().map(|f| format!("check {}:{} {}", f.file, f.line, f.what)));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn text(graph: &Graph, entity: impl Into<kenning::graph::Entity>, key: &str) -> String {
    graph.property_by_name(entity, key).as_str().unwrap_or("").to_string()
}

fn term(graph: &Graph, node: NodeId) -> String {
    let labels: Vec<String> =
        graph.node_labels(node).iter().map(|label| graph.label_name(*label).to_string()).collect();
    let mut line = format!("{} [{}]", text(graph, node, "name"), labels.join(", "));
    for (key, lead) in [("aliases", "also"), ("other_definitions", "and")] {
        if let Value::List(list) = graph.property_by_name(node, key) {
            let items: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            line += &format!("; {lead} {}", items.join(", "));
        }
    }
    let definition = text(graph, node, "definition");
    if definition.is_empty() { line } else { format!("{line}: {definition}") }
}

fn relation(graph: &Graph, id: RelationshipId) -> String {
    let shape = graph.relationship(id);
    let [start, end] = [shape.start, shape.end].map(|node| text(graph, node, "name"));
    let [rule, file, evidence] = ["rule", "file", "evidence"].map(|key| text(graph, id, key));
    let line = graph.property_by_name(id, "line").as_integer().unwrap_or(0);
    let Value::Float(confidence) = graph.property_by_name(id, "confidence") else { panic!("no confidence") };
    let kind = graph.relationship_type(id);
    format!("{start} -{kind}-> {end} ({rule}, {confidence:.2}) {file}:{line} {evidence}")
}

/// What would keep a reader of another library busy is not handed to it.
#[test]
fn files_that_ask_much_of_a_foreign_reader_are_refused() {
    let rdf_xml = |entities: usize| {
        let declared: String = (0..entities).map(|at| format!("<!ENTITY e{at} \"x\">")).collect();
        format!(
            "<!DOCTYPE rdf:RDF [{declared}]>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
             xmlns:skos=\"http://www.w3.org/2004/02/skos/core#\"><skos:Concept rdf:about=\"https://example.org/m\">\
             <skos:prefLabel>mole &e0;</skos:prefLabel></skos:Concept></rdf:RDF>\n"
        )
    };
    let json_ld = |contexts: usize| {
        let concept = "{\"@context\": {\"skos\": \"http://www.w3.org/2004/02/skos/core#\"}, \"@type\": \"skos:Concept\", \
                       \"skos:prefLabel\": \"mole x\"}";
        format!("[{}]\n", vec![concept; contexts].join(",\n"))
    };
    let read = |path: &str, text: &str| {
        let files = [SourceBytes { path, bytes: text.as_bytes() }];
        let reading = read_source("test", &files, None, &Budget::start(&Limits::default())).expect("it is short");
        let terms: Vec<String> = reading.glossary.entries.iter().map(|entry| entry.headwords[0].text.clone()).collect();
        (terms, reading.findings.into_iter().map(|finding| finding.what).collect::<Vec<_>>())
    };
    let mole = |times: usize| (vec!["mole x".to_string(); times], Vec::<String>::new());
    let refused = |what: &str| (Vec::<String>::new(), vec![format!("not read: {what}")]);
    assert_eq!(read("a.rdf", &rdf_xml(20)), mole(1));
    assert_eq!(read("a.rdf", &rdf_xml(1001)), refused("more than 1000 entities are declared"));
    assert_eq!(read("a.jsonld", &json_ld(3)), mole(3));
    assert_eq!(read("a.jsonld", &json_ld(1001)), refused("it has more than 1000 contexts"));
}
