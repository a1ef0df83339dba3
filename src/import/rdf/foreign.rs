//! RDF that other programs wrote.

use std::collections::{BTreeMap, BTreeSet};

use super::{Object, Said, Triples, value};
use crate::export::rdf::{RDF, SKOS, TERMS};
use crate::graph::Value;
use crate::import::draft::{Draft, Problem};

const RDFS: &str = "http://www.w3.org/2000/01/rdf-schema#";

/// What a predicate says of its subject.
enum Meaning {
    Name,
    OtherName,
    Definition,
    Source,
    Label,
    Other,
}

fn meaning(predicate: &str) -> Meaning {
    let spaces = [RDF, RDFS, SKOS, TERMS];
    let found = spaces.iter().find_map(|space| Some((*space, predicate.strip_prefix(space)?)));
    match found {
        Some((RDF, "type")) => Meaning::Label,
        Some((SKOS, "prefLabel") | (RDFS, "label") | (TERMS, "title")) => Meaning::Name,
        Some((SKOS, "altLabel" | "hiddenLabel")) => Meaning::OtherName,
        Some((SKOS, "definition") | (RDFS, "comment") | (TERMS, "description")) => Meaning::Definition,
        Some((TERMS, "source")) => Meaning::Source,
        _ => Meaning::Other,
    }
}

/// Makes nodes of subjects and of the IRIs they point at.
pub(super) fn enter(triples: &Triples, draft: &mut Draft) -> Result<(), Problem> {
    let mut languages = 0;
    for (subject, said) in &triples.subjects {
        enter_subject(subject, said, draft, &mut languages)?;
    }
    let mut pointed_at: BTreeSet<&str> = BTreeSet::new();
    for (subject, said) in &triples.subjects {
        for (predicate, object) in said {
            let Some(target) = object.resource().filter(|_| !matches!(meaning(predicate), Meaning::Label)) else {
                continue;
            };
            if !triples.places.contains_key(target) && pointed_at.insert(target) {
                let node = draft.node(0, target, std::iter::empty())?;
                name_by_iri(node, target, draft)?;
            }
            let (from, to) = (draft.find(0, subject)?, draft.find(0, target)?);
            draft.relationship(0, from, &type_name(local(predicate)), to)?;
        }
    }
    if languages > 0 {
        draft.notes.push(format!("definitions in further languages were left out: {languages}"));
    }
    Ok(())
}

fn enter_subject(subject: &str, said: &Said, draft: &mut Draft, languages: &mut usize) -> Result<(), Problem> {
    let (mut names, mut others, mut definitions, mut labels) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut properties: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (predicate, object) in said {
        match (meaning(predicate), object) {
            (Meaning::Label, Object::Resource(iri)) => labels.push(local(iri)),
            (Meaning::Name, Object::Literal { text, language, .. }) => names.push((text, language)),
            (Meaning::OtherName, Object::Literal { text, .. }) => others.push(text.clone()),
            (Meaning::Definition, Object::Literal { text, language, .. }) => definitions.push((text, language)),
            (Meaning::Source, Object::Literal { .. }) => {
                properties.entry("source".into()).or_default().push(value(predicate, object)?);
            }
            (_, Object::Literal { .. }) => {
                let values = properties.entry(local(predicate).to_string()).or_default();
                let value = value(predicate, object)?;
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            (_, Object::Resource(_)) => {}
        }
    }
    let node = draft.node(0, subject, labels.into_iter())?;
    // Files that say a thing in many languages are read in English, or in the first.
    let rank = |language: &Option<String>| match language.as_deref() {
        Some(tag) if tag == "en" || tag.starts_with("en-") => 0,
        None => 1,
        Some(_) => 2,
    };
    names.sort_by_key(|(_, language)| rank(language));
    definitions.sort_by_key(|(_, language)| rank(language));
    match names.split_first() {
        Some(((name, _), rest)) => {
            draft.set_node(node, "name", Value::from(name.as_str()))?;
            others.splice(0..0, rest.iter().map(|(name, _)| name.to_string()));
            let mut seen = BTreeSet::from([name.to_string()]);
            others.retain(|name| seen.insert(name.clone()));
            if !subject.starts_with("_:") {
                draft.set_node(node, "iri", Value::from(subject))?;
            }
        }
        None => name_by_iri(node, subject, draft)?,
    }
    if !others.is_empty() {
        draft.set_node(node, "aliases", Value::list(others.into_iter().map(Value::from)))?;
    }
    if let Some(((definition, _), rest)) = definitions.split_first() {
        *languages += rest.len();
        draft.set_node(node, "definition", Value::from(definition.as_str()))?;
    }
    for (key, mut values) in properties {
        let value = if values.len() == 1 { values.remove(0) } else { Value::list(values) };
        draft.set_node(node, &key, value)?;
    }
    Ok(())
}

/// A node that nothing names goes by the end of its IRI. Blank nodes have no name.
fn name_by_iri(node: u32, iri: &str, draft: &mut Draft) -> Result<(), Problem> {
    if iri.starts_with("_:") {
        return Ok(());
    }
    draft.set_node(node, "name", Value::from(local(iri)))?;
    draft.set_node(node, "iri", Value::from(iri))
}

/// What stands after the last `#`, `/` or `:`.
fn local(iri: &str) -> &str {
    let trimmed = iri.trim_end_matches(['#', '/', ':']);
    trimmed.rsplit(['#', '/', ':']).next().unwrap_or(trimmed)
}

/// `dependsOn` is DEPENDS_ON.
fn type_name(name: &str) -> String {
    let mut out = String::new();
    let mut before_lower = false;
    for c in name.chars() {
        match c {
            c if !c.is_alphanumeric() => out.push('_'),
            c if c.is_uppercase() && before_lower => {
                out.push('_');
                out.push(c);
            }
            c => out.extend(c.to_uppercase()),
        }
        before_lower = c.is_lowercase() || c.is_numeric();
    }
    if out.is_empty() { super::super::words::UNTYPED.to_string() } else { out }
}
