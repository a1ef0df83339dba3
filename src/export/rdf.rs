//! A graph in the words of SKOS, and of a vocabulary of kenning's own for what SKOS has no word for.
//!
//! | in the graph | in RDF |
//! |---|---|
//! | node | `skos:Concept` with the IRI `node:ID`, and `label:NAME` for each label |
//! | `name`, `aliases`, `definition`, `source` | `skos:prefLabel`, `skos:altLabel`, `skos:definition`, `dcterms:source` |
//! | other properties | `key:NAME`, with a datatype of XML Schema where one fits, else of kenning's own |
//! | relationship | `type:NAME` from start to end |
//! | its properties | an `rdf:Statement` about it; so is each of parallel relationships |
//! | what a type means | `k:semantics` of `type:NAME` |
//! | what names the nodes of a label | `k:naming` of `k:graph` |
//!
//! `skos:broader` and `skos:related` are said besides, for programs that know SKOS alone; reading a file of kenning's back
//! passes over them.

use std::collections::BTreeMap;

use serde_json::json;

use crate::graph::{
    Effect, Entity, EntitySource, FailureDirection, NodeId, Relationship, RelationshipId, TypeId, Value, exact,
};

pub(crate) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
pub(crate) const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
pub(crate) const TERMS: &str = "http://purl.org/dc/terms/";
pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
pub(crate) const OWN: &str = "urn:kenning:";
pub(crate) const NODE: &str = "urn:kenning:node:";
pub(crate) const LABEL: &str = "urn:kenning:label:";
pub(crate) const TYPE: &str = "urn:kenning:type:";
pub(crate) const KEY: &str = "urn:kenning:key:";

/// The prefixes of both notations.
pub(super) const PREFIXES: &[(&str, &str)] = &[
    ("rdf", RDF),
    ("skos", SKOS),
    ("dcterms", TERMS),
    ("xsd", XSD),
    ("k", OWN),
    ("node", NODE),
    ("label", LABEL),
    ("type", TYPE),
    ("key", KEY),
];

/// A name with a prefix: `skos:Concept`. What follows the prefix is percent-encoded.
pub(super) type Name = String;

/// What a subject is said to be.
pub(super) enum Object {
    Name(Name),
    /// A text, and its datatype if it is no plain string.
    Literal(String, Option<&'static str>),
}

/// A subject (`None`: without a name) with its predicates, the types first.
pub(super) struct Block {
    pub(super) subject: Option<Name>,
    pub(super) predicates: Vec<(Name, Object)>,
}

/// The name in the space of the prefix.
fn named(prefix: &str, name: &str) -> Name {
    let mut out = format!("{prefix}:");
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn node_name(node: NodeId) -> Name {
    format!("node:{}", node.index())
}

/// The block at the head: by it kenning knows its own files. Then a block for each declared type.
pub(super) fn head(source: &dyn EntitySource) -> Vec<Block> {
    let namings = source.semantics().namings().map(|naming| {
        let json = serde_json::to_string(naming).expect("texts are JSON");
        ("k:naming".into(), Object::Literal(json, Some("rdf:JSON")))
    });
    let marker = Block {
        subject: Some("k:graph".into()),
        predicates: std::iter::once(("rdf:type".into(), Object::Name("k:Graph".into()))).chain(namings).collect(),
    };
    let types = source.semantics().iter().map(|semantics| {
        let json = serde_json::to_string(semantics).expect("texts and truth values are JSON");
        let effect = match (semantics.failure, semantics.effect) {
            (FailureDirection::None, _) => "k:CarriesNoFailure",
            (_, Effect::Fails) => "k:CarriesFailure",
            (_, Effect::Degrades) => "k:CarriesDegradation",
        };
        Block {
            subject: Some(named("type", &semantics.name)),
            predicates: vec![
                ("rdf:type".into(), Object::Name("rdf:Property".into())),
                ("rdf:type".into(), Object::Name(effect.into())),
                ("skos:prefLabel".into(), Object::Literal(semantics.phrase.clone(), None)),
                ("k:semantics".into(), Object::Literal(json, Some("rdf:JSON"))),
            ],
        }
    });
    std::iter::once(marker).chain(types).collect()
}

/// What a node is and what its properties are.
pub(super) fn node(source: &dyn EntitySource, node: NodeId) -> Block {
    let mut predicates = vec![("rdf:type".to_string(), Object::Name("skos:Concept".into()))];
    for label in source.named_labels(node) {
        predicates.push(("rdf:type".into(), Object::Name(named("label", label))));
    }
    let labels: Vec<&str> = source.named_labels(node);
    if labels.len() > 1 {
        // Classes have no order, and labels have.
        predicates.push(("k:labels".into(), Object::Literal(json!(labels).to_string(), Some("rdf:JSON"))));
    }
    for (key, value) in source.named_properties(Entity::Node(node)) {
        match (key, &value) {
            ("name", Value::String(text)) => predicates.push(plain("skos:prefLabel", text)),
            ("definition", Value::String(text)) => predicates.push(plain("skos:definition", text)),
            ("source", Value::String(text)) => predicates.push(plain("dcterms:source", text)),
            ("aliases", Value::List(items)) if are_names(items) => {
                predicates.extend(items.iter().filter_map(Value::as_str).map(|text| plain("skos:altLabel", text)));
            }
            (key, value) => predicates.push((named("key", key), literal(value))),
        }
    }
    Block { subject: Some(node_name(node)), predicates }
}

/// A list that a set of names can stand for.
fn are_names(items: &[Value]) -> bool {
    let distinct = |at: usize| !items[..at].contains(&items[at]);
    !items.is_empty() && items.iter().all(|item| item.as_str().is_some()) && (0..items.len()).all(distinct)
}

fn plain(predicate: &str, text: &str) -> (Name, Object) {
    (predicate.into(), Object::Literal(text.into(), None))
}

fn literal(value: &Value) -> Object {
    if let Some((kind, text)) = exact::to_text(value) {
        return Object::Literal(text, Some(own_datatype(kind)));
    }
    match value {
        Value::String(text) => Object::Literal(text.to_string(), None),
        Value::Boolean(value) => Object::Literal(value.to_string(), Some("xsd:boolean")),
        Value::Integer(number) => Object::Literal(number.to_string(), Some("xsd:long")),
        Value::Float(number) if number.is_infinite() => {
            Object::Literal(if *number > 0.0 { "INF" } else { "-INF" }.into(), Some("xsd:double"))
        }
        Value::Float(number) => Object::Literal(format!("{number:?}"), Some("xsd:double")),
        other => Object::Literal(exact::to_json(other).to_string(), Some("rdf:JSON")),
    }
}

/// XML Schema spells times and zones otherwise, so these are types of kenning's own.
fn own_datatype(kind: &'static str) -> &'static str {
    match kind {
        "date" => "k:date",
        "localtime" => "k:localtime",
        "time" => "k:time",
        "localdatetime" => "k:localdatetime",
        "datetime" => "k:datetime",
        _ => "k:duration",
    }
}

/// How many relationships of each type there are between two nodes.
pub(super) type Parallel = BTreeMap<(NodeId, TypeId, NodeId), usize>;

/// What is said of a relationship: between its ends, and of itself if need be.
pub(super) fn relationship(
    source: &dyn EntitySource,
    relationship: RelationshipId,
    shape: Relationship,
    parallel: &Parallel,
) -> Vec<Block> {
    let type_name = source.name_of_type(shape.relationship_type);
    let predicate = named("type", type_name);
    let (start, end) = (node_name(shape.start), node_name(shape.end));
    let mut between = vec![(predicate.clone(), Object::Name(end.clone()))];
    if let Some(skos) = skos_relation(source, type_name) {
        between.push((skos.into(), Object::Name(end.clone())));
    }
    let mut blocks = vec![Block { subject: Some(start.clone()), predicates: between }];
    let properties = source.named_properties(Entity::Relationship(relationship));
    if !properties.is_empty() || parallel[&(shape.start, shape.relationship_type, shape.end)] > 1 {
        let mut predicates = vec![
            ("rdf:type".to_string(), Object::Name("rdf:Statement".into())),
            ("rdf:subject".into(), Object::Name(start)),
            ("rdf:predicate".into(), Object::Name(predicate)),
            ("rdf:object".into(), Object::Name(end)),
        ];
        predicates.extend(properties.iter().map(|(key, value)| (named("key", key), literal(value))));
        blocks.push(Block { subject: None, predicates });
    }
    blocks
}

/// The relation of SKOS that the type is a kind of.
fn skos_relation(source: &dyn EntitySource, type_name: &str) -> Option<&'static str> {
    match type_name {
        "IS_A" | "KIND_OF" | "INSTANCE_OF" | "PART_OF" => Some("skos:broader"),
        _ if source.semantics().get(type_name).is_some_and(|semantics| semantics.symmetric) => Some("skos:related"),
        _ => None,
    }
}

/// A text as JSON writes it, which Turtle reads too.
pub(super) fn quoted(text: &str) -> String {
    crate::render::escape_json(&json!(text).to_string()).into_owned()
}
