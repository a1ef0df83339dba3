//! The names of one concept.

use std::collections::BTreeMap;

use super::super::entries::{Entries, is_rdf};
use super::super::found::Found;
use super::super::{Find, Rule};
use crate::diagnostic::Severity;

pub(in super::super) const TWO: Rule = Rule {
    name: "two-preferred-labels",
    severity: Severity::Error,
    says: "A concept has two preferred labels in one language (SKOS, S14).",
    why: "nobody can tell what the concept is called",
    help: "keep one as skos:prefLabel, make the other skos:altLabel",
    example: &[(
        "sea.ttl",
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n\
         <http://example.org/mole> a skos:Concept ; skos:prefLabel \"mole\"@en, \"breakwater\"@en .\n",
    )],
    find: &[Find::Entries(two)],
};

pub(in super::super) const REPEATED: Rule = Rule {
    name: "label-repeated",
    severity: Severity::Warning,
    says: "A term lists its own name as another name (SKOS, S13).",
    why: "the other name says nothing, and SKOS keeps preferred and alternative labels apart",
    help: "remove the other name",
    example: &[("words.csv", "term,synonyms,definition\nmole,mole,A wall in the sea.\n")],
    find: &[Find::Entries(repeated)],
};

fn two(entries: &Entries, found: &mut Found) {
    for (at, entry) in entries.all().iter().enumerate().filter(|(_, entry)| is_rdf(entry)) {
        let mut by_language: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
        for name in &entry.headwords {
            by_language.entry(name.language.as_deref()).or_default().push(&name.text);
        }
        for (language, names) in by_language.into_iter().filter(|(_, names)| names.len() > 1) {
            let language = language.map_or("no language".to_string(), |language| format!("language `{language}`"));
            let names = names.join("', '");
            let what = format!("'{}' has several preferred labels in {language}: '{names}'", entries.name(at));
            found.at(&entry.place.file, entry.place.line, what);
        }
    }
}

fn repeated(entries: &Entries, found: &mut Found) {
    for entry in entries.all() {
        for name in entry.other_names.iter().filter(|name| entry.headwords.contains(name)) {
            let what = format!("'{}' is listed as another name of itself", name.text);
            found.at(&entry.place.file, entry.place.line, what);
        }
    }
}
