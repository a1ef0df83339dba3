//! Entries that are but another name of another entry: `nova`, "Code name for the Compute service".

use std::collections::HashMap;

use super::Extracted;
use super::names::{EntryName, NameKind};
use crate::graph::fold;

/// Relations that make one term of two entries, the entry that says so being the other name.
const OTHER_NAME_OF: &[&str] = &["codename_of", "alias_of", "abbreviates"];

/// Marks them. What the other entry says of itself beats what brackets show.
pub(super) fn mark(named: &[Vec<EntryName>], entries: &mut [Extracted]) {
    for (at, entry) in entries.iter_mut().enumerate() {
        let points = |found: &&super::Found| OTHER_NAME_OF.contains(&found.relation.as_str());
        let said = entry.relations.iter().find(points).and_then(|found| found.target_entry);
        entry.same_as = said.filter(|other| *other != at);
    }
    for at in 0..entries.len() {
        let codename = entries[at].relations.iter().find(|found| found.relation == "has_codename");
        if let Some(other) = codename.and_then(|found| found.target_entry).filter(|other| *other != at) {
            entries[other].same_as.get_or_insert(at);
        }
    }
    by_bracket(named, entries);
    mutual(entries);
    break_circles(entries);
    drop_names_of_others(named, entries);
}

/// `Compute service (nova)` where `nova` is an entry, too.
fn by_bracket(named: &[Vec<EntryName>], entries: &mut [Extracted]) {
    let mut headwords: HashMap<String, Option<usize>> = HashMap::new();
    for (at, names) in named.iter().enumerate() {
        if let Some(name) = names.first() {
            headwords.entry(fold(&name.text)).and_modify(|known| *known = None).or_insert(Some(at));
        }
    }
    for (at, names) in named.iter().enumerate() {
        let means = |kind| matches!(kind, NameKind::ProjectName | NameKind::Acronym | NameKind::Expansion);
        for name in names.iter().filter(|name| means(name.kind)) {
            let other = headwords.get(&fold(&name.text)).copied().flatten().filter(|other| *other != at);
            if let Some(other) = other
                && entries[at].same_as != Some(other)
            {
                entries[other].same_as.get_or_insert(at);
            }
        }
    }
}

/// Two entries each of which says that it is also called as the other: the second is the other name.
fn mutual(entries: &mut [Extracted]) {
    let owners: HashMap<String, usize> =
        entries.iter().enumerate().rev().filter_map(|(at, found)| Some((fold(found.name.as_deref()?), at))).collect();
    let calls = |found: &Extracted, name: &str| found.aliases.iter().any(|alias| fold(alias) == name);
    for at in 0..entries.len() {
        let Some(name) = entries[at].name.as_deref().map(fold) else { continue };
        let mut others = entries[at].aliases.iter().filter_map(|alias| owners.get(&fold(alias)).copied());
        let first = others.find(|other| *other < at && calls(&entries[*other], &name));
        entries[at].same_as = entries[at].same_as.or(first);
    }
}

/// What a sentence seems to call the entry, but is a term of its own, is no name of it.
fn drop_names_of_others(named: &[Vec<EntryName>], entries: &mut [Extracted]) {
    let owners: HashMap<String, usize> =
        entries.iter().enumerate().rev().filter_map(|(at, found)| Some((fold(found.name.as_deref()?), at))).collect();
    let same: Vec<Option<usize>> = entries.iter().map(|found| found.same_as).collect();
    for at in 0..entries.len() {
        let is_listed = |alias: &str| named[at].iter().any(|name| name.text == alias);
        let is_anothers = |alias: &str| {
            let owner = owners.get(&fold(alias)).copied().filter(|owner| *owner != at);
            owner.is_some_and(|owner| same[owner] != Some(at) && same[at] != Some(owner))
        };
        entries[at].aliases.retain(|alias| is_listed(alias) || !is_anothers(alias));
    }
}

/// Entries that point at one another: the first one keeps its place. Each entry is walked over once.
fn break_circles(entries: &mut [Extracted]) {
    let mut walks: Vec<Option<usize>> = vec![None; entries.len()];
    for start in 0..entries.len() {
        let mut at = start;
        while walks[at].is_none() {
            walks[at] = Some(start);
            let Some(next) = entries[at].same_as else { break };
            if walks[next] == Some(start) {
                entries[next].same_as = None;
                break;
            }
            at = next;
        }
    }
}
