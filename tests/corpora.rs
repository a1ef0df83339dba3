//! Reads glossaries of other projects, which are not part of kenning: without them the tests are skipped, and
//! `cargo test` says so at its end.
//!
//! Every corpus gives as many entries as its origin has, and the definitions are word for word those of the labelled
//! set, which were prepared without kenning.

use std::path::Path;

use kenning::ingest::formats::{Reading, SourceBytes, read_source};
use kenning::limits::{Budget, Limits};
use serde_json::Value;

use crate::support::needed::corpora;

/// Reads files, or all files of a folder with the given ending.
fn read(shared: &Path, path: &str, ending: &str) -> Reading {
    let path = shared.join(path);
    let paths = if path.is_dir() { crate::support::files(&path, ending) } else { vec![path] };
    let bytes: Vec<(String, Vec<u8>)> =
        paths.iter().map(|path| (path.display().to_string(), std::fs::read(path).expect("it was found"))).collect();
    let files: Vec<SourceBytes> = bytes.iter().map(|(path, bytes)| SourceBytes { path, bytes }).collect();
    read_source("test", &files, None, &Budget::start(&Limits::default())).expect("it is short")
}

/// A path below the folder, the ending of files in it, entries and findings.
const CORPORA: &[(&str, &str, usize, usize)] = &[
    ("seed/openstack-glossary-excerpt.txt", "", 18, 11),
    ("corpora/openstack/2026-02_rst/glossary.rst", "", 737, 1),
    ("corpora/openstack/2026-02_rst/glossary.security-doc-copy.rst", "", 736, 1),
    ("corpora/lava/glossary.rst", "", 59, 1),
    ("corpora/lava/glossary.md", "", 58, 1),
    ("corpora/sphinx/glossary.rst", "", 13, 0),
    // Four pages of sections, a template and a page of search results are no terms; two pages have remarks.
    ("corpora/cncf", "md", 89, 8),
    ("corpora/backstage/glossary.md", "", 3, 1),
    ("corpora/openstack/2014-08_docbook/glossary-terms.xml", "", 633, 1),
    ("corpora/openstack/2016-03_docbook/glossary-terms.xml", "", 710, 1),
    ("corpora/git/glossary-content.adoc", "", 92, 0),
    // It includes the one above, and holds nothing else.
    ("corpora/git/gitglossary.adoc", "", 0, 1),
    ("corpora/git/git-gui-glossary.txt", "", 95, 0),
    ("corpora/skos/dpv-2.3/tech.ttl", "", 182, 12),
    ("corpora/skos/dpv-2.3/ai.ttl", "", 241, 13),
    ("corpora/skos/skosmos-tests/cycle.ttl", "", 4, 0),
    ("corpora/skos/skosmos-tests/dup.ttl", "", 7, 6),
    ("corpora/skos/skosmos-tests/nolang.ttl", "", 3, 0),
    ("corpora/skos/skosmos-tests/xl.ttl", "", 1, 0),
    ("corpora/skos/skosmos-tests/groups.ttl", "", 11, 2),
    // The findings are the documents that name other files.
    ("corpora/backstage", "yaml", 51, 7),
];

#[test]
fn every_corpus_gives_its_entries() {
    let Some(shared) = corpora() else { return };
    let counts = |(path, ending, ..): &(&'static str, &str, usize, usize)| {
        let reading = read(&shared, path, ending);
        (*path, reading.glossary.entries.len(), reading.findings.len())
    };
    let expected: Vec<_> = CORPORA.iter().map(|(path, _, entries, findings)| (*path, *entries, *findings)).collect();
    assert_eq!(CORPORA.iter().map(counts).collect::<Vec<_>>(), expected);
}

#[test]
fn definitions_are_those_of_the_labelled_set() {
    let Some(shared) = corpora() else { return };
    let openstack = read(&shared, "corpora/openstack/2026-02_rst/glossary.rst", "");
    let seed = read(&shared, "seed/openstack-glossary-excerpt.txt", "");
    let text = std::fs::read_to_string(shared.join("corpora/gold/dev.jsonl")).expect("the labelled set is there");
    let labelled: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let differs = |label: &&Value| {
        let reading = if label["source"] == "seed" { &seed } else { &openstack };
        let is_missing = label["headword_missing"] == true;
        !reading.glossary.entries.iter().any(|entry| {
            let text: Vec<_> = entry.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
            let named = entry.headwords.iter().any(|name| label["entry"] == name.text.as_str());
            label["text"] == text.join("\n").as_str() && (named || is_missing && entry.headwords.is_empty())
        })
    };
    let different: Vec<_> = labelled.iter().filter(differs).map(|label| &label["id"]).collect();
    println!("{} of {} definitions are word for word the same", labelled.len() - different.len(), labelled.len());
    assert!(different.is_empty(), "{different:?}");
    assert_eq!(labelled.len(), 93);
}
