//! What a format states outright: its relations, and what its markup points at.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::STATED_BY;
use super::Found;
use super::names::{EntryName, NameKind};
use crate::glossary::Entry;
use crate::graph::fold;

/// Finds entries by what a format calls them. None: several are called so.
pub(super) struct Pointers {
    identifiers: HashMap<String, Option<usize>>,
    headwords: HashMap<String, Option<usize>>,
    others: HashMap<String, Option<usize>>,
}

impl Pointers {
    /// `first` is the entry that stands for each.
    pub(super) fn new(entries: &[Entry], named: &[Vec<EntryName>], first: &[usize]) -> Pointers {
        let mut pointers = Pointers { identifiers: HashMap::new(), headwords: HashMap::new(), others: HashMap::new() };
        for (at, (entry, names)) in std::iter::zip(entries, named).enumerate() {
            if let Some(identifier) = &entry.identifier {
                enter(&mut pointers.identifiers, identifier.to_string(), first[at]);
            }
            for name in names {
                let map = match name.kind {
                    NameKind::Headword => &mut pointers.headwords,
                    NameKind::Bare
                    | NameKind::Acronym
                    | NameKind::Expansion
                    | NameKind::ProjectName
                    | NameKind::Other
                    | NameKind::Short => &mut pointers.others,
                };
                enter(map, fold(&name.text), first[at]);
            }
        }
        pointers
    }

    /// The entry that a target means: by its identifier, its headword, or another name; the first of these decides.
    pub(super) fn find(&self, target: &str) -> Option<usize> {
        let folded = fold(target);
        let found = self.identifiers.get(target).or_else(|| self.headwords.get(&folded));
        found.or_else(|| self.others.get(&folded)).copied().flatten()
    }
}

fn enter(map: &mut HashMap<String, Option<usize>>, key: String, entry: usize) {
    let known = map.entry(key).or_insert(Some(entry));
    if *known != Some(entry) {
        *known = None;
    }
}

/// The relations that the format states of the entry. Nothing is surer.
pub(super) fn relations(entry: &Entry, own: usize, pointers: &Pointers, named: &[Vec<EntryName>]) -> Vec<Found> {
    let rule: Arc<str> = format!("{STATED_BY}{}", entry.format).into();
    let found = |relation: &crate::glossary::StatedRelation| {
        let target_entry = pointers.find(&relation.target);
        let headword = target_entry.and_then(|entry| named[entry].first());
        Found {
            relation: relation.relation.clone(),
            target: headword.map_or_else(|| shown(&relation.target), |name| name.text.clone()),
            target_entry,
            evidence: evidence(relation, headword.map(|name| name.text.as_str())),
            line: relation.line,
            file: relation.file.clone(),
            rule: rule.clone(),
            confidence: 1.0,
        }
    };
    entry.relations.iter().map(found).filter(|found| found.target_entry != Some(own)).collect()
}

/// What the format says in place of a sentence; a bare identifier says nothing to a reader: `See also Hose.`
fn evidence(relation: &crate::glossary::StatedRelation, headword: Option<&str>) -> Arc<str> {
    match headword.filter(|headword| {
        relation.relation == "see_also" && relation.evidence == relation.target && **headword != relation.target
    }) {
        Some(headword) => format!("See also {headword}.").into(),
        None => relation.evidence.as_str().into(),
    }
}

/// How to call what a reference names and nothing defines: `group:default/keepers` is `keepers (group)`.
fn shown(target: &str) -> String {
    let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    let parts = target.split_once(':').and_then(|(kind, rest)| Some((kind, rest.split_once('/')?)));
    match parts {
        Some((kind, (namespace, name))) if [kind, namespace, name].into_iter().all(is_word) => match namespace {
            "default" => format!("{name} ({kind})"),
            _ => format!("{namespace}/{name} ({kind})"),
        },
        _ => target.to_string(),
    }
}
