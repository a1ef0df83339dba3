//! [`Entries`]: the entries of glossaries with what rules look up about them.

use std::collections::{HashMap, HashSet};

use super::super::gather::Terminology;
use super::CheckedText;
use crate::glossary::Entry;
use crate::graph::fold;

pub(super) struct Entries<'a> {
    pub terminology: &'a Terminology,
    /// Entries by their identifiers; none if several have it.
    identifiers: HashMap<&'a str, Option<usize>>,
    /// The names of entries, folded.
    names: HashMap<String, Vec<usize>>,
    texts: HashMap<&'a str, &'a str>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(terminology: &'a Terminology, texts: &[CheckedText<'a>]) -> Entries<'a> {
        let mut entries = Entries {
            terminology,
            identifiers: HashMap::new(),
            names: HashMap::new(),
            texts: texts.iter().map(|text| (text.path, text.text)).collect(),
        };
        let found = std::iter::zip(&terminology.glossary.entries, &terminology.extraction.entries);
        for (at, (entry, extracted)) in found.enumerate() {
            if let Some(identifier) = entry.identifier.as_deref() {
                entries.identifiers.entry(identifier).and_modify(|known| *known = None).or_insert(Some(at));
            }
            let written = entry.headwords.iter().chain(&entry.other_names).map(|name| name.text.as_str());
            let read = extracted.name.iter().chain(&extracted.aliases).chain(&extracted.short_names);
            let names: HashSet<String> = written.chain(read.map(String::as_str)).map(fold).collect();
            for name in names {
                entries.names.entry(name).or_default().push(at);
            }
        }
        entries
    }

    pub(super) fn all(&self) -> &'a [Entry] {
        &self.terminology.glossary.entries
    }

    /// What the entry is called.
    pub(super) fn name(&self, at: usize) -> &'a str {
        let read = self.terminology.extraction.entries[at].name.as_deref();
        read.or_else(|| self.all()[at].headwords.first().map(|name| name.text.as_str())).unwrap_or("")
    }

    /// The term that the entry is part of.
    pub(super) fn term(&self, at: usize) -> Option<usize> {
        self.terminology.terms.of_entry[at]
    }

    /// The one entry that has this identifier.
    pub(super) fn identified(&self, identifier: &str) -> Option<usize> {
        self.identifiers.get(identifier).copied().flatten()
    }

    /// Whether an entry is called so, by its identifier or in any spelling of a name.
    pub(super) fn is_called(&self, target: &str) -> bool {
        self.identifiers.contains_key(target) || !self.called(&fold(target)).is_empty()
    }

    /// The entries of a folded name.
    pub(super) fn called(&self, folded: &str) -> &[usize] {
        self.names.get(folded).map_or(&[], Vec::as_slice)
    }

    /// The text of a file, empty if it is not at hand (sheets).
    pub(super) fn text(&self, path: &str) -> &'a str {
        self.texts.get(path).copied().unwrap_or("")
    }

    /// `file:line` of an entry, for a message.
    pub(super) fn place(&self, at: usize) -> String {
        let place = &self.all()[at].place;
        format!("{}:{}", place.file, place.line)
    }
}

/// Whether the format states RDF: names have languages and a concept has one preferred name in each.
pub(super) fn is_rdf(entry: &Entry) -> bool {
    ["turtle", "rdfxml", "jsonld"].contains(&entry.format)
}

/// Whether the format lets a name be that of several things, told apart by kind or identifier.
pub(super) fn tells_apart(entry: &Entry) -> bool {
    is_rdf(entry) || ["backstage", "graphml", "node-link"].contains(&entry.format)
}
