//! kenning's own graph folders: TOML with `[[term]]` and `[[relation]]` tables, read as a glossary.

use super::super::document;
use super::super::document::{Document, Term};
use super::super::finding::Findings;
use super::paragraph::ParagraphBuilder;
use super::source::SourceText;
use super::{Format, Reader, entry_place, name};
use crate::glossary::{Entry, StatedRelation};

pub(super) const FORMAT: Format = Format {
    name: "graph",
    what: "graph folder: TOML with [[term]] and [[relation]] tables",
    suffixes: &["toml"],
    looks_like: |text| text.contains("[[term]]") || text.contains("[[relation]]"),
    example: "\
[[term]]
name = \"mole\"
aliases = [\"breakwater\"]
definition = \"A wall that shelters a harbour.\"

[[term]]
name = \"harbour\"

[[relation]]
from = \"mole\"
type = \"PROTECTS\"
to = \"harbour\"
evidence = \"A wall that shelters a harbour.\"
",
    read: Reader::Each(read),
};

fn read(file: &SourceText, findings: &mut Findings) -> Vec<Entry> {
    let mut document = Document::default();
    document::read_text(&mut document, file.number(), file.text, findings);
    let mut entries: Vec<Entry> = document.terms.iter().map(|term| entry(term, file)).collect();
    let numbers: std::collections::HashMap<&str, usize> =
        document.terms.iter().enumerate().map(|(number, term)| (&*term.name.text, number)).collect();
    for row in document.relations.iter().take_while(|_| file.goes_on()) {
        let stated = StatedRelation {
            relation: row.relation.text.to_lowercase(),
            target: row.to.text.to_string(),
            evidence: match &row.evidence {
                Some(text) => text.text.to_string(),
                None => format!("{} {} {}", row.from.text, row.relation.text, row.to.text),
            },
            line: file.line(row.place.start),
            file: None,
        };
        // The term may stand in another file.
        let number = numbers.get(&*row.from.text).copied().unwrap_or_else(|| {
            let place = entry_place(&file.path, stated.line);
            entries.push(Entry { headwords: vec![name(&*row.from.text)], place, ..Entry::default() });
            entries.len() - 1
        });
        entries[number].relations.push(stated);
    }
    entries
}

fn entry(term: &Term, file: &SourceText) -> Entry {
    let mut builder = ParagraphBuilder::default();
    if let Some(definition) = &term.definition {
        builder.push(&definition.text, file.line(definition.place.start));
    }
    Entry {
        headwords: vec![name(&*term.name.text)],
        other_names: term.aliases.iter().map(|alias| name(&*alias.text)).collect(),
        kinds: term.labels.iter().map(|label| label.text.to_string()).collect(),
        paragraphs: builder.finish().into_iter().collect(),
        place: entry_place(&file.path, file.line(term.name.place.start)),
        ..Entry::default()
    }
}
