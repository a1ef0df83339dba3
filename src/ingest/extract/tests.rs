//! The rules on their own examples.

use super::*;
use crate::glossary::{Entry, Name, Paragraph};

pub(super) fn entry(headword: &str, text: &str) -> Entry {
    let headwords = if headword.is_empty() { vec![] } else { vec![Name { text: headword.into(), language: None }] };
    let paragraph = |text: &str| Paragraph { text: text.into(), lines: vec![(0, 1)], ..Paragraph::default() };
    Entry { headwords, paragraphs: text.split('\n').map(paragraph).collect(), ..Entry::default() }
}

pub(super) fn extract(entries: Vec<Entry>) -> Extraction {
    let glossary = Glossary { source: "garden".into(), entries };
    Extractor::new(Vec::new()).expect("the built-in rules compile").extract(&glossary)
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
