//! RDF in Turtle and JSON-LD. What kenning's exporter wrote comes back as it was. Of other files, subjects and the IRIs
//! they point at are nodes, literals are properties, and all else is a relationship; the names of SKOS, Dublin Core
//! and RDF Schema for names, definitions and sources are known.

mod foreign;

use std::collections::{BTreeSet, HashMap};

use oxrdf::{NamedOrBlankNode, Term};
use oxrdfio::{JsonLdProfileSet, RdfFormat, RdfParser, RdfSyntaxError};

use super::draft::{Draft, Problem};
use crate::export::rdf::{KEY, LABEL, NODE, OWN, RDF, SKOS, TERMS, TYPE, XSD};
use crate::graph::{Value, exact};
use crate::limits::check_json_ld;

pub(super) fn read_turtle(text: &str, draft: &mut Draft) -> Result<(), Problem> {
    read(text, RdfFormat::Turtle, draft)
}

pub(super) fn read_json_ld(text: &str, draft: &mut Draft) -> Result<(), Problem> {
    check_json_ld(text).map_err(|reason| Problem::Wrong(0, reason))?;
    read(text, RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() }, draft)
}

/// The object of a triple.
enum Object {
    /// An IRI or a blank node, as the parser prints it.
    Resource(String),
    Literal {
        text: String,
        datatype: String,
        language: Option<String>,
    },
}

/// Predicates and objects of a subject, in the order of the file.
type Said = Vec<(String, Object)>;

/// What all subjects say, in the order in which they first do.
#[derive(Default)]
struct Triples {
    places: HashMap<String, usize>,
    subjects: Vec<(String, Said)>,
}

impl Triples {
    fn of(&mut self, subject: &str) -> &mut Said {
        let at = *self.places.entry(subject.to_string()).or_insert_with(|| {
            self.subjects.push((subject.to_string(), Said::new()));
            self.subjects.len() - 1
        });
        &mut self.subjects[at].1
    }
}

fn read(text: &str, format: RdfFormat, draft: &mut Draft) -> Result<(), Problem> {
    let mut triples = Triples::default();
    for quad in RdfParser::from_format(format).without_named_graphs().for_slice(text) {
        let quad = quad.map_err(|error| wrong(&error))?;
        let object = match quad.object {
            Term::NamedNode(iri) => Object::Resource(iri.into_string()),
            Term::BlankNode(blank) => Object::Resource(blank.to_string()),
            Term::Literal(literal) => Object::Literal {
                datatype: literal.datatype().as_str().to_string(),
                language: literal.language().map(str::to_string),
                text: literal.value().to_string(),
            },
        };
        let subject = match quad.subject {
            NamedOrBlankNode::NamedNode(iri) => iri.into_string(),
            NamedOrBlankNode::BlankNode(blank) => blank.to_string(),
        };
        draft.reserve(size_of::<(String, Object)>() + object.size())?;
        triples.of(&subject).push((quad.predicate.into_string(), object));
    }
    let own = triples.places.contains_key(&format!("{OWN}graph"));
    if own { enter_own(&triples, draft) } else { foreign::enter(&triples, draft) }
}

fn wrong(error: &RdfSyntaxError) -> Problem {
    Problem::Wrong(error.location().map_or(0, |place| place.start.line + 1), error.to_string())
}

impl Object {
    fn size(&self) -> usize {
        match self {
            Object::Resource(name) => name.len(),
            Object::Literal { text, datatype, .. } => text.len() + datatype.len(),
        }
    }

    fn resource(&self) -> Option<&str> {
        match self {
            Object::Resource(name) => Some(name),
            Object::Literal { .. } => None,
        }
    }
}

/// The objects of a predicate.
fn objects<'s>(said: &'s Said, predicate: &str) -> impl Iterator<Item = &'s Object> {
    said.iter().filter(move |(known, _)| *known == predicate).map(|(_, object)| object)
}

/// A file of kenning's own.
fn enter_own(triples: &Triples, draft: &mut Draft) -> Result<(), Problem> {
    let rdf = |name: &str| format!("{RDF}{name}");
    let is_statement =
        |said: &Said| objects(said, &rdf("type")).any(|object| object.resource() == Some(&rdf("Statement")));
    for (subject, said) in &triples.subjects {
        if subject.starts_with(TYPE) {
            declare(said, draft)?;
        } else if *subject == format!("{OWN}graph") {
            name_labels(said, draft)?;
        } else if subject.starts_with(NODE) {
            own_node(subject, said, draft)?;
        }
    }
    // A statement stands for a relationship, and so does what is said without one.
    let mut stated: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    for (_, said) in triples.subjects.iter().filter(|(_, said)| is_statement(said)) {
        let part = |name: &str| objects(said, &rdf(name)).next().and_then(Object::resource);
        let (Some(start), Some(kind), Some(end)) = (part("subject"), part("predicate"), part("object")) else {
            return Err(Problem::Wrong(0, "a statement lacks its subject, predicate or object".into()));
        };
        stated.insert((start, kind, end));
        let (from, to) = (draft.find(0, start)?, draft.find(0, end)?);
        let relationship = draft.relationship(0, from, &decoded(kind, TYPE), to)?;
        for (predicate, object) in said.iter().filter(|(predicate, _)| predicate.starts_with(KEY)) {
            draft.set_relationship(relationship, &decoded(predicate, KEY), value(predicate, object)?)?;
        }
    }
    for (start, said) in triples.subjects.iter().filter(|(subject, _)| subject.starts_with(NODE)) {
        for (kind, object) in said.iter().filter(|(predicate, _)| predicate.starts_with(TYPE)) {
            let end = object.resource().unwrap_or_default();
            if stated.insert((start, kind, end)) {
                let (from, to) = (draft.find(0, start)?, draft.find(0, end)?);
                draft.relationship(0, from, &decoded(kind, TYPE), to)?;
            }
        }
    }
    Ok(())
}

fn declare(said: &Said, draft: &mut Draft) -> Result<(), Problem> {
    for object in objects(said, &format!("{OWN}semantics")) {
        if let Object::Literal { text, .. } = object {
            let semantics = serde_json::from_str(text);
            draft.declare(semantics.map_err(|error| Problem::Wrong(0, format!("semantics: {error}")))?);
        }
    }
    Ok(())
}

fn name_labels(said: &Said, draft: &mut Draft) -> Result<(), Problem> {
    for object in objects(said, &format!("{OWN}naming")) {
        if let Object::Literal { text, .. } = object {
            let naming = serde_json::from_str(text);
            draft.name_by(naming.map_err(|error| Problem::Wrong(0, format!("naming: {error}")))?);
        }
    }
    Ok(())
}

fn own_node(name: &str, said: &Said, draft: &mut Draft) -> Result<(), Problem> {
    let is_a = format!("{RDF}type");
    let labels = objects(said, &is_a).filter_map(Object::resource);
    let mut labels: Vec<String> = labels.filter(|iri| iri.starts_with(LABEL)).map(|iri| decoded(iri, LABEL)).collect();
    if let Some(Object::Literal { text, .. }) = objects(said, &format!("{OWN}labels")).next() {
        labels = serde_json::from_str(text).map_err(|error| Problem::Wrong(0, format!("labels: {error}")))?;
    }
    let node = draft.node(0, name, labels.iter().map(String::as_str))?;
    let mut aliases = Vec::new();
    for (predicate, object) in said {
        let key = match predicate.strip_prefix(SKOS).or(predicate.strip_prefix(TERMS)) {
            Some("prefLabel") => "name".to_string(),
            Some("definition") => "definition".into(),
            Some("source") => "source".into(),
            Some("altLabel") => {
                aliases.push(value(predicate, object)?);
                continue;
            }
            Some(_) => continue,
            None if predicate.starts_with(KEY) => decoded(predicate, KEY),
            None => continue,
        };
        draft.set_node(node, &key, value(predicate, object)?)?;
    }
    match aliases.is_empty() {
        true => Ok(()),
        false => draft.set_node(node, "aliases", Value::list(aliases)),
    }
}

/// What stands after the prefix, `%20` being a space.
fn decoded(iri: &str, prefix: &str) -> String {
    let rest = iri.strip_prefix(prefix).unwrap_or(iri).as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        let digits = rest.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        match (byte, digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                at += 3;
            }
            _ => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The value of a literal. Datatypes that are not known are texts.
fn value(predicate: &str, object: &Object) -> Result<Value, Problem> {
    let (text, datatype) = match object {
        Object::Resource(name) => return Ok(Value::from(name.as_str())),
        Object::Literal { text, datatype, .. } => (text.as_str(), datatype.as_str()),
    };
    let wrong = |what: String| Problem::Wrong(0, format!("{predicate}: {what}"));
    if datatype == format!("{RDF}JSON") {
        let json = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        return exact::from_json(&json).map_err(wrong);
    }
    if let Some(kind) = datatype.strip_prefix(OWN) {
        return exact::from_text(kind, text).map_err(wrong);
    }
    let number = |value: Option<Value>| value.ok_or_else(|| wrong(format!("`{text}` is no number that fits 64 bits")));
    match datatype.strip_prefix(XSD) {
        Some("boolean") => match text {
            "true" | "1" => Ok(Value::Boolean(true)),
            "false" | "0" => Ok(Value::Boolean(false)),
            _ => Err(wrong(format!("`{text}` is neither true nor false"))),
        },
        Some("integer" | "long" | "int" | "short" | "byte" | "nonNegativeInteger" | "positiveInteger") => {
            number(text.parse().ok().map(Value::Integer))
        }
        Some("double" | "float" | "decimal") => number(text.parse().ok().map(Value::Float)),
        Some("date") => Ok(exact::from_text("date", text).unwrap_or_else(|_| Value::from(text))),
        _ => Ok(Value::from(text)),
    }
}
