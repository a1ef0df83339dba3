//! RDF in JSON-LD 1.1: an array of subjects, each on a line.

use std::io::Write;

use serde_json::{Map, Value as Json, json};

use super::rdf::{self, Block, Object, PREFIXES};
use super::{Subgraph, Written, turtle};
use crate::limits::Budget;
use crate::render::escape_json;

pub(super) fn write(subgraph: &Subgraph, budget: &Budget, out: &mut dyn Write) -> Written {
    let source = subgraph.source();
    let context: Map<String, Json> = PREFIXES.iter().map(|(prefix, iri)| (prefix.to_string(), json!(iri))).collect();
    write!(out, "{{\"@context\":{},\n\"@graph\":[", Json::Object(context))?;
    let mut before = "\n";
    let mut put = |block: Block, out: &mut dyn Write| {
        let written = write!(out, "{before}{}", escape_json(&object(block).to_string()));
        before = ",\n";
        written
    };
    for block in rdf::head(source) {
        put(block, out)?;
    }
    for node in subgraph.nodes() {
        budget.tick()?;
        put(rdf::node(source, *node), out)?;
    }
    let parallel = turtle::parallel(subgraph, budget)?;
    for link in subgraph.links() {
        budget.tick()?;
        for block in rdf::relationship(source, link.relationship, subgraph.relationship(link.relationship), &parallel) {
            put(block, out)?;
        }
    }
    writeln!(out, "]}}")?;
    Ok(Vec::new())
}

fn object(block: Block) -> Json {
    let mut object = Map::new();
    if let Some(subject) = block.subject {
        object.insert("@id".into(), json!(subject));
    }
    for (predicate, value) in block.predicates {
        let (predicate, value) = match value {
            Object::Name(name) if predicate == "rdf:type" => ("@type".to_string(), json!(name)),
            Object::Name(name) => (predicate, json!({ "@id": name })),
            Object::Literal(text, None) => (predicate, json!(text)),
            Object::Literal(text, Some(datatype)) => (predicate, json!({ "@value": text, "@type": datatype })),
        };
        let values = object.entry(predicate).or_insert_with(|| json!([]));
        values.as_array_mut().expect("it was made an array").push(value);
    }
    Json::Object(object)
}
