//! The relationship type that a word of a file names: `depends on`, `dependsOn` and `DEPENDS_ON` are one.

use std::borrow::Cow;

use super::{Problem, Sheet, relation_types};
use crate::facts::Word;
use crate::graph::Value;

/// What a word says about a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    pub relationship_type: Word,
    /// The property `kind`, if the word names a sort of need: `dev`.
    pub kind: Option<&'static str>,
}

pub(super) const DEPENDS_ON: Word = Cow::Borrowed("DEPENDS_ON");
pub(super) const RELATED_TO: Word = Cow::Borrowed("RELATED_TO");
pub(super) const PART_OF: Word = Cow::Borrowed("PART_OF");

/// Properties of an edge that name its relation, the surest first; in lower case.
pub(super) const RELATION_KEYS: &[&str] = &[
    "type",
    "relation",
    "relationship",
    "relationship_type",
    "relation_type",
    "edge_type",
    "predicate",
    "interaction",
    "kind",
    "label",
    "edge label",
];

/// Whether a key of that list names words of any sort: then only what reads as a relation names one.
pub(super) fn is_loose(key: &str) -> bool {
    ["label", "edge label"].contains(&key.to_lowercase().as_str())
}

/// Words for a sort of need rather than for a relation.
const KINDS: &[(&str, &str)] = &[
    ("normal", "DEPENDS_ON"),
    ("runtime", "DEPENDS_ON"),
    ("compile", "DEPENDS_ON"),
    ("build", "DEPENDS_ON"),
    ("peer", "DEPENDS_ON"),
    ("hard", "DEPENDS_ON"),
    ("required", "DEPENDS_ON"),
    ("optional", "OPTIONALLY_DEPENDS_ON"),
    ("soft", "OPTIONALLY_DEPENDS_ON"),
    ("dev", "DEV_DEPENDS_ON"),
    ("development", "DEV_DEPENDS_ON"),
    ("test", "DEV_DEPENDS_ON"),
];

/// Other words for a need, in the upper case of types.
const NEEDS: &[&str] = &["DEPENDS", "DEPENDENCY", "REQUIRES", "NEEDS", "RELIES_ON"];

/// Words about the arrow, not about the relation: Gephi's column `Type`.
const ARROWS: &[&str] = &["DIRECTED", "UNDIRECTED", "MUTUAL"];

/// Verbs that begin a label which names a relation.
const VERBS: &str = "ACCEPTS ACCESSES AFFECTS BELONGS BLOCKS BUILDS CALLS CAUSES CONFIGURES CONNECTS CONSUMES CONTAINS CONTROLS \
    CREATES DELIVERS DEPENDS DEPLOYS DERIVES EMITS EXTENDS FEEDS FETCHES FORWARDS GENERATES GETS HANDLES HAS \
    HOSTS IMPLEMENTS IMPORTS INCLUDES INHERITS INVOKES IS KNOWS LINKS LOADS MANAGES MONITORS MOUNTS NEEDS \
    NOTIFIES OWNS POINTS PRODUCES PROTECTS PROVIDES PUBLISHES PULLS PUSHES QUERIES READS RECEIVES REFERENCES \
    REFERS RELATES RELIES REPLACES REPORTS REQUESTS REQUIRES ROUTES RUNS SENDS SERVES STARTS STOPS STORES \
    SUBSCRIBES SUPPORTS TALKS TRIGGERS UPDATES USES VALIDATES WANTS WORKS WRITES";

/// What a word says that a file gives as the relation of an edge; `None` if it cannot be the name of one.
pub(super) fn typed(words: &str) -> Option<Typed> {
    let name = upper_snake(words)?;
    let kind = KINDS.iter().find(|(kind, _)| name.eq_ignore_ascii_case(kind));
    if let Some((kind, relationship_type)) = kind {
        return Some(Typed { relationship_type: Cow::Borrowed(*relationship_type), kind: Some(kind) });
    }
    if ARROWS.contains(&name.as_str()) {
        return None;
    }
    Some(Typed { relationship_type: known(&name).unwrap_or(Cow::Owned(name)), kind: None })
}

/// The same for a text that is shown beside an edge, which may be anything: only what reads as a relation counts.
pub(super) fn typed_label(words: &str) -> Option<Typed> {
    let typed = typed(words)?;
    let name = upper_snake(words)?;
    let is_known = typed.kind.is_some() || known(&name).is_some();
    let first = name.split('_').next().unwrap_or_default();
    let is_written_as_type = words.contains('_') && !words.contains(char::is_lowercase);
    (is_known || is_written_as_type || VERBS.split(' ').any(|verb| verb == first)).then_some(typed)
}

/// What the value of such a key says.
pub(super) fn typed_by_key(key: &str, words: &str) -> Option<Typed> {
    if is_loose(key) { typed_label(words) } else { typed(words) }
}

/// The property of an edge that names its relation, and what it says.
pub(super) fn of_properties(properties: &[(String, Value)]) -> Option<(usize, Typed)> {
    RELATION_KEYS.iter().find_map(|key| {
        let at = properties.iter().position(|(known, _)| known.eq_ignore_ascii_case(key))?;
        Some((at, typed_by_key(key, properties[at].1.as_str()?)?))
    })
}

/// The type that the user names; kept as it is written if it is one.
pub(super) fn stated(word: &str) -> Result<Word, Problem> {
    let is_type = word.chars().all(|c| c.is_uppercase() || c.is_numeric() || c == '_');
    match typed(word) {
        Some(_) if is_type => Ok(Word::Owned(word.to_string())),
        Some(typed) => Ok(typed.relationship_type),
        None => Err(Problem::at(0, format!("`{word}` is neither a column nor a relationship type"))),
    }
}

/// The type of relations of which the file does not say it: the user's, else the format's.
pub(super) fn otherwise(sheet: &Sheet, default: Word) -> Result<Word, Problem> {
    sheet.options.relationship_type.as_deref().map_or(Ok(default), stated)
}

/// The name of a type that has a meaning, by its name or by how it reads.
fn known(name: &str) -> Option<Word> {
    if NEEDS.contains(&name) {
        return Some(DEPENDS_ON);
    }
    let row = relation_types().iter().find(|row| row.name == name || reads(&row.phrase, name))?;
    Some(Cow::Borrowed(row.name.as_str()))
}

/// Whether a phrase in upper snake case is the name.
fn reads(phrase: &str, name: &str) -> bool {
    phrase.len() == name.len()
        && phrase.bytes().zip(name.bytes()).all(|(p, n)| p.to_ascii_uppercase() == n || (p == b' ' && n == b'_'))
}

/// The words in upper case with `_` between: at most six, of letters and digits, the first character a letter.
fn upper_snake(words: &str) -> Option<String> {
    const LONGEST: usize = 60;
    let words = words.trim();
    if words.len() > LONGEST {
        return None;
    }
    let mut name = String::with_capacity(words.len() + 4);
    let mut before_is_lower = false;
    for c in words.chars() {
        match c {
            c if (c.is_whitespace() || c == '_' || c == '-') && (name.is_empty() || name.ends_with('_')) => {}
            c if c.is_whitespace() || c == '_' || c == '-' => name.push('_'),
            c if c.is_alphanumeric() => {
                if c.is_uppercase() && before_is_lower {
                    name.push('_');
                }
                name.extend(c.to_uppercase());
            }
            _ => return None,
        }
        before_is_lower = c.is_lowercase();
    }
    let name = name.trim_end_matches('_');
    let is_name = name.starts_with(char::is_alphabetic) && name.split('_').count() <= 6;
    is_name.then(|| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_of(words: &str) -> Option<String> {
        typed(words).map(|typed| typed.relationship_type.into_owned())
    }

    #[test]
    fn words_become_types() {
        for (words, name) in [
            ("depends on", "DEPENDS_ON"),
            ("dependsOn", "DEPENDS_ON"),
            ("DEPENDS_ON", "DEPENDS_ON"),
            ("requires", "DEPENDS_ON"),
            ("is part of", "PART_OF"),
            ("dev", "DEV_DEPENDS_ON"),
            ("talks-to", "TALKS_TO"),
            ("größer", "GRÖSSER"),
        ] {
            assert_eq!(type_of(words).as_deref(), Some(name), "{words}");
        }
        for words in ["", "42", "1.5 s", "Directed", "GET /x", "_", &"a".repeat(70), "a b c d e f g"] {
            assert_eq!(type_of(words), None, "{words}");
        }
        assert_eq!(typed("Optional").and_then(|typed| typed.kind), Some("optional"));
    }

    #[test]
    fn labels_are_relations_only_if_they_read_so() {
        for words in ["uses", "reads from", "depends on", "is_a", "PART_OF", "FRIEND_OF"] {
            assert!(typed_label(words).is_some(), "{words}");
        }
        for words in ["yes", "no", "web", "HTTP", "state change"] {
            assert!(typed_label(words).is_none(), "{words}");
        }
    }
}
