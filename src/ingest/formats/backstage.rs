//! Backstage's `catalog-info.yaml`: an entity a YAML document, its relations in `spec`.
//!
//! Documents are read one by one, so that a broken one leaves the others whole.

use yaml_serde::Value;

use super::super::check::reading;
use super::super::finding::Findings;
use super::paragraph::ParagraphBuilder;
use super::source::SourceText;
use super::{Format, Reader, entry_place, name, yaml};
use crate::glossary::{Entry, StatedRelation};

pub(super) const FORMAT: Format = Format {
    name: "backstage",
    what: "Backstage catalogue: an entity a YAML document",
    suffixes: &["yaml", "yml"],
    looks_like: |text| text.contains("kind:") && text.contains("metadata:"),
    example: "\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: tide-table
  description: Tells when the harbour can be entered.
spec:
  type: service
  owner: keepers
  dependsOn: [\"resource:tide-gauge\"]
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata:
  name: tide-gauge
spec:
  type: device
",
    read: Reader::Each(read),
};

/// A field of `spec`, what it states, and the kind of entity that it names unless it says another.
const RELATIONS: &[(&str, &str, &str)] = &[
    ("owner", "owned_by", "group"),
    ("system", "part_of", "system"),
    ("domain", "part_of", "domain"),
    ("subdomainOf", "part_of", "domain"),
    ("subcomponentOf", "part_of", "component"),
    ("providesApis", "provides", "api"),
    ("consumesApis", "uses", "api"),
    ("dependsOn", "depends_on", "component"),
    ("dependencyOf", "required_by", "component"),
    ("parent", "part_of", "group"),
    ("children", "has_part", "group"),
    ("memberOf", "member_of", "group"),
    ("members", "has_member", "user"),
];

/// The pairs of relations that a catalogue prints in `relations`.
const PRINTED: &[(&str, &str)] = &[
    ("ownedBy", "owned_by"),
    ("ownerOf", "owner_of"),
    ("providesApi", "provides"),
    ("apiProvidedBy", "provided_by"),
    ("consumesApi", "uses"),
    ("apiConsumedBy", "used_by"),
    ("dependsOn", "depends_on"),
    ("dependencyOf", "required_by"),
    ("parentOf", "has_part"),
    ("childOf", "part_of"),
    ("memberOf", "member_of"),
    ("hasMember", "has_member"),
    ("partOf", "part_of"),
    ("hasPart", "has_part"),
];

fn read(file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    documents(file.text)
        .take_while(|_| file.goes_on())
        .filter_map(|(at, text)| document(at, text, file, findings))
        .collect()
}

/// The documents of a file and where each begins.
fn documents(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let from = start?;
        let end = text[from..]
            .match_indices("\n---")
            .map(|(at, _)| from + at + 1)
            .find(|at| text[at + 3..].chars().next().is_none_or(char::is_whitespace));
        start = end.map(|end| text[end..].find('\n').map_or(text.len(), |newline| end + newline + 1));
        Some((from, &text[from..end.unwrap_or(text.len())]))
    })
}

fn document(at: usize, text: &str, file: &SourceText, findings: &mut Findings) -> Option<Entry> {
    let value = match yaml::parse(text) {
        Ok(value) => value,
        Err((offset, error)) => {
            let place = file.place(at + offset..at + offset);
            findings.error(&place, format!("not YAML: {error}"), "this document is left out", None);
            return None;
        }
    };
    let kind = value.get("kind").and_then(Value::as_str)?;
    let metadata = value.get("metadata")?;
    if kind == "Location" {
        findings.found(&reading::OTHER_FILE, &file.place(at..at), "a Location names other files");
        return None;
    }
    let Some(id) = metadata.get("name").and_then(Value::as_str) else {
        let help = "give it a name: metadata.name".to_string();
        findings.error(&file.place(at..at), "an entity without a name", "it is left out", Some(help));
        return None;
    };
    let lines = DocumentLines { text, first: file.line(at) };
    let namespace = metadata.get("namespace").and_then(Value::as_str).unwrap_or("default");
    let spec = value.get("spec");
    let shown =
        metadata.get("title").and_then(Value::as_str).or_else(|| spec?.get("profile")?.get("displayName")?.as_str());
    let mut entry = Entry {
        headwords: vec![name(shown.unwrap_or(id))],
        other_names: shown.filter(|shown| *shown != id).map(|_| name(id)).into_iter().collect(),
        identifier: Some(format!("{kind}:{namespace}/{id}").to_lowercase().into()),
        kinds: vec![kind.to_string()],
        link: metadata.get("links").and_then(|links| links.get(0)?.get("url")?.as_str()).map(str::to_string),
        place: entry_place(&file.path, lines.of("name", id).unwrap_or(lines.first)),
        ..Entry::default()
    };
    describe(&mut entry, metadata, &lines);
    for (field, relation, target_kind) in RELATIONS {
        let Some(targets) = spec.and_then(|spec| spec.get(field)) else { continue };
        let written = |target: &str| (reference(target, target_kind, namespace), target.to_string());
        relate(&mut entry, relation, field, texts(targets).map(written), &lines);
    }
    for printed in value.get("relations").and_then(Value::as_sequence).into_iter().flatten() {
        let (Some(kind), Some(target)) = (printed.get("type"), printed.get("targetRef").and_then(Value::as_str)) else {
            continue;
        };
        if let Some((field, relation)) = PRINTED.iter().find(|(name, _)| kind.as_str() == Some(name)) {
            let target = (reference(target, "component", namespace), target.to_string());
            relate(&mut entry, relation, field, std::iter::once(target), &lines);
        }
    }
    Some(entry)
}

fn describe(entry: &mut Entry, metadata: &Value, lines: &DocumentLines) {
    let Some(description) = metadata.get("description").and_then(Value::as_str) else { return };
    let first_words = description.lines().next().unwrap_or("");
    let line = lines.of("description", first_words).unwrap_or(lines.first);
    // Paragraphs have blank lines between.
    for (number, part) in description.split("\n\n").enumerate() {
        let mut builder = ParagraphBuilder::default();
        let above = description.split("\n\n").take(number).map(|part| part.matches('\n').count() + 2).sum::<usize>();
        builder.push(part, line + above);
        entry.paragraphs.extend(builder.finish());
    }
}

/// Adds what a field states about each target: its full reference and how it is written.
fn relate(
    entry: &mut Entry,
    relation: &str,
    field: &str,
    targets: impl Iterator<Item = (String, String)>,
    lines: &DocumentLines,
) {
    for (target, written) in targets {
        let line = lines.of(field, &written).unwrap_or(lines.first);
        let evidence = format!("{field}: {written}");
        let is_known = entry.relations.iter().any(|known| known.relation == relation && known.target == target);
        if !is_known {
            entry.relations.push(StatedRelation { relation: relation.into(), target, evidence, line, file: None });
        }
    }
}

/// `[kind:][namespace/]name` in full, in lower case.
fn reference(text: &str, kind: &str, namespace: &str) -> String {
    let (kind, rest) = text.split_once(':').unwrap_or((kind, text));
    let (namespace, name) = rest.split_once('/').unwrap_or((namespace, rest));
    format!("{kind}:{namespace}/{name}").to_lowercase()
}

/// One text or a list of texts.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_sequence().into_iter().flatten().filter_map(Value::as_str);
    value.as_str().into_iter().chain(list)
}

/// Finds lines again: the parser tells none.
struct DocumentLines<'a> {
    text: &'a str,
    /// Of the file.
    first: usize,
}

impl DocumentLines<'_> {
    /// The first line on or below that of the key that holds the words.
    fn of(&self, key: &str, words: &str) -> Option<usize> {
        let has_key = |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
        let above = self.text.lines().position(has_key)?;
        let below = self.text.lines().skip(above).position(|line| line.contains(words.trim())).unwrap_or(0);
        Some(self.first + above + below)
    }
}
