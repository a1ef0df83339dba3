//! SKOS in Turtle, RDF/XML and JSON-LD: concepts and collections with labels in any language, notes, relations and
//! mappings. The files of a source are read together: one may label what another one relates.
//!
//! The parsers tell no places. They are fed line by line, so that a statement stands on the line last handed out.

use std::cell::Cell;
use std::io::{self, Read};

use oxrdfio::{RdfFormat, RdfParseError, RdfParser, RdfSyntaxError};

use super::super::finding::Findings;
use super::concepts::Concepts;
use super::source::SourceText;
use super::{Format, Reader};
use crate::glossary::Entry;
use crate::limits::{check_json_ld, check_xml};

pub(super) const TURTLE: Format = Format {
    name: "turtle",
    what: "SKOS in Turtle",
    suffixes: &["ttl", "turtle", "nt", "n3"],
    looks_like: |text| text.contains("@prefix") || text.contains("PREFIX ") || text.contains("skos/core#"),
    example: "\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sea: <https://example.org/sea/> .

sea:mole a skos:Concept ;
    skos:prefLabel \"mole\"@en, \"Mole\"@de ;
    skos:definition \"A wall that shelters a harbour.\"@en ;
    skos:related sea:harbour .

sea:harbour a skos:Concept ;
    skos:prefLabel \"harbour\"@en ;
    skos:altLabel \"haven\"@en .
",
    read: Reader::Together(|files, findings| read(files, RdfFormat::Turtle, findings)),
};

pub(super) const RDF_XML: Format = Format {
    name: "rdfxml",
    what: "SKOS in RDF/XML",
    suffixes: &["rdf", "owl", "xml"],
    looks_like: |text| text.contains("<rdf:RDF") || text.contains("22-rdf-syntax-ns#"),
    example: "\
<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"
    xmlns:skos=\"http://www.w3.org/2004/02/skos/core#\">
  <skos:Concept rdf:about=\"https://example.org/sea/mole\">
    <skos:prefLabel xml:lang=\"en\">mole</skos:prefLabel>
    <skos:definition xml:lang=\"en\">A wall that shelters a harbour.</skos:definition>
  </skos:Concept>
  <skos:Concept rdf:about=\"https://example.org/sea/harbour\">
    <skos:prefLabel xml:lang=\"en\">harbour</skos:prefLabel>
  </skos:Concept>
</rdf:RDF>
",
    read: Reader::Together(|files, findings| read(files, RdfFormat::RdfXml, findings)),
};

pub(super) const JSON_LD: Format = Format {
    name: "jsonld",
    what: "SKOS in JSON-LD",
    suffixes: &["jsonld", "json"],
    looks_like: |text| text.contains("\"@context\"") || text.contains("\"@graph\"") || text.contains("\"@id\""),
    example: "\
{
  \"@context\": {\"skos\": \"http://www.w3.org/2004/02/skos/core#\", \"sea\": \"https://example.org/sea/\"},
  \"@graph\": [
    {
      \"@id\": \"sea:mole\", \"@type\": \"skos:Concept\",
      \"skos:prefLabel\": {\"@value\": \"mole\", \"@language\": \"en\"},
      \"skos:definition\": {\"@value\": \"A wall that shelters a harbour.\", \"@language\": \"en\"}
    },
    {\"@id\": \"sea:harbour\", \"@type\": \"skos:Concept\", \"skos:prefLabel\": {\"@value\": \"harbour\", \"@language\": \"en\"}}
  ]
}
",
    read: Reader::Together(|files, findings| {
        read(files, RdfFormat::JsonLd { profile: oxrdfio::JsonLdProfileSet::empty() }, findings)
    }),
};

/// A broken document may be broken at every line; more than so many errors say nothing new.
const MOST_ERRORS: usize = 100;

fn read(files: &[SourceText], format: RdfFormat, findings: &mut Findings) -> Vec<Entry> {
    let mut concepts = Concepts::default();
    for file in files {
        read_file(file, format, &mut concepts, findings);
    }
    let entries = concepts.entries();
    if !entries.is_empty() {
        concepts.report(files, findings);
    }
    entries
}

fn read_file(file: &SourceText, format: RdfFormat, concepts: &mut Concepts, findings: &mut Findings) {
    let checked = match format {
        RdfFormat::RdfXml => check_xml(file.text),
        RdfFormat::JsonLd { .. } => check_json_ld(file.text),
        _ => Ok(()),
    };
    if let Err(reason) = checked {
        let why = "files like this keep the reader of this format busy beyond any limit";
        findings.error(&file.place(0..0), format!("not read: {reason}"), why, None);
        return;
    }
    let (line, asked) = (Cell::new(0), Cell::new(0));
    let lines = LineByLine { file, rest: file.text.as_bytes(), line: &line, asked: &asked };
    // Relative addresses are common in hand-made files; what they are relative to is not told.
    let base = "file:///";
    let parser = RdfParser::from_format(format).lenient().rename_blank_nodes();
    let Ok(parser) = parser.with_base_iri(base) else { return };
    let mut errors = 0;
    let mut last = None;
    for statement in parser.for_reader(lines) {
        if !file.goes_on() {
            return;
        }
        asked.set(0);
        match statement {
            Ok(quad) => concepts.add(&quad, &file.path, line.get().max(1)),
            // One mistake on a line makes others.
            Err(_) if last == Some(line.get()) => {}
            Err(error) => {
                errors += 1;
                last = Some(line.get());
                report(&error, errors, file, findings);
                if errors == MOST_ERRORS {
                    return;
                }
            }
        }
    }
}

fn report(error: &RdfParseError, errors: usize, file: &SourceText, findings: &mut Findings) {
    let place = match error {
        RdfParseError::Syntax(error) => place(error, file),
        RdfParseError::Io(_) => 0..0,
    };
    let why = match errors {
        MOST_ERRORS => "that is one too many: what follows is not read",
        _ => "the statement is left out, and what belongs to it",
    };
    findings.error(&file.place(place), format!("not read: {error}"), why, None);
}

fn place(error: &RdfSyntaxError, file: &SourceText) -> std::ops::Range<usize> {
    let offset = error.location().map_or(0, |location| location.start.offset as usize);
    let at = (0..=offset.min(file.text.len())).rev().find(|at| file.text.is_char_boundary(*at)).unwrap_or(0);
    at..at
}

/// Hands out a line at a time and counts them; more of them at once while no statement comes of it, since parsers read
/// an unfinished literal again from its beginning.
struct LineByLine<'a, 't> {
    /// Tells whether to go on: no statement may come of a lot of text.
    file: &'a SourceText<'t>,
    rest: &'a [u8],
    /// Handed out so far.
    line: &'a Cell<usize>,
    /// Times asked since the last statement.
    asked: &'a Cell<u32>,
}

impl Read for LineByLine<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.file.goes_on() {
            return Ok(0);
        }
        const PATIENCE: u32 = 16;
        let asked = self.asked.get();
        self.asked.set(asked.saturating_add(1));
        let lines = 1usize << asked.saturating_sub(PATIENCE).min(16);
        let most = &self.rest[..self.rest.len().min(buffer.len())];
        let length = memchr::memchr_iter(b'\n', most).nth(lines - 1).map_or(most.len(), |newline| newline + 1);
        let (handed, rest) = self.rest.split_at(length);
        buffer[..length].copy_from_slice(handed);
        self.line.set(self.line.get() + memchr::memchr_iter(b'\n', handed).count());
        self.rest = rest;
        Ok(length)
    }
}
