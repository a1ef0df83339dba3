//! Entries that have lost their headword: named again where the text gives the name, and nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{EntryName, NameKind, add, initials, is_acronym_of};
use super::sentence;
use crate::glossary::Entry;

/// Names the entries that have no headword; tells which were named here.
pub(super) fn missing(entries: &[Entry], named: &mut [Vec<EntryName>]) -> Vec<bool> {
    let mut recovered = vec![false; entries.len()];
    let nameless: Vec<usize> = (0..entries.len()).filter(|at| named[*at].is_empty()).collect();
    if nameless.is_empty() {
        return recovered;
    }
    let acronyms = acronyms(entries);
    for at in nameless {
        let Some(text) = entries[at].paragraphs.first().map(|paragraph| paragraph.text.as_str()) else { continue };
        named[at] = by_project_name(text)
            .or_else(|| by_expansion(text, &acronyms))
            .or_else(|| by_its_own_sentence(text))
            .unwrap_or_default();
        recovered[at] = !named[at].is_empty();
    }
    recovered
}

/// Words written like acronyms, by their letters in lower case.
type Acronyms = BTreeMap<String, BTreeSet<String>>;

/// The words of the definitions that are written like acronyms.
fn acronyms(entries: &[Entry]) -> Acronyms {
    let mut found = Acronyms::new();
    for text in entries.iter().flat_map(|entry| &entry.paragraphs).map(|paragraph| &paragraph.text) {
        for word in text.split(|c: char| !c.is_alphanumeric()) {
            if word.chars().filter(|c| c.is_uppercase()).count() >= 2 && word.len() <= 8 {
                found.entry(word.to_lowercase()).or_default().insert(word.to_string());
            }
        }
    }
    found
}

/// "The project name of Compute service is nova."
fn by_project_name(text: &str) -> Option<Vec<EntryName>> {
    let sentence =
        sentence::split(text).into_iter().map(|range| &text[range]).find(|s| s.contains("roject name of "))?;
    let (_, rest) = sentence.split_once("roject name of ")?;
    let (full, project) = rest.trim_end_matches('.').split_once(" is ")?;
    let full = full.strip_prefix("the ").unwrap_or(full).trim();
    let project = project.trim();
    if full.is_empty() || project.is_empty() || project.contains(' ') {
        return None;
    }
    let mut names = Vec::new();
    // A "service" that is written small is no part of the name.
    match full.strip_suffix(" service") {
        Some(short) => {
            add(&mut names, short, NameKind::Headword);
            add(&mut names, full, NameKind::Other);
        }
        None => add(&mut names, full, NameKind::Headword),
    }
    add(&mut names, project, NameKind::ProjectName);
    Some(names)
}

/// "Seed exchange protocol." where the glossary speaks of SEP elsewhere: the definition is the expansion.
fn by_expansion(text: &str, acronyms: &Acronyms) -> Option<Vec<EntryName>> {
    let first = sentence::split(text).into_iter().next().map(|range| &text[range])?;
    let phrase = first.strip_suffix('.')?;
    let words = phrase.split([' ', '-']).count();
    if !(2..=7).contains(&words) || phrase.contains([',', ';', '(']) {
        return None;
    }
    let written = initials(phrase).into_iter().filter_map(|letters| acronyms.get(&letters)).flatten();
    let known = written.filter(|short| is_acronym_of(short, phrase)).min()?;
    let mut names = Vec::new();
    add(&mut names, known, NameKind::Headword);
    add(&mut names, phrase, NameKind::Expansion);
    Some(names)
}

/// "In this trade, a tray is always a seed tray." after a definition as "A seed tray that …": the head noun of the
/// definition is what is defined.
fn by_its_own_sentence(text: &str) -> Option<Vec<EntryName>> {
    let sentences: Vec<&str> = sentence::split(text).into_iter().map(|range| &text[range]).collect();
    let words: Vec<&str> = sentences.first()?.split(' ').collect();
    for sentence in sentences.iter().skip(1) {
        let Some((before, after)) = sentence.split_once(" is ") else { continue };
        let statement = ["a ", "an ", "always a ", "always an "].iter().any(|lead| after.starts_with(lead));
        let subject = before.rsplit_once(' ');
        let Some((lead, noun)) = subject else { continue };
        let article = lead.rsplit([' ', ',']).next().unwrap_or(lead);
        let genus = words.iter().take_while(|word| !matches!(**word, "that" | "which" | "of" | "for" | "to")).last();
        if statement && article.eq_ignore_ascii_case("a") && genus == Some(&noun) {
            let mut names = Vec::new();
            add(&mut names, noun, NameKind::Headword);
            return Some(names);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glossary::Paragraph;

    fn entry(text: &str) -> Entry {
        Entry { paragraphs: vec![Paragraph { text: text.into(), ..Paragraph::default() }], ..Entry::default() }
    }

    fn recovered(texts: &[&str]) -> Vec<String> {
        let entries: Vec<Entry> = texts.iter().map(|text| entry(text)).collect();
        let mut named = vec![Vec::new(); entries.len()];
        missing(&entries, &mut named);
        named.iter().map(|names| names.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join("|")).collect()
    }

    #[test]
    fn names_that_the_text_gives() {
        let texts = [
            "The core project that waters beds. The project name of Watering service is drizzle.",
            "Seed exchange protocol.",
            "A seed tray that floats. In gardens, a tray is always a seed tray.",
            "A kind of pump that speaks SEP.",
            "Jars-as-a-Service. JaaS is a way to rent jars.",
        ];
        assert_eq!(
            recovered(&texts),
            ["Watering|Watering service|drizzle", "SEP|Seed exchange protocol", "tray", "", "JaaS|Jars-as-a-Service"]
        );
    }

    #[test]
    fn names_that_only_knowledge_could_give() {
        let texts = [
            "Logical part of a water pipe.",
            "Used to restrict water between beds.",
            "A device. REST is a style of building.",
            "Seed exchange protocol.",
        ];
        assert_eq!(recovered(&texts), ["", "", "", ""]);
    }
}
