//! The rules on their own examples.

use super::*;
use crate::diagnostic::Detail;
use crate::glossary::{Entry, Name, Paragraph};
use crate::limits::Limits;

pub(super) fn entry(headword: &str, text: &str) -> Entry {
    let headwords = if headword.is_empty() { vec![] } else { vec![Name { text: headword.into(), language: None }] };
    let paragraph = |text: &str| Paragraph { text: text.into(), lines: vec![(0, 1)], ..Paragraph::default() };
    Entry { headwords, paragraphs: text.split('\n').map(paragraph).collect(), ..Entry::default() }
}

pub(super) fn extract(entries: Vec<Entry>) -> Extraction {
    let glossary = Glossary { source: "garden".into(), entries };
    Extractor::new(Vec::new())
        .expect("the built-in rules compile")
        .extract(&glossary, 1, &Budget::start(&Limits::default()))
        .expect("it is short")
}

#[test]
fn every_rule_does_what_its_example_says() {
    let extractor = Extractor::new(Vec::new()).expect("the built-in rules compile");
    let rules: Vec<Rule> = extractor.rules().cloned().collect();
    let mut wrong = Vec::new();
    for rule in &rules {
        let extraction = extract(vec![entry("Widget", &rule.example)]);
        let found = &extraction.entries[0];
        let given: Vec<&str> = match rule.relation.as_str() {
            "alias" => found.aliases.iter().map(String::as_str).collect(),
            "none" => continue,
            // What only another entry could show.
            _ if rule.example.is_empty() => continue,
            _ => found.relations.iter().filter(|r| *r.rule == *rule.name).map(|r| r.target.as_str()).collect(),
        };
        if given.join(", ") != rule.gives {
            wrong.push(format!(
                "{}: {:?} gives {given:?}, of {:?}",
                rule.name,
                rule.example,
                found.relations.iter().map(|r| (&*r.rule, r.target.as_str())).collect::<Vec<_>>()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Entries of all examples, with names that the examples speak of; more than a single thread is given.
fn many() -> Glossary {
    let extractor = Extractor::new(Vec::new()).expect("the built-in rules compile");
    let mut examples: Vec<String> = extractor.rules().map(|rule| rule.example.clone()).collect();
    examples.push("The jar that a seed store fills and the pump moves.".into());
    examples.push("A method that a planter uses.".into());
    let names = ["Widget", "seed tray", "planter", "seed store", "pump (Role)", "SXP", "jar", "Almanac"];
    let text = |at: usize| (0..12).map(|n| examples[(at * 7 + n * 11) % examples.len()].as_str()).collect::<Vec<_>>();
    let named = |at: usize| match names.get(at) {
        Some(name) => (*name).to_string(),
        None => format!("{} {at}", names[at % names.len()]),
    };
    let entries = (0..2500).map(|at| entry(&named(at), &text(at).join(" ")));
    Glossary { source: "garden".into(), entries: entries.collect() }
}

fn printed(extractor: &mut Extractor, glossary: &Glossary, threads: usize) -> Vec<String> {
    let extraction = extractor.extract(glossary, threads, &Budget::start(&Limits::default())).expect("within limits");
    extraction.entries.iter().map(|found| format!("{found:?}")).collect()
}

#[test]
fn threads_and_the_index_of_rules_change_nothing() {
    let glossary = many();
    let new = || Extractor::new(Vec::new()).expect("the built-in rules compile");
    let mut plain = new();
    plain.index = RuleIndex::of_all(plain.rules.len());
    let expected = printed(&mut plain, &glossary, 1);
    for threads in [1, 2, 5] {
        let found = printed(&mut new(), &glossary, threads);
        assert!(found == expected, "{threads} threads");
    }
    assert!(expected.iter().filter(|found| found.contains("relation: ")).count() > 2000);
}

#[test]
fn limits_of_extraction() {
    let glossary = many();
    for threads in [1, 3] {
        let run = |limits: &Limits| {
            let mut extractor = Extractor::new(Vec::new()).expect("the built-in rules compile");
            extractor.extract(&glossary, threads, &Budget::start(limits)).map(|_| ()).map_err(|error| error.detail)
        };
        let limits = Limits::default();
        limits.cancel.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(run(&limits), Err(Detail::Interrupted));
        assert_eq!(run(&Limits { memory: Some(1 << 16), ..Limits::default() }), Err(Detail::MemoryLimit));
        let time = Some(std::time::Duration::from_millis(1));
        assert_eq!(run(&Limits { time, ..Limits::default() }), Err(Detail::TimeLimit));
    }
}

/// What is no sentence is read in pieces, and the entry tells so.
#[test]
fn texts_without_full_stops() {
    let rows = "a wall that shelters a harbour and stores ships ".repeat(4000);
    let found = extract(vec![entry("mole", &rows), entry("seed tray", "A tray."), entry("box", "Holds a seed tray.")]);
    assert_eq!((found.entries[0].cut.len(), found.entries[1].cut.len()), (1, 0));
    let longest = found.entries[0].relations.iter().map(|relation| relation.evidence.len()).max();
    assert!(longest.is_some_and(|bytes| bytes <= 8 << 10), "{longest:?}");
    let mentions = extract(vec![entry("wall", &format!("{rows} seed tray")), entry("seed tray", "A tray.")]);
    assert_eq!(mentions.entries[0].mentions[0].entry, 1, "the end of the text is read");
}

/// What sentences seem to state of an entry called Widget, as `type target`.
fn stated(text: &str) -> Vec<String> {
    let extraction = extract(vec![entry("Widget", text)]);
    let found = &extraction.entries[0];
    let relations = found.relations.iter().map(|found| format!("{} {}", found.relation, found.target));
    relations.chain(found.aliases.iter().map(|alias| format!("alias {alias}"))).collect()
}

#[test]
fn what_is_permitted_something_is_supported_if_it_is_a_term() {
    let found = extract(vec![entry("valve", "Enables a pump to move water."), entry("pump", "A machine.")]);
    let relations: Vec<_> = found.entries[0].relations.iter().map(|r| (r.relation.as_str(), &*r.target)).collect();
    assert_eq!(relations, [("supports", "pump"), ("manages", "water")]);
}

#[test]
fn what_it_is_the_type_of_is_not_its_kind() {
    let found = extract(vec![entry("seed type", "The type of a number of seeds."), entry("seed", "A grain.")]);
    assert!(found.entries[0].relations.is_empty(), "{:?}", found.entries[0].relations);
}

#[test]
fn who_does_what() {
    for (text, expected) in [
        // Who is permitted to do something is not provided.
        ("A pump that allows gardeners to move beds.", vec!["is_a pump", "manages bed"]),
        // Who receives something is not what is given.
        ("A service that provides gardeners with a pump.", vec!["is_a service", "provides pump"]),
        ("A service that gives gardeners a pump.", vec!["is_a service", "provides pump"]),
        ("A service that provides a pump with a valve.", vec!["is_a service", "provides pump"]),
        ("A service that helps gardeners build sheds.", vec!["is_a service", "supports gardener", "manages shed"]),
        ("A service that helps manage sheds.", vec!["is_a service", "manages shed"]),
        ("A pump that keeps track of seeds.", vec!["is_a pump", "manages seed"]),
        // No way, no place.
        ("A pump that provides an efficient way to move beds.", vec!["is_a pump", "manages bed"]),
        // Said to the reader, not of the entry.
        ("A pump. Think of a mill. Consider using a mill. Please note that a mill is slow.", vec!["is_a pump"]),
        ("Currently, consists of a lid.", vec!["has_part lid"]),
        ("A pump. When gardeners build sheds, a Widget stores tools.", vec!["is_a pump", "stores tool"]),
        ("A Widget, on the other hand, stores tools.", vec!["stores tool"]),
        ("Connected to by a gardener—Compute, the jar can be emptied.", vec!["managed_by gardener"]),
        ("A Widget is always reset to zero.", vec![]),
        ("The method that a gardener assumes.", vec!["is_a method"]),
        ("The method that a gardener uses.", vec!["is_a method", "used_by gardener"]),
        ("Either a soft or a hard pump.", vec![]),
        ("A pump. It might be merged with the mill, and could store tools.", vec!["is_a pump"]),
        ("A pump. See https://example.org/mill.", vec!["is_a pump"]),
        ("The seed dictionary holds data.", vec![]),
        ("A pump. A Widget is most typically used to move beds.", vec!["is_a pump", "manages bed"]),
        ("The library used by pumps.", vec!["is_a library", "used_by pump"]),
        ("A pump. It moves water to the next bed — a clear nuisance.", vec!["is_a pump", "manages water"]),
        ("Provide access to beds.", vec!["provides bed"]),
        ("Widget is the name of a village.", vec!["describes village"]),
        ("A pump. For more, refer to the mill entry.", vec!["is_a pump", "see_also mill entry"]),
        ("A Widget can be a big pump, also called a mill.", vec![]),
    ] {
        assert_eq!(stated(text), expected, "{text}");
    }
}
