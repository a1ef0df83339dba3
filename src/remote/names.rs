//! Finding terms of a remote graph by name: the server gives those that may be meant, and the index of names decides
//! here, as on any graph.

use std::collections::{BTreeMap, BTreeSet};

use super::picture::{Id, Picture};
use super::reader::{Abilities, Reader, node_columns, ticked};
use super::schema::RemoteSchema;
use crate::diagnostic::{Diagnostic, Kind};
use crate::graph::{NameIndex, Resolution, Semantics, Value, may_name, spellings};

/// Terms looked at for one that is misspelled.
const ALIKE: usize = 2000;
/// A graph of more nodes than this is not looked through for names without a word.
const MANY: usize = 10_000;
/// Keys that hold lists of other names.
const LISTS: [&str; 2] = ["aliases", "identifiers"];

/// How the keys make a search of texts.
type Step = fn(&Keys, &[&String]) -> Option<Search>;

/// From what is quick and exact to what is not.
const STEPS: [Step; 4] = [Keys::indexed, Keys::spelled, Keys::holding, Keys::alike];

/// The terms that the texts name, with their nodes in the picture. A text that names none or several is left out: the
/// word itself says so.
pub(super) fn find(
    reader: &mut Reader,
    picture: &mut Picture,
    schema: &RemoteSchema,
    texts: &[String],
) -> Result<BTreeSet<Id>, Diagnostic> {
    let keys = Keys::of(schema);
    let mut known = Picture::default();
    let mut meanings: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
    for step in STEPS {
        let missing: Vec<&String> = texts.iter().filter(|text| !meanings.contains_key(text.as_str())).collect();
        if missing.is_empty() {
            break;
        }
        let Some(search) = step(&keys, &missing) else { continue };
        match reader.nodes(&mut known, &search.statement(reader.abilities), &search.parameters) {
            // A property of this name holds what has no text.
            Err(error) if error.kind == Kind::TypeError && !reader.borrowed => continue,
            found => _ = found?,
        }
        meanings = resolved(&known, texts, schema, reader)?;
    }
    picture.nodes.extend(known.nodes);
    Ok(meanings.into_values().flatten().collect())
}

/// The terms that may fit a text of FIND.
pub(super) fn search(
    reader: &mut Reader,
    picture: &mut Picture,
    schema: &RemoteSchema,
    text: &str,
) -> Result<(), Diagnostic> {
    let keys = Keys::of(schema);
    let words: Vec<String> = text.split_whitespace().map(str::to_string).collect();
    let Some(search) = keys.saying(&words.iter().collect::<Vec<_>>()) else { return Ok(()) };
    reader.nodes(picture, &search.statement(reader.abilities), &search.parameters).map(drop)
}

/// What each text means among the nodes that are known; nothing for a text that means none.
fn resolved<'t>(
    known: &Picture,
    texts: &'t [String],
    schema: &RemoteSchema,
    reader: &Reader,
) -> Result<BTreeMap<&'t str, Vec<Id>>, Diagnostic> {
    let ids: Vec<&Id> = known.nodes.keys().collect();
    let nodes = Picture { nodes: known.nodes.clone(), ..Picture::default() };
    let graph = nodes.graph(&schema.graph, reader.budget)?;
    let index = NameIndex::build_within(&graph, &mut |_| reader.budget.tick())?;
    let mut meanings = BTreeMap::new();
    for text in texts {
        let nodes = match index.resolve(&graph, text) {
            Resolution::One(node) => vec![node],
            Resolution::Several(nodes) => nodes,
            Resolution::Unknown { .. } => continue,
        };
        meanings.insert(text.as_str(), nodes.into_iter().map(|node| ids[node.index()].clone()).collect());
    }
    Ok(meanings)
}

/// What a statement looks for, and its parameters.
struct Search {
    /// Patterns with conditions on `n`, each a statement of its own.
    patterns: Vec<String>,
    parameters: BTreeMap<String, Value>,
    limit: String,
}

impl Search {
    /// Of any node, under one of the conditions; `None` if there is no key to look at.
    fn of(start: &str, conditions: Vec<String>, (name, value): (&str, Value), limit: &str) -> Option<Search> {
        let patterns = vec![format!("{start}MATCH (n) WHERE {}", conditions.join(" OR "))];
        let parameters = BTreeMap::from([(name.to_string(), value)]);
        (!conditions.is_empty()).then(|| Search { patterns, parameters, limit: limit.to_string() })
    }

    fn statement(&self, abilities: Abilities) -> String {
        let columns = node_columns(abilities);
        let parts: Vec<String> = self.patterns.iter().map(|pattern| format!("{pattern} {columns}")).collect();
        parts.join(" UNION ALL ") + &self.limit
    }
}

/// The property keys by which the nodes of a graph may be called.
struct Keys {
    /// Of texts, as they stand behind `n`.
    texts: Vec<String>,
    lists: Vec<&'static str>,
    sayings: Vec<&'static str>,
    /// For each label in use the keys that name its nodes; empty unless all of them are indexed.
    indexed: Vec<(String, Vec<String>)>,
}

impl Keys {
    fn of(schema: &RemoteSchema) -> Keys {
        let semantics = schema.graph.semantics();
        let declared: BTreeSet<&str> =
            semantics.namings().flat_map(|naming| naming.named_by.iter().map(String::as_str)).collect();
        let names = schema.names.keys.iter().map(|key| &**key);
        let texts = names.filter(|key| declared.contains(key) || may_name(key) || *key == "identifier");
        let has = |key: &&'static str| schema.has_key(key);
        let lists: Vec<&str> = LISTS.into_iter().filter(has).collect();
        let indexed = if lists.is_empty() { indexed(schema) } else { None };
        Keys {
            texts: texts.map(|key| format!("n.{}", ticked(key))).collect(),
            lists,
            sayings: ["definition", "description"].into_iter().filter(has).collect(),
            indexed: indexed.unwrap_or_default(),
        }
    }

    /// Exactly as spelled, by indexes alone.
    fn indexed(&self, texts: &[&String]) -> Option<Search> {
        let pattern =
            |label: &String, key: &String| format!("MATCH (n:{}) WHERE n.{} IN $names", ticked(label), ticked(key));
        let patterns = self.indexed.iter().flat_map(|(label, keys)| keys.iter().map(move |key| pattern(label, key)));
        let patterns: Vec<String> = patterns.collect();
        let parameters = BTreeMap::from([("names".to_string(), spelled(texts))]);
        (!patterns.is_empty()).then(|| Search { patterns, parameters, limit: String::new() })
    }

    /// Exactly as spelled, also without what tells terms apart: `auth (Library)`, `Library:auth`, `syn@2.0`.
    fn spelled(&self, texts: &[&String]) -> Option<Search> {
        let of_texts = self.texts.iter().map(|key| format!("{key} IN $names"));
        let of_lists = self.lists.iter().map(|key| format!("any(x IN n.{key} WHERE x IN $names)"));
        Search::of("", of_texts.chain(of_lists).collect(), ("names", spelled(texts)), "")
    }

    /// What holds the beginning of a word of the text, in any case: other spellings, plurals, acronyms in brackets.
    fn holding(&self, texts: &[&String]) -> Option<Search> {
        self.containing(texts, &[])
    }

    fn saying(&self, words: &[&String]) -> Option<Search> {
        self.containing(words, &self.sayings)
    }

    fn containing(&self, texts: &[&String], more: &[&str]) -> Option<Search> {
        let stems: BTreeSet<String> = texts.iter().flat_map(|text| stems(text)).collect();
        let more = more.iter().map(|key| format!("n.{key}"));
        let of_texts = self.texts.iter().cloned().chain(more);
        let of_texts = of_texts.map(|key| format!("toLower(toString({key})) CONTAINS s"));
        let of_lists = self.lists.iter().map(|key| format!("any(x IN n.{key} WHERE toLower(x) CONTAINS s)"));
        Search::of("UNWIND $stems AS s ", of_texts.chain(of_lists).collect(), ("stems", list(stems)), "")
    }

    /// What begins alike, for suggestions.
    fn alike(&self, texts: &[&String]) -> Option<Search> {
        let stems: BTreeSet<String> =
            texts.iter().map(|text| text.to_lowercase().chars().take(2).collect::<String>()).collect();
        let conditions = self.texts.iter().map(|key| format!("toLower(toString({key})) STARTS WITH s"));
        let limit = format!(" LIMIT {ALIKE}");
        Search::of("UNWIND $stems AS s ", conditions.collect(), ("stems", list(stems)), &limit)
    }
}

/// For each label in use the keys that name its nodes, if all of them are indexed.
fn indexed(schema: &RemoteSchema) -> Option<Vec<(String, Vec<String>)>> {
    let semantics = schema.graph.semantics();
    let of = |label: &str| {
        let keys = naming_keys(semantics, label);
        let is_indexed = |key: &String| schema.indexes.contains(&(label.to_string(), key.clone()));
        keys.iter().all(is_indexed).then(|| (label.to_string(), keys))
    };
    schema.names.labels.keys().map(|label| of(label)).collect()
}

/// The keys that name the nodes of a label, as far as it is said: `name` unless others are declared.
fn naming_keys(semantics: &Semantics, label: &str) -> Vec<String> {
    semantics.naming(label).map_or_else(|| vec!["name".to_string()], |naming| naming.named_by.clone())
}

/// What to say where terms are looked for without an index, in a graph that is too large for that.
pub(super) fn advice(schema: &RemoteSchema) -> Option<String> {
    let is_large = schema.nodes > MANY && LISTS.iter().all(|key| !schema.has_key(key));
    if !is_large || indexed(schema).is_some() {
        return None;
    }
    let largest = schema.names.labels.iter().max_by_key(|(_, count)| **count)?.0;
    let key = naming_keys(schema.graph.semantics(), largest).into_iter().next()?;
    Some(format!(
        "terms are looked for among all {} nodes, without an index; CREATE INDEX FOR (n:{largest}) ON (n.{key}) there \
         makes it fast, one for each label",
        schema.nodes
    ))
}

fn list(texts: impl IntoIterator<Item = String>) -> Value {
    Value::list(texts.into_iter().map(Value::from))
}

/// The texts and their parts, as texts and as numbers.
fn spelled(texts: &[&String]) -> Value {
    let parts: BTreeSet<&str> = texts.iter().flat_map(|text| parts(text)).collect();
    let numbers = parts.iter().filter_map(|part| part.parse().ok()).map(Value::Integer);
    Value::list(parts.iter().map(|part| Value::from(*part)).chain(numbers))
}

/// A text with the parts of it that may be the name.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = vec![text.trim()];
    if let Some((outside, inside)) = text.split_once('(') {
        parts.extend([outside.trim(), inside.trim_end_matches(')').trim()]);
    }
    let halves = [text.split_once(':'), text.rsplit_once('@'), text.split_once(" #")];
    halves.into_iter().flatten().for_each(|(before, after)| parts.extend([before.trim(), after.trim()]));
    parts.retain(|part| !part.is_empty());
    parts
}

/// The beginning of the longest word of each way to spell a text: endings may differ.
fn stems(text: &str) -> Vec<String> {
    /// Letters of an ending that a singular has not: `policies`, `policy`.
    const ENDING: usize = 3;
    let longest = |spelling: String| {
        let words = spelling.split(|c: char| !c.is_alphanumeric()).map(str::to_string);
        words.max_by_key(|word| word.chars().count())
    };
    let stem = |word: String| {
        let count = word.chars().count();
        word.chars().take(if count > 2 * ENDING { count - ENDING } else { count.min(ENDING) }).collect::<String>()
    };
    let parts = parts(text).into_iter().flat_map(spellings);
    parts.filter_map(longest).map(stem).filter(|stem| !stem.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_are_held_by_the_names_that_are_meant() {
        let holds = |text: &str, name: &str| stems(text).iter().any(|stem| name.to_lowercase().contains(stem.as_str()));
        for (text, name) in [
            ("routers", "Router"),
            ("policy", "Policies"),
            ("Block-Storage", "block storage"),
            ("dvr", "distributed virtual router (DVR)"),
            ("the compute service", "Compute Service"),
            ("auth (Library)", "auth"),
            ("Library:auth", "Auth"),
        ] {
            assert!(holds(text, name), "{text}: {:?}", stems(text));
        }
    }
}
